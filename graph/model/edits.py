"""What a person wrote in a field of a row, as the row keeps it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

EDITS = "edits"


@dataclass(frozen=True)
class Edit:
    """A field with the value that a person gave it and the one that files give it; ``change`` is the id of the change.

    What a person writes counts as ``reported``: somebody said so. One that ``grows`` is a list to which what files say
    is added: the names of something that a person renamed. One of an ``edition`` is no person's: a thing ends with the
    edition of a list that does not have it any more.
    """

    field: str
    value: Any
    base: Any
    by: str
    at: str
    change: str
    why: str = ""
    status: str = "reported"
    grows: bool = False
    edition: bool = False

    @property
    def whose(self) -> str:
        """Return in words whose it is, and since when."""
        return self.why if self.edition else f"{self.by} {self.at[:10]} 写的"

    @property
    def told(self) -> str:
        """Return the same with why it was written."""
        return self.whose + (f"：{self.why}" if self.why and not self.edition else "")

    def over(self, base: Any) -> "Edit":
        """Return this entry over what files say now."""
        own = {*(self.value or ())} - {*(self.base or ())} if self.grows else set()
        return replace(self, base=base, value=sorted({*(base or ()), *own}) or None if self.grows else self.value)


def read_edits(row: Mapping[str, Any]) -> dict[str, Edit]:
    """Return what people wrote in a row, by field."""
    edits = (Edit(**json.loads(entry)) for entry in row.get(EDITS) or ())
    return {edit.field: edit for edit in edits}


def tag_of(row: Mapping[str, Any]) -> str:
    """Return a text that is another one whenever a row says anything else: the entity tag of the thing that it is.

    When it was recorded is not what it says: the same rows loaded anew have the same tag.
    """
    said = (pair for pair in row.items() if pair[0] != "recorded_at" and not pair[0].startswith("_"))
    told = {name: value for name, value in said if value not in (None, [])}
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:20]
