"""A step of the ledger of matches: checked, then loaded as a row of the table 匹配 like any other."""

from collections.abc import Mapping

from graph.errors import InputError
from graph.model.edges import Matched
from graph.stores import Store
from loaders.changes import Change, Done, apply

KEY = ("supplier", "customer", "product", "stage", "happened_on", "handled_by", "note")
DROPPED = "放弃"


def record_step(store: Store, step: Mapping[str, str], by: str, role: str = "") -> Done:
    """Keep a step of a match: its fields by name, with its ``source`` and ``status``; raises ``InputError`` for one
    that cannot be."""
    said = {name: str(step.get(name) or "").strip() for name in (*KEY, "source", "status")}
    if said["stage"] == DROPPED and not said["note"]:
        raise InputError("放弃要写原因: 请填备注")
    key = {name: said[name] for name in KEY}
    proof = {"source": said["source"], "status": said["status"] or "据报道"}
    (done,) = apply(store, [Change(Matched, key, proof, by, said["note"], role=role)])
    if done.outcome == "refused":
        raise InputError(done.reason)
    return done
