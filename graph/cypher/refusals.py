"""Words that begin what is no question to the graph, and words of other languages, each with what to say."""

from graph.errors import LianzhangError, QueryError, WriteRefused

ALLOWED = (
    "可用的子句: MATCH、OPTIONAL MATCH、WHERE、WITH、RETURN、ORDER BY、SKIP、LIMIT、UNWIND、UNION [ALL],"
    "以及读图结构的 CALL"
)
WRITES = "改数据"
FILES = "读写文件或网址"
SETTINGS = "改设置"
MANAGES = "管理数据库"
EXTENDS = "装卸扩展"
TRANSACTS = "管理事务"
DEFINES = "定义表、索引、函数等"
CLAUSES = (
    dict.fromkeys(
        ("CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "FOREACH", "INSERT", "TRUNCATE", "UPDATE"),
        WRITES,
    )
    | dict.fromkeys(("LOAD", "COPY", "EXPORT", "IMPORT", "SCAN"), FILES)
    | dict.fromkeys(("INSTALL", "UNINSTALL", "EXTENSION", "FORCE"), EXTENDS)
    | dict.fromkeys(
        ("ATTACH", "USE", "CHECKPOINT", "TERMINATE", "SHOW", "START", "STOP", "GRANT", "DENY", "REVOKE", "ENABLE"),
        MANAGES,
    )
    | dict.fromkeys(("DEALLOCATE", "REALLOCATE", "DRYRUN", "RENAME", "DATABASE", "KILL", "VACUUM", "ANALYZE"), MANAGES)
    | dict.fromkeys(("BEGIN", "COMMIT", "ROLLBACK", "PERIODIC", "TRANSACTION"), TRANSACTS)
    | dict.fromkeys(("DROP", "ALTER", "COMMENT", "MACRO", "PROJECT"), DEFINES)
    | dict.fromkeys(("PRAGMA", "PREPARE", "EXECUTE", "CONFIG"), SETTINGS)
)
HINTS = {
    "EXPLAIN": "EXPLAIN 给出的是执行计划,不是图里的数据,这里不提供;请去掉它直接查询",
    "PROFILE": "PROFILE 给出的是执行计划,不是图里的数据,这里不提供;请去掉它直接查询",
    "CYPHER": "查询前面不能加 CYPHER 版本或运行选项;请去掉,直接以 MATCH 等开头",
    "USING": "不能写 USING(索引提示、PERIODIC COMMIT);请去掉",
    "SELECT": "Cypher 不用 SELECT … FROM …;请写 MATCH (c:Chain) RETURN c.name",
    "FROM": "Cypher 不用 FROM;表名写在 MATCH 里,如 MATCH (c:Chain) RETURN c.name",
    "GROUP": "Cypher 没有 GROUP BY;RETURN 里不是聚合的列就是分组,如 RETURN c.name, count(*)",
    "HAVING": "Cypher 没有 HAVING;请用 WITH c.name AS name, count(*) AS n WHERE n > 5 RETURN name, n",
    "JOIN": "Cypher 没有 JOIN;请用关系连接,如 MATCH (e:Enterprise)-[:PRODUCES]->(p:Product)",
    "LIKE": "Cypher 没有 LIKE;请用 CONTAINS、STARTS WITH、ENDS WITH 或 =~ 正则",
    "ILIKE": "Cypher 没有 ILIKE;请用 toLower(x) CONTAINS '…' 或 =~ '(?i)…'",
    "BETWEEN": "Cypher 没有 BETWEEN;请写 1 <= x AND x <= 5",
    "OFFSET": "请用 SKIP 代替 OFFSET",
    "FILTER": "请用 WHERE 代替 FILTER",
    "LET": "请用 WITH … AS … 代替 LET",
    "FOR": "请用 UNWIND … AS … 代替 FOR",
    "NEXT": "请用 WITH 代替 NEXT",
    "FINISH": "查询应以 RETURN 结束;FINISH 不返回任何东西",
    "MINUS": "Cypher 没有 MINUS;请用 WHERE NOT EXISTS { MATCH … }",
    "EXCEPT": "Cypher 没有 EXCEPT;请用 WHERE NOT EXISTS { MATCH … }",
    "INTERSECT": "Cypher 没有 INTERSECT;请用 WHERE EXISTS { MATCH … }",
    "IF": "Cypher 没有 IF;请用 CASE WHEN … THEN … ELSE … END",
    "ELSE": "ELSE 只能写在 CASE WHEN … THEN … ELSE … END 里",
    "SEARCH": "没有 SEARCH 子句;请用 WHERE … CONTAINS",
    "GLOB": "LOAD FROM 之类读文件的写法都不能用",
    "WHERE": "WHERE 要紧跟在 MATCH、OPTIONAL MATCH、WITH 或 YIELD 之后;RETURN 之后要筛选,请先用 WITH … WHERE …",
    "ORDER": "ORDER BY 写在 WITH 或 RETURN 的列之后、SKIP 与 LIMIT 之前",
    "SKIP": "SKIP 写在 ORDER BY 之后、LIMIT 之前",
    "LIMIT": "LIMIT 写在最后,只能写一次",
}
SIGN_HINTS = {
    "==": "相等写一个等号: =",
    "!=": "不等写作 <>",
    "+=": "+= 是改数据的写法,查询里没有",
    "||": "文字相接请用 +",
    "&&": "并且写作 AND",
    "!": "否定写作 NOT",
    "&": "一个节点在本图只有一个标签,没有 A&B;多选一写作 :A|B",
    "::": "类型判断与转换(::)不支持;请用 toString()、toInteger()、toFloat()",
    "?": "参数写作 $name",
    ";": "一次只能执行一条语句,请去掉分号之后的部分",
}


def refused(word: str, place: str) -> LianzhangError | None:
    """Return the refusal of a bare word or sign that stands where a clause should begin, if it is a known one."""
    if word in CLAUSES:
        return WriteRefused(
            f"这里不能使用 {word}({CLAUSES[word]}): 查询只能读图,不能读写文件、网址或设置。{ALLOWED}。位置: {place}"
        )
    if word in HINTS:
        return QueryError(f"{HINTS[word]}。位置: {place}")
    if word in SIGN_HINTS:
        return QueryError(f"{SIGN_HINTS[word]}。位置: {place}")
    return None
