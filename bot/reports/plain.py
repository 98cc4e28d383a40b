"""The figures as data: `figures.json` and one CSV a table. Scripts read them: keys are added, never
renamed. What is withheld or not known is null there, and named beside."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.reports.figures.characteristics import ETHNICITY, LEGAL_STATUS, PLACEMENT, SEX
from bot.reports.figures.households import HOUSEHOLDS
from bot.reports.figures.officers import CASELOAD, QUALITY
from bot.reports.figures.pathway import BACKLOG
from bot.reports.figures.plans import ADOPTION, IN_PLACE, OF_AGE, PEPS, PERMANENCE, percent
from bot.reports.figures.profile import BY_AGE, MOVES, RATE
from bot.reports.figures.records import ABSENCE
from bot.reports.figures.reviews import BY_STAGE, FLAGGED, PARTICIPATION, STOOD_DOWN
from bot.reports.tables import TOTAL, Declared, Table
from bot.reports.year import Quarter, Year


def figures(tables: Sequence[Table], year: Year, until: date, *, exact: bool) -> dict[str, Any]:
    """What `figures.json` holds: the figures by name, and under `tables` every cell of every table.

    `exact`: nothing is withheld, and it is not to be published.
    """
    by_id = {table.id: table for table in tables}
    stages = by_id[BY_STAGE.id]
    return {
        "year": year.number,
        "until": until.isoformat(),
        "for_publication": not exact,
        "children_in_care": by_id[BY_AGE.id].at(TOTAL),
        "children_by": {
            "age": _rows(by_id[BY_AGE.id]),
            "sex": _rows(by_id[SEX.id]),
            "ethnicity": _rows(by_id[ETHNICITY.id]),
            "legal_status": _rows(by_id[LEGAL_STATUS.id]),
            "placement": _rows(by_id[PLACEMENT.id]),
        },
        "placed_with_parents": by_id[PLACEMENT.id].at("parents"),
        "rate_per_10_000": by_id[RATE.id].at("rate"),
        "care_started": by_id[MOVES.id].at("started"),
        "care_ceased": by_id[MOVES.id].at("ceased"),
        "reviews_held": stages.at(TOTAL, TOTAL),
        "reviews_late": stages.at(TOTAL, "late"),
        "stage": {
            stage: {
                "reviews_held": stages.at(stage, TOTAL),
                "reviews_late": stages.at(stage, "late"),
            }
            for stage, _label in stages.rows
        },
        "participation": _rows(by_id[PARTICIPATION.id]) | _rows(by_id[FLAGGED.id]),
        "stood_down": _rows(by_id[STOOD_DOWN.id]),
        "absence_reasons": _rows(by_id[ABSENCE.id]),
        "pathway_outstanding": _backlog(by_id[BACKLOG.id]),
        "foster_households": _rows(by_id[HOUSEHOLDS.id]),
        "qa_tools": _rows(by_id[QUALITY.id]),
        "peps_in_place_percent": percent(by_id[PEPS.id], IN_PLACE, OF_AGE),
        "peps_overdue_percent": percent(by_id[PEPS.id], ("overdue",), IN_PLACE),
        "permanence_plans": _rows(by_id[PERMANENCE.id]),
        "adoption": _rows(by_id[ADOPTION.id]),
        "caseload": _rows(by_id[CASELOAD.id]),
        **_whole(tables),
    }  # fmt: skip


def of_quarter(tables: Sequence[Table], quarter: Quarter, until: date) -> dict[str, Any]:
    """The same of one quarter's pathway reviews."""
    by_id = {table.id: table for table in tables}
    return {
        "year": quarter.year.number,
        "quarter": quarter.number,
        "until": until.isoformat(),
        "for_publication": True,
        "pathway_outstanding": _backlog(by_id[BACKLOG.id]),
        **_whole(tables),
    }


def _whole(tables: Sequence[Table]) -> dict[str, Any]:
    return {
        "tables": {table.id: _cells(table) for table in tables},
        "withheld": sorted(
            f"{table.id}.{row}.{column}" for table in tables for row, column in table.hidden
        ),
        "no_data": {table.id: table.no_data for table in tables if table.no_data},
    }


def _backlog(table: Table) -> dict[str, Any]:
    months = _rows(table)
    counted = list(months.values())
    return {
        "start": counted[0] if counted else None,
        "end": counted[-1] if counted else None,
        "months": months,
    }


def _rows(table: Table) -> dict[str, int | None]:
    """Its first column, by row."""
    column = table.declared.columns[0][0]
    return {row: table.at(row, column) for row, _label in table.rows}


def _cells(table: Table) -> dict[str, dict[str, int | None]]:
    return {
        row: {column: table.at(row, column) for column, _says in table.columns}
        for row, _label in table.all_rows
    }


def as_csv(table: Table, shown: Mapping[tuple[str, str], str]) -> str:
    """One table. `shown`: what each cell reads as."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["id", "row", *(says for _column, says in table.columns)])
    for row, label in table.all_rows:
        rows.writerow([row, label, *(shown[row, column] for column, _says in table.columns)])
    return out.getvalue()


def file_name(declared: Declared) -> str:
    return f"{declared.id}.csv"
