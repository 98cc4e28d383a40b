"""Words that could not be kept are read for danger all the same, and nothing is said in vain."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from bot.web.context import now
from conversations.hearing import LONGEST, Chosen
from storage import alerts as kept_alerts
from storage.tables import alerts, conversations
from tests.channels.webchat.showing import attach
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import Young, let_in
from tests.media import files
from tests.sayso import Sayso

URGENT = "my dad hits me with a belt"
LONG = "We went to the park. " * (LONGEST // 20)


async def raised(sayso: Sayso) -> list[tuple[str, int]]:
    query = select(alerts.c.cause, alerts.c.times).order_by(alerts.c.raised_at)
    return await sayso.store.read(lambda db: [(r.cause, r.times) for r in db.execute(query)])


async def written(sayso: Sayso) -> list[str]:
    """The words that the alerts hold."""

    def find(db: Connection) -> list[str]:
        found = db.execute(select(alerts.c.alert_id)).scalars().all()
        every = [kept_alerts.get(db, sayso.house.id, one) for one in found]
        return [
            said.words
            for one in every
            for said in kept_alerts.said_in(db, sayso.house.id, one.alert_id)
        ]

    return await sayso.store.read(find)


async def at_words(sayso: Sayso, band: str = "12-15") -> Young:
    young = await let_in(sayso, band)
    await young.goes_to("home.change")
    return young


async def end(sayso: Sayso, young: Young) -> None:
    """The invitation ends, and with it every way in."""
    await sayso.store.write(
        lambda db: db.execute(
            update(conversations)
            .where(conversations.c.conversation_id == young.conversation_id)
            .values(open_until=now() - timedelta(minutes=1))
        )
    )


@pytest.mark.parametrize(
    "words", [f"{URGENT}. {LONG}", f"{LONG} {URGENT}"], ids=["at the beginning", "at the end"]
)
@pytest.mark.parametrize("command", ["", "skip", "back"])
async def test_what_is_too_long_to_be_kept_is_read_and_stays_in_the_box(
    sayso: Sayso, words: str, command: str
) -> None:
    young = await at_words(sayso)
    async with Visitor.at(sayso, young.cookies()) as visitor:
        page = await visitor.get("/chat")
        fields = {"turn": page.turn, "words": words} | ({"command": command} if command else {})

        seen = await visitor.post("/chat", fields)

        assert seen.status == 422
        assert seen.state == "help"
        assert "What you wrote and your name go to the duty team" in seen.text
        assert seen.box is not None
        assert URGENT in seen.box
        assert await raised(sayso) == [("urgent", 1)]
        assert [URGENT in one for one in await written(sayso)] == [True]

        again = await visitor.post("/chat", fields)
        assert URGENT in (again.box or "")
        assert await raised(sayso) == [("urgent", 2)]


async def test_words_beside_a_choice_that_is_refused_are_read(sayso: Sayso) -> None:
    young = await at_words(sayso)
    await young.goes_to("home.audience")
    await young.says(Chosen(option="officer"))
    await young.says(Chosen(option="@change:home.audience"))
    async with Visitor.at(sayso, young.cookies(live=False)) as visitor:  # a day later
        page = await visitor.get("/chat")
        fields = {"turn": page.turn, "choice": "file", "words": URGENT}

        seen = await visitor.post("/chat", fields)

        assert seen.status == 422
        assert await raised(sayso) == [("urgent", 1)]
        assert (await young.conversation()).answers["home.audience"].choices == ("officer",)


@pytest.mark.parametrize(
    ("name", "content"),
    [("picture", files.no_pictures()["svg"]), ("voice", b"no sound"), ("picture", b"")],
    ids=["a script", "no sound", "nothing"],
)
async def test_words_beside_a_file_that_is_refused_are_read(
    sayso: Sayso, name: str, content: bytes
) -> None:
    young = await at_words(sayso)
    async with Visitor.at(sayso, young.cookies()) as visitor:
        seen = await attach(visitor, {name: content}, words=URGENT)

        assert seen.status == 422
        assert seen.state == "help"
        assert await raised(sayso) == [("urgent", 1)]


async def test_too_many_words_beside_a_picture_are_shown_back_as_often_as_they_are_sent(
    sayso: Sayso,
) -> None:
    young = await at_words(sayso)
    async with Visitor.at(sayso, young.cookies()) as visitor:
        turn = (await visitor.get("/chat")).turn
        for _time in range(2):
            seen = await attach(visitor, {"picture": files.drawing()}, words=LONG, turn=turn)
            assert seen.status == 422
            assert seen.box == LONG
        assert await raised(sayso) == []


@pytest.mark.parametrize("words", ["help", "SOS!!", "help me"])
async def test_a_word_for_help_beside_a_picture_brings_help_and_keeps_the_picture(
    sayso: Sayso, words: str
) -> None:
    young = await at_words(sayso)
    async with Visitor.at(sayso, young.cookies()) as visitor:
        seen = await attach(visitor, {"picture": files.drawing()}, words=words)

        assert (seen.status, seen.state) == (200, "help")
        assert await raised(sayso) == [("help", 1)]
        answer = (await young.conversation()).answers["home.change"]
        assert (answer.words, len(answer.attachments)) == (words, 1)


async def _posts(visitor: Visitor, turn: str, **fields: str) -> Seen:
    return await visitor.post("/chat", {"turn": turn, **fields})


async def test_who_writes_of_danger_or_asks_for_help_once_it_is_closed_is_not_left_alone(
    sayso: Sayso,
) -> None:
    young = await at_words(sayso)
    async with Visitor.at(sayso, young.cookies()) as visitor:
        page = await visitor.get("/chat")
        await end(sayso, young)

        harmless = await _posts(visitor, page.turn, words="I had a dog once")
        assert harmless.status == 410
        assert "These words are not kept." in harmless.text
        assert "duty team" not in harmless.text
        assert await raised(sayso) == []

        seen = await _posts(visitor, page.turn, words=URGENT)
        assert seen.status == 410
        assert "What you wrote and your name go to the duty team" in seen.text
        assert "not kept" not in seen.text
        assert "999" in seen.text
        assert await raised(sayso) == [("urgent", 1)]

        pressed = await _posts(visitor, page.turn, command="help")
        assert "I'm telling the duty team at the council, with your name." in pressed.text
        assert await raised(sayso) == [("urgent", 1), ("help", 1)]
        answers = (await young.conversation()).answers
        assert "home.change" not in answers


async def test_with_somebody_beside_a_closed_page_is_the_same_with_an_alert_and_without(
    sayso: Sayso,
) -> None:
    young = await let_in(sayso, "4-7")
    async with Visitor.at(sayso, young.cookies()) as visitor:
        page = await visitor.get("/chat")
        await end(sayso, young)

        harmless = await _posts(visitor, page.turn, words="I had a dog once")
        urgent = await _posts(visitor, page.turn, words=URGENT)

        assert urgent.html.replace(URGENT, "") == harmless.html.replace("I had a dog once", "")
        assert await raised(sayso) == [("urgent", 1)]


async def test_nobody_is_told_of_what_a_stranger_posts(visitor: Visitor) -> None:
    visitor.has({"sayso_chat": "nobody-has-this-cookie-nobody-has-it"})

    seen = await visitor.post("/chat", {"words": URGENT})

    assert seen.status == 410
    assert "999" in seen.text
    assert await raised(visitor.sayso) == []
