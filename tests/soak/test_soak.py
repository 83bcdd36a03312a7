"""What takes long: fifty clients for a minute and a half, two hundred generations. ``make soak`` runs it."""

import subprocess
import threading
import urllib.request
from pathlib import Path

import pytest
from serving_parts import COMMAND, Clients, peak_while, serving
from test_serving import MANY, MOST_MEMORY, quoted

from graph.stores import open_store
from loaders.run import load

ROOT = Path(__file__).parent.parent.parent
GENERATIONS = 200


def firm(folder: Path, number: int) -> Path:
    """Return a file with one firm."""
    path = folder / str(number) / "企业.csv"
    path.parent.mkdir()
    path.write_text(f"id,名称,来源,状态\nlate{number},示例{number}号有限公司,示例,示例\n", "utf-8")
    return path


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kept", ["64", "0"])
def test_fifty_clients_for_a_minute_and_a_half_with_loads(tmp_path: Path, kept: str) -> None:
    url = f"ladybug://{tmp_path}/graph.lbug"
    store = open_store(url)
    assert not load([ROOT / "seeds"], store).bad
    store.close()
    stop = threading.Event()

    def keep_loading() -> None:
        number = 0
        while not stop.wait(15):
            number += 1
            path = firm(tmp_path, number)
            subprocess.run([*COMMAND, "load", str(path), "--store", url], check=True, capture_output=True, timeout=120)

    with serving(url, LIANZHANG_CACHE_MB=kept) as served:
        clients = Clients(served.port, 50, 90, quoted(MANY))
        loading = threading.Thread(target=keep_loading)
        loading.start()
        most = peak_while(served, clients)
        stop.set()
        loading.join()
        answered = clients.answer()
        print(answered, most)
        assert set(answered["statuses"]) == {"200"}, answered  # type: ignore[call-overload]
        assert most < MOST_MEMORY
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/api/v1/enterprises/late1", timeout=30) as answer:
            assert answer.status == 200


@pytest.mark.timeout(900)
def test_two_hundred_generations_are_read_one_after_the_other(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/graph.lbug")
    for number in range(GENERATIONS):
        assert not load([firm(tmp_path, number)], store).bad
        count = store.read("MATCH (e:Enterprise) RETURN count(e) AS n").rows[0]["n"]
        assert count == number + 1
    store.close()
