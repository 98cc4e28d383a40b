"""The desk, when a young person takes something back: one notice to whoever read it, no word."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from sqlalchemy import Connection, select

from bot.service.hear import Incoming, hear
from bot.service.invitations import conversation_of
from bot.web.context import now
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name
from storage.tables import audit, reader_notices
from tests.browser import COMPUTER, PHONE, running_browser, window
from tests.desk.northborough import AMINA, KAI, RUTH, TOM
from tests.desk.running import Browser, Desk

SAID = "brother every week"


def _press(desk: Desk, db: Connection, *options: str) -> None:
    """As the young person in their chat."""
    talk = conversation_of(desk.house, KAI)
    for number, option in enumerate(options):
        key = f"{now().timestamp()}-{number}"
        message = Incoming(talk, "web:test", key, "", Chosen(option=option), lambda _one: True)
        hear(db, desk.house, message, now())


async def _read_and_taken_back(desk: Desk) -> Browser:
    amina = await desk.signed_in(AMINA)
    assert SAID in (await amina.get(f"/desk/reviews/{KAI}")).text
    await desk.store.write(lambda db: _press(desk, db, "@check", "@back:home.change", "@yes"))
    return amina


async def test_who_read_it_is_told_once_on_the_first_page_and_the_words_are_gone(
    desk: Desk,
) -> None:
    amina = await _read_and_taken_back(desk)

    today = await amina.get("/desk/")
    assert "Changed after you read it: 1" in today.seen
    assert "Kai Brennan took back something that you had read" in today.seen
    assert SAID not in today.text
    review = await amina.get(f"/desk/reviews/{KAI}")
    assert SAID not in review.text
    assert (await amina.get(f"/desk/reviews/{KAI}/versions/1")).status == 404
    for staff in (TOM, RUTH):
        other = await desk.signed_in(staff)
        for path in ("/desk/", "/desk/unit"):
            assert "Changed after you read it" not in (await other.get(path)).seen

    fields = {
        "token": today.token,
        "contribution": today.hidden("contribution"),
        "version": today.hidden("version"),
    }
    page = await amina.post("/desk/taken-back", fields)
    assert page.status == 200
    assert "Changed after you read it" not in page.seen
    await amina.post("/desk/taken-back", fields)  # twice is once
    acts = await desk.store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("taking_back_seen") == 1


async def test_nobody_puts_away_a_notice_that_is_not_theirs_and_odd_forms_do_nothing(
    desk: Desk,
) -> None:
    amina = await _read_and_taken_back(desk)
    today = await amina.get("/desk/")
    tom = await desk.signed_in(TOM)
    theirs: dict[str, Any] = {
        "token": (await tom.get("/desk/account")).token,
        "contribution": today.hidden("contribution"),
        "version": "2",
    }
    await tom.post("/desk/taken-back", theirs)
    for odd in ("", "x", "²", "-1", "9" * 40):
        answer = await amina.post(
            "/desk/taken-back", {**theirs, "token": today.token, "version": odd}
        )
        assert answer.status == 200
    seen = await desk.store.read(
        lambda db: db.execute(select(reader_notices.c.seen_at)).scalars().all()
    )
    assert seen == [None]


async def test_fewer_people_may_hear_it_is_said_and_the_page_shows_who(desk: Desk) -> None:
    await desk.store.write(lambda db: _press(desk, db, "@check", "@hears:home.change", "@pick"))
    talk = conversation_of(desk.house, KAI)

    def picks(db: Connection, *options: str) -> None:
        said: tuple[Heard, ...] = (ChosenSeveral(options=options), Command(name=Name.SEND))
        for number, heard in enumerate(said):
            key = f"pick-{number}-{now().timestamp()}"
            hear(db, desk.house, Incoming(talk, "web:test", key, "", heard, lambda _one: True),
                 now())  # fmt: skip

    await desk.store.write(lambda db: picks(db, "meeting", "parents"))
    amina = await desk.signed_in(AMINA)
    assert "Everyone at the meeting" in (await amina.get(f"/desk/reviews/{KAI}")).seen

    await desk.store.write(lambda db: _press(desk, db, "@check", "@just:home.change"))

    today = (await amina.get("/desk/")).seen
    assert "lets fewer people hear something that you had read" in today
    review = await amina.get(f"/desk/reviews/{KAI}")
    assert SAID in review.text
    assert "Everyone at the meeting" not in review.seen


async def test_the_notice_has_no_finding_of_axe_and_fits_every_screen(desk: Desk) -> None:
    await _read_and_taken_back(desk)
    found = []
    async with running_browser() as chromium:
        for size in (PHONE, COMPUTER):
            async with window(chromium, size) as page:
                await page.goto(await desk.link(AMINA))
                await page.goto(f"{desk.base}/desk/")
                await page.get_by_role("heading", name="Changed after you read it: 1").wait_for()
                results = await Axe().run(page)
                found += [one["id"] for one in results.response["violations"]]
                over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert over <= 0
    assert found == []
