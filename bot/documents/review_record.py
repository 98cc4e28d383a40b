"""The record of a meeting that was held, as JSON and as PDF/UA of the same content.

The schema is `docs/schemas/review-record.schema.json`, of the contribution's family.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import rfc8785
from babel.dates import format_date, format_time

from bot.documents.typesetting import typeset
from bot.service.meetings import FORMS, REASONS
from bot.service.wording import LONDON, Reader
from conversations.wording import Band, Say, Text, _
from storage.review_moves import Form, Reason

SCHEMA = "urn:sayso:review-record:1"
Document = dict[str, Any]
_READER = Reader(Band.SIXTEEN)

_TITLE = Text(_("Record of the meeting"))
_ABOUT = Text(_("Case {case_id}. {called} {review_id}, held on {held}."))
_NOT_HELD = Text(_("no day yet"))
_LATE = Text(_("Days beyond its timescale: {days}."))
_TOOK_PART = Text(_("How the young person took part"))
_CODE = Text(_("{code}: {says}"))
_CONFIRMED = Text(_("Confirmed by {who}, {when}."))
_BY = Text(_("{who}, {when}"))
_BEFORE = Text(_("Before it was corrected: {before}"))
_DECISIONS = Text(_("Decisions"))
_NO_DECISIONS = Text(_("Nothing was decided."))
_UNDONE = Text(_("Decided earlier, and not done"))
_DOES = Text(_("{owner}, by {due}."))
_DOES_UNDATED = Text(_("{owner}."))
_DONE = Text(_("Done: {who}, {when}."))
_ISSUED = Text(_("Recommendations are to be issued by {due}."))
_ISSUED_IN_TIME = Text(_("Recommendations were issued in time: by {due}."))
_ISSUED_LATE = Text(_("Recommendations were issued late: they were due by {due}."))
_NEXT = Text(_("The next one"))
_NEXT_BY = Text(_("By the clock: by {due}."))
_NEXT_ON = Text(_("On {on}. The clock says by {due}."))
_NEXT_ON_ONLY = Text(_("On {on}."))
_NO_NEXT = Text(_("There is none."))
_WHY = Text(_("The reason: {why}"))
_HISTORY = Text(_("What became of its day"))
_MOVES = {
    "arranged": Text(_("Arranged for {to}.")),
    "moved": Text(_("Moved from {since} to {to}.")),
    "stood_down": Text(_("Stood down; it was to be on {since}.")),
    "rearranged": Text(_("Rearranged, for {to}.")),
    "held": Text(_("Held on {to}.")),
}
_NO_DAY = Text(_("no day"))
_RECORD = Text(_("Record {id}, version {version}. SHA-256 {sha}"))
_REPLACES = Text(_("This replaces version {version}."))
_MADE = Text(_("Made by {who}, {when}."))


def content_sha256(document: Document) -> str:
    """Of the document in RFC 8785 canonical JSON, without this member."""
    bare = {name: value for name, value in document.items() if name != "content_sha256"}
    return hashlib.sha256(rfc8785.dumps(bare)).hexdigest()


def review_record_pdf(document: Document) -> bytes:
    """The PDF. The same bytes for the same document."""
    at = datetime.fromisoformat(document["made_at"])
    return typeset("review_record.typ", _view(document), at)


def _say(text: Text, **params: str | int) -> str:
    return _READER.read(Say(text, params))


def _view(document: Document) -> Document:
    review = document["review"]
    held = _day(review["date"]) if review["date"] else _say(_NOT_HELD)
    about = [
        _say(
            _ABOUT, case_id=document["case_id"], called=document["called"],
            review_id=review["review_id"], held=held,
        ),
        document["timescale"]["because"],
    ]  # fmt: skip
    if document["timescale"]["late_days"]:
        about.append(_say(_LATE, days=document["timescale"]["late_days"]))
    return {
        "council": document["council"].replace("-", " ").title(),
        "title": _say(_TITLE),
        "about": " ".join(one for one in about if one),
        "sections": [
            *_took_part(document["participation"]),
            *_steps(document["values"]),
            _decided(_DECISIONS, document["decisions"], _say(_NO_DECISIONS)),
            *([_decided(_UNDONE, document["undone"], "")] if document["undone"] else []),
            *_next(document["next"]),
            *_history(document["history"]),
        ],
        "notes": [*_recommendations(document), *_notes(document)],
        "footer": f"{document['record_id']} v{document['version']}",
    }


def _section(title: str, rows: Iterable[Mapping[str, str]], empty: str = "") -> Document:
    return {"title": title, "rows": list(rows), "empty": empty}


def _row(name: str, value: str, small: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "small": small}


def _took_part(plain: Document | None) -> list[Document]:
    if plain is None:
        return []
    says = plain["says"]
    value = _say(_CODE, code=plain["code"], says=says) if plain["code"] else says
    small = _say(_CONFIRMED, who=plain["confirmed_by"], when=_moment(plain["confirmed_at"]))
    return [_section(_say(_TOOK_PART), [_row("", value, small)])]


def _steps(values: list[Document]) -> list[Document]:
    steps: dict[str, list[dict[str, str]]] = {}
    for one in values:
        small = [_say(_BY, who=one["by"], when=_moment(one["at"]))]
        small += [_say(_BEFORE, before=before) for before in one["before"]]
        steps.setdefault(one["step"], []).append(_row(one["label"], one["says"], "\n".join(small)))
    return [_section(title, rows) for title, rows in steps.items()]


def _decided(title: Text, decisions: list[Document], empty: str) -> Document:
    rows = []
    for one in decisions:
        does = (
            _say(_DOES, owner=one["owner"], due=_day(one["due"]))
            if one["due"]
            else _say(_DOES_UNDATED, owner=one["owner"])
        )
        done = ""
        if one["done_at"]:
            done = _say(_DONE, who=one["done_by"] or "", when=_moment(one["done_at"]))
        rows.append(_row("", one["what"], " ".join(part for part in (does, done) if part)))
    return _section(_say(title), rows, empty)


def _next(plain: Document | None) -> list[Document]:
    if plain is None:
        return []
    due = _day(plain["due"]) if plain["due"] else ""
    match plain["choice"]:
        case "none":
            value = _say(_NO_NEXT)
        case "another" if due:
            value = _say(_NEXT_ON, on=_day(plain["on"]), due=due)
        case "another":
            value = _say(_NEXT_ON_ONLY, on=_day(plain["on"]))
        case _:
            value = _say(_NEXT_BY, due=due)
    why = _say(_WHY, why=plain["why"]) if plain["why"] else ""
    return [_section(_say(_NEXT), [_row("", value, why)])]


def _history(moves: list[Document]) -> list[Document]:
    if not moves:
        return []
    rows = []
    for one in moves:
        since, to = (_day(one[end]) if one[end] else _say(_NO_DAY) for end in ("from", "to"))
        said = [_say(_MOVES[one["what"]], since=since, to=to)]
        if one["reason"]:
            said.append(_say(_WHY, why=REASONS[Reason(one["reason"])]) + ".")
        if one["form"]:
            said.append(FORMS[Form(one["form"])] + ".")
        if one["late_days"]:
            said.append(_say(_LATE, days=one["late_days"]))
        rows.append(_row("", " ".join(said), _moment(one["at"])))
    return [_section(_say(_HISTORY), rows)]


def _recommendations(document: Document) -> list[str]:
    plain = document["recommendations"]
    if plain["due"] is None:
        return []
    text = {None: _ISSUED, True: _ISSUED_IN_TIME, False: _ISSUED_LATE}[plain["in_time"]]
    return [_say(text, due=_day(plain["due"]))]


def _notes(document: Document) -> list[str]:
    made = _say(_MADE, who=document["made_by"]["name"], when=_moment(document["made_at"]))
    notes = [made]
    if document["supersedes"]:
        notes.append(_say(_REPLACES, version=document["supersedes"]))
    record = {"id": document["record_id"], "version": document["version"]}
    return [*notes, _say(_RECORD, **record, sha=document["content_sha256"])]


def _day(iso: str) -> str:
    return str(format_date(date.fromisoformat(iso), "d MMMM yyyy", locale="en_GB"))


def _moment(iso: str) -> str:
    local = datetime.fromisoformat(iso).astimezone(LONDON)
    day = format_date(local.date(), "d MMMM yyyy", locale="en_GB")
    return f"{day}, {format_time(local.time(), 'HH:mm', locale='en_GB')}"
