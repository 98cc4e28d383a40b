"""Promise P22: Telegram being away, or angry, harms nothing.

Six hours pass in the test's own clock: the pace, the outbox and the waiting all take it.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.channels.telegram.deliver import Pace, TelegramDeliverer
from bot.delivery import dispatch
from bot.delivery.dispatch import Dispatcher
from storage import outbox
from storage.migrate import migrate
from storage.outbox import Outgoing
from storage.store import open_store
from storage.tables import outbox as outbox_table
from tests.sayso import house_at
from tests.telegram.bot_api import TOKEN, BotApi, Fault

CHATS, EACH = 40, 10


class Clock:
    """A time that the test moves."""

    def __init__(self) -> None:
        self.start = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


async def test_six_hours_away_and_a_storm_of_429_lose_nothing_and_are_obeyed(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: Any
) -> None:
    from telegram import Bot  # noqa: PLC0415

    from bot.channels.telegram.request import SharedRequest  # noqa: PLC0415

    clock = Clock()
    api = BotApi(clock=clock.monotonic)
    await api.start()
    house = house_at(tmp_path, sqlite_database_url, telegram_token=TOKEN)
    store = await open_store(sqlite_database_url, house.keys)
    await migrate(store)
    request = SharedRequest()
    bot = Bot(TOKEN, base_url=f"{api.url}/bot", request=request)
    closed_until = 0.0
    broken_promises: list[float] = []
    storm = iter(range(10_000))

    def fault(_method: str, _params: dict[str, Any]) -> Fault | None:
        nonlocal closed_until
        if clock.seconds < 6 * 3600:
            return Fault(502, "Bad Gateway")
        if clock.seconds < closed_until:
            broken_promises.append(clock.seconds)
        if clock.seconds < 6 * 3600 + 120 and next(storm) % 4 == 0:
            closed_until = max(closed_until, clock.seconds + 7)
            return Fault(429, "Too Many Requests: retry after 7", retry_after=7)
        return None

    api.fault = fault
    monkeypatch.setattr(dispatch, "now", clock.now)
    monkeypatch.setattr("bot.channels.telegram.deliver.now", clock.now)
    deliverer = TelegramDeliverer(house, bot, Pace(30.0, clock.monotonic))
    dispatcher = Dispatcher(store, deliverer)
    rows = [
        Outgoing(
            "telegram",
            f"telegram/{chat}",
            f"k{chat}/{number}",
            f'{{"chat": {chat}, "send": {{"text": "{number}"}}, "tidy": null, "callback": null}}',
        )
        for number in range(EACH)
        for chat in range(1, CHATS + 1)
    ]
    await store.write(lambda db: outbox.add(db, house.id, rows, clock.now()))

    async def left() -> int:
        return await store.read(
            lambda db: db.execute(select(func.count()).select_from(outbox_table)).scalar_one()
        )

    while clock.seconds < 6 * 3600:
        await _a_moment(dispatcher)
        clock.seconds += 300
    assert await left() == len(rows)  # nothing went out, nothing was given up
    back = clock.seconds
    while await left():
        await _a_moment(dispatcher)
        clock.seconds += 0.25
        assert clock.seconds < back + 1800, "it does not drain"

    sent = [call for call in api.calls if call.method == "sendMessage" and call.status == 200]
    for chat in range(1, CHATS + 1):
        texts = [c.params["text"] for c in sent if int(c.params["chat_id"]) == chat]
        assert texts == [str(number) for number in range(EACH)]  # all, once, in order
    assert broken_promises == []
    assert clock.seconds - back <= 600
    await request.shutdown()
    await api.stop()
    await store.close()


async def _a_moment(dispatcher: Dispatcher) -> None:
    """Everything that can happen at this time happens."""
    while await dispatcher._turn() == 0 or dispatcher._under_way or dispatcher._finished:
        if dispatcher._under_way:
            await asyncio.wait(dispatcher._under_way)
