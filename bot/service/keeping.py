"""What has had its time goes: copies of what came in, words, drafts, decisions. Whoever delivers
does it, a few rows at a time, over and over.

A look reads ids and times, never a word; each thing that is over is a transaction of its own. What
is over is decided by `end_of` and `done_with`; the times are the council's (`Council.keeping`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.service import erasing, ledger
from bot.service.council import Keeping
from bot.service.disk import clean_disk
from bot.service.house import House
from bot.service.invitations import link_for
from bot.service.quiet import is_quiet
from bot.service.wording import Reader
from conversations import texts
from conversations.wording import Band, Say
from storage import alerts, chats, conversations, keeping, outbox
from storage import erasing as kept
from storage.erasures import What
from storage.errors import Unknown
from storage.keeping import Standing, Update
from storage.outbox import Outgoing
from storage.sqlite import empty_wal
from storage.store import Store

log = structlog.get_logger()

TELL_BEFORE = timedelta(days=3)
"""So long before their time to send ends young people are told, and so long before an erasure."""

_CONVERSATIONS, _UPDATES = 50, 200  # looked at in one step: a few milliseconds
_FIRST = ("", "")

Notice = Callable[[str, str, str, str], Outgoing]
"""How a chat is told something: the chat, the text, a key that is the same each time, and whose
chat it is."""


def end_of(standing: Standing, times: Keeping) -> tuple[What, datetime]:
    """What a conversation ends as, and when. Nothing ends while one may still write."""
    if standing.sent_at is None:
        return What.DRAFT, standing.open_until + timedelta(days=times.unsent_days)
    words = standing.sent_at + timedelta(days=times.words_days)
    return What.WORDS, max(words, standing.open_until)


def done_with(standing: Standing) -> bool:
    """Whether all that was sent of it has reached the case record, so that nobody will need it as
    it came in."""
    return standing.sent_at is not None and not standing.unfiled


@dataclass(slots=True)
class Ending:
    """Ends what has had its time, for one council. `notice`: none where Telegram is off."""

    store: Store
    house: House
    notice: Notice | None = None
    _last: str = ""
    _last_update: tuple[str, str] = _FIRST
    _decided_on: datetime | None = None
    _wal_full: bool = False

    async def step(self, now: datetime) -> bool:
        """Look at the next few; False when all have been looked at, and it begins anew."""
        await self._note()
        more = await self._conversations(now)
        more = await self._updates(now) or more
        if not more:
            await self._decisions(now)
        if self._wal_full and not more:
            self._wal_full = not await empty_wal(self.house.settings.database_url)
        return more

    async def _note(self) -> None:
        """What was erased and could not be put into the ledger then."""
        try:
            noted = await ledger.note(self.store, self.house)
            if any(erasure.what is What.PERSON for erasure in noted):
                await clean_disk(self.store, self.house)
        except OSError as error:
            log.error("erasure_not_in_ledger", why=type(error).__name__)

    async def _conversations(self, now: datetime) -> bool:
        council, last = self.house.id, self._last
        found = await self.store.read(lambda db: keeping.after(db, council, last, _CONVERSATIONS))
        for standing in found:
            await self._end(standing, now)
        await self._drop_copies([one for one in found if done_with(one)], now)
        await self._drop_ways_in(found, now)
        more = len(found) == _CONVERSATIONS
        self._last = found[-1].conversation_id if more else ""
        return more

    async def _end(self, standing: Standing, now: datetime) -> None:
        what, end = end_of(standing, self.house.council.keeping)
        if standing.erased:
            await self._write(
                partial(erasing.erase_what_came_since, house=self.house,
                        person_id=standing.person_id, now=now)
            )  # fmt: skip
            return
        soon = what is What.DRAFT and now >= standing.open_until - TELL_BEFORE
        told = not soon or await self._was_told(standing, now)
        if now < end or standing.unfiled or not told:
            return
        work = partial(_end_if_over, house=self.house, standing=standing, now=now)
        if await self._write(work):
            log.info("words_ended", what=what.value)

    async def _was_told(self, standing: Standing, now: datetime) -> bool:
        """Whether a young person who uses Telegram was told in time; they are, if not yet."""
        notice, since = self.notice, standing.open_until - TELL_BEFORE
        if standing.told_at is not None and standing.told_at >= since:
            return now >= standing.told_at + TELL_BEFORE
        if notice is None or not standing.chat:
            return True
        if is_quiet(self.house.council.reminders, now):
            return False  # in the morning
        return await self.store.write(
            lambda db: not _tell(db, self.house, standing, notice, since, now), patient=True
        )

    async def _drop_copies(self, them: Iterable[Standing], now: datetime) -> None:
        council = self.house.id
        before = now - timedelta(days=self.house.council.keeping.transport_days)
        ids = [one.conversation_id for one in them]
        if not ids:
            return
        copied = await self.store.read(lambda db: keeping.with_copies(db, council, ids, before))
        for conversation_id in copied:
            await self._write(
                partial(
                    keeping.drop_copies,
                    council=council,
                    conversation_id=conversation_id,
                    before=before,
                )
            )

    async def _drop_ways_in(self, them: Iterable[Standing], now: datetime) -> None:
        """A chat stays known while somebody may have to be told something in it."""
        council = self.house.id
        over = [one for one in them if one.open_until < now]
        kinds: tuple[str, ...]
        for kinds, ids in (
            (("browser", "comeback"), [one.conversation_id for one in over]),
            (("telegram",), [one.conversation_id for one in over if one.sent_at is not None]),
        ):
            which = keeping.WaysIn(council, tuple(ids), kinds, now)
            left: int = await self.store.read(partial(keeping.ways_in, which=which)) if ids else 0
            if left:
                await self._write(partial(keeping.drop_ways_in, which=which))

    async def _updates(self, now: datetime) -> bool:
        """Messages as Telegram sent them."""
        council, last, times = self.house.id, self._last_update, self.house.council.keeping
        found = await self.store.read(lambda db: keeping.updates_after(db, council, last, _UPDATES))
        old = [one for one in found if _is_old(one, times, now)]
        people = {one.person_id for one in old if one.person_id is not None}
        theirs = await self.store.read(
            lambda db: keeping.of_people(db, council, people) if people else []
        )
        waiting = {one.person_id for one in theirs if not done_with(one)}
        over = [one for one in old if one.person_id is None or one.person_id not in waiting]
        if over:
            await self._write(partial(keeping.drop_updates, council=council, updates=over))
        more = len(found) == _UPDATES
        self._last_update = (found[-1].source, found[-1].key) if more else _FIRST
        return more

    async def _decisions(self, now: datetime) -> None:
        """Once a day."""
        if self._decided_on is not None and now - self._decided_on < timedelta(days=1):
            return
        council, times = self.house.id, self.house.council.keeping
        before = now - timedelta(days=times.decisions_days)
        await self._write(partial(keeping.end_decisions, council=council, before=before))
        before = now - timedelta(days=times.alerts_days)
        await self._write(partial(alerts.end, council=council, before=before))
        self._decided_on = now

    async def _write(self, work: Callable[[Connection], int]) -> bool:
        """Whether anything was taken away."""
        done = bool(await self.store.write(work, patient=True))
        self._wal_full = self._wal_full or (done and self.store.is_sqlite)
        return done


def _is_old(update: Update, times: Keeping, now: datetime) -> bool:
    days = times.unknown_days if update.person_id is None else times.transport_days
    return update.received_at < now - timedelta(days=days)


def _end_if_over(db: Connection, house: House, standing: Standing, now: datetime) -> bool:
    """End it, unless they were invited anew or sent something since it was looked at."""
    kept.lock(db, house.id, [standing.review_id])
    for one in keeping.of_people(db, house.id, [standing.person_id]):
        if one.review_id != standing.review_id:
            continue
        what, end = end_of(one, house.council.keeping)
        if now >= end and not one.unfiled:
            person_id, review_id = one.person_id, one.review_id
            return erasing.end_words(db, house, person_id, review_id, what, now)
    return False


def _tell(
    db: Connection, house: House, standing: Standing, notice: Notice, since: datetime, now: datetime
) -> bool:
    """Say in their chat that there is a message; the page behind the link says what is going to be
    erased and when. False: there is no chat, or nothing was said that could be lost."""
    try:
        found = conversations.lock(db, house.id, standing.conversation_id)
    except Unknown:
        return False
    said = found.conversation
    chat = chats.address_of(db, house.id, standing.conversation_id, standing.person_id)
    if chat is None or not (said.answers or said.aside or said.offered):
        return False
    if not keeping.tell(db, house.id, standing.conversation_id, since, now):
        return True
    link = f"{house.settings.public_url}/i/"
    if now < found.open_until:
        link = link_for(db, house, standing.conversation_id, now)
    reader = Reader(Band.SIXTEEN, said.locale)
    text = reader.read(Say(texts.DOORBELL_NEW, {"link": link}))
    key = f"unsent/{standing.conversation_id}/{now.date().isoformat()}"
    outbox.add(db, house.id, [notice(chat, text, key, standing.person_id)], now)
    return True
