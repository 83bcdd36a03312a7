"""How long loads by the page take, and what readers notice meanwhile: ``python -m benchmarks.loading [FIRMS]``.

A made list of firms (``benchmarks.editions``) is uploaded to a server, looked at, confirmed; then its next edition;
both are taken back. Some clients ask all the while, and for a time with nothing going on; a pause lies between two
questions, for it is answers that are measured and not how many a machine can give.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.editions import DAYS, FIRMS, PRODUCTS_HEAD, SOURCE, make_editions
from benchmarks.serving import PATHS, ROOT, served
from graph.stores import open_store
from loaders.run import load

CLIENTS = 4
PAUSE = 0.05  # seconds between two questions of a client
QUIET = 15.0  # seconds of asking with nothing going on
SEEDS = ("qingdao", "taxonomy", "enterprises")  # without what is made up


class Readers:
    """Clients that ask a server all the while; times are kept by what goes on."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.during = ""
        self.taken: dict[str, list[float]] = {}
        self.wrong = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)

    def __enter__(self) -> "Readers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(60)

    async def _all(self) -> None:
        await asyncio.gather(*(self._one(number) for number in range(CLIENTS)))

    async def _one(self, turn: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60) as client:
            while not self._over.is_set():
                during, start = self.during, time.perf_counter()
                answer = await client.get(PATHS[turn % len(PATHS)])
                self.taken.setdefault(during, []).append((time.perf_counter() - start) * 1000)
                self.wrong += answer.status_code not in (200, 404)  # a sample that the graph has not is 404
                turn += 1
                await asyncio.sleep(PAUSE)

    def figures(self, during: str) -> dict[str, float]:
        """Return the times of answers while something went on, in milliseconds."""
        cuts = statistics.quantiles(self.taken.get(during, [0.0, 0.0]), n=100)
        return {"answers": len(self.taken.get(during, ())), "p50": round(cuts[49], 1), "p95": round(cuts[94], 1)}


def until(client: httpx.Client, id: str) -> dict[str, Any]:
    """Return a load once nothing is being done with it."""
    while True:
        told: dict[str, Any] = client.get(f"/api/v1/loads/{id}").json()
        if told["state"] not in ("previewing", "loading"):
            assert told["state"] in ("previewed", "done"), told["problem"]
            return told
        time.sleep(0.2)


def loading(firms: int = FIRMS) -> list[dict[str, Any]]:
    """Return a row for each step: its seconds, and the times of readers meanwhile."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="lianzhang-loading-") as scratch:
        folder = Path(scratch)
        url = f"ladybug://{folder}/graph/graph.lbug"
        store = open_store(url)
        assert not load([ROOT / "seeds" / part for part in SEEDS], store).bad
        store.close()
        made = make_editions(folder / "in", firms)
        os.environ["LIANZHANG_UPLOADS"] = str(folder / "uploads")
        start = ("-c", "from api.cli import main; main()", "serve", "--port", "{port}", "--store", url)
        with served(*start) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            while client.get("/readyz").json()["warm"] != "yes":
                time.sleep(0.5)
            with Readers(port) as readers:
                time.sleep(3)

                def step(name: str, do: Any) -> Any:
                    readers.during, began = name, time.perf_counter()
                    answer = do()
                    spent = time.perf_counter() - began
                    readers.during = "between"
                    rows.append({"step": name, "seconds": round(spent, 1)} | readers.figures(name))
                    print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr)
                    return answer

                def seen(path: Path, **told: str) -> dict[str, Any]:
                    with path.open("rb") as stream:
                        files = {"files": (path.name, stream)}
                        id = client.post("/api/v1/loads?wait=0", files=files, data=told).json()["id"]
                    return until(client, id)

                def confirmed(id: str) -> dict[str, Any]:
                    client.post(f"/api/v1/loads/{id}/confirm").raise_for_status()
                    return until(client, id)

                def back(id: str) -> dict[str, Any]:
                    return until(client, client.delete(f"/api/v1/loads/{id}?wait=0").json()["id"])

                step("quiet", lambda: time.sleep(QUIET))
                coverage = seen(made.coverage)["id"]
                confirmed(coverage)
                ids = []
                for path, day in zip((made.first, made.second), DAYS, strict=True):
                    told = {"source": f"{SOURCE} {day}", "map": f"{PRODUCTS_HEAD}=products"}
                    shown = step(f"preview {day}", lambda path=path, told=told: seen(path, **told))
                    ids.append(shown["id"])
                    counts = shown["preview"]["counts"] | {"flips": len(shown["preview"]["flips"])}
                    rows[-1] |= {"counts": counts}
                    step(f"load {day}", lambda id=shown["id"]: confirmed(id))
                    step(f"quiet {day}", lambda: time.sleep(QUIET))  # as many firms, and nothing going on
                for id, day in zip(reversed(ids), reversed(DAYS), strict=True):
                    step(f"back {day}", lambda id=id: back(id))
                assert not readers.wrong
    return rows


if __name__ == "__main__":
    print(json.dumps(loading(*map(int, sys.argv[1:])), indent=1, ensure_ascii=False))
