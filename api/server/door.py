"""Who is let in: requests to a host of ours, with a key or a session where keys are set, for what their role may do."""

import base64
import re
import secrets

from starlette.types import Scope

from api.core.people import KEEPER, LOCAL, Person, let_in, person_in
from api.core.problems import Refusal
from api.people.sessions import Sessions, Tries
from api.people.users import Users
from api.server.rights import needed
from graph.settings import Settings

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\[\]]+)(?::[0-9]*)?")
KNOWN = 1_000  # headers that are remembered as good
OWN = frozenset({"localhost", "127.0.0.1", "[::1]"})
COOKIE = "lianzhang_session"  # and the port: browsers send a cookie to every server of a host, whatever its port
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
MOST_WRONG = 5_000  # keys in headers before an address has to wait: programs repeat what they are set up with
NO_KEY = Refusal(
    401,
    "需要口令",
    "请在请求头 Authorization 里给出 Bearer 口令,浏览器里用户名任意、密码填口令",
    {"WWW-Authenticate": 'Basic realm="lianzhang", charset="UTF-8"'},
)
FOREIGN = Refusal(403, "别处的页面", "这个请求是别的网站的页面送来的，没有照做。请从链长自己的页面操作")


class Door:
    """Lets requests in or says why not.

    A page elsewhere can make a name of its own point to this machine (DNS
    rebinding); its requests then carry that name as Host.
    """

    def __init__(self, settings: Settings) -> None:
        self.amounts = settings.viewer_amounts
        self.hosts = OWN | {name.lower() for name in settings.host_names}
        self._known: set[bytes] = set()
        self.key = settings.api_key.get_secret_value().encode() if settings.api_key else None
        self.users = Users(settings.users)
        self.sessions = Sessions(settings.idle_minutes * 60)
        self.tries = Tries(MOST_WRONG)
        self._locked = self.key is not None or bool(self.users.all())

    @property
    def locked(self) -> bool:
        """Tell whether keys are set: where none is, only this machine reaches the server, and all are one user.

        A server that asked for keys goes on to, whatever becomes of the users' file: others may reach it.
        """
        self._locked = self._locked or bool(self.users.all())
        return self._locked

    def refuse(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        """Return why a request is not let in; one that is keeps who makes it."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        if not named or any(name not in self._known and not self._knows(name, scope) for name in named):
            shown = "、".join(name.decode("latin-1") for name in named)[:100] or "(空)"
            told = (
                f"请求的主机名 {shown} 不在允许之列。"
                "请用本机地址访问,或把它写进环境变量 LIANZHANG_HOSTS(多个用逗号分隔)后重启"
            )
            return Refusal(400, "主机名不被允许", told)
        if scope["method"] not in SAFE and not _is_own(scope, headers):
            return FOREIGN
        if scope["path"] == "/healthz":
            return None
        person = self._person(scope, headers)
        if isinstance(person, Refusal):
            return person
        let_in(scope, person)
        wanted = needed(scope["method"], scope["path"], self.amounts)
        if not person.role.covers(wanted):
            told = f"“{person.name}”的权限是“{person.role.zh}”，这里要“{wanted.zh}”；请找管理员"
            return Refusal(403, "没有权限", told)
        return None

    def role_of(self, scope: Scope) -> str:
        """Return the role that answers may differ by: where all are one user there is none."""
        person = person_in(scope)
        return person.role.value if person and person is not LOCAL else ""

    def whose(self, key: str) -> Person | None:
        """Return whose a key is."""
        if self.key is not None and secrets.compare_digest(key.encode("utf-8", "surrogatepass"), self.key):
            return KEEPER
        return self.users.find(key)

    def session_of(self, scope: Scope, headers: dict[bytes, bytes]) -> Person | None:
        """Return who is logged in, with the role that they have now."""
        told = self.sessions.name_of(token) if (token := cookie_of(scope, headers)) else None
        name, _, mark = (told or "").partition("\n")
        if told is None or mark != self.users.mark(name):
            return None
        return KEEPER if name == KEEPER.name and not mark and self.key is not None else self.users.named(name)

    def open_session(self, person: Person) -> str:
        """Log somebody in by the key that they have now, and return the token: another key ends the session."""
        return self.sessions.open(f"{person.name}\n{'' if person is KEEPER else self.users.mark(person.name)}")

    def _person(self, scope: Scope, headers: dict[bytes, bytes]) -> Person | Refusal:
        if not self.locked:
            return LOCAL
        key = _key_of(headers)
        if not key:
            return self.session_of(scope, headers) or NO_KEY
        address = address_of(scope)
        if wait := self.tries.wait(address):
            return too_often(wait)
        person = self.whose(key)
        if person is None:
            self.tries.wrong(address)
            return NO_KEY
        return person

    def _knows(self, header: bytes, scope: Scope) -> bool:
        host = _host_of(header.decode("latin-1"))
        if host in self.hosts and len(self._known) < KNOWN:
            self._known.add(header)
        return host is not None and (host in self.hosts or host == _own_address(scope))


def too_often(wait: float) -> Refusal:
    """Return that an address has to wait."""
    seconds = max(1, round(wait))
    told = f"口令错的次数太多,请 {seconds} 秒后再试"
    return Refusal(429, "请稍后再试", told, {"Retry-After": str(seconds)})


def address_of(scope: Scope) -> str:
    """Return where a request comes from."""
    return str((scope.get("client") or ("",))[0])


def cookie_name(scope: Scope) -> str:
    """Return what the cookie of this server's sessions is called."""
    port = (scope.get("server") or ("", None))[1]
    return f"{COOKIE}_{port}" if port else COOKIE


def cookie_of(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """Return the token of a session, or nothing."""
    own = cookie_name(scope)
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == own:
            return value
    return ""


def _key_of(headers: dict[bytes, bytes]) -> str:
    """Return the key that a request gives in a header."""
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"basic":
        try:
            given = base64.b64decode(given, validate=True).partition(b":")[2]
        except ValueError:
            given = b"?"
    elif scheme.lower() != b"bearer":
        given = headers.get(b"x-api-key", b"")
    return given.decode("utf-8", "surrogateescape")


def _is_own(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Tell whether a request that changes something comes from a page of ours or from a program, not from elsewhere.

    Browsers say where a page is from (Origin, Sec-Fetch-Site) and a page cannot change what they say; a request that
    says neither comes from a program, which has no cookie of ours.
    """
    if origin := headers.get(b"origin", b"").decode("latin-1"):
        return origin.lower().partition("://")[2] == headers.get(b"host", b"").decode("latin-1").lower()
    if site := headers.get(b"sec-fetch-site", b""):
        return site in (b"same-origin", b"none")
    return not cookie_of(scope, headers)


def _host_of(header: str) -> str | None:
    """Return the name or address of a Host header, without its port; None for what is none."""
    match = HOST.fullmatch(header.strip().lower())
    return match.group(1).removesuffix(".") if match else None


def _own_address(scope: Scope) -> str | None:
    """Return the address of this machine that the request came to: a number,
    which no page elsewhere can take for its name."""
    address = (scope.get("server") or ("",))[0].lower()
    return (f"[{address}]" if ":" in address else address) or None
