"""`sayso invite`: invitations for one review, for all that fall due, or for invented people."""

import asyncio
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.documents.printing import Printer
from bot.service import afterwards, invitations, inviting, reissuing
from bot.service import letters as printing
from bot.service.days import local_day
from bot.service.house import House
from bot.service.invitation_batches import PILE, cover
from bot.service.reissuing import Standing
from bot.service.wording import LONDON
from bot.serving import NotMigrated, opened
from bot.web.context import now
from conversations.wording import YOUNGEST
from storage import people, reviews
from storage.errors import Unknown
from storage.migrate import is_current
from storage.tables import reviews as reviews_table


class CannotInvite(Exception):
    """Nobody was invited; the text says why."""


class ReasonNeeded(CannotInvite):
    """A new invitation would lock somebody out, and nobody said why."""

    def __init__(self, review_id: str) -> None:
        super().__init__(
            f"{review_id} has an invitation that is open or used already. A new one ends it and "
            "locks out whoever it let in; say why: --reason 'the letter was lost'"
        )


async def invite_all(
    house: House,
    review_id: str,
    due_within: int,
    synthetic: int,
    reason: str = "",
    *,
    after: bool = False,
    letters: Path | None = None,
) -> list[dict[str, Any]]:
    """Each with review_id, kind, band, url, code and telegram_start, as in `var/demo.json`.

    Whoever has an invitation that is open or used gets a new one only for a reason: it would lock
    them out. Among all that fall due they are left out; a single one is `ReasonNeeded`. In a demo
    one that nobody has opened is replaced without: its link is asked for once more. `after`: to say
    how this review was; the `review_id` is then that of what they are asked. `letters`: a folder
    that gets their letters to print; `TooLong`, `OSError`.
    """
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        if synthetic:
            from bot.demo.crowd import invite_crowd  # noqa: PLC0415

            return await invite_crowd(store, house, synthetic)
        if after:
            review_id = await store.write(partial(_afterwards, house, review_id))
        if review_id:
            ids = [review_id]
            if house.council.demo and not reason:
                reason = await store.read(lambda db: _demo_reason(db, house, review_id))
        else:
            ids = await store.read(lambda db: _due(db, house, due_within))
        paper = letters is not None
        made = [await store.write(partial(_invite, house, one, reason, paper)) for one in ids]
        if letters is not None:
            found = [one for one in made if one is not None]
            documents = await store.read(partial(_documents, house, found))
            await _print(documents, letters)
    if review_id and made[0] is None:
        raise ReasonNeeded(review_id)
    return [asdict(one) for one in made if one is not None]


def _documents(
    house: House, made: list[invitations.Invited], db: Connection
) -> list[dict[str, Any]]:
    """The letters, in piles: in the order of their meetings, each behind its list."""
    moment = now()
    to = []
    for one in made:
        review = reviews.get(db, house.id, one.review_id)
        person = people.young_person(db, house.id, review.person_id)
        officer = people.staff_member(db, house.id, review.officer_id).name
        to.append((printing.To(review, person, officer), one))
    to.sort(
        key=lambda one: (
            str(one[0].review.meeting_on or one[0].review.due_on),
            one[0].person.name.casefold(),
        )
    )
    numbered = list(enumerate(to, 1))
    piles = [numbered[at : at + PILE] for at in range(0, len(numbered), PILE)]
    return [
        printing.document(
            [printing.letter(house, who, one, moment, str(n)) for n, (who, one) in pile],
            moment,
            cover([(n, who) for n, (who, _one) in pile], local_day(moment)),
        )
        for pile in piles
    ]


async def _print(documents: list[dict[str, Any]], folder: Path) -> None:
    """`letters-2026-09-07-103000-1.pdf` and so on, readable by their owner alone. What was put
    there before stays: nothing else opens those invitations."""
    at = now().astimezone(LONDON)
    printer = Printer(low=True)
    try:
        for document in documents:
            content = await printer(document)
            first = document["letters"][0]["number"]
            await asyncio.to_thread(
                _write, folder / f"letters-{at:%Y-%m-%d-%H%M%S}-{first}.pdf", content
            )
    finally:
        await printer.close()


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)


def _invite(
    house: House, review_id: str, reason: str, paper: bool, db: Connection
) -> invitations.Invited | None:
    """None: it would need a reason."""
    try:
        made = reissuing.reissue(db, house, review_id, "sayso", reason, now())
        if paper and isinstance(made, invitations.Invited):
            inviting.printed_elsewhere(db, house, made, now())
    except Unknown:
        raise CannotInvite(f"{house.council.name} has no review {review_id!r}.") from None
    match made:
        case reissuing.Problem.NO_REASON:
            return None
        case reissuing.Problem.TOO_LONG:
            raise CannotInvite(f"--reason: shorten it to {reissuing.MOST_LETTERS} letters.")
        case invited:
            return invited


def _afterwards(house: House, review_id: str, db: Connection) -> str:
    try:
        return afterwards.ask(db, house, review_id, "sayso", now())
    except Unknown:
        raise CannotInvite(f"{house.council.name} has no review {review_id!r}.") from None
    except afterwards.NotHeld:
        raise CannotInvite(
            f"Nobody has said that {review_id} was held, or it is not the young person's own. "
            "At the desk, its officer says when it was."
        ) from None


def _demo_reason(db: Connection, house: House, review_id: str) -> str:
    """Whoever tries out a demo is not asked why, as long as nobody is locked out."""
    unopened = reissuing.state_of(db, house, review_id, now()).standing is Standing.OPEN
    return "Printed anew in the demo." if unopened else ""


def _due(db: Connection, house: House, weeks: int) -> list[str]:
    """Reviews due or arranged from today, within so many weeks, of those old enough."""
    today = now().date()
    until = today + timedelta(weeks=weeks)
    rows = db.execute(
        select(reviews_table)
        .where(reviews_table.c.council == house.id, reviews_table.c.held.is_(False))
        .order_by(reviews_table.c.due_on)
    ).all()
    found = []
    for row in rows:
        review = reviews.from_row(row)
        day = review.meeting_on or review.due_on
        if day is None or not today <= day <= until:
            continue
        if people.young_person(db, house.id, review.person_id).is_at_least(YOUNGEST, today):
            found.append(review.review_id)
    return found
