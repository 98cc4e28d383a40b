"""That an advocate was told what a young person wants said: of which version, by whom, and when.
Never changed once written: a new hand-over is a new row."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from storage.sealing import Place, seal, unseal
from storage.tables import briefings


@dataclass(frozen=True, slots=True)
class Briefing:
    """`advocate` was handed it by `handed_by`, both by name. `digest`: of the answers on it, so
    that it shows when they have changed since."""

    briefing_id: str
    review_id: str
    person_id: str
    contribution_id: str
    version: int
    handed_on: date
    advocate: str
    handed_by: str
    digest: str
    recorded_by: str
    recorded_at: datetime


def _place(council: str, briefing_id: str, person_id: str) -> Place:
    return Place(council, "briefings", "who", briefing_id, person_id)


def add(db: Connection, council: str, briefing: Briefing) -> None:
    place = _place(council, briefing.briefing_id, briefing.person_id)
    who = {
        "advocate": briefing.advocate,
        "handed_by": briefing.handed_by,
        "digest": briefing.digest,
    }
    db.execute(
        insert(briefings),
        {
            "council": council,
            "briefing_id": briefing.briefing_id,
            "review_id": briefing.review_id,
            "person_id": briefing.person_id,
            "contribution_id": briefing.contribution_id,
            "version": briefing.version,
            "handed_on": briefing.handed_on,
            "recorded_by": briefing.recorded_by,
            "recorded_at": briefing.recorded_at,
            "who": seal(db, place, json.dumps(who)),
        },
    )


def of_review(db: Connection, council: str, review_id: str) -> list[Briefing]:
    """Every hand-over before a review, the newest first."""
    rows = db.execute(
        select(briefings)
        .where(briefings.c.council == council, briefings.c.review_id == review_id)
        .order_by(
            briefings.c.handed_on.desc(), briefings.c.recorded_at.desc(), briefings.c.briefing_id
        )
    )
    found = []
    for row in rows:
        who = json.loads(unseal(db, _place(council, row.briefing_id, row.person_id), row.who))
        found.append(
            Briefing(
                row.briefing_id,
                row.review_id,
                row.person_id,
                row.contribution_id,
                row.version,
                row.handed_on,
                who["advocate"],
                who["handed_by"],
                who["digest"],
                row.recorded_by,
                row.recorded_at,
            )
        )
    return found
