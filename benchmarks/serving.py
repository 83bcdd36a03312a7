"""Requests a second and their times at 1, 10, 30 and 50 clients, beside a bare
FastAPI route on the same server in the same run.

``python -m benchmarks.serving`` measures alone; ``python -m benchmarks.serving bare PORT`` is the bare server.
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.clients import ask
from graph.stores import open_store
from loaders.run import load

ROOT = Path(__file__).parent.parent
CLIENTS = (1, 10, 30, 50)
SECONDS = 5.0
TURNS = 3
KEEP_NOTHING = "import os; os.environ['LIANZHANG_CACHE_MB'] = '0'"
PATHS = [
    quote(path, safe="/?=&")
    for path in (
        "/api/v1/chains",
        "/api/v1/chains/integrated-circuits",
        "/api/v1/enterprises",
        "/api/v1/enterprises/示例空调",
        "/api/v1/enterprises/示例空调/suppliers?tiers=2",
        "/api/v1/search?q=hxsx",
    )
]


def bare(port: int) -> None:
    """Serve one route of FastAPI with nothing before or behind it."""
    import uvicorn
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/bare")
    def answer() -> dict[str, str]:
        return {"status": "ok"}

    uvicorn.run(app, port=port, log_level="warning", access_log=False)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def served(*arguments: str) -> Iterator[int]:
    """Run a server in a process of its own and return its port once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *(argument.format(port=port) for argument in arguments)], stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            time.sleep(0.1)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port
    finally:
        process.kill()
        process.wait()


def serving() -> list[dict[str, Any]]:
    """Return a row for each number of clients and each of: bare, kept answers,
    answers made each time; the median of some turns."""
    start = "from api.cli import main; main()"
    command = ("serve", "--port", "{port}", "--store")
    with tempfile.TemporaryDirectory(prefix="lianzhang-serving-") as folder, ExitStack() as stack:
        url = f"ladybug://{folder}/graph.lbug"
        store = open_store(url)
        assert not load([ROOT / "seeds"], store).bad
        store.close()
        ports = {
            "bare": (stack.enter_context(served("-m", "benchmarks.serving", "bare", "{port}")), ["/bare"]),
            "kept": (stack.enter_context(served("-c", start, *command, url)), PATHS),
            "made": (stack.enter_context(served("-c", f"{KEEP_NOTHING}; {start}", *command, url)), PATHS),
        }
        for port, paths in ports.values():  # what is first made is not measured
            asyncio.run(ask(port, 2, 30.0 if paths is PATHS else 2.0, paths))
        return [_middle(way, clients, [asyncio.run(ask(port, clients, SECONDS, paths)) for _ in range(TURNS)])
                for clients in CLIENTS for way, (port, paths) in ports.items()]  # fmt: skip


def _middle(way: str, clients: int, turns: list[dict[str, Any]]) -> dict[str, Any]:
    turns.sort(key=lambda turn: float(turn["rate"]))
    row = {"way": way} | turns[len(turns) // 2]
    assert set(row["statuses"]) == {"200"}, row
    print(json.dumps(row), file=sys.stderr)
    return row


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        bare(int(sys.argv[2]))
    else:
        print(json.dumps(serving(), indent=1))
