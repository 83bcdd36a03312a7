"""Names of the model as people may mistype them: refused with the nearest one."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from graph.cypher.kinds import Kind, records
from graph.errors import QueryError
from graph.model import EDGE_TYPES, NODE_TYPES, columns, find_type, heads, name_of

NEAR = 60


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that a word is most like, if any is like it at all."""
    best = process.extractOne(
        word, list(names), scorer=fuzz.ratio, processor=lambda text: text.lower(), score_cutoff=NEAR
    )
    return best[0] if best else None


def meant(word: str, names: Iterable[str], every: bool = False) -> str:
    """Say which name was probably meant, and otherwise which there are."""
    names = list(names)
    near = nearest(word, names)
    if near is not None:
        return f"是不是 {near}?"
    some = names if every else names[:30]
    return f"可用的有: {'、'.join(some)}{' 等' if len(some) < len(names) else ''}。" if names else "一个也没有。"


def check_label(word: str, place: str) -> None:
    """Raise ``QueryError`` for a label that the model lacks."""
    if word not in NODE_TYPES:
        record = find_type(word)
        if record is not None and name_of(record) in EDGE_TYPES:
            raise QueryError(f"{word} 是关系类型,不是标签;写作 -[:{name_of(record)}]->。位置: {place}")
        near = f"是不是 {name_of(record)}?" if record is not None else meant(word, NODE_TYPES, True)
        raise QueryError(f"图里没有标签 {word}: {near}位置: {place}")


def check_type(word: str, place: str) -> None:
    """Raise ``QueryError`` for a relationship type that the model lacks."""
    if word not in EDGE_TYPES:
        record = find_type(word)
        if record is not None and name_of(record) in NODE_TYPES:
            raise QueryError(f"{word} 是标签,不是关系类型;写作 (x:{name_of(record)})。位置: {place}")
        near = f"是不是 {name_of(record)}?" if record is not None else meant(word, EDGE_TYPES, True)
        raise QueryError(f"图里没有关系类型 {word}: {near}位置: {place}")


def no_property(kind: Kind, variable: str, key: str, place: str) -> QueryError:
    """Return the refusal of a property that none of the types of a node or relation has."""
    types = records(kind)
    names = list(dict.fromkeys(name for record in types for name in columns(record)))
    whose = "、".join(map(name_of, types[:4])) + (" 等" if len(types) > 4 else "")
    what = ("节点" if kind.word == "node" else "关系") if kind.names is None else f"{kind.zh} {whose}"
    near = next((heads(record)[key.lower()] for record in types if key.lower() in heads(record)), None)
    near = near if near in names else nearest(key, names)
    others = [name for name, record in (NODE_TYPES | EDGE_TYPES).items() if key in columns(record)]
    said = f"是不是 {near}?" if near else f"它的属性有: {'、'.join(names)}。"
    elsewhere = f"有 {key} 的是: {'、'.join(others[:6])}。" if others else ""
    return QueryError(f"{variable} 是{what},没有属性 {key}: {said}{elsewhere}位置: {place}")
