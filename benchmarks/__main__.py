"""``make bench``: every figure beside a peer in the same run, at sizes 10× and
100× apart; the table goes to docs/benchmarks.md."""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.data import make_files
from benchmarks.exports import make_export
from benchmarks.loading import loading
from benchmarks.pictures import OURS, PEER
from benchmarks.report import LEADER_PATHS, write_report
from benchmarks.serving import serving
from benchmarks.starting import starting

SIZES = (10_000, 100_000, 1_000_000)
TURNS = 3
RISK_SIZES = (10_000, 100_000)
R_CLOSED = 50  # firms that the authors' programs close, at the smallest of these sizes
CLOSED = {"with": 4_000, "without": 500}  # firms closed, at most; without substitution a cascade goes much further
STRUCTURE_SIZES = (10_000, 100_000)
SERVER_SIZES = (10_000, 100_000)
EXPORT_SIZES = (10_000, 100_000, 1_000_000)
LEADER_SIZES = (500, 3_000, 10_000)  # suppliers
PICTURE_PEER = 3_000  # suppliers of which pyvis draws its own picture beside ours


def measure(step: str, *arguments: str) -> dict[str, Any]:
    """Run one step in a process of its own and return what it measured, with its peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.steps", step, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{step} {arguments} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{step:18s} {' '.join(arguments)[-60:]:60s} {result}", file=sys.stderr)
    return result


def embedded(folder: Path, firms: int) -> dict[str, Any]:
    """Measure both raw copies and the first load in turn, both ways of loading again, and three tiers of suppliers."""
    make_files(folder / "in", firms)
    raws, sames, firsts = [], [], []
    for turn in range(TURNS):
        url = f"ladybug://{folder}/graph{turn}/graph.lbug"
        raws.append(measure("raw_copy", str(folder / "in"), str(folder / f"raw{turn}.lbug")))
        sames.append(measure("raw_same", str(folder / "in"), str(folder / f"same{turn}.lbug")))
        firsts.append(measure("load", str(folder / "in"), url))
    row: dict[str, Any] = {"firms": firms, "raw": middle(raws), "same": middle(sames), "first": middle(firsts)}
    row["again"] = measure("load", str(folder / "in"), url)
    row["again_read"] = measure("load_forgetting", str(folder / "in"), url)
    row["suppliers"] = measure("suppliers", str(folder / "in"), url)
    return row


def exported(folder: Path, firms: int) -> dict[str, Any]:
    """Measure the first load of what a platform exports, and of our own form of the same firms, in turn."""
    theirs, ours = make_export(folder, firms)
    lists, forms = [], []
    for turn in range(TURNS if firms < max(EXPORT_SIZES) else 1):
        lists.append(measure("load_firms", str(theirs), f"ladybug://{folder}/list{turn}/graph.lbug"))
        forms.append(measure("load_firms", str(ours), f"ladybug://{folder}/form{turn}/graph.lbug"))
    return {"firms": firms, "list": middle(lists), "form": middle(forms)}


def server(folder: Path, firms: int) -> dict[str, Any]:
    """Measure our load and py2neo's bulk on the same real Neo4j, emptied before each."""
    make_files(folder / "in", firms)
    theirs, ours = [], []
    for _ in range(TURNS):
        theirs.append(measure("py2neo_bulk", str(folder / "in")))
        ours.append(measure("load_server", str(folder / "in")))
    return {"firms": firms, "py2neo": middle(theirs), "ours": middle(ours)}


def middle(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the result of median time, with the highest peak of all."""
    ordered = sorted(results, key=lambda result: float(result["seconds"]))
    return ordered[len(ordered) // 2] | {"peak_mb": max(result["peak_mb"] for result in results)}


def growth(rows: list[dict[str, Any]], *path: str) -> float:
    """Return the exponent with which a measure grows from the smallest to the largest size."""

    def at(row: dict[str, Any]) -> float:
        value: Any = row
        for part in path:
            value = value[part]
        return float(value)

    return math.log(at(rows[-1]) / at(rows[0])) / math.log(rows[-1]["firms"] / rows[0]["firms"])


def main() -> None:
    """Run the parts that are asked for and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--server-sizes", type=int, nargs="*", default=SERVER_SIZES)
    parser.add_argument("--risk-sizes", type=int, nargs="*", default=RISK_SIZES)
    parser.add_argument("--structure-sizes", type=int, nargs="*", default=STRUCTURE_SIZES)
    parser.add_argument("--no-serving", dest="serving", action="store_false", help="do not measure the server")
    parser.add_argument("--no-starting", dest="starting", action="store_false", help="do not measure the start")
    parser.add_argument("--no-loading", dest="loading", action="store_false", help="do not measure loads by the page")
    parser.add_argument("--export-sizes", type=int, nargs="*", default=EXPORT_SIZES)
    parser.add_argument("--leader-sizes", type=int, nargs="*", default=LEADER_SIZES)
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lianzhang-bench-") as scratch:
        local = [embedded(Path(scratch) / f"e{firms}", firms) for firms in chosen.sizes]
        lists = [exported(Path(scratch) / f"x{firms}", firms) for firms in chosen.export_sizes]
        remote = served(Path(scratch), chosen.server_sizes)
    risks = [
        {way: measure("risk", str(firms), str(min(firms, number)), "1", way) for way, number in CLOSED.items()}
        for firms in chosen.risk_sizes
    ]
    structures = [measure("structure", str(firms)) for firms in chosen.structure_sizes]
    if risks:
        with tempfile.TemporaryDirectory(prefix="lianzhang-bench-") as scratch:
            risks[0]["r"] = measure("risk_r", scratch, str(min(chosen.risk_sizes)), str(R_CLOSED))
    starts = starting() if chosen.starting else []
    servings = serving() if chosen.serving else []
    loadings = loading() if chosen.loading else []
    with tempfile.TemporaryDirectory(prefix="lianzhang-bench-") as scratch:
        leaders = [measure("leader", f"{scratch}/{number}", str(number)) for number in chosen.leader_sizes]
    drawn = [(number, OURS) for number in chosen.leader_sizes] + [(PICTURE_PEER, PEER)] * bool(chosen.leader_sizes)
    pictures = [measure("picture", str(number), whose) for number, whose in drawn]
    exponents = (
        {
            name: growth(local, *path)
            for name, path in {"load": ("first", "seconds"), "suppliers": ("suppliers", "p50_ms")}.items()
        }
        if len(local) > 1
        else {}
    )
    if len(lists) > 1:
        exponents["lists"] = growth(lists, "list", "seconds")
    if len(leaders) > 1:
        exponents |= {f"leader {name}": growth(leaders, *path) for name, path in LEADER_PATHS.items()}
    write_report(
        chosen.out, local, lists, remote, exponents, risks, structures, leaders, pictures, starts, servings, loadings
    )


def served(scratch: Path, sizes: list[int]) -> list[dict[str, Any]]:
    """Start a real Neo4j as the tests do, and measure on it."""
    if not sizes:
        return []
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from neo4j_server import neo4j_server

    with neo4j_server() as running:
        os.environ |= {
            "NEO4J_TEST_URI": running.uri,
            "NEO4J_TEST_USER": running.user,
            "NEO4J_TEST_PASSWORD": running.password,
        }
        measure("warm_server")
        # so that no size meets it cold
        largest_first = [server(scratch / f"s{firms}", firms) for firms in sorted(sizes, reverse=True)]
        return largest_first[::-1]


if __name__ == "__main__":
    main()
