"""Rows that the graph lacks: what, why they matter, and the form that would fill them."""

from graph.model import find_type
from queries.core.answers import MissingRows
from queries.core.reason import Reason


def lacking(topic: str, form: str, what: Reason, why: Reason) -> MissingRows:
    """Return rows that are lacking, with the form of a kind."""
    record = find_type(form)
    assert record is not None, form
    return MissingRows(topic=topic, what=what, why=why, form=form, form_name=record.table.zh)
