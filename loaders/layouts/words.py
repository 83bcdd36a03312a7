"""The table of heads and words (``heads.toml``) and what an office adds to it."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from graph.errors import InputError
from graph.model import Record, file_name, find_type, heads
from graph.settings import heads_file
from loaders.layouts.spelling import clean_head

# 预计12月竣工, 尚未开工, 达产后年产值: from the word to the end of the clause
NOT_YET = re.compile(
    r"(?:预计|(?<!按)计划|拟|力争|争取|即将|将于|将在|将要|确保|目标|有望|尚未|暂未|还未|仍未|未能|未(?=开工|签约|竣工|投产|落地)|待(?=开工|签约|竣工|投产|落地)|准备|(?:具备|推动|推进|筹备|启动).{0,6}(?:条件|准备))"
    r"[^，。；、,;\n]*|办理[^，。；,;\n]{0,20}?(?:手续|许可证?)|施工(?:图|许可|招标|准备|单位)[^，。；、,;\n]*|(?:投产|达产|建成|竣工|运营|投用)后[^，。；,;\n]*"
)
SAID = "note+"  # the field of columns that are kept as words in the note


@dataclass(frozen=True)
class RowPart:
    """Another thing that the rows of a type tell of.

    ``heads`` are its own, ``same`` its fields that are fields of the row, ``given`` what always holds (``@title``,
    ``@level``, ``@park``, ``@leader``: what is said of the whole list), ``needs`` without which a row tells of none,
    ``each`` the field of which one cell names several, ``prefix`` the labels of what a field names, ``takes`` the
    fields that the row leaves to it.
    """

    record: type[Record]
    heads: Mapping[str, str]
    same: Mapping[str, str]
    given: Mapping[str, str]
    needs: tuple[str, ...]
    each: str = ""
    prefix: Mapping[str, str] = field(default_factory=dict)
    takes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instead:
    """Heads that mean something else beside one of certain others, and what holds there where no cell says it."""

    when: frozenset[str]
    heads: Mapping[str, str]
    given: Mapping[str, str]


@dataclass(frozen=True)
class Recognition:
    """What the firms of a list are recognised as where its title has one of some words."""

    words: tuple[str, ...]
    name: str
    level: str = ""


@dataclass
class Words:
    """Everything that the table says."""

    heads: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: dict[str, list[RowPart]] = field(default_factory=dict)
    instead: dict[str, list[Instead]] = field(default_factory=dict)
    personal: set[str] = field(default_factory=set)
    nothing: set[str] = field(default_factory=set)
    stages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    titles: list[Recognition] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    each: dict[str, str] = field(default_factory=dict)
    guessed_by: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, record: type[Record]) -> dict[str, str]:
        """Return the more heads of a type with their fields."""
        return self.heads.get(file_name(record), {})

    def parts_of(self, record: type[Record]) -> list[RowPart]:
        """Return what else the rows of a type tell of."""
        return self.parts.get(file_name(record), [])

    def find_stage(self, text: str) -> str | None:
        """Return the stage of a project that a text tells of, the furthest; what is still to come is not reached."""
        reached = NOT_YET.sub("", text)
        return next((stage for stage, words in self.stages.items() if any(word in reached for word in words)), None)

    def find_title(self, texts: Iterable[str]) -> Recognition | None:
        """Return what the firms of a list are recognised as by its title, its sheet's and its file's name."""
        whole = " ".join(texts)
        return next((title for title in self.titles if any(word in whole for word in title.words)), None)


def head_words() -> Words:
    """Return the table, with what the file in ``LIANZHANG_HEADS`` adds; raises ``InputError`` where that is wrong."""
    return _read(heads_file(), mark())


@cache
def _read(own: str, _mark: str) -> Words:
    words = Words()
    _take_in(words, tomllib.loads((files("loaders.layouts") / "heads.toml").read_text("utf-8")), "heads.toml")
    if own:
        try:
            _take_in(words, tomllib.loads(Path(own).read_text("utf-8")), own)
        except (OSError, UnicodeError) as error:
            raise InputError(f"读不了表头对照 {own}: {getattr(error, 'strerror', None) or error}") from error
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"表头对照 {own} 不是 TOML: {error};可照 loaders/layouts/heads.toml 的样子写") from error
    return words


def _take_in(words: Words, table: dict[str, Any], where: str) -> None:
    for name, fields in table.get("heads", {}).items():
        record = _record(name, where)
        known = words.heads.setdefault(file_name(record), {})
        for field_name, synonyms in fields.items():
            _check_field(record, field_name, f"{where} [heads.{name}]")
            known |= {clean_head(head): field_name for head in synonyms if clean_head(head) not in known}
    for item in table.get("parts", []):
        words.parts.setdefault(file_name(_record(item["of"], where)), []).append(_part(item, where))
    for item in table.get("instead", []):
        record = _record(item["of"], where)
        changed = {clean_head(head): name for head, name in item.get("heads", {}).items()}
        when = frozenset(map(clean_head, item["when"]))
        words.instead.setdefault(file_name(record), []).append(Instead(when, changed, item.get("given", {})))
    words.nothing |= {clean_head(head) for head in table.get("nothing", [])}
    words.personal |= {clean_head(head) for head in table.get("personal", [])}
    words.stages |= {stage: tuple(said) for stage, said in table.get("stages", {}).items()}
    words.titles[:0] = [
        Recognition(tuple(item["words"]), item["name"], item.get("level", "")) for item in table.get("titles", [])
    ]
    words.each |= table.get("each", {})
    words.guessed_by |= {name: frozenset(map(clean_head, said)) for name, said in table.get("guessed_by", {}).items()}
    for name, said in table.get("types", {}).items():
        words.types |= {word.lower(): name for word in said}


def _part(item: dict[str, Any], where: str) -> RowPart:
    record = _record(item["type"], where)
    own = item.get("heads", {})
    for name in own:
        _check_field(record, name, f"{where} [[parts]] {item['of']} → {item['type']}")
    return RowPart(
        record,
        {clean_head(head): name for name, synonyms in own.items() for head in synonyms},
        item.get("same", {}),
        item.get("given", {}),
        tuple(item.get("needs", ())),
        item.get("each", ""),
        item.get("prefix", {}),
        tuple(item.get("takes", ())),
    )


def _record(name: str, where: str) -> type[Record]:
    record = find_type(name)
    if record is None:
        raise InputError(f"表头对照 {where}: 没有“{name}”这类表,可用 lianzhang schema 查看全部类别")
    return record


def _check_field(record: type[Record], name: str, where: str) -> None:
    if not name.startswith("_") and name != SAID and name not in heads(record).values():
        raise InputError(f"表头对照 {where}: {record.table.zh}没有“{name}”这个字段,可用 lianzhang schema 查看")


def mark() -> str:
    """Return what tells one table from another: the office's file with its time."""
    own = heads_file()
    return f"{own} {os.stat(own).st_mtime_ns}" if own and os.path.exists(own) else own
