"""All figures of one year."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from sqlalchemy import Connection

from bot.reports.figures import (
    asks,
    by_words,
    characteristics,
    experience,
    held,
    households,
    leavers,
    officers,
    on_record,
    other_meetings,
    pathway,
    plans,
    profile,
    records,
    reviews,
    safety,
    voices,
)  # fmt: skip
from bot.reports.figures.asked import Asked
from bot.reports.figures.people import Births
from bot.reports.suppression import Cell
from bot.reports.tables import COUNT, TOTAL, Declared, Table
from bot.reports.year import Quarter, Year
from bot.service.council import Themes
from storage.care import periods

SUBJECTS = (
    profile, characteristics, reviews, records, voices, experience, asks, by_words,
    plans, pathway, households, other_meetings, safety, officers,
)  # fmt: skip

DECLARED: tuple[Declared, ...] = tuple(one for subject in SUBJECTS for one in subject.DECLARED)
"""Every table that a report may have, in order."""

_CHILDREN = (
    profile.BY_AGE, characteristics.SEX, characteristics.ETHNICITY, characteristics.LEGAL_STATUS,
    characteristics.PLACEMENT, plans.PEPS, plans.PERMANENCE,
)  # fmt: skip
SAME: tuple[tuple[Cell, ...], ...] = (
    tuple((one.id, TOTAL, COUNT[0]) for one in _CHILDREN),
    (
        (reviews.BY_STAGE.id, TOTAL, "late"),
        (reviews.LATE_BY.id, TOTAL, COUNT[0]),
        (reviews.LATE_WHY.id, TOTAL, COUNT[0]),
    ),
    ((reviews.STOOD_DOWN.id, TOTAL, COUNT[0]), (reviews.STOOD_DOWN_WHY.id, TOTAL, COUNT[0])),
    ((reviews.BY_STAGE.id, TOTAL, TOTAL), (reviews.PARTICIPATION.id, TOTAL, COUNT[0])),
    ((asks.BY_THEME.id, TOTAL, TOTAL), (asks.ANSWERED.id, TOTAL, COUNT[0])),
    # Who is still waiting: but for those who heard that it is being looked at.
    ((asks.BY_THEME.id, TOTAL, "open"), (asks.ANSWERED.id, "open", COUNT[0])),
    tuple(
        (one.id, TOTAL, COUNT[0])
        for one in (voices.INVITED, voices.INVITED_LANGUAGES, voices.INVITED_BANDS)
    ),
    tuple((one.id, TOTAL, COUNT[0]) for one in (voices.CHANNELS, voices.LANGUAGES, voices.BANDS)),
    ((safety.CAUSES.id, TOTAL, COUNT[0]), (safety.TAKEN_ON.id, TOTAL, COUNT[0])),
)
"""Cells of different tables that count the same: one of them alone tells the others."""


_NO_LISTS = Themes()


def count(
    db: Connection,
    council: str,
    year: Year,
    today: date,
    *,
    issue_within: int,
    themes: Themes = _NO_LISTS,
) -> tuple[Table, ...]:
    """All tables, nothing withheld yet. Whoever shows them calls `published`."""
    (found,) = count_years(db, council, (year,), today, issue_within=issue_within, themes=themes)
    return found


def count_years(
    db: Connection,
    council: str,
    years: Sequence[Year],
    today: date,
    *,
    issue_within: int,
    themes: Themes = _NO_LISTS,
) -> tuple[tuple[Table, ...], ...]:
    """The same of several years: what all of them are counted from is read once."""
    with _uncollected():
        return _count_years(db, council, years, today, issue_within, themes)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Rows by the hundred thousand, each of which the collector of circles would look through again
    and again: a fifth of the time. Nothing that is counted here makes a circle."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _count_years(
    db: Connection,
    council: str,
    years: Sequence[Year],
    today: date,
    issue_within: int,
    themes: Themes,
) -> tuple[tuple[Table, ...], ...]:
    births = Births(db, council)
    cares = periods(db, council)
    spans = [year.span for year in years]
    held_in = held.look(db, council, spans, births, cares)
    in_care = [profile.in_care(cares, births, min(span.ends, today)) for span in spans]
    known = characteristics.look(db, council, frozenset().union(*in_care))
    pathway_reviews = leavers.look(db, council)
    return tuple(
        _tables(
            Asked(
                db,
                council,
                span,
                today,
                births,
                pathway_reviews,
                cares,
                here,
                known,
                in_year,
                on_record.look(db, council, span),
                issue_within,
                themes.root,
            )
        )
        for span, here, in_year in zip(spans, in_care, held_in, strict=True)
    )


def _tables(asked: Asked) -> tuple[Table, ...]:
    return tuple(table for subject in SUBJECTS for table in subject.tables(asked))


def count_pathway(db: Connection, council: str, quarter: Quarter, today: date) -> tuple[Table, ...]:
    """Those about care leavers, of one quarter."""
    births = Births(db, council)
    known = leavers.look(db, council)
    return pathway.tables(Asked(db, council, quarter.span, today, births, known))
