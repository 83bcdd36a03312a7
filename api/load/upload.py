"""Files that come in with a form, written down as they come: what is in memory is one piece of one of them."""

import os
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from graph.errors import InputError

FORM = b"multipart/form-data"
MOST_FILES = 50
MOST_FIELDS = 1_000
LONGEST_FIELD = 64 << 10
UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
LONGEST_NAME = 180  # bytes
NOT_A_FORM = "上传的内容读不了：应为带文件的网页表单（multipart/form-data）"
NO_FILE = "没有选文件。请选一个或几个 CSV、Excel 文件"


@dataclass
class Uploaded:
    """What came: the fields, each with all that it was given, the names of the files as they are kept, their bytes."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    size: int = 0

    def first(self, name: str) -> str:
        """Return what a field says, with no space around it."""
        return (self.fields.get(name) or [""])[0].strip()


def safe_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return a name by which a file may be kept in a folder of ours: of it alone, without signs that lead elsewhere,
    not one that is ``taken``."""
    bare = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    bare = UNFIT.sub("_", "".join(sign for sign in bare if sign.isprintable() or sign == " ")).strip(" .")
    bare = f"_{bare}" if RESERVED.match(bare) else bare or "文件"
    stem, suffix = os.path.splitext(bare)
    suffix = suffix if len(suffix.encode()) <= 12 else ""
    stem = bare[: len(bare) - len(suffix)].encode()[: LONGEST_NAME - len(suffix.encode())].decode("utf-8", "ignore")
    there = {one.lower() for one in taken}
    found, number = stem + suffix, 2
    while found.lower() in there:
        found, number = f"{stem} ({number}){suffix}", number + 1
    return found


def decoded(text: bytes) -> str:
    """Return a name or a field as it is meant: UTF-8, or what older systems of the country write."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text.decode("utf-8", "replace")


class _Reader:
    """Takes the pieces of a form and writes its files into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.came = Uploaded()
        self._header: tuple[bytes, bytes] = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._file: BinaryIO | None = None
        self._name = ""
        self._text = bytearray()
        self._skip = False

    def begin(self) -> None:
        """Take note that a part begins."""
        self._headers, self._header, self._text, self._name, self._skip = {}, (b"", b""), bytearray(), "", False

    def head(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of a header's name."""
        self._header = self._header[0] + data[start:end], self._header[1]

    def value(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of what a header says."""
        self._header = self._header[0], self._header[1] + data[start:end]

    def header(self) -> None:
        """Take note that a header is whole."""
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = b"", b""

    def headers(self) -> None:
        """Take note that the part's content begins."""
        _, told = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = decoded(told.get(b"name", b""))
        if b"filename" not in told:
            return
        name = decoded(told[b"filename"].replace(b"%22", b'"'))
        self._skip = not name.strip()  # the field of a form in which no file was chosen
        if self._skip:
            return
        if len(self.came.files) >= MOST_FILES:
            raise InputError(f"一次最多 {MOST_FILES} 个文件，请分几次上传")
        kept = safe_name(name, self.came.files)
        self.came.files.append(kept)
        self._file = (self.folder / kept).open("xb")

    def data(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of the content."""
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])
            self.came.size += end - start
        elif not self._skip:
            self._text += data[start:end]
            if len(self._text) > LONGEST_FIELD:
                raise InputError(f"表单的“{self._name[:60]}”太长")

    def end(self) -> None:
        """Take note that the part is whole."""
        if self._file is not None:
            self.close()
        elif not self._skip and self._name:
            if sum(map(len, self.came.fields.values())) >= MOST_FIELDS:
                raise InputError("表单的字段太多")
            self.came.fields.setdefault(self._name, []).append(decoded(bytes(self._text)))

    def close(self) -> None:
        """Let go of the file that is being written."""
        if self._file is not None:
            self._file.close()
            self._file = None


async def take(stream: AsyncIterator[bytes], content_type: str, folder: Path) -> Uploaded:
    """Return what comes with a form, its files written into a folder; raises ``InputError`` for what is none."""
    kind, told = parse_options_header(content_type)
    if kind != FORM or not told.get(b"boundary"):
        raise InputError(NOT_A_FORM)
    reader, over = _Reader(folder), False

    def whole() -> None:
        nonlocal over
        over = True

    parser = MultipartParser(
        told[b"boundary"],
        {
            "on_part_begin": reader.begin,
            "on_header_field": reader.head,
            "on_header_value": reader.value,
            "on_header_end": reader.header,
            "on_headers_finished": reader.headers,
            "on_part_data": reader.data,
            "on_part_end": reader.end,
            "on_end": whole,
        },
    )
    try:
        async for piece in stream:
            parser.write(piece)
        parser.finalize()
    except MultipartParseError as error:
        raise InputError(NOT_A_FORM) from error
    finally:
        reader.close()
    if not over:
        raise InputError("上传中断了，文件没有收完，什么也没有留下；请再传一次")
    if not reader.came.files:
        raise InputError(NO_FILE)
    return reader.came
