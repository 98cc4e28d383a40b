"""At the desk: briefing an advocate, and what business support sees of a meeting's wishes."""

import io
import re

from pypdf import PdfReader

from bot.service import disputes
from bot.service.invitations import conversation_of
from bot.web.context import now
from storage import meeting_wishes
from tests.desk import northborough
from tests.desk.northborough import (
    AMINA,
    DEV,
    IRIS,
    NOOR,
    RUTH,
    TO_THE_ARRANGER,
    TOM,
    noor,
    today,
)
from tests.desk.running import Browser, Desk

CANARIES = ("Canary-home", "Canary-family", "Canary-first", "Canary-speaks")


async def _paper(browser: Browser, token: str) -> tuple[int, str, bytes]:
    address = f"{browser.desk.base}/desk/reviews/{NOOR}/advocate/paper"
    own = {"Origin": browser.desk.base, "Sec-Fetch-Site": "same-origin"}
    async with browser.session.post(address, data={"token": token}, headers=own) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.read()


async def test_an_officer_makes_the_paper_hands_it_over_and_the_review_says_so(desk: Desk) -> None:
    await desk.store.write(lambda db: noor(db, desk.house))
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/reviews/{NOOR}/advocate")
    assert "Canary-home" in page.seen
    assert "Canary-family" not in page.text

    status, kind, pdf = await _paper(browser, page.token)

    assert (status, kind) == (200, "application/pdf")
    paper = PdfReader(io.BytesIO(pdf))
    text = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in paper.pages))
    assert "Canary-home for the advocate" in text
    assert not any(canary in text for canary in CANARIES[1:])
    assert paper.metadata is not None
    assert paper.metadata.title == "What Noor wants said"
    assert "pdfuaid" in str(paper.xmp_metadata and paper.xmp_metadata.stream.get_data())

    day = today()
    fields = {
        "token": page.token, "version": page.hidden("version"), "advocate": "Ann Advocate",
        "handed_by": "Amina Yusuf", "handed_on-day": str(day.day),
        "handed_on-month": str(day.month), "handed_on-year": str(day.year),
    }  # fmt: skip
    bad = await browser.post(f"/desk/reviews/{NOOR}/advocate", {**fields, "advocate": ""})
    assert bad.status == 422
    assert "Enter the advocate’s name" in bad.seen
    bad = await browser.post(f"/desk/reviews/{NOOR}/advocate", {**fields, "handed_on-day": "41"})
    assert bad.status == 422
    kept = await browser.post(f"/desk/reviews/{NOOR}/advocate", fields)

    assert "The hand-over is recorded." in kept.seen
    assert "Amina Yusuf handed it to Ann Advocate" in kept.seen
    review = await browser.get(f"/desk/reviews/{NOOR}")
    assert "Briefed Ann Advocate" in review.seen
    assert "PN2" in review.seen

    await desk.store.write(
        lambda db: northborough.change(db, desk.house, NOOR, "home.change", "Other words")
    )
    assert "Changed since Ann Advocate" in (await browser.get(f"/desk/reviews/{NOOR}")).seen
    again = await browser.get(f"/desk/reviews/{NOOR}/advocate")
    assert "make the paper again, and hand it over" in again.seen


async def test_nobody_else_gets_to_the_brief(desk: Desk) -> None:
    await desk.store.write(lambda db: noor(db, desk.house))
    for staff_id in (TOM, DEV, RUTH, IRIS):
        browser = await desk.signed_in(staff_id)
        assert (await browser.get(f"/desk/reviews/{NOOR}/advocate")).status == 404


async def test_who_sets_up_the_meeting_sees_what_was_picked_and_no_word(desk: Desk) -> None:
    await desk.store.write(lambda db: noor(db, desk.house))
    browser = await desk.signed_in(IRIS)

    listed = await browser.get("/desk/arranging")
    assert "What they want, Noor Silva" in listed.seen
    page = await browser.get(f"/desk/reviews/{NOOR}/meeting")

    for picked in ("Come", "At school", "After school", "Say hello and start it"):
        assert picked in page.seen
    for shown in (listed, page):
        assert not any(canary in shown.text for canary in CANARIES)
        assert TO_THE_ARRANGER not in shown.text


async def test_words_about_the_meeting_reach_them_only_if_they_were_sent_there(desk: Desk) -> None:
    await desk.store.write(lambda db: noor(db, desk.house, arranger="yes"))
    browser = await desk.signed_in(IRIS)

    page = await browser.get(f"/desk/reviews/{NOOR}/meeting")

    assert TO_THE_ARRANGER in page.seen
    assert "Canary-first" in page.seen  # what is to be talked about first is about the meeting
    assert "Canary-home" not in page.text
    assert "Canary-family" not in page.text
    review = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{NOOR}")
    assert review.seen.count("Who sets up the meeting") == 4  # two that were picked, two in words


async def test_what_is_disputed_or_was_taken_out_is_not_shown_to_them(desk: Desk) -> None:
    await desk.store.write(lambda db: noor(db, desk.house, arranger="yes"))
    browser = await desk.signed_in(IRIS)
    talk = conversation_of(desk.house, NOOR)
    await desk.store.write(lambda db: disputes.dispute(db, desk.house, talk, now()))
    page = await browser.get(f"/desk/reviews/{NOOR}/meeting")
    assert "is not shown until Amina Yusuf has found out" in page.seen
    assert TO_THE_ARRANGER not in page.text

    await desk.store.write(lambda db: meeting_wishes.remove(db, desk.house.id, NOOR))
    assert "What they want, Noor" not in (await browser.get("/desk/arranging")).seen


async def test_whoever_says_that_words_may_go_there_no_more_takes_them_back_with_the_next_sending(
    desk: Desk,
) -> None:
    await desk.store.write(lambda db: noor(db, desk.house, arranger="yes"))
    await desk.store.write(
        lambda db: northborough.pick_again(db, desk.house, NOOR, "meeting.arranger.tell", "no")
    )
    page = await (await desk.signed_in(IRIS)).get(f"/desk/reviews/{NOOR}/meeting")

    assert TO_THE_ARRANGER not in page.text
    assert "At school" in page.seen
