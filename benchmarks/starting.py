"""How long a start takes, beside the libraries that it cannot do without in the
same run: ``python -m benchmarks.starting``."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.serving import ROOT, free_port
from graph.stores import open_store
from loaders.run import load

TURNS = 5
PATIENCE = 60.0
COMMAND = "from api.cli import main; main()"


def run(*arguments: str) -> float:
    """Return the seconds of a Python process from its start to its end."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def first_page(path: str, *arguments: str) -> float:
    """Return the seconds from the start of a server to its first whole answer; its port stands for ``{port}``."""
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *(argument.format(port=port) for argument in arguments)], stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() < start + PATIENCE:
            try:
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
                    assert answer.read()
                return time.perf_counter() - start
            except URLError:
                time.sleep(0.01)
        raise TimeoutError(f"no answer from {arguments}")
    finally:
        process.kill()
        process.wait()


def starting() -> list[dict[str, Any]]:
    """Return for each start the median of ours and of its peer, in turns, with the load of the machine."""
    with tempfile.TemporaryDirectory(prefix="lianzhang-starting-") as folder:
        url = f"ladybug://{folder}/graph.lbug"
        store = open_store(url)
        assert not load([ROOT / "seeds"], store).bad
        store.close()
        serve = ("-c", COMMAND, "serve", "--port", "{port}", "--store", url)
        pairs: dict[str, tuple[Callable[[], float], Callable[[], float]]] = {
            "help": (lambda: run("-c", COMMAND, "--help"), lambda: run("-c", "import typer, pydantic")),
            "app": (lambda: run("-c", "import api.app"), lambda: run("-c", "import fastapi")),
            "page": (
                lambda: first_page("/", *serve),
                lambda: first_page("/bare", "-m", "benchmarks.serving", "bare", "{port}"),
            ),
        }
        return [_median(start, *pair) for start, pair in pairs.items()]


def _median(start: str, ours: Callable[[], float], peer: Callable[[], float]) -> dict[str, Any]:
    turns = [(ours(), peer()) for _ in range(TURNS)]
    mine, theirs = (round(statistics.median(column), 3) for column in zip(*turns, strict=True))
    row = {"start": start, "seconds": mine, "peer": theirs, "load": round(os.getloadavg()[0], 1)}
    print(json.dumps(row), file=sys.stderr)
    return row


if __name__ == "__main__":
    print(json.dumps(starting(), indent=1))
