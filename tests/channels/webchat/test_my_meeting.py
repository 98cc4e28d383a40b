"""*My meeting*: one page of what they tick, made behind the PIN, and never sent into a chat."""

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import Connection, select

from bot.access.roles import Role
from bot.documents.papers import paper
from bot.service import asked_for, my_meeting
from bot.service.admission import Admitted, Asked
from bot.web.context import now
from conversations.hearing import Chosen, ChosenSeveral, Command, Name, Text
from storage import conversations, reviews, tasks
from storage.tables import audit
from tests.channels.webchat.test_answers import PIN, Tomorrow, tomorrow
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import Young, only_explained
from tests.sayso import Sayso

__all__ = ["tomorrow"]

HERE, ANSWERS = "/chat/my-meeting", "/chat/answers"
PIN_CHOSEN = {"act": "choose", "pin": PIN, "again": PIN}
SECRET = "Only for my IRO"


async def sent(visitor: Visitor, band: str = "12-15", first: str = "My brother") -> Young:
    """Somebody who said a few things, and sent them."""
    young = await visitor.comes(band)
    await young.goes_to("@check", only_explained)
    for question, heard in (
        ("family.more", Text(words=SECRET)),
        ("meeting.how", Chosen(option="come")),
        ("meeting.first", Text(words=first)),
        ("meeting.chair", ChosenSeveral(options=("start", "end"))),
        ("meeting.advocate", Chosen(option="yes")),
    ):
        await young.says(Chosen(option=f"@change:{question}"))
        await young.says(heard)
    await young.says(Chosen(option="@check"))
    await young.says(Command(name=Name.SEND))
    assert (await young.conversation()).sent
    return young


async def pdf(visitor: Visitor, *ticked: str) -> tuple[int, str, bytes]:
    own = {"Origin": visitor.sayso.base, "Sec-Fetch-Site": "same-origin"}
    fields = [("on", one) for one in ticked]
    async with visitor.session.post(
        visitor.sayso.base + HERE, data=fields or {"none": "1"}, headers=own
    ) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.read()


def text_of(raw: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in PdfReader(io.BytesIO(raw)).pages))


async def test_what_is_ticked_is_on_one_page_and_nothing_else(visitor: Visitor) -> None:
    await sent(visitor)
    assert HERE in (await visitor.get("/chat")).html
    assert HERE in (await visitor.post(ANSWERS, PIN_CHOSEN)).html
    page = await visitor.get(HERE)
    ticked = re.findall(r'name="on" value="([^"]*)" checked', page.html)
    assert ticked == ["meeting.how", "meeting.first", "meeting.chair"]
    assert "family.more" in page.html  # it may be ticked; for the IRO alone, it is not at first
    assert "meeting.advocate" not in page.html

    status, kind, raw = await pdf(visitor, *ticked)

    assert (status, kind) == (200, "application/pdf")
    made = PdfReader(io.BytesIO(raw))
    assert len(made.pages) == 1
    assert b"pdfuaid" in (made.xmp_metadata.stream.get_data() if made.xmp_metadata else b"")
    text = text_of(raw)
    for there in (
        "My meeting",
        "Come",
        "Say hello and start it",
        "Say what we agreed",
        "My brother",
    ):
        assert there in text
    assert SECRET not in text
    assert SECRET in text_of((await pdf(visitor, *ticked, "family.more"))[2])
    kept = await visitor.sayso.store.read(
        lambda db: db.execute(select(audit.c.act)).scalars().all()
    )
    assert kept.count("meeting_page_made") == 2


async def test_a_name_a_day_or_a_place_is_a_line_to_write_on(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await sent(visitor)
    await visitor.post(ANSWERS, PIN_CHOSEN)

    text = text_of((await pdf(visitor, "meeting.how"))[2])

    def about(db: Connection) -> tuple[str, str]:
        review = reviews.get(db, sayso.house.id, young.invited.review_id)
        assert review.meeting_on is not None
        return review.officer_id, str(review.meeting_on.year)

    _officer, year = await sayso.store.read(about)
    assert "My name" in text
    assert "When and where" in text
    assert year not in text
    assert sayso.house.council.name not in text


async def test_without_the_pin_there_is_no_page(visitor: Visitor, tomorrow: Tomorrow) -> None:
    young = await sent(visitor)
    assert (await visitor.get(HERE)).path == ANSWERS  # none is chosen yet
    await visitor.post(ANSWERS, PIN_CHOSEN)
    later = await tomorrow(young)
    page = await later.get(HERE)
    assert page.path == ANSWERS
    assert page.state == "pin-locked"
    assert (await pdf(later, "family.more"))[1].startswith("text/html")


async def test_before_anything_is_sent_there_is_none(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("@check")
    await visitor.post(ANSWERS, PIN_CHOSEN)
    assert HERE not in (await visitor.get("/chat")).html
    assert (await visitor.get(HERE)).path == "/chat"


async def test_too_much_for_one_page_is_said_and_what_was_ticked_stays(visitor: Visitor) -> None:
    await sent(visitor, first="word " * 1500)
    await visitor.post(ANSWERS, PIN_CHOSEN)

    page = await visitor.post(HERE, [("on", "meeting.first"), ("on", "family.more")])

    assert page.status == 422
    assert "That is too much for one page." in page.text
    ticked = re.findall(r'name="on" value="([^"]*)" checked', page.html)
    assert set(ticked) == {"meeting.first", "family.more"}


async def test_another_site_makes_none(visitor: Visitor) -> None:
    await sent(visitor)
    await visitor.post(ANSWERS, PIN_CHOSEN)
    page = await visitor.post(HERE, {"on": "family.more"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403


@pytest.mark.parametrize("band", ["4-7", "8-11", "12-15", "16+"])
async def test_every_band_has_a_page_of_its_own_and_it_is_one(visitor: Visitor, band: str) -> None:
    young = await sent(visitor, "8-11" if band == "4-7" else band)

    def document(db: Connection) -> dict[str, object]:
        kept = conversations.get(db, visitor.sayso.house.id, young.conversation_id)
        answers = [
            one
            for question, one in kept.conversation.answers.items()
            if question.startswith(("meeting.", "family.")) and "tell" not in question
        ]
        return my_meeting.make(
            db, visitor.sayso.house, kept, answers, {one.question for one in answers}, now()
        )

    made = await visitor.sayso.store.write(document)
    raw = paper({**made, "band": band})

    assert len(PdfReader(io.BytesIO(raw)).pages) == 1
    assert SECRET in text_of(raw)


async def test_who_asked_hears_that_it_is_set_up_neutrally_and_behind_the_pin_what(
    visitor: Visitor, sayso: Sayso, tomorrow: Tomorrow
) -> None:
    young = await sent(visitor)
    await visitor.post(ANSWERS, PIN_CHOSEN)
    assert "You asked for an advocate." in (await visitor.get(ANSWERS)).text

    def arrange(db: Connection) -> None:
        review = reviews.get(db, sayso.house.id, young.invited.review_id)
        (task,) = asked_for.of_review(db, sayso.house, review.review_id)
        staff = Admitted(review.officer_id, Role.IRO, "", "", now())
        entry = asked_for.Entry("arranged", "Ann Advocate", note="Rang")
        wanted = Asked("desk.task_arranged", task_id=task.task_id)
        assert asked_for.arrange(db, sayso.house, staff, wanted, entry, now()) is True
        assert tasks.standing(db, sayso.house.id, task.task_id) is not None

    await sayso.store.write(arrange)
    later = await tomorrow(young)

    page = await later.get("/chat")
    assert "What you asked for is set up." in page.text
    assert "dvocate" not in page.html
    locked = await later.get(ANSWERS)
    assert "dvocate" not in locked.html
    opened = await later.post(ANSWERS, {"act": "locked", "pin": PIN})
    assert "An advocate is set up for you." in opened.text
    assert "Ann" not in opened.html
