"""Same firm or not: what goes to the review list, and a judgement that is kept, undone, survives loading and moves between stores."""

import csv
import io
import json
from pathlib import Path

import ladybug
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from loader_parts import put
from test_cli import run as command
from view_parts import trusted, under

from api.app import create_app
from graph.errors import Ambiguous, InputError, NotFound
from graph.model import columns
from graph.model.edges import ComparedWith
from graph.model.nodes import Enterprise
from graph.names.comparisons import Comparisons, read_comparisons, read_judgements
from graph.names.index import NameIndex
from graph.names.marks import unmarked
from graph.names.verdicts import DIFFERENT, SAME, UNDO
from graph.settings import Settings
from graph.stores import Store, open_generations, open_store
from loaders.judgements import judge
from loaders.run import load
from queries.city.city import read_city
from queries.names.same_firms import doubts, history
from queries.names.search import find_enterprise, find_exactly, search, similar_firms
from queries.networks.network import read_network

A_CODE, B_CODE = "91110000600037341L", "91310000607378229C"
HEADS = "编号,名称,简称,别名,统一社会信用代码,股票代码,区域,来源\n"
REGIONS = "编号,名称,来源\nqd,青岛市,年鉴\nsh,上海市,年鉴\n"
HAIER, HISENSE = "青岛海尔模具有限公司", "青岛海信模具有限公司"

Pairs = list[tuple[str, str, list[str]]]


def write(folder: Path, *rows: str) -> Path:
    put(folder / "regions.csv", REGIONS)
    put(folder / "enterprises.csv", HEADS + "".join(f"{row},年鉴\n" for row in rows))
    return folder


def listed(store: Store) -> Pairs:
    return [(doubt.left.id, doubt.right.id, [*doubt.reasons]) for doubt in doubts(under(store))]


def put_in(store: Store, folder: Path, *rows: str) -> None:
    assert not load([write(folder, *rows)], store).bad


@pytest.fixture
def two(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with two firms that may be one, their suppliers, and a third firm."""
    folder = write(
        tmp_path / "in",
        "a,青岛甲乙股份有限公司,甲乙,甲乙厂,,,qd",
        "b,青岛甲乙有限公司,甲乙,老甲乙;甲乙厂,,,qd",
        "c,丙丁有限公司,,,,,qd",
    )
    put(folder / "products.csv", "编号,名称,来源\np,示例产品,年鉴\n")
    put(folder / "produces.csv", "企业,产品,来源\na,p,年鉴\nb,p,年鉴\n")
    put(folder / "supplies.csv", "供应商,客户,来源\nb,c,年鉴\na,b,年鉴\n")
    assert not load([folder], store).bad
    return store


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ("a,青岛甲乙股份有限公司,,,,,", "b,青岛甲乙有限公司,,,,,", ["去掉地名与公司形式后名称相同"]),
        ("a,青岛甲乙有限公司,,,,,", "b,甲乙有限公司,,,,,", ["去掉地名与公司形式后名称相同"]),
        ("a,青岛甲乙有限公司,,,,,", "b,甲乙有限公司,,,,,sh", []),
        ("a,青岛甲乙有限公司,,,,,", "b,上海甲乙有限公司,,,,,", []),
        (f"a,青岛甲乙有限公司,,,{A_CODE},,", f"b,青岛甲乙股份有限公司,,,{B_CODE},,", []),
        ("a,青岛甲乙有限公司,,,,,qd", "b,青岛丙丁有限公司,,青岛甲乙有限公司,,,qd", ["名称与另一方的简称或别名相同"]),
        ("a,青岛甲乙有限公司,甲丙,,,,qd", "b,青岛丙丁有限公司,甲丙,,,,qd", ["简称或别名相同"]),
        ("a,中车青岛四方机车车辆股份有限公司,,,,,", "b,中车四方,,,,,", ["各字依次见于名称"]),
        (f"a,{HAIER},,,,,", f"b,{HISENSE},,,,,", []),
        ("a,山东甲乙有限公司,,,,,", "b,青岛甲乙有限公司,,,,,", ["去掉地名与公司形式后名称相同"]),
        ("a,江苏甲乙有限公司,,,,,", "b,青岛甲乙有限公司,,,,,", []),
    ],
)  # fmt: skip
def test_what_goes_to_the_review_list(store: Store, tmp_path: Path, one: str, other: str, reasons: list[str]) -> None:
    put_in(store, tmp_path, one, other)
    assert listed(store) == ([("a", "b", reasons)] if reasons else [])
    assert len(store.nodes(Enterprise)) == 2


NOW, BEFORE = "青岛示例海洋装备有限公司", "青岛示例船舶有限公司"


@pytest.mark.parametrize(
    ("name", "formers"),
    [
        (f"{NOW}（原{BEFORE}）", [BEFORE]), (f"{NOW}(曾用名:{BEFORE})", [BEFORE]), (f"{NOW}（曾用名：{BEFORE}、青岛示例船厂）", [BEFORE, "青岛示例船厂"]),
        (f"{NOW}(原名 {BEFORE})", [BEFORE]), (f"{NOW} 曾用名：{BEFORE}", [BEFORE]), (f"{NOW}(原青岛示例(中国)船舶有限公司)", ["青岛示例(中国)船舶有限公司"]),
        (f"{NOW}*", []), (f"{NOW}＊＊", []), (f"1.{NOW}", []), (f"12、{NOW}", []), (f"（3）{NOW}", []), (f"①{NOW}", []), (f"⒈{NOW}", []), (f"一、{NOW}", []),
        (f"{NOW}[1]", []), (f"{NOW}（注1）", []), (f"{NOW}(注)", []), (f"{NOW}①", []), (f"{NOW}（已注销）", []), (f"3.{NOW}（原{BEFORE}）*", [BEFORE]),
        (f"{NOW}※", []), (f" {NOW}【2】", []),
    ],
)  # fmt: skip
def test_a_name_is_told_from_what_a_list_wrote_onto_it(name: str, formers: list[str]) -> None:
    assert unmarked(name) == (NOW, formers)


@pytest.mark.parametrize(
    "name",
    [
        "海尔(青岛)有限公司", "示例(中国)投资有限公司", "示例3号基金", "3m中国有限公司", "51信用卡科技公司", "示例(原生)科技有限公司", "1.5维科技公司", "示例(集团)股份有限公司",
        "360数科", "青岛一二三公司", "示例(有限合伙)", "原点科技有限公司", "c#", "示例(2号)有限公司",
    ],
)  # fmt: skip
def test_brackets_and_numbers_of_a_name_are_its_own(name: str) -> None:
    assert unmarked(name) == (name, [])


def test_names_with_marks_and_former_names_go_to_the_review_list(store: Store, tmp_path: Path) -> None:
    names = [
        NOW,
        f"{NOW}（原{BEFORE}）",
        f"{NOW}(曾用名:{BEFORE})",
        BEFORE,
        f"{NOW}*",
        f"1.{NOW}",
        "烟台示例二公司(原威海示例三公司)",
        "威海示例三公司",
    ]
    put_in(store, tmp_path, *(f"{id},{name},,,,," for id, name in zip("abcdefgh", names, strict=True)))
    found = {(left + right): reasons[0] for left, right, reasons in listed(store)}
    former, marks = "一方的名称里写明另一方是曾用名", "去掉序号、脚注等记号后名称相同"
    assert found == {"bd": former, "cd": former, "gh": former} | dict.fromkeys(
        ["ab", "ac", "ae", "af", "bc", "be", "bf", "ce", "cf", "ef"], marks
    )


def test_both_sides_say_what_tells_them_apart(two: Store) -> None:
    (doubt,) = doubts(under(two))
    assert (doubt.left.region, doubt.left.status, doubt.left.source) == ("青岛市", "reported", "年鉴")
    assert doubt.reasons == ["简称或别名相同", "去掉地名与公司形式后名称相同"]
    assert doubt.against == ["公司形式不同"]
    assert doubts(under(two, ["sample"])) == []


def test_firms_that_share_a_code_are_asked_about_in_whatever_cities(tmp_path: Path) -> None:
    """A firm that is known by its credit code comes with the stock code of another: of like names in two cities there is no question."""
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put_in(store, tmp_path / "1", "a,青岛甲乙有限公司,,,,600001,qd", f"b,上海甲乙有限公司,,,{B_CODE},,sh")
    assert doubts(under(store)) == []
    put_in(store, tmp_path / "2", f"b,上海甲乙有限公司,,,{B_CODE},600001,sh")
    assert listed(store) == [("a", "b", ["股票代码相同", "去掉地名与公司形式后名称相同"])]


@pytest.mark.parametrize(
    ("one", "other", "against"),
    [
        ("a,青岛甲乙有限公司,,,,600001,", "b,青岛甲乙有限公司,,,,600002,", ["股票代码不同"]),
        ("a,青岛甲乙有限公司,,,,600001,", "b,青岛甲乙有限公司,,,,,", []),
        (f"a,青岛甲乙有限公司,,,{A_CODE},,", f"b,青岛甲乙有限公司,,,{A_CODE[:-1]}M,,", ["统一社会信用代码不同"]),
        ("a,青岛市黄岛区甲乙有限公司,,,,,", "b,青岛市崂山区甲乙有限公司,,,,,", ["名称中的区县不同"]),
    ],
)
def test_what_speaks_against_a_pair(tmp_path: Path, one: str, other: str, against: list[str]) -> None:
    """A code with a wrong check digit settles nothing, for it may be a slip, but it speaks against."""
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put_in(store, tmp_path / "in", one, other)
    assert [(doubt.left.id, doubt.right.id, doubt.against) for doubt in doubts(under(store))] == [("a", "b", against)]


@given(st.permutations(["海尔模具", "海信模具", "海尔", "海信"]), st.sampled_from(["有限公司", "股份有限公司", ""]))
def test_haier_and_hisense_are_never_one(cores: list[str], form: str) -> None:
    known = [f"青岛{core}有限公司" for core in ("海尔模具", "海信模具")]
    index = NameIndex(known, known)
    for core in cores:
        meant = [item.id for item in index.find(f"青岛{core}{form}") if item.sure]
        assert meant in ([], [f"青岛{core}有限公司"])


def test_haier_and_hisense_stay_two_by_every_path(store: Store, tmp_path: Path) -> None:
    rows = (f"a,{HAIER},海尔模具,,,,qd", f"b,{HISENSE},海信模具,,,,qd")
    for turn in range(2):
        put_in(store, tmp_path / str(turn), *rows, f",{HAIER},,,,,", ",海信模具(青岛)有限公司,,,,,")
    assert sorted(store.nodes(Enterprise)["name"]) == sorted([HAIER, HISENSE])
    assert [find_enterprise(under(store), word).id for word in (HAIER, "海尔模具", HISENSE, "海信模具")] == [
        "a",
        "a",
        "b",
        "b",
    ]
    assert [hit.id for hit in search(under(store), HAIER) if hit.label == "Enterprise"] == ["a"]
    assert doubts(under(store)) == []


def test_sifang_finds_its_full_name(full_store: Store) -> None:
    for word in ("中车四方", "中车四方机车"):
        assert find_enterprise(under(full_store), word).name == "中车青岛四方机车车辆股份有限公司"


def test_a_name_that_is_only_alike_is_listed_and_not_taken(full_store: Store) -> None:
    with pytest.raises(NotFound, match="4/4 个字依次相同") as caught:
        find_enterprise(under(full_store), "四方机车")
    names = [item["name"] for item in caught.value.details["candidates"]]
    assert names[0] == "中车青岛四方机车车辆股份有限公司"
    hits = search(under(full_store), "四方机车", labels=("Enterprise",))
    assert {hit.matched for hit in hits} == {"名称包含", "名称相近"}
    assert search(under(full_store), "四方机车", labels=("Product",)) == []
    assert similar_firms(under(full_store, ["confirmed"]), "中车四方车辆公司") == []


def test_what_is_exact_is_not_followed_by_what_is_alike(full_store: Store) -> None:
    assert "名称相近" not in {hit.matched for hit in search(under(full_store), "中车四方")}


def test_a_search_gives_no_more_than_it_was_asked_for(seeded_store: Store) -> None:
    """What has the words in its name and what is alike are one list, cut where it was asked to be."""
    whole = search(under(seeded_store), "四方机车", labels=("Enterprise",))
    assert len({hit.matched for hit in whole}) == 2
    for most in range(1, len(whole) + 1):
        assert search(under(seeded_store), "四方机车", most, ("Enterprise",)) == whole[:most]


def test_same_makes_one_of_two_for_questions_and_leaves_both(two: Store) -> None:
    before = two.nodes(Enterprise).sort("id")
    with pytest.raises(Ambiguous):
        find_enterprise(under(two), "甲乙")
    judge(two, "a", "b", SAME, "张三", "同一法人")
    assert doubts(under(two)) == []
    assert two.nodes(Enterprise).sort("id").equals(before)
    assert [find_enterprise(under(two), word).id for word in ("甲乙", "青岛甲乙有限公司", "老甲乙", "b")] == [
        "a",
        "a",
        "a",
        "b",
    ]
    assert find_enterprise(under(two), "老甲乙", short_forms=False).id == "a"
    assert find_exactly(under(two), "青岛甲乙有限公司").id == "b"
    assert ("a", "简称或别名") in [(hit.id, hit.matched) for hit in search(under(two), "老甲乙")]
    assert read_network(under(two)).ids == ["a", "c"]
    assert [*read_network(under(two)).graph.edges] == [("a", "c")]
    city = read_city(under(two, trusted(), "2026-11-24"))
    assert city.nodes["Enterprise"]["id"].to_list() == ["a", "c"]
    assert set(city.going("PRODUCES")["from"]) == {"a"}
    assert city.going("SUPPLIES").select("from", "to").rows() == [("a", "c")]


def test_a_firm_that_is_switched_off_does_not_take_the_other_with_it(store: Store, tmp_path: Path) -> None:
    put(tmp_path / "enterprises.csv", "编号,名称,来源,状态\na,甲,年鉴,示例\nb,乙,年鉴,\n")
    assert not load([tmp_path], store).bad
    judge(store, "a", "b", SAME, "张三")
    assert read_network(under(store, ["reported"])).ids == ["b"]
    assert read_city(under(store, ["reported"], "2026-11-24")).nodes["Enterprise"]["id"].to_list() == ["b"]


def test_different_takes_the_pair_off_the_list_and_joins_nothing(two: Store) -> None:
    judge(two, "b", "a", DIFFERENT, "张三", "两份执照")
    assert doubts(under(two)) == []
    assert read_network(under(two)).ids == ["a", "b", "c"]
    with pytest.raises(Ambiguous):
        find_enterprise(under(two), "甲乙")


def test_a_firm_that_is_told_from_one_of_two_is_told_from_the_other(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put_in(store, tmp_path / "in", "a,青岛甲乙有限公司,,,,,", "b,青岛甲乙股份有限公司,,,,,", "c,甲乙有限公司,,,,,")
    judge(store, "a", "b", SAME, "张三")
    assert sorted(pair[:2] for pair in listed(store)) == [("a", "c"), ("b", "c")]
    judge(store, "a", "c", DIFFERENT, "张三")
    assert listed(store) == []
    assert read_comparisons(store).speaks_against("b", "c") == ("a", "c")


def test_a_judgement_is_undone_by_a_further_record(two: Store) -> None:
    first = listed(two)
    for verdict, who in ((SAME, "张三"), (UNDO, "李四"), (DIFFERENT, "张三"), (UNDO, "李四"), (SAME, "王五")):
        judge(two, "a", "b", verdict, who, f"{who}说{verdict}")
        assert (listed(two) == first) == (verdict == UNDO)
    judged = history(under(two))
    assert [item.verdict for item in judged] == [SAME, UNDO, DIFFERENT, UNDO, SAME]
    assert [item.stands for item in judged] == [True, False, False, False, False]
    assert [item.decided_by for item in judged] == ["王五", "李四", "张三", "李四", "张三"]
    assert judged[0].reason == "王五说同一"
    assert (judged[0].status, judged[0].source) == ("confirmed", "企业比对(人工判断)")


def test_a_judgement_survives_loading_again_and_other_files(two: Store, tmp_path: Path) -> None:
    judge(two, "a", "b", SAME, "张三")
    judged = read_judgements(two)
    again = load([tmp_path / "in"], two)
    assert (again.total("new"), again.total("changed"), again.bad) == (0, 0, False)
    put_in(two, tmp_path / "more", "d,戊己有限公司,,,,,sh")
    assert read_judgements(two).equals(judged)
    assert doubts(under(two)) == []


def test_a_row_that_fits_both_goes_to_the_one_to_go_by(two: Store, tmp_path: Path) -> None:
    refused = load([write(tmp_path / "x", ",甲乙厂,,,,,qd")], two)
    more = put(tmp_path / "y" / "supplies.csv", "供应商,客户,来源\n甲乙厂,c,公告\n")
    assert len(refused.rejected) + len(load([more], two).rejected) == 2
    judge(two, "b", "a", SAME, "张三")
    assert not load([tmp_path / "x", more], two).bad
    assert sorted(two.nodes(Enterprise)["id"]) == ["a", "b", "c"]
    assert read_network(under(two)).ids == ["b", "c"]


def test_judgements_move_to_another_store_as_a_table(two: Store, tmp_path: Path) -> None:
    for verdict in (DIFFERENT, UNDO, SAME):
        judge(two, "a", "b", verdict, "张三", "看过执照")
    rows = [item.model_dump() for item in history(under(two))]
    heads = "企业,另一企业,判断,判断时间,判断人,理由,来源,状态\n"
    lines = [
        f"{r['enterprise']['id']},{r['other']['id']},{r['verdict']},{r['decided_at']},{r['decided_by']},{r['reason']},{r['source']},{r['status']}\n"
        for r in rows
    ]
    table = put(tmp_path / "in" / "企业比对.csv", heads + "".join(lines))
    second = open_store(f"ladybug://{tmp_path}/other.lbug")
    assert not load([tmp_path / "in"], second).bad
    assert [item.model_dump() for item in history(under(second))] == rows
    assert read_comparisons(second) == Comparisons({("a", "b"): SAME}, {"b": "a"})
    assert load([table], second).total("same") == 3
    second.close()


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([("a", "a", SAME)], "两家不同的企业"),
        ([("a", "b", SAME), ("b", "a", SAME)], "已经是“同一”"),
        ([("a", "b", UNDO)], "没有可以撤销"),
        ([("a", "b", SAME), ("a", "b", DIFFERENT)], "撤销，再作新的判断"),
        ([("a", "b", SAME), ("a", "c", DIFFERENT), ("b", "c", SAME)], "a 与 c 已经判断为“不同”"),
        ([("a", "b", SAME), ("b", "c", SAME), ("a", "c", DIFFERENT)], "经由别的判断算作一家"),
    ],
)
def test_a_judgement_that_contradicts_what_stands_is_refused(
    tmp_path: Path, steps: list[tuple[str, str, str]], told: str
) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put_in(store, tmp_path / "in", "a,甲有限公司,,,,,", "b,乙有限公司,,,,,", "c,丙有限公司,,,,,")
    for step in steps[:-1]:
        judge(store, *step, "张三")
    with pytest.raises(InputError, match=told):
        judge(store, *steps[-1], "张三")
    assert len(history(under(store))) == len(steps) - 1
    with pytest.raises(InputError, match="公式"):
        judge(store, "a", "b", UNDO if len(steps) > 1 and steps[0][2] == SAME else SAME, "=cmd|' /C calc'!A0")


def compared(folder: Path, *rows: str) -> Comparisons:
    """What stands of firms a, b and c by the judgements of a file."""
    store = open_store(f"ladybug://{folder}/g.lbug")
    write(folder / "in", *(f"{id},{id}有限公司,,,,," for id in "abc"))
    heads = "企业,另一企业,判断,判断时间,判断人,来源\n"
    put(folder / "in" / "compared_with.csv", heads + "".join(f"{row},张三,纪要\n" for row in rows))
    assert not load([folder / "in"], store).bad
    return read_comparisons(store)


def test_what_files_contradict_stays_apart(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    folder = write(tmp_path / "in", *(f"{id},{id}有限公司,,,,," for id in "abcd"))
    rows = ["a,b,不同,2026-01-02", "a,c,同一,2026-01-03T10:00:00Z", "c,b,same,2026-01-04", "d,b,同一,2026/1/5"]
    put(
        folder / "compared_with.csv",
        "企业,另一企业,判断,判断时间,判断人,来源\n" + "".join(f"{row},张三,纪要\n" for row in rows),
    )
    bad = put(
        tmp_path / "bad" / "compared_with.csv",
        "企业,另一企业,判断,判断时间,判断人,来源\na,b,也许,2026-01-01,张,纪要\na,b,同一,昨天,张,纪要\na,b,同一,2026-02-30,张,纪要\na,b,同一,2026-01-01,,纪要\na,a,同一,2026-01-06,张,纪要\n",
    )
    assert not load([folder], store).bad
    judged = read_comparisons(store)
    assert judged.taken_for == {"c": "a", "b": "d"}
    report = load([bad], store)
    assert [(reject.row, reject.column) for reject in report.rejected] == [
        (2, "判断"),
        (3, "判断时间"),
        (4, "判断时间"),
        (5, "判断人"),
        (6, "另一企业"),
    ]


@pytest.mark.parametrize(
    ("rows", "verdicts", "taken_for"),
    [
        (["b,a,同一,2026-01-01", "a,b,不同,2026-01-02"], {("a", "b"): "不同"}, {}),
        (["a,b,不同,2026-01-02", "b,a,同一,2026-01-03"], {("a", "b"): "同一"}, {"a": "b"}),
        (["a,b,同一,2026-01-01", "b,a,同一,2026-01-02"], {("a", "b"): "同一"}, {"a": "b"}),
        (["b,a,同一,2026-01-02", "a,b,撤销,2026-01-03"], {("a", "b"): "撤销"}, {}),
    ],
)
def test_whoever_is_named_first_the_last_judgement_of_a_pair_stands(
    tmp_path: Path, rows: list[str], verdicts: dict[tuple[str, str], str], taken_for: dict[str, str]
) -> None:
    assert compared(tmp_path, *rows) == Comparisons(verdicts, taken_for)


def test_what_is_judged_again_stands_where_it_was_judged_last(tmp_path: Path) -> None:
    """A is not c, so of a = b and b = c only one can be: that which was said first, and a = b was said again after b = c."""
    rows = ["a,c,不同,2026-01-01", "a,b,同一,2026-01-02", "b,c,同一,2026-01-03"]
    assert compared(tmp_path / "1", *rows).taken_for == {"b": "a"}
    assert compared(tmp_path / "2", *rows, "a,b,同一,2026-01-04").taken_for == {"c": "b"}


def test_what_a_firm_supplies_to_itself_stays_where_others_are_judged_to_be_one(tmp_path: Path) -> None:
    """A is judged to be b: what a supplies to b is the doing of two rows on one firm, what c supplies to c is its own."""
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    folder = write(tmp_path / "in", *(f"{id},{id}有限公司,,,,," for id in "abc"))
    put(
        folder / "supplies.csv",
        "供应商,客户,来源\n"
        + "".join(f"{supplier},{customer},年鉴\n" for supplier, customer in ("ab", "aa", "bc", "cc")),
    )
    assert not load([folder], store).bad
    judge(store, "b", "a", SAME, "张三")
    city = read_city(under(store))
    assert city.edges["SUPPLIES"].select("from", "to").rows() == [("b", "b"), ("b", "c"), ("c", "c")]


def test_a_file_of_an_older_model_is_read_and_brought_up_to_date(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put_in(store, tmp_path / "in", "a,青岛甲有限公司,,,,,qd")
    store.close()
    current = open_generations(f"ladybug://{tmp_path}/g.lbug").current()
    connection = ladybug.Connection(ladybug.Database(str(current)))
    for change in (
        "DROP TABLE COMPARED_WITH",
        "ALTER TABLE Enterprise DROP listed_on",
        "ALTER TABLE LOCATED_IN DROP note",
    ):
        connection.execute(change)
    connection.close()
    older = open_store(f"ladybug://{tmp_path}/g.lbug")
    assert read_judgements(older).columns == ["from", "to", *columns(ComparedWith)]
    assert older.nodes(Enterprise)["listed_on"].to_list() == [None]
    assert find_enterprise(under(older), "青岛甲").id == "a"
    put_in(older, tmp_path / "more", "b,青岛乙有限公司,,,,,qd")
    judge(older, "a", "b", DIFFERENT, "张三")
    assert len(history(under(older))) == 1
    older.close()


def test_the_commands(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    folder = write(
        tmp_path / "in",
        "a,青岛甲乙丙股份有限公司,,,,,qd",
        "b,青岛甲乙丙有限公司,,,,,qd",
        "c,中车青岛四方机车车辆股份有限公司,,,,,qd",
    )
    command("load", str(folder), store=url)
    (doubt,) = json.loads(command("same-firms", "--format", "json", store=url).stdout)
    assert (doubt["left"]["id"], doubt["right"]["id"], doubt["against"]) == ("a", "b", ["公司形式不同"])
    assert "去掉地名与公司形式后名称相同" in command("same-firms", store=url).stdout
    told = command("judge-firms", "same", "a", "青岛甲乙丙有限公司", "--by", "张三", "--reason", "同一法人", store=url)
    assert "青岛甲乙丙有限公司(b): 同一" in told.stderr
    assert json.loads(command("same-firms", "--format", "json", store=url).stdout) == []
    table = command("same-firms", "--history", "--format", "csv", store=url).stdout
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["企业"], row["另一企业"], row["判断"], row["现行"], row["状态"]) == ("a", "b", "同一", "是", "已证实")
    again = f"ladybug://{tmp_path}/again.lbug"
    command("load", str(folder), str(put(tmp_path / "compared_with.csv", table)), store=again)
    assert (
        json.loads(command("same-firms", "--history", "--format", "json", store=again).stdout)[0]["decided_by"]
        == "张三"
    )
    asked = command("suppliers", "青岛甲乙丙有限公司", store=again)
    assert "“青岛甲乙丙有限公司”是 青岛甲乙丙股份有限公司(a)" in asked.stderr
    assert "“中车四方”是 中车青岛四方机车车辆股份有限公司(c)" in command("customers", "中车四方", store=again).stderr
    for arguments, code, message in (
        (["judge-firms", "maybe", "a", "b", "--by", "张三"], 2, "maybe"),
        (["judge-firms", "same", "a", "b"], 2, "--by"),
        (["judge-firms", "same", "a", "无此企业", "--by", "张三"], 1, "图中没有企业"),
        (["judge-firms", "same", "a", "b", "--by", "张三"], 1, "已经是“同一”"),
    ):
        done = command(*arguments, store=url, check=code)
        assert message in done.stderr
        assert "Traceback" not in done.stderr


def test_the_routes_and_the_page(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    rows = [
        f"{name}{number},青岛甲{sign}{form},,,,,qd"
        for number, sign in enumerate("乙丙丁")
        for name, form in (("a", "股份有限公司"), ("b", "有限公司"))
    ]
    put_in(store, tmp_path / "in", *rows)
    client = TestClient(create_app(store, Settings()))
    first = client.get("/api/v1/same-firms", params={"size": 2}).json()
    rest = client.get("/api/v1/same-firms", params={"size": 2, "cursor": first["next"]}).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert client.get("/api/v1/same-firms", params={"cursor": "x"}).status_code == 422
    assert client.get("/api/v1/same-firms/history").json() == {"items": [], "next": None}
    page = client.get("/review").text
    assert page.count('<td data-csv="去掉地名与公司形式后名称相同"') == 3
    assert "还没有判断" in page
    judge(store, "a0", "b0", SAME, "<b>张三</b>")
    page = client.get("/review").text
    assert page.count('<td data-csv="去掉地名与公司形式后名称相同"') == 2
    assert "&lt;b&gt;张三" in page
    assert "<b>张三" not in page
    answer = client.get("/api/v1/enterprises/青岛甲份/suppliers")
    assert answer.status_code == 404
    assert all(item["reason"] for item in answer.json()["candidates"])
