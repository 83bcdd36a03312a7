"""A registry as a workbook: a sheet for each of its parts, the made-up rows on sheets of their own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from api.core.workbooks import make_tables_workbook
from graph.outputs import write_bytes
from queries.clusters.answers import Clusters
from queries.clusters.tables import tables_of_clusters, tables_of_sample_clusters
from queries.core.table import Table
from queries.registries.answers import Registry
from queries.registries.tables import tables_of_registry, tables_of_samples

Tables = dict[str, Table[Any]]


def tables_of(answer: Registry) -> tuple[Tables, Tables]:
    """Return the tables of a registry, and those of what is made up."""
    if isinstance(answer, Clusters):
        return tables_of_clusters(answer), tables_of_sample_clusters(answer)
    return tables_of_registry(answer), tables_of_samples(answer)


def make_registry_workbook(answer: Registry) -> bytes:
    """Return the workbook of a registry."""
    lines = [answer.verdict, f"截至 {answer.as_of}，规则 {answer.rules_version}"]
    tables, samples = tables_of(answer)
    made_up = [replace(table, note="虚构，只作演示") for table in samples.values()]
    names = {source.id: source.name for source in answer.sources}
    return make_tables_workbook(answer.title, lines, [*tables.values(), *made_up], names)


def write_registry_workbook(answer: Registry, path: Path) -> None:
    """Write the workbook of a registry to a file."""
    write_bytes(path, make_registry_workbook(answer))
