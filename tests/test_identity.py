"""Which row is which firm: codes, names, places, legal forms, aliases; conflicts with both sides; no order matters."""

from itertools import permutations
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loader_parts import check, counts, firms, new_store, put, rows_of, run, where

import loaders.rows.firms
from graph.model.nodes import Enterprise, Product
from graph.names.names import city_of_region
from graph.stores.base import schema
from loaders.rows.firms import Cities, Identified
from loaders.rows.identity import identify_nodes
from loaders.rows.merge import ORDER, merge

A, B = "91110000600037341L", "91310000607378229C"
WRONG = "911100006000373410"
HEADS = "名称,统一社会信用代码,区域,别名,来源\n"


def write(path: Path, *rows: str) -> Path:
    return put(path, HEADS + "".join(f"{row},年鉴\n" for row in rows))


def firms_of(tmp_path: Path, *rows: str) -> list[tuple[str, str | None]]:
    """Load rows (name, code, region, aliases) and return the firms with their codes."""
    regions = "".join(f"{region},年鉴\n" for region in ("青岛市", "上海市", "山东省", "西海岸新区"))
    store = new_store(tmp_path)
    run(store, put(tmp_path / "regions.csv", f"名称,来源\n{regions}"), write(tmp_path / "enterprises.csv", *rows))
    return sorted(store.nodes(Enterprise).select("name", "uscc").rows(), key=str)


def number_of(folder: Path, *rows: str) -> int:
    """Return how many firms the rows are, without writing them."""
    regions = put(folder / "regions.csv", "名称,来源\n青岛市,年鉴\n上海市,年鉴\n山东省,年鉴\n西海岸新区,年鉴\n")
    return check(folder, regions, write(folder / "enterprises.csv", *rows)).nodes["Enterprise"]


@pytest.mark.parametrize(
    "names",
    [
        ("青岛海尔模具有限公司", "青岛海尔模具有限公司"),
        ("青岛ABC有限公司", "青岛ＡＢＣ有限公司"),
        ("海尔模具(青岛)有限公司", "海尔模具（青岛）有限公司"),
        ("青岛海尔模具有限公司", "海尔模具（青岛）有限公司"),
        ("青岛海尔模具有限公司", "青岛海尔模具"),
        ("青岛海尔模具有限公司", "山东省青岛市海尔模具有限公司"),
        ("青岛“海尔”模具有限公司", "青岛 海尔 模具有限公司"),
    ],
)  # fmt: skip
def test_one_firm_by_two_spellings(tmp_path: Path, names: tuple[str, str]) -> None:
    for number, (first, second) in enumerate((names, names[::-1])):
        assert number_of(tmp_path / str(number), f"{first},,,", f"{second},,,") == 1


@pytest.mark.parametrize(
    "names",
    [
        ("青岛海尔模具有限公司", "青岛海信模具有限公司"),
        ("青岛海尔模具有限公司", "上海海尔模具有限公司"),
        ("青岛海尔模具有限公司", "青岛海尔模具股份有限公司"),
        ("青岛海尔模具有限公司", "海尔模具有限公司"),
        ("青岛海尔", "青岛海信"),
        ("青岛北海船厂有限公司", "青岛船厂有限公司"),
        ("青岛崂山旅游集团有限公司", "青岛旅游集团有限公司"),
        ("··", "“”"),
    ],
)  # fmt: skip
def test_two_firms_of_like_names(tmp_path: Path, names: tuple[str, str]) -> None:
    assert number_of(tmp_path, *(f"{name},,," for name in names)) == 2


def test_the_code_decides_before_the_name(tmp_path: Path) -> None:
    assert firms_of(tmp_path, f"青岛甲有限公司,{A},,", f"青岛甲,{A.lower()},,") == [("青岛甲有限公司", A)]


def test_a_wrong_check_digit_is_flagged_and_kept(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    path = write(
        tmp_path / "enterprises.csv", f"甲公司,{WRONG},,", f"乙公司,{A},,", "丙公司,无,,", "丁公司,无,,", "戊公司,,,"
    )
    assert counts(run(store, path)) == {"read": 5, "new": 5}
    codes = store.nodes(Enterprise).sort("name").select("name", "uscc", "uscc_check").rows()
    assert codes == [
        ("丁公司", None, None),
        ("丙公司", None, None),
        ("乙公司", A, "有效"),
        ("戊公司", None, None),
        ("甲公司", WRONG, "校验位不符"),
    ]


def test_same_name_and_different_codes_are_two_firms_and_a_conflict(tmp_path: Path) -> None:
    report = check(tmp_path, write(tmp_path / "enterprises.csv", f"甲公司,{A},,", f"甲公司,{B},,"))
    assert counts(report) == {"read": 2, "new": 2}
    assert [(conflict.reason, conflict.left, conflict.right) for conflict in report.conflicts] == [
        (
            "名称相同,统一社会信用代码不同,按两家企业载入",
            {"name": "甲公司", "uscc": B},
            {"id": f"ent-{A}", "name": "甲公司", "uscc": A},
        )
    ]


def test_same_code_and_different_names_is_refused_with_both_sides(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(store, write(tmp_path / "enterprises.csv", f"青岛甲有限公司,{A},,"))
    report = run(store, write(tmp_path / "2" / "enterprises.csv", f"青岛乙有限公司,{A},,"))
    assert counts(report) == {"read": 1, "rejected": 1}
    assert where(report) == [(2, "统一社会信用代码")]
    assert report.rejected[0].value == A
    assert "青岛甲有限公司" in report.rejected[0].reason
    assert [(conflict.left, conflict.right) for conflict in report.conflicts] == [
        ({"name": "青岛乙有限公司", "uscc": A}, {"id": f"ent-{A}", "name": "青岛甲有限公司", "uscc": A})
    ]
    assert firms(store) == ["青岛甲有限公司"]


def test_a_firm_that_says_its_former_name_is_renamed(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(store, write(tmp_path / "enterprises.csv", f"青岛甲有限公司,{A},,"))
    report = run(store, write(tmp_path / "2" / "enterprises.csv", f"青岛乙有限公司,{A},,青岛甲有限公司"))
    assert counts(report) == {"read": 1, "changed": 1}
    assert store.nodes(Enterprise).select("name", "aliases").rows() == [("青岛乙有限公司", ["青岛甲有限公司"])]
    again = run(store, write(tmp_path / "3" / "enterprises.csv", f"青岛甲有限公司,{A},,"))
    assert counts(again) == {"read": 1, "same": 1}
    assert firms(store) == ["青岛乙有限公司"]


def test_a_code_of_the_wrong_form_does_not_replace_a_right_one(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    rows = [f"青岛甲有限公司,{A},,", "青岛甲有限公司,无,,", "青岛甲有限公司,见附件,,"]
    assert counts(run(store, write(tmp_path / "enterprises.csv", *rows))) == {"read": 3, "new": 1, "same": 2}
    assert store.nodes(Enterprise).select("uscc", "uscc_check").rows() == [(A, "有效")]
    assert counts(run(store, write(tmp_path / "2" / "enterprises.csv", *rows[::-1]))) == {"read": 3, "same": 3}


def test_renamings_follow_one_another_in_any_order(tmp_path: Path) -> None:
    rows = [f"丙公司,{A},,", f"乙公司,{A},,丙公司", f"甲公司,{A},,乙公司"]
    for number, order in enumerate([rows, rows[::-1]]):
        store = new_store(tmp_path / str(number))
        assert run(store, write(tmp_path / str(number) / "enterprises.csv", *order)).total("rejected") == 0
        assert store.nodes(Enterprise)["name"].to_list() == ["甲公司"]
        assert sorted(store.nodes(Enterprise)["aliases"][0]) == ["丙公司", "乙公司"]


def test_an_alias_that_is_not_the_firms_name_renames_nothing(tmp_path: Path) -> None:
    rows = [f"青岛甲有限公司,{A},,老厂", f"青岛乙有限公司,{A},,老厂"]
    assert counts(check(tmp_path, write(tmp_path / "enterprises.csv", *rows))) == {"read": 2, "new": 1, "rejected": 1}


def test_the_known_name_stays_and_the_other_becomes_an_alias(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(store, write(tmp_path / "enterprises.csv", "青岛海尔模具有限公司,,,海尔模具厂"))
    report = run(
        store, write(tmp_path / "2" / "enterprises.csv", "青岛海尔模具,,,", "海尔模具厂,,,", "青岛海尔模具有限公司 ,,,")
    )
    assert counts(report) == {"read": 3, "changed": 1, "same": 2}
    assert store.nodes(Enterprise).select("name", "aliases").rows() == [
        ("青岛海尔模具有限公司", ["海尔模具厂", "青岛海尔模具"])
    ]


def test_an_alias_of_the_same_file_is_known_too(tmp_path: Path) -> None:
    for number, order in enumerate(permutations(["青岛海信视像股份有限公司,,,海信电器", "海信电器,,,"])):
        assert firms_of(tmp_path / str(number), *order) == [("青岛海信视像股份有限公司", None)]


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (["恒源有限公司,,青岛市,", "恒源有限公司,,上海市,"], 2),
        (["恒源有限公司,,青岛市,", "恒源有限公司,,,"], 1),
        (["恒源有限公司,,青岛市,", "恒源有限公司,,山东省,"], 1),
        (["恒源有限公司,,青岛市,", "恒源有限公司,,西海岸新区,"], 1),
        (["恒源有限公司,,青岛市,", "青岛恒源有限公司,,,"], 1),
        (["恒源有限公司,,上海市,", "青岛恒源有限公司,,,"], 2),
        (["恒源,,青岛市,", "恒源有限公司,,青岛市,"], 1),
    ],
)  # fmt: skip
def test_the_region_column_gives_the_place(tmp_path: Path, rows: list[str], number: int) -> None:
    assert number_of(tmp_path, *rows) == number
    assert number_of(tmp_path, *rows[::-1]) == number


def test_the_region_of_a_known_firm_gives_its_place_to_later_loads(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    regions = put(tmp_path / "regions.csv", "名称,来源\n青岛市,年鉴\n上海市,年鉴\n")
    rows = [f"恒源有限公司,{A},青岛市,", "恒源有限公司,,上海市,", "青岛恒源,,,", "恒源有限公司,,没有的市,"]
    reports = [
        counts(run(store, regions, write(tmp_path / str(turn) / "enterprises.csv", row)))
        for turn, row in enumerate((*rows, *rows[:3]))
    ]
    assert reports[0] == {"read": 3, "new": 3}
    assert reports[1] == {"read": 3, "new": 1, "same": 2}
    assert reports[2] == {"read": 3, "changed": 1, "same": 2}
    assert reports[3] == {"read": 3, "same": 2, "rejected": 1}  # there is no such region
    assert reports[4:] == [{"read": 3, "same": 3}] * 3
    assert store.nodes(Enterprise).sort("uscc").select("name", "uscc", "aliases").rows() == [
        ("恒源有限公司", None, None),
        ("恒源有限公司", A, ["青岛恒源"]),
    ]


def test_a_name_of_two_firms_is_not_guessed(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    path = write(tmp_path / "enterprises.csv", "恒源公司,,,", f"恒源公司,{A},,", f"恒源公司,{B},,")
    report = run(store, path)
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert where(report) == [(2, "名称")]
    assert "名称对应 2 家企业,请填写统一社会信用代码、编号或全称" in report.rejected[0].reason
    assert len(report.conflicts) == 2


def test_a_name_without_legal_form_that_fits_two_forms_is_a_firm_of_its_own(tmp_path: Path) -> None:
    rows = ["青岛恒源有限公司,,,", "青岛恒源股份有限公司,,,", "青岛恒源,,,"]
    assert {number_of(tmp_path / str(number), *order) for number, order in enumerate(permutations(rows))} == {3}


def test_an_id_is_followed_and_contradictions_are_listed(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    rows = f"编号,名称,统一社会信用代码,来源\nE1,甲公司,{A},年鉴\nE2,甲公司,{B},年鉴\nE3,乙公司,{A},年鉴\n"
    report = run(store, put(tmp_path / "enterprises.csv", rows))
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert [conflict.reason for conflict in report.conflicts] == [
        "名称相同,编号不同,按两家企业载入",
        "同一统一社会信用代码已用于另一编号",
    ]
    again = run(store, put(tmp_path / "2" / "enterprises.csv", "编号,名称,来源\nE1,甲集团公司,公报\n"))
    assert counts(again) == {"read": 1, "changed": 1}
    assert sorted(store.nodes(Enterprise).select("id", "name", "uscc").rows()) == [
        ("E1", "甲集团公司", A),
        ("E2", "甲公司", B),
    ]


def test_the_code_of_an_id_is_replaced_only_where_it_was_wrong(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    heads = "编号,名称,统一社会信用代码,来源\n"
    run(store, put(tmp_path / "enterprises.csv", f"{heads}E1,甲公司,{WRONG},年鉴\nE2,乙公司,{B},年鉴\n"))
    report = run(
        store, put(tmp_path / "2" / "enterprises.csv", f"{heads}E1,甲公司,{A},年鉴\nE2,乙公司,{A[:-1]}X,年鉴\n")
    )
    assert counts(report) == {"read": 2, "changed": 1, "rejected": 1}
    assert [(conflict.reason, conflict.left["uscc"], conflict.right["uscc"]) for conflict in report.conflicts] == [
        ("编号相同,统一社会信用代码不同", f"{A[:-1]}X", B)
    ]
    assert sorted(store.nodes(Enterprise).select("id", "uscc", "uscc_check").rows()) == [
        ("E1", A, "有效"),
        ("E2", B, "有效"),
    ]


def test_things_other_than_firms_go_by_name_and_alias(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(
        store,
        put(tmp_path / "products.csv", "编号,名称,别名,来源\n,电视机,电视;彩电,年鉴\n,冰箱,,年鉴\nP9,空调,,年鉴\n"),
    )
    report = run(
        store, put(tmp_path / "2" / "products.csv", "名称,说明,来源\n彩电,显示图像,年鉴\n冰 箱,冷,年鉴\n空调,,年鉴\n")
    )
    assert counts(report) == {"read": 3, "changed": 2, "same": 1}
    assert sorted(store.nodes(Product).select("name", "description").rows()) == [
        ("冰 箱", "冷"),
        ("电视机", "显示图像"),
        ("空调", None),
    ]


def test_a_row_with_an_id_names_the_thing_for_rows_above_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(store, put(tmp_path / "products.csv", "编号,名称,来源\n,空调,年鉴\nP9,空调,年鉴\n"))
    assert store.nodes(Product)["id"].to_list() == ["P9"]


def test_many_firms_of_one_name_are_quick_and_list_one_conflict_each(tmp_path: Path) -> None:
    rows = "".join(f"恒源公司,X{number:017d},年鉴\n" for number in range(3000))
    coded = "".join(f"恒源公司,{code},年鉴\n" for code in (A, B))
    report = check(tmp_path, put(tmp_path / "enterprises.csv", f"名称,信用代码,来源\n{coded}{rows}"))
    assert len(report.conflicts) <= 3002
    assert report.total("read") == 3002


NAMES = [
    "青岛恒源有限公司",
    "青岛恒源",
    "恒源（青岛）有限公司",
    "恒源有限公司",
    "恒源",
    "青岛恒源股份有限公司",
    "上海恒源有限公司",
    "恒源集团",
]
CODES, PLACES = st.sampled_from(["", "", A, B, WRONG, "无"]), st.sampled_from(["", "青岛市", "上海市"])
KNOWN = st.sampled_from([(), (("ent-1", NAMES[0], A),), (("ent-1", NAMES[1], None), ("ent-2", NAMES[5], B))])
NAMED, IDS = st.sampled_from([*NAMES, "甲公司", "乙公司"]), st.sampled_from(["", "ent-1", "ent-2", "ent-3"])
ROWS = st.lists(
    st.tuples(st.sampled_from(NAMES), CODES, PLACES, st.sampled_from(["", "", *NAMES])),
    min_size=2, max_size=6,
)  # fmt: skip


def _frame(rows: list[tuple[str, ...]]) -> pl.DataFrame:
    """Rows as they come out of validation."""
    columns = {name: [row[place] or None for row in rows] for place, name in enumerate(("name", "uscc", "region"))}
    texts = ("id", "name", "uscc", "region", "stock_code", "status", "source")
    types = pl.Schema([*((name, pl.String) for name in texts), ("aliases", pl.List(pl.String))])
    aliases = [[row[3]] if row[3] else None for row in rows]
    ids = [row[4] or None if len(row) > 4 else None for row in rows]
    said = {"stock_code": [None] * len(rows), "status": ["reported"] * len(rows), "source": ["年鉴"] * len(rows)}
    return pl.DataFrame(columns | {"id": ids, "aliases": aliases} | said, schema=types)


def _known(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    """Firms of a graph: id, name, code."""
    blank = dict.fromkeys(schema(Enterprise))
    return pl.DataFrame(
        [
            blank | {"id": id_, "name": name, "uscc": code, "uscc_check": "有效" if code else None}
            for id_, name, code in rows
        ],
        schema=schema(Enterprise),
    )


@settings(max_examples=100)
@given(ROWS, st.randoms(use_true_random=False), KNOWN)
def test_no_order_of_rows_changes_the_number_of_firms(
    rows: list[tuple[str, ...]], random: Random, there: tuple[tuple[str, str, str | None], ...]
) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    first, second = (identify_nodes(_frame(order), Enterprise, _known(*there)) for order in (rows, mixed))
    assert set(first.frame["id"].drop_nulls()) == set(second.frame["id"].drop_nulls())
    assert (len(first.refused), len(first.conflicts)) == (len(second.refused), len(second.conflicts))


def test_rows_that_differ_in_their_region_alone_are_taken_in_one_order() -> None:
    rows = [
        (NAMES[0], "", "", NAMES[0]), (NAMES[0], "", "上海市", NAMES[0]), (NAMES[0], A, "上海市", ""),
        ("恒源有限公司", A, "", NAMES[0]), ("恒源有限公司", B, "", NAMES[0]),
    ]  # fmt: skip
    listed = [identify_nodes(_frame(list(order)), Enterprise, _known()) for order in permutations(rows)]
    assert len({(len(set(one.frame["id"].drop_nulls())), len(one.refused), len(one.conflicts)) for one in listed}) == 1


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(NAMED, st.sampled_from(["", "", A, B]), st.just(""), st.sampled_from(["", "", *NAMES]), IDS),
        min_size=1,
        max_size=5,
    )
)
def test_firms_that_are_told_apart_in_columns_are_those_of_the_rows_one_by_one(rows: list[tuple[str, ...]]) -> None:
    known = _known(("ent-1", NAMES[0], A), ("ent-2", "甲公司", None))
    quick, slow = (
        identify_nodes(_frame(rows), Enterprise, known),
        loaders.rows.firms._identify_one_by_one(loaders.rows.firms._with_codes(_frame(rows)), known, {}, {}),
    )
    assert quick.frame.select("id", "name", "uscc", "aliases").equals(
        slow.frame.select("id", "name", "uscc", "aliases")
    )
    assert (quick.refused, quick.conflicts) == (slow.refused, slow.conflicts)


def test_no_order_of_files_changes_the_number_of_firms(tmp_path: Path) -> None:
    rows = [
        "恒源有限公司,,青岛市,",
        f"青岛恒源,{A},,",
        "青岛恒源有限公司,,,恒源",
        "恒源,,,",
        f"恒源（青岛）有限公司,{B},,",
    ]
    seen = set()
    for number, order in enumerate([*permutations(rows)][::17]):
        paths = [write(tmp_path / str(number) / str(turn) / "enterprises.csv", row) for turn, row in enumerate(order)]
        report = run(new_store(tmp_path), put(tmp_path / "regions.csv", "名称,来源\n青岛市,年鉴\n"), *paths, dry=True)
        seen.add((report.nodes["Enterprise"], report.total("rejected"), len(report.conflicts)))
    assert len(seen) == 1, seen


@settings(max_examples=4, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_same_firms_again_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("again")
    store = new_store(folder)
    regions = put(folder / "regions.csv", "名称,来源\n青岛市,年鉴\n上海市,年鉴\n")
    first = run(store, regions, write(folder / "enterprises.csv", *(",".join(row) for row in rows)))
    before = firms(store)
    again = run(store, regions, write(folder / "again" / "enterprises.csv", *(",".join(row) for row in rows)))
    assert firms(store) == before
    assert again.total("new") == 0
    assert (again.total("changed"), again.total("rejected")) == (0, first.total("rejected"))


STATES = st.sampled_from(["reported", "reported", "confirmed", "curated"])


@settings(max_examples=100)
@given(
    st.lists(st.tuples(NAMED, CODES, PLACES, st.sampled_from(["", "", *NAMES]), IDS, STATES), min_size=1, max_size=6),
    KNOWN,
)
def test_the_same_firms_again_change_nothing(
    rows: list[tuple[str, ...]], there: tuple[tuple[str, str, str | None], ...]
) -> None:
    """Identity and merging together: the graph after the first load stays as it is at the second."""
    known = _known(*there).with_columns(
        pl.lit("年鉴").alias("source"), pl.lit("reported").alias("status"), pl.lit(0.8).alias("confidence")
    )
    first, once = _load(rows, known, {})
    cities: Cities = {}
    for id_, row in zip(first.frame["id"], rows, strict=True):
        if id_ and row[2]:
            cities.setdefault(id_, set()).add(city_of_region(row[2]))
    again, twice = _load(rows, once, cities)
    assert again.frame["id"].to_list() == first.frame["id"].to_list()
    assert again.refused.keys() == first.refused.keys()
    assert twice.sort("id").drop("recorded_at").equals(once.sort("id").drop("recorded_at"))


def _load(rows: list[tuple[str, ...]], known: pl.DataFrame, cities: Cities) -> tuple[Identified, pl.DataFrame]:
    """Return what identity says of the rows, and the graph's firms after them."""
    identified = identify_nodes(_frame(rows), Enterprise, known, cities)
    status = pl.Series("status", [row[5] for row in rows])
    frame = identified.frame.with_columns(
        status, pl.lit("年鉴").alias("source"), pl.lit(0.8).alias("confidence"), pl.int_range(pl.len()).alias(ORDER)
    )
    frame = frame.filter(pl.col("id").is_not_null()).drop("region")
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in schema(Enterprise).items() if name not in frame.columns
    ]
    merged = merge(frame.with_columns(missing), known, Enterprise, ["id"], "now")
    touched = pl.concat([merged.new["id"], merged.changed["id"]])
    columns = [*schema(Enterprise)]
    parts = [known.filter(~pl.col("id").is_in(touched.implode())), merged.new, merged.changed]
    return identified, pl.concat([part.select(columns) for part in parts])


def test_the_name_of_a_product_goes_before_another_s_alias(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(store, put(tmp_path / "1" / "products.csv", "编号,名称,别名,来源\np1,甲件,乙件,年鉴\np2,乙件,,年鉴\n"))
    run(store, put(tmp_path / "2" / "products.csv", "名称,说明,来源\n乙件,新的,年鉴\n"))
    assert rows_of(store, "MATCH (p:Product) WHERE p.description = '新的' RETURN p.id AS id") == [{"id": "p2"}]
