"""A running desk for these tests, and a browser of their own loop's to look at it."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser as Chromium

from tests.browser import running_browser
from tests.desk.running import desk

__all__ = ["desk"]


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Chromium]:
    async with running_browser() as started:
        yield started
