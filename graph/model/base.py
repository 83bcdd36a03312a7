"""What every node and every edge has in common, and how a type describes itself."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.model.kinds import STATUS_CONFIDENCE, Kind, OptDate, OptLongText, OptNames, OptText, Share, StatusField, Text, kind_of


def column(zh: str, *also: str, required: bool = False) -> Any:
    """Declare a field: its Chinese column head, and the other heads it is known by."""
    extra: dict[str, Any] = {"heads": [zh, *also]}
    if required:
        return Field(title=zh, json_schema_extra=extra)
    return Field(default=None, title=zh, json_schema_extra=extra)


@dataclass(frozen=True)
class Link:
    """A column of a node's file that stands for edges to other nodes, several of them separated by ``;``."""

    name: str
    zh: str
    edge: str
    reverse: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What a type is called in files (``file``), in Chinese (``zh``), and what makes two of its rows the same thing.

    ``loops`` tells whether an edge may lead from a thing to itself.
    """

    file: str
    zh: str
    prefix: str = ""
    also: tuple[str, ...] = ()
    key: tuple[str, ...] = ("name",)
    links: tuple[Link, ...] = ()
    ends: tuple[tuple[str, str], ...] = ()
    end_columns: tuple[tuple[str, str], tuple[str, str]] = (("from", "起点"), ("to", "终点"))
    loops: bool = True


class Record(BaseModel):
    """Provenance, trust and the two times that every node and every edge carries."""

    model_config = ConfigDict(extra="forbid")
    table: ClassVar[Table]

    source: Text = column("来源", "数据来源", "出处", required=True)
    status: StatusField = Field(default="reported", title="状态", json_schema_extra={"heads": ["状态", "数据状态", "核实状态"]})
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
        status = cls.kinds()["status"].words.get(str(row.get("status", "reported")).strip().lower(), row.get("status", "reported"))
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
    """A relation between two nodes; ``type_name`` is its relationship type, ``table.ends`` the label pairs it may join."""

    type_name: ClassVar[str]
