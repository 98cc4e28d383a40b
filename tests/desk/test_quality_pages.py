"""Quality notes, challenges and hand-overs as people use them at the desk."""

import re
from datetime import timedelta

import pytest

from bot.web.context import now
from storage import hand_overs, notes, reviews
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, RUTH, TOM, WORDS, today
from tests.desk.noted import JO, MARION, Noted, judged, note_everything
from tests.desk.running import Browser, Desk


async def noted(desk: Desk) -> Noted:
    return await desk.store.write(lambda db: note_everything(db, desk.house))


def answers(**more: str) -> dict[str, str]:
    return {**judged(), "good": "Jo sees Kai every week.", "theme-1": "Permanence", **more}


async def begin(desk: Desk, browser: Browser) -> tuple[str, str]:
    """A new note on Kai's file: its address, and the token."""
    start = await browser.get(f"/desk/reviews/{KAI}/quality")
    page = await browser.post(f"/desk/reviews/{KAI}/quality", {"token": start.token})
    assert page.status == 200
    return page.url.removeprefix(desk.base), page.token


async def test_a_note_is_drafted_discussed_completed_answered_and_its_impact_noted(
    desk: Desk,
) -> None:
    await noted(desk)
    officer = await desk.signed_in(TOM)
    start = await officer.get(f"/desk/reviews/{northborough.MAYA}/quality")
    page = await officer.post(f"/desk/reviews/{northborough.MAYA}/quality", {"token": start.token})
    address = page.url.removeprefix(desk.base)
    for act, more, state in (
        ("keep", {}, "Draft"),
        ("discussed", {"with_whom": "Jo"}, "Discussed"),
        ("completed", {"put_to": MARION}, "Completed"),
    ):
        form = answers(token=page.token, seen=page.hidden("seen"), act=act, **more)
        page = await officer.post(address, form)
        assert page.status == 200, page.seen
        assert "The note is kept." in page.seen
        assert state in page.seen
    manager = await desk.signed_in(MARION)
    listed = await manager.get("/desk/")
    assert "Maya Okafor" in listed.seen
    put = await manager.get(address.replace("quality", "put-to-me"))
    done = await manager.post(
        address.replace("quality", "put-to-me"),
        {"token": put.token, "seen": put.hidden("seen"), "words": "We meet on Monday."},
    )
    assert "Your answer is kept" in done.seen
    page = await officer.get(address)
    assert "We meet on Monday." in page.seen
    form = answers(token=page.token, seen=page.hidden("seen"), act="impact", said="A plan B.")
    page = await officer.post(address, form)
    assert "Impact noted" in page.seen
    assert '<form method="post" action="/desk/quality' not in page.text


async def test_who_comes_second_sees_what_the_first_wrote_and_keeps_what_they_typed(
    desk: Desk,
) -> None:
    officer = await desk.signed_in(AMINA)
    address, token = await begin(desk, officer)
    first = answers(token=token, seen="0", act="keep", gaps="The first one")
    assert (await officer.post(address, first)).status == 200

    second = await officer.post(address, {**first, "gaps": "The second one"})

    assert second.status == 409
    assert "Amina Yusuf was quicker" in second.seen
    assert "The first one" in second.seen
    assert "The second one</textarea>" in second.text


async def test_an_expired_session_loses_nothing_that_was_typed(desk: Desk) -> None:
    officer = await desk.signed_in(AMINA)
    address, token = await begin(desk, officer)
    officer.session.cookie_jar.clear()

    page = await officer.post(
        address, answers(token=token, seen="0", act="keep", gaps="A long finding")
    )

    assert page.status == 403
    assert "A long finding</textarea>" in page.text
    assert 'name="plan.permanence"' in page.text
    assert 'name="act"' in page.text


async def test_kept_back_words_are_refused_with_all_that_was_entered_still_there(
    desk: Desk,
) -> None:
    officer = await desk.signed_in(AMINA)
    address, token = await begin(desk, officer)
    copied = " ".join(WORDS.split()[:8])

    page = await officer.post(address, answers(token=token, seen="0", act="keep", gaps=copied))

    assert page.status == 422
    assert "did not share with the file" in page.seen
    assert f"{copied}</textarea>" in page.text
    assert "Jo sees Kai every week.</textarea>" in page.text


async def test_a_challenge_is_raised_answered_and_taken_further(desk: Desk) -> None:
    await noted(desk)
    officer = await desk.signed_in(AMINA)
    start = await officer.get(f"/desk/reviews/{KAI}/quality")
    raised = {"token": start.token, "words": "No health assessment.", "put_to": JO,
              "theme-7": "Health"}  # fmt: skip
    page = await officer.post(f"/desk/reviews/{KAI}/dispute", raised)
    address = page.url.removeprefix(desk.base).partition("?")[0]
    assert "Informal" in page.seen
    worker = await desk.signed_in(JO)
    put = await worker.get(address.replace("disputes", "put-to-me"))
    await worker.post(
        address.replace("disputes", "put-to-me"),
        {"token": put.token, "seen": put.hidden("seen"), "words": "In two months."},
    )
    page = await officer.get(address)
    assert "In two months." in page.seen
    further = {"token": page.token, "seen": page.hidden("seen"), "act": "outcome",
               "outcome": "escalated", "words": "Two months is too long.",
               "put_to": MARION}  # fmt: skip
    page = await officer.post(address, further)
    assert page.status == 200
    assert "Formal stage: service manager" in page.seen
    assert "The formal procedure has to end by" in page.seen
    second = await officer.post(address, further)
    assert second.status == 409
    assert "Two months is too long." in second.seen


async def test_what_is_overdue_stands_on_today_and_on_the_managers_page(desk: Desk) -> None:
    await noted(desk)

    officer = await (await desk.signed_in(AMINA)).get("/desk/")
    manager = await (await desk.signed_in(RUTH)).get("/desk/unit")
    other = await (await desk.signed_in(TOM)).get("/desk/")

    for page in (officer, manager):
        assert "Quality and challenge, overdue: 1" in page.seen
        assert "Overdue, 3 days" in page.seen
    assert "Quality and challenge, overdue" not in other.seen


async def test_a_manager_reads_and_does_not_write(desk: Desk) -> None:
    found = await noted(desk)
    manager = await desk.signed_in(RUTH)

    page = await manager.get(f"/desk/quality/{found.late}")
    token = (await manager.get("/desk/hand-over?from=amina")).token
    posted = await manager.post(f"/desk/quality/{found.late}", {"token": token, "act": "keep"})

    assert "There is no plan B if the foster home ends." in page.seen
    assert f'action="/desk/quality/{found.late}"' not in page.text
    assert posted.status == 404


async def test_a_hand_over_is_planned_and_undone(desk: Desk) -> None:
    manager = await desk.signed_in(RUTH)
    page = await manager.get("/desk/hand-over?from=amina")
    assert "Kai Brennan" in page.seen
    assert "1 review not held yet, the next today" in page.seen
    day = today() + timedelta(days=1)
    form = {"token": page.token, "from": AMINA, "to": TOM, "child-1": f"person-{KAI}",
            "child-2": f"person-{LENA}", "on-day": str(day.day), "on-month": str(day.month),
            "on-year": str(day.year)}  # fmt: skip

    page = await manager.post("/desk/hand-over", form)
    assert "Amina Yusuf to Tom Fenwick" in page.seen
    assert "2 young people: Kai Brennan, Lena Novak" in page.seen
    undo = {"token": page.token, "hand_over": page.hidden("hand_over")}
    page = await manager.post("/desk/hand-over/undo", undo)
    assert "It is undone. Nobody was told." in page.seen
    page = await manager.post("/desk/hand-over/undo", undo)
    assert page.status == 422

    found = await desk.store.read(
        lambda db: hand_overs.made_from(db, desk.house.id, [AMINA], now())
    )
    assert [one.undone_at is not None for one in found] == [True]
    officer = await desk.store.read(lambda db: reviews.get(db, desk.house.id, KAI).officer_id)
    assert officer == AMINA


@pytest.mark.parametrize("field", ["words", "put_to_name"])
async def test_what_is_written_is_text_on_every_page(desk: Desk, field: str) -> None:
    await noted(desk)
    officer = await desk.signed_in(AMINA)
    start = await officer.get(f"/desk/reviews/{KAI}/quality")
    raised = {"token": start.token, "words": "Words", "put_to_name": "Name",
              field: "<script>alert(1)</script>"}  # fmt: skip

    page = await officer.post(f"/desk/reviews/{KAI}/dispute", raised)

    assert page.status == 200
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_a_care_leavers_plan_has_questions_of_its_own(desk: Desk) -> None:
    officer = await desk.signed_in(DEV)
    start = await officer.get(f"/desk/reviews/{HANA}/quality")
    page = await officer.post(f"/desk/reviews/{HANA}/quality", {"token": start.token})

    assert "Quality of the pathway plan" in page.seen
    assert "PEP" not in page.seen
    found = await desk.store.read(lambda db: notes.of_person(db, desk.house.id, f"person-{HANA}"))
    assert re.fullmatch(r"pathway_plan\.\d+", found[0].tool)
