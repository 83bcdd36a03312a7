"""Relatedness of products, from who makes what: the product space.

Hidalgo, Klinger, Barabási, Hausmann: The product space conditions the development of nations, Science 317:482 (2007).
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, issparse

from graph.errors import InputError

Floats = NDArray[np.float64]


def proximity(made: ArrayLike | csr_array) -> csr_array:
    """Return how near products are: the lesser of the two chances that one who makes the one makes the other.

    ``made``: ones and zeros, shape (units, products), units being firms or places, sparse or not. The answer is sparse
    and symmetric, shape (products, products): the number of units that make both, over the number that make the
    commoner one. It is 1 from a product to itself, and 0 where no unit makes it. Raises ``InputError`` for anything but
    ones and zeros.
    """
    table = _table("made", made)
    both = csr_array(table.T @ table)
    makers = both.diagonal()
    both.sort_indices()
    row = np.repeat(np.arange(both.shape[0]), np.diff(both.indptr))
    both.data /= np.maximum(makers[row], makers[both.indices])
    return both


def density(nearness: ArrayLike | csr_array, held: ArrayLike | csr_array) -> Floats | csr_array:
    """Return for each product what share of its proximity to all products goes to those that are held, from 0 to 1.

    ``nearness``: what ``proximity`` returns; a product's proximity to itself counts on both sides, as in the package
    ``ecomplexity``. ``held``: ones and zeros, shape (products,) or (units, products); the answer has its shape, and is
    sparse where it is. A product near to nothing, which no unit makes, gets 0.
    """
    near = csr_array(nearness, dtype=np.float64)
    if near.ndim != 2 or near.shape[0] != near.shape[1]:
        raise InputError(f"nearness 应为方阵(产品×产品),这里是 {near.shape}")
    whole = near.sum(axis=1)
    share = np.divide(1, whole, out=np.zeros_like(whole), where=whole > 0)
    single = not issparse(held) and np.ndim(held) == 1
    have = _table("held", np.atleast_2d(held) if single else held)
    if have.shape[1] != near.shape[0]:
        raise InputError(f"held 应有 {near.shape[0]} 列(每种产品一列),这里有 {have.shape[1]} 列")
    densities = csr_array((have @ near.T).multiply(share[np.newaxis, :]))
    if issparse(held):
        return densities
    return densities.toarray()[0] if single else densities.toarray()


def _table(name: str, values: Any) -> csr_array:
    table = csr_array(values, dtype=np.float64, copy=True)
    if table.ndim != 2:
        raise InputError(f"{name} 应为二维的表(企业或地方×产品),这里是 {table.ndim} 维")
    table.sum_duplicates()
    wrong = table.data[(table.data != 0) & (table.data != 1)]
    if wrong.size:
        raise InputError(f"{name} 应只有 0 和 1,这里有 {wrong[0]:g}")
    table.eliminate_zeros()
    return table
