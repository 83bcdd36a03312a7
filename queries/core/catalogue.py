"""The catalogue of Cypher files: one question each, its parameters and columns in the header."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from importlib.resources import files
from typing import Any

from graph.deadline import seconds_left
from graph.errors import InputError, NotFound
from graph.model import STATUS_ZH
from graph.stores import Result, Store

MAX_HOPS = 10
LONGEST = 60.0  # seconds for one question
AT_ONCE = 3  # questions of one answer that are asked at once


@cache
def text_of(question: str) -> str:
    """Return the text of a question's Cypher file without its header."""
    whole = (files("queries") / "cypher" / f"{question}.cypher").read_text("utf-8")
    return "\n".join(line for line in whole.splitlines() if not line.startswith("//"))


@cache
def header_of(question: str) -> str:
    """Return the header of a question's Cypher file: what it asks, its parameters, its columns."""
    whole = (files("queries") / "cypher" / f"{question}.cypher").read_text("utf-8")
    return "\n".join(line.removeprefix("//").strip() for line in whole.splitlines() if line.startswith("//"))


@cache
def questions() -> tuple[str, ...]:
    """Return the names of all questions."""
    return tuple(
        sorted(item.name.removesuffix(".cypher") for item in (files("queries") / "cypher").iterdir() if item.name.endswith(".cypher"))
    )


def ask(store: Store, question: str, *, hops: int | None = None, limit: int | None = None, **parameters: Any) -> list[dict[str, Any]]:
    """Put a question to the store; ``hops`` stands in for ``HOPS``, the one thing Cypher cannot take as a parameter."""
    return answer(store, question, hops=hops, limit=limit, **parameters).rows


def answer(store: Store, question: str, *, hops: int | None = None, limit: int | None = None, **parameters: Any) -> Result:
    """Put a question to the store and return the whole result."""
    text = text_of(question)
    if hops is not None:
        if not 0 <= hops <= MAX_HOPS:
            raise InputError(f"层数 {hops} 超出范围,应在 0 与 {MAX_HOPS} 之间")
        text = re.sub(r"\bHOPS\b", str(int(hops)), text)
    used = {name: value for name, value in parameters.items() if f"${name}" in text}
    return store.read(text, used, seconds=seconds_left(LONGEST), limit=limit)


def ask_each(store: Store, names: Sequence[str], **parameters: Any) -> dict[str, list[dict[str, Any]]]:
    """Put several questions with the same parameters to the store, some at a time."""
    return dict(zip(names, side_by_side(*(partial(ask, store, name, **parameters) for name in names)), strict=True))


def side_by_side(*works: Callable[[], Any]) -> list[Any]:
    """Return what each work returns, ``AT_ONCE`` at a time, for works that mostly wait for the store; the first that fails fails all."""
    with ThreadPoolExecutor(AT_ONCE) as executor:
        asked = [executor.submit(copy_context().run, work) for work in works]
        try:
            return [future.result() for future in asked]
        finally:
            executor.shutdown(cancel_futures=True)


def trusted(without: Iterable[str] = ()) -> list[str]:
    """Return the statuses to answer from when some are switched off; raises ``InputError`` for a word that is no status."""
    words = {zh: status for status, zh in STATUS_ZH.items()}
    off = {words.get(item.strip(), item.strip()) for item in without if item.strip()}
    if unknown := off - set(STATUS_ZH):
        raise InputError(f"没有这种数据状态: {'、'.join(sorted(unknown))};可选 {'、'.join(STATUS_ZH)}")
    return [status for status in STATUS_ZH if status not in off]


def refuse_hidden(thing: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """Raise ``NotFound`` for a thing whose status is switched off, and say that it is there."""
    if thing["status"] not in allowed:
        zh = STATUS_ZH[thing["status"]]
        raise NotFound(f"“{thing.get('name') or thing['id']}”的状态是“{zh}”,这类数据已被隐藏;显示全部数据后可以看到")
