"""A reminder that was asked for rings once, by day, in a chat that is open, and says nothing."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, select, update
from telegram import Bot

from bot.channels.telegram import reminding
from bot.channels.telegram.deliver import Pace, TelegramDeliverer
from bot.channels.telegram.reminding import Reminding
from bot.channels.telegram.request import SharedRequest
from bot.service import disputes, invitations, reissuing, reminders
from bot.service.hear import Incoming, hear, show
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp, Outcome, TryLater
from bot.service.quiet import is_quiet
from bot.service.wording import LONDON
from bot.settings import Settings, TelegramStyle
from conversations.hearing import Chosen, Command, Heard, Name
from conversations.screens import Screen, State
from storage import conversations, outbox, people
from storage import reminders as kept_reminders
from storage.outbox import Claimed, _all_claimed
from storage.reminders import State as Stands
from storage.store import Store, open_store
from storage.tables import outbox as outbox_table
from storage.tables import reviews as reviews_table
from tests.channels.telegram.test_notices import denied
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.desk import northborough
from tests.desk.northborough import LENA
from tests.keys import RING
from tests.telegram.bot_api import TOKEN, BotApi, Fault, Phone

CHAT = 77001
TODAY = northborough.today()
AT_FOUR_THIRTY = time(16, 30)


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """So many days from today, on the clock of England and Wales."""
    return datetime.combine(TODAY + timedelta(days=days), time(hour, minute), LONDON)


NOON = at(0, 12)
TOMORROW = at(1, 16, 30)


@pytest.fixture
def house(database_url: str) -> House:
    settings = Settings(
        database_url=database_url, telegram_token=TOKEN, telegram_style=TelegramStyle.DOORBELL
    )
    return replace(northborough.house_on(database_url), settings=settings)


@dataclass(slots=True)
class Lena:
    """Who stopped, in a time that the test moves."""

    store: Store
    house: House
    api: BotApi
    deliverer: Reminding
    talk: str = ""
    now: datetime = NOON
    said: int = 0

    @property
    def phone(self) -> Phone:
        return Phone(self.api, CHAT)

    async def begins(self, *, chat: bool = True) -> None:
        """She starts, says something, and stops."""

        def begin(db: Connection) -> None:
            northborough.make(db, self.house)
            northborough.begin(db, self.house, LENA, "Nobody has read this yet")
            self.talk = invitations.conversation_of(self.house, LENA)
            if chat:
                kept = conversations.get(db, self.house.id, self.talk)
                invitations.bind_chat(db, self.house, kept, str(CHAT), NOON)

        await self.store.write(begin)
        await self.does(Command(name=Name.STOP))

    async def does(self, heard: Heard) -> None:
        self.said += 1
        one = Incoming(self.talk, "web:lena", f"{self.said}", "", heard)
        await self.store.write(lambda db: hear(db, self.house, one, self.now))

    async def sees(self) -> Screen:
        found = await self.store.read(lambda db: show(db, self.house, self.talk, self.now))
        return found.screen

    async def is_offered(self) -> list[str]:
        later = (await self.sees()).reminder
        return [pick.id for pick in later.picks] if later else []

    async def rows(self) -> list[Claimed]:
        query = select(outbox_table).where(outbox_table.c.destination == reminders.DESTINATION)
        return await self.store.read(lambda db: _all_claimed(db, db.execute(query).all()))

    async def rings(self, when: datetime) -> Outcome:
        """The row is delivered then, and what became of it is kept as the dispatcher does."""
        self.now = when
        (row,) = await self.rows()
        outcome = await self.deliverer.deliver(row)
        if isinstance(outcome, Delivered | GiveUp):
            if outcome.then is not None:
                await self.store.write(outcome.then)
            await self.store.write(lambda db: outbox.done(db, [row]))
        return outcome

    @property
    def rung(self) -> list[str]:
        return [str(call.params["text"]) for call in self.api.sent_to(CHAT)]

    async def stands(self) -> tuple[Stands, int] | None:
        found = await self.store.read(lambda db: kept_reminders.get(db, self.house.id, self.talk))
        return None if found is None else (found.state, found.rung)


@pytest_asyncio.fixture
async def lena(store: Store, house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lena]:
    api = BotApi()
    await api.start()
    request = SharedRequest()
    bot = Bot(TOKEN, base_url=f"{api.url}/bot", request=request)
    telegram = TelegramDeliverer(house, bot, request, Pace(None))
    one = Lena(store, house, api, Reminding(store, telegram))
    monkeypatch.setattr(reminding, "now", lambda: one.now)
    await one.begins()
    yield one
    await request.shutdown()
    await api.stop()


TOMORROW_PLEASE = Chosen(option="@remind:tomorrow")


# Chosen


async def test_nobody_is_reminded_by_default(lena: Lena) -> None:
    assert await lena.rows() == []
    assert await lena.stands() is None
    assert await lena.is_offered() == [
        "@remind:tomorrow",
        "@remind:three_days",
    ]  # the meeting's in 6


async def test_who_asks_is_told_the_day_and_can_take_it_back(lena: Lena) -> None:
    await lena.does(TOMORROW_PLEASE)
    later = (await lena.sees()).reminder
    assert later is not None
    assert later.says.params["remind_on"] == TOMORROW
    assert [pick.id for pick in later.picks] == ["@remind:none"]
    (row,) = await lena.rows()
    assert await lena.store.read(
        lambda db: db.execute(select(outbox_table.c.not_before)
                              .where(outbox_table.c.outbox_id == row.outbox_id)).scalar()
    ) == TOMORROW  # fmt: skip

    await lena.does(Chosen(option="@remind:none"))
    assert await lena.rows() == []
    assert await lena.is_offered() == ["@remind:tomorrow", "@remind:three_days"]


async def test_another_choice_takes_the_place_of_the_first(lena: Lena) -> None:
    await lena.does(TOMORROW_PLEASE)
    await lena.does(Chosen(option="@remind:three_days"))
    assert len(await lena.rows()) == 1
    assert await lena.rings(at(3, 16, 30)) == Delivered()
    assert len(lena.rung) == 1


async def test_in_the_doorbell_it_is_a_neutral_line_with_a_link_that_lets_her_in(
    lena: Lena,
) -> None:
    await lena.does(TOMORROW_PLEASE)
    assert await lena.rings(TOMORROW) == Delivered()
    (text,) = lena.rung
    assert denied(text) == []
    assert re.fullmatch(r"Sayso: go on when you like\. http://127\.0\.0\.1:8080/i/#\S{43}", text)
    secret = text.partition("#")[2]

    def opens(db: Connection) -> object:
        return invitations.let_in_by_link(db, lena.house, secret, None, "x" * 20, TOMORROW)

    assert isinstance(await lena.store.write(opens), invitations.LetIn)
    (call,) = lena.api.sent_to(CHAT)
    assert call.params["protect_content"] is True


async def test_where_the_chat_holds_the_conversation_it_has_a_button_to_go_on(lena: Lena) -> None:
    full = lena.house.settings.model_copy(update={"telegram_style": TelegramStyle.FULL})
    lena.deliverer.telegram.house = replace(lena.house, settings=full)
    await lena.does(TOMORROW_PLEASE)
    await lena.rings(TOMORROW)
    assert lena.rung == ["Sayso: go on when you like."]
    assert lena.phone.labels() == ["Go on"]


async def test_two_at_the_most_ring_for_one_conversation(lena: Lena) -> None:
    for day in (0, 2):
        lena.now = at(day, 12)
        await lena.does(TOMORROW_PLEASE)
        await lena.rings(at(day + 1, 16, 30))
    assert len(lena.rung) == 2
    assert await lena.is_offered() == []
    await lena.does(TOMORROW_PLEASE)
    assert await lena.rows() == []


async def test_one_that_was_taken_back_does_not_count(lena: Lena) -> None:
    for _time in range(3):
        await lena.does(TOMORROW_PLEASE)
        await lena.does(Chosen(option="@remind:none"))
    assert await lena.stands() == (Stands.ENDED, 0)
    assert await lena.is_offered() == ["@remind:tomorrow", "@remind:three_days"]


# Never at night


@pytest.mark.parametrize(("hour", "minute"), [(20, 0), (23, 59), (0, 0), (3, 30), (7, 59)])
async def test_a_queue_that_was_held_up_does_not_ring_at_night(
    lena: Lena, hour: int, minute: int
) -> None:
    await lena.does(TOMORROW_PLEASE)
    night = at(1 if hour >= 20 else 2, hour, minute)
    outcome = await lena.rings(night)
    assert isinstance(outcome, TryLater)
    assert (night + outcome.after).astimezone(LONDON).time() == time(8)
    assert lena.rung == []
    assert await lena.rings(night + outcome.after) == Delivered()
    assert len(lena.rung) == 1


async def test_a_telegram_that_is_down_into_the_night_rings_in_the_morning(lena: Lena) -> None:
    await lena.does(TOMORROW_PLEASE)
    lena.api.fault = lambda _method, _params: Fault(502, "Bad Gateway")
    assert isinstance(await lena.rings(at(1, 19, 59)), TryLater)
    lena.api.fault = lambda _method, _params: None
    assert isinstance(await lena.rings(at(1, 21)), TryLater)
    assert lena.rung == []
    await lena.rings(at(2, 8))
    assert len(lena.rung) == 1
    assert await lena.stands() == (Stands.RUNG, 1)


def test_the_clock_that_counts_is_that_of_england_through_the_change_of_the_hour() -> None:
    hours = northborough.house_on("sqlite+aiosqlite://").council.reminders
    for day, hour in ((date(2026, 10, 25), 8), (date(2026, 10, 24), 7), (date(2026, 3, 29), 7)):
        opens = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        assert is_quiet(hours, opens - timedelta(minutes=1))
        assert not is_quiet(hours, opens)


# None that is not wanted any more


async def _goes_on(lena: Lena) -> None:
    await lena.does(Chosen(option="@go_on"))


async def _stops_again(lena: Lena) -> None:
    await lena.does(Command(name=Name.STOP))


async def _asks_for_help(lena: Lena) -> None:
    await lena.does(Command(name=Name.HELP))


async def _sends_and_stops(lena: Lena) -> None:
    await lena.does(Chosen(option="@check"))
    await lena.does(Command(name=Name.SEND))
    assert (await lena.sees()).state is State.SENT
    await lena.does(Command(name=Name.STOP))


async def _blocks(lena: Lena) -> None:
    await lena.store.write(lambda db: reminders.chat_closed(db, lena.house, str(CHAT), lena.now))


@pytest.mark.parametrize("act", [_goes_on, _stops_again, _asks_for_help, _sends_and_stops, _blocks])
async def test_it_is_taken_back_at_once(lena: Lena, act: Any) -> None:
    await lena.does(TOMORROW_PLEASE)
    await act(lena)
    assert await lena.rows() == []
    assert await lena.stands() == (Stands.ENDED, 0)


async def _is_held(lena: Lena) -> None:
    await _review(lena, held=True)


async def _is_called_off(lena: Lena) -> None:
    await _review(lena, stood_down_at=NOON)


async def _was_yesterday(lena: Lena) -> None:
    await _review(lena, meeting_on=TODAY)


async def _review(lena: Lena, **values: object) -> None:
    which = reviews_table.c.review_id == LENA
    await lena.store.write(
        lambda db: db.execute(update(reviews_table).where(which).values(**values))
    )


async def _it_was_not_her(lena: Lena) -> None:
    await lena.store.write(lambda db: disputes.dispute(db, lena.house, lena.talk, NOON))


async def _is_erased(lena: Lena) -> None:
    await lena.store.write(lambda db: people.mark_erased(db, lena.house.id, f"person-{LENA}", NOON))


async def _is_invited_anew(lena: Lena) -> None:
    await lena.store.write(
        lambda db: reissuing.reissue(db, lena.house, LENA, "sayso", "lost", NOON)
    )


async def _has_another_chat_only(lena: Lena) -> None:
    """Somebody else's invitation was opened in this chat."""
    await lena.store.write(
        lambda db: invitations.bind_chat(
            db, lena.house, conversations.get(db, lena.house.id, _kai(lena)), str(CHAT), NOON
        )
    )


def _kai(lena: Lena) -> str:
    return invitations.conversation_of(lena.house, northborough.KAI)


@pytest.mark.parametrize(
    "change",
    [_is_held, _is_called_off, _was_yesterday, _it_was_not_her, _is_erased, _is_invited_anew,
     _has_another_chat_only],
)  # fmt: skip
async def test_what_changes_behind_its_back_is_seen_when_it_is_to_ring(
    lena: Lena, change: Any
) -> None:
    await lena.does(TOMORROW_PLEASE)
    await change(lena)
    assert isinstance(await lena.rings(TOMORROW), GiveUp)
    assert lena.rung == []
    assert await lena.rows() == []


async def test_who_turns_eighteen_is_no_longer_reminded_of_a_childs_review(lena: Lena) -> None:
    await lena.does(TOMORROW_PLEASE)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(people.YoungPerson, "age", lambda _who, _day: 18)
        assert isinstance(await lena.rings(TOMORROW), GiveUp)
    assert lena.rung == []


# Once


async def test_a_worker_that_is_killed_after_sending_sends_it_once(lena: Lena) -> None:
    await lena.does(TOMORROW_PLEASE)
    lena.now = TOMORROW
    (row,) = await lena.rows()
    await lena.deliverer.deliver(row)  # and the lights go out: nothing of it is written
    assert isinstance(await lena.rings(TOMORROW + timedelta(minutes=3)), GiveUp)
    assert len(lena.rung) == 1


async def test_a_worker_that_is_killed_before_it_is_written_down_leaves_it_to_the_next(
    lena: Lena, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lena.does(TOMORROW_PLEASE)

    def dies(*_args: object, **_more: object) -> None:
        raise RuntimeError("the lights go out")

    with monkeypatch.context() as patched:
        patched.setattr("storage.audit.add", dies)  # it is marked, and not committed
        with pytest.raises(RuntimeError, match="the lights"):
            await lena.rings(TOMORROW)
    assert lena.rung == []
    await lena.rings(TOMORROW + timedelta(minutes=3))
    assert len(lena.rung) == 1


@pytest.mark.parametrize("after", [False, True])
async def test_an_answer_that_is_lost_is_not_tried_again(
    lena: Lena, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """Whether it arrived is not known, and Telegram can't be asked."""
    await lena.does(TOMORROW_PLEASE)
    monkeypatch.setattr("bot.channels.telegram.request._READ", 0.2)
    lena.api.fault = lambda _method, _params: Fault(500, "x", after=after, hang=True)
    assert await lena.rings(TOMORROW) == Delivered()
    assert await lena.rows() == []
    assert await lena.stands() == (Stands.RUNG, 1)


@pytest.mark.parametrize("status", [429, 500, 502])
async def test_what_telegram_refuses_for_now_is_tried_again_and_rings_once(
    lena: Lena, status: int
) -> None:
    await lena.does(TOMORROW_PLEASE)
    lena.api.fault = lambda _method, _params: Fault(status, "not now", retry_after=3)
    assert isinstance(await lena.rings(TOMORROW), TryLater)
    assert await lena.stands() == (Stands.WAITING, 0)
    lena.api.fault = lambda _method, _params: None
    lena.deliverer.telegram.pace = Pace(None)
    await lena.rings(TOMORROW + timedelta(minutes=1))
    assert len(lena.rung) == 1


async def test_a_blocked_chat_is_not_tried_again_and_offered_no_more(lena: Lena) -> None:
    await lena.does(TOMORROW_PLEASE)
    lena.api._blocked.add(CHAT)
    assert isinstance(await lena.rings(TOMORROW), GiveUp)
    assert await lena.rows() == []
    later = (await lena.sees()).reminder
    assert later is not None
    assert later.calendar  # they can have it in their own calendar still
    await lena.store.write(lambda db: reminders.chat_open(db, lena.house, str(CHAT)))
    assert "@remind:tomorrow" in await lena.is_offered()


async def test_ten_workers_on_two_machines_ring_once(lena: Lena, database_url: str) -> None:
    await lena.does(TOMORROW_PLEASE)
    lena.now = TOMORROW
    (row,) = await lena.rows()
    other = await open_store(database_url, RING)
    workers = [
        Reminding(store, lena.deliverer.telegram) for store in (lena.store, other) for _ in range(5)
    ]
    outcomes = await asyncio.gather(*(worker.deliver(row) for worker in workers))
    await other.close()
    assert len(lena.rung) == 1
    assert sum(isinstance(one, Delivered) for one in outcomes) == 1


async def test_it_holds_up_nothing_else_that_goes_to_her(lena: Lena) -> None:
    await lena.does(TOMORROW_PLEASE)
    (row,) = await lena.rows()
    assert row.lane == f"reminder/{lena.talk}"
    due = await lena.store.read(partial(outbox.next_due, destinations=["reminder"], now=NOON))
    assert due == TOMORROW


# The review moves


async def _fits(lena: Lena, meeting: int) -> datetime | None:
    await lena.does(Chosen(option="@remind:three_days"))
    await _review(lena, meeting_on=TODAY + timedelta(days=meeting))

    def fit(db: Connection) -> datetime | None:
        kept = conversations.lock(db, lena.house.id, lena.talk)
        reminders.fit(db, lena.house, kept, NOON)
        return reminders.set_at(db, lena.house, kept, NOON)

    return await lena.store.write(fit)


@pytest.mark.parametrize(
    ("meeting", "rings"), [(9, at(3, 16, 30)), (4, at(3, 16, 30)), (2, at(1, 16, 30)), (0, None)]
)
async def test_a_review_that_comes_sooner_brings_the_reminder_before_it(
    lena: Lena, meeting: int, rings: datetime | None
) -> None:
    assert await _fits(lena, meeting) == rings
    assert len(await lena.rows()) == (0 if rings is None else 1)


# On a phone, from end to end


async def test_whoever_blocks_the_bot_is_reminded_of_nothing_and_has_the_chat_back_afterwards(
    tmp_path: Path,
) -> None:
    async with telegram(tmp_path) as (sayso, api, phone):
        payload, review_id = await payload_for(sayso)
        talk = invitations.conversation_of(sayso.house, review_id)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        await phone.answered(lambda: phone.press("Stop for now"))
        await phone.answered(lambda: phone.press("Tomorrow"))
        assert "You get one reminder in Telegram, on" in phone.last["text"]

        async def stands() -> Stands | None:
            found = await sayso.store.read(lambda db: kept_reminders.get(db, sayso.house.id, talk))
            return None if found is None else found.state

        assert await stands() is Stands.WAITING
        before = len(api.calls)
        phone.block()
        await api.settled()
        assert await stands() is Stands.ENDED
        assert len(api.calls) == before  # nothing is tried in a chat that is closed

        phone.unblock()
        await api.settled()
        await phone.answered(lambda: phone.press("No reminder, please"))  # an old button
        await phone.answered(lambda: phone.press("Tomorrow"))
        assert await stands() is Stands.WAITING
        assert set(api.answers) == {200}
