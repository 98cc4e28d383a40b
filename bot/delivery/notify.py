"""GOV.UK Notify: text messages and e-mail, by its REST API (`/v2/notifications`).

A request is signed anew with a JSON Web Token of the API key. Notify does not recognise a repeated
request: whoever does not know whether one was taken asks by its reference (`taken`), which is the
outbox row's idempotency key.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.delivery.filing import Filed, Never, NotNow
from storage.alert_calls import Way
from storage.outbox import Claimed

SECONDS = 5
_AGAIN = frozenset({408, 425, 429})
_UUID = 36
_KINDS = {Way.SMS: ("sms", "phone_number"), Way.EMAIL: ("email", "email_address")}
_DID_NOT_ARRIVE = frozenset(
    {"permanent-failure", "temporary-failure", "technical-failure", "validation-failed",
     "virus-scan-failed", "cancelled"}
)  # fmt: skip
_ARRIVED = frozenset({"delivered", "sent"})


_AT_ONCE = timedelta(seconds=3)
"""Whatever leaves the moment it is put out has left by then."""


def may_be_taken(row: Claimed, since: datetime, now: datetime) -> bool:
    """Whether Notify may have this row already, so that it is asked first: it was tried before, or
    was put out before this process began (`since`), or long ago: whoever was killed may have sent
    it and not have written so."""
    return row.attempts > 1 or row.created_at < since or now - row.created_at > _AT_ONCE


@dataclass(frozen=True, slots=True)
class Taken:
    """What Notify says of one that it took: its id, and how it is. `arrived`: none, it is under
    way."""

    notified: str
    status: str

    @property
    def arrived(self) -> bool | None:
        if self.status in _DID_NOT_ARRIVE:
            return False
        return True if self.status in _ARRIVED else None


@dataclass(slots=True)
class Notify:
    """One service of GOV.UK Notify. `key`: NAME-SERVICE_ID-SECRET, as Notify shows it once."""

    url: str
    key: str = field(repr=False)
    seconds: float = SECONDS
    _session: aiohttp.ClientSession | None = None

    async def send(
        self, way: Way, to: str, template: str, says: dict[str, str], reference: str
    ) -> Filed | NotNow | Never:
        """`Filed.reference` is Notify's id, empty if its answer could not be read."""
        kind, address = _KINDS[way]
        body = {
            address: to, "template_id": template, "personalisation": says, "reference": reference,
        }  # fmt: skip
        answer = await self._ask("POST", f"/v2/notifications/{kind}", body)
        if isinstance(answer, dict):
            return Filed(str(answer.get("id") or ""))
        return answer

    async def taken(self, reference: str) -> Taken | NotNow | Never | None:
        """What Notify took by this reference; none: nothing."""
        path = f"/v2/notifications?reference={quote(reference, safe='')}"
        answer = await self._ask("GET", path)
        if not isinstance(answer, dict):
            return answer
        found = answer.get("notifications") or []
        return Taken(str(found[0]["id"]), str(found[0]["status"])) if found else None

    async def receipt(self, notified: str) -> Taken | NotNow | Never:
        """How it is with one that it took."""
        answer = await self._ask("GET", f"/v2/notifications/{quote(notified, safe='')}")
        if not isinstance(answer, dict):
            return answer
        return Taken(notified, str(answer.get("status") or ""))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | NotNow | Never:
        headers = {"Authorization": f"Bearer {token(self.key, datetime.now(UTC))}"}
        try:
            async with self._open().request(
                method, self.url + path, json=body, headers=headers, allow_redirects=False
            ) as answer:
                said = await _read(answer)
                return said if 200 <= answer.status < 300 else _failed(answer.status, said)
        except aiohttp.ClientConnectorError:
            return NotNow("no connection to GOV.UK Notify")  # nothing was sent
        except (TimeoutError, aiohttp.ClientError) as error:
            return NotNow(f"no answer of GOV.UK Notify ({type(error).__name__})", unknown=True)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self.seconds)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        return self._session


def token(key: str, at: datetime) -> str:
    """Who asks, and when: `iss` is the service's id, `iat` may be 30 seconds off at the most."""
    from joserfc import jwt  # noqa: PLC0415 - only who sends needs it
    from joserfc.jwk import OctKey  # noqa: PLC0415

    service, secret = key[-2 * _UUID - 1 : -_UUID - 1], key[-_UUID:]
    claims = {"iss": service, "iat": int(at.timestamp())}
    return jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, OctKey.import_key(secret))


async def _read(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """Empty where it is no JSON object: a proxy between may answer anything."""
    try:
        said = await answer.json(content_type=None)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _failed(status: int, said: dict[str, Any]) -> NotNow | Never:
    """Its own words are left out: they may repeat the number or the address."""
    errors = said.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    first = first if isinstance(first, dict) else {}
    named = re.fullmatch(r"\w{1,40}", str(first.get("error") or ""))
    why = f"GOV.UK Notify: status {status}" + (f", {named[0]}" if named else "")
    clock = status == 403 and "clock" in str(first.get("message") or "")
    if status in _AGAIN or status >= 500:
        return NotNow(why)
    if clock:  # it will be set right
        return NotNow(f"{why}: this machine's clock is wrong")
    return Never(why)
