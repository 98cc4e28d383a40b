"""`GET /metrics`: how Sayso is, for Prometheus. Counts and durations, nothing of any person.

Of what stands in the database a scrape reads a few counts; what this process did is counted as it
happens. Labels are routes, states and destinations: a fixed, small number, never an id.
"""

import hmac
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.settings import is_loopback
from bot.web.context import HOUSE, STORE, now
from bot.web.faults import route_of
from storage.errors import StorageAway
from storage.queues import Queues, look

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True)
class Meters:
    """One process's own counts."""

    registry: CollectorRegistry
    requests: Counter
    durations: Histogram

    @classmethod
    def new(cls) -> "Meters":
        registry = CollectorRegistry()
        return cls(
            registry,
            Counter(
                "sayso_requests",
                "Requests answered, by route and status.",
                ("route", "method", "status"),
                registry=registry,
            ),
            Histogram(
                "sayso_request_seconds",
                "From the request to the answer, by route.",
                ("route",),
                buckets=_SECONDS,
                registry=registry,
            ),
        )


METERS = web.AppKey("meters", Meters)
_METHODS = frozenset({"GET", "HEAD", "POST"})


@web.middleware
async def metered(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Count and time every request, however it ends."""
    meters, started, status = request.app[METERS], time.perf_counter(), 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    else:
        return response
    finally:
        route = route_of(request)
        method = request.method if request.method in _METHODS else "other"
        meters.requests.labels(route, method, str(status)).inc()
        meters.durations.labels(route).observe(time.perf_counter() - started)


async def metrics(request: web.Request) -> web.Response:
    """To this machine, or to whoever shows `SAYSO_METRICS_TOKEN`; to others it isn't there."""
    if not _may_look(request):
        raise web.HTTPNotFound
    try:
        queues = await request.app[STORE].read(lambda db: look(db, now()))
    except StorageAway:
        queues = None
    registry = CollectorRegistry()
    registry.register(_Reading(queues))
    body = generate_latest(request.app[METERS].registry) + generate_latest(registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _may_look(request: web.Request) -> bool:
    """A proxy on this machine stands between: then the peer is this machine, whoever asks."""
    token = request.app[HOUSE].settings.metrics_token
    if token:
        shown = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(shown, f"Bearer {token}".encode())
    direct = not any(name in request.headers for name in _FORWARDED)
    host = request.url.host or ""
    return direct and is_loopback(request.remote or "") and is_loopback(host)


@dataclass(frozen=True, slots=True, eq=False)  # a registry keeps collectors by identity
class _Reading:
    """What the database held at one scrape; `sayso_database_up` 0 if it can't be reached."""

    queues: Queues | None

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("sayso_database_up", "Whether the database answers.")
        up.add_metric([], 0 if self.queues is None else 1)
        yield up
        if self.queues is None:
            return
        waiting = GaugeMetricFamily(
            "sayso_outbox_rows", "Rows that wait to leave.", labels=["destination"]
        )
        oldest = GaugeMetricFamily(
            "sayso_outbox_oldest_seconds",
            "Since when the oldest row waits, by destination.",
            labels=["destination"],
        )
        retried = GaugeMetricFamily(
            "sayso_outbox_retried_rows",
            "Rows that were tried before, without success.",
            labels=["destination"],
        )
        for lane in self.queues.lanes:
            waiting.add_metric([lane.destination], lane.rows)
            oldest.add_metric([lane.destination], lane.oldest_seconds)
            retried.add_metric([lane.destination], lane.retried)
        yield from (waiting, oldest, retried)
        tasks = GaugeMetricFamily(
            "sayso_tasks_open",
            "Tasks nobody has done; delivery_failed and delivery_unknown are filings.",
            labels=["kind"],
        )
        for kind, number in self.queues.tasks.items():
            tasks.add_metric([kind], number)
        yield tasks
        alerts = GaugeMetricFamily("sayso_alerts_waiting", "Alerts that nobody has taken on.")
        alerts.add_metric([], self.queues.alerts)
        yield alerts
        late = GaugeMetricFamily(
            "sayso_alerts_late", "Of these, those that somebody should have taken on by now."
        )
        late.add_metric([], self.queues.late)
        yield late
        unreached = GaugeMetricFamily(
            "sayso_alerts_unreached", "Of these, those of which nobody could be told by any way."
        )
        unreached.add_metric([], self.queues.unreached)
        yield unreached
        aside = GaugeMetricFamily("sayso_inbox_quarantined_rows", "Messages kept aside.")
        aside.add_metric([], self.queues.quarantined)
        yield aside
