"""Voice notes and pictures are kept whole or not at all, sealed in pieces, each in its place."""

import hashlib
import uuid
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Select, func, select, update

from bot.service import attaching, invitations
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.made import Made
from bot.web.context import now
from conversations.attaching import Attachment, Medium
from conversations.hearing import Attached, Chosen
from storage import attachments, erasing, sealing
from storage import conversations as talks
from storage.attachments import PIECE, Kept
from storage.errors import SealBroken, Unknown
from storage.store import Store
from storage.tables import attachment_pieces, inbox
from storage.tables import attachments as attachments_table
from tests.desk import northborough
from tests.desk.northborough import KAI

SECRET = b"a canary that sings in a picture"
CONTENT = SECRET + bytes(range(256)) * 2500  # three pieces
MADE = Made(Medium.PICTURE, "image/png", CONTENT)
_ANY = Attachment("", Medium.PICTURE, "image/png", "", 0)


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def kept(store: Store, house: House) -> Kept:
    """Kai shows one to a question, and does not send it."""
    await store.write(partial(northborough.make, house=house))
    await store.write(lambda db: _show(db, house))
    (one,) = await store.read(lambda db: _all(db, house))
    return one


def _show(db: Connection, house: House) -> None:
    talk = invitations.conversation_of(house, KAI)
    heard = Attached(attachment=_ANY, to="well.what")
    message = Incoming(talk, f"web:{talk}", uuid.uuid4().hex, "", heard)
    attaching.attach(db, house, message, MADE, now())


def _all(db: Connection, house: House) -> list[Kept]:
    talk = invitations.conversation_of(house, KAI)
    return attachments.of_conversation(db, house.id, talk)


def _pieces(db: Connection) -> list[Any]:
    return list(db.execute(select(attachment_pieces).order_by(attachment_pieces.c.number)))


async def test_what_is_kept_is_given_back_and_no_row_shows_any_of_it(
    store: Store, house: House
) -> None:
    one = await kept(store, house)

    assert await store.read(lambda db: attachments.content(db, house.id, one)) == CONTENT
    pieces = await store.read(_pieces)
    assert [row.number for row in pieces] == [0, 1, 2]
    assert all(len(row.content) < PIECE * 1.2 for row in pieces)
    assert not any(SECRET in bytes(row.content) for row in pieces)
    sha256 = hashlib.sha256(CONTENT)
    assert one.attachment_id.replace("-", "") not in sha256.hexdigest()


async def test_pieces_that_were_changed_swapped_or_lost_are_never_given_out(
    store: Store, house: House
) -> None:
    one = await kept(store, house)
    first, second, last = await store.read(_pieces)
    column = attachment_pieces.c

    def put(db: Connection, number: int, content: bytes) -> None:
        db.execute(update(attachment_pieces).where(column.number == number).values(content=content))

    flipped = bytes(first.content[:-1]) + bytes([first.content[-1] ^ 1])
    for number, content in ((0, flipped), (0, second.content), (2, first.content)):
        await store.write(partial(put, number=number, content=content))
        with pytest.raises(SealBroken):
            await store.read(lambda db: attachments.content(db, house.id, one))
        await store.write(partial(put, number=0, content=first.content))
        await store.write(partial(put, number=2, content=last.content))
    gone = attachment_pieces.delete().where(column.number == 2)
    await store.write(lambda db: db.execute(gone))
    with pytest.raises(SealBroken):
        await store.read(lambda db: attachments.content(db, house.id, one))


@pytest.mark.parametrize("where", ["pieces", "conversation"])
async def test_who_is_stopped_in_the_middle_has_kept_nothing(
    store: Store, house: House, where: str
) -> None:
    await store.write(partial(northborough.make, house=house))
    before = await store.read(_messages)
    sealed, count = sealing.seal_bytes, 0

    def stop(*given: Any) -> bytes:
        nonlocal count
        count += 1
        if count == 3:
            raise RuntimeError("killed")
        return sealed(*given)

    def stop_saving(*_given: Any) -> None:
        raise RuntimeError("killed")

    patched = (
        patch.object(attachments, "seal_bytes", stop)
        if where == "pieces"
        else patch.object(talks, "save", stop_saving)
    )
    with patched, pytest.raises(RuntimeError, match="killed"):
        await store.write(lambda db: _show(db, house))

    assert await store.read(lambda db: _all(db, house)) == []
    assert await store.read(_pieces) == []
    assert await store.read(_messages) == before


def _messages(db: Connection) -> int:
    return db.execute(select(func.count()).select_from(inbox)).scalar_one()


async def test_taken_out_unsent_it_is_gone_and_sent_it_stays_until_its_words_end(
    store: Store, house: House
) -> None:
    one = await kept(store, house)
    assert await store.write(lambda db: attachments.drop_unsent(db, house.id, one.attachment_id))
    assert await store.read(_pieces) == []
    await store.write(lambda db: _take_out(db, house, one))
    await store.write(lambda db: _show(db, house))
    sent = await store.write(
        lambda db: attachments.mark_sent(db, house.id, [one.attachment_id], now())
    )
    assert list(sent) == [one.attachment_id]

    assert not await store.write(
        lambda db: attachments.drop_unsent(db, house.id, one.attachment_id)
    )
    gone = await store.write(lambda db: erasing.words(db, house.id, [KAI]))
    assert (gone["attachments"], gone["attachment_pieces"]) == (1, 3)
    with pytest.raises(Unknown):
        await store.read(lambda db: attachments.get(db, house.id, one.attachment_id))


def _take_out(db: Connection, house: House, one: Kept) -> None:
    talk = invitations.conversation_of(house, KAI)
    heard = Chosen(option=f"@detach:{one.attachment_id}")
    hear(db, house, Incoming(talk, f"web:{talk}", uuid.uuid4().hex, "", heard), now())


def _count(db: Connection, which: Select[int]) -> int:
    return db.execute(which).scalar_one()


async def test_a_person_who_is_erased_leaves_nothing_that_opens(store: Store, house: House) -> None:
    one = await kept(store, house)

    await store.write(lambda db: erasing.person(db, house.id, one.person_id, now()))

    for table in (attachments_table, attachment_pieces):
        left = select(func.count()).select_from(table)
        assert await store.read(partial(_count, which=left)) == 0
    with pytest.raises(SealBroken):
        await store.read(lambda db: attachments.content(db, house.id, one))


async def test_the_first_who_says_that_they_have_heard_it_counts(
    store: Store, house: House
) -> None:
    one = await kept(store, house)
    for staff, first in (("amina", True), ("ruth", False)):
        heard = partial(
            attachments.hear,
            council=house.id,
            attachment_id=one.attachment_id,
            by=staff,
            now=now(),
        )
        assert await store.write(heard) is first
    found = await store.read(lambda db: attachments.get(db, house.id, one.attachment_id))
    assert found.heard_by == "amina"
