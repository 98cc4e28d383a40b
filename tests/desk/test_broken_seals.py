"""What is stored was flipped, cut short, swapped, or sealed by another's key: whoever asks for it
is refused in plain words, the alarm rings, nobody's words are shown, and nothing is lost by it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from structlog.testing import capture_logs

from bot.channels.webchat.cookies import cookie_name
from bot.service import invitations
from bot.service.invitations import LetIn
from bot.web.context import now
from storage import data_keys
from storage.keys import KeyRing
from storage.tables import contributions, conversations, keks
from storage.tables import data_keys as keys_table
from tests.desk.northborough import AMINA, KAI, LENA, MAYA, TOM
from tests.desk.running import Desk, Page
from tests.keys import NOW

SAID = "I want to see my brother every week."
NOT_FOR_HER = "Maya's own words"


@dataclass(frozen=True, slots=True)
class Row:
    """A contribution as it lies there."""

    council: str
    contribution_id: str
    person_id: str
    content: bytes


def _row(db: Connection, review_id: str) -> Row:
    table = contributions
    row = db.execute(select(table).where(table.c.review_id == review_id)).one()
    return Row(row.council, row.contribution_id, row.person_id, row.content)


def _put(db: Connection, row: Row, content: bytes) -> None:
    one = contributions.c.contribution_id == row.contribution_id
    db.execute(update(contributions).where(one).values(content=content))


def _flipped(sealed: bytes, other: bytes) -> bytes:
    return sealed[:-20] + bytes([sealed[-20] ^ 1]) + sealed[-19:]


CONTENT: dict[str, Callable[[bytes, bytes], bytes]] = {
    "a bit flipped": _flipped,
    "cut short": lambda sealed, _other: sealed[:-1],
    "cut to nothing": lambda _sealed, _other: b"",
    "another child's": lambda _sealed, other: other,
    "an unknown version": lambda sealed, _other: b"\x07" + sealed[1:],
    "an unknown data key": lambda sealed, _other: sealed[:1] + b"unknown!" + sealed[9:],
    "the key's id of another child": lambda sealed, other: sealed[:1] + other[1:9] + sealed[9:],
    "words that nobody sealed": lambda _sealed, _other: SAID.encode(),
}


def _words_key(db: Connection, person_id: str) -> Any:
    return db.execute(select(keys_table).where(*_key_of(person_id))).one()


def _key_of(person_id: str) -> Any:
    return keys_table.c.person_id == person_id, keys_table.c.purpose == "words"


def _under_unknown_kek(db: Connection, row: Row, _other: Row) -> None:
    db.execute(keks.insert(), {"council": row.council, "kek_id": "nobody's", "proof": b""})
    db.execute(update(keys_table).where(*_key_of(row.person_id)).values(kek_id="nobody's"))


def _by_another_ring(db: Connection, row: Row, _other: Row) -> None:
    """Wrapped by another council's ring under the name of a key of ours."""
    key = _words_key(db, row.person_id)
    foreign = KeyRing.made("southborough", NOW)
    context = data_keys._context((row.council, row.person_id, "words"), key.key_id)
    wrapped = foreign.wrap(foreign.current, b"s" * 32, context)
    db.execute(update(keys_table).where(*_key_of(row.person_id)).values(wrapped=wrapped))


def _another_childs_key(db: Connection, row: Row, other: Row) -> None:
    key = _words_key(db, other.person_id)
    db.execute(update(keys_table).where(*_key_of(row.person_id)).values(wrapped=key.wrapped))


def _content(change: Callable[[bytes, bytes], bytes], db: Connection, row: Row, other: Row) -> None:
    _put(db, row, change(row.content, other.content))


TAMPERED: dict[str, Callable[[Connection, Row, Row], None]] = {
    **{name: partial(_content, change) for name, change in CONTENT.items()},
    "a data key under a KEK that nobody has": _under_unknown_kek,
    "a data key by the ring of another council": _by_another_ring,
    "the data key of another child": _another_childs_key,
}


def _forget_keys(desk: Desk) -> None:
    """As after a restart: what is in memory would still open it."""
    assert desk.store.vault is not None
    desk.store.vault._cache.clear()


def _refused(page: Page) -> None:
    assert page.status == 500
    assert re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.text), "no reference to give"
    for words in (SAID, NOT_FOR_HER, "brother", "SealBroken", "Traceback", "KekUnknown"):
        assert words not in page.text


@pytest.mark.parametrize("how", TAMPERED)
async def test_tampering_is_refused_at_the_desk_recorded_and_loses_nothing(
    desk: Desk, how: str
) -> None:
    officer, colleague = await desk.signed_in(AMINA), await desk.signed_in(TOM)
    assert SAID in (await officer.get(f"/desk/reviews/{KAI}")).seen
    row = await desk.store.read(partial(_row, review_id=KAI))
    other = await desk.store.read(partial(_row, review_id=MAYA))
    key = await desk.store.read(partial(_words_key, person_id=row.person_id))

    await desk.store.write(lambda db: TAMPERED[how](db, row, other))
    _forget_keys(desk)
    with capture_logs() as logs:
        page = await officer.get(f"/desk/reviews/{KAI}")

    _refused(page)
    alarms = [one for one in logs if one["log_level"] == "critical"]
    assert {one["event"] for one in alarms} & {"seal_broken", "data_key_broken"}
    assert not any(SAID in repr(one) for one in logs)
    assert NOT_FOR_HER in (await colleague.get(f"/desk/reviews/{MAYA}")).seen  # others go on

    def mend(db: Connection) -> None:
        _put(db, row, row.content)
        right = {"wrapped": key.wrapped, "kek_id": key.kek_id}
        db.execute(update(keys_table).where(*_key_of(row.person_id)).values(**right))

    await desk.store.write(mend)
    _forget_keys(desk)
    assert SAID in (await officer.get(f"/desk/reviews/{KAI}")).seen


async def test_a_conversation_that_cannot_be_opened_is_left_as_it_is(desk: Desk) -> None:
    """Going on would write over what is there."""

    def let_in(db: Connection) -> LetIn:
        invited = invitations.invite(db, desk.house, LENA, now())
        found = invitations.let_in_by_code(db, desk.house, invited.code, "", now())
        assert isinstance(found, LetIn)
        return found

    young = await desk.store.write(let_in)
    child = await desk.browser()
    child.session.cookie_jar.update_cookies({cookie_name(desk.house, "chat"): young.token})
    page = await child.get("/chat")
    assert page.status == 200
    turn = page.hidden("turn")
    one = conversations.c.conversation_id == young.conversation_id
    read = select(conversations.c.state).where(one)
    whole = await desk.store.read(lambda db: db.execute(read).scalar_one())
    broken = _flipped(whole, b"")
    await desk.store.write(_setting(broken, one))

    with capture_logs() as logs:
        page = await child.post("/chat", {"turn": turn, "words": "not to be lost"})

    _refused(page)
    assert "seal_broken" in {one["event"] for one in logs}
    assert await desk.store.read(lambda db: db.execute(read).scalar_one()) == broken
    await desk.store.write(_setting(whole, one))
    page = await child.post("/chat", {"turn": turn, "command": "skip"})
    assert page.status == 200


def _setting(state: bytes, one: Any) -> Callable[[Connection], None]:
    def put(db: Connection) -> None:
        db.execute(update(conversations).where(one).values(state=state))

    return put
