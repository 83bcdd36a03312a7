"""Cypher from outside: read-only by the store itself, kept from files and addresses, capped in time and rows."""

import re
from typing import Any

from graph.errors import QueryError, WriteRefused
from graph.stores import Store
from queries.answers import CypherAnswer

# Clauses that reach for files, addresses, extensions or settings; neither store calls them writes.
OUTSIDE = re.compile(r"(?<![.:\w$])(LOAD|COPY|INSTALL|UNINSTALL|ATTACH|EXPORT|IMPORT|CHECKPOINT|USE|TERMINATE)\b", re.IGNORECASE)
SETTING = re.compile(r"\bCALL\s+(?:\w+\s*=|dbms\b|apoc\b|db\.(?:create|clear|index\.fulltext\.drop))", re.IGNORECASE)
QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|//[^\n]*|/\*.*?\*/", re.DOTALL)


def run_cypher(
    store: Store, query: str, parameters: dict[str, Any] | None = None, *, seconds: float = 5.0, limit: int = 1000
) -> CypherAnswer:
    """Run one read-only query; raises ``WriteRefused``, ``QueryError`` or ``QueryTimeout``."""
    bare = QUOTED.sub(" ", query)
    if not bare.strip().rstrip(";").strip():
        raise QueryError("查询是空的,应为一条 Cypher 语句,如 MATCH (c:Chain) RETURN c.name")
    if ";" in bare.strip().rstrip(";"):
        raise QueryError("一次只能执行一条语句,请去掉分号之后的部分")
    if match := OUTSIDE.search(bare) or SETTING.search(bare):
        raise WriteRefused(f"这里不能使用 {match.group().strip().upper()}: 查询只能读图,不能读写文件、网址或设置")
    result = store.read(query.strip().rstrip(";"), parameters or {}, seconds=seconds, limit=limit)
    return CypherAnswer(columns=result.columns, rows=result.rows, truncated=result.truncated)
