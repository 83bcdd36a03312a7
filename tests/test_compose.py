"""docker-compose.yml: the keys it uses, no secret with a default, loopback only, and the API after a healthy Neo4j."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from neo4j_server import OUTSIDE

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = Path(__file__).resolve().parent / "data" / "compose.schema.json"
Compose = dict[str, Any]


@pytest.fixture
def compose() -> Compose:
    """The file as Compose reads it."""
    read: Compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return read


def find_faults(compose: Compose) -> list[str]:
    """Name all that is wrong: first by the schema, then what a schema cannot say."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(compose)]
    return faults or [
        fault for name, service in compose["services"].items() for fault in _find_in_service(name, service, compose)
    ]


def _find_in_service(name: str, service: dict[str, Any], compose: Compose) -> list[str]:
    faults = [f"{name}: no healthcheck"] if "healthcheck" not in service else []
    faults += [
        f"{name}: port {port} is open to other machines"
        for port in service.get("ports", [])
        if not port.startswith("127.0.0.1:")
    ]
    for key, value in service.get("environment", {}).items():
        secret = re.search("PASSWORD|AUTH|KEY|SECRET|TOKEN", key)
        if secret and not re.fullmatch(r"(neo4j/)?\$\{[A-Z0-9_]+:\?[^}]+\}", str(value)):
            faults.append(f"{name}: {key} has a value or a default in the file")
    for needed in service.get("depends_on", {}):
        faults += [f"{name}: waits for {needed}, which is not a service"] if needed not in compose["services"] else []
    for volume in service.get("volumes", []):
        source = volume.partition(":")[0]
        faults += [f"{name}: volume {source} is not declared"] if source not in compose["volumes"] else []
    return faults


def test_the_file_has_no_fault(compose: Compose) -> None:
    assert find_faults(compose) == []


def _break_service(name: str, **changes: object) -> Callable[[Compose], None]:
    return lambda compose: compose["services"][name].update(changes)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            _break_service("neo4j", environment={"NEO4J_AUTH": "neo4j/${NEO4J_PASSWORD:-password}"}),
            "NEO4J_AUTH has a value or a default",
        ),
        (
            _break_service("api", environment={"LIANZHANG_API_KEY": "secret"}),
            "LIANZHANG_API_KEY has a value or a default",
        ),
        (_break_service("api", ports=["8000:8000"]), "open to other machines"),
        (_break_service("api", ports=["0.0.0.0:8000:8000"]), "open to other machines"),
        (_break_service("api", depends_on={"redis": {"condition": "service_healthy"}}), "which is not a service"),
        (_break_service("api", depends_on={"neo4j": {"condition": "healthy"}}), "is not one of"),
        (_break_service("neo4j", healthcheck={"test": ["wget"]}), "healthcheck"),
        (_break_service("neo4j", volumes=["elsewhere:/data"]), "is not declared"),
        (_break_service("neo4j", image="neo4j"), "does not match"),
        (_break_service("neo4j", privileged=True), "privileged"),
        (lambda compose: compose.update(service={}), "service"),
        (lambda compose: compose["services"]["neo4j"].pop("healthcheck"), "no healthcheck"),
    ],
)
def test_a_planted_fault_is_found(compose: Compose, change: Callable[[Compose], None], fault: str) -> None:
    broken = copy.deepcopy(compose)
    change(broken)
    assert any(fault in told for told in find_faults(broken)), find_faults(broken)


def test_neo4j_keeps_its_data_and_is_asked_a_query(compose: Compose) -> None:
    neo4j = compose["services"]["neo4j"]
    assert neo4j["image"] == "neo4j:5.26-community"
    assert neo4j["volumes"] == ["neo4j-data:/data"]
    assert "cypher-shell" in neo4j["healthcheck"]["test"][1]
    # The image turns every NEO4J_* variable into a setting, and does not start with one it does not know.
    assert set(neo4j["environment"]) == {"NEO4J_AUTH", *OUTSIDE}
    assert {name: neo4j["environment"][name] for name in OUTSIDE} == OUTSIDE


def test_the_api_waits_for_neo4j_and_asks_for_a_key(compose: Compose) -> None:
    api = compose["services"]["api"]
    assert api["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert api["environment"]["LIANZHANG_STORE"] == "neo4j://neo4j:7687"
    assert {"LIANZHANG_NEO4J_PASSWORD", "LIANZHANG_API_KEY"} < set(api["environment"])


def test_the_image_is_built_from_files_that_are_here_and_runs_without_root(compose: Compose) -> None:
    lines = compose["services"]["api"]["build"]["dockerfile_inline"].splitlines()
    copied = [source for line in lines if line.startswith("COPY ") for source in line.split()[1:-1]]
    assert {"constraints.txt", "pyproject.toml", "graph", "loaders", "queries", "api", "seeds"} <= set(copied)
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [line for line in lines if line.startswith("USER ")] == ["USER lianzhang"]
