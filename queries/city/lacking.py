"""Rows that the graph lacks: what, why they matter, and the form that would fill them."""

from collections.abc import Sequence

from graph.model import find_type
from queries.city.answers import MissingRows
from queries.core.reason import Reason
from queries.core.table import Ask, Column, Table

COLUMNS: list[Column[MissingRows]] = [
    Column("缺哪些行", lambda one: one.what),
    Column("为什么要", lambda one: one.why),
    Column("空表", lambda one: Ask(f"templates/{one.form}.xlsx", f"下载“{one.form_name}”空表"), on="page"),
    Column("空表", lambda one: f"lianzhang template {one.form} --out {one.form}.xlsx", on="text"),
]


def lacking(topic: str, form: str, what: Reason, why: Reason) -> MissingRows:
    """Return rows that are lacking, with the form of a kind."""
    record = find_type(form)
    assert record is not None, form
    return MissingRows(topic=topic, what=what, why=why, form=form, form_name=record.table.zh)


def table_missing(rows: Sequence[MissingRows]) -> Table[MissingRows]:
    """Return what is lacking as a table."""
    return Table("missing", "还缺哪些行", COLUMNS, rows, "填好的空表由“载入”交回；没有登记不等于没有。", "没有")
