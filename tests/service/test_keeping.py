"""What has had its time goes, and nothing goes before: copies, drafts, sent words, decisions."""

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, make_url, select, update

from bot.channels.telegram.notices import notice
from bot.service import hear, invitations, ledger, reminders
from bot.service.council import Council, Keeping, read_council
from bot.service.guessing import Shown
from bot.service.house import House
from bot.service.invitations import Knock, LetIn, Refused
from bot.service.keeping import TELL_BEFORE, Ending, _end_if_over, end_of
from bot.service.wording import Reader
from bot.settings import Settings
from conversations.hearing import Command, Name
from conversations.participation import Code
from conversations.screens import State
from conversations.wording import Band
from storage import conversations as kept_conversations
from storage import erasures, inbox, outbox, participation, people, tasks
from storage import keeping as stored
from storage.contributions import Filing
from storage.conversations import get as kept_conversation
from storage.erasures import What
from storage.participation import Confirmed
from storage.store import Store, open_store
from storage.tables import (
    audit,
    contributions,
    conversations,
    filings,
    keys_to_conversations,
)
from storage.tables import inbox as inbox_table
from storage.tables import participation as participation_table
from storage.tables import tasks as tasks_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, LENA
from tests.desk.running import Desk, desk
from tests.keys import RING

__all__ = ["desk"]

NOW = datetime.now(UTC).replace(hour=12, minute=0)  # by day: at night nobody is told anything
DRAFT = "Nobody but me has read this yet"
CHAT = "77001"


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    council = read_council(None)
    return House(council, RING, Settings(database_url=database_url, backups=tmp_path / "b"))


def _rows(table: Table, *where: Any) -> Any:
    return lambda db: db.execute(
        select(func.count()).select_from(table).where(*where)
    ).scalar_one()  # fmt: skip


async def _round(store: Store, house: House, at: datetime, *, telegram: bool = True) -> None:
    """Everything is looked at once."""
    told = (lambda *said: notice(house, *said)) if telegram else None
    ending = Ending(store, house, told)
    while await ending.step(at):
        pass


def _draft(db: Connection, house: House, *, chat: bool) -> None:
    """Lena begins, says something and sends nothing."""
    northborough.make(db, house)
    northborough.begin(db, house, LENA, DRAFT)
    if chat:
        kept = kept_conversation(db, house.id, invitations.conversation_of(house, LENA))
        invitations.bind_chat(db, house, kept, CHAT, NOW)


async def _lena(store: Store, house: House) -> stored.Standing:
    found = await store.read(lambda db: stored.of_people(db, house.id, [f"person-{LENA}"]))
    return found[0]


def _noon_after(moment: datetime) -> datetime:
    """By day, whatever the time is while the test runs: at night nobody is told anything."""
    return moment.replace(hour=12, minute=0) + timedelta(days=1)


def _sent_to_chat(db: Connection, house: House) -> list[dict[str, Any]]:
    rows = outbox.of_person(db, house.id, f"person-{LENA}", "telegram")
    return [json.loads(row.payload) for row in rows]


async def test_a_draft_is_erased_when_its_time_is_over_and_not_a_day_before(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _draft(db, house, chat=False))
    lena = await _lena(store, house)
    end = lena.open_until + timedelta(days=house.council.keeping.unsent_days)
    assert end_of(lena, house.council.keeping) == (What.DRAFT, end)
    mine = conversations.c.review_id == LENA

    await _round(store, house, end - timedelta(days=1))
    assert await store.read(_rows(conversations, mine)) == 1

    await _round(store, house, end + timedelta(minutes=1))
    assert await store.read(_rows(conversations, mine)) == 0
    (erased,) = await store.read(lambda db: erasures.of_person(db, house.id, f"person-{LENA}"))
    assert (erased.what, erased.review_id, erased.by) == (What.DRAFT, LENA, "sayso")
    acts = await store.read(_rows(audit, audit.c.act == "draft_erased"))
    assert acts == 1
    others = await store.read(_rows(conversations))
    assert others == 3  # Kai, Maya and Hana have sent theirs


async def test_who_uses_telegram_is_told_before_without_a_word_of_it(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _draft(db, house, chat=True))
    lena = await _lena(store, house)
    soon = lena.open_until - TELL_BEFORE

    await _round(store, house, soon - timedelta(hours=1))
    assert await store.read(lambda db: _sent_to_chat(db, house)) == []
    noon = _noon_after(soon)
    for later in (0, 1, 24):  # once, however often it is looked at
        await _round(store, house, noon + timedelta(hours=later))

    (told,) = await store.read(lambda db: _sent_to_chat(db, house))
    assert told["chat"] == int(CHAT)
    said = told["send"]["text"]
    link = said.removeprefix("Sayso: a message for you. ")
    assert link.startswith(f"{house.settings.public_url}/i/#")
    assert told["tidy"] is None
    opened = await store.write(lambda db: _open(db, house, link, noon + timedelta(hours=2)))
    assert isinstance(opened, LetIn)


def _open(db: Connection, house: House, link: str, at: datetime) -> object:
    knock = Knock(link.partition("#")[2], "", None, "x" * 20, Shown(b"", None, None))
    return invitations.let_in_by_link(db, house, knock.secret, None, knock.once, at)


async def test_who_is_to_be_told_at_night_is_told_in_the_morning(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _draft(db, house, chat=True))
    lena = await _lena(store, house)
    evening = (lena.open_until - TELL_BEFORE).replace(hour=22)
    night = evening if evening > lena.open_until - TELL_BEFORE else evening + timedelta(days=1)

    await _round(store, house, night)
    assert await store.read(lambda db: _sent_to_chat(db, house)) == []
    await _round(store, house, night + timedelta(hours=10, minutes=1))
    assert len(await store.read(lambda db: _sent_to_chat(db, house))) == 1


async def test_who_blocked_the_bot_is_not_waited_for(store: Store, house: House) -> None:
    await store.write(lambda db: _draft(db, house, chat=True))
    await store.write(lambda db: reminders.chat_closed(db, house, CHAT, NOW))
    lena = await _lena(store, house)
    end = lena.open_until + timedelta(days=house.council.keeping.unsent_days)

    await _round(store, house, _noon_after(end))
    assert await store.read(lambda db: _sent_to_chat(db, house)) == []
    assert await store.read(_rows(conversations, conversations.c.review_id == LENA)) == 0


async def test_what_nobody_could_be_told_of_in_time_waits(store: Store, house: House) -> None:
    """Sayso was not running while they should have been told."""
    await store.write(lambda db: _draft(db, house, chat=True))
    lena = await _lena(store, house)
    end = _noon_after(lena.open_until + timedelta(days=house.council.keeping.unsent_days + 10))
    mine = conversations.c.review_id == LENA

    await _round(store, house, end)
    assert await store.read(_rows(conversations, mine)) == 1
    (told,) = await store.read(lambda db: _sent_to_chat(db, house))
    assert told["send"]["text"].endswith("/i/")

    await _round(store, house, end + TELL_BEFORE + timedelta(minutes=1))
    assert await store.read(_rows(conversations, mine)) == 0


async def test_who_is_invited_anew_while_it_is_looked_at_loses_nothing(
    store: Store, house: House
) -> None:
    """Between the look and the end of it."""
    await store.write(lambda db: _draft(db, house, chat=False))
    lena = await _lena(store, house)
    over = lena.open_until + timedelta(days=29)
    await store.write(
        lambda db: kept_conversations.extend(
            db, house.id, lena.conversation_id, over + timedelta(days=14)
        )
    )

    ended = await store.write(lambda db: _end_if_over(db, house, lena, over))

    assert not ended
    assert await store.read(_rows(conversations, conversations.c.review_id == LENA)) == 1


async def test_who_was_let_in_while_they_were_erased_is_erased_all_the_same(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _draft(db, house, chat=False))
    await store.write(lambda db: people.mark_erased(db, house.id, f"person-{LENA}", NOW))

    await _round(store, house, NOW)

    assert await store.read(_rows(conversations, conversations.c.review_id == LENA)) == 0


async def test_the_stopped_page_says_until_when_it_is_kept(store: Store, house: House) -> None:
    await store.write(lambda db: _draft(db, house, chat=False))
    lena = await _lena(store, house)
    stop = hear.Incoming(lena.conversation_id, "web:x", "stop", "", Command(name=Name.STOP))
    await store.write(lambda db: hear.hear(db, house, stop, NOW))

    answered = await store.read(lambda db: hear.show(db, house, lena.conversation_id, NOW))

    assert answered.screen.state is State.STOPPED
    says = [Reader(Band.TWELVE).read(say) for say in answered.screen.says]
    day = (lena.open_until + timedelta(days=28)).date()
    assert any("not sent is erased on" in said and str(day.day) in said for said in says)


async def test_sent_words_are_kept_until_the_councils_time_and_then_erased(
    store: Store, house: House
) -> None:
    await store.write(lambda db: northborough.make(db, house))
    mine = contributions.c.review_id == KAI
    over = NOW + timedelta(days=house.council.keeping.words_days + 1)

    await _round(store, house, over)  # not in the case record yet: its only copy
    assert await store.read(_rows(contributions, mine)) == 1

    await store.write(_all_filed)
    await _round(store, house, NOW + timedelta(days=house.council.keeping.words_days - 1))
    assert await store.read(_rows(contributions, mine)) == 1
    await _round(store, house, over)
    for table in (contributions, conversations):
        assert await store.read(_rows(table)) == 0
    assert await store.read(_rows(filings)) == 0
    await ledger.note(store, house)
    noted = ledger.read(house, [house.settings.erasure_ledger])
    assert {(one.what, one.review_id) for one in noted.erasures} >= {(What.WORDS, KAI)}


async def test_that_something_was_sent_is_known_when_the_words_are_gone(desk: Desk) -> None:
    """The code is proposed as before: whoever sent something did not send nothing."""
    amina = await desk.signed_in(AMINA)
    address = f"/desk/reviews/{KAI}"
    assert "Confirm PN6" in (await amina.get(address)).seen
    await desk.store.write(_all_filed)
    later = NOW + timedelta(days=desk.house.council.keeping.words_days + 1)
    await _round(desk.store, desk.house, later)

    page = await amina.get(address)

    assert "What Kai said is erased" in page.seen
    assert "its time was over" in page.seen
    assert "Confirm PN6" in page.seen
    assert "brother" not in page.text


def _all_filed(db: Connection) -> None:
    db.execute(update(filings).values(state=Filing.FILED.value, filed_at=NOW))


async def test_copies_go_once_all_is_filed_and_not_before(store: Store, house: House) -> None:
    await store.write(lambda db: northborough.make(db, house))
    talk = invitations.conversation_of(house, KAI)
    person = f"person-{KAI}"

    def came_in(db: Connection) -> None:
        for source, key, who in (
            (f"web:{talk}", "a", person),
            ("telegram:1", "10", person),
            ("telegram:1", "11", None),
        ):
            inbox.add(db, house.id, source, key, "as it came", NOW, person_id=who)

    await store.write(came_in)
    theirs = inbox_table.c.body.is_not(None) & (inbox_table.c.received_at == NOW)
    await _round(store, house, NOW + timedelta(days=5))
    assert await store.read(_rows(inbox_table, theirs)) == 3

    await store.write(_all_filed)
    await _round(store, house, NOW + timedelta(days=1))
    assert await store.read(_rows(inbox_table, theirs)) == 3  # Telegram may bring it again
    await _round(store, house, NOW + timedelta(days=3))
    assert await store.read(_rows(inbox_table, theirs)) == 1  # nobody knows whose it is
    await _round(store, house, NOW + timedelta(days=house.council.keeping.unknown_days + 1))
    assert await store.read(_rows(inbox_table, theirs)) == 0
    assert await store.read(_rows(contributions, contributions.c.review_id == KAI)) == 1


async def test_ways_in_that_are_over_go_and_the_words_stay(store: Store, house: House) -> None:
    await store.write(lambda db: northborough.make(db, house))
    await store.write(_all_filed)
    kai = await store.read(lambda db: stored.of_people(db, house.id, [f"person-{KAI}"]))
    mine = keys_to_conversations.c.conversation_id == kai[0].conversation_id
    assert await store.read(_rows(keys_to_conversations, mine)) >= 1

    await _round(store, house, kai[0].open_until + timedelta(days=1))

    assert await store.read(_rows(keys_to_conversations, mine)) == 0
    assert await store.read(_rows(conversations, conversations.c.review_id == KAI)) == 1


async def test_decisions_end_by_their_own_time_and_codes_stay(store: Store, house: House) -> None:
    await store.write(lambda db: northborough.make(db, house))
    confirmed = Confirmed(KAI, Code.PN6, Code.PN1, "sent", "She rang", None, "amina", NOW)

    def decide(db: Connection) -> None:
        participation.confirm(db, house.id, confirmed)
        task = tasks.Task("t", tasks.Kind.ADVOCATE, f"person-{KAI}", KAI)
        tasks.add(db, house.id, task, NOW)
        tasks.done(db, house.id, "t", "amina", NOW)
        tasks.add(db, house.id, replace(task, task_id="waits"), NOW)

    await store.write(decide)
    days = house.council.keeping.decisions_days
    reason = participation_table.c.reason.is_not(None)

    await _round(store, house, NOW + timedelta(days=days - 1))
    assert await store.read(_rows(participation_table, reason)) == 1
    await _round(store, house, NOW + timedelta(days=days + 1))

    assert await store.read(_rows(participation_table, reason)) == 0
    assert await store.read(_rows(participation_table, participation_table.c.code == "PN6")) == 1
    ids = select(tasks_table.c.task_id)
    assert await store.read(lambda db: list(db.execute(ids).scalars())) == ["waits"]


async def test_what_was_deleted_leaves_the_wal_too(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    house = House(
        read_council(None), RING, Settings(database_url=sqlite_database_url, backups=tmp_path / "b")
    )
    store = await open_store(sqlite_database_url, RING)
    await store.write(lambda db: _draft(db, house, chat=False))
    lena = await _lena(store, house)
    state = select(conversations.c.state).where(conversations.c.review_id == LENA)
    sealed: bytes = await store.read(lambda db: db.execute(state).scalar_one())
    file = Path(make_url(sqlite_database_url).database or "")
    wal = file.with_name(f"{file.name}-wal")
    assert sealed[21:61] in file.read_bytes() + wal.read_bytes()

    await _round(store, house, lena.open_until + timedelta(days=29), telegram=False)

    assert wal.stat().st_size == 0
    assert sealed[21:61] not in file.read_bytes()
    await store.close()


async def test_who_opens_the_link_to_what_was_erased_is_told_so_and_a_code_is_not(
    store: Store, house: House
) -> None:
    """A link can't be guessed; a code that was right once looks like any wrong one."""
    await store.write(lambda db: northborough.make(db, house))
    invited = await store.write(lambda db: invitations.invite(db, house, LENA, NOW))
    entered = await store.write(lambda db: _open(db, house, invited.url, NOW))
    assert isinstance(entered, LetIn)
    lena = await _lena(store, house)

    await _round(store, house, lena.open_until + timedelta(days=29), telegram=False)

    assert await store.write(lambda db: _open(db, house, invited.url, NOW)) is Refused.ERASED
    typed = await store.write(
        lambda db: invitations.let_in_by_code(db, house, invited.code, "", NOW)
    )
    assert typed is Refused.CODE


def test_a_council_says_how_long_and_no_less_than_is_safe() -> None:
    plain = read_council(None).model_dump(mode="json")
    given = Council.model_validate({**plain, "keeping": {"words_days": 183}})
    assert given.keeping.words_days == 183
    with pytest.raises(ValueError, match="transport_days"):
        Council.model_validate({**plain, "keeping": {"transport_days": 0}})
    with pytest.raises(ValueError, match="words"):
        Council.model_validate({**plain, "keeping": {"words": 10}})


async def test_the_page_after_sending_says_until_which_day_of_which_year_it_is_kept(
    store: Store, house: House
) -> None:
    await store.write(lambda db: northborough.make(db, house))
    kai = (await store.read(lambda db: stored.of_people(db, house.id, [f"person-{KAI}"])))[0]
    _what, end = end_of(kai, house.council.keeping)

    answered = await store.read(lambda db: hear.show(db, house, kai.conversation_id, NOW))

    says = [Reader(Band.TWELVE).read(say) for say in answered.screen.after]
    assert f"Sayso keeps what you sent until {end:%-d %B %Y}. Your file has its own copy." in says


def test_the_invented_council_keeps_to_the_defaults_and_names_them() -> None:
    named = tomllib.loads(Path("bot/demo/northborough.toml").read_text())["keeping"]
    assert named == Keeping().model_dump()


def test_every_time_is_documented_with_its_default_and_bounds() -> None:
    said = Path("docs/keeping.md").read_text()
    for name, field in Keeping.model_fields.items():
        (row,) = [line for line in said.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"| `{field.default}`" in row, name
        least, most = (str(bound) for bound in _bounds(field))
        assert least in row, name
        assert most in row.replace(",", ""), name


def _bounds(field: Any) -> tuple[int, int]:
    found = {type(one).__name__: one for one in field.metadata}
    return found["Ge"].ge, found["Le"].le
