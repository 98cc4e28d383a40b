"""What can be measured from outside: how Sayso is, and nothing of anybody."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, insert

from bot.web.context import now
from conversations.effects import Cause
from storage import alert_calls, alerts, inbox, outbox, tasks
from storage.alerts import About, Raised, Team
from storage.outbox import Outgoing
from storage.queues import look
from storage.store import Store
from storage.tables import councils
from tests.channels.webchat.visiting import Visitor
from tests.sayso import Sayso, house_at, running
from tests.searching import MARK, found, marked


async def scrape(sayso: Sayso, headers: dict[str, str] | None = None) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sayso.base}/metrics", headers=headers) as answer,
    ):
        return answer.status, await answer.text()


def read(text: str) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def requests(method: str, route: str, status: int) -> str:
    labels = [("method", method), ("route", route), ("status", str(status))]
    return f"sayso_requests_total{labels}"


async def test_requests_and_what_waits_are_counted_and_nobody_is_named(
    tmp_path: Path, database_url: str
) -> None:
    async with (
        running(house_at(tmp_path, database_url), tmp_path) as sayso,
        Visitor.at(sayso) as visitor,
    ):
        young = await visitor.comes()
        await visitor.says(words=marked(1))
        await visitor.get(f"/{marked(2)}")
        status, text = await scrape(sayso)

    assert status == 200
    figures = read(text)
    assert figures[
        "sayso_requests_total[('method', 'POST'), ('route', '/chat'), ('status', '303')]"
    ]
    assert figures[
        "sayso_requests_total[('method', 'GET'), ('route', 'unknown'), ('status', '404')]"
    ]
    assert figures["sayso_request_seconds_count[('route', '/chat')]"] >= 2
    assert figures["sayso_database_up[]"] == 1
    assert found(text.encode(), MARK) == []
    for secret in young.cookies(live=True).values():
        assert secret not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)  # no ids


async def test_every_label_is_one_of_a_fixed_few(tmp_path: Path, sqlite_database_url: str) -> None:
    """Whatever strangers ask for: a label for each would fill memory, and hold what they say."""
    async with (
        running(house_at(tmp_path, sqlite_database_url), tmp_path) as sayso,
        aiohttp.ClientSession() as session,
    ):
        await scrape(sayso)
        sizes = []
        for number in range(60):
            async with session.request(f"M{number}", f"{sayso.base}/{marked(number)}"):
                pass
            if number in (0, 59):
                sizes.append(len((await scrape(sayso))[1].splitlines()))
        after = (await scrape(sayso))[1]
    assert sizes[0] == sizes[1]
    assert MARK not in after


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "127.0.0.1"},
        {"Host": "sayso.northborough.example"},
        {"Host": "127.0.0.1.northborough.example"},
    ],
)
async def test_through_a_proxy_there_are_no_metrics(
    tmp_path: Path, sqlite_database_url: str, headers: dict[str, str]
) -> None:
    async with running(house_at(tmp_path, sqlite_database_url), tmp_path) as sayso:
        assert (await scrape(sayso, headers))[0] == 404
        assert (await scrape(sayso))[0] == 200


async def test_with_a_token_only_the_token_opens_them(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    house = house_at(
        tmp_path, sqlite_database_url, metrics_token="a-token-of-32-symbols-or-so-0001"
    )
    async with running(house, tmp_path) as sayso:
        assert (await scrape(sayso))[0] == 404
        assert (await scrape(sayso, {"Authorization": "Bearer wrong"}))[0] == 404
        right = {"Authorization": "Bearer a-token-of-32-symbols-or-so-0001"}
        assert (await scrape(sayso, right))[0] == 200
        assert (await scrape(sayso, {**right, "X-Forwarded-For": "192.0.2.1"}))[0] == 200


async def test_what_waits_is_told_by_destination_with_its_age(store: Store) -> None:
    at = now()

    def put(db: Connection) -> None:
        db.execute(insert(councils), {"council": "c", "demo": True, "created_at": at})
        rows = [Outgoing("ordinary", "lane", f"key-{n}", "{}") for n in range(3)]
        outbox.add(db, "c", rows, at)
        (first,) = outbox.claim(db, ("ordinary",), at, keep_for=timedelta(minutes=1))
        outbox.later(db, first, at)
        task = tasks.Task("t", tasks.Kind.DELIVERY_FAILED, None, None, {})
        tasks.add(db, "c", task, at)
        inbox.add(db, "c", "telegram:1/q", "1", "odd", at, quarantined="ValueError")
        inbox.add(db, "c", "telegram:1", "2", "good", at)
        about = About("Kai", "4711", at.date())
        for minutes in (-1, 15, 15):
            by = at + timedelta(minutes=minutes)
            raised = Raised("p", "r", "v", Cause.HELP, "", Team.CHILDREN, by, about)
            alert_id = alerts.add(db, "c", raised, at)
            alert_calls.unreached(db, "c", alert_id, at if minutes < 0 else None)
        alerts.acknowledge(db, "c", alert_id, "rae", at)

    await store.write(put)
    await asyncio.sleep(0.01)
    health = await store.read(lambda db: look(db, now()))

    (lane,) = health.lanes
    assert (lane.destination, lane.rows, lane.retried) == ("ordinary", 3, 1)
    assert 0.01 <= lane.oldest_seconds < 60
    assert health.tasks == {"delivery_failed": 1}
    assert health.quarantined == 1
    assert (health.alerts, health.late, health.unreached) == (2, 1, 1)
