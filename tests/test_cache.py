"""What is made once for each version of a graph, and how much of it is kept."""

import sys
import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import pytest

from queries.core.answers import Named
from queries.core.cache import Cache
from queries.core.weigh import weigh

KB = 1 << 10


def text(size: int) -> str:
    return "x" * size


def test_a_thing_is_made_once_for_each_version() -> None:
    cache, made = Cache(1 << 20), []
    for version in ("1", "1", "2", "2"):
        cache.once("thing", version, lambda: made.append(1) or len(made))  # type: ignore[func-returns-value]
    assert len(made) == 2
    assert len(cache) == 1


def test_the_least_used_goes_first_where_all_weigh_too_much() -> None:
    cache = Cache(100 * KB)
    for name in "abc":
        cache.once(name, "1", lambda: text(30 * KB))
    cache.once("a", "1", lambda: pytest.fail("a was kept"))
    cache.once("d", "1", lambda: text(30 * KB))
    assert cache.weight <= cache.most
    for name in "acd":
        cache.once(name, "1", lambda: pytest.fail("it was kept"))
    assert cache.once("b", "1", lambda: "made anew") == "made anew"


def test_one_thing_that_is_larger_than_all_room_leaves_room_for_others() -> None:
    cache = Cache(100 * KB)
    cache.once("large", "1", lambda: text(1_000 * KB))
    cache.once("small", "1", lambda: text(10 * KB))
    for name in ("large", "small"):
        cache.once(name, "1", lambda: pytest.fail("it was kept"))


def test_what_is_kept_itself_is_not_weighed_again() -> None:
    cache = Cache(1 << 20)
    shared = cache.once("shared", "1", lambda: [text(50 * KB)])
    alone = cache.weight
    cache.once("first", "1", lambda: {"rests on": shared})
    assert cache.weight < alone + 2 * KB


def test_parts_that_are_made_later_are_weighed() -> None:
    @dataclass(frozen=True)
    class Lazy:
        @cached_property
        def part(self) -> str:
            return text(50 * KB)

    cache = Cache(1 << 20)
    cache.once("lazy", "1", Lazy).part  # noqa: B018
    for _ in range(4):
        cache.once("lazy", "1", Lazy)
    assert cache.weight > 50 * KB


def test_nothing_is_left_of_what_was_let_go() -> None:
    cache = Cache(1 << 20)
    for name in "abc":
        cache.once(name, "1", lambda: [text(KB)])
    cache.forget(lambda key: key != "b")
    assert len(cache) == 1
    cache.forget()
    assert (len(cache), cache.weight, cache._ids, cache._turns) == (0, 0, set(), {})


def test_what_fails_is_not_kept_and_holds_nobody_up() -> None:
    cache = Cache(1 << 20)
    with pytest.raises(ZeroDivisionError):
        cache.once("thing", "1", lambda: 1 // 0)
    told: list[int] = []
    other = threading.Thread(target=lambda: told.append(cache.once("thing", "1", lambda: 1)))
    other.start()
    other.join(10)
    assert told == [1]


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        (text(10 * KB), 10 * KB),
        ([text(KB)] * 50 + [text(KB) for _ in range(10_000)], 10_000 * KB),
        ({number: str(number) * 100 for number in range(1_000)}, 1_000 * 350),
        (np.zeros(100_000), 800_000),
        (np.zeros(100_000)[10:], 800_000),
        (pl.DataFrame({"a": range(100_000)}), 800_000),
        ([Named(id=str(number), name=text(200)) for number in range(1_000)], 1_000 * 800),
    ],
)
def test_weights_are_about_right(value: object, bytes_: int) -> None:
    assert bytes_ / 2 < weigh(value) < bytes_ * 2
    assert weigh(value) >= sys.getsizeof("")


def test_a_ring_is_weighed_once() -> None:
    ring: list[object] = [text(KB)]
    ring.append(ring)
    assert weigh(ring) < 2 * KB
