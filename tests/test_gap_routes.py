"""Weak links by command and by route: the shapes that programs rely on, on both stores, and what cannot be asked."""

import json
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from test_cli import run

from graph.stores import Store, open_store
from loaders.run import load
from queries.gaps.rules import read_rules

PARTS = [weight.name for _, weight in read_rules().score.by_key().items()]


def shaped(answer: dict[str, object]) -> None:
    """The shape of design §3."""
    assert answer["chain"] == "集成电路"
    assert answer["rule_version"] == read_rules().version
    segments = answer["segments"]
    assert isinstance(segments, list)
    assert len(segments) == 17
    states = set()
    for segment in segments:
        for place in (segment, *segment["products"]):
            states.add(place["state"])
            assert (place["score"] is None) == (place["state"] == "未知")
            assert (
                place["parts"] == [] if place["score"] is None else [part["name"] for part in place["parts"]] == PARTS
            )
            assert place["score"] is None or abs(sum(part["points"] for part in place["parts"]) - place["score"]) < 1e-9
            assert place["reasons"]
        assert segment["segment"]
    assert states == {"缺链", "弱链", "强链", "未知"}


def test_weak_links_by_command_and_route(seeded_store_url: str, client: TestClient) -> None:
    printed = json.loads(run("weak-links", "集成电路", "--format", "json", store=seeded_store_url).stdout)
    shaped(printed)
    served = client.get("/api/v1/chains/集成电路/weak-links").json()
    assert served == printed
    assert client.get("/api/v1/chains/integrated-circuits/weak-links").json() == served
    founded = client.get("/api/v1/chains/集成电路/weak-links", params={"without": "curated,sample"}).json()
    # of the yardstick
    assert [segment["segment"] for segment in founded["segments"]] == [
        segment["segment"] for segment in served["segments"]
    ]
    assert {segment["state"] for segment in founded["segments"]} == {"未知"}


def test_weak_links_on_the_server(neo4j_env: dict[str, str], seeded_store_url: str) -> None:
    store = neo4j_env["LIANZHANG_STORE"]
    printed, wanted = (
        json.loads(run("weak-links", "集成电路", "--format", "json", store=url, check=0, **environment).stdout)
        for url, environment in ((store, neo4j_env), (seeded_store_url, {}))
    )
    shaped(printed)
    assert printed | {"data_date": None} == wanted | {"data_date": None}


def test_evidence_resolves_to_rows_and_sources(client: TestClient) -> None:
    answer = client.get("/api/v1/chains/集成电路/weak-links").json()
    sources = {item["id"] for item in answer["sources"]}
    evidence = [
        row for segment in answer["segments"] for place in (segment, *segment["products"]) for row in place["evidence"]
    ]
    assert len(evidence) > 50
    seen = {(row["record"], row["from_id"], row["to_id"]) for row in evidence}
    for record, start, end in sorted(seen)[::7]:
        question = {
            "query": f"MATCH (a)-[r:{record}]->(b) WHERE a.id = $a AND b.id = $b RETURN r.source AS source",
            "parameters": {"a": start, "b": end},
        }
        rows = client.post("/api/v1/cypher", json=question).json()["rows"]
        assert rows, (record, start, end)
        assert rows[0]["source"] in sources


def test_tables_and_csv(seeded_store_url: str) -> None:
    table = run("weak-links", "jcdl", "--products", store=seeded_store_url)
    assert "CMP抛光液" in table.stdout
    assert "没有登记不等于没有" in table.stderr
    rows = run("weak-links", "集成电路", "--format", "csv", store=seeded_store_url).stdout.splitlines()
    assert rows[0].startswith("环节,层级,状态,")
    assert rows[0].endswith("紧要,行动,本地企业,依据,理由")
    assert len(rows) == 18


def test_a_certificate_by_command_and_route(seeded_store_url: str, client: TestClient, tmp_path: Path) -> None:
    printed = json.loads(run("certificate", "集成电路", "湿电子化学品", store=seeded_store_url).stdout)
    assert printed["judgement"]["state"] == "缺链"
    assert printed["candidates"]
    assert printed["needed_by"]
    assert all(candidate["why"] and not candidate["fills"] for candidate in printed["candidates"])
    served = client.get("/api/v1/chains/集成电路/certificate", params={"place": "湿电子化学品"})
    assert served.json() == printed
    run("certificate", "集成电路", "封装材料", "--out", str(tmp_path / "new" / "a.json"), store=seeded_store_url)
    assert json.loads((tmp_path / "new" / "a.json").read_text("utf-8"))["label"] == "Segment"
    run("certificate", "集成电路", "湿电子化学品", "--out", str(tmp_path / "a.html"), store=seeded_store_url)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "湿电子化学品" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    missing = client.get("/api/v1/chains/集成电路/certificate", params={"place": "没有这种"})
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert run("certificate", "集成电路", "没有这种", store=seeded_store_url, check=1).stdout == ""


def test_what_if_by_command_and_route(seeded_store_url: str, client: TestClient) -> None:
    landing = "示例外地碳化硅:车规级碳化硅功率模块"
    printed = json.loads(
        run("what-if", "新能源汽车", "--land", landing, "--format", "json", store=seeded_store_url).stdout
    )
    assert [gap["product"] for gap in printed["gaps_closed"]] == ["车规级碳化硅功率模块"]
    assert [gap["product"] for gap in printed["gaps_opened"]] == ["碳化硅MOSFET"]
    assert printed["leaders_affected"]
    assert client.get("/api/v1/chains/新能源汽车/what-if", params={"land": landing}).json() == printed
    both = client.get(
        "/api/v1/chains/智能家电/what-if", params={"remove": ["示例压缩机", "青岛万宝压缩机有限公司"]}
    ).json()
    assert [gap["product"] for gap in both["gaps_opened"]] == ["变频压缩机"]
    assert both["removal_cost"] > 0
    assert "上一层新的缺口" in run("what-if", "新能源汽车", "--land", landing, store=seeded_store_url).stderr
    for parameters, status in (
        ({"land": "无产品"}, 422),
        ({"land": "某厂:没有的产品"}, 404),
        ({"remove": "没有这家"}, 404),
    ):
        assert client.get("/api/v1/chains/新能源汽车/what-if", params=parameters).status_code == status
    assert run("what-if", "新能源汽车", "--remove", "没有这家", store=seeded_store_url, check=1).stdout == ""


def test_structure_by_command_and_route(seeded_store_url: str, client: TestClient) -> None:
    printed = json.loads(run("structure", "--most", "3", "--format", "json", store=seeded_store_url).stdout)
    assert client.get("/api/v1/structure", params={"size": 3}).json() == printed
    assert len(printed["pagerank"]) == 3
    assert printed["single_points_count"] >= len(printed["single_points"]) == 3
    assert -1 <= printed["cluster_agreement"] <= 1
    table = run("structure", store=seeded_store_url)
    assert "PageRank" in table.stdout
    assert "调整互信息" in table.stderr


def test_systemic_risk_of_a_network_that_is_sent(client: TestClient) -> None:
    question = {
        "supplier": [0, 1],
        "buyer": [1, 2],
        "amount": [1.0, 1.0],
        "industry": [0, 1, 2],
        "essentiality": np.full((3, 3), 2).tolist(),
    }
    answer = client.post("/api/v1/systemic-risk", json=question)
    assert answer.json()["esri"] == pytest.approx([1.0, 1.0, 1.0])
    wrong = client.post("/api/v1/systemic-risk", json=question | {"amount": [1.0, -1.0]})
    assert (wrong.status_code, "不能为负" in wrong.json()["detail"]) == (422, True)


REGISTER = """名称,产品,来源
示例甲厂,高端集成电路引线框架,示例名录
示例乙厂,光刻胶,示例名录
示例丙厂,封装测试业务,示例名录
示例丁厂,四氯乙烯,示例名录
示例戊厂,玫瑰金饰,示例名录
"""


def test_a_registers_products_are_mapped_to_the_chains(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/graph.lbug"
    store: Store = open_store(url)
    taxonomy = Path(__file__).parent.parent / "seeds" / "taxonomy"
    products = "".join(f"{line.split(',')[1]},示例名录\n" for line in REGISTER.splitlines()[1:])
    (tmp_path / "products.csv").write_text("名称,来源\n" + products, "utf-8")
    (tmp_path / "enterprises.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "chains.csv").write_text("id,name,source\nintegrated-circuits,集成电路,s\n", "utf-8")
    files = [
        taxonomy / "industries.csv",
        *(taxonomy / "integrated-circuits" / f"{name}.csv" for name in ("segments", "products")),
    ]
    report = load([tmp_path / "chains.csv", *files, tmp_path / "products.csv", tmp_path / "enterprises.csv"], store)
    assert not report.bad, report.rejected[:3]
    printed = run("map-products", "--out", str(tmp_path / "mapped"), "--format", "json", store=url)
    answer = json.loads(printed.stdout)
    assert answer["firms"] == {"matched": 1, "ambiguous": 2, "none": 2}
    assert {match["name"]: match["verdict"] for match in answer["matches"]} == {
        "高端集成电路引线框架": "matched", "光刻胶": "ambiguous", "封装测试业务": "ambiguous",
    }  # fmt: skip
    assert answer["chains"] == [{"chain": "集成电路", "matched": 1, "ambiguous": 2}]
    again = load([tmp_path / "mapped"], store)
    assert not again.bad, again.rejected
    rows = store.read(
        "MATCH (e:Enterprise)-[r:PRODUCES]->(p:Product) WHERE r.status = 'inferred' RETURN e.name AS e, p.name AS p, r.note AS note"
    ).rows
    assert [(row["e"], row["p"]) for row in rows] == [("示例甲厂", "引线框架")]
    assert "高端集成电路引线框架" in rows[0]["note"]
    places = store.read("MATCH (e:Enterprise)-[r:OPERATES_IN]->(s:Segment) RETURN e.name AS e, s.name AS s").rows
    assert [(row["e"], row["s"]) for row in places] == [("示例丙厂", "封装测试")]
    assert "匹配 1,有歧义 2,对不上 2" in printed.stderr
