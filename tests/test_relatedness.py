"""Relatedness against the package of the Growth Lab, by the definition, and sparse as well as dense."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from ecomplexity import ecomplexity
from ecomplexity import proximity as their_proximity
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from graph.errors import InputError
from queries.networks.relatedness import density, proximity

tables = st.tuples(st.integers(1, 8), st.integers(1, 8)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 1))
)


def random_table(seed: int) -> NDArray[np.int64]:
    """Return a random table whose every row and column holds something: the package leaves out those that do not."""
    random = np.random.default_rng(seed)
    units, products = random.integers(5, 20, 2)
    made = (random.random((units, products)) < 0.35).astype(np.int64)
    made[np.arange(units), np.arange(units) % products] = 1
    made[np.arange(products) % units, np.arange(products)] = 1
    return made


@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")  # how the package uses pandas
@pytest.mark.filterwarnings("ignore:Log-supermodularity check is not applicable:UserWarning")  # part of neither measure
@pytest.mark.parametrize("seed", range(10))
def test_the_package_says_the_same(seed: int) -> None:
    made = random_table(seed)
    units, products = made.shape
    names = {"time": "year", "loc": "unit", "prod": "product", "val": "value"}
    long = pd.DataFrame(
        [
            (2026, f"u{unit:02d}", f"p{product:02d}", made[unit, product])
            for unit in range(units)
            for product in range(products)
        ],
        columns=list(names.values()),
    )
    near = their_proximity(long, names, presence_test="manual")["proximity"].to_numpy().reshape(products, products)
    whole = ecomplexity(long, names, presence_test="manual", verbose=False)
    dense = whole.sort_values(["unit", "product"])["density"].to_numpy().reshape(units, products)
    assert np.allclose(proximity(made).toarray(), near, rtol=0, atol=1e-12)
    assert np.allclose(density(proximity(made), made), dense, rtol=0, atol=1e-12)


@given(tables)
def test_proximity_is_the_lesser_chance(made: NDArray[np.int64]) -> None:
    near = proximity(made).toarray()
    for p in range(made.shape[1]):
        for q in range(made.shape[1]):
            both, makers = (made[:, p] & made[:, q]).sum(), (made[:, p].sum(), made[:, q].sum())
            assert near[p, q] == (min(both / makers[0], both / makers[1]) if min(makers) else 0)
    assert np.array_equal(near, near.T)


@given(tables, st.data())
def test_density_is_the_share_held(made: NDArray[np.int64], data: st.DataObject) -> None:
    near = proximity(made)
    held = data.draw(arrays(np.int64, made.shape[1], elements=st.integers(0, 1)))
    found = density(near, held)
    for p, row in enumerate(near.toarray()):
        assert found[p] == pytest.approx(row[held == 1].sum() / row.sum() if row.sum() else 0)
    assert np.array_equal(density(near, np.stack([held, held]))[1], found)
    assert np.array_equal(density(near.toarray(), held), found)


@given(tables)
def test_sparse_tables_stay_sparse(made: NDArray[np.int64]) -> None:
    near = proximity(csr_array(made))
    assert issparse(near)
    assert np.array_equal(near.toarray(), proximity(made).toarray())
    spread = density(near, csr_array(made))
    assert isinstance(spread, csr_array)
    assert np.array_equal(spread.toarray(), density(near, made))


def test_what_nobody_makes_is_near_to_nothing() -> None:
    near = proximity([[1, 1, 0], [1, 0, 0]])
    assert near.toarray().tolist() == [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 0]]
    assert density(near, [0, 1, 0]).tolist() == [0.5 / 1.5, 1 / 1.5, 0]
    assert proximity(np.zeros((0, 2))).toarray().tolist() == [[0, 0], [0, 0]]


def test_what_is_handed_in_stays_as_it_was() -> None:
    made = csr_array((np.ones(2), np.array([0, 1]), np.array([0, 2])), shape=(1, 2))
    made.data[0] = 0
    proximity(made)
    assert made.data.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: proximity([[0, 2]]), "0 和 1"),
        (lambda: proximity([[np.nan]]), "0 和 1"),
        (lambda: proximity(csr_array(([1, 1], ([0, 0], [0, 0])), shape=(1, 1))), "0 和 1"),
        (lambda: proximity([0, 1]), "二维"),
        (lambda: density([[1, 0]], [0, 1]), "方阵"),
        (lambda: density([[1, 0], [0, 1]], [1]), "2 列"),
        (lambda: density([[1]], [3]), "0 和 1"),
    ],
)
def test_what_cannot_be_asked(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ask()
