"""A review moves, is off or has another officer in the middle of a conversation, and is said so."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.access.permissions import Relation
from bot.access.roles import Role
from bot.service import invitations, own_words, rearranging, relations
from bot.service.hear import Incoming, hear, show
from bot.service.house import House
from bot.service.rearranging import How, NoOfficer, Over, Why
from bot.service.relations import Asker
from bot.service.wording import LONDON, Reader
from bot.web.context import now
from conversations.hearing import Chosen, Heard, Text
from conversations.screens import Screen
from conversations.texts_later import NEWS
from conversations.wording import Band
from storage import conversations, review_moves, reviews
from storage.errors import Unknown
from storage.invitations import KeyKind
from storage.outbox import Outgoing
from storage.review_moves import Form, Reason, What
from storage.reviews import Review
from storage.store import Store
from storage.tables import audit, keys_to_conversations, outbox
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, GRACE, HANA, KAI, LENA, TOM

TODAY = northborough.today()


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def begun(store: Store, house: House) -> str:
    """Lena is in the middle of it: her conversation."""

    def begin(db: Connection) -> str:
        northborough.make(db, house)
        northborough.begin(db, house, LENA, "The heating is broken")
        return invitations.conversation_of(house, LENA)

    return await store.write(begin)


async def seen(store: Store, house: House, talk: str) -> tuple[Screen, str]:
    def look(db: Connection) -> tuple[Screen, str]:
        found = show(db, house, talk, now())
        says = [found.reader.read(say) for say in (*found.screen.says, found.screen.ask)]
        return found.screen, "\n".join(says)

    return await store.read(look)


async def does(store: Store, house: House, talk: str, heard: Heard, key: str = "x") -> None:
    await store.write(lambda db: hear(db, house, Incoming(talk, "web:x", key, "", heard), now()))


async def changed(store: Store, house: House, what: Any, *about: object) -> bool:
    return await store.write(lambda db: what(db, house, *about, "sayso", now()))


async def review(store: Store, house: House, review_id: str = LENA) -> Review:
    return await store.read(lambda db: reviews.get(db, house.id, review_id))


async def test_another_day_is_said_once_without_the_day_and_the_open_question_is_asked_again(
    store: Store, house: House
) -> None:
    talk = await begun(store, house)
    asked = (await seen(store, house, talk))[0].asked
    day = TODAY + timedelta(days=40)

    assert await changed(store, house, rearranging.move, LENA, day)
    screen, says = await seen(store, house, talk)
    assert screen.asked == "@news"
    assert "Your review has a new date. What you sent still counts." in says
    assert str(day.day) not in says.replace(house.council.review_team_phone, "")

    await does(store, house, talk, Chosen(option="@seen"))
    assert (await seen(store, house, talk))[0].asked == asked
    assert not await changed(store, house, rearranging.move, LENA, day)
    assert (await seen(store, house, talk))[0].asked == asked


async def test_what_is_open_stays_open_until_the_new_day_and_never_closes_sooner(
    store: Store, house: House
) -> None:
    talk = await begun(store, house)
    day = TODAY + timedelta(days=40)
    await changed(store, house, rearranging.move, LENA, day)
    end = datetime.combine(day, time(23, 59), LONDON)

    async def until() -> tuple[datetime, set[datetime]]:
        query = select(keys_to_conversations.c.expires_at).where(
            keys_to_conversations.c.conversation_id == talk,
            keys_to_conversations.c.kind == KeyKind.BROWSER.value,
        )
        return await store.read(
            lambda db: (
                conversations.get(db, house.id, talk).open_until,
                set(db.execute(query).scalars()),
            )
        )

    assert await until() == (end, {end})
    await changed(store, house, rearranging.move, LENA, TODAY + timedelta(days=1))
    assert await until() == (end, {end})


async def test_a_review_that_is_off_is_said_so_and_words_are_taken_all_the_same(
    store: Store, house: House
) -> None:
    talk = await begun(store, house)
    assert await changed(store, house, rearranging.stand_down, LENA)
    assert not await changed(store, house, rearranging.stand_down, LENA)
    found = await review(store, house)
    assert (found.stood_down, found.meeting_on) == (True, None)
    _screen, says = await seen(store, house, talk)
    assert "Your review is off for now." in says

    await does(store, house, talk, Text(words="I still want to say this"), "1")
    kept = await store.read(lambda db: conversations.get(db, house.id, talk))
    assert "I still want to say this" in repr(kept.conversation)

    await changed(store, house, rearranging.move, LENA, TODAY + timedelta(days=9))
    assert not (await review(store, house)).stood_down
    kept = await store.read(lambda db: conversations.get(db, house.id, talk))
    assert kept.conversation.news == ("moved",)  # that it was off is old news


async def test_a_new_officer_is_announced_and_reads_what_was_sent_and_the_old_one_does_not(
    store: Store, house: House
) -> None:
    await begun(store, house)
    talk = invitations.conversation_of(house, KAI)
    assert await changed(store, house, rearranging.hand_over, KAI, TOM)
    _screen, says = await seen(store, house, talk)
    assert "You have a new IRO." in says
    assert "Fenwick" not in says  # their name stands where the code was accepted, not here

    def who(db: Connection) -> list[Relation]:
        askers = (Asker(one, Role.IRO, "", TODAY) for one in (AMINA, TOM))
        return [relations.to_review(db, house, asker, KAI) for asker in askers]

    assert await store.read(who) == [Relation.TEAM, Relation.OWN]


async def test_only_who_runs_reviews_can_be_given_one(store: Store, house: House) -> None:
    await begun(store, house)
    with pytest.raises(NoOfficer):
        await changed(store, house, rearranging.hand_over, LENA, GRACE)
    with pytest.raises(Unknown):
        await changed(store, house, rearranging.hand_over, "nobody's", TOM)
    assert not await changed(store, house, rearranging.hand_over, LENA, AMINA)
    assert (await review(store, house)).officer_id == AMINA


async def test_a_review_that_was_held_keeps_its_day(store: Store, house: House) -> None:
    await begun(store, house)
    await store.write(lambda db: reviews.hold(db, house.id, HANA, TODAY - timedelta(days=2)))
    for what, about in ((rearranging.move, (HANA, TODAY)), (rearranging.stand_down, (HANA,))):
        with pytest.raises(Over):
            await changed(store, house, what, *about)
    with pytest.raises(NoOfficer):  # a pathway review is not an IRO's
        await changed(store, house, rearranging.hand_over, HANA, TOM)
    assert (await review(store, house, HANA)).officer_id == DEV


async def test_who_has_not_begun_is_told_nothing_and_finds_it_as_it_is(
    store: Store, house: House
) -> None:
    await store.write(lambda db: northborough.make(db, house))
    assert await changed(store, house, rearranging.move, LENA, TODAY + timedelta(days=3))
    assert (await review(store, house)).meeting_on == TODAY + timedelta(days=3)


async def test_several_things_at_once_are_said_one_after_the_other(
    store: Store, house: House
) -> None:
    talk = await begun(store, house)
    for what, about in (
        (rearranging.move, (LENA, TODAY + timedelta(days=3))),
        (rearranging.hand_over, (LENA, TOM)),
        (rearranging.stand_down, (LENA,)),
    ):
        await changed(store, house, what, *about)
    said = []
    for number in range(3):
        screen, says = await seen(store, house, talk)
        if screen.asked != "@news":
            break
        said.append(says.partition(".")[0])
        await does(store, house, talk, Chosen(option="@seen"), f"{number}")
    assert said == ["You have a new IRO", "Your review is off for now"]


async def test_each_change_stands_in_the_audit(store: Store, house: House) -> None:
    await begun(store, house)
    await changed(store, house, rearranging.move, LENA, TODAY + timedelta(days=3))
    await changed(store, house, rearranging.stand_down, LENA)
    await changed(store, house, rearranging.hand_over, LENA, TOM)
    query = select(audit.c.act).where(audit.c.subject == f"review:{LENA}")
    acts = await store.read(lambda db: set(db.execute(query).scalars()))
    assert {"review_moved", "review_stood_down", "review_handed_over"} <= acts


@pytest.mark.parametrize("band", list(Band))
def test_what_is_said_of_it_names_nobody_and_no_day(band: Band) -> None:
    for text in NEWS.values():
        for pathway, chair in ((False, False), (True, False), (False, True)):
            said = Reader(band, "en", pathway, chair).text(text)
            assert set(_asked_for(said)) <= {"review_team_phone"}


def _asked_for(said: str) -> list[str]:
    return [part.partition("}")[0] for part in said.split("{")[1:]]


async def rung(
    store: Store, house: House, at: datetime, what: Callable[[Connection, Any], bool]
) -> list[tuple[str, datetime]]:
    """What goes out into Lena's chat, and from when on: text and time."""
    sent: list[str] = []

    def notice(chat: str, text: str, key: str, person_id: str) -> Outgoing:
        sent.append(text)
        return Outgoing("telegram", f"telegram/{chat}", key, "{}", person_id=person_id)

    await store.write(lambda db: what(db, notice))
    query = select(outbox.c.not_before).where(outbox.c.idempotency_key.like("move/%"))
    times = await store.read(lambda db: list(db.execute(query).scalars()))
    assert len(times) == len(sent)
    return list(zip(sent, times, strict=True))


@pytest.mark.parametrize(("hour", "rings"), [(14, 14), (23, 8)])
async def test_a_move_rings_once_by_day_and_says_neither_what_nor_when(
    store: Store, house: House, hour: int, rings: int
) -> None:
    talk = await begun(store, house)
    at = datetime.combine(TODAY, time(hour), LONDON)
    day = TODAY + timedelta(days=40)

    def go(db: Connection, notice: Any) -> bool:
        kept = conversations.get(db, house.id, talk)
        invitations.bind_chat(db, house, kept, "4711", at)
        how = How("14:30", Form.VIDEO, notice)
        assert rearranging.move(db, house, LENA, day, "staff:amina", at, how)
        return rearranging.move(db, house, LENA, day, "staff:amina", at, how)  # a second tap

    ((text, not_before),) = await rung(store, house, at, go)

    assert "Sayso" in text
    for never in ("review", "care", "14:30", "Lena", f"{day.day} ", "meeting", "video"):
        assert never not in text.partition("http")[0]
    assert not_before.astimezone(LONDON).hour == rings
    if hour == 23:
        assert not_before.astimezone(LONDON).date() == TODAY + timedelta(days=1)


async def test_standing_down_rings_too_and_its_day_opens_only_where_they_unlocked(
    store: Store, house: House
) -> None:
    talk = await begun(store, house)
    at = datetime.combine(TODAY, time(14), LONDON)

    def go(db: Connection, notice: Any) -> bool:
        kept = conversations.get(db, house.id, talk)
        invitations.bind_chat(db, house, kept, "4711", at)
        why = Why(Reason.COURT, "The judge moved it.", notice)
        return rearranging.stand_down(db, house, LENA, "staff:amina", at, why)

    assert len(await rung(store, house, at, go)) == 1

    def when(db: Connection) -> str:
        kept = conversations.get(db, house.id, talk)
        found = own_words.when_of(db, house, kept, at)
        return Reader(Band.EIGHT).read(found) if found else ""

    assert await store.read(when) == "Your review is off for now. It gets a new date."
    day = TODAY + timedelta(days=12)
    await changed(store, house, rearranging.move, LENA, day)
    assert f"{day.day} " in await store.read(when)
    (off, back) = await store.read(lambda db: review_moves.of_review(db, house.id, LENA))
    assert (off.reason, off.words, back.what) == (
        Reason.COURT,
        "The judge moved it.",
        What.REARRANGED,
    )
    await store.write(lambda db: reviews.hold(db, house.id, LENA, TODAY))
    assert await store.read(when) == ""


async def test_the_case_system_leaves_time_and_form_as_they_are(store: Store, house: House) -> None:
    await begun(store, house)
    day, at = TODAY + timedelta(days=12), now()
    how = How("09:15", Form.HYBRID)
    await store.write(lambda db: rearranging.move(db, house, LENA, day, "staff:amina", at, how))
    assert not await changed(store, house, rearranging.move, LENA, day)
    assert await store.write(
        lambda db: rearranging.move(db, house, LENA, day, "x", at, How("10:00", Form.HYBRID))
    )
    moves = await store.read(lambda db: review_moves.of_review(db, house.id, LENA))
    assert [one.clock_time for one in moves] == ["09:15", "10:00"]
