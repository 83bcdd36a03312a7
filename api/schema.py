"""The model, printed: as rows, as JSON, as JSON Schema, as the page docs/model.md."""

from typing import Any

from graph.model import EDGES, NODES, Edge, Record, columns, ends_of, file_name, name_of, zh_heads
from graph.model.kinds import Kind
from graph.statuses import STATUS_CONFIDENCE, STATUS_MEANING, STATUS_ZH

KIND_ZH = {
    "text": "文本", "list": "多个文本(; 分隔)", "float": "数字", "bool": "是/否", "date": "日期 YYYY[-MM[-DD]]",
    "moment": "日期或时间 YYYY-MM-DD[Thh:mm:ssZ]",
}  # fmt: skip
TYPES = {"float": "DOUBLE", "bool": "BOOLEAN", "list": "STRING[]"}  # of columns, in JSON


def as_rows() -> list[dict[str, Any]]:
    """Return one row for each field of each type."""
    return [
        {
            "type": name_of(record),
            "zh": record.table.zh,
            "field": field,
            "head": head,
            "kind": _kind(record, field),
            "required": "是" if _required(record, field) else "",
        }
        for record in (*NODES, *EDGES)
        for field, head in zh_heads(record).items()
    ]


def as_json() -> dict[str, Any]:
    """Return the model as plain data: nodes, edges, statuses."""
    return {
        "nodes": [_described(record) for record in NODES],
        "edges": [
            _described(record) | {"ends": [list(ends) for ends in ends_of(record)], "key": list(record.table.key)}
            for record in EDGES
        ],
        "statuses": [
            {"status": name, "zh": zh, "confidence": STATUS_CONFIDENCE[name]} for name, zh in STATUS_ZH.items()
        ],
    }


def as_json_schema() -> dict[str, Any]:
    """Return a JSON Schema (2020-12) with a definition for each type's record."""
    definitions: dict[str, Any] = {}
    for record in (*NODES, *EDGES):
        schema = record.model_json_schema()
        for name, kind in record.kinds().items():
            _narrow(schema["properties"][name], kind)
        definitions[name_of(record)] = schema
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "lianzhang", "$defs": definitions}


def _narrow(field: dict[str, Any], kind: Kind) -> None:
    for said in ("heads", "hint"):
        field.pop(said, None)
    target = next((option for option in field.get("anyOf", []) if option.get("type") != "null"), field)
    if kind.choices:
        target["enum"] = list(kind.choices)
    elif kind.name == "text":
        target["maxLength"] = kind.max_length
    elif kind.name == "float" and kind.high < float("inf"):
        target |= {"minimum": kind.low, "maximum": kind.high}


def as_markdown() -> str:
    """Return the page docs/model.md."""
    lines = [
        "# 数据模型",
        "",
        "由 `lianzhang schema --format markdown` 生成,请勿手改;类型定义在 `graph/model/`。",
        (
            "每个节点和每条关系都带出处与可信程度: `source`(来源)、`status`(状态)、`confidence`(0–1)、"
            "`place`(在来源中的位置)、"
        ),
        "`valid_from`/`valid_to`(在现实中何时有效)、`recorded_at`(何时记入)、`note`(备注)。日期可以只写到年或月。",
        "",
        "| 状态 | 中文 | 意思 | 缺省可信度 |",
        "|---|---|---|---|",
        *(
            f"| `{name}` | {zh} | {STATUS_MEANING[name]} | {STATUS_CONFIDENCE[name]:g} |"
            for name, zh in STATUS_ZH.items()
        ),
        "",
    ]
    for title, records in (("节点", NODES), ("关系", EDGES)):
        lines += [f"## {title}", "", *(line for record in records for line in _section(record))]
    return "\n".join(lines) + "\n"


def _about(record: type[Record]) -> str:
    """Return what a type is, a line for each paragraph of its docstring."""
    return "\n\n".join(" ".join(part.split()) for part in (record.__doc__ or "").split("\n\n"))


def _section(record: type[Record]) -> list[str]:
    name = name_of(record)
    own = [field for field in zh_heads(record) if field not in Record.model_fields]
    lines = [f"### {name} {record.table.zh}", "", _about(record), "", f"文件名 `{file_name(record)}`。"]
    if issubclass(record, Edge):
        ends = "、".join(f"`({start})-[:{name}]->({end})`" for start, end in ends_of(record))
        lines += ["", f"{ends}"] + (
            [f"同一对节点之间按 {'、'.join(f'`{key}`' for key in record.table.key)} 区分。"] if record.table.key else []
        )
    lines += ["", "| 字段 | 表头 | 取值 | 必填 |", "|---|---|---|---|"]
    lines += [
        f"| `{field}` | {zh_heads(record)[field]} | {_kind(record, field)} | "
        f"{'是' if _required(record, field) else ''} |"
        for field in own
    ]
    return [*lines, ""]


def _kind(record: type[Record], field: str) -> str:
    for link in record.table.links:
        if link.name == field:
            return f"指向节点: {'←' if link.reverse else '→'} {link.edge}"
    kind = record.kinds().get(field)
    if kind is None:
        return "节点的编号或名称"
    return " / ".join(kind.choices) if kind.choices else KIND_ZH[kind.name]


def _required(record: type[Record], field: str) -> bool:
    info = record.model_fields.get(field)
    return info.is_required() if info else issubclass(record, Edge)


def _described(record: type[Record]) -> dict[str, Any]:
    return {
        "type": name_of(record),
        "zh": record.table.zh,
        "file": file_name(record),
        "columns": {name: TYPES.get(kind.name, "STRING") for name, kind in columns(record).items()},
        "links": [
            {"column": link.name, "zh": link.zh, "edge": link.edge, "reverse": link.reverse}
            for link in record.table.links
        ],
    }
