"""A load into the embedded store: a private copy of the graph, swapped in when it is finished."""

import glob
import itertools
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import ladybug
import polars as pl

from graph.memory import give_back_memory
from graph.model import Edge, Node, Record, columns, ends_of
from graph.stores.base import Ends, schema
from graph.stores.ladybug.generations import Generations
from graph.stores.ladybug.tables import MAPPED, Direct, prepare, read_edges, read_nodes, translated

WRITE_POOL = 2 << 30  # a cap; what 5 million edges of a dozen columns take in one copy
IN_MEMORY = 200_000
ROW_GROUP = 16_384  # rows that one thread of the engine takes at a time
_numbers = itertools.count()


class LadybugWriter:
    """Writes into a private copy, made at the first write; of a ``fresh`` load it is empty."""

    def __init__(self, generations: Generations, fresh: bool = False) -> None:
        self.generations = generations
        self.fresh = fresh
        self.building: Path | None = None
        self._database: ladybug.Database | None = None
        self._connection: ladybug.Connection | None = None
        self._nodes: dict[type[Node], _Waiting] = {}
        self._ledger: str | None = None
        self._waiting: dict[tuple[type[Edge], Ends], _Waiting] = {}

    @property
    def spill(self) -> Path:
        """Return the folder for edges that wait on disk."""
        assert self.building is not None
        return self.building.with_suffix(".waiting")

    def has_written(self) -> bool:
        """Tell whether a new generation has been begun."""
        return self.building is not None

    def insert_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Keep new nodes to be copied in at once, when whoever checked them has let go of them."""
        self._writing()
        self._nodes.setdefault(record, _Waiting()).add(frame.select(list(columns(record))), self.spill)

    def insert_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Keep new edges to be copied in at once: a copy rewrites what its table holds, however little it adds."""
        self._writing()
        self._waiting.setdefault((record, ends), _Waiting()).add(
            frame.select(["from", "to", *columns(record)]), self.spill
        )

    def update_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Set every property of the given nodes."""
        changed = [name for name in columns(record) if name != "id"]
        names = {"id": "k_id"} | {name: f"v_{name}" for name in changed}
        sets = ", ".join(f"n.`{name}` = `v_{name}`" for name in changed)
        self._run(
            f"LOAD FROM {{files}} MATCH (n:`{record.label()}`) WHERE n.id = k_id SET {sets}",
            frame.select(list(names)).rename(names),
        )

    def update_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Set every property of the given edges."""
        self._copy_waiting(record)
        pattern, names = _found(record, ends)
        names |= {name: f"v_{name}" for name in columns(record)}
        sets = ", ".join(f"r.`{name}` = `v_{name}`" for name in columns(record) if name not in record.table.key)
        self._run(f"LOAD FROM {{files}} {pattern} SET {sets}", frame.select(list(names)).rename(names))

    def delete_nodes(self, record: type[Node], ids: pl.Series) -> None:
        """Remove nodes with all their edges, none of which may wait any longer."""
        self._writing()
        self._copy_waiting()
        statement = f"LOAD FROM {{files}} MATCH (n:`{record.label()}`) WHERE n.id = k_id DETACH DELETE n"
        self._run(statement, ids.rename("k_id").to_frame())

    def delete_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Remove the given edges."""
        self._copy_waiting(record)
        pattern, names = _found(record, ends)
        self._run(f"LOAD FROM {{files}} {pattern} DELETE r", frame.select(list(names)).rename(names))

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type as the unfinished generation has them."""
        connection = self._writing()
        self._copy_nodes()
        return pl.concat([pl.DataFrame(schema=schema(record)), *read_nodes(Direct(connection), record)])

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type as the unfinished generation has them."""
        self._copy_waiting(record)
        yield from read_edges(Direct(self._writing()), record, ends)

    def keep_ledger(self, text: str) -> None:
        """Keep what was loaded beside the generation that this load makes, or beside the current one."""
        self._ledger = text

    def commit(self) -> None:
        """Swap the finished generation in; where nothing was written the current one stays."""
        if self.fresh:
            self._writing()  # an empty graph takes the place of what was there
        if self.building is None or self._connection is None or self._database is None:
            if self._ledger is not None:
                self.generations.keep_ledger(self._ledger)
            return
        self._copy_waiting()
        with translated():
            self._connection.execute("CHECKPOINT")
        self._shut()
        shutil.rmtree(self.spill, ignore_errors=True)
        # whoever writes and loads nothing leaves what was loaded as it is
        stands = self._ledger is not None or self.fresh
        self.generations.commit(self.building, self._ledger if stands else self.generations.ledger())

    def abandon(self) -> None:
        """Throw the unfinished generation away."""
        self._shut()
        if self.building is not None:
            shutil.rmtree(self.spill, ignore_errors=True)
            for left in self.building.parent.glob(self.building.name + "*"):
                with suppress(OSError):  # the next load removes it
                    left.unlink(missing_ok=True)

    def _copy_waiting(self, only: type[Edge] | None = None) -> None:
        """Copy in the nodes that wait and the edges, of one type or of all."""
        keys = [key for key in self._waiting if only in (None, key[0])]
        if any(waiting.files for waiting in (*self._nodes.values(), *(self._waiting[key] for key in keys))):
            give_back_memory()
        self._copy_nodes()
        for record, ends in keys:
            waiting = self._waiting.pop((record, ends))
            options = f" (from='{ends[0]}', to='{ends[1]}')" if len(ends_of(record)) > 1 else ""
            waiting.spill(self.spill)
            self._execute(f"COPY `{record.type_name}` ({_named(record)}) FROM {{files}}{options}", waiting.files)

    def _copy_nodes(self) -> None:
        for record, waiting in self._nodes.items():
            waiting.spill(self.spill)
            self._execute(f"COPY `{record.label()}` ({_named(record)}) FROM {{files}}", waiting.files)
        self._nodes.clear()

    def _shut(self) -> None:
        with suppress(RuntimeError):
            if self._connection is not None:
                self._connection.close()
            if self._database is not None:
                self._database.close()
        self._connection = self._database = None

    def _run(self, statement: str, frame: pl.DataFrame) -> None:
        """Run a statement over the rows of a frame."""
        if frame.is_empty():
            return
        self._writing()
        self._copy_nodes()
        waiting = _Waiting([frame])
        waiting.spill(self.spill)
        self._execute(statement, waiting.files)

    def _execute(self, statement: str, files: list[Path]) -> None:
        """Run a statement over Parquet files, which the engine reads faster than frames, and remove them."""
        if not files:
            return
        with translated():
            self._writing().execute(statement.format(files="[" + ", ".join(map(_quoted, files)) + "]"))
        for path in files:
            path.unlink()

    def _writing(self) -> ladybug.Connection:
        if self._connection is None:
            self.building = self.generations.begin(self.fresh)
            # Nobody reads the file before commit, which makes the one checkpoint.
            path = str(self.building)
            with translated():
                self._database = ladybug.Database(
                    path, buffer_pool_size=WRITE_POOL, max_db_size=MAPPED, auto_checkpoint=False
                )
                self._connection = ladybug.Connection(self._database)
                prepare(self._connection)
        return self._connection


def _found(record: type[Edge], ends: Ends) -> tuple[str, dict[str, str]]:
    """Return the pattern that finds the edges of a file's rows by ends and key, and how their columns are called."""
    names = {"from": "k_from", "to": "k_to"} | {name: f"v_{name}" for name in record.table.key}
    keys = "".join(f" AND coalesce(r.`{name}`, '') = `v_{name}`" for name in record.table.key)
    pattern = f"MATCH (a:`{ends[0]}`)-[r:`{record.type_name}`]->(b:`{ends[1]}`) WHERE a.id = k_from AND b.id = k_to"
    return pattern + keys, names


def _quoted(path: Path) -> str:
    """Return a path as a literal of the query language; the engine takes ``[``, ``*`` and ``?`` for a pattern."""
    return "'" + glob.escape(str(path)).replace("\\", "\\\\").replace("'", "\\'") + "'"


@dataclass
class _Waiting:
    """Rows of one kind: in memory while they are few, then in Parquet files."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def add(self, frame: pl.DataFrame, folder: Path) -> None:
        """Take more edges."""
        if not frame.is_empty():
            self.frames.append(frame)
        if sum(map(len, self.frames)) > IN_MEMORY:
            self.spill(folder)

    def spill(self, folder: Path) -> None:
        """Move what is in memory into a file."""
        if not self.frames:
            return
        folder.mkdir(exist_ok=True)
        path = folder / f"{next(_numbers):06d}.parquet"
        pl.concat(self.frames).write_parquet(path, compression="snappy", row_group_size=ROW_GROUP)
        self.files.append(path)
        self.frames = []


def _named(record: type[Record]) -> str:
    """Return the columns of a type for COPY, which else goes by their order: a table that an older model made has those
    that came since at its end."""
    return ", ".join(f"`{name}`" for name in columns(record))
