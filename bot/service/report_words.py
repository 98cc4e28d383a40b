"""What a unit's manager writes into the report of a year: a box for each section, kept by year, so
that what was written last year stands beside it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.reports.report import SECTIONS
from bot.reports.year import Year
from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from storage import audit, people, report_words
from storage.report_words import Words

MOST = 8_000
"""Signs in a box: three pages of a report."""


@dataclass(frozen=True, slots=True)
class Box:
    """`asks`: what it is for; `seen`: which version it shows; `who` wrote it, and when; `before`:
    what stood in it in the year before."""

    section: str
    title: str
    asks: str
    words: str
    seen: str
    who: str
    at: datetime | None
    before: str


class Kept(StrEnum):
    """What became of what was entered."""

    NOW = "now"
    SAME = "same"
    OTHERS = "others"  # somebody else wrote meanwhile: nothing was kept
    TOO_LONG = "too_long"


def written(db: Connection, house: House, year: Year) -> dict[str, str]:
    """By section; empty boxes are left out."""
    found = report_words.of_year(db, house.id, year.number)
    return {section: one.words for section, one in found.items() if one.words}


def boxes(db: Connection, house: House, year: Year) -> dict[str, Box]:
    """Every section's. Reads only."""
    found = report_words.of_year(db, house.id, year.number)
    before = report_words.of_year(db, house.id, year.before.number)
    members = people.staff_by_id(db, house.id, {one.by for one in found.values()})
    boxes = {}
    for section in SECTIONS:
        mine, last = found.get(section.id), before.get(section.id)
        boxes[section.id] = Box(
            section.id,
            section.title,
            section.asks,
            mine.words if mine else "",
            str(mine.number) if mine else "0",
            members[mine.by].name if mine else "",
            mine.at if mine else None,
            last.words if last else "",
        )
    return boxes


def keep(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    year: Year,
    section: str,
    words: str,
    seen: str,
    now: datetime,
) -> Kept:
    """Keep what is in a box, in place of what was. `seen`: `Box.seen` of the page they had."""
    require(db, house, staff, asked)
    words = words.strip()
    if len(words) > MOST:
        return Kept.TOO_LONG
    there = report_words.of_year(db, house.id, year.number).get(section)
    if words == (there.words if there else ""):
        return Kept.SAME
    number = there.number if there else 0
    if seen != str(number):
        return Kept.OTHERS
    new = Words(year.number, section, number + 1, now, staff.staff_id, words)
    if not report_words.put(db, house.id, new):  # between our reading and our writing
        return Kept.OTHERS
    audit.add(
        db, house.id, now, actor=staff.actor, act="report_words_kept",
        subject=f"report:{year.number}", detail=section,
    )  # fmt: skip
    return Kept.NOW
