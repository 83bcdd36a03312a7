"""The shapes of the journal's answers: what the command prints as JSON and the API returns."""

from typing import Any

from pydantic import Field

from queries.core.answers import Answer, Term


class Ended(Term):
    """What came of an action."""

    done = "做成"
    refused = "被拒"
    begun = "没有做完"


class Written(Answer):
    """A field that was written: what stood there, and what was written; of one that was taken off nothing stands."""

    field: str
    zh: str
    before: Any
    after: Any


class LoggedAction(Answer):
    """Something that somebody did or tried to do."""

    number: int = Field(description="in the journal, counted from 1; the number under which it was begun")
    at: str = Field(description="UTC")
    who: str
    role: str
    action: str
    label: str = Field(description="the type of what it was done to; empty: nothing of the graph")
    thing: str = Field(description="id, or the ends of a relation and the rest of its key")
    name: str
    ended: Ended
    told: str = Field(description="why it was refused, or what else there is to say")
    why: str
    change: str = Field(description="by which it is taken back; empty: it is no change of a row")
    version: str = Field(description="of the graph afterwards")
    written: list[Written]
