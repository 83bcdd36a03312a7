"""Cypher from outside on Neo4j: the server's settings that it rests on, and names that the server does not know."""

import logging
import re
from collections.abc import Callable, Iterable

from neo4j import GqlStatusObject

from graph.cypher import Admitted
from graph.cypher.names import meant
from graph.errors import CypherClosed, LianzhangError, QueryError, StoreUnavailable
from graph.model import EDGE_TYPES, NODE_TYPES
from graph.stores.base import Rows

FILES = "dbms.security.allow_csv_import_from_file_urls"
# Why no more are required: the gate lets no procedure through but those that read the schema, so that
# dbms.security.procedures.unrestricted does not matter; server.directories.import only says which files FILES is about.
# Time needs no setting: each query from outside takes its own limit with it.
MEMORY = "db.memory.transaction.max"
SETTINGS = f"SHOW SETTINGS YIELD name, value WHERE name IN ['{FILES}', '{MEMORY}'] RETURN name, value"
logging.getLogger("neo4j.notifications").setLevel(logging.ERROR)  # they are read here, and not for the log
QUIET = ["DEPRECATION", "HINT", "UNSUPPORTED", "PERFORMANCE", "TOPOLOGY", "GENERIC", "SECURITY", "SCHEMA"]
UNKNOWN = {"01N50": "标签", "01N51": "关系类型", "01N52": "属性"}
MISSING = re.compile(r"`(.*)` does not exist")


def check_settings(ask: Callable[[str], Rows], url: str) -> list[str]:
    """Raise ``CypherClosed`` unless the server keeps LOAD CSV from its files;
    return what else should be set, in Chinese."""
    try:
        settings = {str(row["name"]): str(row["value"]) for row in ask(SETTINGS)}
    except StoreUnavailable:
        raise
    except LianzhangError as error:
        raise CypherClosed(f"不能接受外部 Cypher: 查不到 Neo4j {url} 的设置({error.message})。{_advice()}") from error
    if FILES not in settings:
        raise CypherClosed(
            f"不能接受外部 Cypher: 这个用户看不到 Neo4j {url} 的设置 {FILES}。请给它 SHOW SETTING 的权限。{_advice()}"
        )
    if settings[FILES].lower() != "false":
        raise CypherClosed(
            f"不能接受外部 Cypher: Neo4j {url} 的设置 {FILES} 是 {settings[FILES]},"
            f"查询可能读到服务器上的文件。{_advice()}"
        )
    if settings.get(MEMORY, "0B") != "0B":
        return []
    return [f"Neo4j {url} 没有设置 {MEMORY},一条查询可能占满服务器的内存;建议在 neo4j.conf 里写 {MEMORY}=512m"]


def _advice() -> str:
    return f"请在 neo4j.conf 里写 {FILES}=false 后重启 Neo4j(说明见 docs/cypher.md)"


def check_names(statuses: Iterable[GqlStatusObject], admitted: Admitted) -> None:
    """Raise ``QueryError`` for a name that neither the model nor the server
    knows; a name of the model may simply have no data yet."""
    for status in statuses:
        what = UNKNOWN.get(status.gql_status)
        match = MISSING.search(status.status_description)
        if what is None or match is None:
            continue
        name, known = match[1], list(NODE_TYPES if what == "标签" else EDGE_TYPES)
        if what == "属性" and name in admitted.doubtful:
            raise QueryError(f"图里没有属性 {name},请核对拼写")
        if what != "属性" and name not in known:
            raise QueryError(f"图里没有{what} {name}: {meant(name, known, True)}")
