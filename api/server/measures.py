"""What ``/metrics`` tells: requests by route and status, the time they took, what waits."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import Scope

from graph.stores import Store


class ServerMeasures:
    """What ``/metrics`` tells."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.registry = CollectorRegistry()
        self.working = 0
        self.requests = Counter(
            "lianzhang_requests_total",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "lianzhang_request_seconds", "Seconds to answer, by route.", ["method", "route"], registry=self.registry
        )
        self.kept = Counter(
            "lianzhang_kept_answers_total", "Answers given from those that are kept.", registry=self.registry
        )
        self.refused = Counter(
            "lianzhang_refused_total", "Requests refused because too many waited.", registry=self.registry
        )
        self._gauges: dict[str, Gauge] = {}
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def note(self, scope: Scope, route: str, status: int, start: float) -> None:
        """Count one answer."""
        key = (scope["method"], route, status)
        if key not in self._known:
            self._known[key] = (self.requests.labels(*key), self.seconds.labels(*key[:2]))
        counted, timed = self._known[key]
        counted.inc()
        timed.observe(time.perf_counter() - start)

    def text(self) -> bytes:
        """Return everything in the form that Prometheus reads."""
        gauges = {"requests_working": self.working} | {
            f"queries_{name}": number for name, number in self.store.gauges().items()
        }
        for name, number in gauges.items():
            if name not in self._gauges:
                self._gauges[name] = Gauge(f"lianzhang_{name}", "Now, or since the start.", registry=self.registry)
            self._gauges[name].set(number)
        return generate_latest(self.registry)
