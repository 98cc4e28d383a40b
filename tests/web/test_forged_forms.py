"""P16, the half about forged requests: every unsafe route × 5 attacks, and nothing changes.

The routes come from the router: a new one is attacked too, without thinking. `_sent` and `_said`
say what the form of a route carries; the same sent rightly does change something, or the attacks
would prove nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.service import invitations, inviting
from storage import contact_addresses, outbox
from storage.contact_addresses import Address, How
from storage.contact_addresses import Way as AddressWay
from storage.invitation_sendings import Way
from storage.tables import metadata, staff_sessions
from storage.tables import outbox as outbox_table
from tests.access.council import PASSWORD, give_password, join, real_council, use_link
from tests.delivery.notify import SETTINGS
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, MAYA, RUTH, TINY, TOM
from tests.desk.running import Browser, Desk
from tests.media.files import photograph
from tests.promises import Promise
from tests.web.router import SAFE, all_routes

OTHERS = "https://evil.example"
YOUNG = (
    "/i/",
    "/chat",
    "/chat/answers",
    "/chat/asks",
    "/chat/attach",
    "/chat/my-meeting",
    "/notme",
)
"""Forms of young people. They carry no token: what they send is known by a cookie that no other
site's request carries, or by a code, and by where it came from."""
PROGRAMS = {"/notify/receipts"}
"""Of programs, which no browser is: known by a token in a header of their own."""
NO_FILES: Mapping[str, bytes] = {}
_CODE = {"method": "silent", "reason": "Kai came.", "seen": "", "proposed": "views_sent"}


def _is_young(address: str) -> bool:
    return address in YOUNG or address.startswith("/s/")


def _snapshot(db: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored, but for when a session was last used, which any page may note. What
    counts wrong codes is in it too: another site must not use up an address's tries."""
    found = {}
    for table in metadata.sorted_tables:
        columns = [c for c in table.c if c is not staff_sessions.c.seen_at]
        found[table.name] = sorted((tuple(row) for row in db.execute(select(*columns))), key=repr)
    return found


@dataclass(slots=True)
class Victim:
    """A browser in which somebody is signed in, its token, and somebody else's token."""

    browser: Browser
    token: str
    foreign: str


async def _attack(
    victim: Victim, address: str, fields: Mapping[str, str], files: Mapping[str, bytes] = NO_FILES
) -> None:
    """Five ways in which another site, or somebody without the page, sends the form. Two of them
    are about the token: only a desk's form carries one."""
    ours = {"Origin": victim.browser.desk.base, "Sec-Fetch-Site": "same-origin"}
    right = {**fields, "token": victim.token} if victim.token else fields
    session, url = victim.browser.session, victim.browser.desk.base + address
    if not _is_young(address):
        await victim.browser.post(address, dict(fields), headers=ours)
        await victim.browser.post(address, {**fields, "token": victim.foreign}, headers=ours)
    for site in ("cross-site", "same-site", "none"):
        page = await victim.browser.post(
            address, dict(right), headers={**ours, "Sec-Fetch-Site": site}, files=files
        )
        assert page.status in (403, 404) or not _is_young(address), (address, site)
    for origin in (OTHERS, "null", victim.browser.desk.base + ".evil.example"):
        page = await victim.browser.post(
            address, dict(right), headers={"Origin": origin}, files=files
        )
        assert page.status in (403, 404) or not _is_young(address), (address, origin)
    async with session.get(url, params=right) as answer:
        await answer.read()
    plain = "\r\n".join(f"{name}={value}" for name, value in right.items())
    async with session.post(
        url, data=plain, headers={**ours, "Content-Type": "text/plain"}
    ) as answer:
        assert answer.status in (400, 403, 404) or not _is_young(address), address


async def _signed_in(desk: Desk) -> Victim:
    joined, other = await join(desk, AMINA), await join(desk, TOM)
    token = (await joined.browser.get("/desk/account")).token
    return Victim(joined.browser, token, (await other.browser.get("/desk/account")).token)


async def _joining(desk: Desk) -> Victim:
    """Somebody who is choosing a password."""
    browser, other = await desk.browser(), await desk.browser()
    token = (await use_link(desk, browser, DEV)).token
    return Victim(browser, token, (await use_link(desk, other, RUTH)).token)


async def _with_password(desk: Desk) -> Victim:
    """Somebody who gave the first factor."""
    browser, other = await desk.browser(), await desk.browser()
    token = (await give_password(browser)).token
    return Victim(browser, token, (await give_password(other)).token)


async def _at_the_door(desk: Desk) -> Victim:
    """Nobody signed in, at the page for it."""
    browser, other = await desk.browser(), await desk.browser()
    token = (await browser.get("/desk/sign-in")).token
    return Victim(browser, token, (await other.get("/desk/sign-in")).token)


async def _let_in(desk: Desk, review_id: str) -> Victim:
    """A young person who came by a code."""
    browser = await desk.browser()
    await browser.post("/i/", {"code": await _code_for(desk, review_id)})
    return Victim(browser, "", "0" * 64)


async def _code_for(desk: Desk, review_id: str) -> str:
    now = datetime.now(UTC)
    invited = await desk.store.write(lambda db: invitations.invite(db, desk.house, review_id, now))
    return invited.code


async def _young_person(desk: Desk) -> Victim:
    return await _let_in(desk, LENA)


_VICTIMS = {
    "signed in": _signed_in,
    "joining": _joining,
    "with password": _with_password,
    "at the door": _at_the_door,
    "young person": _young_person,
}


async def _sent(desk: Desk) -> dict[str, dict[str, str]]:
    """What the form of each route carries."""
    link = (await desk.link(AMINA)).rpartition("/")[2]
    return {
        f"/desk/reviews/{KAI}/code": _CODE,
        f"/desk/reviews/{KAI}/held": {
            "held_on-day": "1", "held_on-month": "2", "held_on-year": "2026",
        },
        "/desk/sign-in": {"email": "amina.yusuf@northborough.example", "password": PASSWORD},
        f"/desk/sign-in/{link}": {},
        "/desk/join": {"password": PASSWORD},
        "/desk/account/password": {"password": PASSWORD + " again"},
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A young person at a form of theirs, and what it carries."""

    victim: Victim
    address: str
    fields: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)
    route: str = ""  # where the address has a part of its own


async def _stop_link(desk: Desk) -> str:
    """The address by which whoever has a message wants no more of them."""
    settings = desk.house.settings.model_copy(update=SETTINGS)
    house, at = replace(desk.house, settings=settings), datetime.now(UTC)
    one = Address("A-tiny", f"person-{TINY}", AddressWay.SMS, "+447700900123", "staff:amina", at)

    def send(db: Connection) -> str:
        contact_addresses.add(db, house.keys, house.id, one)
        contact_addresses.confirm(db, house.id, one.address_id, "staff:amina", How.ASKED, at)
        by = inviting.By("staff:amina", "again")
        sent = inviting.send(db, house, TINY, Way.SMS, one.address_id, by, at)
        assert isinstance(sent, inviting.Sent)
        rows = outbox_table.c.destination == inviting.DESTINATION
        (row,) = outbox._all_claimed(db, db.execute(select(outbox_table).where(rows)).all())
        return inviting.Leaving.of(row.payload).stop

    return f"/s/{await desk.store.write(send)}"


async def _said(desk: Desk) -> list[Said]:
    """Every form of young people, filled in."""
    stranger = Victim(await desk.browser(), "", "0" * 64)
    talking, has_sent = await _let_in(desk, LENA), await _let_in(desk, KAI)
    turn = (await talking.browser.get("/chat")).hidden("turn")
    return [
        Said(stranger, "/i/", {"code": await _code_for(desk, MAYA), "once": "1"}),
        Said(talking, "/chat", {"turn": turn, "command": "skip"}),
        Said(has_sent, "/chat/answers", {"act": "choose", "pin": "408263", "again": "408263"}),
        Said(has_sent, "/chat/asks", {"act": "advocate"}),
        Said(has_sent, "/chat/my-meeting", {"on": "meeting.first"}),
        Said(talking, "/chat/attach", {"turn": turn}, {"picture": photograph()}),
        Said(stranger, "/notme", {"code": await _code_for(desk, HANA)}),
        Said(talking, "/notme", {}),
        Said(stranger, await _stop_link(desk), {}, route="/s/{token}"),
    ]


_READING = {"audit", "readings"}
"""What opening a page may add to: that it was read is on record."""


async def test_no_attack_on_any_unsafe_route_changes_anything(
    sqlite_database_url: str, promise: Promise
) -> None:
    async with real_council(sqlite_database_url) as desk:
        routes = [route for route in all_routes(desk) if route.method not in SAFE]
        pages = {route.path for route in all_routes(desk) if route.method == "GET"}
        victims = {name: await make(desk) for name, make in _VICTIMS.items()}
        sent, said = await _sent(desk), await _said(desk)
        assert {one.route or one.address for one in said} == {
            route.path for route in routes if not route.path.startswith("/desk/")
        } - PROGRAMS
        tokens = [address.rpartition("/")[2] for address in sent if "/sign-in/" in address]
        changed: list[object] = []
        for route in routes:
            address = route.at(review_id=KAI, token=tokens[0])
            before = await desk.store.read(_snapshot)
            for victim in victims.values():
                await _attack(victim, address, sent.get(address, {}))
            after = await desk.store.read(_snapshot)
            tables = {name for name, rows in after.items() if rows != before[name]}
            if tables - (_READING if route.path in pages else set()):
                changed.append(route)
        for one in said:
            before = await desk.store.read(_snapshot)
            await _attack(one.victim, one.address, one.fields, one.files)
            if await desk.store.read(_snapshot) != before:
                changed.append(one)
        assert changed == []
        assert len(routes) >= 25
        promise("P16", routes=len(routes), attacks=5, changes=0)


async def test_asking_for_a_page_changes_nothing_but_that_it_was_read(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        routes = [route for route in all_routes(desk) if route.method == "GET"]
        victims = [await make(desk) for make in _VICTIMS.values()]
        link = (await desk.link(AMINA)).rpartition("/")[2]
        changed: list[object] = []
        for route in routes:
            address = route.at(review_id=KAI, version="1", token=link)
            before = await desk.store.read(_snapshot)
            for victim in victims:
                await victim.browser.get(address)
            after = await desk.store.read(_snapshot)
            tables = {name for name, rows in after.items() if rows != before[name]}
            changed += [(route, tables - _READING)] if tables - _READING else []
        assert changed == []
        assert len(routes) > 30


async def test_a_browser_without_the_young_persons_cookie_says_nothing_for_them(
    sqlite_database_url: str,
) -> None:
    """Another site's request carries no cookie of ours (SameSite)."""
    async with real_council(sqlite_database_url) as desk:
        said = await _said(desk)
        before = await desk.store.read(_snapshot)
        for one in said:
            if "code" not in one.fields and not one.route:  # these are known without a cookie
                stranger = await desk.browser()
                fields = {"turn": "0", **one.fields, "x": "y"}
                await stranger.post(one.address, fields, files=one.files)
        after = await desk.store.read(_snapshot)
        counted = {"tries"}  # a form without a code, from our own page, is a wrong code
        assert {name for name, rows in after.items() if rows != before[name]} <= counted


async def test_the_same_forms_sent_rightly_do_change_something(sqlite_database_url: str) -> None:
    """Otherwise the attacks above would prove nothing."""
    async with real_council(sqlite_database_url) as desk:
        signed_in = await _signed_in(desk)
        joining = await _joining(desk)
        with_password = await _with_password(desk)
        door = await _at_the_door(desk)
        sent = await _sent(desk)
        before = await desk.store.read(_snapshot)
        await with_password.browser.post(
            "/desk/second-factor/cancel", {"token": with_password.token}
        )
        assert await desk.store.read(_snapshot) != before
        done = 0
        for address, fields in sent.items():
            victim = (
                door if "sign-in" in address else joining if address.endswith("join") else signed_in
            )
            before = await desk.store.read(_snapshot)
            await victim.browser.post(address, {**fields, "token": victim.token})
            assert await desk.store.read(_snapshot) != before, address
            done += 1
        assert done == len(sent)
        for one in await _said(desk):
            before = await desk.store.read(_snapshot)
            page = await one.victim.browser.post(one.address, dict(one.fields), files=one.files)
            after = await desk.store.read(_snapshot)
            changed = {name for name, rows in after.items() if rows != before[name]}
            assert changed - {"tries"}, (one.address, page.status)
