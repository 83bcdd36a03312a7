"""What is told of a load: what its tables were taken for, what it would do or has done, how far it is."""

from pydantic import BaseModel, Field

from queries.gaps.answers import ChangedState


class TakenHead(BaseModel):
    """A column as it was read: its head, what stands in it, the field that it was taken for (none: not used)."""

    head: str
    samples: list[str]
    field: str = ""
    field_name: str = ""
    said: bool = Field(default=False, description="somebody said so, now or of an earlier file")
    personal: bool = Field(default=False, description="told of persons: not loaded unless a purpose is given")
    dull: bool = Field(default=False, description="says nothing that could be loaded: a running number")


class FieldChoice(BaseModel):
    """A field that a column can stand for."""

    name: str
    zh: str


class TakenTable(BaseModel):
    """A table as it was read."""

    file: str
    sheet: str | None
    kind: str
    kind_name: str
    heads: list[TakenHead]
    choices: list[FieldChoice]
    parts: list[str] = Field(description="other kinds of thing that its rows tell of")
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0


class RejectedRow(BaseModel):
    """A row that is refused, and why."""

    file: str
    sheet: str | None = None
    row: int | None
    column: str
    value: str
    reason: str


class UnreadFile(BaseModel):
    """A file, or a sheet of it, that cannot be used at all."""

    file: str
    sheet: str | None = None
    reason: str


class ReadNote(BaseModel):
    """How cells were read otherwise than they stood, how often, and the first of them."""

    file: str
    column: str
    value: str
    row: int
    note: str
    count: int


class NewThing(BaseModel):
    """A thing that the load adds."""

    label: str
    id: str
    name: str


class GoneThing(NewThing):
    """A thing that ends with this edition of its list, and when."""

    day: str


class ChangedThing(NewThing):
    """A thing that the load changes: of each field the value before and after."""

    fields: dict[str, list[str]]


class LoadCounts(BaseModel):
    """How many rows were read and what became of them; how many things end."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    gone: int = 0


class EarlierEdition(BaseModel):
    """The edition that a load follows."""

    id: str
    source: str
    list: str
    edition: str
    at: str


class LoadOutcome(BaseModel):
    """What a load did, or would do."""

    counts: LoadCounts
    rejects: list[RejectedRow] = Field(description="the first 1,000")
    reject_files: list[str] = Field(default=[], description="to be downloaded, mended and uploaded again")
    unread: list[UnreadFile]
    notes: list[ReadNote]
    warnings: list[str]
    conflicts: int = 0
    seconds: float = 0


class LoadPreview(LoadOutcome):
    """What a load would do to the graph as it stands."""

    tables: list[TakenTable]
    new: list[NewThing]
    changed: list[ChangedThing]
    changed_count: int = Field(description="things of which something else is said; of the rest another source says it")
    gone: list[GoneThing]
    flips: list[ChangedState]
    judged_on: str = Field(description="the day as of which the states are judged: when what ends has ended")
    follows: EarlierEdition | None = None
    version: str


class LoadProgress(BaseModel):
    """What is being done."""

    text: str = ""
    rows: int = 0


class StandingLoad(BaseModel):
    """A load that the graph knows; ``state``: standing, taken_back, or older (cannot be taken back)."""

    id: str
    at: str
    by: str
    files: list[str]
    source: str
    list: str
    edition: str
    counts: LoadCounts
    state: str
    back_at: str = ""
    back_by: str = ""
    why_not: str = ""


class TakenBackLoad(BaseModel):
    """What went with a load that was taken back; what people wrote stays, and is told."""

    record: StandingLoad
    gone: dict[str, int] = Field(description="what went, by type")
    changed: dict[str, int] = Field(description="what is as it was before")
    new: dict[str, int] = Field(description="what is there again")
    kept: list[str]


class UploadedLoad(BaseModel):
    """A load on its way: previewing, previewed, loading, done, failed or cancelled."""

    id: str
    state: str
    by: str
    at: str
    files: list[str]
    size: int
    source: str
    status: str
    leader: str
    kind: str
    columns: dict[str, str]
    keep: dict[str, str]
    edition: str
    census: str
    back: str = Field(default="", description="the id of the load that this takes back")
    moved: bool = Field(description="the graph has changed since: this is a new preview")
    problem: str
    ended: str
    progress: LoadProgress | None = None
    preview: LoadPreview | None = None
    outcome: LoadOutcome | None = None
    record: StandingLoad | None = None
    taken_back: TakenBackLoad | None = None


class LoadList(BaseModel):
    """The loads that the graph knows, the newest first, and those on their way."""

    items: list[StandingLoad]
    open: list[UploadedLoad]
