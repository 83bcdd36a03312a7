"""How well a product meets a need: the same product, a kind of it by its name, a wider word, or only the same segment.

A Chinese noun has its head at the end, so a name that ends with the needed product's name
is a kind of it; see ``queries.matching.chain_mapping``, whose rule this is. A name that
only shares the rarer words is worth a look, no more: see ``queries.matching.products``.
"""

from collections import defaultdict
from dataclasses import dataclass

from graph.deadline import check
from queries.city.city import City
from queries.core.reason import Reason
from queries.core.view import View
from queries.matching.answers import Level
from queries.matching.chain_mapping import SURE, bare
from queries.matching.products import NearProducts
from queries.openings.catalogue import say


@dataclass(frozen=True)
class Fit:
    """How well a product meets a need, and why in words."""

    level: Level
    words: Reason

    @property
    def fills(self) -> bool:
        """Tell whether it is good enough for the firm to take the place."""
        return self.level != Level.low


class Fits:
    """The words of every product of the city; compared with a need on demand."""

    def __init__(self, city: City) -> None:
        self.names = city.names["Product"]
        self.words: dict[str, tuple[str, ...]] = {}
        for id, name, aliases in city.nodes["Product"].select("id", "name", "aliases").iter_rows():
            self.words[id] = tuple(dict.fromkeys(bare(word) for word in (name, *(aliases or ()))))
        self.ids = list(self.names)
        self.alike = NearProducts(list(self.names.values()))
        self.by_word: dict[str, list[str]] = defaultdict(list)
        self.by_ending: dict[str, list[str]] = defaultdict(list)
        for id, words in self.words.items():
            check()
            for word in words:
                self.by_word[word].append(id)
                for start in range(1, len(word) - SURE + 1):
                    self.by_ending[word[start:]].append(id)

    def near(self, need: str) -> dict[str, Fit]:
        """Return the products whose words say that they meet a need, the product itself first; ids by fit."""
        check()
        fits = {need: Fit(Level.high, say("same_product", product=self.names[need]))}
        own = self.words[need]
        for word in own:
            for id in self.by_word[word]:
                fits.setdefault(
                    id, Fit(Level.high, say("same_name", product=self.names[id], need=self.names[need], word=word))
                )
        for word in own:
            for id in self.by_ending.get(word, ()):
                fits.setdefault(id, Fit(Level.middle, say("kind_of_it", product=self.names[id], word=word)))
        for word in own:
            for start in range(1, len(word) - SURE + 1):
                for id in self.by_word.get(word[start:], ()):
                    fits.setdefault(id, Fit(Level.low, say("wider_word", product=self.names[id], word=word[start:])))
        for place, covered, shared in self.alike.near(self.names[need]):
            id, told = self.ids[place], "".join(f"“{word}”" for word in shared)
            words = say("shared_words", product=self.names[id], need=self.names[need], words=told, covered=covered)
            fits.setdefault(id, Fit(Level.low, words))
        return fits


def fits_of(view: View, city: City) -> Fits:
    """Return the words of a city's products, made once for each version of the graph."""
    return view.once("fits", lambda: Fits(city))
