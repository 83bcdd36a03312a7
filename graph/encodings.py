"""Which encoding a text file of an office is in, and its text read so, odd lines of another encoding told.

UTF-8 and GB18030 are told apart line by line, since one line that was pasted from elsewhere says nothing of the others.
"""

import codecs
import re
from functools import cache
from pathlib import Path
from typing import TextIO

from graph.errors import InputError

SAMPLE = 1 << 20
PLAINLY = 1000  # bytes beyond the first of their characters: GB18030 is valid UTF-8 for a word (联通), not for hundreds
DECIDED = 5000  # lines that say which encoding it is
WORKBOOKS = ((b"PK\x03\x04", "xlsx"), (b"\xd0\xcf\x11\xe0", "xls"))
WIDER = ((codecs.BOM_UTF32_LE, "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"))
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
FOREIGN = (  # what is nonsense where it is read as GB18030
    ("euc_jp", "日文编码(Shift-JIS、EUC-JP)", ("株式会社", "有限会社", "東京都", "大阪府", "製作所")),
    ("cp932", "日文编码(Shift-JIS、EUC-JP)", ("株式会社", "有限会社", "東京都", "大阪府", "製作所")),
    ("euc_kr", "韩文编码(EUC-KR)", ("주식회사", "서울", "경기도", "부산")),
)
SIGNS = "\n\r,\t;"
UNREADABLE = "\ufffd"
MARKED = "lianzhang-marked"  # how Python is told to go on at bytes that are not of the encoding
ASK = "请用 WPS/Excel 另存为“CSV UTF-8”再载入"
UNKNOWN = f"文件编码认不出,应为 UTF-8、GB18030 或 UTF-16。{ASK}"
# GB 18030-2022 moved these out of the private use area; Python reads them as the edition of 2005 did.
MOVED = dict(
    zip(
        [*range(0xE78D, 0xE797), 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864],
        "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
        strict=True,
    )
)
_cells = re.compile(rb"([,;\t\r\n])")  # no sign of two bytes has one of these
_moved = re.compile(f"[{''.join(map(chr, MOVED))}]")
_escaped = re.compile("[\udc80-\udcff]")
_pairs = re.compile(rb"[\x80-\xff]{2}")
_lone = re.compile(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])")


def find_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-16 by its zero bytes, else what most lines are valid
    in; raises ``InputError`` where it is none that is read."""
    with path.open("rb") as stream:
        start = stream.read(SAMPLE)
    for mark, name in WORKBOOKS:
        if start.startswith(mark):
            raise InputError(f"这不是文本,而是 Excel 工作簿(或压缩包),请把扩展名改为 .{name} 再载入")
    for mark, name in WIDER:
        if start.startswith(mark):
            raise InputError(f"文件是 {name} 编码,不能读。{ASK}")
    for mark, name in BOMS:
        if start.startswith(mark):
            return name
    zeros = start.count(0)
    wide = _wide_encoding(start) if zeros else None
    wide = wide if wide and _valid(start[: len(start) // 2 * 2], wide) else None
    if any("\n" in start[: len(start) // 4 * 4].decode(name, "replace") for name in ("utf-32-le", "utf-32-be")):
        raise InputError(f"文件像是 UTF-32 编码,不能读。{ASK}")
    if wide and zeros > len(start) // 8:
        return wide
    if _is_plainly_utf8(start):
        return "utf-8"
    utf8, simplified, odd = _votes(path)
    if wide and (simplified or odd):
        return wide
    if odd > utf8 + simplified and (zeros or odd > 3):
        raise InputError(UNKNOWN)
    return _of_two_bytes(start) if simplified > utf8 else "utf-8"


def open_text(path: Path, encoding: str) -> TextIO:
    """Open a file whose odd bytes come through as marks, for ``told_line``; line ends stay as they are."""
    return path.open(encoding=encoding, errors="replace" if "16" in encoding else MARKED, newline="")


def _marked(error: UnicodeError) -> tuple[str, int]:
    """Mark the first byte that cannot be read and go on behind it: the line end may be the next."""
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start]
    return (chr(0xDC00 + byte) if byte > 127 else UNREADABLE), error.start + 1


codecs.register_error(MARKED, _marked)


def plain_text(text: str, encoding: str) -> str | None:
    """Return a piece of whole lines as it reads today; None where one of them is odd."""
    if _escaped.search(text) or ("16" in encoding and UNREADABLE in text):
        return None
    if encoding != "gb18030":
        return text
    if not text.isascii() and any(_is_utf8(line) for line in text.split("\n")):
        return None
    return text.translate(MOVED) if _moved.search(text) else text


def told_line(line: str, encoding: str) -> tuple[str, str]:
    """Return a line as it reads, and what is odd about its bytes: nothing, that it is of another encoding, or that it
    cannot be read."""
    plain = plain_text(line, encoding)
    if plain is not None:
        return plain, ""
    name = encoding.removesuffix("-sig")
    other = "utf-8" if name == "gb18030" else "gb18030"
    try:
        cells = _cells.split(line.encode(name, "surrogateescape"))
        return (
            "".join(_either(cell, name) for cell in cells),
            f"这一行有 {other.upper()} 编码的字,整个文件是 {name.upper()}(编码混杂),核对这一行后再载入",
        )
    except UnicodeError:
        return _escaped.sub(UNREADABLE, line), f"这一行有按 {name} 读不出的字,{ASK}"


def _either(cell: bytes, name: str) -> str:
    """Return a cell in UTF-8 where it is that, else in GB18030; raises ``UnicodeError`` where it is rubbish in both."""
    try:
        read = cell.decode("utf-8")
    except UnicodeDecodeError:
        read = cell.decode("gb18030")
        if not _is_common(read):
            raise UnicodeError from None
        return read
    return read if name == "utf-8" or _is_common(read) else cell.decode("gb18030")


def _is_plainly_utf8(start: bytes) -> bool:
    """Tell whether the start of a file has so much that is valid only as UTF-8 that the rest need not be looked at."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return not start.count(0) and len(start) == SAMPLE and len(start) - len(text) > PLAINLY


def _votes(path: Path) -> tuple[int, int, int]:
    """Return how many lines are UTF-8 beyond ASCII, how many GB18030 instead, and how many neither; the first of them,
    the heads, counts twice."""
    votes = [0, 0, 0]
    with path.open("rb") as stream:
        while (line := stream.readline(SAMPLE)) and sum(votes) < DECIDED:
            if not line.isascii():
                kind = 0 if _valid(line, "utf-8") else 1 if _valid(line, "gb18030") else 2
                votes[kind] += 1 if any(votes) else 2
    return votes[0], votes[1], votes[2]


def _valid(data: bytes, encoding: str) -> bool:
    """Tell whether data is of an encoding; the last character may be cut."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _wide_encoding(start: bytes) -> str | None:
    """Return the byte order in which UTF-16 shows delimiters and line ends, if
    any: zero bytes alone do not tell (U+9500)."""
    marks = {name: start[:8192].decode(name, "replace") for name in ("utf-16-le", "utf-16-be")}
    signs = {name: sum(text.count(mark) for mark in SIGNS) for name, text in marks.items()}
    best = max(signs, key=lambda name: signs[name])
    return best if signs[best] else None


def _of_two_bytes(start: bytes) -> str:
    """Return GB18030, or Big5 where the text has common characters only so; raises ``InputError`` where it reads as
    neither."""
    text = b"\n".join(line for line in start.split(b"\n") if not line.isascii())
    beyond = sum(byte > 127 for byte in text)
    if beyond > 2 and len(_lone.findall(text)) == beyond:
        raise InputError(f"文件像是西文编码(Latin-1、Windows-1252),不是中文。{UNKNOWN}")
    for name in ("cp932", "gb18030"):  # the kana of EUC-JP have the places that they have in GB 2312
        read = text.decode(name, "ignore")
        if (kana := sum("\u3041" <= sign <= "\u30fe" for sign in read)) > 4 and kana > len(read) // 10:
            raise InputError(f"文件像是日文编码(Shift-JIS、EUC-JP)。{UNKNOWN}")
    for name, language, words in FOREIGN:
        read = text.decode(name, "ignore")
        if any(word in read for word in words):
            raise InputError(f"文件像是{language}。{UNKNOWN}")
    pairs = {*_pairs.findall(text)}
    leads = {pair[0] for pair in pairs}
    if (
        (beyond > 40 or len(pairs) > 11) and leads and min(leads) >= 0xB0 and max(leads) <= 0xC8
    ):  # all of hangul, half of the alphabet here
        raise InputError(f"文件像是韩文编码(EUC-KR)。{UNKNOWN}")
    simplified, traditional = _commonness(text, "gb18030"), _commonness(text, "cp950")
    if traditional > 0.9 and traditional > simplified + 0.1:
        return "cp950"
    if simplified < 0.5 and beyond > 8:
        raise InputError(UNKNOWN)
    return "gb18030"


def _commonness(text: bytes, encoding: str) -> float:
    """Return which part of the characters beyond ASCII are common ones when a text is read in an encoding."""
    beyond = [sign for sign in text.decode(encoding, "replace") if not sign.isascii()]
    return sum(sign in _common() for sign in beyond) / max(1, len(beyond))


@cache
def _common() -> frozenset[str]:
    """Return the characters of GB 2312 and the frequent ones of Big5."""
    pairs = [bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)]
    frequent = [bytes([high, low]) for high in range(0xA1, 0xC7) for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF))]
    signs = {pair.decode("gb2312", "ignore") for pair in pairs}
    return frozenset(signs | {pair.decode("cp950", "ignore") for pair in frequent})


def _is_utf8(line: str) -> bool:
    """Tell whether a line that was read as GB18030 is UTF-8: rare characters so, common ones the other way."""
    try:
        line.encode("gb2312")
    except UnicodeEncodeError:
        pass
    else:
        return False
    try:
        return _is_common(line.encode("gb18030").decode("utf-8"))
    except UnicodeError:
        return False


def _is_common(text: str) -> bool:
    return all(sign.isascii() or sign in _common() for sign in text)
