"""An app over a store with a folder for uploads, and what is asked of it."""

import json
import time
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from api.load.jobs import Jobs
from graph.settings import Settings
from graph.stores import Store

FIRMS = "企业名称,统一社会信用代码,所属区县\n示例甲公司,,崂山区\n示例乙公司,,城阳区\n,,崂山区\n"
SOURCE = "示例名单 2026-11"


def settings_of(store: Store, folder: Path, **more: Any) -> Settings:
    """Return settings under which processes of the app reach the store as the test does."""
    told: dict[str, Any] = {"uploads": folder / "uploads", "users": folder / "users.json", "store": store.url}
    return Settings(**told | more)


def client_of(store: Store, folder: Path, **more: Any) -> TestClient:
    """Return a client of an app over a store, whose uploads are in a folder."""
    return TestClient(create_app(store, settings_of(store, folder, **more)), raise_server_exceptions=False)


def jobs_of(client: TestClient) -> Jobs:
    """Return the uploads of a client's app."""
    jobs: Jobs = client.app.state.jobs  # type: ignore[attr-defined]
    return jobs


def upload(client: TestClient, text: str | bytes = FIRMS, name: str = "名单.csv", wait: float = 25, **told: Any) -> Any:
    """Upload a file and return the answer."""
    content = text.encode() if isinstance(text, str) else text
    data = {"source": SOURCE} | told
    return client.post(f"/api/v1/loads?wait={wait:g}", files=[("files", (name, content))], data=data)


def seen(client: TestClient, text: str | bytes = FIRMS, name: str = "名单.csv", **told: Any) -> dict[str, Any]:
    """Upload a file and return what is told of it once it was looked at."""
    answer = upload(client, text, name, wait=20, **told)
    assert answer.status_code in (201, 202), answer.text
    return until(client, answer.json()["id"], "previewed", "failed")


def until(client: TestClient, id: str, *states: str, seconds: float = 600) -> dict[str, Any]:
    """Return a load once it is in one of some states."""
    end = time.monotonic() + seconds
    while True:
        told: dict[str, Any] = client.get(f"/api/v1/loads/{id}").json()
        if told["state"] in states:
            return told
        assert time.monotonic() < end, json.dumps(told, ensure_ascii=False)[:2000]
        time.sleep(0.1)


def loaded(client: TestClient, **told: Any) -> dict[str, Any]:
    """Upload, confirm and return what came of it."""
    id = seen(client, **told)["id"]
    client.post(f"/api/v1/loads/{id}/confirm?wait=25")
    return until(client, id, "done", "failed")


def left(folder: Path) -> list[str]:
    """Return what is left of uploads in a folder, but for locks."""
    uploads = folder / "uploads"
    return sorted(path.name for path in uploads.glob("*/files/*")) if uploads.is_dir() else []
