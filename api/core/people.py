"""Who asks, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.types import Scope


class Role(StrEnum):
    """What somebody may do; each may do what those before it may."""

    viewer = "viewer"
    editor = "editor"
    admin = "admin"

    @property
    def zh(self) -> str:
        """Return the word for it."""
        return {"viewer": "只看", "editor": "可改", "admin": "管理"}[self.value]

    def covers(self, needed: "Role") -> bool:
        """Tell whether it may do what another may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True)
class Person:
    """Somebody who was let in."""

    name: str
    role: Role


LOCAL = Person("本机用户", Role.admin)  # where no key is set, only this machine reaches the server
KEEPER = Person("管理员", Role.admin)  # who has the one key of the settings


def let_in(scope: "Scope", person: Person) -> None:
    """Keep with a request who makes it."""
    scope.setdefault("state", {})["person"] = person


def person_in(scope: "Scope") -> Person | None:
    """Return who makes a request, None where nobody was let in."""
    person: Person | None = scope.get("state", {}).get("person")
    return person


def person_of(request: "Request") -> Person:
    """Return who makes a request."""
    return person_in(request.scope) or LOCAL
