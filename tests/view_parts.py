"""Views of stores, as tests ask for them."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Self

import pytest

from graph.scope import Scope
from graph.stores import Store
from queries.core.view import View


def trusted(without: Iterable[str] = ()) -> tuple[str, ...]:
    """The statuses that are left without some."""
    return Scope.without(",".join(without)).statuses


def under(store: Store, statuses: Iterable[str] | None = None, today: str | None = None) -> View:
    """The view of a store under a scope: everything as of today, unless said otherwise."""
    return View.of(store, Scope.of(trusted() if statuses is None else tuple(statuses), today or ""))


def rows_with_once(page: str) -> list[str]:
    """Return the rows of the tables of a page, each after what its table says of all of them at once."""
    tables = re.findall(
        r'(<p class="provenance once">(?:(?!</p>).)*</p>\s*)?<div class="scroll[^>]*>\s*<table [^>]*>(.*?)</table>',
        page,
        re.DOTALL,
    )
    return [
        once + row for once, table in tables for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL) if "<td" in row
    ]


def stand_at(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Have the clock of what is asked stand at a day: what is due tomorrow is due tomorrow in every year."""

    class Clock(date):
        @classmethod
        def today(cls) -> Self:
            return cls.fromisoformat(day)

    monkeypatch.setattr("graph.scope.date", Clock)
