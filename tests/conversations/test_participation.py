"""The participation code that is proposed, and why; never final without a person."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from conversations.participation import (
    Briefed,
    Came,
    Code,
    Known,
    check,
    fourth_birthday,
    propose,
)

BORN = date(2013, 5, 20)
HELD = date(2026, 11, 24)
ANN = Briefed("Ann Advocate", date(2026, 11, 20))


def code(**known: object) -> Code | None:
    proposal = propose(Known(**{"born": BORN, "held_on": HELD, **known}))  # type: ignore[arg-type]
    return proposal.code if proposal else None


def test_after_the_meeting_what_a_person_reports_decides() -> None:
    assert code(came=Came.SPOKE) is Code.PN1
    assert code(came=Came.ADVOCATE_SPOKE, briefed=ANN) is Code.PN2
    assert code(came=Came.SYMBOLIC) is Code.PN3
    assert code(came=Came.SILENT) is Code.PN4
    assert code(came=Came.SILENT, views_sent=True) is Code.PN4  # sent and silent is still PN4
    assert code(came=Came.NOT_THERE, briefed=ANN) is Code.PN5
    assert code(came=Came.NOT_THERE, views_sent=True) is Code.PN6
    assert code(came=Came.NOT_THERE) is Code.PN7


def test_before_the_meeting_what_they_want_suggests_it() -> None:
    for intention in ("come", "come_for_part", "video", "phone"):
        assert code(intention=intention) is Code.PN1
        assert code(intention=intention, briefed=ANN) is Code.PN2
    assert code(intention="video", video_counts=False, views_sent=True) is Code.PN6
    assert code(intention="phone", phone_counts=False) is Code.PN7
    assert code(intention="someone_speaks_for_me", briefed=ANN) is Code.PN5
    assert code(intention="someone_speaks_for_me", views_sent=True) is Code.PN6
    assert code(intention="someone_speaks_for_me") is Code.PN7
    assert code(intention="send_views", views_sent=True) is Code.PN6
    assert code(intention="not_said") is Code.PN7


def test_what_a_helper_typed_counts_once_a_person_vouches_for_it() -> None:
    typed = {"came": Came.NOT_THERE, "views_sent": True, "helper_typed": True}
    assert code(**typed) is Code.PN7
    assert code(**typed, words_confirmed=True) is Code.PN6


def test_under_four_it_is_pn0_and_from_the_birthday_on_it_is_not() -> None:
    born = date(2022, 11, 24)
    assert code(born=born, held_on=date(2026, 11, 23), came=Came.SPOKE) is Code.PN0
    assert code(born=born, held_on=date(2026, 11, 24), came=Came.SPOKE) is Code.PN1


def test_a_care_leavers_review_has_no_code() -> None:
    assert code(care_leaver=True, came=Came.SPOKE) is None
    assert check(Code.PN1, Known(BORN, HELD, care_leaver=True), HELD)


def test_a_leap_day_child_turns_four_on_a_leap_day() -> None:
    assert fourth_birthday(date(2024, 2, 29)) == date(2028, 2, 29)
    assert fourth_birthday(date(2096, 2, 29)) == date(2100, 3, 1)


def test_a_code_is_checked_when_it_is_entered() -> None:
    def problems(code: Code, **known: object) -> list[str]:
        given_ = Known(**{"born": BORN, "held_on": HELD, **known})  # type: ignore[arg-type]
        return [say.text.plain for say in check(code, given_, HELD)]

    assert problems(Code.PN1) == []
    assert "rule 440): it can be one of PN1 to PN7" in problems(Code.PN0)[0]
    assert "rule 441" in problems(Code.PN1, born=date(2024, 1, 1))[0]
    assert "rule 167" in problems(Code.PN1, held_on=None)[0]
    assert "future" in problems(Code.PN1, held_on=HELD + timedelta(days=1))[0]
    assert "briefed" in problems(Code.PN2)[0]
    assert problems(Code.PN5, briefed=ANN) == []
    assert "before the child was born" in problems(Code.PN0, held_on=date(2013, 1, 1))[0]


known = st.builds(
    Known,
    born=st.dates(date(2000, 1, 1), date(2026, 1, 1)),
    held_on=st.none() | st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    intention=st.sampled_from(
        ["come", "come_for_part", "video", "phone", "send_views", "someone_speaks_for_me",
         "not_sure", "not_said"]
    ),
    views_sent=st.booleans(),
    helper_typed=st.booleans(),
    words_confirmed=st.booleans(),
    briefed=st.none() | st.just(ANN),
    came=st.none() | st.sampled_from(Came),
    care_leaver=st.booleans(),
    video_counts=st.booleans(),
    phone_counts=st.booleans(),
)  # fmt: skip


@given(known)
def test_a_proposal_always_has_a_reason_and_never_breaks_a_rule(facts: Known) -> None:
    proposal = propose(facts)

    assert (proposal is None) == facts.care_leaver
    if proposal is None:
        return
    assert proposal.because.text.plain
    if proposal.code in (Code.PN2, Code.PN5):
        assert facts.briefed is not None
    if facts.held_on is not None and facts.held_on >= facts.born:
        assert check(proposal.code, facts, facts.held_on) == ()


@given(known, st.sampled_from(Code), st.dates(date(2020, 1, 1), date(2027, 1, 1)))
def test_a_code_stands_at_entry_only_where_every_rule_lets_it(
    facts: Known, code: Code, today: date
) -> None:
    """The rules as they are published, written down anew, against what the form says."""
    said = " ".join(say.text.plain for say in check(code, facts, today))

    if facts.care_leaver:  # rule 1012: no code at all
        assert "no participation code" in said
        return
    day = facts.held_on
    if day is None:
        assert "rule 167" in said
        return
    born = facts.born
    leap = (born.month, born.day) == (2, 29) and (born.year + 4) % 4 != 0
    four = date(born.year + 4, 3, 1) if leap else born.replace(year=born.year + 4)
    forbidden = {
        "future": day > today,
        "before the child was born": day < born,
        "rule 440": code is Code.PN0 and day >= four,  # on the birthday itself, too
        "rule 441": code is not Code.PN0 and day < four,
        "briefed": code in (Code.PN2, Code.PN5) and facts.briefed is None,
    }
    assert {rule: rule in said for rule in forbidden} == forbidden
    assert bool(said) == any(forbidden.values())
