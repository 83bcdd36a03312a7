"""What can be wrong with a row: of plain types alone, so that who only tells of it imports nothing heavy."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RowProblem:
    """One bad cell of a row: which column, what it held, what is wrong with it and what was expected."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Contradiction:
    """Two sides that contradict one another about whether they are the same thing."""

    reason: str
    left: dict[str, Any]
    right: dict[str, Any]
