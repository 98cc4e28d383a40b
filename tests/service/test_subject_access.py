"""What is held on a person, all of it and no secret; at the desk what its officer may read."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
from sqlalchemy import Connection, select, update

from bot.access.roles import Role
from bot.service import subject_access
from bot.service.admission import Admitted, Asked
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.invitations import conversation_of
from bot.service.subject_access import Copy
from conversations.hearing import Chosen
from storage import glass, pins
from storage.held import ABOUT, IN_A_FILE, NOT_ABOUT, UNOPENED
from storage.pins import Pin
from storage.reviews import Review, ReviewKind
from storage.reviews import add as add_review
from storage.store import Store
from storage.tables import audit, contributions, metadata
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, KAI, LENA, MAYA, RUTH, TOM, WORDS
from tests.desk.running import Desk, desk
from tests.desk.test_showing import PICTURE, SOUND, show

__all__ = ["desk"]

NOW = datetime.now(UTC)
PERSON = f"person-{KAI}"
AGREEMENT = jsonschema.Draft202012Validator(
    json.loads(Path("docs/schemas/agreement.schema.json").read_text()),
    format_checker=jsonschema.FormatChecker(),
)
UNSENT = "Nobody has read this sentence"


def _house(database_url: str) -> House:
    return northborough.house_on(database_url)


def _opened(whole: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


async def _copy(store: Store, house: House, person_id: str = PERSON) -> tuple[Copy, dict[str, Any]]:
    copy = await store.write(
        lambda db: subject_access.make(db, house, person_id, "sayso", NOW)
    )  # fmt: skip
    return copy, json.loads(_opened(subject_access.archive(copy))["everything.json"])


def test_every_table_is_in_the_copy_or_holds_nothing_about_a_person() -> None:
    about = {table.name for table in ABOUT}
    assert about | NOT_ABOUT == set(metadata.tables)
    assert about & NOT_ABOUT == set()
    for name in NOT_ABOUT - {"data_keys"}:
        columns = set(metadata.tables[name].columns.keys())
        assert not columns & {"person_id", "review_id", "conversation_id"}, name


async def test_the_copy_holds_what_was_said_aloud_and_shown_as_files(desk: Desk) -> None:
    house = desk.house
    await desk.store.write(lambda db: show(db, desk, KAI, SOUND, PICTURE))

    copy = await desk.store.write(
        lambda db: subject_access.make(db, house, PERSON, "sayso", NOW)
    )  # fmt: skip

    with zipfile.ZipFile(io.BytesIO(subject_access.archive(copy))) as file:
        found = {name: file.read(name) for name in file.namelist()}
    named = {name.rpartition(".")[2]: name for name in found if name.startswith("said-aloud")}
    assert found[named["mp3"]] == SOUND.content
    assert found[named["png"]] == PICTURE.content
    page = found["read-me-first.html"].decode()
    assert f'Said aloud: <a href="{named["mp3"]}">' in page
    assert f'A picture: <a href="{named["png"]}">' in page
    pieces = json.loads(found["everything.json"])["tables"]["attachment_pieces"]
    assert {one["content"] for one in pieces} == {IN_A_FILE}


async def test_the_copy_holds_what_was_said_who_hears_it_and_who_read_it(
    store: Store, database_url: str
) -> None:
    house = _house(database_url)
    await store.write(lambda db: _council(db, house))

    copy, plain = await _copy(store, house)

    tables = plain["tables"]
    assert tables["young_people"][0]["name"] == "Kai Brennan"
    said = json.dumps(tables["contributions"], ensure_ascii=False)
    assert json.dumps(WORDS, ensure_ascii=False)[1:-1] in said
    assert tables["broken_glass"][0]["reason"] == "off sick"
    assert tables["pins"][0].keys() == {"person_id", "reads_from", "reset_until"}
    assert tables["invitations"]
    assert any(one["did"] == "sent what they think" for one in plain["who_read_and_did_what"])
    page = _opened(subject_access.archive(copy))["read-me-first.html"]
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; שלום" in page
    assert "http" not in page


def _council(db: Connection, house: House) -> None:
    northborough.make(db, house)
    northborough.begin(db, house, LENA, UNSENT)
    glass.add(db, house.id, "g", KAI, TOM, "off sick", NOW, NOW)
    pins.put(db, house.id, PERSON, Pin("$argon2id$secret", NOW, b"reset hash"))
    other = Review(house.id, "R-kai-2", PERSON, ReviewKind.PATHWAY, DEV, None, None)
    add_review(db, other, NOW)
    northborough.say(db, house, "R-kai-2", {"plan.change": "Only Dev hears this"})


async def test_the_record_of_what_they_agreed_to_goes_with_it_and_is_valid(
    store: Store, database_url: str
) -> None:
    house = _house(database_url)
    await store.write(lambda db: _council(db, house))

    copy, _plain = await _copy(store, house)

    records = json.loads(_opened(subject_access.archive(copy))["agreement-and-choices.json"])
    assert len(records) == 2
    for record in records:
        AGREEMENT.validate(record)
        assert record["lawful_basis"] == {"basis": "public_task", "consent": False}
        assert record["agreed_to_start_at"]
        assert {"explained", "agreed_to_start", "sent"} <= {
            one["event_type"] for one in record["events"]
        }
        assert all(one["sent_in_version"] == 1 for one in record["choices"])
    assert WORDS not in json.dumps(records, ensure_ascii=False)
    heard = {
        one["question_id"]: one["recipients"] for record in records for one in record["choices"]
    }
    assert heard["home.change"] == ["iro"]


async def test_what_was_taken_back_is_in_no_copy_that_is_made_at_the_desk(desk: Desk) -> None:
    talk = conversation_of(desk.house, KAI)

    def take_back(db: Connection) -> None:
        for number, option in enumerate(("@check", "@back:home.change", "@yes")):
            heard = Chosen(option=option)
            message = Incoming(talk, "web:test", f"back-{number}", "", heard)
            hear(db, desk.house, message, NOW)

    await desk.store.write(take_back)
    amina = Admitted(AMINA, Role.IRO, "Amina Yusuf", "token", NOW)
    asked = Asked("desk.subject_access_made", KAI)
    copy = await desk.store.write(
        lambda db: subject_access.make_at_desk(db, desk.house, amina, asked, "asked", NOW)
    )
    assert isinstance(copy, Copy)
    whole = "".join(_opened(subject_access.archive(copy)).values())
    assert "brother every week" not in whole
    assert subject_access.TAKEN_BACK in whole
    of_it = await desk.store.write(
        lambda db: subject_access.make(db, desk.house, PERSON, "sayso", NOW)
    )
    assert "brother every week" in "".join(_opened(subject_access.archive(of_it)).values())


async def test_no_secret_and_nobody_else_is_in_it(store: Store, database_url: str) -> None:
    house = _house(database_url)
    await store.write(lambda db: _council(db, house))

    _copied, plain = await _copy(store, house)

    text = json.dumps(plain, ensure_ascii=False)
    for secret in ("argon2id", "reset hash", "hash", "Maya", "Lena Novak", UNSENT):
        assert secret not in text.replace("content_sha256", ""), secret
    _other, theirs = await _copy(store, house, f"person-{LENA}")
    assert UNSENT in json.dumps(theirs, ensure_ascii=False)  # never sent, and held all the same


async def test_what_can_not_be_opened_any_more_is_said_to_be_so_and_the_rest_is_there(
    store: Store, database_url: str
) -> None:
    house = _house(database_url)
    await store.write(lambda db: northborough.make(db, house))
    broken = update(contributions).where(contributions.c.review_id == KAI).values(content=b"x" * 80)
    await store.write(lambda db: db.execute(broken))

    copy, plain = await _copy(store, house)

    assert plain["tables"]["contributions"][0]["content"] == UNOPENED
    assert "can&#39;t be opened" in _opened(subject_access.archive(copy))["read-me-first.html"]
    assert plain["tables"]["young_people"][0]["name"] == "Kai Brennan"


async def test_an_officer_gets_what_was_said_to_them_and_is_told_what_is_left_out(
    desk: Desk,
) -> None:
    await desk.store.write(lambda db: _more(db, desk.house))
    amina = await desk.signed_in(AMINA)
    page = await amina.get(f"/desk/reviews/{KAI}/copy")
    refused = await amina.post(f"/desk/reviews/{KAI}/copy", {"token": page.token})
    assert refused.status == 422
    assert "how you know that it is them" in refused.seen

    form = {"token": page.token, "reason": "Kai asked me on Tuesday"}
    async with amina.session.post(
        f"{desk.base}/desk/reviews/{KAI}/copy", data=form, headers={"Origin": desk.base}
    ) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        found = _opened(await answer.read())

    whole = "".join(found.values())
    assert "brother every week" in whole
    assert "Only Dev hears this" not in whole
    assert "1 reviews that another officer runs" in whole
    assert UNSENT not in whole
    acts = select(audit.c.actor).where(audit.c.act == "copy_made")
    assert await desk.store.read(lambda db: list(db.execute(acts).scalars())) == [f"staff:{AMINA}"]


def _more(db: Connection, house: House) -> None:
    other = Review(house.id, "R-kai-2", PERSON, ReviewKind.PATHWAY, DEV, None, None)
    add_review(db, other, NOW)
    northborough.say(db, house, "R-kai-2", {"plan.change": "Only Dev hears this"})


async def test_nobody_but_the_officer_makes_one_at_the_desk(desk: Desk) -> None:
    for staff_id in (RUTH, TOM, DEV):
        browser = await desk.signed_in(staff_id)
        assert (await browser.get(f"/desk/reviews/{KAI}/copy")).status == 404
    tom = await desk.signed_in(TOM)
    assert (await tom.get(f"/desk/reviews/{MAYA}/copy")).status == 200
