"""Ids in addresses: whatever signs one holds, it is one part of the path."""

import re
from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.types import Scope

SLASH = "\ue02f"  # stands for a slash that came as %2F; no text uses it


class Id(Convertor[str]):
    """One part of a path; a slash in it came as ``%2F``."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        """Return the id."""
        return value.replace(SLASH, "/")

    def to_string(self, value: str) -> str:
        """Return the part of the path."""
        return value.replace("/", SLASH)


register_url_convertor("id", Id())


def with_whole_ids(scope: Scope) -> Scope:
    """Return a request whose path keeps apart the slashes between its parts and
    those within one, which servers decode alike."""
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" not in raw.lower():
        return scope
    return {**scope, "path": unquote(re.sub("%2F", SLASH, raw.decode("ascii"), flags=re.IGNORECASE))}
