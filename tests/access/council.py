"""A real council's desk, whose members of staff sign in as they will: with both factors."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, select, update

from bot.access import one_time_codes
from bot.service.council import CouncilSignIn
from bot.service.house import House
from storage.sealing import Place, seal
from storage.tables import audit, staff, staff_one_time_codes
from tests.desk import northborough
from tests.desk.running import Browser, Desk, Page, serve

PASSWORD = "kettle marble otter 7"
EMAIL = "amina.yusuf@northborough.example"


@asynccontextmanager
async def real_council(
    database_url: str,
    *,
    host: str = "127.0.0.1",
    oidc: CouncilSignIn | None = None,
    **settings: Any,
) -> AsyncIterator[Desk]:
    """The desk of a council that is no demo. Amina has an e-mail address."""
    port = unused_port()
    house = northborough.house_on(database_url, port=port, demo=False)
    given = {"base_url": f"http://{host}:{port}", **settings}
    changed = house.settings.model_copy(update=given)
    decided = house.council.model_copy(update={"oidc": oidc or CouncilSignIn()})
    house = House(decided, house.keys, changed)
    async with aclosing(serve(house, port)) as running:
        async for desk in running:
            desk.base = changed.public_url
            await desk.store.write(partial(give_email, house=house, staff_id=northborough.AMINA))
            yield desk


def give_email(db: Connection, house: House, staff_id: str, email: str = EMAIL) -> None:
    sealed = seal(db, Place(house.id, "staff", "email", staff_id), email)
    db.execute(
        update(staff)
        .where(staff.c.council == house.id, staff.c.staff_id == staff_id)
        .values(email=sealed, email_index=house.keys.blind(house.id, "email", email))
    )


@dataclass(slots=True)
class Joined:
    """Somebody with both factors, signed in."""

    browser: Browser
    seed: str
    codes: list[str]


async def use_link(desk: Desk, browser: Browser, staff_id: str) -> Page:
    """Open a fresh link and press its button."""
    link = await desk.link(staff_id)
    return await browser.post(link, {"token": (await browser.get(link)).token})


async def join(desk: Desk, staff_id: str, password: str = PASSWORD) -> Joined:
    """Come by a link, choose a password, set up an app."""
    browser = await desk.browser()
    page = await use_link(desk, browser, staff_id)
    assert page.url.endswith("/desk/join"), page.url
    page = await browser.post("/desk/join", {"token": page.token, "password": password})
    assert page.url.endswith("/desk/second-factor/set-up"), page.seen
    seed = seed_on(page)
    fields = {"token": page.token, "code": one_time_codes.code_at(seed, datetime.now(UTC))}
    page = await browser.post("/desk/second-factor/set-up", fields)
    assert page.status == 200
    codes = re.findall(r"<code>([0-9A-Z-]{14})</code>", page.text)
    assert len(codes) == 10
    return Joined(browser, seed, codes)


def seed_on(page: Page) -> str:
    """The seed as it stands on the page for whoever can't use the camera."""
    found = re.search(r'<code class="app-seed">([A-Z2-7 ]+)</code>', page.text)
    assert found
    return found[1].replace(" ", "")


async def forget_used_codes(desk: Desk) -> None:
    """As if the last code had been used long ago: tests do not wait half a minute."""
    await desk.store.write(lambda db: db.execute(update(staff_one_time_codes).values(last_step=0)))


async def give_password(
    browser: Browser, email: str = EMAIL, password: str = PASSWORD, headers: Mapping[str, str] = {}
) -> Page:
    token = (await browser.get("/desk/sign-in")).token
    fields = {"token": token, "email": email, "password": password}
    own = {"Origin": browser.desk.base, "Sec-Fetch-Site": "same-origin", **headers}
    return await browser.post("/desk/sign-in", fields, headers=own)


async def give_code(browser: Browser, code: str) -> Page:
    token = (await browser.get("/desk/second-factor")).token
    return await browser.post("/desk/second-factor", {"token": token, "code": code})


def code_now(seed: str) -> str:
    return one_time_codes.code_at(seed, datetime.now(UTC))


async def acts(desk: Desk) -> list[str]:
    """What the audit holds, oldest first."""
    return list(
        await desk.store.read(
            lambda db: db.execute(select(audit.c.act).order_by(audit.c.entry_id)).scalars().all()
        )
    )
