"""The next version of a contribution's documents, with less in them or for fewer people.

Made of the documents before, not of the conversation: what was changed there and not sent yet must
not leave with it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from bot.documents.contribution import Document, content_sha256
from bot.service.wording import Reader
from conversations.questions import Flow, Kind
from conversations.sharing import ALOUD, file_reader_of, in_ordinary_record, officer_of
from conversations.wording import Band

_FIELDS = {
    "meeting.how": ("intention", "not_said"),
    "meeting.why_not": ("absence_reasons", []),
    "meeting.speaks": ("speaks_for_me", None),
    "meeting.who": ("want_there", []),
    "meeting.who_not": ("not_want_there", []),
    "meeting.day": ("when", None),
    "meeting.first": ("first", None),
    "meeting.where": ("where", None),
    "meeting.chair": ("chair_part", None),
    "meeting.alone": ("iro_visit_requested", False),
    "meeting.advocate": ("advocate_requested", False),
}
"""Where a question's answer stands in `taking_part`, and what says nothing there."""
_IN_WORDS = frozenset(
    {"meeting.speaks", "meeting.who", "meeting.who_not", "meeting.day", "meeting.first"}
)
_IN_CHOICES = frozenset({"meeting.how", "meeting.why_not"})

Both = Mapping[str, Document | None]
"""The `ordinary` and the `restricted` document of one version."""


def next_version(
    before: Both,
    flow: Flow,
    version: int,
    at: datetime,
    taken_back: Collection[str],
    narrowed: Mapping[str, tuple[str, ...]],
    stands: frozenset[str] = frozenset(),
) -> dict[str, Document | None]:
    """Both documents without these answers, and with those for whom may hear them now.

    `stands`: what is still asked of a person, by another answer than the one that is taken back.

    An answer's audience only ever gets smaller: who was not in it before is not in it after.
    """
    ordinary, restricted = before["ordinary"], before["restricted"]
    if ordinary is None:
        raise ValueError("Every version has an ordinary document.")
    answers = [
        _named_anew(_narrowed(answer, narrowed), version)
        for document in (ordinary, restricted)
        if document
        for answer in document["answers"]
        if answer["question_id"] not in taken_back
    ]
    answers += _not_aloud(restricted or ordinary, ordinary, flow, narrowed)
    order = {question: place for place, question in enumerate(flow.by_id)}
    answers.sort(key=lambda answer: order.get(answer["question_id"], len(order)))
    shown = [one for one in answers if in_ordinary_record(flow, one["audience"])]
    kept = [one for one in answers if not in_ordinary_record(flow, one["audience"])]
    hidden = {question for question, who in narrowed.items() if not in_ordinary_record(flow, who)}
    apart = {answer["question_id"] for answer in answers} & _IN_WORDS
    gone = {*(frozenset(taken_back) - stands), *apart}
    whole = _part((restricted or ordinary)["taking_part"], gone)
    in_file = _part(ordinary["taking_part"], {*gone, *hidden})
    code = ordinary["proposed_participation"]
    if "meeting.how" in {*taken_back, *hidden}:
        code = None
    wishes = [ask for document in (ordinary, restricted) if document for ask in document["asks"]]
    after: dict[str, Document | None] = {
        "ordinary": _next(ordinary, version, at, shown, len(kept), wishes)
        | {"taking_part": in_file, "proposed_participation": code}
    }
    needed = restricted is not None or bool(kept) or in_file != whole
    after["restricted"] = (
        _next(restricted or ordinary, version, at, kept, len(shown), wishes)
        | {"destination": "restricted", "taking_part": whole}
        if needed
        else None
    )
    for document in after.values():
        if document is not None:
            document["content_sha256"] = content_sha256(document)
    return after


def says_anything(both: Both) -> bool:
    """Whether anything that was said is left in it."""
    return any(
        document is not None
        and (document["answers"] or any(map(partial(_stands, document), _FIELDS)))
        for document in both.values()
    )


def audiences(both: Both, flow: Flow, questions: Collection[str]) -> list[frozenset[str]]:
    """Who could read the answers to these questions in this version, one for each that is there."""
    found = []
    officer, reader = officer_of(flow), file_reader_of(flow)
    for destination, document in both.items():
        if document is None:
            continue
        found += [
            frozenset(answer["audience"])
            for answer in document["answers"]
            if answer["question_id"] in questions
        ]
        who = {officer, reader} if destination == "ordinary" else {officer}
        found += [frozenset(who) for one in questions if _stands(document, one)]
    return found


def shown(both: Both, questions: Collection[str]) -> set[tuple[str, str]]:
    """What was said aloud or shown to these questions in this version: its kind and SHA-256."""
    return {
        (answer["kind"], answer["attachment"]["sha256"])
        for document in both.values()
        if document is not None
        for answer in document["answers"]
        if answer["question_id"] in questions and answer.get("attachment")
    }


def holds(document: Document, questions: Collection[str]) -> bool:
    """Whether an answer to any of these questions stands in it."""
    there = {answer["question_id"] for answer in document["answers"]}
    return not there.isdisjoint(questions) or any(map(partial(_stands, document), questions))


def _stands(document: Document, question: str) -> bool:
    """Whether it says something to this question in `taking_part`."""
    if question not in _FIELDS:
        return False
    field, nothing = _FIELDS[question]
    return bool(document["taking_part"].get(field, nothing) != nothing)


def _next(
    document: Document,
    version: int,
    at: datetime,
    answers: list[dict[str, Any]],
    withheld: int,
    wishes: list[dict[str, Any]],
) -> Document:
    here = {answer["question_id"] for answer in answers}
    sharing = {**document["sharing"], "choices_at": at.isoformat()}
    return {
        **document,
        "version": version,
        "kind": "withdrawal",
        "supersedes": version - 1,
        "submitted_at": at.isoformat(),
        "answers": answers,
        "asks": [ask for ask in wishes if ask["question_id"] in here],
        "sharing": sharing,
        "withheld": withheld,
    }


def _narrowed(answer: dict[str, Any], to: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    who = to.get(answer["question_id"])
    if who is None:
        return answer
    return {
        **answer,
        "audience": [one for one in answer["audience"] if one in who],
        "read_aloud": answer.get("read_aloud", True) and ALOUD in who,
    }


def _not_aloud(
    whole: Document, ordinary: Document, flow: Flow, narrowed: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    """What stands in `taking_part` and is not to be read out any more, as answers: only those say
    so."""
    there = {answer["question_id"] for one in (whole, ordinary) for answer in one["answers"]}
    language = whole["language"]
    reader = Reader(Band.SIXTEEN, language, flow.pathway, flow.chair)
    answers = []
    for question_id, who in narrowed.items():
        picks = question_id in _IN_CHOICES
        if ALOUD in who or question_id in there or not (picks or question_id in _IN_WORDS):
            continue
        if question_id not in flow.by_id or not _stands(whole, question_id):
            continue
        topic, question = flow.by_id[question_id]
        value = whole["taking_part"][_FIELDS[question_id][0]]
        values = value if isinstance(value, list) else [value]
        audience = [officer_of(flow)]
        if in_ordinary_record(flow, who) and _stands(ordinary, question_id):
            audience.append(file_reader_of(flow))
        day = question.kind is Kind.DATE and _is_day(values[0])
        answers.append(
            {
                **({"date": values[0]} if day else {}),
                "question_id": question_id,
                "question_version": question.version,
                "topic": reader.text(topic.title),
                "question": reader.text(question.text),
                "kind": question.kind.value,
                "audience": audience,
                "read_aloud": False,
                "answered_at": whole["submitted_at"],
                "words": None if picks or day else "\n".join(values),
                "choices": values if picks else [],
                "replacements": 0,
            }
        )
    return answers


def _is_day(said: str) -> bool:
    """Whether it was picked; a day may be told in words."""
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def _named_anew(answer: dict[str, Any], version: int) -> dict[str, Any]:
    """Its file, if it has one, under the name that it has beside this version."""
    attachment = answer.get("attachment")
    if not attachment:
        return answer
    contribution_id, _version, place = attachment["name"].rsplit("-", 2)
    return {**answer, "attachment": {**attachment, "name": f"{contribution_id}-v{version}-{place}"}}


def _part(part: Mapping[str, Any], without: Collection[str]) -> dict[str, Any]:
    blank = {
        _FIELDS[question][0]: _FIELDS[question][1] for question in without if question in _FIELDS
    }
    return {**part, **blank}
