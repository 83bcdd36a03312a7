"""What cannot be written is said before the work, without a traceback, with nothing committed and no half file left."""

import csv
import errno
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import typer
from test_cli import RISK

from api.commands import app, main
from api.core.output import Format, print_rows
from graph.errors import OutputError
from graph.outputs import WHY, check_folder, check_writable, write_bytes, write_text, writing
from graph.stores import open_store
from loaders.run import load
from queries.questions import QUESTIONS

STORY = Path(__file__).parent / "data" / "story"
PLACE = "OUT"
FILES = {
    "draw --out": ["draw", "示例链", "--out", f"{PLACE}.html"],
    "template --out": ["template", "企业", "--out", f"{PLACE}.xlsx"],
    "certificate --out": ["certificate", "示例链", "示例芯片", "--out", f"{PLACE}.html"],
    "opportunities --xlsx": ["opportunities", "--chain", "示例链", "--xlsx", f"{PLACE}.xlsx"],
    "load --report": ["load", str(STORY), "--rejects", "REJECTS", "--report", f"{PLACE}.json"],
    "systemic-risk --out": [
        "systemic-risk",
        "--edges",
        "edges",
        "--firms",
        "firms",
        "--essentiality",
        "essentiality",
        "--out",
        f"{PLACE}.csv",
    ],
    "place --out": ["place", "--firms", "registered", "--out", f"{PLACE}.jsonl"],
    "match --out": ["match", "--offers", "offers", "--needs", "needs", "--out", f"{PLACE}.jsonl"],
}
WHOM = {"desk": ["示例链"], "local-share": ["示例链"], "duties": ["示例专班"]}
FILES |= {
    f"{question.name} --xlsx": [question.name, *WHOM.get(question.name, []), "--xlsx", f"{PLACE}.xlsx"]
    for question in QUESTIONS
    if question.book
}
FOLDERS = {
    "load --rejects": ["load", str(STORY), "--rejects", PLACE],
    "map-products --out": ["map-products", "--out", PLACE],
    "match --index": ["match", "--offers", "offers", "--needs", "needs", "--out", "ranked.jsonl", "--index", PLACE],
}
Told = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def story_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    store = open_store(f"ladybug://{folder}/g.lbug")
    (folder / "agencies.csv").write_text("名称,来源,状态\n示例专班,示例来源,示例\n", "utf-8")
    assert not load([STORY, folder / "agencies.csv"], store).bad
    store.close()
    return folder


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command in a folder of its own and return its exit code and what it said."""
    for name, text in RISK.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "offers").write_text(
        json.dumps({"supplier": "a", "name": "甲", "industry": [], "products": [{"name": "电池", "weight": 1}]})
    )
    (tmp_path / "registered").write_text(json.dumps({"id": "a", "name": "甲", "scope": "电池制造"}))
    (tmp_path / "needs").write_text(json.dumps({"need": "1", "text": "电池"}))
    monkeypatch.chdir(tmp_path)

    def run(arguments: list[str], store: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["lianzhang", *arguments])
        monkeypatch.setenv("LIANZHANG_STORE", store)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return int(ended.value.code or 0), said.err.replace("\n", "")

    return run


def placed(arguments: list[str], place: str | Path) -> list[str]:
    """The arguments with the place put in."""
    return [str(place) + word.removeprefix(PLACE) if word.startswith(PLACE) else word for word in arguments]


def wanted(arguments: list[str], place: Path) -> Path:
    return next(
        Path(argument)
        for argument, word in zip(placed(arguments, place), arguments, strict=True)
        if word.startswith(PLACE)
    )


def folder_in_the_way(path: Path) -> None:
    path.mkdir()


def file_for_a_folder(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("")


def read_only(path: Path) -> None:
    path.write_text("mine")
    path.chmod(0o444)


@pytest.mark.parametrize("way", [folder_in_the_way, file_for_a_folder, read_only])
@pytest.mark.parametrize("command", FILES)
def test_a_file_that_cannot_be_written_is_told_before_the_work(
    told: Told, tmp_path: Path, command: str, way: Callable[[Path], None]
) -> None:
    path = wanted(FILES[command], tmp_path / "folder" / "out")
    path.parent.mkdir()
    way(path)
    before = path.read_bytes() if path.is_file() else None
    # The store is empty: whoever had begun to work would say so.
    code, said = told(placed(FILES[command], tmp_path / "folder" / "out"), f"ladybug://{tmp_path}/none.lbug")
    assert code == 1
    assert said.startswith(f"不能写出: {path}: ")
    assert not list(tmp_path.glob("none.lbug*"))
    assert before is None or path.read_bytes() == before


@pytest.mark.parametrize("place", ["/proc/nowhere/out", "n" * 300], ids=["a place of the system", "too long"])
def test_places_where_nothing_can_be(told: Told, tmp_path: Path, place: str) -> None:
    for arguments in FILES.values():
        code, said = told(placed(arguments, place), f"ladybug://{tmp_path}/none.lbug")
        assert (code, said[:5]) == (1, "不能写出:")


@pytest.mark.parametrize("command", FILES)
def test_a_file_that_is_open_elsewhere(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Excel on Windows keeps others from opening a workbook for writing."""
    path = wanted(FILES[command], tmp_path / "out")
    path.write_text("open in Excel")
    real = Path.open

    def refuse(self: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if self == path and mode != "r":
            raise PermissionError(13, "Permission denied", str(path))
        return real(self, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", refuse)
    code, said = told(placed(FILES[command], tmp_path / "out"), f"ladybug://{tmp_path}/none.lbug")
    assert code == 1
    assert "Excel" in said
    assert not list(tmp_path.glob("none.lbug*"))


@pytest.mark.parametrize("command", FOLDERS)
def test_a_folder_that_cannot_be_written_into(told: Told, tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "deeper", Path("/proc/nowhere")):
        code, said = told(placed(FOLDERS[command], place), f"ladybug://{tmp_path}/none.lbug")
        assert (code, said[:5]) == (1, "不能写出:")
        assert not list(tmp_path.glob("none.lbug*"))
        assert not (tmp_path / "ranked.jsonl").exists()


@pytest.mark.parametrize("command", FILES)
def test_a_disk_that_is_full_at_the_end(told: Told, tmp_path: Path, story_folder: Path, command: str) -> None:
    arguments = placed(FILES[command], tmp_path / "out")
    path = wanted(FILES[command], tmp_path / "out")
    path.symlink_to("/dev/full")
    code, said = told(arguments, f"ladybug://{story_folder}/g.lbug")
    assert code == 1
    assert "磁盘满了" in said
    assert path.is_symlink()
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("command", [*FILES, *FOLDERS])
def test_what_can_be_written_is_whole_and_alone(told: Told, tmp_path: Path, story_folder: Path, command: str) -> None:
    arguments = (FILES | FOLDERS)[command]
    place = tmp_path / "deep" / "er" / "out"
    code, said = told(placed(arguments, place), f"ladybug://{story_folder}/g.lbug")
    assert code == 0, said
    assert not list(tmp_path.rglob("*.part"))
    if command in FILES:
        path = wanted(arguments, place)
        assert path.stat().st_size > 10
        path.chmod(0o640)
        assert told(placed(arguments, place), f"ladybug://{story_folder}/g.lbug")[0] == 0
        assert path.stat().st_mode & 0o777 == 0o640


def test_nothing_is_committed_where_the_refused_rows_cannot_be_kept(told: Told, tmp_path: Path) -> None:
    table = tmp_path / "enterprises.csv"
    table.write_text("名称,来源\n好有限公司,名录\n坏有限公司,\n", "utf-8")
    (tmp_path / "rejects" / "enterprises-rejects.xlsx" / "in the way").mkdir(parents=True)
    url = f"ladybug://{tmp_path}/g.lbug"
    code, said = told(["load", str(table), "--rejects", str(tmp_path / "rejects")], url)
    assert (code, "不能写出" in said) == (1, True)
    assert not (tmp_path / "g.lbug").exists()
    code, said = told(["load", str(table), "--rejects", str(tmp_path / "other")], url)
    assert (code, "拒收的行已写到" in said) == (1, True)
    assert open_store(url).read("MATCH (e:Enterprise) RETURN e.name AS name").rows == [{"name": "好有限公司"}]


def test_every_option_that_names_an_output_is_tried_here() -> None:
    read = "links offers needs relations known edges firms essentiality scenario weights"
    named = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        kinds = get_type_hints(command.callback)
        named |= {f"{name} {part.opts[0]}" for part in command.params if kinds.get(part.name) in (Path, Path | None)}
    options = {option for option in named if " --" in option}
    assert {option for option in options if option.split(" --")[1] not in read.split()} == {*FILES, *FOLDERS}


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail() -> None:
        with writing(path) as fresh:
            fresh.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_links_and_devices_are_written_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    (tmp_path / "later").symlink_to("folder/not yet")
    for path in (tmp_path / "link.txt", tmp_path / "later", Path("/dev/null")):
        check_writable(path)
        write_bytes(path, b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == (tmp_path / "folder" / "not yet").read_text() == "new"
    assert Path("/dev/null").is_char_device()
    (tmp_path / "loop").symlink_to("loop")
    for check in (check_writable, check_folder):
        with pytest.raises(OutputError):
            check(tmp_path / "loop")


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b" / "c.txt")
    check_folder(tmp_path / "d" / "e")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["/dev/full", "closed"])
def test_the_standard_output_may_be_full_or_closed(target: str) -> None:
    command = f"'{sys.executable}' -c 'from api.cli import main; main()' schema --format json"
    command += " > /dev/full" if target == "/dev/full" else " | true"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert ("读写失败" in done.stderr) == (target == "/dev/full")


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-甲厂", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\u3000@甲", "--1"]
)
def test_no_cell_that_is_printed_as_csv_is_a_formula(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a spreadsheet would run stands behind an apostrophe, in a head as well as in a cell, and all of it in one cell."""
    print_rows([{"name": text, text: "甲"}], Format.csv)
    safe = "'" + text.replace("\r", "\n")
    assert [*csv.reader(io.StringIO(capsys.readouterr().out, newline=""))] == [["name", safe], [safe, "甲"]]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_a_line_end_in_a_cell_begins_no_row(end: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"note": f"甲{end}=1+1", "next": "乙"}], Format.csv)
    assert [*csv.reader(io.StringIO(capsys.readouterr().out, newline=""))] == [["note", "next"], ["甲\n=1+1", "乙"]]


@pytest.mark.parametrize("text", ["-1.5", "+3", "1e-3", "甲=乙", "a-b", "", "'=1", "1,2\n3"])
def test_what_is_no_formula_is_printed_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"name": text}], Format.csv)
    assert [*csv.reader(io.StringIO(capsys.readouterr().out, newline=""))][1:] == [[text] if text else [""]]


def test_a_file_that_is_mounted_by_itself_is_written_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single file in a container cannot be replaced; any other refusal to replace it is told."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    number = errno.EBUSY

    def refuse(_fresh: Path, _target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    write_text(path, "new")
    assert (path.read_text(), os.listdir(tmp_path)) == ("new", ["a.txt"])
    number = errno.EACCES
    with pytest.raises(OutputError, match="没有写的权限"):
        write_text(path, "newer")
    assert (path.read_text(), os.listdir(tmp_path)) == ("new", ["a.txt"])


@pytest.mark.parametrize(("number", "told"), sorted(WHY.items()))
def test_why_a_file_cannot_be_written_is_told_whoever_wrote_it(tmp_path: Path, number: int, told: str) -> None:
    """The engine of the tables has the number in its text alone."""
    for error in (OSError(number, "No"), OSError(f"No (os error {number})")):
        with pytest.raises(OutputError, match=re.escape(told)), writing(tmp_path / "a"):
            raise error
