"""Codes can't be guessed (promise P5), and nobody is shut out by those who try."""

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import altcha
import pytest
from sqlalchemy import Connection, insert, select, update

from bot.access import proofs
from bot.service import guessing, invitations
from bot.service.codes import code_from, new_code, new_secret, typed
from bot.service.guessing import PER_ADDRESS, UNDER_LOAD, Shown, Wait
from bot.service.house import House
from bot.service.invitations import Knock, LetIn, Refused
from storage import tries
from storage.keys import KeyRing
from storage.store import Store
from storage.tables import councils as councils_table
from storage.tables import invitations as invitations_table
from storage.tables import tries as tries_table
from tests.desk import northborough
from tests.desk.northborough import LENA
from tests.promises import FULL, Promise

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LIVE = 10_000
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def house_with(store: Store, *, limits: bool = True) -> House:
    house = northborough.house_on("sqlite+aiosqlite:///unused.db")
    settings = house.settings.model_copy(update={"limits": limits})
    return House(house.council, house.keys, settings)


def live_codes(db: Connection, house: House, number: int, now: datetime) -> list[str]:
    """So many unused invitations, each with its code. All to one review: who is asked for the code
    is not who is asked about."""
    codes = [new_code() for _one in range(number)]
    db.execute(
        insert(invitations_table),
        [
            {
                "council": house.id,
                "invitation_id": str(uuid.uuid4()),
                "review_id": LENA,
                "link_hash": house.keys.blind(house.id, "link", new_secret()),
                "code_hash": house.keys.blind(house.id, "code", typed(code) or ""),
                "issued_at": now,
                "expires_at": now + timedelta(days=14),
            }
            for code in codes
        ],
    )
    return codes


def guesses(chance: random.Random, live: list[str]) -> Iterator[str]:
    """What somebody may type who knows how codes look, and some who have seen part of one."""
    while True:
        code = chance.choice(live)
        place = chance.randrange(12)
        symbols = list(code.replace("-", ""))
        other = chance.choice([one for one in _CROCKFORD if one != symbols[place]])
        near = [*symbols[:place], other, *symbols[place + 1 :]]
        yield code_from(chance.getrandbits(60))
        yield "".join(near)  # one symbol wrong
        yield "".join(reversed(symbols))
        yield code[:13]  # one missing
        yield code_from(chance.getrandbits(60)).lower()


def guess(house: House, code: str, shown: Shown) -> Knock:
    return Knock("", code, None, "", shown)


async def _in_the_council(store: Store, house: House, number: int = 3) -> list[str]:
    def make(db: Connection) -> list[str]:
        northborough.make(db, house)
        return live_codes(db, house, number, NOW)

    return await store.write(make)


@pytest.mark.parametrize("limits", [True, False], ids=["limiter on", "limiter off"])
async def test_no_guess_at_ten_thousand_live_codes_lets_anybody_in_but_a_planted_one_does(
    store: Store, promise: Promise, limits: bool
) -> None:
    """In full 1,000,000 with the limiter on and as many with it off, half on each database."""
    house = house_with(store, limits=limits)
    live = await _in_the_council(store, house, LIVE)
    number = 500_000 if FULL else 2_500
    typing = guesses(random.Random(5), live)
    planted = number // 2 + 3
    shown = guessing.shown(house, "192.0.2.7", "", "", NOW)
    accepted, looked_at = [], 0

    def some(first: int, db: Connection) -> tuple[list[int], int]:
        let_in, seen = [], 0
        for count in range(first, first + 500):
            code = live[17] if count == planted else next(typing)
            found = invitations.knock(db, house, guess(house, code, shown), NOW)
            seen += not isinstance(found, Wait)
            if isinstance(found, LetIn):
                let_in.append(count)
        return let_in, seen

    for first in range(0, number, 500):
        let_in, seen = await store.write(partial(some, first))
        accepted += let_in
        looked_at += seen

    if limits:
        assert accepted == []  # not even the right one was looked at …
        assert looked_at == PER_ADDRESS
        proven = await store.write(lambda db: _proven(db, house, live[17]))
        assert isinstance(proven, LetIn)  # … and it is good once something was solved for it
    else:
        assert accepted == [planted]
        assert looked_at == number
    guesses_accepted = len([count for count in accepted if count != planted])
    promise("P5", guesses=number, live_codes=LIVE, looked_at=looked_at, accepted=guesses_accepted)


def _proven(db: Connection, house: House, code: str) -> object:
    now = datetime.now(UTC)
    challenge = altcha.Challenge.from_dict(json.loads(proofs.challenge(house.keys, house.id, now)))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    payload = altcha.Payload(challenge, solution).to_base64()
    shown = guessing.shown(house, "192.0.2.7", payload, "", NOW)
    assert shown.solved is not None
    return invitations.knock(db, house, guess(house, code, shown), NOW)


Found = LetIn | Refused | Wait


async def _knocks(store: Store, house: House, code: str, shown: Shown, at: datetime) -> Found:
    return await store.write(lambda db: invitations.knock(db, house, guess(house, code, shown), at))


async def _wrong(store: Store, house: House, number: int, remote: str = "192.0.2.7") -> None:
    shown = guessing.shown(house, remote, "", "", NOW)

    def go(db: Connection) -> None:
        for _one in range(number):
            found = invitations.knock(db, house, guess(house, new_code(), shown), NOW)
            assert found is Refused.CODE

    await store.write(go)


async def test_a_ticket_is_good_once_when_it_is_due_and_not_before(store: Store) -> None:
    house = house_with(store)
    code = (await _in_the_council(store, house))[0]
    await _wrong(store, house, PER_ADDRESS)

    async def knocks(at: datetime, ticket: str = "", what: str = code) -> Found:
        shown = guessing.shown(house, "192.0.2.7", "", ticket, at)
        return await _knocks(store, house, what, shown, at)

    first = await knocks(NOW)
    assert isinstance(first, Wait)
    assert first.ticket.at == NOW + timedelta(seconds=30)

    early = await knocks(NOW + timedelta(seconds=29), first.field)
    assert isinstance(early, Wait)
    assert early.ticket == first.ticket  # asking again makes it no later

    due = NOW + timedelta(seconds=30)
    other = code_from(1)
    assert await knocks(due, first.field, other) is Refused.CODE
    again = await knocks(due, first.field)
    assert isinstance(again, Wait), "it was used for the wrong code"

    later = again.ticket.at
    assert isinstance(await knocks(later, again.field), LetIn)


async def test_a_forged_ticket_or_solution_is_worth_nothing(store: Store) -> None:
    house = house_with(store)
    other = House(house.council, KeyRing.made(house.id, NOW), house.settings)
    ticket = proofs.new_ticket(NOW - timedelta(minutes=1))
    fields = [
        proofs.to_field(other.keys, house.id, ticket),
        proofs.to_field(house.keys, "southborough", ticket),
        proofs.to_field(house.keys, house.id, ticket)[:-1] + "x",
        f"0.{ticket.nonce}.",
        "..",
        "é",
        "1" * 10_000,
    ]
    for field in fields:
        assert guessing.shown(house, "192.0.2.7", "", field, NOW).ticket is None, field
    good = proofs.to_field(house.keys, house.id, ticket)
    assert guessing.shown(house, "192.0.2.7", "", good, NOW).ticket == ticket
    assert guessing.shown(house, "192.0.2.7", "", good, NOW + timedelta(hours=1)).ticket is None

    now = datetime.now(UTC)
    made = json.loads(proofs.challenge(other.keys, house.id, now))
    easy = altcha.create_challenge("SHA-256", 1, key_prefix="0")
    challenge = altcha.Challenge.from_dict(made)
    for unsigned in (easy, challenge):
        solution = altcha.solve_challenge(unsigned)
        assert solution is not None
        payload = altcha.Payload(unsigned, solution).to_base64()
        assert proofs.solved(house.keys, house.id, payload) is None
    mine = altcha.Challenge.from_dict(json.loads(proofs.challenge(house.keys, house.id, now)))
    lazy = altcha.Payload(mine, altcha.Solution(0, "00" * 32)).to_base64()
    for nonsense in (lazy, "x", "W10=", "e30=", "bnVsbA==", "é", "A" * 9_000):
        assert proofs.solved(house.keys, house.id, nonsense) is None


async def test_a_solution_is_good_once(store: Store) -> None:
    house = house_with(store)
    live = await _in_the_council(store, house)
    await _wrong(store, house, PER_ADDRESS)
    now = datetime.now(UTC)
    challenge = altcha.Challenge.from_dict(json.loads(proofs.challenge(house.keys, house.id, now)))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    shown = guessing.shown(
        house, "192.0.2.7", altcha.Payload(challenge, solution).to_base64(), "", NOW
    )

    first = await store.write(
        lambda db: invitations.knock(db, house, guess(house, "x", shown), NOW)
    )
    second = await store.write(
        lambda db: invitations.knock(db, house, guess(house, live[0], shown), NOW)
    )

    assert first is Refused.CODE
    assert isinstance(second, Wait)


async def test_another_address_is_not_slowed_down_and_after_an_hour_neither_is_this_one(
    store: Store,
) -> None:
    house = house_with(store)
    live = await _in_the_council(store, house)
    await _wrong(store, house, PER_ADDRESS)

    async def from_(remote: str, code: str, at: datetime) -> Found:
        shown = guessing.shown(house, remote, "", "", at)
        return await _knocks(store, house, code, shown, at)

    assert isinstance(await from_("192.0.2.8", live[0], NOW), LetIn)
    assert isinstance(await from_("192.0.2.7", live[1], NOW), Wait)
    hour = NOW + timedelta(hours=1)
    assert isinstance(await from_("192.0.2.7", live[1], hour), LetIn)


@dataclass(slots=True)
class Child:
    """One of those who live in a children's home, at a browser without script: what is typed
    until it is right, and what the last page said."""

    code: str
    typed: list[str]
    comes_at: datetime
    ticket: str = ""
    let_in: datetime | None = None
    visits: int = 0


async def _visits(store: Store, house: House, child: Child) -> None:
    """Type what comes next, or come back when the page said to."""
    at, shown = child.comes_at, guessing.shown(house, HOME, "", child.ticket, child.comes_at)
    found = await _knocks(store, house, child.typed[0], shown, at)
    child.visits += 1
    match found:
        case LetIn():
            child.let_in = at
        case Wait():
            assert found.ticket.at > at
            child.ticket, child.comes_at = found.field, found.ticket.at
        case _:  # mistyped: looks again, and types the next
            child.typed.pop(0)
            child.ticket, child.comes_at = "", at + timedelta(seconds=20)


HOME = "192.0.2.7"


async def test_nine_who_mistype_in_a_childrens_home_keep_nobody_out_themselves_included(
    store: Store,
) -> None:
    """Ten children, one address, one evening. Who is slowed down is answered when the page said,
    not dropped, and has no more to do than to come again."""
    house, chance = house_with(store), random.Random(10)
    live = await _in_the_council(store, house, 10)
    children = [
        Child(
            code, [*_mistyped(chance, code, 1 + number % 3), code], NOW + timedelta(seconds=number)
        )
        for number, code in enumerate(live[:9])
    ]
    tenth = Child(live[9], [live[9]], NOW + timedelta(minutes=1))
    children.append(tenth)

    while waiting := [child for child in children if child.let_in is None]:
        child = min(waiting, key=lambda one: one.comes_at)
        assert child.comes_at < NOW + timedelta(hours=1), "somebody was dropped"
        await _visits(store, house, child)

    assert sum(1 + number % 3 for number in range(9)) > PER_ADDRESS  # they were slowed down
    assert tenth.visits <= 2
    assert max(child.visits for child in children) <= 2 * 4
    waited = [child.let_in - NOW for child in children if child.let_in is not None]
    assert len(waited) == 10
    assert max(waited) < timedelta(minutes=15)


async def test_with_script_the_tenth_of_a_childrens_home_is_let_in_at_once(store: Store) -> None:
    house = house_with(store)
    live = await _in_the_council(store, house, 10)
    await _wrong(store, house, PER_ADDRESS, HOME)

    assert isinstance(await store.write(lambda db: _proven(db, house, live[9])), LetIn)


def _mistyped(chance: random.Random, code: str, times: int) -> list[str]:
    """With one symbol wrong."""
    found = []
    for _time in range(times):
        place = chance.choice([at for at, sign in enumerate(code) if sign != "-"])
        other = chance.choice([sign for sign in _CROCKFORD if sign != code[place]])
        found.append(code[:place] + other + code[place + 1 :])
    return found


def test_an_ipv6_line_is_one_address_and_an_ipv4_one_is_the_same_however_it_is_written() -> None:
    house = northborough.house_on("sqlite+aiosqlite:///unused.db")

    def address(remote: str | None) -> bytes:
        return guessing.address_of(house, remote)

    assert address("2001:db8:1:2::7") == address("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert address("2001:db8:1:2::7") != address("2001:db8:1:3::7")
    assert address("fe80::1%eth0") == address("fe80::2")
    assert address("::ffff:192.0.2.7") == address("192.0.2.7") != address("192.0.2.8")
    assert address(None) == address("")


async def test_of_who_tried_only_a_keyed_hash_is_kept_and_for_an_hour(store: Store) -> None:
    house = house_with(store)
    await _in_the_council(store, house)
    await _wrong(store, house, 3)

    rows = await store.read(lambda db: db.execute(select(tries_table)).all())
    assert {row._mapping["count"] for row in rows} == {3}
    assert all(row.ends_at <= NOW + timedelta(hours=1) for row in rows)
    assert all(b"192.0.2.7" not in row.key_hash for row in rows)
    unkeyed = tries._hash("address/192.0.2.7/10/1/hour")
    assert unkeyed not in {row.key_hash for row in rows}

    hour = NOW + timedelta(hours=1)
    assert await store.read(lambda db: tries.anything_to_forget(db, house.id, hour))
    await store.write(lambda db: tries.forget(db, house.id, hour))
    assert await store.read(lambda db: db.execute(select(tries_table)).all()) == []


async def test_under_load_every_address_solves_something_first(store: Store) -> None:
    house = house_with(store)
    live = await _in_the_council(store, house)

    def everywhere(db: Connection) -> None:
        for number in range(UNDER_LOAD):
            remote = f"192.0.{number // 200}.{number % 200}"
            shown = guessing.shown(house, remote, "", "", NOW)
            invitations.knock(db, house, guess(house, new_code(), shown), NOW)

    await store.write(everywhere)

    async def first_visit(at: datetime) -> Found:
        shown = guessing.shown(house, "198.51.100.1", "", "", at)
        return await _knocks(store, house, live[0], shown, at)

    assert isinstance(await first_visit(NOW), Wait)
    minute = NOW + timedelta(minutes=1)
    assert isinstance(await first_visit(minute), LetIn)


async def test_limits_can_be_off_only_where_the_database_and_the_council_are_a_demos(
    store: Store,
) -> None:
    house = house_with(store, limits=False)
    real = northborough.house_on("sqlite+aiosqlite:///unused.db", demo=False)
    real = House(real.council, real.keys, real.settings.model_copy(update={"limits": False}))
    await store.write(lambda db: northborough.make(db, house))

    assert not await store.read(lambda db: guessing.limited(db, house))
    assert await store.read(lambda db: guessing.limited(db, real))
    await store.write(lambda db: db.execute(update(councils_table).values(demo=False)))
    assert await store.read(lambda db: guessing.limited(db, house))


def test_the_wait_grows_with_wrong_codes_and_ends_at_five_minutes() -> None:
    waits = [proofs.wait_after(wrong, PER_ADDRESS).total_seconds() for wrong in range(0, 100, 10)]
    assert waits == [30, 30, 60, 120, 240, 300, 300, 300, 300, 300]


async def test_a_code_is_good_for_fourteen_days_and_only_its_keyed_hash_is_stored(
    store: Store, tmp_path: Path
) -> None:
    house = house_with(store)
    await store.write(lambda db: northborough.make(db, house))
    invited = await store.write(lambda db: invitations.invite(db, house, LENA, NOW))
    rows = await store.read(lambda db: db.execute(select(invitations_table)).all())
    row = next(one for one in rows if one.review_id == LENA)
    symbols = typed(invited.code) or ""
    assert len(symbols) == 12
    assert row.expires_at - row.issued_at == timedelta(days=14)
    everything = repr(rows)
    assert symbols not in everything
    assert invited.code not in everything
    assert invited.url.partition("#")[2] not in everything

    late = NOW + timedelta(days=14)
    shown = guessing.shown(house, "192.0.2.7", "", "", late)
    assert (
        await store.write(
            lambda db: invitations.knock(db, house, guess(house, invited.code, shown), late)
        )
        is Refused.CODE
    )
