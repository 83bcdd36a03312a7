"""Back-test: part of the known links is hidden, what ranks firms for an item is
asked for them, and their ranks are counted.

Filtered ranks (Bordes et al., NIPS 2013): other known links of the item, hidden or not, are no
candidates; equals share the middle of their places. Candidates are all firms that are linked to anything.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.stats import t as student

from graph.deadline import check
from queries.networks.answers import BackTest, Interval, MethodMeasured
from queries.networks.link_prediction import PARTS, Floats, Ints, KnownLinks, Neighbourhood, fit

LEAST = 3  # links that a firm keeps
ENOUGH = 50  # hidden links below which no measure is told
CUTS = (10, 20, 50)
BLOCK = 2_000_000  # pairs of item and firm scored at once
MODEL = "本模型"
ALL, KNOWN = "全部", "另有已知企业的"
Scorer = Callable[[Ints], Floats]


def hide(pairs: Ints, random: np.random.Generator, share: float = 0.2) -> NDArray[np.bool_]:
    """Return which links are hidden: a share of all, drawn at random, as far as every firm keeps three."""
    left = np.bincount(pairs[:, 0])
    hidden = np.zeros(len(pairs), bool)
    wanted = int(share * len(pairs))
    for place in random.permutation(len(pairs)):
        if wanted and left[pairs[place, 0]] > LEAST:
            hidden[place] = True
            left[pairs[place, 0]] -= 1
            wanted -= 1
    return hidden


def scorers(links: KnownLinks, training: Ints, seed: int) -> Mapping[str, Scorer]:
    """Return the methods by name, each learned from the kept links alone; a
    method returns scores of shape (items, firms)."""
    model = fit(links, training, seed, hide)
    evidence = model.evidence
    common, rare = (
        two_steps(evidence, np.ones(len(links.items))),
        two_steps(evidence, 1 / np.log(np.maximum(evidence.makers, 2))),
    )

    def part(name: str) -> Scorer:
        return lambda items: evidence.parts(items)[PARTS.index(name)]

    def walk(table: csr_array) -> Scorer:
        return lambda items: (evidence.made[items] @ table).toarray()

    def added(items: Ints) -> Floats:
        parts = evidence.parts(items)
        chosen = [walk(rare)(items), parts[PARTS.index("text")], parts[PARTS.index("makers")]]
        total: Floats = sum(
            (values / np.maximum(values.max(axis=1, keepdims=True), 1e-9) for values in chosen), np.zeros_like(parts[0])
        )
        return total

    return {
        "只看规模": part("size"),
        "文字最近": part("text"),
        "共同邻居": walk(common),
        "Adamic-Adar": walk(rare),
        "Adamic-Adar+行业+文字": added,
        MODEL: model.scores,
    }


def two_steps(evidence: Neighbourhood, weights: NDArray[np.float64]) -> csr_array:
    """Return the weights of the items that two firms share, summed, shape
    (firms, firms), nothing from a firm to itself.

    From an item over its firms these are the paths of three steps to a firm: with ones common neighbours, with 1 / log
    of the item's firms Adamic-Adar (Social Networks 25:211, 2003) of the two firms in the graph of firms and items.
    """
    table = csr_array(evidence.held @ diags_array(weights.astype(np.float32)) @ evidence.made)
    return csr_array(table - diags_array(table.diagonal()))


def ranks(score: Scorer, known: csr_array, asked: Ints) -> NDArray[np.float64]:
    """Return the filtered rank of the firm of each asked link among all firms;
    ``known``: all links, shape (items, firms)."""
    items, place = np.unique(asked[:, 1], return_inverse=True)
    order = np.argsort(place, kind="stable")
    link_ranks = np.empty(len(asked))
    step = max(1, BLOCK // known.shape[1])
    for start in range(0, len(items), step):
        check()
        block = items[start : start + step]
        mine = order[np.searchsorted(place[order], start) : np.searchsorted(place[order], start + len(block))]
        scores = np.array(score(block), np.float32)
        own = scores[place[mine] - start, asked[mine, 0]]
        scores[known[block].toarray() > 0] = -np.inf
        for link, value in zip(mine, own, strict=True):
            row = scores[place[link] - start]
            link_ranks[link] = 1 + np.count_nonzero(row > value) + np.count_nonzero(row == value) / 2
    return link_ranks


def measure(link_ranks: NDArray[np.float64], cuts: Iterable[int]) -> list[float]:
    """Return the mean reciprocal rank and the recall at each cut: the share of
    the asked links whose rank is within it."""
    return [float((1 / link_ranks).mean()), *(float((link_ranks <= cut).mean()) for cut in cuts)]


def interval(values: NDArray[np.float64]) -> Interval:
    """Return mean, low and high of the 95 % interval; of one value there is none."""
    mean = float(values.mean())
    if len(values) == 1:
        return mean, None, None
    half = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5)
    return mean, mean - half, mean + half


def backtest(
    links: KnownLinks, share: float = 0.2, seeds: int = 5, told: Callable[[str], None] = lambda text: None
) -> BackTest:
    """Return how well each method finds hidden links again, over the seeds 0,
    1, …; ``told`` hears what is being done."""
    counts = {"links": len(links.pairs), "firms": len(links.firms), "items": len(links.items), "seeds": seeds}
    results: dict[tuple[str, str], list[list[float]]] = {}
    for seed in range(seeds):
        hidden = hide(links.pairs, np.random.default_rng(seed), share)
        if hidden.sum() < ENOUGH:
            few = (
                f"只藏得起 {hidden.sum()} 条关系(每家企业至少留 {LEAST} 条),不到 {ENOUGH} 条,看不出哪种方法好,不列数字"
            )
            return BackTest(**counts, measures=[], too_few=few)
        asked, training = links.pairs[hidden], links.pairs[~hidden]
        again = np.bincount(training[:, 1], minlength=len(links.items))[asked[:, 1]] > 0
        for name, score in scorers(links, training, seed).items():
            told(f"第 {seed + 1}/{seeds} 次: {name}")
            link_ranks = ranks(score, links.taken(links.pairs), asked)
            for title, part in ((ALL, link_ranks), (KNOWN, link_ranks[again])):
                if len(part) >= ENOUGH:
                    results.setdefault((title, name), []).append([len(part), *measure(part, CUTS)])
    measures = []
    for (title, name), rows in results.items():
        if len(rows) < seeds:  # too few in some of the draws: what is left would be a choice of draws
            continue
        table = np.array(rows)
        mrr, *recalls = (interval(column) for column in table.T[1:])
        recall = dict(zip(CUTS, recalls, strict=True))
        measures.append(
            MethodMeasured(method=name, asked=title, hidden=float(table[:, 0].mean()), mrr=mrr, recall=recall)
        )
    return BackTest(**counts, measures=sorted(measures, key=lambda measure: measure.asked != ALL))
