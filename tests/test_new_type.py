"""A new type of node and a new edge: the two classes below are all that has to be written, in one file of ``graph/model/``.

Here they are taken in for one test, on a store that was loaded before there were any.
"""

from pathlib import Path

import openpyxl
from fastapi.testclient import TestClient

from api.app import create_app
from api.schema import as_json, as_json_schema, as_markdown
from graph.model import extended
from graph.model.base import Edge, Node, TypeInfo, column
from graph.model.edges import joins
from graph.model.kinds import OptDate
from graph.model.nodes import CHAINS
from graph.settings import Settings
from graph.stores import Store
from loaders.run import load
from loaders.templates import write_template


class Audit(Node):
    """检查: an inspection of firms."""

    table = TypeInfo("audits", "检查", "aud", counted="检查", searched=20, links=(CHAINS,))
    held_on: OptDate = column("检查日期", hint="现场检查的那一天")


class Checks(Edge):
    """检查了企业."""

    table = joins(
        "检查对象", ("Audit", "Enterprise"), columns=(("audit", "检查"), ("firm", "企业")), words=("检查了", "受检于")
    )


STORY = Path(__file__).parent / "data" / "story"
ROWS = {
    "audits.csv": "编号,名称,检查日期,产业链,来源,状态\naud-1,示例安全检查,2026-03,demo,s1,已证实\n",
    "checks.csv": "检查,企业,来源,状态\n示例安全检查,示例甲整机有限公司,s1,已证实\n",
}


def test_a_type_is_one_file(store: Store, tmp_path: Path) -> None:
    assert not load([STORY], store).bad
    with extended(Audit, Checks):
        client = TestClient(create_app(store, Settings(request_seconds=600)))
        pages = {
            page: client.get(page).status_code
            for page in ("/chains/demo/records", "/enterprises/a", "/search?q=示例", "/things/Audit/aud-1")
        }
        assert pages == {
            "/chains/demo/records": 200,
            "/enterprises/a": 200,
            "/search?q=示例": 200,
            "/things/Audit/aud-1": 404,
        }

        folder = tmp_path / "rows"
        folder.mkdir()
        for name, text in ROWS.items():
            (folder / name).write_text(text, "utf-8")
        report = load([folder], store)
        assert (report.bad, report.nodes, report.edges) == (False, {"Audit": 1}, {"CHECKS": 1, "ON_CHAIN": 1})

        hit = {"id": "aud-1", "label": "Audit", "name": "示例安全检查", "status": "confirmed"}
        hit |= {"matched": "拼音首字母", "matched_code": "initials"}
        assert client.get("/api/v1/search?q=slaqjc").json()["items"] == [hit]
        asked = {"query": "MATCH (a:Audit)-[:CHECKS]->(e:Enterprise) RETURN a.held_on AS day, e.name AS firm"}
        assert client.post("/api/v1/cypher", json=asked).json()["rows"] == [
            {"day": "2026-03", "firm": "示例甲整机有限公司"}
        ]
        assert [item["id"] for item in client.get("/api/v1/chains/demo").json()["members"]] == ["aud-1"]
        totals = {item["name"]: item["counts"] for item in client.get("/api/v1/totals").json()["items"]}
        assert totals["检查"] == {"confirmed": 1}
        assert [
            item["relation"] for item in client.get("/api/v1/enterprises/a").json()["incoming"] if item["id"] == "aud-1"
        ] == ["CHECKS"]

        for page, words in {
            "/search?q=安全检查": ["检查", '/things/Audit/aud-1"', "按名称包含"],
            "/things/Audit/aud-1": [
                "<dt>检查日期</dt><dd>2026-03</dd>",
                "<h2>检查了 ",
                "<h2>所在产业链 ",
                "示例甲整机有限公司",
            ],
            "/enterprises/a": ["受检于", '<a href="/things/Audit/aud-1">示例安全检查</a>'],
            "/chains/demo/records": ['<a href="/things/Audit/aud-1">示例安全检查</a>'],
        }.items():
            text = client.get(page).text
            assert [word for word in words if word not in text] == [], page

        write_template(Audit, tmp_path / "form.xlsx")
        book = openpyxl.load_workbook(tmp_path / "form.xlsx")
        heads = next(book.worksheets[0].iter_rows(values_only=True))
        assert "检查日期: held_on。现场检查的那一天" in [cell.value for cell in book["填写说明"]["A"]]
        assert heads[:6] == ("编号", "名称*", "产业链", "别名", "说明", "检查日期")
        assert ["Audit", "Enterprise"] in next(edge["ends"] for edge in as_json()["edges"] if edge["type"] == "CHECKS")
        assert "(Audit)-[:ON_CHAIN]->(Chain)" in as_markdown()
        assert "held_on" in as_json_schema()["$defs"]["Audit"]["properties"]
