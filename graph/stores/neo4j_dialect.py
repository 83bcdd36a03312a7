"""Neo4j's Cypher: what outside queries may call there, and where it has to be told otherwise than it answers."""

from graph.cypher.dialect import SIGNATURES, Dialect, ReadOnlyProcedure
from graph.cypher.kinds import BOOL, STRING, list_of

STRINGS = list_of(STRING)
SPELLED = {
    "toupper": "toUpper", "tolower": "toLower", "tostring": "toString", "tointeger": "toInteger", "tofloat": "toFloat", "toboolean": "toBoolean",
    "tointegerornull": "toIntegerOrNull", "tofloatornull": "toFloatOrNull", "tobooleanornull": "toBooleanOrNull",
    "tostringornull": "toStringOrNull", "isempty": "isEmpty", "isnan": "isNaN", "nullif": "nullIf", "startnode": "startNode",
    "endnode": "endNode", "percentilecont": "percentileCont", "percentiledisc": "percentileDisc", "valuetype": "valueType", "stdevp": "stDevP",
    "stdev": "stDev", "ltrim": "lTrim", "rtrim": "rTrim", "duration.indays": "duration.inDays", "duration.inmonths": "duration.inMonths",
    "duration.inseconds": "duration.inSeconds",
}  # fmt: skip
LISTS = "请用 UNWIND list AS x,或 [x IN list WHERE … | …]"

NEO4J = Dialect(
    name="Neo4j",
    functions={name: f"{SPELLED.get(name, name)}({{distinct}}{{all}})" for name in SIGNATURES}
    | {
        "lower": "toLower({all})", "upper": "toUpper({all})", "char_length": "size({0})", "character_length": "size({0})",
        "label:node": "head(labels({0}))", "label:relation": "type({0})", "rels": "relationships({0})",
    },
    refused={
        "concat": "请用 + 相接", "list_transform": LISTS, "list_filter": LISTS, "list_reduce": "请用 reduce()",
        "list_sum": "请用 UNWIND list AS x RETURN sum(x)", "list_sort": "请用 UNWIND list AS x RETURN x ORDER BY x",
        "list_contains": "请写 x IN list", "list_has": "请写 x IN list", "list_extract": "请写 list[0](从 0 数起)",
        "list_element": "请写 list[0](从 0 数起)", "list_slice": "请写 list[0..2](从 0 数起)", "list_append": "请写 list + [x]",
        "list_concat": "请写 a + b", "list_distinct": "请写 collect(DISTINCT x)", "cast": "请用 toString()、toInteger()、toFloat()",
        "contains": "请写 a CONTAINS b", "starts_with": "请写 a STARTS WITH b", "ends_with": "请写 a ENDS WITH b",
        "regexp_matches": "请写 a =~ '正则'(整个文字都要符合)", "regexp_full_match": "请写 a =~ '正则'", "ln": "请写 log(x)",
        "pow": "请写 a ^ b", "string_split": "请写 split(s, ',')", "start_node": "请写 startNode(r)", "end_node": "请写 endNode(r)",
        "ucase": "请写 toUpper()", "lcase": "请写 toLower()", "to_string": "请写 toString()", "to_int64": "请写 toInteger()",
        "to_double": "请写 toFloat()", "substr": "请写 substring(s, 0, 2)", "struct_extract": "请写 m.key",
        "count_if": "请写 sum(CASE WHEN … THEN 1 ELSE 0 END)", "current_date": "请写 date()",
    },
    procedures={
        "db.labels": ReadOnlyProcedure((), {"label": STRING}, "列出有哪些标签"),
        "db.relationshipTypes": ReadOnlyProcedure((), {"relationshipType": STRING}, "列出有哪些关系类型"),
        "db.propertyKeys": ReadOnlyProcedure((), {"propertyKey": STRING}, "列出有哪些属性名"),
        "db.schema.visualization": ReadOnlyProcedure((), {"nodes": list_of(), "relationships": list_of()}, "画出哪些标签由哪些关系相连"),
        "db.schema.nodeTypeProperties": ReadOnlyProcedure(
            (),
            {"nodeType": STRING, "nodeLabels": STRINGS, "propertyName": STRING, "propertyTypes": STRINGS, "mandatory": BOOL},
            "列出各标签的属性及其类型",
        ),
        "db.schema.relTypeProperties": ReadOnlyProcedure(
            (), {"relType": STRING, "propertyName": STRING, "propertyTypes": STRINGS, "mandatory": BOOL}, "列出各关系类型的属性及其类型"
        ),
    },
    queries_inside=True,
    lambdas=True,
    counts_relations=True,
    keeps_others=True,
    hints={
        "/ by zero": "除数是 0;请先用 WHERE 去掉,或 nullIf(x, 0)",
        "long overflow": "算出的整数太大;请用小数,如 1.0 * x",
        "MemoryPoolOutOfMemoryError": "查询用的内存超过了服务器的上限;请缩小范围或加 LIMIT",
    },
)  # fmt: skip
