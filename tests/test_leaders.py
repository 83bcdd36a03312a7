"""The leaders: who is named by whom, how many of the published number, what each lacks; on both stores, exact by hand."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from test_cli import run
from view_parts import stand_at, trusted, under

from api.app import create_app
from graph.scope import Scope
from graph.settings import Settings
from graph.stores import Store
from loaders.run import load
from queries.core.answers import Named
from queries.core.view import View
from queries.leaders.answers import Leader, LeaderKind, Leaders
from queries.leaders.leaders import make_leaders

DAY = "2026-11-30"
DEMO, BARE = Named(id="demo", name="演示链"), Named(id="bare", name="空链")
ARTICLE = "qingdao-daily-2022"
ROWS = {
    "sources.csv": f"id,name,source,status\n{ARTICLE},报道,{ARTICLE},confirmed\ns,名录,s,confirmed\nx,虚构,x,sample\n",
    "regions.csv": "id,name,source,status\nqd,青岛市,s,confirmed\nelse,外地市,s,confirmed\n",
    "chains.csv": """id,name,region,source,status
demo,演示链,qd,s,confirmed
more,又一链,qd,s,confirmed
bare,空链,qd,s,confirmed
away,外地链,else,s,confirmed
""",
    "segments.csv": "id,name,chain,source,status\nseg,前段,demo,s,confirmed\n",
    "products.csv": "id,name,source,status\np,甲品,s,confirmed\nq,乙品,s,confirmed\n",
    "institutes.csv": f"id,name,source,status\ni,研究所,{ARTICLE},reported\n",
    "enterprises.csv": """id,name,region,parent,products,offers,needs,source,status
both,两说的厂,qd,,p,p,,s,confirmed
child,子公司,qd,两说的厂,q,,p,s,curated
listed,名单上的厂,qd,,,,,s,confirmed
other,别处点名的厂,,,,,,s,confirmed
thought,我们认为的厂,qd,,,,,s,curated
gone,不再是的厂,qd,,,,,s,confirmed
far,外地的厂,else,,,,,s,confirmed
made-up,示例厂,qd,,p,,,x,sample
buyer,客户厂,qd,,,,,s,confirmed
""",
    "leads.csv": f"""enterprise,chain,role,valid_to,source,status,place
两说的厂,demo,龙头,,{ARTICLE},reported,正文第1段
两说的厂,more,龙头企业(非官方认定),,s,curated,
研究所,demo,龙头,,{ARTICLE},reported,正文第2段
名单上的厂,demo,第一批链主,2026-11-30,{ARTICLE},confirmed,附件
别处点名的厂,more,链主,,s,reported,
我们认为的厂,demo,第一批链主,,s,curated,
不再是的厂,demo,第一批链主,2026-11-29,{ARTICLE},confirmed,
外地的厂,away,链主,,s,confirmed,
示例厂,demo,第一批链主,,x,sample,
我们认为的厂,more,链主,,x,sample,
""",
    "supplies.csv": """supplier,customer,product,source,status
客户厂,两说的厂,甲品,s,reported
客户厂,子公司,甲品,s,confirmed
子公司,两说的厂,乙品,s,confirmed
子公司,客户厂,乙品,s,curated
示例厂,名单上的厂,甲品,x,sample
客户厂,示例厂,甲品,s,confirmed
""",
    "statements.csv": f"""id,subject,metric,value,unit,original,as_of,source,status,place
n,Region:青岛市,链主企业数,7,家,7家,2022-07,{ARTICLE},confirmed,正文第30段
m,Region:青岛市,链主企业数,9,家,9家,2023-07,s,confirmed,
""",
}


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with some leaders."""
    return loaded(store, tmp_path, ROWS)


def loaded(store: Store, folder: Path, rows: dict[str, str]) -> Store:
    for name, text in rows.items():
        (folder / name).write_text(text, "utf-8")
    report = load([folder / name for name in rows], store)
    assert not report.bad, (report.failed, report.rejected)
    return store


def ask(store: Store, chain: Named | None = None, day: str = DAY, hidden: tuple[str, ...] = ()) -> Leaders:
    return make_leaders(under(store, trusted(hidden), day), chain)


def by_id(answer: Leaders) -> dict[str, Leader]:
    return {leader.firm.id: leader for leader in (*answer.leaders, *answer.samples)}


def test_those_that_sources_name_and_those_that_we_think_so_are_apart(office: Store) -> None:
    answer = ask(office)
    assert [(leader.firm.id, leader.kind, leader.status) for leader in answer.leaders] == [
        ("both", LeaderKind.article, "reported"), ("listed", LeaderKind.article, "confirmed"), ("i", LeaderKind.article, "reported"),
        ("far", LeaderKind.source, "confirmed"), ("other", LeaderKind.source, "reported"), ("thought", LeaderKind.thought, "curated"),
    ]  # fmt: skip
    assert [sample.firm.id for sample in answer.samples] == ["made-up"]
    assert {leader.label for leader in answer.leaders if leader.firm.id == "i"} == {"Institute"}
    assert (by_id(answer)["both"].source, by_id(answer)["both"].place) == (ARTICLE, "正文第1段")


def test_one_that_is_both_reported_and_curated_stands_once_by_the_better(office: Store) -> None:
    both = by_id(ask(office))["both"]
    assert [(claim.chain.id, claim.status, claim.source) for claim in both.claims] == [
        ("demo", "reported", ARTICLE),
        ("more", "curated", "s"),
    ]
    # of that chain nobody says so
    assert by_id(ask(office, Named(id="more", name="又一链")))["both"].kind is LeaderKind.thought
    assert by_id(ask(office, hidden=("reported",)))["both"].kind is LeaderKind.thought
    # what a sample says of it is left out
    assert [claim.chain.id for claim in by_id(ask(office))["thought"].claims] == ["demo"]


def test_how_many_of_the_published_number_are_named(office: Store) -> None:
    told = ask(office).published
    assert told is not None
    assert told.model_dump() == {
        "number": 7, "original": "7家", "as_of": "2022-07", "named": 1, "perhaps": 4, "unnamed_least": 2, "unnamed_most": 6,
        "status": "confirmed", "source": ARTICLE, "place": "正文第30段",
    }  # fmt: skip
    assert (
        ask(office).points[0]
        == "公布的链主 7 家：图里写明在其中的 1 家，点了名、没说在不在其中的 4 家，还有 2 到 6 家不知道是谁"
    )
    assert ask(office, DEMO).published == told
    assert ask(office, DEMO).points[-1] == "公布的 7 家是全市的，没有说哪条链几家"
    later = ask(office, day="2026-12-01").published
    assert later is not None
    assert (later.named, later.unnamed_most) == (0, 7)  # its time was over
    earlier = ask(office, day="2026-11-29").published
    assert earlier is not None
    assert earlier.named == 2


def test_counts_and_what_is_lacking(office: Store) -> None:
    counts = {
        id: (
            leader.group,
            leader.products.number,
            leader.needs.number,
            leader.suppliers.number,
            leader.customers.number,
            [why.code for why in leader.lacks],
        )
        for id, leader in by_id(ask(office)).items()
    }
    assert counts == {
        "both": (2, 2, 1, 1, 1, []),  # with its child; what goes between the two is no supply
        "i": (1, 0, 0, 0, 0, ["institute"]),
        "listed": (
            1,
            0,
            0,
            0,
            0,
            ["no_products", "no_needs", "no_suppliers", "no_customers"],
        ),  # a sample's supply is none
        "other": (1, 0, 0, 0, 0, ["no_products", "no_needs", "no_suppliers", "no_customers", "no_region"]),
        "thought": (1, 0, 0, 0, 0, ["only_thought", "no_products", "no_needs", "no_suppliers", "no_customers"]),
        "far": (1, 0, 0, 0, 0, ["no_products", "no_needs", "no_suppliers", "no_customers"]),
        "made-up": (1, 1, 0, 1, 1, ["no_needs"]),
    }
    both = by_id(ask(office))["both"]
    assert (both.needs.status, both.suppliers.status, both.customers.status) == ("curated", "reported", "curated")
    assert "这里列的 5 家企业里，没有登记产品的 4 家、需求的 4 家、供应商的 4 家" in ask(office).points


def test_the_missing_rows_and_their_forms(office: Store) -> None:
    assert [(lacking.topic, lacking.form) for lacking in ask(office).missing] == [
        ("list", "leads"), ("products", "produces"), ("needs", "needs"), ("supplies", "supplies"),
    ]  # fmt: skip
    assert ask(office).missing[0].why == "公布了 7 家；有名单才知道是谁、在哪条链"
    assert [lacking.form for lacking in ask(office, BARE).missing] == ["leads"]


def test_no_rows_and_only_samples(office: Store, tmp_path: Path) -> None:
    bare = ask(office, BARE)
    assert (bare.leaders, bare.samples, bare.points[0]) == ([], [], "没有来源点名的链主")
    hidden = ask(office, hidden=("sample",))
    assert (hidden.samples, hidden.points, hidden.published) == ([], ask(office).points, ask(office).published)
    none = ask(office, hidden=("confirmed", "reported", "curated"))
    assert (none.leaders, none.published, none.points[0]) == ([], None, "这里没有公布的链主家数")
    assert [sample.firm.id for sample in none.samples] == ["made-up"]
    assert [lacking.topic for lacking in none.missing] == ["names"]


def test_leaders_of_another_city_and_its_number_are_not_seen(office: Store) -> None:
    here, there = (make_leaders(View.of(office, Scope.without("", DAY, city)), None) for city in ("青岛", "外地市"))
    assert "far" not in by_id(here)
    assert (here.published and here.published.perhaps) == 3
    assert ([*by_id(there)], there.published) == (["far"], None)


def test_the_number_that_another_city_published(office: Store, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(
        "id,subject,metric,value,unit,original,as_of,source,status\nfar-7,Region:外地市,链主企业数,2,家,2家,2026-01,s,reported\n",
        "utf-8",
    )
    (tmp_path / "more.csv").rename(tmp_path / "statements.csv")
    assert not load([tmp_path / "statements.csv"], office).bad
    here, there = (make_leaders(View.of(office, Scope.without("", DAY, city)), None) for city in ("青岛", "外地市"))
    assert (here.published and here.published.number, there.published and there.published.number) == (7, 2)
    whole = ask(office).published  # where no city is asked for, that of the rules
    assert whole is not None
    assert whole.source == ARTICLE
    (far,) = there.leaders
    assert far.kind is LeaderKind.article  # the source of the number names it


def test_the_number_is_never_padded(store: Store, tmp_path: Path) -> None:
    """More are named than were published: nobody is unknown, and no number is below nothing."""
    statements = ROWS["statements.csv"].replace("链主企业数,7", "链主企业数,1")
    told = ask(loaded(store, tmp_path, ROWS | {"statements.csv": statements})).published
    assert told is not None
    assert (told.named, told.perhaps, told.unnamed_least, told.unnamed_most) == (1, 4, 0, 0)
    assert "list" not in {lacking.topic for lacking in ask(store).missing}


def test_firms_judged_to_be_one_are_one_leader(office: Store, tmp_path: Path) -> None:
    rows = (
        "enterprise,other,verdict,decided_by,decided_at,source,status\nother,thought,同一,甲,2026-01-01,s,confirmed\n"
    )
    (tmp_path / "compared_with.csv").write_text(rows, "utf-8")
    report = load([tmp_path / "compared_with.csv"], office)
    assert not report.bad, (report.failed, report.rejected)
    leaders = [leader for leader in ask(office).leaders if leader.firm.id in ("other", "thought")]
    assert [(leader.kind, [claim.chain.id for claim in leader.claims]) for leader in leaders] == [
        (LeaderKind.source, ["more", "demo"])
    ]


def test_pages_and_routes_say_the_same(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, DAY)
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    answer = client.get("/api/v1/leaders").json()
    assert [leader["kind_code"] for leader in answer["leaders"]] == ["article"] * 3 + ["source"] * 2 + ["thought"]
    assert client.get("/api/v1/chains/demo/leaders").json()["chain"]["id"] == "demo"
    page = client.get("/leaders").text
    for words in (
        "公布的 7 家里知道是谁的",
        "2–6",
        "两说的厂",
        "/templates/leads.xlsx",
        "/enterprises/both/opportunities",
        'id="sample-leaders"',
    ):
        assert words in page, words
    assert page.index("两说的厂") < page.index("别处点名的厂") < page.index("我们认为的厂") < page.index("示例厂")
    assert "示例厂" not in client.get("/leaders?without=sample").text
    assert "没有来源点名的链主" in client.get("/chains/bare/leaders").text
    assert client.get("/chains/没有/leaders").status_code == 404
    assert "/chains/demo/leaders" in client.get("/chains/demo").text


def test_workbook(office: Store) -> None:
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/chains/demo/leaders.xlsx").content))
    assert book.sheetnames == ["报道点名的", "其他来源点名的", "我们认为是、没有来源点名的", "还缺哪些行", "示例 链主"]
    rows = [*book["报道点名的"].iter_rows(values_only=True)]
    assert {"两说的厂", "据报道", "报道 正文第1段"} <= {*next(row for row in rows if row[0] == "两说的厂")}


def test_the_command_prints_what_the_route_serves(seeded_store_url: str, client: TestClient, tmp_path: Path) -> None:
    store = seeded_store_url
    printed = json.loads(run("leaders", "--format", "json", store=store).stdout)
    assert printed == client.get("/api/v1/leaders").json()
    done = run("leaders", "--format", "csv", "--xlsx", str(tmp_path / "leaders.xlsx"), store=store)
    assert (tmp_path / "leaders.xlsx").exists()
    assert "示例晶圆制造有限公司" in done.stdout
    assert "lianzhang template leads" in done.stderr
    assert (
        "示例"
        not in run("leaders", "--chain", "集成电路", "--format", "csv", "--without", "sample", store=store).stdout
    )


def test_of_the_47_of_the_article_none_is_listed(full_store: Store) -> None:
    """The article gives the number and no list; it calls three 龙头, and does not say whether they are of the 47."""
    told = ask(full_store).published
    assert told is not None
    assert (told.number, told.named, told.perhaps, told.unnamed_least, told.unnamed_most) == (47, 0, 3, 44, 47)
    assert (told.place, told.status, told.source) == ("正文第30段", "confirmed", ARTICLE)
    kinds = [leader.kind for leader in ask(full_store).leaders]
    assert (kinds.count(LeaderKind.article), kinds.count(LeaderKind.source)) == (3, 0)
    assert all(leader.status == "curated" for leader in ask(full_store).leaders if leader.kind is LeaderKind.thought)


def test_both_stores_answer_alike(seeded_store: Store, server_store: Store) -> None:
    here, there = (ask(store) for store in (seeded_store, server_store))
    assert here.model_dump() == there.model_dump()
