"""A council's integration layer with bad days: takes documents and does not always say so."""

import asyncio
import base64
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


@dataclass(slots=True)
class CaseRecordServer:
    """`effects` is what the case record holds: one entry per idempotency key, as a good receiver
    keeps it. Shares of calls (0 to 1) go wrong, chosen by `chance`."""

    chance: random.Random
    lost_answers: float = 0.0
    broken: float = 0.0
    repeated: float = 0.0
    refused: int = 0
    effects: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lost: int = 0
    failed: int = 0
    said_again: int = 0
    overtaken: int = 0
    _newest_answered: int = 0
    url: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_post("/sayso", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/sayso"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        key = request.headers["Idempotency-Key"]
        self.calls[key] += 1
        if self.refused:
            return web.Response(status=self.refused)
        if self.chance.random() < self.broken:
            self.failed += 1
            return web.Response(status=self.chance.choice([500, 502, 503]))
        self._check(request, body)
        event = json.loads(body)
        if key in self.effects:
            self.said_again += 1
            return web.Response(status=409 if self.chance.random() < 0.5 else 200)
        self.effects[key] = event["data"]["document"]
        self.order.append(key)
        number = len(self.order)
        if self.chance.random() < self.lost_answers:
            self.lost += 1
            await asyncio.sleep(60)  # taken, and the answer never arrives
        await asyncio.sleep(self.chance.random() * 0.02)  # answers overtake each other
        self.overtaken += number < self._newest_answered
        self._newest_answered = max(number, self._newest_answered)
        if self.chance.random() < self.repeated:
            self.said_again += 1
            return web.Response(status=409)
        return web.Response(status=202)

    def _check(self, request: web.Request, body: bytes) -> None:
        try:
            Webhook(SECRET).verify(body, dict(request.headers))
            event = json.loads(body)
            assert event["specversion"] == "1.0"
            attachment = event["data"]["attachments"][0]
            assert base64.b64decode(attachment["content_base64"]).startswith(b"%PDF-")
        except Exception as error:
            self.problems.append(repr(error))
