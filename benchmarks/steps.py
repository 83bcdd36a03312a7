"""The steps of the benchmark, each run in a process of its own: it prints one line of JSON."""

import json
import os
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import ladybug
import numpy as np
import polars as pl

from benchmarks.data import make_network
from benchmarks.exports import SOURCE
from benchmarks.leader import leader as measure_leader
from benchmarks.pictures import picture as measure_picture
from benchmarks.r_cascade import risk_r
from benchmarks.structure import structure as measure_structure
from graph.model import Record, columns, name_of
from graph.model.edges import Supplies
from graph.model.nodes import Enterprise
from graph.settings import Settings
from graph.stores import open_store
from graph.stores.ladybug.tables import prepare
from graph.stores.ladybug.writer import WRITE_POOL
from graph.stores.neo4j import Neo4jStore
from loaders.run import Options
from loaders.run import load as run_load
from queries.core.view import View
from queries.networks.systemic_risk import systemic_risk
from queries.things.supply import suppliers as ask_suppliers

BATCH = 10_000
ASKED = 200


def raw_copy(folder: str, target: str) -> dict[str, Any]:
    """COPY the two files as they are, nothing checked, into tables of just
    their columns: from no file to a closed one, as a load."""
    start = time.perf_counter()
    database = ladybug.Database(target, buffer_pool_size=1 << 30)
    connection = ladybug.Connection(database)
    proof = "source STRING, status STRING, confidence DOUBLE"
    connection.execute(f"CREATE NODE TABLE Enterprise(id STRING, name STRING, {proof}, PRIMARY KEY(id))")
    connection.execute(f"CREATE REL TABLE SUPPLIES(FROM Enterprise TO Enterprise, product STRING, {proof})")
    connection.execute(f"COPY Enterprise FROM '{folder}/enterprises.csv' (header=true)")
    connection.execute(f"COPY SUPPLIES FROM '{folder}/supplies.csv' (header=true)")
    connection.execute("CHECKPOINT")
    connection.close()
    database.close()
    return _timed(start, folder)


def raw_same(folder: str, target: str) -> dict[str, Any]:
    """COPY the rows that a load stores, as CSV with every column, nothing checked, into the project's own tables."""
    supplies = pl.read_csv(f"{folder}/supplies.csv").rename({"supplier": "from", "customer": "to"})
    whole: dict[type[Record], pl.DataFrame] = {Enterprise: pl.read_csv(f"{folder}/enterprises.csv"), Supplies: supplies}
    for record, rows in whole.items():
        ends = [name for name in ("from", "to") if name in rows.columns]
        missing = [pl.lit(None, dtype=pl.String).alias(name) for name in columns(record) if name not in rows.columns]
        stamped = rows.with_columns(missing).with_columns(pl.lit("2026-11-23T00:00:00Z").alias("recorded_at"))
        stamped.select([*ends, *columns(record)]).write_csv(f"{target}.{name_of(record)}.csv")
    start = time.perf_counter()
    database = ladybug.Database(target, buffer_pool_size=WRITE_POOL)
    connection = ladybug.Connection(database)
    prepare(connection)
    for record in whole:
        connection.execute(f"COPY {name_of(record)} FROM '{target}.{name_of(record)}.csv' (header=true)")
    connection.execute("CHECKPOINT")
    connection.close()
    database.close()
    return _timed(start, folder)


def load(folder: str, url: str) -> dict[str, Any]:
    """Load the folder as the command does."""
    store = open_store(url)
    start = time.perf_counter()
    report = run_load([Path(folder)], store)
    assert not report.bad, report.rejected[:3]
    return _timed(start, folder) | {"new": report.total("new"), "same": report.total("same")}


def load_firms(folder: str, url: str) -> dict[str, Any]:
    """Load a list of firms, whoever made it, with nothing said but its source."""
    store = open_store(url)
    start = time.perf_counter()
    report = run_load([Path(folder)], store, Options(proof={"source": SOURCE, "status": "reported"}))
    seconds = time.perf_counter() - start
    assert not report.bad, (report.failed, report.rejected[:3])
    rows, size = report.total("read"), sum(path.stat().st_size for path in Path(folder).iterdir())
    rate = {"seconds": round(seconds, 3), "rows": rows, "rows_per_second": round(rows / seconds)}
    return rate | {"file_mb": round(size / 1e6), "peak_mb": _peak_mb()}


def load_forgetting(folder: str, url: str) -> dict[str, Any]:
    """Load again with what is remembered of the last load thrown away, so that every row is read and compared."""
    open_store(url).note("loaded", "{}")
    return load(folder, url)


def suppliers(folder: str, url: str) -> dict[str, Any]:
    """Ask for three tiers of suppliers of firms of median degree."""
    edges = pl.read_csv(f"{folder}/supplies.csv", columns=["supplier", "customer"])
    degree = Counter(edges["supplier"].to_list()) + Counter(edges["customer"].to_list())
    median = int(statistics.median(degree.values()))
    firms = random.Random(1).sample(sorted(firm for firm, number in degree.items() if number == median), ASKED)
    store = open_store(url)
    view = View.of(store)
    ask_suppliers(view, firms[0], 3)
    taken, rows = [], []
    for firm in firms:
        start = time.perf_counter()
        rows.append(len(ask_suppliers(view, firm, 3)))
        taken.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return {
        "p50_ms": round(statistics.median(taken), 2),
        "p95_ms": round(cuts[18], 2),
        "edges": statistics.median(rows),
        "degree": median,
    }


def risk(firms: str, closed: str, threads: str, substitution: str) -> dict[str, Any]:
    """Close firms of a made-up network one at a time, tolerance 0.01; compiling and building are not timed."""
    network = make_network(int(firms))
    ask = partial(systemic_risk, substitution=substitution == "with", threads=int(threads))
    chosen = np.random.default_rng(1).permutation(int(firms))[: int(closed)]
    ask(network, chosen[:1])
    start = time.perf_counter()
    ask(network, chosen)
    each = (time.perf_counter() - start) / len(chosen) * 1000
    return {
        "firms": int(firms),
        "links": len(network.links.out_amount),
        "ms_per_firm": round(each, 3),
        "peak_mb": _peak_mb(),
    }


def structure(firms: str) -> dict[str, Any]:
    """Measure the structure of made-up clusters of firms, beside networkx."""
    return measure_structure(firms) | {"peak_mb": _peak_mb()}


def leader(folder: str, suppliers: str) -> dict[str, Any]:
    """Measure the pages and answers of a leader with many suppliers."""
    return measure_leader(folder, suppliers) | {"peak_mb": _peak_mb()}


def picture(suppliers: str, whose: str) -> dict[str, Any]:
    """Measure how soon the picture of a firm can be read in a browser: ours, or pyvis's own."""
    return measure_picture(int(suppliers), whose) | {"peak_mb": _peak_mb()}


def warm_server() -> dict[str, Any]:
    """Send the server some work first, so that neither side meets it cold."""
    store = _emptied()
    with store.driver.session() as session:
        for _ in range(5):
            session.run("UNWIND range(1, 20000) AS i CREATE (:Warm {id: i})").consume()
            session.run("MATCH (n:Warm) DETACH DELETE n").consume()
    return {}


def load_server(folder: str) -> dict[str, Any]:
    """Load the folder into Neo4j as the command does; constraints and indexes
    are there before, as they are for py2neo."""
    store = _emptied()
    with store.load():
        pass
    start = time.perf_counter()
    report = run_load([Path(folder)], store)
    assert not report.bad, report.rejected[:3]
    return _timed(start, folder)


def py2neo_bulk(folder: str) -> dict[str, Any]:
    """Load the same rows with py2neo's bulk functions, batches of 10,000, after a uniqueness constraint on id."""
    from py2neo import Graph
    from py2neo.bulk import merge_nodes, merge_relationships

    _emptied()
    graph = Graph(os.environ["NEO4J_TEST_URI"], auth=(os.environ["NEO4J_TEST_USER"], os.environ["NEO4J_TEST_PASSWORD"]))
    graph.run("CREATE CONSTRAINT enterprise_id IF NOT EXISTS FOR (n:Enterprise) REQUIRE n.id IS UNIQUE")
    start = time.perf_counter()
    firms = pl.read_csv(f"{folder}/enterprises.csv")
    for part in firms.iter_slices(BATCH):
        merge_nodes(graph.auto(), part.to_dicts(), ("Enterprise", "id"))
    edges = pl.read_csv(f"{folder}/supplies.csv")
    for part in edges.iter_slices(BATCH):
        rows = [(row.pop("supplier"), row, row.pop("customer")) for row in part.to_dicts()]
        merge_relationships(
            graph.auto(),
            rows,
            ("SUPPLIES", "product"),
            start_node_key=("Enterprise", "id"),
            end_node_key=("Enterprise", "id"),
        )
    return _timed(start, folder)


def _emptied() -> Neo4jStore:
    settings = Settings(neo4j_user=os.environ["NEO4J_TEST_USER"], neo4j_password=os.environ["NEO4J_TEST_PASSWORD"])
    store = Neo4jStore(os.environ["NEO4J_TEST_URI"], settings)
    with store.driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
    return store


def _timed(start: float, folder: str) -> dict[str, Any]:
    seconds = time.perf_counter() - start
    rows = sum(
        pl.scan_csv(f"{folder}/{name}.csv").select(pl.len()).collect().item() for name in ("enterprises", "supplies")
    )
    return {"seconds": round(seconds, 3), "rows": rows, "rows_per_second": round(rows / seconds), "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    """Return the peak of this process alone: getrusage also counts what the parent held when it started us."""
    status = Path("/proc/self/status")
    if status.exists():
        return round(int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step
    for step in (
        raw_copy,
        raw_same,
        load,
        load_firms,
        risk,
        risk_r,
        structure,
        leader,
        picture,
        load_forgetting,
        suppliers,
        warm_server,
        load_server,
        py2neo_bulk,
    )
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
