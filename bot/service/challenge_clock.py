"""The stages of a challenge as the council has them, and by when all of it has to have ended."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from bot.service.bank_holidays import england_and_wales
from bot.service.house import House
from bot.service.notes import Page
from conversations import challenge
from conversations.challenge import Stage
from storage import notes
from storage.notes import Note


def stages(house: House) -> tuple[Stage, ...]:
    """In their order, the informal one first."""
    return tuple(one.stage for one in house.council.footprint.stages)


def overall(db: Connection, house: House, note: Note) -> date | None:
    """By when the formal procedure has to have ended; None while it is informal."""
    raised = (
        entry.value
        for entry in notes.entries(db, house.id, note)
        if entry.field.startswith("raised.")
    )
    return _of_first_formal(house, list(raised))


def overall_of(house: House, page: Page) -> date | None:
    """The same for a page that is open."""
    raised = [page.value(f"raised.{number}", None) for number in range(page.note.stage + 1)]
    return _of_first_formal(house, [one for one in raised if one])


def _of_first_formal(house: House, raised: list[Any]) -> date | None:
    for one in raised:
        if one["formal"]:
            since = date.fromisoformat(one["on"])
            days = house.council.footprint.overall_working_days
            return challenge.overall_due(since, days, england_and_wales())
    return None
