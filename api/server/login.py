"""The login page, which stands before the routes: a key is taken once, then a session goes with each request."""

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from api.core.templating import render_alone
from api.people.sessions import Tries
from api.server.door import Door, address_of, cookie_name, cookie_of, too_often
from graph.journal import JournalEntry, Outcome
from graph.stores import Store

LOGIN, LOGOUT = "/login", "/logout"


class Login:
    """Answers the two addresses of the login page."""

    def __init__(self, door: Door, store: Store) -> None:
        self.door = door
        self.store = store
        self.tries = Tries()

    def takes(self, scope: Scope) -> bool:
        """Tell whether a request is for the login page; without keys there is none."""
        return scope["path"] in (LOGIN, LOGOUT) and scope["method"] in ("GET", "HEAD", "POST") and self.door.locked

    def answer(self, scope: Scope, headers: dict[bytes, bytes], body: bytes) -> Response:
        """Show the page, take a key, or log out."""
        request = Request(scope)
        if scope["path"] == LOGOUT:
            self.door.sessions.close(cookie_of(scope, headers))
            response: Response = RedirectResponse(LOGIN, 303)
            response.delete_cookie(cookie_name(scope))
            return response
        asked = request.query_params.get("next", "/")
        if scope["method"] != "POST":
            return page(asked)
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return self._take(scope, form.get("key", ""), form.get("next", asked))

    def _take(self, scope: Scope, key: str, asked: str) -> Response:
        address = address_of(scope)
        if wait := self.tries.wait(address):
            refusal = too_often(wait)
            return page(asked, refusal.detail, refusal.status, refusal.headers["Retry-After"])
        person = self.door.whose(key.strip())
        if person is None:
            self.tries.wrong(address)
            self.store.journal().append(JournalEntry("登录", address, Outcome.refused, told="口令不对"))
            return page(asked, "口令不对。口令由管理员发给，区分大小写", 401)
        self.tries.right(address)
        self.store.journal().append(
            JournalEntry("登录", person.name, Outcome.done, person.role, told=f"来自 {address}")
        )
        response = RedirectResponse(_within(asked), 303)
        token = self.door.open_session(person)
        secure = scope.get("scheme") == "https"
        response.set_cookie(cookie_name(scope), token, httponly=True, samesite="strict", secure=secure, path="/")
        return response


def page(asked: str = "/", problem: str = "", status: int = 200, retry_after: str = "") -> HTMLResponse:
    """Return the login page, which holds its own styles: nothing else is sent before somebody is let in."""
    text, policy = render_alone("login.html", asked=_within(asked), problem=problem)
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(text, status, headers | ({"Retry-After": retry_after} if retry_after else {}))


def _within(address: str) -> str:
    """Return an address of this site, the first page for any other."""
    try:
        elsewhere = urlsplit(address).netloc
    except ValueError:
        return "/"
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and not elsewhere
    return address if inside and not address.startswith((LOGIN, LOGOUT)) and "\n" not in address else "/"
