"""The local share of what a leader buys: made parts lists of many shapes with answers by hand, bounds, rights, faces."""

import io
import tarfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from share_parts import ASKED, AWAY, LEADER, LISTS, MadeList, load_list, share_of, with_city, write_list
from test_cli import run
from view_parts import under

from api.app import create_app
from graph.errors import InputError
from graph.model.edges import Produces
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.loads import read_loads, take_back
from loaders.placements import judge_places
from loaders.run import load, load_rows
from queries.core.table import texts
from queries.local_share.answers import Bought, LocalShare, ShareBounds
from queries.local_share.bounds import share_bounds
from queries.local_share.tables import table_of_parts, told_bounds
from queries.placing.answers import PlacementOf, PlacementState
from queries.placing.review import list_placements

BY_NAME = {made.name: made for made in LISTS}
HEADS = ["层级", "物料名称", "单台用量", "年采购额(万元)", "供应商", "产地"]
amounts = st.lists(st.tuples(st.sampled_from(Bought), st.floats(0, 1e9)), max_size=30)


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


def put(store: Store, folder: Path, rows: list[list[Any]], leader: str = LEADER, source: str = "") -> None:
    made = MadeList("", rows, {}, (0, 0), None)
    said = {"source": source} if source else {}
    report = load_list(store, write_list(folder / f"清单{len([*folder.iterdir()])}.csv", made), leader, **said)
    assert not report.bad, (report.rejected, report.failed)


@pytest.fixture
def city(embedded: Store, tmp_path: Path) -> Store:
    with_city(embedded, tmp_path / "city")
    return embedded


@pytest.mark.parametrize("made", LISTS, ids=[made.name for made in LISTS])
def test_a_list_is_read_as_a_person_reads_it(city: Store, tmp_path: Path, made: MadeList) -> None:
    report = load_list(city, write_list(tmp_path / made.file, made))
    assert (report.rejected, report.failed) == ([], [])
    answer = share_of(city)
    assert read_off(answer) == by_hand(made)
    assert len(answer.parts) == len(made.bought)
    again = load_list(city, tmp_path / made.file)
    assert (again.total("new"), again.total("changed"), again.bad) == (0, 0, False)


def test_both_stores_answer_alike(store: Store, tmp_path: Path) -> None:
    with_city(store, tmp_path / "city")
    for name in ("numbers", "no place is stated: the graph has it", "indented by the format of the cells"):
        made = BY_NAME[name]
        report = load_list(store, write_list(tmp_path / made.file, made), source=f"{name} 2026-06")
        assert not report.bad, report.rejected
        answer = share_of(store)
        assert read_off(answer) == by_hand(made), name
        chain = share_of(store, "cold", "Chain")
        assert [(one.leader.id, percent(one.by_count)) for one in chain.by_leader] == [("lead", made.count)]
        assert [firm.id for firm in chain.leaders_without] == ["two"]
        assert chain.parts == answer.parts
        take_back(store, next(one.id for one in read_loads(store) if one.state == "standing"), "示例员", "")
        assert share_of(store).lists == []


def test_a_chain_is_all_its_leaders(city: Store, tmp_path: Path) -> None:
    put(city, tmp_path, [HEADS, [1, "压缩机", 1, 30, "示例某厂", "青岛市"], [1, "线束", 1, 10, "", ""]])
    put(city, tmp_path, [HEADS, [1, "主控板", 1, 60, "示例又一厂", "苏州市"]], "示例次链主")
    chain = share_of(city, "cold", "Chain")
    assert (percent(chain.by_count), percent(chain.by_value)) == ((33, 67), (30, 40))
    assert {one.leader.id: percent(one.by_value) for one in chain.by_leader} == {"lead": (75, 100), "two": (0, 0)}
    assert "链主" in [column.head for column in table_of_parts(chain).columns]
    assert "several_lists" not in [point.code for point in chain.points]
    put(city, tmp_path, [HEADS, [1, "把手", 1, 5, "示例某厂", "青岛市"]], source="示例冷柜零件清单 2026-06")
    assert "several_lists" in [point.code for point in share_of(city).points]
    assert [str(share_of(city, id).region_why) for id in ("lead", "own")] == [
        "本地指青岛市：它是示例冷链电器的链主，按这条链算",
        "本地指青岛市：它没有带链，按企业自己所在的城市算",
    ]
    empty = share_of(city, "bare", "Chain")
    assert (empty.parts, empty.verdict, empty.by_count.low) == ([], "还没有零件清单。", None)


def test_of_two_years_the_last_counts(city: Store, tmp_path: Path) -> None:
    old, new = ([*HEADS[:3], f"{year}年采购额(万元)", *HEADS[4:]] for year in (2024, 2025))
    put(city, tmp_path, [old, [1, "压缩机", 1, 30, "示例某厂", "苏州市"], [1, "线束", 1, 9, "示例某厂", "苏州市"]])
    put(city, tmp_path, [new, [1, "压缩机", 1, 40, "示例又一厂", "青岛市"]], source="示例电冰箱零件清单 2026-11")
    answer = share_of(city)
    assert {(one.year, one.used, one.lines) for one in answer.lists} == {("2024", False, 2), ("2025", True, 1)}
    assert (percent(answer.by_count), [part.part for part in answer.parts]) == ((100, 100), ["压缩机"])


def test_who_could_is_told_and_never_counted(city: Store, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        HEADS,
        [1, "压缩机", 1, 90, "示例某厂", "苏州市"],
        [1, "线束", 1, 10, "示例某厂", "苏州市"],
    ]
    put(city, tmp_path, rows)
    answer = share_of(city)
    assert {part.part: [one.firm.id for one in part.could] for part in answer.parts} == {"压缩机": ["jzc"], "线束": []}
    assert percent(answer.by_count) == (0, 0)
    assert [part.part for part in answer.parts] == ["压缩机", "线束"]  # the larger first
    assert any("1 件本地有企业登记做这种产品" in point for point in answer.points)


def test_parts_become_needs_and_inputs(city: Store, tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEADS, [0, "冰箱"], [1, "制冷系统"], [2, "变频压缩机", 1, 90], [1, "门封条", 1, 10]]
    put(city, tmp_path, [row + [""] * (6 - len(row)) for row in rows])
    asked = (
        "MATCH (a)-[r:INPUT_TO]->(b) RETURN a.id, b.id, r.status",
        "MATCH (a)-[r:NEEDS]->(b) RETURN a.id, b.id, r.status",
    )
    inputs, needs = ({tuple(row.values()) for row in city.read(text).rows} for text in asked)
    assert inputs == {("comp", "cool", "inferred"), ("cool", "fridge", "inferred")}
    assert needs == {("lead", "comp", "reported"), ("lead", "seal", "inferred")}


def test_a_list_named_after_its_product_goes_into_it(city: Store, tmp_path: Path) -> None:
    put(city, tmp_path, [HEADS, [1, "线束", 1, 9, "", ""]], source="示例冰箱2025年零件清单")
    found = [tuple(row.values()) for row in city.read("MATCH (a)-[r:INPUT_TO]->(b) RETURN a.id, b.id").rows]
    assert found == [("wire", "fridge")]


def test_what_a_part_is_is_judged_and_the_need_follows(city: Store, tmp_path: Path) -> None:
    put(city, tmp_path, [HEADS, [1, "门封条", 1, 10, "示例某厂", "苏州市"], [1, "软门封条", 1, 10, "", ""]])
    waiting = list_placements(under(city), of=PlacementOf.part)
    (one,) = waiting.placements
    assert (one.part and one.part.name, one.place.id, one.firm.id, waiting.parts) == ("门封条", "seal", "lead", 1)
    assert list_placements(under(city), of=PlacementOf.firm).placements == []
    assert share_of(city).waiting == 1

    def need() -> tuple[str, bool]:
        (row,) = city.read("MATCH (:Enterprise)-[r:NEEDS]->(b) RETURN r.status AS status, r.valid_to AS until").rows
        return row["status"], row["until"] is None

    before = need()
    assert before == ("inferred", True)
    told = []
    for verdict in ("accept", "undo", "refuse", "undo", "accept", "refuse"):
        judge_places(city, [one.id], verdict, "示例审核员")
        told.append((need(), [part.product.id for part in share_of(city).parts if part.product]))
    held, gone = ("reported", True), ("inferred", False)
    seen = [(need, ["seal"] if need is not gone else []) for need in (held, before, gone, before, held, gone)]
    assert told == seen
    assert [each.id for each in list_placements(under(city), state=PlacementState.refused).placements] == [one.id]
    with pytest.raises(InputError, match="已经审过"):
        judge_places(city, [one.id], "refuse", "示例审核员")


def test_bad_rows_are_told_and_the_others_load(city: Store, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        HEADS,
        [1, "压缩机", 1, "很多", "示例某厂", "苏州市"],
        [1, "", 1, 10, "示例某厂", "青岛市"],
        [1, "主控板", 1, 20, "示例某厂", "火星"],
    ]
    report = load_list(city, write_list(tmp_path / "a.csv", MadeList("", rows, {}, (0, 0), None)))
    assert {(reject.row, reject.column) for reject in report.rejected} == {(3, "名称")}
    told = {(note.row, note.value) for note in report.notes}
    assert {(2, "很多"), (4, "火星")} <= told
    parts = {part.part: (part.verdict, part.amount, str(part.why)) for part in share_of(city).parts}
    assert parts == {
        "压缩机": (AWAY, None, "清单写产地是苏州市"),
        "主控板": (ASKED, 200_000, "清单写的产地“火星”认不出在哪里"),
    }


@given(amounts)
def test_bounds_hold(rows: list[tuple[Bought, float]]) -> None:
    bounds = share_bounds(rows)
    assert (bounds.low is None) == (bounds.high is None) == (not bounds.total)
    if bounds.low is not None and bounds.high is not None:
        assert 0 <= bounds.low <= bounds.high <= 1
        whatever = [
            share_bounds((where if bought is Bought.unknown else bought, amount) for bought, amount in rows)
            for where in (Bought.local, Bought.outside)
        ]
        assert [each.low for each in whatever] == [pytest.approx(bounds.high), pytest.approx(bounds.low)]


@given(amounts, st.floats(0, 1e9))
def test_what_is_not_known_widens(rows: list[tuple[Bought, float]], amount: float) -> None:
    before, after = share_bounds(rows), share_bounds([*rows, (Bought.unknown, amount)])
    if before.low is None or before.high is None:
        return
    assert after.low is not None
    assert after.high is not None
    assert after.low <= before.low * (1 + 1e-12)
    assert after.high >= before.high * (1 - 1e-12)


@given(st.lists(st.sampled_from(Bought), min_size=1, max_size=40))
def test_bounds_by_count_are_counted(verdicts: list[Bought]) -> None:
    bounds, number = share_bounds((verdict, 1.0) for verdict in verdicts), len(verdicts)
    local, unknown = verdicts.count(Bought.local), verdicts.count(Bought.unknown)
    assert (bounds.low, bounds.high) == (local / number, (local + unknown) / number)


def test_bounds_are_told_in_per_cent() -> None:
    sevenths = [(Bought.local, 4.0), (Bought.outside, 3.0), (Bought.unknown, 3.0)]
    assert told_bounds(share_bounds(sevenths)) == "40%–70%"
    assert told_bounds(share_bounds(sevenths[:2])) == "57%"


def test_page_route_workbook_and_command_say_the_same(city: Store, tmp_path: Path) -> None:
    made = BY_NAME["ten of ten each"]
    assert not load_list(city, write_list(tmp_path / made.file, made)).bad
    client = TestClient(create_app(city, Settings(request_seconds=600)))
    told = client.get("/api/v1/enterprises/lead/local-share").json()
    assert (told["by_count"]["low"], told["by_count"]["high"], told["by_value"]["low"]) == (0.4, 0.7, 0.4)
    assert told["by_value"]["total"] == 1_000_000
    assert {part["verdict_code"] for part in told["parts"]} == {"local", "outside", "unknown"}
    assert client.get("/api/v1/chains/cold/local-share").json()["parts"] == told["parts"]
    assert client.get("/api/v1/chains/none/local-share").status_code == 404
    for page in ("/enterprises/lead/local-share", "/chains/cold/local-share"):
        text = client.get(page).text
        words = ["40%–70%，没问过 30%", "本地 4 件", "外地 30 万元", 'href="#outside"', 'id="unknown"', "乙一"]
        assert [word for word in words if word not in text] == []
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{page}.xlsx").content))
        rows = {sheet.title: sheet.max_row for sheet in book}
        assert {"在外地买的", "没问过的", "在本地买的", "清单里没有算进去的", "零件清单"} <= rows.keys()
    csv = client.get("/enterprises/lead/local-share?table=outside&format=csv").text
    assert [name in csv for name in ("乙一", "甲一")] == [True, False]
    assert 'href="/enterprises/lead/local-share"' in client.get("/enterprises/lead").text
    assert 'href="/chains/cold/local-share"' in client.get("/chains/cold").text
    assert "还没有零件清单" in client.get("/chains/bare/local-share").text


def test_the_command_takes_a_firm_or_a_chain(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    store = open_store(url)
    with_city(store, tmp_path / "city")
    store.close()
    made = BY_NAME["numbers"]
    path = str(write_list(tmp_path / made.file, made))
    run("load", path, "--kind", "零件清单", "--leader", LEADER, store=url)
    for word in (LEADER, "示例冷链电器"):
        table = run("local-share", word, store=url)
        assert "按件数本地配套 75%" in table.stderr
        assert table.stdout.index("压缩机") < table.stdout.index("毛细管")
    assert '"low": 0.25' in run("local-share", "lead", "--format", "json", store=url).stdout
    run("local-share", "没有这家", store=url, check=1)
    run("local-share", "lead", "--xlsx", str(tmp_path / "a.xlsx"), store=url)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].title == "在外地买的"


def test_a_day_sees_the_lists_of_its_year(city: Store, tmp_path: Path) -> None:
    year = date.today().year + 1
    put(city, tmp_path, [[*HEADS, "年份"], [1, "压缩机", 1, 9, "示例某厂", "青岛市", str(year)]])
    answer = share_of(city)
    assert [(one.used, one.year) for one in answer.lists] == [(False, str(year))]
    assert answer.parts == []
    assert AWAY not in [part.verdict for part in answer.parts]


def test_a_name_means_what_it_means_in_the_chains_of_the_leader(city: Store, tmp_path: Path) -> None:
    """接插件 of an appliance is not that of a car; a leader of no chain takes it for what alone is called so."""
    folder = tmp_path / "cars"
    folder.mkdir()
    for name, text in {
        "chains.csv": "id,name,region,source,status\ncars,示例汽车,qd,s,confirmed\n",
        "segments.csv": "id,name,chain,source,status\ncars.in,汽车部件,cars,s,confirmed\n",
        "products.csv": """id,name,aliases,segments,source,status
loom,汽车连接器,接插件,cars.in,s,curated
home,家电接插件,,in,s,curated
nut,紧固件,螺母,cars.in,s,curated
""",
    }.items():
        (folder / name).write_text(text, "utf-8")
    assert not load([folder], city).bad
    rows: list[list[Any]] = [HEADS, [1, "接插件", 1, 9, "", ""], [1, "螺母", 1, 8, "", ""], [1, "紧固件", 1, 7, "", ""]]
    put(city, tmp_path, rows)
    put(city, tmp_path, rows, "示例自己人有限公司")

    def meant(id: str) -> dict[str, tuple[str, bool]]:
        parts = [(part, part.product) for part in share_of(city, id).parts]
        return {part.part: (product.id, part.product_status == "inferred") for part, product in parts if product}

    assert meant("lead") == {"接插件": ("home", True), "螺母": ("nut", True), "紧固件": ("nut", False)}
    assert meant("own") == {"接插件": ("loom", False), "螺母": ("nut", False), "紧固件": ("nut", False)}


def test_a_store_that_knows_no_parts_answers_and_takes_them(tmp_path: Path) -> None:
    """As version 0.1.0 left it."""
    with tarfile.open(Path(__file__).parent / "data" / "store-0.1.0.tar.xz") as archive:
        archive.extractall(tmp_path / "old", filter="data")
    store = open_store(f"ladybug://{tmp_path}/old/g.lbug")
    assert share_of(store, "demo", "Chain").verdict == "还没有零件清单。"
    put(store, tmp_path, [HEADS, [1, "示例芯片", 1, 9, "示例某厂", "青岛市"]], "示例甲整机有限公司")
    answer = share_of(store, "a")
    assert [(part.product and part.product.name, part.verdict) for part in answer.parts] == [("示例芯片", ASKED)]
    assert "不知道哪里算本地" in answer.region_why
    store.close()


def test_what_would_make_an_officer_wonder_is_said(city: Store, tmp_path: Path) -> None:
    """An assembly with an amount of its own, a product that is missing by the chain and bought here all the same."""
    folder = tmp_path / "looked"
    folder.mkdir()
    looked = (
        "name,region,segments,method,as_of,complete,source,status\n示例摸底,qd,in,逐家走访,2026-10,是,s,confirmed\n"
    )
    (folder / "coverages.csv").write_text(looked, "utf-8")
    assert not load([folder], city).bad
    made_up = [{"enterprise": "own", "product": "wire", "source": "示例", "status": "示例"}]
    assert not load_rows(Produces, made_up, city).bad
    rows: list[list[Any]] = [
        HEADS,
        [1, "主控板", 1, 100, "示例某厂", "苏州市"],
        [2, "示例芯片", 1, 20, "示例某芯片厂", "苏州市"],
        [1, "磁性门封", 1, 30, "示例某密封件厂", "胶州市"],
        [1, "线束", 1, 10, "示例某厂", "苏州市"],
    ]
    put(city, tmp_path, rows)
    answer = share_of(city)
    assert {"assemblies_of_money", "bought_but_missing"} <= {point.code for point in answer.points}
    assert any("总成 1 件（主控板）没有算进金额" in point for point in answer.points)
    assert any("请核对（磁性门封）" in point for point in answer.points)
    csv = [text for row in texts(table_of_parts(answer), {}, True)[1] for text in row]
    assert "示例自己人有限公司（示例）" in csv
    assert percent(answer.by_value) == (50, 50)
