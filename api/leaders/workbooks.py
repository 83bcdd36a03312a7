"""The leaders as a workbook: a sheet for each way of being named, what is missing, the made-up rows."""

from dataclasses import replace

from api.core.workbooks import make_tables_workbook
from queries.leaders.answers import Leaders
from queries.leaders.tables import table_of_samples, tables_of_leaders


def make_leaders_workbook(answer: Leaders) -> bytes:
    """Return the workbook of the leaders."""
    lines = [answer.verdict, f"截至 {answer.as_of}，规则 {answer.rules_version}"]
    samples = [replace(table_of_samples(answer), note="虚构，只作演示")] if answer.samples else []
    names = {source.id: source.name for source in answer.sources}
    title = f"{answer.chain.name}产业链链主" if answer.chain else "链主"
    return make_tables_workbook(title, lines, [*tables_of_leaders(answer).values(), *samples], names)
