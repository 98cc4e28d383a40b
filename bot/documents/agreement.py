"""The record of what a young person agreed to and chose: fields of ISO/IEC TS 27560:2023.

`docs/schemas/agreement.schema.json`. The lawful basis is never consent (`domain.md` rule 8): it
stands apart, as the council set it. No word of what was said is in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SCHEMA = "urn:sayso:agreement:1"
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of what was explained, as it is worded; `{x}` stand for dates and names."""

    piece: str
    at: datetime
    wording: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Who may hear one answer. `sent_in`: the newest version that has it; none if it was not sent.
    `taken_back_at`: it is not there any more."""

    question: str
    recipients: tuple[str, ...]
    read_aloud: bool
    chosen_at: datetime | None
    sent_in: int | None
    taken_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the agreement, in order of time."""

    at: datetime
    kind: str
    version: int | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """All of it, of one conversation."""

    record_id: str
    person_id: str
    council: str
    council_name: str
    council_phone: str
    lawful_basis: str
    language: str
    flow: str
    kept_days: int
    agreed_at: datetime | None
    wording_version: int
    told: tuple[Told, ...]
    choices: tuple[Choice, ...]
    events: tuple[Event, ...]
    channels: tuple[str, ...]


_TAKES_BACK = (
    "At any time, in the chat or by telephone. It counts from then on. What is in the case record "
    "stays there, with a note."
)
_RIGHTS = ("access", "copy", "correction", "objection", "complaint")


def record(one: Agreement) -> Record:
    """As JSON."""
    back = [choice for choice in one.choices if choice.taken_back_at]
    stands = [choice for choice in one.choices if choice.sent_in and not choice.taken_back_at]
    return {
        "schema_version": SCHEMA,
        "record_id": one.record_id,
        "pii_principal_id": one.person_id,
        "notice": {
            "version": one.wording_version,
            "language": one.language,
            "pieces": [
                {"piece": told.piece, "told_at": told.at.isoformat(), "wording": told.wording}
                for told in one.told
            ],
        },
        "agreed_to_start_at": one.agreed_at.isoformat() if one.agreed_at else None,
        "lawful_basis": {"basis": one.lawful_basis, "consent": False},
        "pii_processing": {
            "services": ["Sayso"],
            "language": one.language,
            "purposes": [
                {
                    "purpose": "Hearing what the young person thinks",
                    "flow": one.flow,
                    "lawful_basis": one.lawful_basis,
                    "pii_information": [{"pii_type": "what the young person says"}],
                    "pii_controllers": [one.council],
                    "collection_method": list(one.channels),
                    "storage_locations": ["Sayso, encrypted", "the council's case record"],
                    "retention_period": f"P{one.kept_days}D",
                    "jurisdictions": ["GB"],
                    "withdrawal_method": _TAKES_BACK,
                    "privacy_rights": list(_RIGHTS),
                }
            ],
        },
        "party_identification": [
            {
                "party_id": one.council,
                "party_type": "pii_controller",
                "party_name": one.council_name,
                "party_phone": one.council_phone,
            }
        ],
        "choices": [_choice(choice) for choice in one.choices],
        "withdrawal_state": "none" if not back else "some" if stands else "all",
        "events": [_event(event, one.person_id, one.council) for event in one.events],
    }


def _choice(choice: Choice) -> Mapping[str, Any]:
    return {
        "question_id": choice.question,
        "recipients": list(choice.recipients),
        "read_aloud": choice.read_aloud,
        "chosen_at": choice.chosen_at.isoformat() if choice.chosen_at else None,
        "sent_in_version": choice.sent_in,
        "state": "taken_back" if choice.taken_back_at else "in_force",
        "taken_back_at": choice.taken_back_at.isoformat() if choice.taken_back_at else None,
    }


def _event(event: Event, person_id: str, council: str) -> Mapping[str, Any]:
    plain: dict[str, Any] = {
        "event_time": event.at.isoformat(),
        "event_type": event.kind,
        "entity_id": council if event.kind == "explained" else person_id,
    }
    if event.version is not None:
        plain["version"] = event.version
    if event.question is not None:
        plain["question_id"] = event.question
    return plain


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.at))
