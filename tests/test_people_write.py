"""What people change by the API: with the tag of what they saw, and nothing of another's is lost; on both stores."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph.journal import broken, settled
from graph.model.nodes import Enterprise, Project, Task
from graph.settings import Settings
from graph.stores import Store
from loaders.run import load_rows

THINGS = (
    ("enterprises/f", Enterprise, {"short_name": "示例短名"}, {"short_name": "另一个"}),
    ("projects/p", Project, {"stage": "签约"}, {"stage": "终止"}),
    ("tasks/t", Task, {"state": "已完成"}, {"state": "受阻"}),
)


@pytest.fixture
def client(store: Store) -> TestClient:
    load_rows(Enterprise, [{"id": "f", "name": "示例甲公司", "source": "名录"}], store)
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账", "stage": "洽谈", "amount": "50亿元"}], store)
    load_rows(Task, [{"id": "t", "name": "示例任务", "source": "清单", "list": "重点任务", "state": "进行中"}], store)
    return TestClient(create_app(store, Settings()), raise_server_exceptions=False)


def changed(client: TestClient, path: str, fields: dict[str, Any], tag: str | None) -> Any:
    return client.patch(f"/api/v1/{path}", json=fields, headers={"If-Match": tag} if tag is not None else {})


@pytest.mark.parametrize(("path", "record", "mine", "theirs"), THINGS)
def test_a_thing_is_changed_by_who_has_seen_it(
    client: TestClient, path: str, record: type, mine: dict[str, str], theirs: dict[str, str]
) -> None:
    first = client.get(f"/api/v1/{path}")
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert first.json()["etag"] in tag
    assert changed(client, path, mine, None).status_code == 428
    answer = changed(client, path, mine | {"why": "电话核实"}, tag)
    assert answer.status_code == 200, answer.text
    thing = answer.json().get("thing") or answer.json()["enterprise"]
    assert mine.items() <= thing.items()
    stale = changed(client, path, theirs, tag)
    assert (stale.status_code, stale.headers["content-type"]) == (412, "application/problem+json")
    assert mine.items() <= stale.json()["newer"].items()
    assert "本机用户" in stale.json()["detail"]
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": tag})
    assert again.status_code == 200  # it is another one now
    assert client.get(f"/api/v1/{path}", headers={"If-None-Match": again.headers["etag"]}).status_code == 304
    assert changed(client, path, theirs, again.headers["etag"]).status_code == 200
    assert changed(client, path, mine, "*").status_code == 200
    store = client.app.state.store  # type: ignore[attr-defined]
    assert [one.outcome for one in settled(store.journal().entries())] == ["refused", "done", "refused", "done", "done"]
    assert broken(store.journal().entries(), store.journal().head()) == []


def test_another_things_change_leaves_a_tag_good(client: TestClient) -> None:
    tag = client.get("/api/v1/projects/p").headers["etag"]
    assert changed(client, "tasks/t", {"state": "已完成"}, "*").status_code == 200
    assert changed(client, "projects/p", {"stage": "签约"}, tag).status_code == 200


@pytest.mark.parametrize(
    ("path", "fields", "status", "told"),
    [
        ("projects/p", {"stge": "签约"}, 422, "是不是 stage"),
        ("projects/p", {"stage": "快签了"}, 422, "不在可选值内"),
        ("projects/p", {"chains": "集成电路"}, 422, "是关系,不是字段"),
        ("projects/p", {"recorded_at": "2020"}, 422, "没有可改的字段"),
        ("projects/p", {"id": "q"}, 422, "没有可改的字段"),
        ("projects/p", {"name": None}, 422, "名称"),
        ("projects/none", {"stage": "签约"}, 404, "没有"),
        ("projects/p", {"name": "=cmd|' /C calc'!A0"}, 422, "公式"),
        ("projects/p", {"description": {"a": 1}}, 422, "嵌套"),
        ("projects/p", {"aliases": [["a"]]}, 422, "嵌套"),
    ],
)
def test_what_cannot_be_written_says_why_and_changes_nothing(
    client: TestClient, path: str, fields: dict[str, Any], status: int, told: str
) -> None:
    before = client.get("/api/v1/projects/p").content
    answer = changed(
        client, path, fields, "*" if path == "projects/none" else client.get("/api/v1/projects/p").headers["etag"]
    )
    assert answer.status_code == status, answer.text
    assert told in answer.json()["detail"]
    assert client.get("/api/v1/projects/p").content == before


def test_the_next_load_leaves_what_was_written(client: TestClient, tmp_path: Path) -> None:
    changed(client, "projects/p", {"stage": "签约", "amount": None}, "*")
    store = client.app.state.store  # type: ignore[attr-defined]
    load_rows(
        Project, [{"id": "p", "name": "示例项目", "source": "新台账", "stage": "线索", "amount": "60亿元"}], store
    )
    thing = client.get("/api/v1/projects/p").json()["thing"]
    assert (thing["stage"], "amount" in thing, thing["source"]) == ("签约", False, "新台账")


def form_of(page: str) -> dict[str, str]:
    """Return what a form would send that nobody has touched."""
    text = page.split('<form method="post"')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', text))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)', text))
    chosen = re.findall(r'<select[^>]* name="([^"]+)">(.*?)</select>', text)
    fields |= {name: (re.findall(r"<option selected>([^<]*)", options) or [""])[0] for name, options in chosen}
    return {name: unescape(value) for name, value in fields.items()}


def test_a_thing_is_changed_in_a_form(client: TestClient) -> None:
    assert 'href="/edit/Project/p"' in client.get("/things/Project/p").text
    assert 'href="/edit/Enterprise/f"' in client.get("/enterprises/f").text
    page = client.get("/edit/Project/p").text
    form = form_of(page)
    assert (form["stage"], form["seen-stage"], form["amount"]) == ("洽谈", "洽谈", "50亿")
    nothing = client.post("/edit/Project/p", data=form)
    assert (nothing.status_code, "没有改动什么" in nothing.text) == (422, True)
    done = client.post("/edit/Project/p", data=form | {"stage": "签约", "why": "电话核实"}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/things/Project/p")
    shown = client.get("/things/Project/p").text
    assert "本机用户" in shown
    assert "电话核实" in shown
    assert "文件里是：洽谈" in client.get("/edit/Project/p").text
    form = form_of(client.get("/edit/Project/p").text)
    assert ("note" in form, {"source", "place", "status", "confidence"} & {*form}) == (
        True,
        set(),
    )  # a person's word has its own
    client.post("/edit/Project/p", data=form | {"note": "已约见", "source": "别处"})
    thing = client.get("/api/v1/projects/p").json()["thing"]
    assert (thing["note"], thing["source"]) == ("已约见", "台账")
    wrong = client.post("/edit/Project/p", data=form_of(client.get("/edit/Project/p").text) | {"amount": "很多"})
    assert (wrong.status_code, "不是数字" in wrong.text, 'value="很多"' in wrong.text) == (422, True, True)


def test_the_second_of_two_is_shown_the_firsts_words_beside_their_own(client: TestClient) -> None:
    first, second = (form_of(client.get("/edit/Project/p").text) for _ in range(2))
    assert client.post("/edit/Project/p", data=first | {"stage": "签约", "description": "甲写的"}).status_code == 200
    page = client.post("/edit/Project/p", data=second | {"stage": "终止", "place": "无关"})
    assert page.status_code == 409
    assert "本机用户" in page.text
    assert "现在是：签约" in page.text
    form = form_of(page.text)
    assert (form["stage"], form["seen-stage"], form["description"]) == ("终止", "签约", "甲写的")  # nothing is lost
    assert client.post("/edit/Project/p", data=form).status_code == 200
    thing = client.get("/api/v1/projects/p").json()["thing"]
    assert (thing["stage"], thing["description"]) == ("终止", "甲写的")


def test_the_journal_is_a_page_where_a_change_is_taken_back(client: TestClient) -> None:
    client.post("/edit/Project/p", data=form_of(client.get("/edit/Project/p").text) | {"stage": "签约", "why": "核实"})
    changed(client, "projects/p", {"stage": "快签了"}, "*")
    page = client.get("/audit").text
    assert "阶段：洽谈 → 签约" in page
    assert "不在可选值内" in page
    (change,) = [one["change"] for one in client.get("/api/v1/audit", params={"ended": "做成"}).json()["items"]]
    back = client.post("/audit/undo", data={"change": change, "why": "看错了"}, follow_redirects=False)
    assert back.status_code == 303
    assert client.get("/api/v1/projects/p").json()["thing"]["stage"] == "洽谈"
    latest = client.get("/api/v1/audit").json()["items"][0]
    assert (latest["action"], latest["why"], latest["written"]) == (
        "撤销", "看错了", [{"field": "stage", "zh": "阶段", "before": "签约", "after": None}],
    )  # fmt: skip
    again = client.post("/audit/undo", data={"change": change}, follow_redirects=False)
    assert (again.status_code, "又有人改过" in again.text) == (409, True)
    assert client.get("/api/v1/audit", params={"since": "2999-01-01"}).json()["items"] == []
    assert client.get("/api/v1/audit", params={"thing": "示例项目", "who": "本机"}).json()["items"] != []
    assert client.get("/api/v1/audit", params={"since": "昨天"}).status_code == 422


def test_a_step_of_the_ledger_is_recorded_on_its_page(client: TestClient) -> None:
    store = client.app.state.store  # type: ignore[attr-defined]
    load_rows(Enterprise, [{"id": "g", "name": "示例乙公司", "source": "名录"}], store)
    step = {"supplier": "示例甲公司", "customer": "g", "product": "电机", "stage": "洽谈", "happened_on": "2026-11-01"}
    step |= {"handled_by": "张三", "source": "走访纪要", "note": ""}
    assert 'action="/ledger#record"' in client.get("/ledger").text
    assert client.post("/ledger", data=step, follow_redirects=False).status_code == 303
    (match,) = client.get("/api/v1/ledger").json()["matches"]
    assert (match["supplier"]["id"], match["state"], match["steps"][0]["by"]) == ("f", "洽谈", "张三")
    told = client.get("/api/v1/audit").json()["items"][0]["name"]
    assert told.startswith("示例甲公司 → 示例乙公司（电机")  # names, not ids
    wrong = client.post("/ledger", data=step | {"stage": "放弃"})
    assert (wrong.status_code, "放弃要写原因" in wrong.text, 'value="走访纪要"' in wrong.text) == (422, True, True)
    unknown = client.post("/ledger", data=step | {"supplier": "没有这家"})
    assert (unknown.status_code, "没有这家" in unknown.text) == (422, True)


def test_two_firms_are_judged_on_a_page(client: TestClient) -> None:
    store = client.app.state.store  # type: ignore[attr-defined]
    load_rows(Enterprise, [{"id": "g", "name": "示例乙公司", "source": "名录"}], store)
    page = client.get("/review/judge", params={"left": "f", "right": "g"}).text
    assert "示例甲公司" in page
    assert "示例乙公司" in page
    judged = {"left": "f", "right": "g", "first": "g", "verdict": "同一", "reason": "改过名"}
    assert client.post("/review/judge", data=judged, follow_redirects=False).status_code == 303
    again = client.post("/review/judge", data=judged)
    assert (again.status_code, "判断已经是" in again.text) == (422, True)
    assert "lianzhang judge" not in again.text
    shown = client.get("/review").text
    assert "/review/judge?left=" in shown
    assert client.post("/review/judge", data=judged | {"verdict": "撤销"}, follow_redirects=False).status_code == 303
    whos = [one["who"] for one in client.get("/api/v1/audit").json()["items"]]
    assert whos == ["本机用户", "本机用户"]


def test_halves_of_signs_are_no_text(client: TestClient) -> None:
    for body in (r'{"description": "\ud800"}', r'{"stage": "签约", "why": "\ud800"}', '{"stage": "签约", "why": [1]}'):
        headers = {"If-Match": "*", "Content-Type": "application/json"}
        assert client.patch("/api/v1/projects/p", content=body, headers=headers).status_code == 422


def test_the_form_asks_for_nothing_that_is_reckoned(client: TestClient) -> None:
    text = client.get("/edit/Enterprise/f").text
    assert ('name="uscc"' in text, 'name="uscc_check"' in text) == (True, False)


def test_what_a_person_writes_is_not_read_otherwise(client: TestClient) -> None:
    answer = changed(client, "enterprises/f", {"stock_code": "2", "description": "—"}, "*")
    assert answer.status_code == 200
    firm = client.get("/api/v1/enterprises/f").json()["enterprise"]
    assert (firm["stock_code"], firm["description"]) == ("2", "—")


def test_lists_show_which_values_are_a_persons(client: TestClient) -> None:
    assert "写的" not in client.get("/enterprises").text + client.get("/search?q=示例").text
    changed(client, "enterprises/f", {"name": "示例丙公司", "description": "电话核实过"}, "*")
    day = client.get("/api/v1/audit").json()["items"][0]["at"][:10]
    for page in ("/enterprises", "/enterprises?q=示例"):
        rows = re.findall(r"<td.*?</td>", client.get(page).text, re.DOTALL)
        marked = [re.sub("<[^>]+>", " ", cell) for cell in rows if "写的" in cell]
        assert len(marked) == 2, page
        assert all(f"本机用户 {day} 写的" in cell for cell in marked)
    assert f"名称是 本机用户 {day} 写的" in client.get("/search?q=示例丙").text
    told = client.get("/enterprises?table=enterprises&format=csv").text
    assert f"电话核实过 本机用户 {day} 写的" in told.replace("（", " ").replace("）", "")
