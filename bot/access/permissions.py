"""What one may: the one authorisation table. Route × role × relation; what is not in it is denied.

A route is known by its name in the router. A route without a row stops the program from starting
(`require_rows`); a person without permission gets the same page as for something that isn't there.

A unit manager sees which reviews wait, are due or went wrong, and never a young person's words:
they were said to the officer and to those whom the young person chose (`domain.md` rule 12).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.access.roles import Role


class Relation(StrEnum):
    """How the person who asks stands to the review that a page is about."""

    NONE = "none"  # the page is about no one review
    OWN = "own"  # they run the review
    OTHER = "other"  # a colleague runs it


class RouteWithoutRow(Exception):
    """A page that nobody decided who may see."""

    def __init__(self, routes: Iterable[str]) -> None:
        names = ", ".join(sorted(routes))
        super().__init__(
            f"No row in the authorisation table for: {names}. Decide who may open it in "
            "bot/access/permissions.py (ROWS), or add it to OPEN if anyone may."
        )


Row = Mapping[Role, frozenset[Relation]]

_OFFICERS = (Role.IRO, Role.PATHWAY_REVIEW_OFFICER)
_ANY = frozenset(Relation)


def _officers(*relations: Relation) -> Row:
    return {role: frozenset(relations) for role in _OFFICERS}


_LISTS: Row = _officers(Relation.NONE)
_OWN_REVIEW: Row = _officers(Relation.OWN)
_TASKS: Row = {**_officers(Relation.OWN), Role.UNIT_MANAGER: _ANY}
_INVITING: Row = {**_officers(Relation.OWN), Role.UNIT_MANAGER: _ANY}
_EVERYONE: Row = {role: frozenset({Relation.NONE}) for role in Role}

OPEN = frozenset({"desk.sign_in", "desk.sign_in_link", "desk.sign_in_by_link", "desk.colours"})
"""Routes that need no sign-in."""

ROWS: Mapping[str, Row] = {
    "desk.home": _EVERYONE,
    "desk.sign_out": _EVERYONE,
    "desk.reviews": _LISTS,
    "desk.unit": {Role.UNIT_MANAGER: frozenset({Relation.NONE})},
    "desk.review": _OWN_REVIEW,
    "desk.version": _OWN_REVIEW,
    "desk.reading": _OWN_REVIEW,
    "desk.held": _OWN_REVIEW,
    "desk.code": _OWN_REVIEW,
    "desk.access": _INVITING,
    "desk.invite": _INVITING,  # the officer is told when somebody else does it
    "desk.reset_pin": _OWN_REVIEW,
    "desk.tasks": _EVERYONE,
    "desk.task": _TASKS,
    "desk.task_again": _TASKS,
    "desk.task_done": _TASKS,
    "desk.task_theirs": _officers(Relation.OWN),  # whose words they are, the officer finds out
}


def may(route: str, role: Role, relation: Relation) -> bool:
    """Whether this role, standing so to the review, may use this route."""
    row = ROWS.get(route)
    return row is not None and relation in row.get(role, frozenset())


def require_rows(routes: Iterable[str]) -> None:
    """Every one of these routes has a row; `RouteWithoutRow` names those that have none."""
    missing = [route for route in routes if route not in ROWS and route not in OPEN]
    if missing:
        raise RouteWithoutRow(missing)
