"""Promise P13, for the notices that there are: what the doorbell sends says nothing.

A phone lies on a table, and its lock screen shows the first lines. So a notice says neither what
was said, nor of whom, nor what Sayso is for: `DENIED` stands in none of them, not inside a word.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.service.wording import LOCALES, Reader
from conversations import showing_texts, texts, texts_later
from conversations.wording import Band, Say, Text
from storage import people
from storage.tables import young_people
from tests.channels.telegram.test_playing import payload_for, telegram
from tests.promises import FULL, Promise
from tests.searching import MARK, found, marked
from tests.telegram.bot_api import Phone

NOTICES = 1_000 if FULL else 60
DENIED = (
    "care", "child", "council", "social", "review", "iro", "meet", "famil", "foster", "names",
    "secret", "confidential", "promise", "anonymous", "don't worry", "well done", "great", "brave",
    "i feel", "i understand", "hurry", "on their way", "never",
)  # fmt: skip
SENT_IN_A_CHAT: tuple[Text, ...] = (
    texts.DOORBELL_KEPT, texts.DOORBELL_NEW, texts.TELEGRAM_ONLY_WORDS, texts.TELEGRAM_NO_PLACE,
    showing_texts.DOORBELL_SHOW,
    texts.TELEGRAM_WHO, texts.CODE_WRONG, texts.CODE_WAIT_CHAT, texts.CLOSED,
    texts_later.NOTICE_REMIND, texts_later.NOTICE_REMIND_HERE, texts_later.CALENDAR_TITLE,
)  # fmt: skip
"""All that a chat in this style is sent without asking for help, and what rings by itself."""
LANGUAGES = sorted(path.name for path in LOCALES.iterdir() if path.is_dir())


def denied(text: str) -> list[str]:
    """What of the list stands in a notice; its link, which is an address of the council's own, is
    read by nobody."""
    plain = re.sub(r"https?://\S+", "", text).casefold()
    return [word for word in DENIED if word in plain]


def test_the_list_is_found_inside_words_and_not_in_links() -> None:
    assert denied("Your CAREFUL reviewer") == ["care", "review"]
    assert denied("A message: https://sayso.council.example/i/#care") == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", SENT_IN_A_CHAT, ids=lambda text: text.plain[:30])
def test_no_wording_of_a_notice_in_any_language_says_what_it_is_about(
    text: Text, language: str
) -> None:
    params = {"link": "https://x.example/i/#" + "x" * 43, "review_team_phone": "01632 960123"}
    for band in Band:
        for pathway in (False, True):
            reader = Reader(band, language, pathway)
            shown = reader.read(Say(text, {**params, "time": "half past nine"}))
            assert denied(shown) == [], shown
            assert len(shown) <= 160, shown


def _says(phone: Phone, number: int) -> Callable[[], int]:
    """One after another, all that a chat can bring; most of it marked words."""
    words = f"{marked(number)} I hate my foster carer and the review meeting"
    ways: tuple[Callable[[], int], ...] = (
        lambda: phone.say(words),
        lambda: phone.say("/start"),
        lambda: phone.forward(words),
        lambda: phone.say(words * 60),
        phone.sticker,
        phone.location,
        lambda: phone.say(f"/skip {marked(number)}"),
    )
    return ways[number % len(ways)]


async def test_a_thousand_notices_hold_no_word_no_name_and_nothing_of_the_list(
    tmp_path: Path, promise: Promise
) -> None:
    async with telegram(tmp_path, telegram_style="doorbell") as (sayso, api, phone):
        payload, review_id = await payload_for(sayso)
        await phone.answered(lambda: phone.say(f"/start {payload}"))
        for number in range(NOTICES):
            await phone.answered(_says(phone, number), 30)

        notices = [str(call.params["text"]) for call in api.sent_to(phone.chat)]
        everything = repr([call.params for call in api.calls]).encode()

        def names(db: Connection) -> set[str]:
            ids = db.execute(select(young_people.c.person_id)).scalars().all()
            found = [people.young_person(db, sayso.house.id, one).name for one in ids]
            return {part for name in found for part in name.split() if part != "and"}  # a household

        named = await sayso.store.read(names)

    assert len(notices) >= NOTICES
    assert [one for one in notices if denied(one)] == []
    assert found(everything, MARK) == []
    assert review_id.encode() not in everything
    plain = {re.sub(r"https?://\S+", "…", one) for one in notices}
    assert len(plain) <= 4  # whatever is said: the same few sentences
    words = {word for one in plain for word in re.findall(r"\w+", one)}
    assert named
    assert named & words == set()
    promise(
        "P13", notices=len(notices), languages=len(LANGUAGES), wordings=len(plain),
        marked_words_found=0, of_the_list_found=0,
    )  # fmt: skip
