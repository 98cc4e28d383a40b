"""What keeps a review out of the return, or ought to be looked at before it is sent: the published
rules by their numbers, and more of our own by a name. Pure: the day is a parameter.

Source: PyPI `csc-validator-be-903` 0.1.17, rules of 2025/26; `domain.md` section 2. The published
validator is run against `judge` in the tests.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from conversations.episodes import Stays, open_in, short_breaks_throughout
from conversations.participation import Code, fourth_birthday, too_old, too_young
from conversations.timescales import birthday


class Mends(StrEnum):
    """Who can put it right."""

    OFFICER = "The officer who ran the review, on its page"
    CASE_SYSTEM = "Whoever keeps the case system; then import it anew"
    NOBODY = "Nothing to mend"


class Rule(StrEnum):
    """A number is the published rule's."""

    NO_DAY = "166"
    NO_CODE = "167"
    NOT_UNDER_4 = "440"
    UNDER_4 = "441"
    SHORT_BREAKS = "399"
    NO_EPISODE = "1012"
    NOT_IN_HEADER = "INT08"
    OTHER_BIRTH_DATE = "INT17"
    FOURTH_BIRTHDAY = "fourth-birthday"
    NO_BIRTH_DATE = "no-birth-date"
    BIRTH_DATE = "birth-date"
    ADULT = "adult"
    CHILD_ID = "child-id"
    FUTURE = "future"
    NOT_SAID = "not-said"
    TWICE = "twice"
    TWICE_UNLIKE = "twice-unlike"
    OUTSIDE_CARE = "outside-care"
    ERASED = "erased"


class Says(NamedTuple):
    """`left_out`: it keeps the review out of the files."""

    says: str
    mends: Mends
    left_out: bool = True


DECLARED: Mapping[Rule, Says] = {
    Rule.NO_DAY: Says("It was held, and no day is on record", Mends.OFFICER),
    Rule.NO_CODE: Says("It has no participation code, or one that there is not", Mends.OFFICER),
    Rule.NOT_UNDER_4: Says("PN0 is for a child under 4, and this child was older", Mends.OFFICER),
    Rule.UNDER_4: Says("This child was under 4, and the code is another than PN0", Mends.OFFICER),
    Rule.SHORT_BREAKS: Says("Short breaks (V3, V4) throughout: it does not belong in the return",
                            Mends.NOBODY),
    Rule.NO_EPISODE: Says("The child has no episode of care in the year", Mends.CASE_SYSTEM),
    Rule.NOT_IN_HEADER: Says("The child is not in the Header file", Mends.CASE_SYSTEM),
    Rule.OTHER_BIRTH_DATE: Says("The Header file has another birth date", Mends.CASE_SYSTEM),
    Rule.FOURTH_BIRTHDAY: Says("PN0 on the 4th birthday: the child was 4", Mends.OFFICER),
    Rule.NO_BIRTH_DATE: Says("No birth date is on record", Mends.CASE_SYSTEM),
    Rule.BIRTH_DATE: Says("The birth date is after the review, or after today",
                          Mends.CASE_SYSTEM),
    Rule.ADULT: Says("They were 18 or older: a review in care ends with care", Mends.CASE_SYSTEM),
    Rule.CHILD_ID: Says("The child’s id is empty or holds what no file can hold",
                        Mends.CASE_SYSTEM),
    Rule.FUTURE: Says("It is down as held on a day that is still to come", Mends.OFFICER),
    Rule.NOT_SAID: Says("Its day has passed, and nobody has said that it was held", Mends.OFFICER),
    Rule.TWICE: Says("Another review of the child on the same day is in the return: two on one "
                     "day are one", Mends.NOBODY),
    Rule.TWICE_UNLIKE: Says("Two reviews on one day have different codes: the first one’s went in",
                            Mends.OFFICER, left_out=False),
    Rule.OUTSIDE_CARE: Says("The child was not looked after on that day, as far as is known",
                            Mends.CASE_SYSTEM, left_out=False),
    Rule.ERASED: Says("All that was held on the young person was erased, their id too",
                      Mends.NOBODY),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Year:
    """From 1 April to 31 March."""

    begins: date
    ends: date

    def holds(self, day: date) -> bool:
        return self.begins <= day <= self.ends


class Meeting(NamedTuple):
    """A review as it is on record. `on`: the day it was held, or was to be. `code`: as it was
    entered, whatever it is. `officer_id`: who ran it."""

    review_id: str
    on: date | None
    code: str | None
    held: bool = True
    officer_id: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """`child`: the case system's id of the child. `stays`: episodes, or periods of care; None: the
    council has none on record of anybody, so that nothing can be said of them."""

    child: str
    born: date | None
    meetings: Sequence[Meeting]
    stays: Stays | None = ()


Header = Mapping[str, date | None]
"""The council's Header file: birth dates by child id."""


class Row(NamedTuple):
    """A row of the Reviews file."""

    child: str
    born: date
    on: date
    code: str


class Found(NamedTuple):
    """That a rule has something to say of a review."""

    rule: Rule
    child: str
    meeting: Meeting

    @property
    def declared(self) -> Says:
        return DECLARED[self.rule]


class Judged(NamedTuple):
    """Of one child."""

    rows: tuple[Row, ...]
    found: tuple[Found, ...]


_ADULT = 18
_CODES: Mapping[str, Code] = {code.value: code for code in Code}


def judge(child: Child, year: Year, today: date, header: Header | None = None) -> Judged:
    """What of one child's reviews goes into the return, and what the rules say of them.

    Reviews of other years are passed over; one without a day is not: nobody knows its year.
    `header` None: the council's Header file was not given, so INT08 and INT17 are not looked at.
    """
    found: list[Found] = []
    fit: dict[date, list[Meeting]] = {}
    of_child = tuple(_of_child(child, year, today, header))
    for meeting in child.meetings:
        if meeting.on is not None and not year.holds(meeting.on):
            continue
        if not meeting.held:
            if meeting.on is not None and meeting.on < today:
                found.append(Found(Rule.NOT_SAID, child.child, meeting))
            continue
        said = [*_of_meeting(child, meeting, today), *of_child]
        found += (Found(rule, child.child, meeting) for rule in said)
        if meeting.on is not None and not any(DECLARED[rule].left_out for rule in said):
            fit.setdefault(meeting.on, []).append(meeting)
    rows = []
    for on, meetings in sorted(fit.items()):
        first, *others = meetings
        if child.born is not None and first.code is not None:
            rows.append(Row(child.child, child.born, on, first.code))
        found += (Found(Rule.TWICE, child.child, other) for other in others)
        if any(other.code != first.code for other in others):
            found.append(Found(Rule.TWICE_UNLIKE, child.child, first))
    return Judged(tuple(rows), tuple(found))


def _of_child(child: Child, year: Year, today: date, header: Header | None) -> Iterator[Rule]:
    """What is said of each of their reviews, for whatever day."""
    if not _can_be_written(child.child):
        yield Rule.CHILD_ID
    if child.born is None:
        yield Rule.NO_BIRTH_DATE
    elif child.born > today:
        yield Rule.BIRTH_DATE
    if child.stays is not None:
        if not open_in(child.stays, year.begins, year.ends):
            yield Rule.NO_EPISODE
        elif short_breaks_throughout(child.stays, year.begins, year.ends):
            yield Rule.SHORT_BREAKS
    if header is not None:
        if child.child not in header:
            yield Rule.NOT_IN_HEADER
        elif child.born and header[child.child] not in (None, child.born):
            yield Rule.OTHER_BIRTH_DATE


def _of_meeting(child: Child, meeting: Meeting, today: date) -> Iterator[Rule]:
    on, born = meeting.on, child.born
    code = _CODES.get((meeting.code or "").upper())  # which the published rules 440 and 441 read
    if on is None:
        yield Rule.NO_DAY
    if code is None or code.value != meeting.code or on is None:
        yield Rule.NO_CODE
    if on is None:
        return
    if on > today:
        yield Rule.FUTURE
    if child.stays and not any(stay.holds(on) for stay in child.stays):
        yield Rule.OUTSIDE_CARE
    if born is None:
        return
    if on < born <= today:
        yield Rule.BIRTH_DATE
    if on >= birthday(born, _ADULT):
        yield Rule.ADULT
    if code is None:
        return
    if too_old(code, born, on):
        yield Rule.FOURTH_BIRTHDAY if on == fourth_birthday(born) else Rule.NOT_UNDER_4
    if too_young(code, born, on):
        yield Rule.UNDER_4


_NO_FILE_HOLDS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""XML knows no such characters, and a row is one line."""


def _can_be_written(child_id: str) -> bool:
    return bool(child_id.strip()) and not _NO_FILE_HOLDS.search(child_id)
