"""What one may: the one authorisation table. Route × role × relation; what is not in it is refused.

A route is known by its name in the router. A route without a row stops the program from starting
(`require_rows`). Who is refused gets the same page as for something that isn't there.
`docs/permissions.md` is this table for people to read (`python -m tools.permissions`).

The words were said to the officer who runs the review and to those whom the young person chose,
and nobody may be added to them (`domain.md` rule 12):

- Officers read the reviews they run. A colleague in the same team who runs the same kind of review
  may stand in, since *just my IRO* means whoever holds that role: by breaking the glass.
- A unit manager sees which reviews wait, are due or went wrong, without a word. Behind a broken
  glass they read what is for the file or for everyone at the review, never what is for the officer
  alone: they do not hold that role. They never say how somebody took part.
- A social worker and a personal adviser read what was shared with them, of young people allocated
  to them now. Who covers for them opens the file, where it stands too.
- Business support, council IT and auditors read no word, behind no glass. But for what a young
  person wants of their meeting: who sets it up sees what was picked, and the words about it only if
  the young person sent them there. Both lie in a row of their own.
- Business support gives a meeting its day and moves it, and puts down the day that its timescale
  counts from. That it is off, that it was held and what
  is put on record of it, an officer says; a colleague behind a broken glass may stand in.
- An officer briefs an advocate with the answers that the young person lets one hear, of the reviews
  they run. Nobody stands in for that: it goes out of the house.
- Duty workers read the words of an alert, of whatever team or review, and nothing else that was
  said: somebody may not be safe. An alert outlasts the erasure of whom it is about. An officer
  reads the alerts that are for them (*please read*), of the reviews they run. What was sent as
  sound or a picture and nobody heard in time is such an alert: a duty worker may play it then.
- An officer answers the wishes of the reviews they run, and sends the answers. A social worker or
  personal adviser who is asked what happens with one hands in a draft; the young person's words
  stand beside it only if they were shared with that role.
- What an officer notes about a file, or challenges, is theirs to write and their manager's to read.
  A social worker, a personal adviser or a manager of social work reads and answers what was put to
  them by name, and nothing else of it. A unit manager hands young people over, within their team.
- Who invites (business support, the officer, the manager) sees how far an invitation is and where
  the young person may be written to, and confirms that an address is the young person's own.
- A unit manager and business support hand in the tables of the case system, for the whole council:
  they see how many rows are new and which can't be read.
- A unit manager erases, and nobody else at the desk: whom words may speak of does not end them. An
  officer makes the copy of all that is held for the young person: they alone may read it.
- A unit manager takes the statutory return, which is the whole council's, whatever the team: it
  holds case ids, birth dates and codes, and no name or word.
- Nothing crosses a council, and nothing of an erased person is shown to anybody.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.access.roles import ANSWERERS, OFFICERS, WORKERS, Role


class Relation(StrEnum):
    """How the person who asks stands to the young person, review or task that a page is about."""

    NONE = "none"  # the page is about nobody in particular
    OWN = "own"  # they run the review, or the young person is allocated to them
    TEAM = "team"  # somebody in their team does
    OTHER_TEAM = "other_team"
    OTHER_COUNCIL = "other_council"  # not in this council: nobody can tell it from not there
    CLOSED = "closed"  # it would be their own or their team's, and it is over
    ERASED = "erased"  # the young person's keys are destroyed, a stub is left


class Verdict(StrEnum):
    """What the table says. Refused looks like *not there*."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    BREAK_GLASS = "break-glass"  # with a reason, for a time, and the officer is told


class RouteWithoutRow(Exception):
    """A page that nobody decided who may see."""

    def __init__(self, routes: Iterable[str]) -> None:
        names = ", ".join(sorted(routes))
        super().__init__(
            f"No row in the authorisation table for: {names}. Decide who may open it in "
            "bot/access/permissions.py (ROWS), or add it to OPEN if anyone may."
        )


Row = Mapping[tuple[Role, Relation], Verdict]


def _allow(roles: Iterable[Role], *relations: Relation) -> Row:
    return {(role, relation): Verdict.ALLOWED for role in roles for relation in relations}


def _break(roles: Iterable[Role], *relations: Relation) -> Row:
    return {(role, relation): Verdict.BREAK_GLASS for role in roles for relation in relations}


_MANAGER = (Role.UNIT_MANAGER,)
_STAND_IN = (Relation.TEAM, Relation.CLOSED)
_WORDS: Row = {
    **_allow(OFFICERS, Relation.OWN),
    **_break((*OFFICERS, *_MANAGER), *_STAND_IN),
}
_STANDING_IN: Row = _allow((*OFFICERS, *_MANAGER), *_STAND_IN)
_HOW_THEY_TOOK_PART: Row = {**_allow(OFFICERS, Relation.OWN), **_break(OFFICERS, *_STAND_IN)}
_DAYS: Row = {
    **_HOW_THEY_TOOK_PART,
    **_allow((Role.BUSINESS_SUPPORT,), Relation.OWN, Relation.TEAM),
}
_DAYS_READ: Row = {**_DAYS, **_allow(_MANAGER, Relation.OWN, *_STAND_IN)}
_TASKS: Row = {
    **_allow(OFFICERS, Relation.OWN),
    **_allow(_MANAGER, Relation.OWN, *_STAND_IN),
}
_INVITING: Row = {**_TASKS, **_allow((Role.BUSINESS_SUPPORT,), Relation.OWN, Relation.TEAM)}
_ERASING: Row = _allow(_MANAGER, Relation.OWN, *_STAND_IN)
_HANDING_OUT: Row = _allow(OFFICERS, Relation.OWN)
_ALERT: Row = {
    **_allow(OFFICERS, Relation.OWN),
    **_allow(
        (Role.DUTY_WORKER,),
        Relation.OWN,
        Relation.TEAM,
        Relation.OTHER_TEAM,
        Relation.CLOSED,
        Relation.ERASED,
    ),
}
_NOTES: Row = _allow(OFFICERS, Relation.OWN)
_NOTES_READ: Row = {**_NOTES, **_allow(_MANAGER, Relation.OWN, *_STAND_IN)}
_PUT_TO: Row = _allow(ANSWERERS, Relation.OWN)
_WHO_INVITES: Row = _allow((*OFFICERS, *_MANAGER, Role.BUSINESS_SUPPORT), Relation.NONE)
_IMPORTING: Row = _allow((*_MANAGER, Role.BUSINESS_SUPPORT), Relation.NONE)
_REVIEW_UNIT: Row = _allow((*OFFICERS, *_MANAGER), Relation.NONE)
_AUDITOR: Row = _allow((Role.AUDITOR,), Relation.NONE)
_EVERYONE: Row = _allow(Role, Relation.NONE)

HALFWAY = frozenset(
    {
        "desk.join", "desk.join_password", "desk.set_up", "desk.set_up_picture", "desk.set_up_app",
        "desk.set_up_passkey", "desk.second_factor", "desk.second_factor_code",
        "desk.second_factor_passkey", "desk.half_challenge", "desk.give_up",
    }
)  # fmt: skip
"""Routes for whoever is on the way to be signed in, and for nobody else."""

OPEN = HALFWAY | frozenset(
    {
        "desk.sign_in", "desk.sign_in_password", "desk.sign_in_passkey", "desk.door_challenge",
        "desk.sign_in_council", "desk.sign_in_council_back",
        "desk.sign_in_link", "desk.sign_in_by_link", "desk.colours",
    }
)  # fmt: skip
"""Routes that need no full sign-in."""

ROWS: Mapping[str, Row] = {
    "desk.home": _EVERYONE,
    "desk.sign_out": _EVERYONE,
    "desk.account": _EVERYONE,
    "desk.account_password": _EVERYONE,
    "desk.account_app": _EVERYONE,
    "desk.account_picture": _EVERYONE,
    "desk.account_app_kept": _EVERYONE,
    "desk.account_challenge": _EVERYONE,
    "desk.account_passkey": _EVERYONE,
    "desk.account_passkey_removed": _EVERYONE,
    "desk.account_codes": _EVERYONE,
    "desk.account_session_ended": _EVERYONE,
    "desk.account_everywhere": _EVERYONE,
    "desk.reviews": _REVIEW_UNIT,  # one's own; a manager's team's, without a word
    "desk.reviews_csv": _REVIEW_UNIT,
    "desk.view_kept": _REVIEW_UNIT,  # of one's own views alone
    "desk.view_removed": _REVIEW_UNIT,
    "desk.news": _EVERYONE,  # a number
    "desk.unit": _allow(_MANAGER, Relation.NONE),
    "desk.statutory_return": _allow(
        _MANAGER, Relation.NONE
    ),  # the whole council's, by case ids alone
    "desk.statutory_return_csv": _allow(_MANAGER, Relation.NONE),
    "desk.statutory_return_xml": _allow(_MANAGER, Relation.NONE),
    "desk.statutory_return_problems": _allow(_MANAGER, Relation.NONE),
    "desk.cover": _REVIEW_UNIT,
    "desk.review": _WORDS,
    "desk.version": _WORDS,
    "desk.reading": _WORDS,
    "desk.shown": _WORDS,
    "desk.heard": _HOW_THEY_TOOK_PART,
    "desk.held": _HOW_THEY_TOOK_PART,
    "desk.code": _HOW_THEY_TOOK_PART,
    "desk.glass": _STANDING_IN,
    "desk.break_glass": _STANDING_IN,
    "desk.tasks": _REVIEW_UNIT,
    "desk.tasks_seen": _REVIEW_UNIT,  # of those that each may open alone
    "desk.tasks_unseen": _REVIEW_UNIT,
    "desk.task": _TASKS,
    "desk.task_again": _TASKS,
    "desk.task_done": _TASKS,
    "desk.task_arranged": _TASKS,
    "desk.task_theirs": _allow(OFFICERS, Relation.OWN),  # whose words they are, they find out
    "desk.taken_back_seen": _EVERYONE,  # of one's own notices alone
    "desk.access": _INVITING,
    "desk.invite": _INVITING,  # the officer is told when somebody else does it
    "desk.reset_pin": _allow(OFFICERS, Relation.OWN),
    "desk.invitation": _INVITING,
    "desk.letter_picture": _INVITING,
    "desk.invitation_sent": _INVITING,
    "desk.address": _INVITING,  # to confirm is to say that it is the young person's own
    "desk.invitations": _WHO_INVITES,  # officers see their own, others their team's
    "desk.invitations_csv": _WHO_INVITES,
    "desk.invitations_due": _WHO_INVITES,
    "desk.invitations_start": _WHO_INVITES,
    "desk.invitation_batch": _WHO_INVITES,  # of those that one started oneself
    "desk.letters": _WHO_INVITES,
    "desk.imports": _IMPORTING,
    "desk.import_handed_in": _IMPORTING,
    "desk.import_page": _IMPORTING,  # counts, and which rows can't be read; nobody's name
    "desk.import_decided": _IMPORTING,
    "desk.import_unread": _IMPORTING,
    "desk.erase": _ERASING,
    "desk.erase_check": _ERASING,
    "desk.erase_done": _ERASING,
    "desk.subject_access": _HANDING_OUT,
    "desk.subject_access_made": _HANDING_OUT,
    "desk.advocate": _HANDING_OUT,  # who holds the role that it was said to, and nobody else
    "desk.advocate_paper": _HANDING_OUT,
    "desk.advocate_briefed": _HANDING_OUT,
    "desk.asks": _allow((*OFFICERS, *WORKERS), Relation.NONE),
    "desk.review_asks": _HANDING_OUT,  # the answer comes from who the wish was said to
    "desk.ask": _HANDING_OUT,
    "desk.ask_answer": _HANDING_OUT,
    "desk.ask_plan": _HANDING_OUT,
    "desk.ask_measure": _HANDING_OUT,
    "desk.worker_ask": _allow(WORKERS, Relation.OWN),  # of the asks that are theirs alone
    "desk.worker_ask_draft": _allow(WORKERS, Relation.OWN),
    "desk.worker_ask_measure": _allow(WORKERS, Relation.OWN),
    "desk.meeting": _allow((Role.BUSINESS_SUPPORT,), Relation.OWN, Relation.TEAM),
    "desk.quality_list": _REVIEW_UNIT,
    "desk.quality_of_review": _NOTES,
    "desk.quality_begun": _NOTES,
    "desk.challenge_begun": _NOTES,
    "desk.quality": _NOTES_READ,
    "desk.quality_kept": _NOTES,
    "desk.challenge": _NOTES_READ,
    "desk.challenge_kept": _NOTES,
    "desk.put_to_me": _allow(ANSWERERS, Relation.NONE),
    "desk.put_to_me_note": _PUT_TO,
    "desk.put_to_me_answered": _PUT_TO,
    "desk.hand_over": _allow(_MANAGER, Relation.NONE),  # of their own team's officers
    "desk.hand_over_planned": _allow(_MANAGER, Relation.NONE),
    "desk.hand_over_undone": _allow(_MANAGER, Relation.NONE),
    "desk.reports": _allow(_MANAGER, Relation.NONE),  # numbers, as they may be published
    "desk.report": _allow(_MANAGER, Relation.NONE),
    "desk.report_words": _allow(_MANAGER, Relation.NONE),
    "desk.report_file": _allow(_MANAGER, Relation.NONE),
    "desk.boards": _allow(_MANAGER, Relation.NONE),
    "desk.forecast": _allow(_MANAGER, Relation.NONE),  # of their own team's officers
    "desk.staff_hours": _allow(_MANAGER, Relation.NONE),
    "desk.caseload_plan": _allow(_MANAGER, Relation.NONE),
    "desk.caseload_planned": _allow(_MANAGER, Relation.NONE),
    "desk.caseload_dropped": _allow(_MANAGER, Relation.NONE),
    "desk.when": _DAYS_READ,  # a manager answers for what became of it, and changes nothing
    "desk.arrange": _DAYS,
    "desk.clock_start": _DAYS,  # by when it is due, which who arranges it has to know
    "desk.stand_down": _HOW_THEY_TOOK_PART,
    "desk.record": _HOW_THEY_TOOK_PART,
    "desk.record_step": _HOW_THEY_TOOK_PART,
    "desk.record_kept": _HOW_THEY_TOOK_PART,
    "desk.record_filed": _HOW_THEY_TOOK_PART,
    "desk.decision_done": _HOW_THEY_TOOK_PART,
    "desk.audit": _AUDITOR,
    "desk.audit_csv": _AUDITOR,
    "desk.arranging": _allow((Role.BUSINESS_SUPPORT,), Relation.NONE),
    "desk.alerts": _allow((Role.DUTY_WORKER,), Relation.NONE),
    "desk.alert": _ALERT,
    "desk.alert_acknowledge": _ALERT,
    "desk.alert_close": _ALERT,
    "desk.alert_shown": _ALERT,
    "desk.alert_heard": _ALERT,
    "desk.young_people": _allow(WORKERS, Relation.NONE),
    "desk.young_person": _allow(WORKERS, Relation.OWN),
    "desk.shared_shown": _allow(WORKERS, Relation.OWN),
    "desk.installation": _allow((Role.COUNCIL_IT,), Relation.NONE),
}

WORDLESS = frozenset(
    {
        "desk.home",
        "desk.sign_out",
        "desk.reviews",
        "desk.reviews_csv",
        "desk.view_kept",
        "desk.view_removed",
        "desk.news",
        "desk.unit",
        "desk.statutory_return",
        "desk.statutory_return_csv",
        "desk.statutory_return_xml",
        "desk.statutory_return_problems",
        "desk.tasks",
        "desk.task",
        "desk.tasks_seen",
        "desk.tasks_unseen",
        "desk.task_again",
        "desk.task_done",
        "desk.task_arranged",
        "desk.task_theirs",
        "desk.taken_back_seen",
        "desk.access",
        "desk.invite",
        "desk.invitation",
        "desk.letter_picture",
        "desk.invitation_sent",
        "desk.address",
        "desk.invitations",
        "desk.invitations_csv",
        "desk.invitations_due",
        "desk.invitations_start",
        "desk.invitation_batch",
        "desk.letters",
        "desk.imports",
        "desk.import_handed_in",
        "desk.import_page",
        "desk.import_decided",
        "desk.import_unread",
        "desk.reset_pin",
        "desk.erase",
        "desk.erase_check",
        "desk.erase_done",
        "desk.subject_access",
        "desk.quality_list",
        "desk.quality_of_review",
        "desk.quality_begun",
        "desk.challenge_begun",
        "desk.quality",
        "desk.quality_kept",
        "desk.challenge",
        "desk.challenge_kept",
        "desk.put_to_me",
        "desk.put_to_me_note",
        "desk.put_to_me_answered",
        "desk.hand_over",
        "desk.hand_over_planned",
        "desk.hand_over_undone",
        "desk.reports",
        "desk.report",
        "desk.report_words",
        "desk.report_file",
        "desk.boards",
        "desk.forecast",
        "desk.staff_hours",
        "desk.caseload_plan",
        "desk.caseload_planned",
        "desk.caseload_dropped",
        "desk.audit",
        "desk.audit_csv",
        "desk.asks",
        "desk.ask_measure",
        "desk.worker_ask_measure",
        "desk.cover",
        "desk.glass",
        "desk.break_glass",
        "desk.arranging",
        "desk.when",
        "desk.arrange",
        "desk.clock_start",
        "desk.stand_down",
        "desk.record",
        "desk.record_step",
        "desk.record_kept",
        "desk.record_filed",
        "desk.decision_done",
        "desk.alerts",
        "desk.young_people",
        "desk.installation",
        "desk.account",
        "desk.account_password",
        "desk.account_app",
        "desk.account_picture",
        "desk.account_app_kept",
        "desk.account_challenge",
        "desk.account_passkey",
        "desk.account_passkey_removed",
        "desk.account_codes",
        "desk.account_session_ended",
        "desk.account_everywhere",
    }
)
"""Routes that show no word of a young person. Every other one puts it on record that it was read,
and a test opens them all to see (`tests/access/test_readings.py`)."""


def verdict(route: str, role: Role, relation: Relation) -> Verdict:
    """What this role, standing so to what the page is about, gets of this route."""
    return ROWS.get(route, {}).get((role, relation), Verdict.REFUSED)


def may(route: str, role: Role, relation: Relation) -> bool:
    """Whether it is allowed as it is, with no glass to break."""
    return verdict(route, role, relation) is Verdict.ALLOWED


def require_rows(routes: Iterable[str]) -> None:
    """Every one of these routes has a row; `RouteWithoutRow` names those that have none."""
    missing = [route for route in routes if route not in ROWS and route not in OPEN]
    if missing:
        raise RouteWithoutRow(missing)
