"""A GOV.UK Notify with bad days: refuses what the real one refuses, and does not always answer.

As its documentation has it (https://docs.notifications.service.gov.uk/rest-api.html): a JSON Web
Token by HS256 with the service's id and a time at most 30 seconds off, JSON bodies, 201 with an id,
errors with a status and a list. It does not recognise a request that it has taken already.
"""

import asyncio
import json
import random
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"duty-{SERVICE}-{SECRET}"
SMS_TEMPLATE = "740e5834-3a29-46b4-9a6f-16142fde533a"
EMAIL_TEMPLATE = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
PLACEHOLDERS = {SMS_TEMPLATE: {"text"}, EMAIL_TEMPLATE: {"subject", "text"}}
SETTINGS = {
    "notify_key": KEY,
    "notify_sms_template": SMS_TEMPLATE,
    "notify_email_template": EMAIL_TEMPLATE,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One that was taken. `at`: on the machine's steady clock."""

    notified: str
    kind: str
    to: str
    says: dict[str, str]
    reference: str
    at: float


@dataclass(slots=True)
class NotifyServer:
    """`sent` is what leaves for telephones and mailboxes. Shares of calls (0 to 1) go wrong, chosen
    by `chance`: `broken` 5xx, `lost_answers` taken without an answer. `wrong`: addresses that it
    refuses; `dead`: that it takes, and that nothing arrives at. `down`: every call fails."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))
    broken: float = 0.0
    lost_answers: float = 0.0
    wrong: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    down: int = 0
    sent: list[Sent] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    failed: int = 0
    lost: int = 0
    url: str = ""
    clock: Callable[[], float] = time.time
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/v2/notifications/{kind}", self._take)
        app.router.add_get("/v2/notifications", self._list)
        app.router.add_get("/v2/notifications/{id}", self._one)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def to(self, address: str) -> list[Sent]:
        return [one for one in self.sent if one.to == address]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        self.asked[f"POST {kind}"] += 1
        if (answer := self._bad_day() or self._unauthorized(request)) is not None:
            return answer
        body = json.loads(await request.read())
        address = {"sms": "phone_number", "email": "email_address"}.get(kind, "")
        wrong = self._refused(kind, address, body)
        if wrong:
            return _error(
                400, "BadRequestError" if "template" in wrong else "ValidationError", wrong
            )
        one = Sent(
            str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), kind, body[address],
            body["personalisation"], body["reference"], time.monotonic(),
        )  # fmt: skip
        self.sent.append(one)
        if self.chance.random() < self.lost_answers:
            self.lost += 1
            await asyncio.sleep(60)  # taken, and the answer never arrives
        return web.json_response(
            {
                "id": one.notified,
                "reference": one.reference,
                "content": {"body": one.says["text"]},
                "uri": f"{self.url}/v2/notifications/{one.notified}",
                "template": {"id": body["template_id"], "version": 1, "uri": ""},
                "scheduled_for": None,
            },
            status=201,
        )

    def _refused(self, kind: str, address: str, body: dict[str, Any]) -> str:
        """What the real one would say is wrong; and what we would never want is a problem."""
        if set(body) != {address, "template_id", "personalisation", "reference"}:
            self.problems.append(f"{kind}: {sorted(body)}")
            return f"Additional properties are not allowed: {sorted(body)}"
        if body[address] in self.wrong:
            return f"{address} Not a valid address: {body[address]}"
        template = SMS_TEMPLATE if kind == "sms" else EMAIL_TEMPLATE
        if body["template_id"] != template:
            return "template_id is of another kind"
        given = set(body["personalisation"])
        if given != PLACEHOLDERS[template]:
            self.problems.append(f"{kind}: {sorted(given)}")
            return f"template: Missing personalisation {sorted(PLACEHOLDERS[template] - given)}"
        if len(body["reference"]) > 1000:
            return "reference is too long"
        return ""

    async def _list(self, request: web.Request) -> web.StreamResponse:
        self.asked["GET by reference"] += 1
        if (answer := self._bad_day() or self._unauthorized(request)) is not None:
            return answer
        reference = request.query["reference"]
        found = [self._said(one) for one in self.sent if one.reference == reference]
        return web.json_response({"notifications": found[::-1], "links": {"current": "/"}})

    async def _one(self, request: web.Request) -> web.StreamResponse:
        self.asked["GET"] += 1
        if (answer := self._bad_day() or self._unauthorized(request)) is not None:
            return answer
        found = [one for one in self.sent if one.notified == request.match_info["id"]]
        if not found:
            return _error(404, "NoResultFound", "No result found")
        return web.json_response(self._said(found[0]))

    def _said(self, one: Sent) -> dict[str, Any]:
        status = "permanent-failure" if one.to in self.dead else "delivered"
        return {
            "id": one.notified,
            "reference": one.reference,
            "type": one.kind,
            "status": status,
        }

    def _bad_day(self) -> web.Response | None:
        if self.down:
            self.failed += 1
            return _error(self.down, "Exception", "Internal server error")
        if self.chance.random() < self.broken:
            self.failed += 1
            return _error(self.chance.choice([500, 502, 503]), "Exception", "Internal server error")
        return None

    def _unauthorized(self, request: web.Request) -> web.Response | None:
        shown = re.fullmatch(r"Bearer (\S+)", request.headers.get("Authorization", ""))
        if shown is None:
            self.problems.append("no token")
            return _error(401, "AuthError", "Unauthorized: authentication token must be provided")
        try:
            token = jwt.decode(shown[1], OctKey.import_key(SECRET), algorithms=["HS256"])
        except (JoseError, ValueError) as error:
            self.problems.append(repr(error))
            return _error(403, "AuthError", "Invalid token: API key not found")
        if token.header.get("typ") != "JWT" or token.claims.get("iss") != SERVICE:
            self.problems.append(repr(token.header | token.claims))
            return _error(403, "AuthError", "Invalid token: service not found")
        if abs(token.claims["iat"] - self.clock()) > 30:
            return _error(
                403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"
            )
        return None


def _error(status: int, error: str, message: str) -> web.Response:
    said = {"status_code": status, "errors": [{"error": error, "message": message}]}
    return web.json_response(said, status=status)
