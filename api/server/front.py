"""What stands before the routes: the host, the key, the size of a body, how
long work may take, answers kept as bytes, measures.

A plain ASGI layer. Answers to GET are kept for one version of the graph, day
and set of rules; their ETag is that of the version.
"""

import asyncio
import re
import time
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.core.ids import with_whole_ids
from api.core.people import person_in
from api.core.problems import Refusal, problem
from api.core.templating import render_alone
from api.server.door import Door
from api.server.login import Login
from api.server.login import page as login_page
from api.server.measures import ServerMeasures
from api.server.shelf import Headers, Kept, Shelf
from graph.deadline import Deadline, within
from graph.errors import LianzhangError, OutputError, UploadTooLarge, UploadTooSlow
from graph.journal import JournalEntry, Outcome
from graph.settings import Settings
from graph.stores import Store
from queries.city.office import read_office
from queries.gaps.rules import read_rules
from queries.matching.ranker import read_weights as matching_weights
from queries.openings.lists import RULE_VERSION
from queries.registries.described import read_registries
from queries.targets.weights import read_weights

BODY = 1 << 20  # bytes of a request's body
UPLOADS = ("/loads", "/api/v1/loads")  # whose routes read what is posted as it comes
UPLOAD_SECONDS = 3600.0
DRAINED = (
    10.0  # seconds for which the rest of what is too large is read and thrown away: browsers send all, then listen
)
LARGEST = 8 << 20  # bytes of an answer that is kept
PACKED = 1_000  # bytes from which on an answer is worth packing
# taken, and not with the weight 0
GZIP = re.compile(rb"(?:^|[,\s])gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))", re.IGNORECASE)
MOST = 200  # requests that are worked on or wait at once
RETRY_AFTER = 2
TURNS = 3  # times that an answer is made while loads come in between
# not of the graph alone
CHANGING = (
    "/static/",
    "/vis/",
    "/docs",
    "/openapi",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static-offline-docs",
    "/audit",
    "/api/v1/audit",
    "/edit/",
    "/loads",
    "/api/v1/loads",
)
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'self'"
)
SAFETY = [(b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"DENY"), (b"referrer-policy", b"no-referrer")]


class Front:
    """The layer itself."""

    def __init__(self, app: ASGIApp, store: Store, settings: Settings, measures: ServerMeasures) -> None:
        self.app = app
        self.store = store
        self.measures = measures
        self.seconds = settings.request_seconds
        self.upload = settings.upload_mb << 20
        self.door = Door(settings)
        self.login = Login(self.door, store)
        self.shelf = Shelf(settings.cache_mb << 20)
        self.making: dict[tuple[asyncio.AbstractEventLoop, bytes, bytes, bytes], asyncio.Event] = {}
        self._tags: dict[tuple[str, date, str], bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, scope = time.perf_counter(), with_whole_ids(scope)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            refusal = self.door.refuse(scope, headers)
        except OutputError:
            refusal = Refusal(503, "用户文件读不了", "用户文件坏了或读不了,谁也没有放进来;请管理员从备份恢复它")
        if (refusal is None or refusal.status == 401) and self.login.takes(scope):
            await self._log_in(scope, headers, receive, send, start)
        elif refusal is not None:
            if refusal.status == 403 and (person := person_in(scope)):
                asked = f"{scope['method']} {scope['path'][:200]}"
                entry = JournalEntry("请求", person.name, Outcome.refused, person.role, name=asked, told=refusal.detail)
                await run_in_threadpool(self._write_down, entry)
            await self._send(scope, send, _refused(scope, headers, refusal), "other", start)
        elif scope["method"] == "POST" and scope["path"] in UPLOADS:
            await self._upload(scope, headers, receive, send, start)
        elif scope["method"] == "HEAD":  # the routes know GET alone
            await self({**scope, "method": "GET"}, receive, _without_body(send))
        elif scope["method"] == "GET" and not scope["path"].startswith(CHANGING):
            await self._get(scope, headers, receive, send, start)
        else:
            await self._work(scope, headers, receive, send, start)

    def _write_down(self, entry: JournalEntry) -> None:
        self.store.journal().append(entry)

    async def _log_in(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, start: float
    ) -> None:
        """Answer for the login page."""
        body = await self._taken(receive, headers)
        if isinstance(body, Refusal):
            await self._send(scope, send, _problem(scope, body), "other", start)
            return
        response = await run_in_threadpool(self.login.answer, scope, headers, body)
        await self._send(scope, send, _made(response), "login", start)

    async def _get(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, start: float) -> None:
        """Answer from what is kept, or let it be made: once, for all who ask meanwhile."""
        role = self.door.role_of(scope)
        tag = await self._tag(role)
        key = (scope.get("raw_path") or scope["path"].encode(), scope["query_string"])
        made, mine = self.shelf.get(tag, key), (asyncio.get_running_loop(), tag, *key)
        if made is None and mine in self.making:
            await self.making[mine].wait()
            made = self.shelf.get(tag, key)
        if made is not None:
            self.measures.kept.inc()
            own = dict(made.headers).get(b"etag", tag)
            known = _names(headers.get(b"if-none-match", b""), own)
            answer = Kept(304, [(b"etag", own)], b"", made.route) if known else await self._as_wished(made, headers)
            await self._send(scope, send, answer, made.route, start)
            return
        done = asyncio.Event()
        if tag and self.shelf.most:
            self.making.setdefault(mine, done)
        try:
            for turn in range(TURNS):  # an answer over whose making another version came is of neither
                tag, ask = (await self._tag(role), _again(receive)) if turn else (tag, receive)
                fresh = await self._work(scope, headers, ask, send, start, tag, last=turn + 1 == TURNS)
                if not isinstance(fresh, Moved):
                    break
            if isinstance(fresh, Kept) and self.shelf.most and await self._tag(role) == tag:
                self.shelf.put(tag, key, fresh)
        finally:
            if self.making.get(mine) is done:
                del self.making[mine]
            done.set()

    async def _work(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        receive: Receive,
        send: Send,
        start: float,
        tag: bytes = b"",
        last: bool = True,
    ) -> "Kept | Moved | None":
        """Let the routes answer, within the time that work may take; return an answer that may be kept.

        Where another version came meanwhile, nothing is sent, unless this is the ``last`` try.
        """
        body = await self._taken(receive, headers)
        if isinstance(body, Refusal):
            await self._send(scope, send, _problem(scope, body), "other", start)
            return None
        self.measures.working += 1
        try:
            deadline, gone = Deadline(self.seconds), asyncio.Event()
            watcher = asyncio.create_task(_watch(receive, deadline, gone))
            answer = Sending(scope, send, tag)
            try:
                with within(deadline):
                    await self.app(scope, _inbox(body, gone), answer.take)
            finally:
                watcher.cancel()
                self.measures.note(scope, route_of(scope), answer.status, start)
            if answer.held and not last and await self._tag(self.door.role_of(scope)) != tag:
                return Moved()
            return await answer.finish(_names(headers.get(b"if-none-match", b""), answer.tag))
        finally:
            self.measures.working -= 1

    async def _upload(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, start: float
    ) -> None:
        """Let a route read a body as it comes, and no more of it than may be."""
        told = headers.get(b"content-length", b"0")
        refusal = self._busy()
        if told.isdigit() and int(told) > self.upload:
            await _throw_away(receive)
            refusal = Refusal(413, "内容过大", _too_large(self.upload), {"Connection": "close"})
        if refusal is not None:
            await self._send(scope, send, _problem(scope, refusal), "other", start)
            return
        self.measures.working += 1
        answer = Sending(scope, send, b"")
        try:
            with within(Deadline(UPLOAD_SECONDS)):
                await self.app(scope, _counted(receive, self.upload, self.seconds), answer.take)
        finally:
            self.measures.note(scope, route_of(scope), answer.status, start)
            self.measures.working -= 1

    async def _taken(self, receive: Receive, headers: dict[bytes, bytes]) -> bytes | Refusal:
        """Return a request's body, or why the request is not worked on."""
        try:
            async with asyncio.timeout(self.seconds):
                body = await _body(receive, headers)
        except TimeoutError:
            return Refusal(408, "请求超时", f"请求的内容 {self.seconds:g} 秒内没有送完", {"Connection": "close"})
        if body is None:
            return Refusal(
                413, "内容过大", f"请求的内容超过 {BODY >> 20} MB,没有读取。请缩小后再送", {"Connection": "close"}
            )
        return self._busy() or body

    def _busy(self) -> Refusal | None:
        """Return why no more is worked on just now."""
        if self.measures.working < MOST:
            return None
        self.measures.refused.inc()
        told = f"正在处理的请求已有 {MOST} 个,请在 {RETRY_AFTER} 秒后重试"
        return Refusal(503, "服务繁忙", told, {"Retry-After": str(RETRY_AFTER)})

    async def _as_wished(self, made: Kept, headers: dict[bytes, bytes]) -> Kept:
        """Return an answer in gzip to who takes it."""
        if len(made.body) < PACKED or not GZIP.search(headers.get(b"accept-encoding", b"")):
            return made
        body = made.packed if "packed" in made.__dict__ else await run_in_threadpool(lambda: made.packed)
        return Kept(made.status, [*made.headers, (b"content-encoding", b"gzip")], body, made.route)

    async def _send(self, scope: Scope, send: Send, answer: Kept, route: str, start: float) -> None:
        length = (b"content-length", str(len(answer.body)).encode())
        own = {name for name, _ in answer.headers}
        safe = [pair for pair in safety(scope) if pair[0] not in own]
        headers = [*answer.headers, *safe, *([length] if answer.status != 304 else [])]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
        self.measures.note(scope, route, answer.status, start)

    async def _tag(self, role: str) -> bytes:
        """Return the ETag of every answer of this version of the graph, on this day, by these rules, for this role.

        Nothing where the store is silent.
        """
        try:
            version = self.store.version_at_hand()
            if version is None:
                version = await run_in_threadpool(self.store.version)
        except LianzhangError:
            return b""
        known = (version, date.today(), role)
        if known not in self._tags:
            read = (read_rules(), read_office(), read_registries(), read_weights(), matching_weights())
            rules = (RULE_VERSION, *(source.version for source in read))
            told = (version, f"{known[1]:%Y%m%d}", *rules, *filter(None, [role]))
            kept = {key: tag for key, tag in self._tags.items() if key[:2] == known[:2]}
            self._tags = {**kept, known: f'W/"{".".join(told)}"'.encode()}
        return self._tags[known]


class Moved:
    """Another version came while an answer was made."""


class Sending:
    """What the routes answer: collected where it may be kept, else sent on as it comes."""

    def __init__(self, scope: Scope, send: Send, tag: bytes) -> None:
        self.scope = scope
        self.send = send
        self.tag = tag
        self.status = 500
        self.parts: list[bytes] = []
        self.start: Message = {}
        self.held = bool(tag)

    async def take(self, message: Message) -> None:
        """Take one message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.start = message
            self.held = self.held and b"no-store" not in dict(message["headers"]).get(b"cache-control", b"")
            if self.status == 200 and self.held:
                given = dict(message["headers"]).get(b"etag", b"")
                if given:  # of one thing: its own fields, then the version that the rest of the answer is of
                    self.tag = given.removesuffix(b'"') + b"." + self.tag.removeprefix(b'W/"')
                told = [pair for pair in message["headers"] if pair[0] != b"etag"]
                own = [(b"etag", self.tag), (b"cache-control", b"no-cache"), (b"vary", b"Accept-Encoding")]
                message["headers"] = [*told, *own]
            self.held = self.held and self.status == 200
            if not self.held:
                await self.send({**message, "headers": [*message["headers"], *safety(self.scope)]})
            return
        if self.held:
            self.parts.append(message.get("body", b""))
            if sum(map(len, self.parts)) > LARGEST:
                await self._let_go(more=message.get("more_body", False))
            return
        await self.send(message)

    async def finish(self, known: bool) -> Kept | None:
        """Send what was held back, or that the caller has it already, and return it."""
        if not self.held or not self.start:
            return None
        body = b"".join(self.parts)
        if known:
            await self.send(
                {"type": "http.response.start", "status": 304, "headers": [(b"etag", self.tag), *safety(self.scope)]}
            )
            await self.send({"type": "http.response.body", "body": b""})
        else:
            await self._let_go(more=False)
        headers = [pair for pair in self.start["headers"] if pair[0].lower() != b"content-length"]
        return Kept(self.status, headers, body, route_of(self.scope))

    async def _let_go(self, more: bool) -> None:
        self.held = False
        await self.send({**self.start, "headers": [*self.start["headers"], *safety(self.scope)]})
        await self.send({"type": "http.response.body", "body": b"".join(self.parts), "more_body": more})


def route_of(scope: Scope) -> str:
    """Return the template of the route that answered."""
    return str(getattr(scope.get("route"), "path", "other"))


def safety(scope: Scope) -> Headers:
    """Return the headers that keep a browser from doing more with an answer than showing it."""
    own = [] if scope["path"].startswith("/docs") else [(b"content-security-policy", POLICY.encode())]
    return SAFETY + own


def _names(given: bytes, tag: bytes) -> bool:
    """Tell whether If-None-Match names a tag."""
    named = {etag.strip().removeprefix(b"W/") for etag in given.split(b",")} if given else set()
    return tag.removeprefix(b"W/") in named


def _without_body(send: Send) -> Send:
    """Return how to send an answer to HEAD: its headers."""

    async def headers_alone(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headers_alone


def _refused(scope: Scope, headers: dict[bytes, bytes], refusal: Refusal) -> Kept:
    """Return a refusal, in a browser as a page; to a person who is not logged in, the login page."""
    wants_page = b"text/html" in headers.get(b"accept", b"") and not scope["path"].startswith("/api/")
    if refusal.status == 401 and scope["method"] == "GET" and wants_page:
        query = scope["query_string"].decode("latin-1")
        return _made(login_page(scope["path"] + (f"?{query}" if query else ""), status=401))
    if wants_page and refusal.status != 401:
        text, policy = render_alone("refused.html", refusal=refusal)
        told = {"Content-Security-Policy": policy, "Cache-Control": "no-store", **refusal.headers}
        return _made(HTMLResponse(text, refusal.status, told))
    return _problem(scope, refusal)


def _problem(scope: Scope, refusal: Refusal) -> Kept:
    response = problem(Request(scope), refusal.status, refusal.title, refusal.detail)
    response.headers.update(refusal.headers)
    return _made(response)


def _made(response: Response) -> Kept:
    kept = [pair for pair in response.raw_headers if pair[0] != b"content-length"]
    return Kept(response.status_code, kept, bytes(response.body), "other")


async def _body(receive: Receive, headers: dict[bytes, bytes]) -> bytes | None:
    """Return a request's body; None for one that is, or says that it is, too large."""
    told = headers.get(b"content-length", b"0")
    if told.isdigit() and int(told) > BODY:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _counted(receive: Receive, most: int, seconds: float) -> Receive:
    """Return what a route receives that reads a body as it comes: an error where that is too large or does not come."""
    taken, whole = 0, False

    async def ask() -> Message:
        nonlocal taken, whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout(seconds):
                message = await receive()
        except TimeoutError:
            raise UploadTooSlow(f"上传的内容 {seconds:g} 秒没有来，已停止；请再传一次") from None
        taken += len(message.get("body", b""))
        whole = message["type"] != "http.request" or not message.get("more_body", False)
        if taken > most:
            if not whole:
                await _throw_away(receive)
            raise UploadTooLarge(_too_large(most))
        return message

    return ask


def _too_large(most: int) -> str:
    return f"上传的文件超过 {most >> 20} MB，没有收下；请拆开，或只留要用的列再传"


async def _throw_away(receive: Receive) -> None:
    """Read what is still to come, for a while."""
    try:
        async with asyncio.timeout(DRAINED):
            while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
                pass
    except TimeoutError:
        pass


def _inbox(body: bytes, gone: asyncio.Event) -> Receive:
    """Return what the routes receive: the body, and the client's leaving."""
    waiting = [body]

    async def receive() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    return receive


def _again(receive: Receive) -> Receive:
    """Return what is received where the body of a request was taken already: none, and the client's leaving."""
    waiting: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def ask() -> Message:
        return waiting.pop() if waiting else await receive()

    return ask


async def _watch(receive: Receive, deadline: Deadline, gone: asyncio.Event) -> None:
    """Tell the work that its client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
    deadline.leave()
    gone.set()
