"""The inner loops of systemic risk, compiled: a shock runs up and down the supply links until it stands still.

Losses run down to customers that lack inputs, and up to suppliers that are no longer asked. Either begins by pushing: a
firm whose level fell adds what it fell by to its neighbours, so that a step reads the links of the firms that changed
and no others. Once more than ``limit`` firms have changed, every firm asks its neighbours anew instead, which takes a
link a fifth of the time.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from queries.networks.cascade_arrays import Caps, Floats, Links, Places  # noqa: F401  # compiled code that numba kept knows the first two by this module

SMALL = 1e-14  # what a level fell by waits until it is more: so little changes no score by more than its rounding
TAKEN, FORETOLD, UNSURE, STOPPED = 0, 1, 2, 3  # the last step
# a step that moves a level by this much more or less than the tolerance is too close to call by sums that run on
CLOSE = 1e-12

# In a hot loop, no slice of a field of a tuple and no field within an if: numba
# then counts references, tenfold the time of a step.
compiled: Any = njit(nogil=True, error_model="numpy", cache=True)


class Down(NamedTuple):
    """What suppliers no longer bring: firms' losses of level, and what is on its way to become one."""

    loss: Floats
    # what each firm's customers lack so far, after others of its industry have stepped in as far as they can
    short: Floats
    worst: Floats  # the loss by the worst group of inputs, of which ``loss`` takes note at the end of a step
    sums: Floats  # of each group of several suppliers
    left: Floats  # output of each industry
    touched: Places


class Up(NamedTuple):
    """What customers still ask for: firms' levels, and those that they had a step ago."""

    level: Floats
    before: Floats
    unasked: Floats  # amount
    touched: Places


@compiled
def pass_on(links, weight):
    """Return what it would cost each firm's suppliers, in ``weight``, if it asked for nothing."""
    passed_on = np.zeros(len(weight))
    for firm in range(len(weight)):
        for link in range(links.out[firm], links.out[firm + 1]):
            passed_on[links.out_firm[link]] += weight[firm] * (links.out_amount[link] / links.output[firm])
    return passed_on


@compiled
def run(links, caps, weight, passed_on, tolerance, substitution, limit, first, last, stop, losses):
    """Put the loss of each scenario from ``first`` to ``last`` into ``losses``:
    as a whole, by lost inputs, by lost demand.

    ``passed_on``: what ``pass_on`` makes of ``weight``. Once ``stop`` holds
    anything, the scenarios that are not done are left.
    """
    firms, places = len(links.output), np.uint32
    down = Down(
        np.zeros(firms), np.zeros(firms), np.zeros(firms), np.zeros(links.groups[firms]),
        links.industry_output.copy(), np.zeros(firms, places),
    )  # fmt: skip
    up = Up(np.ones(firms), np.ones(firms), np.zeros(firms), np.zeros(firms, places))
    queue = np.zeros(len(links.out_amount) + 1, places)
    whole = weight.sum()
    for number in range(first, last):
        held = slice(caps.caps[number], caps.caps[number + 1])
        firm, level = caps.firm[held], caps.level[held]
        downs, ups, end = _cascade(links, firm, level, tolerance, substitution, limit, stop, down, up, queue)
        if end == UNSURE:
            _clear(links, down, downs, up, ups)
            downs, ups, end = _cascade(links, firm, level, tolerance, substitution, -1, stop, down, up, queue)
        if end == STOPPED:
            return
        stands = end == FORETOLD
        demand = _demand_ahead(links, weight, passed_on, firm, up) if stands else _demand(weight, up, ups)
        inputs, both = _inputs(links, weight, down, downs, up, stands)
        for column, lost in enumerate((demand + both, inputs, demand)):
            losses[number, column] = min(lost / whole, 1.0)  # the sum of all may round to more than the whole
        _clear(links, down, downs, up, ups)


@compiled
def _cascade(links, held_firm, held_level, tolerance, substitution, limit, stop, down, up, queue):
    """Take a scenario to its end; return how many firms it touched down and up, and which end that is.

    FORETOLD: no level will move by more than the tolerance in a last step up, and the few numbers
    that are wanted of it can be had without taking it. UNSURE: to be done again with no ``limit``,
    for sums that run on are rounded otherwise than fresh ones. STOPPED: left before its end.
    """
    moved = 0.0
    for place in range(len(held_firm)):
        firm, level = held_firm[place], held_level[place]
        down.loss[firm] = down.worst[firm] = 1.0 - level
        down.left[links.industry[firm]] -= links.output[firm] * (1.0 - level)
        up.level[firm] = level
        down.touched[place] = up.touched[place] = firm
        moved = max(moved, 1.0 - level)
    downs = ups = pushed = len(held_firm)
    while moved > tolerance:
        if stop[0]:
            return downs, ups, STOPPED
        if pushed <= limit:
            pushed, downs, moved = _push_down(links, substitution, down, downs, queue)
        else:
            downs = _touch_all(down.touched, downs)
            moved = _pull_down(links, substitution, down)
        if ups <= limit:
            ups, moved_up = _push_up(links, up, ups, queue)
        elif moved <= tolerance - CLOSE and _stands(links, up, tolerance - CLOSE):
            return downs, ups, FORETOLD
        else:
            ups = _touch_all(up.touched, ups)
            moved_up = _pull_up(links, up, held_firm, held_level)
        moved = max(moved, moved_up)
        if limit >= 0 and abs(moved - tolerance) < CLOSE:
            return downs, ups, UNSURE
    return downs, ups, TAKEN


@compiled
def _touch_all(touched, count):
    if count < len(touched):
        for firm in range(len(touched)):
            touched[firm] = firm
    return len(touched)


@compiled
def _shortfall(links, substitution, down, firm):
    """Return what a firm's customers lack, after others of its industry have stepped in as far as they can."""
    if not substitution:
        return down.loss[firm]
    output, there = links.output[firm], down.left[links.industry[firm]]
    return down.loss[firm] * (output / there) if there > output else down.loss[firm]


@compiled
def _push_down(links, substitution, down, touched, queue):
    """Let the customers feel what firms newly lack: the worst of their groups of inputs decides."""
    count, pushed = 0, 0
    for place in range(touched):
        firm = down.touched[place]
        short = _shortfall(links, substitution, down, firm)
        change = short - down.short[firm]
        if change <= SMALL:
            continue
        down.short[firm] = short
        pushed += 1
        for link in range(links.felt[firm], links.felt_summed[firm]):
            count = _feel(down.worst, links.felt_firm[link], links.felt_share[link] * short, queue, count)
        for link in range(links.felt_summed[firm], links.felt[firm + 1]):
            group = links.felt_group[link]
            added = down.sums[group] + links.felt_share[link] * change
            down.sums[group] = added
            count = _feel(down.worst, links.felt_firm[link], added, queue, count)
    moved = 0.0
    for place in range(count):
        firm = queue[place]
        before, after = down.loss[firm], min(down.worst[firm], 1.0)
        if after > before:  # a firm may be in the queue more than once
            moved = max(moved, (1.0 - before) - (1.0 - after))  # as levels are rounded
            down.loss[firm] = after
            down.left[links.industry[firm]] -= links.output[firm] * (after - before)
            if before == 0.0:
                down.touched[touched] = firm
                touched += 1
    return pushed, touched, moved


@compiled
def _feel(worst, firm, felt, queue, count):
    before = worst[firm]
    worst[firm] = max(before, felt)
    queue[count] = firm  # without a branch: whether it counts is hard to foresee
    return count + (felt > before)


@compiled
def _pull_down(links, substitution, down):
    """Let every firm feel what its suppliers lack."""
    firms = np.uint32(len(links.output))
    if substitution:
        _count_left(links, down)
    for firm in range(firms):
        down.short[firm] = _shortfall(links, substitution, down, firm)
    moved = 0.0
    for place in range(firms):
        firm = links.need_order[place]
        before = down.loss[firm]
        if before == 1.0:
            continue
        worst, added = before, 0.0
        for link in range(links.need[place], links.need[place + np.uint32(1)]):
            added = added * links.need_more[link] + links.need_amount[link] * down.short[links.need_firm[link]]
            worst = max(worst, added / links.need_whole[link])
        after = min(worst, 1.0)
        moved = max(moved, (1.0 - before) - (1.0 - after))
        down.loss[firm] = after
    return moved


@compiled
def _count_left(links, down):
    for industry in range(len(down.left)):
        down.left[industry] = 0.0
    for firm in range(np.uint32(len(links.output))):
        down.left[links.industry[firm]] += links.output[firm] * (1.0 - down.loss[firm])


@compiled
def _push_up(links, up, touched, queue):
    """Let the suppliers feel what firms newly cease to ask for."""
    count = 0
    for place in range(touched):
        firm = up.touched[place]
        change = up.before[firm] - up.level[firm]
        if change <= SMALL:
            continue
        up.before[firm] = up.level[firm]
        for link in range(links.into[firm], links.into[firm + 1]):
            supplier = links.into_firm[link]
            up.unasked[supplier] += links.into_amount[link] * change
            queue[count] = supplier
            count += 1
    moved = 0.0
    for place in range(count):
        firm = queue[place]
        before, after = up.level[firm], max(links.output[firm] - up.unasked[firm], 0.0) / links.output[firm]
        if after < before:
            if before == 1.0:
                up.touched[touched] = firm
                touched += 1
            up.level[firm] = after
            moved = max(moved, before - after)
    return touched, moved


@compiled
def _asked(links, level, firm):
    """Return the share of a firm's output that its customers still ask for."""
    added, output = 0.0, links.output[firm]
    for link in range(links.out[firm], links.out[firm + np.uint32(1)]):
        added += links.out_amount[link] * level[links.out_firm[link]]
    return min(added / output, 1.0) if output > 0.0 else 1.0


@compiled
def _pull_up(links, up, held_firm, held_level):
    """Let every firm feel what its customers no longer ask for."""
    firms, moved = np.uint32(len(links.output)), 0.0
    for firm in range(firms):
        up.before[firm] = up.level[firm]
    for firm in range(firms):
        asked = _asked(links, up.before, firm)
        moved = max(moved, up.before[firm] - asked)
        up.level[firm] = asked
    for place in range(len(held_firm)):
        firm = held_firm[place]
        up.level[firm] = min(up.level[firm], held_level[place])
    return moved


@compiled
def _stands(links, up, tolerance):
    """Return whether no level will move by more: a firm moves by the average of
    its customers, so only if one of them did."""
    for firm in range(np.uint32(len(links.output))):
        if up.before[firm] - up.level[firm] > 0.999 * tolerance:
            for link in range(links.into[firm], links.into[firm + np.uint32(1)]):
                supplier = links.into_firm[link]
                if up.level[supplier] - _asked(links, up.level, supplier) > tolerance:
                    return False
    return True


@compiled
def _demand(weight, up, touched):
    """Return what lost demand has cost."""
    lost = 0.0
    for place in range(touched):
        firm = up.touched[place]
        lost += weight[firm] * (1.0 - up.level[firm])
    return lost


@compiled
def _demand_ahead(links, weight, passed_on, held_firm, up):
    """Return what lost demand will have cost a step later: that is linear in
    the levels, but for the firms held down."""
    lost = 0.0
    for firm in range(np.uint32(len(weight))):
        lost += passed_on[firm] * (1.0 - up.level[firm])
    for firm in held_firm:
        asked = _asked(links, up.level, firm)
        lost += weight[firm] * (asked - min(asked, up.level[firm]))
    return lost


@compiled
def _inputs(links, weight, down, touched, up, ahead):
    """Return what lost inputs have cost, and how much of it is on top of lost demand."""
    lost, more = 0.0, 0.0
    for place in range(touched):
        firm = down.touched[place]
        loss, level = down.loss[firm], up.level[firm]
        if ahead and loss > 1.0 - level:
            level = min(level, _asked(links, up.level, firm))
        lost += weight[firm] * loss
        more += weight[firm] * max(loss - (1.0 - level), 0.0)
    return lost, more


@compiled
def _clear(links, down, downs, up, ups):
    """Put back what a scenario has touched."""
    for industry in range(len(down.left)):
        down.left[industry] = links.industry_output[industry]
    for place in range(downs):
        firm = down.touched[place]
        down.loss[firm] = down.short[firm] = down.worst[firm] = 0.0
        for group in range(links.groups[firm], links.groups[firm + 1]):
            down.sums[group] = 0.0
    for place in range(ups):
        firm = up.touched[place]
        up.level[firm] = up.before[firm] = 1.0
        up.unasked[firm] = 0.0
