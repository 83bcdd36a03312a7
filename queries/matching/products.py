"""Products whose names share the rarer words of another: worth a look, never taken for the same."""

from collections.abc import Sequence

import numpy as np

from queries.matching.grams import count, gram_keys, plain, shared_words

LEAST = 0.4  # of the rarity of a name's grams, from which on another name is near
MOST = 5


class NearProducts:
    """The names of products, compared with a text by the rarity of the grams that they share."""

    def __init__(self, names: Sequence[str]) -> None:
        self.texts = [plain(name) for name in names]
        self.vocabulary = np.unique(gram_keys(self.texts)[0])
        has = count(self.texts, self.vocabulary)
        has.data = np.ones_like(has.data)
        self.has = has
        often = np.bincount(has.indices, minlength=len(self.vocabulary))
        self.rarity = np.log(1 + len(self.texts) / np.maximum(often, 1))

    def near(self, text: str) -> list[tuple[int, float, list[str]]]:
        """Return the nearest names by their places, which part of the text each
        covers (0 to 1), and the words that they share."""
        bare = plain(text)
        asked = count([bare], self.vocabulary).toarray().ravel() > 0
        weights = np.where(asked, self.rarity, 0.0)
        total = float(weights.sum())
        if total == 0:
            return []
        covered = self.has @ weights / total
        order = np.lexsort((np.arange(len(covered)), -covered))[: MOST + 1]
        nearest = [(int(place), float(covered[place]), shared_words(bare, self.texts[place])) for place in order]
        return [
            (place, share, words)
            for place, share, words in nearest
            if share >= LEAST and words and self.texts[place] != bare
        ][:MOST]
