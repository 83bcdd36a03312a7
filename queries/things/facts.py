"""A thing's own fields, with where each comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.currencies import CURRENCY_OF, CURRENCY_ZH
from graph.model import NODE_TYPES, Record
from graph.model.edits import Edit, read_edits
from queries.core.words import show_amount, show_number

NOT_FACTS = ("name", "source", "status", "place", "confidence", "field_sources", "subject", "unit")


@dataclass(frozen=True)
class Fact:
    """A field of a thing with its Chinese name, and its own source and status where they are not the thing's.

    ``edit`` is there where a person wrote it: who, when, and what files say.
    """

    zh: str
    text: str
    trust: tuple[str, str] | None = None
    partly: bool = False
    edit: Edit | None = None


def facts_of(thing: Mapping[str, Any], statuses: Sequence[str]) -> list[Fact]:
    """Return a thing's own fields; one that another source gave says which, and
    is left out where its status is switched off."""
    elsewhere = {field: (source, status) for field, source, status in map(_split, thing.get("field_sources") or [])}
    edits = read_edits(thing)
    facts = []
    fields = NODE_TYPES[thing["_label"]].model_fields
    # notes and validity last
    for name, info in sorted(fields.items(), key=lambda item: item[0] in Record.model_fields):
        value, edit = thing.get(name), edits.get(name)
        proof = None if edit else elsewhere.get(name)
        if (value in (None, "", []) and not edit) or (name in NOT_FACTS and not (name == "name" and (proof or edit))):
            continue
        if proof and proof[1] not in statuses:
            continue
        shown = "（空）" if value in (None, "", []) else _show(name, value, thing)
        facts.append(Fact(str(info.title), shown, proof, partly=isinstance(value, list), edit=edit))
    return facts


def written_by(thing: Mapping[str, Any], *fields: str) -> str:
    """Return who wrote what some fields of a thing hold, and when; nothing where files say it."""
    edits = read_edits(thing)
    return "、".join(dict.fromkeys(edit.whose for name in fields if (edit := edits.get(name))))


def _split(entry: str) -> tuple[str, str, str]:
    """Split "field|source|status"; a source's id may hold the mark itself."""
    field, _, rest = entry.partition("|")
    source, _, status = rest.rpartition("|")
    return field, source, status


def _show(name: str, value: Any, thing: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if name in CURRENCY_OF.values():
        return "人民币" if value == "CNY" else CURRENCY_ZH.get(value, value)
    if isinstance(value, float) and NODE_TYPES[thing["_label"]].kinds()[name].money:
        currency = str(thing.get(CURRENCY_OF[name]) or "") if name in CURRENCY_OF else "CNY"
        return show_amount(value, CURRENCY_ZH.get(currency, currency))
    if isinstance(value, float):
        return show_amount(value, str(thing.get("unit") or "")) if name == "value" else show_number(value)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
