"""What was read, put in order: a file beside, so that a million rows need no memory, and each young
person's rows are found together. It holds names: it lies in a folder of our own user and goes.
"""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.intake import values
from bot.intake.columns import (
    EPISODES,
    INVOLVEMENTS,
    KNOWN_UNUSED,
    LEAVERS,
    LEGAL,
    PERMANENCE,
    PERSON,
    PLACEMENTS,
    PROFESSIONALS,
    REVIEWS,
    SOURCES,
    Source,
    source_of,
)
from bot.intake.reading import Row, WrongFile, rows
from bot.intake.values import Unreadable
from bot.service.import_requests import Unread

_AT_ONCE = 2_000
_LONGEST_ID = 64
_ROLES_NAMED = 8


def kind_of(role: str) -> str:
    """In which role somebody is involved; empty: in one that nothing here is about."""
    folded = f" {role.casefold().replace('_', ' ').replace('/', ' ')} "
    if " iro " in folded or "independent reviewing" in folded or "reviewing officer" in folded:
        return "pathway_review_officer" if "pathway" in folded else "iro"
    if " pa " in folded or "personal advis" in folded or " 16plus " in folded:
        return "personal_adviser"
    if any(words in folded for words in (" sw ", " cw ", "social worker", "case worker")):
        return "social_worker"
    return ""


Convert = Callable[[str], Any]


def _id(value: str) -> str:
    found = values.text(value)
    if not found:
        raise Unreadable("There is no id.", "Every row needs one.")
    if len(found) > _LONGEST_ID or not found.isprintable():
        raise Unreadable(f"“{values.shown(found)}” is no id.", "An id has up to 64 signs.")
    return found


def _link(value: str) -> str:
    found = values.text(value)
    return found if found.isprintable() else ""


def _iso(value: str) -> str:
    found = values.day(value)
    return found.isoformat() if found else ""


def _needed_day(value: str) -> str:
    found = _iso(value)
    if not found:
        raise Unreadable("There is no date.", "Put the day into the case system.")
    return found


def _flag(value: str) -> str:
    return "Y" if values.flag(value) else ""


def _name(value: str) -> str:
    return " ".join(values.text(value).split())


_NO_NAME = frozenset({"NULL", "null", "None", "NaN", "nan", "NaT", "NA", "N/A", "n/a", "-"})
"""As programs write that there is none: Null, Nan and Na are somebody's name."""


def _persons_name(value: str) -> str:
    found = " ".join(value.split())
    return "" if found in _NO_NAME else found


CONVERT: dict[str, dict[str, Convert]] = {
    PERSON.name: {"person": _id, "first": _persons_name, "last": _persons_name, "sex": values.sex,
                  "ethnicity": values.ethnicity, "born": _iso, "expected": _iso},
    EPISODES.name: {"id": _id, "person": _id, "care": _link, "began": _needed_day,
                    "reason_began": values.reason_began, "ended": _iso,
                    "reason_ended": values.reason_ended, "placement": _link},
    PLACEMENTS.name: {"id": _id, "care": _link, "person": _link, "began": _needed_day,
                      "ended": _iso, "type": values.placement},
    LEGAL.name: {"id": _id, "person": _id, "status": values.legal_status, "began": _needed_day,
                 "ended": _iso},
    REVIEWS.name: {"id": _id, "care": _link, "person": _link, "due": _iso, "held": _iso,
                   "cancelled": _flag, "code": values.participation, "shared": _name},
    LEAVERS.name: {"person": _id, "eligibility": _name, "reviewed": _iso, "worker": _link},
    INVOLVEMENTS.name: {"professional": _id, "role": _name, "person": _id, "began": _needed_day,
                        "ended": _iso},
    PROFESSIONALS.name: {"id": _id, "name": _persons_name},
    PERMANENCE.name: {"id": _id, "person": _id, "decided": _iso, "placement_order": _iso,
                      "placed": _iso, "reversed": _iso, "order_on": _iso, "order_type": _name},
}  # fmt: skip

_OPTIONAL = {
    PERSON.name: {"expected": "", "sex": "", "ethnicity": ""},
    REVIEWS.name: {"code": ""},
    EPISODES.name: {"reason_began": "", "reason_ended": ""},
    PLACEMENTS.name: {"type": ""},
}
"""Cells that may be unreadable while the rest of their row goes in without them."""


@dataclass(slots=True)
class Read:
    """What came of reading. `counts`: rows by table; `files`: what a table's file is called."""

    counts: dict[str, int] = field(default_factory=dict)
    refused: list[Unread] = field(default_factory=list)
    all_refused: int = 0
    warned: list[Unread] = field(default_factory=list)
    all_warned: int = 0
    by_file: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failed: str = ""
    most: int = 10_000
    stands: set[tuple[str, str]] = field(default_factory=set)
    """Rows that are there and did not come in, by table and id: as many as are named."""

    def file_of(self, source: Source) -> str:
        return self.files.get(source.name, f"{source.name}.csv")

    def refuse(self, one: Unread) -> None:
        self.all_refused += 1
        self.by_file[one.file] = self.by_file.get(one.file, 0) + 1
        if len(self.refused) < self.most:
            self.refused.append(one)

    def refuse_row(self, source: Source, row_id: str, one: Unread) -> None:
        """The same of one whose id is known: it is not taken for one that is there no more."""
        if len(self.refused) < self.most:
            self.stands.add((source.name, row_id))
        self.refuse(one)

    def warn(self, one: Unread) -> None:
        """It goes in, and somebody should look at it."""
        if len(self.warned) < self.most:
            self.warned.append(one)
        self.all_warned += 1

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


class Scratch:
    """The rows of a folder, by young person."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        for source in SOURCES:
            columns = ", ".join(f'"{one.id}" TEXT' for one in source.columns)
            self._db.execute(f"CREATE TABLE {source.name} (line INTEGER, {columns})")
        self._db.execute("CREATE TABLE not_read (person TEXT PRIMARY KEY, line INTEGER)")
        path.unlink()  # open still, and gone with us, however we end: it holds names

    def close(self) -> None:
        self._db.close()

    def fill(self, folder: Path, read: Read) -> None:
        """Read every file of the folder. What is missing or can't be read is in `read`."""
        files: dict[str, list[Path]] = {}
        for path in sorted(folder.iterdir()):
            if not path.is_file() or path.name.startswith("."):
                continue
            name = source_of(path.name)
            if name is None or name not in {one.name for one in SOURCES}:
                if name not in KNOWN_UNUSED:
                    read.note(f"{path.name} is none of the tables that are read.")
                continue
            files.setdefault(name, []).append(path)
        for source in SOURCES:
            found = files.get(source.name, [])
            if len(found) > 1:
                names = " and ".join(path.name for path in found)
                read.failed = f"{names} are both {source.name}. Leave one of them out."
                return
            if found:
                self._load(found[0], source, read)
            elif source.needed:
                read.failed = f"There is no {source.name}.csv. Without it nobody is known."
                return
            elif source is not PERMANENCE:
                read.note(f"There is no {source.name}.csv: what it holds stays as it is.")
        if not read.failed and not read.counts.get(PERSON.name):
            read.failed = f"In {PERSON.name} no row can be read. Is it the right file?"
            return
        self._order(read)

    def _load(self, path: Path, source: Source, read: Read) -> None:
        read.files[source.name] = path.name
        convert = [CONVERT[source.name][one.id] for one in source.columns]
        optional = _OPTIONAL.get(source.name, {})
        ids = [one.id for one in source.columns]
        marks = ",".join("?" * (len(ids) + 1))
        insert = f"INSERT INTO {source.name} VALUES ({marks})"  # noqa: S608 - names of ours
        waiting: list[list[Any]] = []
        count = 0
        self._db.execute("BEGIN")
        try:
            for row in rows(path, source, read.note, read.refuse):
                found = self._converted(path.name, source, row, convert, ids, optional, read)
                if found is None:
                    continue
                waiting.append(found)
                count += 1
                if len(waiting) == _AT_ONCE:
                    self._db.executemany(insert, waiting)
                    waiting.clear()
            self._db.executemany(insert, waiting)
        except WrongFile as error:
            read.refuse(Unread(path.name, 1, "", error.reason, error.mend))
        finally:
            self._db.execute("COMMIT")
        read.counts[source.name] = count
        if not count and path.name not in read.by_file:
            read.note(f"{path.name} has column names and no rows. Has the case system none?")

    def _converted(
        self,
        name: str,
        source: Source,
        row: Row,
        convert: Sequence[Convert],
        ids: Sequence[str],
        optional: dict[str, str],
        read: Read,
    ) -> list[Any] | None:
        found: list[Any] = [row.line]
        for number, cell in enumerate(row.cells):
            try:
                found.append(convert[number](cell))
            except Unreadable as error:
                column, mend = source.columns[number].names[0], error.mend
                goes_in = ids[number] in optional
                if goes_in:
                    mend += " The rest of the row goes in."
                unread = Unread(name, row.line, column, error.reason, mend)
                if goes_in:
                    read.refuse(unread)
                else:
                    read.refuse_row(source, found[1] if found[1:] else "", unread)
                    self._not_read(source, found)
                    return None
                found.append(optional[ids[number]])
        return found

    def _not_read(self, source: Source, found: Sequence[Any]) -> None:
        """Of whom nothing comes in, so that it can be said where their other rows are."""
        if source is PERSON and found[1:]:
            self._db.execute("INSERT OR IGNORE INTO not_read VALUES (?, ?)", (found[1], found[0]))

    def _order(self, read: Read) -> None:
        """Indexes; whose each review and placement is, where only the period of care is named."""
        run = self._db.execute
        for source in (PERSON, EPISODES, LEGAL, LEAVERS, INVOLVEMENTS, PERMANENCE):
            run(f"CREATE INDEX person_{source.name} ON {source.name} (person)")
        run(f"CREATE INDEX care_{EPISODES.name} ON {EPISODES.name} (care)")
        run(f"CREATE INDEX id_{EPISODES.name} ON {EPISODES.name} (id)")
        run(f"CREATE INDEX id_{PROFESSIONALS.name} ON {PROFESSIONALS.name} (id)")
        for source in (REVIEWS, PLACEMENTS):
            run(
                f"UPDATE {source.name} SET person = coalesce("  # noqa: S608 - names of ours
                f"(SELECT person FROM {EPISODES.name} e WHERE e.care = {source.name}.care LIMIT 1),"
                f"(SELECT person FROM {EPISODES.name} e WHERE e.id = {source.name}.care LIMIT 1),"
                "'') WHERE person = ''"
            )
            run(f"CREATE INDEX person_{source.name} ON {source.name} (person)")
        for source, what in ((REVIEWS, "review"), (PLACEMENTS, "placement")):
            self._orphans(source, f"Nobody is known whose {what} this is.", read)
        for source in (EPISODES, REVIEWS, LEAVERS):
            self._strangers(source, read)
        self._doubles(read)
        self._estimated(read)
        self._other_roles(read)

    def _orphans(self, source: Source, why: str, read: Read) -> None:
        asked = f"SELECT line, id FROM {source.name} WHERE person = '' ORDER BY line"  # noqa: S608
        for line, row_id in self._db.execute(asked):
            mend = "Take ssd_cla_episodes out at the same time, or put the child’s id into the row."
            read.refuse_row(source, row_id, Unread(read.file_of(source), line, "", why, mend))

    def _strangers(self, source: Source, read: Read) -> None:
        asked = (
            f"SELECT s.line, s.person, n.line FROM {source.name} s "  # noqa: S608
            "LEFT JOIN not_read n ON n.person = s.person WHERE s.person <> '' AND NOT EXISTS "
            f"(SELECT 1 FROM {PERSON.name} p WHERE p.person = s.person) ORDER BY s.line"
        )
        for line, person, not_read in self._db.execute(asked):
            reason = f"{values.shown(person)} is not in {PERSON.name}."
            mend = "Take both tables out at the same time."
            if not_read:
                who = values.shown(person)
                reason = f"{who} did not come in: see line {not_read} of {PERSON.name}."
                mend = "Mend that line, and this one comes in."
            read.refuse(Unread(read.file_of(source), line, "", reason, mend))

    def _doubles(self, read: Read) -> None:
        """One row an id: the first stands, another that says the same is no matter. Of care leavers
        there may be several, one for each status they had."""
        for source, keys in ((PERSON, ("person",)), (EPISODES, ("id",)),
                             (REVIEWS, ("id", "person")), (PERMANENCE, ("id",))):  # fmt: skip
            names = [f'"{one.id}"' for one in source.columns]
            said = " || '\x1f' || ".join(f"coalesce(s.{name}, '')" for name in names)
            first = said.replace("s.", "f.")
            self._db.execute(
                f"CREATE INDEX IF NOT EXISTS key_{source.name} ON {source.name} ({', '.join(keys)})"
            )

            def both(one: str, other: str, keys: Sequence[str] = keys) -> str:
                return " AND ".join(f"{one}.{key} = {other}.{key}" for key in keys)

            asked = (
                f"SELECT s.line, s.{keys[0]}, f.line "  # noqa: S608
                f"FROM {source.name} s JOIN {source.name} f ON {both('f', 's')} "
                f"WHERE f.rowid = (SELECT min(rowid) FROM {source.name} m WHERE {both('m', 's')}) "
                f"AND s.rowid > f.rowid AND ({said}) <> ({first}) ORDER BY s.rowid"
            )
            column = next(one.names[0] for one in source.columns if one.id == keys[0])
            for line, known, before in self._db.execute(asked):
                reason = f"{values.shown(known)} stands in line {before} too, otherwise."
                mend = "Leave one of them; the first was taken."
                read.refuse(Unread(read.file_of(source), line, column, reason, mend))
            self._db.execute(
                f"DELETE FROM {source.name} WHERE EXISTS (SELECT 1 FROM {source.name} f "  # noqa: S608
                f"WHERE {both('f', source.name)} AND f.rowid < {source.name}.rowid)"
            )
        self._shared(read)

    def _shared(self, read: Read) -> None:
        """One review of brothers and sisters has one id in Mosaic, and a row for each of them."""
        marked = self._db.execute(
            f"UPDATE {REVIEWS.name} SET shared = 'Y' WHERE id IN (SELECT id FROM {REVIEWS.name} "  # noqa: S608
            "GROUP BY id HAVING count(DISTINCT person) > 1)"
        ).rowcount
        if marked:
            read.note(
                f"{marked:,} rows in {REVIEWS.name} have an id that stands for several children, "
                "as reviews of brothers and sisters do: each child has their own review here."
            )

    def _estimated(self, read: Read) -> None:
        """LCS keeps a birth date that is estimated, as of many who came to the UK alone, in another
        column."""
        many = self._db.execute(
            f"SELECT count(*) FROM {PERSON.name} WHERE born = '' AND expected <> '' "  # noqa: S608
            f"AND person IN ({_OF_CARE})"
        ).fetchone()[0]
        if many:
            self._db.execute(f"UPDATE {PERSON.name} SET born = expected WHERE born = ''")  # noqa: S608
            read.note(
                "Where there is no pers_dob, pers_expected_dob was taken as the birth date, for it "
                f"may be estimated: {many:,} of {PERSON.name}."
            )

    def _other_roles(self, read: Read) -> None:
        asked = (
            f"SELECT role, count(*) FROM {INVOLVEMENTS.name} GROUP BY role "  # noqa: S608
            "ORDER BY 2 DESC, 1"
        )
        others = [(role, many) for role, many in self._db.execute(asked) if not kind_of(role)]
        if others:
            named = ", ".join(f"{values.shown(role) or 'none'} ({many:,})"
                              for role, many in others[:_ROLES_NAMED])  # fmt: skip
            more = f" and {len(others) - _ROLES_NAMED:,} more" if others[_ROLES_NAMED:] else ""
            read.note(
                f"In {INVOLVEMENTS.name} only reviewing officers, social workers and personal "
                f"advisers are taken in. Other roles, with their rows: {named}{more}."
            )

    def count(self) -> int:
        """Young people who were in care, or are care leavers: all others are left out."""
        return int(self._db.execute(f"SELECT count(*) FROM ({_OF_CARE})").fetchone()[0])  # noqa: S608

    def left_out(self) -> int:
        everybody = self._db.execute(f"SELECT count(*) FROM {PERSON.name}").fetchone()[0]  # noqa: S608
        return int(everybody) - self.count()

    def involved(self) -> list[tuple[str, str]]:
        """Every professional with the role in which they are involved."""
        asked = f"SELECT DISTINCT professional, role FROM {INVOLVEMENTS.name}"  # noqa: S608
        found = {(one, kind_of(role)) for one, role in self._db.execute(asked)}
        return sorted(found)

    def professionals(self) -> dict[str, str]:
        """Names, by id."""
        asked = f"SELECT id, name FROM {PROFESSIONALS.name} WHERE name <> ''"  # noqa: S608
        return dict(self._db.execute(asked).fetchall())

    def batches(self, size: int) -> Generator["Batch"]:
        """All young people, so many at once, by their id."""
        with closing(self._db.execute(f"{_OF_CARE} ORDER BY person")) as cursor:
            while ids := [one for (one,) in cursor.fetchmany(size)]:
                yield Batch(ids, {source.name: self._of(source, ids) for source in SOURCES
                                  if source is not PROFESSIONALS})  # fmt: skip

    def _of(self, source: Source, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        names = ["line", *(one.id for one in source.columns)]
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ",".join("?" * len(ids))
        asked = f"SELECT {columns} FROM {source.name} WHERE person IN ({marks})"  # noqa: S608
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self._db.execute(asked, ids):
            plain = dict(zip(names, row, strict=True))
            found.setdefault(plain["person"], []).append(plain)
        return found


_OF_CARE = (
    f"SELECT person FROM {PERSON.name} p WHERE EXISTS (SELECT 1 FROM {EPISODES.name} e "  # noqa: S608
    f"WHERE e.person = p.person) OR EXISTS (SELECT 1 FROM {LEAVERS.name} l "
    "WHERE l.person = p.person)"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """`ids`: of young people; `rows`: by table and young person."""

    ids: Sequence[str]
    rows: dict[str, dict[str, list[dict[str, Any]]]]

    def of(self, source: Source, person: str) -> list[dict[str, Any]]:
        return self.rows[source.name].get(person, [])
