"""Passwords: slow to guess, the same answer whoever it is, and never in the event loop's way."""

import asyncio
import statistics
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.access import passwords
from bot.access.passwords import HASHER, NOBODYS, WAITING, Passwords, TooBusy, fault
from bot.access.slowing import Slowing, Tries
from storage.tables import audit, staff_passwords
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
)
from tests.desk.northborough import AMINA

ABOUT = ("Amina Yusuf", "amina.yusuf@northborough.example", "Northborough Council")


@pytest.mark.parametrize(
    "password",
    [
        "kettle marble otter 7", "sieben Zwerge im Wald", "Ωαρ λόγος ψυχή", "tr4m-l1ne-b1rch",
        "🐕🐈🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵",
    ],
)  # fmt: skip
def test_a_long_password_of_ones_own_is_good(password: str) -> None:
    assert fault(password, ABOUT) is None


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "elevensigns", "aaaaaaaaaaaaaaaa", "abababababababab", "123456789012345",
        "password1234", "Password!Password!", "AminaYusuf2026!", "northborough2026",
        "Sayso-Council-1",
        "amina.yusuf@northborough.example", "qwertyqwerty12", "Summer2026!!!", "x" * 257,
        "letmein letmein", "   " * 10, "Yusuf Yusuf 1234",
    ],
)  # fmt: skip
def test_a_short_or_easy_password_is_not_and_the_reason_says_what_to_do(password: str) -> None:
    reason = fault(password, ABOUT)
    assert reason is not None
    assert "Use " in reason


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_is_judged_and_nothing_breaks(password: str) -> None:
    assert fault(password, ABOUT) is None or len(password) >= 0


async def test_the_hash_of_nobody_is_made_like_everybodys() -> None:
    """Or whoever measures the time could tell which addresses have an account."""
    assert not HASHER.check_needs_rehash(NOBODYS)
    checker = Passwords()
    assert not await checker.matches(None, "anything")
    kept = await checker.hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=47104,t=3,p=1$")
    assert await checker.matches(kept, PASSWORD)
    assert not await checker.matches(kept, PASSWORD + " ")
    assert not await checker.matches("no hash", PASSWORD)
    checker.close()


async def test_an_accent_composed_by_another_keyboard_is_the_same_password() -> None:
    checker = Passwords()
    kept = await checker.hash("café au lait, bien chaud")
    assert await checker.matches(kept, "cafe\u0301 au lait, bien chaud")
    checker.close()


async def test_checking_passwords_leaves_the_event_loop_free() -> None:
    checker = Passwords()
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before)

    beating = asyncio.create_task(beat())
    started = time.perf_counter()
    await asyncio.gather(*(checker.matches(None, "guess") for _ in range(6)))
    took = time.perf_counter() - started
    beating.cancel()
    checker.close()
    assert longest < took / 2  # six in a row in the loop would have held it all the while


async def test_more_than_can_wait_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_matches", lambda _kept, _given: False)
    checker = Passwords()
    asked = await asyncio.gather(
        *(checker.matches(None, "guess") for _ in range(WAITING + 5)), return_exceptions=True
    )
    assert sum(isinstance(one, TooBusy) for one in asked) == 5
    assert asked.count(False) == WAITING
    assert not await checker.matches(None, "later")
    checker.close()


async def test_an_unknown_address_and_a_wrong_password_get_the_same_answer_after_the_same_time(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        await join(desk, AMINA)
        browser = await desk.browser()
        token = (await browser.get("/desk/sign-in")).token
        answers: set[str] = set()
        times: dict[str, list[float]] = {EMAIL: [], "nobody@northborough.example": []}
        for _ in range(4):
            for email, taken in times.items():
                fields = {"token": token, "email": email, "password": "wrong wrong wrong"}
                started = time.perf_counter()
                page = await browser.post("/desk/sign-in", fields)
                taken.append(time.perf_counter() - started)
                assert page.status == 422
                answers.add(page.text.replace(email, "EMAIL"))
        assert len(answers) == 1
        fastest = [min(taken) for taken in times.values()]
        assert max(fastest) < 2 * min(fastest), times
        assert statistics.fmean(fastest) > 0.02  # both were hashed


async def test_the_database_holds_a_hash_and_the_audit_neither_address_nor_password(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url) as desk:
        await join(desk, AMINA)
        await give_password(await desk.browser(), password="wrong wrong wrong")
        kept = await desk.store.read(
            lambda db: db.execute(select(staff_passwords.c.password)).scalars().all()
        )
        assert len(kept) == 1
        assert PASSWORD.encode() not in kept[0]
        rows = await desk.store.read(lambda db: db.execute(select(audit)).all())
        text = repr([tuple(row) for row in rows])
        for secret in (EMAIL, PASSWORD, "wrong wrong", "Amina"):
            assert secret not in text
        assert "password_refused" in await acts(desk)


async def test_guessing_is_slowed_down_and_nobody_is_locked_out_elsewhere(
    sqlite_database_url: str,
) -> None:
    async with real_council(sqlite_database_url, proxies="1") as desk:
        desk.sends = {"X-Forwarded-For": "198.51.100.9"}
        joined = await join(desk, AMINA)
        desk.sends = {"X-Forwarded-For": "203.0.113.5"}
        guesser = await desk.browser()
        statuses = [
            (await give_password(guesser, password=f"guess number {n} here")).status
            for n in range(8)
        ]
        assert statuses == [422] * 5 + [429] * 3
        page = await give_password(guesser)  # the right one does not help any more either
        assert page.status == 429
        assert 0 < int(page.headers["Retry-After"]) <= 300
        assert "Nothing is locked." in page.seen

        desk.sends = {"X-Forwarded-For": "198.51.100.9"}
        here = await desk.browser()
        await forget_used_codes(desk)
        assert (await give_password(here)).url.endswith("/desk/second-factor")
        assert (await give_code(here, code_now(joined.seed))).url.endswith("/desk/")


async def test_guessing_a_code_is_slowed_down_too(sqlite_database_url: str) -> None:
    async with real_council(sqlite_database_url) as desk:
        await join(desk, AMINA)
        browser = await desk.browser()
        await give_password(browser)
        statuses = [(await give_code(browser, f"{n:06}")).status for n in range(10)]
        assert statuses == [422] * 8 + [429] * 2


def test_each_wrong_try_is_forgotten_after_a_while_and_a_right_one_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slowing, moment = Slowing(), time.time()
    count, minutes = Tries.CODE.value
    assert [slowing.wait(Tries.CODE, "a") for _ in range(count)] == [0] * count
    assert 0 < slowing.wait(Tries.CODE, "a") <= minutes * 60
    assert slowing.wait(Tries.CODE, "b") == 0
    slowing.forget(Tries.CODE, "a")
    assert slowing.wait(Tries.CODE, "a") == 0
    for _ in range(count):
        slowing.wait(Tries.CODE, "a")
    monkeypatch.setattr(time, "time", lambda: moment + minutes * 60 + 5)
    assert slowing.wait(Tries.CODE, "a") == 0


def test_without_limits_nobody_waits() -> None:
    slowing = Slowing(on=False)
    assert {slowing.wait(Tries.CODE, "a") for _ in range(100)} == {0}
