"""The shapes of the four lists and of the ledger: what the command prints as JSON and the API returns."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from queries.core.answers import Answer, Evidence, Named, Overview, SourceUsed, Term
from queries.core.reason import Reason
from queries.matching.answers import Level

HERE = "青"  # what the lists call Qingdao, and a city that the graph does not name


def titles_of(city: str) -> dict[str, str]:
    """Return what the four lists are called in a city."""
    return {
        "offers": f"在{city}可提供产品(服务)",
        "needs": "可采购产品(服务)",
        "partners": "拟开展合作企业",
        "invitations": "建议招引企业",
    }


LISTS = titles_of(HERE)


class Keys(StrEnum):
    """The language of the keys of the lists in JSON."""

    zh = "zh"
    en = "en"


class Stage(Term):
    """How far a match is: the stages in order, then that no step stands, or that it is not known which."""

    needed = "需求"
    recommended = "推荐"
    answered = "链主答复"
    talking = "洽谈"
    signed = "签约"
    dropped = "放弃"
    withdrawn = "已撤销"
    unclear = "阶段不明"


STAGES = tuple(Stage)[:6]


class Looked(Answer):
    """A firm that was looked at for a need, and why it does not fit."""

    firm: Named
    region: str
    why: Reason
    status: str
    source: str


class Opening(Answer):
    """A row of a list: which product, which firm, why, what speaks against it, and on what it rests."""

    leader: Named
    party: Named = Field(description="who of the leader's group said it: the leader itself, or a firm below it")
    product: str = Field(description="empty where the record names none")
    product_id: str | None = None
    segments: list[str] = Field(default=[], description="the segments of the product")
    firm: Named | None = Field(description="null where no firm is known")
    region: str = ""
    local: bool = Field(default=False, description="whether the firm is known to be in the city")
    fit: Level | None = Field(default=None, description="how well the firm's product meets the need")
    why: list[Reason]
    against: list[Reason]
    stage: Stage | None = Field(default=None, description="how far the ledger is with this firm and product")
    computed: bool = Field(description="false: a record; true: found by the rules, of status inferred")
    confidence: float = Field(
        description="0 to 1: the record's own, or at most that of the weakest record that it rests on"
    )
    status: str
    source: str = Field(description="of the record, or of the record of the firm on which the row rests")
    candidates: list[Looked] = Field(
        default=[], description="local firms that were looked at before, and why none fits"
    )
    evidence: list[Evidence]

    def grounds(self) -> list[Reason]:
        """Return why without the segments, for a reader who sees these beside it."""
        return [reason for reason in self.why if reason.code != "segments"]


class Opportunities(Answer):
    """The four lists of a leader or of all leaders of a chain."""

    subject: Named
    label: Literal["Enterprise", "Chain"]
    leaders: list[Named]
    city: list[Named] = Field(description="where a firm is local; empty: every firm counts as local")
    rule_version: str
    as_of: str = Field(description="the day for which it is asked")
    data_date: str | None = Field(description="when the latest record was entered")
    rests_on: dict[str, int] = Field(description="rows and records by data status")
    notes: list[Reason]
    sources: list[SourceUsed]
    offers: list[Opening] = Field(serialization_alias=LISTS["offers"])
    needs: list[Opening] = Field(serialization_alias=LISTS["needs"])
    partners: list[Opening] = Field(serialization_alias=LISTS["partners"])
    invitations: list[Opening] = Field(serialization_alias=LISTS["invitations"])
    here: str = Field(default=HERE, exclude=True, description="what the lists call the city")
    keys: Keys = Field(default=Keys.zh, exclude=True)

    @property
    def titles(self) -> dict[str, str]:
        """Return what the four lists are called, by name."""
        return titles_of(self.here)

    def lists(self) -> dict[str, list[Opening]]:
        """Return the four lists by what they are called."""
        return {title: getattr(self, name) for name, title in self.titles.items()}

    @model_serializer(mode="wrap")
    def _with_keys(self, write: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]  # a type would hide the fields
        titles = self.titles
        keys = {LISTS[name]: name if self.keys is Keys.en else titles[name] for name in LISTS}
        return {keys.get(key, key): value for key, value in write(self).items()}

    def of_one(self, rows: Sequence[Opening]) -> bool:
        """Tell whether all rows are those of the one leader itself, so that none need say whose it is."""
        return len(self.leaders) == 1 and all(row.party == self.leaders[0] for row in rows)


class Met(Term):
    """Whether a need can be met here."""

    able = "可卡位入链"
    supplied = "本地已在供应"
    none = "没有合适的本地企业"


class Wanted(Answer):
    """A needed product, who buys it, and which local firms could take the place or supply it already."""

    product: str
    product_id: str | None
    met: Met
    recorded: bool = Field(description="false: inferred from what is made of it")
    leaders: list[Named] = Field(description="who buys it")
    able: list[Named]
    supplying: list[Named]
    status: str = Field(description="the least founded of the rows that it rests on")
    sources: list[str]


class ChainWanted(Wanted):
    """A product that the leaders of a chain need."""

    chain: Named


class CityNeeds(Overview):
    """What the leaders of all chains need, each product once a chain; what is needed in made-up rows only stands apart.

    Whether a need can be met here is told without samples.
    """

    met: Met | None = Field(description="only those that are met so; null: all")
    counts: dict[str, int] = Field(description="all needs, by how they are met")
    needs: list[ChainWanted]
    samples: list[ChainWanted] = Field(description="made-up rows, for show")


class Step(Answer):
    """A step of a match; ``withdrawn`` where the record has ended."""

    stage: Stage
    on: str | None
    by: str | None
    note: str | None
    withdrawn: bool
    status: str
    source: str
    place: str | None = None


class Match(Answer):
    """A match of a supplier and a leader about a product: its steps in order,
    how far it is, and what is wrong with it."""

    supplier: Named
    customer: Named
    product: str
    product_id: str | None
    state: Stage = Field(description="the stage of the last step that stands; 已撤销 where none does")
    since: str | None
    steps: list[Step]
    remarks: list[Reason]


class Ledger(Answer):
    """Matches, the latest first, with how many are at each stage."""

    subject: Named | None
    counts: dict[str, int] = Field(description="matches by the stage that they have reached")
    steps: dict[str, int] = Field(description="steps by stage")
    rests_on: dict[str, int] = Field(description="steps by data status")
    as_of: str
    notes: list[Reason]
    matches: list[Match]
    sources: list[SourceUsed]
