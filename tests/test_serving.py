"""Starting and stopping: ready when all is, and nothing lost by a deploy."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from tests.commands import PATIENCE, Installation
from tests.telegram.bot_api import TOKEN, BotApi, Fault


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Installation:
    return Installation(tmp_path, database_url)


async def test_sigterm_answers_what_is_under_way_and_loses_nothing(
    installation: Installation,
) -> None:
    await asyncio.to_thread(installation.run, "demo", "--prepare")
    several = await asyncio.to_thread(installation.run, "invite", "--synthetic", "40", "--json")
    codes = [one["code"] for one in json.loads(several.stdout)]
    let_in: list[str] = []
    with installation.serving() as server:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

            async def enter(code: str) -> None:
                """Acknowledged, or no connection: never an error, never half an answer."""
                form = {"code": code, "once": code * 2}
                try:
                    async with session.post(
                        f"{installation.base}/i/", data=form, allow_redirects=False
                    ) as answer:
                        assert answer.status == 303
                        await answer.read()
                except aiohttp.ClientConnectionError:
                    return
                let_in.append(code)
                if len(let_in) == 10:
                    server.send_signal(signal.SIGTERM)

            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*map(enter, codes))
        assert await asyncio.to_thread(server.wait, PATIENCE) == 0
    assert len(let_in) >= 10

    with installation.serving():
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            for code in codes:
                form = {"code": code, "once": "another browser, another page"}
                async with session.post(
                    f"{installation.base}/i/", data=form, allow_redirects=False
                ) as answer:  # what was acknowledged is used; what was not may be too
                    assert answer.status in (422, 429) or code not in let_in


@asynccontextmanager
async def _started(installation: Installation) -> "AsyncIterator[asyncio.subprocess.Process]":
    """`sayso serve`, ready or not."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", cwd=installation.folder,
        env=installation.environment, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            server.kill()
        await server.wait()


async def test_it_is_ready_once_telegram_has_taken_the_webhook(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    api = BotApi()
    away = True
    api.fault = lambda method, _params: (
        Fault(502, "Bad Gateway") if away and method == "setWebhook" else None
    )
    await api.start()
    telegram = {"SAYSO_TELEGRAM_TOKEN": TOKEN, "SAYSO_TELEGRAM_API_URL": api.url}
    installation = Installation(tmp_path, sqlite_database_url, settings=telegram)
    async with _started(installation) as server:
        async with asyncio.timeout(PATIENCE):
            while not [call for call in api.calls if call.method == "setWebhook"]:
                await asyncio.sleep(0.05)
        assert await asyncio.to_thread(installation.ready) == 503

        away = False
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(installation.ready) != 200:
                await asyncio.sleep(0.05)
        assert api.webhook["url"] == f"{installation.base}/telegram/webhook"
        server.terminate()
        async with asyncio.timeout(PATIENCE):
            assert await server.wait() == 0
    await api.stop()
