"""A server in a process of its own, as ``lianzhang serve`` starts it, and what it takes of the machine."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


@dataclass
class Served:
    """A running server; ``said`` is what it has written to stderr."""

    process: "subprocess.Popen[str]"
    port: int = 0
    said: list[str] = field(default_factory=list)

    def memory(self) -> int:
        """Return the bytes that the server and its processes take, what they share counted once (PSS)."""
        total = 0
        for pid in [self.process.pid, *self.children()]:
            try:
                total += (
                    int(Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").partition("\nPss:")[2].split()[0]) * 1024
                )
            except (OSError, IndexError):
                continue
        return total

    def children(self) -> list[int]:
        """Return the processes that the server and its own processes have started."""
        pids = [self.process.pid]
        for pid in pids:
            with suppress(OSError):  # it has ended meanwhile
                for task in Path(f"/proc/{pid}/task").glob("*/children"):
                    pids += [int(pid_text) for pid_text in task.read_text("ascii").split()]
        return pids[1:]


def start(store: str, *arguments: str, before: str = "pass", **environment: str) -> "subprocess.Popen[str]":
    """Start the command, after a line of Python."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}; {COMMAND[2]}", "serve", *arguments],
        env={**os.environ, "LIANZHANG_STORE": store, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


@contextmanager
def serving(store: str, *arguments: str, **environment: str) -> Iterator[Served]:
    """Serve a store on a free port from when it says that it has started; it is ended with the block."""
    process = start(store, "--port", "0", *arguments, **environment)
    served, told = Served(process), threading.Event()

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            served.said.append(line)
            if match := re.search(r"已启动: http://\S+?:(\d+) ", line):
                served.port = int(match.group(1))
                told.set()
        told.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        told.wait(120)
        assert served.port, served.said
        yield served
    finally:
        process.kill()
        process.wait(30)
        listener.join(30)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


class Clients:
    """Clients in a process of their own that ask a server for a while."""

    def __init__(self, port: int, clients: int, seconds: float, paths: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.clients", str(port), str(clients), str(seconds), *paths],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent,
        )  # fmt: skip

    def answer(self) -> dict[str, object]:
        """Return what they measured, once they are done."""
        text, _ = self.process.communicate(timeout=600)
        answered: dict[str, object] = json.loads(text)
        return answered


def peak_while(served: Served, clients: Clients) -> int:
    """Return the most memory that a server took while clients asked it."""
    most = 0
    while clients.process.poll() is None:
        most = max(most, served.memory())
        time.sleep(0.2)
    return most
