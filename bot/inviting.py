"""`sayso invite`: invitations for one review, for all that fall due, or for invented people."""

import asyncio
import errno
import os
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.documents.printing import Printer
from bot.opening import NotMigrated, opened
from bot.service import afterwards, inviting, reissuing
from bot.service import letters as printing
from bot.service.days import local_day
from bot.service.house import House
from bot.service.invitation_batches import PILE, cover
from bot.service.invitations import Drawn, Invited, draw, link_of
from bot.service.letters import To
from bot.service.reissuing import Standing
from bot.service.wording import LONDON
from bot.web.context import now
from conversations.wording import YOUNGEST
from storage import people, reviews
from storage.errors import Unknown
from storage.migrate import is_current
from storage.reviews import Review
from storage.store import Store
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
    that gets their letters to print, before their invitations are made; `TooLong`, `OSError`.
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
        if letters is None:
            made = [await store.write(partial(_invite, house, one, reason)) for one in ids]
        else:
            made = await _on_paper(store, house, ids, reason, letters)
    if review_id and not any(made):
        raise ReasonNeeded(review_id)
    return [asdict(one) for one in made if one is not None]


@dataclass(frozen=True, slots=True)
class _Letter:
    """One that is to be printed, with what will open its invitation."""

    number: int
    to: To
    drawn: Drawn


async def _on_paper(
    store: Store, house: House, ids: list[str], reason: str, folder: Path
) -> list[Invited | None]:
    """Pile by pile: a PDF lies whole in the folder before its invitations are made, all of them or
    none. So whoever is stopped in between lost no link, and has no letter that opens nothing."""
    at, made = now().astimezone(LONDON), list[Invited | None]()
    printer = Printer(low=True)
    try:
        letters = await store.read(partial(_letters, house, ids, reason))
        for first in range(0, len(letters), PILE):
            pile = letters[first : first + PILE]
            content = await printer(_document(house, pile))
            path = folder / f"letters-{at:%Y-%m-%d-%H%M%S}-{pile[0].number}.pdf"
            part = await asyncio.to_thread(_write, path, content)
            try:
                made += await store.write(partial(_invite_pile, house, pile, reason))
            except CannotInvite:
                part.unlink()  # it opens nothing; after any other error nobody knows
                raise
            part.rename(path)
    finally:
        await printer.close()
    return made


def _letters(house: House, ids: list[str], reason: str, db: Connection) -> list[_Letter]:
    """In the order of their meetings; without those who would need a reason, and nobody gave one.
    `CannotInvite`."""
    to = []
    for review_id in ids:
        review = _review(db, house, review_id)
        if reissuing.state_of(db, house, review_id, now()).standing.needs_reason and not reason:
            continue
        person = people.young_person(db, house.id, review.person_id)
        officer = people.staff_member(db, house.id, review.officer_id).name
        to.append(To(review, person, officer))
    to.sort(key=lambda one: (str(one.review.meeting_on or one.review.due_on),
                             one.person.name.casefold()))  # fmt: skip
    return [_Letter(number, one, draw()) for number, one in enumerate(to, 1)]


def _document(house: House, pile: list[_Letter]) -> dict[str, Any]:
    """A pile behind its list."""
    moment, found = now(), []
    for one in pile:
        review = one.to.review
        opening = Invited(
            review.review_id,
            review.kind.value,
            "",
            link_of(house, one.drawn),
            one.drawn.code,
            None,
        )
        found.append(printing.letter(house, one.to, opening, moment, str(one.number)))
    listed = cover([(one.number, one.to) for one in pile], local_day(moment))
    return printing.document(found, moment, listed)


def _invite_pile(house: House, pile: list[_Letter], reason: str, db: Connection) -> list[Invited]:
    """All of them, each with what stands on its letter; `CannotInvite` and none."""
    made = []
    for one in pile:
        review_id = one.to.review.review_id
        invited = _invite(house, review_id, reason, db, one.drawn)
        if invited is None:
            raise CannotInvite(
                f"{review_id} got another invitation while the letters were printed. None of this "
                "pile was made. Begin again."
            )
        inviting.printed_elsewhere(db, house, invited, now())
        made.append(invited)
    return made


def _write(path: Path, content: bytes) -> Path:
    """Beside where it is to lie, readable by its owner alone; on the disk when this returns. What
    was put there before stays: nothing else opens those invitations."""
    part = path.with_suffix(".part")
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    part.touch(mode=0o600, exist_ok=False)
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        part.unlink()
        raise
    return part


def _review(db: Connection, house: House, review_id: str) -> Review:
    try:
        return reviews.get(db, house.id, review_id)
    except Unknown:
        raise CannotInvite(f"{house.council.name} has no review {review_id!r}.") from None


def _invite(
    house: House, review_id: str, reason: str, db: Connection, drawn: Drawn | None = None
) -> Invited | None:
    """None: it would need a reason."""
    _review(db, house, review_id)
    match reissuing.reissue(db, house, review_id, "sayso", reason, now(), drawn):
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
