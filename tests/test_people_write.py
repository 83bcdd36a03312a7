"""What people change by the API: with the tag of what they saw, and nothing of another's is lost; on both stores."""

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
