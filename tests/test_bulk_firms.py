"""Firms that are told apart in columns get what one-by-one identity would give them."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.nodes import Enterprise
from graph.names.names import make_id
from graph.stores.base import schema
from loaders.rows.bulk_firms import ids_of_alone
from loaders.rows.firms import NO_AGES, _identify_one_by_one, _with_codes, identify_firms

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
    "丙有限公司",
    "丁 有限公司",
    "戊有限公司",
]
CODES = [None, None, "91370200MA3C0XXU2Q", "91370200264574251E", "91370299MA0000001X", "无"]
IDS = ["ent-1", "ent-2", "ent-3", "ent-4", f"ent-{CODES[3]}", make_id("ent", "丙有限公司", ""), None]
NO_ID: list[str | None] = [None]
Found = tuple[str | None, str, str | None, tuple[str, ...], str | None, str | None]


def rows(ids: list[str | None], most: int) -> st.SearchStrategy[list[Found]]:
    """Return rows with some of the ids: id, name, code, other names, region, stock code."""
    others = st.sampled_from(
        [(), (), ("恒源",), ("乙厂",), ("己旧厂",), ("庚旧厂", "己旧厂", "庚旧厂"), ("丙有限公司",)]
    )
    where, stock = st.sampled_from([None, "青岛市", "上海市"]), st.sampled_from([None, None, "000001"])
    row = st.tuples(st.sampled_from(ids), st.sampled_from(NAMES), st.sampled_from(CODES), others, where, stock)
    return st.lists(row, min_size=1, max_size=most)


def frame_of(found: list[Found]) -> pl.DataFrame:
    """Rows as they come out of validation."""
    blank = dict.fromkeys(schema(Enterprise)) | {"region": None}
    types = schema(Enterprise) | {"region": pl.String}
    made = [
        blank
        | {"id": id, "name": name, "uscc": code, "aliases": [*others] or None, "region": where, "stock_code": stock}
        for id, name, code, others, where, stock in found
    ]
    return _with_codes(pl.DataFrame(made, schema=types))


@settings(max_examples=600)
@given(rows(IDS, 6) | rows(NO_ID, 6), rows(IDS[:-1], 3) | st.just([]))
def test_columns_and_one_by_one_agree(found: list[Found], there: list[Found]) -> None:
    """With ids and without, with codes and former names, beside firms of the graph and beside none."""
    frame = frame_of(found)
    known = frame_of([*{firm[0]: firm for firm in there}.values()]).select(list(schema(Enterprise)))
    quick, slow = identify_firms(frame, known, {}, {}), _identify_one_by_one(frame, known, {}, {}, NO_AGES)
    shown = ["id", "name", "uscc", "uscc_check", "aliases"]
    assert quick.frame.select(shown).rows() == slow.frame.select(shown).rows()
    assert sorted(quick.refused) == sorted(slow.refused)


def test_firms_with_nothing_in_common_are_alone() -> None:
    frame = frame_of(
        [
            ("a", "示例甲有限公司", None, (), None, None),
            ("b", "示例乙有限公司", None, (), None, None),
            ("c", "青岛示例乙公司", None, (), None, None),
            (None, "示例丙", None, (), None, None),
        ]
    )
    made = make_id("ent", "示例丙", "")
    known = frame_of([]).select(list(schema(Enterprise)))
    assert ids_of_alone(frame, known).to_list() == ["a", None, None, made]
    assert ids_of_alone(frame.head(1), frame.select(list(schema(Enterprise)))).to_list() == ["a"]


def test_firms_of_a_list_have_no_ids_and_are_alone_all_the_same() -> None:
    frame = frame_of(
        [
            (None, "示例甲有限公司", CODES[3], ("示例甲旧厂",), None, None),
            (None, "示例乙有限公司", None, (), "青岛市", None),
            (None, "示例丙有限公司", "无", (), None, None),
            (None, "示例丁有限公司", None, ("示例戊有限公司",), None, None),
            (None, "示例戊有限公司", None, (), None, None),
        ]
    )
    known = frame_of([]).select(list(schema(Enterprise)))
    ids = [
        f"ent-{CODES[3]}",
        make_id("ent", "示例乙有限公司", "370200"),
        make_id("ent", "示例丙有限公司", ""),
        None,
        None,
    ]
    assert ids_of_alone(frame, known).to_list() == ids
    again = frame.head(1).with_columns(pl.lit("ent-9").alias("id")).select(list(schema(Enterprise)))
    assert ids_of_alone(frame.head(1), again).to_list() == ["ent-9"]  # known by its code, its names its own
