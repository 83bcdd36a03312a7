"""The rules of the 链长制, read from ``office.toml``: the city's goal, what is soon, which words mean what, rates."""

from collections.abc import Mapping
from functools import cache

from queries.core.shipped import Strict, Threshold, read_shipped

Words = Mapping[str, tuple[str, ...]]


class GoalRules(Strict):
    """What a city asks of each of its chains in a year, large projects or flagships, and where it says so."""

    city: str
    source: str
    place: str
    first_year: Threshold
    projects: Threshold
    yuan: Threshold


class LeaderRules(Strict):
    """Which published figure is the number of a city's leaders, and as what a leader is called that is one of them."""

    city: str
    source: str
    metric: str
    batch: tuple[str, ...]


class OfficeRules(Strict):
    """One version of the rules; ``rate`` is how many yuan a unit of a currency is, where that is stated."""

    version: str
    goal: GoalRules
    leaders: LeaderRules
    soon: Threshold
    state: Words
    duty: Words
    platform: Words
    rate: Mapping[str, Threshold] = {}

    def yuan(self, amount: float | None, currency: str | None) -> float | None:
        """Return an amount in yuan; nothing where it, its currency or the rate of that is not stated."""
        rates = {"CNY": 1.0} | {name: rate.value for name, rate in self.rate.items()}
        return None if amount is None or currency not in rates else amount * rates[currency]


@cache
def read_office() -> OfficeRules:
    """Return the rules that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(OfficeRules, "city/office.toml")


def code_of(words: Words, said: str | None) -> str:
    """Return the code for which a text is one of the words, or nothing."""
    return next((code for code, known in words.items() if (said or "").strip() in known), "")
