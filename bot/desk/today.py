"""Today: what waits for whoever is signed in, one kind of line after the other.

A kind of line is declared once, as a `Section` in `SECTIONS`: whose it is, how heavy it weighs,
what finds its rows and what shows them. A new kind is a function and a row here; the page follows,
and the number of its queries stays the same however many rows there are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from bot.desk.addresses import review_url
from bot.service import (
    alerts,
    arranging,
    asks_in_hand,
    caseload,
    due,
    handing_over,
    invited,
    mending,
    notes,
    taking_back,
)
from bot.service.admission import Admitted
from bot.service.arranging import Arranging, Invitation, ToArrange
from bot.service.caseload import InHand, State
from bot.service.days import full_day, local_day, on_day
from bot.service.due import ByWhen
from bot.service.house import House
from bot.service.meeting_kinds import KINDS
from conversations.effects import Cause
from storage.people import YoungPerson
from storage.tasks import Kind, Task

MOST = 15
"""How many lines of a section stand here; the rest stands in the whole list, a tap away."""

WEEK = timedelta(days=7)
SOON = caseload.SOON

Whose = Callable[[Admitted], bool]
"""Whether a kind of line is for them: by what they may do, as the authorisation table says."""


def officers(staff: Admitted) -> bool:
    return staff.runs_reviews


def iros(staff: Admitted) -> bool:
    return staff.runs_reviews and not staff.runs_pathway_reviews


def pathway_officers(staff: Admitted) -> bool:
    return staff.runs_pathway_reviews


def managers(staff: Admitted) -> bool:
    return staff.may_list("desk.unit")


def support(staff: Admitted) -> bool:
    return staff.may_list("desk.arranging")


def officers_and_managers(staff: Admitted) -> bool:
    return officers(staff) or managers(staff)


@dataclass(frozen=True, slots=True)
class Tag:
    """`colour`: one of GOV.UK's; empty: its blue."""

    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Whom it is about, what is to be done, why and till when (`hint`), and where one tap goes."""

    person: YoungPerson
    href: str
    hint: str
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The first rows, with names, and how many there are."""

    rows: Sequence[Any]
    all: int

    @property
    def left(self) -> int:
        return self.all - len(self.rows)


def first(found: Iterable[InHand]) -> Found:
    """Those that stand here; `look` opens the names of all such sections in one go."""
    every = tuple(found)
    return Found(every[:MOST], len(every))


class Work:
    """One look at Today: what several kinds of line ask for is asked once."""

    def __init__(self, db: Connection, house: House, staff: Admitted, now: datetime) -> None:
        self.db, self.house, self.staff, self.now = db, house, staff, now
        self.today = local_day(now)

    @cached_property
    def mine(self) -> tuple[InHand, ...]:
        """What an officer has in hand, nobody named."""
        return caseload.of_officer(self.db, self.house, self.staff, self.now)

    @cached_property
    def unit(self) -> tuple[InHand, ...]:
        """The same of the whole team, of what a unit answers for."""
        found = caseload.of_unit(self.db, self.house, self.staff, self.now)
        return tuple(one for one in found if one.case.review.counted and not one.case.carer)

    @cached_property
    def to_read(self) -> tuple[alerts.Row, ...]:
        return alerts.please_read(self.db, self.house, self.staff, self.now)

    @cached_property
    def to_arrange(self) -> Arranging:
        return arranging.to_arrange(self.db, self.house, self.staff, self.now)

    def named(self, found: Iterable[InHand]) -> Found:
        """Those that stand here, with names: of the others nobody's is opened."""
        every = first(found)
        return replace(every, rows=caseload.named(self.db, self.house, every.rows))


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of line. `whose`: for whom; `weight`: the lowest stands first; `shows`: the macro of
    `today.html` for its rows (`lines` for `Line`); `whole`: where all of them are; `aside`: beside
    the others."""

    id: str
    weight: int
    whose: Whose
    title: str
    find: Callable[[Work], Found]
    shows: str = "lines"
    whole: str = ""
    aside: bool = False


# What finds the rows


def _notices(work: Work) -> Found:
    return _all(taking_back.notices(work.db, work.house, work.staff))


def _please_read(work: Work) -> Found:
    return _all([one for one in work.to_read if one.alert.cause is not Cause.UNHEARD])


def _please_listen(work: Work) -> Found:
    return _all([one for one in work.to_read if one.alert.cause is Cause.UNHEARD])


def _tasks(work: Work) -> Found:
    """Where one has wishes to answer, what was said to an answer stands there: one line for it."""
    found = mending.mine(work.db, work.house, work.staff)
    if work.staff.runs_reviews:
        found = tuple(one for one in found if one.task.kind is not Kind.ASK_REPLY)
    return _some(found)


def _wishes(work: Work) -> Found:
    return _some(asks_in_hand.waiting(work.db, work.house, work.staff, work.now))


def _notes(work: Work) -> Found:
    """Quality notes and challenges whose answer is overdue."""
    return _some(notes.overdue(work.db, work.house, work.staff, work.now))


def _leavers(work: Work) -> Found:
    """For a manager: who has left and still has young people."""
    return _all(handing_over.leavers(work.db, work.house, work.staff, work.now))


def _all(found: Sequence[Any]) -> Found:
    return Found(found, len(found))


def _some(found: Sequence[Any]) -> Found:
    return Found(found[:MOST], len(found))


def _in_state(state: State, order: Callable[[InHand, date], Any] | None = None) -> Any:
    """Young people's reviews in this state."""

    def find(work: Work) -> Found:
        found = [one for one in work.mine if one.state is state and not one.case.carer]
        if order is not None:
            found.sort(key=lambda one: order(one, work.today))
        return first(found)

    return find


def _waiting(work: Work) -> Found:
    """Nothing was sent, and the day is near."""
    found = [
        one
        for one in work.mine
        if one.state is State.WAITING
        and not one.case.carer
        and caseload.next_day(one.case, work.today) <= work.today + SOON
    ]
    return first(sorted(found, key=lambda one: caseload.next_day(one.case, work.today)))


def _carers(work: Work) -> Found:
    """Foster carers’ own forms for reviews ahead, or sent and not read: no other list has them."""
    found = [
        one
        for one in work.mine
        if one.case.carer
        and one.state is not State.DONE
        and (
            one.state is State.READ_IT
            or caseload.next_day(one.case, work.today) <= work.today + SOON
        )
    ]
    return first(sorted(found, key=lambda one: caseload.next_day(one.case, work.today)))


def _this_week(work: Work) -> Found:
    """Every meeting of the next seven days, and whether its young person was heard."""
    found = [
        one
        for one in work.mine
        if not one.case.carer
        and not one.case.review.held
        and one.case.review.meeting_on is not None
        and work.today <= one.case.review.meeting_on < work.today + WEEK
    ]
    return first(found)


def _unheard(work: Work) -> Found:
    """For a manager: a meeting within two weeks and nothing sent. To see to: the invitation."""
    found = [one for one in work.unit if caseload.is_unheard(one.case, work.today)]
    named = work.named(sorted(found, key=lambda one: caseload.next_day(one.case, work.today)))
    return Found([_unheard_line(one, work.today) for one in named.rows], named.all)


def _unheard_line(found: Any, today: date) -> Line:
    review, case = found.case.review, found.case
    if case.opened:
        tag = Tag("Opened, nothing sent", "grey")
    else:
        tag = Tag("Not opened", "yellow") if case.invited_at else Tag("Not invited", "red")
    hint = f"Meeting {on_day(review.meeting_on, today)}. See to the invitation."
    return Line(case.person, review_url(review.review_id, "access"), hint, tag)


def _past_due(work: Work) -> Found:
    """For a manager: past its date and not held. They stand in, with a reason."""
    found = [one for one in work.unit if one.state is State.OVERDUE]
    named = work.named(sorted(found, key=lambda one: caseload.due(one.case)))
    return Found([_past_due_line(one, work.today) for one in named.rows], named.all)


def _past_due_line(found: Any, today: date) -> Line:
    review = found.case.review
    over = (today - review.due_on).days
    hint = f"Was due by {full_day(review.due_on, today)}. Nobody has said that it was held."
    tag = Tag(f"{over} day over" if over == 1 else f"{over} days over", "red")
    return Line(found.case.person, review_url(review.review_id, "cover"), hint, tag)


# For business support: never a word of anybody


def _bounced(work: Work) -> Found:
    """What of an invitation did not arrive: somebody is to be reached another way."""
    found = invited.bounced(work.db, work.house, work.staff)
    return _some([_bounced_line(task, person) for task, person in found])


def _bounced_line(task: Task, person: YoungPerson) -> Line:
    what = "text message" if task.about["way"] == "sms" else "e-mail"
    hint = f"The {what} did not arrive. Ask for a new number or address, or print a letter."
    href = review_url(task.review_id or "", "invitation")
    return Line(person, href, hint, Tag("Did not arrive", "red"))


def _to_invite(work: Work) -> Found:
    every = (*work.to_arrange.undated, *work.to_arrange.dated)
    missing = (Invitation.NONE, Invitation.ENDED)
    return _arranging(
        work,
        [one for one in every if one.invitation in missing and one.may_invite],
        lambda one: Line(
            one.case.person,
            review_url(one.case.review.review_id, "invitation"),
            f"{_when(one, work.today)} {one.officer} runs it.",
            Tag("Ended unopened", "yellow")
            if one.invitation is Invitation.ENDED
            else Tag("Not invited", "yellow"),
        ),
    )


def _to_date(work: Work) -> Found:
    return _arranging(
        work,
        [one for one in work.to_arrange.undated if one.may_invite],
        lambda one: Line(
            one.case.person,
            review_url(one.case.review.review_id, "when"),
            f"{_when(one, work.today)} {one.officer} runs it."
            + (" They said what they want of it." if one.has_wishes else ""),
            Tag("No day yet", "grey"),
        ),
    )


def _wanted(work: Work) -> Found:
    return _arranging(
        work,
        [one for one in work.to_arrange.dated if one.has_wishes and one.may_invite],
        lambda one: Line(
            one.case.person,
            review_url(one.case.review.review_id, "meeting"),
            f"{_when(one, work.today)} They said what they want of it.",
            Tag("Look", "blue"),
        ),
    )


def _arranging(work: Work, found: Sequence[ToArrange], line: Callable[[Any], Line]) -> Found:
    near = sorted(found, key=lambda one: caseload.next_day(one.case, work.today))
    shown = arranging.named(work.db, work.house, near[:MOST])
    return Found([line(one) for one in shown], len(near))


def _when(one: ToArrange, today: date) -> str:
    review = one.case.review
    what = "Their own form" if one.case.carer else KINDS[review.kind].called
    if review.meeting_on is not None:
        return f"{what}. Meeting {on_day(review.meeting_on, today)}."
    if review.due_on is None:
        return f"{what}. No due date."
    return f"{what}. Due by {full_day(review.due_on, today)}."


_OVERDUE = _in_state(State.OVERDUE, lambda one, _today: caseload.due(one.case))
_READ = _in_state(State.READ_IT, lambda one, today: caseload.to_read(one.case, today))

SECTIONS = (
    Section(
        "taken-back", 0, officers_and_managers, "Changed after you read it", _notices, "notices"
    ),
    Section(
        "please-read", 10, officers, "Please read, somebody may not be safe", _please_read,
        "alerts",
    ),
    Section("please-listen", 20, officers, "Please listen or look", _please_listen, "alerts"),
    Section(
        "read", 30, officers, "Read", _READ, "reviews", "/desk/reviews?state=read"
    ),
    Section(
        "tasks", 40, officers_and_managers, "Went wrong or asked for", _tasks, "tasks",
        "/desk/tasks",
    ),
    Section("wishes", 44, officers, "Wishes to answer", _wishes, "wishes", "/desk/asks"),
    Section(
        "notes", 46, officers_and_managers, "Quality and challenge, overdue", _notes, "notes",
        "/desk/quality",
    ),
    Section("leavers", 48, managers, "Has left, with open work", _leavers, "leavers"),
    Section(
        "confirm", 50, officers, "Confirm how they took part", _in_state(State.CONFIRM), "reviews",
        "/desk/reviews?state=confirm",
    ),
    Section(
        "overdue", 60, iros, "Overdue", _OVERDUE, "reviews", "/desk/reviews?state=overdue"
    ),
    Section(
        "backlog", 60, pathway_officers, "Backlog, past their date", _OVERDUE,
        "reviews", "/desk/reviews?state=overdue",
    ),
    Section(
        "waiting", 70, officers, "Not heard yet, in the next four weeks", _waiting, "reviews",
        "/desk/reviews?state=waiting&weeks=4",
    ),
    Section(
        "ready", 80, officers, "Read, meeting ahead", _in_state(State.READY), "reviews",
        "/desk/reviews?state=ready",
    ),
    Section("carers", 90, officers, "Foster carers’ own forms", _carers, "reviews"),
    Section(
        "week", 100, officers, "Meetings in the next seven days", _this_week, "week", aside=True
    ),
    Section(
        "unheard", 50, managers, "Meeting within two weeks, nothing sent", _unheard,
        whole="/desk/reviews?state=waiting&weeks=2",
    ),
    Section(
        "past-due", 60, managers, "Past their date", _past_due,
        whole="/desk/reviews?state=overdue",
    ),
    Section(
        "bounced", 20, support, "Invitations that did not arrive", _bounced,
        whole="/desk/invitations",
    ),
    Section("invite", 30, support, "Invite", _to_invite, whole="/desk/arranging"),
    Section("arrange", 40, support, "Arrange a meeting", _to_date, whole="/desk/arranging"),
    Section(
        "wanted", 50, support, "What young people want of their meeting", _wanted,
        whole="/desk/arranging",
    ),
)  # fmt: skip


def has_today(staff: Admitted) -> bool:
    """Whether they start here. Who has one page alone (alerts, the audit) starts there."""
    return any(section.whose(staff) for section in SECTIONS)


@dataclass(frozen=True, slots=True)
class Shown:
    """A section with what was found for it."""

    section: Section
    found: Found


@dataclass(frozen=True, slots=True)
class Look:
    """What waits, by weight, without what is empty. `dues`: by when each review shown is due;
    `later`: how many of an officer's there are where nothing is to be done yet."""

    shown: tuple[Shown, ...]
    dues: Mapping[str, ByWhen]
    later: int


def look(db: Connection, house: House, staff: Admitted, now: datetime) -> Look:
    """All of it. Reads only."""
    work = Work(db, house, staff, now)
    mine = sorted((one for one in SECTIONS if one.whose(staff)), key=lambda one: one.weight)
    shown = [Shown(one, found) for one in mine if (found := one.find(work)).all]
    reviews = [one.case.review for one in _of_reviews(shown)]
    return Look(
        _named(work, shown),
        due.of_reviews(db, house, reviews, work.today) if reviews else {},
        _later(work) if staff.runs_reviews else 0,
    )


_OF_REVIEWS = ("reviews", "week")
"""What is shown by these macros is named at the end, whichever section it is of."""


def _of_reviews(shown: Sequence[Shown]) -> list[InHand]:
    return [row for one in shown if one.section.shows in _OF_REVIEWS for row in one.found.rows]


def _named(work: Work, shown: Sequence[Shown]) -> tuple[Shown, ...]:
    named = {
        row.case.review.review_id: row
        for row in caseload.named(work.db, work.house, _of_reviews(shown))
    }
    return tuple(
        replace(one, found=replace(one.found, rows=_those(named, one.found.rows)))
        if one.section.shows in _OF_REVIEWS
        else one
        for one in shown
    )


def _those(named: Mapping[str, InHand], rows: Sequence[InHand]) -> list[InHand]:
    ids = (row.case.review.review_id for row in rows)
    return [named[review_id] for review_id in ids if review_id in named]


def _later(work: Work) -> int:
    return sum(
        one.state is State.WAITING
        and not one.case.carer
        and caseload.next_day(one.case, work.today) > work.today + SOON
        for one in work.mine
    )
