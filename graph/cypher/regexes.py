"""Regular expressions after ``=~``: only what the engines of both stores read
alike, and what cannot keep one of them busy for ever."""

import re
from dataclasses import dataclass

from graph.errors import QueryError

# all that is written out, {3} three times, \\p{…} as so many: with much more, one engine finds nothing without a word
MOST_WEIGHT = 1000
OF_CLASS = 5
MOST_OPEN = 5  # of * and + in one pattern, where the engine tries every way to share the text among them
LONGEST, DEEPEST = 1000, 10
FLAGS = re.compile(r"\?(?:[is]+(?:-[is]+)?|-[is]+)(?=[:)])|\?(?=:)")
TIMES = re.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}")
CODES = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\})")
SETS = re.compile(r"\\(?:[dDwWsS]|[pP]\{(?:L[ulmto]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?)\}|[pP][LMNPSZ])")
PLAIN = re.compile(r"\\[tnrf -/:-@\[-^`{-~]")
ASSERTED = {
    "?=": "AND e.name =~ '…'",
    "?!": "AND NOT e.name =~ '…'",
    "?<=": "AND e.name =~ '…'",
    "?<!": "AND NOT e.name =~ '…'",
}


@dataclass(frozen=True)
class _Part:
    """What a piece of a pattern can do: match in more ways than one, begin with
    different known characters, how long it is written out."""

    varies: bool = False
    first: str = ""
    weight: int = 1


def check(text: str, backtracks: bool, place: str) -> str:
    """Return a pattern with its codes as characters; raises ``QueryError`` for
    one that the stores read differently or not at all."""
    return _Reader(text, backtracks, place).whole()


class _Reader:
    """Walks along a pattern."""

    def __init__(self, text: str, backtracks: bool, place: str) -> None:
        self.text, self.backtracks, self.where = text, backtracks, place
        self.place, self.deep, self.open = 0, 0, 0
        self.out: list[str] = []

    def whole(self) -> str:
        if len(self.text) > LONGEST:
            raise self.refusal(f"太长,最多 {LONGEST} 个字符")
        weight = self._either().weight
        if weight > MOST_WEIGHT:
            raise self.refusal(f"太长,全部展开后最多 {MOST_WEIGHT} 个字符(每个 \\\\p{{…}} 算 {OF_CLASS} 个)")
        if self.place < len(self.text):
            raise self.refusal("多了一个 ),要表示括号本身请写 \\\\)")
        return "".join(self.out)

    def refusal(self, said: str) -> QueryError:
        """Return the refusal of what comes next."""
        return QueryError(f"正则 {self.text[:60]} 的第 {self.place + 1} 个字符处: {said}。位置: {self.where}")

    def _at(self, piece: str) -> bool:
        return self.text.startswith(piece, self.place)

    def _take(self, length: int = 1) -> str:
        piece = self.text[self.place : self.place + length]
        self.place += length
        self.out.append(piece)
        return piece

    def _either(self) -> _Part:
        branches = [self._row()]
        while self._at("|"):
            self._take()
            branches.append(self._row())
        firsts = [branch.first.lower() for branch in branches]
        apart = "" not in firsts and len(set(firsts)) == len(firsts)
        varies = any(branch.varies for branch in branches) or (len(branches) > 1 and not apart)
        return _Part(varies, firsts[0] if len(branches) == 1 else "", sum(branch.weight for branch in branches))

    def _row(self) -> _Part:
        parts: list[_Part] = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            part = self._atom()
            parts.append(part if part is FIXED else self._repeated(part))
        return _Part(
            any(part.varies for part in parts), parts[0].first if parts else "", sum(part.weight for part in parts) or 1
        )

    def _repeated(self, part: _Part) -> _Part:
        times = TIMES.match(self.text, self.place)
        if times:
            low, high = int(times[1]), None if times[2] and not times[3] else int(times[3] or times[1])
        elif self.place < len(self.text) and self.text[self.place] in "*+?":
            low, high = (1 if self._at("+") else 0), 1 if self._at("?") else None
        else:
            return part
        most = low if high is None else high
        if (high is not None and high < low) or most * part.weight > MOST_WEIGHT:
            raise self.refusal(f"次数应从小到大,全部展开后最多 {MOST_WEIGHT} 个字符")
        if self.backtracks and part.varies and (high is None or high > 1):
            raise self.refusal("重复里面又有重复(或开头相同的几选一),会没完没了地试;请去掉一层,如 (a+)+ 写作 a+")
        self.open += high != low
        if self.backtracks and self.open > MOST_OPEN:
            raise self.refusal(f"*、+、? 之类最多 {MOST_OPEN} 个,再多会没完没了地试;请改用 CONTAINS 并以 AND 相连")
        self._take(len(times[0]) if times else 1)
        if self._at("?"):
            self._take()
        if self.place < len(self.text) and (self.text[self.place] in "*+?" or TIMES.match(self.text, self.place)):
            raise self.refusal("重复的次数写了两遍;请只留一个")
        return _Part(part.varies or high != low, part.first if low else "", max(1, most) * part.weight)

    def _atom(self) -> _Part:
        character = self.text[self.place]
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            heavy = self.text[self.place + 1 : self.place + 2] in ("p", "P")
            return _Part(first=self._escape(), weight=OF_CLASS if heavy else 1)
        if character in "*+?{":
            raise self.refusal(f"{character} 前面没有可重复的;要表示这个字符本身请写 \\\\{character}")
        self._take()
        if character in "^$":
            return FIXED
        return _Part(first="" if character == "." else character)

    def _escape(self) -> str:
        """Take what a backslash begins; return the one character that it stands for, if it is one."""
        if code := CODES.match(self.text, self.place):
            number = int(code[1] or code[2] or code[3], 16)
            if not 0 < number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                raise self.refusal("没有这个编号的字符")
            self.place += len(code[0])
            character = chr(number)
            self.out.append(
                re.escape(character)
                if character.isascii() and not character.isalnum() and character != "_"
                else character
            )
            return character
        if taken := SETS.match(self.text, self.place) or PLAIN.match(self.text, self.place):
            self._take(len(taken[0]))
            return taken[0][1] if taken.re is PLAIN and not taken[0][1].isalpha() else ""
        escape = self.text[self.place : self.place + 2]
        raise self.refusal(
            f"{escape} 不能用;可用 \\\\d、\\\\w、\\\\s、\\\\p{{L}} 与标点前的反斜杠,汉字写 [一-龥],不能回指括号"
        )

    def _class(self) -> _Part:
        self._take()
        if self._at("^"):
            self._take()
        begin, empty, last, ranged = self.place, True, "", False  # ``last``: a character that may begin a range
        while not self._at("]") or empty:
            character = self.text[self.place : self.place + 1]
            if not character:
                raise self.refusal("方括号没有关上;要表示 [ 本身请写 \\\\[")
            if character in "[]" or self._at("&&"):
                raise self.refusal(f"方括号里的 {character} 请写 \\\\{character}")
            if character == "-" and not empty and self.text[self.place + 1 : self.place + 2] != "]":
                if not last or ranged:
                    raise self.refusal("方括号里的 - 要表示本身请写 \\\\-")
                ranged = True
                self._take()
                continue
            member = self._escape() if character == "\\" else self._take()
            if ranged and (not member or member[-1] < last[-1]):
                raise self.refusal("方括号里的范围应从小到大,如 [0-9]、[一-龥]")
            last, ranged, empty = "" if ranged else member, False, False
        inner = self.text[begin : self.place]
        self._take()
        return _Part(weight=len(inner) // 3 + 1 + (OF_CLASS - 1) * inner.lower().count("\\p"))

    def _group(self) -> _Part:
        self.deep += 1
        if self.deep > DEEPEST:
            raise self.refusal(f"括号嵌套超过 {DEEPEST} 层")
        self._take()
        if self._at("?"):
            flags = FLAGS.match(self.text, self.place)
            if flags is None:
                raise self.refusal(self._why())
            self._take(len(flags[0]))
            if self._at(")"):
                self._take()
                self.deep -= 1
                return FIXED
            self._take()
        part = self._either()
        if not self._at(")"):
            raise self.refusal("括号没有关上;要表示 ( 本身请写 \\\\(")
        self._take()
        self.deep -= 1
        return part

    def _why(self) -> str:
        for piece, instead in ASSERTED.items():
            if self._at(piece):
                return f"不能用前后查看 ({piece}…),请拆成两个条件,如 {instead}"
        return "(? 之后只能是 :、i、s;不能给括号起名,如 (?:青岛|海尔)、(?i)abc"


FIXED = _Part()
