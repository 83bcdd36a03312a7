"""A judgement whether two firms are one: checked, then loaded as a row of the table 企业比对 like any other."""

from datetime import UTC, datetime

from graph.errors import InputError
from graph.model.edges import ComparedWith
from graph.names.comparisons import pair_of, read_comparisons
from graph.names.verdicts import DIFFERENT, SAME, UNDO
from graph.stores import Store
from loaders.changes import Change, apply

SOURCE = "企业比对(人工判断)"


def judge(store: Store, first: str, second: str, verdict: str, by: str, reason: str = "", role: str = "") -> None:
    """Keep what somebody judges of two firms (ids) at this moment; raises
    ``InputError`` where it contradicts what stands."""
    if first == second:
        raise InputError(f"两边是同一个编号 {first},请指定两家不同的企业")
    _check(store, first, second, verdict)
    key = {"enterprise": first, "other": second, "verdict": verdict, "decided_by": by}
    key["decided_at"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    told = {"reason": reason, "source": SOURCE, "status": "confirmed"}
    (done,) = apply(store, [Change(ComparedWith, key, told, by, reason, role=role)])
    if done.outcome == "refused":
        raise InputError(done.reason)


def _check(store: Store, first: str, second: str, verdict: str) -> None:
    judged = read_comparisons(store)
    standing = judged.verdicts.get(pair_of(first, second))
    if standing == verdict:
        raise InputError(f"{first} 与 {second} 的判断已经是“{verdict}”")
    if verdict == UNDO and standing is None:
        raise InputError(f"{first} 与 {second} 没有可以撤销的判断")
    if {verdict, standing} == {SAME, DIFFERENT}:
        raise InputError(f"{first} 与 {second} 已经判断为“{standing}”，请先撤销，再作新的判断")
    if verdict == SAME and (pair := judged.speaks_against(first, second)):
        raise InputError(f"{pair[0]} 与 {pair[1]} 已经判断为“{DIFFERENT}”，这样会把它们算作一家；请先撤销其中一个判断")
    if verdict == DIFFERENT and judged.who(first) == judged.who(second):
        raise InputError(f"{first} 与 {second} 经由别的判断算作一家,请先查看判断记录,撤销那些判断")
