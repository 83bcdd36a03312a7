"""Suppliers for a need in words as they are asked for: the command over files, the route, the page, both stores."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from gap_parts import TODAY, firm, put
from test_cli import run
from view_parts import trusted, under

from graph.errors import InputError
from graph.stores import Store, open_store
from queries.city.city import read_city
from queries.matching.city import match_city

Row = dict[str, Any]

OFFERS: list[Row] = [
    {
        "supplier": "a",
        "name": "青岛甲电池有限公司",
        "industry": ["锂电池"],
        "products": [{"name": "动力电池", "weight": 0.8}, {"name": "储能电池"}],
    },
    {
        "supplier": "b",
        "name": "青岛乙材料有限公司",
        "industry": ["电池化学品"],
        "products": [{"name": "正极材料"}, {"name": "电池隔膜"}],
    },
    {"supplier": "c", "name": "青岛丙机械有限公司", "industry": [], "products": [{"name": "减速机"}]},
]


def lines(path: Path, rows: list[Row], *more: str) -> Path:
    """Write rows as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*(json.dumps(row, ensure_ascii=False) for row in rows), *more]) + "\n", "utf-8")
    return path


def match(
    folder: Path, needs: Path, *more: str, offers: Path | None = None, check: int | None = 0
) -> tuple[dict[str, Row], str]:
    """Run the command and return the rankings by need, and what it said."""
    offers = offers or lines(folder / "offers.jsonl", OFFERS)
    out = folder / "out.jsonl"
    done = run(
        "match",
        "--offers",
        str(offers),
        "--needs",
        str(needs),
        "--out",
        str(out),
        *more,
        store="ladybug:///nowhere",
        check=check,
    )
    answers = {row["need"]: row for row in map(json.loads, out.read_text("utf-8").splitlines())} if out.exists() else {}
    return answers, done.stderr


def test_every_need_is_answered_with_reasons(tmp_path: Path) -> None:
    needs = lines(
        tmp_path / "needs.jsonl", [{"need": "1", "text": "动力电池"}, {"need": "2", "text": "减速机", "firm": "c"}]
    )
    answers, said = match(tmp_path, needs)
    first = answers["1"]["ranked"][0]
    assert (first["supplier"], first["product"], first["covered"]) == ("a", "动力电池", 1.0)
    assert first["why"][0] == "产品“动力电池”含“动力电池”，覆盖需求的 100%"
    assert next(candidate["supplier"] for candidate in answers["1"]["ranked"]) == "a"
    assert "c" not in [candidate["supplier"] for candidate in answers["2"]["ranked"]]
    assert answers["2"]["remarks"] == ["提出需求的企业自己也提供，不列入"]
    assert "2 项需求" in said


def test_bad_rows_are_told_and_the_others_go_on(tmp_path: Path) -> None:
    needs = lines(
        tmp_path / "needs.jsonl",
        [{"need": "1", "text": "动力电池"}, {"need": "2", "text": "  "}, {"need": "1", "text": "又"}],
        "{不是",
    )
    offers = lines(
        tmp_path / "bad.jsonl",
        [*OFFERS, {"supplier": "a", "name": "重复", "products": []}, {"supplier": "d", "name": "丁", "products": 3}],
    )
    answers, said = match(tmp_path, needs, offers=offers, check=1)
    assert list(answers) == ["1"]
    for told in (
        "第 2 行: need 2 没有需求文字",
        "第 3 行: need 1 已经出现过",
        "第 4 行: 不是一个 JSON 对象",
        "第 4 行: supplier a 已经出现过",
        "第 5 行: name 应是文字",
    ):
        assert told in said
    nothing, said = match(tmp_path / "none", needs, offers=lines(tmp_path / "empty.jsonl", []), check=1)
    assert not nothing
    assert "没有一条可用的供给" in said
    _, said = match(tmp_path / "gone", tmp_path / "gone.jsonl", check=1)
    assert "读不了这个文件" in said


def test_relations_are_told_among_the_reasons(tmp_path: Path) -> None:
    needs = lines(tmp_path / "needs.jsonl", [{"need": "1", "text": "动力电池"}])
    relations = lines(tmp_path / "relations.jsonl", [{"from": "动力电池", "relation": "上游材料", "to": "正极材料"}])
    answers, _ = match(tmp_path, needs, "--relations", str(relations))
    why = {candidate["supplier"]: candidate["why"] for candidate in answers["1"]["ranked"]}
    assert "产品“正极材料”与它有关系：动力电池 的上游材料是 正极材料" in why["b"]


def test_a_supplier_that_met_other_needs_comes_nearer_the_top(tmp_path: Path) -> None:
    needs = lines(tmp_path / "needs.jsonl", [{"need": "1", "text": "电池"}, {"need": "2", "text": "电池"}])
    known = lines(
        tmp_path / "known.jsonl",
        [{"need": need, "suppliers": ["b"]} for need in ("1", "7", "8")] + [{"need": "8", "suppliers": ["c"]}],
    )
    before, _ = match(tmp_path, needs)
    after, said = match(tmp_path, needs, "--known", str(known), check=1)
    assert f"{known}: 第 4 行: need 8 已经出现过" in said
    share = {
        name: {
            row["need"]: {candidate["supplier"]: candidate for candidate in row["ranked"]} for row in answers.values()
        }
        for name, answers in (("before", before), ("after", after))
    }
    assert share["before"]["1"]["b"]["score"] < share["after"]["1"]["b"]["score"] < share["after"]["2"]["b"]["score"]
    assert "已知满足过 2 项需求" in share["after"]["1"]["b"]["why"]  # what is said of the need itself does not count
    assert "已知满足过 3 项需求" in share["after"]["2"]["b"]["why"]


def test_known_rows_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    needs = lines(tmp_path / "needs.jsonl", [{"need": "1", "text": "电池"}])
    known = lines(
        tmp_path / "known.jsonl",
        [{"need": "2", "suppliers": "b"}, {"need": " ", "suppliers": []}, {"need": "3", "suppliers": [4]}],
        "{",
    )
    answers, said = match(tmp_path, needs, "--known", str(known), check=1)
    assert answers["1"]["ranked"]
    assert all(f"第 {row} 行" in said for row in (1, 2, 3, 4))
    assert said.count('应形如 {"need": "编号", "suppliers": ["供应商编号"]}') == 4


def test_an_index_that_is_kept_gives_the_same_answers(tmp_path: Path) -> None:
    needs = lines(tmp_path / "needs.jsonl", [{"need": "1", "text": "动力电池"}, {"need": "2", "text": "减速机"}])
    folder = str(tmp_path / "index")
    match(tmp_path, needs, "--index", folder)
    changed = [OFFERS[0], {**OFFERS[1], "products": [{"name": "减速机壳体"}]}]
    offers = lines(tmp_path / "changed.jsonl", changed)
    again, _ = match(tmp_path, needs, "--index", folder, offers=offers)
    anew, _ = match(tmp_path, needs, offers=offers)
    assert again == anew
    assert next(candidate["supplier"] for candidate in again["2"]["ranked"]) == "b"


@pytest.fixture
def city(store: Store, tmp_path: Path) -> Store:
    """A graph of three firms, one of them closed though the row of what it makes goes on, in either store."""
    firms = [firm("甲", products="motor"), firm("乙", products="chip"), firm("丙", valid_to="2020")]
    return put(store, tmp_path / "city", enterprises=firms, produces=[{"enterprise": "丙", "product": "motor"}])


def test_the_graph_answers_without_firms_that_have_closed(city: Store) -> None:
    name = read_city(under(city, trusted([]), TODAY)).names["Product"]["motor"]
    answer = match_city(under(city, trusted([])), name, 20)
    assert next(supplier.firm.id for supplier in answer.ranked) == "甲"
    assert "丙" not in [supplier.firm.id for supplier in answer.ranked]
    assert answer.ranked[0].status
    assert answer.ranked[0].source
    assert match_city(under(city, trusted([])), "囧囍", 20).ranked == []
    with pytest.raises(InputError, match="没有需求文字"):
        match_city(under(city, trusted([])), "  ", 20)


def test_a_graph_without_products_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="还没有一家企业登记产品"):
        match_city(under(open_store(f"ladybug://{tmp_path}/none.lbug"), trusted([])), "电池", 20)


def test_route_and_page_say_the_same(client: TestClient) -> None:
    answer = client.get("/api/v1/match", params={"need": "变频压缩机", "top": 3}).json()
    page = client.get("/match", params={"need": "变频压缩机"}).text
    assert len(answer["ranked"]) == 3
    for candidate in answer["ranked"]:
        assert candidate["firm"]["name"] in page
        assert candidate["why"][0] in page
        assert f"{candidate['covered']:.0%}" in page
    assert "含示例（虚构）数据" in page
    hidden = client.get("/api/v1/match", params={"need": "变频压缩机", "without": "sample"}).json()
    assert "sample" not in {candidate["status"] for candidate in hidden["ranked"]}
    assert "<script>alert" not in client.get("/match", params={"need": "<script>alert(1)</script>"}).text
    assert client.get("/match").status_code == 200
    assert "/match?need=" in client.get("/search", params={"q": "压缩机"}).text
