"""The city at a glance as a workbook."""

from api.core.workbooks import make_tables_workbook
from queries.dashboard.answers import Dashboard
from queries.dashboard.tables import notes_of_dashboard, tables_of_dashboard


def make_dashboard_workbook(answer: Dashboard) -> bytes:
    """Return the workbook of the city at a glance, a sheet for each part."""
    names = {source.id: source.name for source in answer.sources}
    return make_tables_workbook(
        "驾驶舱", [*notes_of_dashboard(answer, {})], [*tables_of_dashboard(answer).values()], names
    )
