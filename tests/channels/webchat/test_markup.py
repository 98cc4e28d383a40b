"""The markup that people's own tools rely on: `design.md` section 4, to the letter."""

import re

import pytest

from conversations.hearing import Chosen, Command, Draft, Name
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import Young
from tests.sayso import Sayso

WAYS = {
    "help": "Help me now",
    "skip": "Skip",
    "back": "Back",
    "stop": "Stop for now",
    "leave": "Leave quickly",
}


async def _all_places(young: Young) -> list[tuple[str, str, str, str]]:
    """Goes through a conversation; yields nothing, the caller looks at each stop."""
    return [
        ("hello", "explain", "hello", "choice"),
        ("start.ok", "explain", "start.ok", "choice"),
        ("home.feeling", "asking", "home.feeling", "feeling"),
        ("home.change", "asking", "home.change", "words"),
        ("home.audience", "asking", "home.audience", "choice"),
        ("meeting.how", "asking", "meeting.how", "choice"),
        ("meeting.why_not", "asking", "meeting.why_not", "choices"),
        ("meeting.day", "asking", "meeting.day", "date"),
        ("@check", "check", "check", ""),
    ]


def _is(page: Seen, state: str, question: str, kind: str) -> None:
    assert (page.status, page.state, page.question, page.kind) == (200, state, question, kind)
    assert page.html.count('role="log"') == 1
    assert re.search(r'role="log"(?s:.*)data-from="bot"(?s:.*)<form', page.html)
    assert re.search(r'<form class="mine" id="turn" method="post" action="/chat"', page.html)
    count, _, asked = page.turn.partition(":")
    assert count.isdigit()
    assert asked.removeprefix("@") == question
    commands = page.buttons("command")
    assert WAYS.items() <= commands.items()
    assert set(commands) - set(WAYS) <= {"send"}


@pytest.mark.parametrize("band", ["8-11", "12-15", "16+"])
async def test_every_place_says_its_state_question_and_kind_and_has_all_five_buttons(
    visitor: Visitor, band: str
) -> None:
    young = await visitor.comes(band)
    for place, state, question, kind in await _all_places(young):
        await young.goes_to(place)
        page = await visitor.get("/chat")
        _is(page, state, question, kind)
        assert f'data-band="{band}"' in page.html

    await young.says(Chosen(option="@map"))
    _is(await visitor.get("/chat"), "asking", "map", "choice")
    await young.says(Draft(words="by the way", to="home.change"))
    _is(await visitor.get("/chat"), "asking", "offer", "choice")
    await young.says(Chosen(option="@aside"))
    await young.says(Command(name=Name.HELP))
    _is(await visitor.get("/chat"), "help", "help", "")
    await young.says(Command(name=Name.STOP))
    _is(await visitor.get("/chat"), "stopped", "stopped", "")
    await young.says(Chosen(option="@go_on"))
    await young.says(Chosen(option="@check"))
    page = await visitor.says(command="send")
    _is(page, "sent", "sent", "")
    assert re.fullmatch(r"[0-9a-f-]{36}", page.receipt)


async def test_a_choice_is_a_button_with_its_label_and_the_options_id(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.feeling")
    faces = (await visitor.get("/chat")).buttons("choice")
    assert {k: v for k, v in faces.items() if not k.startswith("@")} == {
        "good": "Good",
        "ok": "OK",
        "not_good": "Not good",
        "mixed": "Mixed",
        "dont_know": "Don't know",
    }


async def test_the_log_shows_the_last_exchange_only(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.feeling")
    await visitor.says(choice="good")
    await visitor.says(words="second")

    page = await visitor.get("/chat")

    assert page.said == ["second"]
    assert page.html.count('data-from="bot"') == 1


async def test_the_check_page_has_each_answer_with_its_question_and_a_way_to_change_it(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.audience")
    await young.says(Chosen(option="@check"))
    page = await visitor.get("/chat")
    assert re.findall(r'<blockquote[^>]* data-question="([^"]+)"', page.html) == [
        "feel.care",
        "feel.more",
        "home.feeling",
        "home.change",
    ]
    page = await visitor.says(choice="@change:home.feeling")
    assert page.question == "home.feeling"
    assert "pick--kept" in page.html


async def test_leaving_has_a_form_of_its_own_that_carries_nothing(visitor: Visitor) -> None:
    await visitor.comes()
    page = await visitor.get("/chat")
    assert re.search(r'<form id="leave" method="post" action="/chat"[^>]*></form>', page.html)
    assert re.search(r'<button[^>]* form="leave" name="command" value="leave"', page.html)


@pytest.mark.parametrize("question", ["meeting.why_not", "meeting.day"])
async def test_enter_presses_the_forms_own_button_and_not_back(
    visitor: Visitor, question: str
) -> None:
    young = await visitor.comes()
    await young.goes_to(question)
    page = await visitor.get("/chat")
    first = re.search(r"<button[^>]*>", page.html[page.html.index("<body") :])
    assert first
    assert 'form="turn"' in first[0]
    assert 'name="command"' not in first[0]


@pytest.mark.parametrize(
    "path", ["/i/", "/help", "/privacy", "/accessibility", "/nothing", "/desk-less"]
)
async def test_help_and_leave_are_on_every_page_that_is_no_conversation(
    visitor: Visitor, path: str
) -> None:
    page = await visitor.get(path)
    assert "Leave quickly" in page.buttons("command").values()
    assert re.search(r'<a class="way way--help"', page.html)
    assert page.title


@pytest.mark.parametrize(
    ("band", "lines"),
    [
        ("8-11", ["tel:999", "tel:08001111", "sms:85258"]),
        ("12-15", ["tel:999", "tel:08001111", "sms:85258"]),
        ("16+", ["tel:999", "tel:08001111", "sms:85258"]),
    ],
)
async def test_help_gives_the_lines_for_the_age_and_says_who_is_told_and_when_they_look(
    visitor: Visitor, band: str, lines: list[str]
) -> None:
    await visitor.comes(band)
    page = await visitor.says(command="help")
    shown = page.html.partition("<template")[0]
    assert re.findall(r'class="ring[^"]*" href="([^"]+)"', shown) == lines
    assert "I'm telling the duty team at the council, with your name." in page.text
    assert "They look at these from" in page.text or "They are closed until" in page.text
    assert "Are you safe right now?" in page.text
    for claim in ("on their way", "has been", "tells nobody"):
        assert claim not in page.text
    answered = await visitor.says(choice="@safe:not_sure")
    assert (answered.state, "Are you safe right now?" in answered.text) == ("help", False)
    on = await visitor.says(choice="@go_on")
    assert "duty team" not in on.text


async def test_help_of_a_council_without_a_duty_team_says_that_nobody_is_told(
    sayso: Sayso, visitor: Visitor
) -> None:
    council = sayso.house.council.model_copy(update={"duty": None})
    object.__setattr__(sayso.house, "council", council)
    await visitor.comes()
    page = await visitor.says(command="help")
    assert "Pressing this button tells nobody." in page.text
    for claim in ("is told", "was told", "are told", "I'm telling", "Are you safe"):
        assert claim not in page.text


async def test_a_care_leaver_gets_the_lines_for_adults(visitor: Visitor) -> None:
    await visitor.comes("care leaver")
    page = await visitor.says(command="help")
    assert "116 123" in page.text


async def test_every_response_has_the_headers_and_nothing_is_stored(
    sayso: Sayso, visitor: Visitor
) -> None:
    await visitor.comes()
    pages = [await visitor.get(path) for path in ("/i/", "/chat", "/help", "/privacy", "/nothing")]
    pages.append(await visitor.post("/chat", {"command": "leave"}, follow=False))
    pages.append(await visitor.post("/chat", b"x" * 300_000))
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "'unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert not re.search(r"<style|style=|<script(?![^>]* src=)| on[a-z]+=", page.html)
