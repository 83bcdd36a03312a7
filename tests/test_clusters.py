"""The declared clusters beside the communities of the supply graph, on both stores, exact by hand on made-up rows."""

import io
import json
from pathlib import Path

import networkx as nx
import numpy as np
import openpyxl
import pytest
from fastapi.testclient import TestClient
from sklearn.metrics import adjusted_mutual_info_score
from test_cli import run
from view_parts import trusted, under

from api.app import create_app
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load
from queries.clusters.answers import Clusters, Compared, MemberPlace
from queries.clusters.clusters import make_clusters
from queries.clusters.communities import Communities
from queries.clusters.tables import MEMBERS
from queries.core.table import text_of
from queries.names.search import find_cluster
from queries.networks.network import Network
from queries.networks.structure import communities

DAY = "2026-11-30"
# Two triangles of supply, abc and def, joined by c–d; s has no supplies, a2 is judged to be a; x is made up.
ROWS = {
    "sources.csv": "id,name,source,status\ns,文件,s,confirmed\nm,虚构,m,sample\n",
    "regions.csv": "id,name,source,status\nqd,青岛市,s,confirmed\njn,济南市,s,confirmed\n",
    "chains.csv": "id,name,region,source,status\ndemo,演示链,qd,s,confirmed\naway,外地链,jn,s,confirmed\n",
    "enterprises.csv": "id,name,source,status\n"
    + "".join(f"{firm},企业{firm},s,confirmed\n" for firm in ("a", "a2", "b", "c", "d", "e", "f", "s", "gone"))
    + "x,示例企业,m,sample\n",
    "compared_with.csv": "企业,另一企业,判断,判断时间,判断人,来源,状态\na,a2,同一,2026-01-01,甲,s,confirmed\n",
    "supplies.csv": "supplier,customer,source,status\n"
    + "".join(
        f"{supplier},{customer},s,confirmed\n" for supplier, customer in ("ab", "bc", "ca", "de", "ef", "fd", "cd")
    )
    + "x,a,m,sample\n",
    "clusters.csv": """id,name,level,region,chains,note,source,status,place
k0,空集群,雁阵形,qd,demo,,s,confirmed,第1页
k1,甲集群,雁阵形,qd,demo;away,是目标,s,confirmed,第2页
k2,乙集群,省级特色,qd,demo,,s,reported,第3页
kx,示例集群,雁阵形,qd,demo,,m,sample,
""",
    "member_of.csv": """enterprise,cluster,valid_from,valid_to,source,status,place
a2,k1,2025,,s,reported,第9页
b,k1,,,s,confirmed,
s,k1,,,s,confirmed,
gone,k1,,2026-11-29,s,confirmed,
c,k2,,,s,confirmed,
d,k2,,,s,confirmed,
e,k2,,,s,confirmed,
f,k2,,,s,confirmed,
x,kx,,,m,sample,
x,k2,,,m,sample,
""",
    "leads.csv": "enterprise,chain,source,status\nb,demo,s,confirmed\nb,away,s,confirmed\n",
    "participates_in.csv": "participant,subject,role,source,status\nf,k2,集群领军企业,s,confirmed\n",
    "statements.csv": """id,subject,metric,value,unit,original,source,status,place
t1,Region:青岛市,雁阵形集群总数,3,个,3个,s,reported,第5段
t2,Region:青岛市,集群领军企业总数,1,家,1家,s,reported,第5段
t3,Region:青岛市,新增雁阵形集群数,1,个,1个,s,reported,第5段
""",
}


def filled(store: Store, folder: Path, **rows: str) -> Store:
    """Return a store with rows, those of the story but for the files that are given."""
    folder.mkdir(exist_ok=True)
    for name, text in {**ROWS, **{f"{name}.csv": text for name, text in rows.items()}}.items():
        if text:
            (folder / name).write_text(text, "utf-8")
    report = load([folder], store)
    assert not report.bad, (report.failed, report.rejected)
    return store


@pytest.fixture
def city(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with the clusters of a made-up city."""
    return filled(store, tmp_path / "rows")


def asked(store: Store, word: str = "", day: str = DAY, without: tuple[str, ...] = ()) -> Clusters:
    """The answer for all clusters, or for one."""
    view = under(store, trusted(without), day)
    return make_clusters(view, find_cluster(view, word) if word else None)


def by_id(answer: Clusters) -> dict[str, Compared]:
    return {compared.entry.thing.id: compared for compared in (*answer.compared, *answer.sample_compared)}


def crossing(compared: Compared) -> list[tuple[str, int, list[int], int]]:
    return [(firm.firm.id, firm.community, firm.others, firm.partners) for firm in compared.bridges]


def score(declared: str, groups: str) -> float:
    return float(adjusted_mutual_info_score(list(declared), list(groups)))


def test_all_clusters_agree_as_scikit_learn_says(city: Store) -> None:
    supply = asked(city).supply
    assert (supply.firms, supply.communities, supply.memberships) == (6, 2, 6)
    assert supply.agreement == pytest.approx(score("112222", "111222"))  # s does not count
    assert (supply.reason.code, round(supply.reason.params["score"], 6)) == (
        "agree_score",
        round(score("112222", "111222"), 6),
    )


def test_members_and_who_is_missing_on_either_side(city: Store) -> None:
    clusters = by_id(asked(city))
    first, second = clusters["k1"], clusters["k2"]
    assert [(m.firm.id, m.stands, m.community) for m in first.members] == [
        ("a", MemberPlace.same, 1), ("b", MemberPlace.same, 1), ("s", MemberPlace.silent, None),
    ]  # fmt: skip
    assert [(m.firm.id, m.stands, m.community) for m in second.members] == [
        ("c", MemberPlace.other, 1), ("d", MemberPlace.same, 2), ("e", MemberPlace.same, 2), ("f", MemberPlace.same, 2),
    ]  # fmt: skip
    assert (first.community, first.firms, first.together, first.unlisted_count) == (1, 3, 2, 1)
    assert (second.community, second.firms, second.together, second.unlisted_count) == (2, 3, 3, 0)
    outside = [(firm.firm.id, firm.partners, firm.status, firm.source) for firm in first.unlisted]
    assert outside == [("c", 2, "inferred", "s")]
    assert first.agreement == pytest.approx(score("110000", "111000"))
    assert second.agreement == pytest.approx(score("001111", "000111"))
    assert first.reason.startswith("有供应关系的 2 家成员里 2 家在群落 1，那里另有 1 家不是成员")
    assert first.centre is not None
    assert first.centre.id == "a"


def test_who_bridges(city: Store) -> None:
    clusters = by_id(asked(city))
    assert crossing(clusters["k1"]) == [("c", 1, [2], 1)]
    assert crossing(clusters["k2"]) == [("c", 1, [2], 1), ("d", 2, [1], 1)]
    assert crossing(clusters["k0"]) == []


def test_leaders_and_provenance(city: Store) -> None:
    clusters = by_id(asked(city))
    members = {m.firm.id: m for cluster in clusters.values() for m in cluster.members}
    assert {id for id, m in members.items() if m.leader} == {"b", "f"}
    assert {chain.id for chain in members["b"].leads} == {"demo", "away"}
    assert members["f"].role == "集群领军企业"
    leading = next(member for member in MEMBERS if member.head == "领军企业")
    assert [text_of(leading, members[id], {}) for id in ("b", "f")] == [
        "",
        "是",
    ]  # b leads a chain, and not the cluster
    assert (members["a"].status, members["a"].source, members["a"].place, members["a"].since) == (
        "reported",
        "s",
        "第9页",
        "2025",
    )
    entry = clusters["k1"].entry
    assert (entry.kind, entry.remark, entry.status, entry.place) == ("雁阵形", "是目标", "confirmed", "第2页")


def test_the_day_and_the_city_of_the_scope(city: Store) -> None:
    assert "gone" in {m.firm.id for m in by_id(asked(city, day="2026-11-29"))["k1"].members}
    assert "gone" not in {m.firm.id for m in by_id(asked(city))["k1"].members}
    page = TestClient(create_app(city, Settings())).get("/api/v1/clusters", params={"city": "青岛"}).json()
    cluster = next(item for item in page["compared"] if item["entry"]["thing"]["id"] == "k1")
    assert [chain["id"] for chain in cluster["entry"]["chains"]] == ["demo"]
    assert [chain["id"] for m in cluster["members"] for chain in m["leads"]] == ["demo"]


def test_what_the_graph_says_nothing_of_is_not_nought(city: Store) -> None:
    empty = by_id(asked(city))["k0"]
    assert (empty.members, empty.community, empty.agreement, empty.reason.code) == ([], None, None, "no_members")
    answer = asked(city)
    assert {lacking.form for lacking in answer.missing} >= {"member_of", "supplies"}  # k0 has no members, s no supplies


def test_without_supplies_nothing_is_compared(store: Store, tmp_path: Path) -> None:
    answer = asked(filled(store, tmp_path / "rows", supplies="supplier,customer,source,status\nx,a,m,sample\n"))
    assert (answer.supply.agreement, answer.supply.reason.code, answer.supply.firms) == (None, "agree_no_supplies", 0)
    cluster = by_id(answer)["k1"]
    assert (cluster.agreement, cluster.community, cluster.reason.code) == (None, None, "silent_no_supplies")
    assert {m.stands for m in cluster.members} == {MemberPlace.silent}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ("s,k1", "agree_silent"),
        ("a,k1", "agree_one_cluster"),
        ("b,k2", "agree_one_community"),
        ("", "agree_no_members"),
    ],
)
def test_why_clusters_cannot_be_compared(store: Store, tmp_path: Path, members: str, code: str) -> None:
    leading = "b,k1" if code == "agree_one_community" else ""
    rows = {"member_of": members, "participates_in": leading and f"{leading},领军企业"}
    heads = {"member_of": "enterprise,cluster", "participates_in": "participant,subject,role"}
    told = {name: f"{heads[name]},source,status\n{row},s,confirmed\n" if row else "" for name, row in rows.items()}
    answer = asked(filled(store, tmp_path / "rows", **told))
    assert (answer.supply.agreement, answer.supply.reason.code) == (None, code)


def test_samples_stand_apart(city: Store) -> None:
    answer, hidden = asked(city), asked(city, without=("sample",))
    assert [cluster.entry.thing.id for cluster in answer.compared] == ["k0", "k1", "k2"]
    assert [cluster.entry.thing.id for cluster in answer.sample_compared] == ["kx"]
    made_up = answer.sample_compared[0]
    assert [(m.firm.id, m.stands) for m in made_up.members] == [("x", MemberPlace.same)]  # it supplies a
    assert made_up.unlisted[0].status == "inferred"
    assert (hidden.sample_compared, hidden.samples.entries) == ([], [])
    assert (hidden.points, hidden.supply, hidden.compared) == (answer.points, answer.supply, answer.compared)


def test_published_figures_beside_what_is_named(city: Store) -> None:
    told = {figure.metric: (figure.value, figure.shown, figure.difference.code) for figure in asked(city).published}
    assert told == {
        "雁阵形集群总数": (3, 2, "fig_less"),  # k0 and k1; the made-up one is none
        "集群领军企业总数": (1, 1, "fig_same"),
        "新增雁阵形集群数": (1, None, "fig_uncounted"),
    }


def test_one_cluster(city: Store) -> None:
    answer = asked(city, "甲集群")
    assert [cluster.entry.thing.id for cluster in answer.compared] == ["k1"]
    assert (answer.sample_compared, answer.published, [point.code for point in answer.points]) == ([], [], ["one"])
    assert answer.verdict.startswith("甲集群：登记了 3 家成员；有供应关系的 2 家")
    assert answer.rests_on == {"confirmed": 3, "reported": 1}
    assert [(source.id, source.rows) for source in answer.sources] == [("s", 4)]
    assert asked(city, "空集群").verdict == "空集群：没有登记成员。"
    made_up = asked(city, "示例集群")
    assert ([cluster.entry.thing.id for cluster in made_up.sample_compared], made_up.rests_on) == (
        ["kx"],
        {"sample": 2},
    )
    page = TestClient(create_app(city, Settings())).get("/clusters/kx").text
    assert "这是示例（虚构），只作演示，不可引用" in page
    assert "还没有登记集群" not in page


def test_identical_groups_agree_wholly_and_chance_ones_not_at_all() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(
        (f"{supplier:02d}", f"{customer:02d}")
        for supplier in range(100)
        for customer in range(supplier // 25 * 25, supplier)
    )
    network = Network.of(graph)
    groups = Communities(network, communities(network, 7))
    ids = network.ids
    assert len(groups.firms) == 4
    same = {str(number): firms for number, firms in groups.firms.items()}
    whole, memberships = groups.agree(same)
    assert whole == pytest.approx(1)
    assert memberships == 100
    assert groups.agree_on(groups.firms[2], 2) == pytest.approx(1)
    drawn = np.random.default_rng(5).integers(0, 4, 100)
    chance = {str(number): [ids[place] for place in np.flatnonzero(drawn == number)] for number in range(4)}
    score, _ = groups.agree(chance)
    assert score == pytest.approx(adjusted_mutual_info_score(drawn, [groups.of[id] for id in ids]), abs=1e-9)
    assert score is not None
    assert abs(score) < 0.05
    assert groups.agree({"one": ids}) == (None, 100)
    assert groups.agree_on(ids, 1) is None


def test_command_route_page_and_workbook(city: Store, tmp_path: Path) -> None:
    client = TestClient(create_app(city, Settings()))
    every, single = (client.get(f"/api/v1/clusters{tail}").json() for tail in ("", "/k1"))
    assert ([item["entry"]["thing"]["id"] for item in every["compared"]], len(single["compared"])) == (
        ["k0", "k1", "k2"],
        1,
    )
    assert single["compared"][0]["members"][2]["stands_code"] == "silent"
    assert client.get("/api/v1/clusters/nobody").status_code == 404
    page, alone = client.get("/clusters").text, client.get("/clusters/k1").text
    for words in (
        every["points"][0],
        "示例（虚构，只作演示）",
        "/templates/member_of.xlsx",
        'href="/clusters/k1"',
        "没有供应关系",
    ):
        assert words in page, words
    assert "甲集群" in alone
    assert "乙集群" not in alone
    assert 'href="/clusters/k1"' in client.get("/things/Cluster/k1").text
    book = openpyxl.load_workbook(io.BytesIO(client.get("/clusters.xlsx").content))
    assert [name for name in book.sheetnames if "示例" in name]
    assert "企业c" in [cell.value for row in book["群落里不是成员的企业"].iter_rows() for cell in row]


def test_the_command_takes_a_name(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/graph.lbug"
    store = filled(open_store(url), tmp_path / "rows")
    store.close()
    told = json.loads(run("clusters", "甲集群", "--format", "json", store=url).stdout)
    assert [cluster["entry"]["thing"]["id"] for cluster in told["compared"]] == ["k1"]
    done = run("clusters", "--format", "csv", "--xlsx", str(tmp_path / "out.xlsx"), store=url)
    assert done.stdout.startswith("部分,什么,怎样,状态,来源\n")
    assert "一致程度" in done.stderr
    assert (tmp_path / "out.xlsx").exists()
