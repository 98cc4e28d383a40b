"""The day of a meeting at the desk: arranged, moved, stood down, and said before it is kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.web.context import now
from conversations.timescales import Care
from storage import care, review_moves, reviews
from storage.review_moves import Form, Move, Reason, What
from storage.reviews import Review
from storage.tables import audit
from tests.desk import northborough
from tests.desk.northborough import AMINA, HANA, IRIS, KAI, LENA, RUTH, today
from tests.desk.running import Browser, Desk, Page

SOON = timedelta(days=20)


def on(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month),
            f"{name}-year": str(day.year)}  # fmt: skip


async def opened(desk: Desk, review_id: str = LENA, who: str = AMINA) -> tuple[Browser, Page]:
    browser = await desk.signed_in(who)
    page = await browser.get(f"/desk/reviews/{review_id}/when")
    assert page.status == 200
    return browser, page


async def keep(browser: Browser, page: Page, day: date, review_id: str = LENA, **more: str) -> Page:
    """Both steps: the day, and what is said of it."""
    address = f"/desk/reviews/{review_id}/when"
    seen = more.get("seen") or page.hidden("seen")
    fields = {"token": page.token, **on("day", day), **more, "seen": seen}
    return await browser.post(address, {**fields, "sure": "yes"})


async def history(desk: Desk, review_id: str = LENA) -> tuple[Move, ...]:
    house = desk.house
    return await desk.store.read(lambda db: review_moves.of_review(db, house.id, review_id))


async def the_review(desk: Desk, review_id: str = LENA) -> Review:
    return await desk.store.read(lambda db: reviews.get(db, desk.house.id, review_id))


async def in_care_since(desk: Desk, began: date, ended: date | None = None) -> None:
    person_id = f"person-{LENA}"

    def put(db: Connection) -> None:
        care.keep_periods(db, desk.house.id, person_id, [Care(began, ended)])

    await desk.store.write(put)


async def test_a_unit_manager_reads_what_became_of_a_day_and_changes_nothing(desk: Desk) -> None:
    """They answer for whether it is in time. Words that an officer wrote are not shown, nor what
    was decided."""
    officer, page = await opened(desk)
    await officer.post(
        f"/desk/reviews/{LENA}/stand-down",
        {"token": page.token, "seen": page.hidden("seen"), "reason": "other", "why": "A funeral"},
    )
    browser = await desk.signed_in(RUTH)
    assert f'href="/desk/reviews/{LENA}/when"' in (await browser.get("/desk/reviews")).text

    page = await browser.get(f"/desk/reviews/{LENA}/when")

    assert page.status == 200
    assert "Stood down: it was to be on" in page.seen
    assert "Something else." in page.seen
    assert "A funeral" not in page.text
    assert "/when" not in page.text.partition("<main")[2]  # no form, and no link that leads nowhere
    before = await history(desk)
    refused = await keep(browser, await browser.get("/desk/reviews"), today() + SOON, seen="1")
    assert refused.status == 404
    assert await history(desk) == before
    off = {"token": (await browser.get("/desk/reviews")).token, "seen": "1", "reason": "school"}
    assert (await browser.post(f"/desk/reviews/{LENA}/stand-down", off)).status == 404
    assert await history(desk) == before


async def test_before_a_day_is_kept_it_is_said_whether_it_is_inside_its_timescale(
    desk: Desk,
) -> None:
    await in_care_since(desk, today() - timedelta(days=7))
    browser, page = await opened(desk)
    assert "20 working days after" in page.seen
    address = f"/desk/reviews/{LENA}/when"
    fields = {"token": page.token, "seen": page.hidden("seen"), "clock_time": "2.30pm"}

    inside = await browser.post(address, {**fields, **on("day", today() + timedelta(days=1))})
    assert inside.status == 200
    assert "inside its timescale" in inside.seen
    outside = await browser.post(address, {**fields, **on("day", today() + timedelta(days=60))})
    assert "outside its timescale" in outside.seen
    assert "It counts as late." in outside.seen
    assert await history(desk) == ()  # nothing is kept before it is confirmed

    kept = await browser.post(address, {
        "token": outside.token, "sure": "yes", "seen": outside.hidden("seen"),
        **{name: outside.hidden(name) for name in ("day-day", "day-month", "day-year")},
        "clock_time": outside.hidden("clock_time"),
    })  # fmt: skip

    assert "The day is kept." in kept.seen
    (move,) = await history(desk)
    assert (move.what, move.to_on, move.clock_time) == (
        What.MOVED, today() + timedelta(days=60), "14:30",
    )  # fmt: skip
    assert move.late_days is not None
    assert move.late_days > 20
    assert (await the_review(desk)).meeting_on == today() + timedelta(days=60)


async def test_every_move_stays_in_the_history_with_who_made_it_and_why(desk: Desk) -> None:
    browser, page = await opened(desk)
    page = await keep(browser, page, today() + SOON, form="video")
    off = {"token": page.token, "seen": page.hidden("seen"), "reason": "illness",
           "why": "Lena has the flu."}  # fmt: skip
    page = await browser.post(f"/desk/reviews/{LENA}/stand-down", off)
    assert "It is stood down." in page.seen
    assert (await the_review(desk)).stood_down
    page = await keep(browser, page, today() + SOON * 2, form="face_to_face")

    moves = await history(desk)
    assert [one.what for one in moves] == [What.MOVED, What.STOOD_DOWN, What.REARRANGED]
    assert [one.form for one in moves] == [Form.VIDEO, None, Form.FACE_TO_FACE]
    assert (moves[1].reason, moves[1].words) == (Reason.ILLNESS, "Lena has the flu.")
    assert {one.by for one in moves} == {f"staff:{AMINA}"}
    for said in ("Rearranged", "Stood down", "Illness", "Lena has the flu.", "Amina Yusuf"):
        assert said in page.seen
    acts = await desk.store.read(lambda db: set(db.execute(select(audit.c.act)).scalars()))
    assert {"review_moved", "review_stood_down"} <= acts


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Enter the day of the meeting"),
        (on("day", date(2026, 2, 1)) | {"day-day": "30"}, "There is no 30 February 2026."),
        (on("day", date(2020, 1, 1)), "is over. If it was held then"),
        ({"clock_time": "half past two"}, "Enter the time as hours and minutes"),
        ({"clock_time": "25:00"}, "Enter the time as hours and minutes"),
        ({"form": "pigeon"}, "Choose how people meet."),
    ],
)
async def test_what_can_not_be_is_said_and_nothing_typed_is_lost(
    desk: Desk, fields: dict[str, str], says: str
) -> None:
    browser, page = await opened(desk)
    day = {} if not fields or "day-day" in fields else on("day", today() + SOON)
    typed = {"clock_time": "14:30", **day, **fields}

    answer = await browser.post(
        f"/desk/reviews/{LENA}/when",
        {"token": page.token, "seen": page.hidden("seen"), "sure": "yes", **typed},
    )

    assert answer.status == 422
    assert says in answer.seen
    assert f'value="{typed["clock_time"]}"' in answer.text
    assert await history(desk) == ()


async def test_standing_down_needs_a_reason_and_something_else_needs_words(desk: Desk) -> None:
    browser, page = await opened(desk)
    address = f"/desk/reviews/{LENA}/stand-down"
    form = {"token": page.token, "seen": page.hidden("seen")}

    for fields, says in (
        ({}, "Choose why it does not take place."),
        ({"reason": "boredom"}, "Choose why it does not take place."),
        ({"reason": "other", "why": "  "}, "Say in a few words why"),
        ({"reason": "court", "why": "x" * 2001}, "too long"),
    ):
        answer = await browser.post(address, {**form, **fields})
        assert answer.status == 422
        assert says in answer.seen
    assert not (await the_review(desk)).stood_down


async def test_of_two_people_the_second_sees_what_the_first_did(desk: Desk) -> None:
    first, page = await opened(desk)
    second, old = await opened(desk)
    await keep(first, page, today() + SOON)

    answer = await keep(second, old, today() + SOON * 2, clock_time="10:15")

    assert answer.status == 409
    assert "Amina Yusuf was quicker" in answer.seen
    assert 'value="10:15"' in answer.text  # what was typed stays
    assert (await the_review(desk)).meeting_on == today() + SOON
    answer = await keep(second, answer, today() + SOON * 2, clock_time="10:15")
    assert answer.status == 200
    assert (await the_review(desk)).meeting_on == today() + SOON * 2


async def test_a_child_who_left_care_and_two_on_one_day_are_said_and_can_be_kept(
    desk: Desk,
) -> None:
    await in_care_since(desk, date(2020, 1, 6), today() - timedelta(days=30))
    another = Review(
        desk.house.id, "R-lena-2", f"person-{LENA}", (await the_review(desk)).kind, AMINA,
        None, today() + SOON,
    )  # fmt: skip
    await desk.store.write(lambda db: reviews.add(db, another, now()))
    browser, page = await opened(desk)
    assert "left care on" in page.seen

    answer = await browser.post(
        f"/desk/reviews/{LENA}/when",
        {"token": page.token, "seen": page.hidden("seen"), **on("day", today() + SOON)},
    )

    assert "A care leaver’s pathway plan has reviews of its own." in answer.seen
    assert "Two on one day count as one." in answer.seen
    await keep(browser, page, today() + SOON)
    assert (await the_review(desk)).meeting_on == today() + SOON


async def test_a_review_that_was_held_keeps_its_day(desk: Desk) -> None:
    await desk.store.write(lambda db: reviews.hold(db, desk.house.id, HANA, today()))
    browser, page = await opened(desk, HANA, northborough.DEV)
    assert "Move it" not in page.text

    form = {"token": page.token, "seen": "0", "sure": "yes", **on("day", today() + SOON)}
    answer = await browser.post(f"/desk/reviews/{HANA}/when", form)
    assert "This was held, so its day stays." in answer.seen
    answer = await browser.post(
        f"/desk/reviews/{HANA}/stand-down",
        {"token": page.token, "seen": "0", "reason": "court"},
    )
    assert answer.status == 422
    assert "can’t be stood down any more" in answer.seen


async def test_business_support_arranges_and_reads_no_reason_in_words(desk: Desk) -> None:
    await desk.store.write(lambda db: northborough.noor(db, desk.house))
    officer, page = await opened(desk)
    off = {"token": page.token, "seen": page.hidden("seen"), "reason": "child",
           "why": "Lena said she will not come to it."}  # fmt: skip
    await officer.post(f"/desk/reviews/{LENA}/stand-down", off)

    browser, page = await opened(desk, who=IRIS)
    assert "The young person’s wish" in page.seen
    assert "will not come" not in page.text
    assert "Stand it down" not in page.text
    answer = await keep(browser, page, today() + SOON)
    assert "The day is kept." in answer.seen
    assert (await history(desk))[-1].by == f"staff:{IRIS}"
    for refused in ("record", "record/step"):
        assert (await browser.get(f"/desk/reviews/{LENA}/{refused}")).status == 404
    form = {"token": page.token, "reason": "court", "seen": "2"}
    assert (await browser.post(f"/desk/reviews/{LENA}/stand-down", form)).status == 404


async def test_the_due_day_and_its_rule_stand_on_the_review_and_in_the_lists(desk: Desk) -> None:
    began = today() - timedelta(days=3)
    await in_care_since(desk, began)
    browser = await desk.signed_in(AMINA)
    for address in (f"/desk/reviews/{LENA}", "/desk/", "/desk/reviews"):
        page = await browser.get(address)
        assert "when they became looked after: by" in page.seen, address
    page = await browser.get(f"/desk/reviews/{KAI}/when")
    assert "as the case system has it" in page.seen  # nothing is known of Kai's care
