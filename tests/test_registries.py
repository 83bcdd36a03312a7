"""The registries of the mechanisms, on both stores, exact by hand on made-up rows."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from test_cli import run
from view_parts import trusted, under

from api.app import create_app
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load
from queries.registries.answers import Published, Registry
from queries.registries.described import read_registries
from queries.registries.registry import LACKS, make_registry

DAY = "2026-11-30"
NAMES = ("challenges", "scenarios", "centres", "events", "platforms")
SOURCES = "id,name,source,status\ns,文件,s,confirmed\nm,虚构,m,sample\n"
ROWS = {
    "sources.csv": SOURCES,
    "regions.csv": "id,name,source,status\nqd,青岛市,s,confirmed\n",
    "chains.csv": "id,name,region,source,status\ndemo,演示链,qd,s,confirmed\n",
    "segments.csv": "id,name,chain,source,status\nseg,前段,demo,s,confirmed\n",
    "products.csv": "id,name,segments,source,status\np1,高温涂层,seg,s,confirmed\np2,无人叉车,seg,s,confirmed\n",
    "enterprises.csv": """id,name,products,source,status
f1,甲厂,高温涂层,s,confirmed
f2,乙厂,高温涂层,s,reported
f3,丙厂,无人叉车,s,confirmed
f4,丁厂,无人叉车,s,confirmed
fx,示例厂,高温涂层,m,sample
""",
    "mechanisms.csv": "id,name,source,status,place\nmj,揭榜挂帅,s,confirmed,第69段\nmo,开放场景,s,confirmed,\n",
    "challenges.csv": """id,name,state,chains,posted_by,taken_up_by,source,status,place
c1,榜单:高温涂层,发榜,demo,f1,,s,confirmed,第1页
c2,榜单:无人叉车,过程管理,demo,f1,f3,s,confirmed,
cx,示例榜单:高温涂层,发榜,demo,,,m,sample,
""",
    "scenarios.csv": """id,name,kind,region,valid_to,source,status,place
lab,创新应用实验室,应用实验室,qd,,s,confirmed,第70段
l1,甲实验室,创新应用实验室,qd,,s,reported,
l2,乙实验室,创新应用实验室,qd,2026-11-29,s,reported,
lx,示例实验室,创新应用实验室,qd,,m,sample,
""",
    "institutes.csv": "id,name,kind,source,status\ni1,某院,科研院所,s,confirmed\n",
    "centres.csv": """id,name,kind,source,status
first,首批赋能中心,数字化转型赋能中心,s,confirmed
z1,家电赋能中心,数字化转型赋能中心,s,confirmed
""",
    "events.csv": """id,name,kind,start,source,status
e1,一次峰会,招商活动,2026-05-01,s,confirmed
e2,一次会议,会议,2026-06,s,confirmed
""",
    "projects.csv": """id,name,stage,amount,currency,events,source,status
q1,甲项目,签约,500000000,CNY,一次峰会,s,confirmed
q2,乙项目,签约,70000000,USD,一次峰会,s,confirmed
qx,示例项目,签约,900000000,CNY,一次峰会,m,sample
""",
    "platforms.csv": "id,name,kind,chains,source,status\nt1,甲平台,创新平台,demo,s,confirmed\n",
    "participates_in.csv": """participant,subject,role,valid_to,source,status
f1,z1,接受诊断,,s,confirmed
f2,z1,接受诊断,,s,confirmed
f1,first,接受诊断,,s,confirmed
f3,z1,接受诊断,2026-01,s,confirmed
fx,z1,接受诊断,,m,sample
i1,l1,共建,,s,confirmed
""",
    "statements.csv": """id,subject,metric,value,unit,currency,qualifier,original,source,status,place
b1,Scenario:创新应用实验室,已认定数,11,家,,,11家,s,confirmed,第70段
b2,Mechanism:开放场景,获融资支持的实验室数,13,家,,,13家,s,reported,第70段
b3,Centre:首批赋能中心,赋能中心数,10,家,,,10家,s,confirmed,
b4,Centre:首批赋能中心,诊断企业(机构)数,445,家,,,445家,s,confirmed,
b5,Centre:首批赋能中心,批次,1,批,,,首批,s,confirmed,
b6,Event:一次峰会,签约重点项目数,2,个,,,2个,s,reported,
b7,Event:一次峰会,签约项目总投资,600000000,元,CNY,,6亿元,s,reported,
b8,Event:一次会议,届次,13,次,,,第十三次,s,confirmed,
b9,Scenario:示例实验室,已认定数,5,家,,,5家,m,sample,
""",
}


@pytest.fixture
def city(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with one row and more for each registry."""
    return filled(store, tmp_path / "rows")


def filled(store: Store, folder: Path) -> Store:
    folder.mkdir()
    for name, text in ROWS.items():
        (folder / name).write_text(text, "utf-8")
    report = load([folder], store)
    assert not report.bad, (report.failed, report.rejected)
    return store


def asked(store: Store, name: str, without: tuple[str, ...] = (), day: str = DAY) -> Registry:
    return make_registry(under(store, trusted(without), day), name)


def figures(answer: Registry) -> dict[str, Published]:
    return {figure.metric: figure for figure in answer.published}


def test_every_registry_is_described_and_says_what_it_may_lack() -> None:
    assert set(LACKS) == set(read_registries().registry) == {*NAMES, "clusters"}


def test_challenges_their_stages_and_who_could_answer(city: Store) -> None:
    answer = asked(city, "challenges")
    assert [(entry.thing.id, entry.kind, entry.ties, entry.status, entry.place) for entry in answer.entries] == [
        ("c1", "发榜", 1, "confirmed", "第1页"), ("c2", "过程管理", 2, "confirmed", None),
    ]  # fmt: skip
    assert {(tie.subject.id, tie.part, tie.other.id) for tie in answer.ties} == {
        ("c1", "发榜方", "f1"), ("c2", "发榜方", "f1"), ("c2", "揭榜方", "f3"),
    }  # fmt: skip
    assert [(stage.stage, stage.now, stage.place) for stage in answer.stages] == [
        ("发榜", 1, "第69段"), ("揭榜方遴选", 0, "第69段"), ("过程管理", 1, "第69段"), ("成果验收", 0, "第69段"),
    ]  # fmt: skip
    first, *others = [
        (answerer.subject.id, answerer.firm.id, answerer.product, answerer.status) for answerer in answer.answerers
    ]
    assert first == ("c1", "f2", "高温涂层", "inferred")
    assert others == []  # not who put it up, nobody made up, nobody who shares no word
    assert {answerer.subject.id for answerer in answer.answerers} == {"c1"}
    assert [point.code for point in answer.points] == ["named", "stages"]
    made_up = [(answerer.subject.id, answerer.firm.id) for answerer in answer.samples.answerers]
    assert made_up == [("cx", "fx")]  # nobody real for what is made up


def test_nobody_is_named_for_a_challenge_that_is_over(city: Store, tmp_path: Path) -> None:
    head = "id,name,state,chains,posted_by,valid_to,source,status\n"
    (tmp_path / "challenges.csv").write_text(f"{head}c1,榜单:高温涂层,发榜,demo,f1,2026-11-29,s,confirmed\n", "utf-8")
    assert not load([tmp_path / "challenges.csv"], city).bad
    assert asked(city, "challenges").answerers == []
    assert [answerer.subject.id for answerer in asked(city, "challenges", day="2026-11-29").answerers] == ["c1"]


def test_who_may_do_what_is_told_by_the_mechanism_that_is_seen(city: Store) -> None:
    assert asked(city, "challenges", without=("confirmed",)).stages == []


def test_labs_that_are_named_and_those_that_are_only_a_number(city: Store) -> None:
    answer = asked(city, "scenarios")
    assert [(entry.thing.id, entry.stands_for, entry.current) for entry in answer.entries] == [
        ("l1", None, True), ("lab", 11, True), ("i1", None, True), ("l2", None, False),
    ]  # fmt: skip
    told = figures(answer)
    assert (told["已认定数"].shown, told["已认定数"].difference) == (
        1,
        "图里 1 家，差 10 家",
    )  # l2 is over, lx is made up
    assert (told["获融资支持的实验室数"].shown, told["获融资支持的实验室数"].difference.code) == (None, "fig_uncounted")
    assert answer.points[0] == "点了名的 2 处场景、实验室或院所"
    assert answer.points[1] == "公布已认定数 11 家，图里 1 家"
    assert [(entry.thing.id, entry.stands_for) for entry in answer.samples.entries] == [("lx", None)]
    assert (answer.published[0].status, answer.published[0].source, answer.published[0].place) == (
        "confirmed",
        "s",
        "第70段",
    )
    assert {lacking.form for lacking in answer.missing} == {"scenarios"}


def test_centres_and_whom_they_looked_at(city: Store) -> None:
    answer = asked(city, "centres")
    told = figures(answer)
    assert {metric: (figure.shown, figure.difference.code) for metric, figure in told.items()} == {
        "赋能中心数": (1, "fig_less"),
        "诊断企业(机构)数": (2, "fig_less"),  # f1 at two of them is one firm; f3 no longer; fx is made up
    }
    assert figures(asked(city, "centres", day="2026-01-31"))["诊断企业(机构)数"].shown == 3
    assert [lacking.form for lacking in answer.missing] == ["centres"]


def test_what_was_signed_at_an_event(city: Store) -> None:
    answer = asked(city, "events")
    assert [(entry.thing.id, entry.on) for entry in answer.entries] == [("e1", "2026-05-01"), ("e2", "2026-06")]
    assert {(tie.part, tie.other.id) for tie in answer.ties} == {("签约项目", "q1"), ("签约项目", "q2")}
    told = figures(answer)
    assert {metric: (figure.shown, figure.difference.code) for metric, figure in told.items()} == {
        "签约重点项目数": (2, "fig_same"),
        "签约项目总投资": (500_000_000, "fig_partial"),  # dollars are not yuan
    }
    assert told["签约项目总投资"].difference == "图里 5 亿元，另有 1 个没有可比的金额"
    assert [point.code for point in answer.points] == ["named", "first"]
    assert [lacking.form for lacking in answer.missing] == ["projects"]


def test_kinds_of_platforms_that_are_not_there(city: Store) -> None:
    answer = asked(city, "platforms")
    assert answer.verdict == "支撑平台：点了名的 1 个平台；基金、会展类的还没有登记。"
    assert [lacking.form for lacking in answer.missing] == ["platforms", "participates_in"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_the_sentence_rests_on_samples(city: Store, name: str) -> None:
    answer, hidden = asked(city, name), asked(city, name, without=("sample",))
    assert (hidden.points, hidden.entries, hidden.ties, hidden.published) == (
        answer.points,
        answer.entries,
        answer.ties,
        answer.published,
    )
    assert (hidden.samples.entries, hidden.samples.ties, hidden.samples.answerers) == ([], [], [])
    assert "sample" not in hidden.rests_on


@pytest.mark.parametrize("name", NAMES)
def test_without_rows_the_answer_says_which_are_missing(store: Store, tmp_path: Path, name: str) -> None:
    (tmp_path / "sources.csv").write_text(SOURCES, "utf-8")
    assert not load([tmp_path / "sources.csv"], store).bad
    answer = asked(store, name)
    assert (answer.entries, answer.published, answer.points[0].code) == ([], [], "none_named")
    assert answer.missing[0].form == name
    page = TestClient(create_app(store, Settings())).get(f"/{name}").text
    assert f"/templates/{name}.xlsx" in page
    assert answer.points[0] in page


def test_routes_pages_and_workbooks(city: Store) -> None:
    client = TestClient(create_app(city, Settings()))
    for name in NAMES:
        answer, page = client.get(f"/api/v1/{name}").json(), client.get(f"/{name}").text
        assert answer["points"][0] in page
        assert [row for row in answer["entries"] if f">{row['thing']['name']}</a>" not in page] == []
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/{name}.xlsx").content))
        assert [cell.value for cell in book.worksheets[0]["A"]][1] == answer["verdict"]
        assert client.get(f"/{name}?table=entries&format=csv").text.count("\n") == len(answer["entries"]) + 1
    assert 'href="/scenarios"' in client.get("/things/Scenario/l1").text
    assert "示例（虚构，只作演示）" in client.get("/challenges").text
    assert "示例（虚构，只作演示）" not in client.get("/challenges?without=sample").text
    assert "不是一个：公布的 11 个，没有逐个点名" in client.get("/scenarios").text


def test_commands(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/graph.lbug"
    filled(open_store(url), tmp_path / "rows").close()
    assert json.loads(run("events", "--format", "json", store=url).stdout)["name"] == "events"
    done = run("scenarios", "--format", "csv", "--xlsx", str(tmp_path / "out.xlsx"), store=url)
    assert [line for line in done.stdout.splitlines() if line.startswith("公布的数与图里的行,已认定数,")]
    assert "公布已认定数 11 家，图里 1 家" in done.stderr
    assert (tmp_path / "out.xlsx").exists()
