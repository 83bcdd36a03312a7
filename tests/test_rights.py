"""Who may do what: every route and page without a key, with too little, with enough; the login page; the users' file."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from fastapi.testclient import TestClient
from test_cli import run

from api.app import check_exposure, create_app
from api.core.people import Role
from api.people.sessions import FREE, Sessions, Tries
from api.people.users import Users
from api.server.door import COOKIE
from graph.errors import InputError, NotFound, OutputError
from graph.journal import settled
from graph.model.nodes import Project
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load_rows

HERE = "http://testserver"
FORM = {"Origin": HERE}


class Office:
    """A server with a user of each role."""

    def __init__(self, folder: Path) -> None:
        self.store = open_store(f"ladybug://{folder}/g.lbug")
        load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账", "stage": "洽谈"}], self.store)
        users = Users(folder / "users.json")
        self.keys = {role: users.add(f"示例{role.zh}", role) for role in Role}
        self.users = users
        self.app = create_app(self.store, Settings(users=folder / "users.json"))

    def client(self) -> TestClient:
        return TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)

    def headers(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"))
    yield made
    made.store.close()


def routes_of(routes: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path that the app answers."""
    for route in routes:
        if getattr(route, "methods", None):
            for method in route.methods - {"HEAD"}:
                yield method, prefix + re.sub(r"\{[^}]*\}", "x", route.path)
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)


def needs(method: str, path: str) -> Role:
    """The rights as the documents tell them."""
    if "/audit" in path:
        return Role.admin
    if "/loads/" in path:  # what was uploaded, before anything in it is masked
        return Role.editor
    reading = method == "GET" or path in ("/api/v1/cypher", "/api/v1/systemic-risk", "/api/v1/place")
    return Role.viewer if reading and not path.startswith("/edit/") else Role.editor


def test_every_route_asks_for_its_rights(office: Office) -> None:
    from api.changes.routes import router as changes
    from api.core.routes import router_of
    from api.rooms import PAGES
    from queries.questions import QUESTIONS

    rooms = [*router_of(QUESTIONS).routes, *changes.routes, *(route for room in PAGES for route in room.router.routes)]
    paths = {*routes_of(rooms), *routes_of(office.app.routes), ("GET", "/static/lianzhang.css"), ("GET", "/no-such")}
    assert {
        ("PATCH", "/api/v1/projects/x"),
        ("POST", "/audit/undo"),
        ("GET", "/edit/x/x"),
        ("GET", "/api/v1/audit"),
    } <= paths
    assert len(paths) > 90
    client = office.client()
    for method, path in sorted(paths - {("GET", "/healthz")}):
        assert client.request(method, path, headers=FORM).status_code == 401, (method, path)
        for role in Role:
            status = client.request(method, path, headers=office.headers(role) | FORM).status_code
            enough = role.covers(needs(method, path))
            assert (status == 403) is not enough, (method, path, role, status)
            assert status != 401, (method, path, role)


def test_a_page_asks_a_person_to_log_in_and_goes_on_where_they_were(office: Office) -> None:
    client = office.client()
    page = client.get("/projects?stage=签约", headers={"Accept": "text/html"})
    assert page.status_code == 401
    assert "www-authenticate" not in page.headers
    assert 'value="/projects?stage=' in page.text
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert client.get("/", headers={"Accept": "*/*"}).headers["www-authenticate"].startswith("Basic realm=")
    wrong = client.post("/login", data={"key": "lz_wrong", "next": "/"}, headers=FORM)
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
    right = client.post("/login", data={"key": office.keys[Role.editor], "next": "/projects"}, headers=FORM)
    assert (right.status_code, right.headers["location"]) == (303, "/projects")
    cookie = right.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    assert client.get("/projects").status_code == 200
    assert client.get("/audit").status_code == 403
    assert client.post("/logout", headers=FORM).status_code == 303
    assert client.get("/projects").status_code == 401
    lines = [
        (one.action, one.who, one.outcome) for one in settled(office.store.journal().entries()) if one.action == "登录"
    ]
    assert lines[-2:] == [("登录", "testclient", "refused"), ("登录", "示例可改", "done")]


def test_the_cookie_is_for_tls_alone_where_there_is_tls(office: Office) -> None:
    client = TestClient(office.app, base_url="https://testserver", follow_redirects=False)
    answer = client.post("/login", data={"key": office.keys[Role.viewer]}, headers={"Origin": "https://testserver"})
    assert "Secure" in answer.headers["set-cookie"]


def test_two_servers_of_one_host_do_not_take_each_others_cookies(office: Office) -> None:
    """Browsers send the cookies of a host to all its ports."""
    told = dict[int, str]()
    for port in (8000, 8001):
        origin = {"Origin": f"http://testserver:{port}"}
        client = TestClient(office.app, base_url=origin["Origin"], follow_redirects=False)
        client.post("/login", data={"key": office.keys[Role.viewer]}, headers=origin)
        told |= {port: "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
    names = {text.partition("=")[0] for text in "; ".join(told.values()).split("; ")}
    assert names == {f"{COOKIE}_8000", f"{COOKIE}_8001"}
    both = {"Cookie": "; ".join(told.values())}
    for port in told:
        client = TestClient(office.app, base_url=f"http://testserver:{port}", follow_redirects=False)
        assert client.get("/projects", headers=both).status_code == 200
        assert client.post("/logout", headers=both | {"Origin": f"http://testserver:{port}"}).status_code == 303
        assert client.get("/projects", headers=both).status_code == 401


@pytest.mark.parametrize(("amounts", "status"), [(True, 200), (False, 403)])
def test_what_a_supply_is_worth_may_be_kept_from_viewers(office: Office, amounts: bool, status: int) -> None:
    settings = Settings(users=office.users.path, viewer_amounts=amounts)
    client = TestClient(create_app(office.store, settings), raise_server_exceptions=False)
    asked = {"query": "MATCH (n:Project) RETURN n.name AS name"}
    answers = {role: client.post("/api/v1/cypher", json=asked, headers=office.headers(role)) for role in Role}
    assert [answers[role].status_code for role in (Role.viewer, Role.editor, Role.admin)] == [status, 200, 200]


def test_a_file_says_who_asked_for_it_whoever_asked_before(office: Office) -> None:
    address = "/projects?table=projects&format="
    for role, name in ((Role.editor, f"示例{Role.editor.zh}"), (Role.admin, f"示例{Role.admin.zh}")):
        sent = office.client().get(address + "csv", headers=office.headers(role))
        assert sent.headers["cache-control"] == "no-store"
        assert f"（{name} 导出于 " in unquote(sent.headers["content-disposition"])
        book = office.client().get(address + "xlsx", headers=office.headers(role))
        assert f"{name} 导出于" in openpyxl.load_workbook(io.BytesIO(book.content)).active["A2"].value


@pytest.mark.parametrize(
    "next_", ["//evil.example/x", "https://evil.example", "/\\evil.example", "/login", "javascript:alert(1)", "/a\nb"]
)
def test_the_login_leads_nowhere_else(office: Office, next_: str) -> None:
    answer = office.client().post("/login", data={"key": office.keys[Role.viewer], "next": next_}, headers=FORM)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_what_another_sites_page_sends_is_not_done(office: Office, headers: dict[str, str]) -> None:
    client = office.client()
    client.post("/login", data={"key": office.keys[Role.editor]}, headers=FORM)
    form = {"tag": "", "stage": "签约", "seen-stage": "洽谈"}
    assert client.post("/edit/Project/p", data=form, headers=headers).status_code == 403
    assert (
        client.patch("/api/v1/projects/p", json={"stage": "签约"}, headers=headers | {"If-Match": "*"}).status_code
        == 403
    )


def test_nothing_is_done_for_another_sites_page_on_this_machine_either(store: Store) -> None:
    client = TestClient(create_app(store, Settings()), raise_server_exceptions=False)
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账"}], store)
    evil = {"Origin": "https://evil.example", "If-Match": "*"}
    assert client.patch("/api/v1/projects/p", json={"stage": "签约"}, headers=evil).status_code == 403
    assert client.patch("/api/v1/projects/p", json={"stage": "签约"}, headers={"If-Match": "*"}).status_code == 200
    assert client.get("/login").status_code == 404  # without keys there is nobody to log in


def test_wrong_keys_make_the_wait_longer(tmp_path: Path) -> None:
    office = Office(tmp_path)
    client = office.client()
    for _ in range(FREE):
        assert client.post("/login", data={"key": "no"}, headers=FORM).status_code == 401
    answer = client.post("/login", data={"key": office.keys[Role.admin]}, headers=FORM)
    assert (answer.status_code, int(answer.headers["retry-after"]) >= 1) == (429, True)
    assert client.get("/", headers=office.headers(Role.viewer)).status_code == 200  # who has a key is not kept out
    office.store.close()


def test_the_wait_grows_ends_and_is_forgotten() -> None:
    now = [0.0]
    tries = Tries(clock=lambda: now[0])
    waits = []
    for _ in range(FREE + 12):
        tries.wrong("a")
        waits.append(tries.wait("a"))
        now[0] += tries.wait("a")
    assert waits[: FREE + 3] == [0.0] * (FREE - 1) + [2.0, 4.0, 8.0, 16.0]
    assert max(waits) == 900.0
    assert (tries.wait("a"), tries.wait("b")) == (0.0, 0.0)
    tries.wrong("b")
    now[0] += 4000
    tries.wrong("a")
    assert tries.wait("a") == 0.0
    tries.right("a")
    assert tries.wait("a") == 0.0


def test_a_session_ends_when_nobody_uses_it_and_in_any_case() -> None:
    now = [0.0]
    sessions = Sessions(60, lambda: now[0])
    token = sessions.open("示例")
    now[0] += 59
    assert sessions.name_of(token) == "示例"
    now[0] += 59
    assert sessions.name_of(token) == "示例"
    now[0] += 61
    assert sessions.name_of(token) is None
    busy = sessions.open("示例")
    for _ in range(13 * 60):
        now[0] += 59.9
        alive = sessions.name_of(busy)
    assert alive is None
    assert sessions.name_of("none") is None


def test_who_is_removed_or_made_less_is_so_at_once(tmp_path: Path) -> None:
    office = Office(tmp_path)
    client = office.client()
    client.post("/login", data={"key": office.keys[Role.editor]}, headers=FORM)
    assert client.get("/").status_code == 200
    office.users.remove("示例可改")
    assert client.get("/").status_code == 401
    assert client.get("/", headers=office.headers(Role.editor)).status_code == 401
    office.store.close()


def test_the_one_key_of_the_settings_is_an_admins(office: Office, tmp_path: Path) -> None:
    client = TestClient(create_app(office.store, Settings(api_key="geheim", users=tmp_path / "none.json")))
    assert client.get("/api/v1/audit", headers={"X-API-Key": "geheim"}).status_code == 200
    answer = client.post("/login", data={"key": "geheim"}, headers=FORM, follow_redirects=False)
    assert answer.status_code == 303
    assert client.get("/audit").status_code == 200


def test_keys_are_hashed_at_rest_and_shown_once(tmp_path: Path) -> None:
    own: dict[str, Any] = {"store": "", "LIANZHANG_USERS": str(tmp_path / "users.json")}
    key = run("users", "add", "张三", "--role", "editor", **own).stdout.strip()
    assert key.startswith("lz_")
    kept = (tmp_path / "users.json").read_text("utf-8")
    assert key not in kept
    assert key.removeprefix("lz_") not in kept
    assert (tmp_path / "users.json").stat().st_mode & 0o077 == 0
    listed = json.loads(run("users", "list", "--format", "json", **own).stdout)
    assert [(one["name"], one["role"]) for one in listed] == [("张三", "editor")]
    assert key not in json.dumps(listed)
    users = Users(tmp_path / "users.json")
    person = users.find(key)
    assert person is not None
    assert (person.name, person.role, users.find(key + "x")) == ("张三", Role.editor, None)
    with pytest.raises(InputError, match="已有用户"):
        users.add("张三", Role.viewer)
    with pytest.raises(InputError, match="不能用"):
        users.add("张 三", Role.viewer)
    with pytest.raises(NotFound, match="张三"):
        users.remove("李四")
    run("users", "remove", "张三", **own)
    assert users.all() == ()
    (tmp_path / "users.json").write_text("{", "utf-8")
    with pytest.raises(OutputError, match="读不了"):
        users.all()


def test_users_let_the_server_be_reached(tmp_path: Path) -> None:
    settings = Settings(users=tmp_path / "users.json", hosts="chain.office.local")
    with pytest.raises(InputError, match="users add"):
        check_exposure("0.0.0.0", settings)
    Users(tmp_path / "users.json").add("张三", Role.viewer)
    check_exposure("0.0.0.0", settings)


def test_who_logs_in_with_more_rights_is_not_shown_what_was_kept_for_less(office: Office) -> None:
    client = office.client()
    seen = {role: client.get("/things/Project/p", headers=office.headers(role)) for role in (Role.viewer, Role.editor)}
    assert "修改" not in seen[Role.viewer].text
    assert "修改" in seen[Role.editor].text
    known = {"If-None-Match": seen[Role.viewer].headers["etag"]}
    assert client.get("/things/Project/p", headers=office.headers(Role.editor) | known).status_code == 200
    assert client.get("/things/Project/p", headers=office.headers(Role.viewer) | known).status_code == 304


def test_what_somebody_may_not_do_is_written_down(office: Office) -> None:
    asked = {"If-Match": "*", **office.headers(Role.viewer)}
    answer = office.client().patch("/api/v1/projects/p", json={"stage": "签约"}, headers=asked)
    assert (answer.status_code, "找管理员" in answer.json()["detail"]) == (403, True)
    last = [*office.store.journal().entries()][-1]
    assert (last.who, last.outcome, last.name) == ("示例只看", "refused", "PATCH /api/v1/projects/p")


def test_whoever_only_looks_can_log_out_and_in_again(office: Office) -> None:
    client = office.client()
    for _ in range(2):
        assert client.post("/login", data={"key": office.keys[Role.viewer]}, headers=FORM).status_code == 303
    assert client.post("/logout", headers=FORM).status_code == 303
    assert client.get("/api/v1/totals").status_code == 401


def test_a_new_key_ends_the_sessions_of_the_old_one(tmp_path: Path) -> None:
    office = Office(tmp_path)
    client, name = office.client(), f"示例{Role.editor.zh}"
    client.post("/login", data={"key": office.keys[Role.editor]}, headers=FORM)
    assert client.get("/api/v1/totals").status_code == 200
    office.users.remove(name)
    office.users.add(name, Role.editor)
    assert client.get("/api/v1/totals").status_code == 401


def test_a_server_that_asks_for_keys_goes_on_to_when_no_user_is_left(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert office.client().get("/audit").status_code == 401
    for role in Role:
        office.users.remove(f"示例{role.zh}")
    assert office.client().get("/audit").status_code == 401
    office.users.path.unlink()
    assert office.client().get("/audit").status_code == 401
    office.users.path.write_text("{", "utf-8")
    answer = office.client().get("/audit", headers=office.headers(Role.admin))
    assert (answer.status_code, "管理员" in answer.text) == (503, True)


def test_nobody_takes_a_name_that_the_journal_gives_to_another(tmp_path: Path) -> None:
    for name in ("管理员", "本机用户"):
        with pytest.raises(InputError, match="留给系统"):
            Users(tmp_path / "users.json").add(name, Role.viewer)


def test_addresses_that_are_none_are_no_failure(office: Office) -> None:
    client, key = office.client(), office.keys[Role.viewer]
    assert client.post("/login", data={"key": key, "next": "//["}, headers=FORM).headers["location"] == "/"
    assert client.post("/login", data={"key": key}, headers={"Origin": "http://["}).status_code == 403
