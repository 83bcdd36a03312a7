"""The documents say what the program does: nothing undocumented, nothing out of date, no dead link."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from view_parts import trusted

from api.app import create_app
from api.commands import app
from api.schema import as_markdown
from graph.settings import Settings
from graph.statuses import STATUS_MEANING, STATUS_ZH
from graph.stores import Store, open_store
from loaders.run import load
from queries.core.catalogue import answer, header_of, questions, text_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
STATUSES = {"statuses": list(trusted()), "yardstick": list(trusted())}
PARAMETERS: dict[str, Any] = STATUSES | {
    "size": 1,
    "id": "-",
    "chain": "-",
    "word": "-",
    "after": "",
    "ids": [],
    "origin": "-",
    "target": "-",
    "seen": [],
    "seen_start": [],
    "seen_end": [],
}
FENCE = re.compile(r"```bash\n(.*?)```", re.DOTALL)


def options_of(command: str) -> set[str]:
    """The options of a command and of the commands under it."""
    whole = COMMANDS[command]
    return {
        name for one in (whole, *getattr(whole, "commands", {}).values()) for part in one.params for name in part.opts
    }


def read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text("utf-8") for name in names)


def fenced_lines(page: Path) -> list[str]:
    return [line for block in FENCE.findall(page.read_text("utf-8")) for line in block.splitlines()]


@pytest.fixture(scope="module")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An embedded store with one chain: every table of the model is there."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "chains.csv").write_text("名称,来源,状态\n示例产业链,示例来源,示例\n", "utf-8")
    store = open_store(f"ladybug://{folder}/graph.lbug")
    assert not load([folder / "chains.csv"], store).bad
    yield store
    store.close()


@pytest.fixture(scope="module")
def routes(small_store: Store) -> dict[str, list[str]]:
    """The served routes (`GET /path`) with the names of their parameters."""
    paths: dict[str, Any] = create_app(small_store, Settings()).openapi()["paths"]
    return {
        f"{method.upper()} {path}": [item["name"] for item in route.get("parameters", [])]
        for path, methods in paths.items()
        for method, route in methods.items()
    }


def test_model_page_is_current() -> None:
    assert read("docs/model.md") == as_markdown(), "run: make docs"


def test_the_worked_example_is_the_test() -> None:
    assert f"```python\n{read('tests/test_new_type.py')}```" in read("docs/contributing.md")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_and_option_is_documented(command: str) -> None:
    row = next((line for line in read("docs/api.md").splitlines() if line.startswith(f"| `lianzhang {command}")), "")
    assert row, f"docs/api.md has no row for lianzhang {command}"
    shared = {"--store", "--format", "--without", "--city"}
    options = {name for name in options_of(command) if name.startswith("--")}
    assert [name for name in sorted(options - shared) if f"`{name}" not in row] == []
    assert [name for name in shared if f"| `{name}" not in read("docs/api.md")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documented_commands_and_options_exist(page: Path) -> None:
    for line in fenced_lines(page):
        if match := re.match(r"lianzhang (\S+)(.*)", line.partition("#")[0]):
            assert match[1] in COMMANDS, line
            assert set(re.findall(r"(?<=\s)--[a-z-]+", match[2])) <= options_of(match[1]), line


def test_every_route_is_documented(routes: dict[str, list[str]]) -> None:
    documented = set(re.findall(r"^\| `([A-Z]+ /\S*)`", read("docs/api.md"), re.MULTILINE))
    assert set(routes) - documented == set()
    assert documented - set(routes) == {"GET /metrics"}  # served, but not part of the API's own description


def test_every_parameter_of_a_route_is_documented(routes: dict[str, list[str]]) -> None:
    rows = {line.split("`")[1]: line for line in read("docs/api.md").splitlines() if re.match(r"\| `[A-Z]+ /", line)}
    for route, names in routes.items():
        assert [name for name in names if f"`{name}`" not in rows[route] and f"{{{name}}}" not in rows[route]] == [], (
            route
        )


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_documented(field: str) -> None:
    assert f"| `LIANZHANG_{field.upper()}` |" in read("docs/api.md")


@pytest.mark.parametrize("question", questions())
def test_every_question_is_documented(question: str) -> None:
    row = next(
        (line for line in read("docs/queries.md").splitlines() if line.startswith(f"| `{question}.cypher` |")), ""
    )
    assert row, f"docs/queries.md has no row for {question}.cypher"
    assert set(re.findall(r"\$(\w+)", row)) == set(re.findall(r"\$(\w+)", text_of(question)))
    for word in ("HOPS", "LABEL", "TYPE"):
        assert (word in row) == (word in text_of(question))


def test_no_question_is_documented_that_is_gone() -> None:
    named = set(re.findall(r"^\| `(\w+)\.cypher` \|", read("docs/queries.md"), re.MULTILINE))
    assert named <= set(questions())


@pytest.mark.parametrize("question", questions())
def test_header_names_the_parameters(question: str) -> None:
    header, text = header_of(question), text_of(question)
    assert set(re.findall(r"\$(\w+)", header)) == set(re.findall(r"\$(\w+)", text))
    for word in ("HOPS", "LABEL", "TYPE"):
        assert (word in header) == (word in text)


@pytest.mark.parametrize("question", questions())
def test_header_names_the_columns(question: str, small_store: Store) -> None:
    said = re.search(r"Columns: (.*)", header_of(question), re.DOTALL)
    assert said, f"{question}.cypher has no line `// Columns: …`"
    columns = re.split(r",\s*", re.sub(r"\s*\([^)]*\)", "", said[1]).strip())
    hops = 1 if "HOPS" in text_of(question) else None
    assert (
        answer(small_store, question, hops=hops, labels=["Enterprise"], types=["MATCHED"], **PARAMETERS).columns
        == columns
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    local = [target.partition("#")[0] for target in targets if not target.startswith(("http://", "https://", "#"))]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_readme_links_its_translation_first() -> None:
    assert read("README.md").splitlines()[0] == "[English](docs/README.en.md)"


def test_both_readmes_give_the_same_commands() -> None:
    chinese, english = (
        [line.partition("#")[0].strip() for line in fenced_lines(page)]
        for page in (ROOT / "README.md", ROOT / "docs" / "README.en.md")
    )
    assert chinese == english


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page.read_text("utf-8"), re.MULTILINE))
    targets = set(re.findall(r"^([a-z][a-z-]*)\s*:(?!=)", read("Makefile"), re.MULTILINE)) if named else set()
    assert named - targets == set()


def test_readme_names_every_folder() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"seeds", "notebooks", "tests", "docs"}
    assert [name for name in sorted(packages) if f"`{name}/`" not in read("README.md")] == []


def test_changelog_has_the_version() -> None:
    version = re.search(r'^version = "(.+)"', read("pyproject.toml"), re.MULTILINE)
    assert version
    assert re.search(
        rf"^## \[{re.escape(version[1])}\] - (?:Unreleased|\d{{4}}-\d\d-\d\d)$", read("CHANGELOG.md"), re.MULTILINE
    )
    assert re.search(r"^### Added$", read("CHANGELOG.md"), re.MULTILINE)


def test_decisions_are_dated_and_say_something() -> None:
    parts = re.split(r"^## ", read("docs/decisions.md"), flags=re.MULTILINE)[1:]
    assert parts
    for part in parts:
        title, _, body = part.partition("\n")
        assert re.match(r"\d{4}-\d{2}-\d{2} \S", title), title
        assert len(body.strip()) > 40, title


def test_every_decision_stands_in_the_index() -> None:
    heads = re.findall(r"^## \d{4}-\d\d-\d\d (.*)$", read("docs/decisions.md"), re.MULTILINE)
    index = read("docs/architecture.md").partition("## 决定的目录")[2]
    assert sorted(re.findall(r"- \[(.*)\]\(decisions\.md#", index)) == sorted(heads)


def test_statuses_are_explained() -> None:
    for status in trusted():
        meaning = STATUS_MEANING[status].replace(";", "；").replace(",", "，")
        assert f"| `{status}` {STATUS_ZH[status]} | {meaning} |" in read("README.md")
        assert f"| `{status}`" in read("docs/README.en.md")


def test_no_file_has_what_a_merge_left() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    texts = [ROOT / name for name in names if name.endswith((".py", ".html", ".md", ".css", ".js", ".toml", ".csv"))]
    left = [
        path
        for path in texts
        if path.is_file() and re.search("^(<<<<<<<|>>>>>>>) ", path.read_text("utf-8-sig", "replace"), re.M)
    ]
    assert left == []
