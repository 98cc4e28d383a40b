"""The JSON document of the answer to a wish, valid against `docs/schemas/ask-answer.schema.json`,
and its PDF/UA: the young person's own words first, then what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.documents.contribution import content_sha256
from bot.documents.typesetting import typeset
from bot.service.days import local_day, whole_day
from bot.service.wording import Reader
from conversations import asks
from conversations.asks import Answer, Reply, State
from conversations.wording import Band, Say, Text, _

SCHEMA = "urn:sayso:ask-answer:1"
Document = dict[str, Any]
_STAFF = Reader(Band.SIXTEEN)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `words`: verbatim; `chosen`: what was picked, as it was read; `shown`:
    names of voice notes and pictures, which were filed with the contribution."""

    ask_id: str
    contribution_id: str
    version: int
    question_id: str
    theme: str
    question: str
    words: str | None
    chosen: tuple[str, ...]
    shown: tuple[str, ...]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """`review`: the contribution's `review`; `supersedes`: the number of the answer before it;
    `replies`: what was said to earlier ones."""

    council: str
    case_id: str
    review: Mapping[str, Any]
    language: str
    number: int
    by_name: str
    by_title: str
    at: datetime
    supersedes: int | None
    replies: Sequence[tuple[int, Reply, str, datetime]]


def document(wish: Wish, answer: Answer, about: About, destination: str) -> Document:
    """All of it, for a record whose readers may hear the wish."""
    return _signed(
        {
            **_head(wish, about, destination),
            "withheld": False,
            "asked": {
                "question": wish.question,
                "words": wish.words,
                "chosen": list(wish.chosen),
                "shown": list(wish.shown),
            },
            "outcome": answer.state.value,
            "words": answer.words,
            "reason": answer.reason or None,
            "who": answer.who or None,
            "by": answer.by.isoformat() if answer.by else None,
            **({"told_on": answer.told_on.isoformat()} if answer.told_on else {}),
            "replies": [
                {"answer": number, "reply": reply.value, "words": words or None,
                 "said_at": at.isoformat()}
                for number, reply, words, at in about.replies
            ],
        }
    )  # fmt: skip


def stub(wish: Wish, about: About) -> Document:
    """For a record whose readers may not: that a wish was answered, when and by whom."""
    return _signed(
        {
            **_head(wish, about, "ordinary"),
            "withheld": True,
            "asked": None,
            "outcome": None,
            "words": None,
            "reason": None,
            "who": None,
            "by": None,
            "replies": [],
        }
    )


def _head(wish: Wish, about: About, destination: str) -> Document:
    return {
        "schema": SCHEMA,
        "ask_id": wish.ask_id,
        "answer": about.number,
        "supersedes": about.supersedes,
        "contribution_id": wish.contribution_id,
        "contribution_version": wish.version,
        # What a wish is about is a word of it where the record's readers may not hear it.
        "question_id": wish.question_id,
        "theme": wish.theme,
        "council": about.council,
        "case_id": about.case_id,
        "review": dict(about.review),
        "language": about.language,
        "asked_at": wish.asked_at.isoformat(),
        "answered_at": about.at.isoformat(),
        "answered_by": {"name": about.by_name, "role": about.by_title},
        "destination": destination,
    }


def _signed(bare: Document) -> Document:
    if bare["withheld"]:
        bare |= {"question_id": None, "theme": None}
    bare["content_sha256"] = content_sha256(bare)
    return bare


_TITLE = Text(_("A wish, and what was said to it"))
_RESTRICTED_TITLE = Text(_("A wish, and what was said to it: only for those named"))
_ABOUT = Text(_("Case {case_id}. Review {review_id}. Wished {asked}. Answered {answered}."))
_ASKED = Text(_("In the young person's own words"))
_OUTCOME = Text(_("What became of it"))
_BY = Text(_("Written by {name}, {role}, and sent to the young person."))
_TOLD = Text(_("Told to the young person on {told}, and written down by {name}, {role}."))
_WITHHELD = Text(
    _("A wish was answered that is for fewer people. Neither stands in this document.")
)
_BEFORE = Text(_("What they said to an earlier answer"))
_REPLACES = Text(_("This replaces answer {number}."))
_RECORD = Text(_("Ask {id}, answer {number}. SHA-256 {sha}"))
_SHOWN = Text(_("Said aloud or shown: {files}. It was filed with their contribution."))
_STATES = {
    State.LOOKING: Text(_("It is still being looked at")),
    State.AGREED: Text(_("It was agreed")),
    State.PART: Text(_("Part of it was agreed")),
    State.NOT_AGREED: Text(_("It was not agreed")),
    State.DONE: Text(_("It is done")),
}


def outcome_for_staff(state: State) -> str:
    """How the outcome is called among adults."""
    return _STAFF.text(_STATES[state])


def ask_answer_pdf(document: Document) -> bytes:
    """The PDF of one JSON document. The same bytes for the same document."""
    at = datetime.fromisoformat(document["answered_at"])
    return typeset("ask_answer.typ", _view(document), at)


def _view(document: Document) -> Document:
    restricted = document["destination"] == "restricted"
    asked = document["asked"] or {"question": "", "words": None, "chosen": [], "shown": []}
    said = [*asked["chosen"], asked["words"] or ""]
    if asked["shown"]:
        said.append(_STAFF.read(Say(_SHOWN, {"files": ", ".join(asked["shown"])})))
    return {
        "council": document["council"].replace("-", " ").title(),
        "title": _STAFF.text(_RESTRICTED_TITLE if restricted else _TITLE),
        "about": _STAFF.read(
            Say(
                _ABOUT,
                {
                    "case_id": document["case_id"],
                    "review_id": document["review"]["review_id"],
                    "asked": _day(document["asked_at"]),
                    "answered": _day(document["answered_at"]),
                },
            )
        ),
        "withheld": _STAFF.text(_WITHHELD) if document["withheld"] else "",
        "asked_title": _STAFF.text(_ASKED),
        "question": asked["question"],
        "said": "\n".join(part for part in said if part),
        "outcome_title": _STAFF.text(_OUTCOME),
        "outcome": "" if document["withheld"] else outcome_for_staff(State(document["outcome"])),
        "answer": _answer(document),
        "by": _by(document),
        "before_title": _STAFF.text(_BEFORE),
        "before": [_reply(one) for one in document["replies"]],
        "notes": _notes(document),
        "footer": f"{document['ask_id']} a{document['answer']}",
    }


def _answer(document: Document) -> list[str]:
    """As it was read, paragraph by paragraph."""
    if document["withheld"]:
        return []
    by = date.fromisoformat(document["by"]) if document["by"] else None
    answer = Answer(
        State(document["outcome"]),
        document["words"],
        document["reason"] or "",
        document["who"] or "",
        by,
    )
    return [answer.words, *(_STAFF.read(say) for say in asks.says(answer))]


def _by(document: Document) -> str:
    if not document.get("told_on"):
        return _STAFF.read(Say(_BY, document["answered_by"]))
    told = whole_day(date.fromisoformat(document["told_on"]))
    return _STAFF.read(Say(_TOLD, {**document["answered_by"], "told": told}))


def _reply(one: Mapping[str, Any]) -> str:
    label = _STAFF.text(asks.REPLIES[Reply(one["reply"])])
    words = f"\n{one['words']}" if one["words"] else ""
    return f"{_day(one['said_at'])}: {label}{words}"


def _day(iso: str) -> str:
    return whole_day(local_day(datetime.fromisoformat(iso)))


def _notes(document: Document) -> list[str]:
    notes = []
    if document["supersedes"]:
        notes.append(_STAFF.read(Say(_REPLACES, {"number": document["supersedes"]})))
    record = {
        "id": document["ask_id"],
        "number": document["answer"],
        "sha": document["content_sha256"],
    }
    notes.append(_STAFF.read(Say(_RECORD, record)))
    return notes
