"""The server as a process: how it starts, how it ends, and fifty clients at once with a load in the middle."""

import contextlib
import http.client
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from serving_parts import COMMAND, Clients, peak_while, serving, start

from graph.stores import open_store
from loaders.run import load

ROOT = Path(__file__).parent.parent
SLOW = "MATCH (a:Product), (b:Product), (c:Product) WHERE a.name + b.name = c.name + 'x' RETURN count(*)"
MANY = [
    "/api/v1/chains",
    "/api/v1/chains/integrated-circuits",
    "/api/v1/enterprises",
    "/api/v1/enterprises/示例空调/suppliers?tiers=2",
    "/api/v1/search?q=hxsx",
    "/api/v1/chains/new-energy-vehicles/weak-links",
    "/",
    "/chains/smart-appliances",
    "/enterprises?q=示例",
    "/figures",
]
MOST_MEMORY = 1_500_000_000


def quoted(paths: list[str]) -> list[str]:
    """Return addresses as they are sent."""
    return [urllib.request.quote(path, safe="/?=&") for path in paths]  # type: ignore[attr-defined]


def test_a_busy_port_is_told_and_nothing_has_started(seeded_store_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(seeded_store_url, "--port", str(taken.getsockname()[1]))
        _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "已被占用" in said
    assert "已启动" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9, 1.4])
def test_ctrl_c_in_the_first_second_ends_cleanly(seeded_store_url: str, after: float) -> None:
    process = start(seeded_store_url, "--port", "0", before="import sys; sys.stderr.write('.\\n'); sys.stderr.flush()")
    assert process.stderr is not None
    assert process.stderr.readline() == ".\n"  # the interpreter is up, on a slow machine too; ours comes now
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said


def test_ctrl_c_while_the_commands_are_put_together_ends_cleanly(seeded_store_url: str) -> None:
    stop = "import typer.main as t; t.get_command = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)"
    _, said = (process := start(seeded_store_url, "--port", "0", before=stop)).communicate(timeout=60)
    assert (process.returncode, said) == (130, "")


def test_it_has_started_when_it_says_so_and_ends_at_once_when_idle(seeded_store_url: str) -> None:
    with serving(seeded_store_url) as served:
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/healthz", timeout=30) as answer:
            assert answer.status == 200
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(30) == 130
        assert not any("Traceback" in line for line in served.said)


def test_many_requests_on_one_connection_have_heads_of_their_own(seeded_store_url: str) -> None:
    with serving(seeded_store_url) as served:
        link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        for number in range(200):
            link.request(
                "GET",
                "/healthz",
                headers={"X-Long": "a" * 2_000} if number % 2 else {},
                body=b"x" * 100_000 if not number % 50 else None,
            )
            answer = link.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
        link.close()


def test_a_head_that_does_not_end_is_cut_off(seeded_store_url: str) -> None:
    with serving(seeded_store_url) as served, socket.create_connection(("127.0.0.1", served.port), 30) as link:
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ")
        with contextlib.suppress(OSError):
            for _ in range(200):
                link.sendall(b"a" * 65_536)
        with contextlib.suppress(ConnectionResetError):
            assert link.recv(100).startswith(b"HTTP/1.1 400")
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/healthz", timeout=30) as answer:
            assert answer.status == 200
        assert served.memory() < MOST_MEMORY


def test_sigterm_under_requests_ends_it_whatever_runs(seeded_store_url: str) -> None:
    with serving(seeded_store_url, LIANZHANG_QUERY_SECONDS="300") as served:
        clients = Clients(served.port, 10, 8, quoted(MANY))
        asked = threading.Thread(target=_ask_slowly, args=(served.port,), daemon=True)
        asked.start()
        while not any(
            f"lianzhang_queries_outside_running {number}" in _metrics(served.port) for number in ("1.0", "2.0")
        ):
            assert asked.is_alive()
        begun = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(30) == 0
        assert time.monotonic() - begun < 10
        assert not any("Traceback" in line or "terminate called" in line for line in served.said), served.said
        clients.answer()


def _ask_slowly(port: int) -> None:
    body = f'{{"query": "{SLOW}"}}'.encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/cypher", body, {"Content-Type": "application/json"}
    )
    try:
        urllib.request.urlopen(request, timeout=60).close()
    except OSError:
        return


def _metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        return str(answer.read(), "utf-8")


@pytest.mark.parametrize("kept", ["64", "0"])
def test_fifty_clients_with_a_load_in_the_middle(tmp_path: Path, kept: str) -> None:
    url = f"ladybug://{tmp_path}/graph.lbug"
    store = open_store(url)
    assert not load([ROOT / "seeds"], store).bad
    with serving(url, LIANZHANG_CACHE_MB=kept) as served:
        clients = Clients(served.port, 50, 10, quoted(MANY))
        loading = threading.Timer(4, _load_one_more, (tmp_path, url))
        loading.start()
        most = peak_while(served, clients)
        loading.join(60)
        answered = clients.answer()
        assert set(answered["statuses"]) == {"200"}, answered  # type: ignore[call-overload]
        assert served.process.poll() is None
        assert most < MOST_MEMORY
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/api/v1/enterprises/late", timeout=30) as answer:
            assert answer.status == 200
    store.close()


def _load_one_more(folder: Path, url: str) -> None:
    path = folder / "企业.csv"
    path.write_text("id,名称,来源,状态\nlate,示例后来有限公司,示例,示例\n", "utf-8")
    subprocess.run([*COMMAND, "load", str(path), "--store", url], check=True, capture_output=True, timeout=120)
