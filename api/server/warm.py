"""What first visits would wait for, made in the background after the start and
after each load: by visiting the pages."""

import asyncio
import gc
import logging
from urllib.parse import quote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Scope

from graph.errors import LianzhangError
from graph.stores import Store
from queries.core.view import View
from queries.things.chains import list_chains

PAUSE = 2.0  # seconds between looks for a new version
FIRST = ("/api/v1/gaps", "/", "/api/v1/search?q=qd", "/enterprises", "/api/v1/chains")
THEN = ("/portfolio", "/match?q=电机", "/ledger", "/api/v1/structure", "/clusters", "/audit")
log = logging.getLogger(__name__)


async def keep_warm(app: FastAPI, store: Store) -> None:
    """Say whether Cypher from outside can be taken, then visit what is slow at
    first, once for each version of the graph."""
    try:
        for advice in await run_in_threadpool(store.check_outside):
            log.warning("%s", advice)
    except LianzhangError as error:
        log.warning("%s", error)
    warmed = ""
    while True:
        try:
            version = await run_in_threadpool(store.version)
            if version != warmed:
                gc.unfreeze()
                app.state.warming = True
                await _visit(app, store)
                warmed = version
                gc.collect()
                gc.freeze()  # what stays for this version is not looked through at each collection
        except LianzhangError as error:
            log.info("not warmed: %s", error)
        app.state.warming = False
        await asyncio.sleep(PAUSE)


async def _visit(app: FastAPI, store: Store) -> None:
    chains = [chain.id for chain in await run_in_threadpool(lambda: list_chains(View.of(store)))]
    for address in (*FIRST, *(f"/chains/{id}" for id in chains), *THEN):
        await _get(app, quote(address, safe="/?=&"))


async def _get(app: FastAPI, address: str) -> None:
    """Ask the application itself, as a client that wants no more than that it is asked."""
    path, _, query = address.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 0),
    }
    asked = asyncio.Event()

    async def receive() -> Message:
        if not asked.is_set():
            asked.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        return await asyncio.Future()  # this client never leaves

    async def send(_message: Message) -> None:
        return

    await app(scope, receive, send)
