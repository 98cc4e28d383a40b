"""Every table. The council stands first in every key, so that a distributed PostgreSQL can shard.

`LargeBinary` columns hold sealed values (`storage.sealing.SEALED`), keyed hashes (`…_hash`,
`…_index`) or wrapped keys. What is plain is named in `docs/architecture.md`: ids, states, roles,
counts, dates of reviews.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _council() -> Column[str]:
    return Column("council", String(64), primary_key=True)


councils = Table(
    "councils",
    metadata,
    _council(),
    Column("demo", Boolean, nullable=False),  # a demo never shares a database with a real council
    Column("created_at", Moment, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    _council(),
    Column("staff_id", String(36), primary_key=True),
    Column("role", String(32), nullable=False),  # values of `bot.access.roles.Role`
    Column("name", LargeBinary, nullable=False),
    Column("email", LargeBinary),
    Column("email_index", LargeBinary),  # blind index, to sign in by
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
    Column("team", String(64), nullable=False, server_default=""),  # empty: no teams are named
    UniqueConstraint("council", "email_index"),
)

# Shown to the young people whose reviews they run, where they are told who that is.
staff_pictures = Table(
    "staff_pictures",
    metadata,
    _council(),
    Column("staff_id", String(36), primary_key=True),
    Column("picture", LargeBinary, nullable=False),
    Column("media_type", String(16), nullable=False),  # image/jpeg, image/png
    Column("set_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    _council(),
    Column("session_hash", LargeBinary, primary_key=True),  # only the hash is kept
    Column("session_id", String(36), nullable=False),  # to name it by, good for nothing else
    Column("staff_id", String(36), nullable=False),
    Column("stage", String(8), nullable=False),  # values of `bot.access.sessions.Stage`
    Column("way", String(16), nullable=False),  # password, passkey, council, link, demo
    Column("device", LargeBinary, nullable=False),  # the browser, in a few words
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
    UniqueConstraint("council", "session_id"),
    Index(None, "council", "staff_id"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    _council(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("staff_id", String(36), nullable=False),
    Column("expires_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
)

staff_passwords = Table(
    "staff_passwords",
    metadata,
    _council(),
    Column("staff_id", String(36), primary_key=True),
    Column("password", LargeBinary, nullable=False),  # Argon2id's string, sealed besides
    Column("set_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
)

staff_one_time_codes = Table(
    "staff_one_time_codes",
    metadata,
    _council(),
    Column("staff_id", String(36), primary_key=True),
    Column("seed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),  # a code of this or an earlier one is used up
    Column("made_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
)

staff_recovery_codes = Table(
    "staff_recovery_codes",
    metadata,
    _council(),
    Column("code_hash", LargeBinary, primary_key=True),  # only the hash is kept
    Column("staff_id", String(36), nullable=False),
    Column("made_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
    Index(None, "council", "staff_id"),
)

staff_passkeys = Table(
    "staff_passkeys",
    metadata,
    _council(),
    Column("passkey_id", String(36), primary_key=True),
    Column("staff_id", String(36), nullable=False),
    Column("credential_index", LargeBinary, nullable=False),  # blind index, to find it by
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", BigInteger, nullable=False),  # as the authenticator counts them; many say 0
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
    UniqueConstraint("council", "credential_index"),
    Index(None, "council", "staff_id"),
)

# Who somebody is at the council's own sign-in (OpenID Connect).
staff_identities = Table(
    "staff_identities",
    metadata,
    _council(),
    Column("subject_index", LargeBinary, primary_key=True),  # of issuer and subject
    Column("staff_id", String(36), nullable=False),
    Column("bound_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
    UniqueConstraint("council", "staff_id"),
)

# What a browser must bring back, once: a passkey's challenge, a visit to the council's sign-in.
staff_challenges = Table(
    "staff_challenges",
    metadata,
    _council(),
    Column("challenge_hash", LargeBinary, primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("bound_to", LargeBinary, nullable=False),  # hash of the browser's cookie
    Column("expires_at", Moment, nullable=False),
)

# Filters of a list that a member of staff keeps under a name of theirs.
saved_views = Table(
    "saved_views",
    metadata,
    _council(),
    Column("view_id", String(36), primary_key=True),
    Column("staff_id", String(36), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("query", String(256), nullable=False),  # filters, as an address has them: no name
    Column("made_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
    Index(None, "council", "staff_id"),
)

# Whom a review is about, or who writes before it: young people, and foster carers of households
# that are reviewed (`docs/decisions/0033`).
young_people = Table(
    "young_people",
    metadata,
    _council(),
    Column("person_id", String(36), primary_key=True),
    Column("case_id", LargeBinary, nullable=False),  # the case system's person id
    Column("case_id_index", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),  # given name first
    Column("born", LargeBinary, nullable=False),  # ISO date; empty: of a foster carer
    Column("language", String(16), nullable=False, server_default="en"),
    Column("care_leaver", Boolean, nullable=False),
    Column("carer", Boolean, nullable=False, server_default=text("false")),  # fosters: no child
    Column("created_at", Moment, nullable=False),
    Column("erased_at", Moment),  # their keys are destroyed: this row is a stub
    UniqueConstraint("council", "case_id_index"),
)

reviews = Table(
    "reviews",
    metadata,
    _council(),
    Column("review_id", String(64), primary_key=True),  # as the case system has it
    Column("person_id", String(36), nullable=False),
    Column("kind", String(16), nullable=False),  # values of `storage.reviews.ReviewKind`
    Column("officer_id", String(36), nullable=False),  # who runs it, a member of staff
    Column("due_on", Date),
    Column("meeting_on", Date),  # arranged for, or held on once `held`
    Column("held", Boolean, nullable=False, server_default=text("false")),
    Column("looks_back_on", String(64)),  # the review that this asks about
    Column("stood_down_at", Moment),  # called off, and not arranged anew since
    Column("answered_by", String(64)),  # stood down in the case system: the review held instead
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["council", "person_id"], ["young_people.council", "young_people.person_id"]
    ),
    ForeignKeyConstraint(["council", "officer_id"], ["staff.council", "staff.staff_id"]),
    Index(None, "council", "officer_id", "due_on"),
    Index(None, "council", "person_id"),
)

invitations = Table(
    "invitations",
    metadata,
    _council(),
    Column("invitation_id", String(36), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("link_hash", LargeBinary, nullable=False),  # HMAC of the 256 bits in the #fragment
    Column("code_hash", LargeBinary, nullable=False),  # HMAC of the 12 typed symbols
    Column("telegram_hash", LargeBinary),  # HMAC of the start payload; none below the age
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
    Column("issued_by", String(64)),  # who, as the audit names them
    Column("reason", LargeBinary),  # why there is a new one; none for the first
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
    UniqueConstraint("council", "link_hash"),
    UniqueConstraint("council", "code_hash"),
    UniqueConstraint("council", "telegram_hash"),
    Index(None, "council", "review_id"),
)

conversations = Table(
    "conversations",
    metadata,
    _council(),
    Column("conversation_id", String(36), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("flow_id", String(32), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("turns", Integer, nullable=False),  # steps that changed anything
    Column("started_at", Moment),
    Column("changed_at", Moment, nullable=False),
    Column("open_until", Moment, nullable=False),
    Column("told_at", Moment),  # that what was not sent is going to be erased
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
    UniqueConstraint("council", "review_id"),
    Index(None, "council", "person_id"),
)

# What lets someone write to a conversation: a browser's cookie, a Telegram chat, a come-back code.
keys_to_conversations = Table(
    "keys_to_conversations",
    metadata,
    _council(),
    Column("kind", String(16), primary_key=True),  # browser, telegram, comeback
    Column("key_hash", LargeBinary, primary_key=True),
    Column("conversation_id", String(36), nullable=False),
    Column("address", LargeBinary),  # the Telegram chat's id, where messages go
    Column("closed_at", Moment),  # since when the chat lets us write nothing: blocked, or gone
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["council", "conversation_id"],
        ["conversations.council", "conversations.conversation_id"],
    ),
    Index(None, "council", "conversation_id", "kind"),
)

# A reminder that a young person asked for at a stop: one at a time. Its row in the outbox waits for
# the day; this one says whether it is still wanted, and how many have rung.
reminders = Table(
    "reminders",
    metadata,
    _council(),
    Column("conversation_id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("number", Integer, nullable=False),  # of those asked for, by which its outbox row goes
    Column("state", String(8), nullable=False),  # values of `storage.reminders.State`
    Column("at", Moment, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["council", "conversation_id"],
        ["conversations.council", "conversations.conversation_id"],
    ),
)

inbox = Table(
    "inbox",
    metadata,
    _council(),
    Column("source", String(64), primary_key=True),  # telegram:<bot id>, web:<conversation>
    Column("key", String(64), primary_key=True),  # update_id; digest of a form
    Column("received_at", Moment, nullable=False),
    Column("person_id", String(36)),  # whose key seals it; none: the council's
    Column("body", LargeBinary, nullable=False),
    Column("quarantined", String(64)),  # why it could not be understood
    Index(
        "ix_inbox_quarantined",
        "council",
        "received_at",
        postgresql_where=text("quarantined IS NOT NULL"),
        sqlite_where=text("quarantined IS NOT NULL"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    _council(),
    Column("outbox_id", BigInteger, primary_key=True, autoincrement=False),  # rises with time
    Column("lane", String(96), nullable=False),  # person and destination: order holds within it
    Column("destination", String(32), nullable=False),  # telegram, ordinary, restricted …
    Column("person_id", String(36)),
    Column("idempotency_key", String(96), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", String(8), nullable=False, server_default="waiting"),  # waiting, claimed, aside
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("unknown", Integer, nullable=False, server_default=text("0")),  # ended without a word
    Column("not_before", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("council", "idempotency_key"),
    Index(None, "council", "lane", "outbox_id"),
    Index(None, "not_before"),
)

contributions = Table(
    "contributions",
    metadata,
    _council(),
    Column("contribution_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("conversation_id", String(36), nullable=False),
    Column("kind", String(16), nullable=False),  # views, correction, withdrawal
    Column("channel", String(16), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False),  # everything said, whoever may hear it
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
    Index(None, "council", "review_id"),
    Index(None, "council", "person_id"),
    Index(None, "council", "sent_at"),
)

# Voice notes, pictures and drawings, made anew. Their content stands in pieces beside them; what an
# answer knows of them stands in the conversation and in the contribution, under the same id.
attachments = Table(
    "attachments",
    metadata,
    _council(),
    Column("attachment_id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("review_id", String(64), nullable=False),
    Column("conversation_id", String(36), nullable=False),
    Column("medium", String(8), nullable=False),  # values of `conversations.attaching.Medium`
    Column("kept_at", Moment, nullable=False),
    Column("sent_at", Moment),  # first; before that it goes when it is taken out
    Column("heard_at", Moment),  # by a person, who says so
    Column("heard_by", String(36)),
    Column("alert_id", String(36)),  # by which somebody is asked to listen or look
    Column("about", LargeBinary, nullable=False),  # JSON: `storage.attachments.About`
    Index(None, "council", "conversation_id"),
    Index(None, "council", "review_id"),
)

attachment_pieces = Table(
    "attachment_pieces",
    metadata,
    _council(),
    Column("attachment_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(36), nullable=False),
    Column("review_id", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["council", "attachment_id"], ["attachments.council", "attachments.attachment_id"]
    ),
    Index(None, "council", "review_id"),
)

filings = Table(
    "filings",
    metadata,
    _council(),
    Column("contribution_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("destination", String(16), primary_key=True),  # ordinary, restricted
    Column("state", String(16), nullable=False),  # waiting, filed, at_desk, task, …
    Column("filed_at", Moment),
    Column("left_at", Moment),  # when it left for the record first: from then on it may be there
    Column("person_id", String(36)),  # whose key seals what follows
    Column("reference", LargeBinary),  # where: a path below the folder, the receiver's id
)

readings = Table(
    "readings",
    metadata,
    _council(),
    Column("contribution_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("staff_id", String(36), primary_key=True),
    Column("read_at", Moment, nullable=False),
)

# What became of something that was taken back, or that fewer people may hear: told to who did it.
withdrawals = Table(
    "withdrawals",
    metadata,
    _council(),
    Column("contribution_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # that it made
    Column("fewer", Boolean, nullable=False),  # nothing was taken back, fewer people may hear it
    Column("became", String(8), nullable=False),  # not_out, unread, read
    Column("in_file", String(8), nullable=False),  # none, keeps, may_keep
    Column("made_at", Moment, nullable=False),
)

# One to each who had read it.
reader_notices = Table(
    "reader_notices",
    metadata,
    _council(),
    Column("contribution_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("staff_id", String(36), primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment),
    Index(
        "ix_reader_notices_unseen",
        "council",
        "staff_id",
        postgresql_where=text("seen_at IS NULL"),
        sqlite_where=text("seen_at IS NULL"),
    ),
)

participation = Table(
    "participation",
    metadata,
    _council(),
    Column("review_id", String(64), primary_key=True),
    Column("code", String(4)),  # PN0 to PN7; none for a pathway review
    Column("proposed", String(4)),
    Column("method", String(24), nullable=False),  # the same in words of ours, pathway too
    Column("reason", LargeBinary),  # why another than the proposed
    Column("briefed", LargeBinary),  # JSON: who was to speak for them, and since when
    Column("confirmed_by", String(36), nullable=False),
    Column("confirmed_at", Moment, nullable=False),
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
)

tasks = Table(
    "tasks",
    metadata,
    _council(),
    Column("task_id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),  # delivery_failed, delivery_unknown, advocate …
    Column("person_id", String(36)),
    Column("review_id", String(64)),
    Column("about", LargeBinary, nullable=False),  # JSON: what happened and what would mend it
    Column("made_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(36)),
    Column("does", String(16)),  # whose job it is, where a young person asked for it
    Column("due_on", Date),
    Column("outcome", String(16)),  # arranged, not_wanted, taken_back
    Index(None, "council", "done_at"),
    Index(None, "council", "review_id"),
)

# What the person who sets up a meeting sees of what a young person wants of it. A row of its own,
# so that whoever reads it has no other word at hand.
meeting_wishes = Table(
    "meeting_wishes",
    metadata,
    _council(),
    Column("review_id", String(64), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("conversation_id", String(36), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("wishes", LargeBinary, nullable=False),  # JSON: choices, and words if they were let
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
)

# That somebody was told what a young person wants said: which version, by whom, to whom, when.
briefings = Table(
    "briefings",
    metadata,
    _council(),
    Column("briefing_id", String(36), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("contribution_id", String(36), nullable=False),
    Column("version", Integer, nullable=False),
    Column("handed_on", Date, nullable=False),
    Column("recorded_by", String(36), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("who", LargeBinary, nullable=False),  # JSON: the advocate, who handed it over, what
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
    Index(None, "council", "review_id"),
)

# Append-only: triggers refuse every change (migration 0005). Each writing connection adds to a
# chain of its own (`storage.chains`); the key makes a fork impossible.
audit = Table(
    "audit",
    metadata,
    _council(),
    Column("chain", String(32), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 …
    Column("entry_id", BigInteger, nullable=False),  # rises with time
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),  # staff:<id>, young_person:<id>, sayso
    Column("act", String(48), nullable=False),  # review_read, code_confirmed, contribution_sent …
    Column("subject", String(96), nullable=False),  # review:<id>, contribution:<id> …
    Column("detail", Text, nullable=False, server_default=""),  # ids and numbers, never words
    Column("mac", LargeBinary, nullable=False),  # over the fields and the entry before
    Index(None, "council", "at"),
    Index(None, "council", "actor", "at"),
    Index(None, "council", "subject", "at"),
    sqlite_with_rowid=False,
)

# Where the chains ended at some moment, signed; what left the machine is the same text.
audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    _council(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("line", Text, nullable=False),
)

# Small things a running Sayso must remember: Telegram's webhook secret, the polling offset.
kept_settings = Table(
    "kept_settings",
    metadata,
    _council(),
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# The keys of the ring under which data is sealed here, each with a proof that the ring is the one.
keks = Table(
    "keks",
    metadata,
    _council(),
    Column("kek_id", String(40), primary_key=True),
    Column("proof", LargeBinary, nullable=False),
)

# For each person and purpose the key that seals their values, itself sealed by the ring's. The
# foreign key keeps a rotation from dropping a key that somebody has just used.
data_keys = Table(
    "data_keys",
    metadata,
    _council(),
    Column("person_id", String(36), primary_key=True),  # empty: the council's own
    Column("purpose", String(16), primary_key=True),  # values of `storage.data_keys.Purpose`
    Column("key_id", LargeBinary, nullable=False),  # 8 random bytes, named by what it sealed
    Column("kek_id", String(40), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    ForeignKeyConstraint(["council", "kek_id"], ["keks.council", "keks.kek_id"]),
    Index(None, "council", "kek_id"),
)

# Which young person is allocated to whom, as `ssd_involvements` has it.
allocations = Table(
    "allocations",
    metadata,
    _council(),
    Column("person_id", String(36), primary_key=True),
    Column("staff_id", String(36), primary_key=True),
    Column("kind", String(32), primary_key=True),  # values of `bot.access.roles.Role`
    Column("since", Date, primary_key=True),  # the first day
    Column("until", Date),  # the last day; none while it goes on
    ForeignKeyConstraint(
        ["council", "person_id"], ["young_people.council", "young_people.person_id"]
    ),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
    Index(None, "council", "staff_id"),
)

# Who opened a review that is not theirs, why, and until when.
broken_glass = Table(
    "broken_glass",
    metadata,
    _council(),
    Column("glass_id", String(36), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("staff_id", String(36), nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("broken_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
    ForeignKeyConstraint(["council", "staff_id"], ["staff.council", "staff.staff_id"]),
    Index(None, "council", "review_id", "staff_id"),
)

# Young people's access. Wrong tries, by keyed hash of who tried, for an hour at the most; what was
# solved or waited for stands here too, so that it is good once.
tries = Table(
    "tries",
    metadata,
    _council(),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Index(None, "ends_at"),
)

# The PIN that a young person chose to read their answers by: argon2id over a keyed hash.
pins = Table(
    "pins",
    metadata,
    _council(),
    Column("person_id", String(36), primary_key=True),
    Column("pin_hash", Text),  # none once it was reset
    Column("reads_from", Moment, nullable=False),  # nothing that was said before is shown by it
    Column("reset_hash", LargeBinary),  # of the code with which a new one is chosen
    Column("reset_until", Moment),
    ForeignKeyConstraint(
        ["council", "person_id"], ["young_people.council", "young_people.person_id"]
    ),
)

# A browser in which the PIN was typed: it shows the answers for a while.
unlocked = Table(
    "unlocked",
    metadata,
    _council(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("browser_hash", LargeBinary, nullable=False),  # good beside that browser's cookie only
    Column("person_id", String(36), nullable=False),
    Column("since", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index(None, "council", "person_id"),
)

# *That wasn't me*: what was said in a conversation goes no further until somebody settles it.
disputes = Table(
    "disputes",
    metadata,
    _council(),
    Column("conversation_id", String(36), primary_key=True),
    Column("review_id", String(64), nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", String(64)),
    ForeignKeyConstraint(
        ["council", "conversation_id"],
        ["conversations.council", "conversations.conversation_id"],
    ),
    Index(None, "council", "review_id"),
)

# What was erased: one row each, which stays. Each also stands in the ledger outside of this
# database (`bot.service.ledger`), from which it is erased again after a restore.
erasures = Table(
    "erasures",
    metadata,
    _council(),
    Column("erasure_id", BigInteger, primary_key=True, autoincrement=False),  # rises with time
    Column("what", String(16), nullable=False),  # values of `storage.erasures.What`
    Column("person_id", String(36), nullable=False),
    Column("review_id", String(64)),  # before which it was said; none for a whole person
    Column("at", Moment, nullable=False),
    Column("by", String(64), nullable=False),  # as the audit names them
    Column("reason", LargeBinary),
    Column("noted_at", Moment),  # since when it stands in the ledger
    Index(None, "council", "person_id"),
    Index(
        "ix_erasures_not_noted",
        "council",
        "erasure_id",
        postgresql_where=text("noted_at IS NULL"),
        sqlite_where=text("noted_at IS NULL"),
    ),
)

# Somebody may not be safe. No foreign keys: an alert outlasts all that a young person deletes, and
# holds what a duty worker needs to act at once.
alerts = Table(
    "alerts",
    metadata,
    _council(),
    Column("alert_id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("review_id", String(64), nullable=False),
    Column("conversation_id", String(36), nullable=False),
    Column("cause", String(8), nullable=False),  # values of `conversations.effects.Cause`
    Column("category", String(24), nullable=False),  # of harm; empty: nothing was read
    Column("team", String(8), nullable=False),  # values of `storage.alerts.Team`
    Column("raised_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),  # the same alarm again raises `times`
    Column("times", Integer, nullable=False),
    Column("acknowledge_by", Moment, nullable=False),
    Column("next_step", String(12)),  # who is told next: values of `storage.alert_calls.Step`
    Column("next_at", Moment),
    Column("unreached_at", Moment),  # since when nobody could be told by any way
    Column("about", LargeBinary, nullable=False),  # name, case id, birth date, as JSON
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", String(36)),
    Column("closed_at", Moment),
    Column("closed_by", String(36)),
    Column("outcome", String(16)),  # values of `storage.alerts.Outcome`
    Column("reason", LargeBinary),  # why it was closed
    Index(None, "council", "conversation_id"),
    Index(None, "council", "person_id"),
    Index(
        "ix_alerts_open",
        "council",
        "raised_at",
        postgresql_where=text("closed_at IS NULL"),
        sqlite_where=text("closed_at IS NULL"),
    ),
    Index(
        "ix_alerts_next",
        "council",
        "next_at",
        postgresql_where=text("acknowledged_at IS NULL AND closed_at IS NULL"),
        sqlite_where=text("acknowledged_at IS NULL AND closed_at IS NULL"),
    ),
)

# What was written, and what was said to *Are you safe right now?*, each time.
alert_words = Table(
    "alert_words",
    metadata,
    _council(),
    Column("alert_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(36), nullable=False),
    Column("review_id", String(64), nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("said", LargeBinary, nullable=False),  # JSON: `storage.alerts.Said`
    ForeignKeyConstraint(["council", "alert_id"], ["alerts.council", "alerts.alert_id"]),
)

# Who of the council was told of an alert, by which way, and whether it arrived.
alert_calls = Table(
    "alert_calls",
    metadata,
    _council(),
    Column("alert_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("step", String(12), nullable=False),  # values of `storage.alert_calls.Step`
    Column("way", String(8), nullable=False),  # values of `storage.alert_calls.Way`
    Column("state", String(12), nullable=False),  # values of `storage.alert_calls.State`
    Column("called_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("why", String(120), nullable=False),  # it did not arrive; never an address
    ForeignKeyConstraint(["council", "alert_id"], ["alerts.council", "alerts.alert_id"]),
    Index(
        "ix_alert_calls_waiting",
        "council",
        "called_at",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)
