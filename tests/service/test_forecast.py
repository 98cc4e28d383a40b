"""What lies ahead is counted right, whatever lies ahead."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.service.forecast import (
    WEEKS,
    WITHOUT_DATE,
    Ahead,
    Risk,
    at_risk,
    by_week,
    loads,
    moved,
    risk_of,
)
from storage.reviews import ReviewKind

TODAY = date(2026, 11, 27)  # a Friday
INVITE = timedelta(days=14)
OFFICERS = ("amina", "tom", "dev")


def _ahead(**more: object) -> Ahead:
    known = {"person_id": "kai", "kind": ReviewKind.CIOC, "officer_id": "amina", "due": None}
    return Ahead(**{**known, **more})  # type: ignore[arg-type]


def _in(days: int) -> date:
    return TODAY + timedelta(days=days)


_DAYS = st.integers(-200, 400).map(_in)
_AHEAD = st.builds(
    Ahead,
    person_id=st.sampled_from([f"child-{number}" for number in range(8)]),
    kind=st.sampled_from(list(ReviewKind)),
    officer_id=st.sampled_from(OFFICERS),
    due=st.none() | _DAYS,
    meeting_on=st.none() | _DAYS,
    invited=st.booleans(),
    review_id=st.none() | st.just("R"),
)
_SEVERAL = st.lists(_AHEAD, max_size=30)
_MOVES = st.dictionaries(
    st.tuples(st.sampled_from(OFFICERS), st.sampled_from([f"child-{n}" for n in range(8)])),
    st.sampled_from(OFFICERS),
)


@given(_SEVERAL)
def test_each_review_is_in_one_week_or_apart(ahead: list[Ahead]) -> None:
    found = by_week(ahead, TODAY)

    assert len(found.weeks) == WEEKS
    apart = found.overdue + found.later + found.unknown
    assert sum(week.all for week in found.weeks) + apart == len(ahead)
    for week in found.weeks:
        last = week.begins + timedelta(days=6)
        mine = [
            one for one in ahead if one.due and week.begins <= one.due <= last and one.due >= TODAY
        ]
        assert week.all == len(mine)
        for officer in OFFICERS:
            assert week.of.get(officer, 0) == sum(one.officer_id == officer for one in mine)


def test_a_week_begins_on_monday_and_the_first_is_the_one_that_goes_on() -> None:
    weeks = by_week([_ahead(due=_in(2)), _ahead(due=_in(3))], TODAY).weeks

    assert [week.begins for week in weeks[:2]] == [date(2026, 11, 23), date(2026, 11, 30)]
    assert [week.all for week in weeks[:3]] == [1, 1, 0]


def test_what_is_due_today_is_not_overdue_and_yesterday_is() -> None:
    found = by_week([_ahead(due=TODAY), _ahead(due=_in(-1))], TODAY)

    assert (found.weeks[0].all, found.overdue) == (1, 1)


@given(_SEVERAL)
def test_each_review_is_in_one_list_of_what_is_at_risk_at_the_most(ahead: list[Ahead]) -> None:
    found = at_risk(ahead, TODAY, INVITE)

    assert set(found) == set(Risk)
    assert sum(len(several) for several in found.values()) == sum(
        risk_of(one, TODAY, INVITE) is not None for one in ahead
    )
    for risk, several in found.items():
        assert all(risk_of(one, TODAY, INVITE) is risk for one in several)


def test_why_a_review_is_at_risk() -> None:
    cases = {
        Risk.OVERDUE: _ahead(due=_in(-1), meeting_on=_in(3)),
        Risk.AFTER_DUE: _ahead(due=_in(3), meeting_on=_in(4)),
        Risk.NO_DATE: _ahead(due=TODAY + WITHOUT_DATE),
        Risk.NO_INVITATION: _ahead(due=_in(30), meeting_on=_in(14)),
    }

    assert {risk: risk_of(one, TODAY, INVITE) for risk, one in cases.items()} == {
        risk: risk for risk in Risk
    }


def test_what_is_not_at_risk() -> None:
    for one in (
        _ahead(due=_in(3), meeting_on=_in(3), invited=True),
        _ahead(due=TODAY + WITHOUT_DATE + timedelta(days=1)),
        _ahead(due=_in(40), meeting_on=_in(15)),
        _ahead(meeting_on=None),
    ):
        assert risk_of(one, TODAY, INVITE) is None, one


@given(_SEVERAL, _MOVES)
def test_a_plan_moves_reviews_and_loses_none(
    ahead: list[Ahead], moves: dict[tuple[str, str], str]
) -> None:
    after = moved(ahead, moves)

    assert [(one.person_id, one.kind, one.due) for one in after] == [
        (one.person_id, one.kind, one.due) for one in ahead
    ]
    for before, now in zip(ahead, after, strict=True):
        key = before.officer_id, before.person_id
        assert now.officer_id == moves.get(key, before.officer_id)
    due = [sum(load.due for load in loads(one, OFFICERS, {}, TODAY).values())
           for one in (ahead, after)]  # fmt: skip
    assert due[0] == due[1]


@given(_SEVERAL)
def test_somebody_with_two_reviews_of_one_kind_is_one_person(ahead: list[Ahead]) -> None:
    for officer, load in loads(ahead, OFFICERS, {}, TODAY).items():
        theirs = {(one.person_id, one.kind) for one in ahead if one.officer_id == officer}
        in_care = {who for who, kind in theirs if kind in (ReviewKind.CIOC, ReviewKind.DISRUPTION)}
        assert load.in_care == len(in_care)
        assert load.conferences == sum(kind is ReviewKind.CONFERENCE for _who, kind in theirs)
        assert load.leavers == sum(kind is ReviewKind.PATHWAY for _who, kind in theirs)


def test_caseload_to_full_time_counts_hours() -> None:
    ahead = [_ahead(person_id=f"child-{number}") for number in range(9)]
    load = loads(ahead, OFFICERS, {"amina": 18 * 60}, TODAY)["amina"]

    assert load.to_full_time(load.in_care, 36 * 60) == 18
    assert loads(ahead, OFFICERS, {}, TODAY)["amina"].to_full_time(9, 36 * 60) is None
