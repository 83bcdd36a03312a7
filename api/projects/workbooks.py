"""The projects as a workbook: the funnel, the projects, what is missing, the made-up rows on sheets of their own."""

from dataclasses import replace

from api.core.workbooks import make_tables_workbook
from queries.projects.answers import Projects
from queries.projects.tables import tables_of_projects, tables_of_samples


def make_projects_workbook(answer: Projects) -> bytes:
    """Return the workbook of the projects."""
    lines = [answer.verdict, f"截至 {answer.as_of}，规则 {answer.rules_version}"]
    samples = [replace(table, note="虚构，只作演示") for table in tables_of_samples(answer).values()]
    names = {source.id: source.name for source in answer.sources}
    title = f"{answer.chain.name}产业链项目" if answer.chain else "项目"
    return make_tables_workbook(title, lines, [*tables_of_projects(answer).values(), *samples], names)
