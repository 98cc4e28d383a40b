"""Young people get another officer: planned, undone in time, done once, and they are told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot.access.permissions import Relation
from bot.access.roles import Role
from bot.delivery.handing_over import HandingOver
from bot.service import handing_over, invitations, quality_notes, relations
from bot.service.admission import Admitted, Asked
from bot.service.handing_over import DESTINATION, Entry
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp
from bot.web.context import now
from conversations.texts_later import NEWS
from storage import allocations, conversations, hand_overs, notes, outbox, reviews
from storage.allocations import Allocation
from storage.errors import Unknown
from storage.hand_overs import HandOver
from storage.outbox import Outgoing
from storage.store import Store
from storage.tables import staff as staff_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, KAI, LENA, MAYA, RUTH, TINY, TOM, today

PLAN, UNDO = Asked("desk.hand_over_planned"), Asked("desk.hand_over_undone")


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


def ruth(team: str = "") -> Admitted:
    return Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", now(), team)


def entry(*review_ids: str, to: str = TOM, days: int = 0) -> Entry:
    ids = tuple(f"person-{one}" for one in review_ids)
    return Entry(AMINA, to, ids, today() + timedelta(days=days))


def planned(db: Connection, house: House, *review_ids: str, at: datetime | None = None) -> HandOver:
    one = handing_over.plan(db, house, ruth(), PLAN, entry(*review_ids), at or now())
    assert isinstance(one, HandOver), one
    return one


def happens(
    db: Connection, house: House, one: HandOver, review_id: str, notice: Any = None
) -> bool:
    person_id, at = f"person-{review_id}", one.happens_at
    return handing_over.carry_out(db, house, one.hand_over_id, person_id, at, notice)


async def test_reviews_notes_and_the_allocation_go_over_and_nothing_does_before_its_time(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> tuple[Any, ...]:
        northborough.make(db, house)
        since = today() - timedelta(days=90)
        person_id = f"person-{KAI}"
        allocations.add(db, Allocation(house.id, person_id, AMINA, Role.IRO.value, since))
        staff = Admitted(AMINA, Role.IRO, "Amina Yusuf", "", now())
        quality_notes.begin(db, house, staff, Asked("desk.quality_begun", KAI), now())
        one = planned(db, house, KAI, LENA)
        before = reviews.get(db, house.id, KAI).officer_id
        assert happens(db, house, one, KAI)
        assert not happens(db, house, one, KAI)  # a second time it is done already
        asker = relations.Asker(TOM, Role.IRO, "", today())
        return (
            before,
            [reviews.get(db, house.id, each).officer_id for each in (KAI, LENA, MAYA, TINY)],
            [each.officer_id for each in notes.of_person(db, house.id, person_id)],
            [
                (each.staff_id, each.until)
                for each in allocations.of_person(db, house.id, person_id)
            ],
            relations.to_review(db, house, asker, KAI),
        )

    before, officers, held_by, involved, relation = await store.write(play)

    assert before == AMINA
    assert officers == [TOM, AMINA, TOM, AMINA]
    assert held_by == [TOM]
    assert involved == [(AMINA, today() - timedelta(days=1)), (TOM, None)]
    assert relation is Relation.OWN


async def test_the_young_person_hears_of_it_on_their_next_page_and_in_their_chat_once(
    store: Store, house: House
) -> None:
    rung: list[str] = []

    def notice(chat: str, text: str, key: str, person_id: str) -> Outgoing:
        rung.append(text)
        return Outgoing("telegram", chat, key, "{}", person_id)

    def play(db: Connection) -> Any:
        northborough.make(db, house)
        northborough.begin(db, house, LENA, "The heating is broken")
        talk = invitations.conversation_of(house, LENA)
        invitations.bind_chat(db, house, conversations.get(db, house.id, talk), "4711", now())
        one = planned(db, house, LENA)
        before = conversations.get(db, house.id, talk).conversation.news
        happens(db, house, one, LENA, notice)
        happens(db, house, one, LENA, notice)
        return before, conversations.get(db, house.id, talk).conversation.news

    before, after = await store.write(play)

    assert before == ()
    assert after == ("officer",)
    assert "officer" in NEWS
    (line,) = rung
    assert "Sayso" in line
    assert not any(word in line.lower() for word in ("officer", "iro", "review", "tom", "amina"))


async def test_it_can_be_undone_while_nobody_was_told_and_not_after(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> Any:
        northborough.make(db, house)
        one = planned(db, house, KAI, LENA)
        assert len(outbox.of_person(db, house.id, f"person-{KAI}", DESTINATION)) == 1
        early = handing_over.undo(db, house, ruth(), UNDO, one.hand_over_id, now())
        gone = outbox.of_person(db, house.id, f"person-{KAI}", DESTINATION)
        done = happens(db, house, one, KAI)
        other = planned(db, house, KAI)
        happens(db, house, other, KAI)
        late = handing_over.undo(db, house, ruth(), UNDO, other.hand_over_id, now())
        return early, gone, done, late, reviews.get(db, house.id, KAI).officer_id

    early, gone, done, late, officer = await store.write(play)

    assert (early, gone, done) == (True, [], False)
    assert late is False
    assert officer == TOM


async def test_the_moment_comes_by_the_outbox_and_not_before_it_may(
    store: Store, house: House
) -> None:
    def begin(db: Connection) -> HandOver:
        northborough.make(db, house)
        return planned(db, house, KAI)

    one = await store.write(begin)

    at = one.happens_at - timedelta(seconds=1)
    assert (
        await store.write(lambda db: outbox.claim(db, [DESTINATION], at, keep_for=timedelta()))
        == []
    )
    late = one.happens_at + timedelta(seconds=1)
    (row,) = await store.write(
        lambda db: outbox.claim(db, [DESTINATION], late, keep_for=timedelta(minutes=1))
    )
    assert one.happens_at >= one.made_at + timedelta(minutes=15)
    deliverer = HandingOver(store, house, None)

    assert await deliverer.deliver(row) == Delivered()
    assert await deliverer.deliver(row) == Delivered()
    officer = await store.read(lambda db: reviews.get(db, house.id, KAI).officer_id)
    assert officer == TOM


async def test_where_the_new_officer_has_left_meanwhile_it_does_not_happen_and_the_manager_sees(
    store: Store, house: House
) -> None:
    def leave(db: Connection) -> HandOver:
        northborough.make(db, house)
        one = planned(db, house, KAI, at=now() - timedelta(hours=1))
        db.execute(update(staff_table).where(staff_table.c.staff_id == TOM).values(active=False))
        return one

    one = await store.write(leave)
    late = one.happens_at + timedelta(seconds=1)
    (row,) = await store.write(
        lambda db: outbox.claim(db, [DESTINATION], late, keep_for=timedelta(minutes=1))
    )

    assert await HandingOver(store, house, None).deliver(row) == GiveUp()
    page = await store.read(
        lambda db: handing_over.look(db, house, ruth(), Asked("desk.hand_over"), AMINA, now())
    )
    assert page.planned[0].stuck == ("Kai Brennan",)
    assert page.chosen is not None
    assert not any(child.goes_on for child in page.chosen.children)  # it can be planned anew


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (entry(KAI, to=DEV), "to"),
        (entry(KAI, to=AMINA), "to"),
        (entry(KAI, to="nobody"), "to"),
        (entry(), "children"),
        (entry(MAYA), "children"),
        (entry(KAI, days=-1), "on"),
        (entry(KAI, days=400), "on"),
        (Entry("nobody", TOM, (f"person-{KAI}",), today()), "from"),
        (Entry(AMINA, TOM, (f"person-{KAI}",), None), "on"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_planned(
    store: Store, house: House, wrong: Entry, field: str
) -> None:
    def play(db: Connection) -> Any:
        northborough.make(db, house)
        found = handing_over.plan(db, house, ruth(), PLAN, wrong, now())
        return found, hand_overs.made_from(db, house.id, [AMINA], now() - timedelta(days=1))

    problems, kept = await store.write(play)

    assert [one.field for one in problems] == [field]
    assert kept == []


async def test_of_two_managers_at_once_the_second_is_told_what_the_first_planned(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> Any:
        northborough.make(db, house)
        planned(db, house, KAI)
        return handing_over.plan(db, house, ruth(), PLAN, entry(KAI, LENA), now())

    problems = await store.write(play)

    assert [one.text for one in problems] == [
        "A hand-over of Kai Brennan is planned already. Undo that first."
    ]


async def test_another_teams_officers_are_not_there(store: Store, house: House) -> None:
    def play(db: Connection) -> Any:
        northborough.make(db, house)
        one = planned(db, house, KAI)
        other = ruth("Another team")
        found = handing_over.plan(db, house, other, PLAN, entry(KAI), now())
        with pytest.raises(Unknown):
            handing_over.undo(db, house, other, UNDO, one.hand_over_id, now())
        return found

    problems = await store.write(play)

    assert [one.field for one in problems] == ["from"]


async def test_a_leaver_with_open_work_stands_first(store: Store, house: House) -> None:
    def play(db: Connection) -> Any:
        northborough.make(db, house)
        before = handing_over.leavers(db, house, ruth(), now())
        db.execute(update(staff_table).where(staff_table.c.staff_id == TOM).values(active=False))
        page = handing_over.look(db, house, ruth(), Asked("desk.hand_over"), "", now())
        return before, page, handing_over.leavers(db, house, ruth(), now())

    before, page, after = await store.write(play)

    assert before == ()
    assert page.officers[0].member.staff_id == TOM
    assert page.officers[0].leaver
    (leaver,) = after
    assert [child.person_id for child in leaver.children] == [f"person-{MAYA}"]
    assert leaver.total("ahead") == 1
    assert leaver.total("to_read") == 1
    assert leaver.total("wishes") == 1
