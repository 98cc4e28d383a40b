"""An officer's note as it is filed: the JSON document, valid against its schema, and the PDF/UA of
the same content. `docs/schemas/quality-assurance.schema.json`, `docs/schemas/dispute.schema.json`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.documents.contribution import content_sha256
from bot.documents.typesetting import typeset
from bot.service.days import clock, local_day, whole_day
from bot.service.notes import Page, Written
from conversations import challenge, quality
from storage.contributions import Destination

QUALITY, DISPUTE = "urn:sayso:quality-assurance:1", "urn:sayso:dispute:1"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a document says besides the note. `role`: as who the officer writes."""

    council: str
    role: str
    lawful_basis: str
    overall_due: date | None


def quality_document(page: Page, about: About, now: datetime) -> Document:
    """Of a quality note, as it stands."""
    tool = quality.TOOLS[page.note.tool]
    return _whole(
        page,
        about,
        now,
        QUALITY,
        {
            "tool": {"id": tool.id, "version": tool.version, "title": tool.title},
            "state": page.note.state,
            "questions": [_question(page, one) for one in tool.questions],
            "good_practice": _words(page.written.get("good")),
            "gaps": _words(page.written.get("gaps")),
            "asked": _words(page.written.get("ask")),
            "themes": page.value("themes", []),
            "discussed": _with(page.written.get("discussed")),
            "completed": _with(page.written.get("completed")),
            "answers": _all(page.written.get("answered")),
            "impact": _with(page.written.get("impact")),
        },
    )


def dispute_document(page: Page, about: About, now: datetime) -> Document:
    """Of a challenge, with every stage."""
    return _whole(
        page,
        about,
        now,
        DISPUTE,
        {
            "state": page.note.state,
            "themes": page.value("themes", []),
            "stages": [_stage(page, number) for number in range(page.note.stage + 1)],
            "overall_due": about.overall_due.isoformat() if about.overall_due else None,
            "cafcass": _all(page.written.get("cafcass")),
            "case_notes": _all(page.written.get("case_note")),
        },
    )


def _whole(page: Page, about: About, now: datetime, schema: str, more: Document) -> Document:
    note, review = page.note, page.review
    version = note.version + 1
    destination = Destination.RESTRICTED if note.restricted else Destination.ORDINARY
    document: Document = {
        "schema": schema,
        "record_id": note.note_id,
        "version": version,
        "supersedes": version - 1 or None,
        "council": about.council,
        "case_id": page.person.case_id,
        "review": {
            "review_id": review.known_as,
            "kind": review.kind.value,
            "date": review.meeting_on.isoformat() if review.meeting_on else None,
            "due": review.due_on.isoformat() if review.due_on else None,
        },
        "note_of": {"role": about.role, "name": page.officer},
        **more,
        "begun_at": _utc(note.made_at),
        "made_at": _utc(now),
        "lawful_basis": about.lawful_basis,
        "destination": destination.value,
    }
    document["content_sha256"] = content_sha256(document)
    return document


def _question(page: Page, question: quality.Question) -> Document:
    judged = page.written.get(question.id)
    return {
        "question_id": question.id,
        "question": question.text,
        "judgement": (judged.value or None) if judged else None,
        "words": page.value(f"{question.id}.words") or None,
        "by": judged.by if judged else None,
        "at": _utc(judged.at) if judged else None,
    }


def _words(written: Written | None) -> Document | None:
    if written is None or not written.value:
        return None
    return {"words": written.value, "by": written.by, "at": _utc(written.at)}


def _with(written: Written | None) -> Document | None:
    """What was written as several values at once, and who put it down when."""
    if written is None:
        return None
    return {**written.value, "recorded_by": written.by, "recorded_at": _utc(written.at)}


def _all(written: Written | None) -> list[Document]:
    """The oldest first."""
    every = (*written.earlier, written) if written else ()
    return [one for one in map(_with, every) if one is not None]


def _stage(page: Page, number: int) -> Document:
    raised = page.written[f"raised.{number}"]
    return {
        **raised.value,
        "recorded_by": raised.by,
        "recorded_at": _utc(raised.at),
        "answers": _all(page.written.get(f"answered.{number}")),
        "outcome": _with(page.written.get(f"outcome.{number}")),
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


_ROLES = {
    "iro": "independent reviewing officer",
    "pathway_review_officer": "pathway review officer",
}


def note_pdf(document: Document) -> bytes:
    """The PDF of one document. The same bytes for the same document."""
    return typeset("note.typ", _view(document), datetime.fromisoformat(document["made_at"]))


def _view(document: Document) -> dict[str, Any]:
    of, is_quality = document["note_of"], document["schema"] == QUALITY
    title = document["tool"]["title"] if is_quality else "Challenge and dispute resolution"
    review = document["review"]
    when = whole_day(date.fromisoformat(review["date"])) if review["date"] else "no date yet"
    state = (
        quality.STATES[quality.State(document["state"])]
        if is_quality
        else {"raised": "An answer is owed", "answered": "Answered", "ended": "Ended"}[
            document["state"]
        ]
    )
    themes = ", ".join(document["themes"]) or "none"
    return {
        "council": document["council"].replace("-", " ").title(),
        "title": title,
        "kind": f"Case note of the {_ROLES[of['role']]}, {of['name']}",
        "about": f"Case {document['case_id']}. Review {review['review_id']}, {when}. "
        f"{state}. Written {_moment(document['made_at'])}. Themes: {themes}.",
        "parts": list(_quality_parts(document) if is_quality else _dispute_parts(document)),
        "notes": _notes(document),
        "footer": f"{document['record_id']} v{document['version']}",
    }


def _part(title: str, rows: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {"title": title, "rows": [{"name": name, "said": said} for name, said in rows if said]}


def _quality_parts(document: Document) -> Iterable[dict[str, Any]]:
    yield _part(
        "What was looked at",
        ((one["question"], _judged(one)) for one in document["questions"]),
    )
    for name, title in (
        ("good_practice", "Good practice"),
        ("gaps", "Gaps"),
        ("asked", "What should happen"),
    ):
        if found := document[name]:
            yield _part(title, [(_by(found["by"], found["at"]), found["words"])])
    if found := document["discussed"]:
        yield _part("Discussed", [(_recorded(found), f"With {found['with']}, {_on(found)}.")])
    if found := document["completed"]:
        yield _part("Put to", [(_recorded(found), f"{found['put_to']}, {_on(found)}.")])
    for found in document["answers"]:
        yield _part(f"Answer of {found['by']}, {_on(found)}", [(_recorded(found), found["words"])])
    if found := document["impact"]:
        yield _part("What changed for the young person", [(_recorded(found), found["words"])])


def _judged(one: Mapping[str, Any]) -> str:
    if not one["judgement"]:
        return "Not looked at yet."
    judged = quality.SAID[quality.Judgement(one["judgement"])]
    return f"{judged}.\n{one['words']}" if one["words"] else f"{judged}."


def _dispute_parts(document: Document) -> Iterable[dict[str, Any]]:
    for stage in document["stages"]:
        formal = "Formal stage" if stage["formal"] else "Informal"
        rows = [
            (
                f"Raised with {stage['put_to']} {_on(stage)}; an answer is due by "
                f"{whole_day(date.fromisoformat(stage['due']))}",
                stage["words"],
            ),
            *((f"Answer of {one['by']}, {_on(one)}", one["words"]) for one in stage["answers"]),
        ]
        if outcome := stage["outcome"]:
            came_of_it = challenge.Outcome(outcome["outcome"])
            said = challenge.SAID[came_of_it]
            more = "" if came_of_it is challenge.Outcome.ESCALATED else outcome["words"]
            rows.append((f"Outcome, {_on(outcome)}", f"{said}.\n{more}".strip()))
            rows.append(("What changed for the young person", outcome["changed"]))
        yield _part(f"{formal}: {stage['name']}", rows)
    for title, name in (("Referred to Cafcass", "cafcass"), ("Further notes", "case_notes")):
        if document[name]:
            yield _part(title, ((_recorded(one), one["words"]) for one in document[name]))


def _notes(document: Document) -> list[str]:
    notes = []
    if document["schema"] == DISPUTE and document["overall_due"]:
        due = whole_day(date.fromisoformat(document["overall_due"]))
        notes.append(f"The formal procedure has to end by {due}.")
    if document["supersedes"]:
        notes.append(f"This replaces version {document['supersedes']}.")
    notes.append(
        f"Note {document['record_id']}, version {document['version']}. "
        f"SHA-256 {document['content_sha256']}"
    )
    return notes


def _on(plain: Mapping[str, Any]) -> str:
    return f"on {whole_day(date.fromisoformat(plain['on']))}"


def _recorded(plain: Mapping[str, Any]) -> str:
    return _by(plain["recorded_by"], plain["recorded_at"])


def _by(name: str, at: str) -> str:
    return f"{name}, {_moment(at)}"


def _moment(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return f"{whole_day(local_day(moment))}, {clock(moment)}"
