"""Neo4j's Cypher: what outside queries may call there, and where it has to be told otherwise than it answers."""

from graph.cypher.dialect import SIGNATURES, Dialect, ReadOnlyProcedure
from graph.cypher.kinds import BOOL, STRING, list_of

STRINGS = list_of(STRING)
SPELLED = {
    "toupper": "toUpper", "tolower": "toLower", "tostring": "toString", "tointeger": "toInteger", "tofloat": "toFloat",
    "toboolean": "toBoolean",
    "tointegerornull": "toIntegerOrNull", "tofloatornull": "toFloatOrNull", "tobooleanornull": "toBooleanOrNull",
    "tostringornull": "toStringOrNull", "isempty": "isEmpty", "isnan": "isNaN", "nullif": "nullIf",
    "startnode": "startNode",
    "endnode": "endNode", "percentilecont": "percentileCont", "percentiledisc": "percentileDisc",
    "valuetype": "valueType",
    "stdevp": "stDevP", "stdev": "stDev", "ltrim": "lTrim", "rtrim": "rTrim", "duration.indays": "duration.inDays",
    "duration.inmonths": "duration.inMonths",
    "duration.inseconds": "duration.inSeconds",
}  # fmt: skip

NEO4J = Dialect(
    name="Neo4j",
    functions={name: f"{SPELLED.get(name, name)}({{distinct}}{{all}})" for name in SIGNATURES}
    | {
        "lower": "toLower({all})", "upper": "toUpper({all})", "char_length": "size({0})",
        "character_length": "size({0})",
        "label:node": "head(labels({0}))", "label:relation": "type({0})", "rels": "relationships({0})",
    },
    refused={},
    procedures={
        "db.labels": ReadOnlyProcedure((), {"label": STRING}, "列出有哪些标签"),
        "db.relationshipTypes": ReadOnlyProcedure((), {"relationshipType": STRING}, "列出有哪些关系类型"),
        "db.propertyKeys": ReadOnlyProcedure((), {"propertyKey": STRING}, "列出有哪些属性名"),
        "db.schema.visualization": ReadOnlyProcedure(
            (), {"nodes": list_of(), "relationships": list_of()}, "画出哪些标签由哪些关系相连"
        ),
        "db.schema.nodeTypeProperties": ReadOnlyProcedure(
            (),
            {"nodeType": STRING, "nodeLabels": STRINGS, "mandatory": BOOL}
            | {"propertyName": STRING, "propertyTypes": STRINGS},
            "列出各标签的属性及其类型",
        ),
        "db.schema.relTypeProperties": ReadOnlyProcedure(
            (), {"relType": STRING, "propertyName": STRING, "propertyTypes": STRINGS, "mandatory": BOOL},
            "列出各关系类型的属性及其类型"
        ),
    },
    queries_inside=True,
    lambdas=True,
    counts_relations=True,
    backtracks=True,
    keeps_others=True,
    hints={
        "/ by zero": "除数是 0;请先用 WHERE 去掉,或 nullIf(x, 0)",
        "implicit grouping": "与聚合写在一个式子里的值,自己也要是一列;请先 WITH x, count(*) AS k,再计算",
        "long overflow": "算出的整数太大;请用小数,如 1.0 * x",
        "MemoryPoolOutOfMemoryError": "查询用的内存超过了服务器的上限;请缩小范围或加 LIMIT",
    },
)  # fmt: skip
