"""The firms that the link model thinks could make a product though no record says so; always said to be inferred."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from queries.city.city import City
from queries.core.view import View
from queries.networks.backtest import hide
from queries.networks.known_links import links_of
from queries.networks.link_prediction import PARTS, Model, fit
from queries.targets.weights import Weights

SHOWN = 2  # reasons of the model in a sentence


@dataclass(frozen=True)
class Guess:
    """A firm that could make a product: its score over the best score of the
    product, and the model's largest reasons."""

    firm: str
    share: float
    reason: str


@dataclass(frozen=True)
class Makers:
    """The model of who makes what, with the ids behind its numbers."""

    model: Model
    firms: list[str]
    products: dict[str, int]

    def guesses(self, product: str, among: Collection[str], weights: Weights) -> list[Guess]:
        """Return the firms among some that the model thinks of first for a product, the likeliest first.

        They must be among the first of all firms that are not known to make it,
        and more than a syllable must speak for them.
        """
        item, limits = self.products.get(product), weights.inferred
        if item is None:
            return []
        scores = self.model.scores(np.array([item]))[0]
        parts = dict(zip(PARTS, self.model.evidence.parts(np.array([item]))[:, 0], strict=True))
        grounded = (parts["text"] >= limits.alike.value) | (parts["shared"] > 0) | (parts["makers"] > 0)
        best = float(scores.max(initial=0))
        scores[self.model.evidence.made[[item]].indices] = -np.inf
        order = [int(firm) for firm in np.argsort(-scores, kind="stable")[: int(limits.within.value)]]
        likely = [firm for firm in order if grounded[firm] and scores[firm] > 0 and self.firms[firm] in among]
        return [
            Guess(self.firms[firm], round(float(scores[firm]) / best, 4), self._why(firm, item))
            for firm in likely[: int(limits.most.value)]
        ]

    def _why(self, firm: int, item: int) -> str:
        reasons = self.model.reasons(firm, item)
        return "；".join([reason.words for reason in reasons if reason.part != "size"][:SHOWN])


def makers_model(view: View, city: City) -> Makers:
    """Return the model of who makes what in the graph, learned once for each version of it."""

    def make() -> Makers:
        products = sorted(city.names["Product"])
        links = links_of(city, "PRODUCES", also=products)
        firms = sorted(set(city.going("PRODUCES")["from"]))
        model = fit(links, links.pairs, 0, hide)
        return Makers(model, firms, {id: number for number, id in enumerate(products)})

    return view.once("makers", make)
