"""What is on record of the year's meetings: reasons for absence, the explainer, papers."""

from collections import Counter
from datetime import date

from bot.reports.figures.asked import Asked
from bot.reports.tables import Declared, Drawn, Table, of_one, without_data
from bot.service.duty import working_day
from storage.reviews import ReviewKind

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
REPORTS = Declared(
    "reports_before",
    "Reports before the meeting",
    "Meetings held in the year whose record says it, by whether the reports for them came in time.",
    "The record of each meeting.",
    (("in_time", "All in time"), ("late", "Some late"), ("missing", "Some missing")),
    adds_up=True,
)
ISSUED = Declared(
    "recommendations_issued",
    "Recommendations issued",
    "Meetings held in the year whose record says when their recommendations were issued, by "
    "whether that was within the working days that the council sets.",
    "The record of each meeting; [council] recommendations_within_days.",
    (("in_time", "In time"), ("late", "Late")),
    adds_up=True,
)
DECLARED = (ABSENCE, EXPLAINED, REPORTS, ISSUED)

_NO_RECORD = "No record of a meeting in this year says so yet."


def tables(asked: Asked) -> tuple[Table, ...]:
    absence = Counter(
        reason
        for one in asked.records
        if one.kind in (ReviewKind.CIOC.value, ReviewKind.PATHWAY.value)
        for reason in set(one.facts.get("absence", "").split(","))
        if reason
    )
    told = Counter(
        one.facts["role_explained"]
        for one in asked.records
        if one.kind == ReviewKind.CIOC.value and one.facts.get("role_explained")
    )
    papers = Counter(one.facts["reports"] for one in asked.records if one.facts.get("reports"))
    issued = Counter(
        _issued(one.on, one.facts["issued_on"], asked.issue_within)
        for one in asked.records
        if one.facts.get("issued_on")
    )
    found = ((ABSENCE, absence), (EXPLAINED, told), (REPORTS, papers), (ISSUED, issued))
    return tuple(
        of_one(declared, many.__getitem__) if many else without_data(declared, _NO_RECORD)
        for declared, many in found
    )


def _issued(held: date, issued: str, within: int) -> str:
    return "in_time" if date.fromisoformat(issued) <= working_day(held, within) else "late"
