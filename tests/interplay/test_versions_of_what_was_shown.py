"""What was said aloud or shown, in the documents of later versions, on the desk's pages and in the
paper for an advocate: never what was taken back, and for nobody for whom it is not any more."""

import uuid
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import attaching, briefing, listening, reading, shared
from bot.service.admission import Admitted, Asked
from bot.service.hear import Incoming
from bot.service.made import Made
from conversations.attaching import Attachment, Medium
from conversations.hearing import Attached, Chosen, Command, Name, Text
from storage import allocations, disputes, people
from storage.allocations import Allocation
from storage.contributions import Filing
from storage.errors import Unknown
from storage.people import Staff
from tests.desk import northborough
from tests.desk.northborough import MAYA
from tests.media import files
from tests.service.test_taking_back import NOW, OFFICER, SCHEMA, World, _filings, world

__all__ = ["world"]

QUESTION, OTHER = "well.what", "family.more"
SOUND = Made(Medium.VOICE, "audio/mpeg", files.sound("mp3"), 12)
PICTURE = Made(Medium.PICTURE, "image/png", files.drawing())
_ANY = Attachment("", Medium.VOICE, "audio/mpeg", "", 0)
WORKER = Admitted("sam", Role.SOCIAL_WORKER, "Sam Reed", "token", NOW)


async def shows(world: World, question: str, *made: Made) -> None:
    await world.says(Chosen(option=f"@change:{question}"))
    for one in made:
        heard = Attached(attachment=_ANY, to=question)
        message = Incoming(world.talk, "web:test", uuid.uuid4().hex, "", heard)

        def attach(db: Connection, message: Incoming = message, one: Made = one) -> None:
            attaching.attach(db, world.house, message, one, NOW)

        await world.store.write(attach)


async def chooses(world: World, topic: str, *options: str) -> None:
    await world.says(Chosen(option=f"@change:{topic}.audience"))
    await world.says(Chosen(option=options[0], to=f"{topic}.audience"))
    for one in options[1:]:
        await world.says(Chosen(option=one, to=f"{topic}.tell"))


async def sends(world: World) -> None:
    await world.says(Chosen(option="@check"), Command(name=Name.SEND))
    await world.files_all()


@pytest.fixture
async def sent(world: World) -> World:
    """Maya: a voice note and a picture for the file to one question, a picture for the officer
    alone to another."""
    await shows(world, QUESTION, SOUND, PICTURE)
    await shows(world, OTHER, Made(Medium.PICTURE, "image/jpeg", files.photograph()))
    await chooses(world, "well", "file")
    await sends(world)

    def worker(db: Connection) -> None:
        keys, house = world.house.keys, world.house
        people.add_staff(db, keys, Staff(house.id, "sam", "social_worker", "Sam Reed"), NOW)
        person = f"person-{MAYA}"
        start = northborough.today()
        allocations.add(db, Allocation(house.id, person, "sam", "social_worker", start))

    await world.store.write(worker)
    return world


def names_in(document: dict[str, Any]) -> list[str]:
    return [one["attachment"]["name"] for one in document["answers"] if one.get("attachment")]


def beside(world: World, destination: str, version: int) -> set[str]:
    """The voice notes and pictures that lie there beside this version."""
    found = (world.folder / destination).rglob(f"{world.contribution}-v{version}-*")
    return {one.name for one in found if one.suffix in (".mp3", ".png", ".jpg")}


async def as_filed(world: World, version: int) -> dict[str, list[str]]:
    """What each record has of a version; everything that it names lies beside it, and no more."""
    found = {}
    for destination in ("record", "restricted"):
        document = world.there(destination)[f"v{version}"]
        SCHEMA.validate(document)
        named = names_in(document)
        assert all(f"-v{version}-" in name for name in named)
        assert set(named) == beside(world, destination, version)
        found[destination] = [
            f"{one['question_id']} {one['kind']}"
            for one in document["answers"]
            if one.get("attachment")
        ]
    return found


async def test_a_version_without_what_was_taken_back_has_the_rest_under_its_own_name(
    sent: World,
) -> None:
    version = max(int(name[1:]) for name in sent.there())
    before = await as_filed(sent, version)
    assert before == {"record": [f"{QUESTION} voice", f"{QUESTION} picture"],
                      "restricted": [f"{OTHER} picture"]}  # fmt: skip

    await sent.takes_back(OTHER)
    await sent.files_all()
    assert await as_filed(sent, version + 1) == {**before, "restricted": []}

    await sent.takes_back(QUESTION)
    await sent.files_all()
    assert await as_filed(sent, version + 2) == {"record": [], "restricted": []}


async def test_for_fewer_people_it_leaves_the_file_and_is_played_to_nobody_else(
    sent: World,
) -> None:
    version = max(int(name[1:]) for name in sent.there())
    person = Asked("desk.young_person", person_id=f"person-{MAYA}")
    review = Asked("desk.review", MAYA)
    theirs = await sent.store.read(
        lambda db: shared.attachments_for(db, sent.house, WORKER, f"person-{MAYA}")
    )
    assert len(theirs) == 2
    (one, other) = sorted(theirs)
    before = await as_filed(sent, version)
    await sent.store.write(partial(_play, sent, person, one))

    await sent.says(Chosen(option="@check"), Chosen(option=f"@just:{QUESTION}"))
    await sent.files_all()

    filed = await as_filed(sent, version + 1)
    assert filed["record"] == []
    assert set(filed["restricted"]) == {f"{OTHER} picture", *before["record"]}
    for name in (one, other):
        with pytest.raises(Unknown):
            await sent.store.write(partial(_play, sent, person, name))
    opened = await sent.reads()
    assert opened.shown is not None
    (said,) = [one for one in opened.shown.said if one.question_id == QUESTION]
    assert said.only_officer
    assert {kept.attachment_id for kept in said.shown} == {one, other}
    assert await sent.store.write(partial(_officer_plays, sent, review, one))
    assert ("sam", version + 1) in await sent.notices()


def _play(world: World, asked: Asked, name: str, db: Connection) -> bytes:
    return listening.open_of_person(db, world.house, WORKER, asked, name, NOW).content


def _officer_plays(world: World, asked: Asked, name: str, db: Connection) -> bytes:
    return listening.open_of_review(db, world.house, OFFICER, asked, name, NOW).content


async def test_corrected_words_keep_what_was_said_aloud_beside_them(sent: World) -> None:
    version = max(int(name[1:]) for name in sent.there())
    await sent.says(Chosen(option=f"@change:{QUESTION}"), Text(words="And football", to=QUESTION))
    await sends(sent)

    document = sent.there()[f"v{version + 1}"]
    assert document["kind"] == "correction"
    mine = [one for one in document["answers"] if one["question_id"] == QUESTION]
    assert [one["kind"] for one in mine] == ["words", "voice", "picture"]
    await as_filed(sent, version + 1)
    opened = await sent.reads()
    assert opened.shown is not None
    (said,) = [one for one in opened.shown.said if one.question_id == QUESTION]
    assert (said.words, len(said.shown)) == ("And football", 2)


async def test_the_paper_for_an_advocate_follows_what_is_taken_back(world: World) -> None:
    await shows(world, QUESTION, SOUND)
    await world.says(Chosen(option=f"@change:{OTHER}"), Text(words="My aunt", to=OTHER))
    for topic in ("well", "family"):
        await chooses(world, topic, "pick", "advocate")
    await sends(world)

    def brief(db: Connection) -> set[str]:
        newest = reading.newest(db, world.house, MAYA)
        return {one.question_id for one in briefing.for_advocate(newest)}

    assert await world.store.read(brief) == {QUESTION, OTHER}
    assert QUESTION not in str(world.there())
    await world.takes_back(QUESTION)
    assert await world.store.read(brief) == {OTHER}
    await world.says(Chosen(option="@check"), Chosen(option=f"@just:{OTHER}"))
    assert await world.store.read(brief) == set()


async def test_that_wasnt_me_stops_what_was_shown_and_whats_taken_back_then_is_not_sent_later(
    world: World,
) -> None:
    await shows(world, QUESTION, SOUND)
    await chooses(world, "well", "file")
    await world.says(Chosen(option="@check"), Command(name=Name.SEND))
    await world.says(Chosen(option="@not_me"), Chosen(option="@yes"))
    await world.takes_back(QUESTION)
    await world.files_all()
    assert list(world.folder.rglob("*.mp3")) == []
    assert (
        await world.store.read(lambda db: disputes.of_review(db, world.house.id, MAYA)) is not None
    )
    states = {one.state for one in await world.store.read(partial(_filings, world))}
    assert states <= {Filing.STOPPED, Filing.TAKEN_BACK, Filing.AT_DESK}
