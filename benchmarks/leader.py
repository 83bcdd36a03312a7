"""A leader with any number of suppliers, made up and the same for every run:
one chain, ten segments, forty products; its pages."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from fastapi.testclient import TestClient

from api.app import create_app
from graph.scope import Scope
from graph.stores import Store, open_store
from loaders.run import load
from queries.city.city import read_city
from queries.core.answers import Named
from queries.core.view import View
from queries.gaps.weak_links import weak_links
from queries.gaps.what_if import what_if

CHAIN, LEADER = "sample-leader", "sample-leader-firm"
SEGMENTS, KINDS = 10, 4  # kinds: products of a segment
HERE, ELSEWHERE = "sample-leader-city", "sample-leader-other"
SHARED = "sample-leader-p00"  # the product that every supplier makes
CROWDED = "sample-leader.s00"  # the segment that every supplier stands in
SEED = 20261129
GROUP = range(0, 55, 11)  # suppliers that belong to the leader's group
TIERS = ("上游", "中游", "下游")

Row = Mapping[str, str]


def make_leader(folder: Path, suppliers: int) -> Path:
    """Write the files of a leader with so many suppliers for ``lianzhang
    load``, all of them samples, and return their folder.

    Each makes one of the products beside ``SHARED``, supplies the leader with it and another supplier with ``SHARED``.
    Half of the segments were looked through; every fifth supplier is of another city, and some products are made there
    alone; every tenth has no place. Every fourth stands in the ledger, some of the other city are wished for; the group
    has six firms.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for kind, rows in _tables(suppliers).items():
        proof = {} if kind == "sources" else {"source": "sample-leader-source"}
        whole = [{**row, **proof, "status": "sample"} for row in rows]
        heads = list(dict.fromkeys(head for row in whole for head in row))
        pl.DataFrame([{head: row.get(head, "") for head in heads} for row in whole]).write_csv(folder / f"{kind}.csv")
    return folder


def firm_id(number: int) -> str:
    """Return the id of a supplier."""
    return f"sample-leader-{number:06d}"


def _tables(suppliers: int) -> dict[str, Sequence[Row]]:
    made = _products(suppliers)
    return {
        "sources": [{"id": "sample-leader-source", "name": "示例大链主"}],
        "regions": [{"id": HERE, "name": "示例大链主市"}, {"id": ELSEWHERE, "name": "示例大链主外市"}],
        "chains": [{"id": CHAIN, "name": "示例大链主链", "region": HERE}],
        "segments": list(_segments()),
        "products": [
            {"id": product_id(number), "name": product_name(number), "segments": segment_id(number // KINDS)}
            for number in range(KINDS * SEGMENTS)
        ],
        "input_to": list(_inputs()),
        "enterprises": list(_firms(made)),
        "leads": [{"enterprise": LEADER, "chain": CHAIN, "role": "链主"}],
        "supplies": list(_supplies(made)),
        "matched": list(_matched(made)),
        "recommends": [{"enterprise": LEADER, "partner": firm_id(number)} for number in range(4, suppliers, 65)],
        "coverages": [
            {"name": f"示例大链主普查{number}", "segments": segment_id(number), "region": HERE, "as_of": "2026-06"}
            | {"method": "示例"}
            for number in range(0, SEGMENTS, 2)
        ],
    }  # fmt: skip


def _products(suppliers: int) -> list[int]:
    """Return which product each supplier makes: the last of a segment is made in the other city alone."""
    drawn = np.random.default_rng(SEED).integers(1, SEGMENTS * KINDS - 1, suppliers)
    apart = drawn - drawn % KINDS + KINDS - 1
    others = np.arange(suppliers) % 5 == 4
    here = np.where(drawn % KINDS == KINDS - 1, drawn - 1, drawn)
    products: list[int] = np.where(others & (apart < SEGMENTS * KINDS - 1), apart, here).tolist()
    return products


def _where(number: int) -> str:
    return "" if number % 10 == 8 else ELSEWHERE if number % 5 == 4 else HERE


def segment_id(number: int) -> str:
    """Return the id of a segment."""
    return f"sample-leader.s{number:02d}"


def product_id(number: int) -> str:
    """Return the id of a product."""
    return f"sample-leader-p{number:02d}"


def product_name(number: int) -> str:
    """Return the name of a product."""
    return f"示例大链主件{number:02d}"


def _segments() -> Iterator[Row]:
    for number in range(SEGMENTS):
        row = {
            "id": segment_id(number),
            "name": f"示例大链主环节{number:02d}",
            "chain": CHAIN,
            "tier": TIERS[number * len(TIERS) // SEGMENTS],
        }
        yield row | ({"feeds": segment_id(number + 1)} if number + 1 < SEGMENTS else {})


def _inputs() -> Iterator[Row]:
    """Yield each product as an input of one of the next segment, and all of the
    last but one as inputs of what the leader makes."""
    last = KINDS * SEGMENTS - 1
    for number in range(last):
        yield {
            "input": product_id(number),
            "product": product_id(min(number + KINDS, last)),
            "essential": "true" if number % 3 else "false",
        }


def _firms(made: Sequence[int]) -> Iterator[Row]:
    needs = ";".join(product_name(number) for number in range(KINDS * SEGMENTS - 1))
    last = KINDS * SEGMENTS - 1
    yield {
        "id": LEADER, "name": "示例大链主集团有限公司", "region": HERE, "segments": segment_id(SEGMENTS - 1),
        "chains": CHAIN,
        "products": product_name(last), "needs": needs, "offers": product_name(last),
        "parent": "",
    }  # fmt: skip
    for number, product in enumerate(made):
        segments = f"{CROWDED};{segment_id(product // KINDS)}"
        products = f"{product_name(0)};{product_name(product)}"
        needs = product_name(last) if number % 7 == 0 else ""
        yield {
            "id": firm_id(number), "name": f"示例大链主配套{number:06d}号有限公司", "region": _where(number),
            "segments": segments,
            "chains": CHAIN, "products": products, "needs": needs, "offers": "",
            "parent": LEADER if number in GROUP else "",
        }  # fmt: skip


def _supplies(made: Sequence[int]) -> Iterator[Row]:
    for number, product in enumerate(made):
        yield {"supplier": firm_id(number), "customer": LEADER, "product": product_name(product)}
        if number:
            yield {"supplier": firm_id(number), "customer": firm_id(number // 2), "product": product_name(0)}


def _matched(made: Sequence[int]) -> Iterator[Row]:
    for number, product in enumerate(made):
        for stage, day in (("需求", "2026-03-02"), ("推荐", "2026-03-09"))[: 1 + number % 2] if number % 4 == 0 else ():
            own = {"supplier": firm_id(number), "customer": LEADER, "product": product_name(product)}
            yield own | {"stage": stage, "on": day, "handled_by": "示例链专班"}


def leader(scratch: str, suppliers: str) -> dict[str, Any]:
    """Load a leader and measure what is asked of it first: weak links, what-if of the leader, its chain's page.

    A small leader is asked before, so that nothing is compiled in the measured
    time; of the large one only the graph is read.
    """
    small = _store(Path(scratch) / "small", 50)
    _ask(small)
    large = _store(Path(scratch) / "large", int(suppliers))
    return {"firms": int(suppliers)} | _ask(large)


def _store(folder: Path, suppliers: int) -> Store:
    store = open_store(f"ladybug://{folder}/graph.lbug")
    report = load([make_leader(folder / "in", suppliers)], store)
    assert not report.bad, report.rejected[:3]
    return store


def _ask(store: Store) -> dict[str, Any]:
    client = TestClient(create_app(store))
    # what is made of it is not kept for the pages
    earlier = View.of(store, Scope(day=(date.today() - timedelta(days=1)).isoformat()))
    measured: dict[str, Any] = {"read": _seconds(lambda: read_city(earlier))}
    measured["weak_links"] = _seconds(lambda: weak_links(earlier, CHAIN))
    measured["what_if"] = _seconds(lambda: what_if(earlier, CHAIN, [Named(id=LEADER, name=LEADER)], []))
    client.get("/search", params={"q": LEADER})  # the index of names is warmed by the server
    for name, path in (
        ("chain", f"/chains/{CHAIN}"),
        ("firm", f"/enterprises/{LEADER}"),
        ("lists", f"/chains/{CHAIN}/opportunities"),
    ):
        start = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, answer.text[:300]
        nodes = len(re.findall(r"<[a-zA-Z]", re.sub(r"<script.*?</script>", "", answer.text, flags=re.DOTALL)))
        measured[name] = {
            "seconds": round(time.perf_counter() - start, 3),
            "mb": round(len(answer.content) / 1e6, 2),
            "nodes": nodes,
        }
    return measured


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 3)
