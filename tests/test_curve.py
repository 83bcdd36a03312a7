"""Ranks and the served curve of weak links against their plain definitions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.gaps.curve import served_at_random, served_by_rank
from queries.gaps.weak_links import _ranks

Sizes = tuple[int, list[int]]


@st.composite
def servers(draw: st.DrawFn) -> Sizes:
    """How many firms there are, and how many of them serve each need."""
    firms = draw(st.integers(1, 300))
    return firms, draw(st.lists(st.integers(1, firms), max_size=8))


@given(st.lists(st.one_of(st.sampled_from([0.0, 0.25, 1.0]), st.floats(0, 1)), max_size=40))
def test_a_rank_counts_those_above(scores: list[float]) -> None:
    assert _ranks(scores) == [1 + sum(above > score for above in scores) for score in scores]


def expected(firms: int, sizes: list[int], fallen: int) -> Fraction:
    """How many needs are served on average when so many of the firms have fallen: hypergeometric, exactly."""
    lost = (
        Fraction(comb(firms - size, fallen - size), comb(firms, fallen)) if size <= fallen else Fraction(0)
        for size in sizes
    )
    return len(sizes) - sum(lost, Fraction(0))


@given(servers())
def test_needs_served_at_random_are_the_exact_expectation(case: Sizes) -> None:
    firms, sizes = case
    curve = served_at_random(firms, sizes)
    assert len(curve) == firms + 1
    for fallen, share in enumerate(curve):
        exact = expected(firms, sizes, fallen)
        assert abs(Fraction(float(share)) - exact) < Fraction(1, 10**9)
        assert round(float(share), 6) == pytest.approx(round(float(exact), 6), abs=1.1e-6)


@pytest.mark.parametrize("fallen", [0, 1, 5_000, 9_990, 9_999, 10_000])
def test_ten_thousand_firms_are_exact_to_six_digits(fallen: int) -> None:
    sizes = [1, 2, 250, 9_999, 10_000]
    curve = served_at_random(10_000, sizes)
    assert round(float(curve[fallen]), 6) == round(float(expected(10_000, sizes, fallen)), 6)


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=6), max_size=8))
def test_needs_served_by_rank_stand_while_one_server_does(needs: list[list[int]]) -> None:
    last = np.array([max(places) for places in needs], np.int64)
    plain = [sum(any(place >= fallen for place in places) for places in needs) for fallen in range(32)]
    assert served_by_rank(31, last).tolist() == plain
