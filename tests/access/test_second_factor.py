"""P14: no page of the desk without a second factor, and each code works once."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.access import one_time_codes, sessions
from bot.access.permissions import HALFWAY, OPEN
from bot.access.sessions import Stage, Way
from bot.desk.routes import ROUTES
from bot.service import second_factor, signing_in
from bot.service.house import House
from storage import people, staff_accounts
from storage.people import Staff
from storage.staff_accounts import Generator
from storage.store import Store
from storage.tables import councils, staff_one_time_codes, staff_recovery_codes, staff_sessions
from tests.access.council import (
    EMAIL,
    PASSWORD,
    acts,
    code_now,
    forget_used_codes,
    give_code,
    give_password,
    join,
    real_council,
    seed_on,
    use_link,
)
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, TOM
from tests.desk.running import Browser, Desk
from tests.promises import Promise

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


async def test_from_the_link_to_the_desk_by_password_and_app(database_url: str) -> None:
    async with real_council(database_url) as desk:
        joined = await join(desk, AMINA)
        page = await joined.browser.get("/desk/")
        assert "Amina Yusuf" in page.seen

        await forget_used_codes(desk)
        later = await desk.browser()
        page = await give_password(later)
        assert page.url.endswith("/desk/second-factor")
        page = await give_code(later, code_now(joined.seed))

        assert page.url.endswith("/desk/")
        assert "Amina Yusuf" in page.seen
        assert [act for act in await acts(desk) if act != "sign_in_link_made"][-2:] == [
            "password_accepted",
            "signed_in",
        ]


async def _addresses() -> list[tuple[str, str]]:
    """Every route of the desk that is for people who are signed in."""
    names = {
        "note_id": "n",
        "digest": "d",
        "review_id": KAI,
        "version": "1",
        "task_id": "t",
        "alert_id": "a",
        "ask_id": "w",
        "attachment_id": "b",
        "contribution_id": "c",
        "person_id": f"person-{KAI}",
        "passkey_id": "p",
        "session_id": "s",
        "year": "2025",
        "name": "figures.json",
    }
    return [
        (method, "/desk" + path.format(**names))
        for method, path, name, _handler in ROUTES
        if name not in OPEN
    ]


async def _opens_nothing(browser: Browser) -> int:
    """How many pages were tried; none of them may open."""
    addresses = await _addresses()
    for method, address in addresses:
        token = {"token": (await browser.get("/desk/second-factor")).token}
        page = await (browser.get(address) if method == "GET" else browser.post(address, token))
        signed_out = "You have been signed out" in page.seen or page.url.endswith("/desk/sign-in")
        assert signed_out, address
    return len(addresses)


async def test_halfway_there_is_no_page_of_the_desk(
    sqlite_database_url: str, promise: Promise
) -> None:
    async with real_council(sqlite_database_url) as desk:
        await join(desk, AMINA)

        with_password = await desk.browser()
        assert (await give_password(with_password)).url.endswith("/desk/second-factor")
        assert await _opens_nothing(with_password) == len(ROUTES) - len(OPEN)

        joining = await desk.browser()
        await use_link(desk, joining, TOM)
        tried = await _opens_nothing(joining)
        assert tried == len(ROUTES) - len(OPEN)
        promise("P14", routes_tried_halfway=2 * tried, pages_opened=0)


async def test_signed_in_or_signed_out_nobody_gets_to_the_pages_between(
    sqlite_database_url: str,
) -> None:
    between = [(method, "/desk" + path) for method, path, name, _ in ROUTES if name in HALFWAY]
    assert len(between) == len(HALFWAY)
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)
        stranger = await desk.browser()
        before = await acts(desk)
        for method, address in between:
            for browser, ends in ((joined.browser, "/desk/"), (stranger, "/desk/sign-in")):
                page = await (
                    browser.get(address) if method == "GET" else browser.post(address, {})
                )
                assert page.url.endswith(ends), address
        assert await acts(desk) == before


async def test_a_code_works_once_even_when_it_is_sent_twice_at_the_same_time(
    store: Store, full: bool, promise: Promise
) -> None:
    """P14: used twice, 0 in 1,000."""
    house = northborough.house_on("sqlite+aiosqlite:///unused.db", demo=False)
    await store.write(lambda db: northborough.make(db, house))
    seed = one_time_codes.seed_of(b"k" * 20)
    generator = Generator(seed, 0)
    await store.write(lambda db: staff_accounts.set_generator(db, house.id, AMINA, generator, NOW))
    twice = 0
    for number in range(1000 if full else 60):
        moment = NOW + timedelta(seconds=30 * number)
        code = one_time_codes.code_at(seed, moment)

        secrets = await store.write(partial(_begin_twice, house=house, moment=moment))
        entered = [
            await store.write(partial(_give, house=house, secret=secret, code=code, moment=moment))
            for secret in secrets
        ]
        assert entered[0]
        twice += entered[1]
    assert twice == 0
    promise("P14", codes=1000 if full else 60, used_twice=0)


def _begin_twice(db: Connection, house: House, moment: datetime) -> list[str]:
    """Two browsers in which the password was given."""
    return [
        sessions.start(
            db,
            house.keys,
            house.id,
            AMINA,
            moment,
            stage=Stage.HALF,
            way=Way.PASSWORD,
            device="",
        )
        for _ in range(2)
    ]


def _give(db: Connection, house: House, secret: str, code: str, moment: datetime) -> bool:
    return second_factor.give_code(db, house, secret, code, moment, "") is not None


async def test_two_who_send_one_code_at_once_do_not_both_get_in(database_url: str) -> None:
    async with real_council(database_url) as desk:
        joined = await join(desk, AMINA)
        await forget_used_codes(desk)
        browsers = [await desk.browser() for _ in range(4)]
        for browser in browsers:
            await give_password(browser)
        tokens = [(await browser.get("/desk/second-factor")).token for browser in browsers]
        code = code_now(joined.seed)

        pages = await asyncio.gather(
            *(
                browser.post("/desk/second-factor", {"token": token, "code": code})
                for browser, token in zip(browsers, tokens, strict=True)
            )
        )
        assert sum(page.url.endswith("/desk/") for page in pages) == 1


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_time_does_not_work(steps: int) -> None:
    seed = one_time_codes.seed_of(b"s" * 20)
    code = one_time_codes.code_at(seed, NOW, later=steps)
    assert one_time_codes.step_of(seed, code, 0, NOW) is None


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_wrong_either_way(steps: int) -> None:
    seed = one_time_codes.seed_of(b"s" * 20)
    code = one_time_codes.code_at(seed, NOW, later=steps)
    step = int(NOW.timestamp()) // 30 + steps
    assert one_time_codes.step_of(seed, code, 0, NOW) == step
    assert one_time_codes.step_of(seed, f" {code[:3]} {code[3:]}", step - 1, NOW) == step
    assert one_time_codes.step_of(seed, code, step, NOW) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345６", "-12345"])
def test_what_is_no_code_is_wrong_and_nothing_worse(code: str) -> None:
    assert one_time_codes.step_of(one_time_codes.seed_of(b"s" * 20), code, 0, NOW) is None


async def test_a_recovery_code_works_once_and_only_its_hash_is_kept(database_url: str) -> None:
    async with real_council(database_url) as desk:
        joined = await join(desk, AMINA)
        code = joined.codes[3]
        kept = await desk.store.read(
            lambda db: db.execute(select(staff_recovery_codes.c.code_hash)).scalars().all()
        )
        assert len(kept) == 10
        assert all(code.replace("-", "").encode() not in one for one in kept)

        first, second = await desk.browser(), await desk.browser()
        await give_password(first)
        assert (await give_code(first, code.lower())).url.endswith("/desk/")
        await give_password(second)
        page = await give_code(second, code)

        assert page.status == 422
        assert "That code did not work." in page.seen


async def test_a_colleagues_recovery_code_is_none_of_mine(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        await join(desk, AMINA)
        tom = await join(desk, TOM)
        browser = await desk.browser()
        await give_password(browser)

        for code in (tom.codes[0], code_now(tom.seed)):
            assert (await give_code(browser, code)).status == 422


async def test_the_seed_is_kept_sealed_and_is_not_the_one_of_the_next_session(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        first, second = await desk.browser(), await desk.browser()
        seeds = []
        for browser in (first, second):
            page = await use_link(desk, browser, AMINA)
            if page.url.endswith("/desk/join"):
                fields = {"token": page.token, "password": PASSWORD}
                page = await browser.post("/desk/join", fields)
            seeds.append(seed_on(page))
        assert seeds[0] != seeds[1]


async def test_a_password_without_a_second_factor_gets_nobody_in_or_set_up(
    sqlite_database_url: str,
) -> None:
    """Somebody stopped halfway through joining: their password alone must not be enough to set a
    second factor up."""
    async with real_council(sqlite_database_url) as desk:
        browser = await desk.browser()
        page = await use_link(desk, browser, AMINA)
        await browser.post("/desk/join", {"token": page.token, "password": PASSWORD})

        other = await desk.browser()
        page = await give_password(other)
        assert "Your second factor is not set up" in page.seen
        page = await other.get("/desk/second-factor/set-up")
        assert page.url.endswith("/desk/second-factor")
        fields = {"token": page.token, "code": "123456"}
        page = await other.post("/desk/second-factor/set-up", fields)
        assert page.url.endswith("/desk/second-factor")
        assert (await other.get("/desk/")).url.endswith("/desk/sign-in")
        kept = await desk.store.read(lambda db: db.execute(select(staff_one_time_codes)).all())
        assert kept == []


async def test_every_step_up_makes_a_new_session_and_ends_the_one_before(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        joined = await join(desk, AMINA)

        kept = await desk.store.read(
            lambda db: db.execute(
                select(staff_sessions.c.stage, staff_sessions.c.revoked_at).order_by(
                    staff_sessions.c.started_at
                )
            ).all()
        )

        assert [(row.stage, row.revoked_at is None) for row in kept] == [
            ("joining", False),
            ("joining", False),
            ("full", True),
        ]
        assert (await joined.browser.get("/desk/")).status == 200


async def test_half_an_hour_ends_what_is_halfway(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        browser = await desk.browser()
        await use_link(desk, browser, AMINA)
        early = datetime.now(UTC) - sessions.HALFWAY - timedelta(seconds=1)
        await desk.store.write(
            lambda db: db.execute(update(staff_sessions).values(started_at=early))
        )

        assert (await browser.get("/desk/join")).url.endswith("/desk/sign-in")


# Demo links


@pytest.mark.parametrize(("file_says", "database_says"), [(True, False), (False, True)])
async def test_a_link_stands_for_both_factors_only_where_file_and_database_say_demo(
    store: Store, file_says: bool, database_says: bool
) -> None:
    house = northborough.house_on("sqlite+aiosqlite:///unused.db", demo=file_says)
    council = {"council": house.id, "demo": database_says, "created_at": NOW}
    await store.write(lambda db: db.execute(insert(councils), council))
    real = northborough.house_on("sqlite+aiosqlite:///unused.db", demo=False)
    await store.write(lambda db: _one_member(db, real))
    link = await store.write(lambda db: signing_in.make_link(db, house, AMINA, NOW))
    token = link.rpartition("/")[2]

    used = await store.write(
        lambda db: signing_in.by_link(db, house, token, NOW, this_machine=True, device="")
    )

    assert used is not None
    assert not used.signed_in
    assert (
        await store.read(lambda db: sessions.find(db, house.keys, house.id, used.secret, NOW))
        is None
    )
    again = await store.write(
        lambda db: signing_in.by_link(db, house, token, NOW, this_machine=True, device="")
    )
    assert again is None


def _one_member(db: Connection, house: House) -> None:
    people.add_staff(db, house.keys, Staff(house.id, AMINA, "iro", "Amina Yusuf", EMAIL), NOW)


async def test_a_demo_link_signs_in_with_both_factors_at_once(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    page = await browser.get("/desk/account")
    assert "with a demo link" in page.seen
