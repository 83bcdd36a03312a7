"""The users of a server: a file of their own, with hashes of keys that are shown once."""

import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from api.core.people import KEEPER, LOCAL, Person, Role
from graph.errors import InputError, NotFound, OutputError
from graph.outputs import write_text

PREFIX = "lz_"  # by which a key is known where it turns up
RESERVED = (LOCAL.name, KEEPER.name)
NAME = re.compile(r"[^\s\x00-\x1f,;\"'<>]{1,40}")


@dataclass(frozen=True)
class User:
    """Somebody with a key; of the key only a salted hash is kept: it is random and long, so no slow hash is needed."""

    name: str
    role: Role
    salt: str
    hash: str
    since: str


class Users:
    """The users that a file holds; it is read anew when it changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[int, tuple[User, ...]] = (-1, ())
        self._guard = threading.Lock()

    def all(self) -> tuple[User, ...]:
        """Return all users by name."""
        try:
            stamp = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return ()
        with self._guard:
            if self._read[0] != stamp:
                self._read = stamp, self._users()
            return self._read[1]

    def _users(self) -> tuple[User, ...]:
        try:
            rows = json.loads(self.path.read_text("utf-8"))
            return tuple(User(**row | {"role": Role(row["role"])}) for row in rows)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise OutputError(f"用户文件 {self.path} 读不了: {error};请从备份恢复,或移走后重新添加用户") from error

    def add(self, name: str, role: Role) -> str:
        """Add a user and return the key, which nobody can be told again."""
        if not NAME.fullmatch(name):
            raise InputError(f"用户名“{name[:60]}”不能用: 1 到 40 个字,没有空格、引号、逗号")
        if name in RESERVED:
            raise InputError(f"“{name}”是留给系统的名字,操作记录里会认错人;请换一个,如写上姓名")
        key = PREFIX + secrets.token_urlsafe(24)
        salt = secrets.token_hex(8)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._writing():
            users = self._fresh()
            if any(user.name == name for user in users):
                raise InputError(f"已有用户“{name}”;要换口令请先 lianzhang users remove {name},再添加")
            self._write([*users, User(name, role, salt, _hash(salt, key), now)])
        return key

    def remove(self, name: str) -> None:
        """Remove a user; whoever is logged in by that name is out with the next request."""
        with self._writing():
            users = self._fresh()
            if all(user.name != name for user in users):
                raise NotFound(f"没有用户“{name[:60]}”,现有: {'、'.join(user.name for user in users) or '一个也没有'}")
            self._write([user for user in users if user.name != name])

    def find(self, key: str) -> Person | None:
        """Return whose a key is."""
        found = None
        for user in self.all():  # all are compared, so that the time tells nothing
            if hmac.compare_digest(_hash(user.salt, key), user.hash):
                found = Person(user.name, user.role)
        return found

    def named(self, name: str) -> Person | None:
        """Return a user by name, with the role that it has now."""
        return next((Person(user.name, user.role) for user in self.all() if user.name == name), None)

    def mark(self, name: str) -> str:
        """Return what is another one whenever a user's key is; nothing for nobody."""
        return next((user.hash for user in self.all() if user.name == name), "")

    def _fresh(self) -> tuple[User, ...]:
        return self._users() if self.path.exists() else ()

    def _write(self, users: Iterable[User]) -> None:
        ordered = sorted(users, key=lambda user: user.name)
        write_text(self.path, json.dumps([asdict(user) for user in ordered], ensure_ascii=False, indent=1))
        self.path.chmod(0o600)

    def _writing(self) -> FileLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path.with_name(self.path.name + ".lock"), timeout=10)


def _hash(salt: str, key: str) -> str:
    return hashlib.sha256(f"{salt}:{key}".encode("utf-8", "surrogatepass")).hexdigest()
