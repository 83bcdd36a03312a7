"""What has been judged of pairs of firms: the last word on each pair, and the one firm that several are taken for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from graph.model.edges import ComparedWith
from graph.names.verdicts import DIFFERENT, SAME
from graph.stores import Tables
from graph.stores.base import schema

FIRMS = ("Enterprise", "Enterprise")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Comparisons:
    """The judgements that stand: the last word on each pair, and for each firm that is taken for another, which one."""

    verdicts: dict[Pair, str]
    taken_for: dict[str, str]

    def who(self, id: str) -> str:
        """Return the firm that a firm is taken for: mostly itself."""
        return self.taken_for.get(id, id)

    def settled(self, left: str, right: str) -> bool:
        """Tell whether it stands of two firms that they are one, or that they are two."""
        return self.who(left) == self.who(right) or self.speaks_against(left, right) is not None

    def speaks_against(self, left: str, right: str) -> Pair | None:
        """Return a pair that is judged to be two firms and that would be one if these two were."""
        heads = pair_of(self.who(left), self.who(right))
        told = (pair for pair, verdict in self.verdicts.items() if verdict == DIFFERENT)
        return min((pair for pair in told if pair_of(*map(self.who, pair)) == heads), default=None)


def pair_of(left: str, right: str) -> Pair:
    """Return two ids in the order in which a pair is known, whoever was named first."""
    return (left, right) if left < right else (right, left)


def as_one(edges: pl.DataFrame, taken_for: Mapping[str, str], ends: Sequence[str] = ("from", "to")) -> pl.DataFrame:
    """Return edges with the firms at some ends that are judged to be one as
    one; what led from one of them to another is left out."""
    if not taken_for or not ends:
        return edges
    joined = edges.with_columns(pl.col(ends).replace(taken_for))
    return joined.filter((joined["from"] != joined["to"]) | (edges["from"] == edges["to"]))


def read_judgements(store: Tables) -> pl.DataFrame:
    """Return every judgement on two different firms, in the order in which they were made."""
    frames = [*store.edges(ComparedWith, FIRMS)]
    if not frames:
        return pl.DataFrame(schema=schema(ComparedWith))
    return (
        pl.concat(frames)
        .filter(pl.col("from") != pl.col("to"))
        .sort("decided_at", "from", "to", "verdict", "decided_by")
    )


def read_comparisons(store: Tables) -> Comparisons:
    """Return the judgements that stand: of each pair the last, unless it took back what was said."""
    last: dict[Pair, tuple[str, str, str]] = {}
    for first, second, verdict in read_judgements(store).select("from", "to", "verdict").iter_rows():
        last.pop(pair_of(first, second), None)
        last[pair_of(first, second)] = first, second, verdict
    comparisons = Comparisons({pair: verdict for pair, (_, _, verdict) in last.items()}, {})
    for first, second, verdict in last.values():
        # where others would join what one pair tells apart, it stays apart
        if verdict == SAME and not comparisons.speaks_against(first, second):
            chosen, joined = comparisons.who(first), comparisons.who(second)
            comparisons.taken_for.update(
                {id: chosen for id, head in comparisons.taken_for.items() if head == joined}
                | ({joined: chosen} if chosen != joined else {})
            )
    return comparisons
