"""Clients that ask a server over and over: ``python -m benchmarks.clients PORT
CLIENTS SECONDS PATH…`` prints one line of JSON.

Each client keeps one connection and takes the paths in turn, beginning at another one; answers are read whole.
"""

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from typing import Any


async def client(
    port: int, number: int, until: float, paths: list[str], taken: list[float], statuses: Counter[str]
) -> None:
    """Ask until the time is up; a connection that breaks is counted and made again."""
    reader: asyncio.StreamReader | None = None
    turn = number
    while time.perf_counter() < until:
        path = paths[turn % len(paths)]
        turn += 1
        start = time.perf_counter()
        try:
            if reader is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = head.partition("content-length: ")[2].partition("\r\n")[0]
            await (reader.readexactly(int(length)) if length else _chunks(reader))
        except (OSError, asyncio.IncompleteReadError):
            statuses["broken"] += 1
            reader = None
            await asyncio.sleep(0.05)
            continue
        taken.append(time.perf_counter() - start)
        statuses[head.split()[1]] += 1
        if "connection: close" in head:
            reader = None


async def _chunks(reader: asyncio.StreamReader) -> None:
    while size := int(await reader.readuntil(b"\r\n"), 16):
        await reader.readexactly(size + 2)
    await reader.readexactly(2)


async def ask(port: int, clients: int, seconds: float, paths: list[str]) -> dict[str, Any]:
    """Return answers a second, their times in milliseconds, and how many there were of each status."""
    taken: list[float] = []
    statuses: Counter[str] = Counter()
    start = time.perf_counter()
    await asyncio.gather(*(client(port, number, start + seconds, paths, taken, statuses) for number in range(clients)))
    spent = time.perf_counter() - start
    cuts = statistics.quantiles((time_taken * 1000 for time_taken in taken), n=100) if len(taken) > 1 else [0.0] * 99
    return {
        "clients": clients,
        "rate": round(len(taken) / spent, 1),
        "p50": round(cuts[49], 1),
        "p95": round(cuts[94], 1),
        "p99": round(cuts[98], 1),
        "statuses": dict(statuses),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))))
