"""Uploads that are hostile, cut off or too much: each with a clear answer, nothing lost, nothing half done."""

import io
import os
import signal
import socket
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from load_parts import FIRMS, client_of, jobs_of, left, seen, settings_of, until, upload
from serving_parts import serving

from api.app import create_app
from api.load.jobs import LoadJob
from api.load.upload import safe_name
from graph.model.nodes import Enterprise
from graph.stores import Store, open_store


def bomb() -> bytes:
    """A workbook of 300 MB of blanks, packed to less than one."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (300 << 20))
    return held.getvalue()


def test_files_that_cannot_be_loaded_say_why(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    bad: dict[str, tuple[bytes, str]] = {
        "炸弹.xlsx": (bomb(), "压缩"),
        "宏.xlsm": (b"PK\x03\x04 not a workbook", "打不开"),
        "图.csv": (b"\x89PNG\r\n\x1a\n" + os.urandom(2000), ""),
        "空.csv": (b"", ""),
        "程序.exe": (b"MZ", "不支持的文件类型"),
        "无扩展名": (b"a,b\n1,2\n", "不支持的文件类型"),
    }
    files = [("files", (name, content)) for name, (content, _) in bad.items()]
    files.append(("files", ("好.csv", FIRMS.encode())))
    told = client.post("/api/v1/loads?wait=25", files=files, data={"source": "示例名单"}).json()
    told = until(client, told["id"], "previewed", "failed")
    assert told["state"] == "previewed", told["problem"]
    unread = {one["file"]: one["reason"] for one in told["preview"]["unread"]}
    assert unread.keys() == bad.keys()
    assert [(name, unread[name]) for name, (_, why) in bad.items() if why not in unread[name]] == []
    assert not any("lianzhang" in reason or "--" in reason for reason in unread.values())
    assert told["preview"]["counts"]["new"] == 2  # the good one is seen all the same
    page = client.get(f"/loads/{told['id']}").text
    assert "读不了的文件" in page


def test_nothing_but_files_that_cannot_be_loaded_is_not_to_be_confirmed(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    told = seen(client, b"", "空.csv")
    page = client.get(f"/loads/{told['id']}").text
    assert "确认载入" not in page
    assert told["state"] in ("previewed", "failed")


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (b"", "multipart/form-data; boundary=x", "中断"),
        (b"--x\r\n", "multipart/form-data; boundary=x", "中断"),
        (b"hello", "multipart/form-data; boundary=x", "读不了"),
        (b"--x--\r\n", "multipart/form-data; boundary=x", "没有选文件"),
        (b'--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n\r\n--x--\r\n', "multipart/form-data; boundary=x", "没有选文件"),
        (b"files=a", "application/x-www-form-urlencoded", "读不了"),
        (b"{}", "application/json", "读不了"),
        (b"{}", "multipart/form-data", "读不了"),
    ],
)  # fmt: skip
def test_what_is_no_upload_is_refused(tmp_path: Path, embedded: Store, content: bytes, kind: str, told: str) -> None:
    client = client_of(embedded, tmp_path)
    answer = client.post("/api/v1/loads", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True), answer.text
    page = client.post("/loads", content=content, headers={"Content-Type": kind})
    assert (page.status_code, told in page.text) == (422, True)
    assert [*jobs_of(client).root.iterdir()] == []


@pytest.mark.parametrize(
    "told",
    [{"kind": "没有这类"}, {"status": "sure"}, {"edition": "maybe"}, {"map": "没有等号"}, {"source": "长" * 501}, {"source": "", "day": "2026-11"}],
)  # fmt: skip
def test_what_cannot_be_said_of_files_is_refused_and_leaves_none(
    tmp_path: Path, embedded: Store, told: dict[str, Any]
) -> None:
    client = client_of(embedded, tmp_path)
    answer = upload(client, **told)
    assert answer.status_code == 422, answer.text
    assert [*jobs_of(client).root.iterdir()] == []


def test_too_much_is_refused_with_or_without_its_size_told(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path, upload_mb=1)
    large = b"a" * (2 << 20)
    answer = upload(client, large)
    assert (answer.status_code, "超过 1 MB" in answer.json()["detail"]) == (413, True)

    def pieces() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        for _ in range(40):
            yield b"a" * (64 << 10)

    answer = client.post("/api/v1/loads", content=pieces(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (answer.status_code, "超过 1 MB" in answer.json()["detail"]) == (413, True)
    assert left(tmp_path) == []
    assert [*jobs_of(client).root.iterdir()] == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\示例\\名单.xlsx", "名单.xlsx"),
        (".htaccess", "htaccess"),
        ("a\x00b\n.csv", "ab.csv"),
        ('a<b>:"|?*.csv', "a_b______.csv"),
        ("CON.csv", "_CON.csv"),
        ("", "文件"),
        ("…/..", "文件"),
        ("名" * 300 + ".xlsx", "名" * 58 + ".xlsx"),
    ],
)
def test_names_lead_nowhere_else(name: str, kept: str) -> None:
    assert safe_name(name) == kept
    assert safe_name(name, [kept]) != kept


def test_names_of_another_encoding_and_the_same_name_twice(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%b"\r\n\r\n%b\r\n'
    names = ("名单.csv".encode("gb18030"), "名单.csv".encode(), b"%E5.csv")
    body = b"".join(part % (name, FIRMS.encode()) for name in names)
    body += b'--x\r\nContent-Disposition: form-data; name="source"\r\n\r\n\xca\xbe\xc0\xfd\r\n--x--\r\n'
    told = client.post(
        "/api/v1/loads?wait=0", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    ).json()
    assert (told["files"], told["source"]) == (["名单.csv", "名单 (2).csv", "%E5.csv"], "示例")
    client.delete(f"/api/v1/loads/{told['id']}")


def test_two_uploads_at_once_wait_for_each_other(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    texts = [FIRMS, FIRMS.replace("示例甲", "示例丙")]
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda text=text: answers.append(upload(client, text, wait=0).json())) for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for told in answers:
        until(client, told["id"], "previewed")
    first = client.post(f"/api/v1/loads/{answers[0]['id']}/confirm").json()
    until(client, first["id"], "done")
    assert client.post(f"/api/v1/loads/{answers[1]['id']}/confirm?wait=25").status_code == 409
    until(client, answers[1]["id"], "previewed")
    client.post(f"/api/v1/loads/{answers[1]['id']}/confirm")
    until(client, answers[1]["id"], "done")
    assert sorted(embedded.nodes(Enterprise)["name"]) == ["示例丙公司", "示例乙公司", "示例甲公司"]


def test_a_browser_that_goes_away_leaves_nothing(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g/graph.lbug"
    uploads = tmp_path / "uploads"
    head = (
        b"POST /api/v1/loads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        b"Content-Length: 5000000\r\n\r\n"
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    )
    with serving(url, LIANZHANG_UPLOADS=str(uploads)) as served:
        with socket.create_connection(("127.0.0.1", served.port)) as browser:
            browser.sendall(head + b"a" * 300_000)
            wait_for(lambda: any(uploads.glob(".part-*/files/a.csv")))
        wait_for(lambda: not any(uploads.iterdir()))
        assert not any("Traceback" in line for line in served.said)


def wait_for(true: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def many(rows: int) -> str:
    """A list that takes a while."""
    return "企业名称,所属区县\n" + "".join(f"示例{number}号机械有限公司,崂山区\n" for number in range(rows))


@pytest.mark.parametrize("state", ["previewing", "loading"])
def test_a_process_that_is_killed_is_begun_again_and_nothing_is_loaded_twice(
    tmp_path: Path, embedded: Store, state: str
) -> None:
    client = client_of(embedded, tmp_path)
    told = upload(client, many(3_000), wait=0).json()
    folder = jobs_of(client).folder(told["id"])
    if state == "loading":
        until(client, told["id"], "previewed")
        (folder / "work.pid").unlink()
        client.post(f"/api/v1/loads/{told['id']}/confirm")
    wait_for((folder / "work.pid").exists)
    os.killpg(int((folder / "work.pid").read_text()), signal.SIGKILL)
    if state == "previewing":
        until(client, told["id"], "previewed")
        client.post(f"/api/v1/loads/{told['id']}/confirm")
    done = until(client, told["id"], "done")
    assert done["record"]["counts"]["new"] == 3_000
    assert [load["id"] for load in client.get("/api/v1/loads").json()["items"]] == [told["id"]]
    assert len(embedded.nodes(Enterprise)) == 3_000


def test_a_server_that_starts_again_finds_what_went_on(tmp_path: Path, embedded: Store) -> None:
    first = client_of(embedded, tmp_path)
    told = upload(first, many(2_000), wait=0).json()
    second = client_of(open_store(embedded.url), tmp_path)
    assert second.get("/api/v1/loads").json()["open"][0]["id"] == told["id"]
    until(second, told["id"], "previewed")
    second.post(f"/api/v1/loads/{told['id']}/confirm")
    third = client_of(open_store(embedded.url), tmp_path)
    until(third, told["id"], "done")
    assert len(third.app.state.store.nodes(Enterprise)) == 2_000  # type: ignore[attr-defined]


def test_a_server_that_starts_begins_again_what_was_cut_off(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    told = seen(client)
    folder = jobs_of(client).folder(told["id"])
    job = LoadJob.read(folder)
    job.state, job.tries = "loading", 0  # as after a power cut
    job.write(folder)
    with TestClient(create_app(open_store(embedded.url), settings_of(embedded, tmp_path))) as fresh:
        assert until(fresh, told["id"], "done")["record"]["counts"]["new"] == 2


def test_what_always_ends_without_a_word_is_given_up(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    told = seen(client)
    folder = jobs_of(client).folder(told["id"])
    job = LoadJob.read(folder)
    job.state, job.tries = "loading", 2
    job.write(folder)
    told = until(client, told["id"], "failed")
    assert (told["state"], "意外结束" in told["problem"]) == ("failed", True)
    page = client.get(f"/loads/{told['id']}").text
    assert "没有做成" in page


def test_a_load_is_cancelled_while_it_is_done(tmp_path: Path, embedded: Store) -> None:
    client = client_of(embedded, tmp_path)
    told = seen(client, many(20_000))
    client.post(f"/api/v1/loads/{told['id']}/confirm")
    answer = client.delete(f"/api/v1/loads/{told['id']}")
    if answer.status_code == 200:
        assert (embedded.version(), left(tmp_path)) == ("empty", [])
    else:  # it was faster: told as it is, and to be taken back
        assert "撤回" in answer.json()["detail"]
    assert seen(client)["state"] == "previewed"  # no lock is left behind
