"""What is to be seen of a graph: rows of which statuses, as of which day, the chains of which city."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from graph.errors import InputError
from graph.model import yardstick
from graph.statuses import STATUS_ZH

# the scopes that have names, by what they leave out
NAMED = {
    "全部": "",
    "不含示例": "sample",
    "只用有来源的": "sample,curated,inferred",
}
EVERYWHERE = "全部"  # the word for no one city, where one is set for the whole server
SEPARATORS = str.maketrans("，、;；", ",,,,")


def today() -> str:
    """Return the day (ISO)."""
    return date.today().isoformat()


@dataclass(frozen=True)
class Scope:
    """Rows of these statuses, in the order of trust, as of a day (ISO); with no status, nothing is seen.

    ``city`` is a region's name or id, whose chains alone are seen; firms and
    products are everybody's. Empty: those of all cities.
    """

    statuses: tuple[str, ...] = tuple(STATUS_ZH)
    day: str = field(default_factory=today)
    city: str = ""

    @classmethod
    def without(cls, words: str = "", day: str = "", city: str = "") -> "Scope":
        """Return the scope that leaves out some statuses, by their words or
        codes; raises ``InputError`` for a word that is none."""
        return cls.of(set(STATUS_ZH) - _named(words), day, "" if city.strip() == EVERYWHERE else city.strip())

    @classmethod
    def of(cls, statuses: Collection[str], day: str = "", city: str = "") -> "Scope":
        """Return the scope of some statuses, whatever their order."""
        return cls(tuple(status for status in STATUS_ZH if status in statuses), day or today(), city)

    @property
    def yardstick(self) -> tuple[str, ...]:
        """Return the statuses of the rows of the model's yardstick that are to be seen."""
        kept = {*self.statuses, *STATUS_ZH} - ({"sample"} - {*self.statuses})
        return tuple(status for status in STATUS_ZH if status in kept) if self.statuses else ()

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Return the statuses of the rows of a label or relationship type that are to be seen."""
        return self.yardstick if kind in yardstick() else self.statuses

    @property
    def hidden(self) -> list[str]:
        """Return the statuses that are left out."""
        return [status for status in STATUS_ZH if status not in self.statuses]

    @property
    def name(self) -> str:
        """Return the name of the scope, or nothing for one without a name."""
        return next((name for name, words in NAMED.items() if set(self.hidden) == _named(words)), "")


def _named(words: str) -> set[str]:
    """Return the statuses that some words name."""
    codes = {zh: status for status, zh in STATUS_ZH.items()}
    named = {codes.get(word.strip(), word.strip()) for word in words.translate(SEPARATORS).split(",") if word.strip()}
    if unknown := named - set(STATUS_ZH):
        raise InputError(f"没有这种数据状态: {'、'.join(sorted(unknown))};可选 {'、'.join(STATUS_ZH)}")
    return named
