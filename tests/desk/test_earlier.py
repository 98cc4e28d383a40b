"""What stands beside a review: how far each wish in it is, what was before it, and how far the
invitation is."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.web.context import now
from conversations.asks import Answer, State
from storage import asks, reviews
from storage.asks import Kind
from storage.reviews import Review, ReviewKind
from tests.desk import northborough
from tests.desk.asking import answered, ask_of
from tests.desk.northborough import AMINA, KAI, LENA, RUTH, TOM, today
from tests.desk.running import Desk
from tests.desk.test_queries import statements


def _next(desk: Desk, days: int, db: Connection, officer: str = AMINA) -> str:
    """Kai's review so many days after the one for which he sent his wish."""
    meeting, review_id = today() + timedelta(days=days), f"R-kai{days}"
    person = f"person-{KAI}"
    mine = Review(desk.house.id, review_id, person, ReviewKind.CIOC, officer, meeting, meeting)
    reviews.add(db, mine, now())
    return review_id


async def test_a_wish_says_on_its_reviews_page_how_far_it_is(desk: Desk) -> None:
    browser, ask = await desk.signed_in(AMINA), await ask_of(desk)
    page = await browser.get(f"/desk/reviews/{KAI}")
    assert "Answer it" in page.seen
    assert f'href="/desk/reviews/{KAI}/asks/{ask.ask_id}"' in page.text

    answer = Answer(State.AGREED, "You will see him on Saturdays.")
    await desk.store.write(
        lambda db: asks.write(db, desk.house.id, ask, Kind.SENT, answer, AMINA, now())
    )

    page = await browser.get(f"/desk/reviews/{KAI}")
    assert "It is agreed What was said to it" in page.seen
    assert "should say what happens" not in page.seen


async def test_what_they_say_to_an_answer_stands_beside_their_words(desk: Desk) -> None:
    await desk.store.write(lambda db: answered(db, desk.house))

    page = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{KAI}")

    assert "Not right for them Read what Kai says to your answer" in page.seen
    assert "I can travel to him" not in page.text  # that is read where it is answered


async def test_reviews_before_it_stand_on_the_page_with_wishes_that_wait(desk: Desk) -> None:
    review_id = await desk.store.write(partial(_next, desk, 180))
    browser = await desk.signed_in(AMINA)

    page = await browser.get(f"/desk/reviews/{review_id}")

    assert "Before this" in page.seen
    assert f'href="/desk/reviews/{KAI}/asks">1 wish</a>' in page.text
    assert "1 waits for you" in page.seen
    assert northborough.WORDS.split()[0] not in page.seen.partition("Before this")[2]
    assert "Before this" not in (await browser.get(f"/desk/reviews/{KAI}")).seen


async def test_what_another_officer_runs_does_not_stand_there(desk: Desk) -> None:
    """Nor does a unit manager, who may not open it, read of it."""
    review_id = await desk.store.write(lambda db: _next(desk, 180, db, officer=TOM))

    assert "Before this" not in (await (await desk.signed_in(TOM)).get(
        f"/desk/reviews/{review_id}"
    )).seen  # fmt: skip
    assert "Before this" not in (await (await desk.signed_in(RUTH)).get(
        f"/desk/reviews/{review_id}"
    )).seen  # fmt: skip


async def test_what_is_long_over_is_opened_behind_glass(desk: Desk) -> None:
    await desk.store.write(partial(_next, desk, -500))
    page = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{KAI}")

    assert 'href="/desk/reviews/R-kai-500/cover"' in page.text


async def test_how_far_the_invitation_is_stands_on_the_page(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)

    assert "Invitation and PIN Not invited" in (await browser.get(f"/desk/reviews/{LENA}")).seen
    assert "Invitation and PIN In use" in (await browser.get(f"/desk/reviews/{KAI}")).seen


async def test_ten_years_of_reviews_are_asked_for_as_one_is(desk: Desk) -> None:
    browser, asked = await desk.signed_in(AMINA), []
    await browser.get(f"/desk/reviews/{KAI}")  # that it was read is kept the first time
    for days in ((-30,), tuple(range(-60, -40))):
        for day in days:
            await desk.store.write(partial(_next, desk, day))
        with statements() as seen:
            page = await browser.get(f"/desk/reviews/{KAI}")
        assert page.text.count("/desk/reviews/R-kai-") >= len(days)
        asked.append(len(seen))

    assert asked[0] == asked[1]
