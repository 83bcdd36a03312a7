"""Function calls: only those of a list are let through, each written as the store writes it."""

from collections.abc import Sequence
from dataclasses import replace

from graph.cypher.dialect import SIGNATURES, Dialect, Signature
from graph.cypher.kinds import ANY, FLOAT, INT, ZH, Kind, joined, list_of
from graph.cypher.names import meant
from graph.errors import QueryError

# Functions that look beyond the graph, or answer differently each time, or never return: refused on every store.
UNSAFE = {
    "file": "它读的是 LOAD CSV 的文件名", "linenumber": "它读的是 LOAD CSV 的行号",
    "current_setting": "它读的是存储的设置",
    "nextval": "它会改变序列", "currval": "它读的是序列", "setseed": "它会改变随机数的种子",
    "error": "它只会使查询出错",
    "rand": "每次答案不同,不可重复", "random": "每次答案不同,不可重复", "randomuuid": "每次答案不同,不可重复",
    "gen_random_uuid": "每次答案不同,不可重复", "point": "图里没有坐标", "shortestpath": "只能写在 MATCH 里",
    "sleep": "它只会占住存储",
}  # fmt: skip
LISTS = "请用 UNWIND list AS x WITH x WHERE … RETURN collect(x)"
# Functions of other dialects, and what to write instead of them in every store.
INSTEAD = {
    "concat": "请用 + 相接", "list_transform": LISTS, "list_filter": LISTS, "list_reduce": "合计用 sum(x)",
    "list_sum": "请用 UNWIND list AS x RETURN sum(x)", "list_sort": "请用 UNWIND list AS x RETURN x ORDER BY x",
    "list_contains": "请写 x IN list", "list_has": "请写 x IN list", "list_extract": "请写 list[0](从 0 数起)",
    "list_element": "请写 list[0](从 0 数起)", "list_slice": "请写 list[0..2](从 0 数起)",
    "list_append": "请写 list + [x]",
    "list_concat": "请写 a + b", "list_distinct": "请写 collect(DISTINCT x)", "cast": ("请用 toString()、toInteger()、"
                                                                                   "toFloat()"),
    "contains": "请写 a CONTAINS b", "starts_with": "请写 a STARTS WITH b", "ends_with": "请写 a ENDS WITH b",
    "regexp_matches": "请写 a =~ '正则'(整个文字都要符合)", "regexp_full_match": "请写 a =~ '正则'",
    "ln": "请写 log(x)",
    "pow": "请写 a ^ b", "string_split": "请写 split(s, ','),或用 CONTAINS 判断", "start_node": "请写 startNode(r)",
    "end_node": "请写 endNode(r)", "ucase": "请写 toUpper()", "lcase": "请写 toLower()", "to_string": "请写 toString()",
    "to_int64": "请写 toInteger()", "to_double": "请写 toFloat()", "substr": "请写 substring(s, 0, 2)",
    "struct_extract": "请写 m.key",
    "count_if": "请写 sum(CASE WHEN … THEN 1 ELSE 0 END)", "current_date": "请写 date()", "list": "请写 collect(x)",
    "group_concat": "请写 collect(x)", "string_agg": "请写 collect(x)", "len": "请写 size(x)",
    "ifnull": "请写 coalesce(a, b)",
    "isnull": "请写 x IS NULL", "array_length": "请写 size(x)", "now": "请写 date()",
    "year": "图里的日期存为文字,请写 left(e.valid_from, 4)", "if": "请写 CASE WHEN … THEN … ELSE … END",
}  # fmt: skip
IDENTITY = "存储的内部编号会变,不能使用;请用 n.id(每个节点都有),比较两个变量是否同一个写 a = b"
PACKAGES = {
    "apoc": "这里没有 APOC,也不允许;请用 Cypher 自己的写法,如 UNWIND、collect()、CASE",
    "gds": "这里没有 GDS;结构分析请用 lianzhang structure",
    "genai": "这里不能向外部服务发请求",
    "graph": "这里只有一个图,不能用 graph.byName 等",
    "point": "图里没有坐标",
    "vector": "图里没有向量",
    "dbms": "这里不能读写存储的管理信息",
    "db": "db.* 是过程不是函数",
}


def signature(name: str, dialect: Dialect, place: str) -> Signature:
    """Return what a function takes, or raise ``QueryError`` for one that is not let through."""
    low = name.lower()
    if low in UNSAFE:
        raise QueryError(f"不能使用函数 {name}(): {UNSAFE[low]}。位置: {place}")
    if low in ("id", "elementid", "offset", "rowid"):
        raise QueryError(f"不能使用 {name}(): {IDENTITY}。位置: {place}")
    if low in SIGNATURES:
        return SIGNATURES[low]
    if low in INSTEAD:
        raise QueryError(f"没有函数 {name}(): {INSTEAD[low]}。位置: {place}")
    package = low.partition(".")[0]
    if package in PACKAGES and "." in low:
        raise QueryError(f"不能使用 {name}(): {PACKAGES[package]}。位置: {place}")
    raise QueryError(f"不能使用函数 {name}(): {meant(low, SIGNATURES)}只允许只读图的函数。位置: {place}")


def check(name: str, taken: Signature, kinds: Sequence[Kind], place: str) -> None:
    """Raise ``QueryError`` where a call has too few or too many arguments, or of the wrong kind."""
    most = len(taken.arguments)
    if len(kinds) < taken.least or (len(kinds) > most and not taken.repeated):
        number = (
            str(taken.least)
            if taken.least == most
            else f"{taken.least} 个以上"
            if taken.repeated
            else f"{taken.least} 至 {most}"
        )
        raise QueryError(f"{name}() 要 {number} 个参数,写了 {len(kinds)} 个。位置: {place}")
    for position, kind in enumerate(kinds):
        wanted = taken.arguments[min(position, most - 1)].split("/")
        words = {part for word in wanted for part in (("int", "float") if word == "number" else (word,))}
        if kind.is_known() and "any" not in words and kind.word not in words:
            said = "、".join(ZH.get(word, "数字") for word in wanted)
            raise QueryError(
                f"{name}() 的第 {position + 1} 个参数应是{said},写的是{kind.zh}。{_instead(name, kind)}位置: {place}"
            )


def _instead(name: str, kind: Kind) -> str:
    if name.lower() == "length" and kind.word in ("string", "list"):
        return "文字与列表的长度用 size()。"
    if name.lower() == "labels":
        return "关系的类型用 type(r)。"
    if name.lower() == "type":
        return "节点的标签用 labels(n)。"
    return ""


def written(dialect: Dialect, name: str, kinds: Sequence[Kind], texts: Sequence[str], distinct: str, place: str) -> str:
    """Return a call as the store writes it, or raise ``QueryError`` that says what to write instead."""
    low = name.lower()
    word = kinds[0].word if kinds else ""
    keys = [f"{low}:{word}/{len(kinds)}", f"{low}:{word}", f"{low}/{len(kinds)}", low]
    for key in keys:
        if key in dialect.refused:
            raise QueryError(f"{dialect.name}不能这样用 {name}(): {dialect.refused[key]}。位置: {place}")
        if key in dialect.functions:
            return dialect.functions[key].format(*texts, all=", ".join(texts), distinct=distinct)
    raise QueryError(f"{dialect.name}没有 {name}() 的这种用法。位置: {place}")


def result(taken: Signature, kinds: Sequence[Kind]) -> Kind:
    """Return the kind of what a call gives."""
    first = kinds[0] if kinds else ANY
    if isinstance(taken.result, Kind):
        return replace(taken.result, optional=first.optional) if taken.result.word == "node" else taken.result
    if taken.result == "same":
        return Kind(first.word, first.item, first.fields, first.names, True)
    if taken.result == "item":
        return first.item or ANY
    if taken.result == "joined":
        return joined(kinds)
    if taken.result == "collected":
        return list_of(first)
    return INT if first.word == "int" else FLOAT if first.word == "float" else ANY
