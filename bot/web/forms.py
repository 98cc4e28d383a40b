"""Reading a form: bounded in size and time, and every character of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

_SECONDS = 10
_FIELDS = 64


class FormUnreadable(Exception):
    """What was posted is no form; nothing of it can be kept."""


@dataclass(frozen=True, slots=True)
class Form:
    """Each field's values, in their order."""

    fields: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """The first value; empty where there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())


async def read_form(request: web.Request) -> Form:
    """A posted form. `FormUnreadable`; `HTTPRequestEntityTooLarge` beyond the application's limit.

    Bytes that are no UTF-8 become U+FFFD; surrogates are passed on, so that whoever keeps the
    words can count what had to be replaced.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise FormUnreadable("not a form")
    try:
        async with asyncio.timeout(_SECONDS):  # aiohttp itself waits for ever
            body = await request.read()
    except TimeoutError as error:
        raise FormUnreadable("too slow") from error
    except web.RequestPayloadError as error:
        raise FormUnreadable("not packed as it says, or cut off") from error
    for errors in ("surrogatepass", "replace"):
        try:
            pairs = parse_qsl(
                body.decode("ascii", "replace"),
                keep_blank_values=True,
                errors=errors,
                max_num_fields=_FIELDS,
            )
        except UnicodeDecodeError:
            continue
        except ValueError as error:
            raise FormUnreadable("too many fields") from error
        fields: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            fields[name] = (*fields.get(name, ()), value)
        return Form(fields)
    raise FormUnreadable("not text")
