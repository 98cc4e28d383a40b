"""The councils that a database holds."""

from sqlalchemy import Connection, select

from storage.tables import councils


def is_demo(db: Connection, council: str) -> bool:
    """Whether this is a demo's council; False if there is no such council."""
    return bool(db.execute(select(councils.c.demo).where(councils.c.council == council)).scalar())
