"""Work ends when its time is up, and one that leaves takes nobody with it: what is made once, closures, what-if, the route."""

import threading
import time

import numpy as np
import pytest
from fastapi.testclient import TestClient
from view_parts import under

from api.app import create_app
from benchmarks.leader import CHAIN, LEADER
from graph.deadline import Deadline, check, seconds_left, within
from graph.errors import WorkStopped
from graph.settings import Settings
from graph.stores import Store
from queries.core.answers import Named
from queries.core.cache import CACHE
from queries.gaps.what_if import what_if
from queries.networks.systemic_risk import SupplyNetwork, systemic_risk

SECONDS, LATE = 0.5, 2.5  # a deadline, and what a busy machine may take to end the work


def ring(firms: int) -> dict[str, list[int] | list[float] | list[list[int]]]:
    """A body in which a loss runs round and round: every firm lives by its one supplier, and sells a little less each time."""
    step = list(range(firms))
    supplier, buyer = [*step, *step], [*step[1:], 0, *step[7:], *step[:7]]
    return {
        "supplier": supplier,
        "buyer": buyer,
        "amount": [1.0] * firms + [0.01] * firms,
        "industry": [0] * firms,
        "essentiality": [[1]],
    }


def end_of(work: object) -> float:
    """Return after how long some work was stopped."""
    assert callable(work)
    start = time.monotonic()
    with within(Deadline(SECONDS)), pytest.raises(WorkStopped):
        work()
    return time.monotonic() - start


def test_closures_end_in_the_middle_of_a_scenario() -> None:
    body = ring(2_000)
    network = SupplyNetwork.build(*(body[name] for name in ("supplier", "buyer", "amount", "industry", "essentiality")))
    systemic_risk(network, [0], tolerance=0.5)  # compiled before the clock runs
    assert end_of(lambda: systemic_risk(network, tolerance=1e-12)) < LATE
    assert end_of(lambda: systemic_risk(network, np.zeros(20_000, int), tolerance=1e-12, threads=1)) < LATE
    assert systemic_risk(network, [0], tolerance=0.5).done.all()  # nothing is left behind


def test_the_route_of_systemic_risk_ends(seeded_store: Store) -> None:
    warm, client = (
        TestClient(create_app(seeded_store, Settings(request_seconds=seconds))) for seconds in (60, SECONDS)
    )
    body = {**ring(2_000), "tolerance": 1e-4}
    assert warm.post("/api/v1/systemic-risk", json={**ring(5), "tolerance": 0.5}).status_code == 200
    start = time.monotonic()
    answer = client.post("/api/v1/systemic-risk", json=body)
    assert answer.status_code == WorkStopped.status, answer.text[:200]
    assert time.monotonic() - start < LATE


def test_the_body_of_systemic_risk_is_bounded(seeded_store: Store) -> None:
    client = TestClient(create_app(seeded_store))
    small = ring(5)
    for name, value in (
        ("industry", [0] * 2_001),
        ("amount", [1.0] * 100_001),
        ("essentiality", [[1] * 201]),
        ("essentiality", [[1]] * 201),
    ):
        answer = client.post("/api/v1/systemic-risk", json={**small, name: value})
        assert answer.status_code == 422, name


def test_what_if_of_a_big_leader_ends_or_answers(big_leader: Store) -> None:
    leader = Named(id=LEADER, name="示例大链主集团有限公司")
    answer = what_if(under(big_leader), CHAIN, [leader], [])
    assert (answer.before.served.needs, answer.after.served.needs) == (39, 0)
    with within(Deadline(0.05)), pytest.raises(WorkStopped):
        what_if(under(big_leader), CHAIN, [leader], [])
    client, hasty = (TestClient(create_app(big_leader, Settings(request_seconds=seconds))) for seconds in (60, 0.05))
    start = time.monotonic()
    stopped = hasty.get(f"/api/v1/chains/{CHAIN}/what-if", params={"remove": LEADER})
    assert (stopped.status_code, time.monotonic() - start < LATE) == (WorkStopped.status, True)
    assert client.get(f"/api/v1/chains/{CHAIN}/what-if", params={"remove": LEADER}).status_code == 200


def test_who_waits_makes_what_the_first_was_stopped_in(seeded_store: Store) -> None:
    """The first is stopped in the middle; the second, who waited for it, makes it; the third finds it."""
    begun, told = threading.Event(), []

    def first() -> str:
        begun.set()
        while True:
            check()

    def stopped() -> None:
        with within(deadline), pytest.raises(WorkStopped):
            under(seeded_store).once("slow", first)
        told.append("stopped")

    deadline = Deadline(60)
    making = threading.Thread(target=stopped)
    making.start()
    assert begun.wait(10)
    waiting = threading.Thread(target=lambda: told.append(under(seeded_store).once("slow", lambda: "made")))
    waiting.start()
    deadline.leave()
    making.join(10)
    waiting.join(10)
    assert sorted(told) == ["made", "stopped"]
    assert under(seeded_store).once("slow", lambda: "made again") == "made"
    assert not CACHE._turns


def test_waiting_ends_at_the_deadline_of_the_one_who_waits(seeded_store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def make() -> str:
        begun.set()
        assert go_on.wait(30)
        return "made"

    maker = threading.Thread(target=lambda: under(seeded_store).once("slower", make))
    maker.start()
    assert begun.wait(10)
    assert end_of(lambda: under(seeded_store).once("slower", lambda: "never")) < LATE
    go_on.set()
    maker.join(10)
    assert under(seeded_store).once("slower", lambda: "never") == "made"
    assert not CACHE._turns


def test_a_making_that_fails_leaves_nothing(seeded_store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        under(seeded_store).once("broken", lambda: 1 // 0)
    assert under(seeded_store).once("broken", lambda: 1) == 1


def test_every_long_answer_looks_at_the_deadline(big_leader: Store) -> None:
    client = TestClient(create_app(big_leader, Settings(request_seconds=1e-6)), raise_server_exceptions=False)
    pages = (
        f"/chains/{CHAIN}",
        f"/chains/{CHAIN}/targets",
        f"/chains/{CHAIN}/opportunities",
        "/portfolio",
        "/review",
        "/ledger",
        "/enterprises",
    )
    for page in (*pages, "/api/v1/structure", "/match?need=示例", f"/api/v1/chains/{CHAIN}/weak-links?without=curated"):
        CACHE.forget()
        assert client.get(page).status_code == WorkStopped.status, page
    assert not CACHE._turns


def test_a_step_has_what_is_left_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert seconds_left(7.0) == 7.0
    with within(Deadline(5.0)) as deadline:
        assert (seconds_left(60.0), seconds_left(2.0)) == (5.0, 2.0)
        now = 1004.0
        assert seconds_left(60.0) == pytest.approx(1.0)
        check()
        now = 1005.5
        for look in (check, deadline.check, lambda: seconds_left(60.0)):
            with pytest.raises(WorkStopped, match="计算超过 5 秒"):
                look()
