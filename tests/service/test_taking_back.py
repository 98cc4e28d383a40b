"""Taking back and letting fewer people hear: what is kept of it, and what is told (rule 13)."""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import Connection, func, select

from bot.access.roles import Role
from bot.delivery.record import CaseRecord
from bot.service import invitations, mending, reading, sending, taking_back
from bot.service.admission import Admitted, Asked
from bot.service.hear import Incoming, hear, show
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp
from conversations.hearing import Chosen, Command, Heard, Name, Text
from conversations.places import CHECK, FEWER, GONE, asked
from storage import contributions, conversations, outbox, tasks, withdrawals
from storage.contributions import Destination, Filing
from storage.outbox import Claimed
from storage.store import Store
from storage.tables import alerts, audit, reader_notices
from storage.tables import contributions as contributions_table
from storage.withdrawals import Became, InFile
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, MAYA, RUTH, TOM
from tests.promises import Promise

NOW = datetime.now(UTC)
OFFICER = Admitted(TOM, Role.IRO, "Tom Fenwick", "token", NOW)
KAIS_OFFICER = Admitted(AMINA, Role.IRO, "Amina Yusuf", "token", NOW)
MANAGER = Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "token", NOW)
SAID = "Maya's own words"
SCHEMA = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/contribution.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)


def _hear(house: House, message: Incoming, db: Connection) -> None:
    hear(db, house, message, NOW)


@dataclass(slots=True)
class World:
    """Northborough with two case records that are folders, on one store."""

    store: Store
    house: House
    folder: Path
    review: str = MAYA

    @property
    def talk(self) -> str:
        return invitations.conversation_of(self.house, self.review)

    @property
    def contribution(self) -> str:
        return sending.contribution_id(self.house, self.talk)

    async def says(self, *several: Heard) -> None:
        """As the young person who reads all that they said."""
        for heard in several:
            message = Incoming(
                self.talk, "web:test", uuid.uuid4().hex, "", heard, reads=lambda _one: True
            )
            await self.store.write(partial(_hear, self.house, message))

    async def asked(self) -> str:
        kept = await self.store.read(lambda db: conversations.get(db, self.house.id, self.talk))
        return asked(kept.conversation)

    async def text(self) -> str:
        """All that the screen says now."""
        shown = await self.store.read(lambda db: show(db, self.house, self.talk, NOW))
        screen = shown.screen
        return "\n".join(shown.reader.read(say) for say in (screen.ask, *screen.says))

    async def takes_back(self, question: str) -> None:
        option = f"@back:{question}" if question else "@back"
        await self.says(Chosen(option="@check"), Chosen(option=option), Chosen(option="@yes"))

    async def claimed(self) -> list[Claimed]:
        """The heads of both lanes, of this young person."""
        rows = await self.store.write(
            lambda db: outbox.claim(
                db, ["ordinary", "restricted"], NOW, keep_for=timedelta(minutes=2)
            )
        )
        return [row for row in rows if row.idempotency_key.startswith(self.contribution)]

    def record(self, paper: Callable[[Any], Awaitable[bytes]] | None = None) -> CaseRecord:
        async def pdf(_document: object) -> bytes:
            return b"%PDF-1.7"

        return CaseRecord(self.store, self.house, paper or pdf)

    async def deliver(self, row: Claimed, record: CaseRecord | None = None) -> None:
        """As the dispatcher does it."""
        came = await (record or self.record()).deliver(row)

        def then(db: Connection) -> None:
            if isinstance(came, Delivered | GiveUp) and came.then is not None:
                came.then(db)
            outbox.done(db, [row])

        await self.store.write(then)

    async def files_all(self) -> None:
        while rows := await self.claimed():
            for row in rows:
                await self.deliver(row)

    def there(self, destination: str = "record") -> dict[str, Any]:
        """What the folder holds of them, by file name."""
        found = sorted((self.folder / destination).rglob(f"{self.contribution}*.json"))
        return {one.stem.removeprefix(f"{self.contribution}-"): json.loads(one.read_text())
                for one in found}  # fmt: skip

    async def reads(self, staff: Admitted = OFFICER) -> reading.Opened:
        asked_for = Asked("desk.review", self.review)
        return await self.store.write(
            lambda db: reading.open_review(db, self.house, staff, asked_for, NOW)
        )

    async def notices(self) -> list[tuple[str, int]]:
        rows = await self.store.read(
            lambda db: db.execute(select(reader_notices.c.staff_id, reader_notices.c.version)).all()
        )
        return [(row.staff_id, row.version) for row in rows]

    async def became(self) -> tuple[Became, InFile]:
        found = await self.store.read(
            lambda db: withdrawals.newest(db, self.house.id, self.contribution)
        )
        assert found is not None
        return found.became, found.in_file


def _seen(world: World, staff: Admitted, which: tuple[str, int], db: Connection) -> None:
    taking_back.seen(db, world.house, staff, Asked("desk.taken_back_seen"), which, NOW)


def _filings(world: World, db: Connection) -> list[contributions.Filed]:
    return contributions.filings_of(db, world.house.id, world.contribution)


def _done(row: Claimed, db: Connection) -> None:
    outbox.done(db, [row])


@pytest.fixture
async def world(store: Store, tmp_path: Path) -> World:
    house = northborough.house_on("sqlite+aiosqlite:///unused.db")
    settings = house.settings.model_copy(
        update={
            "case_record": f"folder:{tmp_path / 'record'}",
            "case_record_restricted": f"folder:{tmp_path / 'restricted'}",
        }
    )
    house = replace(house, settings=settings)
    await store.write(lambda db: northborough.make(db, house))
    return World(store, house, tmp_path)


def words_in(documents: dict[str, Any]) -> list[str | None]:
    return [one["words"] for document in documents.values() for one in document["answers"]]


async def test_what_had_not_left_does_not_leave_and_the_child_is_told_so(world: World) -> None:
    await world.takes_back("home.change")
    await world.files_all()

    assert await world.asked() == GONE
    assert "Nobody had opened it in Sayso." in await world.text()
    assert "It is in no file." in await world.text()
    assert await world.became() == (Became.NOT_OUT, InFile.NONE)
    assert world.there() == world.there("restricted") == {}  # nothing is left to be said
    assert await world.notices() == []
    assert SAID not in str((await world.reads()).shown)


async def test_the_rest_leaves_without_it(world: World) -> None:
    world.review = KAI
    await world.takes_back("home.change")
    await world.files_all()

    assert list(world.there()) == list(world.there("restricted")) == ["v2"]
    (document,) = world.there("restricted").values()
    assert (document["kind"], document["supersedes"]) == ("withdrawal", 1)
    assert [one["question_id"] for one in document["answers"]] == ["home.feeling"]
    assert document["asks"] == []
    assert document["taking_part"]["first"] == "My brother"
    for one in (document, *world.there().values()):
        SCHEMA.validate(one)


async def test_filed_and_unread_it_is_hidden_and_the_file_keeps_the_earlier_version(
    world: World,
) -> None:
    await world.files_all()
    assert words_in(world.there()) == [SAID]

    await world.takes_back("home.change")
    await world.files_all()

    text = await world.text()
    assert "Nobody had opened it in Sayso. It's hidden there now." in text
    assert "The council's file keeps its copy." in text
    assert await world.became() == (Became.UNREAD, InFile.KEEPS)
    files = world.there()
    assert list(files) == ["v1", "v2"]
    assert files["v2"]["kind"] == "withdrawal"
    assert words_in({"v2": files["v2"]}) == []
    SCHEMA.validate(files["v2"])
    opened = await world.reads()
    assert [one.version for one in opened.versions] == [2]
    assert SAID not in str(opened.shown)
    with pytest.raises(Exception, match="version 1"):
        await world.store.write(
            lambda db: reading.open_review(
                db, world.house, OFFICER, Asked("desk.version", MAYA), NOW, version=1
            )
        )
    assert await world.notices() == []


async def test_read_it_is_hidden_and_each_reader_gets_one_notice(world: World) -> None:
    await world.files_all()
    await world.reads()
    await world.reads()

    await world.takes_back("home.change")
    await world.says(Chosen(option="@yes"))  # the second of a double click
    await world.files_all()

    text = await world.text()
    assert "Someone has read it, and I can't undo that." in text
    assert "Each reader gets one message about it." in text
    assert await world.became() == (Became.READ, InFile.KEEPS)
    assert await world.notices() == [(TOM, 2)]
    assert list(world.there()) == ["v1", "v2"]

    def listed(db: Connection) -> tuple[taking_back.Notice, ...]:
        return taking_back.notices(db, world.house, OFFICER)

    (notice,) = await world.store.read(listed)
    assert (notice.name, notice.version, notice.fewer) == ("Maya Okafor", 2, False)
    which = (notice.contribution_id, notice.version)
    for staff in (MANAGER, OFFICER, OFFICER):
        await world.store.write(partial(_seen, world, staff, which))
    assert await world.store.read(listed) == ()
    acts = await world.store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert (acts.count("taken_back"), acts.count("taking_back_seen")) == (1, 1)


@pytest.mark.parametrize("how", ["alone", "topic"])
async def test_letting_fewer_people_hear_it_works_forward_at_once(world: World, how: str) -> None:
    await world.files_all()
    await world.reads()
    change = [Chosen(option="@check"), Chosen(option="@change:home.audience")]
    one = [Chosen(option="@check"), Chosen(option="@just:home.change")]
    last = [Chosen(option="officer", to="home.audience")] if how == "topic" else []

    await world.says(*(change if how == "topic" else one), *last)
    await world.files_all()

    assert await world.asked() == FEWER
    assert "It says who may hear it now." in await world.text()
    files, restricted = world.there(), world.there("restricted")
    assert words_in({"v2": files["v2"]}) == []
    assert files["v2"]["withheld"] == 1
    assert words_in(restricted) == [SAID]
    assert restricted["v2"]["answers"][0]["audience"] == ["iro"]
    assert restricted["v2"]["asks"] == files["v1"]["asks"] != []
    assert await world.notices() == [(TOM, 2)]
    shown = (await world.reads()).shown
    assert shown is not None
    assert [one.words for one in shown.said if one.words] == [SAID]  # still for the officer
    kept = await world.store.read(lambda db: conversations.get(db, world.house.id, world.talk))
    assert not kept.conversation.unsent  # there is nothing more to send


async def test_letting_more_people_hear_it_waits_for_send(world: World) -> None:
    world.review = KAI
    await world.files_all()
    await world.says(Chosen(option="@check"), Chosen(option="@file:home.change"))
    await world.files_all()
    assert list(world.there()) == ["v1"]
    assert await world.asked() == CHECK

    await world.says(Command(name=Name.SEND))
    await world.files_all()

    assert [one["question_id"] for one in world.there()["v2"]["answers"]] == ["home.change"]
    restricted = world.there("restricted")["v2"]
    assert [one["question_id"] for one in restricted["answers"]] == ["home.feeling"]
    assert world.there()["v2"]["kind"] == "correction"


async def test_what_was_changed_and_not_sent_does_not_leave_with_what_is_taken_back(
    world: World,
) -> None:
    world.review = KAI
    await world.says(
        Chosen(option="@check"), Chosen(option="@change:home.change"), Text(words="not sent yet")
    )
    await world.takes_back("home.feeling")
    await world.files_all()

    assert "not sent yet" not in str(world.there("restricted"))
    assert words_in(world.there("restricted")) == [northborough.WORDS]
    kept = await world.store.read(lambda db: conversations.get(db, world.house.id, world.talk))
    assert kept.conversation.unsent
    await world.says(Chosen(option="@check"), Command(name=Name.SEND))
    await world.files_all()
    assert words_in({"3": world.there("restricted")["v3"]}) == ["not sent yet"]


async def test_everything_can_be_taken_back_and_alerts_stay(world: World) -> None:
    world.review = KAI
    await world.files_all()

    def count(db: Connection) -> int:
        return int(db.execute(select(func.count()).select_from(alerts)).scalar_one())

    before = await world.store.read(count)
    await world.says(Chosen(option="@check"), Command(name=Name.HELP), Chosen(option="@go_on"))
    raised = await world.store.read(count)
    await world.takes_back("")
    await world.files_all()

    assert await world.store.read(count) == raised == before + 1
    (document,) = [one for name, one in world.there("restricted").items() if name == "v2"]
    assert (document["answers"], document["asks"]) == ([], [])
    assert document["taking_part"]["first"] is None
    assert document["taking_part"]["intention"] == "not_said"
    await world.says(Chosen(option="@check"), Command(name=Name.SEND))
    assert "You have taken it back." in await world.text()
    opened = await world.reads(KAIS_OFFICER)
    assert opened.shown is not None
    assert opened.shown.said == ()


async def test_a_manager_who_could_not_read_it_gets_no_notice(world: World) -> None:
    world.review = KAI  # just for the officer
    await world.store.write(
        lambda db: contributions.read_by(db, world.house.id, world.contribution, 1, RUTH, NOW)
    )
    await world.store.write(
        lambda db: contributions.read_by(db, world.house.id, world.contribution, 1, AMINA, NOW)
    )
    await world.takes_back("home.change")
    assert await world.notices() == [(AMINA, 2)]


async def test_what_went_wrong_before_is_not_sent_again_once_it_was_taken_back(
    world: World,
) -> None:
    broken = replace(
        world.house, settings=world.house.settings.model_copy(update={"case_record": ""})
    )
    (row,) = [one for one in await world.claimed() if one.destination == "ordinary"]
    await world.deliver(row, CaseRecord(world.store, broken, world.record().paper))
    (task,) = [
        one
        for one in await world.store.read(lambda db: tasks.waiting(db, world.house.id))
        if one.kind is tasks.Kind.DELIVERY_FAILED
    ]
    await world.takes_back("home.change")
    await world.files_all()

    again = Asked("desk.task_again", task_id=task.task_id)
    await world.store.write(lambda db: mending.send_again(db, world.house, OFFICER, again, NOW))
    await world.files_all()

    assert SAID not in str(world.there())
    assert "The council's file may have a copy." in await world.text()


POINTS = [
    *(f"before it is claimed, {number}" for number in range(4)),
    *(f"claimed and not yet leaving, {number}" for number in range(4)),
    *(f"while its paper is made, {number}" for number in range(4)),
    *(f"arrived and not yet noted, {number}" for number in range(4)),
    *(f"filed, {number}" for number in range(2)),
    *(f"filed and read, {number}" for number in range(2)),
]


@pytest.mark.parametrize("narrow", [False, True])
async def test_sharing_choices_are_followed_whenever_they_change_round_the_filing(
    store: Store, tmp_path: Path, promise: Promise, *, narrow: bool
) -> None:
    """P23: at 20 points round the filing. Before it has left 0 are sent; after, one notice each."""
    sent_too_late, notices, versions = 0, 0, 0
    house = northborough.house_on("sqlite+aiosqlite:///unused.db")
    settings = house.settings.model_copy(
        update={
            "case_record": f"folder:{tmp_path / 'record'}",
            "case_record_restricted": f"folder:{tmp_path / 'restricted'}",
        }
    )
    house = replace(house, settings=settings)
    await store.write(lambda db: northborough.make(db, house))
    for number, point in enumerate(POINTS):
        review = f"R-{number}"

        def say(db: Connection, review: str = review) -> None:
            northborough.add(db, house, review, "Ada Lane", 13, TOM, meeting=9, due=9)
            northborough.say(db, house, review, {"home.change": SAID}, audience="file")

        await store.write(say)
        world = World(store, house, tmp_path, review)

        async def change(world: World = world) -> None:
            if narrow:
                await world.says(Chosen(option="@check"), Chosen(option="@just:home.change"))
            else:
                await world.takes_back("home.change")

        kind = point.partition(",")[0]
        if kind == "before it is claimed":
            await change()
        elif kind == "claimed and not yet leaving":
            (row,) = [one for one in await world.claimed() if one.destination == "ordinary"]
            await change()
            await world.deliver(row)
        elif kind == "while its paper is made":
            (row,) = [one for one in await world.claimed() if one.destination == "ordinary"]

            async def paper(_document: object, change: Any = change) -> bytes:
                await change()
                return b"%PDF-1.7"

            await world.deliver(row, world.record(paper))
        elif kind == "arrived and not yet noted":
            (row,) = [one for one in await world.claimed() if one.destination == "ordinary"]
            came = await world.record().deliver(row)
            assert isinstance(came, Delivered)
            assert came.then is not None
            await change()
            await store.write(came.then)
            await store.write(partial(_done, row))
        else:
            await world.files_all()
            if kind == "filed and read":
                await world.reads()
            await change()
        await world.files_all()

        files = world.there()
        before = kind in ("before it is claimed", "claimed and not yet leaving")
        if before:
            sent_too_late += SAID in str(files)
        else:
            assert SAID in str(files["v1"])
            assert files["v2"]["kind"] == "withdrawal"
            assert SAID not in str(files["v2"])
            versions += 1
        told = await world.notices()
        assert len(told) - notices == (kind == "filed and read")
        notices = len(told)
        states = await store.read(partial(_filings, world))
        assert Filing.WAITING not in {one.state for one in states}

    assert sent_too_late == 0
    assert notices == 2
    promise("P23", points=len(POINTS), sent_after_it_was_changed=sent_too_late,
            versions_that_say_so=versions, readers=2, notices=notices)  # fmt: skip


async def test_every_version_is_whole_and_each_answer_stands_in_one_document(
    world: World,
) -> None:
    world.review = KAI
    await world.says(Chosen(option="@check"), Chosen(option="@file:home.feeling"))
    await world.says(Command(name=Name.SEND))
    await world.says(Chosen(option="@check"), Chosen(option="@hears:home.feeling"))
    await world.says(Chosen(option="@aloud:no"))

    def versions(db: Connection) -> list[contributions.Sent]:
        return contributions.of_contribution(db, world.house.id, world.contribution)

    found = await world.store.read(versions)
    assert [one.kind for one in found] == ["views", "correction", "withdrawal"]
    for one in found:
        both = [document for destination in Destination if (document := one.document(destination))]
        for document in both:
            SCHEMA.validate(document)
        ids = [answer["question_id"] for document in both for answer in document["answers"]]
        assert sorted(ids) == ["home.change", "home.feeling"]
    (ordinary,) = found[-1].content["ordinary"]["answers"]
    assert (ordinary["question_id"], ordinary["read_aloud"]) == ("home.feeling", False)
    rows = await world.store.read(
        lambda db: db.execute(select(contributions_table.c.version)).scalars().all()
    )
    assert max(rows) == 3
