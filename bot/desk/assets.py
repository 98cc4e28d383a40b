"""The desk's styles and scripts, and the colour that its council chose."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.web.assets import Assets

FOLDER = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Colours:
    """A style sheet of one line: styles in the page itself are forbidden by our own headers."""

    url: str
    css: str


def colours_of(header_colour: str) -> Colours:
    css = f":root {{ --app-council-colour: {header_colour}; }}\n"
    digest = hashlib.sha256(css.encode()).hexdigest()[:12]
    return Colours(f"/desk/colours/{digest}.css", css)


STATIC = web.AppKey("desk_static", Assets)
COLOURS = web.AppKey("desk_colours", Colours)


async def colours(request: web.Request) -> web.Response:
    """`GET /desk/colours/<digest>.css`"""
    found = request.app[COLOURS]
    if request.path != found.url:
        raise web.HTTPNotFound
    return web.Response(
        text=found.css, content_type="text/css", headers={"Cache-Control": _FOR_EVER}
    )
