"""What became of a year's return, as one web page which holds all it needs: how many reviews went
in, what was left out and why, and who mends it. For the unit alone: it names case ids."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.reports import page
from bot.service.days import whole_day
from bot.service.statutory_return.looking import Known, Tally
from bot.service.statutory_return.rules import DECLARED, Found, Rule, Year

MOST_SHOWN = 1_000
"""Findings that stand on the page; all of them are in `problems.csv`."""


@dataclass(frozen=True, slots=True)
class Made:
    """A return that was looked through. `called`: the year, as `2025/26`."""

    council: str
    called: str
    year: Year
    known: Known
    tally: Tally


def html(made: Made) -> str:
    """The page."""
    return page.html(view(made), "ssda903.html")


def view(made: Made) -> dict[str, object]:
    """All of it as plain words, for a template."""
    tally = made.tally
    rules = [rule for rule in Rule if tally.by_rule[rule]]
    return {
        "title": f"Statutory return of reviews, {made.called}",
        "council": made.council,
        "begins": whole_day(made.year.begins),
        "ends": whole_day(made.year.ends),
        "goes_in": tally.goes_in,
        "children": tally.children,
        "left_out": tally.left_out,
        "pathway": tally.pathway,
        "missing": made.known.missing,
        "rules": [
            {
                "rule": rule.value,
                "says": DECLARED[rule].says,
                "mends": DECLARED[rule].mends.value,
                "left_out": DECLARED[rule].left_out,
                "count": tally.by_rule[rule],
            }
            for rule in rules
        ],
        "found": [_shown(one, made.known.officers) for one in tally.shown],
        "all_found": tally.all_found,
    }


def _shown(found: Found, officers: Mapping[str, str]) -> dict[str, str]:
    meeting = found.meeting
    return {
        "rule": found.rule.value,
        "child": found.child,
        "review": meeting.review_id,
        "on": whole_day(meeting.on) if meeting.on else "no day",
        "code": meeting.code or "none",
        "officer": officers.get(meeting.officer_id, ""),
    }
