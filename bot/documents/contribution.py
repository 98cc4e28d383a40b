"""The JSON documents of a contribution: ordinary and restricted, valid against its schema.

The schema is `docs/schemas/contribution.schema.json`. Each answer stands in exactly one document.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from bot.service.wording import Reader
from conversations.attaching import ENDINGS, Attachment
from conversations.contribution import Contribution, Said, TakingPart
from conversations.participation import Proposal
from conversations.typists import ROLES
from conversations.wording import Band

SCHEMA = "urn:sayso:contribution:1"
Document = dict[str, Any]
_STAFF = Reader(Band.SIXTEEN)


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of the review and the case. `because`: the proposal's reason, read."""

    contribution_id: str
    council: str
    case_id: str
    review_id: str
    review_kind: str
    meeting_on: str | None
    due_on: str | None
    lawful_basis: str
    file_reader: str
    proposal: Proposal | None
    because: str
    topics: Mapping[str, str]  # topic id to its title, as it was read
    alerts: tuple[str, ...] = ()  # ids of those that the conversation raised


def ordinary(contribution: Contribution, about: About) -> Document:
    """What those who can open the case record may read."""
    said = [one for one in contribution.said if one.ordinary]
    return _document(contribution, about, said, "ordinary", contribution.in_file)


def restricted(contribution: Contribution, about: About) -> Document | None:
    """The rest; None where there is no rest."""
    said = [one for one in contribution.said if not one.ordinary]
    nothing_more = contribution.in_file == contribution.taking_part
    if not said and nothing_more and contribution.version == 1:
        return None
    return _document(contribution, about, said, "restricted", contribution.taking_part)


def content_sha256(document: Document) -> str:
    """Of the document in RFC 8785 canonical JSON, without this member."""
    bare = {name: value for name, value in document.items() if name != "content_sha256"}
    return hashlib.sha256(rfc8785.dumps(bare)).hexdigest()


def _document(
    contribution: Contribution,
    about: About,
    said: list[Said],
    destination: str,
    part: TakingPart,
) -> Document:
    shown = destination == "restricted" or contribution.code_in_file
    proposal = about.proposal if shown else None
    named = names(contribution, about)
    withheld = sum(_count(one) for one in contribution.said if one not in said)
    document: Document = {
        "schema": SCHEMA,
        "contribution_id": about.contribution_id,
        "version": contribution.version,
        "kind": "views" if contribution.version == 1 else "correction",
        "supersedes": contribution.version - 1 or None,
        "council": about.council,
        "case_id": about.case_id,
        "review": {
            "review_id": about.review_id,
            "kind": about.review_kind,
            "date": about.meeting_on,
            "due": about.due_on,
        },
        "flow": {
            "id": contribution.flow_id,
            "version": contribution.flow_version,
            "band": contribution.band,
        },
        "language": contribution.language,
        "channel": contribution.channel.value,
        "who_typed": who_typed(contribution),
        "started_at": contribution.started_at.isoformat(),
        "submitted_at": contribution.submitted_at.isoformat(),
        "answers": [entry for one in said for entry in entries(one, about, named)],
        "asks": [
            {"ask_id": ask_id(about.contribution_id, one), "question_id": one.question.id}
            for one in said
            if one.ask
        ],
        "taking_part": taking_part(part),
        "proposed_participation": (
            {"code": proposal.code.value, "because": about.because} if proposal else None
        ),
        "lawful_basis": about.lawful_basis,
        "sharing": {
            "agreed_at": contribution.agreed_at.isoformat(),
            "explained_at": contribution.explained_at.isoformat(),
            "explanation_version": contribution.explanation_version,
            "choices_at": contribution.choices_at.isoformat(),
        },
        "alerts": list(about.alerts),
        "destination": destination,
        "withheld": withheld,
    }
    document["content_sha256"] = content_sha256(document)
    return document


def names(contribution: Contribution, about: About) -> dict[str, str]:
    """The file of each voice note and picture, by its id: the same in both documents."""
    every = dict.fromkeys(
        (one.id, one.media_type) for said in contribution.said for one in said.answer.attachments
    )
    return {
        name: f"{about.contribution_id}-v{contribution.version}-{number}.{ENDINGS[media_type]}"
        for number, (name, media_type) in enumerate(every, start=1)
    }


def _count(said: Said) -> int:
    given = said.answer
    return _has_words(said) + len(given.attachments)


def _has_words(said: Said) -> bool:
    given = said.answer
    return bool(given.words or given.choices or given.day) or not given.attachments


def entries(said: Said, about: About, named: Mapping[str, str]) -> list[Document]:
    """One answer, verbatim: its words or choices, and each voice note and picture as an entry of
    its own kind with the same question, which is how the schema takes them."""
    whole = answer(said, about)
    shown = [
        {**whole, "kind": one.medium.value, "words": None, "choices": [], "replacements": 0,
         "attachment": _attachment(one, named)}
        for one in said.answer.attachments
    ]  # fmt: skip
    return [whole, *shown] if _has_words(said) else shown


def _attachment(one: Attachment, named: Mapping[str, str]) -> Document:
    return {"name": named[one.id], "media_type": one.media_type, "sha256": one.sha256}


def who_typed(contribution: Contribution) -> Document:
    """The schema's `who_typed`. Several helpers stand in it one after the other."""
    who: Document = {"who": contribution.typed_by}
    if contribution.helpers:
        names = [one.name for one in contribution.helpers if one.name]
        roles = dict.fromkeys(_STAFF.text(ROLES[one.role]) for one in contribution.helpers)
        who["helper_name"] = ", ".join(dict.fromkeys(names)) or None
        who["helper_role"] = ", ".join(roles)
    return who


def answer(said: Said, about: About) -> Document:
    """What was said to one question in words or choices."""
    given = said.answer
    kind = said.question.kind.value
    plain: Document = {
        "question_id": said.question.id,
        "question_version": given.version,
        "topic": about.topics.get(said.topic.id, said.topic.id),
        "question": given.shown or said.question.text.plain,
        "kind": kind,
        "audience": list(said.audience),
        "read_aloud": said.aloud,
        "answered_at": given.at.isoformat(),
        "words": given.words,
        "choices": list(given.choices),
        "replacements": given.replaced,
    }
    if given.day is not None:
        plain["date"] = given.day.isoformat()
    return plain


def ask_id(contribution_id: str, said: Said) -> str:
    """The same in every version: the wish stays the same wish."""
    return str(uuid.uuid5(uuid.UUID(contribution_id), said.question.id))


def taking_part(part: TakingPart) -> Document:
    """The schema's `taking_part`."""
    return {
        "intention": part.intention,
        "absence_reasons": list(part.absence_reasons),
        "speaks_for_me": part.speaks_for_me,
        "advocate_requested": part.advocate_requested,
        "want_there": list(part.want_there),
        "not_want_there": list(part.not_want_there),
        "iro_visit_requested": part.officer_requested,
        "where": part.where,
        "when": part.when,
        "chair_part": part.chair_part,
        "first": part.first,
    }
