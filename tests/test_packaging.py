"""What is installed: our four package names are ours alone, the wheel is whole, and every version is pinned."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("graph", "loaders", "queries", "api")
SHIPPED = {".py", ".cypher", ".csv", ".html", ".css", ".js", ".j2"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
# Imported by us, required by a package that must choose its version.
COMES_WITH = {"anyio": "fastapi", "markupsafe": "jinja2", "pydantic-core": "pydantic", "starlette": "fastapi"}


def test_a_file_in_the_model_is_taken_in(tmp_path: Path) -> None:
    """What ``extended`` does for a test, a file does for good: the classes of the worked example, in a copy of the package."""
    copytree(ROOT / "graph", tmp_path / "graph")
    example = (ROOT / "tests" / "test_new_type.py").read_text("utf-8")
    names = [line for line in example.splitlines() if line.startswith("from graph.model.")]
    (tmp_path / "graph" / "model" / "audits.py").write_text(
        "\n".join([*names, example[example.index("class ") : example.index("STORY")]]), "utf-8"
    )
    asked = "from graph.model import EDGE_TYPES, NODE_TYPES, ends_of; print('Audit' in NODE_TYPES, *map(ends_of, EDGE_TYPES.values()))"
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.startswith("True ")
    assert "('Audit', 'Enterprise')" in said.stdout
    assert "('Audit', 'Chain')" in said.stdout


def find_foreign_owners() -> dict[str, list[str]]:
    """Name the distributions other than ours that install a package of our names."""
    owners = packages_distributions()
    foreign = {package: sorted(set(owners.get(package, [])) - {"lianzhang"}) for package in PACKAGES}
    return {package: names for package, names in foreign.items() if names}


def list_tracked() -> list[str]:
    """List the files that git has or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def names_of(requirements: Iterable[str]) -> set[str]:
    """Return the plain names of requirements."""
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def test_our_packages_belong_to_nobody_else() -> None:
    assert find_foreign_owners() == {}
    assert isinstance(distribution("lianzhang"), Distribution)  # installed, not just found in the folder


@pytest.mark.parametrize("package", PACKAGES)
def test_our_packages_are_these(package: str) -> None:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).resolve() == ROOT / package / "__init__.py"


def test_a_foreign_queries_package_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "stranger-1.0.dist-info"
    info.mkdir()
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "__init__.py").touch()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (info / "RECORD").write_text("queries/__init__.py,,\nstranger-1.0.dist-info/METADATA,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_foreign_owners() == {"queries": ["stranger"]}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)  # where hatchling looks for the project
    try:
        name = build_wheel(str(folder))
    finally:
        os.chdir(before)
    with ZipFile(folder / name) as opened:
        yield opened


def test_the_wheel_has_every_file_of_the_packages_and_the_seeds(wheel: ZipFile) -> None:
    tracked = [Path(name) for name in list_tracked()]
    expected = {
        p.as_posix() for p in tracked if (p.parts[0] in PACKAGES and p.suffix in SHIPPED) or p.parts[0] == "seeds"
    }
    assert {"queries", "api", "graph", "loaders", "seeds"} == {name.partition("/")[0] for name in expected}
    assert any(name.endswith(".cypher") for name in expected)
    assert expected - set(wheel.namelist()) == set()


def test_the_wheel_has_nothing_else(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {*PACKAGES, "seeds", "lianzhang-0.1.0.dist-info"}
    assert [name for name in wheel.namelist() if name.endswith((".pyc", ".lbug"))] == []


def test_the_wheel_installs_the_command_and_must_not_be_uploaded(wheel: ZipFile) -> None:
    info = {
        name: wheel.read(f"lianzhang-0.1.0.dist-info/{name}").decode()
        for name in ("entry_points.txt", "METADATA", "licenses/LICENSE")
    }
    metadata = info["METADATA"].splitlines()
    assert "lianzhang = api.cli:main" in info["entry_points.txt"]
    assert "Classifier: Private :: Do Not Upload" in metadata
    assert "License-Expression: MIT" in metadata
    assert info["licenses/LICENSE"].startswith("MIT License")


def test_the_wheel_runs_from_an_unpacked_folder(wheel: ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import api.cli, queries.core.catalogue, graph;"
        "print(graph.__file__); sys.argv = ['lianzhang', 'schema', '--format', 'json']; api.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, check=True, text=True, encoding="utf-8"
    )
    assert done.stdout.startswith(str(tmp_path / "graph"))
    assert '"Enterprise"' in done.stdout


def test_the_wheel_does_its_own_first_instruction_from_any_folder(wheel: ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "installed")
    (tmp_path / "elsewhere").mkdir()
    start = f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r}); import api.cli; api.cli.main()"

    def run(*words: str, store: str = "g") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-c", start, *words, "--store", f"ladybug://{tmp_path}/{store}.lbug"]
        return subprocess.run(
            command, cwd=tmp_path / "elsewhere", capture_output=True, check=False, text=True, encoding="utf-8"
        )

    assert "lianzhang load seeds" in run("chains").stderr
    done = run("load", "seeds", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert f"载入随程序安装的 {tmp_path / 'installed' / 'seeds'}" in done.stderr
    loaded = {file["file"] for file in json.loads(done.stdout)["files"]}
    carried = {name for name in wheel.namelist() if name.startswith("seeds/") and name.endswith(".csv")}
    assert {Path(name).relative_to(tmp_path / "installed").as_posix() for name in loaded} == carried
    assert len(json.loads(run("chains", "--format", "json").stdout)) >= 24
    assert run("load", "seeds/sample", "--dry-run").returncode == 0
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == []
    (tmp_path / "elsewhere" / "seeds").mkdir()  # somebody's own go before
    (tmp_path / "elsewhere" / "seeds" / "chains.csv").write_text("编号,名称,来源\nx,某链,s\n", "utf-8")
    for words in (["seeds"], ["seeds/sample"]):
        assert "载入随程序安装的" not in run("load", *words, "--dry-run", "--format", "json", store="other").stderr


def test_pins_name_one_version_each_and_no_place_to_fetch_from() -> None:
    lines = [line for line in PINS.splitlines() if not line.startswith("#")]
    assert re.search("https?:", PINS) is None
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)?", line)] == []
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0])


def test_everything_required_is_pinned_within_its_range() -> None:
    pinned = {Requirement(line).name: Requirement(line) for line in PINS.splitlines() if not line.startswith("#")}
    extras = PROJECT["optional-dependencies"]
    for line in [*PROJECT["dependencies"], *extras["analyst"], *extras["test"]]:
        wanted = Requirement(line)
        pin = pinned.get(canonicalize_name(wanted.name))
        assert pin is not None, f"{wanted.name} is not pinned"
        assert pin.marker == wanted.marker, f"{wanted.name} is not pinned everywhere"
        assert wanted.specifier.contains(next(iter(pin.specifier)).version), f"{pin} is not in {wanted}"


def test_what_is_installed_is_what_is_pinned() -> None:
    pinned = {
        Requirement(line).name: next(iter(Requirement(line).specifier)).version
        for line in PINS.splitlines()
        if line[0] != "#"
    }
    for name in names_of(PROJECT["dependencies"]):
        assert distribution(name).version == pinned[name], name


def test_every_import_is_a_declared_dependency() -> None:
    owners = packages_distributions()
    declared = names_of(PROJECT["dependencies"])
    undeclared = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name in find_imports(path) - set(PACKAGES) - sys.stdlib_module_names:
                packages = {canonicalize_name(owner) for owner in owners.get(name, [name])}
                if not ({COMES_WITH.get(owner, owner) for owner in packages} & declared):
                    undeclared.add(f"{path.relative_to(ROOT)} imports {name}")
    assert sorted(undeclared) == []


def find_imports(path: Path) -> set[str]:
    """Return the top names of all modules that a file imports, also inside functions."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported.add(node.module.partition(".")[0])
    return imported


def test_imports_inside_functions_are_found(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(
        "import os.path\ndef f():\n    from pandas.io import sql\n    from . import x\n"
    )
    assert find_imports(tmp_path / "sample.py") == {"os", "pandas"}


def find_registry_hosts(content: bytes) -> list[str]:
    """Name the package registries' hosts in a file; written in halves so that this file has none."""
    halves = {
        "pypi.": "org",
        "files.pythonhosted": ".org",
        "registry.npmjs": ".org",
        "registry.yarnpkg": ".com",
        "repo1.maven": ".org",
        "repo.maven.apache": ".org",
        "deb.debian": ".org",
        "security.debian": ".org",
        "archive.ubuntu": ".com",
        "security.ubuntu": ".com",
        "crates": ".io",
        "proxy.golang": ".org",
    }
    return [host for host in (first + second for first, second in halves.items()) if host.encode() in content]


def test_no_file_names_a_package_registry() -> None:
    tracked = list_tracked()
    assert {"pyproject.toml", "Makefile", "tests/test_packaging.py"} <= set(tracked)
    named = {name: hosts for name in tracked if (hosts := find_registry_hosts((ROOT / name).read_bytes()))}
    assert named == {}


def test_a_registry_host_is_noticed() -> None:
    line = "index-url = https://" + "pypi" + ".org/simple"
    assert find_registry_hosts(line.encode()) == ["pypi" + ".org"]
