"""*My meeting*: one page that a young person makes of what they said, to bring and to lead by.

Their words are on it, so it is made behind the PIN as they are read, never sent into a chat
(`domain.md` rule 4), and of what they tick and nothing else: a paper lies about. Their name, the
day and the place are lines to write on; a stolen phone tells none of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.service.hear import reader_of
from bot.service.house import House
from bot.service.wording import Reader, in_words
from conversations import taking_part_texts as texts
from conversations.conversation import Answer
from conversations.flows import FLOWS
from conversations.sharing import audience_of_answer, is_read_aloud
from storage import audit
from storage.conversations import Kept

_APART = frozenset({"meeting.how", "meeting.chair", "meeting.first"})
"""Answers that have a place of their own on the page."""
_NEVER = frozenset({"meeting.why_not", "meeting.alone", "meeting.advocate"})
"""Answers that are asked of a person, or say why they would not come: no page is needed for them,
and whoever sits beside them need not see it."""


@dataclass(frozen=True, slots=True)
class Line:
    """An answer that may go on the page. `on`: ticked at first, because everyone there may hear it,
    or because it says how the meeting should go; never what is not to be read out."""

    question_id: str
    question: str
    words: str
    on: bool


def is_offered(kept: Kept) -> bool:
    """Once something is sent, where it was asked how they want to take part."""
    conversation = kept.conversation
    return bool(conversation.sent) and "meeting.how" in FLOWS[conversation.flow_id].by_id


def lines(kept: Kept, answers: Sequence[Answer]) -> tuple[Line, ...]:
    """What may go on it, of these answers, which are those that they may read."""
    flow, reader = FLOWS[kept.conversation.flow_id], reader_of(kept)
    found = []
    for answer in answers:
        if answer.question in _NEVER:
            continue
        question = flow.by_id[answer.question][1]
        words = in_words(reader, question, answer)
        if not words:
            continue  # said aloud or drawn: no paper holds it
        everyone = "meeting" in audience_of_answer(flow, kept.conversation, answer.question)
        aloud = is_read_aloud(kept.conversation, answer.question)
        found.append(
            Line(
                answer.question,
                answer.shown or reader.text(question.text),
                words,
                aloud and (everyone or answer.question in _APART),
            )
        )
    return tuple(found)


def make(
    db: Connection,
    house: House,
    kept: Kept,
    answers: Sequence[Answer],
    ticked: Collection[str],
    now: datetime,
) -> dict[str, Any]:
    """The document of the page, of what is ticked. That it was made is on record."""
    reader = reader_of(kept)
    chosen = [one for one in lines(kept, answers) if one.question_id in ticked]
    by_id = {one.question_id: one for one in chosen}
    who = f"young_person:{kept.person_id}"
    audit.add(
        db, house.id, now, actor=who, act="meeting_page_made", subject=who,
        detail=f"{len(chosen)} answers",
    )  # fmt: skip

    def words(question_id: str) -> str:
        return by_id[question_id].words if question_id in by_id else ""

    read = reader.text
    return {
        "paper": "my_meeting",
        "band": reader.band.value,
        "made_at": now.isoformat(),
        "title": read(texts.PAPER_TITLE),
        "name": read(texts.PAPER_NAME),
        "when": read(texts.PAPER_WHEN),
        "how_title": read(texts.PAPER_HOW),
        "how": words("meeting.how"),
        "jobs_title": read(texts.PAPER_JOBS),
        "jobs": _jobs(kept, reader) if "meeting.chair" in by_id else [],
        "first_title": read(texts.PAPER_FIRST),
        "first": words("meeting.first"),
        "said_title": read(texts.PAPER_SAID),
        "said": [
            {"question": one.question, "words": one.words}
            for one in chosen
            if one.question_id not in _APART
        ],
        "asks_title": read(texts.PAPER_ASKS),
        "asks": [read(one) for one in (texts.PAPER_NEXT, texts.PAPER_WHO, texts.PAPER_BY_WHEN)],
        "notes_title": read(texts.PAPER_NOTES),
        "break": read(texts.PAPER_BREAK),
        "footer": read(texts.PAPER_FOOT),
    }


def _jobs(kept: Kept, reader: Reader) -> list[dict[str, str]]:
    answer = kept.conversation.answers["meeting.chair"]
    question = FLOWS[kept.conversation.flow_id].by_id["meeting.chair"][1]
    return [
        {"name": reader.text(option.label), "how": reader.text(texts.JOBS[option.id])}
        for option in question.options
        if option.id in answer.choices and option.id in texts.JOBS
    ]
