"""The answer to a wish: seen beside the young person's own words, written by a person, checked and
sent by the officer who runs the review. Nothing here writes a word of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import Connection

from bot.access.roles import TITLES, Role
from bot.service import answer_filing, asking_back, reading, telling
from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.house import House
from bot.service.reach import Reach, reach
from bot.service.reading import Said
from bot.service.telling import Notice
from bot.service.wording import LONDON
from conversations import typists
from conversations.asks import Answer, Lack, State, lacks
from conversations.plain_words import Look, clean, look_at
from conversations.wording import Band
from storage import (
    allocations,
    asks,
    audit,
    contributions,
    conversations,
    disputes,
    people,
    reviews,
    tasks,
)
from storage.asks import Ask, Kind, Plan, Replied, Written
from storage.conversations import Kept
from storage.errors import Unknown
from storage.people import Staff, YoungPerson
from storage.reviews import Review
from storage.tasks import Kind as TaskKind

MOST_NAMES = 2000
"""Of young people that are opened to look for in an answer. A larger council's officer has those of
their own reviews looked for."""


@dataclass(frozen=True, slots=True)
class OneAsk:
    """A wish as the officer sees it. `said`: in the young person's own words, none once it was
    taken back; `written`: all answers, the oldest first; `draft`: handed in and not sent;
    `changed`: the words were changed after the last answer; `reach`: whether they can read it."""

    ask: Ask
    said: Said | None
    written: tuple[Written, ...]
    replies: tuple[Replied, ...]
    owner: str
    names: dict[str, str]  # of who wrote, by id
    reach: Reach

    @property
    def sent(self) -> tuple[Written, ...]:
        """Which they can read, or were told."""
        return tuple(one for one in self.written if one.given)

    @property
    def draft(self) -> Written | None:
        last = self.written[-1] if self.written else None
        return last if last is not None and last.kind is Kind.DRAFT else None

    @property
    def changed(self) -> bool:
        return bool(self.sent) and self.ask.changed_at > self.sent[-1].at

    @property
    def unheard(self) -> tuple[Replied, ...]:
        """What they said to the last answer."""
        last = self.sent[-1].number if self.sent else 0
        return tuple(one for one in self.replies if one.answer == last)


@dataclass(frozen=True, slots=True)
class OfReview:
    """A review's wishes. `owners`: whom one may ask what happens, by id."""

    review: Review
    person: YoungPerson
    officer: str
    band: Band
    asks: tuple[OneAsk, ...]
    owners: tuple[tuple[str, str], ...]
    disputed: bool


def of_review(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> OfReview:
    """Every wish of a review; that their words were read is on record. `Unknown`."""
    return _open(db, house, staff, asked, now, None)


def one(
    db: Connection, house: House, staff: Admitted, asked: Asked, ask_id: str, now: datetime
) -> OfReview:
    """The same with this wish alone. `Unknown` if it is not of this review, or not theirs."""
    return _open(db, house, staff, asked, now, ask_id)


def _open(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime, only: str | None
) -> OfReview:
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, asked.review_id or "")
    person = people.young_person(db, house.id, review.person_id)
    found = asks.of_review(db, house.id, review.review_id)
    if only is not None:
        found = [ask for ask in found if ask.ask_id == only]
        if not found:
            raise Unknown(f"ask {only} of review {review.review_id}")
    said = said_of(db, house, found)
    _note_read(db, house, staff, review, found, now)
    kept = _conversation(db, house, found)
    return OfReview(
        review,
        person,
        people.staff_member(db, house.id, review.officer_id).name,
        kept.conversation.band if kept else Band.TWELVE,
        tuple(_one(db, house, ask, said.get(ask.ask_id), kept, now) for ask in found),
        _owners(db, house, review, now),
        disputes.of_review(db, house.id, review.review_id) is not None,
    )


def _one(
    db: Connection, house: House, ask: Ask, said: Said | None, kept: Kept | None, now: datetime
) -> OneAsk:
    written = tuple(asks.answers_of(db, house.id, ask.ask_id))
    replies = tuple(asks.replies_of(db, house.id, ask.ask_id))
    names = {by: _name(db, house, by) for by in {answer.by for answer in written}}
    owner = _name(db, house, ask.owner_id) if ask.owner_id else ask.plan.name
    return OneAsk(ask, said, written, replies, owner, names, reach(db, house, ask, kept, now))


def said_of(db: Connection, house: House, found: Iterable[Ask]) -> dict[str, Said]:
    """The words of these wishes as they were sent last, by ask. Of what was taken back none: the
    newest version has them not."""
    by_id: dict[str, Said] = {}
    for contribution_id, version in {(ask.contribution_id, ask.version) for ask in found}:
        try:
            sent = contributions.get(db, house.id, contribution_id, version)
        except Unknown:
            continue  # its time was over
        whole = reading.contribution_of(sent)
        shown = reading.with_shown(db, house, sent, (one for one in whole.said if one.wish))
        by_question = {one.question_id: one for one in shown}
        for ask in found:
            standing = ask.state is not State.TAKEN_BACK
            if ask.contribution_id == contribution_id and standing:
                here = by_question.get(ask.question_id)
                if here is not None:
                    by_id[ask.ask_id] = here
    return by_id


def _note_read(
    db: Connection,
    house: House,
    staff: Admitted,
    review: Review,
    found: Sequence[Ask],
    now: datetime,
) -> None:
    """Opening it is reading it, as on the review's own page."""
    for contribution_id, version in {(ask.contribution_id, ask.version) for ask in found}:
        contributions.read_by(db, house.id, contribution_id, version, staff.staff_id, now)
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="asks_read",
        subject=f"review:{review.review_id}",
        detail=f"{len(found)} asks",
    )


def _conversation(db: Connection, house: House, found: Sequence[Ask]) -> Kept | None:
    for ask in found:
        if conversations.exists(db, house.id, ask.conversation_id):
            return conversations.get(db, house.id, ask.conversation_id)
    return None


def _owners(
    db: Connection, house: House, review: Review, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Who works with the young person today and has an account here."""
    today = local_day(now)
    found: dict[str, str] = {}
    for one in allocations.of_person(db, house.id, review.person_id):
        if one.is_open(today) and one.kind in (Role.SOCIAL_WORKER, Role.PERSONAL_ADVISER):
            member = people.staff_member(db, house.id, one.staff_id)
            if member.active:
                title = TITLES[Role(one.kind)].lower()
                found[one.staff_id] = f"{member.name}, {title}"
    return tuple(sorted(found.items(), key=lambda pair: pair[1]))


def _name(db: Connection, house: House, staff_id: str) -> str:
    return _member(db, house, staff_id).name


def _member(db: Connection, house: House, staff_id: str) -> Staff:
    return people.staff_member(db, house.id, staff_id)


# Who has to say what happens, and by when.


class PlanFault(StrEnum):
    """Why nothing was kept; the value is the field that it is about."""

    OWNER = "owner"
    NAME = "name"
    NOTE = "note"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Planned:
    """What was filled in. `owner`: a member of staff by id, `officer`, or `other` with a name."""

    owner: str
    name: str
    note: str
    due: date | None


def plan(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    ask_id: str,
    entered: Planned,
    now: datetime,
) -> PlanFault | None:
    """Who is asked what happens with a wish, and by when it is to be answered. None: it is kept."""
    require(db, house, staff, asked)
    ask = _lock(db, house, asked, ask_id)
    review = reviews.get(db, house.id, ask.review_id)
    known = dict(_owners(db, house, review, now))
    if entered.owner not in ("officer", "other", *known):
        return PlanFault.OWNER
    if entered.owner == "other" and not 0 < len(entered.name.strip()) <= 200:
        return PlanFault.NAME
    if len(entered.note) > 1000:
        return PlanFault.NOTE
    if entered.due is None or entered.due < local_day(ask.asked_at):
        return PlanFault.DUE
    owner_id = entered.owner if entered.owner in known else None
    name = entered.name.strip() if entered.owner == "other" else ""
    note = entered.note.strip() if entered.owner != "officer" else ""
    asks.plan(db, house.id, ask, owner_id, entered.due, Plan(name, note))
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="ask_planned",
        subject=f"ask:{ask_id}",
        detail=f"due {entered.due.isoformat()}, "
        + (f"asked of {owner_id}" if owner_id else "asked of nobody with an account"),
    )
    return None


def _lock(db: Connection, house: House, asked: Asked, ask_id: str) -> Ask:
    """The ask, if it is of the review or the young person that the page is about. `Unknown`."""
    ask = asks.lock(db, house.id, ask_id)
    if asked.review_id not in (None, ask.review_id) or asked.person_id not in (None, ask.person_id):
        raise Unknown(f"ask {ask_id} of this page")
    return ask


# Writing.


class Stop(StrEnum):
    """Why an answer was not kept, apart from what it lacks."""

    OTHERS = "others"  # somebody wrote one, or it was taken back, since this page was opened
    DISPUTED = "disputed"  # nobody knows yet whose words they are


def checked(
    db: Connection, house: House, staff: Admitted, asked: Asked, text: str, ask_id: str
) -> Look:
    """What is said of an answer while it is written. Reads only; nothing of it is kept."""
    require(db, house, staff, asked)
    ask = asks.get(db, house.id, ask_id)
    if asked.review_id not in (None, ask.review_id) or asked.person_id not in (None, ask.person_id):
        raise Unknown(f"ask {ask_id} of this page")
    return look(db, house, ask, text)


def look(db: Connection, house: House, ask: Ask, text: str) -> Look:
    """The same for whoever was let in already."""
    kept = _conversation(db, house, [ask])
    band = kept.conversation.band if kept else Band.TWELVE
    review = reviews.get(db, house.id, ask.review_id)
    theirs = people.young_person(db, house.id, ask.person_id).name
    officer = _name(db, house, review.officer_id)
    others = people.names_of_others(db, house.id, ask.person_id, review.officer_id, MOST_NAMES)
    return look_at(clean(text), band, others, (theirs, officer))


def lacking(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    ask_id: str,
    answer: Answer,
    now: datetime,
) -> tuple[Lack, ...]:
    """What an answer lacks before it may be sent. Reads only."""
    require(db, house, staff, asked)
    ask = asks.get(db, house.id, ask_id)
    if ask.review_id != asked.review_id:
        raise Unknown(f"ask {ask_id} of this page")
    return _lacking(ask, cleaned(answer), now)


def _lacking(ask: Ask, answer: Answer, now: datetime) -> tuple[Lack, ...]:
    return lacks(ask.state, answer, local_day(now), local_day(ask.asked_at))


def cleaned(answer: Answer) -> Answer:
    """Without what a word processor left behind. No word is changed."""
    return Answer(
        answer.state,
        clean(answer.words),
        clean(answer.reason),
        " ".join(clean(answer.who).split()),
        answer.by,
        answer.told_on,
    )


def send(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    ask_id: str,
    answer: Answer,
    seen: int,
    now: datetime,
    notice: Notice | None = None,
) -> Written | Stop | tuple[Lack, ...]:
    """The officer has checked it, and their young person reads it from here on: a neutral line in
    their chat where they have one, and the document for the record. Of what they were told already
    there is no such line. `seen`: how many answers there were when the page was opened."""
    require(db, house, staff, asked)
    ask = _lock(db, house, asked, ask_id)
    answer = cleaned(answer)
    if disputes.of_review(db, house.id, ask.review_id) is not None:
        return Stop.DISPUTED
    if unfit := _unfit(ask, answer, seen, now):
        return unfit
    told_at = _told_at(answer, now)
    kind = Kind.TOLD if told_at else Kind.SENT
    written = asks.write(db, house.id, ask, kind, answer, staff.staff_id, now, told_at)
    if written is None:
        return Stop.OTHERS
    answer_filing.put_out(db, house, ask, written, now)
    asking_back.stay_open(db, house, ask.conversation_id, local_day(now), now)
    _done_with_replies(db, house, staff, ask, now)
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="ask_answered",
        subject=f"ask:{ask_id}",
        detail=f"answer {written.number}, {answer.state.value}"
        + (f", told on {answer.told_on}" if answer.told_on else ""),
    )
    if told_at is None:
        key = f"answer/{ask_id}/{written.number}"
        telling.tell(db, house, ask.person_id, ask.review_id, notice, key, now)
    return written


def _told_at(answer: Answer, now: datetime) -> datetime | None:
    """At noon of the day on which they were told: nobody is asked for the hour."""
    if answer.told_on is None:
        return None
    return min(now, datetime.combine(answer.told_on, time(12), LONDON).astimezone(now.tzinfo))


def _unfit(ask: Ask, answer: Answer, seen: int, now: datetime) -> Stop | tuple[Lack, ...]:
    """Why it is not kept; nothing where it may be. Who wrote something is told first that somebody
    was quicker: what they left out may have changed by that."""
    moved = ask.answers != seen or ask.state is State.TAKEN_BACK
    if moved and answer.words:
        return Stop.OTHERS
    return _lacking(ask, answer, now)


def _done_with_replies(
    db: Connection, house: House, staff: Admitted, ask: Ask, now: datetime
) -> None:
    """What they said to the answer before is answered by this one."""
    for task in tasks.of_review(db, house.id, ask.review_id, (TaskKind.ASK_REPLY,)):
        if task.about.get("ask_id") == ask.ask_id and task.done_at is None:
            tasks.done(db, house.id, task.task_id, staff.staff_id, now)


def hand_in(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    ask_id: str,
    answer: Answer,
    seen: int,
    now: datetime,
) -> Written | Stop | tuple[Lack, ...]:
    """A draft for the officer to check. By whoever is asked about this wish, or the officer."""
    require(db, house, staff, asked)
    ask = _lock(db, house, asked, ask_id)
    if asked.person_id is not None and ask.owner_id != staff.staff_id:
        raise Unknown(f"ask {ask_id} of this member of staff")
    answer = cleaned(answer)
    if unfit := _unfit(ask, answer, seen, now):
        return unfit
    written = asks.write(db, house.id, ask, Kind.DRAFT, answer, staff.staff_id, now)
    if written is None:
        return Stop.OTHERS
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="ask_drafted",
        subject=f"ask:{ask_id}",
        detail=f"answer {written.number}, {answer.state.value}",
    )
    return written


def is_beside(kept: Kept | None) -> bool:
    """Whether somebody sits beside them, so that they read nothing back here."""
    return kept is not None and not typists.reads_back(kept.conversation)
