"""The published validator of the SSDA903 over our return, and over broken ones: it finds nothing in
what we write, and nothing in what is broken that we do not say first, under the same number."""

import csv
import io
import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.service.statutory_return import files
from bot.service.statutory_return.looking import year_from
from bot.service.statutory_return.rules import Child, Meeting, judge
from conversations.episodes import Episode
from tests.promises import FULL

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv" / "validator" / "bin" / "python"
SCRIPT = ROOT / "tests" / "published_validator.py"
RULES = ("166", "167", "440", "441", "399", "1012", "INT08", "INT17")
"""Those that speak of the Reviews file."""

YEAR = year_from(date(2025, 4, 1))
TODAY = date(2026, 6, 1)
BORN = date(2012, 5, 4)
GOOD = Meeting("R1", date(2025, 8, 1), "PN1")
NO_DAYS = ("", "31/02/2026", "2025-08-01", "1/8/25", "soon")


@dataclass(frozen=True, slots=True)
class Case:
    """A child as the council's files have them. `born_in_header` None: not in the Header file.
    `no_day`: what stands in the file where a review has no day."""

    child: Child
    born_in_header: date | None = BORN
    no_day: str = ""


def _case(*meetings: Meeting, **changed: Any) -> Case:
    child = Child("", BORN, meetings or (GOOD,), (Episode(date(2024, 1, 8)),))
    return Case(replace(child, **changed), changed.get("born", BORN))


BROKEN = {
    "166": _case(GOOD._replace(on=None)),
    "167": _case(GOOD._replace(code=None)),
    "440": _case(GOOD._replace(code="PN0")),
    "441": _case(born=date(2022, 1, 1)),
    "399": _case(stays=(Episode(date(2025, 1, 1), None, short_breaks=True),)),
    "1012": _case(stays=()),
    "INT08": replace(_case(), born_in_header=None),
    "INT17": replace(_case(), born_in_header=date(2012, 4, 5)),
}
"""One broken return for each rule."""


def _ask(asked: dict[str, object]) -> Any:
    ended = subprocess.run(
        [PYTHON, SCRIPT], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(ended.stdout)


def validate(reviews: str, cases: Iterable[Case], rules: Sequence[str] = RULES) -> dict[str, Any]:
    """What the published validator says of a Reviews file beside the Header and Episodes of these
    cases."""
    given_files = {"Reviews": reviews, "Header": _header(cases), "Episodes": _episodes(cases)}
    answer: dict[str, Any] = _ask(
        {"files": given_files, "collection_year": "2026", "rules": list(rules)}
    )
    return answer


def _text(day: date | None, otherwise: str = "") -> str:
    return files.ddmmyyyy(day) if day else otherwise


def _csv(head: str, rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([head.split(","), *rows])
    return out.getvalue()


def _header(cases: Iterable[Case]) -> str:
    rows = [
        (case.child.child, "1", _text(case.born_in_header), "WBRI", "UN1", "", "")
        for case in cases
        if case.born_in_header
    ]
    return _csv("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", rows)


def _episodes(cases: Iterable[Case]) -> str:
    rows = [
        (case.child.child, _text(one.began), "S", "V4" if one.short_breaks else "C2", "N1", "U1",
         "PR1", _text(one.ended), "E8" if one.ended else "", "", "", "", "")
        for case in cases
        for one in case.child.stays or ()
        if one.began <= YEAR.ends and (one.ended is None or one.ended >= YEAR.begins)
    ]  # fmt: skip
    head = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,"
    return _csv(head + "PL_POST,URN", rows)


@dataclass(frozen=True, slots=True)
class Compared:
    """What the validator said of all that is on record and what we said of it, as rule and review;
    and what the validator said of what we let in."""

    theirs: frozenset[tuple[str, str]]
    ours: frozenset[tuple[str, str]]
    of_what_went_in: dict[str, list[int]]
    went_in: int


def compare(cases: Sequence[Case]) -> Compared:
    """One run looks at all of them: each child and review gets an id of its own."""
    named = [_named(case, f"C{number}") for number, case in enumerate(cases)]
    header = {one.child.child: one.born_in_header for one in named if one.born_in_header}
    raw = [
        (one.child.child, _text(one.child.born), _text(meeting.on, one.no_day), meeting.code or "")
        for one in named
        for meeting in one.child.meetings
    ]
    ids = [meeting.review_id for one in named for meeting in one.child.meetings]
    judged = [judge(one.child, YEAR, TODAY, header) for one in named]
    rows = [row for one in judged for row in one.rows]
    before = validate(_csv(",".join(files.CSV_HEAD), raw), named)
    assert not before["failed"]
    after = validate(files.csv_head() + files.csv_of(rows), named)
    return Compared(
        frozenset((rule, ids[row]) for rule, found in before["found"].items() for row in found),
        frozenset((one.rule.value, one.meeting.review_id) for each in judged for one in each.found),
        after["found"],
        len(rows),
    )


def _named(case: Case, name: str) -> Case:
    meetings = tuple(
        meeting._replace(review_id=f"{name}-{row}")
        for row, meeting in enumerate(case.child.meetings)
    )
    return replace(case, child=replace(case.child, child=name, meetings=meetings))


@cache
def _one_by_one() -> Compared:
    return compare([*BROKEN.values(), _case()])


@pytest.mark.parametrize("rule", BROKEN)
def test_a_return_that_breaks_one_rule_is_found_by_both_under_the_same_number(rule: str) -> None:
    broken = (rule, f"C{list(BROKEN).index(rule)}-0")

    assert broken in _one_by_one().theirs
    assert broken in _one_by_one().ours


def test_of_the_broken_ones_nothing_goes_in() -> None:
    assert _one_by_one().went_in == 1  # the one that is not broken
    assert _one_by_one().of_what_went_in == {}


_days = st.dates(YEAR.begins, YEAR.ends)
_codes = st.sampled_from((*(f"PN{n}" for n in range(8)), "PN1", "PN6", None, "PN8", "X", "pn1"))
_births = st.one_of(
    st.dates(date(2007, 6, 1), YEAR.ends),
    st.sampled_from((date(2020, 2, 29), date(2024, 2, 29), date(2021, 8, 1), date(2026, 5, 1))),
    st.just(None),
)
_stays = st.lists(
    st.builds(
        Episode,
        st.dates(date(2022, 1, 1), date(2025, 12, 31)),
        st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2026, 12, 31))),
        st.booleans(),
    ),
    max_size=3,
)


@st.composite
def broken_cases(draw: st.DrawFn) -> Case:
    """A child with whatever may be wrong in a council's records."""
    born = draw(_births)
    days = st.one_of(_days, st.none(), *([_near(born)] if born else []))
    meeting = st.builds(Meeting, st.just("R"), days, _codes, st.just(True), st.just(""))
    meetings = draw(st.lists(meeting, max_size=4))
    in_header = draw(st.one_of(st.just(born), st.just(born), st.just(BORN), st.none()))
    child = Child("", born, tuple(meetings), tuple(draw(_stays)))
    return Case(child, in_header, draw(st.sampled_from(NO_DAYS)))


def _near(born: date) -> st.SearchStrategy[date]:
    """Days about the fourth birthday, where they are in the year."""
    about = date(born.year + 4, born.month, min(born.day, 28))
    found = [about + timedelta(days) for days in range(-2, 4)]
    return st.sampled_from([day for day in found if YEAR.holds(day)] or [YEAR.begins])


def _tell(cases: Sequence[Case], compared: Compared) -> list[Case]:
    missed = {review.partition("-")[0] for _rule, review in compared.theirs - compared.ours}
    return [cases[int(name[1:])] for name in sorted(missed)[:3]]


def test_whatever_is_broken_the_published_validator_finds_no_more_than_we_say() -> None:
    cases: list[Case] = []

    @settings(max_examples=20_000 if FULL else 1_500, deadline=None, database=None)
    @given(broken_cases())
    def collect(case: Case) -> None:
        cases.append(case)

    collect()
    compared = compare(cases)

    assert sorted(compared.theirs - compared.ours) == [], _tell(cases, compared)
    assert {rule for rule, _review in compared.theirs} == set(RULES)  # none was spared
    assert compared.ours - compared.theirs  # and more
    assert compared.went_in  # or nothing would have been looked at
    assert compared.of_what_went_in == {}
