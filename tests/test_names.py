"""Firms' names in their parts, places, and the credit code's check digit."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.names.names import (
    COMPACT_CODE,
    apart,
    check_code,
    check_codes,
    city_of_region,
    make_id,
    normal,
    normalise,
    split_name,
)

QINGDAO, SHANGHAI, SHANDONG = "370200", "310000", "370000"


@pytest.mark.parametrize(
    ("name", "core", "form", "place"),
    [
        ("青岛海尔模具有限公司", "海尔模具", "有限公司", QINGDAO),
        ("青岛海信模具有限公司", "海信模具", "有限公司", QINGDAO),
        ("海尔模具(青岛)有限公司", "海尔模具", "有限公司", QINGDAO),
        ("海尔模具（青岛）有限公司", "海尔模具", "有限公司", QINGDAO),
        ("山东省青岛市海尔模具有限责任公司", "海尔模具", "有限责任公司", QINGDAO),
        ("青岛市海尔模具", "海尔模具", "", QINGDAO),
        ("海信(集团)有限公司", "海信", "集团有限公司", ""),
        ("海信集团控股股份有限公司", "海信集团控股", "股份有限公司", ""),
        ("上海宝钢股份有限公司", "宝钢", "股份有限公司", SHANGHAI),
        ("青岛北海船舶重工有限责任公司", "北海船舶重工", "有限责任公司", QINGDAO),
        ("青岛", "青岛", "", ""),
        ("青岛港", "青岛港", "", ""),
        ("胶州啤酒厂", "啤酒厂", "", QINGDAO),
        ("有限公司", "有限公司", "有限公司", ""),
        ("ＡＢＣ·中国 有限公司", "abc中国", "有限公司", ""),
    ],
)  # fmt: skip
def test_a_name_falls_into_core_form_and_place(name: str, core: str, form: str, place: str) -> None:
    parts = split_name(normalise(name))
    assert (parts.core, parts.form, parts.place) == (core, form, place)


@pytest.mark.parametrize(
    ("text", "city"),
    [("青岛市", QINGDAO), ("青岛", QINGDAO), ("山东省青岛市", QINGDAO), ("山东", SHANDONG), ("胶州市", QINGDAO), ("上海", SHANGHAI), ("西海岸新区", ""), ("", ""), (None, "")],
)  # fmt: skip
def test_a_region_column_names_a_city(text: str | None, city: str) -> None:
    assert city_of_region(text) == city


@pytest.mark.parametrize(
    ("code", "compact", "check"),
    [
        ("91110000600037341L", "91110000600037341L", "有效"),
        (" 9111 0000-600037341l ", "91110000600037341L", "有效"),
        ("９１１１００００６０００３７３４１Ｌ", "91110000600037341L", "有效"),
        ("911100006000373410", "911100006000373410", "校验位不符"),
        ("9111000060003734", "9111000060003734", "格式不符"),
        ("无", "无", "格式不符"),
        ("91370200MA3******X", "91370200MA3******X", "格式不符"),
        ("9.137E+17", "9.137E+17", "格式不符"),
    ],
)  # fmt: skip
def test_a_credit_code_is_checked_and_kept(code: str, compact: str, check: str) -> None:
    assert check_code(code) == (compact, check)


def test_names_that_are_written_differently_are_the_same() -> None:
    assert {
        normalise(name)
        for name in ("青岛 ABC“甲”有限公司", "青岛ＡＢＣ甲有限公司", "青岛abc·甲有限公司", "青岛\u3000ABC甲有限公司")
    } == {"青岛abc甲有限公司"}


def test_a_name_of_marks_alone_keeps_them() -> None:
    assert [normalise(name) for name in ("··", "“”")] == ["··", "“”"]


@given(st.text(max_size=20).filter(lambda text: not any(0x1C <= ord(c) <= 0x1F for c in text)))
def test_one_name_is_compared_as_a_column_is(text: str) -> None:
    if "Σ" not in text and "İ" not in text:  # the two that Rust and Python lower differently
        assert pl.select(normal(pl.lit(text, dtype=pl.String))).item() == normalise(text)


@given(st.text(max_size=30))
def test_splitting_never_loses_the_name(text: str) -> None:
    parts = split_name(normalise(text))
    assert parts.exact == normalise(text)
    assert bool(parts.core) == bool(parts.exact)


def test_an_id_depends_on_every_part() -> None:
    assert make_id("ent", "甲", "370200") == make_id("ent", "甲", "370200")
    assert (
        len(
            {
                make_id("ent", "甲", "370200"),
                make_id("ent", "甲", ""),
                make_id("ent", "乙", "370200"),
                make_id("prod", "甲", "370200"),
            }
        )
        == 4
    )
    assert make_id("ent", "甲").startswith("ent-")


@pytest.mark.parametrize(
    ("left", "right", "two"),
    [(QINGDAO, SHANGHAI, True), (QINGDAO, SHANDONG, False), (SHANDONG, QINGDAO, False), (SHANDONG, SHANGHAI, True), (QINGDAO, "370100", True),
     (QINGDAO, QINGDAO, False), ("", QINGDAO, False), (SHANDONG, "", False)],
)  # fmt: skip
def test_a_province_does_not_exclude_its_cities(left: str, right: str, two: bool) -> None:
    assert apart(left, right) is two


@given(st.lists(st.none() | st.text("09AIXZ 无-", max_size=3) | st.from_regex(COMPACT_CODE.replace("$", r"\Z"))))
def test_codes_are_checked_together_as_one_by_one(codes: list[str | None]) -> None:
    codes += ["91110000600037341L", "911100006000373410", "91110000600037341l", "91370200264574251E"]
    uscc, check = check_codes(pl.Series(codes, dtype=pl.String))
    assert [*zip(uscc, check, strict=True)] == [
        check_code(code) if code is not None else (None, None) for code in codes
    ]
