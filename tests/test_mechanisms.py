"""``docs/mechanisms.md`` is true: each mechanism's page, command, route and file answers, on both stores, from the rows it names."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient
from test_cli import run

from api.app import create_app
from graph.model import NODE_TYPES
from graph.settings import Settings
from graph.stores import Store
from queries.questions import QUESTIONS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "mechanisms.md"
ROOMS = (
    "desk",
    "duties",
    "projects",
    "leaders",
    "clusters",
    "challenges",
    "scenarios",
    "centres",
    "events",
    "platforms",
    "dashboard",
)


class Line(NamedTuple):
    """A row of the table."""

    paragraphs: str
    mechanism: str
    page: str
    command: str
    route: str
    file: str
    rows: str


def lines() -> Iterator[Line]:
    table = PAGE.read_text("utf-8").split("## ")[0]
    for row in re.findall(r"^\| (.*) \|$", table, re.MULTILINE):
        cells = [cell.strip() for cell in row.split(" | ")]
        if cells[0] != "段":
            yield Line(*(cell.strip("`") if cell.count("`") == 2 else cell for cell in cells))


LINES = list(lines())


def test_the_table_names_each_question_of_the_working_system() -> None:
    assert len(LINES) > 20
    asked = {line.command.split()[0] for line in LINES}
    assert set(ROOMS) <= asked
    assert {question.name for question in QUESTIONS if question.group == "链长制" and question.command} <= asked
    for number in (*range(22, 27), 30, 33, 34, *range(36, 55), 56, 60, 61, *range(64, 68), *range(69, 74)):
        named = re.findall(
            r"(\d+)(?: 至 (\d+))?",
            " ".join(line.paragraphs for line in LINES) + PAGE.read_text("utf-8").split("## ")[1],
        )
        assert any(int(first) <= number <= int(last or first) for first, last in named), number


@pytest.fixture
def command(request: pytest.FixtureRequest, full_store: Store) -> Callable[..., str]:
    """A command on the seeds in a store of each kind."""
    if full_store.url.startswith("ladybug"):
        url: str = request.getfixturevalue("seeded_store_url")
        return lambda *words: run(*words, store=url).stdout
    own: dict[str, str] = dict(request.getfixturevalue("neo4j_env"))
    at = own.pop("LIANZHANG_STORE")
    return lambda *words: run(*words, store=at, check=0, **own).stdout


def test_pages_routes_and_files_open(full_store: Store) -> None:
    client = TestClient(create_app(full_store, Settings(request_seconds=300)), raise_server_exceptions=False)
    wrong: list[tuple[str, str, object, str]] = []
    for line in LINES:
        addresses = [line.page, f"/api/v1/{line.route}", *([line.file] if line.file.startswith("/") else [])]
        for address in addresses:
            answer = client.get(address)
            if answer.status_code != 200 or not answer.content:
                wrong.append((line.mechanism, address, answer.status_code, answer.text[:200]))
            if address.endswith(".xlsx") and not answer.content.startswith(b"PK"):
                wrong.append((line.mechanism, address, "no workbook", ""))
    assert wrong == []


def test_commands_answer(command: Callable[..., str], tmp_path: Path) -> None:
    for number, line in enumerate(LINES):
        words = [word for word in (line.command, line.file) if word != "—" and not word.startswith("/")]
        for text in words:
            file = tmp_path / f"{number}"
            said = command(*shlex.split(text.replace("{file}", str(file))))
            assert said.strip() or file.with_suffix(".html").stat().st_size > 1000, line


def best_founded(store: Store, kind: str) -> str:
    """The word for the rows of a label or a relationship type."""
    query = (
        f"MATCH (n:{kind}) RETURN DISTINCT n.status AS s"
        if kind in NODE_TYPES
        else f"MATCH ()-[r:{kind}]->() RETURN DISTINCT r.status AS s"
    )
    there = {row["s"] for row in store.read(query).rows}
    told = {"真实": {"confirmed", "reported"}, "整理": {"curated", "inferred"}, "示例": {"sample"}}
    return next((word for word, statuses in told.items() if there & statuses), "没有")


def test_the_rows_are_what_the_table_says(full_store: Store) -> None:
    said = [(kind, word) for line in LINES for kind, word in re.findall(r"`?(\w+)`? (真实|整理|示例|没有)", line.rows)]
    assert len(said) >= len(LINES)
    assert [(kind, word) for kind, word in said if best_founded(full_store, kind) != word] == []
