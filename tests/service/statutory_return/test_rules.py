"""What goes into the return, and what is said of what does not."""

from dataclasses import replace
from datetime import date

import pytest

from bot.service.statutory_return.looking import year_from
from bot.service.statutory_return.rules import DECLARED, Child, Judged, Meeting, Row, Rule, judge
from conversations.episodes import Episode, short_breaks_throughout
from conversations.timescales import Care

YEAR = year_from(date(2025, 4, 1))
TODAY = date(2026, 6, 1)
BORN = date(2012, 5, 4)
EPISODES = (Episode(date(2024, 1, 8)),)
GOOD = Meeting("R1", date(2025, 8, 1), "PN1")


def _child(*meetings: Meeting) -> Child:
    return Child("C1", BORN, meetings or (GOOD,), EPISODES)


def _rules(judged: Judged) -> list[str]:
    return [found.rule.value for found in judged.found]


def test_a_review_that_no_rule_speaks_of_goes_in() -> None:
    judged = judge(_child(), YEAR, TODAY)

    assert judged == Judged((Row("C1", BORN, date(2025, 8, 1), "PN1"),), ())


def test_a_reporting_year_runs_from_1_april_to_31_march_both_included() -> None:
    days = [date(2025, 3, 31), date(2025, 4, 1), date(2026, 3, 31), date(2026, 4, 1)]
    meetings = [Meeting(str(day), day, "PN1") for day in days]

    judged = judge(_child(*meetings), YEAR, TODAY)

    assert [row.on for row in judged.rows] == days[1:3]
    assert not judged.found


@pytest.mark.parametrize(
    ("meeting", "rules"),
    [
        (GOOD._replace(on=None), ["166", "167"]),
        (GOOD._replace(code=None), ["167"]),
        (GOOD._replace(code="PN9"), ["167"]),
        (GOOD._replace(code="pn1"), ["167"]),
        (GOOD._replace(code="PN0"), ["440"]),
    ],
)
def test_what_the_published_rules_say_of_a_review_keeps_it_out(
    meeting: Meeting, rules: list[str]
) -> None:
    judged = judge(_child(meeting), YEAR, TODAY)

    assert _rules(judged) == rules
    assert not judged.rows


@pytest.mark.parametrize(
    ("born", "code", "rules"),
    [
        (date(2021, 8, 2), "PN0", []),
        (date(2021, 8, 2), "PN1", ["441"]),
        (date(2021, 8, 1), "PN0", ["fourth-birthday"]),
        (date(2021, 8, 1), "PN1", []),
        (date(2021, 7, 31), "PN0", ["440"]),
        (date(2021, 7, 31), "PN6", []),
        (date(2025, 8, 2), "PN0", ["birth-date"]),
        (date(2025, 8, 2), "PN1", ["birth-date", "441"]),
        (date(2026, 6, 2), "PN0", ["birth-date"]),
        (date(2007, 8, 1), "PN1", ["adult"]),
        (date(2007, 8, 2), "PN1", []),
        (None, "PN1", ["no-birth-date"]),
    ],
)
def test_the_code_fits_the_age_on_the_day(born: date | None, code: str, rules: list[str]) -> None:
    child = replace(_child(GOOD._replace(code=code)), born=born)

    judged = judge(child, YEAR, TODAY)

    assert sorted(_rules(judged)) == sorted(rules)
    assert len(judged.rows) == (not rules)


def test_who_was_born_on_29_february_is_4_on_that_day() -> None:
    year = year_from(date(2023, 4, 1))
    for day, code, rules in (
        (date(2024, 2, 28), "PN0", []),
        (date(2024, 2, 29), "PN0", ["fourth-birthday"]),
        (date(2024, 2, 29), "PN1", []),
        (date(2024, 3, 1), "PN0", ["440"]),
    ):
        meeting = Meeting("R1", day, code)
        child = Child("C1", date(2020, 2, 29), (meeting,), (Episode(date(2020, 3, 3)),))
        assert _rules(judge(child, year, TODAY)) == rules


@pytest.mark.parametrize(
    ("stays", "rules"),
    [
        ((), ["1012"]),
        ((Episode(date(2020, 1, 1), date(2025, 3, 31)),), ["1012", "outside-care"]),
        ((Episode(date(2026, 4, 1)),), ["1012", "outside-care"]),
        ((Episode(date(2025, 1, 1), None, short_breaks=True),), ["399"]),
        ((Care(date(2025, 1, 1), None, short_breaks=True),), ["399"]),
        # Of this year all are short breaks, which is what rule 399 looks at.
        (
            (
                Episode(date(2020, 1, 1), date(2021, 1, 1)),
                Episode(date(2025, 1, 1), None, short_breaks=True),
            ),
            ["399"],
        ),
        (
            (
                Episode(date(2025, 1, 1), date(2025, 8, 31), short_breaks=True),
                Episode(date(2025, 9, 1)),
            ),
            [],
        ),
        ((Episode(date(2025, 8, 2)),), ["outside-care"]),
        ((Episode(date(2025, 8, 1)),), []),
        ((Episode(date(2020, 1, 1), date(2025, 8, 1)),), []),
        (None, []),
    ],
)
def test_the_episodes_of_the_year_say_whether_it_belongs_in_the_return(
    stays: tuple[Episode, ...] | None, rules: list[str]
) -> None:
    judged = judge(replace(_child(), stays=stays), YEAR, TODAY)

    assert sorted(_rules(judged)) == sorted(rules)
    assert len(judged.rows) == (not any(DECLARED[Rule(rule)].left_out for rule in rules))


def test_short_breaks_throughout_needs_one_to_be_throughout() -> None:
    assert not short_breaks_throughout((), YEAR.begins, YEAR.ends)


def test_the_header_file_has_the_child_with_the_same_birth_date() -> None:
    for header, rules in (
        ({"C1": BORN}, []),
        ({"C1": None}, []),
        ({"C2": BORN}, ["INT08"]),
        ({"C1": date(2012, 4, 5)}, ["INT17"]),
    ):
        judged = judge(_child(), YEAR, TODAY, header)
        assert _rules(judged) == rules
        assert len(judged.rows) == (not rules)


def test_two_on_one_day_are_one_row() -> None:
    again = GOOD._replace(review_id="R2")

    judged = judge(_child(GOOD, again), YEAR, TODAY)

    assert len(judged.rows) == 1
    assert _rules(judged) == ["twice"]
    assert judged.found[0].meeting is again


def test_two_on_one_day_with_other_codes_are_one_row_and_somebody_has_to_look() -> None:
    judged = judge(_child(GOOD, Meeting("R2", GOOD.on, "PN6")), YEAR, TODAY)

    assert [row.code for row in judged.rows] == ["PN1"]
    assert _rules(judged) == ["twice", "twice-unlike"]


def test_of_two_on_one_day_the_one_without_a_fault_goes_in() -> None:
    judged = judge(_child(GOOD._replace(code=None), Meeting("R2", GOOD.on, "PN6")), YEAR, TODAY)

    assert [row.code for row in judged.rows] == ["PN6"]
    assert _rules(judged) == ["167"]


def test_twins_have_a_row_each() -> None:
    twins = [replace(_child(), child=child) for child in ("C1", "C2")]

    rows = [row for twin in twins for row in judge(twin, YEAR, TODAY).rows]

    assert [row.child for row in rows] == ["C1", "C2"]


def test_what_lies_ahead_was_not_held() -> None:
    judged = judge(_child(), YEAR, date(2025, 7, 31))

    assert _rules(judged) == ["future"]
    assert not judged.rows


def test_a_day_that_passed_without_a_word_is_asked_about_and_never_goes_in() -> None:
    meeting = GOOD._replace(held=False)

    assert _rules(judge(_child(meeting), YEAR, TODAY)) == ["not-said"]
    assert _rules(judge(_child(meeting), YEAR, date(2025, 8, 1))) == []
    assert _rules(judge(_child(meeting._replace(on=None)), YEAR, TODAY)) == []


@pytest.mark.parametrize("child_id", ["", " ", "a\nb", "a\x00", "\x0b1", "a\ufffe", "\x85"])
def test_an_id_that_no_file_can_hold_is_said(child_id: str) -> None:
    judged = judge(replace(_child(), child=child_id), YEAR, TODAY)

    assert _rules(judged) == ["child-id"]
    assert not judged.rows


@pytest.mark.parametrize("child_id", ["=1+1", "+44", "-7", "@SUM(A1)", 'Ø, "x" & <y>', "李"])
def test_other_ids_go_in_as_they_are(child_id: str) -> None:
    assert judge(replace(_child(), child=child_id), YEAR, TODAY).rows[0].child == child_id


def test_every_rule_says_what_is_wrong_and_who_mends_it() -> None:
    assert set(DECLARED) == set(Rule)
    assert len({says.says for says in DECLARED.values()}) == len(Rule)
