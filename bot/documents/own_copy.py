"""A young person's own copy on paper: PDF/UA, in the look and the words of their band."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.documents.typesetting import typeset
from bot.service.own_words import Mine, Once
from bot.service.wording import LONDON, Reader, whole_date
from conversations import texts
from conversations import texts_taking_back as more
from conversations.wording import Band, Say, Text

OWN_COPY = "own_copy"


@dataclass(frozen=True, slots=True)
class _Look:
    """Of a band: the ground of its title and the ink on it, its words, its type in points."""

    leaf: str
    leaf_ink: str
    words: str
    size: int
    pictures: bool


_LOOKS = {
    Band.FOUR: _Look("#d3e7f7", "#14302c", "#ffe6ae", 15, pictures=True),
    Band.EIGHT: _Look("#d3eadb", "#14302c", "#ffe6ae", 14, pictures=True),
    Band.TWELVE: _Look("#cbe3d6", "#14302c", "#ffe6ae", 13, pictures=True),
    Band.SIXTEEN: _Look("#1f302d", "#ffffff", "#fff1cf", 12, pictures=False),
}
"""As the pages of each band look (`tokens.css`), on white."""


def paper(mine: Mine, reader: Reader, lines: Text, pictures: Path, now: datetime) -> dict[str, Any]:
    """All that stands on it, ready to be printed. `pictures`: a folder of them, by code point."""
    look = _LOOKS[reader.band]
    used = {
        one.picture: (pictures / f"{one.picture}.svg").read_text()
        for once in mine.times
        for one in once.words
        if one.picture and look.pictures
    }
    day = whole_date(now.astimezone(LONDON).date(), reader.locale)
    return {
        "paper": OWN_COPY,
        "lang": reader.locale,
        "made_at": now.isoformat(),
        "look": asdict(look),
        "pictures": used,
        "title": reader.text(more.PAPER_TITLE),
        "owner": reader.read(Say(more.PAPER_OWNER, {"day": day})),
        "says": reader.text(more.PAPER_SAYS),
        "times": [_time(once, used) for once in mine.times],
        "nothing": reader.text(more.PAPER_NOTHING),
        "before": reader.text(more.PAPER_BEFORE) if mine.before else "",
        "lines": reader.text(lines),
    }


def _time(once: Once, pictures: dict[str, str]) -> dict[str, Any]:
    reader = once.reader
    topics: dict[str, dict[str, Any]] = {}
    for one in once.words:
        topic = topics.setdefault(one.topic_id, {"title": one.topic, "said": [], "gone": []})
        hears = reader.read(Say(more.PAPER_HEARS, {"who": one.hears}))
        aloud = "" if one.aloud else f" {reader.text(more.NOT_ALOUD)}."
        topic["said"].append(
            {
                "question": one.question,
                "words": "\n".join(filter(None, (one.said, *one.shown))),
                "picture": one.picture if one.picture in pictures else None,
                "hears": hears + aloud,
            }
        )
    for gone in once.gone:
        topic = topics.setdefault(gone.topic_id, {"title": gone.topic, "said": [], "gone": []})
        day = whole_date(gone.at.astimezone(LONDON).date(), reader.locale)
        line = reader.read(Say(more.TAKEN_BACK_LINE, {"day": day}))
        topic["gone"].append({"question": gone.question, "line": line})
    return {
        "title": once.title,
        "notes": _notes(once),
        "topics": list(topics.values()),
    }


def _notes(once: Once) -> list[str]:
    reader, notes = once.reader, []
    agreed = once.agreement["agreed_to_start_at"]
    if agreed:
        day = whole_date(datetime.fromisoformat(agreed).astimezone(LONDON).date(), reader.locale)
        notes.append(reader.read(Say(more.PAPER_AGREED, {"day": day})))
    if once.sent_at is not None:
        day = whole_date(once.sent_at.astimezone(LONDON).date(), reader.locale)
        notes.append(reader.read(Say(more.PAPER_SENT, {"day": day})))
        notes.append(reader.read(Say(texts.SENT_RECEIPT, {"receipt": once.receipt})))
    else:
        notes.append(reader.text(more.PAPER_NOT_SENT))
    return notes


def own_copy_pdf(document: dict[str, Any]) -> bytes:
    """The PDF of such a paper. The same bytes for the same paper."""
    return typeset("own_copy.typ", document, datetime.fromisoformat(document["made_at"]))
