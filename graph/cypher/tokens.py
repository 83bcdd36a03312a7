"""The words of a Cypher text: what the stores would read as names, strings,
numbers and signs, or a refusal that says where and why."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from graph.cypher.refusals import refused
from graph.errors import QueryError

MOST_CHARACTERS = 20_000
MOST_TOKENS = 4_000
BIGGEST = 2**63
SPACES = " \t\r\n\u3000\u00a0"  # the wide ones of Chinese keyboards and web pages too: both stores skip them
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "'": "'", '"': '"', "`": "`"}
LOOKALIKES = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "『": '"', "』": '"', "＂": '"', "＇": "'", "´": "'",
    "（": "(", "）": ")", "【": "[", "】": "]", "［": "[", "］": "]", "｛": "{", "｝": "}", "，": ",", "、": ",",
    "：": ":", "；": ";",
    "。": ".", "．": ".", "＝": "=", "＜": "<", "＞": ">", "《": "<", "》": ">", "！": "!", "｜": "|", "＋": "+",
    "－": "-", "—": "-",
    "–": "-", "−": "-", "＊": "*", "×": "*", "÷": "/", "／": "/", "％": "%", "＾": "^", "＆": "&", "＄": "$", "￥": "$",
    "｀": "`",
    "≤": "<=", "≥": ">=", "≠": "<>", "→": "->", "←": "<-", "⟶": "->", "…": "..",
}  # fmt: skip
SIGNS = ("<>", "<=", ">=", "=~", "==", "!=", "+=", "||", "&&", "::", "..", *"()[]{},:;.=<>+-*/%^|&!?")
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class Token:
    """One word: ``word`` (a bare name), ``name`` (in backticks), ``string``,
    ``number``, ``parameter``, ``sign`` or ``end``.

    ``value`` is what it stands for; ``start`` and ``end`` are its places in the text.
    """

    kind: str
    value: Any
    start: int = field(compare=False)
    end: int = field(compare=False)

    @property
    def upper(self) -> str:
        """Return a bare word in capitals, a sign as it is, and nothing for the rest."""
        return str(self.value).upper() if self.kind == "word" else str(self.value) if self.kind == "sign" else ""


def tokenize(text: str) -> list[Token]:
    """Return the words of a text, the last of kind ``end``; raises
    ``QueryError`` for what no store should be asked to read."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            f"查询有 {len(text)} 个字符,最多 {MOST_CHARACTERS} 个;长的名单请用参数传,如 WHERE c.id IN $ids"
        )
    tokens: list[Token] = []
    at = 0
    while (at := _skip(text, at)) < len(text):
        token = _next(text, at)
        tokens.append(token)
        if len(tokens) > MOST_TOKENS:
            raise QueryError(f"查询超过 {MOST_TOKENS} 个词,请缩短;长的名单请用参数传,如 WHERE c.id IN $ids")
        at = token.end
    return [*tokens, Token("end", "", len(text), len(text))]


def where(text: str, at: int) -> str:
    """Say in which line and column a place of the text is, and what stands there."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    near = "".join(c if c.isprintable() else "�" for c in text[at : at + 16].split("\n")[0])
    return f"第 {line} 行第 {column} 个字符" + (f"“{near}”" if near else "(末尾)")


def _skip(text: str, at: int) -> int:
    """Return where the next word begins, past spaces and comments."""
    while at < len(text):
        if text[at] in SPACES:
            at += 1
        elif text.startswith("//", at):
            end = text.find("\n", at)
            at = _comment(text, at, len(text) if end < 0 else end)
        elif text.startswith("/*", at):
            end = text.find("*/", at + 2)
            if end < 0:
                raise QueryError(f"注释没有结束: {where(text, at)};/* 之后要有 */")
            at = _comment(text, at, end + 2)
        else:
            break
    return at


def _comment(text: str, start: int, end: int) -> int:
    if "\\u" in text[start:end]:
        raise QueryError(f"注释里不能有 \\u: {where(text, start)};有的存储会先把它换成字符再读,请直接写那个字符")
    return end


def _next(text: str, at: int) -> Token:
    first = text[at]
    if first in "'\"":
        value, end = _string(text, at)
        return Token("string", value, at, end)
    if first == "`":
        value, end = _backticks(text, at)
        return Token("name", value, at, end)
    if first == "$":
        return _parameter(text, at)
    if _begins_name(first):
        end = _name_end(text, at)
        return Token("word", text[at:end], at, end)
    if first.isascii() and (
        first.isdecimal() or (first == "." and text[at + 1 : at + 2].isdecimal() and text[at - 1 : at] != ".")
    ):
        return _number(text, at)
    for sign in SIGNS:
        if text.startswith(sign, at):
            return Token("sign", sign, at, at + len(sign))
    raise QueryError(_strange(text, at))


def _strange(text: str, at: int) -> str:
    """Say what to type instead of a character that Cypher does not have."""
    first = text[at]
    if first in LOOKALIKES:
        return f"{where(text, at)}: 这是中文(全角)符号 {first},Cypher 要用英文半角的 {LOOKALIKES[first]}"
    narrow = unicodedata.normalize("NFKC", first)
    if narrow != first and narrow.isascii() and narrow.isprintable():
        return f"{where(text, at)}: 这是全角字符 {first},请改为半角的 {narrow}"
    if first == "\\":
        return f"{where(text, at)}: 引号之外不能有反斜杠,转义(如 \\u4e2d)只能写在字符串里"
    if not first.isprintable():
        return f"{where(text, at)}: 这里有看不见的字符 U+{ord(first):04X},请删去"
    return f"{where(text, at)}: Cypher 里没有符号 {first};名称里有特殊字符时用反引号括起来,如 `名 称`"


def _begins_name(character: str) -> bool:
    return character == "_" or (character.isalpha() and unicodedata.normalize("NFKC", character) == character)


def _name_end(text: str, at: int) -> int:
    while at < len(text) and (_begins_name(text[at]) or (text[at].isascii() and text[at].isdecimal())):
        at += 1
    return at


def _backticks(text: str, at: int) -> tuple[str, int]:
    """Return a name in backticks (two of them stand for one) and where it ends."""
    match = re.compile(r"`((?:[^`]|``)*)`(?!`)").match(text, at)
    if match is None:
        raise QueryError(f"反引号没有成对: {where(text, at)};名称应写作 `名 称`")
    name = match[1].replace("``", "`")
    if not name.strip():
        raise QueryError(f"反引号里没有名称: {where(text, at)}")
    if "\\" in name or not name.isprintable():
        raise QueryError(f"名称里不能有反斜杠、换行或看不见的字符: {where(text, at)}")
    return name, match.end()


def _parameter(text: str, at: int) -> Token:
    if text[at + 1 : at + 2] == "`":
        name, end = _backticks(text, at + 1)
        return Token("parameter", name, at, end)
    end = at + 1
    while end < len(text) and (_begins_name(text[end]) or (text[end].isascii() and text[end].isdecimal())):
        end += 1
    if end == at + 1:
        raise QueryError(f"$ 后面要有参数的名称: {where(text, at)};如 $name")
    return Token("parameter", text[at + 1 : end], at, end)


def _number(text: str, at: int) -> Token:
    match = NUMBER.match(text, at)
    assert match is not None
    end, digits = match.end(), match[0]
    if text.startswith("..", match.start() + len(digits.partition(".")[0])):  # 1..8 is a range, not 1. and .8
        digits = digits.partition(".")[0]
        end = at + len(digits)
    after = text[end : end + 1]
    if after and (after in "_'\"`$" or after.isalnum() or (after == "." and text[end + 1 : end + 2] != ".")):
        # the embedded store reads 1LOAD as 1 LOAD
        if known := refused(text[end : _name_end(text, end)].upper(), where(text, end)):
            raise known
        raise QueryError(f"{where(text, at)}: 数字后面紧接着别的字;数字应写作 12、1.5 或 1e6,数字与词之间要有空格")
    if digits.isdecimal():
        if len(digits) > 1 and digits[0] == "0":
            raise QueryError(
                f"{where(text, at)}: 数字不能以 0 开头,请写作 {digits.lstrip('0') or '0'};编号等文字要加引号"
            )
        if len(digits) > 19 or int(digits) >= BIGGEST:
            raise QueryError(f"{where(text, at)}: 整数太大,最大 {BIGGEST - 1}")
        return Token("number", int(digits), at, end)
    value = float(digits)
    if value == float("inf"):
        raise QueryError(f"{where(text, at)}: 小数太大")
    return Token("number", value, at, end)


def _string(text: str, at: int) -> tuple[str, int]:
    """Return what a string literal stands for, and where it ends."""
    quote, parts, here = text[at], list[str](), at + 1
    while here < len(text):
        character = text[here]
        if character == quote:
            return _checked("".join(parts), text, at), here + 1
        if character == "\\":
            part, here = _escape(text, here)
            parts.append(part)
        else:
            parts.append(character)
            here += 1
    raise QueryError(f"引号没有成对: {where(text, at)};字符串里的引号前面加反斜杠,如 'it\\'s'")


def _escape(text: str, at: int) -> tuple[str, int]:
    letter = text[at + 1 : at + 2]
    if letter == "u":
        digits = text[at + 2 : at + 6]
        if re.fullmatch(r"[0-9A-Fa-f]{4}", digits) is None:
            raise QueryError(f"{where(text, at)}: \\u 之后要有四位十六进制数,如 \\u4e2d")
        return chr(int(digits, 16)), at + 6
    if letter in ESCAPES and letter:
        return ESCAPES[letter], at + 2
    raise QueryError(
        f"{where(text, at)}: 不认识的转义 \\{letter};可用 \\\\ \\' \\\" \\n \\t \\r \\b \\f \\uXXXX,反斜杠本身写作 \\\\"
    )


def _checked(value: str, text: str, at: int) -> str:
    # pairs of escapes make one character; a half does not
    if any("\ud800" <= character <= "\udfff" for character in value):
        try:
            value = value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            raise QueryError(f"{where(text, at)}: 字符串里有半个字符(\\ud800 到 \\udfff 要成对)") from error
    if "\0" in value:
        raise QueryError(f"{where(text, at)}: 字符串里不能有空字符 \\u0000")
    return value
