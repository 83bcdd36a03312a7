"""How large a firm is, by the national classes, and how firms share what is made."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from queries.city.local import CityFirm
from queries.core.answers import Term


class Size(Term):
    """The classes of 统计上大中小微型企业划分办法 (2017) for industry; unknown where neither turnover nor staff is."""

    large = "大型"
    medium = "中型"
    small = "小型"
    micro = "微型"
    unknown = "规模不明"


LEAST = {  # persons, and turnover in yuan; a class needs both, where both are known
    Size.large: (1000, 400_000_000),
    Size.medium: (300, 20_000_000),
    Size.small: (20, 3_000_000),
    Size.micro: (0, 0),
}


class SourceFirm(NamedTuple):
    """A firm as one from which something may be had: its group, and how large it is."""

    firm: str
    group: str
    size: Size


def source_of(firm: CityFirm) -> SourceFirm:
    """Return a firm as a source."""
    known = (firm.staff, firm.turnover)
    if known == (None, None):
        return SourceFirm(firm.id, firm.group, Size.unknown)
    fits = (
        size
        for size, least in LEAST.items()
        if all(value is None or value >= wanted for value, wanted in zip(known, least, strict=True))
    )
    return SourceFirm(firm.id, firm.group, next(fits, Size.micro))


def shares_of(
    firms: Sequence[CityFirm],
    capacity_of: Callable[[str], tuple[float, str] | None],
    customers_of: Callable[[str], int],
) -> tuple[Mapping[str, float], str]:
    """Return what each group of some firms has of what they make together, not yet out of one, and by what: capacity
    (of one unit), turnover or staff where it is known of each; else the known customers and one."""
    capacities = [capacity_of(firm.id) for firm in firms]
    units = {capacity[1] for capacity in capacities if capacity}
    measures: list[tuple[str, list[float | None]]] = [
        ("产能", [capacity[0] if capacity and len(units) == 1 else None for capacity in capacities]),
        ("营业收入", [firm.turnover for firm in firms]),
        ("人数", [firm.staff for firm in firms]),
    ]
    by, amounts = next(
        ((by, amounts) for by, amounts in measures if all(amounts)),
        ("已知客户数", [1.0 + customers_of(firm.id) for firm in firms]),
    )
    shares: dict[str, float] = {}
    for firm, amount in zip(firms, amounts, strict=True):
        shares[firm.group] = shares.get(firm.group, 0.0) + (amount or 0.0)
    return shares, by
