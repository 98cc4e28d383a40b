"""The answer comes back: behind the PIN, own words first, and what one can say to it."""

import asyncio
import html
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import pytest_asyncio
from sqlalchemy import Connection, select

from bot.access.roles import Role
from bot.service import afterwards, answering, invitations
from bot.service.admission import Admitted, Asked
from bot.service.days import local_day
from bot.service.invitations import LetIn
from bot.web.context import now
from conversations.asks import Answer, Reply, State
from conversations.conversation import Pause
from conversations.hearing import Chosen, Command, Name, Text
from storage import ask_filings, asks, contributions, people, reviews, tasks
from storage.asks import Ask, Written
from storage.contributions import Filing
from storage.conversations import get
from storage.tables import alert_words, audit
from storage.tasks import Kind
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import Young
from tests.sayso import Sayso

PIN = "482915"
SCHEMA = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/ask-answer.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)
WISH = "I want to see my brother <b>every</b> week 🐕"
ANSWER = "You will see him every Saturday.\nTell me if it does not happen."
LOCKED = ("Saturday", "brother", "wish")


async def _sends_a_wish(visitor: Visitor, band: str = "12-15") -> Young:
    """A young person who has sent one wish, in the session that still lasts."""
    young = await visitor.comes(band)
    await young.goes_to("home.change")
    await young.says(Text(words=WISH))
    await young.goes_to("home.audience")
    await young.says(Chosen(option="@check"))
    await young.says(Command(name=Name.SEND))
    return young


async def _chooses_pin(visitor: Visitor) -> Seen:
    await visitor.get("/chat/answers")
    return await visitor.post("/chat/answers", {"act": "choose", "pin": PIN, "again": PIN})


async def _ask(young: Young) -> Ask:
    sayso = young.sayso
    kept = await sayso.store.read(lambda db: get(db, sayso.house.id, young.conversation_id))
    found = await sayso.store.read(lambda db: asks.of_person(db, sayso.house.id, kept.person_id))
    (mine,) = (one for one in found if one.conversation_id == young.conversation_id)
    return mine


async def _answers(young: Young, answer: Answer | None = None) -> Written:
    """Their officer sends an answer."""
    sayso, ask = young.sayso, await _ask(young)
    given = answer or Answer(State.AGREED, ANSWER, who="Your social worker")

    def send(db: Connection) -> Written:
        review = reviews.get(db, sayso.house.id, ask.review_id)
        member = people.staff_member(db, sayso.house.id, review.officer_id)
        staff = Admitted(member.staff_id, Role(member.role), member.name, "token", now())
        seen = asks.get(db, sayso.house.id, ask.ask_id).answers
        made = answering.send(
            db, sayso.house, staff, Asked("desk.ask_answer", ask.review_id), ask.ask_id, given,
            seen, now(),
        )  # fmt: skip
        assert isinstance(made, Written)
        return made

    return await sayso.store.write(send)


@pytest_asyncio.fixture
async def young(visitor: Visitor) -> AsyncIterator[Young]:
    """Has sent a wish and chosen a PIN."""
    someone = await _sends_a_wish(visitor)
    await _chooses_pin(visitor)
    yield someone


async def test_after_sending_they_hear_how_an_answer_is_read(visitor: Visitor) -> None:
    await _sends_a_wish(visitor)

    page = await visitor.get("/chat")

    assert page.state == "sent"
    assert "An answer may come here. You need a PIN to read it." in page.text
    await _chooses_pin(visitor)
    assert "You need a PIN" not in (await visitor.get("/chat")).text


async def test_later_the_page_says_that_a_pin_comes_too_late_for_the_answer(
    visitor: Visitor,
) -> None:
    """A PIN that they choose in another session shows only what is said from then on. Nobody is
    told to pick one for an answer that it will never open."""
    young = await _sends_a_wish(visitor)
    visitor.has({"sayso_live": ""})

    page = await visitor.get("/chat")

    assert page.state == "sent"
    assert "You can pick one now." not in page.text
    assert "It does not open this answer." in page.text
    await _answers(young)
    visitor.has({"sayso_live": ""})
    page = await visitor.get("/chat")
    assert "Your PIN opens it." not in page.text
    assert "There is a message for you. It does not open here. Ring" in page.text
    await _chooses_pin(visitor)
    assert "There is a message for you. It does not open here." in (await visitor.get("/chat")).text


async def test_once_they_were_told_it_nothing_says_that_there_is_a_message(
    visitor: Visitor,
) -> None:
    """The answer that they could not open is not the last one any more."""
    young = await _sends_a_wish(visitor)
    await _answers(young)
    visitor.has({"sayso_live": ""})
    assert "There is a message for you." in (await visitor.get("/chat")).text

    await _answers(young, Answer(State.AGREED, ANSWER, told_on=local_day(now())))

    assert "There is a message for you." not in (await visitor.get("/chat")).text


async def test_until_somebody_answers_it_says_by_when_and_whether_it_was_read(
    young: Young, visitor: Visitor
) -> None:
    ask = await _ask(young)
    page = await visitor.get("/chat/asks")
    assert "No answer yet" in page.text
    assert "Your IRO has not opened it yet." in page.text
    assert "You should get an answer by" in page.text

    def read(db: Connection) -> None:
        review = reviews.get(db, young.sayso.house.id, ask.review_id)
        contributions.read_by(
            db, young.sayso.house.id, ask.contribution_id, 1, review.officer_id, now()
        )

    await young.sayso.store.write(read)
    assert "Your IRO has read it, on" in (await visitor.get("/chat/asks")).text
    assert "Your IRO has read it, on" in (await visitor.get("/chat")).text


async def test_the_answer_stands_under_their_own_words_with_a_word_a_sign_and_a_name(
    young: Young, visitor: Visitor
) -> None:
    await _answers(young)

    page = await visitor.get("/chat/asks")

    assert page.status == 200
    own, _strip, rest = page.html.partition("</blockquote>")
    assert html.escape(WISH, quote=False) in own
    for said in ("Yes", "You will see him every Saturday.", "Your social worker should do it."):
        assert said in page.text
    assert ", your IRO, " in page.text
    assert rest.index('class="outcome"') < rest.index("every Saturday")


async def test_the_chat_says_that_there_is_a_message_and_not_a_word_of_it(
    young: Young, visitor: Visitor
) -> None:
    assert "There is a message for you." not in (await visitor.get("/chat")).text
    await _answers(young)
    await visitor.post("/chat/answers", {"act": "hide"})
    visitor.has(young.cookies(live=False))

    page = await visitor.get("/chat")

    assert "There is a message for you. Your PIN opens it." in page.text
    assert not [word for word in ("every Saturday", "brother") if word in page.html]
    locked = await visitor.get("/chat/asks")
    assert locked.state == "pin-locked"
    assert not [word for word in ("every Saturday", "brother") if word in locked.html]
    opened = await visitor.post("/chat/answers", {"act": "locked", "pin": PIN})
    assert opened.status == 200
    assert "every Saturday" in (await visitor.get("/chat/asks")).text
    assert "There is a message for you." not in (await visitor.get("/chat")).text


async def test_what_they_were_told_stands_beside_the_wish_and_is_no_news(
    young: Young, visitor: Visitor
) -> None:
    """They can say that it is not what they meant as to an answer that was sent."""
    told = Answer(State.AGREED, ANSWER, told_on=local_day(now()))
    written = await _answers(young, told)

    assert "There is a message for you." not in (await visitor.get("/chat")).text
    page = await visitor.get("/chat/asks")
    assert "every Saturday" in page.text
    assert "your IRO, told you this on" in page.text
    reply = {"ask": written.ask_id, "number": "1", "reply": "not_meant", "words": "Sundays"}
    assert "Thank you for saying so." in (await visitor.post("/chat/asks", reply)).text
    sayso = young.sayso
    acts = await sayso.store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert "ask_answer_read" not in acts


async def test_what_was_asked_of_them_stands_with_each_wish_for_who_looks(
    young: Young, visitor: Visitor
) -> None:
    page = await visitor.get("/chat/asks")

    question = "What would you change there, if anything?"
    assert f'<p class="small" aria-hidden="true">{question}</p>' in page.html


async def test_that_they_have_read_it_is_kept_once(young: Young, visitor: Visitor) -> None:
    written = await _answers(young)

    for _ in range(2):
        await visitor.get("/chat/asks")

    sayso = young.sayso
    found = await sayso.store.read(lambda db: asks.answers_of(db, sayso.house.id, written.ask_id))
    assert found[0].read_at is not None
    acts = await sayso.store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("ask_answer_read") == 1


async def test_a_pin_that_is_newer_than_the_wish_opens_no_answer(
    visitor: Visitor,
) -> None:
    """Whoever has the phone could choose one: an answer says as much as the wish."""
    young = await visitor.comes(live=False)
    await young.goes_to("home.change")
    await young.says(Text(words=WISH), now() - timedelta(hours=2))
    await young.goes_to("home.audience")
    await young.says(Chosen(option="@check"))
    await young.says(Command(name=Name.SEND))
    await _answers(young)
    await _chooses_pin(visitor)

    page = await visitor.get("/chat/asks")

    assert "Saturday" not in page.html
    assert "brother" not in page.html
    assert "There is more from before you had a PIN." in page.text
    assert "ask your IRO to tell you" in page.text


async def _replies(
    visitor: Visitor, ask: Ask, reply: str, words: str = "", number: int = 1
) -> Seen:
    fields = {"ask": ask.ask_id, "number": str(number), "reply": reply, "words": words}
    return await visitor.post("/chat/asks", fields)


@pytest.mark.parametrize("reply", [Reply.NOT_MEANT, Reply.NOT_AGREE])
@pytest.mark.parametrize("words", ["", "I meant my *other* brother\n\nשלום"])
async def test_what_they_say_to_it_goes_back_with_what_they_can_do(
    young: Young, visitor: Visitor, reply: Reply, words: str
) -> None:
    await _answers(young)
    ask = await _ask(young)

    page = await _replies(visitor, ask, reply.value, words)

    assert page.state == "asks"
    assert "Thank you for saying so. Your IRO gets it" in page.text
    assert "You can complain." in page.text
    assert "You can get an advocate." in page.text
    sayso = young.sayso
    (kept,) = await sayso.store.read(lambda db: asks.replies_of(db, sayso.house.id, ask.ask_id))
    assert (kept.answer, kept.reply, kept.words) == (1, reply, words)
    waiting = await sayso.store.read(lambda db: tasks.waiting(db, sayso.house.id))
    mine = [task for task in waiting if task.kind is Kind.ASK_REPLY]
    assert [task.about for task in mine] == [{"ask_id": ask.ask_id}]
    await _replies(visitor, ask, reply.value, words)  # a double click
    again = await sayso.store.read(lambda db: asks.replies_of(db, sayso.house.id, ask.ask_id))
    assert len(again) == 1


async def test_a_refusal_says_how_to_complain_and_to_get_an_advocate_at_once(
    young: Young, visitor: Visitor
) -> None:
    await _answers(young, Answer(State.NOT_AGREED, "There will be no dog.", "The house is small."))

    page = await visitor.get("/chat/asks")

    assert "No" in page.text
    assert "The reason: The house is small." in page.text
    assert "You can complain. That is your right. Ring" in page.text
    asked = await visitor.post("/chat/asks", {"act": "advocate"})
    assert "You asked for an advocate. Someone should set it up." in asked.text
    sayso = young.sayso
    waiting = await sayso.store.read(lambda db: tasks.waiting(db, sayso.house.id))
    assert len([task for task in waiting if task.kind is Kind.ADVOCATE]) == 1


async def test_whether_it_happened_is_asked_of_each_ask_that_was_agreed(
    young: Young, visitor: Visitor
) -> None:
    agreed = Answer(State.AGREED, ANSWER, by=local_day(now()) + timedelta(days=1))
    await _answers(young, agreed)
    ask = await _ask(young)
    page = await visitor.get("/chat/asks")
    assert set(page.buttons("reply")) == {"not_meant", "not_agree"}  # its day is to come
    await _answers(young, replace(agreed, by=local_day(now())))
    page = await visitor.get("/chat/asks")
    assert set(page.buttons("reply")) == {
        "happened", "some", "not_happened", "too_soon", "not_meant", "not_agree",
    }  # fmt: skip

    page = await _replies(visitor, ask, "not_happened", number=2)

    assert "No, it did not" in page.text
    await _answers(young, Answer(State.LOOKING, "I ask again.", by=now().date()))
    page = await visitor.get("/chat/asks")
    assert set(page.buttons("reply")) == {"not_meant", "not_agree"}
    assert "What was said before" in page.text


async def test_what_they_write_is_read_like_every_word(young: Young, visitor: Visitor) -> None:
    await _answers(young)
    ask = await _ask(young)
    words = "I still don't agree and he hits me every night, I want to die"

    page = await _replies(visitor, ask, "not_agree", words)

    assert page.state == "help"
    sayso = young.sayso
    assert (await young.conversation()).pause is Pause.URGENT
    raised = await sayso.store.read(
        lambda db: db.execute(select(alert_words.c.alert_id)).scalars().all()
    )
    assert len(raised) >= 1
    kept = await sayso.store.read(lambda db: asks.replies_of(db, sayso.house.id, ask.ask_id))
    assert [one.words for one in kept] == [words]


async def test_words_that_are_too_long_stay_in_the_box_and_are_read_all_the_same(
    young: Young, visitor: Visitor
) -> None:
    await _answers(young)
    ask = await _ask(young)

    page = await _replies(visitor, ask, "not_agree", "x" * 10_003)

    assert page.status == 422
    assert "That is 3 letters too long. It is not kept yet." in page.text
    assert "x" * 10_003 in page.html


async def test_to_an_answer_that_is_not_the_last_nothing_is_said(
    young: Young, visitor: Visitor
) -> None:
    await _answers(young)
    ask = await _ask(young)
    await _answers(young, Answer(State.NOT_AGREED, "No after all.", "There is no room."))

    page = await _replies(visitor, ask, "not_agree", "But why", number=1)

    assert page.status == 409
    assert "There is a newer answer." in page.text
    assert "But why" in page.html
    kept = await young.sayso.store.read(
        lambda db: asks.replies_of(db, young.sayso.house.id, ask.ask_id)
    )
    assert kept == []


@pytest.mark.parametrize(
    "fields",
    [
        {"ask": "nobody-has-this", "number": "1", "reply": "not_agree"},
        {"ask": "", "number": "x", "reply": "not_agree"},
        {"reply": "whatever", "number": "1"},
        {},
    ],
)
async def test_a_form_of_nobodys_changes_nothing(
    young: Young, visitor: Visitor, fields: dict[str, str]
) -> None:
    await _answers(young)

    answer = await visitor.post("/chat/asks", fields, follow=False)

    assert answer.status == 303


async def test_a_form_from_elsewhere_is_refused(young: Young, visitor: Visitor) -> None:
    await _answers(young)
    ask = await _ask(young)
    fields = {"ask": ask.ask_id, "number": "1", "reply": "not_agree"}

    answer = await visitor.post(
        "/chat/asks", fields, headers={"Origin": "https://elsewhere.example",
                                       "Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip

    assert answer.status == 403
    kept = await young.sayso.store.read(
        lambda db: asks.replies_of(db, young.sayso.house.id, ask.ask_id)
    )
    assert kept == []


async def test_somebody_beside_them_reads_no_answer(sayso: Sayso, visitor: Visitor) -> None:
    young = await visitor.comes("4-7")
    for path in ("/chat/asks", "/chat"):
        page = await visitor.get(path)
        assert page.path == "/chat"
        assert "/chat/asks" not in page.html
    assert (await young.conversation()).young


async def test_the_answer_is_in_the_case_record_with_a_paper_beside_it(
    young: Young, visitor: Visitor
) -> None:
    """Which record depends on who may hear the wish; the other one gets nothing or a stub."""
    await _answers(young)
    ask, sayso = await _ask(young), young.sayso

    async with asyncio.timeout(60):
        while not (found := sorted(sayso.folder.rglob(f"{ask.ask_id}-a1.json"))):
            await asyncio.sleep(0.1)
        while any(
            one.state is Filing.WAITING
            for one in await sayso.store.read(
                lambda db: ask_filings.of_ask(db, sayso.house.id, ask.ask_id)
            )
        ):
            await asyncio.sleep(0.1)

    found = sorted(sayso.folder.rglob(f"{ask.ask_id}-a1.json"))
    whole = [one for one in map(_plain, found) if not one["withheld"]]
    assert [one["words"] for one in whole] == [ANSWER]
    assert whole[0]["asked"]["words"] == WISH
    for path in found:
        SCHEMA.validate(_plain(path))
        assert path.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
        if _plain(path)["withheld"]:
            assert "brother" not in path.read_text()


def _plain(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


async def test_a_wish_that_was_taken_back_is_nobodys_to_answer(
    young: Young, visitor: Visitor
) -> None:
    await _answers(young)
    ask = await _ask(young)
    for button in ("@check", "@back:home.change", "@yes"):
        await young.says(Chosen(option=button))
    sayso = young.sayso
    after = await sayso.store.read(lambda db: asks.get(db, sayso.house.id, ask.ask_id))
    assert after.state is State.TAKEN_BACK

    page = await visitor.get("/chat/asks")

    assert "brother" not in page.html
    assert "Saturday" not in page.html
    assert (await _replies(visitor, ask, "not_agree")).status in (200, 409)
    kept = await sayso.store.read(lambda db: asks.replies_of(db, sayso.house.id, ask.ask_id))
    assert kept == []


async def test_after_the_review_it_leads_to_what_was_said_to_each_ask(
    young: Young, visitor: Visitor
) -> None:
    """There it is asked of each whether it happened, in place of one question about them all."""
    await _answers(young)
    sayso, ask = young.sayso, await _ask(young)

    def afterwards_(db: Connection) -> LetIn:
        reviews.hold(db, sayso.house.id, ask.review_id, local_day(now()))
        after = afterwards.ask(db, sayso.house, ask.review_id, "sayso", now())
        code = invitations.invite(db, sayso.house, after, now()).code
        found = invitations.let_in_by_code(db, sayso.house, code, "", now())
        assert isinstance(found, LetIn)
        return found

    found = await sayso.store.write(afterwards_)
    async with Visitor.at(sayso) as again:
        later = Young(sayso, young.invited, found.conversation_id, found.token, now())
        again.has(later.cookies())
        await later.goes_to("asked.told")

        page = await again.get("/chat")

        assert page.question == "asked.told"
        assert "You can read here what was said to you." in page.text
        assert 'href="/chat/asks"' in page.html
        assert "Saturday" not in page.html
        await again.post("/chat/answers", {"act": "locked", "pin": PIN})
        page = await again.get("/chat/asks")
        assert "Did it happen?" in page.text
        page = await _replies(again, ask, "some")
        assert "Some of it" in page.text
