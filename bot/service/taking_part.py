"""How a young person took part in a review: what is proposed, what a person confirms, and when
the review was held. For a child in care it is a participation code; for a care leaver's pathway
review the same in words, never a code (`domain.md` section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import briefing, due, holding, meetings
from bot.service.admission import Admitted, Asked, require
from bot.service.days import full_day, local_day
from bot.service.house import House
from bot.service.problems import Problem
from bot.service.reading import Contribution, erased_at, newest
from bot.service.statutory_return.looking import year_from
from bot.service.stood_down import year_of
from bot.service.wording import Reader
from conversations.episodes import short_breaks_throughout
from conversations.participation import PLAIN, Briefed, Code, Known, check, propose
from conversations.wording import Band
from storage import audit, participation, people, reviews
from storage.errors import Unknown
from storage.participation import Confirmed
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind

MOST_LETTERS = 2000
_ADULT = Reader(Band.SIXTEEN)


class Method(StrEnum):
    """How they took part. The value is what `participation.method` holds."""

    UNDER_4 = "under_4"
    SPOKE = "spoke"
    ADVOCATE_SPOKE = "advocate_spoke"
    SYMBOLIC = "symbolic"
    SILENT = "silent"
    ADVOCATE_BRIEFED = "advocate_briefed"
    VIEWS_SENT = "views_sent"
    NOTHING_SENT = "nothing_sent"


METHOD_OF = {
    Code.PN0: Method.UNDER_4,
    Code.PN1: Method.SPOKE,
    Code.PN2: Method.ADVOCATE_SPOKE,
    Code.PN3: Method.SYMBOLIC,
    Code.PN4: Method.SILENT,
    Code.PN5: Method.ADVOCATE_BRIEFED,
    Code.PN6: Method.VIEWS_SENT,
    Code.PN7: Method.NOTHING_SENT,
}
_CODE_OF = {method: code for code, method in METHOD_OF.items()}


def plain(method: Method, *, pathway: bool) -> str:
    """The words of review units. A care leaver is no child: *Attended and spoke for self*."""
    words = _ADULT.text(PLAIN[_CODE_OF[method]])
    if not pathway:
        return words
    rest = words.removeprefix("Child ")
    return rest[:1].upper() + rest[1:]


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is proposed. `code` is None for a pathway review, whose method has none."""

    method: Method
    code: Code | None
    plain: str
    because: str


@dataclass(frozen=True, slots=True)
class Box:
    """The box on a review's page. `over`: the meeting may have taken place, so that a person can
    say how it was; before that it says *so far* and has no button. `suggested`: nothing, where it
    is a foster carer's own review: nobody says how they took part."""

    suggested: Suggested | None
    over: bool
    held_on: date | None
    confirmed: Confirmed | None
    confirmed_by: str
    choices: tuple[tuple[Method, Code | None, str], ...]
    helper_typed: bool

    @property
    def confirmed_plain(self) -> str:
        if self.confirmed is None:
            return ""
        return plain(Method(self.confirmed.method), pathway=self.confirmed.code is None)

    @property
    def seen(self) -> str:
        """Which confirmation the page shows: a later form must know the newest."""
        return self.confirmed.confirmed_at.isoformat() if self.confirmed else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person entered. `proposed`: the method that the page proposed; `seen`: `Box.seen`."""

    method: str
    proposed: str
    seen: str
    reason: str = ""
    briefed_name: str = ""
    briefed_on: date | None = None
    words_confirmed: bool = False
    sure: bool = False


class Kept(StrEnum):
    """What came of an entry that has no problems."""

    NOW = "now"
    ALREADY = "already"  # the same was kept before: a second tap
    OTHERS = "others"  # somebody else was quicker: nothing was overwritten


@dataclass(frozen=True, slots=True)
class Odd:
    """What no code is wrong for and is hardly meant: kept once they say that it is right."""

    warnings: tuple[str, ...]


def box(
    db: Connection, house: House, review: Review, sent: Contribution | None, now: datetime
) -> Box:
    """What a review's page shows of how they took part."""
    person = people.young_person(db, house.id, review.person_id)
    confirmed = participation.get(db, house.id, review.review_id)
    by = people.staff_member(db, house.id, confirmed.confirmed_by).name if confirmed else ""
    pathway = review.kind is ReviewKind.PATHWAY
    today = local_day(now)
    over = review.held or (review.meeting_on is not None and review.meeting_on <= today)
    if person.carer:
        return Box(None, over, review.meeting_on, confirmed, by, (), helper_typed=False)
    briefed = briefing.briefed(db, house, review)
    erased = _is_erased(db, house, review)
    known = _known(house, review, person, sent, briefed, erased=erased)
    methods = [method for method in Method if not (pathway and method is Method.UNDER_4)]
    return Box(
        _suggest(known, pathway=pathway),
        over,
        review.meeting_on,
        confirmed,
        by,
        tuple(
            (method, None if pathway else _CODE_OF[method], plain(method, pathway=pathway))
            for method in methods
        ),
        known.helper_typed,
    )


def _is_erased(db: Connection, house: House, review: Review) -> bool:
    """Whether something was sent whose time is over: that it was is still known."""
    return erased_at(db, house, review) is not None


def _known(
    house: House,
    review: Review,
    person: YoungPerson,
    sent: Contribution | None,
    briefed: Briefed | None,
    *,
    erased: bool,
) -> Known:
    return Known(
        born=person.birth_date,
        held_on=review.meeting_on,
        intention=sent.taking_part.intention if sent else "not_said",
        views_sent=sent.views_sent if sent else erased,
        helper_typed=sent is not None and sent.typed_by != "young_person",
        briefed=briefed,
        care_leaver=review.kind is ReviewKind.PATHWAY,
        video_counts=house.council.video_counts_as_attending,
        phone_counts=house.council.phone_counts_as_attending,
    )


def _suggest(known: Known, *, pathway: bool) -> Suggested:
    # A pathway review has no code; how they took part is worked out from the same facts.
    proposal = propose(replace(known, care_leaver=False))
    if proposal is None:
        raise AssertionError("A child in care always has a proposal.")
    method = METHOD_OF[proposal.code]
    code = None if pathway else proposal.code
    return Suggested(method, code, plain(method, pathway=pathway), _ADULT.read(proposal.because))


def confirm(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    entry: Entry,
    now: datetime,
) -> Kept | Odd | Sequence[Problem]:
    """Put a person's name to how a young person took part, or to another way with the reason.

    It also records that the review was held on the day it was arranged for. Problems, `Odd`:
    nothing was kept. The first confirmation stands until somebody who has seen it corrects it.
    """
    review = _meeting(db, house, staff, asked)
    person = people.young_person(db, house.id, review.person_id)
    pathway = review.kind is ReviewKind.PATHWAY
    sent, erased = newest(db, house, review.review_id), _is_erased(db, house, review)
    recorded = briefing.briefed(db, house, review)
    known = _known(house, review, person, sent, recorded, erased=erased)
    suggested = _suggest(known, pathway=pathway)
    problems = _problems(entry, known, suggested, local_day(now))
    if problems:
        return problems
    if not entry.sure and (odd := _odd(db, house, review, review.meeting_on, local_day(now))):
        return Odd(odd)
    method = Method(entry.method)
    briefed = _briefed(entry) or recorded
    confirmed = Confirmed(
        review.review_id,
        None if pathway else _CODE_OF[method],
        suggested.code,
        method.value,
        entry.reason.strip() or None,
        briefed if method in _BRIEFED else None,
        staff.staff_id,
        now,
    )
    kept = _keep(db, house, confirmed, entry)
    if kept is not Kept.NOW:
        return kept
    if not review.held and review.meeting_on is not None:
        holding.hold(db, house, staff, review, review.meeting_on, now)
    what = confirmed.code.value if confirmed.code else method.value
    proposed = suggested.code.value if suggested.code else suggested.method.value
    act = "code_corrected" if entry.seen else "code_confirmed"
    _note(
        db, house, staff, review, now, act if not pathway else act.replace("code", "method"),
        f"{what}, proposed {proposed}",
    )  # fmt: skip
    return Kept.NOW


def _meeting(db: Connection, house: House, staff: Admitted, asked: Asked) -> Review:
    """The review, to act on; `Unknown` for what is asked afterwards: nobody takes part in that."""
    require(db, house, staff, asked)
    review = reviews.lock(db, house.id, asked.review_id or "")
    if not review.counted:
        raise Unknown(f"a meeting {review.review_id}")
    return review


def _keep(db: Connection, house: House, confirmed: Confirmed, entry: Entry) -> Kept:
    if entry.seen:
        seen_at = datetime.fromisoformat(entry.seen)
        if participation.correct(db, house.id, confirmed, seen_at):
            return Kept.NOW
    elif participation.confirm(db, house.id, confirmed):
        return Kept.NOW
    first = participation.get(db, house.id, confirmed.review_id)
    same = first is not None and (first.method, first.reason, first.confirmed_by) == (
        confirmed.method,
        confirmed.reason,
        confirmed.confirmed_by,
    )
    return Kept.ALREADY if same else Kept.OTHERS


_BRIEFED = (Method.ADVOCATE_SPOKE, Method.ADVOCATE_BRIEFED)


def _briefed(entry: Entry) -> Briefed | None:
    name = entry.briefed_name.strip()
    return Briefed(name, entry.briefed_on) if name and entry.briefed_on else None


def _problems(entry: Entry, known: Known, suggested: Suggested, today: date) -> tuple[Problem, ...]:
    if entry.method not in list(Method):
        return (Problem("method", "Choose how they took part."),)
    method = Method(entry.method)
    if entry.proposed and entry.proposed != suggested.method.value:
        return (
            Problem(
                "method",
                f"Something new was sent, and the proposal is now: {suggested.plain}. "
                "Look at it, and confirm again.",
            ),
        )
    if entry.seen and not _is_moment(entry.seen):
        return (Problem("method", "This page is too old. Open the review again."),)
    problems = list(_of_the_rules(method, known, _briefed(entry) or known.briefed, today))
    if method in _BRIEFED and entry.briefed_on is not None and known.held_on is not None:
        if entry.briefed_on > known.held_on:
            problems.append(
                Problem(
                    "briefed_on",
                    f"They were briefed on {full_day(entry.briefed_on, today)}, which is after "
                    "the review. Enter the day they were told what to say.",
                )
            )
        elif entry.briefed_on < known.born:
            problems.append(Problem("briefed_on", "Enter the day they were told what to say."))
    if method is Method.VIEWS_SENT and known.helper_typed and not entry.words_confirmed:
        problems.append(
            Problem("words_confirmed", "Somebody else typed it: confirm whose words they are.")
        )
    if method is not suggested.method and not entry.reason.strip():
        problems.append(
            Problem("reason", "Say in a few words why it is another than what is proposed.")
        )
    problems += _too_long(entry)
    return tuple(problems)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _too_long(entry: Entry) -> list[Problem]:
    problems = []
    for field, text, most in (
        ("reason", entry.reason, MOST_LETTERS),
        ("briefed_name", entry.briefed_name, 200),
    ):
        if len(text) > most:
            problems.append(Problem(field, f"Shorten it by {len(text) - most} letters."))
    return problems


def _of_the_rules(
    method: Method, known: Known, briefed: Briefed | None, today: date
) -> list[Problem]:
    """The published rules, at entry. For a pathway review those that are not about codes."""
    if not known.care_leaver:
        return [
            Problem(_field_of(say.params, method, briefed), _ADULT.read(say))
            for say in check(_CODE_OF[method], replace(known, briefed=briefed), today)
        ]
    problems = holding.of_the_day(known.held_on, known.born, today)
    if method in _BRIEFED and briefed is None:
        problems.append(Problem("briefed_name", "Say who was briefed, and on which day."))
    return problems


def _field_of(params: object, method: Method, briefed: Briefed | None) -> str:
    only_code = isinstance(params, dict) and set(params) == {"code"}
    return "briefed_name" if only_code and method in _BRIEFED and briefed is None else "method"


def _odd(
    db: Connection, house: House, review: Review, day: date | None, today: date
) -> tuple[str, ...]:
    """What the 903 validators would say of the child's periods of care, at entry: outside of them
    (rule 1012), all of them short breaks (rule 399); and twice on one date, which no rule does."""
    if day is None:
        return ()
    odd = meetings.odd_days(db, house, review, day, today, held=True)
    cares = due.known_of(db, house, [review]).periods.get(review.person_id, ())
    year = year_from(year_of(day))
    throughout = short_breaks_throughout(cares, year.begins, year.ends)
    if review.kind is ReviewKind.CIOC and throughout:
        return (*odd, _SHORT_BREAKS)
    return odd


_SHORT_BREAKS = (
    "They are looked after in short breaks only, and the 903 return takes no review of theirs "
    "(rule 399). Here the code is kept."
)


def hold(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    day: date,
    now: datetime,
    *,
    sure: bool = False,
) -> Odd | Sequence[Problem]:
    """Record the day a review was held on; problems, `Odd`: nothing was kept."""
    review = _meeting(db, house, staff, asked)
    problems = holding.problems_of(db, house, review, day, now)
    if problems:
        return problems
    if not sure and (odd := meetings.odd_days(db, house, review, day, local_day(now), held=True)):
        return Odd(odd)
    holding.hold(db, house, staff, review, day, now)
    return ()


def _note(
    db: Connection,
    house: House,
    staff: Admitted,
    review: Review,
    now: datetime,
    act: str,
    detail: str,
) -> None:
    subject = f"review:{review.review_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=detail)
