"""What an advocate is briefed with, on paper: only what a young person lets an advocate hear."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_time

from bot.documents.typesetting import typeset
from bot.service.wording import LONDON


def brief_pdf(document: dict[str, Any]) -> bytes:
    """The PDF of one brief (`bot.service.briefing.make`)."""
    return typeset("brief.typ", _view(document), datetime.fromisoformat(document["made_at"]))


def _view(document: dict[str, Any]) -> dict[str, Any]:
    name = document["name"]
    given = name.split()[0] if name.split() else name
    review = _day(document["review_on"]) if document["review_on"] else "no date yet"
    return {
        "council": document["council"],
        "title": f"What {given} wants said",
        "about": f"{name}. Review: {review}. Sent {_moment(document['sent_at'])}.",
        "why": f"{given} chose that their advocate may hear these answers. They are {given}’s own "
        "words. There may be others, which are for other people.",
        "answers": [_answer(one, document["made_by"]) for one in document["answers"]],
        "made": f"Made by {document['made_by']}, {_moment(document['made_at'])}. "
        f"Questions: {document['phone']}. If somebody may not be safe, ring that number, or 999.",
        "footer": "For the advocate alone. Give it back or destroy it after the review.",
        "wish": "A wish: ask what becomes of it.",
        "quiet": "Not to be read aloud.",
    }


_SHOWN = {"voice": "a voice note", "picture": "a picture"}


def _answer(one: dict[str, Any], officer: str) -> dict[str, Any]:
    said = [one["said"], _day(one["day"]) if one["day"] else ""]
    shown = " and ".join(_SHOWN[medium] for medium in one["shown"])
    return {
        "shown": f"To this belongs {shown}, which no paper holds: ask {officer}." if shown else "",
        "question": one["question"],
        "said": "\n".join(part for part in said if part),
        "wish": one["wish"],
        "quiet": not one["read_aloud"],
    }


def _day(iso: str) -> str:
    return str(format_date(date.fromisoformat(iso), "EEEE d MMMM yyyy", locale="en_GB"))


def _moment(iso: str) -> str:
    local = datetime.fromisoformat(iso).astimezone(LONDON)
    day = format_date(local.date(), "d MMMM yyyy", locale="en_GB")
    return f"{day}, {format_time(local.time(), 'HH:mm', locale='en_GB')}"
