"""What a browser must bring back, once and soon: passkey challenges, visits to the council's
sign-in. Only hashes are kept."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from storage.tables import staff_challenges


def add(
    db: Connection,
    council: str,
    challenge_hash: bytes,
    purpose: str,
    bound_to: bytes,
    now: datetime,
    expires_at: datetime,
) -> None:
    """`bound_to`: the hash of the cookie that it was given out to. Forgets what is too old."""
    db.execute(
        delete(staff_challenges).where(
            staff_challenges.c.council == council, staff_challenges.c.expires_at <= now
        )
    )
    db.execute(
        insert(staff_challenges),
        {
            "council": council,
            "challenge_hash": challenge_hash,
            "purpose": purpose,
            "bound_to": bound_to,
            "expires_at": expires_at,
        },
    )


def take(
    db: Connection,
    council: str,
    challenge_hash: bytes,
    purpose: str,
    bound_to: bytes,
    now: datetime,
) -> bool:
    """Use it up; False if it was never given out to this browser for this, was used or is old."""
    taken = db.execute(
        delete(staff_challenges).where(
            staff_challenges.c.council == council,
            staff_challenges.c.challenge_hash == challenge_hash,
            staff_challenges.c.purpose == purpose,
            staff_challenges.c.bound_to == bound_to,
            staff_challenges.c.expires_at > now,
        )
    )
    return taken.rowcount == 1
