"""What a young person sent for a review, for the officer who runs it. Opening it is reading it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.access import permissions
from bot.access.roles import OFFICERS as ROLES_OF_OFFICERS
from bot.access.roles import Role
from bot.service import relations
from bot.service.admission import Admitted, Asked, covers_until, require
from bot.service.attaching_ids import id_of
from bot.service.house import House
from bot.service.wording import Reader
from conversations.attaching import Medium
from conversations.contribution import NOT_SAID, is_view
from conversations.flows import FLOWS
from conversations.flows.meeting import HOW, WHY_NOT
from conversations.questions import Flow, Kind, Question
from conversations.sharing import file_reader_of, officer_of
from conversations.wording import Band
from storage import (
    attachments,
    audit,
    contributions,
    disputes,
    erasures,
    meeting_wishes,
    people,
    reviews,
)
from storage.contributions import Destination, Filed, Sent
from storage.disputes import Dispute
from storage.erasures import What
from storage.errors import Unknown
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind

OFFICERS = frozenset({"iro", "pathway_review_officer", "conference_chair"})
FILE_READERS = frozenset({"social_worker", "personal_adviser"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A voice note or a picture. `heard_by`: who has listened or looked, by name."""

    sha256: str
    medium: Medium
    attachment_id: str = ""
    seconds: int = 0
    heard_at: datetime | None = None
    heard_by: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. `words` verbatim; `chosen` what was picked, as it was read then; `wish_told`:
    they were told that their officer should say what happens with this wish."""

    question_id: str
    question: str
    words: str | None
    chosen: tuple[str, ...]
    day: date | None
    audience: frozenset[str]
    wish: bool
    read_aloud: bool
    replacements: int
    wish_told: bool = False
    shown: tuple[Shown, ...] = ()

    @property
    def only_officer(self) -> bool:
        return self.audience <= OFFICERS

    @property
    def everyone(self) -> bool:
        return "meeting" in self.audience

    @property
    def in_file(self) -> bool:
        return bool(self.audience & FILE_READERS)


@dataclass(frozen=True, slots=True)
class TakingPart:
    """How they want to take part, structured; their own words about it stand among `said`."""

    intention: str
    how: str
    why_not: tuple[str, ...]
    advocate_requested: bool
    in_file: bool
    officer_requested: bool = False
    where: str = ""
    leads: bool | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One version, whole: what went to the case record and what did not."""

    contribution_id: str
    version: int
    kind: str
    sent_at: datetime
    channel: str
    language: str
    typed_by: str
    helper_name: str | None
    helper_role: str | None
    explained_at: datetime
    said: tuple[Said, ...]
    taking_part: TakingPart
    views_sent: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A review's page. `shown`: the version one reads, none while nothing was sent; `versions`:
    all that may be read, the newest first. `officer`: who runs the review; `covers_until`: the
    reader stands in for them until then; `kept_back`: answers that are for the officer alone, left
    out for a reader who does not hold that role."""

    review: Review
    person: YoungPerson
    officer: str
    covers_until: datetime | None
    shown: Contribution | None
    versions: tuple[Sent, ...]
    filed: tuple[Filed, ...]
    kept_back: int = 0
    disputed: Dispute | None = None  # *that wasn't me*, and nobody has settled it
    may_invite: bool = False
    may_hand_out: bool = False
    erased_at: datetime | None = None  # what was said had its time, and nothing was since
    after: str | None = None  # what they were asked after this review

    @property
    def pathway(self) -> bool:
        return self.review.kind is ReviewKind.PATHWAY

    @property
    def has_record(self) -> bool:
        """Whether its day and its record are kept with it: a child who says what they think before
        the review of a household is not whom that is about."""
        mine = self.review.kind is not ReviewKind.FOSTER_CARER or self.person.carer
        return mine and self.review.looks_back_on is None

    @property
    def newest(self) -> bool:
        return self.shown is not None and self.shown.version == self.versions[0].version


def open_review(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    now: datetime,
    *,
    version: int | None = None,
) -> Opened:
    """Open a review's newest version, or an earlier one; that it was read is kept and audited in
    the same transaction. `Unknown` if it is not theirs or not there."""
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, asked.review_id or "")
    person = people.young_person(db, house.id, review.person_id)
    versions = _readable(contributions.of_review(db, house.id, review.review_id))
    if version is None:
        sent = versions[0] if versions else None
    else:
        sent = next((one for one in versions if one.version == version), None)
        if sent is None:
            raise Unknown(f"version {version} of review {review.review_id}")
    disputed = disputes.of_review(db, house.id, review.review_id)
    officer = people.staff_member(db, house.id, review.officer_id).name
    covers = covers_until(db, house, staff, review.review_id)
    relation = relations.to_review(db, house, staff.asker, review.review_id)
    may_invite = permissions.may("desk.access", staff.role, relation)
    may_hand_out = permissions.may("desk.subject_access", staff.role, relation)
    after = reviews.looking_back_on(db, review)
    if sent is None:
        return Opened(
            review,
            person,
            officer,
            covers,
            None,
            (),
            (),
            0,
            disputed,
            may_invite,
            may_hand_out,
            erased_at(db, house, review),
            after,
        )
    contributions.read_by(db, house.id, sent.contribution_id, sent.version, staff.staff_id, now)
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="review_read",
        subject=f"review:{review.review_id}",
        detail=f"contribution {sent.contribution_id} version {sent.version}"
        + (", behind broken glass" if covers else ""),
    )
    filed = contributions.filings_of(db, house.id, sent.contribution_id)
    whole = contribution_of(sent)
    if sent is versions[0]:
        whole = _with_arranger(db, house, review, whole)
    shown, kept_back = _for_role(whole, staff.role)
    shown = replace(shown, said=with_shown(db, house, sent, shown.said))
    return Opened(
        review,
        person,
        officer,
        covers,
        shown,
        tuple(versions),
        tuple(filed),
        kept_back,
        disputed,
        may_invite,
        may_hand_out,
        after=after,
    )


def erased_at(db: Connection, house: House, review: Review) -> datetime | None:
    """When what was sent before this review was erased, if it was."""
    found = erasures.of_person(db, house.id, review.person_id)
    sent = [one for one in found if one.review_id == review.review_id and one.what is What.WORDS]
    return sent[-1].at if sent else None


def _with_arranger(
    db: Connection, house: House, review: Review, whole: Contribution
) -> Contribution:
    """Words about the meeting that went to whoever sets it up, too: `taking_part`, as which they
    are filed, does not say so."""
    wishes = meeting_wishes.get(db, house.id, review.review_id)
    if wishes is None:
        return whole
    theirs = {*wishes.wishes.words, *(("meeting.day",) if wishes.wishes.day else ())}
    said = tuple(
        replace(one, audience=one.audience | {"arranger"}) if one.question_id in theirs else one
        for one in whole.said
    )
    return replace(whole, said=said)


def _for_role(whole: Contribution, role: Role) -> tuple[Contribution, int]:
    """What this role may read of it, and how many answers that leaves out. Officers hold the role
    that it was said to; anybody else reads what is for the file or for everyone (rule 12)."""
    if role in ROLES_OF_OFFICERS:
        return whole, 0
    said = tuple(one for one in whole.said if one.in_file or one.everyone)
    part = whole.taking_part
    if not part.in_file:
        part = TakingPart(NOT_SAID, "Only for the officer", (), False, False)
    return replace(whole, said=said, taking_part=part), len(whole.said) - len(said)


def _readable(versions: list[Sent]) -> list[Sent]:
    """The newest first. What was taken back, and all before it, is not read any more: the version
    of kind *withdrawal* says what stands."""
    readable: list[Sent] = []
    for sent in reversed(versions):
        readable.append(sent)
        if sent.kind == "withdrawal":
            break
    return readable


def contribution_of(sent: Sent) -> Contribution:
    """Both documents of a version, put together again in the flow's order."""
    documents = [
        document for destination in Destination if (document := sent.document(destination))
    ]
    whole = documents[-1]  # the restricted one, where there is one, holds all about the meeting
    flow = FLOWS[whole["flow"]["id"]]
    reader = Reader(_band(whole["flow"]["band"]), whole["language"], flow.pathway, flow.chair)
    wishes = {ask["question_id"] for document in documents for ask in document["asks"]}
    said = [
        _said(
            plain,
            flow,
            reader,
            wish=plain["question_id"] in wishes,
            flow_version=whole["flow"]["version"],
        )
        for document in documents
        for plain in _by_question(document["answers"])
    ]
    # As `sending` counts it: how to take part is not a view.
    views_sent = any(
        is_view(one.question_id, words=bool(one.words), shown=bool(one.shown)) for one in said
    )
    how = ("intention", "absence_reasons")
    in_file = all(documents[0]["taking_part"][one] == whole["taking_part"][one] for one in how)
    said += _about_the_meeting(whole["taking_part"], documents[0]["taking_part"], flow, reader)
    order = {question_id: place for place, question_id in enumerate(flow.by_id)}
    who = whole["who_typed"]
    return Contribution(
        sent.contribution_id,
        sent.version,
        sent.kind,
        sent.sent_at,
        whole["channel"],
        whole["language"],
        who["who"],
        who.get("helper_name"),
        who.get("helper_role"),
        datetime.fromisoformat(whole["sharing"]["explained_at"]),
        tuple(sorted(said, key=lambda one: order.get(one.question_id, len(order)))),
        _taking_part(whole["taking_part"], reader, in_file=in_file),
        views_sent,
    )


def _by_question(answers: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """An answer's words, and what was said aloud or shown to the same question, as one."""
    found: dict[str, dict[str, Any]] = {}
    for plain in answers:
        one = found.setdefault(plain["question_id"], {**plain, "shown": ()})
        if plain.get("attachment"):
            seen = Shown(plain["attachment"]["sha256"], Medium(plain["kind"]))
            one["shown"] = (*one["shown"], seen)
    return found.values()


def with_shown(db: Connection, house: House, sent: Sent, said: Iterable[Said]) -> tuple[Said, ...]:
    """The answers with what their voice notes and pictures are kept as, and who has heard them."""
    return tuple(
        replace(one, shown=tuple(_found(db, house, sent, shown) for shown in one.shown))
        if one.shown
        else one
        for one in said
    )


def _found(db: Connection, house: House, sent: Sent, shown: Shown) -> Shown:
    name = id_of(house, sent.conversation_id, shown.sha256)
    kept = attachments.get(db, house.id, name)
    by = people.staff_member(db, house.id, kept.heard_by).name if kept.heard_by else ""
    return replace(
        shown,
        attachment_id=name,
        seconds=kept.about.seconds,
        heard_at=kept.heard_at,
        heard_by=by,
    )


def attachments_for(db: Connection, house: House, review_id: str, role: Role) -> frozenset[str]:
    """The voice notes and pictures that this role may hear and see: those of the answers that it
    may read, of any version that may be read."""
    return frozenset(
        id_of(house, sent.conversation_id, shown.sha256)
        for sent in _readable(contributions.of_review(db, house.id, review_id))
        for one in _for_role(contribution_of(sent), role)[0].said
        for shown in one.shown
    )


def is_hidden(db: Connection, house: House, review_id: str, attachment_id: str) -> bool:
    """Whether a voice note or picture that was sent was taken back: nothing that may be read holds
    it."""
    return attachment_id not in attachments_for(db, house, review_id, Role.IRO)


def _band(filed: str) -> Band:
    """Of whom the words were for; an adult read those of 16+."""
    return Band.SIXTEEN if filed == "adult" else Band(filed)


def newest(db: Connection, house: House, review_id: str) -> Contribution | None:
    """The newest version, for what is worked out from it; nobody is said to have read it."""
    versions = contributions.of_review(db, house.id, review_id)
    return contribution_of(versions[-1]) if versions else None


_TOLD_OF_WISHES_SINCE = {"cioc_review": 2, "pathway_review": 2}
"""The version from which the check page says what should happen with each wish, of flows that are
older than that. Before, only these questions said it."""
_TOLD_OF_WISHES = frozenset({"change.what", "plan.change"})


def _said(
    plain: Mapping[str, Any], flow: Flow, reader: Reader, *, wish: bool, flow_version: int
) -> Said:
    found = flow.by_id.get(plain["question_id"])
    told = flow_version >= _TOLD_OF_WISHES_SINCE.get(flow.id, 1)
    return Said(
        plain["question_id"],
        plain["question"],
        plain["words"],
        _labels(found[1] if found else None, plain["choices"], reader),
        date.fromisoformat(plain["date"]) if plain.get("date") else None,
        frozenset(plain["audience"]),
        wish,
        plain.get("read_aloud", True),
        plain.get("replacements", 0),
        wish and (told or plain["question_id"] in _TOLD_OF_WISHES),
        plain["shown"],
    )


def _labels(question: Question | None, chosen: Iterable[str], reader: Reader) -> tuple[str, ...]:
    """What was picked, as it was read; an option that is no longer offered by its id."""
    labels = []
    for option_id in chosen:
        option = question.option(option_id) if question else None
        labels.append(reader.text(option.label) if option else option_id.replace("_", " "))
    return tuple(labels)


_MEETING_WORDS = {
    "meeting.speaks": "speaks_for_me",
    "meeting.who": "want_there",
    "meeting.who_not": "not_want_there",
    "meeting.day": "when",
    "meeting.first": "first",
}


def _about_the_meeting(
    part: Mapping[str, Any], ordinary: Mapping[str, Any], flow: Flow, reader: Reader
) -> Iterable[Said]:
    """Their own words about the meeting, which are filed as `taking_part`, not as answers."""
    officer, file_reader = officer_of(flow), file_reader_of(flow)
    for question_id, name in _MEETING_WORDS.items():
        in_file = ordinary[name] == part[name]
        audience = frozenset({officer, file_reader}) if in_file else frozenset({officer})
        values = part[name] if isinstance(part[name], list) else [part[name]]
        for value in values:
            if value is None or question_id not in flow.by_id:
                continue
            question = flow.by_id[question_id][1]
            day = _day(value) if question.kind is Kind.DATE else None
            yield Said(
                question_id,
                reader.text(question.text),
                None if day else value,
                (),
                day,
                audience,
                wish=False,
                read_aloud=True,
                replacements=0,
            )


def _day(value: str) -> date | None:
    """A date that was picked; one that was told in words stays words."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _taking_part(part: Mapping[str, Any], reader: Reader, *, in_file: bool) -> TakingPart:
    how = {option.id: reader.text(option.label) for option in HOW}
    why = {option.id: reader.text(option.label) for option in WHY_NOT}
    return TakingPart(
        part["intention"],
        how.get(part["intention"], "Not said"),
        tuple(why.get(reason, reason) for reason in part["absence_reasons"]),
        part["advocate_requested"],
        in_file,
        part.get("iro_visit_requested", False),
        part.get("where") or "",
        part.get("chair_part"),
    )
