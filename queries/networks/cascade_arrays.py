"""The arrays that the inner loops of systemic risk read, apart from the loops: numba takes half a second to import."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# without a sign: no index is checked for counting from the end, which halves the time of a step
Places = NDArray[np.uint32]


class Links(NamedTuple):
    """A network as the loops read it; of each kind of links, firm i has those from starts[i] to starts[i + 1]."""

    industry: Places  # of each firm
    output: Floats  # of each firm: all that it sells
    industry_output: Floats
    groups: Places  # starts of a firm's groups of inputs that have several suppliers
    # starts of the links to customers that feel the loss; first to those where the supplier is a group by itself,
    felt: Places
    felt_summed: Places  # from here on to those where it is one of several
    felt_firm: Places
    felt_group: Places
    felt_share: Floats  # what the loss of all that this link brings would take from the customer's output
    need_order: Places  # firms by their number of needs; the links of firm need_order[p] begin at need[p]
    need: Places  # starts of the links to suppliers whose loss is felt, by group
    need_firm: Places
    need_amount: Floats
    need_whole: Floats  # all that this link's group brings, or all inputs if the group is what is not essential
    need_more: Floats  # 1 if the link goes on with the group of the one before, 0 if it begins one
    out: Places  # starts of the links to customers
    out_firm: Places
    out_amount: Floats
    into: Places  # starts of the links to suppliers
    into_firm: Places
    into_amount: Floats


class Caps(NamedTuple):
    """The firms that each scenario holds down: scenario s has caps[s] to caps[s + 1]."""

    caps: Ints
    firm: Places
    level: Floats
