"""A filed document as PDF/UA: the same content, for an IRO to print and bring."""

from datetime import datetime
from functools import cache
from typing import Any

from babel.dates import format_date, format_time

from bot.documents.typesetting import typeset
from bot.service.wording import LONDON, Reader
from conversations.flows import FLOWS
from conversations.participation import PLAIN, Code
from conversations.wording import Band, Say, Text, _

_READER = Reader(Band.SIXTEEN)

_TITLE = Text(_("What the young person says"))
_RESTRICTED_TITLE = Text(_("What the young person says: only for those named"))
_CARERS_TITLE = Text(_("What the foster carer says of their fostering"))
_CARERS_RESTRICTED_TITLE = Text(
    _("What the foster carer says of their fostering: only for those named")
)
_TYPED = {
    "helper": Text(_("Typed for them by: {helper}.")),
    "with_help": Text(_("Typed with help: {helper}.")),
}
_NOT_SAID_WHO = Text(_("it was not said by whom"))
_ABOUT = Text(_("Case {case_id}. Review {review_id}, {when}. Sent {sent}."))
_ASKED = {
    "conference": Text(_("Asked before a child protection conference.")),
    "disruption": Text(_("Asked before a meeting about a move.")),
    "foster_carer_form": Text(_("Asked before the review of their own fostering.")),
    "foster_carer_review": Text(_("Asked before the review of their foster carers.")),
    "my_experience": Text(_("Asked after the review.")),
    "my_experience_pathway": Text(_("Asked after the review.")),
}
"""When, by flow, where it was not before a review of their own."""
_NO_DATE = Text(_("no date yet"))
_NOTHING = Text(_("There are no answers in this document."))
_PART_TITLE = Text(_("How they want to take part"))
_PART = {
    "intention": Text(_("Taking part")),
    "absence_reasons": Text(_("What makes it hard to come")),
    "speaks_for_me": Text(_("Who should speak for them")),
    "advocate_requested": Text(_("Asked for an advocate")),
    "iro_visit_requested": Text(_("Asked to be alone with who runs it")),
    "where": Text(_("A good place")),
    "chair_part": Text(_("Wants to lead some of it")),
    "want_there": Text(_("Wants there")),
    "not_want_there": Text(_("Does not want there")),
    "when": Text(_("A good day")),
    "first": Text(_("To be talked about first")),
}
_CODE_TITLE = Text(_("Proposed participation code"))
_CODE_NOTE = Text(_("Proposed by a program from what is known. A person confirms it."))
_WITHHELD = Text(_("Answers for fewer people, which are not in this document: {count}."))
_TAKEN_BACK = Text(
    _(
        "The young person took something of version {version} back, or lets fewer people hear it. "
        "What is not here any more is not to be used."
    )
)
_NOT_ALOUD = Text(_("Not to be read out."))
_RECORD = Text(_("Contribution {id}, version {version}. SHA-256 {sha}"))
_REPLACES = Text(_("This replaces version {version}."))
_HEARS_LABEL = Text(_("May hear it: {who}."))
_YES = Text(_("Yes"))
_SHOWN = {
    "voice": Text(_("Said aloud. To listen, open {file}.")),
    "picture": Text(_("A picture. To look at it, open {file}.")),
}


def contribution_pdf(document: dict[str, Any]) -> bytes:
    """The PDF of one JSON document. The same bytes for the same document."""
    at = datetime.fromisoformat(document["submitted_at"])
    return typeset("contribution.typ", _view(document), at)


def _view(document: dict[str, Any]) -> dict[str, Any]:
    restricted = document["destination"] == "restricted"
    return {
        "council": document["council"].replace("-", " ").title(),
        "title": _READER.text(_title(document, restricted=restricted)),
        "about": _about(document),
        "answers": [_answer(document, answer) for answer in document["answers"]],
        "nothing": _READER.text(_NOTHING),
        "part_title": _READER.text(_PART_TITLE),
        "part": _part(document),
        "code_title": _READER.text(_CODE_TITLE),
        "code": _code(document),
        "notes": _notes(document),
        "footer": f"{document['contribution_id']} v{document['version']}",
    }


def _title(document: dict[str, Any], *, restricted: bool) -> Text:
    """Whose words they are: nobody may take an adult's for a child's."""
    if FLOWS[document["flow"]["id"]].carer:
        return _CARERS_RESTRICTED_TITLE if restricted else _CARERS_TITLE
    return _RESTRICTED_TITLE if restricted else _TITLE


def _about(document: dict[str, Any]) -> str:
    review = document["review"]
    sent = datetime.fromisoformat(document["submitted_at"]).astimezone(LONDON)
    when = review["date"]
    about = _READER.read(
        Say(
            _ABOUT,
            {
                "case_id": document["case_id"],
                "review_id": review["review_id"],
                "when": _day(when) if when else _READER.text(_NO_DATE),
                "sent": f"{format_date(sent.date(), 'd MMMM yyyy', locale='en_GB')}, "
                f"{format_time(sent.time(), 'HH:mm', locale='en_GB')}",
            },
        )
    )
    asked = _ASKED.get(document["flow"]["id"])
    parts = (about, _READER.text(asked) if asked else "", _who_typed(document["who_typed"]))
    return " ".join(part for part in parts if part)


def _who_typed(who: dict[str, Any]) -> str:
    """Nothing where the young person did: that is how it should be."""
    if who["who"] not in _TYPED:
        return ""
    named = [who.get("helper_name"), who.get("helper_role")]
    helper = ", ".join(part for part in named if part) or _READER.text(_NOT_SAID_WHO)
    return _READER.read(Say(_TYPED[who["who"]], {"helper": helper}))


def _day(iso: str) -> str:
    return str(format_date(datetime.fromisoformat(iso).date(), "EEEE d MMMM yyyy", locale="en_GB"))


def _answer(document: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    labels = _labels(document["flow"]["id"], answer["question_id"])
    chosen = ", ".join(labels.get(choice, choice) for choice in answer.get("choices", ()))
    said = [chosen, _day(answer["date"]) if answer.get("date") else "", answer.get("words") or ""]
    if shown := answer.get("attachment"):
        said.append(_READER.read(Say(_SHOWN[answer["kind"]], {"file": shown["name"]})))
    asks = {ask["question_id"] for ask in document["asks"]}
    who = "; ".join(_READER.text(_HEARS[who]) for who in answer["audience"])
    return {
        "question": answer["question"],
        "said": "\n".join(part for part in said if part),
        "hears": _READER.read(Say(_HEARS_LABEL, {"who": who}))
        + ("" if answer.get("read_aloud", True) else f" {_READER.text(_NOT_ALOUD)}"),
        "ask": answer["question_id"] in asks,
    }


_HEARS = {
    "iro": Text(_("IRO")),
    "pathway_review_officer": Text(_("Pathway review officer")),
    "conference_chair": Text(_("Chair of the conference")),
    "social_worker": Text(_("in the file, social worker and team")),
    "personal_adviser": Text(_("in the file, PA and team")),
    "advocate": Text(_("advocate")),
    "arranger": Text(_("who sets up the meeting")),
    "meeting": Text(_("everyone at the review")),
    "carer": Text(_("people they live with")),
    "parents": Text(_("parents")),
}


@cache
def _labels(flow_id: str, question_id: str) -> dict[str, str]:
    flow = FLOWS[flow_id]
    reader = Reader(Band.SIXTEEN, pathway=flow.pathway, chair=flow.chair)
    found = flow.by_id.get(question_id)
    return {option.id: reader.text(option.label) for option in found[1].options} if found else {}


def _part(document: dict[str, Any]) -> list[dict[str, str]]:
    flow_id, rows = document["flow"]["id"], []
    for name, value in document["taking_part"].items():
        if name not in _PART or not value or value == "not_said":
            continue
        match value:
            case True:
                shown = _READER.text(_YES)
            case [*several] if name == "absence_reasons":
                labels = _labels(flow_id, "meeting.why_not")
                shown = ", ".join(labels.get(one, one) for one in several)
            case [*several]:
                shown = "\n".join(several)
            case _ if name == "intention":
                shown = _labels(flow_id, "meeting.how").get(value, value)
            case _:
                shown = str(value)
        rows.append({"name": _READER.text(_PART[name]), "value": shown})
    return rows


def _code(document: dict[str, Any]) -> dict[str, str] | None:
    proposed = document["proposed_participation"]
    if proposed is None:
        return None
    return {
        "code": proposed["code"],
        "plain": _READER.text(PLAIN[Code(proposed["code"])]),
        "because": proposed["because"],
        "note": _READER.text(_CODE_NOTE),
    }


def _notes(document: dict[str, Any]) -> list[str]:
    notes = []
    if document["withheld"]:
        notes.append(_READER.read(Say(_WITHHELD, {"count": document["withheld"]})))
    if document.get("kind") == "withdrawal":
        notes.append(_READER.read(Say(_TAKEN_BACK, {"version": document["supersedes"]})))
    if document["supersedes"]:
        notes.append(_READER.read(Say(_REPLACES, {"version": document["supersedes"]})))
    record = {
        "id": document["contribution_id"],
        "version": document["version"],
        "sha": document["content_sha256"],
    }
    notes.append(_READER.read(Say(_RECORD, record)))
    return notes
