"""Promise P24: words are kept as said, byte for byte, from the chat to the case record."""

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.demo import crowd
from storage.tables import outbox
from tests.promises import FULL, Promise
from tests.sayso import Sayso, house_at, running
from tests.test_crash import Log, say_everything

COUNT = 10_000 if FULL else 120
A_CONVERSATION = 8
"""Questions with words that everybody is asked, at the least."""

_SPECIAL = "\u0301\u200d\u202e\u2028\u2029\ufeff\u0085\x0b\x1c\x7f\U0001f9d1‍🦽\t \n<>&'\"\\{}%"


def any_words(chance: random.Random) -> Iterator[str]:
    """Code points of all planes, but NUL and surrogates, which no store holds."""
    while True:
        length = chance.choice((1, 3, 20, 200))
        points = [chance.choice((0x7F, 0x7FF, 0xFFFF, 0x10FFFF)) for _ in range(length)]
        chars = [chr(chance.randint(1, most)) for most in points]
        chars += chance.choices(_SPECIAL, k=3)
        chance.shuffle(chars)
        yield "".join(char for char in chars if not "\ud800" <= char <= "\udfff")


async def test_any_words_arrive_in_the_case_record_as_they_were_said(
    database_url: str, tmp_path: Path, promise: Promise
) -> None:
    house = house_at(tmp_path, database_url)
    log, marks = Log(), any_words(random.Random(2026))
    async with running(house, tmp_path) as sayso:
        people = COUNT // A_CONVERSATION + 1
        invited = await crowd.invite_crowd(sayso.store, house, people)
        at_once = asyncio.Semaphore(8)

        async def one(invitation: dict[str, Any]) -> None:
            async with at_once:
                await say_everything(sayso.base, invitation, log, marks)

        await asyncio.gather(*(one(invitation) for invitation in invited))
        await delivered(sayso)

    filed = {}
    for path in documents_in(tmp_path):
        document = json.loads(path.read_bytes())
        review, part = document["review"]["review_id"], document["taking_part"]
        for answer in document["answers"]:
            filed[review, answer["question_id"]] = answer.get("words")
        for question, words in (
            ("meeting.who", part["want_there"]),
            ("meeting.who_not", part["not_want_there"]),
            ("meeting.day", [part["when"]]),
            ("meeting.first", [part["first"]]),
        ):
            filed.setdefault((review, question), "".join(one or "" for one in words))
    said = {
        (review, at): words
        for review, own in log.said.items()
        for at, words in own.items()
        if words.startswith(f"{at} of {review} ")  # the rest was chosen
    }
    assert all(path.with_suffix(".pdf").exists() for path in documents_in(tmp_path))
    assert len(said) >= COUNT
    different = [
        key
        for key, words in said.items()
        if filed.get(key) != words.replace("\r\n", "\n").replace("\r", "\n")
    ]
    assert different == []
    promise("P24", strings=len(said), different=0, database=sayso.store.writer.dialect.name)


def documents_in(folder: Path) -> list[Path]:
    """What was filed in either record."""
    return [
        path for record in ("record", "restricted") for path in folder.glob(f"{record}/*/*.json")
    ]


async def delivered(sayso: Sayso) -> None:
    async with asyncio.timeout(600 if FULL else 60):
        while await sayso.store.read(_waiting):
            await asyncio.sleep(0.1)


def _waiting(db: Connection) -> bool:
    return db.execute(select(outbox.c.outbox_id)).first() is not None
