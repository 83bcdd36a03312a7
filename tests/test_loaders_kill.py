"""``kill -9`` at twenty moments of a load: the graph is the one before or the one after, and the next load works."""

import random
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from loader_parts import counts, new_store, put, run
from soak_parts import times

from graph.model.edges import Supplies
from graph.model.nodes import Enterprise, Source
from graph.stores import open_store

MOMENTS = times(7, 27)
FIRMS = 800
LOADER = """
import sys
from pathlib import Path
from graph.stores import open_store
from loaders.run import load
print("ready", flush=True)
url = sys.stdin.readline().strip()
load([Path(sys.argv[1])], open_store(url))
"""


def write_rows(folder: Path, first: int, last: int, note: str) -> Path:
    names = [f"第{number}公司" for number in range(first, last)]
    put(folder / "enterprises.csv", "名称,来源,备注\n" + "".join(f"{name},年鉴,{note}\n" for name in names))
    pairs = "".join(
        f"{names[place]},{names[place * 7 % len(names)]},产品{place % 5},年鉴\n" for place in range(len(names))
    )
    put(folder / "supplies.csv", f"供应商,客户,产品,来源\n{pairs}")
    return folder


def picture(url: str) -> list[Any]:
    """Everything in the graph but the hour."""
    store = open_store(url)
    nodes = [store.nodes(kind).drop("recorded_at").sort("id").rows() for kind in (Enterprise, Source)]
    edges = [
        row for part in store.edges(Supplies, ("Enterprise", "Enterprise")) for row in part.drop("recorded_at").rows()
    ]
    store.close()
    return [*nodes, sorted(edges, key=str)]


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LOADER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def go(process: subprocess.Popen[str], url: str) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write(f"{url}\n")
    process.stdin.close()


def test_kill_minus_nine_at_many_moments(tmp_path: Path) -> None:
    base = tmp_path / "base"
    run(new_store(base), write_rows(tmp_path / "first", 0, FIRMS // 2, "一"))
    more = write_rows(tmp_path / "more", FIRMS // 4, FIRMS, "二")
    before = picture(f"ladybug://{base}/g.lbug")
    shutil.copytree(base, tmp_path / "whole", symlinks=True)
    with start(more) as process:
        go(process, f"ladybug://{tmp_path}/whole/g.lbug")
        begun = time.monotonic()
        assert process.wait(60) == 0
        took = time.monotonic() - begun
    after = picture(f"ladybug://{tmp_path}/whole/g.lbug")
    assert (len(before[0]), len(after[0])) == (FIRMS // 2, FIRMS)

    chance = random.Random(0)
    killed, seen = 0, []
    with ExitStack() as started:
        process = started.enter_context(start(more))
        started.callback(process.kill)
        for moment in range(MOMENTS):
            folder = tmp_path / str(moment)
            shutil.copytree(base, folder, symlinks=True)
            url = f"ladybug://{folder}/g.lbug"
            go(process, url)
            current, process = process, started.enter_context(start(more))  # the next one gets ready meanwhile
            started.callback(process.kill)
            try:
                current.wait(took * (moment + chance.random()) / MOMENTS)
            except subprocess.TimeoutExpired:
                current.kill()
            killed += current.wait(10) == -9
            found = picture(url)
            assert found in (before, after)
            seen.append(found == after)
            assert load_again(folder, url, more) == seen[-1]
            assert picture(url) == after
            shutil.rmtree(folder)
    assert killed >= MOMENTS // 2
    assert not seen[0]


def load_again(folder: Path, url: str, more: Path) -> bool:
    """Load what was killed, check that nothing of it is left lying about, and tell whether it had been done already."""
    report = run(open_store(url), more)
    rows = FIRMS // 4 * 6
    assert report.total("read") == rows
    assert not [path.name for path in (folder / "g.lbug.d").iterdir() if path.name.startswith(("building", "pointer"))]
    return counts(report) == {"read": rows, "same": rows}
