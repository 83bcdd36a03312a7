"""The catalogue of Cypher files: one question each, its parameters and columns in the header."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from importlib.resources import files
from typing import Any

from graph.deadline import seconds_left
from graph.errors import InputError
from graph.model import EDGE_TYPES, NODE_TYPES
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
        sorted(
            item.name.removesuffix(".cypher")
            for item in (files("queries") / "cypher").iterdir()
            if item.name.endswith(".cypher")
        )
    )


def answer(
    store: Store,
    question: str,
    *,
    hops: int | None = None,
    labels: Sequence[str] = (),
    types: Sequence[str] = (),
    **parameters: Any,
) -> Result:
    """Put a question to the store and return the whole result; LABEL and TYPE
    in it stand for those of the names that the store has."""
    text = text_of(question)
    for word, names, known in (("LABEL", labels, NODE_TYPES), ("TYPE", types, EDGE_TYPES)):
        if names and word in text:
            there = store.having([name for name in names if name in known])
            if not there:
                return Result([], [])
            text = re.sub(rf"\b{word}\b", "|".join(there), text)
    if hops is not None:
        if not 0 <= hops <= MAX_HOPS:
            raise InputError(f"层数 {hops} 超出范围，应在 0 与 {MAX_HOPS} 之间")
        text = re.sub(r"\bHOPS\b", str(int(hops)), text)
    used = {name: value for name, value in parameters.items() if f"${name}" in text}
    return store.read(text, used, seconds=seconds_left(LONGEST))


def side_by_side(*works: Callable[[], Any]) -> list[Any]:
    """Return what each work returns, ``AT_ONCE`` at a time, for works that
    mostly wait for the store; the first that fails fails all."""
    with ThreadPoolExecutor(AT_ONCE) as executor:
        asked = [executor.submit(copy_context().run, work) for work in works]
        try:
            return [future.result() for future in asked]
        finally:
            executor.shutdown(cancel_futures=True)
