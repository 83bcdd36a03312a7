"""The processes that read an embedded graph: what they survive, what they are kept from, who waits."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.deadline import Deadline, within
from graph.errors import Busy, LianzhangError, QueryError, QueryTimeout, StoreUnavailable, WorkStopped, WriteRefused
from graph.stores import Store
from graph.stores.ladybug import pool as pools
from graph.stores.ladybug.pool import Limits, Pool
from graph.stores.ladybug.store import OUTSIDE, LadybugStore

NAMES = "MATCH (c:Chain) RETURN c.name AS name ORDER BY name"
FILLS = "MATCH (a:Enterprise), (b:Enterprise), (c:Enterprise) RETURN a.name, b.description ORDER BY a.description, b.name"
LONG = "MATCH (a:Product), (b:Product), (c:Product) WHERE a.name + b.name = c.name + 'x' RETURN count(*)"


@pytest.fixture
def path(seeded_store: Store) -> Path:
    """The graph file of the seeds."""
    assert isinstance(seeded_store, LadybugStore)
    found = seeded_store.generations.current()
    assert found is not None
    return found


@pytest.fixture
def pool() -> Iterator[Pool]:
    """One process."""
    made = Pool(1)
    yield made
    made.close()


@pytest.fixture
def outside() -> Iterator[Pool]:
    """One limited process."""
    made = Pool(1, OUTSIDE)
    yield made
    made.close()


def the_one(pool: Pool) -> pools.Worker:
    """Return the idle process of a pool."""
    (worker,) = pool._idle
    return worker


def test_a_pool_that_overflows_is_replaced_and_answers_stay_right(pool: Pool, path: Path) -> None:
    right = pool.read(path, NAMES, {}, 10)
    for _ in range(3 * pools.MOST_FULL):
        with pytest.raises(StoreUnavailable, match="内存不够"):
            pool.read(path, FILLS, {}, 30)
        assert pool.read(path, NAMES, {}, 10) == right
    assert pool.replaced >= 3


def test_a_process_that_dies_idle_or_at_work_costs_no_answer(pool: Pool, path: Path) -> None:
    right = pool.read(path, NAMES, {}, 10)
    os.kill(the_one(pool).process.pid, signal.SIGKILL)
    assert pool.read(path, NAMES, {}, 10) == right
    asked = threading.Event()

    def kill_the_first() -> None:
        asked.wait(10)
        while not pool._busy:
            pass
        os.kill(next(iter(pool._busy)).process.pid, signal.SIGSEGV)

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    asked.set()
    answer = pool.read(path, "UNWIND range(1, 3000000) AS i RETURN sum(i) AS n", {}, 30)
    killer.join()
    assert answer[1] == [[4500001500000]]
    assert pool.replaced == 2


def test_a_query_ends_at_its_time(pool: Pool, path: Path) -> None:
    with pytest.raises(QueryTimeout):
        pool.read(path, LONG, {}, 0.3)
    assert len(pool.read(path, NAMES, {}, 10)[1]) == 24


def test_a_query_ends_when_its_client_has_left(pool: Pool, path: Path) -> None:
    deadline = Deadline(60)
    threading.Timer(0.3, deadline.leave).start()
    with within(deadline), pytest.raises(WorkStopped, match="离开"):
        pool.read(path, LONG, {}, 60)
    assert pool.running == 0
    assert len(pool.read(path, NAMES, {}, 10)[1]) == 24


def test_who_waits_too_long_or_behind_too_many_is_told_when_to_come_back(
    pool: Pool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "LINE_SECONDS", 0.5)
    monkeypatch.setattr(pools, "LINE", 3)
    pool.read(path, NAMES, {}, 10)

    def ask(_: int) -> str:
        try:
            pool.read(path, LONG, {}, 2)
        except LianzhangError as error:
            return f"{type(error).__name__} {error.details.get('retry_after')}"
        return "answered"

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert found.count(f"{Busy.__name__} {pools.RETRY_AFTER}") == 7
    assert found.count("QueryTimeout None") == 1
    assert pool.waiting == 0
    assert len(pool.read(path, NAMES, {}, 10)[1]) == 24


@pytest.mark.parametrize("query", ["LOAD FROM '{file}' (header=false) RETURN *", "COPY (MATCH (c:Chain) RETURN c.name) TO '{new}'", "EXPORT DATABASE '{new}'"])
def test_a_limited_process_opens_nothing(outside: Pool, path: Path, tmp_path: Path, query: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("geheim,1\n", "utf-8")
    with pytest.raises(LianzhangError) as caught:
        outside.read(path, query.format(file=secret, new=tmp_path / "new.csv"), {}, 5)
    assert "geheim" not in str(caught.value)
    assert not [one for one in tmp_path.rglob("*") if one.is_file() and one != secret and one.stat().st_size]
    assert len(outside.read(path, NAMES, {}, 5)[1]) == 24


@pytest.mark.parametrize(
    "query",
    ["RETURN size(range(1, 300000000)) AS n", "UNWIND range(1, 20000000) AS i RETURN collect(i) AS l", FILLS],
)
def test_memory_of_a_limited_process_has_an_end(outside: Pool, path: Path, query: str) -> None:
    with pytest.raises((QueryError, QueryTimeout)):
        outside.read(path, query, {}, 5)
    assert len(outside.read(path, NAMES, {}, 5)[1]) == 24
    assert the_one(outside).resident() < pools.RESTING


def test_what_one_caller_sets_does_not_reach_the_next(outside: Pool, path: Path) -> None:
    count = "MATCH (a:Product)-[:INPUT_TO*1..4]->(b:Product) RETURN count(*) AS n"
    before = outside.read(path, count, {}, 10)
    outside.read(path, "CALL var_length_extend_max_depth=2", {}, 10)
    outside.read(path, "CALL threads=4", {}, 10)
    assert outside.read(path, count, {}, 10) == before


def test_an_answer_is_cut_at_its_rows_and_its_size(path: Path) -> None:
    small = Pool(1, Limits(memory=OUTSIDE.memory, size=2_000))
    try:
        names, rows, cut = small.read(path, "UNWIND range(1, 10000) AS i RETURN 'some text of a certain length' AS t", {}, 10)
        assert (names, cut) == (["t"], True)
        assert 10 < len(rows) < 100
        assert small.read(path, "UNWIND range(1, 10) AS i RETURN i", {}, 10, limit=10)[1:] == ([[i] for i in range(1, 11)], False)
        assert small.read(path, "UNWIND range(1, 11) AS i RETURN i", {}, 10, limit=10)[1:] == ([[i] for i in range(1, 11)], True)
    finally:
        small.close()


def test_values_of_every_kind_come_through(pool: Pool, path: Path) -> None:
    query = (
        "RETURN 1 AS n, 1.5 AS x, '“甲” \\n' AS s, true AS b, null AS o, [1, null] AS l, {a: 1} AS m, date('2020-01-31') AS d, "
        "timestamp('2020-01-31 01:02:03') AS t, CAST(1.50 AS DECIMAL(4, 2)) AS dec, 9007199254740993 AS big, sum(2) AS two"
    )
    names, rows, _ = pool.read(path, query, {}, 10)
    found = dict(zip(names, rows[0], strict=True))
    assert (found["n"], found["x"], found["s"], found["b"], found["o"], found["l"], found["m"]) == (1, 1.5, "“甲” \n", True, None, [1, None], {"a": 1})
    assert (found["d"], found["t"][:19], found["dec"], found["big"]) == ("2020-01-31", "2020-01-31T01:02:03", 1.5, 9007199254740993)
    assert (found["two"], type(found["two"])) == (2, int)


def test_a_parameter_that_cannot_be_sent_is_an_error_of_the_query(seeded_store: Store) -> None:
    with pytest.raises(QueryError, match="参数"):
        seeded_store.read("RETURN $x AS x", {"x": lambda: 1})


def test_a_write_is_refused(pool: Pool, path: Path) -> None:
    with pytest.raises(WriteRefused):
        pool.read(path, "CREATE (:Chain {id: 'x'})", {}, 5)


def test_processes_end_with_their_store_and_with_their_parent(seeded_store_url: str, path: Path) -> None:
    text = (
        "import os, signal\nfrom graph.stores import open_store\n"
        f"store = open_store({seeded_store_url!r})\nstore.read('RETURN 1 AS n')\n"
        "print(store._readers._idle[0].process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=60)
    pid = int(done.stdout)
    ended = threading.Event()
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            state = "Z"
        if state == "Z":
            break
        ended.wait(0.05)
    assert state == "Z", "the worker outlived its parent"
