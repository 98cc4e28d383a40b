"""What is on record of the year's meetings: reasons for absence, school, papers, permanence."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from bot.reports.figures.asked import Asked
from bot.reports.tables import Declared, Drawn, Table, of_one, without_data
from bot.service.duty import working_day
from conversations.timescales import months_after
from storage.review_tables import record_values
from storage.reviews import ReviewKind
from storage.tables import reviews

_REASONS = (
    ("too_many_people", "Too many people"),
    ("views_do_not_get_across", "What they say does not get through"),
    ("boring", "Boring"),
    ("private_things", "Private things are hard to say"),
    ("do_not_know_what_it_is_for", "Did not know what it is for"),
    ("school_or_commitment", "School or something they do"),
    ("a_person_there", "Somebody who would be there"),
    ("travel", "Hard to get there"),
    ("upsets_me", "It upsets them"),
    ("prefer_to_send_views", "Would rather send what they think"),
    ("not_appropriate", "Their age or understanding"),
    ("other", "Something else"),
    ("do_not_want_to_say", "Did not want to say"),
)
ABSENCE = Declared(
    "absence_reasons",
    "Why children did not come",
    "Reviews and pathway reviews held in the year, by the reasons on their records for which the "
    "child did not come. One review may have several reasons, so they add up to nothing.",
    "The record of each meeting, chosen from a list; no words of a child are read for it.",
    _REASONS,
    drawn=Drawn.BARS,
)
EXPLAINED = Declared(
    "role_explained",
    "Told who the IRO is, and what their rights are",
    "Reviews of children in care held in the year whose record says whether the child was told.",
    "The record of each meeting.",
    (("yes", "Told"), ("no", "Not told")),
    adds_up=True,
)
PEPS = Declared(
    "peps",
    "Personal education plans",
    "Children in care of school age, by what the record of their last review in the year says. "
    "Overdue is a plan of more than 6 months before the year’s last day.",
    "The record of each meeting.",
    (("current", "In place"), ("overdue", "In place, and overdue"), ("none", "Not in place")),
    adds_up=True,
    drawn=Drawn.BARS,
)
REPORTS = Declared(
    "reports_before",
    "Reports before the meeting",
    "Meetings held in the year, by whether the reports for them came in time.",
    "The record of each meeting.",
    (("in_time", "All in time"), ("late", "Some late"), ("missing", "Some missing")),
    adds_up=True,
)
ISSUED = Declared(
    "recommendations_issued",
    "Recommendations issued",
    "Meetings held in the year, by whether their recommendations were issued within the working "
    "days that the council sets.",
    "The record of each meeting; [council] recommendations_within_days.",
    (("in_time", "In time"), ("late", "Late")),
    adds_up=True,
)
PERMANENCE = Declared(
    "permanence_plans",
    "Permanence plans",
    "Children in care, by the permanence plan on the record of their last review in the year.",
    "The record of each meeting.",
    (
        ("first", "Their first plan"),
        ("second", "A second plan"),
        ("subsequent", "A later plan"),
        ("not_yet", "No plan yet"),
    ),
    adds_up=True,
)
DECLARED = (ABSENCE, EXPLAINED, PEPS, REPORTS, ISSUED, PERMANENCE)

_OF_MEETINGS = ("absence", "role_explained", "pep", "pep_on", "reports", "issued_on", "permanence")
_NO_RECORD = "No record of a meeting in this year says so yet."
_SCHOOL_MONTHS = 6

Facts = Mapping[str, str]


def tables(asked: Asked) -> tuple[Table, ...]:
    records = _records(asked)
    last = {person: facts for person, kind, _on, facts in records if kind == ReviewKind.CIOC.value}
    absence = Counter(
        reason
        for _person, kind, _on, facts in records
        if kind in (ReviewKind.CIOC.value, ReviewKind.PATHWAY.value)
        for reason in set(facts.get("absence", "").split(","))
        if reason
    )
    told = Counter(
        facts["role_explained"]
        for _person, kind, _on, facts in records
        if kind == ReviewKind.CIOC.value and facts.get("role_explained")
    )
    peps = Counter(pep for facts in last.values() if (pep := _pep(facts, asked.until)))
    papers = Counter(facts["reports"] for *_whose, facts in records if facts.get("reports"))
    issued = Counter(
        _issued(on, facts["issued_on"], asked.issue_within)
        for _person, _kind, on, facts in records
        if facts.get("issued_on")
    )
    plans = Counter(facts["permanence"] for facts in last.values() if facts.get("permanence"))
    found = (
        (ABSENCE, absence), (EXPLAINED, told), (PEPS, peps), (REPORTS, papers),
        (ISSUED, issued), (PERMANENCE, plans),
    )  # fmt: skip
    return tuple(
        of_one(declared, many.__getitem__) if many else without_data(declared, _NO_RECORD)
        for declared, many in found
    )


def _records(asked: Asked) -> list[tuple[str, str, date, Facts]]:
    """Of each meeting held in the year: whose, of which kind, when, and the newest of each field.
    In order of their days."""
    newest = (
        select(
            record_values.c.review_id,
            record_values.c.field,
            func.max(record_values.c.number).label("number"),
        )
        .where(record_values.c.council == asked.council, record_values.c.field.in_(_OF_MEETINGS))
        .group_by(record_values.c.review_id, record_values.c.field)
        .subquery()
    )
    rows = asked.db.execute(
        select(
            reviews.c.review_id,
            reviews.c.person_id,
            reviews.c.kind,
            reviews.c.meeting_on,
            record_values.c.field,
            record_values.c.fact,
        )
        .join(newest, newest.c.review_id == reviews.c.review_id)
        .join(
            record_values,
            (record_values.c.council == reviews.c.council)
            & (record_values.c.review_id == newest.c.review_id)
            & (record_values.c.field == newest.c.field)
            & (record_values.c.number == newest.c.number),
        )
        .where(
            reviews.c.council == asked.council,
            reviews.c.held.is_(True),
            reviews.c.looks_back_on.is_(None),
            reviews.c.meeting_on >= asked.year.begins,
            reviews.c.meeting_on <= asked.year.ends,
        )
        .order_by(reviews.c.meeting_on, reviews.c.review_id)
    )
    found: dict[str, tuple[str, str, date, dict[str, str]]] = {}
    for review_id, person_id, kind, day, field, fact in rows:
        if fact:
            found.setdefault(review_id, (person_id, kind, day, {}))[3][field] = fact
    return list(found.values())


def _pep(facts: Facts, until: date) -> str:
    """Empty: nothing is said, or they are not of school age."""
    match facts.get("pep"):
        case "yes":
            made = facts.get("pep_on")
            old = made and months_after(date.fromisoformat(made), _SCHOOL_MONTHS) < until
            return "overdue" if old else "current"
        case "no":
            return "none"
        case _:
            return ""


def _issued(held: date, issued: str, within: int) -> str:
    return "in_time" if date.fromisoformat(issued) <= working_day(held, within) else "late"
