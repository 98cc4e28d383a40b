"""Briefing an advocate: only what they may hear, handed over on record, and only then a code."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.access.roles import Role
from bot.service import briefing, disputes, reading, taking_part
from bot.service.admission import Admitted, Asked
from bot.service.briefing import Entry, Fault
from bot.service.house import House
from bot.service.invitations import conversation_of
from conversations.participation import Code
from storage import briefings, contributions, reviews
from storage.briefings import Briefing
from storage.errors import Unknown
from storage.reviews import Review
from storage.store import Store
from storage.tables import audit
from storage.tables import briefings as briefings_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, RUTH, TOM

NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


def staff(staff_id: str = AMINA) -> Admitted:
    role, name = northborough.STAFF[staff_id]
    return Admitted(staff_id, Role(role), name, "token", NOW)


def said(db: Connection, house: House, how: str = "someone_speaks_for_me") -> None:
    """Noor sent two answers: one that an advocate may hear, and one that they may not."""
    northborough.make(db, house)
    northborough.add(db, house, "R-noor", "Noor Silva", 14, AMINA, meeting=0, due=9)
    northborough.say(
        db,
        house,
        "R-noor",
        {
            "home.change": "For the advocate",
            "home.tell": "advocate",
            "family.more": "For the officer",
            "family.tell": "nobody",
            "meeting.how": how,
        },
        audience="pick",
    )


NOOR = "R-noor"
PAPER, HANDED = Asked("desk.advocate_paper", NOOR), Asked("desk.advocate_briefed", NOOR)
ENTRY = Entry("Ann Advocate", "Amina Yusuf", TODAY, 1)


def proposed(db: Connection, house: House) -> Code | None:
    review = reviews.get(db, house.id, NOOR)
    sent = reading.newest(db, house, NOOR)
    suggested = taking_part.box(db, house, review, sent, NOW).suggested
    assert suggested is not None
    return suggested.code


async def test_the_paper_holds_only_what_an_advocate_may_hear_and_making_it_is_on_record(
    store: Store, house: House
) -> None:
    def go(db: Connection) -> dict[str, Any]:
        said(db, house)
        document = briefing.make(db, house, staff(), PAPER, NOW)
        assert not isinstance(document, Fault)
        return document

    document = await store.write(go)

    assert [one["said"] for one in document["answers"]] == ["For the advocate"]
    assert "For the officer" not in repr(document)
    acts = await store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("advocate_brief_made") == 1


async def test_nothing_for_an_advocate_is_no_paper_and_no_hand_over(
    store: Store, house: House
) -> None:
    def go(db: Connection) -> tuple[Any, Any]:
        northborough.make(db, house)  # Kai's answers are for the officer alone
        return (
            briefing.make(db, house, staff(), Asked("desk.advocate_paper", KAI), NOW),
            briefing.hand_over(db, house, staff(), Asked("desk.advocate_briefed", KAI), ENTRY, NOW),
        )

    assert await store.write(go) == (Fault.NOTHING, Fault.NOTHING)


async def test_while_somebody_says_that_it_was_not_them_nothing_goes_out(
    store: Store, house: House
) -> None:
    def go(db: Connection) -> tuple[Any, Any]:
        said(db, house)
        disputes.dispute(db, house, conversation_of(house, NOOR), NOW)
        return (
            briefing.make(db, house, staff(), PAPER, NOW),
            briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW),
        )

    assert await store.write(go) == (Fault.DISPUTED, Fault.DISPUTED)


@pytest.mark.parametrize("staff_id", [TOM, RUTH])
async def test_nobody_but_the_officer_who_runs_the_review_briefs_an_advocate(
    store: Store, house: House, staff_id: str
) -> None:
    def go(db: Connection) -> None:
        said(db, house)
        with pytest.raises(Unknown):
            briefing.make(db, house, staff(staff_id), PAPER, NOW)
        with pytest.raises(Unknown):
            briefing.hand_over(db, house, staff(staff_id), HANDED, ENTRY, NOW)

    await store.write(go)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (replace(ENTRY, advocate=" "), Fault.ADVOCATE),
        (replace(ENTRY, advocate="x" * 201), Fault.ADVOCATE),
        (replace(ENTRY, handed_by=""), Fault.HANDED_BY),
        (replace(ENTRY, handed_on=None), Fault.HANDED_ON),
        (replace(ENTRY, handed_on=TODAY + timedelta(days=2)), Fault.LATER),
        (replace(ENTRY, handed_on=TODAY - timedelta(days=2)), Fault.EARLIER),
        (replace(ENTRY, version=2), Fault.OTHER),
    ],
)
async def test_without_who_to_whom_and_a_possible_day_nothing_is_recorded(
    store: Store, house: House, entry: Entry, fault: Fault
) -> None:
    def go(db: Connection) -> tuple[Any, list[Briefing]]:
        said(db, house)
        found = briefing.hand_over(db, house, staff(), HANDED, entry, NOW)
        return found, briefings.of_review(db, house.id, NOOR)

    assert await store.write(go) == (fault, [])


async def test_only_once_it_is_handed_over_pn5_is_proposed(store: Store, house: House) -> None:
    def go(db: Connection) -> tuple[Code | None, Code | None, Code | None]:
        said(db, house)
        wanted = proposed(db, house)
        briefing.make(db, house, staff(), PAPER, NOW)  # a paper in a drawer briefs nobody
        made = proposed(db, house)
        assert isinstance(briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW), Briefing)
        return wanted, made, proposed(db, house)

    assert await store.write(go) == (Code.PN6, Code.PN6, Code.PN5)


async def test_only_once_it_is_handed_over_pn2_is_proposed_to_who_comes(
    store: Store, house: House
) -> None:
    def go(db: Connection) -> tuple[Code | None, Code | None]:
        said(db, house, "come")
        before = proposed(db, house)
        briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW)
        return before, proposed(db, house)

    assert await store.write(go) == (Code.PN1, Code.PN2)


async def test_who_was_told_only_after_the_meeting_was_not_briefed_for_it(
    store: Store, house: House
) -> None:
    def go(db: Connection) -> Code | None:
        said(db, house)
        briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW)
        reviews.hold(db, house.id, NOOR, TODAY - timedelta(days=1))
        return proposed(db, house)

    assert await store.write(go) == Code.PN6


async def test_what_is_filed_from_then_on_proposes_it_too(store: Store, house: House) -> None:
    def go(db: Connection) -> tuple[Any, Any]:
        said(db, house)
        sent = contributions.of_review(db, house.id, NOOR)[0]
        before = sent.content["restricted"]["proposed_participation"]
        briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW)
        northborough.say_again(db, house, NOOR, "home.change", "More for the advocate")
        again = contributions.of_review(db, house.id, NOOR)[-1]
        return before, again.content["restricted"]["proposed_participation"]

    before, after = await store.write(go)

    assert before["code"] == "PN6"
    assert after["code"] == "PN5"
    assert "Ann Advocate" in after["because"]


async def test_a_confirmation_of_what_is_proposed_carries_who_was_briefed(
    store: Store, house: House
) -> None:
    def go(db: Connection) -> Any:
        said(db, house)
        briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW)
        entry = taking_part.Entry("advocate_briefed", "advocate_briefed", "")
        asked = Asked("desk.code", NOOR)
        assert taking_part.confirm(db, house, staff(), asked, entry, NOW) == "now"
        review = reviews.get(db, house.id, NOOR)
        return taking_part.box(db, house, review, None, NOW).confirmed

    confirmed = await store.write(go)

    assert confirmed.code is Code.PN5
    assert (confirmed.briefed.name, confirmed.briefed.on) == ("Ann Advocate", TODAY)


async def test_new_words_for_the_advocate_say_changed_since_and_others_do_not(
    store: Store, house: House
) -> None:
    def changed(db: Connection) -> list[bool]:
        review: Review = reviews.get(db, house.id, NOOR)
        return [one.changed for one in briefing.of_review(db, house, review)]

    def go(db: Connection) -> tuple[list[bool], ...]:
        said(db, house)
        briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW)
        first = changed(db)
        northborough.change(db, house, NOOR, "family.more", "More for the officer")
        others = changed(db)
        northborough.change(db, house, NOOR, "home.change", "Other words")
        theirs = changed(db)
        entry = replace(ENTRY, version=3, advocate="Bo Advocate")
        later = NOW + timedelta(minutes=1)
        assert isinstance(briefing.hand_over(db, house, staff(), HANDED, entry, later), Briefing)
        return first, others, theirs, changed(db)

    assert await store.write(go) == ([False], [False], [True], [False, True])


async def test_who_and_to_whom_are_sealed_and_a_second_tap_records_nothing_more(
    store: Store, house: House
) -> None:
    def go(db: Connection) -> list[Any]:
        said(db, house)
        first = briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW)
        assert briefing.hand_over(db, house, staff(), HANDED, ENTRY, NOW) == first
        return list(db.execute(select(briefings_table)).all())

    (row,) = await store.write(go)

    assert b"Ann" not in row.who
    assert row.handed_on == date.fromisoformat(TODAY.isoformat())
    assert row.recorded_by == AMINA
    acts = await store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("advocate_briefed") == 1
