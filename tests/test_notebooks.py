"""The notebooks run from top to bottom, on every store that they are for, and are kept without their outputs."""

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from neo4j import GraphDatabase

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def run_notebook(name: str, folder: Path, variables: dict[str, str]) -> list[Any]:
    """Execute a notebook in a kernel of this Python and return its code cells."""
    notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    client.execute(env=os.environ | {"PYTHONPATH": paths, "IPYTHONDIR": str(folder / "ipython")} | variables)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def on_the_embedded_store(seeded_store_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The cells of the first notebook after a run on the embedded store."""
    return run_notebook(
        "01_who_supplies_whom.ipynb", tmp_path_factory.mktemp("notebook"), {"LIANZHANG_STORE": seeded_store_url}
    )


def outputs_of(cells: list[Any]) -> list[Any]:
    return [output for cell in cells for output in cell.outputs]


def printed(cells: list[Any]) -> str:
    """What cells print and show; on a busy machine what is printed comes in several pieces."""
    return "".join(
        output.get("text") or output.get("data", {}).get("text/plain", "") + "\n"
        for output in outputs_of(cells)
        if output.output_type != "error"
    )


def assert_clean(cells: list[Any]) -> None:
    assert all(cell.execution_count for cell in cells)
    wrong = [output for output in outputs_of(cells) if output.output_type == "error" or output.get("name") == "stderr"]
    assert wrong == []


def check_supplies(cells: list[Any]) -> None:
    assert_clean(cells)
    assert "—[" in printed(cells)
    assert "查询只能读图" in printed(cells)
    picture = next(
        output["data"]["text/html"]
        for output in outputs_of(cells)
        if "<iframe" in output.get("data", {}).get("text/html", "")
    )
    assert "src=&quot;http" not in picture
    assert "href=&quot;http" not in picture


def assert_keeps_the_password(cells: list[Any], variables: dict[str, str]) -> None:
    assert variables["LIANZHANG_NEO4J_PASSWORD"] not in nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def test_01_runs_on_the_embedded_store(on_the_embedded_store: list[Any]) -> None:
    check_supplies(on_the_embedded_store)


def test_01_answers_alike_on_neo4j(on_the_embedded_store: list[Any], neo4j_env: dict[str, str], tmp_path: Path) -> None:
    cells = run_notebook("01_who_supplies_whom.ipynb", tmp_path, neo4j_env)
    check_supplies(cells)
    assert printed(cells[1:]) == printed(on_the_embedded_store[1:])
    assert_keeps_the_password(cells, neo4j_env)


def test_02_runs_on_neo4j_and_leaves_nothing_behind(neo4j_env: dict[str, str], tmp_path: Path) -> None:
    cells = run_notebook("02_py2neo.ipynb", tmp_path, neo4j_env)
    assert_clean(cells)
    assert "get_indexes: Neo.ClientError.Procedure.ProcedureNotFound" in printed(cells)
    assert_keeps_the_password(cells, neo4j_env)
    login = (neo4j_env["LIANZHANG_NEO4J_USER"], neo4j_env["LIANZHANG_NEO4J_PASSWORD"])
    with GraphDatabase.driver(neo4j_env["LIANZHANG_STORE"], auth=login) as driver:
        left = driver.execute_query("MATCH (n:_Py2neoScratch) RETURN count(n) AS number").records[0]["number"]
    assert left == 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert [cell.source for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert [cell.source for cell in notebook.cells if cell.metadata] == []
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
