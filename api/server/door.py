"""Who is let in: requests to a host of ours, with the key where one is set."""

import base64
import re
import secrets

from starlette.types import Scope

from api.core.problems import Refusal
from graph.settings import Settings

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\[\]]+)(?::[0-9]*)?")
KNOWN = 1_000  # headers that are remembered as good
OWN = frozenset({"localhost", "127.0.0.1", "[::1]"})
NO_KEY = Refusal(
    401,
    "需要口令",
    "请在请求头 Authorization 里给出 Bearer 口令,浏览器里用户名任意、密码填口令",
    {"WWW-Authenticate": 'Basic realm="lianzhang", charset="UTF-8"'},
)


class Door:
    """Lets requests in or says why not.

    A page elsewhere can make a name of its own point to this machine (DNS
    rebinding); its requests then carry that name as Host.
    """

    def __init__(self, settings: Settings) -> None:
        self.hosts = OWN | {name.lower() for name in settings.host_names}
        self._known: set[bytes] = set()
        self.key = settings.api_key.get_secret_value().encode() if settings.api_key else None

    def refuse(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        """Return why a request is not let in."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        if not named or any(name not in self._known and not self._knows(name, scope) for name in named):
            shown = "、".join(name.decode("latin-1") for name in named)[:100] or "(空)"
            told = (
                f"请求的主机名 {shown} 不在允许之列。"
                "请用本机地址访问,或把它写进环境变量 LIANZHANG_HOSTS(多个用逗号分隔)后重启"
            )
            return Refusal(400, "主机名不被允许", told)
        if self.key is not None and scope["path"] != "/healthz" and not self._has_key(headers):
            return NO_KEY
        return None

    def _knows(self, header: bytes, scope: Scope) -> bool:
        host = _host_of(header.decode("latin-1"))
        if host in self.hosts and len(self._known) < KNOWN:
            self._known.add(header)
        return host is not None and (host in self.hosts or host == _own_address(scope))

    def _has_key(self, headers: dict[bytes, bytes]) -> bool:
        scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except ValueError:
                return False
        elif scheme.lower() != b"bearer":
            given = headers.get(b"x-api-key", b"")
        return secrets.compare_digest(given, self.key or b"")


def _host_of(header: str) -> str | None:
    """Return the name or address of a Host header, without its port; None for what is none."""
    match = HOST.fullmatch(header.strip().lower())
    return match.group(1).removesuffix(".") if match else None


def _own_address(scope: Scope) -> str | None:
    """Return the address of this machine that the request came to: a number,
    which no page elsewhere can take for its name."""
    address = (scope.get("server") or ("",))[0].lower()
    return (f"[{address}]" if ":" in address else address) or None
