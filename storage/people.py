"""Young people, foster carers who write of their own fostering, and members of staff: their names
and birth dates are sealed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import Erased, Unknown
from storage.keys import Keys
from storage.many_rows import among
from storage.prepared import Prepared
from storage.sealing import Place, seal, unseal
from storage.tables import reviews, staff, young_people


@dataclass(frozen=True, slots=True)
class YoungPerson:
    """`case_id` is the case system's person id.

    `carer`: no young person but a foster carer of a household that is reviewed, who writes of their
    own fostering (`docs/decisions/0033`). Nobody needs their birth date, so that they have none.
    """

    council: str
    person_id: str
    case_id: str
    name: str
    born: date | None
    care_leaver: bool
    language: str = "en"
    carer: bool = False

    def __post_init__(self) -> None:
        if self.carer is not (self.born is None) or (self.carer and self.care_leaver):
            raise ValueError("A foster carer, and nobody else, has no birth date.")

    def age(self, today: date) -> int | None:
        """In whole years; a foster carer has none. Born on 29 February: a year older on 1 March in
        common years."""
        if self.born is None:
            return None
        had_birthday = (today.month, today.day) >= (self.born.month, self.born.day)
        return today.year - self.born.year - (0 if had_birthday else 1)

    @property
    def birth_date(self) -> date:
        """Of a young person; of a foster carer nothing asks for one."""
        if self.born is None:
            raise ValueError(f"{self.person_id} is a foster carer.")
        return self.born

    def is_at_least(self, years: int, today: date) -> bool:
        """Whether they are so old. A foster carer is an adult."""
        age = self.age(today)
        return age is None or age >= years


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. `role` is a value of `bot.access.roles.Role`; `team` is empty in a council
    that names none."""

    council: str
    staff_id: str
    role: str
    name: str
    email: str | None = None
    active: bool = True
    team: str = ""


def _place(council: str, column: str, person_id: str) -> Place:
    return Place(council, "young_people", column, person_id, person_id)


def add_young_person(db: Connection, keys: Keys, person: YoungPerson, now: datetime) -> None:
    council, person_id = person.council, person.person_id
    db.execute(
        insert(young_people),
        {
            "council": council,
            "person_id": person_id,
            "case_id": seal(db, _place(council, "case_id", person_id), person.case_id),
            "case_id_index": keys.blind(council, "case_id", person.case_id),
            "name": seal(db, _place(council, "name", person_id), person.name),
            "born": _born(db, person),
            "language": person.language,
            "care_leaver": person.care_leaver,
            "carer": person.carer,
            "created_at": now,
        },
    )


def _born(db: Connection, person: YoungPerson) -> bytes:
    if person.born is None:
        return b""
    return seal(db, _place(person.council, "born", person.person_id), person.born.isoformat())


_PERSON = Prepared(
    select(young_people).where(
        young_people.c.council == bindparam("c"), young_people.c.person_id == bindparam("p")
    )
)


def young_person(db: Connection, council: str, person_id: str) -> YoungPerson:
    """`Unknown`; `Erased` if only a stub is left."""
    row = _PERSON.first(db, {"c": council, "p": person_id})
    if row is None:
        raise Unknown(f"young person {person_id}")
    if row.erased_at is not None:
        raise Erased(f"young person {person_id}")
    return _young_person(db, row)


_BY_CASE_ID = select(young_people.c.person_id).where(
    young_people.c.council == bindparam("c"), young_people.c.case_id_index == bindparam("i")
)


def by_case_id(db: Connection, council: str, keys: Keys, case_id: str) -> str | None:
    """The id of the young person whom the case system knows by this one."""
    index = keys.blind(council, "case_id", case_id)
    found: str | None = db.execute(_BY_CASE_ID, {"c": council, "i": index}).scalar_one_or_none()
    return found


def exists(db: Connection, council: str, person_id: str) -> bool:
    """Whether this council has, or had before erasing them, such a young person."""
    return _PERSON.first(db, {"c": council, "p": person_id}) is not None


_ERASED = select(young_people.c.person_id).where(
    young_people.c.council == bindparam("c"),
    young_people.c.person_id == bindparam("p"),
    young_people.c.erased_at.is_not(None),
)


def is_erased(db: Connection, council: str, person_id: str) -> bool:
    """Whether their keys are destroyed: only a stub is left, and nothing of it is shown."""
    return db.execute(_ERASED, {"c": council, "p": person_id}).first() is not None


def erased_of(db: Connection, council: str, person_ids: Iterable[str]) -> frozenset[str]:
    """Those of these who are erased."""
    found = select(young_people.c.person_id).where(
        young_people.c.council == council,
        young_people.c.person_id.in_(set(person_ids)),
        young_people.c.erased_at.is_not(None),
    )
    return frozenset(db.execute(found).scalars())


_CARERS = select(young_people.c.person_id).where(
    young_people.c.council == bindparam("c"), young_people.c.carer.is_(True)
)


def is_carer(db: Connection, council: str, person_id: str) -> bool:
    """Whether it is a foster carer, erased or not: no page of young people is theirs."""
    wanted = _CARERS.where(young_people.c.person_id == bindparam("p"))
    return db.execute(wanted, {"c": council, "p": person_id}).first() is not None


def carers(db: Connection, council: str) -> frozenset[str]:
    """The ids of all foster carers, erased ones too."""
    return frozenset(db.execute(_CARERS, {"c": council}).scalars())


def lock(db: Connection, council: str, person_id: str) -> None:
    """Whoever else is about to erase them waits for our commit. `Unknown`; `Erased` if they came
    second."""
    asked = select(young_people.c.erased_at).where(
        young_people.c.council == council, young_people.c.person_id == person_id
    )
    row = db.execute(asked.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise Unknown(f"young person {person_id}")
    if row.erased_at is not None:
        raise Erased(f"young person {person_id}")


def mark_erased(db: Connection, council: str, person_id: str, now: datetime) -> None:
    """From here on nobody is shown anything of them, and nothing finds them by their case id."""
    db.execute(
        update(young_people)
        .where(young_people.c.council == council, young_people.c.person_id == person_id)
        .values(
            case_id=b"",
            case_id_index=f"erased:{person_id}".encode(),
            name=b"",
            born=b"",
            erased_at=now,
        )
    )


def names_of_others(
    db: Connection, council: str, person_id: str, officer_id: str, most: int
) -> tuple[str, ...]:
    """The names of the council's other young people; where there are more than `most`, of those
    whose reviews this officer runs."""
    column = young_people.c
    others = select(column.person_id).where(
        column.council == council,
        column.person_id != person_id,
        column.erased_at.is_(None),
        column.carer.is_(False),
    )
    ids = list(db.execute(others.limit(most + 1)).scalars())
    if len(ids) > most:
        run = select(reviews.c.person_id).where(
            reviews.c.council == council, reviews.c.officer_id == officer_id
        )
        ids = list(db.execute(others.where(column.person_id.in_(run)).limit(most)).scalars())
    data_keys.prepare(db, council, ids, Purpose.IDENTITY)
    rows = db.execute(
        select(column.person_id, column.name).where(
            column.council == council, column.person_id.in_(ids), column.erased_at.is_(None)
        )
    )
    return tuple(unseal(db, _place(council, "name", row.person_id), row.name) for row in rows)


def young_people_by_id(
    db: Connection, council: str, person_ids: Iterable[str]
) -> dict[str, YoungPerson]:
    """Several at once, by id; unknown and erased ones are left out."""
    wanted = set(person_ids)
    data_keys.prepare(db, council, wanted, Purpose.IDENTITY)
    rows = db.execute(
        select(young_people).where(
            young_people.c.council == council,
            among(db, young_people.c.person_id, wanted),
            young_people.c.erased_at.is_(None),
        )
    )
    return {row.person_id: _young_person(db, row) for row in rows}


def births_of(db: Connection, council: str, person_ids: Iterable[str]) -> dict[str, date]:
    """The birth dates alone of several, by id; erased ones and foster carers are left out."""
    wanted = set(person_ids)
    data_keys.prepare(db, council, wanted, Purpose.IDENTITY)
    rows = db.execute(
        select(young_people.c.person_id, young_people.c.born).where(
            young_people.c.council == council,
            young_people.c.person_id.in_(wanted),
            young_people.c.erased_at.is_(None),
            young_people.c.carer.is_(False),
        )
    )
    return {
        row.person_id: date.fromisoformat(
            unseal(db, _place(council, "born", row.person_id), row.born)
        )
        for row in rows.all()
    }


def names_of(db: Connection, council: str, person_ids: Iterable[str]) -> dict[str, str]:
    """The names alone of several, by id; erased ones are left out. For a search: half the work of
    opening all that is known of them."""
    wanted = set(person_ids)
    data_keys.prepare(db, council, wanted, Purpose.IDENTITY)
    rows = db.execute(
        select(young_people.c.person_id, young_people.c.name).where(
            young_people.c.council == council,
            young_people.c.person_id.in_(wanted),
            young_people.c.erased_at.is_(None),
        )
    )
    return {
        row.person_id: unseal(db, _place(council, "name", row.person_id), row.name) for row in rows
    }


def _young_person(db: Connection, row: Row[Any]) -> YoungPerson:
    council, person_id = row.council, row.person_id
    return YoungPerson(
        council,
        person_id,
        unseal(db, _place(council, "case_id", person_id), row.case_id),
        unseal(db, _place(council, "name", person_id), row.name),
        None
        if row.carer
        else date.fromisoformat(unseal(db, _place(council, "born", person_id), row.born)),
        row.care_leaver,
        row.language,
        row.carer,
    )


def _staff_place(council: str, column: str, staff_id: str) -> Place:
    return Place(council, "staff", column, staff_id)


def add_staff(db: Connection, keys: Keys, member: Staff, now: datetime) -> None:
    council, staff_id, email = member.council, member.staff_id, member.email
    sealed = seal(db, _staff_place(council, "email", staff_id), email) if email else None
    db.execute(
        insert(staff),
        {
            "council": council,
            "staff_id": staff_id,
            "role": member.role,
            "name": seal(db, _staff_place(council, "name", staff_id), member.name),
            "email": sealed,
            "email_index": keys.blind(council, "email", email.casefold()) if email else None,
            "active": member.active,
            "created_at": now,
            "team": member.team,
        },
    )


def staff_by_id(db: Connection, council: str, staff_ids: Iterable[str]) -> dict[str, Staff]:
    """Several at once, by id; unknown ones are left out."""
    rows = db.execute(
        select(staff).where(staff.c.council == council, staff.c.staff_id.in_(set(staff_ids)))
    )
    return {row.staff_id: _staff(db, row) for row in rows}


def members_of(db: Connection, council: str, team: str) -> frozenset[str]:
    """The ids of a team's staff. No name is opened."""
    found = select(staff.c.staff_id).where(staff.c.council == council, staff.c.team == team)
    return frozenset(db.execute(found).scalars())


_STAFF = select(staff).where(staff.c.council == bindparam("c"))
_ONE_STAFF = Prepared(_STAFF.where(staff.c.staff_id == bindparam("s")))


def staff_member(db: Connection, council: str, staff_id: str) -> Staff:
    row = _ONE_STAFF.first(db, {"c": council, "s": staff_id})
    if row is None:
        raise Unknown(f"staff {staff_id}")
    return _staff(db, row)


def all_staff(db: Connection, council: str) -> list[Staff]:
    return [_staff(db, row) for row in db.execute(_STAFF, {"c": council})]


def _staff(db: Connection, row: Row[Any]) -> Staff:
    council, staff_id = row.council, row.staff_id
    email = row.email
    return Staff(
        council,
        staff_id,
        row.role,
        unseal(db, _staff_place(council, "name", staff_id), row.name),
        unseal(db, _staff_place(council, "email", staff_id), email) if email else None,
        row.active,
        row.team,
    )
