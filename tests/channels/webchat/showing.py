"""Showing and saying aloud in the web chat, as a browser without script does it."""

import io
import re
from collections.abc import Mapping

import aiohttp

from conversations.hearing import Chosen, Command, Name
from tests.channels.webchat.visiting import Seen, Visitor, _seen
from tests.channels.webchat.young import Young, only_explained

QUESTION = "well.what"
FILES = {"picture": ("IMG_1234 my room.jpg", "image/jpeg"), "voice": ("voice.webm", "audio/webm"),
         "drawing": ("drawing.png", "image/png")}  # fmt: skip


async def come(visitor: Visitor, band: str = "12-15") -> Young:
    """A young person who is let in and at a question that takes words."""
    young = await visitor.comes(band)
    await young.goes_to(QUESTION, only_explained)
    return young


async def attach(
    visitor: Visitor,
    files: Mapping[str, bytes],
    *,
    words: str = "",
    turn: str | None = None,
    follow: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Seen:
    """Choose files, and press the button beside them."""
    form = aiohttp.FormData()
    form.add_field("turn", (await visitor.get("/chat")).turn if turn is None else turn)
    form.add_field("words", words)
    for name, content in files.items():
        filename, media_type = FILES[name]
        form.add_field(name, io.BytesIO(content), filename=filename, content_type=media_type)
    own = {"Origin": visitor.sayso.base, "Sec-Fetch-Site": "same-origin"} | dict(headers or {})
    async with visitor.session.post(
        visitor.sayso.base + "/chat/attach", data=form, headers=own, allow_redirects=follow
    ) as answer:
        return await _seen(answer)


def shown(page: Seen) -> list[str]:
    """The addresses of what the page shows and plays."""
    return re.findall(r'src="(/chat/attachments/[^"]+)"', page.html)


async def send(young: Young) -> None:
    await young.says(Chosen(option="@check"))
    await young.says(Command(name=Name.SEND))
