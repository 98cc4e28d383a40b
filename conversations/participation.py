"""Participation codes (SSDA903 `REVIEW_CODE`): what is proposed, and why. A person decides.

Source: data-to-insight/ssd-data-model, item CLAR007A; published rules 167, 440 and 441.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from conversations.timescales import birthday
from conversations.wording import Param, Say, Text, _


class Code(StrEnum):
    """How a child took part in their review."""

    PN0 = "PN0"
    PN1 = "PN1"
    PN2 = "PN2"
    PN3 = "PN3"
    PN4 = "PN4"
    PN5 = "PN5"
    PN6 = "PN6"
    PN7 = "PN7"


PLAIN = {
    Code.PN0: Text(_("Child aged under 4 at time of meeting")),
    Code.PN1: Text(_("Child attended and spoke for self")),
    Code.PN2: Text(_("Child attended, advocate spoke")),
    Code.PN3: Text(_("Child attended, gave views non verbally")),
    Code.PN4: Text(_("Child attended without contributing")),
    Code.PN5: Text(_("Child not attended, advocate briefed with views")),
    Code.PN6: Text(_("Child not attended, views sent")),
    Code.PN7: Text(_("Child not in attendance and did not send views")),
}
"""The words that review units use."""


class Came(StrEnum):
    """What a person reports after the meeting: whether the child came, and what they did there."""

    SPOKE = "spoke"
    ADVOCATE_SPOKE = "advocate_spoke"
    SYMBOLIC = "symbolic"
    SILENT = "silent"
    NOT_THERE = "not_there"


@dataclass(frozen=True, slots=True)
class Briefed:
    """Somebody who was told by the child what to say: who, and on which day."""

    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a review when a code is proposed.

    `intention` is how the child wants to take part (the schema's values); `views_sent` whether
    any words, voice or picture were sent; `helper_typed` that somebody else typed them, which
    counts only once `words_confirmed`; `came` what a person reported afterwards.
    """

    born: date
    held_on: date | None
    intention: str = "not_said"
    views_sent: bool = False
    helper_typed: bool = False
    words_confirmed: bool = False
    briefed: Briefed | None = None
    came: Came | None = None
    care_leaver: bool = False
    video_counts: bool = True
    phone_counts: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """Never final: a person confirms it, or another code with a reason."""

    code: Code
    because: Say


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A code that a person has put their name to."""

    code: Code
    by: str


def fourth_birthday(born: date) -> date:
    return birthday(born, 4)


def too_old(code: Code, born: date, day: date) -> bool:
    """PN0 of a child of 4 or older. Published rule 440, which lets the birthday itself pass."""
    return code is Code.PN0 and day >= fourth_birthday(born)


def too_young(code: Code, born: date, day: date) -> bool:
    """Another code than PN0 of a child under 4. Published rule 441."""
    return code is not Code.PN0 and day < fourth_birthday(born)


_UNDER_4 = Text(_("Under 4 on {day}."))
_SPOKE = Text(_("Came to the meeting and spoke."))
_ADVOCATE_SPOKE = Text(_("Came to the meeting, and {name}, briefed on {day}, spoke for them."))
_NOT_BRIEFED = Text(
    _("Came to the meeting. Somebody spoke for them, but nobody is recorded as briefed.")
)
_SYMBOLIC = Text(_("Came to the meeting and showed their views without words."))
_SILENT = Text(_("Came to the meeting and did not speak, nor did anybody for them."))
_SILENT_SENT = Text(
    _("Sent views before, came to the meeting and did not speak, nor did anybody for them.")
)
_AWAY_BRIEFED = Text(_("Did not come. {name} was briefed on {day} to speak for them."))
_AWAY_SENT = Text(_("Did not come. Sent their views through Sayso."))
_AWAY_UNCONFIRMED = Text(
    _("Did not come. A helper typed the views, and nobody has confirmed whose words they are.")
)
_AWAY_NOTHING = Text(_("Did not come, and sent no views."))
_WANTS_COME = Text(_("Wants to come."))
_WANTS_PART = Text(_("Wants to come for part."))
_WANTS_VIDEO = Text(_("Wants to take part by video, which counts as attending here."))
_WANTS_PHONE = Text(_("Wants to take part by phone, which counts as attending here."))
_WANTS_AND_BRIEFED = Text(
    _("Wants to take part, and {name}, briefed on {day}, will speak for them.")
)
_SPEAKER_BRIEFED = Text(_("Wants {name}, briefed on {day}, to speak for them."))
_SPEAKER_SENT = Text(
    _("Wants somebody to speak for them; nobody is recorded as briefed. Their views are sent.")
)
_SPEAKER_NOTHING = Text(
    _("Wants somebody to speak for them; nobody is recorded as briefed and no views are sent.")
)
_SENT = Text(_("Sent their views through Sayso and has not said that they will come."))
_UNCONFIRMED = Text(_("A helper typed the views, and nobody has confirmed whose words they are."))
_NOTHING = Text(_("No views are sent, and they have not said that they will come."))


def propose(known: Known) -> Proposal | None:
    """The code that the facts suggest, with its reason. None for a care leaver's review."""
    if known.care_leaver:
        return None
    day = known.held_on
    if day is not None and day < fourth_birthday(known.born):
        return _proposal(Code.PN0, _UNDER_4, day=day)
    return _after(known, known.came) if known.came is not None else _before(known)


def _after(known: Known, came: Came) -> Proposal:
    match came:
        case Came.SPOKE:
            return _proposal(Code.PN1, _SPOKE)
        case Came.ADVOCATE_SPOKE if known.briefed:
            return _proposal(Code.PN2, _ADVOCATE_SPOKE, **_who(known.briefed))
        case Came.ADVOCATE_SPOKE:
            return _proposal(Code.PN4, _NOT_BRIEFED)
        case Came.SYMBOLIC:
            return _proposal(Code.PN3, _SYMBOLIC)
        case Came.SILENT:
            return _proposal(Code.PN4, _SILENT_SENT if known.views_sent else _SILENT)
        case Came.NOT_THERE:
            if known.briefed:
                return _proposal(Code.PN5, _AWAY_BRIEFED, **_who(known.briefed))
            if _counts(known):
                return _proposal(Code.PN6, _AWAY_SENT)
            return _proposal(Code.PN7, _AWAY_UNCONFIRMED if known.views_sent else _AWAY_NOTHING)


def _before(known: Known) -> Proposal:
    comes = {
        "come": _WANTS_COME,
        "come_for_part": _WANTS_PART,
        "video": _WANTS_VIDEO if known.video_counts else None,
        "phone": _WANTS_PHONE if known.phone_counts else None,
    }.get(known.intention)
    if comes is not None:
        if known.briefed:
            return _proposal(Code.PN2, _WANTS_AND_BRIEFED, **_who(known.briefed))
        return _proposal(Code.PN1, comes)
    if known.intention == "someone_speaks_for_me":
        if known.briefed:
            return _proposal(Code.PN5, _SPEAKER_BRIEFED, **_who(known.briefed))
        if _counts(known):
            return _proposal(Code.PN6, _SPEAKER_SENT)
        return _proposal(Code.PN7, _UNCONFIRMED if known.views_sent else _SPEAKER_NOTHING)
    if _counts(known):
        return _proposal(Code.PN6, _SENT)
    return _proposal(Code.PN7, _UNCONFIRMED if known.views_sent else _NOTHING)


def _counts(known: Known) -> bool:
    """Whether views are conveyed: a helper's typing only once a person vouches for it."""
    return known.views_sent and (not known.helper_typed or known.words_confirmed)


def _who(briefed: Briefed) -> dict[str, Param]:
    return {"name": briefed.name, "day": briefed.on}


def _proposal(code: Code, because: Text, **params: Param) -> Proposal:
    return Proposal(code, Say(because, params))


_HOLDS_NO_CODE = Text(_("A pathway review of a care leaver has no participation code."))
_NEEDS_DATE = Text(_("A code needs the day the review was held (rule 167)."))
_FUTURE = Text(_("{day} is in the future. Confirm the code after the meeting."))
_BEFORE_BIRTH = Text(_("{day} is before the child was born."))
_TOO_OLD_FOR_PN0 = Text(
    _(
        "PN0 is for a child under 4. This child was 4 or older on {day} (rule 440): "
        "it can be one of PN1 to PN7."
    )
)
_TOO_YOUNG = Text(_("{code} is for a child of 4 or older. On {day} it can only be PN0 (rule 441)."))
_NOBODY_BRIEFED = Text(_("{code} needs somebody who was briefed: say who, and on which day."))


def check(code: Code, known: Known, today: date) -> tuple[Say, ...]:
    """Why this code can't stand; empty if it can. Checked at entry, not only at export."""
    if known.care_leaver:
        return (Say(_HOLDS_NO_CODE),)
    day = known.held_on
    if day is None:
        return (Say(_NEEDS_DATE),)
    problems = []
    if day > today:
        problems.append(Say(_FUTURE, {"day": day}))
    if day < known.born:
        problems.append(Say(_BEFORE_BIRTH, {"day": day}))
    if too_old(code, known.born, day):
        problems.append(Say(_TOO_OLD_FOR_PN0, {"day": day}))
    if too_young(code, known.born, day):
        problems.append(Say(_TOO_YOUNG, {"code": code.value, "day": day}))
    if code in (Code.PN2, Code.PN5) and known.briefed is None:
        problems.append(Say(_NOBODY_BRIEFED, {"code": code.value}))
    return tuple(problems)
