"""What an import reads and writes of many young people at once: a few statements, however many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, insert, select, text, update

from conversations.timescales import Care
from storage import data_keys, people
from storage.care import periods
from storage.care_tables import (
    care_episodes,
    care_particulars,
    case_imports,
    imported_people,
    pathway_states,
    permanence_plans,
)
from storage.data_keys import Purpose
from storage.keys import Keys
from storage.review_tables import adoption_placements, care_periods, review_moves
from storage.sealing import Place, seal, unseal
from storage.tables import allocations, councils, participation, reviews, young_people
from storage.tables import data_keys as data_keys_table

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """`is_new`: they are to be added."""

    person_id: str
    case_id: str
    name: str
    born: date
    care_leaver: bool
    is_new: bool = False


@dataclass(slots=True)
class Known:
    """What is here of some young people, by their id; `by_case`: who they are, by case id;
    `erased`: case ids of those who were erased and do not come back."""

    by_case: dict[str, Person] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    particulars: dict[str, str] = field(default_factory=dict)
    episodes: dict[str, dict[str, Plain]] = field(default_factory=dict)
    permanence: dict[str, dict[str, Plain]] = field(default_factory=dict)
    cares: dict[str, tuple[Care, ...]] = field(default_factory=dict)
    reviews: dict[str, dict[str, Row[Any]]] = field(default_factory=dict)
    codes: dict[str, Row[Any]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    moves: dict[str, int] = field(default_factory=dict)
    pathway: dict[str, set[date]] = field(default_factory=dict)
    involved: dict[str, dict[tuple[str, str, date], date | None]] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)


def known(
    db: Connection,
    council: str,
    keys: Keys,
    case_ids: Sequence[str],
    review_ids: Sequence[str],
    by: str,
) -> Known:
    """`by`: whose moves came by an import, as the audit names them. `moves`: how often each review
    was; `elsewhere`: of these reviews whose they are, where that is nobody of these."""
    found = Known()
    indexes = {keys.blind(council, "case_id", one): one for one in case_ids}
    column = young_people.c
    ids = {
        row.person_id: indexes[row.case_id_index]
        for row in db.execute(
            select(column.person_id, column.case_id_index).where(
                column.council == council, column.case_id_index.in_(list(indexes))
            )
        )
    }
    for person_id, one in people.young_people_by_id(db, council, ids).items():
        if one.born is not None:
            found.by_case[ids[person_id]] = Person(
                person_id, one.case_id, one.name, one.born, one.care_leaver
            )
    before = db.execute(
        select(imported_people.c.case_index).where(
            imported_people.c.council == council,
            imported_people.c.case_index.in_(list(indexes)),
        )
    ).scalars()
    found.erased = {indexes[bytes(one)] for one in before} - set(ids.values())
    whose = list(ids)
    found.cares = periods(db, council, whose)
    _rows_of(db, council, whose, care_episodes, "episode_id", found.episodes)
    _rows_of(db, council, whose, permanence_plans, "permanence_id", found.permanence)
    for row in _of(db, council, whose, care_particulars):
        found.particulars[row.person_id] = unseal(db, _particulars(row), row.particulars)
    for row in _of(db, council, whose, reviews):
        found.reviews.setdefault(row.person_id, {})[row.review_id] = row
    for row in _of(db, council, whose, pathway_states):
        found.pathway.setdefault(row.person_id, set()).add(row.reviewed_on)
    for row in _of(db, council, whose, allocations):
        mine = found.involved.setdefault(row.person_id, {})
        mine[row.staff_id, row.kind, row.since] = row.until
    theirs = {one for mine in found.reviews.values() for one in mine}
    rows = db.execute(
        select(participation).where(
            participation.c.council == council, participation.c.review_id.in_(list(theirs))
        )
    )
    found.codes = {row.review_id: row for row in rows}
    moves = db.execute(
        select(review_moves.c.review_id, review_moves.c.number, review_moves.c.by).where(
            review_moves.c.council == council, review_moves.c.review_id.in_(list(theirs))
        )
    )
    for move in moves:
        found.moves[move.review_id] = max(move.number, found.moves.get(move.review_id, 0))
        if move.by != by:
            found.moved.add(move.review_id)
    others = [one for one in review_ids if one not in theirs]
    elsewhere = db.execute(
        select(reviews.c.review_id, reviews.c.person_id).where(
            reviews.c.council == council, reviews.c.review_id.in_(others)
        )
    )
    found.elsewhere = {row.review_id: row.person_id for row in elsewhere}
    return found


def _of(db: Connection, council: str, whose: Sequence[str], table: Table) -> Sequence[Row[Any]]:
    return db.execute(
        select(table).where(table.c.council == council, table.c.person_id.in_(whose))
    ).all()


def _rows_of(
    db: Connection,
    council: str,
    whose: Sequence[str],
    table: Table,
    key: str,
    found: dict[str, dict[str, Plain]],
) -> None:
    for row in _of(db, council, whose, table):
        found.setdefault(row.person_id, {})[getattr(row, key)] = dict(row._mapping)


@dataclass(slots=True)
class Changes:
    """What an import writes: rows to add and to change, by table. `clocks`: from which day a
    person's pathway clock counts; `officers`: who runs a review from now on; `seen`: the case id of
    everybody who is in the tables."""

    people: list[Person] = field(default_factory=list)
    renamed: list[Person] = field(default_factory=list)
    particulars: dict[str, str] = field(default_factory=dict)
    cares: dict[str, tuple[Care, ...]] = field(default_factory=dict)
    added: dict[Table, list[Plain]] = field(default_factory=dict)
    changed: dict[Table, list[Plain]] = field(default_factory=dict)
    clocks: dict[str, date] = field(default_factory=dict)
    officers: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    def add(self, table: Table, row: Plain) -> None:
        self.added.setdefault(table, []).append(row)

    def change(self, table: Table, row: Plain) -> None:
        """`row`: its whole key, and what is otherwise."""
        self.changed.setdefault(table, []).append(row)

    def rows_of(self, table: Table) -> int:
        """How many of a table are written."""
        return len(self.added.get(table, ())) + len(self.changed.get(table, ()))


def write(
    db: Connection, council: str, keys: Keys, changes: Changes, taken_on: date, now: datetime
) -> None:
    """All that are rows, in this transaction."""
    _write_people(db, council, keys, changes, now)
    _write_particulars(db, council, changes.particulars)
    _write_cares(db, council, changes.cares)
    for table, rows in changes.added.items():
        _insert(db, table, [{"council": council, **row} for row in rows])
    for table, rows in changes.changed.items():
        changed_rows(db, council, table, rows)
    _note_seen(db, council, keys, changes.seen, taken_on)


def _write_people(
    db: Connection, council: str, keys: Keys, changes: Changes, now: datetime
) -> None:
    data_keys.make_for_new(db, council, [one.person_id for one in changes.people], Purpose.IDENTITY)
    _insert(
        db,
        young_people,
        [
            {
                "council": council,
                "person_id": one.person_id,
                "case_id_index": keys.blind(council, "case_id", one.case_id),
                **_sealed(db, council, one),
                "language": "en",
                "care_leaver": one.care_leaver,
                "carer": False,
                "created_at": now,
            }
            for one in changes.people
        ],
    )
    data_keys.prepare(db, council, [one.person_id for one in changes.renamed], Purpose.IDENTITY)
    changed_rows(
        db,
        council,
        young_people,
        [
            {
                "person_id": one.person_id,
                **_sealed(db, council, one),
                "care_leaver": one.care_leaver,
            }
            for one in changes.renamed
        ],
    )


def _sealed(db: Connection, council: str, one: Person) -> Plain:
    def place(column: str) -> Place:
        return Place(council, "young_people", column, one.person_id, one.person_id)

    return {
        "case_id": seal(db, place("case_id"), one.case_id),
        "name": seal(db, place("name"), one.name),
        "born": seal(db, place("born"), one.born.isoformat()),
    }


def _particulars(row: Any) -> Place:
    return Place(row.council, "care_particulars", "particulars", row.person_id, row.person_id)


def _write_particulars(db: Connection, council: str, particulars: Mapping[str, str]) -> None:
    if not particulars:
        return
    whose = list(particulars)
    data_keys.prepare(db, council, whose, Purpose.IDENTITY)
    table = care_particulars
    here = set(
        db.execute(
            select(table.c.person_id).where(
                table.c.council == council, table.c.person_id.in_(whose)
            )
        ).scalars()
    )
    rows = []
    for person_id, said in particulars.items():
        place = Place(council, "care_particulars", "particulars", person_id, person_id)
        rows.append({"person_id": person_id, "particulars": seal(db, place, said)})
    _insert(
        db, table, [{"council": council, **one} for one in rows if one["person_id"] not in here]
    )
    changed_rows(db, council, table, [one for one in rows if one["person_id"] in here])


def _write_cares(db: Connection, council: str, cares: Mapping[str, tuple[Care, ...]]) -> None:
    """Periods in place of those before."""
    if not cares:
        return
    whose = list(cares)
    for table in (care_periods, adoption_placements):
        db.execute(table.delete().where(table.c.council == council, table.c.person_id.in_(whose)))
    _insert(
        db,
        care_periods,
        [
            {
                "council": council,
                "person_id": person_id,
                "began": care.began,
                "ended": care.ended,
                "short_breaks": care.short_breaks,
                "authorised_on": care.authorised_on,
            }
            for person_id, mine in cares.items()
            for care in mine
        ],
    )
    _insert(
        db,
        adoption_placements,
        [
            {"council": council, "person_id": person_id, "placed_on": day}
            for person_id, mine in cares.items()
            for day in sorted({day for care in mine for day in care.placed_on})
        ],
    )


def _note_seen(
    db: Connection, council: str, keys: Keys, seen: Mapping[str, str], taken_on: date
) -> None:
    """Who stands in these tables: whoever does not any more is told by it."""
    index = {person: keys.blind(council, "case_id", case) for person, case in seen.items()}
    table = imported_people
    here = {
        bytes(one)
        for one in db.execute(
            select(table.c.case_index).where(
                table.c.council == council, table.c.case_index.in_(list(index.values()))
            )
        ).scalars()
    }
    _insert(
        db,
        table,
        [
            {"council": council, "case_index": one, "person_id": person, "taken_on": taken_on}
            for person, one in index.items()
            if one not in here
        ],
    )
    db.execute(
        update(table)
        .where(table.c.council == council, table.c.case_index.in_(list(here)))
        .values(taken_on=taken_on)
    )


def _insert(db: Connection, table: Table, rows: Sequence[Plain]) -> None:
    if rows:
        db.execute(insert(table), rows)


def changed_rows(db: Connection, council: str, table: Table, rows: Sequence[Plain]) -> None:
    """Each by its whole key; those with the same columns go in one statement."""
    keys = [column.name for column in table.primary_key.columns if column.name != "council"]
    alike: dict[tuple[str, ...], list[Plain]] = {}
    for row in rows:
        alike.setdefault(tuple(sorted(row)), []).append(row)
    for columns, several in alike.items():
        which = [table.c[key] == bindparam(f"key_{key}") for key in keys]
        values: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in columns if name not in keys
        }
        db.execute(
            update(table).where(table.c.council == council, *which).values(values),
            [
                {(f"key_{name}" if name in keys else f"new_{name}"): row[name] for name in row}
                for row in several
            ],
        )


_GROWING = (
    young_people, reviews, participation, care_episodes, care_periods, allocations, imported_people,
    data_keys_table,
)  # fmt: skip


def look_at_sizes(db: Connection) -> None:
    """Let PostgreSQL count what has grown. It plans the check of a foreign key once a connection,
    and a plan made for an empty table reads all of it at every row: with 100,000 children that
    was nearly all of an import's time."""
    if db.dialect.name == "postgresql":
        db.execute(text(f"ANALYZE {', '.join(table.name for table in _GROWING)}"))


@dataclass(frozen=True, slots=True)
class Run:
    """One import. `ended`: it came to its end."""

    import_id: str
    source: str
    taken_on: date
    started_at: datetime
    by: str
    counts: str = ""
    ended: bool = False


def begin(db: Connection, council: str, run: Run, now: datetime) -> None:
    db.execute(
        insert(case_imports),
        {
            "council": council,
            "import_id": run.import_id,
            "source": run.source,
            "taken_on": run.taken_on,
            "started_at": run.started_at,
            "seen_at": now,
            "by": run.by,
            "counts": run.counts,
        },
    )


def alone(db: Connection, council: str) -> None:
    """Of two that begin at the same moment one waits until the other has said so."""
    db.execute(
        select(councils.c.council).where(councils.c.council == council).with_for_update()
    ).one_or_none()


def under_way(db: Connection, council: str, since: datetime) -> datetime | None:
    """When one began that is not over: it was seen since then."""
    found: datetime | None = db.execute(
        select(func.max(case_imports.c.started_at)).where(
            case_imports.c.council == council,
            case_imports.c.ended_at.is_(None),
            case_imports.c.seen_at >= since,
        )
    ).scalar_one()
    return found


def newest(db: Connection, council: str, source: str) -> date | None:
    """When the newest tables were taken out that are here to their end."""
    found: date | None = db.execute(
        select(func.max(case_imports.c.taken_on)).where(
            case_imports.c.council == council,
            case_imports.c.source == source,
            case_imports.c.ended_at.is_not(None),
        )
    ).scalar_one()
    return found


def went_on(db: Connection, council: str, import_id: str, now: datetime) -> None:
    db.execute(_run(council, import_id).values(seen_at=now))


def end(db: Connection, council: str, import_id: str, counts: str, now: datetime) -> None:
    db.execute(_run(council, import_id).values(seen_at=now, ended_at=now, counts=counts))


def give_up(db: Connection, council: str, import_id: str) -> None:
    """It broke off: the next one need not wait."""
    table = case_imports
    db.execute(
        table.delete().where(
            table.c.council == council, table.c.import_id == import_id, table.c.ended_at.is_(None)
        )
    )


def _run(council: str, import_id: str) -> Any:
    return update(case_imports).where(
        case_imports.c.council == council, case_imports.c.import_id == import_id
    )


def vanished(db: Connection, council: str, taken_on: date) -> int:
    """How many young people an import brought who are not in the tables of this day any more, and
    are not erased."""
    table = imported_people
    return int(
        db.execute(
            select(func.count())
            .select_from(
                table.join(
                    young_people,
                    (young_people.c.council == table.c.council)
                    & (young_people.c.person_id == table.c.person_id),
                )
            )
            .where(
                table.c.council == council,
                table.c.taken_on < taken_on,
                young_people.c.erased_at.is_(None),
            )
        ).scalar_one()
    )
