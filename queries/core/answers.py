"""The shapes of the answers: what the command prints as JSON and the API returns, one definition for both."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import partial
from types import NoneType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, computed_field

from queries.core.reason import Reason

Item = TypeVar("Item")


class Term(StrEnum):
    """A word of a closed set: its value is what people read and JSON says, its
    name the code by which programs know it."""

    @property
    def code(self) -> str:
        """Return the code."""
        return self.name

    @property
    def order(self) -> int:
        """Return its place in the set."""
        return list(type(self)).index(self)


class Answer(BaseModel):
    """A frozen piece of an answer; beside words JSON has their codes: ``state_code``, ``reason_codes``."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, hint in vars(cls).get("__annotations__", {}).items():
            kinds = get_args(hint) or (hint,)
            terms = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Term)]
            if terms or Reason in kinds:
                codes: Any = Literal[tuple(terms[0].__members__)] if terms else str
                codes = list[codes] if get_origin(hint) is list else codes | None if NoneType in kinds else codes
                beside = f"{name.removesuffix('s')}_codes" if get_origin(hint) is list else f"{name}_code"
                setattr(cls, beside, computed_field(return_type=codes)(property(partial(_codes, name))))


def _codes(name: str, answer: Answer) -> Any:
    words = getattr(answer, name)
    return [word.code for word in words] if isinstance(words, list) else None if words is None else words.code


class Page(BaseModel, Generic[Item]):
    """A page of a list; ``next`` is the cursor of the page after it, or null at the end."""

    items: list[Item]
    next: str | None = None


class Named(Answer):
    """A thing by id and name."""

    id: str
    name: str


class SupplyEdge(Answer):
    """One supply relation at some distance from the firm that was asked about."""

    tier: int = Field(description="1 = direct, 2 = one step further, …")
    supplier: Named
    customer: Named
    product: str = Field(description="empty where it is not known")
    status: str
    source: str
    place: str | None = None
    confidence: float | None = None
    valid_to: str | None = Field(default=None, description="until when it held, where that is recorded")


class Hop(Answer):
    """One step of a path, with its source."""

    supplier: Named
    customer: Named
    product: str
    status: str
    source: str
    valid_to: str | None = Field(default=None, description="until when it held, where that is recorded")


class SupplyPath(Answer):
    """A chain of supply relations from one firm to another."""

    length: int
    hops: list[Hop]


class Way(Term):
    """By what a search found a thing, the plainest first."""

    by_name = "名称"
    by_alias = "简称或别名"
    name_start = "名称开头"
    pinyin = "拼音"
    initials = "拼音首字母"
    in_name = "名称包含"
    in_alias = "别名包含"
    pinyin_start = "拼音开头"
    in_initials = "拼音首字母包含"
    alike = "名称相近"


class Hit(Answer):
    """Something that a search found, and why."""

    id: str
    label: str
    name: str
    status: str
    matched: Way


class ChainCounts(Answer):
    """How much is known of a chain, by data status."""

    segments: dict[str, int] = {}
    products: dict[str, int] = {}
    enterprises: dict[str, int] = {}
    leaders: dict[str, int] = {}
    projects: dict[str, int] = {}
    statements: dict[str, int] = {}


class ChainSummary(Answer):
    """A chain in the list of chains."""

    id: str
    name: str
    status: str
    source: str
    place: str | None = None
    description: str | None = None
    counts: ChainCounts


class Total(Answer):
    """How many things of a kind there are, by data status."""

    label: str
    name: str
    counts: dict[str, int]


class Firm(Answer):
    """A firm where it stands in a segment."""

    id: str
    name: str
    short_name: str | None = None
    status: str
    source: str


class ChainProduct(Answer):
    """A product where it belongs to a segment; status, source and place are the
    belonging's own where that is the less founded."""

    id: str
    name: str
    kind: str | None = None
    status: str
    source: str
    place: str | None = None
    description: str | None = None


class SegmentView(Answer):
    """A segment with its products and the firms in it."""

    id: str
    name: str
    tier: str | None = None
    description: str | None = None
    status: str
    source: str
    products: list[ChainProduct]
    enterprises: list[Firm]


class Flow(Answer):
    """What feeds what: segments or products by id."""

    upstream: str
    downstream: str
    status: str
    source: str
    essential: bool | None = None


class Related(Answer):
    """A thing that is related to another, with the relation's own provenance."""

    relation: str
    label: str
    id: str
    name: str
    status: str
    source: str
    place: str | None = None
    properties: dict[str, Any] = {}


class Thing(Answer):
    """A thing of any kind, by which its page is found."""

    label: str
    id: str
    name: str


class Figure(Answer):
    """A published figure and what it is about."""

    statement: dict[str, Any]
    subjects: list[Thing]


class ThingView(Answer):
    """Everything about one thing of any kind; a relation's ``properties`` are
    its own and the other thing's description."""

    etag: str = Field(default="", description="of the thing's own fields: what If-Match of a PATCH names")
    thing: dict[str, Any]
    outgoing: list[Related]
    incoming: list[Related]
    statements: list[dict[str, Any]]
    truncated: bool = Field(description="true where it has more relations than were read")


class ChainView(Answer):
    """Everything that a chain's page shows."""

    chain: dict[str, Any]
    segments: list[SegmentView]
    feeds: list[Flow]
    inputs: list[Flow]
    leaders: list[Related]
    members: list[Related]
    statements: list[dict[str, Any]]
    supplies: list[dict[str, Any]]


class EnterpriseView(Answer):
    """Everything that a firm's page shows."""

    etag: str = Field(default="", description="of the firm's own fields: what If-Match of a PATCH names")
    enterprise: dict[str, Any]
    outgoing: list[Related]
    incoming: list[Related]
    statements: list[dict[str, Any]]


class CypherAnswer(Answer):
    """The rows of a query, and whether the limit cut them."""

    columns: list[str]
    rows: list[dict[str, Any]]
    truncated: bool


class Evidence(Answer):
    """A record of the graph that a judgement rests on: a relation with both ends, or a node alone."""

    record: str = Field(description="relationship type or label")
    from_id: str
    from_name: str
    to_id: str | None = None
    to_name: str | None = None
    product: str | None = None
    status: str
    source: str
    place: str | None = None


class SourceUsed(Answer):
    """A source of the rows that an answer rests on, and of how many."""

    id: str
    name: str
    publisher: str | None = None
    published_on: str | None = None
    rows: int


class MissingRows(Answer):
    """Rows that the graph lacks, why they matter, and the form that would fill them."""

    topic: str = Field(description="what they are about: posts, documents, projects …")
    what: Reason
    why: Reason
    form: str = Field(description="the kind of the form, as lianzhang template takes it")
    form_name: str


class Overview(Answer):
    """An answer of several tables, which begins with a sentence: by which day and rules, what it rests on."""

    verdict: str
    points: list[Reason] = Field(description="what the verdict is made of")
    as_of: str
    rules_version: str
    missing: list[MissingRows] = []
    rests_on: dict[str, int]
    sources: list["SourceUsed"]


STATUS_ORDER = {"confirmed": 0, "reported": 1, "curated": 2, "inferred": 3, "sample": 4}


def weakest(statuses: Iterable[str]) -> str | None:
    """Return the least founded of some statuses, or nothing where there are none."""
    return max(statuses, key=STATUS_ORDER.__getitem__, default=None)


def count_statuses(statuses: Iterable[str]) -> dict[str, int]:
    """Return how many there are of each status, the best founded first."""
    counted = Counter(statuses)
    return {status: counted[status] for status in sorted(counted, key=STATUS_ORDER.__getitem__)}
