"""The names that are bound at a place of a query, and the parameters that it uses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.cypher import syntax
from graph.cypher.kinds import Kind
from graph.cypher.names import meant
from graph.errors import QueryError

BIGGEST = 2**63
MOST_ITEMS = 100_000


@dataclass(frozen=True)
class Bound:
    """What a name stands for, and how it is written for the store."""

    kind: Kind
    text: str


Scope = dict[str, Bound]


def quote(name: str) -> str:
    """Return a name as both stores take every name."""
    return "`" + name.replace("`", "``") + "`"


def bound(name: str, kind: Kind) -> Bound:
    """Return a name that is written as it is."""
    return Bound(kind, quote(name))


def find(scope: Scope, name: str, place: str) -> Bound:
    """Return what a name stands for; raises ``QueryError`` where it is not bound."""
    if name in scope:
        return scope[name]
    known = [variable for variable in scope if not variable.startswith("_")]
    said = meant(name, known, True) if known else "前面还没有变量。"
    raise QueryError(f"没有变量 {name}: {said}如果是文字,请加引号: '{name}'。位置: {place}")


def names_in(value: object) -> set[str]:
    """Return the names of the variables in an expression."""
    if isinstance(value, syntax.Variable):
        return {value.name}
    if isinstance(value, tuple):
        return set().union(*map(names_in, value))
    if isinstance(value, syntax.PARTS):
        return set().union(*map(names_in, vars(value).values()))
    return set()


def check_parameters(given: Mapping[str, Any], used: set[str]) -> None:
    """Raise ``QueryError`` where a parameter is given and not used: most often its name is mistyped on one side."""
    if unused := [name for name in given if name not in used]:
        said = f"语句用到的参数是: {'、'.join(f'${name}' for name in sorted(used))}" if used else "语句没有用到参数"
        raise QueryError(f"给了参数 {'、'.join(unused)},语句里却没有用到;{said}。请改名或去掉")


def check_value(name: str, value: Any, deep: int = 0) -> None:
    """Raise ``QueryError`` for a parameter's value that a store cannot take."""
    if deep > 8:
        raise QueryError(f"参数 {name} 嵌套超过 8 层")
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        if not -BIGGEST <= value < BIGGEST:
            raise QueryError(f"参数 {name} 的整数太大,最大 {BIGGEST - 1}")
    elif isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise QueryError(f"参数 {name} 里有不能用的字符(空字符或半个字符)")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            check_value(f"{name}.{key}", item, deep + 1)
    elif isinstance(value, (list, tuple)):
        if len(value) > MOST_ITEMS:
            raise QueryError(f"参数 {name} 有 {len(value)} 项,最多 {MOST_ITEMS} 项,请分批查")
        for item in value:
            check_value(name, item, deep + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise QueryError(f"参数 {name} 是无穷大或非数,不能使用")
    elif not isinstance(value, float):
        raise QueryError(f"参数 {name} 的值不能用: {type(value).__name__};可用文字、数字、真假、列表与映射")


def filled(value: Any) -> Any:
    """Return a value whose lists of maps have the same keys in each map, as a store with typed lists needs it."""
    if isinstance(value, Mapping):
        return {str(key): filled(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [filled(item) for item in value]
        if items and all(isinstance(item, dict) for item in items):
            keys = list(dict.fromkeys(key for item in items for key in item))
            return [{key: item.get(key) for key in keys} for item in items]
        return items
    return value
