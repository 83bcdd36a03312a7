"""Files that come by the page: what they would do is seen, confirmed, taken back; on both stores."""

import time
from pathlib import Path
from typing import Any

import pytest
from load_parts import FIRMS, client_of, jobs_of, left, loaded, seen, until, upload

from api.core.people import Role
from api.people.users import Users
from graph.journal import settled
from graph.model.nodes import Enterprise
from graph.stores import Store
from loaders.run import load_rows


@pytest.fixture
def own(request: pytest.FixtureRequest, store: Store) -> dict[str, Any]:
    """Settings by which a process of the app reaches the store."""
    if not store.url.startswith("bolt"):
        return {}
    server = request.getfixturevalue("neo4j_instance")
    return {"neo4j_user": server.user, "neo4j_password": server.password}


def test_a_file_is_seen_then_confirmed_then_taken_back(store: Store, own: dict[str, Any], tmp_path: Path) -> None:
    client = client_of(store, tmp_path, **own)
    told = seen(client)
    preview = told["preview"]
    assert (told["state"], told["files"], told["by"], told["source"]) == (
        "previewed",
        ["名单.csv"],
        "本机用户",
        "示例名单 2026-11",
    )
    assert {name: preview["counts"][name] for name in ("new", "changed", "same")} == {
        "new": 2,
        "changed": 0,
        "same": 0,
    }
    (table,) = preview["tables"]
    assert (table["file"], table["kind"], table["new"]) == ("名单.csv", "enterprises", 2)
    assert {head["head"]: (head["field"], head["samples"][:1]) for head in table["heads"]} == {
        "企业名称": ("name", ["示例甲公司"]),
        "统一社会信用代码": ("uscc", []),
        "所属区县": ("_district", ["崂山区"]),
    }
    assert store.version() == "empty" or store.nodes(Enterprise).is_empty()
    assert jobs_of(client).root.stat().st_mode & 0o777 == 0o700

    answer = client.post(f"/api/v1/loads/{told['id']}/confirm?wait=25")
    assert answer.status_code in (200, 202), answer.text
    done = until(client, told["id"], "done")
    assert (done["outcome"]["counts"]["new"], done["record"]["state"]) == (2, "standing")
    assert sorted(store.nodes(Enterprise)["name"]) == ["示例乙公司", "示例甲公司"]
    again = client.post(f"/api/v1/loads/{told['id']}/confirm")
    assert (again.status_code, again.json()["state"]) == (200, "done")  # nothing is loaded twice

    listed = client.get("/api/v1/loads").json()
    assert ([load["id"] for load in listed["items"]], listed["open"]) == ([told["id"]], [])
    back = client.delete(f"/api/v1/loads/{told['id']}?why=错了&wait=25")
    assert back.status_code in (200, 202), back.text
    assert until(client, back.json()["id"], "done")["taken_back"]["record"]["state"] == "taken_back"
    twice = client.delete(f"/api/v1/loads/{told['id']}")
    assert (twice.status_code, "已由 本机用户" in twice.json()["detail"]) == (409, True)
    assert [load["state"] for load in client.get("/api/v1/loads").json()["items"]] == ["taken_back"]
    assert store.nodes(Enterprise).is_empty()
    actions = [entry.action for entry in settled(store.journal().entries())]
    assert actions[:2] == ["上传", "载入"]


def test_what_the_graph_has_become_since_is_seen_anew(store: Store, own: dict[str, Any], tmp_path: Path) -> None:
    client = client_of(store, tmp_path, **own)
    id = seen(client)["id"]
    load_rows(Enterprise, [{"name": "示例甲公司", "source": "别处", "short_name": "甲"}], store)
    answer = client.post(f"/api/v1/loads/{id}/confirm?wait=25")
    assert (answer.status_code, "图变了" in answer.json()["detail"]) == (409, True)
    told = until(client, id, "previewed")
    assert (told["moved"], told["preview"]["counts"]["new"]) == (True, 1)
    client.post(f"/api/v1/loads/{id}/confirm")
    assert until(client, id, "done")["outcome"]["counts"]["new"] == 1


def test_columns_that_nobody_knows_are_said_and_seen_anew(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    told = seen(client, "甲列,乙列\n示例甲公司,1\n示例乙公司,2\n")
    (table,) = told["preview"]["tables"]
    assert [(head["head"], head["samples"][0], head["field"]) for head in table["heads"]] == [
        ("甲列", "示例甲公司", ""),
        ("乙列", "1", ""),
    ]
    assert "确认载入" not in client.get(f"/loads/{told['id']}").text
    answer = client.post(f"/loads/{told['id']}/told", data={"map:甲列": "name", "map:乙列": ""})
    assert answer.status_code == 200
    again = until(client, told["id"], "previewed", "failed")
    assert (again["state"], again["columns"], again["preview"]["counts"]["new"]) == ("previewed", {"甲列": "name"}, 2)


def test_a_slip_in_what_is_told_keeps_the_columns_to_choose_from(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    id = seen(client)["id"]
    client.post(f"/loads/{id}/told", data={"map:所属区县": "uscc"})
    told = until(client, id, "failed", "previewed")
    assert told["state"] == "failed"
    assert "所属区县" in told["problem"]
    assert "--map" not in told["problem"]
    page = client.get(f"/loads/{id}").text
    assert "map:所属区县" in page
    assert "确认载入" not in page
    assert client.post(f"/api/v1/loads/{id}/confirm").status_code == 409  # what is told now was never seen
    client.post(f"/loads/{id}/told", data={"map:所属区县": "_district", "map:企业名称": "name"})
    assert until(client, id, "failed", "previewed")["state"] == "previewed"


def test_only_editors_load_and_viewers_read_the_list(tmp_path: Path, embedded: Store) -> None:
    users = Users(tmp_path / "users.json")
    keys = {role: {"Authorization": f"Bearer {users.add(f'示例{role.zh}', role)}"} for role in Role}
    client = client_of(embedded, tmp_path)
    viewer, editor = keys[Role.viewer], keys[Role.editor]
    files = [("files", ("a.csv", FIRMS.encode()))]
    assert client.post("/api/v1/loads", files=files, headers=viewer).status_code == 403
    told = client.post("/api/v1/loads?wait=0", files=files, data={"source": "示例"}, headers=editor).json()
    for method, path in (
        ("GET", ""),
        ("POST", "/confirm"),
        ("DELETE", ""),
        ("GET", "/rejects/a-rejects.xlsx"),
    ):
        assert client.request(method, f"/api/v1/loads/{told['id']}{path}", headers=viewer).status_code == 403
    for path in ("/confirm", "/cancel", "/told"):
        assert client.post(f"/loads/{told['id']}{path}", data={}, headers=viewer).status_code == 403
    assert client.get("/api/v1/loads", headers=viewer).json() == {"items": [], "open": []}
    assert [one["by"] for one in client.get("/api/v1/loads", headers=editor).json()["open"]] == ["示例可改"]
    page = client.get("/loads", headers=viewer).text
    assert 'type="file"' not in page
    assert 'type="file"' in client.get("/loads", headers=editor).text
    foreign = client.post("/api/v1/loads", files=files, headers=editor | {"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    client.headers.update(editor)
    until(client, told["id"], "previewed")
    client.post(f"/api/v1/loads/{told['id']}/confirm")
    until(client, told["id"], "done")
    entry = [one for one in settled(embedded.journal().entries()) if one.action == "载入"][-1]
    assert entry.who == "示例可改"


def test_refused_rows_are_downloaded_mended_and_uploaded_again(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    text = "名称,统一社会信用代码,来源\n示例甲公司,,名录\n示例乙公司,123,名录\n,,名录\n"
    done = loaded(client, text=text, name="enterprises.csv")
    assert done["outcome"]["counts"]["rejected"] == len(done["outcome"]["rejects"]) > 0
    (name,) = done["outcome"]["reject_files"]
    got = client.get(f"/api/v1/loads/{done['id']}/rejects/{name}")
    assert (got.status_code, got.content[:2]) == (200, b"PK")
    assert client.get(f"/loads/{done['id']}/rejects/{name}").content == got.content
    assert client.get(f"/api/v1/loads/{done['id']}/rejects/no.xlsx").status_code == 404
    assert client.get(f"/api/v1/loads/{done['id']}/rejects/..%2Fjob.json").status_code == 404
    again = seen(client, got.content, name)
    assert again["preview"]["counts"]["rejected"] == done["outcome"]["counts"]["rejected"]


def test_what_is_cancelled_leaves_no_file(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    for wait in (True, False):  # after it was looked at, and while it is
        id = (seen(client) if wait else upload(client, wait=0).json())["id"]
        answer = client.delete(f"/api/v1/loads/{id}")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        assert left(tmp_path) == []
        assert client.get(f"/api/v1/loads/{id}").json()["state"] == "cancelled"
        assert client.delete(f"/api/v1/loads/{id}").status_code == 409
        assert client.post(f"/api/v1/loads/{id}/confirm").status_code == 409
    assert client.get("/api/v1/loads").json() == {"items": [], "open": []}
    assert embedded.version() == "empty"


def test_uploads_are_swept_after_a_day(tmp_path: Path, embedded: Store) -> None:
    import os

    client = client_of(embedded, tmp_path)
    id = seen(client)["id"]
    part = jobs_of(client).begin()
    (part / "files" / "half.csv").write_text("x")
    old = time.time() - 25 * 3600
    for path in (
        part,
        part / "files",
        part / "files" / "half.csv",
        jobs_of(client).folder(id) / "job.json",
        jobs_of(client).folder(id),
    ):
        os.utime(path, (old, old))
    assert client.get("/api/v1/loads").json()["open"] == []
    assert (left(tmp_path), client.get(f"/api/v1/loads/{id}").status_code) == ([], 404)


@pytest.mark.parametrize("id", ["no", "20261130-00000000", "..%2F..%2Fetc", "20261130-0000000g"])
def test_a_load_that_is_none_is_not_found(tmp_path: Path, embedded: Store, id: str) -> None:
    client = client_of(embedded, tmp_path)
    assert client.get(f"/api/v1/loads/{id}").status_code == 404
    assert client.post(f"/api/v1/loads/{id}/confirm").status_code == 404
    assert client.delete(f"/api/v1/loads/{id}").status_code == 404
    assert client.get(f"/loads/{id}").status_code == 404
