"""The councils that a database holds."""

from sqlalchemy import Connection, bindparam, select

from storage.prepared import Prepared
from storage.tables import councils

_DEMO = Prepared(select(councils.c.demo).where(councils.c.council == bindparam("c")))


def is_demo(db: Connection, council: str) -> bool:
    """Whether this is a demo's council; False if there is no such council."""
    row = _DEMO.first(db, {"c": council})
    return row is not None and bool(row.demo)
