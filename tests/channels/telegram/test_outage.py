"""Promise P22: Telegram being away, or angry, harms nothing.

Six hours pass in the test's own clock: the pace, the outbox and the waiting all take it.
"""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot.channels.telegram.deliver import Pace, TelegramDeliverer
from bot.channels.telegram.receive import Receiver
from bot.delivery import dispatch
from bot.delivery.dispatch import Dispatcher
from bot.demo import crowd
from bot.service import invitations
from bot.service.house import House
from storage import conversations, outbox
from storage.migrate import migrate
from storage.outbox import Outgoing
from storage.store import open_store
from storage.tables import outbox as outbox_table
from tests.promises import Promise
from tests.sayso import house_at
from tests.telegram.bot_api import TOKEN, BotApi, Fault

CHATS, EACH = 40, 10
YOUNG, TEXTS = 12, 24
"""Young people who go on writing while nothing can be sent to them, and what each says."""


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
    tmp_path: Path, sqlite_database_url: str, monkeypatch: Any, promise: Promise
) -> None:
    from telegram import Bot  # noqa: PLC0415

    from bot.channels.telegram.request import SharedRequest  # noqa: PLC0415

    clock = Clock()
    api = BotApi(clock=clock.monotonic)
    await api.start()
    house = house_at(tmp_path, sqlite_database_url, telegram_token=TOKEN, telegram_style="full")
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
    monkeypatch.setattr("storage.store._PATIENCE", 0)  # that clock is a real one
    monkeypatch.setattr("bot.channels.telegram.deliver.now", clock.now)
    deliverer = TelegramDeliverer(house, bot, request, Pace(30.0, clock.monotonic))
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
    receiver = Receiver(store, house, bot, "4242")
    invited = await store.write(lambda db: crowd._invite(house, YOUNG, db))
    told = [f"/start {one['telegram_start']}" for one in invited]
    chats = range(5001, 5001 + YOUNG)
    numbers = count(1)

    async def says(chat: int, words: str) -> None:
        """It comes in, and once more, as Telegram does when our answer was lost."""
        raw = json.dumps({"update_id": next(numbers), "message": api.message_of(chat, text=words)})
        for _twice in range(2):
            await receiver.receive(raw, clock.now())

    async def left() -> int:
        of_telegram = outbox_table.c.destination == "telegram"
        waiting = select(func.count()).select_from(outbox_table).where(of_telegram)
        return await store.read(lambda db: db.execute(waiting).scalar_one())

    for chat, start in zip(chats, told, strict=True):
        await says(chat, start)
    ticks = 6 * 3600 // 300
    for tick in range(ticks):
        await _a_moment(dispatcher)
        if tick % (ticks // TEXTS) == 0:
            for chat in chats:
                await says(chat, f"{chat} says {tick}")
        clock.seconds += 300
    replies = YOUNG * (1 + TEXTS)
    waiting = await left()
    assert waiting == len(rows) + replies  # nothing went out, nothing was given up
    # All that came in was kept while it could not be answered, and once.
    kept = await store.read(partial(_words, house, invited))
    assert kept == [
        Counter(f"{chat} says {tick}" for tick in range(0, ticks, ticks // TEXTS)) for chat in chats
    ]
    back = clock.seconds
    while await left():
        await _a_moment(dispatcher)
        clock.seconds += 0.25
        assert clock.seconds < back + 1800, "it does not drain"

    sent = [call for call in api.calls if call.method == "sendMessage" and call.status == 200]
    for chat in range(1, CHATS + 1):
        texts = [c.params["text"] for c in sent if int(c.params["chat_id"]) == chat]
        assert texts == [str(number) for number in range(EACH)]  # all, once, in order
    answered = [c for c in sent if int(c.params["chat_id"]) in chats]
    assert Counter(int(c.params["chat_id"]) for c in answered) == dict.fromkeys(chats, 1 + TEXTS)
    assert broken_promises == []
    assert clock.seconds - back <= 600
    await request.shutdown()
    await api.stop()
    await store.close()
    promise(
        "P22",
        hours_away=6,
        inbound=YOUNG * TEXTS,
        inbound_lost=YOUNG * TEXTS - sum(said.total() for said in kept),
        waiting=waiting,
        drained_in_seconds=clock.seconds - back,
        answers_429=sum(call.status == 429 for call in api.calls),
        calls_inside_a_retry_after=len(broken_promises),
    )


def _words(house: House, invited: list[dict[str, Any]], db: Connection) -> list[Counter[str]]:
    """What each young person said, as it is kept: every word of it, however often."""
    found = []
    for one in invited:
        conversation_id = invitations.conversation_of(house, one["review_id"])
        said = conversations.get(db, house.id, conversation_id).conversation
        answers = (*said.answers.values(), *said.offered, *said.aside)
        found.append(Counter(answer.words for answer in answers if answer.words))
    return found


async def _a_moment(dispatcher: Dispatcher) -> None:
    """Everything that can happen at this time happens."""
    while await dispatcher._turn() == 0 or dispatcher._under_way or dispatcher._finished:
        if dispatcher._under_way:
            await asyncio.wait(dispatcher._under_way)
        if dispatcher._writing is not None:
            await dispatcher._writing
