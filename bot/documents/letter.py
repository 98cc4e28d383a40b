"""Letters that invite, each on one page, as one PDF to print; and one of them as a picture.

`docs/invitations.md`. The square is made here: what it opens is in the document and nowhere else.
"""

from datetime import datetime
from io import BytesIO
from typing import Any

import segno

from bot.documents.typesetting import typeset
from bot.service.outcome import TooLong

_LOOKS: dict[str, dict[str, Any]] = {
    "4-7": {"title": 1.55, "sizes": [12.5, 12, 11.5, 11]},
    "8-11": {"title": 1.5, "sizes": [12, 11.5, 11]},
    "12-15": {"title": 1.5, "sizes": [11.5, 11, 10.5]},
    "16+": {"title": 1.5, "sizes": [11.5, 11, 10.5]},
}
"""How large the title is against the text, and sizes in points: the first, or where that is too
large, the largest that fits."""


def letters_pdf(document: dict[str, Any]) -> bytes:
    """The PDF (`bot.service.letters.document`). `TooLong`: one does not fit on its page."""
    return _made(document, "pdf")


def letter_picture(document: dict[str, Any]) -> bytes:
    """The first page as PNG, to look at before it is printed."""
    return _made(document, "png")


def _made(document: dict[str, Any], form: str) -> bytes:
    letters = [
        {**one, "look": _LOOKS[one["band"]], "qr": list(square(one["link"]))}
        for one in document["letters"]
    ]
    view = {**document, "letters": letters, "fit": False}
    at = datetime.fromisoformat(document["made_at"])
    for fit in (False, True):
        try:
            return typeset("letter.typ", {**view, "fit": fit}, at, picture=form == "png")
        except RuntimeError as error:
            if "too long for one page" not in str(error):
                raise
    raise TooLong


def square(link: str) -> bytes:
    """A QR code as PNG, black on white. A quarter of it may be lost to a stain or a bad copy."""
    out = BytesIO()
    segno.make(link, error="q", micro=False, boost_error=False).save(
        out, kind="png", scale=6, border=2, dark="#000000", light="#ffffff"
    )
    return out.getvalue()
