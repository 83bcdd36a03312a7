"""Systemic risk of a supply network: what share of all output is lost when a firm closes (ESRI).

Diem, Borsos, Reisch, Kertész, Thurner: Quantifying firm-level economic systemic risk from nation-wide supply networks,
Scientific Reports 12:7719 (2022).
"""

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.deadline import check
from graph.errors import InputError
from queries.networks.cascade_arrays import Caps, Floats, Ints, Links, Places

NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
FINEST = 1e-12  # levels are float64: a smaller step is rounding
LARGEST = 1e300  # what all amounts may add up to
PIECE = 128  # scenarios that a thread takes at a time
GLANCE = 0.1  # seconds after which it is looked whether anybody still waits
TOUCHED = 0.1  # share of the firms up to which a scenario pushes what changed; measured


class Closures(NamedTuple):
    """Groups of firms that close together: group g are ``firms[starts[g]:starts[g + 1]]``, firms by number."""

    starts: Ints  # shape (groups + 1,)
    firms: Ints


@dataclass(frozen=True)
class Risk:
    """What each scenario costs, as shares from 0 to 1 of all weight, in the order of the scenarios.

    ``esri``: the whole; ``downstream``: by lost inputs alone; ``upstream``: by lost demand alone.
    ``done`` tells which scenarios were computed; the others are NaN (only after an interruption).
    """

    esri: Floats
    downstream: Floats
    upstream: Floats
    done: NDArray[np.bool_]


@dataclass(frozen=True)
class SupplyNetwork:
    """Who sells how much to whom, and what is essential to whom; made by ``build``."""

    links: Links
    place: Places  # of each firm in ``links``

    @classmethod
    def build(
        cls, supplier: ArrayLike, buyer: ArrayLike, amount: ArrayLike, industry: ArrayLike, essentiality: ArrayLike
    ) -> "SupplyNetwork":
        """Check and sort a network; raises ``InputError`` for what is mis-shaped, not finite, negative or out of range.

        ``supplier``, ``buyer``: firm numbers from 0, shape (links,); ``amount``: what the supplier sells to the buyer
        in any one unit, shape (links,), links of the same two firms add up; ``industry``: industry numbers from 0,
        shape (firms,); ``essentiality``: shape (industries, industries), what the row's industry is to the column's: 0
        negligible, 1 non-essential, 2 essential.
        """
        essential = _whole("essentiality", essentiality, dimensions=2)
        if essential.shape[0] != essential.shape[1]:
            raise InputError(
                f"essentiality 应为方阵(行供应、列购买的行业),这里是 {essential.shape[0]}×{essential.shape[1]}"
            )
        _within("essentiality", essential, 0, 2, "0 可忽略、1 非必需、2 必需")
        industries = _whole("industry", industry)
        if not len(industries):
            raise InputError("industry 是空的,至少要有一家企业")
        _within("industry", industries, 0, len(essential) - 1, "essentiality 的行号")
        firms = len(industries)
        source, target = _whole("supplier", supplier), _whole("buyer", buyer)
        sold = _numbers("amount", amount)
        if not len(source) == len(target) == len(sold):
            raise InputError(f"supplier、buyer、amount 应一样长,这里是 {len(source)}、{len(target)}、{len(sold)}")
        for name, ends in (("supplier", source), ("buyer", target)):
            _within(name, ends, 0, firms - 1, "企业的编号,从 0 数起")
        if len(sold) and sold.min() < 0:
            raise InputError(f"amount 不能为负: 第 {int(sold.argmin())} 条关系是 {sold.min():g}")
        pair, place = np.unique(source * firms + target, return_inverse=True)
        total = _total(place, sold, len(pair))
        pair, total = pair[total > 0], total[total > 0]
        if not len(pair):
            raise InputError("没有一条关系的 amount 大于 0,系统性风险没有定义")
        if total.max() > LARGEST / len(total):
            raise InputError(f"amount 太大,合计超出双精度的范围: 最大的一对企业之间是 {total.max():g},请换一个单位")
        # By number of customers, so that loops of one length follow one another: what comes next is foreseen.
        order = np.argsort(np.bincount(pair // firms, minlength=firms), kind="stable")
        place = np.argsort(order)
        source, target = place[pair // firms], place[pair % firms]
        sort = np.lexsort((target, source))
        return cls(_sorted(source[sort], target[sort], total[sort], industries[order], essential), _places(place))

    @property
    def firms(self) -> int:
        """Return the number of firms."""
        return len(self.place)

    @property
    def output(self) -> Floats:
        """Return what each firm sells, in the unit of the amounts."""
        return self.links.output[self.place]


def systemic_risk(
    network: SupplyNetwork,
    scenarios: ArrayLike | Closures | None = None,
    *,
    substitution: bool = True,
    tolerance: float = 0.01,
    weights: ArrayLike | None = None,
    threads: int | None = None,
    step: Callable[[int], None] = lambda done: None,
) -> Risk:
    """Return the loss of each scenario, by default of closing each firm alone.

    ``scenarios``: numbers of firms to close one at a time, groups of them, or capacities from 0 to 1, shape (scenarios,
    firms). ``substitution``: others of the same industry step in by their share of it. ``tolerance``: the cascade stops
    after the first step in which no level moves by more; results depend on it. ``weights``: shape (firms,), what a
    firm's loss counts for, by default its output. ``step`` is told the number of scenarios done. Ctrl-C returns what is
    done. Raises ``InputError`` for what cannot be used, ``WorkStopped`` where the time of the work is up.
    """
    from queries.networks.cascade import pass_on, run

    if not (np.isfinite(tolerance) and FINEST <= tolerance < 1):
        raise InputError(f"tolerance 应在 0 与 1 之间(不含),不小于 {FINEST:g}(再小,双精度分辨不了),这里是 {tolerance}")
    firms = network.firms
    weight = network.output if weights is None else _numbers("weights", weights)
    if weight.shape != (firms,):
        raise InputError(f"weights 应有 {firms} 个(每家企业一个),这里有 {len(weight)} 个")
    if weight.min() < 0 or not weight.sum() > 0:
        raise InputError("weights 不能为负,也不能全为 0")
    weight = weight[np.argsort(network.place)]
    caps = _caps(np.arange(firms) if scenarios is None else scenarios, network.place)
    count = len(caps.caps) - 1
    losses = np.full((count, 3), np.nan)
    limit, stop = int(TOUCHED * firms), np.zeros(1, np.bool_)
    passed_on = pass_on(network.links, weight)

    def piece(first: int) -> int:
        last = min(first + PIECE, count)
        run(network.links, caps, weight, passed_on, tolerance, substitution, limit, first, last, stop, losses)
        return last - first

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        waiting: set[Future[int]] = {pool.submit(piece, first) for first in range(0, count, PIECE)}
        done = 0
        try:
            while waiting:
                finished, waiting = wait(waiting, GLANCE, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in finished)
                step(done)
                check()
        except BaseException as error:
            stop[0] = True
            pool.shutdown(wait=True, cancel_futures=True)
            if not isinstance(error, KeyboardInterrupt):
                raise
    return Risk(losses[:, 0], losses[:, 1], losses[:, 2], ~np.isnan(losses[:, 0]))


def _sorted(source: Ints, target: Ints, amount: Floats, industry: Ints, essential: Ints) -> Links:
    """Lay a network out for the loops: links sorted by supplier and buyer come in, each pair once."""
    firms, kinds = len(industry), len(essential)
    output, bought = _total(source, amount, firms), _total(target, amount, firms)
    _, kind = np.unique(target * kinds + industry[source], return_inverse=True)
    of_kind = _total(kind, amount, len(amount))[kind]
    need = essential[industry[source], industry[target]]
    # Essential inputs of one industry stand in for one another; all that is not essential is one more group.
    of = np.where(need == ESSENTIAL, of_kind, bought[target])
    group = target * (kinds + 1) + np.where(need == ESSENTIAL, industry[source], kinds)
    felt = np.flatnonzero(need != NEGLIGIBLE)
    felt = felt[np.lexsort((source[felt], group[felt]))]
    groups, place, members = np.unique(group[felt], return_inverse=True, return_counts=True)
    several = members > 1
    summed = several[place]
    push = np.lexsort((summed, source[felt]))
    starts = _starts(source[felt], firms)
    needs = np.bincount(target[felt], minlength=firms)
    pull = np.lexsort((source[felt], place, needs[target[felt]]))
    by_buyer = np.lexsort((source, target))
    return Links(
        industry=_places(industry),
        output=output,
        industry_output=_total(industry, output, kinds),
        groups=_starts(groups[several] // (kinds + 1), firms),
        felt=starts,
        felt_summed=_places(starts[:-1] + np.bincount(source[felt][~summed], minlength=firms)),
        felt_firm=_places(target[felt][push]),
        felt_group=_places((np.cumsum(several) - 1)[place][push]),
        felt_share=(amount / of)[felt][push],
        need_order=_places(np.argsort(needs, kind="stable")),
        need=_places(np.append(0, np.cumsum(np.sort(needs)))),
        need_firm=_places(source[felt][pull]),
        need_amount=amount[felt][pull],
        need_whole=of[felt][pull],
        need_more=(np.diff(place[pull], prepend=-1) == 0).astype(np.float64),
        out=_starts(source, firms),
        out_firm=_places(target),
        out_amount=amount,
        into=_starts(target, firms),
        into_firm=_places(source[by_buyer]),
        into_amount=amount[by_buyer],
    )


def _places(numbers: NDArray[np.integer[Any]]) -> Places:
    return numbers.astype(np.uint32)


def _starts(firm: Ints, firms: int) -> Places:
    return _places(np.append(0, np.cumsum(np.bincount(firm, minlength=firms))))


def _total(place: Ints, amount: Floats, number: int) -> Floats:
    return np.bincount(place, amount, number).astype(np.float64)  # of nothing it counts in whole numbers


def _caps(scenarios: ArrayLike | Closures, place: Places) -> Caps:
    firms = len(place)
    if isinstance(scenarios, Closures):
        return Caps(scenarios.starts, place[scenarios.firms], np.zeros(len(scenarios.firms)))
    if np.ndim(scenarios) == 1:
        closed = _whole("scenarios", scenarios)
        _within("scenarios", closed, 0, firms - 1, "要关的企业的编号")
        return Caps(np.arange(len(closed) + 1), place[closed], np.zeros(len(closed)))
    levels = _numbers("scenarios", scenarios, dimensions=2)
    if levels.shape[1] != firms:
        raise InputError(f"scenarios 每行应有 {firms} 个数(每家企业的产能,0 至 1),这里有 {levels.shape[1]} 个")
    if levels.size and (levels.min() < 0 or levels.max() > 1):
        row, firm = np.argwhere((levels < 0) | (levels > 1))[0]
        raise InputError(f"scenarios 的产能应在 0 与 1 之间,第 {row} 个情景企业 {firm} 是 {levels[row, firm]:g}")
    row, firm = np.nonzero(levels < 1)
    return Caps(np.searchsorted(row, np.arange(len(levels) + 1)), place[firm], levels[row, firm])


def _numbers(name: str, values: ArrayLike, dimensions: int = 1) -> Floats:
    try:
        numbers = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} 应为数字: {error}") from error
    if numbers.ndim != dimensions:
        raise InputError(f"{name} 应为 {dimensions} 维数组,这里是 {numbers.ndim} 维")
    if not np.isfinite(numbers).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(numbers))[0])
        raise InputError(f"{name} 的第 {place[0] if dimensions == 1 else place} 个不是有限的数: {numbers[place]}")
    return numbers


def _whole(name: str, values: ArrayLike, dimensions: int = 1) -> Ints:
    numbers = _numbers(name, values, dimensions)
    wrong = numbers[(numbers != np.floor(numbers)) | (np.abs(numbers) > 2**53)]
    if wrong.size:
        raise InputError(f"{name} 应为整数,绝对值不超过 2 的 53 次方,这里有 {wrong.flat[0]:g}")
    return numbers.astype(np.int64)


def _within(name: str, values: Ints, low: int, high: int, meaning: str) -> None:
    wrong = values[(values < low) | (values > high)]
    if wrong.size:
        raise InputError(f"{name} 应为 {low} 至 {high}({meaning}),这里有 {wrong.flat[0]}")
