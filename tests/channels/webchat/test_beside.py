"""Where somebody sits beside a child, nothing shows that an alert exists: the helper may be the
danger (`docs/alerts.md`). Every page is the same to the byte, with and without."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.channels.webchat.beside import (
    CONCERN,
    HARMLESS,
    URGENT,
    Walk,
    alerts_raised,
    copied,
    filed,
    first_of,
    without_words,
)
from tests.channels.webchat.visiting import Visitor
from tests.sayso import Sayso, house_at, running

TOO_LONG = 10_001
SURFACES = (
    "the next question",
    "the page again",
    "back",
    "the browser's own back",
    "half-written words",
    "a repeated post",
    "a stale page",
    "words that are too long",
    "asked back",
    "the map",
    "the topic's end",
    "help",
    "help, typed",
    "after help",
    "the check page",
    "who types now",
    "the answer, to be changed",
    "their answers",
    "stopped",
    "come back on another phone",
    "the receipt",
    "add something",
    "not me",
    "the invitation again",
    "the lines before a code",
    "privacy",
    "left",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """Who sits there. `comes`: what is pressed and typed until the first question."""

    band: str
    comes: tuple[str, ...]


BESIDE = {
    "a helper": Beside("4-7", ("Someone I live with", "=Sam", "Go on")),
    "a helper who says they are the child": Beside("4-7", ("I do it myself",)),
    "nobody said who": Beside("4-7", ("Skip",)),
    "an older child's helper": Beside(
        "12-15",
        ("Someone helps me type", "Someone I live with", "They type for me", "=Sam", "Go on"),
    ),
}  # fmt: skip


TYPED: dict[str, dict[str, str]] = {
    "a helper": {"who": "helper", "helper_name": "Sam", "helper_role": "carer"},
    "a helper who says they are the child": {"who": "young_person"},
    "nobody said who": {"who": "with_help"},
    "an older child's helper": {"who": "helper", "helper_name": "Sam", "helper_role": "carer"},
}
SCHEMA = json.loads(Path("docs/schemas/contribution.schema.json").read_text())


async def _comes(walk: Walk, beside: Beside) -> None:
    older = beside.band != "4-7"
    if older:
        await _until_start(walk)
    for one in beside.comes:
        await (walk.types(one[1:]) if one.startswith("=") else walk.presses(one))
    if not older:
        await _until_start(walk)
    await walk.presses("Yes, start")
    await walk.presses("Good")


async def _until_start(walk: Walk) -> None:
    for _page in range(30):
        page = await walk.visitor.get("/chat")
        if page.question == "start.ok":
            return
        await walk.presses("Skip")
    raise AssertionError("It never starts.")


async def walked(sayso: Sayso, beside: Beside, words: str) -> Walk:
    """The whole conversation, every page of it kept by name."""
    invited = await first_of(sayso, beside.band)
    async with Visitor.at(sayso) as visitor, Visitor.at(sayso) as other:
        walk = Walk(visitor, words, invited.review_id)
        await visitor.post("/i/", {"code": invited.code})
        await _comes(walk, beside)
        asks = await visitor.get("/chat")
        said = [("turn", asks.turn), ("words", words)]
        await walk.sees("the next question", await visitor.post("/chat", said))
        await walk.sees("a repeated post", await visitor.post("/chat", said))
        await walk.sees("the page again", await visitor.get("/chat"))
        await walk.sees("a stale page", await visitor.post("/chat", [*said, ("command", "skip")]))
        await walk.sees("back", await walk.presses("Back"))
        await walk.sees("the browser's own back", await visitor.get("/chat"))
        await walk.presses("Skip")
        page = await visitor.get("/chat")
        long = words + "x" * TOO_LONG
        await walk.sees(
            "words that are too long",
            await visitor.post("/chat", [("turn", page.turn), ("words", long)]),
        )
        await walk.sees("asked back", await walk.types("who reads this?"))
        await walk.sees("the map", await walk.presses("Choose another topic"))
        await walk.presses("School, friends and fun")
        await walk.presses("OK")
        await walk.sees("the topic's end", await walk.types(f"{words} and more"))
        await walk.sees("help", await walk.presses("Help me now"))
        await walk.sees("after help", await walk.presses("Go on"))
        await walk.sees("help, typed", await walk.types("help"))
        await walk.presses("Go on")
        page = await visitor.get("/chat")
        draft = [("turn", page.turn), ("words", f"{words} too"), ("choice", "@map")]
        await walk.sees("half-written words", await visitor.post("/chat", draft))
        page = await visitor.get("/chat")
        await visitor.post("/chat", [("turn", page.turn), ("choice", "@keep")])
        page = await visitor.get("/chat")
        await walk.sees(
            "the check page",
            await visitor.post("/chat", [("turn", page.turn), ("choice", "@check")]),
        )
        await walk.sees("who types now", await walk.presses("Someone else types now"))
        await walk.presses("Skip")
        page = await visitor.get("/chat")
        await walk.sees(
            "the answer, to be changed",
            await visitor.post("/chat", [("turn", page.turn), ("choice", "@change:feel.more")]),
        )
        page = await visitor.get("/chat")
        await visitor.post("/chat", [("turn", page.turn), ("choice", "@check")])
        await walk.sees("their answers", await visitor.get("/chat/answers"))
        stopped = await walk.sees("stopped", await walk.presses("Stop for now"))
        code = stopped.text.partition("code")[2].partition(": ")[2].split(".")[0].strip()
        await walk.sees("come back on another phone", await other.post("/i/", {"code": code}))
        await walk.presses("Go on")
        page = await visitor.get("/chat")
        await walk.sees(
            "the receipt", await visitor.post("/chat", [("turn", page.turn), ("command", "send")])
        )
        await walk.sees("add something", await walk.presses("Add or change something"))
        await walk.sees("not me", await visitor.get("/notme"))
        await walk.sees("the invitation again", await visitor.get("/i/"))
        await walk.sees("the lines before a code", await visitor.get("/help"))
        await walk.sees("privacy", await visitor.get("/privacy"))
        await walk.sees("left", await visitor.post("/chat", [("command", "leave")], follow=False))
        return walk


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's council, made once; it has a duty team."""
    folder = tmp_path_factory.mktemp("beside")

    async def make() -> None:
        house = house_at(folder, f"sqlite+aiosqlite:///{folder / 'sayso.db'}")
        assert house.council.duty is not None
        async with running(house, folder):
            pass

    with asyncio.Runner() as runner:
        runner.run(make())
    return folder


Pair = tuple[Walk, Walk]


@pytest.fixture(scope="module")
def both(council: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Pair]:
    """The walk with harmless words, and with these."""
    done: dict[tuple[str, str], Walk] = {}

    def walk_once(who: str, words: str) -> Walk:
        if (who, words) not in done:
            folder = tmp_path_factory.mktemp("walk") / "here"

            async def whole() -> Walk:
                async with copied(council, folder) as sayso:
                    walk = await walked(sayso, BESIDE[who], words)
                    walk.raised = await alerts_raised(sayso)
                    walk.filed = await filed(sayso, walk.review_id)
                    return walk

            with asyncio.Runner() as runner:
                done[who, words] = runner.run(whole())
        return done[who, words]

    def pair(who: str, words: str) -> Pair:
        one, other = walk_once(who, HARMLESS), walk_once(who, words)
        assert other.raised > one.raised, "No alert was raised."
        return one, other

    return pair


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("a helper", URGENT),
        ("a helper", CONCERN),
        ("a helper who says they are the child", URGENT),
        ("nobody said who", URGENT),
        ("an older child's helper", URGENT),
    ],
)  # fmt: skip
def test_with_somebody_beside_a_page_is_the_same_with_an_alert_and_without(
    both: Callable[[str, str], Pair], who: str, words: str, surface: str
) -> None:
    harmless, danger = both(who, words)

    assert danger.look(surface) == harmless.look(surface)


@pytest.mark.parametrize("who", BESIDE)
def test_every_page_of_the_walk_is_compared_and_none_speaks_of_anybody_told(
    both: Callable[[str, str], Pair], who: str
) -> None:
    _harmless, danger = both(who, URGENT)

    assert set(danger.pages) == set(SURFACES)
    for page in danger.pages.values():
        for said in ("Thank you for telling me", "duty team", "Are you safe", "alert", "tells no"):
            assert said not in page.text or page is danger.pages["privacy"]


@pytest.mark.parametrize("who", BESIDE)
def test_what_is_filed_says_who_typed_and_names_no_alert(
    both: Callable[[str, str], Pair], who: str
) -> None:
    """A copy of it may be opened beside the child. It is the same but for words and times."""
    harmless, danger = both(who, URGENT)

    assert len(danger.filed) == len(harmless.filed) > 0
    for document, other in zip(danger.filed, harmless.filed, strict=True):
        assert document["alerts"] == []
        assert document["who_typed"] == TYPED[who]
        Draft202012Validator(SCHEMA).validate(document)
        assert without_words(document, danger.words) == without_words(other, harmless.words)


async def test_with_nobody_beside_the_same_comparison_finds_the_help_page(
    council: Path, tmp_path: Path
) -> None:
    seen = {}
    for words in (HARMLESS, URGENT):
        async with copied(council, tmp_path / words[:14].replace(" ", "-")) as sayso:
            invited = await first_of(sayso, "12-15")
            async with Visitor.at(sayso) as visitor:
                walk = Walk(visitor, words, invited.review_id)
                await visitor.post("/i/", {"code": invited.code})
                await _until_start(walk)
                await walk.presses("Yes, start")
                await walk.presses("Good")
                page = await walk.types(words)
                await walk.sees("the next question", page)
                seen[words] = walk
    assert seen[HARMLESS].look("the next question") != seen[URGENT].look("the next question")
    assert seen[URGENT].pages["the next question"].state == "help"
