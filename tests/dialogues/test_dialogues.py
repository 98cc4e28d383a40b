"""Whole conversations, played from the files that practitioners read (`README.md`)."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from conversations.conversation import Answer, Conversation
from conversations.flows import FLOWS
from conversations.sending import to_send
from conversations.sharing import audience_of_answer
from tests.dialogues.players import Player, Rules, Telegram, Web
from tests.dialogues.script import (
    CHANNELS,
    Dialogue,
    Holds,
    Later,
    Presses,
    Says,
    Ticks,
    Types,
    Unreadable,
    read,
)
from tests.sayso import Sayso, house_at, running
from tests.telegram.bot_api import TOKEN, BotApi, Phone

FOLDER = Path(__file__).parent
DIALOGUES = [read(path) for path in sorted(FOLDER.glob("*.txt"))]
PRESSES = 30  # of one button, before somebody would give up


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's council, made once."""
    folder = tmp_path_factory.mktemp("council")

    async def make() -> None:
        async with running(house_at(folder, _database(folder)), folder):
            pass

    with asyncio.Runner() as runner:
        runner.run(make())
    return folder


def _database(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'sayso.db'}"


@asynccontextmanager
async def _sayso(made: Path, folder: Path, **settings: str) -> AsyncIterator[Sayso]:
    for name in ("sayso.db", "keys.json"):
        shutil.copy(made / name, folder)
    async with running(house_at(folder, _database(folder), **settings), folder) as sayso:
        yield sayso


@asynccontextmanager
async def _player(
    dialogue: Dialogue, channel: str, made: Path, folder: Path
) -> AsyncIterator[Player]:
    match channel:
        case "rules":
            yield Rules.of(dialogue)
        case "web":
            async with _sayso(made, folder) as sayso, Web.of(dialogue, sayso) as web:
                yield web
        case _:
            api = BotApi()
            await api.start()
            try:
                async with _sayso(
                    made, folder, telegram_token=TOKEN, telegram_api_url=api.url,
                    telegram_style="full", telegram_rate="off", telegram_minimum_age="13",
                ) as sayso:  # fmt: skip
                    yield await Telegram.of(dialogue, sayso, Phone(api, 5001))
            finally:
                await api.stop()


@pytest.mark.parametrize(
    ("dialogue", "channel"),
    [
        pytest.param(dialogue, channel, id=f"{dialogue.name}-{channel}")
        for dialogue in DIALOGUES
        for channel in dialogue.channels
    ],
)
async def test_a_conversation_goes_as_it_is_written(
    dialogue: Dialogue, channel: str, made: Path, tmp_path: Path
) -> None:
    async with _player(dialogue, channel, made, tmp_path) as player:
        for number, line in dialogue.lines:
            try:
                await _play(player, line, channel)
            except (AssertionError, TimeoutError) as error:
                where = f"{dialogue.name}.txt, line {number}, {channel}: {line}"
                raise AssertionError(f"{where}\n{error}\n\n{await player.text()}") from error


async def _play(player: Player, line: object, channel: str) -> None:
    match line:
        case Says(text, where, there):
            if where in ("", channel):
                assert (_flat(text) in _flat(await player.text())) is there
        case Types(words):
            await player.types(words)
        case Presses(label, until):
            await player.presses(label)
            for _press in range(PRESSES if until else 0):
                if _flat(until) in _flat(await player.text()):
                    return
                await player.presses(label)
            assert not until, f"Sayso never says it: {until}"
        case Ticks(labels):
            await player.ticks(labels)
        case Later():
            await player.comes_back()
        case Holds():
            assert _held(await player.conversation(), line) == line.value
        case _:
            raise AssertionError(f"Nobody can play {line}.")


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("•", "").replace("  ", " ")


def _held(conversation: Conversation, line: Holds) -> str | None:
    flow = FLOWS[conversation.flow_id]
    question = flow.by_id[line.question][1]
    answers = dict(conversation.answers)
    if line.what == "Typed" and (typed := answers.get(question.id)):
        who = (typed.helper.role, typed.helper.name or "") if typed.helper else ()
        return ", ".join(part for part in (typed.typed_by, *who) if part)
    if line.what != "Kept":
        sent = to_send(conversation) if conversation.sent and not conversation.unsent else ()
        answers = {answer.question: answer for answer in sent}
    answer = answers.get(question.id)
    if answer is None:
        return None
    if line.what == "Hears":
        return ", ".join(audience_of_answer(flow, conversation, question.id))
    return _said(answer)


def _said(answer: Answer) -> str:
    parts = [*answer.choices, answer.words or "", answer.day.isoformat() if answer.day else ""]
    return " + ".join(part for part in parts if part)


def test_every_flow_and_band_is_played_in_every_channel_that_it_has() -> None:
    played = {(d.flow, d.band, channel) for d in DIALOGUES for channel in d.channels}
    in_care, leavers = ("4-7", "8-11", "12-15", "16+"), ("care leaver",)
    bands = {
        "cioc_review": in_care,
        "pathway_review": leavers,
        "conference": in_care,
        "disruption": in_care,
        "foster_carer_review": in_care,
        "foster_carer_form": ("foster carer",),
        "my_experience": in_care,
        "my_experience_pathway": leavers,
    }
    assert set(bands) == set(FLOWS)
    for flow, band in ((name, one) for name in bands for one in bands[name]):
        for channel in CHANNELS:
            if channel != "telegram" or band not in ("4-7", "8-11"):  # nobody so young may use it
                assert (flow, band, channel) in played


@pytest.mark.parametrize("flow", FLOWS)
def test_somebody_is_not_safe_in_some_conversation_of_every_flow(flow: str) -> None:
    """What is said of it, or that nothing is said of it, is written out for practitioners."""
    said = {line.text for d in DIALOGUES if d.flow == flow
            for _n, line in d.lines if isinstance(line, Says)}  # fmt: skip
    assert any("You did the right thing" in text for text in said)


@pytest.mark.parametrize("way", ["Skip", "Back", "Stop for now", "Help me now", "Send"])
def test_every_way_out_is_taken_in_some_conversation(way: str) -> None:
    pressed = {line.label for d in DIALOGUES for _n, line in d.lines if isinstance(line, Presses)}
    assert way in pressed


def test_what_nobody_can_play_is_named_with_its_line(tmp_path: Path) -> None:
    for wrong in ("Nobody: hello", "Child: [Skip] twice", "Sayso:", "hello"):
        file = tmp_path / "wrong.txt"
        file.write_text(f"Flow: cioc_review\nBand: 12-15\n\n{wrong}\n")
        with pytest.raises(Unreadable, match=r"wrong\.txt, line 4"):
            read(file)


async def test_a_conversation_that_goes_otherwise_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "wrong.txt"
    file.write_text("Flow: cioc_review\nBand: 12-15\nSayso: Good morning\n")
    dialogue = read(file)
    with pytest.raises(AssertionError):
        await _play(Rules.of(dialogue), dialogue.lines[0][1], "rules")
