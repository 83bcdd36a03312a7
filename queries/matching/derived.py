"""What is derived from the counts of all suppliers: weights of grams, likeness, industries, latent factors."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.names.names import split_name
from queries.matching.grams import Floats, plain
from queries.matching.index import OfferIndex, Tell

SATURATION, LENGTH = 1.2, 0.75  # k1 and b of BM25 (Robertson & Zaragoza, 2009)
SMOOTHING = 0.05  # products of an industry that are taken to have each gram
FACTORS = 200
SAMPLE = 30_000  # suppliers, and products, that latent factors are fitted on
IN_TEXT, IN_PRODUCT = 0.25, 0.3  # a product's share of the business counts to this power, in all text and for itself
TRAITS = ("名称不带地名", "名称以“中国”开头", "同行业企业数的对数")
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Derived:
    """Everything that ranking a need reads; rows are suppliers in the order of the index.

    ``rarity`` and ``bm25_rarity`` are weights of grams. Matrices with a column for each gram are CSC, so that a need
    reads only its own grams: ``has`` (1 where the supplier says the gram), ``bm25``, ``likeness`` (tf-idf of all that
    it says), ``weighted`` (of its products by their share of its business), ``named``, ``trade`` (its industries),
    ``product_has`` (rows are products), ``trade_grams`` (rows are industries; with ``trade_sizes`` it tells industries
    from products' names). ``share`` and ``product_length`` go with the entries of ``index.held``. ``factors`` are the
    latent coordinates of suppliers, unit length, and ``loadings`` those of grams. ``traits``: what is known of a
    supplier before any need, see ``TRAITS``.
    """

    index: OfferIndex
    rarity: Floats
    bm25_rarity: Floats
    has: sp.csc_matrix
    bm25: sp.csc_matrix
    likeness: sp.csc_matrix
    weighted: sp.csc_matrix
    named: sp.csc_matrix
    trade: sp.csc_matrix
    product_has: sp.csc_matrix
    share: Singles
    product_length: Singles
    members: sp.csr_matrix
    industry_sizes: Singles
    trade_grams: sp.csc_matrix
    trade_sizes: Singles
    factors: Singles
    loadings: Singles
    traits: Singles

    @cached_property
    def spelling(self) -> tuple[str, str, NDArray[np.int64]]:
        """Return the products in Chinese, shorter first, in lines; their
        pinyin; and where in it each character begins."""
        from pypinyin import lazy_pinyin

        chinese = sorted(
            (product for product in self.index.products if not product.isascii()), key=lambda text: (len(text), text)
        )
        signs = "\n".join(chinese)
        spelt = {sign: lazy_pinyin(sign)[0] for sign in set(signs)}
        syllables = [spelt[sign] for sign in signs]
        return signs, "".join(syllables), np.cumsum([0, *map(len, syllables)])

    def read_pinyin(self, letters: str, most: int) -> list[str]:
        """Return the stretches of products whose pinyin is just these letters,
        those of shorter products first, each once."""
        signs, pinyin, begins = self.spelling
        stretches: dict[str, None] = {}
        at = pinyin.find(letters)
        while at >= 0 and len(stretches) < most:
            start, end = np.searchsorted(begins, (at, at + len(letters)))
            if begins[start] == at and begins[end] == at + len(letters) and not signs[start:end].isascii():
                stretches[signs[start:end]] = None
            at = pinyin.find(letters, at + 1)
        return list(stretches)


def derive(index: OfferIndex, tell: Tell = lambda _text, _rows: None) -> Derived:
    """Return what ranking needs of an index."""
    from sklearn.preprocessing import normalize  # all of scikit-learn takes a second

    tell("计算字词权重", len(index))
    text = (_ones(index.held) @ index.product_grams + index.name_grams + index.industry_grams).tocsr()
    often = np.bincount(text.indices, minlength=len(index.vocabulary))
    rarity = np.log((1 + len(index)) / (1 + often)) + 1
    likeness = _unit(text, rarity)
    tell("计算潜在因子", len(index))
    loadings = _loadings(likeness, _unit(index.product_grams, rarity))
    weights = index.held.copy()
    weights.data = weights.data**IN_TEXT
    members = _members(index)
    industry_sizes = np.maximum(np.asarray(members.sum(axis=0)).ravel(), 1).astype(np.float32)
    trade_grams, trade_sizes = _trade_grams(index, members)
    lengths = np.array([len(product) for product in index.products], np.float32)
    return Derived(
        index=index,
        rarity=rarity,
        bm25_rarity=np.log(1 + (len(index) - often + 0.5) / (often + 0.5)),
        has=_ones(text).tocsc(),
        bm25=_bm25(text).tocsc(),
        likeness=likeness.tocsc(),
        weighted=_unit((weights @ index.product_grams).tocsr(), rarity).tocsc(),
        named=_unit(index.name_grams, rarity).tocsc(),
        trade=_unit(index.industry_grams, rarity).tocsc(),
        product_has=_ones(index.product_grams).tocsc(),
        share=index.held.data**IN_PRODUCT,
        product_length=lengths[index.held.indices],
        members=members,
        industry_sizes=industry_sizes,
        trade_grams=trade_grams,
        trade_sizes=trade_sizes,
        factors=normalize(likeness @ loadings).astype(np.float32),
        loadings=loadings,
        traits=_traits(index, members, industry_sizes),
    )


def _traits(index: OfferIndex, members: sp.csr_matrix, sizes: Singles) -> Singles:
    """Return the traits of each supplier: a likely industry counts for each of its firms the less, the more there are.

    The logarithm (base 10) of how many suppliers its smallest industry has;
    without any industry the mean of the others.
    """
    alone = (
        sp.csr_matrix((1 / sizes[members.indices], members.indices, members.indptr), members.shape)
        .max(axis=1)
        .toarray()
        .ravel()
    )
    some = alone > 0
    fellows = np.zeros(len(index))
    fellows[some] = -np.log10(alone[some])
    fellows[~some] = fellows[some].mean() if some.any() else 0.0
    of_name = [[not split_name(plain(name)).place, name.startswith("中国")] for name in index.names]
    return np.column_stack([np.array(of_name).reshape(-1, 2), fellows]).astype(np.float32)


def _ones(matrix: sp.csr_matrix) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), matrix.shape)


def _trade_grams(index: OfferIndex, members: sp.csr_matrix) -> tuple[sp.csc_matrix, Singles]:
    """Return what each gram speaks for each industry, in logarithms, and the
    logarithm of how many products the industry has."""
    made = _ones((members.T @ _ones(index.held)).tocsr())
    counts = (made @ _ones(index.product_grams)).tocsr()
    counts.data = np.log1p(counts.data / SMOOTHING)
    return counts.tocsc(), np.log(np.asarray(made.sum(axis=1)).ravel() + 2).astype(np.float32)


def _members(index: OfferIndex) -> sp.csr_matrix:
    """Return which supplier is in which industry."""
    place = {trade: number for number, trade in enumerate(sorted({trade for row in index.industries for trade in row}))}
    ends = np.array(
        [(row, place[trade]) for row, own in enumerate(index.industries) for trade in set(own)], dtype=np.int64
    ).reshape(-1, 2)
    return sp.csr_matrix((np.ones(len(ends), np.float32), (ends[:, 0], ends[:, 1])), (len(index), max(1, len(place))))


def _unit(counts: sp.csr_matrix, rarity: Floats) -> sp.csr_matrix:
    """Return counts as tf-idf rows of unit length."""
    from sklearn.preprocessing import normalize

    matrix = counts.astype(np.float32).copy()
    matrix.data = np.log1p(matrix.data)
    matrix.data *= rarity[matrix.indices].astype(np.float32)
    return normalize(matrix, copy=False) if all(matrix.shape) else matrix  # normalize refuses an empty matrix


def _bm25(text: sp.csr_matrix) -> sp.csr_matrix:
    """Return the saturated counts of BM25, without the weight of the gram."""
    matrix = text.astype(np.float32).copy()
    length = np.asarray(matrix.sum(axis=1)).ravel()
    norm = SATURATION * (1 - LENGTH + LENGTH * length / max(length.mean(), 1.0))
    matrix.data = (
        matrix.data * (SATURATION + 1) / (matrix.data + np.repeat(norm, np.diff(matrix.indptr)).astype(np.float32))
    )
    return matrix


def _loadings(suppliers: sp.csr_matrix, products: sp.csr_matrix) -> Singles:
    """Return the latent factors of suppliers and products (Deerwester et al.,
    1990): grams × factors, fitted on a fixed sample."""
    from sklearn.utils.extmath import randomized_svd

    rows = sp.vstack([_sample(suppliers), _sample(products) * 0.5]).tocsr()
    factors = min(FACTORS, *(size - 1 for size in rows.shape))
    if factors < 1:
        return np.zeros((suppliers.shape[1], 1), np.float32)
    _, _, right = randomized_svd(rows, factors, n_iter=3, random_state=0)
    return np.ascontiguousarray(right.T, dtype=np.float32)


def _sample(rows: sp.csr_matrix) -> sp.csr_matrix:
    if rows.shape[0] <= SAMPLE:
        return rows
    return rows[np.linspace(0, rows.shape[0] - 1, SAMPLE).astype(np.int64)]
