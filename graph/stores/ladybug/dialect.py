"""Ladybug's Cypher: what it lacks or answers differently, found by running the
same queries on both stores (tests/data/cypher)."""

from graph.cypher.dialect import Dialect, ReadOnlyProcedure
from graph.cypher.kinds import BOOL, INT, STRING

SAME = (
    "trim", "ltrim", "rtrim", "replace", "left", "right", "abs", "ceil", "floor", "sqrt", "log10", "sin", "cos", "tan",
    "cot", "asin",
    "acos", "atan", "degrees", "radians", "sign", "nullif", "coalesce", "range", "length", "nodes", "properties",
    "size",
)  # fmt: skip
AGGREGATES = ("count", "avg", "min", "max", "collect", "percentilecont", "percentiledisc")
# Past the end of a text that is not ASCII, substring gives the whole text.
SUBSTRING = "CASE WHEN ({0}) IS NULL THEN NULL WHEN size({0}) > {1} THEN substring({0}, {1} + 1, {2}) ELSE '' END"

LADYBUG = Dialect(
    name="嵌入式存储",
    functions={name: f"{name}({{all}})" for name in SAME}
    | {name: f"{name}({{distinct}}{{all}})" for name in AGGREGATES}
    | {
        "toupper": "upper({all})", "tolower": "lower({all})", "upper": "upper({all})", "lower": "lower({all})",
        "reverse:string": "reverse({0})", "reverse:list": "list_reverse({0})",
        "substring/2": SUBSTRING.replace("{2}", "1000000000"), "substring/3": SUBSTRING,
        "char_length": "size({0})", "character_length": "size({0})",
        "isempty:string": "({0} = '')", "isempty:list": "(size({0}) = 0)",
        "round/1": "floor(({0}) + 0.5)", "log": "ln({0})", "pi": "pi()", "atan2": "atan2({all})",
        "tostring:string": "{0}", "tostring:int": "cast({0} AS STRING)", "tostring:bool": "lower(cast({0} AS STRING))",
        "tointeger:int": "{0}", "tointeger:string": "cast({0} AS INT64)",
        "tointeger:float": "cast(CASE WHEN ({0}) >= 0 THEN floor({0}) ELSE ceil({0}) END AS INT64)",
        "tofloat:int": "cast({0} AS DOUBLE)", "tofloat:float": "{0}", "tofloat:string": "cast({0} AS DOUBLE)",
        "head": "({0})[1]", "last": "({0})[-1]", "tail": "list_slice({0}, 2, 1000000000)",
        "sum:int": "cast(coalesce(sum({distinct}{0}), 0) AS INT64)", "sum": "coalesce(sum({distinct}{0}), 0)",
        "type": "label({0})", "label": "label({0})", "labels": "[label({0})]",
        "type:optional": "CASE WHEN id({0}) IS NULL THEN NULL ELSE label({0}) END",
        "label:optional": "CASE WHEN id({0}) IS NULL THEN NULL ELSE label({0}) END",
        "labels:optional": "CASE WHEN id({0}) IS NULL THEN NULL ELSE [label({0})] END",
        "relationships": "rels({0})", "rels": "rels({0})", "startnode": "start_node({0})", "endnode": "end_node({0})",
        "startnode:optional": "CASE WHEN id({0}) IS NULL THEN NULL ELSE start_node({0}) END",
        "endnode:optional": "CASE WHEN id({0}) IS NULL THEN NULL ELSE end_node({0}) END",
        "date:string": "date({0})", "date/0": "current_date()",
    },
    refused={
        f"{name}:{kind}": "只能比较文字、数字与日期,请用它的属性,或先 UNWIND 再 " + name
        for name in ("min", "max")
        for kind in ("list", "map", "node", "relation", "path")
    }
    | {
        "tostring": "小数的写法两种存储不同;请直接返回数字,或先 toInteger()",
        "round/2": "恰好一半时两种存储进舍不同;请直接返回数字,显示时再取舍,或用 round(x) 取整",
        "toboolean": "请与文字比较,如 x = 'true'",
        "split": "请用 CONTAINS、STARTS WITH 判断,或在取回之后再分",
        "keys": "它会列出全部属性,不论有没有值;请用 properties(n),或 lianzhang schema 看有哪些属性",
        "properties:map": "映射本身就是,不用 properties()",
        "isempty:map": "请逐个键判断 IS NULL",
        "e": "请写 2.718281828459045", "exp": "请写 2.718281828459045 ^ x", "isnan": "图里没有非数",
        "timestamp": "请用 date()",
        "stdev": "请取回数据后再算", "stdevp": "请取回数据后再算", "normalize": "图里的文字已规整",
        "btrim": "请用 trim()",
        "valuetype": "种类见 lianzhang schema", "tointegerornull": "请用 toInteger()",
        "tofloatornull": "请用 toFloat()",
        "tobooleanornull": "请与文字比较", "tostringornull": "请用 toString()", "date": "请写 date('2026-01-01')",
        "datetime": ("图里的日期存为文字,直接比较 e.valid_to < "
                     "'2026-01-01'"), "localdatetime": "图里的日期存为文字,直接比较",
        "time": "图里没有时刻", "localtime": "图里没有时刻", "duration": "图里的日期存为文字,直接比较",
        "date.truncate": "请用 left(e.valid_from, 7) 取年月", "datetime.truncate": "请用 left(e.valid_from, 7) 取年月",
        "localdatetime.truncate": "请用 left(e.valid_from, 7) 取年月", "time.truncate": "图里没有时刻",
        "localtime.truncate": "图里没有时刻",
        "duration.between": "请取回日期后再算", "duration.indays": "请取回日期后再算",
        "duration.inmonths": "请取回日期后再算",
        "duration.inseconds": "请取回日期后再算",
    },
    procedures={
        "show_tables": ReadOnlyProcedure(
            (), {"id": INT, "name": STRING, "type": STRING, "database name": STRING, "comment": STRING},
            "列出有哪些节点表与关系表"
        ),
        "table_info": ReadOnlyProcedure(
            ("table",),
            {"property id": INT, "name": STRING, "type": STRING, "default expression": STRING, "primary key": BOOL},
            "列出一张表有哪些属性及其类型",
        ),
        "show_connection": ReadOnlyProcedure(
            ("type",),
            {
                "source table name": STRING, "destination table name": STRING, "source table primary key": STRING,
                "destination table primary key": STRING,
            },
            "列出一种关系连接哪些标签",
        ),
    },
    walks=True,
    most_hops=30,
    typed=True,
    one_based=True,
    loose_order=True,
    loses_zero=True,
    hints={
        "is out of range": "列表没有这么多项(嵌入式存储取不到时报错,不给空值);先用 size(list) > 0 筛选",
        "Modulo by zero": "除数是 0;请先用 WHERE 去掉,或 nullIf(x, 0)",
        "Divide by zero": "除数是 0;请先用 WHERE 去掉,或 nullIf(x, 0)",
        "Cast failed": "有的文字不能转换为数字;请先用 =~ '[0-9]+' 筛选",
        "is not within INT64 range": "算出的整数太大;请用小数,如 1.0 * x",
        "create a vector with ANY type": "这里的 NULL 没有种类,嵌入式存储不能计算;请不要直接写 NULL",
        "Cannot evaluate expression with type": "嵌入式存储取不到这里的属性;请在 MATCH 里给节点起名,直接用 n.属性",
        "Order by": "不能按这种值排序,请按它的属性",
    },
)  # fmt: skip
