"""Wishes and their answers at the desk: asked, drafted, looked at, sent once, and never lost."""

import asyncio
import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import Connection, make_url, select

from bot.documents.ask_answer import _view
from bot.documents.contribution import content_sha256
from bot.service.duty import working_day
from bot.web.context import now
from conversations.asks import Reply, State
from storage import ask_filings, asks, disputes, tasks
from storage.asks import Ask, Kind, Plan
from storage.contributions import Destination, Filing
from storage.disputes import Dispute
from storage.tables import audit, outbox
from tests.canaries import MARK, found_in
from tests.desk.asking import SAM, SAMS, ask_of, day, form, with_pin, with_worker
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, MAYA, RUTH, TOM, say_again, today
from tests.desk.running import Browser, Desk, Page
from tests.desk.test_queries import statements

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schemas" / "ask-answer.schema.json").read_text()
)
ANSWER = "You will see him every Saturday. Your social worker sets it up."


async def _open(desk: Desk, staff_id: str = AMINA, review_id: str = KAI) -> tuple[Browser, str]:
    browser = await desk.signed_in(staff_id)
    ask = await ask_of(desk, review_id)
    return browser, f"/desk/reviews/{review_id}/asks/{ask.ask_id}"


async def _sends(
    browser: Browser,
    address: str,
    seen: int = 0,
    by: int | None = None,
    told: int | None = None,
    **fields: str,
) -> Page:
    """An answer, sent; `by`, `told`: so many days from today."""
    token = (await browser.get(address)).token
    entered = form(token, seen, words=ANSWER) | fields | (day(by) if by is not None else {})
    entered |= _told(told) if told is not None else {}
    return await browser.post(address, entered | {"act": "send"})


async def test_each_wish_that_was_sent_is_an_ask_with_the_day_it_is_due(desk: Desk) -> None:
    ask = await ask_of(desk)

    assert ask.state is State.HEARD
    assert ask.theme == "home"
    assert ask.due_on == working_day(today(), 10)  # the review is today
    page = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{KAI}/asks")
    assert "I want to see my brother every week." in page.text
    assert "Heard, no answer yet" in page.seen
    assert "You answer, due by" in page.seen


async def test_todays_list_and_the_wishes_say_whom_and_what_about_and_no_word(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)

    for address in ("/desk/", "/desk/asks"):
        page = await browser.get(address)
        assert "About: Where I live." in page.seen
        assert "brother" not in page.text
    assert "Kai" not in (await (await desk.signed_in(TOM)).get("/desk/asks")).seen


async def test_an_answer_is_looked_at_before_it_is_sent_and_reads_as_it_will(desk: Desk) -> None:
    browser, address = await _open(desk)
    page = await browser.get(address)

    page = await browser.post(
        address,
        form(page.token, words=f"{ANSWER}\u200b\r\n•\u00a0Saturdays", who="Your social worker",
             act="preview") | day(7),
    )  # fmt: skip

    assert page.status == 200
    assert "As Kai reads it" in page.seen
    assert "I want to see my brother every week." in page.text
    assert "Your social worker should do it by" in page.seen
    assert "Amina Yusuf, your IRO" in page.seen
    assert "\u200b" not in page.text.partition("app-preview")[2].partition("app-look")[0]
    assert (await ask_of(desk)).answers == 0

    sent = await browser.post(
        address, form(page.token, words=page.hidden_text("words"), act="send")
    )

    assert sent.url.partition("#")[0].endswith(f"/desk/reviews/{KAI}/asks?done=sent")
    assert "The answer is sent." in sent.seen
    assert (await ask_of(desk)).state is State.AGREED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": ""}, "Say what became of it."),
        ({"words": " "}, "Write what happens"),
        ({"state": "not_agreed"}, "Write the reason"),
        ({"state": "looking"}, "Enter a day that is not past"),
        ({"by-day": "31", "by-month": "2", "by-year": "2027"}, "There is no 31 February 2027."),
        ({"state": "heard"}, "Say what became of it."),
        ({"state": "taken_back"}, "Say what became of it."),
    ],
)
@pytest.mark.parametrize("act", ["preview", "send", "draft"])
async def test_what_an_answer_lacks_is_said_and_nothing_typed_is_lost(
    desk: Desk, fields: dict[str, str], said: str, act: str
) -> None:
    browser, address = await _open(desk)
    token = (await browser.get(address)).token

    page = await browser.post(
        address, form(token, words=ANSWER, who="Typed before") | fields | {"act": act}
    )

    assert page.status == 422
    assert said in page.seen
    assert "Typed before" in page.text
    assert (await ask_of(desk)).answers == 0


async def test_how_it_reads_is_said_while_it_is_written(desk: Desk) -> None:
    browser, address = await _open(desk)
    token = (await browser.get(address)).token
    hard = (
        "Contact with Lena's siblings will be facilitated by the local authority in accordance "
        "with your care plan and the recommendations of the independent professionals concerned."
    )

    looked = await browser.post(f"{address}/measure", {"token": token, "words": hard})

    assert looked.status == 200
    assert "Reading age" in looked.seen
    assert "Shorter sentences" in looked.seen
    assert "seeing your family" in looked.seen  # for contact
    assert "Another young person is called so: Lena's" in looked.seen
    assert "<html" not in looked.text
    easy = await browser.post(f"{address}/measure", {"token": token, "words": ANSWER})
    assert "They can read this with ease" in easy.seen
    assert (await ask_of(desk)).answers == 0


async def test_without_script_the_same_is_said_with_the_preview(desk: Desk) -> None:
    browser, address = await _open(desk)
    token = (await browser.get(address)).token

    page = await browser.post(
        address, form(token, words="Your LAC review decides. Ask Maya.", act="preview")
    )

    assert "Words from work" in page.seen
    assert "Another young person is called so: Maya" in page.seen
    changed = await browser.post(
        address, form(page.token, words=page.hidden_text("words"), act="change")
    )
    assert "Your LAC review decides. Ask Maya." in changed.text
    assert changed.status == 200


async def test_of_two_who_answer_at_once_the_second_sees_the_first_and_keeps_what_they_wrote(
    desk: Desk,
) -> None:
    browser, address = await _open(desk)
    token = (await browser.get(address)).token

    pages = await asyncio.gather(
        *(
            browser.post(address, form(token, words=f"{ANSWER} {number}", act="send"))
            for number in range(4)
        )
    )

    assert sorted(page.status for page in pages) == [200, 409, 409, 409]
    late = next(page for page in pages if page.status == 409)
    assert "Nothing was overwritten" in late.seen
    assert ANSWER in late.text.partition("What was said so far")[2]
    written = await desk.store.read(
        lambda db: asks.answers_of(db, desk.house.id, address.rpartition("/")[2])
    )
    assert len(written) == 1
    rows = await desk.store.read(_waiting)
    assert len([key for key in rows if key.startswith("ask/")]) == 1


def _waiting(db: Connection) -> list[str]:
    return list(db.execute(select(outbox.c.idempotency_key)).scalars())


async def test_an_answer_may_be_sent_again_and_the_one_before_stays(desk: Desk) -> None:
    browser, address = await _open(desk)
    await _sends(browser, address, by=5, state="looking")

    await _sends(browser, address, 1, state="not_agreed", reason="The house is too small.")

    ask = await ask_of(desk)
    written = await desk.store.read(lambda db: asks.answers_of(db, desk.house.id, ask.ask_id))
    assert [one.answer.state for one in written] == [State.LOOKING, State.NOT_AGREED]
    assert ask.state is State.NOT_AGREED
    page = await browser.get(address)
    assert page.seen.index("It is still being looked at.") < page.seen.index("It is not agreed.")
    assert "It is done" not in page.seen.partition("What became of it")[2]  # first it is agreed


async def test_whoever_is_asked_hands_in_a_draft_and_the_officer_sends_it(desk: Desk) -> None:
    """Maya shares with her social worker, Kai does not."""
    await desk.store.write(lambda db: with_worker(db, desk.house))
    tom, address = await _open(desk, TOM, MAYA)
    page = await tom.get(address)
    assert SAMS in page.seen
    ask = await ask_of(desk, MAYA)
    plan = {"token": page.token, "owner": SAM, "note": "Can she?", "due-day": "1", "due-month": "6",
            "due-year": str(today().year + 1)}  # fmt: skip
    kept = await tom.post(f"{address}/plan", plan)
    assert f"Asked of {SAMS}, due by" in kept.seen

    sam = await desk.signed_in(SAM)
    listed = await sam.get("/desk/asks")
    assert "Maya Okafor" in listed.seen
    mine = f"/desk/young-people/person-{MAYA}/asks/{ask.ask_id}"
    page = await sam.get(mine)
    assert "own words" in page.text  # what she said, which is shared with them
    assert "Can she?" in page.seen
    measured = await sam.post(f"{mine}/measure", {"token": page.token, "words": "Contact"})
    assert "seeing your family" in measured.seen
    handed = await sam.post(mine, form(page.token, words=ANSWER))
    assert "Your draft is with the officer" in handed.seen
    assert (await ask_of(desk, MAYA)).state is State.HEARD
    assert "Draft handed in" in (await tom.get("/desk/asks")).seen
    page = await tom.get(address)
    assert ANSWER in page.text
    await _sends(tom, address, 1)
    written = await desk.store.read(lambda db: asks.answers_of(db, desk.house.id, ask.ask_id))
    assert [(one.kind, one.by) for one in written] == [(Kind.DRAFT, SAM), (Kind.SENT, TOM)]


async def test_who_is_asked_sees_no_word_that_was_not_shared_with_them(desk: Desk) -> None:
    ask = await ask_of(desk)

    def asked(db: Connection) -> None:
        with_worker(db, desk.house)
        asks.plan(db, desk.house.id, ask, SAM, today(), Plan(note="Could he see him more?"))

    await desk.store.write(asked)
    sam = await desk.signed_in(SAM)

    page = await sam.get(f"/desk/young-people/person-{KAI}/asks/{ask.ask_id}")

    assert page.status == 200
    assert "brother" not in page.text
    assert "not shared with you" in page.seen
    assert "Could he see him more?" in page.seen


async def test_what_is_asked_of_a_worker_stands_first_on_their_first_page(desk: Desk) -> None:
    await desk.store.write(lambda db: with_worker(db, desk.house))
    worker = await desk.signed_in(SAM)
    assert "asked about" not in (await worker.get("/desk/young-people")).seen
    ask = await ask_of(desk)
    await desk.store.write(lambda db: asks.plan(db, desk.house.id, ask, SAM, ask.due_on, Plan()))

    page = await worker.get("/desk/young-people")

    assert page.seen.index("Wishes that you are asked about: 1") < page.seen.index("Maya Okafor")
    assert f'href="/desk/young-people/person-{KAI}/asks/{ask.ask_id}"' in page.text
    assert "brother" not in page.text
    address = f"/desk/young-people/person-{KAI}/asks/{ask.ask_id}"
    token = (await worker.get(address)).token
    await worker.post(address, form(token, words=ANSWER, act="draft"))
    assert "asked about" not in (await worker.get("/desk/young-people")).seen


async def test_what_was_put_to_a_worker_stands_there_too_until_they_answer(desk: Desk) -> None:
    await desk.store.write(lambda db: with_worker(db, desk.house))
    officer = await desk.signed_in(AMINA)
    page = await officer.get(f"/desk/reviews/{KAI}/quality")
    words = "His plan was not changed since March."
    raised = {"token": page.token, "words": words, "put_to": SAM, "themes": "delay"}
    await officer.post(f"/desk/reviews/{KAI}/dispute", raised)

    page = await (await desk.signed_in(SAM)).get("/desk/young-people")

    assert "Put to you, to answer: 1" in page.seen
    assert words not in page.text
    assert "Answer due by" in page.seen


async def test_many_wishes_are_asked_for_as_one_is(desk: Desk) -> None:
    await desk.store.write(lambda db: with_worker(db, desk.house))
    worker, counted = await desk.signed_in(SAM), []
    for review_id in (KAI, MAYA):
        ask = await ask_of(desk, review_id)
        await desk.store.write(partial(_plan, desk, ask))
        await worker.get("/desk/asks")
        with statements() as seen:
            page = await worker.get("/desk/asks")
        counted.append(len(seen))

    assert page.seen.count("Answer due by") == 2
    assert counted[0] == counted[1]


def _plan(desk: Desk, ask: Ask, db: Connection) -> None:
    asks.plan(db, desk.house.id, ask, SAM, ask.due_on, Plan())


async def test_an_ask_of_somebody_else_is_not_there(desk: Desk) -> None:
    await desk.store.write(lambda db: with_worker(db, desk.house))
    kai, maya = await ask_of(desk), await ask_of(desk, MAYA)
    sam, tom = await desk.signed_in(SAM), await desk.signed_in(TOM)
    token = (await tom.get(f"/desk/reviews/{MAYA}/asks/{maya.ask_id}")).token

    for browser, address in (
        (sam, f"/desk/young-people/person-{KAI}/asks/{kai.ask_id}"),
        (tom, f"/desk/reviews/{MAYA}/asks/{kai.ask_id}"),
        (tom, f"/desk/reviews/{KAI}/asks/{kai.ask_id}"),
        (await desk.signed_in(RUTH), f"/desk/reviews/{KAI}/asks"),
    ):
        assert (await browser.get(address)).status == 404
    for act in ("", "/plan", "/measure"):
        answer = form(token, words="x", act="send", owner="officer")
        address = f"/desk/reviews/{MAYA}/asks/{kai.ask_id}{act}"
        assert (await tom.post(address, answer)).status == 404
    assert (await ask_of(desk)).answers == 0


async def test_a_corrected_wish_stays_the_same_ask_and_the_desk_says_that_it_changed(
    desk: Desk,
) -> None:
    before = await ask_of(desk)
    browser, address = await _open(desk)
    await _sends(browser, address)

    await desk.store.write(
        lambda db: say_again(db, desk.house, KAI, "home.change", "Every day, please.")
    )

    after = await ask_of(desk)
    assert (after.ask_id, after.asked_at) == (before.ask_id, before.asked_at)
    assert (after.version, after.state) == (2, State.AGREED)
    page = await browser.get(f"/desk/reviews/{KAI}/asks")
    assert "Every day, please." in page.text
    assert "Changed since" in page.seen


async def test_no_answer_goes_out_while_nobody_knows_whose_words_they_are(desk: Desk) -> None:
    ask = await ask_of(desk)
    browser, address = await _open(desk)
    said = Dispute(ask.conversation_id, KAI, now())
    await desk.store.write(lambda db: disputes.open_(db, desk.house.id, said))

    page = await _sends(browser, address)

    assert page.status == 409
    assert "Settle that first" in page.seen
    assert (await ask_of(desk)).answers == 0


async def test_the_answer_is_filed_like_a_contribution_and_a_stub_where_it_may_not_be_read(
    desk: Desk,
) -> None:
    """Kai's wish is for the officer alone, and no restricted record is set; Maya's is in the
    file."""
    for staff_id, review_id in ((AMINA, KAI), (TOM, MAYA)):
        browser, address = await _open(desk, staff_id, review_id)
        await _sends(browser, address)
    kai, maya = await ask_of(desk), await ask_of(desk, MAYA)

    def documents(db: Connection) -> list[list[ask_filings.Filed]]:
        both = (kai.ask_id, maya.ask_id)
        return [ask_filings.of_ask(db, desk.house.id, one) for one in both]

    (stub, sealed), (whole,) = await desk.store.read(documents)

    assert (stub.destination, stub.state) == (Destination.ORDINARY, Filing.WAITING)
    assert (sealed.destination, sealed.state) == (Destination.RESTRICTED, Filing.AT_DESK)
    assert "brother" not in json.dumps(stub.document)
    assert ANSWER not in json.dumps(stub.document)
    assert "brother" in sealed.document["asked"]["words"]
    assert whole.document["asked"]["words"] == "Maya's own words"
    assert whole.document["words"] == ANSWER
    assert whole.document["answered_by"]["name"] == "Tom Fenwick"
    for one in (stub, sealed, whole):
        jsonschema.Draft202012Validator(SCHEMA).validate(one.document)
        assert one.document["content_sha256"] == content_sha256(one.document)


def _told(days: int) -> dict[str, str]:
    """The day on which they were told face to face, so many days from today."""
    at = today() + timedelta(days=days)
    return {"told-day": str(at.day), "told-month": str(at.month), "told-year": str(at.year)}


async def test_what_they_were_told_face_to_face_is_an_answer_and_nothing_is_sent(
    desk: Desk,
) -> None:
    browser, address = await _open(desk)

    looked = await browser.post(
        address,
        form((await browser.get(address)).token, words=ANSWER, act="preview") | _told(0),
    )
    assert "You told Kai this yourself" in looked.seen
    assert "your IRO, told you this on" in looked.seen
    page = await _sends(browser, address, told=0)

    assert "The answer that you told them is kept. No message was sent." in page.seen
    assert "Told face to face today." in page.seen
    ask = await ask_of(desk)
    assert ask.state is State.AGREED
    (kept,) = await desk.store.read(lambda db: asks.answers_of(db, desk.house.id, ask.ask_id))
    assert (kept.kind, kept.answer.told_on) == (Kind.TOLD, today())
    assert "Kai" not in (await browser.get("/desk/asks")).seen
    assert "told you this on" in (await browser.get(address)).seen


@pytest.mark.parametrize("days", [1, -400])
async def test_they_were_not_told_ahead_nor_before_they_wished(desk: Desk, days: int) -> None:
    browser, address = await _open(desk)

    page = await _sends(browser, address, told=days)

    assert page.status == 422
    assert "Enter the day on which you told them" in page.seen
    assert ANSWER in page.text
    assert page.text.count("<details") == page.text.count("open>") == 1  # what is wrong is in sight
    assert (await ask_of(desk)).answers == 0


async def test_that_they_were_told_stands_in_the_filed_document(desk: Desk) -> None:
    browser, address = await _open(desk, TOM, MAYA)
    await _sends(browser, address, told=0)
    ask = await ask_of(desk, MAYA)

    (filed,) = await desk.store.read(lambda db: ask_filings.of_ask(db, desk.house.id, ask.ask_id))

    jsonschema.Draft202012Validator(SCHEMA).validate(filed.document)
    assert filed.document["told_on"] == today().isoformat()
    assert "Told to the young person on" in _view(filed.document)["by"]


async def test_who_is_asked_hands_in_what_happens_and_not_that_they_were_told(desk: Desk) -> None:
    await desk.store.write(lambda db: with_worker(db, desk.house))
    ask = await ask_of(desk)
    await desk.store.write(lambda db: asks.plan(db, desk.house.id, ask, SAM, ask.due_on, Plan()))
    worker = await desk.signed_in(SAM)
    address = f"/desk/young-people/person-{KAI}/asks/{ask.ask_id}"
    page = await worker.get(address)

    assert "told-day" not in page.text
    await worker.post(address, form(page.token, words=ANSWER, act="draft") | _told(0))

    (kept,) = await desk.store.read(lambda db: asks.answers_of(db, desk.house.id, ask.ask_id))
    assert (kept.kind, kept.answer.told_on) == (Kind.DRAFT, None)


async def test_what_they_say_to_an_answer_is_a_task_until_it_is_answered(desk: Desk) -> None:
    browser, address = await _open(desk)
    await _sends(browser, address)
    ask = await ask_of(desk)

    def disagree(db: Connection) -> None:
        asks.reply(db, desk.house.id, ask, 1, Reply.NOT_AGREE, "It is Sundays I mean", now())
        about = {"ask_id": ask.ask_id}
        task = tasks.Task("reply", tasks.Kind.ASK_REPLY, ask.person_id, KAI, about)
        tasks.add(db, desk.house.id, task, now())

    await desk.store.write(disagree)
    assert "Not right for them" in (await browser.get("/desk/asks")).seen
    home = (await browser.get("/desk/")).seen
    assert "Not right for them" in home
    assert "Said something to an answer" not in home  # one line for one thing
    task = await browser.get("/desk/tasks/reply")
    assert "Said something to an answer" in task.seen
    assert "Sundays" not in task.text
    page = await browser.get(address)
    assert "I still don’t agree" in page.seen
    assert "It is Sundays I mean" in page.text

    await _sends(browser, address, 1)

    assert "Not right for them" not in (await browser.get("/desk/asks")).seen
    assert (await desk.store.read(lambda db: tasks.get(db, desk.house.id, "reply"))).done_at


@pytest.mark.parametrize("pin", [False, True])
async def test_whoever_answers_is_told_whether_it_can_be_read(desk: Desk, *, pin: bool) -> None:
    if pin:
        await desk.store.write(lambda db: with_pin(db, desk.house))
    browser, address = await _open(desk)

    page = await browser.get(address)

    said = "Kai reads it here, with their PIN." if pin else "Kai has no PIN."
    assert said in page.seen


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"owner": "nobody"}, "Say who is asked"),
        ({"owner": "other"}, "Enter their name"),
        ({"owner": "officer", "note": "x" * 1001}, "1,000 letters"),
        ({"owner": "officer", "due-day": "31", "due-month": "2"}, "There is no 31 February"),
        ({"owner": "officer", "due-day": "", "due-month": "", "due-year": ""}, "Enter the day"),
    ],
)
async def test_who_is_asked_and_by_when_has_to_be_said_whole(
    desk: Desk, fields: dict[str, str], said: str
) -> None:
    browser, address = await _open(desk)
    token = (await browser.get(address)).token
    soon = today() + timedelta(days=3)
    due = {"due-day": str(soon.day), "due-month": str(soon.month), "due-year": str(soon.year)}

    page = await browser.post(f"{address}/plan", {"token": token, **due, **fields})

    assert page.status == 422
    assert said in page.seen
    assert (await ask_of(desk)).owner_id is None


async def test_somebody_without_an_account_can_be_asked(desk: Desk) -> None:
    browser, address = await _open(desk)
    page = await browser.get(address)
    plan = {"token": page.token, "owner": "other", "name": "Mrs Bloom, school", "due-day": "1",
            "due-month": "6", "due-year": str(today().year + 1)}  # fmt: skip

    kept = await browser.post(f"{address}/plan", plan)

    assert "Asked of Mrs Bloom, school, due by" in kept.seen
    wrong = await browser.post(address, form(page.token, words="", act="preview"))
    assert 'value="Mrs Bloom, school"' in wrong.text  # an answer with a fault changes nothing of it


async def test_a_review_without_a_wish_says_so(desk: Desk) -> None:
    page = await (await desk.signed_in(AMINA)).get(f"/desk/reviews/{LENA}/asks")
    assert "has sent no wish" in page.seen


async def test_where_no_wish_waits_the_list_says_what_will_stand_there(desk: Desk) -> None:
    browser, address = await _open(desk, DEV, HANA)
    assert "Hana" in (await browser.get("/desk/asks")).seen

    await _sends(browser, address, who="Your personal adviser")

    page = await browser.get("/desk/asks")
    assert "Every wish has its answer." in page.seen
    assert "Hana" not in page.seen
    await desk.store.write(lambda db: with_worker(db, desk.house))
    asked = await (await desk.signed_in(SAM)).get("/desk/asks")
    assert "Nobody asks you about a wish now." in asked.seen


async def test_a_care_leavers_officer_answers_as_one(desk: Desk) -> None:
    browser, address = await _open(desk, DEV, HANA)
    token = (await browser.get(address)).token

    page = await browser.post(address, form(token, words="Yes, we pay for it.", act="preview"))

    assert "Dev Chaudhry, your review officer" in page.seen


async def test_each_act_about_a_wish_is_on_record(desk: Desk) -> None:
    browser, address = await _open(desk)
    await _sends(browser, address)

    found = await desk.store.read(lambda db: db.execute(select(audit.c.act, audit.c.detail)).all())

    acts = [row.act for row in found]
    assert acts.count("ask_answered") == 1
    assert acts.count("ask_made") == 3  # Kai, Maya, Hana
    assert "asks_read" in acts
    assert not [row for row in found if "brother" in row.detail or ANSWER in row.detail]


async def test_no_word_of_an_answer_or_of_what_is_said_to_it_lies_open(desk: Desk) -> None:
    """In the database and its write-ahead log, in any encoding (`tests/canaries.py`)."""
    browser, address = await _open(desk)
    page = await browser.get(address)
    plan = {"token": page.token, "owner": "other", "name": f"Mrs {MARK}", "note": MARK,
            "due-day": "1", "due-month": "6", "due-year": str(today().year + 1)}  # fmt: skip
    assert (await browser.post(f"{address}/plan", plan)).status == 200
    await _sends(browser, address, state="part", words=MARK, reason=f"{MARK}.", who=MARK)
    ask = await ask_of(desk)
    await desk.store.write(
        lambda db: asks.reply(db, desk.house.id, ask, 1, Reply.NOT_MEANT, MARK, now())
    )

    written = await desk.store.read(lambda db: asks.answers_of(db, desk.house.id, ask.ask_id))
    assert written[0].answer.words == MARK
    file = Path(make_url(desk.house.settings.database_url).database or "")
    for path in file.parent.glob(f"{file.name}*"):
        assert found_in(path.read_bytes()) == set(), path.name
