"""Which firm an unknown link leads to: who could make a product, or supply a
buyer, learned only from the links that are known.

A score is a sum of six parts, each a weight times log(1 + x / scale), x being never negative:

==========  ===========================================================================================================
part        x ==========
=========================================================================================================== size
how many items the firm is linked to shared      Adamic-Adar over three steps, damped: firms of the item that share
other items with the firm makers      which part of the firms of its industry are linked to the item text        cosine
of the item's name with the names of all the firm is linked to (character n-grams, tf-idf) name        the same with the
firm's own text: its names and industry peers       the mean over its industry of the text likeness (squared) of the 30
firms that are nearest to the item in text ==========
===========================================================================================================

The weights, none negative, are those under which hidden links of the known ones are likeliest (conditional
logit, McFadden, 1974): one set for items that a firm is known for, one for items that none is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array, diags_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from graph.deadline import check

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

PARTS = ("size", "shared", "makers", "text", "name", "peers")
SCALES = np.array([1, 0.02, 0.02, 0.03, 0.03, 0.01], np.float32)
MANY = 1000  # items, beyond which an n-gram that comes once is left out
NEAREST = 30  # firms that stand for an item's makers in ``peers``
LEARNED_ON = 4_000_000  # pairs of a hidden link's item with a firm, at most
FEWEST = 30  # hidden links from which weights are learned; with fewer, every part weighs 1
FEW = 3  # names in a sentence
CALM = 1e-3  # of the squared weights
NOTHING = 1e-6  # what is shared is far more, or nothing that was not rounded away

_noise = re.compile(r"[\W_]+|股份有限公司|有限责任公司|有限公司")


@dataclass(frozen=True)
class KnownLinks:
    """Links between firms and items (products, or buyers), with the texts of both.

    ``pairs``: indices of firm and item, shape (links, 2), sorted, each pair once. ``groups``: the industry
    of each firm, −1 where unknown. ``never``: pairs that cannot be links: a firm and itself as buyer.
    """

    pairs: Ints
    firms: list[str]
    items: list[str]
    firm_texts: list[str]
    item_texts: list[str]
    groups: Ints
    never: Ints

    @cached_property
    def vectors(self) -> tuple[csr_array, csr_array]:
        """Return the n-gram vectors of items, shape (items, n-grams), and of firms."""
        texts = [_noise.sub(" ", text) for text in self.item_texts]
        often = 2 if len(texts) > MANY else 1
        grams = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(1, 4), min_df=often, sublinear_tf=True, dtype=np.float32
        )
        items = csr_array(grams.fit_transform(texts))
        return items, csr_array(grams.transform([_noise.sub(" ", text) for text in self.firm_texts]))

    @cached_property
    def members(self) -> csr_array:
        """Return which firm is in which industry, shape (firms, industries)."""
        known = np.flatnonzero(self.groups >= 0)
        many = int(self.groups.max(initial=0)) + 1
        return csr_array((np.ones(len(known), np.float32), (known, self.groups[known])), shape=(len(self.firms), many))

    def over_peers(self, table: csr_array) -> Floats:
        """Return what the others of each firm's industry have, over all of that
        industry, shape (rows, firms) as ``table``."""
        share = (1 / np.maximum(self.members.sum(axis=0), 1)).astype(np.float32)
        whole = (table @ self.members @ diags_array(share) @ self.members.T).toarray()
        mean: Floats = whole - (table @ diags_array(self.members @ share)).toarray()
        return np.maximum(mean, 0, out=mean)

    def taken(self, pairs: Ints) -> csr_array:
        """Return what is no candidate beside some links, shape (items, firms): these links, and what cannot be one."""
        return self.table(np.concatenate([pairs, self.never]))

    def table(self, pairs: Ints) -> csr_array:
        """Return pairs as ones, all others as zeros, shape (items, firms)."""
        ones = np.ones(len(pairs), np.float32)
        return csr_array((ones, (pairs[:, 1], pairs[:, 0])), shape=(len(self.items), len(self.firms)))


class Neighbourhood:
    """What some of the links say about every pair of firm and item, by part."""

    def __init__(self, links: KnownLinks, pairs: Ints) -> None:
        self.links = links
        self.made = links.table(pairs)
        self.sizes = np.bincount(pairs[:, 0], minlength=len(links.firms)).astype(np.float32)
        self.makers = np.bincount(pairs[:, 1], minlength=len(links.items))
        check()
        self.held = csr_array(self.made.T)
        self.rare = (1 / np.log1p(np.maximum(self.makers, 1))).astype(np.float32)
        self.small = (1 / np.log1p(np.maximum(self.sizes, 1))).astype(np.float32)
        summed = csr_array(self.held @ links.vectors[0])
        summed.data = np.log1p(summed.data)
        self.profiles = csr_array(normalize(summed)).T.tocsr()

    def parts(self, items: Ints) -> Floats:
        """Return the parts before they are weighed, shape (parts, items, firms)."""
        check()
        made, grams = self.made[items], self.links.vectors[0][items]
        text = (grams @ self.profiles).toarray()
        near = text**2
        if text.shape[1] > NEAREST:
            near[text < np.partition(text, -NEAREST, axis=1)[:, [-NEAREST]]] = 0
        return np.stack(
            [
                np.broadcast_to(self.sizes, text.shape),
                self._shared(made),
                self.links.over_peers(made),
                text,
                (grams @ self.links.vectors[1].T).toarray(),
                self.links.over_peers(csr_array(near)),
            ]
        )

    def _shared(self, made: csr_array) -> Floats:
        """Return Adamic-Adar over three steps, damped: by way of the items, as
        a table of firms and firms has no room for many firms."""
        damped = csr_array(made @ diags_array(self.small.astype(np.float64)))
        shared = (damped @ self.held @ diags_array(self.rare.astype(np.float64)) @ self.made).toarray()
        shared -= (damped @ diags_array(self.held @ self.rare.astype(np.float64))).toarray()  # from a firm to itself
        shared[shared < NOTHING] = 0
        floats: Floats = shared.astype(np.float32)
        return floats

    def alike(self, makers: Ints, firm: int) -> Floats:
        """Return what some firms share with a firm, damped; nothing for the firm itself."""
        shared: Floats = (self.held[makers] @ diags_array(self.rare) @ self.made[:, [firm]]).toarray()[
            :, 0
        ] * self.small[makers]
        return np.where(makers == firm, 0, shared)


@dataclass(frozen=True)
class LinkReason:
    """One part of a score: what it adds to it, and what it rests on, in words."""

    part: str
    adds: float
    words: str


class Model:
    """Scores of all firms for an item; ``weights``: one row for items that no firm is known for, one for the others."""

    def __init__(self, evidence: Neighbourhood, weights: NDArray[np.float64]) -> None:
        self.evidence = evidence
        self.weights = weights

    def scores(self, items: Ints) -> Floats:
        """Return how well each firm fits each item, shape (items, firms); to be compared within an item only."""
        return _weighed(self.evidence.parts(items), self._weights(items))

    def _weights(self, items: Ints) -> Floats:
        weights: Floats = self.weights[(self.evidence.makers[items] > 0).astype(int)].astype(np.float32)
        return weights

    def reasons(self, firm: int, item: int) -> list[LinkReason]:
        """Return what makes up the score of a firm for an item, the largest
        part first; parts that add nothing are left out."""
        items = np.array([item])
        adds = _logs(self.evidence.parts(items))[:, 0, firm] * self._weights(items)[0]
        order = np.argsort(-adds, kind="stable")
        return [
            LinkReason(PARTS[part], float(adds[part]), self._words(PARTS[part], firm, item))
            for part in order
            if adds[part] > 0
        ]

    def _words(self, part: str, firm: int, item: int) -> str:
        links, made = self.evidence.links, self.evidence.made
        own = made[:, [firm]].nonzero()[0]
        if part == "size":
            return f"已知 {len(own)} 项"
        if part == "text":
            grams = links.vectors[0]
            nearest = own[np.argmax((grams[own] @ grams[[item]].T).toarray()[:, 0])]
            return f"名称相近：已有“{links.items[nearest]}”"
        if part == "name":
            return f"企业的名称或行业与“{links.items[item]}”字面相近"
        if part == "peers":
            return "同行企业的产品名称相近"
        makers = made[[item]].indices
        if part == "makers":
            peers = [links.firms[maker] for maker in makers if links.groups[maker] == links.groups[firm]]
            return f"同行企业也有：{'、'.join(peers[:FEW])}{f' 等 {len(peers)} 家' if len(peers) > FEW else ''}"
        best = makers[np.argmax(self.evidence.alike(makers, firm))]
        common = np.intersect1d(own, made[:, [best]].nonzero()[0])
        return f"与已知的“{links.firms[best]}”同有“{'、'.join(links.items[number] for number in common[:FEW])}”"


def fit(
    links: KnownLinks, pairs: Ints, seed: int, hide: Callable[[Ints, np.random.Generator], NDArray[np.bool_]]
) -> Model:
    """Return the model learned from some of the links, of which ``hide`` marks
    those that the weights are learned on."""
    random = np.random.default_rng(seed)
    weights = np.ones((2, len(PARTS)))
    hidden = hide(pairs, random)
    evidence = Neighbourhood(links, pairs[~hidden])
    asked = random.permutation(pairs[hidden])
    for known in (0, 1):
        mine = asked[(evidence.makers[asked[:, 1]] > 0) == known][: LEARNED_ON // (2 * len(links.firms))]
        if len(mine) >= FEWEST:
            weights[known] = _learn(evidence, mine, links.taken(pairs))
    return Model(Neighbourhood(links, pairs), weights)


def _learn(evidence: Neighbourhood, asked: Ints, taken: csr_array) -> NDArray[np.float64]:
    """Return the weights under which the firms of the hidden links are
    likeliest among all that are not known for the item."""
    items, firms, rows = asked[:, 1], asked[:, 0], np.arange(len(asked))
    values = _logs(evidence.parts(items))
    out = taken[items].toarray() > 0
    out[rows, firms] = False
    values[:, out] = 0

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        check()
        scores = np.tensordot(weights.astype(np.float32), values, 1)
        scores[out] = -np.inf
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        right = chances[rows, firms]
        chances[rows, firms] -= 1
        slope = np.tensordot(values, chances, 2) / len(asked)
        return float(-np.log(right + 1e-30).mean() + CALM * weights @ weights), slope + 2 * CALM * weights

    bounds = [(0, None)] * len(PARTS)
    fitted: Any = minimize(
        loss, np.full(len(PARTS), 0.5), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60}
    )
    weights: NDArray[np.float64] = fitted.x
    return weights


def _logs(parts: Floats) -> Floats:
    logs: Floats = np.log1p(parts / SCALES[:, None, None])
    return logs


def _weighed(parts: Floats, weights: Floats) -> Floats:
    scores: Floats = np.einsum("ip,pif->if", weights, _logs(parts), optimize=True)
    return scores
