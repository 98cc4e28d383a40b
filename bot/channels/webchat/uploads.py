"""Reading what was said aloud or shown: a form with files, bounded in size and time."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from bot.web.forms import Form, FormUnreadable
from conversations.attaching import Medium

SECONDS = 180
"""For the whole of it: 20 MB over a slow phone."""

FIELDS = {"picture": Medium.PICTURE, "drawing": Medium.PICTURE, "voice": Medium.VOICE}
"""The form's file fields."""

_MOST_TEXT = 64 * 1024  # bytes of a field that is no file: 10,000 characters of any kind
_MOST_PARTS = 64
_PATIENCE = 3
"""So many times what is allowed is read and thrown away, so that a browser without script shows
why, and not that the connection broke."""


@dataclass(slots=True)
class Uploaded:
    """A posted form. `files`: those that were chosen, each once in memory; `too_big`: one was too
    big, and nothing of it is here."""

    form: Form
    files: list[tuple[Medium, bytearray]] = field(default_factory=list)
    too_big: Medium | None = None


async def read_upload(request: web.Request, most: int) -> Uploaded:
    """`most`: bytes of all files together. `FormUnreadable`; `HTTPRequestEntityTooLarge` for what
    nobody would send."""
    if request.content_type != "multipart/form-data":
        raise FormUnreadable("not a form with files")
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(request, most)
    except TimeoutError as error:
        raise FormUnreadable("too slow") from error
    except (web.RequestPayloadError, ValueError, RuntimeError) as error:
        raise FormUnreadable("not packed as it says, or cut off") from error


async def _read(request: web.Request, most: int) -> Uploaded:
    fields: dict[str, tuple[str, ...]] = {}
    found = Uploaded(Form(fields))
    room, parts = most, 0
    async for part in await request.multipart():
        parts += 1
        if not isinstance(part, BodyPartReader) or parts > _MOST_PARTS:
            raise FormUnreadable("no form of ours")
        name = part.name or ""
        if part.filename is None and name not in FIELDS:
            value = await _bounded(part, _MOST_TEXT, _MOST_TEXT)
            if value is None:
                raise FormUnreadable("too long")
            fields[name] = (*fields.get(name, ()), value.decode("utf-8", "replace"))
        elif name in FIELDS:
            content = await _bounded(part, room, most * _PATIENCE)
            if content is None:
                found.too_big = FIELDS[name]
            elif content:
                room -= len(content)
                found.files.append((FIELDS[name], content))
    return found


async def _bounded(part: BodyPartReader, most: int, patience: int) -> bytearray | None:
    """What is in it; None if that is more, all of which was read."""
    content, size = bytearray(), 0
    while piece := await part.read_chunk(64 * 1024):
        size += len(piece)
        if size > patience:
            raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=size)
        if size <= most:
            content += piece
        else:
            content.clear()
    return None if size > most else content
