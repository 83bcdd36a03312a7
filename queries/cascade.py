"""The inner loops of systemic risk, compiled: a shock runs up and down the supply links until it stands still.

A scenario begins alone, over the firms that it has touched so far. Once a step would be work on more than ``limit`` links
it takes one of ``LANES`` lanes of a block, which go over the network together, so that every link is read once for all of
them; a lane that stands still gives way to the next scenario. What a scenario yields depends on neither the other lanes
nor on their number: each lane adds up by itself, in the order of the links.

``down`` is the level of a firm's output that its suppliers allow, ``up`` the level that its customers still ask for.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES = 8  # one cache line of float64

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
compiled: Any = njit(nogil=True, error_model="numpy", cache=True)


class Links(NamedTuple):
    """A network as the loops read it: firms' inputs in groups that stand in for one another, and their customers."""

    industry: Ints  # of each firm
    output: Floats  # of each firm: all that it sells
    industry_output: Floats
    in_groups: Ints  # firm j has the groups in_groups[j] to in_groups[j + 1]
    group_links: Ints  # group q has the links group_links[q] to group_links[q + 1]
    in_firm: Places
    in_share: Floats  # what the loss of all that this link brings would take from the buyer's output
    out_links: Ints  # firm i has the links out_links[i] to out_links[i + 1]
    out_firm: Places
    out_amount: Floats
    suppliers: Ints  # firm j has the suppliers supplier[suppliers[j]] to supplier[suppliers[j + 1]]
    supplier: Places


class Caps(NamedTuple):
    """The firms that each scenario holds down: scenario s has caps[s] to caps[s + 1]."""

    caps: Ints
    firm: Places
    level: Floats


@compiled
def run(links, caps, weight, tolerance, substitution, limit, first, last, found):
    """Put the loss of each scenario from ``first`` to ``last`` into ``found``: as a whole, by lost inputs, by lost demand."""
    firms = len(links.output)
    down, up, fresh_up = np.ones((firms, LANES)), np.ones((firms, LANES)), np.ones((firms, LANES))
    short = np.zeros((firms, LANES))
    left = np.zeros((len(links.industry_output), LANES))
    moved, added, worst = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    alone = _scratch(firms, len(links.industry_output))
    whole = weight.sum()
    scenario = np.full(LANES, -1, np.int64)
    upcoming, running = first, 0
    while True:
        for lane in range(LANES):
            while scenario[lane] < 0 and upcoming < last:
                begin, end = caps.caps[upcoming], caps.caps[upcoming + 1]
                stands, downs, ups = _begin(links, caps, begin, end, tolerance, substitution, limit, alone)
                if stands:
                    _sum_touched(alone, downs, ups, weight, whole, found[upcoming])
                else:
                    scenario[lane] = upcoming
                    running += 1
                    for firm in range(firms):
                        down[firm, lane] = alone[0][firm]
                        up[firm, lane] = alone[1][firm]
                _clear(alone, downs, ups, caps, begin, end)
                upcoming += 1
        if running == 0:
            return
        _shortfalls(links, substitution, down, left, short)
        moved[:] = 0.0
        _step_down(links, short, added, worst, down, moved)
        _step_up(links, up, added, fresh_up, moved)
        up, fresh_up = fresh_up, up
        for lane in range(LANES):
            number = scenario[lane]
            if number < 0:
                continue
            for cap in range(caps.caps[number], caps.caps[number + 1]):
                firm, level = caps.firm[cap], caps.level[cap]
                down[firm, lane] = min(down[firm, lane], level)
                up[firm, lane] = min(up[firm, lane], level)
            if moved[lane] <= tolerance:
                _sum_lane(down, up, lane, weight, whole, found[number])
                scenario[lane] = -1
                running -= 1


@compiled
def _shortfalls(links, substitution, down, left, short):
    """Put into ``short`` what each firm's customers lack, after others of its industry have stepped in as far as they can."""
    if not substitution:
        for firm in range(len(links.output)):
            for lane in range(LANES):
                short[firm, lane] = 1.0 - down[firm, lane]
        return
    left[:] = 0.0
    for firm in range(len(links.output)):
        industry, output = links.industry[firm], links.output[firm]
        for lane in range(LANES):
            left[industry, lane] += output * down[firm, lane]
    for firm in range(len(links.output)):
        industry, output = links.industry[firm], links.output[firm]
        if output > 0.0:
            for lane in range(LANES):
                there = left[industry, lane]
                share = min(output / there, 1.0) if there > 0.0 else 1.0
                short[firm, lane] = share * (1.0 - down[firm, lane])


@compiled
def _step_down(links, short, added, worst, down, moved):
    """Let every firm feel what its suppliers lack: the worst of its groups of inputs decides."""
    for firm in range(len(links.output)):
        worst[:] = 0.0
        for group in range(links.in_groups[firm], links.in_groups[firm + 1]):
            link, end = links.group_links[group], links.group_links[group + 1]
            supplier, share = links.in_firm[link], links.in_share[link]
            if end - link == 1:  # most groups are one supplier
                for lane in range(LANES):
                    worst[lane] = max(worst[lane], share * short[supplier, lane])
                continue
            for lane in range(LANES):
                added[lane] = share * short[supplier, lane]
            for more in range(link + 1, end):
                supplier, share = links.in_firm[more], links.in_share[more]
                for lane in range(LANES):
                    added[lane] += share * short[supplier, lane]
            for lane in range(LANES):
                worst[lane] = max(worst[lane], added[lane])
        for lane in range(LANES):
            fresh = 1.0 - worst[lane]
            moved[lane] = max(moved[lane], down[firm, lane] - fresh)
            down[firm, lane] = fresh


@compiled
def _step_up(links, up, added, fresh_up, moved):
    """Let every firm feel what its customers no longer ask for."""
    for firm in range(len(links.output)):
        output = links.output[firm]
        if output > 0.0:
            added[:] = 0.0
            for link in range(links.out_links[firm], links.out_links[firm + 1]):
                customer, amount = links.out_firm[link], links.out_amount[link]
                for lane in range(LANES):
                    added[lane] += amount * up[customer, lane]
            for lane in range(LANES):
                fresh = min(added[lane] / output, 1.0)
                moved[lane] = max(moved[lane], up[firm, lane] - fresh)
                fresh_up[firm, lane] = fresh
        else:
            fresh_up[firm] = 1.0


@compiled
def _scratch(firms, industries):
    """Return what one scenario alone works with: down, up, short, cap, lost by industry, marks, touched down and up, candidates, values."""
    return (
        np.ones(firms), np.ones(firms), np.zeros(firms), np.ones(firms), np.zeros(industries), np.zeros(firms, np.bool_),
        np.zeros(firms, np.int32), np.zeros(firms, np.int32), np.zeros(2 * firms, np.int32), np.zeros(2 * firms),
    )  # fmt: skip


@compiled
def _begin(links, caps, begin, end, tolerance, substitution, limit, alone):
    """Take one scenario as far as it touches little; return whether it stands still, and how many firms it touched down and up."""
    down, up, short, cap, lost, marked, downs, ups, candidates, fresh = alone
    touched_down, touched_up, moved = 0, 0, 0.0
    for place in range(begin, end):
        firm, level = caps.firm[place], caps.level[place]
        if level < 1.0:
            down[firm] = up[firm] = cap[firm] = level
            downs[touched_down] = ups[touched_up] = firm
            touched_down += 1
            touched_up += 1
            moved = max(moved, 1.0 - level)
    while moved > tolerance:
        # The customers of the touched before come first among the candidates, their suppliers from ``middle`` on.
        middle = _reach(downs, touched_down, links.out_links, links.out_firm, marked, candidates, 0)
        count = _reach(ups, touched_up, links.suppliers, links.supplier, marked, candidates, middle)
        work = 0
        for place in range(middle):
            firm = candidates[place]
            work += links.group_links[links.in_groups[firm + 1]] - links.group_links[links.in_groups[firm]]
        for place in range(middle, count):
            firm = candidates[place]
            work += links.out_links[firm + 1] - links.out_links[firm]
        if work > limit:
            return False, touched_down, touched_up
        _shortfalls_of(downs, touched_down, links, substitution, down, lost, short)
        for place in range(middle):
            firm = candidates[place]
            fresh[place] = min(1.0 - _worst_input(links, firm, short), cap[firm])
        for place in range(middle, count):
            firm = candidates[place]
            fresh[place] = min(_asked_for(links, firm, up), cap[firm])
        touched_down, moved_down = _settle(candidates, 0, middle, fresh, down, downs, touched_down)
        touched_up, moved_up = _settle(candidates, middle, count, fresh, up, ups, touched_up)
        moved = max(moved_down, moved_up)
    return True, touched_down, touched_up


@compiled
def _reach(touched, number, starts, neighbour, marked, candidates, count):
    """Add the neighbours of the touched firms to the candidates after ``count``, each once; return how many there are then."""
    first = count
    for place in range(number):
        firm = touched[place]
        for link in range(starts[firm], starts[firm + 1]):
            other = neighbour[link]
            if not marked[other]:
                marked[other] = True
                candidates[count] = other
                count += 1
    for place in range(first, count):
        marked[candidates[place]] = False
    return count


@compiled
def _shortfalls_of(downs, number, links, substitution, down, lost, short):
    """Put into ``short`` what the customers of the touched firms lack; the rule is that of ``_shortfalls``."""
    for place in range(number):
        lost[links.industry[downs[place]]] = 0.0
    for place in range(number):
        firm = downs[place]
        lost[links.industry[firm]] += links.output[firm] * (1.0 - down[firm])
    for place in range(number):
        firm = downs[place]
        industry, output = links.industry[firm], links.output[firm]
        share = 1.0
        if substitution and output > 0.0:
            there = links.industry_output[industry] - lost[industry]
            share = min(output / there, 1.0) if there > 0.0 else 1.0
        short[firm] = share * (1.0 - down[firm]) if output > 0.0 else 0.0


@compiled
def _worst_input(links, firm, short):
    """Return the share of a firm's output that the worst of its groups of inputs takes."""
    worst = 0.0
    for group in range(links.in_groups[firm], links.in_groups[firm + 1]):
        added = 0.0
        for link in range(links.group_links[group], links.group_links[group + 1]):
            added += links.in_share[link] * short[links.in_firm[link]]
        worst = max(worst, added)
    return worst


@compiled
def _asked_for(links, firm, up):
    """Return the share of a firm's output that its customers still ask for."""
    added = 0.0
    for link in range(links.out_links[firm], links.out_links[firm + 1]):
        added += links.out_amount[link] * up[links.out_firm[link]]
    return added / links.output[firm]


@compiled
def _settle(candidates, first, last, fresh, level, touched, number):
    """Give candidates their fresh levels; return how many firms are touched then, and by how much the furthest moved."""
    moved = 0.0
    for place in range(first, last):
        firm = candidates[place]
        if fresh[place] < 1.0 and level[firm] == 1.0:
            touched[number] = firm
            number += 1
        moved = max(moved, level[firm] - fresh[place])
        level[firm] = fresh[place]
    return number, moved


@compiled
def _clear(alone, touched_down, touched_up, caps, begin, end):
    """Put back what a scenario alone has touched."""
    down, up, short, cap, _, _, downs, ups, _, _ = alone
    for place in range(touched_down):
        down[downs[place]] = 1.0
        short[downs[place]] = 0.0
    for place in range(touched_up):
        up[ups[place]] = 1.0
    for place in range(begin, end):
        cap[caps.firm[place]] = 1.0


@compiled
def _sum_touched(alone, touched_down, touched_up, weight, whole, found):
    """Add up what a scenario alone has cost."""
    down, up, downs, ups = alone[0], alone[1], alone[6], alone[7]
    lost, by_input, by_demand = 0.0, 0.0, 0.0
    for place in range(touched_down):
        firm = downs[place]
        by_input += weight[firm] * (1.0 - down[firm])
        lost += weight[firm] * (1.0 - min(down[firm], up[firm]))
    for place in range(touched_up):
        firm = ups[place]
        by_demand += weight[firm] * (1.0 - up[firm])
        if down[firm] == 1.0:
            lost += weight[firm] * (1.0 - up[firm])
    found[0], found[1], found[2] = lost / whole, by_input / whole, by_demand / whole


@compiled
def _sum_lane(down, up, lane, weight, whole, found):
    """Add up what the scenario of a lane has cost."""
    lost, by_input, by_demand = 0.0, 0.0, 0.0
    for firm in range(len(weight)):
        lost += weight[firm] * (1.0 - min(down[firm, lane], up[firm, lane]))
        by_input += weight[firm] * (1.0 - down[firm, lane])
        by_demand += weight[firm] * (1.0 - up[firm, lane])
    found[0], found[1], found[2] = lost / whole, by_input / whole, by_demand / whole
