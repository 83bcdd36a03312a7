"""The form in which somebody changes a thing, and what is shown to the second of two who change it at once."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.forms import FormDep, see
from api.core.page import VisitDep
from graph.currencies import CURRENCY_OF, CURRENCY_ZH
from graph.errors import Conflict, InputError, LianzhangError, NotFound
from graph.model import NODE_TYPES, Node
from graph.model.edits import read_edits, tag_of
from loaders.changes import Change, apply, standing, writable
from loaders.rows.merge import PROOF

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

LISTED = "；"  # between the values of a field that holds several
HINTS = {"date": "如 2026-11-30、2026-11、2026", "list": f"几个之间用“{LISTED}”分开", "float": "数字"}
CURRENCIES_CALLED = CURRENCY_ZH | {"CNY": "人民币"}
RECKONED = ("uscc_check",)  # the load makes these of other fields
OF_FILES = tuple(name for name in PROOF if name != "note")  # a person's word carries its own: who, when and why


def _record(label: str) -> type[Node]:
    record = NODE_TYPES.get(label)
    if record is None:
        raise NotFound(f"没有“{label[:60]}”这一类")
    return record


def _row(visit: VisitDep, record: type[Node], id: str) -> dict[str, Any]:
    row = standing(visit.store, record, {"id": id})
    if row is None:
        raise NotFound(f"图中没有编号为“{id[:60]}”的{record.table.zh}")
    visit.view.refuse_hidden(row | {"_label": record.label()})
    return row


def _text(value: Any, money: bool = False) -> str:
    """Return a value as a form holds it; money in 亿, where that is short."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and money and value >= 1e8 and round(value / 1e8, 6) * 1e8 == value:
        return f"{value / 1e8:.12g}亿"
    if isinstance(value, float):
        return f"{value:.15g}"
    return LISTED.join(value) if isinstance(value, list) else "" if value is None else str(value)


def _show(
    visit: VisitDep,
    record: type[Node],
    row: Mapping[str, Any],
    mine: Mapping[str, str],
    error: LianzhangError | None = None,
) -> Response:
    """Return the form of a row with what the writer wrote; after an error, with that."""
    kinds, edits = record.kinds(), read_edits(row)
    fields = [
        {
            "name": name,
            "zh": record.model_fields[name].title,
            "value": mine.get(name, _text(row[name], kinds[name].money)),
            "stands": _text(row[name], kinds[name].money),
            "differs": name in mine and mine[name] != _text(row[name], kinds[name].money),
            "called": CURRENCIES_CALLED if name in CURRENCY_OF.values() else {},
            "choices": ("是", "否") if kinds[name].name == "bool" else kinds[name].choices,
            "hint": "如 12亿元、3000万" if kinds[name].money else HINTS.get(kinds[name].name, ""),
            "long": kinds[name].max_length > 200,
            "required": record.model_fields[name].is_required(),
            "edit": edits.get(name),
        }
        for name in sorted(writable(record), key=lambda name: name == "note")
        if name not in (*OF_FILES, *RECKONED)
    ]
    values = {"fields": fields, "row": row, "record": record, "tag": tag_of(row)}
    values["problem"] = error.message if error else ""
    answer = visit.render("edit.html", str(row["name"]), why=mine.get("why", ""), **values)
    answer.status_code = error.status if error else 200
    return answer


@router.get("/edit/{label}/{id:id}")
def show_form(label: str, id: str, visit: VisitDep) -> Response:
    """Show the fields of a thing to be written in."""
    record = _record(label)
    return _show(visit, record, _row(visit, record, id), {})


@router.post("/edit/{label}/{id:id}")
def take_form(label: str, id: str, visit: VisitDep, form: FormDep) -> Response:
    """Write what differs from what the writer saw; where somebody was faster, show both."""
    record, person = _record(label), visit.person
    row = _row(visit, record, id)
    given = {name: form[name].strip() for name in writable(record) if name in form and name not in OF_FILES}
    seen = {name: form.get(f"seen-{name}", "") for name in given}
    written = {name: value or None for name, value in given.items() if value != seen[name]}
    mine = given | {"why": form.get("why", "")}
    change = Change(record, {"id": id}, written, person.name, mine["why"], form.get("tag", ""), person.role)
    try:
        if not written:
            raise InputError("没有改动什么")
        (done,) = apply(visit.store, [change])
        if done.outcome == "refused":
            raise InputError(done.reason)
    except Conflict as error:  # the rest of the form is what stands now
        own = {name: value for name, value in mine.items() if name in written or name == "why"}
        return _show(visit, record, _row(visit, record, id), own, error)
    except LianzhangError as error:
        return _show(visit, record, row, mine, error)
    return see(visit.links.thing(label, id))
