"""Sex and ethnicity as the case system has them, sealed under the person's own key: they are opened
to be counted, and shown of nobody."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select

from storage import data_keys
from storage.care_tables import care_particulars
from storage.data_keys import Purpose
from storage.sealing import Place, seal, unseal


@dataclass(frozen=True, slots=True)
class Particulars:
    """Codes of the data set (`F`, `WBRI`); empty: not on record."""

    sex: str = ""
    ethnicity: str = ""


def _place(council: str, person_id: str) -> Place:
    return Place(council, "care_particulars", "particulars", person_id, person_id)


def keep(db: Connection, council: str, person_id: str, particulars: Particulars) -> None:
    """In place of what was known before."""
    one = (care_particulars.c.council == council, care_particulars.c.person_id == person_id)
    db.execute(delete(care_particulars).where(*one))
    sealed = seal(db, _place(council, person_id), json.dumps(asdict(particulars)))
    row = {"council": council, "person_id": person_id, "particulars": sealed}
    db.execute(insert(care_particulars), row)


def of_people(db: Connection, council: str, person_ids: Iterable[str]) -> dict[str, Particulars]:
    """Those of whom any are on record, by id."""
    wanted = set(person_ids)
    data_keys.prepare(db, council, wanted, Purpose.IDENTITY)
    rows = db.execute(
        select(care_particulars.c.person_id, care_particulars.c.particulars).where(
            care_particulars.c.council == council, care_particulars.c.person_id.in_(wanted)
        )
    )
    found = {}
    for person_id, sealed in rows.all():
        said = json.loads(unseal(db, _place(council, person_id), sealed))
        found[person_id] = Particulars(said.get("sex") or "", said.get("ethnicity") or "")
    return found
