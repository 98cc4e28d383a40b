"""Whom the case system's tables name: professionals, and who they are here."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.intake.scratch import Scratch
from bot.service.house import House
from storage import people
from storage.people import Staff

_CASE_SYSTEM = "Case system"
_NOBODY = "Not allocated"
_ROLES = {
    "iro": Role.IRO,
    "pathway_review_officer": Role.PATHWAY_REVIEW_OFFICER,
    "social_worker": Role.SOCIAL_WORKER,
    "personal_adviser": Role.PERSONAL_ADVISER,
}


@dataclass(frozen=True, slots=True)
class Members:
    """`ids`: of staff, by role and name; `names`: by professional id; `missing`: who is not on
    record here yet. They can't sign in."""

    ids: Mapping[str, str]
    names: Mapping[str, str]
    missing: tuple[Staff, ...]

    @property
    def case_system(self) -> str:
        """Who confirmed a code that comes from there: a person did, in the case system."""
        return self.ids[_key(Role.BUSINESS_SUPPORT, _CASE_SYSTEM)]

    def who(self, professional: str, kind: str) -> str | None:
        """The id here of a professional of the tables, in this kind of work."""
        name = self.names.get(professional)
        return self.ids.get(_key(_ROLES[kind], name)) if name else None

    def nobody(self, kind: str) -> str:
        """Who has what is allocated to nobody."""
        return self.ids.get(_key(_ROLES[kind], _NOBODY), "")


def members(db: Connection, house: House, scratch: Scratch) -> Members:
    """Whom the case system names and nobody has added here is kept by name, to be allocated."""
    everybody = people.all_staff(db, house.id)
    found, missing = _known(everybody), []
    teams = Counter(one.team for one in everybody if one.role == Role.IRO and one.active)
    team = max(teams, key=lambda one: (teams[one], one), default="")
    here = {one.staff_id for one in everybody}
    names = {one: _plain(name) for one, name in scratch.professionals().items()}
    wanted = {
        (_ROLES[kind], names[one]) for one, kind in scratch.involved() if kind and names.get(one)
    }
    wanted |= {(Role.IRO, _NOBODY), (Role.PATHWAY_REVIEW_OFFICER, _NOBODY)}
    wanted.add((Role.BUSINESS_SUPPORT, _CASE_SYSTEM))
    for role, name in sorted(wanted):
        key = _key(role, name)
        if key in found:
            continue
        staff_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{house.id}:{key}"))
        if staff_id not in here:
            runs = role in (Role.IRO, Role.PATHWAY_REVIEW_OFFICER)
            missing.append(
                Staff(house.id, staff_id, role, name, active=False, team=team if runs else "")
            )
        found[key] = staff_id
    return Members(found, names, tuple(missing))


def _known(everybody: list[Staff]) -> dict[str, str]:
    """Staff ids by role and name; of two with the same name neither."""
    found: dict[str, str] = {}
    twice = set()
    for member in sorted(everybody, key=lambda one: (not one.active, one.staff_id)):
        key = _key(member.role, member.name)
        if key in found and member.active:
            twice.add(key)
        found.setdefault(key, member.staff_id)
    return {key: one for key, one in found.items() if key not in twice}


def _plain(name: str) -> str:
    """*Bell, Iris* is *Iris Bell*."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


def _key(role: str, name: str) -> str:
    return f"{role}/{' '.join(name.casefold().split())}"
