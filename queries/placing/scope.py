"""A registered scope of business read into items: what is named, and what the firm does with it."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from queries.core.shipped import Strict, read_shipped


class Deed(StrEnum):
    """What a firm does with what an item names."""

    make = "make"
    develop = "develop"
    sell = "sell"
    grow = "grow"
    serve = "serve"


class Register(Strict):
    """The words of registers: verbs by what they say that is done, and words that mean the same."""

    verbs: dict[Deed, list[str]]
    same: dict[str, str]


@cache
def register() -> Register:
    """Return the words that ship."""
    return read_shipped(Register, "placing/register.toml")


_deed_of = {verb: deed for deed, verbs in register().verbs.items() for verb in verbs}
_verbs = sorted(_deed_of, key=len, reverse=True)
_verb = "|".join(map(re.escape, _verbs))
_BY_DEED = (
    (Deed.make, "make"), (Deed.grow, "make"), (Deed.develop, "develop"), (Deed.sell, "sell"), (Deed.serve, "serve"),
)  # fmt: skip
_joint = r"(?:[、,，/]|及其?|和|与|兼|并|或|以及)?"
_leading = re.compile(rf"^(?:从事|主要从事|主营|兼营|承接|开展|提供)?((?:(?:{_verb}){_joint})+)([::]?)")
_trailing = re.compile(rf"^(.*?)(?:的|之)?((?:{_joint}(?:{_verb}))+)$")
_each = re.compile(_verb)
_aside = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|〓|\*+|\.{2,}|…+|\(.*$")
_head = re.compile(
    r"(?:许可经营项目|一般经营项目|许可项目|一般项目|经营范围|前置许可经营项目|主营|兼营|无|其他无需报经审批的一切合法项目)[::]"
)
_sentence = re.compile(r"[;。\n]")
_clause = re.compile(r",")
_part = re.compile(r"[、\s]+|(?<=[\u4e00-\u9fff]{2})(?:以及|及其|及)(?=[\u4e00-\u9fff]{2})")
_nothing = re.compile(
    "^(?:不含|除|不得|依法|凭|经相关|具体|以上|上述|国家|法律|法规|须|未经|有效期|限|仅限|其中|涉及|许可证|取得)"
)


@dataclass(frozen=True, slots=True)
class ScopeItem:
    """One thing or activity of a scope: its text without verbs at the edges, the text as it is written, its deeds."""

    what: str
    text: str
    deeds: frozenset[Deed]
    verbs: tuple[str, ...]

    @property
    def deed(self) -> str:
        """Return the deed that counts: who makes and sells a thing makes it."""
        return _counted(self.deeds)

    @property
    def sells(self) -> bool:
        """Tell whether the thing is sold and not made."""
        return self.deed == "sell"


@lru_cache(maxsize=10_000)
def _deeds_of(verbs: tuple[str, ...]) -> frozenset[Deed]:
    return frozenset(_deed_of[verb] for verb in verbs)


@cache
def _counted(deeds: frozenset[Deed]) -> str:
    return next((name for deed, name in _BY_DEED if deed in deeds), "bare")


def plain(text: str) -> str:
    """Return a scope's text in half width, without asides in brackets and heads of sections."""
    half = unicodedata.normalize("NFKC", text)
    while (bare := _aside.sub("", half)) != half:
        half = bare
    return _head.sub(";", half)


def read_scope(text: str) -> list[ScopeItem]:
    """Return the items of a scope, in the order in which they stand."""
    return [item for sentence in sentences(text) for item in read_sentence(sentence)]


def sentences(text: str) -> list[str]:
    """Return the parts of a scope of which each is read by itself."""
    return [sentence.strip(" ,:-") for sentence in _sentence.split(plain(text))]


def read_sentence(sentence: str) -> list[ScopeItem]:
    """Return the items of a sentence of a scope."""
    items: list[ScopeItem] = []
    carried: tuple[str, ...] = ()
    for clause in _clause.split(sentence):
        clause = clause.strip(" :-的")
        if not clause or _nothing.match(clause):
            continue
        lead: tuple[str, ...] = ()
        if (match := _leading.match(clause)) and (match[2] or match.end() < len(clause)):
            rest = clause[match.end() :]
            # "设计服务", "加工中心": the verb is a part of the word
            if match[2] or len(rest) > 1:
                lead = tuple(_each.findall(match[1]))
                if match[2]:
                    carried = lead
                clause = rest
        items += _read_clause(clause, lead or carried)
    return items


def _read_clause(clause: str, lead: tuple[str, ...]) -> list[ScopeItem]:
    items: list[ScopeItem] = []
    said: tuple[str, ...] = ()  # verbs at the end of a list are said of all that stands before without verbs of its own
    alone: tuple[str, ...] = ()  # verbs that stand by themselves just behind the next part
    for part in reversed([part.strip(" :-的") for part in _part.split(clause)]):
        if not part:
            continue
        what, own, before = _cut(part)
        if not what:
            alone = own + alone
            continue
        own += alone
        alone = ()
        verbs = lead + (own or said)
        if own and not before:
            said = own
        items.append(ScopeItem(what, part, _deeds_of(verbs), verbs))
    return items[::-1]


def _cut(part: str) -> tuple[str, tuple[str, ...], bool]:
    """Return what a part names, the verbs behind or before it, and whether they stand before it: of it alone then."""
    if (match := _trailing.match(part)) and match[2]:
        return match[1].strip("的之"), tuple(_each.findall(match[2])), False
    if (match := _leading.match(part)) and len(part) - match.end() > 1:
        return part[match.end() :], tuple(_each.findall(match[1])), True
    return part, (), False
