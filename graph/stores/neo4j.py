"""The server store: Neo4j over Bolt, one pooled driver for the life of the process."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, LiteralString, TypeVar, cast
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import neo4j
import polars as pl
from neo4j import exceptions as errors
from neo4j.graph import Node as BoltNode
from neo4j.graph import Path as BoltPath
from neo4j.graph import Relationship
from pydantic_core import to_json

from graph.cypher import Admitted
from graph.errors import LianzhangError, LoadBusy, QueryError, QueryTimeout, StoreUnavailable, WriteRefused
from graph.model import Edge, Node, Record, columns
from graph.settings import Settings
from graph.stores.base import MOST_OUTSIDE, Ends, Reader, Result, schema, tidy
from graph.stores.neo4j_dialect import NEO4J
from graph.stores.neo4j_journal import ServerJournal
from graph.stores.neo4j_outside import QUIET, check_names, check_settings
from graph.stores.neo4j_shelf import ServerShelf
from graph.stores.neo4j_writer import Neo4jWriter, prepare
from graph.stores.outside import Outside

FETCH = 5_000
FEW = 100  # rows from outside that are taken at a time: each may be large
CHUNK = 200_000
RETRY_SECONDS = 8.0
LOCK_SECONDS = 10.0
GONE = (errors.ServiceUnavailable, errors.SessionExpired, errors.TransientError)
# Refusals by the server's access mode, and by its time limit.
WRITE_CODES = ("Neo.ClientError.Statement.AccessMode", "Neo.ClientError.Transaction.ForbiddenDueToTransactionType")
TIME_CODES = (
    "TransactionTimedOut",
    "TransactionTimedOutClientConfiguration",
    "LockAcquisitionTimeout",
    "LockClientStopped",
    "Terminated",
)


Made = TypeVar("Made")


class Neo4jStore:
    """``bolt://``, ``neo4j://`` and their encrypted forms; the database by ``?database=NAME`` or settings."""

    _held = ""

    def __init__(self, url: str, settings: Settings) -> None:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        self.url = f"{parts.scheme}://{parts.hostname}{port}"
        named = parse_qs(parts.query).get("database", [parts.path.strip("/")])[0]
        self.database = named or settings.neo4j_database
        self._journal = ServerJournal(self)
        user = unquote(parts.username) if parts.username else settings.neo4j_user
        secret = settings.neo4j_password.get_secret_value() if settings.neo4j_password else None
        password = unquote(parts.password) if parts.password else secret
        self.driver = neo4j.GraphDatabase.driver(
            self.url,
            auth=(user, password) if password else None,
            max_transaction_retry_time=RETRY_SECONDS,
            connection_acquisition_timeout=RETRY_SECONDS,
            connection_timeout=5.0,
            notifications_min_severity="OFF",
            user_agent="lianzhang",
        )
        self._advice: list[str] | None = None

    def read(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        seconds: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Run one query in a READ session, which the server keeps from writing;
        a second time where a connection had gone."""
        with self._translated(seconds), self._session(neo4j.READ_ACCESS) as session:
            try:
                return self._run(session, query, parameters, seconds, limit)
            except GONE:  # a server that has started again is there at once, one that is not is told at once
                return self._run(session, query, parameters, seconds, limit)

    @staticmethod
    def _run(
        session: neo4j.Session, query: str, parameters: Mapping[str, Any] | None, seconds: float, limit: int | None
    ) -> Result:
        with session.begin_transaction(timeout=seconds) as transaction:
            return _rows_of(transaction.run(cast(LiteralString, query), dict(parameters or {})), limit)

    def outside(self) -> Reader:
        """Return the reader for Cypher from outside."""
        return Outside(NEO4J, self._read_admitted)

    def check_outside(self) -> list[str]:
        """Raise ``CypherClosed`` unless the server's settings allow Cypher from
        outside; return what else should be set there."""
        if self._advice is None:
            self._advice = check_settings(lambda query: self.read(query, seconds=10).rows, self.url)
        return self._advice

    def _read_admitted(self, admitted: Admitted, seconds: float, limit: int | None) -> Result:
        """Run a query from outside once (a READ session, no retries), with the
        server's word on names that it does not know."""
        self.check_outside()
        heard = {
            "fetch_size": FEW,
            "notifications_min_severity": "WARNING",
            "notifications_disabled_classifications": QUIET,
        }
        session = self._session(neo4j.READ_ACCESS, **heard)
        with self._translated(seconds), session, session.begin_transaction(timeout=seconds) as transaction:
            answer = transaction.run(cast(LiteralString, admitted.text), admitted.parameters)
            result = _rows_of(answer, limit, MOST_OUTSIDE)
            check_names(answer.consume().gql_status_objects, admitted)
        return result

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type."""
        fields = ", ".join(f"n.`{name}`" for name in columns(record))
        frames = list(self._frames(f"MATCH (n:`{record.label()}`) RETURN {fields}", record))
        return pl.concat(frames) if frames else pl.DataFrame(schema=schema(record))

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type between two labels."""
        fields = ", ".join(f"r.`{name}`" for name in columns(record))
        pattern = f"MATCH (a:`{ends[0]}`)-[r:`{record.type_name}`]->(b:`{ends[1]}`)"
        yield from self._frames(f"{pattern} RETURN a.id, b.id, {fields}", record)

    @contextmanager
    def load(self, fresh: bool = False) -> Iterator[Neo4jWriter]:
        """Hold the load lock (a lock that the server drops with the connection) and write in idempotent batches."""
        with self._translated(0), self._session(neo4j.WRITE_ACCESS) as session:
            prepare(session)
            lock = self._lock(session)
            try:
                writer = Neo4jWriter(self)
                if fresh:
                    writer.clear()
                yield writer
                writer.commit()
            finally:
                lock.close()

    def pinned(self) -> "Neo4jStore":
        """Return the store with the version that it has now."""
        pinned = copy(self)
        pinned._held = self.version()
        return pinned

    def version(self) -> str:
        """Return the version that the last load left."""
        if self._held:
            return self._held
        rows = self.read("MATCH (m:`_Meta` {id: 'graph'}) RETURN m.version AS version").rows
        return str(rows[0]["version"]) if rows and rows[0]["version"] else "empty"

    def version_at_hand(self) -> str | None:
        """Return None: the server has to be asked."""
        return None

    def gauges(self) -> dict[str, int]:
        """Return nothing: the server tells its own measures."""
        return {}

    def having(self, names: Sequence[str]) -> list[str]:
        """Return all: of a name that it has no data of, the server finds nothing."""
        return [*names]

    def set_version(self, unfinished: bool = False, ledger: str | None = None) -> None:
        """Give the graph a new version, at the first write of a load, which is ``unfinished`` then, and after the last
        one, with what was loaded."""
        sets = "m.version = $version, m.notes = null, m.unfinished = $unfinished"
        values: dict[str, Any] = {"version": uuid4().hex[:12], "unfinished": unfinished or None, "ledger": ledger}
        kept = ", m.ledger = $ledger" if ledger is not None else ""
        self.write(f"MERGE (m:`_Meta` {{id: 'graph'}}) SET {sets}{kept}", values)

    def ledger(self) -> str | None:
        """Return what was loaded."""
        return self._told("ledger")

    def keep_ledger(self, text: str) -> None:
        """Keep what was loaded."""
        self.write("MERGE (m:`_Meta` {id: 'graph'}) SET m.ledger = $ledger", {"ledger": text})

    def ledgers(self) -> list[str]:
        """Return what was loaded: there is one version."""
        return [text for text in [self.ledger()] if text is not None]

    def unfinished(self) -> bool:
        """Tell whether a load has begun to write and not come to its end."""
        return self._told("unfinished") is not None

    def shelf(self) -> ServerShelf:
        """Return the shelf, which is in the same database."""
        return ServerShelf(self)

    def _told(self, name: str) -> str | None:
        rows = self.read(f"MATCH (m:`_Meta` {{id: 'graph'}}) RETURN m.`{name}` AS value").rows
        value = rows[0].get("value") if rows else None
        return None if value is None else str(value)

    def lasting(self, key: str, value: str | None = None) -> str | None:
        """Read or write a small text that goes with the store, whatever its version."""
        if value is not None:
            self.write(f"MERGE (m:`_Meta` {{id: 'graph'}}) SET m.`kept_{key}` = $value", {"value": value})
        return self._told(f"kept_{key}")

    def note(self, key: str, value: str | None = None) -> str | None:
        """Read or write a small text that goes with the current version."""
        if value is not None:
            self.write(
                f"MERGE (m:`_Meta` {{id: 'graph'}}) SET m.`note_{key}` = $value, m.`note_{key}_version` = m.version",
                {"value": value},
            )
        rows = self.read(
            f"MATCH (m:`_Meta` {{id: 'graph'}}) WHERE m.`note_{key}_version` = m.version RETURN m.`note_{key}` AS value"
        ).rows
        return str(rows[0]["value"]) if rows else None

    def ping(self) -> None:
        """Ask the server for a trivial answer."""
        self.read("RETURN 1 AS ok", seconds=5)

    def close(self) -> None:
        """Close the driver and its pool."""
        self.driver.close()

    def write(self, query: str, parameters: Mapping[str, Any]) -> None:
        """Run one statement in a managed transaction; it is retried only where it surely was not committed."""

        def work(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(cast(LiteralString, query), dict(parameters)).consume()

        self.within(work)

    def within(self, work: Callable[[neo4j.ManagedTransaction], Made]) -> Made:
        """Return what some work returns that reads and writes in one managed transaction."""
        with self._translated(0), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(work)

    def journal(self) -> ServerJournal:
        """Return the journal, which is in the same database."""
        return self._journal

    @contextmanager
    def session(self) -> Iterator[neo4j.Session]:
        """Lend a session in which statements commit by themselves."""
        with self._translated(0), self._session(neo4j.WRITE_ACCESS) as session:
            yield session

    def _session(self, mode: str, **more: Any) -> neo4j.Session:
        return self.driver.session(
            **{"database": self.database, "default_access_mode": mode, "fetch_size": FETCH} | more
        )

    def _lock(self, session: neo4j.Session) -> neo4j.Transaction:
        """Take the write lock of one node; a probe with a time limit tells first whether another load has it."""
        claim = "MERGE (m:`_Meta` {id: 'lock'}) SET m.held = timestamp()"
        try:
            with session.begin_transaction(timeout=LOCK_SECONDS) as probe:
                probe.run(claim).consume()
        except errors.Neo4jError as error:
            if any(code in str(error.code) for code in TIME_CODES):
                raise LoadBusy(f"另一个载入正在写 {self.url},请等它结束后再试") from error
            raise
        held = session.begin_transaction()
        held.run(claim).consume()
        return held

    def _frames(self, query: str, record: type[Record]) -> Iterator[pl.DataFrame]:
        types = schema(record)
        with self._translated(0), self._session(neo4j.READ_ACCESS) as session:
            answer = session.run(cast(LiteralString, query))
            while rows := [item.values() for item in answer.fetch(CHUNK)]:
                yield pl.DataFrame(rows, schema=types, orient="row")

    @contextmanager
    def _translated(self, seconds: float) -> Iterator[None]:
        """Turn the driver's errors into the project's own, without the credentials."""
        try:
            yield
        except LianzhangError:
            raise
        except errors.AuthError as error:
            raise StoreUnavailable(
                f"Neo4j {self.url} 不接受用户名或密码,请设置 LIANZHANG_NEO4J_USER 与 LIANZHANG_NEO4J_PASSWORD"
            ) from error
        except errors.Neo4jError as error:
            raise _translate(error, seconds) from error
        except (errors.DriverError, OSError) as error:
            raise StoreUnavailable(
                f"连不上 Neo4j {self.url}({type(error).__name__}),请确认服务已启动、地址与端口正确,恢复后重试即可"
            ) from error


def _rows_of(answer: neo4j.Result, limit: int | None, size: int | None = None) -> Result:
    """Return an answer's rows as plain dicts, cut at ``limit`` rows and ``size`` bytes of JSON."""
    names = list(answer.keys())
    rows: list[dict[str, Any]] = []
    weight = 0
    for record in answer:
        row = {name: tidy(_plain(value)) for name, value in zip(names, record.values(), strict=True)}
        weight += len(to_json(row, fallback=str)) if size is not None else 0
        if (limit is not None and len(rows) >= limit) or (size is not None and weight > size):
            return Result(names, rows, truncated=True)
        rows.append(row)
    return Result(names, rows)


def _plain(value: Any) -> Any:
    """Return nodes, relationships and paths as plain dicts, as the embedded store does."""
    converters: dict[type, Callable[[Any], Any]] = {
        BoltNode: lambda node: {"_label": min(node.labels, default="")} | dict(node),
        BoltPath: lambda path: {
            "nodes": [_plain(n) for n in path.nodes],
            "relationships": [_plain(r) for r in path.relationships],
        },
    }
    for kind, convert in converters.items():
        if isinstance(value, kind):
            return convert(value)
    if isinstance(value, Relationship):
        return {"_label": value.type} | dict(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value.iso_format() if hasattr(value, "iso_format") else value


def _translate(error: errors.Neo4jError, seconds: float) -> LianzhangError:
    code, text = str(error.code), (error.message or "").splitlines()[0:1]
    if code in WRITE_CODES:
        return WriteRefused("这里只能读,不能写。要改数据请用 lianzhang load")
    if any(name in code for name in TIME_CODES):
        return QueryTimeout(f"查询超过 {seconds:g} 秒仍未结束,已停止。请缩小范围或加 LIMIT")
    if code.startswith(("Neo.ClientError", "Neo.DatabaseError.Statement")) or "MemoryPoolOutOfMemoryError" in code:
        return QueryError(f"查询不能执行: {text[0] if text and text[0] else code}")
    return StoreUnavailable(f"Neo4j 暂时不能回答({code}),请稍后重试")
