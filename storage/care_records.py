"""What an import reads and writes of many young people at once: a few statements, however many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, text, update

from conversations.timescales import Care
from storage import data_keys, many_rows, people
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
from storage.tables import allocations, councils, participation, reviews, staff, young_people
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
    whose: dict[str, str] = field(default_factory=dict)


def known(
    db: Connection,
    council: str,
    keys: Keys,
    case_ids: Sequence[str],
    review_ids: Sequence[str],
    by: str,
) -> Known:
    """`by`: whose moves came by an import, as the audit names them. `moves`: how often each review
    was; `whose`: of whom each review is that is of somebody of these, or is one of these."""
    found = Known()
    indexes = {keys.blind(council, "case_id", one): one for one in case_ids}
    column = young_people.c
    ids = {
        row.person_id: indexes[row.case_id_index]
        for row in db.execute(
            select(column.person_id, column.case_id_index).where(
                column.council == council, many_rows.among(db, column.case_id_index, indexes)
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
            many_rows.among(db, imported_people.c.case_index, indexes),
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
            participation.c.council == council,
            many_rows.among(db, participation.c.review_id, theirs),
        )
    )
    found.codes = {row.review_id: row for row in rows}
    moves = db.execute(
        select(review_moves.c.review_id, review_moves.c.number, review_moves.c.by).where(
            review_moves.c.council == council,
            many_rows.among(db, review_moves.c.review_id, theirs),
        )
    )
    for move in moves:
        found.moves[move.review_id] = max(move.number, found.moves.get(move.review_id, 0))
        if move.by != by:
            found.moved.add(move.review_id)
    others = [one for one in review_ids if one not in theirs]
    elsewhere = db.execute(
        select(reviews.c.review_id, reviews.c.person_id).where(
            reviews.c.council == council, many_rows.among(db, reviews.c.review_id, others)
        )
    )
    found.whose = {one: person for person, mine in found.reviews.items() for one in mine}
    found.whose |= {row.review_id: row.person_id for row in elsewhere}
    return found


def _of(db: Connection, council: str, whose: Sequence[str], table: Table) -> Sequence[Row[Any]]:
    return db.execute(
        select(table).where(
            table.c.council == council, many_rows.among(db, table.c.person_id, whose)
        )
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

    def of_reviews_here(self) -> set[str]:
        """Reviews of which something is changed."""
        changed = self.changed.get(reviews, ())
        codes = (*self.added.get(participation, ()), *self.changed.get(participation, ()))
        new = {row["review_id"] for row in self.added.get(reviews, ())}
        return {row["review_id"] for row in (*changed, *codes)} - new

    def rows_of(self, table: Table) -> int:
        """How many of a table are written."""
        return len(self.added.get(table, ())) + len(self.changed.get(table, ()))


def lock_reviews(db: Connection, council: str, review_ids: Collection[str]) -> None:
    """Whoever is at work on one of them is through when this returns, and others wait for us."""
    these = many_rows.among(db, reviews.c.review_id, review_ids)
    asked = select(reviews.c.review_id).where(reviews.c.council == council, these)
    db.execute(asked.order_by(reviews.c.review_id).with_for_update(key_share=True)).all()


def write(
    db: Connection, council: str, keys: Keys, changes: Changes, taken_on: date, now: datetime
) -> None:
    """All that are rows, in this transaction."""
    _write_people(db, council, keys, changes, now)
    new = {one.person_id for one in changes.people}
    _write_particulars(db, council, changes.particulars, new)
    _write_cares(db, council, changes.cares, new)
    for table, rows in changes.added.items():
        many_rows.add(db, council, table, rows)
    for table, rows in changes.changed.items():
        many_rows.change(db, council, table, rows)
    _note_seen(db, council, keys, changes.seen, taken_on)


def _write_people(
    db: Connection, council: str, keys: Keys, changes: Changes, now: datetime
) -> None:
    data_keys.make_for_new(db, council, [one.person_id for one in changes.people], Purpose.IDENTITY)
    many_rows.add(
        db,
        council,
        young_people,
        [
            {
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
    many_rows.change(
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


def _write_particulars(
    db: Connection, council: str, particulars: Mapping[str, str], new: Collection[str]
) -> None:
    if not particulars:
        return
    data_keys.prepare(db, council, list(particulars), Purpose.IDENTITY)
    _forget(db, council, care_particulars, set(particulars) - set(new))
    rows = []
    for person_id, said in particulars.items():
        place = Place(council, "care_particulars", "particulars", person_id, person_id)
        rows.append({"person_id": person_id, "particulars": seal(db, place, said)})
    many_rows.add(db, council, care_particulars, rows)


def _write_cares(
    db: Connection, council: str, cares: Mapping[str, tuple[Care, ...]], new: Collection[str]
) -> None:
    """Periods in place of those before."""
    for table in (care_periods, adoption_placements):
        _forget(db, council, table, set(cares) - set(new))
    many_rows.add(
        db,
        council,
        care_periods,
        [
            {
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
    many_rows.add(
        db,
        council,
        adoption_placements,
        [
            {"person_id": person_id, "placed_on": day}
            for person_id, mine in cares.items()
            for day in sorted({day for care in mine for day in care.placed_on})
        ],
    )


def _forget(db: Connection, council: str, table: Table, whose: Collection[str]) -> None:
    if whose:
        mine = (table.c.council == council, many_rows.among(db, table.c.person_id, whose))
        db.execute(table.delete().where(*mine))


def _note_seen(
    db: Connection, council: str, keys: Keys, seen: Mapping[str, str], taken_on: date
) -> None:
    """Who stands in these tables: whoever does not any more is told by it."""
    many_rows.add(
        db,
        council,
        imported_people,
        [
            {
                "case_index": keys.blind(council, "case_id", case),
                "person_id": person,
                "taken_on": taken_on,
            }
            for person, case in seen.items()
        ],
        or_set=("taken_on",),
    )


_GROWING = (
    young_people, reviews, participation, care_episodes, care_periods, allocations, imported_people,
    data_keys_table, care_particulars, adoption_placements, review_moves, pathway_states,
    permanence_plans, staff,
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
