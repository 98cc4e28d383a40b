"""Help, typed into a box that asks for a code or a PIN: it is help, and no wrong code."""

import pytest
from sqlalchemy import func, select

from conversations.conversation import Pause
from storage.tables import tries
from tests.channels.webchat.test_answers import HERE, PIN, chosen
from tests.channels.webchat.test_unkept import URGENT, raised
from tests.channels.webchat.visiting import Visitor
from tests.sayso import Sayso

TELLS = "I'm telling the duty team at the council, with your name."


async def wrong_tries(sayso: Sayso) -> int:
    query = select(func.count()).select_from(tries)
    return await sayso.store.read(lambda db: db.execute(query).scalar_one())


@pytest.mark.parametrize("path", ["/i/", "/notme"])
@pytest.mark.parametrize("words", ["help", "please help me", "S.O.S!", "999", URGENT])
async def test_whom_nobody_knows_gets_the_lines_and_is_told_that_nobody_hears(
    visitor: Visitor, path: str, words: str
) -> None:
    page = await visitor.post(path, {"code": words})

    assert (page.status, page.state) == (200, "help")
    assert "I don't know who you are yet, so I can't tell anyone." in page.text
    assert "0800 1111" in page.text
    assert await raised(visitor.sayso) == []
    assert await wrong_tries(visitor.sayso) == 0


async def test_a_wrong_code_is_a_wrong_code(visitor: Visitor) -> None:
    for words in ("stop", "ABCD-EFGH-JKMN", "Jo", "I had a dog once"):
        page = await visitor.post("/i/", {"code": words})
        assert "That code did not work." in page.text


@pytest.mark.parametrize("act", ["locked", "change", "reset"])
@pytest.mark.parametrize("words", ["help", "sos", "help me now"])
async def test_in_the_box_for_the_pin_it_is_help_in_their_conversation(
    visitor: Visitor, act: str, words: str
) -> None:
    young = await chosen(visitor)
    await visitor.post(HERE, {"act": "hide"})
    box = "code" if act == "reset" else "pin"

    page = await visitor.post(HERE, {"act": act, box: words})

    assert page.state == "help"
    assert TELLS in page.text
    assert await raised(visitor.sayso) == [("help", 1)]
    await visitor.says(choice="@go_on")
    opened = await visitor.post(HERE, {"act": "locked", "pin": PIN})
    assert opened.state == "answers"
    assert (await young.conversation()).pause is None


async def test_stop_typed_there_stops_and_words_of_danger_bring_help(visitor: Visitor) -> None:
    young = await chosen(visitor)
    await visitor.post(HERE, {"act": "hide"})

    page = await visitor.post(HERE, {"act": "locked", "pin": URGENT})
    assert "What you wrote and your name go to the duty team" in page.text
    assert await raised(visitor.sayso) == [("urgent", 1)]

    stopped = await visitor.post(HERE, {"act": "locked", "pin": "stop"})
    assert stopped.state == "stopped"
    assert (await young.conversation()).pause is Pause.STOPPED


async def test_in_their_own_browser_the_box_for_codes_leads_to_help_too(visitor: Visitor) -> None:
    await visitor.comes()

    page = await visitor.post("/i/", {"code": "help"})

    assert page.state == "help"
    assert TELLS in page.text


async def test_with_somebody_beside_words_of_danger_are_a_wrong_code_there(
    sayso: Sayso,
) -> None:
    async with Visitor.at(sayso) as visitor:
        await visitor.comes("4-7")
        harmless = await visitor.post("/i/", {"code": "I had a dog"})
        urgent = await visitor.post("/i/", {"code": URGENT})

        assert (urgent.status, urgent.title) == (harmless.status, harmless.title)
        assert urgent.text.replace(URGENT, "") == harmless.text.replace("I had a dog", "")
        assert await raised(sayso) == [("urgent", 1)]
        page = await visitor.get("/chat")
        assert page.state == "explain"
