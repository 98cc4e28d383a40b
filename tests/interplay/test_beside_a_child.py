"""With somebody beside a child: what was said aloud or shown, who hears one answer, taking back,
starting over, shorter words, and the phone handed to and fro. Nothing of it shows that an alert
exists: every page is the same to the byte with words of danger and with harmless ones
(`tests/channels/webchat/test_beside.py` has the other pages)."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.service import invitations
from bot.web.context import now
from storage import alerts, attachments
from storage.alerts import Outcome
from tests.channels.webchat.beside import HARMLESS, URGENT, Walk, alerts_raised, copied, first_of
from tests.channels.webchat.conftest import _waiting
from tests.channels.webchat.showing import attach, shown
from tests.channels.webchat.test_answers import PIN
from tests.channels.webchat.test_beside import BESIDE, Beside, _comes, council
from tests.channels.webchat.visiting import Seen, Visitor
from tests.media import files
from tests.sayso import Sayso

__all__ = ["council"]

TOLD = ("Thank you for telling me", "duty team", "Are you safe", "alert", "tells no")
"""What a page says where an alert was raised and may be spoken of, or where there is none."""


async def chooses(walk: Walk, choice: str, *fields: tuple[str, str]) -> Seen:
    page = await walk.visitor.get("/chat")
    return await walk.visitor.post("/chat", [("turn", page.turn), ("choice", choice), *fields])


async def commands(walk: Walk, name: str) -> Seen:
    page = await walk.visitor.get("/chat")
    return await walk.visitor.post("/chat", [("turn", page.turn), ("command", name)])


async def walked(sayso: Sayso, beside: Beside, words: str) -> Walk:
    invited = await first_of(sayso, beside.band)
    older = beside.band != "4-7"
    async with Visitor.at(sayso) as visitor:
        walk = Walk(visitor, words, invited.review_id)
        await visitor.post("/i/", {"code": invited.code})
        await _comes(walk, beside)
        await _shows(walk)
        await _starts_over(walk)
        await _speaks_otherwise(walk)
        await _hands_over(walk)
        await _says_who_hears(walk, older=older)
        await walk.sees("sent", await commands(walk, "send"))
        await _heard(sayso, invited.review_id)
        await walk.sees("once somebody has listened", await visitor.get("/chat"))
        await _takes_back(walk, sayso)
        walk.raised = await alerts_raised(sayso)
        return walk


async def _shows(walk: Walk) -> None:
    visitor = walk.visitor
    await chooses(walk, "@change:feel.more")
    given = {"picture": files.photograph(), "voice": files.sound("webm", 1.0)}
    page = await attach(visitor, given, words=walk.words)
    await walk.sees("a picture and a voice note, with words beside them", page)
    assert len(shown(page)) == 2
    await walk.sees("a drawing", await attach(visitor, {"drawing": files.drawing()}))
    page = await chooses(walk, "@done", ("words", walk.words))
    await walk.sees("on, with words typed beside the button", page)
    if page.question == "offer":
        await walk.sees("kept after all", await chooses(walk, "@keep"))
    await walk.sees("shown again by Back", await commands(walk, "back"))
    await walk.sees("the check page with it", await chooses(walk, "@check"))


async def _starts_over(walk: Walk) -> None:
    await walk.sees("whether to start over", await chooses(walk, "@start_over"))
    await walk.sees("started over", await chooses(walk, "@over"))
    await walk.sees("the check page then", await chooses(walk, "@check"))
    await walk.sees("what was before, again", await chooses(walk, "@before"))
    await walk.sees("the check page again", await chooses(walk, "@check"))


async def _speaks_otherwise(walk: Walk) -> None:
    await chooses(walk, "@map")
    await walk.sees("other words", await chooses(walk, "@longer"))
    await walk.sees("shorter again", await chooses(walk, "@shorter"))
    await walk.sees("stopped", await commands(walk, "stop"))
    await walk.sees(
        "a day for their calendar", await walk.visitor.get("/chat/reminder.ics?day=week")
    )
    await walk.sees("and on", await chooses(walk, "@go_on"))


async def _hands_over(walk: Walk) -> None:
    """The child types alone for a while, then somebody else does."""
    await walk.sees("who types", await chooses(walk, "@who"))
    await walk.sees("I do it myself", await chooses(walk, "myself"))
    await chooses(walk, "@change:feel.more")
    await walk.sees("their own words", await walk.types(f"{walk.words}, I say"))
    await walk.sees("help while they type alone", await commands(walk, "help"))
    await chooses(walk, "@go_on")
    await walk.sees("their check page", await chooses(walk, "@check"))
    await walk.sees("their answers", await walk.visitor.get("/chat/answers"))
    await chooses(walk, "@who")
    await walk.sees("a teacher", await chooses(walk, "teacher"))
    for name in ("skip", "skip", "skip"):
        page = await walk.visitor.get("/chat")
        if page.question.startswith("helper."):
            await commands(walk, name)
    for path in ("", "/years", "/copy.pdf", "/copy.json"):
        page = await walk.visitor.get(f"/chat/answers{path}")
        await walk.sees(f"their answers{path}, for the teacher", page)
        assert page.path == "/chat"
    await walk.visitor.post("/chat/answers", {"act": "choose", "pin": PIN, "again": PIN})
    await walk.sees("after a PIN was tried", await walk.visitor.get("/chat/answers"))
    check = await walk.sees("the teacher's check page", await chooses(walk, "@check"))
    assert walk.words not in check.html
    assert shown(check) == []
    await chooses(walk, "@change:feel.more")
    again = await walk.sees("the answer, for the teacher", await walk.visitor.get("/chat"))
    assert walk.words not in again.html
    assert shown(again) == []


async def _says_who_hears(walk: Walk, *, older: bool) -> None:
    await chooses(walk, "@check")
    await walk.sees("which answer", await chooses(walk, "@each"))
    await chooses(walk, "@check")
    if older:
        await walk.sees("who hears it", await chooses(walk, "@hears:feel.more"))
        await walk.sees("not to be read out", await chooses(walk, "@aloud:no"))
        await walk.sees("just the officer", await chooses(walk, "@just:feel.more"))
    await chooses(walk, "@check")


async def _heard(sayso: Sayso, review_id: str) -> None:
    """Somebody has listened to all of it, and taken on what was written."""
    house = sayso.house
    talk = invitations.conversation_of(house, review_id)

    def hear(db: Connection) -> None:
        kept = attachments.of_conversation(db, house.id, talk)
        assert len(kept) == 3
        for one in kept:
            attachments.hear(db, house.id, one.attachment_id, "nobody", now())
            alert = alerts.get(db, house.id, one.alert_id or "")
            alerts.close(db, house.id, alert, Outcome.HEARD, "", "nobody", now())

    await sayso.store.write(hear)


async def _filed(sayso: Sayso) -> None:
    """All that is on its way has arrived: what is told of a record follows that."""
    async with asyncio.timeout(30):
        while await sayso.store.read(_waiting):
            await asyncio.sleep(0.05)


async def _takes_back(walk: Walk, sayso: Sayso) -> None:
    for path in ("/chat/my-meeting", "/chat/answers/copy.pdf"):
        page = await walk.visitor.get(path)
        await walk.sees(f"{path}, once it is sent", page)
        assert page.path == "/chat"
    await chooses(walk, "@check")
    await walk.sees("whether to take it back", await chooses(walk, "@back:feel.more"))
    await _filed(sayso)
    await walk.sees("taken back", await chooses(walk, "@yes"))
    await chooses(walk, "@check")
    await walk.sees("whether to take it all back", await chooses(walk, "@back"))
    await _filed(sayso)
    await walk.sees("all taken back", await chooses(walk, "@yes"))
    await walk.sees("the check page at last", await chooses(walk, "@check"))
    await walk.sees("sent again", await commands(walk, "send"))
    await walk.sees("not me", await chooses(walk, "@not_me"))


Pair = tuple[Walk, Walk]


@pytest.fixture(scope="module", params=sorted(BESIDE))
def pair(
    request: pytest.FixtureRequest, council: Path, tmp_path_factory: pytest.TempPathFactory
) -> Pair:
    """The walk with harmless words, and with words of danger."""

    def walk_once(words: str) -> Walk:
        folder = tmp_path_factory.mktemp("walk") / "here"

        async def whole() -> Walk:
            async with copied(council, folder) as sayso:
                return await walked(sayso, BESIDE[request.param], words)

        with asyncio.Runner() as runner:
            return runner.run(whole())

    return walk_once(HARMLESS), walk_once(URGENT)


def test_no_page_tells_that_an_alert_exists(pair: Pair) -> None:
    harmless, danger = pair
    assert danger.raised > harmless.raised
    assert danger.pages.keys() == harmless.pages.keys()
    assert len(danger.pages) >= 40
    differ = [name for name in danger.pages if danger.look(name) != harmless.look(name)]
    assert differ == []
    for name, page in danger.pages.items():
        assert not [said for said in TOLD if said in page.text], name


def test_whether_somebody_has_listened_changes_no_page(pair: Pair) -> None:
    for walk in pair:
        before, after = walk.pages["sent"].html, walk.pages["once somebody has listened"].html
        assert re.sub(r"\b\d\d:\d\d\b", "", before) == re.sub(r"\b\d\d:\d\d\b", "", after)


def test_before_they_take_it_back_they_hear_that_a_person_still_listens(pair: Pair) -> None:
    for walk in pair:
        assert "still listens or looks once" in walk.pages["whether to take it back"].text
        assert "still listens or looks once" not in walk.pages["all taken back"].text
