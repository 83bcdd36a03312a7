"""Rows that wait until all have been read: packed, without the empty columns, for as they are they take ten times as
much."""

import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import polars as pl


def packed(frame: pl.DataFrame, compression: Literal["lz4", "zstd"] = "lz4") -> bytes:
    """Return rows as few bytes, which ``pl.read_ipc`` reads; ``lz4`` is fast, ``zstd`` small."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression=compression)
    return buffer.getvalue()


def copies_of(chunks: Iterator[pl.DataFrame], number: int) -> list[Iterator[pl.DataFrame]]:
    """Return the same chunks several times over; what one has read is packed until the others have (``itertools.tee``
    keeps what all have read, too)."""
    waiting: list[deque[bytes]] = [deque() for _ in range(number)]

    def read(own: deque[bytes]) -> Iterator[pl.DataFrame]:
        while True:
            if own:
                yield pl.read_ipc(own.popleft())
            elif (chunk := next(chunks, None)) is not None:
                others = [queue for queue in waiting if queue is not own]
                kept = packed(chunk) if others else b""
                for queue in others:
                    queue.append(kept)
                yield chunk
            else:
                return

    return [read(own) for own in waiting]


@dataclass
class PackedRows:
    """Rows of one kind, packed chunk by chunk."""

    parts: list[bytes] = field(default_factory=list)
    types: dict[str, pl.DataType] = field(default_factory=dict)

    def add(self, frame: pl.DataFrame) -> None:
        """Pack some rows."""
        self.types |= frame.schema
        self.parts.append(packed(frame.select(column for column in frame if column.null_count() < len(column))))

    def unpacked(self) -> pl.DataFrame:
        """Return all rows as one frame, with every column that some of them had; nothing is kept any longer."""
        parts = [pl.read_ipc(self.parts.pop(0)) for _ in range(len(self.parts))]
        frame = pl.concat(parts, how="diagonal", rechunk=False)
        return frame.with_columns(
            pl.lit(None, dtype=kind).alias(name) for name, kind in self.types.items() if name not in frame.columns
        )
