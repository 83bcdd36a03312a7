"""The shapes of the answers about the registries: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.core.answers import Answer, Named, Overview, Thing
from queries.core.reason import Reason


class Entry(Answer):
    """A thing of a registry."""

    thing: Thing
    kind: str | None = Field(description="its kind, its level, or the stage that it is in")
    stands_for: float | None = Field(description="how many things without names it is, as published; null: one")
    on: str | None
    until: str | None
    current: bool = Field(description="not yet over on the day that is asked for")
    chains: list[Named]
    regions: list[Named]
    ties: int = Field(description="how many have a part in it")
    said: str | None = Field(description="its description")
    remark: str | None = Field(description="what was noted of it")
    status: str
    source: str
    place: str | None


class EntryTie(Answer):
    """Who or what has a part in a thing of a registry, and which."""

    subject: Thing
    part: str = Field(description="发榜方, 揭榜方, 参与方, 签约项目 …")
    role: str | None
    other: Thing
    since: str | None
    until: str | None
    status: str
    source: str
    place: str | None


class Answerer(Answer):
    """A firm that could perhaps answer an open challenge, inferred by the matcher; the source is the firm's."""

    subject: Thing
    firm: Named
    level: str = Field(description="高, 中 or 低")
    product: str | None
    why: list[str]
    status: str
    source: str


class StageRule(Answer):
    """A stage, who acts in it, how many things are in it; status, source and place are those of the mechanism."""

    stage: str
    who: str
    now: int
    status: str
    source: str
    place: str | None


class Published(Answer):
    """A published figure beside what the rows show, and how the two differ."""

    id: str
    subjects: list[Thing]
    metric: str
    value: float | None
    unit: str | None
    qualifier: str | None
    original: str | None
    scope: str | None
    as_of: str | None
    shown: float | None = Field(description="what can be counted in the rows; null: no rows could show it")
    difference: Reason
    status: str
    source: str
    place: str | None


class RegistryRows(Answer):
    """The rows of a registry."""

    entries: list[Entry]
    ties: list[EntryTie]
    answerers: list[Answerer]


class Registry(Overview, RegistryRows):
    """A registry; rows that are samples stand apart, and nothing is counted by them."""

    name: str
    title: str
    stages: list[StageRule]
    published: list[Published]
    samples: RegistryRows = Field(description="made-up rows, for show")
