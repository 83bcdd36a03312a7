"""A process that answers queries on one graph file, so that the engine's
faults, its memory and its settings stay its own.

``nursery.py`` starts the first by its path; it imports what a reader needs, nothing of ours, and splits each reader off
in milliseconds. A reader talks over one socket: questions come pickled from the parent, which it trusts; answers go
back as JSON or Arrow, which cannot make the parent run anything. A limited process answers Cypher from outside: once
the engine is warm it can open no file and no socket, and its memory is capped.
"""

import os
import queue
import re
import signal
import socket
import sys
import threading
from contextlib import closing
from decimal import Decimal
from io import BytesIO
from multiprocessing.connection import Connection
from typing import Any

import ladybug
from pydantic_core import to_json

ORDER = 8  # bytes of a message of the parent to the first process
IDLE = 0.05  # seconds without a question after which a reader gets ready for frames
QUIET = 1.0  # and without an order after which the first process does: a command has mostly ended by then
PART = 256  # rows that are turned into JSON at a time where an answer's size is bounded
HIDDEN = {"_ID", "_SRC", "_DST"}
# Each kind of work and of value once, before the process can open nothing more:
# code that comes in on first use has come in.
# The tables named are small ones.
WARM = (
    "RETURN 1 AS n, 1.5 AS x, 'text' AS s, true AS b, null AS o, [1, 2] AS l, {a: 1, b: 'x'} AS m, range(1, 3) AS r",
    "RETURN date('2020-01-01') AS d, timestamp('2020-01-01 00:00:00') AS t, interval('1 day 2 hours') AS i, "
    "CAST(1.5 AS DECIMAL(4, 2)) AS dec, map([1], ['a']) AS mp, CAST(1 AS INT128) AS big",
    "UNWIND range(1, 2000) AS i RETURN i % 7 AS k, count(*) AS n, collect(i) AS l ORDER BY n DESC, k LIMIT 3",
    "MATCH (a:Segment)-[r:PART_OF]->(b:Chain) RETURN a, r, b ORDER BY a.id LIMIT 2",
    "MATCH p = (a:Segment)-[:PART_OF*1..2]->(b:Chain) RETURN p LIMIT 1",
    "MATCH (a:Chain) OPTIONAL MATCH (a)-[r]-(b) RETURN label(a), count(DISTINCT b), lower(min(a.id)) LIMIT 5",
    "MATCH (a:Chain) WHERE a.id =~ '.*x.*' AND a.id CONTAINS 'y' RETURN count(a)",
    "CALL show_tables() RETURN *",
)


def main(handle: int) -> None:
    """Split readers off and end them as the parent says, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends these processes
    link = socket.socket(fileno=handle)
    readers = set[int]()
    link.settimeout(QUIET)
    while True:
        try:
            order, handles, _, _ = socket.recv_fds(link, ORDER, 1)
        except TimeoutError:
            import pyarrow  # noqa: F401  # readers that come later have it already

            link.settimeout(None)
            continue
        if not order:
            os._exit(0)  # and the readers with the parent's ends of their own links
        pid = int.from_bytes(order)
        if pid in readers:  # so that no number is used that the system has given to another
            readers.discard(pid)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for handle in handles:
            try:
                pid = os.fork()
            except OSError as error:
                pid = -error.errno if error.errno else -1
            if not pid:
                try:
                    link.close()
                    read(handle)
                finally:  # whatever happens, a reader never goes on here
                    os._exit(0)
            os.close(handle)
            if pid > 0:
                readers.add(pid)
        link.sendall(pid.to_bytes(ORDER, signed=True))


def read(handle: int) -> None:
    """Open the file that the first message names and answer until the parent is gone."""
    link = Connection(handle)
    setup: dict[str, Any] = link.recv()
    try:
        database = ladybug.Database(
            setup["path"], read_only=True, buffer_pool_size=setup["pool"], max_db_size=setup["mapped"]
        )
        database.init_database()
        if setup["memory"]:
            _warm(database)
    except Exception as error:  # the engine answers to damage with many kinds, in its own words
        link.send_bytes(to_json({"error": str(error) or type(error).__name__}))
        return
    try:
        if setup["memory"]:
            _limit(setup["memory"])
    except Exception as error:  # whatever kept it from being limited
        link.send_bytes(to_json({"unlimited": str(error)}))
        return
    link.send_bytes(b"{}")
    questions: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    asked: list[ladybug.Connection] = []  # the connection that a question is being put to, if there is one
    threading.Thread(target=_listen, args=(link, questions, None if setup["memory"] else asked), daemon=True).start()
    lasting = None if setup["memory"] else ladybug.Connection(database, num_threads=1)
    while True:
        try:
            question = questions.get(timeout=None if "pyarrow" in sys.modules or lasting is None else IDLE)
        except queue.Empty:
            import pyarrow  # noqa: F401  # a fifth of a second that no question for a frame shall wait for

            continue
        for message in _answer(database, lasting, question, asked):
            link.send_bytes(message)


def _listen(
    link: Connection, questions: "queue.SimpleQueue[dict[str, Any]]", asked: "list[ladybug.Connection] | None"
) -> None:
    """Take questions while another is being answered: so the end of the parent
    is the end of this process, whatever runs.

    A question is interrupted when its time is up: the engine's own time limit costs every query most of a millisecond.
    A limited process, in which ``poll`` does not work, has no list of what is ``asked`` and uses that limit.
    """
    seconds: float | None = None
    try:
        while True:
            if asked is None or link.poll(seconds):
                question = link.recv()
                seconds = question["seconds"]
                questions.put(question)
                continue
            seconds = None
            for connection in asked:
                connection.interrupt()
    finally:
        os._exit(0)


def _answer(
    database: ladybug.Database,
    lasting: ladybug.Connection | None,
    question: dict[str, Any],
    asked: "list[ladybug.Connection]",
) -> list[bytes]:
    """Return the messages of an answer: one of JSON, and the frame behind it where one was asked for."""
    try:
        if lasting is not None:
            return _run(lasting, question, asked)
        with closing(
            ladybug.Connection(database, num_threads=1)
        ) as fresh:  # what one caller sets does not reach the next
            fresh.set_query_timeout(max(1, int(question["seconds"] * 1000)))
            return _run(fresh, question, asked)
    except MemoryError:
        return [to_json({"error": "memory", "kind": "memory"})]
    except UnicodeDecodeError:
        return [to_json({"error": "text", "kind": "damage"})]
    except (ValueError, TypeError) as error:
        return [to_json({"error": str(error), "kind": "value"})]
    except Exception as error:
        return [to_json({"error": str(error) or type(error).__name__, "kind": "engine"})]


def _run(connection: ladybug.Connection, question: dict[str, Any], asked: "list[ladybug.Connection]") -> list[bytes]:
    asked.append(connection)
    try:
        answer = connection.execute(question["query"], question["parameters"])
    finally:
        asked.clear()
    if isinstance(answer, list):
        for part in answer:
            part.close()
        return [to_json({"error": "many", "kind": "many"})]
    with closing(answer):
        if question["frame"]:
            return [b"{}", _arrow(answer)]
        names = answer.get_column_names()
        if question["limit"] is None and question["size"] is None:
            rows = [[plain(value) for value in row] for row in answer.get_all()]
            return [_json({"names": names, "rows": rows, "truncated": False})]
        parts, truncated = _parts(answer, question["limit"], question["size"])
        return [
            b'{"names":'
            + _json(names)
            + b',"rows":['
            + b",".join(parts)
            + b'],"truncated":'
            + (b"true}" if truncated else b"false}")
        ]


def _parts(answer: ladybug.QueryResult, limit: int | None, size: int | None) -> tuple[list[bytes], bool]:
    """Return rows as JSON without the outer brackets, as many as the limits of
    rows and bytes allow, and whether more were there."""
    parts: list[bytes] = []
    rows = weight = 0
    while answer.has_next():
        number = PART if limit is None else min(PART, limit - rows)
        if number <= 0:
            return parts, True
        for row in answer.get_n(number):
            text = _json([plain(value) for value in row])
            weight += len(text)
            if size is not None and weight > size:
                return parts, True
            parts.append(text)
            rows += 1
    return parts, False


def _json(value: Any) -> bytes:
    return to_json(value, bytes_mode="base64", inf_nan_mode="constants", fallback=str)


def _arrow(answer: ladybug.QueryResult) -> bytes:
    """Return an answer as an Arrow stream."""
    import pyarrow as pa

    table = answer.get_as_arrow(-1)
    for place, field in enumerate(table.schema):
        column = table.column(place).combine_chunks()
        if pa.types.is_list(field.type) and not len(column.values):  # the engine leaves the offsets of the items unset
            offsets = pa.array([0] * (len(column) + 1), pa.int32())
            mended = pa.ListArray.from_arrays(offsets, pa.array([], field.type.value_type), mask=column.is_null())
            table = table.set_column(place, field.name, mended)
    sink = BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def plain(value: Any) -> Any:
    """Return nodes, relationships and paths as plain dicts without the store's
    internal ids, and decimals as numbers."""
    if value is None or isinstance(value, (str, float, int)):  # most values
        return value
    if isinstance(value, dict):
        if "_NODES" in value:
            return {"nodes": plain(value["_NODES"]), "relationships": plain(value["_RELS"])}
        # absent properties are left out
        shown = ((name, item) for name, item in value.items() if item is not None and name not in HIDDEN)
        return {"_label" if name == "_LABEL" else name: plain(item) for name, item in shown}
    if isinstance(value, Decimal):  # a sum of whole numbers comes as one
        return float(value) if value.as_tuple().exponent else int(value)
    return [plain(item) for item in value] if isinstance(value, list) else value


def _warm(database: ladybug.Database) -> None:
    """Do each kind of work once, the errors too."""
    for query in (*WARM, "RETURN no such thing"):
        _answer(
            database,
            None,
            {"query": query, "parameters": {}, "seconds": 5, "limit": 10, "size": 1 << 20, "frame": False},
            [],
        )


def _limit(memory: int) -> None:
    """Let this process open nothing more, write no file, leave no core, and
    take ``memory`` bytes beyond what it has reserved."""
    import resource

    with open("/proc/self/status", encoding="ascii") as status:
        match = re.search(r"VmData:\s+(\d+) kB", status.read())
    assert match is not None
    data = int(match.group(1)) * 1024 + memory
    for what, most in (
        (resource.RLIMIT_DATA, data),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main(int(sys.argv[1]))
