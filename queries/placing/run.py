"""A run of placing over a file: firms of a register in, their places out, and every row that could not be used told."""

import gc
import json
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from graph.deadline import check
from graph.errors import InputError
from graph.outputs import check_writable, writing
from queries.core.view import View
from queries.matching.offers import Rows
from queries.placing.answers import FirmToPlace, PlacedFirm, PlacedFirms
from queries.placing.evidence import RegisteredFirm, RegisterReader
from queries.placing.judge import Placed, Placement, judge, read_model
from queries.placing.yardstick import Yardstick, read_yardstick

FORM = '{"id": "编号", "name": "企业名称", "scope": "经营范围", "industry": "行业"}'
BATCH = 1_000  # firms that are judged at a time
FEW = 20_000  # firms that one process places about as soon as several that have yet to begin


@dataclass(frozen=True)
class PlaceRun:
    """What a run did: firms, how many of them stand somewhere, and the rows that could not be used."""

    firms: int
    placed: int
    bad: list[str]


@dataclass(frozen=True, slots=True)
class PlacedLines:
    """What is written of some firms, a line of JSON each: how many they are, and how many of them stand somewhere."""

    text: str
    firms: int
    placed: int


def place(firms: Iterable[RegisteredFirm], yardstick: Yardstick) -> Iterator[list[Placed]]:
    """Yield where firms stand, batch by batch; raises ``InputError`` where there is nothing to be placed on."""
    read, waiting = _reader(yardstick), iter(firms)
    while batch := [*islice(waiting, BATCH)]:
        check()
        yield read(batch)


def place_files(firms: Path, out: Path, yardstick: Yardstick, tell: Any = lambda _text, _rows: None) -> PlaceRun:
    """Place the firms of a file of JSON lines and write a line for each, in their order."""
    check_writable(out)
    rows = Rows(firms, FORM)
    number = placed = 0
    with writing(out) as fresh, fresh.open("w", encoding="utf-8") as file:
        for lines in place_lines(read_firms(rows), yardstick):
            file.write(lines.text)
            number += lines.firms
            placed += lines.placed
            tell("企业上链", number)
    return PlaceRun(number, placed, rows.bad)


def place_lines(firms: Iterable[RegisteredFirm], yardstick: Yardstick) -> Iterator[PlacedLines]:
    """Yield the lines of firms in their order, made by as many processes as there are cores where the firms are many:
    each reads the yardstick once, and gives back lines, not objects."""
    waiting = iter(firms)
    first = [*islice(waiting, FEW)]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    few = len(first) < FEW or cores < 2 or not yardstick.places
    every = chain(first, waiting)
    if few:
        yield from (_lines(batch, yardstick) for batch in place(every, yardstick))
        return
    asked = deque[Future[PlacedLines]]()
    with ProcessPoolExecutor(cores, get_context("spawn"), initializer=_begin, initargs=(yardstick,)) as pool:
        try:
            while True:
                while len(asked) < 2 * cores and (batch := [*islice(every, BATCH)]):
                    asked.append(pool.submit(_place_batch, batch))
                if not asked:
                    return
                check()
                yield asked.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _reader(yardstick: Yardstick) -> Callable[[Sequence[RegisteredFirm]], list[Placed]]:
    """Return what places a batch of firms."""
    if not yardstick.places:
        raise InputError("图里还没有环节，无从放起；请先载入产业链（随附的：lianzhang load seeds）")
    reader, model = RegisterReader(yardstick), read_model()
    return lambda firms: judge(reader.read(firms), yardstick, model)


def _lines(placed: Sequence[Placed], yardstick: Yardstick) -> PlacedLines:
    text = "".join(json.dumps(told(one, yardstick), ensure_ascii=False) + "\n" for one in placed)
    return PlacedLines(text, len(placed), sum(bool(one.segments) for one in placed))


_place_here: Callable[[Sequence[RegisteredFirm]], PlacedLines] | None = None  # of a process that places for another


def _begin(yardstick: Yardstick) -> None:
    global _place_here
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began it ends it
    gc.disable()  # nothing here refers to itself, and what is kept of phrases is much to look through
    read = _reader(yardstick)

    def place_here(firms: Sequence[RegisteredFirm]) -> PlacedLines:
        return _lines(read(firms), yardstick)

    _place_here = place_here


def _place_batch(firms: Sequence[RegisteredFirm]) -> PlacedLines:
    assert _place_here is not None
    return _place_here(firms)


def read_firms(rows: Rows) -> Iterator[RegisteredFirm]:
    """Yield the firms of a file; one of the id of an earlier one is refused."""
    seen: set[str] = set()
    for row in rows:
        id, name = rows.text(row, "id"), row.get("name")
        industry = row.get("industry") or []
        classes = [industry] if isinstance(industry, str) else industry
        if id is None:
            continue
        if id in seen:
            rows.refuse(f"id {id} 已经出现过")
        elif not isinstance(name, str) or not isinstance(row.get("scope") or "", str):
            rows.refuse("name 与 scope 应是文字")
        elif not isinstance(classes, list) or not all(isinstance(each, str) for each in classes):
            rows.refuse("industry 应是文字，或一列文字")
        else:
            seen.add(id)
            yield RegisteredFirm(id, name, row.get("scope") or "", tuple(classes))


def told(one: Placed, yardstick: Yardstick) -> dict[str, Any]:
    """Return the places of a firm under the ids of segments and names of products of November 2026, a newer one
    beside it."""
    segments: dict[str, dict[str, Any]] = {}
    for placement in one.segments:
        place = yardstick.places[int(placement.of)]
        newer = {"newer": place.id} if place.id != place.formerly else {}
        segments.setdefault(place.formerly, {"id": place.formerly, "name": place.name} | newer | _proof(placement))
    products: dict[str, dict[str, Any]] = {}
    for placement in one.products:
        product = yardstick.products[str(placement.of)]
        newer = {"newer": product.name} if product.name != product.formerly else {}
        products.setdefault(product.formerly, {"id": product.formerly} | newer | _proof(placement))
    return {"id": one.firm, "segments": [*segments.values()], "products": [*products.values()]}


def _proof(placement: Placement) -> dict[str, Any]:
    return {"score": round(placement.score, 3), "level": placement.level, "why": list(placement.why)}


def place_told(view: View, firms: Iterable[FirmToPlace]) -> PlacedFirms:
    """Return where firms stand that are told by a route."""
    yardstick = read_yardstick(view)
    asked = (RegisteredFirm(firm.id, firm.name, firm.scope, firm.industries) for firm in firms)
    placed = [PlacedFirm.model_validate(told(one, yardstick)) for batch in place(asked, yardstick) for one in batch]
    return PlacedFirms(firms=placed)
