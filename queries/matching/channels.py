"""What speaks for each supplier, seen from one need: the channels that a score is made of, each a plain number.

=============  =====================================================================================================
channel        what it measures
=============  =====================================================================================================
all_bm25       BM25 of the need in all that the supplier says: products, name, industry
all_covered    which part of the need, its grams weighed by rarity, the supplier covers
main_products  cosine with the products, each counted by its share of the business
best_product   the best covered product, its coverage weighed by its share of the business
whole_product  a product that holds the whole need, and how little else
name           cosine with the name
industry       cosine with the name of its industries
peers          mean likeness of the firms of its industries to the need
factors        cosine in the space of latent factors
like_the_best  cosine, in that space, with the centre of the ten suppliers that are most like the need in words
trades         how likely its industries make what is needed, told from the names of the products of each (naive Bayes)
head, tail     rarity of the grams that it shares with the first half of the need, and with the second
=============  =====================================================================================================
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from queries.matching.derived import Derived, Singles
from queries.matching.grams import Floats, find, gram_keys, plain

CHANNELS = (
    "all_bm25", "all_covered", "main_products", "best_product", "whole_product", "name", "industry", "peers", "factors",
    "like_the_best",
    "trades", "head", "tail",
)  # fmt: skip
BEST = 10
SHARP = 2.0  # how sharply the likeliest industry stands out
WHOLE = 0.999
Places = NDArray[np.int64]


@dataclass(frozen=True)
class NeedTerms:
    """A need as the index sees it: its known grams (columns) with their rarity,
    and the rarity of all of its grams together."""

    text: str
    grams: Places
    rarity: Floats
    total: float


@dataclass(frozen=True)
class Channels:
    """The channels of every supplier, shape (suppliers, channels), and the
    coverage of every product held (in order of ``held``)."""

    values: Singles
    products: Singles


def ask(derived: Derived, text: str) -> NeedTerms:
    """Return a need as the index sees it."""
    bare = plain(text)
    keys = np.unique(gram_keys([bare])[0])
    columns, known = find(keys, derived.index.vocabulary)
    rarity = derived.bm25_rarity[columns[known]]
    strange = float(np.sum(~known)) * float(derived.bm25_rarity.max(initial=0.0))
    return NeedTerms(bare, columns[known], rarity, float(rarity.sum()) + strange)


def look(derived: Derived, asked: NeedTerms) -> Channels:
    """Return the channels of every supplier, reading only the columns of the need's grams."""
    weights = derived.rarity[asked.grams]
    weights = weights / max(float(np.linalg.norm(weights)), 1e-12)
    present = asked.rarity / max(asked.total, 1e-12)
    likeness = _add(derived.likeness, asked.grams, weights)
    factors = times(derived.factors, _unit(weights @ derived.loadings[asked.grams]))
    nearest = np.argpartition(-likeness, min(BEST, len(likeness) - 1))[:BEST]
    centre = _unit(likeness[nearest] @ derived.factors[nearest])
    held = derived.index.held
    covered = _add(derived.product_has, asked.grams, present)[held.indices]
    whole = np.zeros(len(derived.index), np.float32)
    for entry in np.flatnonzero(covered > WHOLE):
        row = np.searchsorted(held.indptr, entry, side="right") - 1
        whole[row] = max(whole[row], 1 / max(derived.product_length[entry] / max(len(asked.text), 1), 1))
    columns = (
        _add(derived.bm25, asked.grams, asked.rarity),
        _add(derived.has, asked.grams, present),
        _add(derived.weighted, asked.grams, weights),
        _most(covered * derived.share, held.indptr),
        whole,
        _add(derived.named, asked.grams, weights),
        _add(derived.trade, asked.grams, weights),
        derived.members @ ((likeness @ derived.members) / derived.industry_sizes),
        factors,
        times(derived.factors, centre),
        _trades(derived, asked),
        *(_add(derived.has, half.grams, half.rarity) for half in (ask(derived, text) for text in _halves(asked.text))),
    )
    # each channel lies together: all that follows goes along it
    return Channels(np.array(columns, np.float32).T, covered)


def _trades(derived: Derived, asked: NeedTerms) -> Floats:
    """Return how likely each supplier's industries are for a need, the
    likeliest industry counting 1 (McCallum & Nigam, 1998)."""
    if not len(asked.grams):
        return np.zeros(len(derived.index))
    known = _add(derived.trade_grams, asked.grams, np.ones(len(asked.grams))) / len(asked.grams) - derived.trade_sizes
    return np.asarray(derived.members @ np.exp(SHARP * (known - known.max())))


def _halves(text: str) -> tuple[str, str]:
    half = max(2, len(text) // 2)
    return text[:half], text[-half:]


def _add(matrix: sp.csc_matrix, grams: Places, weights: Floats) -> Singles:
    """Return the weighted sum of some columns."""
    total = np.zeros(matrix.shape[0], np.float32)
    for gram, weight in zip(grams, weights, strict=True):
        inside = slice(matrix.indptr[gram], matrix.indptr[gram + 1])
        total[matrix.indices[inside]] += matrix.data[inside] * np.float32(weight)
    return total


def _most(values: Singles, starts: Places) -> Singles:
    """Return the largest value of each row of a CSR matrix, 0 for a row without any."""
    most = np.zeros(len(starts) - 1, np.float32)
    filled = starts[:-1] < starts[1:]
    if filled.any():
        most[filled] = np.maximum.reduceat(values, starts[:-1][filled])
    return most


def times(rows: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """Return the weighted sum of each row, the same for equal rows wherever
    they stand (which BLAS does not promise)."""
    total: NDArray[Any] = np.einsum("ij,j->i", rows, weights)
    return total


def _unit(values: Floats | Singles) -> Singles:
    length = float(np.linalg.norm(values))
    return (values / length if length > 0 else values).astype(np.float32)


def largest(values: Singles) -> Singles:
    """Return the largest value of each channel, to divide by."""
    most: Singles = np.maximum(values.max(axis=0), np.float32(1e-9))
    return most


def features(values: Singles, rows: Places) -> Floats:
    """Return what weights are learned for, of some suppliers: each channel in two kinds, shape (rows, 2 × channels).

    Its distance from the mean of all suppliers in tenths of their standard
    deviation; and the logarithm of its rank among all, best 0.
    """
    chosen = values[rows].astype(np.float64)
    spread = (chosen - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-9) / 10
    ordered = np.sort(values, axis=0)
    rank = len(values) - np.column_stack(
        [np.searchsorted(ordered[:, at], values[rows, at], side="right") for at in range(values.shape[1])]
    )
    return np.column_stack([spread, -np.log((rank + 10) / 10) / 5])
