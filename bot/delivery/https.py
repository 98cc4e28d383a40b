"""`https://…`: the council's own integration layer, as a signed CloudEvent.

CloudEvents 1.0 (structured mode), Standard Webhooks signatures, and `Idempotency-Key`: by it the
receiver knows a document that it has taken already, so that a try without an answer is safe to
repeat. The JSON stands in `data.document`, attachments in base64 in `data.attachments`.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

from bot.delivery.filing import File, Filed, Never, NotNow, head_of

SECONDS = 30
_AGAIN = frozenset({408, 425, 429})
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(slots=True)
class Endpoint:
    """One address. 2xx and 409 mean that it is there."""

    url: str
    secret: str = field(repr=False)
    seconds: float = SECONDS
    _session: aiohttp.ClientSession | None = None

    async def file(
        self, key: str, document: dict[str, Any], pdf: bytes, files: Sequence[File] = ()
    ) -> Filed | NotNow | Never:
        return await self.post(key, _filed(key, document, pdf, files))

    async def post(self, key: str, event: CloudEvent) -> Filed | NotNow | Never:
        """Any event, signed; `key` is the same however often it is tried."""
        headers, body = self._message(key, event)
        try:
            async with self._open().post(
                self.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return _outcome(answer.status, answer.headers.get("Retry-After"), key)
        except aiohttp.ClientConnectorError:
            return NotNow("no connection")  # nothing was sent, so nothing can have arrived
        except (TimeoutError, aiohttp.ClientError) as error:
            return NotNow(f"no answer ({type(error).__name__})", unknown=True)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self.seconds)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        return self._session

    def _message(self, key: str, event: CloudEvent) -> tuple[dict[str, str], bytes]:
        message = to_structured(event, JSONFormat())
        body = message.body
        at = datetime.now(UTC)
        signature = Webhook(self.secret).sign(key, at, body.decode())
        return {
            **message.headers,
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }, body


def _filed(key: str, document: dict[str, Any], pdf: bytes, files: Sequence[File]) -> CloudEvent:
    head = head_of(document)
    return CloudEvent(
        {
            "specversion": "1.0",
            "id": key,
            "source": f"urn:sayso:{document['council']}",
            "type": head.event,
            "subject": head.id,
            "time": datetime.fromisoformat(head.made_at),
            "datacontenttype": "application/json",
        },
        {
            "document": document,
            "attachments": [
                {
                    "name": one.name,
                    "media_type": one.media_type,
                    "content_base64": base64.b64encode(one.content).decode(),
                }
                for one in (File(f"{head.name}.pdf", "application/pdf", pdf), *files)
            ],
        },
    )


def _outcome(status: int, retry_after: str | None, key: str) -> Filed | NotNow | Never:
    if 200 <= status < 300 or status == 409:
        return Filed(key)
    if status in _AGAIN or status >= 500:
        return NotNow(f"status {status}", after=_wait(retry_after))
    return Never(f"The receiver refused it with status {status}.")


def _wait(retry_after: str | None) -> timedelta | None:
    """What `Retry-After` says, in seconds or as a date; None if nothing useful."""
    if not retry_after:
        return None
    try:
        seconds = timedelta(seconds=int(retry_after))
    except ValueError:
        try:
            seconds = parsedate_to_datetime(retry_after) - datetime.now(UTC)
        except (TypeError, ValueError):
            return None
    return min(max(seconds, timedelta(seconds=1)), _LONGEST_WAIT)
