"""The tables of asks: each wish that was sent, its answers, and what was said to those.

They go with the words that they belong to: what is sealed in them has the words' keys.
"""

from sqlalchemy import (
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from storage.columns import Moment
from storage.tables import metadata

# A wish. Its words stand in the contribution; `version` is the newest one in which it does.
asks = Table(
    "asks",
    metadata,
    Column("council", String(64), primary_key=True),
    Column("ask_id", String(36), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("conversation_id", String(36), nullable=False),
    Column("contribution_id", String(36), nullable=False),
    Column("version", Integer, nullable=False),
    Column("question_id", String(64), nullable=False),
    Column("theme", String(32), nullable=False),  # the topic under which it was said
    Column("state", String(16), nullable=False),  # values of `conversations.asks.State`
    Column("answers", Integer, nullable=False),  # written so far, drafts too: who comes second sees
    Column("asked_at", Moment, nullable=False),  # sent first
    Column("said_since", Moment, nullable=False),  # the oldest part: who may read it back
    Column("changed_at", Moment, nullable=False),  # its words, last
    Column("due_on", Date, nullable=False),
    Column("owner_id", String(36)),  # who has to say what happens; none: who runs the review
    Column("plan", LargeBinary),  # JSON: an owner without an account, what they are asked
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
    Index(None, "council", "review_id"),
    Index(None, "council", "owner_id"),
    Index(None, "council", "person_id"),
)

# Append-only: what was written is never written over. A draft is for the officer alone.
ask_answers = Table(
    "ask_answers",
    metadata,
    Column("council", String(64), primary_key=True),
    Column("ask_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(8), nullable=False),  # draft, sent, told
    Column("state", String(16), nullable=False),
    Column("written_by", String(36), nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("read_at", Moment),  # by the young person, first; or when they were told
    Column("said", LargeBinary, nullable=False),  # JSON: `storage.asks.Written`
    ForeignKeyConstraint(["council", "ask_id"], ["asks.council", "asks.ask_id"]),
    Index(None, "council", "review_id"),
)

# What a young person says to an answer.
ask_replies = Table(
    "ask_replies",
    metadata,
    Column("council", String(64), primary_key=True),
    Column("ask_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("answer", Integer, nullable=False),  # to which
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(16), nullable=False),  # values of `conversations.asks.Reply`
    Column("said_at", Moment, nullable=False),
    Column("words", LargeBinary, nullable=False),
    ForeignKeyConstraint(["council", "ask_id"], ["asks.council", "asks.ask_id"]),
    Index(None, "council", "review_id"),
)

# Where the document of an answer that was sent is, as `filings` says it of a contribution's.
ask_filings = Table(
    "ask_filings",
    metadata,
    Column("council", String(64), primary_key=True),
    Column("ask_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("destination", String(16), primary_key=True),  # ordinary, restricted
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("state", String(16), nullable=False),  # values of `storage.contributions.Filing`
    Column("filed_at", Moment),
    Column("reference", LargeBinary),
    Column("document", LargeBinary, nullable=False),  # JSON, as it leaves: the same at every try
    ForeignKeyConstraint(["council", "ask_id"], ["asks.council", "asks.ask_id"]),
    Index(None, "council", "review_id"),
)
