"""What every node and every edge has in common, and how a type describes itself."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.model.kinds import Kind, OptDate, OptLongText, OptNames, OptText, Share, StatusField, Text, kind_of
from graph.statuses import STATUS_CONFIDENCE


def column(zh: str, *also: str, required: bool = False, hint: str = "") -> Any:
    """Declare a field: its Chinese column head, the other heads it is known by,
    and, where the head does not say it, what the column is to hold."""
    extra: dict[str, Any] = {"heads": [zh, *also], "hint": hint}
    if required:
        return Field(title=zh, json_schema_extra=extra)
    return Field(default=None, title=zh, json_schema_extra=extra)


Side = Literal["out", "in"]
Group = Literal["supplies", "products", "places", "parts", ""]  # the tables of a firm's page
ANY = "*"  # at an end of an edge: every type that figures may be about


@dataclass(frozen=True)
class Link:
    """A column of a node's file that stands for edges to other nodes, several of them separated by ``;``.

    ``to`` is the label at their other end, for an edge that joins whatever type
    has the link; other edges name their ends themselves.
    """

    name: str
    zh: str
    edge: str
    to: str = ""
    reverse: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class TypeInfo:
    """What a type is called in files (``file``), in Chinese (``zh``), what
    makes two of its rows the same thing, and where it is shown.

    ``yardstick`` tells that its rows are what a chain is made of, or where something is said: that is a claim about
    nobody, seen whatever is left out, but for samples. ``counted`` is the word under which its rows are counted on the
    first page, if they are.

    Of a node: ``searched`` is its place among what a word fits as well (0: it is not searched for); ``own_page`` tells
    whether its page is at ``/file/id`` rather than ``/things/Label/id``, ``figures`` whether published figures may be
    about it; ``expected`` are the relations that its page begins with, and says of that none is known.

    Of an edge: ``words`` say what the thing at its end is to the one at its start, and the other way round; ``group``
    is the table of a firm's page that it stands in, the last where it names none; ``loops`` tells whether it may lead
    from a thing to itself.
    """

    file: str
    zh: str
    prefix: str = ""
    also: tuple[str, ...] = ()
    key: tuple[str, ...] = ("name",)
    links: tuple[Link, ...] = ()
    yardstick: bool = False
    counted: str = ""
    searched: int = 0
    own_page: bool = False
    figures: bool = True
    expected: tuple[tuple[Side, str], ...] = ()
    words: tuple[str, str] = ("", "")
    group: Group = ""
    ends: tuple[tuple[str, str], ...] = ()
    end_columns: tuple[tuple[str, str], tuple[str, str]] = (("from", "起点"), ("to", "终点"))
    loops: bool = True


class Record(BaseModel):
    """Provenance, trust and the two times that every node and every edge carries."""

    model_config = ConfigDict(extra="forbid")
    table: ClassVar[TypeInfo]

    source: Text = column("来源", "数据来源", "出处", required=True)
    status: StatusField = Field(
        default="reported", title="状态", json_schema_extra={"heads": ["状态", "数据状态", "核实状态"]}
    )
    confidence: Share = Field(default=0.8, title="可信度", json_schema_extra={"heads": ["可信度", "置信度"]})
    place: OptText = column("出处位置", "位置", "页码", "段落")
    valid_from: OptDate = column("有效期起", "起始日期", "生效日期")
    valid_to: OptDate = column("有效期止", "截止日期", "失效日期")
    note: OptLongText = column("备注", "注")
    field_sources: OptNames = column("字段来源")

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, row: Any) -> Any:
        if not isinstance(row, dict):
            return row
        row = {name: value for name, value in row.items() if value is not None and value != ""}
        status = cls.kinds()["status"].words.get(
            str(row.get("status", "reported")).strip().lower(), row.get("status", "reported")
        )
        return {"confidence": STATUS_CONFIDENCE.get(status, 0.0)} | row

    @classmethod
    def kinds(cls) -> dict[str, Kind]:
        """Return each field of the type with its kind, in the order of the store's columns."""
        if "_kinds" not in cls.__dict__:
            cls._kinds = {name: kind_of(info) for name, info in cls.model_fields.items()}
        return cls._kinds

    _kinds: ClassVar[dict[str, Kind]]


class Node(Record):
    """A thing in the graph, known by ``id``; the class's name is its label."""

    id: OptText = column("编号", "标识", "ID")
    name: Text = column("名称", "名字", required=True)
    aliases: OptNames = column("别名", "曾用名", "又名")
    description: OptLongText = column("说明", "描述", "简介", "介绍")

    @classmethod
    def label(cls) -> str:
        """Return the node's label."""
        return cls.__name__


class Edge(Record):
    """A relation between two nodes; ``type_name``, the class's name in capitals, is its relationship type."""

    type_name: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Name the relationship type after the class."""
        super().__init_subclass__(**kwargs)
        cls.type_name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).upper()
