"""Which states are others after a load, and why; what is seen on the day on which something ends."""

from pathlib import Path

import pytest
from gap_parts import firm, look, put

from api.load.seen import first_after
from graph.scope import Scope
from graph.stores import Store, open_store
from queries.core.view import View
from queries.gaps.flips import flips


def told(before: Store, after: Store, day: str = "2026-11-24") -> dict[str, tuple[str, str, str]]:
    scope = Scope(day=day)
    found = flips(View.of(before, scope), View.of(after, scope))
    return {flip.place: (flip.before, flip.after, flip.reason.code) for flip in found}


def test_states_flip_by_what_was_looked_through_and_by_firms(store: Store, tmp_path: Path) -> None:
    empty = open_store(f"ladybug://{tmp_path}/none/g.lbug")
    made = [open_store(f"ladybug://{tmp_path}/{number}/g.lbug") for number in range(2)]
    put(store, tmp_path / "in", coverages=[look("demo.raw")])
    put(made[0], tmp_path / "in0")
    put(made[1], tmp_path / "in1", coverages=[look("demo.raw")], enterprises=[firm("a", products="矿石")])
    assert (told(store, store), told(empty, store), told(store, empty)) == ({}, {}, {})
    looked = told(made[0], store)
    assert looked["矿石"] == looked["箔材"] == ("未知", "缺链", "now_looked_through")
    assert "芯片件" not in looked
    assert told(store, made[0])["矿石"] == ("缺链", "未知", "no_longer_looked_through")
    assert told(store, made[1]) == {
        "矿石": ("缺链", "弱链", "firms_moved"),
        "原料": ("缺链", "弱链", "firms_moved"),
    }
    for one in (empty, *made):
        one.close()


@pytest.mark.parametrize(
    ("day", "next_day"),
    [("2026", "2027-01-01"), ("2026-12", "2027-01-01"), ("2026-02", "2026-03-01"), ("2026-11-30", "2026-12-01"), ("", ""), ("上月", "")],
)  # fmt: skip
def test_the_first_day_after_a_day_that_may_be_a_month(day: str, next_day: str) -> None:
    assert first_after(day) == next_day
