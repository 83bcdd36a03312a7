"""What may be imported before anything is asked: the shapes of answers, and the command that only tells of itself, stay light."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHAPES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted((ROOT / "queries").rglob("*answers.py"))
]
COMPUTING = {"ladybug", "neo4j", "numba", "numpy", "polars", "pyarrow", "pypinyin", "pyvis", "scipy", "sklearn"}


def imported_by(statement: str) -> set[str]:
    """Return the names of the packages that a fresh interpreter has imported after a statement."""
    told = (
        f"{statement}\nimport sys; print('\\n', *{{name.partition('.')[0] for name in sys.modules}} | {{*sys.modules}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_every_room_with_answers_of_its_own_is_looked_at() -> None:
    rooms = {name.split(".")[1] for name in SHAPES}
    assert {"core", "gaps", "matching", "names", "networks", "openings", "targets"} <= rooms


@pytest.mark.parametrize("what", [*SHAPES, "graph.model", "loaders.report", "api.core.output"])
def test_shapes_are_imported_without_what_computes(what: str) -> None:
    assert imported_by(f"import {what}") & COMPUTING == set()


def test_answers_are_shaped_in_the_modules_for_them() -> None:
    strays = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in (ROOT / "queries").rglob("*.py")
        if not path.name.endswith("answers.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("class ") and "(Answer)" in line
    ]
    assert strays == []


@pytest.mark.parametrize("what", ["--help", "weak-links --help"])
def test_the_command_tells_of_itself_without_what_answers(what: str) -> None:
    told = f"""
import sys
from api.cli import main
sys.argv = ["lianzhang", *{what.split()}]
try:
    main()
except SystemExit as end:
    assert not end.code
"""
    assert (
        imported_by(told) & {*COMPUTING, "fastapi", "graph.model", "httpx", "pandas", "uvicorn", "xlsxwriter"} == set()
    )


def test_the_pages_are_served_before_what_only_some_questions_need_is_imported() -> None:
    imported = imported_by("import api.app")
    assert imported & {"numba", "sklearn", "pandas", "pyvis", "networkx", "pypinyin", "xlsxwriter"} == set()
    assert "fastapi" in imported  # it did import the application
