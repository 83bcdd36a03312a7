"""The generations of a store on a file system that forbids what Windows forbids, and stores that version 0.1.0 wrote."""

import errno
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient
from test_cli import run
from test_generations import STORY, files, old_link, say_in_story, three_loads, url_of, words_in
from windows_parts import is_open, windows

from api.app import create_app
from graph.errors import StoreUnavailable
from graph.model.edges import Supplies
from graph.model.nodes import Chain, Enterprise
from graph.settings import Settings
from graph.stores import open_store
from graph.stores.ladybug import pointer, states
from graph.stores.ladybug.generations import Generations
from graph.stores.ladybug.states import FileState
from graph.stores.ladybug.store import LadybugStore
from loaders.changes import Change, apply
from loaders.run import load, load_rows

__all__ = ["three_loads"]  # the fixture
OLD = Path(__file__).parent / "data" / "store-0.1.0.tar.xz"
ASKED = "MATCH (c:Chain) RETURN c.description AS d"


@pytest.fixture
def graph(three_loads: Path, tmp_path: Path) -> Path:
    """A copy of a folder with generations 2 (一) and 3 (二)."""
    return Path(shutil.copytree(three_loads, tmp_path / "graph"))


def numbers_in(folder: Path) -> list[int]:
    return sorted(int(path.name[:6]) for path in (folder / "g.lbug.d").glob("*.lbug") if path.name[0].isdigit())


def left_in(folder: Path) -> list[str]:
    """What a load should not leave."""
    kinds = ("building*", "pointer*", "back*", "*.new", "*.kept")
    return sorted(path.name for kind in kinds for path in (folder / "g.lbug.d").glob(kind))


def test_what_is_forbidden_is_refused(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    other.touch()
    with windows() as refused:
        path.write_text("a")
        with pytest.raises(PermissionError):
            (tmp_path / "link").symlink_to(path)
        with pytest.raises(PermissionError):
            os.open(tmp_path, os.O_RDONLY)
        with path.open("rb") as stream:
            assert is_open(path)
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fsync(stream.fileno())
            for call in (path.unlink, lambda: other.replace(path), lambda: path.replace(other)):
                with pytest.raises(PermissionError):
                    call()
        with pytest.raises(FileExistsError):
            other.rename(path)
        with path.open("rb") as stream:
            reader = subprocess.Popen(["sleep", "60"], stdin=stream)
        with reader:
            with pytest.raises(PermissionError):
                path.unlink()
            reader.kill()
        other.replace(path)
        path.unlink()
    assert [call for call, _ in refused] == ["symlink", "open", "fsync", "unlink", "replace", "replace", "rename", "unlink"]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_eight_loads_are_each_read_while_readers_keep_the_old_files_open(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    folder.mkdir()
    generations, readers, used = files(folder), [], []
    with windows() as refused:
        for number in range(1, 9):
            if number == 1:
                store = open_store(url_of(folder))
                assert not load([STORY], store).bad
                store.close()
            else:
                say_in_story(folder, f"第{number}次")
            reader = open_store(url_of(folder))  # goes on as long as the test does
            said = reader.read(ASKED).rows[0]["d"]
            assert number == 1 or said == f"第{number}次"
            readers.append((reader, said))
            current = generations.current()
            assert current is not None
            assert is_open(current)
            used.append(int(current.name[:6]))
            assert not left_in(folder)
            assert numbers_in(folder) == list(range(1, number + 1)), "what somebody has open stays"
        assert used == list(range(1, 9))
        assert ("unlink", generations.finished()[-1].name) in refused
        assert {call for call, _ in refused} <= {"open", "unlink"}, "folders, and what readers have open"
        for reader, _ in readers:
            reader.close()
        say_in_story(folder, "再一次")
        assert words_in(url_of(folder)) == "再一次"
        assert numbers_in(folder) == [8, 9], "and goes when nobody has"
    assert [one.verdict.state for one in generations.listed(states.verify_file)] == [FileState.good] * 2
    assert not generations.path.is_symlink()


def test_going_back_and_a_server_that_reads_on(graph: Path) -> None:
    with windows() as refused:
        store = open_store(url_of(graph))
        client = TestClient(create_app(store, Settings()))
        first = client.get("/api/v1/chains")
        assert store.version_at_hand() == files(graph).finished()[0].stem
        _, chosen = files(graph).rollback()
        assert chosen.number == 2
        assert words_in(url_of(graph)) == "一"
        assert client.get("/api/v1/chains", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
        assert store.version_at_hand() == chosen.path.stem
        say_in_story(graph, "三")
        assert store.read(ASKED).rows == [{"d": "三"}]
        assert not left_in(graph)
        files(graph).rollback("2")
        assert store.read(ASKED).rows == [{"d": "一"}]
        store.close()
        assert not [call for call, _ in refused if call not in ("open", "unlink")]


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from windows_parts import windows
from graph.stores.ladybug.generations import Generations
generations, at, left = Generations(Path(sys.argv[2])), sys.argv[3], 1
with windows(), generations.lock():
    building = generations.begin()
    real = getattr(os, at.partition(" ")[0])
    def dying(*arguments, **named):
        if at.partition(" ")[2] in Path(arguments[-1]).name:
            os._exit(9)
        return real(*arguments, **named)
    setattr(os, at.partition(" ")[0], dying)
    generations.commit(building)
"""


@pytest.mark.parametrize(
    "at", ["replace last-number", "replace 000004", "replace .sum", "utime pointer", "replace g.lbug"]
)
def test_a_killed_load_is_swept_and_its_number_never_used_again(graph: Path, at: str) -> None:
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(graph / "g.lbug"), at]
    assert subprocess.run(command, check=False).returncode == 9
    assert words_in(url_of(graph)) == "二"
    half = [path for path in (graph / "g.lbug.d").glob("000004-*.lbug") if path.exists()]
    assert bool(half) == (at not in ("replace last-number", "replace 000004"))
    with windows():
        for path in half:
            with path.open("rb"):  # a virus scanner
                assert [one.number for one in files(graph).listed()] == [3, 2]
                say_in_story(graph, "三")
                assert half[0].exists()
                assert [one.number for one in files(graph).listed()] == [5, 3]
        say_in_story(graph, "四")
    assert words_in(url_of(graph)) == "四"
    assert not left_in(graph)
    assert not half or not half[0].exists()
    assert numbers_in(graph)[-1] == {True: 6, False: 4 if at == "replace last-number" else 5}[bool(half)]


def test_a_reader_of_the_pointer_is_waited_for_and_one_who_stays_is_told_of(
    graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations, waited = files(graph), list[float]()
    with windows() as refused:
        stream = generations.path.open("rb")

        def wait(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                stream.close()

        monkeypatch.setattr(time, "sleep", wait)
        generations.rollback()
        monkeypatch.undo()
        assert waited == [*pointer.REPLACE_AGAIN[:3]]
        assert words_in(url_of(graph)) == "一"
        assert refused.count(("replace", "g.lbug")) == 3
        assert sum(pointer.REPLACE_AGAIN) < 1.5, "a second or so, then one is told"
        with generations.path.open("rb"):
            with pytest.raises(StoreUnavailable, match=r"换不上.*正被别的程序打开.*现行数据没有改动"):
                generations.rollback("3")
            with pytest.raises(StoreUnavailable, match="换不上"):
                say_in_story(graph, "三")
            assert refused.count(("replace", "g.lbug")) == 3 + 2 * (len(pointer.REPLACE_AGAIN) + 1)
        assert words_in(url_of(graph)) == "一"
        assert not left_in(graph)
        assert numbers_in(graph) == [2, 3]
        say_in_story(graph, "四")
    assert numbers_in(graph) == [2, 5], "the number of the load that failed was used"


def test_a_pointer_that_is_being_replaced_is_read_again(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generations, tries, real = files(graph), [], Path.open

    def refusing(path: Path, *arguments: object, **named: object) -> object:
        if path.name == "g.lbug":
            tries.append(path)
            if len(tries) % 4:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    assert generations.current() == generations.finished()[0]
    monkeypatch.setattr(pointer, "READ_AGAIN", ())
    with pytest.raises(StoreUnavailable, match="Permission denied"):
        generations.current()


def test_a_graph_file_in_the_place_of_the_pointer_is_kept_and_replaced_though_we_read_it(graph: Path) -> None:
    generations = files(graph)
    current = generations.current()
    assert current is not None
    shutil.copy(current, graph / "plain")
    shutil.rmtree(generations.folder)
    os.replace(graph / "plain", generations.path)
    with windows() as refused:
        store = open_store(url_of(graph))
        assert store.read(ASKED).rows == [{"d": "二"}]
        assert is_open(generations.path)
        version = store.version_at_hand()
        assert version is not None
        assert version.startswith("plain-")
        with pytest.raises(StoreUnavailable, match="正被别的程序打开"):
            say_in_story(graph, "三")  # another program's readers have it
        assert store.read(ASKED).rows == [{"d": "二"}]
        assert store.version_at_hand() == version
        table = graph.parent / "in-graph" / "chains.csv"
        assert load([table], store).total("changed") == 1  # and our own let go of it
        assert store.read(ASKED).rows == [{"d": "三"}]
        assert store.version_at_hand() == generations.finished()[0].stem
        files(graph).rollback()
        assert store.read(ASKED).rows == [{"d": "二"}]
        store.close()
        assert ("replace", "g.lbug") in refused


def test_where_no_second_name_can_be_given_a_graph_file_is_copied(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generations = files(graph)
    current = generations.current()
    assert current is not None
    os.replace(current, generations.path)

    def refusing(_start: object, _end: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refusing)
    with windows():
        say_in_story(graph, "三")
        assert words_in(url_of(graph)) == "三"
        assert files(graph).rollback()[1].number == 4
        assert words_in(url_of(graph)) == "二"
    assert not left_in(graph)


def test_a_number_never_comes_again(graph: Path) -> None:
    generations = files(graph)
    generations.rollback("2")
    newest = generations.finished()[0]
    assert newest.name.startswith("000003")
    for path in newest.parent.glob(f"{newest.stem}.*"):  # by hand, with all that is known of it
        path.unlink()
    say_in_story(graph, "三")
    assert numbers_in(graph) == [2, 4]
    last = generations.folder / "last-number"
    assert last.read_text("ascii") == "4\n"
    for content, number in ((None, 5), ("", 6), ("-3", 7), ("x", 8), ("41", 42), ("999999", 1_000_000)):
        last.unlink()
        if content is not None:
            last.write_text(content, "ascii")
        say_in_story(graph, f"第{number}次")
        assert words_in(url_of(graph)) == f"第{number}次"
        assert generations.listed()[0].number == number
    say_in_story(graph, "又一次")
    assert [one.number for one in generations.listed()] == [1_000_001, 1_000_000], "not by the order of letters"
    generations.rollback()
    last.unlink()
    for path in generations.folder.glob("1000001-*.lbug"):  # its checksums tell of it
        path.unlink()
    say_in_story(graph, "再一次")
    assert generations.listed()[0].number == 1_000_002


def test_the_version_at_hand_reads_the_pointer_only_where_it_may_be_another(
    graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = files(graph)
    store = LadybugStore(graph / "g.lbug")
    asked, real = [], pointer.read

    def reading(path: Path) -> str | None:
        asked.append(path)
        return real(path)

    for number in (2, 3, 2):  # within the clock's granularity, on a file system without inodes
        generations.rollback(str(number))
        os.utime(generations.path, (1e9, 1e9))
        monkeypatch.setattr(pointer, "read", reading)
        names = [store.version_at_hand() for _ in range(3)]
        monkeypatch.undo()
        assert {str(name)[:6] for name in names} == {f"00000{number}"}
        assert 1 <= len(asked) <= 2, "once, for it was settled long ago"
        asked.clear()

    class Same:
        st_ino, st_size, st_ctime_ns, st_mode = 0, 40, 0, 0o100644

        def __init__(self, written: int) -> None:
            self.st_mtime_ns = written

    plain = Path.stat
    second = time.time_ns()
    monkeypatch.setattr(
        Path, "stat", lambda path, **named: Same(second) if path.name == "g.lbug" else plain(path, **named)
    )
    assert store.version_at_hand() == generations.version_at_hand()
    before = store.version_at_hand()
    pointer.write(graph / "other", generations.finished()[0].name)
    os.replace(graph / "other", graph / "g.lbug")
    assert store.version_at_hand() != before
    monkeypatch.undo()
    store.close()


def test_a_pointer_says_what_it_is_and_older_ones_are_read(tmp_path: Path) -> None:
    path = tmp_path / "g.lbug"
    pointer.write(path, "000003-0a1b2c.lbug")
    assert path.read_text("ascii") == "lianzhang-generation 000003-0a1b2c.lbug\n"
    for text, name in {
        "lianzhang-generation 000003-0a1b2c.lbug\r\n": "000003-0a1b2c.lbug",
        "图.lbug.d/000003-0a1b2c.lbug": "000003-0a1b2c.lbug",  # a link, as some archives unpack it
        "lianzhang-generation ../../etc/passwd\n": None,
        "lianzhang-generation 000003-0a1b2c.lbug\nlianzhang-generation 000004-0a1b2c.lbug\n": None,
        "../x/g.lbug.d/000003-0a1b2c.lbug": None,
        "LBUG" + "x" * 5000: None,
        "": None,
    }.items():
        path.write_text(text, "utf-8")
        assert pointer.read(path) == name, text
    path.write_bytes(b"LBUG\xff\xfe")
    assert pointer.read(path) is None


def test_somebodys_own_link_to_a_pointer_leads_where_that_one_does(graph: Path, tmp_path: Path) -> None:
    (tmp_path / "near.lbug").symlink_to(graph / "g.lbug")
    url = f"ladybug://{tmp_path}/near.lbug"
    assert words_in(url) == "二"
    store = open_store(url)
    table = tmp_path / "chains.csv"
    table.write_text("id,name,description,source,status\ndemo,示例链,三,s1,confirmed\n", "utf-8")
    assert load([table], store).total("changed") == 1
    assert [one.number for one in Generations(tmp_path / "near.lbug").listed()] == [1]
    assert words_in(url) == "三"
    assert words_in(url_of(graph)) == "二"
    store.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store as version 0.1.0 left it (commit a232b3b): the story, then 二 said in it."""
    folder = tmp_path / "old"
    with tarfile.open(OLD) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.mark.parametrize("stands", ["link", "file", "text"])
def test_a_store_of_version_0_1_0_opens_and_upgrades(old: Path, stands: str) -> None:
    generations, path = files(old), old / "g.lbug"
    assert path.is_symlink()
    if stands == "file":  # a copy that followed the link
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    elif stands == "text":  # what some archives make of a link
        where = os.readlink(path)
        path.unlink()
        path.write_text(where)
    assert "没有发现损坏" in run("verify", store=url_of(old)).stderr
    store = open_store(url_of(old))
    assert store.read(ASKED).rows == [{"d": "二"}]
    was = store.version_at_hand()
    if stands == "file":
        store.close()  # while it reads the file, no other program can put a pointer in its place
    with windows():
        say_in_story(old, "三")
        assert not path.is_symlink()
        assert pointer.read(path) == generations.finished()[0].name
        assert store.version_at_hand() == store.version() != was
        assert store.read(ASKED).rows == [{"d": "三"}]
        (done,) = apply(store, [Change(Chain, {"id": "demo"}, {"description": "四"}, "张三")])
        assert done.outcome == "changed"
        assert store.read(ASKED).rows == [{"d": "四"}]
        store.close()
    assert not left_in(old)
    number = generations.listed()[0].number
    assert number == (5 if stands == "file" else 4)
    assert "没有发现损坏" in run("verify", store=url_of(old)).stderr
    said = run("rollback", store=url_of(old)).stderr
    assert "1 处改动已重新写上" in said  # what a person wrote is not lost
    assert re.search("已退回到第 . 代", said)
    assert words_in(url_of(old)) == "四"
    assert generations.listed()[0].number == number + 1


def test_a_killed_load_of_version_0_1_0_is_swept(old: Path) -> None:
    generations = files(old)
    half = generations.folder / "000003-aaaaaa.lbug"
    half.write_bytes(b"LBUG")
    (generations.folder / "link-77").symlink_to(Path(generations.folder.name) / half.name)
    (generations.folder / "back-77").symlink_to(Path(generations.folder.name) / "000001-0b438e.lbug")
    assert [one.number for one in generations.listed()] == [2, 1]
    assert words_in(url_of(old)) == "二"
    say_in_story(old, "三")
    assert not half.exists()
    assert not list(generations.folder.glob("link-*"))
    assert not left_in(old)
    assert [one.number for one in generations.listed()] == [3, 2]


def test_a_rollback_of_a_store_of_version_0_1_0_writes_a_pointer(old: Path) -> None:
    files(old).rollback()
    assert not (old / "g.lbug").is_symlink()
    assert pointer.read(old / "g.lbug") == "000001-0b438e.lbug"
    old_link(files(old), files(old).finished()[0])  # and a program of that version goes on after it
    assert words_in(url_of(old)) == "二"


def test_what_is_loaded_into_a_store_of_version_0_1_0_stands_in_its_own_columns(old: Path) -> None:
    """An upgrade puts columns at the end of a table, wherever the model has them."""
    store = open_store(url_of(old))
    firm = {
        "id": "e",
        "name": "示例甲公司",
        "source": "年鉴",
        "capital": 5e7,
        "staff": 12.0,
        "note": "注",
        "founded_on": "2001",
    }
    load_rows(Enterprise, [firm, {"id": "f", "name": "示例乙公司", "source": "年鉴"}], store)
    supply = {"supplier": "e", "customer": "f", "product": "示例零件", "source": "年鉴", "amount": 3e6, "note": "注"}
    load_rows(Supplies, [supply], store)
    row = store.nodes(Enterprise).row(by_predicate=pl.col("id") == "e", named=True)
    assert {name: row[name] for name in firm} == firm
    (edges,) = [part for part in store.edges(Supplies, ("Enterprise", "Enterprise")) if len(part)]
    read = edges.row(by_predicate=pl.col("from") == "e", named=True)
    assert {name: read[name] for name in ("product", "source", "amount", "note")} == {
        name: supply[name] for name in ("product", "source", "amount", "note")
    }
    store.close()
