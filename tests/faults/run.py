"""Small faults, put into the code one at a time: which does no test notice? Run by hand: ``python tests/faults/run.py [--only WORD] [--jobs N]``.

A fault is a table of a ``faults/*.toml`` file: the ``file``, the text in it that is changed (``old``, which stands there once), what it
becomes (``new``), the ``harm`` that it would do unseen, and the ``tests`` that are nearest (files or node ids). Each is tried in a copy of
the project, so the working tree stays as it is. A fault whose ``old`` or one of whose tests is no longer there is stale, and one whose
tests do not end in time is late: both are told as such, for neither says that a test noticed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = ("graph", "loaders", "queries", "api", "seeds", "tests", "benchmarks", "docs", "notebooks")
SECONDS = 300.0
LATE = "time is up"
# a test of that name is not there, or needs a server
NONE_RUN = (
    pytest.ExitCode.USAGE_ERROR,
    pytest.ExitCode.NO_TESTS_COLLECTED,
)


@dataclass(frozen=True)
class Fault:
    """One fault and the tests that should notice it."""

    name: str
    file: str
    old: str
    new: str
    harm: str
    tests: tuple[str, ...]

    @property
    def package(self) -> str:
        """Return where it is put: ``queries/gaps``."""
        return str(Path(self.file).parent)


def read_faults(folder: Path) -> Iterator[Fault]:
    """Yield the faults of every file of a folder."""
    for path in sorted(folder.glob("*.toml")):
        for number, row in enumerate(tomllib.loads(path.read_text("utf-8"))["fault"], 1):
            yield Fault(
                f"{path.stem}-{number:03d}", row["file"], row["old"], row["new"], row["harm"], tuple(row["tests"])
            )


def copy_project(folder: Path) -> Path:
    """Copy the project to a folder, beside a link to what it is tested with."""
    tree = folder / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "Makefile",
        "docker-compose.yml",
        "constraints.txt",
        "LICENSE",
    ):
        shutil.copy(ROOT / name, tree / name)
    if (ROOT.parent / "shared").exists():
        (folder / "shared").symlink_to(ROOT.parent / "shared")
    return tree


def test(tree: Path, tests: tuple[str, ...]) -> tuple[str, str]:
    """Run some tests in a copy; return the verdict and the last words."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not neo4j", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "late", LATE
    verdict = "stale" if done.returncode in NONE_RUN else "noticed" if done.returncode else "unnoticed"
    return verdict, ((done.stdout + done.stderr).strip().splitlines() or ["?"])[-1]


def attempt(tree: Path, fault: Fault) -> dict[str, object]:
    """Put one fault into a copy, run its tests, and take it out again."""
    path, start = tree / fault.file, time.monotonic()
    text = path.read_text("utf-8") if path.exists() else ""
    if text.count(fault.old) != 1 or fault.old == fault.new:
        return {
            "fault": fault.name,
            "verdict": "stale",
            "said": f"{fault.file} has its old text {text.count(fault.old)} times",
        }
    path.write_text(text.replace(fault.old, fault.new), "utf-8")
    try:
        verdict, said = test(tree, fault.tests)
    finally:
        path.write_text(text, "utf-8")
    return {"fault": fault.name, "verdict": verdict, "said": said, "seconds": round(time.monotonic() - start, 1)}


def main() -> int:
    """Try the faults and print a table by package; the exit code is 1 where less than nine in ten are noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="faults with this in their name or file")
    parser.add_argument("--jobs", type=int, default=1, help="copies that are tried side by side")
    parser.add_argument("--out", type=Path, help="write what was found to this JSON file")
    asked = parser.parse_args()
    faults = [
        fault for fault in read_faults(Path(__file__).parent) if asked.only in fault.name or asked.only in fault.file
    ]
    results: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="lianzhang-faults-") as folder, ThreadPoolExecutor(asked.jobs) as executor:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(asked.jobs):
            trees.put(copy_project(Path(folder) / str(number)))

        def work(fault: Fault) -> dict[str, object]:
            tree = trees.get()
            try:
                row = attempt(tree, fault)
            finally:
                trees.put(tree)
            print(f"{row['verdict']:10s} {fault.name:24s} {fault.file}: {fault.harm}", file=sys.stderr, flush=True)
            return row | {"file": fault.file, "harm": fault.harm, "package": fault.package}

        results = list(executor.map(work, faults))
    counted = Counter((row["package"], row["verdict"]) for row in results)
    print("| package | faults | noticed | late | stale |\n|---|---|---|---|---|")
    for package in sorted({str(row["package"]) for row in results}):
        every = sum(number for (name, _), number in counted.items() if name == package)
        print(
            f"| {package} | {every} | {counted[package, 'noticed']} | {counted[package, 'late']} | {counted[package, 'stale']} |"
        )
    noticed = sum(row["verdict"] == "noticed" for row in results)
    print(f"\n{noticed} of {len(results)} noticed")
    if asked.out:
        asked.out.write_text(json.dumps(results, ensure_ascii=False, indent=1), "utf-8")
    return int(noticed < 0.9 * len(results))


if __name__ == "__main__":
    sys.exit(main())
