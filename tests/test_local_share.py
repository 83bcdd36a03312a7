"""The local share of what a leader buys: made parts lists of many shapes with answers by hand, bounds, rights, faces."""

import json
from pathlib import Path

import pytest
from share_parts import LISTS, MadeList, load_list, share_of, with_city, write_list

from graph.stores import Store
from queries.local_share.answers import LocalShare, NotBought, ShareBounds


def percent(bounds: ShareBounds) -> tuple[int, int] | None:
    if bounds.low is None or bounds.high is None:
        return None
    return round(100 * bounds.low), round(100 * bounds.high)


def read_off(answer: LocalShare) -> tuple[object, ...]:
    bought = {(part.path or "").rpartition("/")[2]: str(part.verdict) for part in answer.parts}
    skipped = {line.part for line in answer.skipped}
    return bought, percent(answer.by_count), percent(answer.by_value), skipped, answer.by_value.left_out


def by_hand(made: MadeList) -> tuple[object, ...]:
    return {**made.bought}, made.count, made.value, set(made.skipped), made.no_amount


@pytest.mark.parametrize("made", LISTS, ids=[made.name for made in LISTS])
def test_a_list_is_read_as_a_person_reads_it(embedded: Store, tmp_path: Path, made: MadeList) -> None:
    with_city(embedded, tmp_path / "city")
    report = load_list(embedded, write_list(tmp_path / made.file, made))
    assert (report.rejected, report.failed) == ([], [])
    answer = share_of(embedded)
    assert read_off(answer) == by_hand(made)
    assert len(answer.parts) == len(made.bought)
