"""Reading a form with big files, piece by piece: never a whole one in memory."""

import asyncio
import re
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, MultipartReader, web

from bot.desk.forms import TOKEN
from bot.service.import_requests import MOST_BYTES, MOST_FILES

ROUTES = frozenset({"desk.import_handed_in"})
"""Routes whose form may have files. Their first field is the token, so that nothing else is read
of a form that no page of ours sent."""

SECONDS = 900
"""For the whole of it: 300 MB over a slow line."""
PIECE = 1024 * 1024
_MOST_TEXT = 256
_MOST_FIELDS = 16
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")

READER = web.RequestKey("reader", MultipartReader)


class BrokenOff(Exception):
    """Not all of it came, or it is no form of ours."""


class TooBig(Exception):
    """All files together are more than is taken at the desk."""


def has_files(request: web.Request, route: str) -> bool:
    return route in ROUTES and request.content_type == "multipart/form-data"


async def token_of(request: web.Request) -> str:
    """The first field, if it is the token; empty if not. The rest waits to be read."""
    try:
        async with asyncio.timeout(SECONDS):
            request[READER] = reader = await request.multipart()
            part = await reader.next()
            if not isinstance(part, BodyPartReader) or part.name != TOKEN:
                return ""
            return (await _text(part)) or ""
    except (TimeoutError, web.RequestPayloadError, ValueError, RuntimeError):
        return ""


async def fields_of(request: web.Request) -> tuple[dict[str, str], BodyPartReader | None]:
    """The text fields that come before the first file, and that file's part."""
    fields: dict[str, str] = {}
    try:
        async with asyncio.timeout(SECONDS):
            while len(fields) < _MOST_FIELDS:
                part = await request[READER].next()
                if not isinstance(part, BodyPartReader):
                    return fields, None
                if part.filename is not None:
                    return fields, part
                fields[part.name or ""] = (await _text(part)) or ""
    except (TimeoutError, web.RequestPayloadError, ValueError, RuntimeError) as error:
        raise BrokenOff from error
    raise BrokenOff


async def pieces_of(
    request: web.Request, first: BodyPartReader
) -> AsyncIterator[tuple[str, int, bytes]]:
    """Every file's pieces: its name, which piece from 0 on, and what is in it. `BrokenOff`,
    `TooBig`. A file that is empty has one empty piece, so that it can be told."""
    part: BodyPartReader | None = first
    size, names = 0, set[str]()
    try:
        async with asyncio.timeout(SECONDS):
            while part is not None:
                name = _name(part.filename or "")
                if name and (name in names or len(names) == MOST_FILES):
                    raise BrokenOff
                names.add(name)
                number, piece = 0, bytearray()
                while chunk := await part.read_chunk(64 * 1024):
                    size += len(chunk)
                    if size > MOST_BYTES:
                        raise TooBig
                    piece += chunk
                    if len(piece) >= PIECE:
                        yield name, number, bytes(piece)
                        number, piece = number + 1, bytearray()
                if name and (piece or not number):
                    yield name, number, bytes(piece)
                following = await request[READER].next()
                part = following if isinstance(following, BodyPartReader) else None
    except (TimeoutError, web.RequestPayloadError, ValueError, RuntimeError) as error:
        raise BrokenOff from error


def _name(filename: str) -> str:
    """The file's own name, without folders and without what a file system minds."""
    return _NAME.sub("_", filename.replace("\\", "/").rsplit("/", 1)[-1])[:64].lstrip(".")


async def _text(part: BodyPartReader) -> str | None:
    content = bytearray()
    while chunk := await part.read_chunk(1024):
        content += chunk
        if len(content) > _MOST_TEXT:
            return None
    return content.decode("utf-8", "replace")
