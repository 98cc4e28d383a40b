"""What was said about the meeting is filed as `taking_part`, which has no place for who hears a
part of it or whether it is read out: where that was chosen, it is an answer."""

import pytest
from sqlalchemy import Connection

from bot.service import briefing, reading
from conversations.hearing import Chosen, Command, Name, Text
from tests.desk.northborough import MAYA
from tests.service.test_taking_back import SCHEMA, World, world

__all__ = ["world"]

FIRST, WHO_NOT = "My brother", "Not my uncle"


async def says_what_they_want(world: World) -> None:
    for question, heard in (
        ("meeting.how", Chosen(option="send_views", to="meeting.how")),
        ("meeting.why_not", Chosen(option="too_many_people", to="meeting.why_not")),
        ("meeting.first", Text(words=FIRST, to="meeting.first")),
        ("meeting.who_not", Text(words=WHO_NOT, to="meeting.who_not")),
    ):
        await world.says(Chosen(option=f"@change:{question}"), heard)


async def sends(world: World) -> None:
    await world.says(Chosen(option="@check"), Command(name=Name.SEND))
    await world.files_all()


async def said(world: World) -> dict[str, reading.Said]:
    opened = await world.reads()
    assert opened.shown is not None
    return {one.question_id: one for one in opened.shown.said}


def newest(world: World, where: str) -> dict[str, object]:
    there = world.there(where)
    document: dict[str, object] = there[max(there, key=lambda name: int(name[1:]))]
    SCHEMA.validate(document)
    return document


@pytest.mark.parametrize("once_it_is_sent", [False, True])
async def test_what_is_not_to_be_read_out_says_so_to_the_officer(
    world: World, once_it_is_sent: bool
) -> None:
    await says_what_they_want(world)
    if once_it_is_sent:
        await sends(world)
        assert (await said(world))["meeting.first"].read_aloud
    for question in ("meeting.first", "meeting.why_not"):
        await world.says(Chosen(option="@check"), Chosen(option=f"@hears:{question}"),
                         Chosen(option="@aloud:no"))  # fmt: skip
    if not once_it_is_sent:
        await sends(world)
    await world.files_all()

    found = await said(world)
    assert (found["meeting.first"].words, found["meeting.first"].read_aloud) == (FIRST, False)
    assert not found["meeting.why_not"].read_aloud
    assert found["meeting.who_not"].read_aloud
    part = newest(world, "restricted")["taking_part"]
    assert isinstance(part, dict)
    assert (part["first"], part["not_want_there"]) == (None, [WHO_NOT])
    assert part["absence_reasons"] == ["too_many_people"]  # counted, whoever hears it
    for where in ("record", "restricted"):
        assert str(newest(world, where)).count(FIRST) <= 1

    await world.takes_back("meeting.first")
    await world.files_all()
    assert FIRST not in str(newest(world, "restricted"))


async def test_an_advocate_who_may_hear_about_the_meeting_has_it_on_their_paper(
    world: World,
) -> None:
    await says_what_they_want(world)
    await world.says(Chosen(option="@check"), Chosen(option="@pick:meeting.first"))
    await world.says(Chosen(option="advocate", to="@tells:meeting.first"))
    await sends(world)

    def brief(db: Connection) -> list[str | None]:
        found = briefing.for_advocate(reading.newest(db, world.house, MAYA))
        return [one.words for one in found]

    assert await world.store.read(brief) == [FIRST]
    assert FIRST not in str(world.there())  # not for those who can open the file


async def test_how_the_meeting_should_be_is_no_view_whoever_hears_it(world: World) -> None:
    await world.takes_back("")
    await says_what_they_want(world)
    await world.says(Chosen(option="@check"), Chosen(option="@hears:meeting.first"),
                     Chosen(option="@aloud:no"))  # fmt: skip
    await sends(world)
    opened = await world.reads()
    assert opened.shown is not None
    assert not opened.shown.views_sent
