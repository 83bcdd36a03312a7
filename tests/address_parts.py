"""Every address and command for what a graph holds, and what each answers: to compare two stores, two orders, two versions of the code.

``python tests/address_parts.py STORE FILE`` writes the answers of a store to a file, ``… FILE FILE`` says where two files differ.
"""

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock
from urllib.parse import quote

from fastapi.testclient import TestClient

from api.app import create_app
from api.commands import main as run_command
from graph.model import NODES
from graph.model.nodes import Chain, Enterprise, Product, Segment, Source
from graph.settings import Settings
from graph.stores import Store, open_store

WORDS = ("青岛", "hxsx", "集成电路", "示例", "sample", "电机", "海", "q", "芯片制造")
NEEDS = ("压缩机", "锂电池 隔膜", "工业机器人")
CHAIN = ("", "/weak-links", "/opportunities", "/targets", "/what-if", "/desk")
FIRM = ("", "/suppliers?tiers=1", "/suppliers?tiers=3", "/customers?tiers=2", "/opportunities")
CHANGING = re.compile(
    r"ladybug://[^\"<]*|neo4j://[^\"<]*|bolt://[^\"<]*|\d{4}-\d\d-\d\dT[\d:]+Z"
)  # addresses of stores, times of recording


def ids(store: Store, record: type) -> list[str]:
    """Return the ids of a type, sorted."""
    return sorted(store.nodes(record)["id"].to_list())


def routes(store: Store) -> Iterator[str]:
    """Yield the address of every GET route of the API, for every id."""
    base, chains, firms = "/api/v1", ids(store, Chain), ids(store, Enterprise)
    for id in map(_quoted, chains):
        yield from (f"{base}/chains/{id}{rest}" for rest in CHAIN)
        yield f"{base}/chains/{id}/weak-links?without=sample"
    for id in map(_quoted, firms):
        yield from (f"{base}/enterprises/{id}{rest}" for rest in FIRM)
    for record in (Segment, Product):
        for id in ids(store, record):
            for chain in sorted(_chains_of(store, record, id)):
                yield f"{base}/chains/{_quoted(chain)}/certificate?place={_quoted(id)}"
    for supplier, customer in zip(firms, [*firms[7:], *firms[:7]], strict=True):
        yield f"{base}/paths?from={_quoted(supplier)}&to={_quoted(customer)}"
    for word in WORDS:
        yield f"{base}/search?q={_quoted(word)}&size=50"
        yield f"{base}/enterprises/{_quoted(word)}"
        yield f"{base}/chains/{_quoted(word)}"
    yield from (f"{base}/match?need={_quoted(need)}" for need in NEEDS)
    for rest in ("chains", "enterprises?size=500", "statements?size=500", "same-firms?size=500", "same-firms/history", "structure",
                 "portfolio", "ledger", "chains?without=sample", "enterprises?size=500&without=sample", "portfolio?without=sample"):  # fmt: skip
        yield f"{base}/{rest}"


def pages(store: Store) -> Iterator[str]:
    """Yield the address of every page, for every id."""
    for id in map(_quoted, ids(store, Chain)):
        yield from (
            f"/chains/{id}{rest}"
            for rest in ("", "/graph", "/records", "/opportunities", "/targets", "/what-if", "/desk")
        )
    for id in map(_quoted, ids(store, Enterprise)):
        yield f"/enterprises/{id}"
        yield f"/enterprises/{id}/opportunities"
    for record in NODES:
        if record not in (Chain, Enterprise, Source):
            yield from (f"/things/{record.label()}/{_quoted(id)}" for id in ids(store, record))
    yield from (f"/sources/{id}" for id in map(_quoted, ids(store, Source)))
    yield from (f"/search?q={_quoted(word)}" for word in WORDS)
    yield from (
        "/gaps",  # works out what the first page does not wait for
        "/",
        "/chains",
        "/stock",
        "/stock?view=table",
        "/enterprises",
        "/review",
        "/figures",
        "/sources",
        "/about",
        "/rules",
        "/portfolio",
        "/ledger",
        "/match",
    )


def answers(store: Store, addresses: Iterator[str]) -> dict[str, tuple[int, str]]:
    """Return what each address answers, without the address of the store."""
    client = TestClient(create_app(store, Settings(cache_mb=0)), raise_server_exceptions=False)
    told = {}
    for address in dict.fromkeys(addresses):
        answer = client.get(address, follow_redirects=False)
        told[address] = (answer.status_code, CHANGING.sub("STORE", answer.text))
    return told


def commands(store: Store) -> Iterator[tuple[str, ...]]:
    """Yield every command that reads, as JSON: for every chain and segment, and for some of the products and firms."""
    chains, firms = ids(store, Chain), ids(store, Enterprise)[::4]
    for chain in chains:
        yield from ((name, chain) for name in ("weak-links", "targets", "what-if", "desk"))
        yield from (("opportunities", "--chain", chain), ("ledger", "--chain", chain))
    for record, every in ((Segment, 1), (Product, 10)):
        for id in ids(store, record)[::every]:
            yield from (("certificate", chain, id) for chain in sorted(_chains_of(store, record, id)))
    for firm, customer in zip(firms, [*firms[3:], *firms[:3]], strict=True):
        yield from (("suppliers", firm, "--tiers", "3"), ("customers", firm), ("paths", firm, customer))
        yield from (("opportunities", "--leader", firm), ("ledger", "--firm", firm))
    yield from (("search", word, "--most", "50") for word in WORDS)
    for name in ("chains", "portfolio", "structure", "map-products", "same-firms", "ledger", "schema"):
        yield (name,)
        if name != "schema":
            yield name, "--without", "sample"
    yield "same-firms", "--history"
    yield (
        "cypher",
        "MATCH (n)-[r]->(m) RETURN label(n) AS a, label(r) AS b, label(m) AS c, count(*) AS d ORDER BY a, b, c",
    )
    yield ("no-such-command",)


def said(store: Store, asked: Iterator[tuple[str, ...]]) -> dict[str, tuple[int, str]]:
    """Return how each command ends, and what it prints as JSON."""
    told = {}
    for arguments in asked:
        shape = () if arguments[0] == "certificate" else ("--format", "json")
        out = io.StringIO()
        with (
            redirect_stdout(out),
            redirect_stderr(io.StringIO()),
            mock.patch.dict(os.environ, {"LIANZHANG_STORE": store.url}),
        ):
            sys.argv = ["lianzhang", *arguments, *shape]
            try:
                run_command()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        told[" ".join(sys.argv)] = (code, CHANGING.sub("STORE", out.getvalue()))
    return told


def _quoted(id: str) -> str:
    return quote(id, safe="")


_chains: dict[tuple[str, str], dict[str, set[str]]] = {}


def _chains_of(store: Store, record: type, id: str) -> set[str]:
    """Return the chains that a segment or a product stands on."""
    known = _chains.get((store.url, store.version()))
    if known is None:
        known = _chains[store.url, store.version()] = {}
        for row in store.read("MATCH (s:Segment)-[:PART_OF]->(c:Chain) RETURN s.id AS id, c.id AS chain").rows:
            known.setdefault(row["id"], set()).add(row["chain"])
        for row in store.read(
            "MATCH (p:Product)-[:BELONGS_TO]->(:Segment)-[:PART_OF]->(c:Chain) RETURN p.id AS id, c.id AS chain"
        ).rows:
            known.setdefault(row["id"], set()).add(row["chain"])
    return known.get(id, set())


def main(store_or_file: str, file_of_answers: str) -> None:
    """Write the answers of a store, or compare two files of answers."""
    if not Path(store_or_file).exists():
        store = open_store(store_or_file)
        told = answers(store, (address for kind in (routes, pages) for address in kind(store)))
        told |= said(store, commands(store))
        store.close()
        Path(file_of_answers).write_text(json.dumps(told, ensure_ascii=False, indent=0), encoding="utf-8")
        print(
            len(told),
            "addresses",
            {status: sum(answer[0] == status for answer in told.values()) for status in {a[0] for a in told.values()}},
        )
        return
    before, after = (json.loads(Path(file).read_text("utf-8")) for file in (store_or_file, file_of_answers))
    differ = [address for address in {**before, **after} if before.get(address) != after.get(address)]
    for address in differ[:30]:
        print(address, *(known.get(address, ("-",))[0] for known in (before, after)))
    print(len(differ), "of", len({**before, **after}), "differ")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main(*sys.argv[1:3])
