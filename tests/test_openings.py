"""The four lists: who could take a place, what speaks against it, and nobody is invited before the local firms were looked at."""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from gap_parts import TODAY, firm, look, put
from view_parts import trusted, under

from graph.errors import NotFound
from graph.names.verdicts import SAME
from graph.stores import Store, open_store
from loaders.judgements import judge
from queries.city.city import read_city
from queries.city.rows import Row
from queries.core.answers import Named
from queries.matching.products import NearProducts
from queries.openings.answers import LISTS, Opening, Opportunities
from queries.openings.fits import Fits
from queries.openings.ledger import ledger
from queries.openings.lists import chain_opportunities, leader_opportunities
from queries.openings.needs import confidence

LEADS = [{"enterprise": "boss", "chain": "demo"}]
PRODUCTS = [
    {"id": "ore", "name": "矿石", "segments": "demo.raw"},
    {"id": "foil", "name": "箔材", "segments": "demo.raw"},
    {"id": "chip", "name": "芯片件", "segments": "demo.part"},
    {"id": "motor", "name": "驱动电机", "segments": "demo.part", "aliases": "电驱动马达"},
    {"id": "fine", "name": "高速驱动电机", "segments": ""},
    {"id": "car", "name": "整车件", "segments": "demo.whole"},
]


def ask(store: Store, id: str = "boss", statuses: Iterable[str] | None = None) -> Opportunities:
    return leader_opportunities(under(store, statuses, TODAY), Named(id=id, name=f"示例{id}号公司"))


def seen(rows: list[Opening]) -> list[tuple[str, str | None, str | None]]:
    return [(row.product, row.firm.id if row.firm else None, row.fit) for row in rows]


def row_of(rows: list[Opening], firm: str | None, product: str = "") -> Opening:
    return next(row for row in rows if (row.firm.id if row.firm else None) == firm and product in row.product)


def say(store: Store, folder: Path, firms: list[dict[str, Any]], **rows: list[dict[str, Any]]) -> Store:
    return put(store, folder, enterprises=[firm("boss"), *firms], leads=LEADS, products=PRODUCTS, **rows)


def need(product: str, who: str = "boss", **more: str) -> dict[str, Any]:
    return {"enterprise": who, "product": product, **more}


def step(
    supplier: str, stage: str, on: str, product: str = "chip", customer: str = "boss", **more: str
) -> dict[str, Any]:
    return {
        "supplier": supplier,
        "customer": customer,
        "product": product,
        "stage": stage,
        "on": on,
        "by": "专班",
        **more,
    }


def test_the_same_product_a_kind_of_it_and_a_need_that_is_only_inferred(store: Store, tmp_path: Path) -> None:
    firms = [
        firm("a", products="chip"),
        firm("b", products="fine"),
        firm("c", region="else", products="chip"),
        firm("d", products="motor"),
    ]
    say(store, tmp_path, [*firms, firm("wheels", products="car", parent="boss")], needs=[need("motor")])
    answer = ask(store)
    assert seen(answer.needs) == [("驱动电机", "d", "高"), ("驱动电机", "b", "中"), ("芯片件", "a", "高")]
    assert all(row.status == "inferred" and row.computed and row.confidence == 0.4 for row in answer.needs)
    assert row_of(answer.needs, "d").why[0] == "登记的产品就是“驱动电机”"
    assert "以“驱动电机”结尾" in row_of(answer.needs, "b").why[0]
    assert "规格须核实" in row_of(answer.needs, "b").against[0]
    inferred = row_of(answer.needs, "a")
    assert (inferred.party.id, "没有登记为需求；所产“整车件”必需它" in inferred.why) == ("wheels", True)
    assert [row.segments for row in answer.needs] == [["部件"]] * 3
    assert {row.record for row in inferred.evidence} == {"PRODUCES", "INPUT_TO"}
    assert answer.invitations == []


def test_a_firm_is_never_matched_to_itself_or_its_group(store: Store, tmp_path: Path) -> None:
    firms = [firm("child", parent="boss", products="chip"), firm("sister", parent="top", products="chip"), firm("top")]
    put(
        store,
        tmp_path,
        enterprises=[firm("boss", parent="top", products="chip"), *firms],
        leads=LEADS,
        needs=[need("chip")],
    )
    rows = [row for row in ask(store).needs if row.product_id == "chip"]
    assert seen(rows) == [("芯片件", "sister", "高")]
    assert "与链主同属一个集团" in rows[0].against


@pytest.mark.parametrize("looked", [True, False])
def test_nobody_is_invited_before_the_local_firms_were_looked_at(store: Store, tmp_path: Path, looked: bool) -> None:
    firms = [
        firm("near", products="chip", segments="demo.part"),
        firm("far", region="else", products="motor"),
        firm("lost", region="", products="motor"),
    ]
    say(store, tmp_path, firms, needs=[need("motor")], coverages=[look("demo.part")] if looked else [])
    answer = ask(store)
    own = row_of(answer.needs, None)
    told = row_of(answer.invitations, "far")
    for row in (own, told):
        assert [
            (candidate.firm.id, "没有“驱动电机”" in candidate.why)
            for candidate in row.candidates
            if candidate.firm.id == "near"
        ] == [("near", True)]
        assert any("普查过：示例普查" in text for text in row.why) == looked
        assert any("没有登记不等于没有" in text for text in row.why) != looked
    assert not own.computed
    assert (told.computed, told.status) == (True, "inferred")
    unplaced = row_of(answer.needs, "lost")
    assert "没有登记所在地，不能算本地" in unplaced.against


def test_a_need_that_a_local_firm_fits_invites_nobody(store: Store, tmp_path: Path) -> None:
    say(
        store,
        tmp_path,
        [firm("a", products="motor"), firm("far", region="else", products="motor")],
        needs=[need("motor")],
    )
    assert ask(store).invitations == []


def test_a_need_that_nobody_at_all_makes_is_still_listed(store: Store, tmp_path: Path) -> None:
    say(store, tmp_path, [], needs=[need("ore", status="reported", note="要高品位")])
    answer = ask(store)
    row = row_of(answer.invitations, None)
    assert (row.product, row.candidates, row.status) == ("矿石", [], "reported")
    assert row.why[0] == "要高品位"
    assert "图中没有可看的本地企业" in row.why[1]
    assert "图中没有登记外地的生产企业" in row.why


def test_what_was_given_up_is_said_with_day_and_reason_and_opens_the_place(store: Store, tmp_path: Path) -> None:
    steps = [step("a", "推荐", "2026-01-05"), step("a", "放弃", "2026-02-01", note="交期不合")]
    say(
        store,
        tmp_path,
        [firm("a", products="chip"), firm("far", region="else", products="chip")],
        needs=[need("chip")],
        matched=steps,
    )
    answer = ask(store)
    row = row_of(answer.needs, "a")
    assert (row.stage, "曾经对接，2026-02-01放弃：交期不合" in row.against) == ("放弃", True)
    told = row_of(answer.invitations, "far")
    assert [(candidate.firm.id, candidate.why) for candidate in told.candidates] == [
        ("a", "曾经对接，2026-02-01放弃：交期不合")
    ]


def test_who_supplies_already_is_a_record_and_no_opening(store: Store, tmp_path: Path) -> None:
    supplies = [{"supplier": "a", "customer": "boss", "product": "芯片件", "status": "confirmed"}]
    say(
        store,
        tmp_path,
        [firm("a", products="chip"), firm("b", products="chip")],
        needs=[need("chip")],
        supplies=supplies,
    )
    answer = ask(store)
    assert seen(answer.needs) == [("芯片件", "b", "高"), ("芯片件", "a", "高")]
    row = row_of(answer.needs, "a")
    assert (row.computed, row.status, "已经在供应，不是新的机会" in row.against) == (False, "confirmed", True)


def test_what_speaks_against_comes_from_the_records(store: Store, tmp_path: Path) -> None:
    firms = [
        firm("a", products="chip;car"),
        firm("b", products="chip", status="sample"),
        firm("c", products="chip"),
        firm("gone", products="chip", valid_to="2020"),
    ]
    put(
        store, tmp_path,
        enterprises=[firm("boss", products="car"), *firms], products=PRODUCTS,
        leads=[*LEADS, {"enterprise": "c", "chain": "demo"}], needs=[need("chip"), need("chip", "c")],
        supplies=[{"supplier": "a", "customer": "b", "product": "芯片件"}],
    )  # fmt: skip
    rows = [row for row in ask(store).needs if row.product == "芯片件"]
    assert {row.firm.id for row in rows if row.firm} == {"a", "b", "c"}
    assert "与链主生产同样的产品（整车件），可能是竞争对手" in row_of(rows, "a").against
    assert "已知的客户只有示例b号公司一家" in row_of(rows, "a").against
    assert "示例（虚构）数据，只作演示" in row_of(rows, "b").against
    assert {"它自己也是链主（示例链）", "它自己也采购这种产品"} <= set(row_of(rows, "c").against)


def test_a_firm_on_both_sides_stands_on_both_lists(store: Store, tmp_path: Path) -> None:
    say(
        store,
        tmp_path,
        [firm("a", products="motor")],
        offers=[need("chip"), need("chip", "a")],
        needs=[need("chip"), need("chip", "a")],
    )
    answer = ask(store)
    assert "它自己也采购这种产品" in row_of(answer.needs, "a").against
    assert row_of(answer.offers, "a").why[0].startswith("登记的需求“芯片件”")


def test_offers_with_who_could_use_them(store: Store, tmp_path: Path) -> None:
    firms = [
        firm("user"),
        firm("maker", products="car"),
        firm("buyer"),
        firm("far", region="else"),
        firm("gone", valid_to="2020"),
    ]
    supplies = [{"supplier": "boss", "customer": "buyer", "product": "芯片件"}]
    wishes = [need("chip", who) for who in ("user", "far", "gone", "buyer")]
    say(store, tmp_path, firms, offers=[need("chip"), need("ore")], needs=wishes, supplies=supplies)
    rows = ask(store).offers
    assert seen(rows) == [
        ("芯片件", "buyer", "高"),
        ("芯片件", "user", "高"),
        ("芯片件", "maker", "中"),
        ("矿石", None, None),
    ]
    assert (row_of(rows, "buyer").computed, row_of(rows, "user").computed) == (False, True)
    assert "已经在采购，不是新的机会" in row_of(rows, "buyer").against
    assert "生产“整车件”，必需它" in row_of(rows, "maker").why
    assert row_of(rows, None).why == ["图中没有登记本地有谁需要它"]


def test_what_leaders_have_said_comes_first_and_local_firms_speak_against_going_elsewhere(
    store: Store, tmp_path: Path
) -> None:
    firms = [firm("a", products="chip;motor"), firm("far", region="else", products="chip"), firm("free", region="else")]
    say(
        store, tmp_path, firms, needs=[need("chip"), need("motor")],
        seeks_partner=[{"enterprise": "boss", "partner": "free", "product": "联合研发", "note": "想合作"}],
        recommends=[{"enterprise": "boss", "partner": "far", "status": "confirmed"}],
        matched=[step("far", "洽谈", "2026-03-01")],
    )  # fmt: skip
    answer = ask(store)
    assert seen(answer.partners) == [("联合研发", "free", None), ("芯片件、驱动电机", "a", "高")]
    assert answer.partners[0].why[0] == "链主登记为拟开展合作企业：想合作"
    assert (answer.partners[0].computed, answer.partners[1].computed) == (False, True)
    row = row_of(answer.invitations, "far")
    assert (row.status, row.product, row.stage, row.confidence) == ("confirmed", "芯片件", "洽谈", 1.0)
    assert "不在本地，而本地已有合适的：示例a号公司" in row.against
    assert "台账：洽谈（2026-03-01）" in row.why


def test_two_suggestions_of_one_firm_for_two_products_are_two_rows(store: Store, tmp_path: Path) -> None:
    told = [{"enterprise": "boss", "partner": "far", "product": product} for product in ("芯片件", "驱动电机")]
    say(store, tmp_path, [firm("far", region="else")], recommends=told, needs=[need("chip")])
    assert [(row.product, row.product_id) for row in ask(store).invitations] == [
        ("芯片件", "chip"),
        ("驱动电机", "motor"),
    ]


def test_a_leader_without_needs_and_a_firm_that_leads_nothing_say_so(store: Store, tmp_path: Path) -> None:
    say(store, tmp_path, [firm("other")])
    answer = ask(store)
    assert [len(rows) for rows in answer.lists().values()] == [0, 0, 0, 0]
    assert any("没有登记可采购产品(服务)" in note and "“需求”空表" in note for note in answer.notes)
    of_other = ask(store, "other")
    assert "“示例other号公司”没有登记为任何产业链的链主，这里按它自己登记的供给与需求列出" in of_other.notes
    assert [home.id for home in of_other.city] == ["city"]


@pytest.mark.parametrize(("region", "seen_from"), [("ward", ["city"]), ("else", ["else"]), ("", ["city", "else"])])
def test_a_firm_that_leads_nothing_is_seen_from_the_city_that_it_is_in(
    tmp_path: Path, region: str, seen_from: list[str]
) -> None:
    chains = [{"id": "demo", "name": "示例链", "region": "city"}, {"id": "far", "name": "示例外链", "region": "else"}]
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    say(store, tmp_path / "in", [firm("other", region=region)], chains=chains)
    assert [home.id for home in ask(store, "other").city] == seen_from, (
        "of one of which it is not known where it is, from every city"
    )


def test_a_closed_firm_takes_no_place_though_its_rows_go_on(tmp_path: Path) -> None:
    """One made chips, one supplied them to the leader, one is asked about itself: all three are here and closed."""
    shut = [firm(id, region="", valid_to="2020") for id in ("maker", "seller", "asked")]
    store = say(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path / "in",
        shut,
        located_in=[{"subject": closed["id"], "region": "ward"} for closed in shut],
        produces=[{"enterprise": "maker", "product": "chip"}],
        supplies=[{"supplier": "seller", "customer": "boss", "product": "芯片件"}],
        needs=[need("chip")],
    )
    answer = ask(store)
    assert [need.firm.id for need in answer.needs if need.firm] == []
    assert [(invitation.product_id, invitation.firm) for invitation in answer.invitations] == [("chip", None)], (
        "nobody is left who makes them"
    )
    assert "“示例asked号公司”登记为已终止" in ask(store, "asked").notes
    assert not any("登记为已终止" in note for note in answer.notes)


def test_a_chain_has_the_lists_of_all_its_leaders_and_says_where_there_is_none(store: Store, tmp_path: Path) -> None:
    leads = [*LEADS, {"enterprise": "chief", "chain": "demo"}]
    put(
        store,
        tmp_path,
        enterprises=[firm("boss"), firm("chief"), firm("a", products="chip")],
        leads=leads,
        needs=[need("chip"), need("chip", "chief")],
    )
    answer = chain_opportunities(under(store, today=TODAY), Named(id="demo", name="示例链"))
    assert [leader.id for leader in answer.leaders] == ["boss", "chief"]
    assert [(row.leader.id, row.firm.id if row.firm else None) for row in answer.needs] == [
        ("boss", "a"),
        ("chief", "a"),
    ]


def test_a_chain_without_leaders_says_so(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, enterprises=[firm("a", products="chip")])
    answer = chain_opportunities(under(store, today=TODAY), Named(id="demo", name="示例链"))
    assert answer.leaders == []
    assert "图中没有登记产业链“示例链”的链主企业" in answer.notes[0]


def test_what_is_hidden_is_not_found(store: Store, tmp_path: Path) -> None:
    say(store, tmp_path, [])
    with pytest.raises(NotFound, match="已被隐藏"):
        ask(store, statuses=["confirmed"])


def test_every_row_names_a_record_and_a_source_that_are_there(full_store: Store) -> None:
    answer = chain_opportunities(under(full_store, today=TODAY), Named(id="smart-appliances", name="智能家电"))
    sources = {source.id for source in answer.sources}
    rows = [row for rows in answer.lists().values() for row in rows]
    assert len(rows) > 20
    for row in rows:
        assert row.source in sources
        assert row.why
        assert row.evidence
        assert {row_there.source for row_there in row.evidence} <= sources
        assert row.computed == (row.status == "inferred")
        assert 0 < row.confidence <= (0.4 if row.computed else 1)
        assert row.firm is None or row.firm.id != row.party.id


def test_both_stores_answer_the_same(server_store: Store, seeded_store: Store) -> None:
    for id, name in (("integrated-circuits", "集成电路"), ("smart-appliances", "智能家电")):
        on_server, embedded = (
            chain_opportunities(under(store, today=TODAY), Named(id=id, name=name)).model_dump()
            for store in (server_store, seeded_store)
        )
        assert on_server | {"data_date": None} == embedded | {"data_date": None}


def test_words_that_fit_a_need(tmp_path: Path) -> None:
    products = [
        {"id": f"p{number}", "name": name, "segments": ""}
        for number, name in enumerate(["压缩机", "变频压缩机", "智能变频压缩机", "电机", "变频器"])
    ]
    products[1]["aliases"] = "变频式压缩机组"
    products.append({"id": "same", "name": "变频式压缩机组(2型)", "segments": ""})
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put(store, tmp_path / "in", products=products, input_to=[])
    fits = Fits(read_city(under(store, trusted(), TODAY)))
    assert {id: fit.level for id, fit in fits.near("p1").items()} == {"p1": "高", "same": "高", "p2": "中", "p0": "低"}
    assert fits.near("p1")["p0"].words == "“压缩机”与“变频压缩机”同有“压缩机”（相近 52%），是不是它须核实"
    assert {id: fit.level for id, fit in fits.near("p2").items()} == {"p2": "高", "p1": "低", "same": "低"}
    assert {id: fit.level for id, fit in fits.near("p0").items()} == {"p0": "高"} | dict.fromkeys(
        ("p1", "p2", "same"), "低"
    )  # three characters tell too little


def test_the_five_nearest_names_are_others_than_the_name_itself() -> None:
    """All share 高压水泵; the name that is asked for, in whatever width it is typed, is near to itself and tells nobody anything."""
    names = NearProducts(
        ["高压水泵甲", "高压水泵阀", "高压水泵乙", "高压水泵丙", "高压水泵丁", "高压水泵戊", "高压水泵己"]
    )
    assert [place for place, _, _ in names.near("高压水泵阀")] == [0, 2, 3, 4, 5]
    assert {shared for _, _, words in names.near("高压水泵阀") for shared in words} == {"高压水泵"}


@pytest.mark.parametrize("seed", range(6))
def test_who_may_take_a_place_against_plain_counting(tmp_path: Path, seed: int) -> None:
    """An oracle without the program's own shortcuts: local, there, of another group, and makes the very product."""
    dice = random.Random(seed)
    ids = [f"f{number}" for number in range(12)]
    regions = {id: dice.choice(["ward", "city", "else", ""]) for id in ids}
    makes = {id: set(dice.sample(["ore", "foil", "chip", "car"], dice.randint(0, 2))) for id in ids}
    closed = set(dice.sample(ids, 2))
    children = set(dice.sample(ids, 2))
    wanted = dice.sample(["ore", "foil", "chip"], 2)
    firms = [
        firm(
            id,
            region=regions[id],
            products=";".join(sorted(makes[id])),
            valid_to="2021" if id in closed else "",
            parent="boss" if id in children else "",
        )
        for id in ids
    ]
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    say(store, tmp_path / "in", firms, needs=[need(product) for product in wanted])
    answer = ask(store)
    for product in wanted:
        local = {
            id for id in ids if product in makes[id] and id not in closed | children and regions[id] in ("ward", "city")
        }
        outside = {id for id in ids if product in makes[id] and id not in closed | children and regions[id] == "else"}
        listed = {
            row.firm.id
            for row in answer.needs
            if row.product_id == product and row.firm and "没有登记所在地，不能算本地" not in row.against
        }
        invited = {row.firm.id for row in answer.invitations if row.product_id == product and row.firm}
        assert listed == local
        assert invited == (set() if local else outside)
        assert any(row.product_id == product for row in answer.invitations) == (not local)


def test_the_keys_of_the_answer_are_what_officers_call_the_lists(seeded_store: Store) -> None:
    answer = chain_opportunities(under(seeded_store, today=TODAY), Named(id="smart-appliances", name="智能家电"))
    assert (
        [*answer.lists()]
        == ["在青可提供产品(服务)", "可采购产品(服务)", "拟开展合作企业", "建议招引企业"]
        == [*LISTS.values()]
    )
    assert set(LISTS.values()) <= set(answer.model_dump(by_alias=True))


def test_a_thousand_identical_offers_are_cut_and_counted(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    say(
        store, tmp_path / "in", [firm(f"f{number:04}", products="chip") for number in range(1000)], needs=[need("chip")]
    )
    answer = ask(store)
    assert len(answer.needs) == 20
    assert "另有 980 家次候选没有列出：每项只列最合适的" in answer.notes


def test_what_is_cut_is_counted_on_every_list(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firms = [firm(f"far{number:02}", region="else", products="motor") for number in range(23)]
    firms += [firm(f"lost{number:02}", region="", products="motor") for number in range(22)]
    firms += [firm(f"{name}{number:02}", products=name) for name in ("chip;foil", "ore;car") for number in range(15)]
    say(store, tmp_path / "in", firms, needs=[need(product) for product in ("motor", "chip", "foil", "ore", "car")])
    answer = ask(store)
    assert [len(rows) for rows in answer.lists().values()] == [0, 20 + 1 + 60, 20, 20]
    assert "另有 15 家次候选没有列出：每项只列最合适的" in answer.notes  # 3 elsewhere, 2 of no place, 10 partners
    assert "没有合适的本地企业，看过最相近的 20 家" in row_of(answer.needs, None).why


def test_what_fits_is_listed_before_what_was_given_up(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firms = [*(firm(f"a{number:02}", products="motor") for number in range(21)), firm("b", products="fine")]
    say(
        store,
        tmp_path / "in",
        firms,
        needs=[need("motor")],
        matched=[step(f"a{number:02}", "放弃", "2026-01-01", "motor", note="价高") for number in range(21)],
    )
    answer = ask(store)
    assert (answer.needs[0].firm, answer.invitations) == (Named(id="b", name="示例b号公司"), [])


def test_a_match_of_which_no_step_stands_is_no_talk(store: Store, tmp_path: Path) -> None:
    say(
        store,
        tmp_path,
        [firm("a", products="chip")],
        needs=[need("chip")],
        matched=[step("a", "洽谈", "2026-01-01", valid_to="2026-02")],
    )
    answer = ask(store)
    row = row_of(answer.needs, "a")
    assert (row.stage, row.why, answer.partners) == (None, ["登记的产品就是“芯片件”", "环节：部件"], [])


def test_a_leader_judged_to_be_another_firm_answers_as_that_one(store: Store, tmp_path: Path) -> None:
    say(
        store,
        tmp_path,
        [firm("twin"), firm("a", products="chip")],
        needs=[need("chip", "twin")],
        matched=[step("a", "洽谈", "2026-01-01", customer="twin")],
    )
    judge(store, "boss", "twin", SAME, "张三")
    answer = ask(store, "twin")
    assert (answer.subject.id, seen(answer.needs)) == ("boss", [("芯片件", "a", "高")])
    assert answer.notes[0] == "“示例twin号公司”（twin）判断为与“示例boss号公司”同一家，按一家列出"
    assert answer.needs == ask(store).needs
    twin = Named(id="twin", name="示例twin号公司")
    for asked in (ledger(under(store, today=TODAY), leader=twin), ledger(under(store, today=TODAY), firm=twin)):
        assert (asked.subject, [match.customer.id for match in asked.matches]) == (
            Named(id="boss", name="示例boss号公司"),
            ["boss"],
        )


def test_a_match_about_one_unknown_product_says_nothing_of_another(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    partners = [{"enterprise": "boss", "partner": "p", "product": product} for product in ("联合研发", "联合检测", "")]
    say(
        store,
        tmp_path / "in",
        [firm("p")],
        seeks_partner=partners,
        matched=[step("p", "洽谈", "2026-01-01", "联合研发")],
    )
    assert [(row.product, row.stage) for row in ask(store).partners] == [
        ("", None),
        ("联合检测", None),
        ("联合研发", "洽谈"),
    ]


def test_what_a_leader_offers_is_not_inferred_as_its_need(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    say(
        store,
        tmp_path / "in",
        [firm("child", parent="boss", products="car")],
        offers=[need("chip")],
        input_to=[{"input": "chip", "product": "car", "essential": "true"}],
    )
    assert ask(store).needs == []


def test_a_closed_firm_that_a_leader_suggests_is_said_to_be_closed_and_no_more(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    say(
        store,
        tmp_path / "in",
        [firm("gone", region="else", valid_to="2020")],
        recommends=[{"enterprise": "boss", "partner": "gone"}],
    )
    assert ask(store).invitations[0].against == ["企业登记为已终止"]


def test_firms_looked_at_for_two_of_a_group_are_told_once(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firms = [
        firm("child", parent="boss"),
        firm("near", products="chip", segments="demo.part"),
        firm("far", region="else", products="motor"),
    ]
    say(
        store,
        tmp_path / "in",
        firms,
        needs=[need("motor"), need("motor", "child")],
        recommends=[{"enterprise": "boss", "partner": "far"}],
    )
    assert [candidate.firm.id for candidate in ask(store).invitations[0].candidates] == ["near"]


@pytest.mark.parametrize(
    ("customers", "told"),
    [
        ([], None),
        (["boss"], None),  # the leader itself: that is no tie to another
        (["other"], "已知的客户只有示例other号公司一家"),
        (["boss", "other"], None),
        (["other", "else"], None),
    ],
)
def test_a_supplier_that_hangs_on_one_customer_is_told_but_not_of_the_leader_itself(
    tmp_path: Path, customers: list[str], told: str | None
) -> None:
    supplies = [{"supplier": "a", "customer": customer, "product": "整车件"} for customer in customers]
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    say(
        store,
        tmp_path,
        [firm("a", products="chip;car"), firm("other"), firm("else")],
        needs=[need("chip")],
        supplies=supplies,
    )
    rows = [
        row
        for name in LISTS
        for row in getattr(ask(store), name)
        if row.firm and row.firm.id == "a" and row.product == "芯片件"
    ]
    assert rows
    assert {reason for row in rows for reason in row.against if reason.startswith("已知的客户只有")} == (
        {told} if told else set()
    )


@pytest.mark.parametrize(
    ("status", "confidence", "wanted"),
    [("confirmed", "", 0.4), ("reported", "", 0.4), ("sample", "", 0.1), ("reported", "0.35", 0.35)],
)
def test_a_row_is_as_sure_as_the_least_sure_record_of_it(
    tmp_path: Path, status: str, confidence: str, wanted: float
) -> None:
    """A fit of two records is inferred, which is 0.4 at most, whatever the two are worth."""
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    made = [{"enterprise": "a", "product": "chip", "status": status, "confidence": confidence}]
    say(store, tmp_path, [firm("a", status="confirmed")], produces=made, needs=[need("chip", status="confirmed")])
    assert row_of(ask(store).needs, "a", "芯片件").confidence == wanted


def test_who_could_use_an_offer_stands_by_how_well_and_says_what_speaks_against(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firms = [firm("a"), firm("b", products="fine"), firm("c")]
    wishes = [need("motor", "a"), need("fine", "b"), need("fine", "c")]
    say(store, tmp_path / "in", firms, offers=[need("fine")], needs=wishes)
    rows = ask(store).offers
    assert seen(rows) == [("高速驱动电机", "b", "高"), ("高速驱动电机", "c", "高"), ("高速驱动电机", "a", "中")]
    assert "它自己也生产这种产品" in row_of(rows, "b").against
    assert "它自己也生产这种产品" not in row_of(rows, "c").against


def test_a_supplier_of_this_leader_alone_is_nobody_else_s(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    supplies = [{"supplier": "a", "customer": "boss", "product": "矿石"}]
    say(store, tmp_path / "in", [firm("a", products="motor")], needs=[need("motor")], supplies=supplies)
    row = row_of(ask(store).needs, "a", "驱动电机")
    assert not [text for text in row.against if "已知的客户" in text]
    assert "已向示例boss号公司供应“矿石”" in row.why


def test_a_row_is_no_surer_than_the_weakest_of_its_records(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    sure, weak = {"status": "confirmed"}, {"status": "confirmed", "confidence": "0.2"}
    firms = [firm("a", products="motor", **sure), firm("b", products="motor", **sure)]
    produces = [{"enterprise": "b", "product": "motor", **weak}]
    say(store, tmp_path / "in", firms, needs=[need("motor", **sure)], produces=produces)
    rows = ask(store).needs
    assert {row.firm.id: row.confidence for row in rows if row.firm} == {"a": 0.4, "b": 0.2}
    assert confidence([Row("NEEDS", "a", "b", "confirmed", "s", confidence=0.2)], computed=False) == 0.2
    assert (
        confidence([Row("NEEDS", "a", "b", "reported", "s"), Row("NEEDS", "a", "b", "curated", "s")], computed=False)
        == 0.6
    )


def test_local_firms_that_fit_are_counted_where_not_all_are_named(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firms = [
        *(firm(f"n{number}", products="motor") for number in range(5)),
        firm("far", region="else", products="motor"),
    ]
    say(store, tmp_path / "in", firms, needs=[need("motor")], recommends=[{"enterprise": "boss", "partner": "far"}])
    (told,) = [text for text in row_of(ask(store).invitations, "far").against if "不在本地" in text]
    assert told == "不在本地，而本地已有合适的：示例n0号公司、示例n1号公司、示例n2号公司等 5 家"


@pytest.mark.parametrize(("stage", "talks"), [("洽谈", True), ("推荐", True), ("签约", False), ("放弃", False)])
def test_only_a_match_that_is_open_makes_a_partner_of_one_need(tmp_path: Path, stage: str, talks: bool) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    say(
        store,
        tmp_path / "in",
        [firm("a", products="motor;chip")],
        needs=[need("motor")],
        matched=[step("a", stage, "2026-01-01", "motor", note="x")],
    )
    assert [row.firm.id for row in ask(store).partners if row.firm] == (["a"] if talks else [])


def test_a_word_of_several_products_means_none_and_a_name_goes_before_an_alias(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    products = [
        {"id": "one", "name": "甲件", "segments": "", "aliases": "旧件;丙件;独件"},
        {"id": "two", "name": "乙件", "segments": "", "aliases": "旧件"},
        {"id": "three", "name": "丙件", "segments": ""},
    ]
    put(store, tmp_path / "in", products=products, input_to=[])
    words = read_city(under(store, trusted(), TODAY)).product_words
    assert words == {"甲件": "one", "乙件": "two", "丙件": "three", "独件": "one"}
