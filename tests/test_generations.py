"""The graph file is what was written, or it is said what is wrong: damage, loss, going back, and a swap that can be killed anywhere."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from soak_parts import times
from test_cli import run

from api.app import create_app
from graph.errors import InputError, NotFound, StoreUnavailable
from graph.model import EDGES, NODES, ends_of
from graph.model.edges import PartOf
from graph.model.nodes import Source
from graph.settings import Settings
from graph.stores import open_generations, open_store
from graph.stores.ladybug import checksums, pointer, states
from graph.stores.ladybug.generations import Generations
from graph.stores.ladybug.states import FileState
from loaders.run import load
from queries.core.cache import CACHE

STORY = Path(__file__).parent / "data" / "story"
RAW = ("Traceback", "exception", "Exception", ".cpp", "Runtime", "std::", "codec")
Ruin = Callable[[Generations, Path], object]


def url_of(folder: Path) -> str:
    return f"ladybug://{folder}/g.lbug"


def say_in_story(folder: Path, words: str) -> None:
    """Load the story with another description of its chain: one more generation."""
    table = folder.parent / f"in-{folder.name}" / "chains.csv"
    table.parent.mkdir(exist_ok=True)
    table.write_text(f"id,name,description,source,status\ndemo,示例链,{words},s1,confirmed\n", "utf-8")
    store = open_store(url_of(folder))
    try:
        report = load([table], store)
        assert report.total("changed") == 1, report
    finally:
        store.close()


def picture(url: str) -> dict[str, Any]:
    """Everything in the graph."""
    store = open_store(url)
    try:
        rows_of: dict[str, Any] = {record.__name__: sorted(store.nodes(record).rows(), key=str) for record in NODES}
        for record in EDGES:
            rows = [row for ends in ends_of(record) for frame in store.edges(record, ends) for row in frame.rows()]
            rows_of[record.__name__] = sorted(rows, key=str)
        return rows_of
    finally:
        store.close()


def words_in(url: str) -> str:
    """What the chain says: which of the loads it is."""
    store = open_store(url)
    try:
        return str(store.read("MATCH (c:Chain) RETURN c.description AS d").rows[0]["d"])
    finally:
        store.close()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in (folder / "g.lbug.d").iterdir()
        if path.suffix in (".lbug", ".sum", ".json") and path.is_file()
    }


@pytest.fixture(scope="module")
def three_loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the story and two changes of it: generations 2 (一) and 3 (二)."""
    folder = tmp_path_factory.mktemp("three") / "graph"
    folder.mkdir()
    store = open_store(url_of(folder))
    assert not load([STORY], store).bad
    store.close()
    for words in ("一", "二"):
        say_in_story(folder, words)
    return folder


@pytest.fixture
def graph(three_loads: Path, tmp_path: Path) -> Path:
    """A copy of it, to be ruined."""
    return Path(shutil.copytree(three_loads, tmp_path / "graph", symlinks=True))


def files(folder: Path) -> Generations:
    return Generations(folder / "g.lbug")


def cut(path: Path, size: int) -> None:
    with path.open("r+b") as stream:
        stream.truncate(size)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as stream:
        stream.seek(at)
        old = stream.read(1)
        stream.seek(at)
        stream.write(bytes([old[0] ^ 0x40]))


def into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def old_link(generations: Generations, current: Path) -> None:
    """Put in the place of the pointer what version 0.1.0 had there."""
    generations.path.unlink()
    generations.path.symlink_to(Path(generations.folder.name) / current.name)


def old_link_to_nothing(generations: Generations, current: Path) -> None:
    old_link(generations, current)
    current.unlink()


def link_to_itself(generations: Generations, _current: Path) -> None:
    generations.path.unlink()
    generations.path.symlink_to(generations.path.name)


OF_THE_POINTER: dict[str, Ruin] = {  # the newest generation is as good as ever
    "pointer gone": lambda generations, _: generations.path.unlink(),
    "a folder for the pointer": lambda generations, _: into_folder(generations.path),
    "pointer empty": lambda generations, _: cut(generations.path, 0),
    "pointer cut": lambda generations, _: cut(generations.path, 30),
    "pointer of zeros": lambda generations, _: generations.path.write_bytes(bytes(40)),
    "a bit of the pointer": lambda generations, _: flip(generations.path, 3),
}  # fmt: skip
RUINS: dict[str, Ruin] = {
    **OF_THE_POINTER,
    "file gone": lambda _, current: current.unlink(),
    "file of an old link gone": old_link_to_nothing,
    "no bytes": lambda _, current: cut(current, 0),
    "one byte": lambda _, current: cut(current, 1),
    "half": lambda _, current: cut(current, current.stat().st_size // 2),
    "a page less": lambda _, current: cut(current, current.stat().st_size - 4096),
    "a page more": lambda _, current: cut(current, current.stat().st_size + 4096),
    "one bit": lambda _, current: flip(current, current.stat().st_size // 3),
    "zeros": lambda _, current: current.write_bytes(bytes(current.stat().st_size)),
    "another kind of file": lambda _, current: current.write_bytes(b"PK\3\4" * 9000),
    "a folder for the file": lambda _, current: into_folder(current),
    "checksums damaged": lambda _, current: flip(checksums.file_of(current), 40),
    "checksums empty": lambda _, current: cut(checksums.file_of(current), 0),
}  # fmt: skip


@pytest.mark.parametrize("ruin", RUINS.values(), ids=RUINS)
def test_what_is_ruined_is_said_and_mended_by_going_back(graph: Path, ruin: Ruin) -> None:
    url, generations = url_of(graph), files(graph)
    current = generations.current()
    assert current is not None
    ruin(generations, current)
    before = bytes_of(graph)
    store = open_store(url)
    client = TestClient(create_app(store, Settings()), raise_server_exceptions=False)
    said = []
    for ask in (
        store.ping,
        lambda: store.nodes(Source),
        lambda: load([STORY], store),
        lambda: load([STORY], open_store(url)),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            ask()
        said.append(caught.value.message)
    assert len(set(said)) == 1
    good, words = (3, "二") if ruin in OF_THE_POINTER.values() else (2, "一")
    assert f"第 {good} 代" in said[0]
    assert "lianzhang rollback" in said[0]
    assert not [word for word in RAW if word in said[0]]
    for path in ("/readyz", "/api/v1/chains"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["detail"]) == (503, said[0])
    assert bytes_of(graph) == before
    _, chosen = generations.rollback()
    assert (chosen.number, chosen.verdict.state) == (good, FileState.good)
    assert bytes_of(graph) == before
    assert words_in(url) == words
    assert client.get("/api/v1/chains").status_code == 200
    say_in_story(graph, "三")
    assert words_in(url) == "三"
    assert [(generation.current, generation.verdict.state) for generation in generations.listed()] == [
        (True, FileState.good),
        (False, FileState.good),
    ]
    assert generations.finished()[1].stem == chosen.path.stem


def test_a_link_that_leads_to_itself_and_a_file_for_the_folder(graph: Path, tmp_path: Path) -> None:
    link_to_itself(files(graph), graph)
    with pytest.raises(StoreUnavailable, match="打不开图文件"):
        open_store(url_of(graph)).ping()
    (tmp_path / "file").write_text("")
    for ask in (lambda store: store.ping(), lambda store: load([STORY], store)):
        with pytest.raises(StoreUnavailable, match="Not a directory"):
            ask(open_store(f"ladybug://{tmp_path}/file/g.lbug"))


def test_nothing_is_loaded_where_no_generation_is_left(graph: Path) -> None:
    known = files(graph).finished()
    for path in known:
        path.unlink()
    with pytest.raises(StoreUnavailable, match="没有别的完好的一代"):
        load([STORY], open_store(url_of(graph)))
    with pytest.raises(NotFound, match="没有任何一代"):
        files(graph).rollback()
    assert pointer.read(graph / "g.lbug") == known[0].name


def damage(path: Path, chance: random.Random) -> None:
    """Do one of the things that happen to files."""
    size = path.stat().st_size
    kind = chance.choice(["bit", "bytes", "page", "zeros", "cut", "append", "swap", "shift"])
    content = bytearray(path.read_bytes())
    at = chance.randrange(size)
    length = min(chance.choice([1, 8, 512, 4096, 65536]), size - at)
    if kind == "bit":
        content[at] ^= 1 << chance.randrange(8)
    elif kind == "bytes":
        for _ in range(chance.randrange(1, 24)):
            content[chance.randrange(size)] = chance.randrange(256)
    elif kind == "page":
        content[at : at + length] = chance.randbytes(length)
    elif kind == "zeros":
        content[at : at + length] = bytes(length)
    elif kind == "cut":
        del content[at:]
    elif kind == "append":
        content += chance.randbytes(length)
    elif kind == "swap":
        source = chance.randrange(size - length + 1)
        content[at : at + length], content[source : source + length] = (
            content[source : source + length],
            content[at : at + length],
        )
    else:
        del content[at : at + length]
    path.write_bytes(content)


def refusal(ask: Callable[[], Any]) -> str | None:
    """The words with which a question is refused, if it is."""
    try:
        ask()
    except StoreUnavailable as error:
        return error.message
    return None


def test_random_damage_gives_the_same_data_or_a_clear_word(graph: Path) -> None:
    url = url_of(graph)
    whole, current = picture(url), files(graph).current()
    assert current is not None
    content = {path: path.read_bytes() for path in (current, checksums.file_of(current))}
    chance, refused, untouched = random.Random(20261129), 0, 0
    tries = times(40, 120)
    for number in range(tries):
        damage(current if number % 10 else checksums.file_of(current), chance)
        same = all(path.read_bytes() == written for path, written in content.items())
        if (said := refusal(lambda: open_store(url).ping())) is None:
            assert same
            assert picture(url) == whole
            untouched += 1
        else:
            refused += 1
            assert not [word for word in RAW if word in said], said
        for path, written in content.items():
            path.write_bytes(written)
    assert refused >= tries * 2 // 3
    assert refused + untouched == tries
    assert picture(url) == whole


def test_a_copy_that_followed_the_link_of_version_0_1_0_is_checked_too(graph: Path, tmp_path: Path) -> None:
    current = files(graph).current()
    assert current is not None
    old_link(files(graph), current)
    copied = Path(shutil.copytree(graph, tmp_path / "copied", symlinks=False))
    path = copied / "g.lbug"
    assert path.stat().st_size == current.stat().st_size
    assert words_in(url_of(copied)) == "二"
    assert files(copied).listed()[0].verdict.state is FileState.good
    flip(path, path.stat().st_size // 2)
    with pytest.raises(StoreUnavailable, match="与写入时的校验和不符"):
        open_store(url_of(copied)).ping()
    files(copied).rollback()
    assert words_in(url_of(copied)) == "二"


def test_damage_without_checksums_never_ends_the_process(graph: Path) -> None:
    """What an older version wrote has none: the engine looks at it in a process of its own first."""
    url, current = url_of(graph), files(graph).current()
    assert current is not None
    checksums.file_of(current).unlink()
    assert words_in(url) == "二"
    content = current.read_bytes()
    chance, said = random.Random(7), 0
    number = times(12, 24)
    for _ in range(number):
        damage(current, chance)
        store = open_store(url)
        told = refusal(lambda: [store.nodes(record) for record in NODES])  # noqa: B023
        if told is not None:
            said += 1
            assert not [word for word in RAW if word in told], told
        current.write_bytes(content)
    assert said >= number // 8


def test_eight_loads_are_each_read_and_two_generations_stay(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    folder.mkdir()
    store = open_store(url_of(folder))
    load([STORY], store)
    versions = {store.version()}
    for number in range(8):
        say_in_story(folder, f"第{number}次")
        assert store.read("MATCH (c:Chain) RETURN c.description AS d").rows == [{"d": f"第{number}次"}]
        versions.add(store.version())
    store.close()
    assert len(versions) == 9
    known = files(folder).listed(states.verify_file)
    assert [(generation.number, generation.current, generation.verdict.state) for generation in known] == [
        (9, True, FileState.good),
        (8, False, FileState.good),
    ]
    beside = sorted(path.suffix or path.name for path in (folder / "g.lbug.d").iterdir())
    of_each = [suffix for suffix in (".json", ".lbug", ".loads", ".sum") for _ in range(2)]
    assert beside == sorted([*of_each, ".sqlite", "last-number", "loads", "lock"])


@pytest.mark.parametrize("stood", ["pointer", "link", "plain file"])
def test_the_swap_call_by_call(graph: Path, monkeypatch: pytest.MonkeyPatch, stood: str) -> None:
    generations, url = files(graph), url_of(graph)
    current = generations.current()
    assert current is not None
    if stood == "link":
        old_link(generations, current)
    if stood == "plain file":  # a graph file that was put there by hand
        shutil.copy(current, graph / "plain")
        shutil.rmtree(generations.folder)
        os.replace(graph / "plain", generations.path)
        assert words_in(url) == "二"
    calls: list[tuple[str, str]] = []
    replace, fsync = os.replace, os.fsync

    def readable() -> None:
        seen = files(graph).current()
        assert seen is not None
        assert seen.stat().st_size > 4096

    def record_replace(start: Any, end: Any) -> None:
        readable()
        replace(start, end)
        calls.append(("replace", Path(end).name))
        readable()

    def record_fsync(handle: int) -> None:
        readable()
        fsync(handle)
        calls.append(("fsync", Path(os.readlink(f"/proc/self/fd/{handle}")).name))

    monkeypatch.setattr(os, "replace", record_replace)
    monkeypatch.setattr(os, "fsync", record_fsync)
    with generations.lock():
        building = generations.begin()
        generations.commit(building)
    monkeypatch.undo()
    assert not generations.path.is_symlink()
    name = pointer.read(generations.path)
    words = ("last-number", "pointer", "building", ".sum")
    kinds = [(call, next((word for word in words if word in of), of)) for call, of in calls]
    number = [("fsync", "last-number"), ("replace", "last-number")]
    assert kinds == [
        *number * (2 if stood == "plain file" else 1), ("fsync", "pointer"), ("fsync", "g.lbug.d"),
        ("fsync", "building"), ("replace", name), ("fsync", ".sum"), ("replace", ".sum"),
        ("fsync", "g.lbug.d"), ("replace", "g.lbug"), ("fsync", "g.lbug.d"), ("fsync", "graph"),
    ]  # fmt: skip
    assert words_in(url) == "二"
    assert [generation.verdict.state for generation in generations.listed()] == [
        FileState.good,
        FileState.unchecked if stood == "plain file" else FileState.good,
    ]


KILLED = """
import os, sys
from pathlib import Path
from graph.stores.ladybug.generations import Generations
from queries.core.cache import CACHE
new, left = Path(sys.argv[1]), 0
def dying(real):
    def call(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return real(*arguments, **named)
    return call
def commit(generations, at):
    global left
    with generations.lock():
        building = generations.begin()
        building.write_bytes(new.read_bytes())
        left = at
        for name in ("replace", "fsync", "open", "utime", "unlink"):
            setattr(os, name, dying(getattr(os, name)))
        generations.commit(building)
for line in sys.stdin:
    at, path = line.strip().split(" ", 1)
    child = os.fork()
    if not child:
        commit(Generations(Path(path)), int(at))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def start_of(folder: Path, three_loads: Path, new: Path) -> None:
    """Make a folder in which generation 2 is current and there is no third."""
    shutil.copytree(three_loads, folder, symlinks=True)
    files(folder).rollback("2")
    for path in (folder / "g.lbug.d" / new.name, checksums.file_of(folder / "g.lbug.d" / new.name)):
        path.unlink()


@pytest.mark.parametrize("first", [False, True], ids=["with a graph", "the first load"])
def test_killed_at_every_call_of_a_commit(three_loads: Path, tmp_path: Path, first: bool) -> None:
    new = files(three_loads).current()
    assert new is not None
    ended, call, seen = 9, 0, set()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(new)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as killer:
        assert killer.stdin is not None
        assert killer.stdout is not None
        while ended:
            folder = tmp_path / str(call)
            folder.mkdir() if first else start_of(folder, three_loads, new)
            killer.stdin.write(f"{call} {folder / 'g.lbug'}\n")
            killer.stdin.flush()
            ended = int(killer.stdout.readline())
            assert ended in (0, 9)
            seen.add(after_the_kill(folder, new))
            call += 1
        killer.stdin.close()
    assert call >= 8
    assert seen == ({None, "二"} if first else {"一", "二"})


def after_the_kill(folder: Path, new: Path) -> str | None:
    """Check that all is well and that the next commit works; returns what was there before it."""
    ready = files(folder).ready()
    words = None if ready is None else words_in(url_of(folder))
    assert all(generation.verdict.state is FileState.good for generation in files(folder).listed())
    generations = files(folder)
    with generations.lock():
        building = generations.begin()
        shutil.copy(new, building)
        generations.commit(building)
    assert words_in(url_of(folder)) == "二"
    assert not [
        path.name for path in (folder / "g.lbug.d").iterdir() if path.name.startswith(("building", "pointer", "back"))
    ]
    assert len(files(folder).finished()) <= 2
    assert all(generation.verdict.state is FileState.good for generation in files(folder).listed(states.verify_file))
    return words


def test_the_last_good_one_is_never_pruned(graph: Path) -> None:
    generations = files(graph)
    good, current = generations.finished()[1], generations.current()
    assert current is not None
    flip(current, 9000)
    generations.rollback()
    assert generations.current() == good
    flip_back = current.read_bytes()
    for words in ("甲", "乙", "丙"):
        say_in_story(graph, words)
    assert [(generation.verdict.state, generation.current) for generation in generations.listed()] == [
        (FileState.good, True),
        (FileState.good, False),
    ]
    older = generations.finished()[1]
    flip(older, 9000)
    say_in_story(graph, "丁")  # its predecessor 丙 is good: the damaged one may go
    assert older not in generations.finished()
    assert flip_back


def test_a_damaged_predecessor_does_not_cost_the_good_one_before_it(graph: Path) -> None:
    generations = files(graph)
    with generations.lock():
        building = generations.begin()
        current = generations.current()
        assert current is not None
        flip(current, 9000)  # while the load goes on
        generations.commit(building)
    assert [(generation.number, generation.verdict.state) for generation in generations.listed()] == [
        (4, FileState.good),
        (2, FileState.good),
    ]


def test_going_back_and_loading_again(graph: Path) -> None:
    url, generations = url_of(graph), files(graph)
    store = open_store(url)
    client = TestClient(create_app(store, Settings()))
    first = client.get("/api/v1/chains")
    version = store.version()
    known, chosen = generations.rollback(dry_run=True)
    assert (store.version(), chosen.number, len(known)) == (version, 2, 2)
    generations.rollback()
    second = client.get("/api/v1/chains", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]
    assert store.version() == chosen.path.stem
    assert words_in(url) == "一"
    with pytest.raises(NotFound, match=r"没有更早的完好的一代.*--to 3"):
        generations.rollback()
    with pytest.raises(NotFound, match="没有第 7 代"):
        generations.rollback("7")
    generations.rollback("3")
    assert store.version() == version
    generations.rollback("000002")
    say_in_story(graph, "三")
    assert words_in(url) == "三"
    assert [generation.number for generation in generations.listed()] == [4, 2]
    flip(generations.finished()[1], 5000)
    with pytest.raises(InputError, match="损坏"):
        files(graph).rollback("2")
    assert words_in(url) == "三"


def test_damage_under_a_server_gives_the_old_answers_or_503(graph: Path) -> None:
    current = files(graph).current()
    assert current is not None
    content = current.read_bytes()
    store = open_store(url_of(graph))
    client = TestClient(create_app(store, Settings(cache_mb=0)), raise_server_exceptions=False)
    paths = ["/api/v1/chains", "/api/v1/enterprises", "/api/v1/enterprises/a", "/api/v1/enterprises/a/suppliers"]
    right = {path: client.get(path).json() for path in paths}
    chance, refused = random.Random(3), 0
    for _ in range(12):
        damage(current, chance)
        CACHE.forget()  # what is kept is what was read before the damage
        for path in paths:
            answer = client.get(path)
            refused += answer.status_code == 503
            assert answer.status_code == 503 or (answer.status_code, answer.json()) == (200, right[path])
        current.write_bytes(content)
        assert {path: client.get(path).json() for path in paths} == right
    assert refused > 0
    store.close()


def test_damage_while_an_answer_is_read_is_noticed(graph: Path) -> None:
    current = files(graph).current()
    assert current is not None
    store = open_store(url_of(graph))
    frames = store.edges(PartOf, *ends_of(PartOf))
    next(frames, None)
    ready = store.generations.ready()  # type: ignore[attr-defined]
    flip(current, current.stat().st_size // 2)
    with pytest.raises(StoreUnavailable, match="与写入时的校验和不符"):
        store.generations.confirm(ready)  # type: ignore[attr-defined]
    store.close()


def test_a_large_file_is_read_in_part_only_while_nobody_touched_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "000001-aaaaaa.lbug"
    path.write_bytes(b"LBUG" + random.Random(1).randbytes(5 * checksums.BLOCK))
    monkeypatch.setattr(checksums, "WHOLE", 2)
    monkeypatch.setattr(checksums, "SPREAD", 0)
    sums = checksums.measure(path)
    checksums.save(path, sums)
    assert list(sums.blocks(checksums.Seal.of(path))) == [0, 5]
    assert states.examine(path).state is FileState.good
    os.utime(path)
    assert list(sums.blocks(checksums.Seal.of(path))) == list(range(6))
    assert states.examine(path).state is FileState.good  # and is sealed again
    renewed = checksums.read(path)
    assert renewed is not None
    assert list(renewed.blocks(checksums.Seal.of(path))) == [0, 5]
    times = path.stat()
    flip(path, 2 * checksums.BLOCK + 5)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert states.examine(path).problem == "内容与写入时的校验和不符(第 2–3 MB)"
    assert states.verify_file(path).problem == states.examine(path, whole=True).problem


def test_the_commands_say_it(graph: Path) -> None:
    url = url_of(graph)
    said = json.loads(run("verify", "--format", "json", store=url).stdout)
    assert (said["ok"], said["problem"]) == (True, None)
    assert [
        (generation["number"], generation["state"], generation["current"]) for generation in said["generations"]
    ] == [
        (3, "good", True),
        (2, "good", False),
    ]
    current = files(graph).current()
    assert current is not None
    flip(current, 5000)
    said = json.loads((done := run("verify", "--format", "json", store=url, check=1)).stdout)
    assert (said["ok"], said["generations"][0]["state"]) == (False, "damaged")
    assert f"损坏: {current}" in done.stderr
    for command in (["chains"], ["load", str(STORY), "--rejects", str(graph / "rejects")]):
        done = run(*command, store=url, check=1)
        assert "存储不可用: 打不开图文件" in done.stderr
        assert "lianzhang rollback" in done.stderr
        assert not [word for word in RAW if word in done.stderr]
    dry = json.loads(run("rollback", "--dry-run", "--format", "json", store=url).stdout)
    assert (dry["to"][:6], dry["done"]) == ("000002", False)
    assert "已退回到第 2 代" in run("rollback", store=url).stderr
    assert words_in(url) == "一"
    assert "第 3 代" in (done := run("rollback", "--to", "3", store=url, check=1)).stderr
    assert "Traceback" not in done.stderr
    assert "只用于嵌入式存储" in run("rollback", store="bolt://127.0.0.1:1", check=1).stderr
    assert "连不上" in run("verify", store="bolt://127.0.0.1:1", check=1).stderr  # of a server the journal is checked


def test_generations_without_checksums_are_read_and_told(graph: Path) -> None:
    for path in files(graph).finished():
        checksums.file_of(path).unlink()
    assert words_in(url_of(graph)) == "二"
    done = run("verify", store=url_of(graph))
    assert done.stderr.count("没有校验和") == 2
    say_in_story(graph, "三")
    assert [generation.verdict.state for generation in files(graph).listed()] == [FileState.good, FileState.unchecked]
    files(graph).rollback()
    assert words_in(url_of(graph)) == "二"


def test_a_good_generation_is_gone_back_to_before_one_that_nobody_can_check(graph: Path, tmp_path: Path) -> None:
    """The one before the current has lost its checksums, and somebody has put an older one back from a copy."""
    copy = Path(shutil.copytree(graph, tmp_path / "copy", symlinks=True))
    say_in_story(graph, "三")
    checksums.file_of(files(graph).finished()[1]).unlink()
    for path in (copy / "g.lbug.d").glob("000002-*"):
        shutil.copy2(path, graph / "g.lbug.d")
    known, chosen = files(graph).rollback()
    assert [(generation.number, generation.verdict.state) for generation in known] == [
        (4, FileState.good),
        (3, FileState.unchecked),
        (2, FileState.good),
    ]
    assert chosen.number == 2
    assert words_in(url_of(graph)) == "一"


def test_verify_of_an_empty_store(tmp_path: Path) -> None:
    assert "图还是空的" in run("verify", store=url_of(tmp_path), check=1).stderr
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="不认识的存储地址"):
        open_generations("mysql://x")


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from api.cli import main
main()
"""


@pytest.mark.parametrize("size", [1 << 10, 700_000, 1_400_000])
def test_a_disk_that_fills_up_leaves_the_graph_as_it_was(graph: Path, tmp_path: Path, size: int) -> None:
    table = tmp_path / "enterprises.csv"
    table.write_text("名称,来源,状态\n" + "".join(f"第{number}公司,s1,示例\n" for number in range(5000)), "utf-8")
    command = [
        sys.executable,
        "-c",
        LIMITED,
        str(size),
        "load",
        str(table),
        "--store",
        url_of(graph),
        "--rejects",
        str(tmp_path / "no"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "现行数据没有改动" in done.stderr
    assert not [word for word in RAW if word in done.stderr]
    assert words_in(url_of(graph)) == "二"
    assert not [path.name for path in (graph / "g.lbug.d").iterdir() if path.name.startswith(("building", "pointer"))]


def test_the_ends_of_a_large_file_are_always_looked_at_and_places_are_told_in_megabytes(tmp_path: Path) -> None:
    seal = checksums.Seal(1, 2, 3, 4)
    for number in (checksums.WHOLE + 1, 10_000):
        sums = checksums.Checksums(number * checksums.BLOCK, tuple(range(number)), "", seal)
        for _ in range(50):
            assert {0, number - 1} <= set(sums.blocks(seal))
        assert list(sums.blocks(checksums.Seal(1, 2, 3, 5))) == list(range(number))
    assert states.places([0, 7]) == "内容与写入时的校验和不符(第 0–1 MB、第 7–8 MB)"
    path = tmp_path / "g"
    path.write_bytes(bytes(3 * checksums.BLOCK))
    whole = checksums.measure(path)
    os.truncate(path, checksums.BLOCK)
    assert checksums.copy(path, tmp_path / "copy", whole) == [1], "a file that lost its end is no good copy"
    assert checksums.copy(path, tmp_path / "copy", None) == []
