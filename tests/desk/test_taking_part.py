"""How they took part: proposed, and never final without a person."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select, update

from bot.web.context import now
from conversations.timescales import Care
from storage import care, participation, reviews, tables
from storage.participation import Confirmed
from storage.reviews import Review
from storage.tables import audit
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, TINY, TOM, today
from tests.desk.running import Browser, Desk, Page

WHY = "Kai came after all.\n\n<b>And spoke</b> 🎉"


async def _kept(desk: Desk, review: str) -> Confirmed | None:
    return await desk.store.read(lambda db: participation.get(db, desk.house.id, review))


async def _review(desk: Desk, review: str) -> Review:
    return await desk.store.read(lambda db: reviews.get(db, desk.house.id, review))


def _form(page: Page, **fields: str) -> dict[str, str]:
    """The form as the page offers it, with what a person filled in."""
    own = {name: page.hidden(name) for name in ("token", "seen", "proposed")}
    return {**own, **fields}


def _on(name: str, day: date) -> dict[str, str]:
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {f"{name}-{part}": str(number) for part, number in parts.items()}


async def _open(desk: Desk, staff_id: str, review: str) -> tuple[Browser, Page]:
    browser = await desk.signed_in(staff_id)
    return browser, await browser.get(f"/desk/reviews/{review}")


async def test_before_the_meeting_it_says_so_far_and_has_no_button(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, LENA)

    assert "So far PN7" in page.seen
    assert "Confirm PN" not in page.text
    assert f'action="/desk/reviews/{LENA}/code"' not in page.text
    sent = {"token": page.token, "method": "nothing_sent", "proposed": "nothing_sent", "seen": ""}
    answer = await browser.post(f"/desk/reviews/{LENA}/code", sent)
    assert answer.status == 422
    assert "is in the future. Confirm the code after the meeting." in answer.seen
    assert await _kept(desk, LENA) is None


async def test_one_tap_confirms_what_is_proposed_and_that_the_review_was_held(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    assert "Proposed PN6 Child not attended, views sent" in page.seen
    assert "Sent their views through Sayso" in page.seen

    answer = await browser.post(
        f"/desk/reviews/{KAI}/code", _form(page, method=page.hidden("method"))
    )

    assert answer.status == 200
    assert "Confirmed PN6" in answer.seen
    kept = await _kept(desk, KAI)
    assert kept is not None
    assert (kept.code, kept.method, kept.confirmed_by) == ("PN6", "views_sent", AMINA)
    assert (await _review(desk, KAI)).held
    acts = await desk.store.read(
        lambda db: db.execute(
            select(audit.c.act, audit.c.detail).where(audit.c.actor == "staff:amina")
        ).all()
    )
    assert ("code_confirmed", "PN6, proposed PN6") in [tuple(row) for row in acts]


async def test_another_code_needs_a_reason_and_keeps_it_as_it_was_typed(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)

    bare = await browser.post(f"/desk/reviews/{KAI}/code", _form(page, method="spoke"))
    assert bare.status == 422
    assert "Say in a few words why it is another than what is proposed." in bare.seen
    assert await _kept(desk, KAI) is None

    answer = await browser.post(
        f"/desk/reviews/{KAI}/code", _form(page, method="spoke", reason=WHY)
    )
    kept = await _kept(desk, KAI)
    assert kept is not None
    assert (kept.code, kept.proposed, kept.reason) == ("PN1", "PN6", WHY)
    assert "<b>And spoke" not in answer.text
    assert "And spoke" in answer.seen


@pytest.mark.parametrize(
    ("cares", "said"),
    [
        ([Care(date(2020, 1, 6), date(2021, 1, 6))], "They left care on"),
        ([Care(date(2020, 1, 6), short_breaks=True)], "(rule 399)"),
    ],
)
async def test_a_code_that_the_return_would_refuse_is_said_at_entry_and_kept_once_sure(
    desk: Desk, cares: list[Care], said: str
) -> None:
    def put(db: Connection) -> None:
        care.keep_periods(db, desk.house.id, f"person-{KAI}", cares)

    await desk.store.write(put)
    browser, page = await _open(desk, AMINA, KAI)
    form = _form(page, method="spoke", reason=WHY)

    asked = await browser.post(f"/desk/reviews/{KAI}/code", form)
    assert said in asked.seen
    assert "Nothing is kept yet." in asked.seen
    assert "Kai came after all." in asked.text  # what was typed stays
    assert await _kept(desk, KAI) is None
    assert not (await _review(desk, KAI)).held

    await browser.post(f"/desk/reviews/{KAI}/code", {**form, "sure": asked.hidden("sure")})
    kept = await _kept(desk, KAI)
    assert kept is not None
    assert kept.code == "PN1"


async def test_two_of_one_child_on_one_date_are_said_with_a_code_and_with_a_day(
    desk: Desk,
) -> None:
    mine = await _review(desk, KAI)
    another = Review(
        desk.house.id, "R-kai-2", f"person-{KAI}", mine.kind, AMINA, None, mine.meeting_on
    )
    await desk.store.write(lambda db: reviews.add(db, another, now()))
    browser, page = await _open(desk, AMINA, KAI)

    code = await browser.post(
        f"/desk/reviews/{KAI}/code", _form(page, method=page.hidden("method"))
    )
    assert "Two on one day count as one." in code.seen
    assert mine.meeting_on is not None
    held = {"token": page.token, **_on("held_on", mine.meeting_on)}
    day = await browser.post(f"/desk/reviews/{KAI}/held", held)
    assert "Two on one day count as one." in day.seen
    assert not (await _review(desk, KAI)).held

    await browser.post(f"/desk/reviews/{KAI}/held", {**held, "sure": day.hidden("sure")})
    assert (await _review(desk, KAI)).held


@pytest.mark.parametrize(
    ("day", "month", "year", "said"),
    [
        ("31", "2", "2026", "There is no 31 February 2026. Enter the day the review was held."),
        ("29", "2", "2027", "There is no 29 February 2027."),
        ("31", "9", "2026", "There is no 31 September 2026."),
        ("1", "13", "2026", "Enter the day the review was held, for example"),
        ("32", "1", "2026", "Enter the day the review was held, for example"),
        ("0", "1", "2026", "Enter the day the review was held, for example"),
        ("", "", "", "Enter the day the review was held, for example"),
    ],
)
async def test_a_day_that_is_none_is_named_and_given_back(
    desk: Desk, day: str, month: str, year: str, said: str
) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    fields = {"held_on-day": day, "held_on-month": month, "held_on-year": year}

    wrong = await browser.post(f"/desk/reviews/{KAI}/held", {"token": page.token, **fields})

    assert wrong.status == 422
    assert said in wrong.seen
    assert f'value="{day}"' in wrong.text or not day
    assert not (await _review(desk, KAI)).held


async def test_somebody_who_spoke_for_them_was_briefed_by_name_and_on_a_day(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    address = f"/desk/reviews/{KAI}/code"
    spoke = {"method": "advocate_spoke", "reason": "The advocate came."}

    nobody = await browser.post(address, _form(page, **spoke))
    assert "needs somebody who was briefed: say who, and on which day." in nobody.seen
    no_day = await browser.post(address, _form(page, **spoke, briefed_name="Jo Advocate"))
    assert no_day.status == 422
    bad = {"briefed_on-day": "31", "briefed_on-month": "2", "briefed_on-year": "2026"}
    wrong = await browser.post(address, _form(page, **spoke, briefed_name="Jo", **bad))
    assert "There is no 31 February 2026. Enter the day they were told what to say." in wrong.seen
    assert 'value="Jo"' in wrong.text
    late = await browser.post(
        address,
        _form(page, **spoke, briefed_name="Jo", **_on("briefed_on", today() + timedelta(days=2))),
    )
    assert "which is after the review" in late.seen
    assert await _kept(desk, KAI) is None

    day = today() - timedelta(days=1)
    await browser.post(
        address, _form(page, **spoke, briefed_name="Jo Advocate", **_on("briefed_on", day))
    )
    kept = await _kept(desk, KAI)
    assert kept is not None
    assert kept.briefed is not None
    assert (kept.code, kept.briefed.name, kept.briefed.on) == ("PN2", "Jo Advocate", day)


async def test_the_published_rules_hold_at_entry(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    too_old = await browser.post(
        f"/desk/reviews/{KAI}/code", _form(page, method="under_4", reason="x")
    )
    assert "PN0 is for a child under 4." in too_old.seen

    page = await browser.get(f"/desk/reviews/{TINY}")
    assert "Proposed PN0" in page.seen
    too_young = await browser.post(
        f"/desk/reviews/{TINY}/code", _form(page, method="spoke", reason="x")
    )
    assert "it can only be PN0" in too_young.seen


async def test_two_people_confirming_at_once_the_second_sees_what_the_first_did(
    desk: Desk,
) -> None:
    one, page_of_one = await _open(desk, AMINA, KAI)
    await one.post(
        f"/desk/reviews/{KAI}/code", _form(page_of_one, method=page_of_one.hidden("method"))
    )

    second = await one.post(
        f"/desk/reviews/{KAI}/code",
        _form(page_of_one, method="silent", reason="Nobody spoke."),
    )

    assert second.status == 409
    assert "Amina Yusuf was quicker" in second.seen
    assert "Nobody spoke." in second.text
    kept = await _kept(desk, KAI)
    assert kept is not None
    assert kept.code == "PN6"


async def test_a_double_tap_confirms_once(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    form = _form(page, method=page.hidden("method"))

    answers = await asyncio.gather(
        *(browser.post(f"/desk/reviews/{KAI}/code", form) for _ in range(5))
    )

    assert {answer.status for answer in answers} == {200}
    count = await desk.store.read(
        lambda db: db.execute(select(audit).where(audit.c.act == "code_confirmed")).all()
    )
    assert len(count) == 1


async def test_a_confirmed_code_can_be_corrected_by_somebody_who_saw_it(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    page = await browser.post(
        f"/desk/reviews/{KAI}/code", _form(page, method=page.hidden("method"))
    )

    await browser.post(
        f"/desk/reviews/{KAI}/code", _form(page, method="silent", reason="Kai came, said nothing.")
    )

    kept = await _kept(desk, KAI)
    assert kept is not None
    assert kept.code == "PN4"
    acts = await desk.store.read(lambda db: db.execute(select(audit.c.act, audit.c.detail)).all())
    assert ("code_corrected", "PN4, proposed PN6") in [tuple(row) for row in acts]


async def test_a_pathway_review_keeps_the_way_and_never_a_code(desk: Desk) -> None:
    browser, page = await _open(desk, DEV, HANA)

    answer = await browser.post(
        f"/desk/reviews/{HANA}/code", _form(page, method=page.hidden("method"))
    )

    kept = await _kept(desk, HANA)
    assert kept is not None
    assert (kept.code, kept.proposed, kept.method) == (None, None, "spoke")
    assert "Attended and spoke for self" in answer.seen
    assert "PN" not in answer.seen


async def test_the_day_it_was_held_is_a_day_and_not_in_the_future(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, LENA)
    address = f"/desk/reviews/{LENA}/held"
    bad: tuple[tuple[dict[str, str], str], ...] = (
        ({}, "Enter the day the review was held"),
        ({"held_on-day": "30", "held_on-month": "2", "held_on-year": "2026"}, "Enter the day"),
        ({"held_on-day": "1", "held_on-month": "1", "held_on-year": "26"}, "Enter the day"),
        ({"held_on-day": "١", "held_on-month": "1", "held_on-year": "2026"}, "Enter the day"),
        ({"held_on-day": "<b>", "held_on-month": "x", "held_on-year": "\0"}, "Enter the day"),
        (_on("held_on", today() + timedelta(days=1)), "is in the future."),
        (_on("held_on", date(1990, 1, 1)), "is before they were born."),
    )
    for fields, says in bad:
        answer = await browser.post(address, {"token": page.token, **fields})
        assert answer.status == 422
        assert says in answer.seen
        assert not (await _review(desk, LENA)).held

    yesterday = today() - timedelta(days=1)
    answer = await browser.post(address, {"token": page.token, **_on("held_on", yesterday)})

    review = await _review(desk, LENA)
    assert (review.held, review.meeting_on) == (True, yesterday)
    assert "Review held yesterday" in answer.seen
    assert "Confirm PN7" in answer.text


async def test_a_new_day_may_not_make_a_confirmed_code_impossible(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    await browser.post(f"/desk/reviews/{KAI}/code", _form(page, method=page.hidden("method")))

    born = today().year - 13
    answer = await browser.post(
        f"/desk/reviews/{KAI}/held",
        {"token": page.token, **_on("held_on", date(born + 2, 1, 1))},
    )

    assert answer.status == 422
    assert "Correct the code first." in answer.seen


async def test_something_sent_after_the_page_was_opened_is_not_confirmed_unseen(
    desk: Desk,
) -> None:
    browser, page = await _open(desk, AMINA, TINY)
    form = _form(page, method="views_sent", proposed="views_sent")

    answer = await browser.post(f"/desk/reviews/{TINY}/code", form)

    assert answer.status == 422
    assert "the proposal is now" in answer.seen


async def test_what_a_helper_typed_counts_once_somebody_vouches_for_it(desk: Desk) -> None:
    await desk.store.write(lambda db: northborough.typed_by_a_helper(db, desk.house, KAI))
    browser, page = await _open(desk, AMINA, KAI)
    assert "nobody has confirmed whose words they are" in page.seen
    form = _form(page, method="views_sent", reason="I asked Kai.")

    unconfirmed = await browser.post(f"/desk/reviews/{KAI}/code", form)
    assert "Somebody else typed it: confirm whose words they are." in unconfirmed.seen

    await browser.post(f"/desk/reviews/{KAI}/code", {**form, "words_confirmed": "yes"})
    kept = await _kept(desk, KAI)
    assert kept is not None
    assert kept.code == "PN6"


async def test_a_colleague_can_confirm_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(TOM)
    token = (await browser.get("/desk/")).token

    for page in ("code", "held"):
        answer = await browser.post(
            f"/desk/reviews/{KAI}/{page}", {"token": token, "method": "views_sent"}
        )
        assert answer.status == 404
        assert "Amina Yusuf runs this review" in answer.seen
    assert await _kept(desk, KAI) is None


async def test_a_review_that_went_to_a_colleague_is_not_confirmed_from_an_old_page(
    desk: Desk,
) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    moved = update(tables.reviews).where(tables.reviews.c.review_id == KAI).values(officer_id=TOM)
    await desk.store.write(lambda db: db.execute(moved))

    answer = await browser.post(
        f"/desk/reviews/{KAI}/code", _form(page, method=page.hidden("method"))
    )

    assert answer.status == 404
    assert "Tom Fenwick runs this review" in answer.seen
    assert await _kept(desk, KAI) is None


async def test_hostile_fields_change_nothing_and_are_shown_as_text(desk: Desk) -> None:
    browser, page = await _open(desk, AMINA, KAI)
    address = f"/desk/reviews/{KAI}/code"
    hostile = ("<script>x</script>", "' OR 1=1 --", "\0", "{{7*7}}", "\u202e" * 50, "Z" * 9000)

    for text in hostile:
        for name in ("method", "proposed", "seen"):
            answer = await browser.post(address, {**_form(page, method="spoke"), name: text})
            assert answer.status == 422, (name, text)
            assert "<script>x" not in answer.text
        long = await browser.post(
            address, _form(page, method="spoke", briefed_name=(text * 3000)[:5000])
        )
        assert long.status == 422
    assert await _kept(desk, KAI) is None
