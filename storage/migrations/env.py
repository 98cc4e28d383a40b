"""Alembic's entry: runs on the connection that `storage.migrate` hands over."""

from alembic import context

from storage import (  # their tables are in the metadata from here on
    ask_tables,  # noqa: F401
    care_tables,  # noqa: F401
    inviting_tables,  # noqa: F401
    note_tables,  # noqa: F401
    review_tables,  # noqa: F401
    unit_tables,  # noqa: F401
)
from storage.columns import Moment
from storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=False,
    render_item=lambda kind, item, _: (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False
    ),
)
with context.begin_transaction():
    context.run_migrations()
