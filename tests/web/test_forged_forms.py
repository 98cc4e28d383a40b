"""P16, the half about forged requests: every unsafe route × 5 attacks, and nothing changes.

The routes come from the router: a new one is attacked too, without thinking. `SENT` says what the
form of a route carries; the same sent rightly does change something, or the attacks would prove
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.service import invitations
from storage.tables import metadata, staff_sessions, tries
from tests.access.council import PASSWORD, give_password, join, real_council, use_link
from tests.desk.northborough import AMINA, DEV, KAI, LENA, RUTH, TOM
from tests.desk.running import Browser, Desk
from tests.promises import Promise
from tests.web.router import SAFE, all_routes

OTHERS = "https://evil.example"
_CODE = {"method": "silent", "reason": "Kai came.", "seen": "", "proposed": "views_sent"}


def _snapshot(db: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored, but for when a session was last used, which any page may note, and how
    many wrong codes came from here: whoever sends them."""
    found = {}
    for table in metadata.sorted_tables:
        if table is tries:
            continue
        columns = [c for c in table.c if c is not staff_sessions.c.seen_at]
        found[table.name] = sorted((tuple(row) for row in db.execute(select(*columns))), key=repr)
    return found


@dataclass(slots=True)
class Victim:
    """A browser in which somebody is signed in, its token, and somebody else's token."""

    browser: Browser
    token: str
    foreign: str


async def _attack(victim: Victim, address: str, fields: Mapping[str, str]) -> None:
    """Five ways in which another site, or somebody without the page, sends the form."""
    ours = {"Origin": victim.browser.desk.base, "Sec-Fetch-Site": "same-origin"}
    right = {**fields, "token": victim.token}
    session, url = victim.browser.session, victim.browser.desk.base + address
    without = {name: value for name, value in fields.items() if name not in ("turn", "code")}
    await victim.browser.post(address, without, headers=ours)
    await victim.browser.post(address, {**without, "token": victim.foreign}, headers=ours)
    for site in ("cross-site", "same-site", "none"):
        await victim.browser.post(address, right, headers={**ours, "Sec-Fetch-Site": site})
    for origin in (OTHERS, "null", victim.browser.desk.base + ".evil.example"):
        await victim.browser.post(address, right, headers={"Origin": origin})
    async with session.get(url, params=right) as answer:
        await answer.read()
    plain = "\r\n".join(f"{name}={value}" for name, value in right.items())
    async with session.post(
        url, data=plain, headers={**ours, "Content-Type": "text/plain"}
    ) as answer:
        await answer.read()


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


async def _young_person(desk: Desk) -> Victim:
    """A young person in the chat. Their form is known by its cookie, which no other site's request
    carries, and by where it came from."""
    browser = await desk.browser()
    now = datetime.now(UTC)
    invited = await desk.store.write(lambda db: invitations.invite(db, desk.house, LENA, now))
    await browser.post("/i/", {"code": invited.code})
    return Victim(browser, "", "0" * 64)


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


async def test_no_attack_on_any_unsafe_route_changes_anything(
    sqlite_database_url: str, promise: Promise
) -> None:
    async with real_council(sqlite_database_url) as desk:
        routes = [route for route in all_routes(desk) if route.method not in SAFE]
        victims = {name: await make(desk) for name, make in _VICTIMS.items()}
        sent = await _sent(desk)
        tokens = [address.rpartition("/")[2] for address in sent if "/sign-in/" in address]
        changed = []
        for route in routes:
            address = route.at(review_id=KAI, token=tokens[0])
            before = await desk.store.read(_snapshot)
            for name, victim in victims.items():
                if name == "young person" and route.path in ("/chat", "/notme"):
                    continue  # below: what carries no token there carries the turn
                await _attack(victim, address, sent.get(address, {}))
            if await desk.store.read(_snapshot) != before:
                changed.append(route)
        assert changed == []
        assert len(routes) >= 25
        promise("P16", routes=len(routes), attacks=5, changes=0)


async def test_no_attack_on_the_chat_changes_anything(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        victim = await _young_person(desk)
        fields = {"turn": "0", "choice": "yes", "words": "not mine"}
        before = await desk.store.read(_snapshot)
        base = victim.browser.desk.base
        for headers in (
            {"Origin": OTHERS},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": base},
            {"Sec-Fetch-Site": "none"},
        ):
            for address in ("/chat", "/i/", "/notme", "/chat/answers"):
                page = await victim.browser.post(address, fields, headers=headers)
                assert page.status == 403, (address, headers)
        async with victim.browser.session.get(base + "/chat", params=fields) as answer:
            assert answer.status == 200
        plain = {"Content-Type": "text/plain", "Origin": base}
        async with victim.browser.session.post(
            base + "/chat", data="turn=0\r\nchoice=yes", headers=plain
        ) as answer:
            assert answer.status == 400
        stranger = await desk.browser()  # another site's request carries no cookie (SameSite)
        await stranger.post("/chat", fields)
        after = await desk.store.read(_snapshot)
        assert after == before


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
