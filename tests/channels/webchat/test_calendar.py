"""Whom we can't remind may take a day along for their own calendar: it says nothing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.channels.webchat.calendar import calendar
from bot.web.context import now
from tests.channels.telegram.test_notices import denied
from tests.channels.webchat.visiting import Seen, Visitor
from tests.sayso import Sayso, house_at, running


@pytest_asyncio.fixture
async def sayso(tmp_path: Path) -> AsyncIterator[Sayso]:
    house = house_at(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'sayso.db'}")
    async with running(house, tmp_path) as running_one:
        yield running_one


async def stopped(visitor: Visitor) -> Seen:
    await visitor.comes("12-15")
    return await visitor.says(command="stop")


def entries(page: Seen) -> list[str]:
    return re.findall(r'href="(/chat/reminder\.ics\?in=\w+)"', page.html)


async def test_at_a_stop_days_are_offered_as_entries_that_name_nothing(sayso: Sayso) -> None:
    async with Visitor.at(sayso) as visitor:
        page = await stopped(visitor)
        assert "You can put one in your own calendar." in page.text
        assert entries(page)[0] == "/chat/reminder.ics?in=tomorrow"
        found = await visitor.get(entries(page)[0])

        assert found.status == 200
        assert found.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert found.headers["Content-Disposition"] == 'attachment; filename="sayso.ics"'
        assert found.headers["Cache-Control"] == "no-store"
        lines = found.html.split("\r\n")
        assert lines[0] == "BEGIN:VCALENDAR"
        assert lines[-2:] == ["END:VCALENDAR", ""]
        assert "SUMMARY:Sayso" in lines
        assert "TRIGGER:PT0S" in lines
        assert f"URL:{sayso.base}/i/" in lines
        assert denied(found.html) == []
        assert "#" not in found.html  # no secret of a link
        code = re.search(r"use this code: ([A-Z0-9-]+)", page.text)
        assert code
        assert code[1] not in found.html
        assert "T163000Z" in found.html or "T153000Z" in found.html  # half past four, by the sun


async def test_nobody_else_gets_one_and_not_for_any_other_day(sayso: Sayso) -> None:
    async with Visitor.at(sayso) as visitor, Visitor.at(sayso) as stranger:
        page = await stopped(visitor)
        assert (await stranger.get(entries(page)[0])).status == 404
        for other in ("?in=tonight", "?in=", "", "?in=%00"):
            assert (await visitor.get(f"/chat/reminder.ics{other}")).status == 404


async def test_there_is_none_in_the_middle_of_a_question_or_once_it_is_sent(sayso: Sayso) -> None:
    async with Visitor.at(sayso) as visitor:
        page = await stopped(visitor)
        await visitor.says(choice="@go_on")
        assert (await visitor.get(entries(page)[0])).status == 404


def test_a_long_line_is_folded_so_that_every_calendar_reads_it(tmp_path: Path) -> None:
    house = house_at(tmp_path, "sqlite+aiosqlite://", base_url=f"https://{'a' * 60}.example")
    made = calendar(house, now(), "Sayso", "x", now())
    lines = made.decode().split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert f"URL:https://{'a' * 60}.example/i/" in made.decode().replace("\r\n ", "")


def test_the_same_day_is_the_same_entry_and_its_name_tells_nothing(tmp_path: Path) -> None:
    house = house_at(tmp_path, "sqlite+aiosqlite://")
    one, again, other = (calendar(house, now(), "Sayso", name, now()) for name in "aab")

    def uid(made: bytes) -> str:
        (found,) = re.findall(r"UID:(\w+)@", made.decode())
        return str(found)

    assert uid(one) == uid(again) != uid(other)
