"""Things of any kind: everything about one, the published figures, the sources."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from graph.errors import NotFound
from graph.model import NODE_TYPES
from graph.model.edits import tag_of
from queries.core.answers import Figure, Related, SourceUsed, Thing, ThingView
from queries.core.view import View
from queries.things.chains import related

MOST_RELATIONS = 2_000
FIGURE_TEXTS = ("metric", "original", "unit", "qualifier", "scope", "as_of", "place", "note")


def view_thing(view: View, label: str, id: str, most: int = MOST_RELATIONS) -> ThingView:
    """Return everything about one thing, at most ``most`` relations either way;
    raises ``NotFound`` for what is not there."""
    record = NODE_TYPES.get(label)
    if record is None:
        raise NotFound(f"没有“{label[:60]}”这一类；图中有 {'、'.join(node.table.zh for node in NODE_TYPES.values())}")
    thing = next((row["thing"] for row in view.whole.ask("thing", labels=[label], id=id)), None)
    if thing is None:
        raise NotFound(f"图中没有编号为“{id[:60]}”的{record.table.zh}，可用搜索按名称、简称或拼音查找")
    view.refuse_hidden(thing)
    sides = [view.ask(question, labels=[label], id=id, size=most + 1) for question in ("thing_out", "thing_in")]
    outgoing, incoming = ([row for row in side[:most] if view.shows(row["relation"], row["other"])] for side in sides)
    figures = [row["other"] for row in incoming if row["relation"]["_label"] == "ABOUT"]
    return ThingView(
        etag=tag_of(thing),
        thing=thing,
        outgoing=_relations(outgoing),
        incoming=_relations([row for row in incoming if row["relation"]["_label"] != "ABOUT"]),
        statements=sorted(figures, key=lambda figure: str(figure["id"])),
        truncated=any(len(side) > most for side in sides),
    )


def _relations(rows: list[dict[str, Any]]) -> list[Related]:
    """Return the other ends of some relations, each with the relation's own fields and what the other thing is."""
    return related(
        [{"relation": row["relation"], "other": _described(row["other"], row["relation"])} for row in rows], "other"
    )


def _described(thing: dict[str, Any], relation: dict[str, Any]) -> dict[str, Any]:
    """Return what a relation's row may say of the other thing: its description
    only where the relation's provenance holds for it too."""
    same = all(thing[name] == relation[name] for name in ("source", "status"))
    mixed = any(entry.startswith("description|") for entry in thing.get("field_sources", ()))
    fields = ("_label", "id", "name", "metric", *(("description",) if same and not mixed else ()))
    return {name: thing[name] for name in fields if name in thing}


def list_figures(view: View, after: str = "", size: int = 50) -> tuple[list[Figure], str | None]:
    """Return a page of published figures by id, each with what it is about, and
    the id to continue after (None at the end)."""
    by_id: dict[str, Figure] = {}
    for row in view.ask("statements", after=after, size=size + 1):
        figure = by_id.setdefault(row["statement"]["id"], Figure(statement=row["statement"], subjects=[]))
        if row.get("subject"):
            subject = row["subject"]
            figure.subjects.append(Thing(label=subject["_label"], id=subject["id"], name=subject["name"]))
    figures = list(by_id.values())
    return figures[:size], figures[size - 1].statement["id"] if len(figures) > size else None


def find_figures(view: View, words: Sequence[str]) -> list[Figure]:
    """Return all figures whose subject, metric, wording, scope, date, source or
    place hold every word, in lower case."""
    sources, matching = list_sources(view), list[Figure]()
    after: str | None = ""
    while after is not None:
        figures, after = list_figures(view, after, 5_000)
        for figure in figures:
            own = (str(figure.statement.get(field) or "") for field in FIGURE_TEXTS)
            source = str(sources.get(figure.statement["source"], {}).get("name") or "")
            text = " ".join((*own, source, *(subject.name for subject in figure.subjects))).lower()
            if all(word in text for word in words):
                matching.append(figure)
    return matching


def list_sources(view: View) -> dict[str, dict[str, Any]]:
    """Return all sources by id."""
    return {row["source"]["id"]: row["source"] for row in view.whole.ask("sources")}


def sources_used(view: View, ids: Iterable[str]) -> list[SourceUsed]:
    """Return the sources of some rows, by id, each with how many rows are of it."""
    known, counted = list_sources(view), Counter(id for id in ids if id)
    return [SourceUsed(**known.get(id, {"id": id, "name": id}), rows=rows) for id, rows in sorted(counted.items())]
