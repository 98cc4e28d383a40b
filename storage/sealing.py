"""The one place where a value is sealed and opened. Callers outside `storage` never see a seal.

    version (1 byte) | data key's id (8) | nonce (12, random) | AES-256-GCM of the padded value

A seal opens in its place and nowhere else: the place is bound to it as associated data, every part
with its length. It says which key it was made with; no other is tried. Whatever is not as it should
be is `SealBroken` and rings the alarm; it is never plaintext.
(`docs/decisions/0007-values-are-sealed-in-one-place.md`)
"""

import secrets
from dataclasses import dataclass

import structlog
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import SealBroken
from storage.keys import joined

log = structlog.get_logger()

VERSION = b"\x01"
ALGORITHM = "AES-256-GCM.1"
"""With version 1's padding. Part of what is bound."""

_HEAD = 1 + 8 + 12
_TAG = 16
_LENGTH = 4
_STEP = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """How a table's values are sealed. `schema`: the version of what they hold; raising it needs a
    migration that seals them anew."""

    purpose: Purpose
    schema: int = 1


SEALED = {
    "young_people": Kept(Purpose.IDENTITY),
    "care_particulars": Kept(Purpose.IDENTITY),
    "conversations": Kept(Purpose.WORDS),
    "contributions": Kept(Purpose.WORDS),
    "attachments": Kept(Purpose.WORDS),
    "attachment_pieces": Kept(Purpose.WORDS),
    "filings": Kept(Purpose.WORDS),
    "inbox": Kept(Purpose.TRANSPORT),
    "outbox": Kept(Purpose.TRANSPORT),
    "keys_to_conversations": Kept(Purpose.TRANSPORT),
    "alerts": Kept(Purpose.ALERTS),
    "alert_words": Kept(Purpose.ALERTS),
    "tasks": Kept(Purpose.DECISIONS),
    "briefings": Kept(Purpose.DECISIONS),
    "note_entries": Kept(Purpose.DECISIONS),
    "note_filings": Kept(Purpose.DECISIONS),
    "meeting_wishes": Kept(Purpose.WORDS),
    "asks": Kept(Purpose.WORDS),
    "ask_answers": Kept(Purpose.WORDS),
    "ask_replies": Kept(Purpose.WORDS),
    "ask_filings": Kept(Purpose.WORDS),
    "participation": Kept(Purpose.DECISIONS),
    "review_moves": Kept(Purpose.DECISIONS),
    "record_values": Kept(Purpose.DECISIONS),
    "review_decisions": Kept(Purpose.DECISIONS),
    "record_filings": Kept(Purpose.DECISIONS),
    "invitations": Kept(Purpose.DECISIONS),
    "contact_addresses": Kept(Purpose.IDENTITY),
    "invitation_batch_items": Kept(Purpose.TRANSPORT),
    "broken_glass": Kept(Purpose.DECISIONS),
    "erasures": Kept(Purpose.DECISIONS),
    "staff": Kept(Purpose.COUNCIL),
    "staff_pictures": Kept(Purpose.COUNCIL),
    "saved_views": Kept(Purpose.COUNCIL),
    "staff_sessions": Kept(Purpose.COUNCIL),
    "staff_passwords": Kept(Purpose.COUNCIL),
    "staff_one_time_codes": Kept(Purpose.COUNCIL),
    "staff_passkeys": Kept(Purpose.COUNCIL),
    "import_requests": Kept(Purpose.COUNCIL),
    "import_pieces": Kept(Purpose.COUNCIL),
    "kept_settings": Kept(Purpose.COUNCIL),
}
"""Every table that holds sealed values, and the purpose of the keys that seal them. A table that is
not here can hold none."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lives. `row`: its key, but for the council; `person`: whose data key, empty
    for the council's own."""

    council: str
    table: str
    column: str
    row: str
    person: str = ""

    @property
    def of(self) -> data_keys.Of:
        """Whose key seals what lives here."""
        return self.council, self.person, SEALED[self.table].purpose.value

    def bound(self) -> bytes:
        """What a seal is bound to."""
        schema = str(SEALED[self.table].schema)
        return joined(
            ALGORITHM, self.council, self.table, self.column, self.row, self.person, schema
        )


def seal(db: Connection, place: Place, value: str) -> bytes:
    """`value` as it is stored in `place`. Makes the data key if there is none yet."""
    return seal_bytes(db, place, value.encode())


def seal_bytes(db: Connection, place: Place, value: bytes) -> bytes:
    """The same for what is no text: a piece of a voice note or a picture."""
    key = data_keys.to_seal(db, place.of)
    nonce = secrets.token_bytes(12)
    return b"".join(
        (VERSION, key.key_id, nonce, key.cipher.encrypt(nonce, _padded(value), place.bound()))
    )


def unseal(db: Connection, place: Place, sealed: bytes) -> str:
    """The inverse of `seal`; `SealBroken` if it was not made for this place."""
    return unseal_bytes(db, place, sealed).decode()


def unseal_bytes(db: Connection, place: Place, sealed: bytes) -> bytes:
    """The inverse of `seal_bytes`; `SealBroken` if it was not made for this place."""
    if sealed[:1] != VERSION:
        raise _broken(place, "its version is unknown")
    if len(sealed) < _HEAD + _LENGTH + _TAG:
        raise _broken(place, "it is cut short")
    key = data_keys.to_open(db, place.of, sealed[1:9])
    if key is None:
        raise _broken(place, "its data key is not this place's, or was destroyed")
    try:
        padded = key.cipher.decrypt(sealed[9:_HEAD], sealed[_HEAD:], place.bound())
    except InvalidTag:
        raise _broken(place, "it was made for another place, or was changed") from None
    length = int.from_bytes(padded[:_LENGTH])
    return padded[_LENGTH : _LENGTH + length]


def _broken(place: Place, why: str) -> SealBroken:
    # The row is left out: some are named by what came from outside.
    log.critical("seal_broken", council=place.council, table=place.table, column=place.column,
                 why=why)  # fmt: skip
    return SealBroken(f"A value of {place.table}.{place.column} can't be opened: {why}.")


def _padded(plain: bytes) -> bytes:
    """With its length before it and zeros after it, so that the stored size says little about the
    value's: steps of 64 bytes to 512, then of an eighth of the power of two below."""
    size = len(plain) + _LENGTH
    step = max(_STEP, 1 << max(size.bit_length() - 4, 0))
    return (len(plain).to_bytes(_LENGTH) + plain).ljust(-(-size // step) * step, b"\0")
