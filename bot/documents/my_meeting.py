"""*My meeting*: a young person's own page to bring, by band. One page, whatever stands on it."""

from datetime import datetime
from typing import Any

from bot.documents.typesetting import typeset
from bot.service.outcome import TooLong

_LOOKS: dict[str, dict[str, Any]] = {
    "4-7": {"leaf": "#d3e7f7", "hill": "#b2dabf", "hills": True, "ink": "#14302c",
            "sizes": [18, 16, 14.5, 13]},
    "8-11": {"leaf": "#d3eadb", "hill": "#a3d1b5", "hills": True, "ink": "#14302c",
             "sizes": [15, 14, 13, 12, 11]},
    "12-15": {"leaf": "#cbe3d6", "hill": "#99c5b0", "hills": True, "ink": "#14302c",
              "sizes": [14, 13, 12, 11, 10.5]},
    "16+": {"leaf": "#1f302d", "hill": "#1f302d", "hills": False, "ink": "#ffffff",
            "sizes": [13, 12, 11, 10.5]},
}  # fmt: skip
"""Colours and sizes in points of each band; the largest that fits is taken, and none is smaller."""


def my_meeting_pdf(document: dict[str, Any]) -> bytes:
    """The PDF (`bot.service.my_meeting.make`). `TooLong`: it does not fit on one page."""
    view = {**document, "look": _LOOKS[document["band"]]}
    try:
        return typeset("my_meeting.typ", view, datetime.fromisoformat(document["made_at"]))
    except RuntimeError as error:
        if "too long for one page" in str(error):
            raise TooLong from None
        raise
