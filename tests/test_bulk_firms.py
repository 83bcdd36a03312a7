"""Firms that are told apart in columns get what one-by-one identity would give them."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.nodes import Enterprise
from graph.stores.base import schema
from loaders.rows.bulk_firms import find_alone
from loaders.rows.firms import _identify_one_by_one, _with_codes, identify_firms

NAMES = [
    "青岛恒源有限公司",
    "恒源（青岛）有限公司",
    "恒源",
    "恒源股份有限公司",
    "山东青岛恒源",
    "上海恒源有限公司",
    "北海恒源",
    "甲公司",
    "乙厂",
    "乙 厂",
    "集团",
]
CODES = [None, None, "91370200MA3C0XXU2Q", "91370200264574251E", "无"]
IDS = [None, "ent-1", "ent-2", "ent-3", "ent-4"]
rows = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(NAMES),
        st.sampled_from(CODES),
        st.sampled_from([None, None, "恒源", "乙厂"]),
    ),
    min_size=1,
    max_size=6,
)


def frame_of(found: list[tuple[str | None, str, str | None, str | None]]) -> pl.DataFrame:
    """Rows as they come out of validation."""
    blank = dict.fromkeys(schema(Enterprise)) | {"region": None}
    types = schema(Enterprise) | {"region": pl.String}
    made = [
        blank | {"id": id_, "name": name, "uscc": code, "aliases": [alias] if alias else None}
        for id_, name, code, alias in found
    ]
    return _with_codes(pl.DataFrame(made, schema=types))


@settings(max_examples=300)
@given(
    rows,
    st.lists(
        st.tuples(st.sampled_from(IDS[1:]), st.sampled_from(NAMES), st.sampled_from(CODES)),
        max_size=3,
        unique_by=lambda row: row[0],
    ),
)
def test_columns_and_one_by_one_agree(
    found: list[tuple[str | None, str, str | None, str | None]], there: list[tuple[str, str, str | None]]
) -> None:
    frame, known = frame_of(found), frame_of([(*firm, None) for firm in there]).select(list(schema(Enterprise)))
    quick, slow = identify_firms(frame, known, {}, {}), _identify_one_by_one(frame, known, {}, {})
    shown = ["id", "name", "uscc", "uscc_check", "aliases"]
    assert quick.frame.select(shown).rows() == slow.frame.select(shown).rows()
    assert sorted(quick.refused) == sorted(slow.refused)


def test_firms_with_nothing_in_common_are_alone() -> None:
    frame = frame_of(
        [
            ("a", "示例甲有限公司", None, None),
            ("b", "示例乙有限公司", None, None),
            ("c", "青岛示例乙公司", None, None),
            (None, "示例丙", None, None),
        ]
    )
    known = frame_of([]).select(list(schema(Enterprise)))
    assert find_alone(frame, known).to_list() == [True, False, False, False]
    assert find_alone(frame.head(1), frame.select(list(schema(Enterprise)))).to_list() == [True]
