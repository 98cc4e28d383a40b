"""Saying something in the web chat, by plain forms: kept, once, and never lost."""

import asyncio
from urllib.parse import quote_plus

import pytest

from bot.web import forms
from conversations.conversation import Answer
from conversations.hearing import LONGEST, Chosen, Command, Name
from storage.errors import StorageAway
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import Young
from tests.sayso import Sayso

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _answer(young: Young, question: str) -> Answer | None:
    return (await young.conversation()).answers.get(question)


async def _words(young: Young, question: str) -> str | None:
    answer = await _answer(young, question)
    return answer.words if answer else None


async def _offered(young: Young) -> list[str | None]:
    return [one.words for one in (await young.conversation()).offered]


async def test_an_answer_of_each_kind_is_kept_and_acknowledged_by_303(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.feeling")
    answer = await visitor.says(choice="mixed", follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/chat")
    kept = await _answer(young, "home.feeling")
    assert kept is not None
    assert kept.choices == ("mixed",)

    page = await visitor.says(words="A dog.")
    assert page.said == ["A dog."]
    assert await _words(young, "home.change") == "A dog."

    await young.says(Chosen(option="@topic:meeting"))
    await visitor.says(choice="send_views")
    await visitor.says(("choice", "boring"), ("choice", "travel"), ("ticked", "1"))
    reasons = await _answer(young, "meeting.why_not")
    assert reasons is not None
    assert reasons.choices == ("boring", "travel")

    await young.goes_to("meeting.day")
    await visitor.says(("words", "2026-12-01"), ("words", ""))
    day = await _answer(young, "meeting.day")
    assert day is not None
    assert str(day.day) == "2026-12-01"
    assert day.words is None


async def test_a_day_may_be_said_in_words_and_a_face_may_have_words_beside_it(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.feeling")
    await visitor.says(choice="mixed", words="depends on the day")
    kept = await _answer(young, "home.feeling")
    assert kept is not None
    assert (kept.choices, kept.words) == (("mixed",), "depends on the day")

    await young.goes_to("meeting.day")
    await visitor.says(("words", ""), ("words", "any Friday"))
    assert await _words(young, "meeting.day") == "any Friday"


async def test_the_same_form_twice_is_one_answer(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")
    form = {"turn": page.turn, "words": "A dog."}

    first, second = await asyncio.gather(
        *(visitor.post("/chat", form, follow=False) for _ in range(2))
    )

    assert (first.status, second.status) == (303, 303)
    assert await _words(young, "home.change") == "A dog."
    assert await young.asked() == "home.audience"
    assert await _offered(young) == []


async def test_an_old_page_with_another_answer_is_offered_as_a_change_that_says_what(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.feeling")
    old = await visitor.get("/chat")
    await visitor.post("/chat", {"turn": old.turn, "choice": "good"})

    page = await visitor.post("/chat", {"turn": old.turn, "choice": "not_good"})

    assert page.question == "offer"
    assert page.said == ["Not good"]
    kept = await _answer(young, "home.feeling")
    assert kept is not None
    assert kept.choices == ("good",)

    same = await visitor.post("/chat", {"turn": old.turn, "choice": "good"})
    assert (same.status, same.question) == (200, "offer")


@pytest.mark.parametrize("command", ["help", "skip", "stop", "back"])
async def test_half_written_words_travel_with_a_command_and_are_offered(
    visitor: Visitor, command: str
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")

    await visitor.says(command=command, words="I want a d")

    assert await _offered(young) == ["I want a d"]
    if command in ("help", "stop"):
        await visitor.says(choice="@go_on")
    page = await visitor.get("/chat")
    assert (page.question, page.said) == ("offer", ["I want a d"])
    await visitor.says(choice="@keep")
    assert await _words(young, "home.change") == "I want a d"


async def test_words_that_are_kept_already_are_not_offered_when_they_travel(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    await visitor.says(words="A dog.")
    page = await visitor.says(command="back")
    assert page.box == "A dog."

    await visitor.says(command="skip", words="A dog.")

    assert await _offered(young) == []
    assert await _words(young, "home.change") == "A dog."


async def test_ten_thousand_characters_are_kept_whatever_they_are(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    text = ("🐕\r\n" * LONGEST)[: LONGEST // 2 * 3]  # a browser sends a line's end as two

    await visitor.says(words=text)

    assert await _words(young, "home.change") == text.replace("\r\n", "\n")


async def test_longer_is_shown_back_with_how_much_to_shorten_as_often_as_it_is_sent(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")
    text = "é" * (LONGEST + 12)

    for _time in range(3):
        page = await visitor.post("/chat", {"turn": page.turn, "words": text})
        assert page.status == 422
        assert "Please take out 12 or more letters, or split it." in page.text
        assert page.box == text
        assert page.question == "home.change"
    assert await _words(young, "home.change") is None

    await visitor.post("/chat", {"turn": page.turn, "words": text[12:]})
    assert await _words(young, "home.change") == text[12:]


async def test_too_long_for_help_too_help_comes_and_the_words_stay_in_a_box(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")
    text = "a" * (LONGEST + 1)

    for _time in range(2):
        page = await visitor.post("/chat", {"turn": page.turn, "words": text, "command": "help"})
        assert (page.status, page.state, page.box) == (422, "help", text)
        assert "999" in page.text

    page = await visitor.post("/chat", {"turn": page.turn, "words": text, "choice": "@go_on"})
    assert (page.status, page.question, page.box) == (422, "home.change", text)


async def test_ticks_and_words_come_back_with_what_is_too_long(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("meeting.why_not")
    text = "a" * (LONGEST + 1)

    page = await visitor.says(
        ("choice", "boring"), ("choice", "travel"), ("ticked", "1"), ("words", text)
    )

    assert page.status == 422
    assert page.ticked() == ["boring", "travel"]
    assert page.box == text


async def test_nothing_ticked_and_nothing_written_are_said_each_time(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    for _time in range(2):
        page = await visitor.says(words=" \r\n")
        assert page.status == 422
        assert "The box is empty." in page.text

    await young.goes_to("meeting.why_not")
    for _time in range(2):
        page = await visitor.says(ticked="1")
        assert page.status == 422
        assert "Nothing is chosen yet." in page.text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("%00nul", "\ufffdnul"),
        ("%ED%A0%80 alone", "\ufffd alone"),
        ("%FF%FEbytes", "\ufffd\ufffdbytes"),
        (quote_plus("a\r\nb\rc\n"), "a\nb\nc\n"),
        (quote_plus("שלום مرحبا"), "שלום مرحبا"),
        (quote_plus("e\u0301\u200d🏳️‍🌈"), "e\u0301\u200d🏳️‍🌈"),
        (quote_plus("  kept  \n\n"), "  kept  \n\n"),
        (
            quote_plus("<script>alert('1')</script>&amp;\"{{7*7}}"),
            "<script>alert('1')</script>&amp;\"{{7*7}}",
        ),
    ],
)
async def test_words_are_kept_and_shown_as_they_were_said(
    visitor: Visitor, sent: str, kept: str
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")
    body = f"turn={quote_plus(page.turn)}&words={sent}".encode()

    shown = await visitor.post("/chat", body, headers=FORM)

    assert await _words(young, "home.change") == kept
    assert shown.said == [kept]
    again = await visitor.says(command="back")
    assert again.box == kept
    await young.says(Chosen(option="@check"))
    check = await visitor.get("/chat")
    assert "<script>alert" not in check.html


@pytest.mark.parametrize("sent", ["%00" * 10_001, "%ED%A0%80" * 10_001])
async def test_what_no_page_can_hold_is_shown_back_as_it_would_be_kept(
    visitor: Visitor, sent: str
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")

    shown = await visitor.post(
        "/chat", f"turn={quote_plus(page.turn)}&words={sent}".encode(), headers=FORM
    )

    assert shown.status == 422
    assert len(shown.box or "") == LONGEST + 1


@pytest.mark.parametrize("turn", ["", "x", "1", "-1:home.change", "9" * 40 + ":x", "²:home.change"])
async def test_without_a_turn_what_is_asked_is_answered_and_the_same_words_twice_count_twice(
    visitor: Visitor, turn: str
) -> None:
    young = await visitor.comes()
    await young.goes_to("family.more")

    for question in ("family.more", "family.less"):
        answer = await visitor.post("/chat", {"turn": turn, "words": "Ayo"}, follow=False)
        assert answer.status == 303
        assert await _words(young, question) == "Ayo"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&&===",
        b"turn=1%3Ahome.change",
        b"choice=%40topic:nowhere",
        b"choice=@change:start.ok",
        b"choice=@remove:hello",
        b"choice=" + b"x" * 500,
        b"command=fly",
        b"command=send",
        b"command=skip&command=help&choice=a&choice=b&words=c&words=d",
        b"ticked=1&choice=nothing&choice=@map",
        b"unknown=1&other[]=2",
        b"words=%",
        b"words=%zz%u1234",
        b"turn=0%3A%40sent&choice=%40drop",
    ],
)
async def test_no_form_leads_to_an_error_of_ours(visitor: Visitor, body: bytes) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")

    page = await visitor.post("/chat", body, headers=FORM)

    assert page.status in (200, 422)
    assert page.question


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{}", "application/json"),
        (b"x", "text/plain"),
        (b"--x\r\n\r\nhi\r\n--x--", "multipart/form-data; boundary=x"),
        (b"a=1", "nonsense"),
        (b"&".join(b"a=%d" % n for n in range(100)), FORM["Content-Type"]),
    ],
)
async def test_what_is_no_form_gets_a_kind_page(
    visitor: Visitor, body: bytes, media_type: str
) -> None:
    await visitor.comes()

    page = await visitor.post("/chat", body, headers={"Content-Type": media_type})

    assert page.status == 400
    assert "What you said before is not lost." in page.text
    _has_help_and_leave(page)


def _has_help_and_leave(page: Seen) -> None:
    assert "Leave quickly" in page.text
    assert "Help me now" in page.text
    assert "0800 1111" in page.text


async def test_too_much_at_once_gets_a_kind_page_with_413(visitor: Visitor) -> None:
    await visitor.comes()

    page = await visitor.post("/chat", b"words=" + b"a" * 262_144, headers=FORM)

    assert page.status == 413
    assert "too much at once" in page.text
    _has_help_and_leave(page)


async def test_a_form_that_comes_too_slowly_is_not_waited_for(
    sayso: Sayso, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_SECONDS", 0.2)
    young = await visitor.comes()
    reader, writer = await asyncio.open_connection("127.0.0.1", sayso.house.settings.port)
    writer.write(
        b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        + f"Cookie: sayso_chat={young.token}\r\n\r\nwords=a".encode()
    )

    head = await asyncio.wait_for(reader.readline(), 5)

    assert head.startswith(b"HTTP/1.1 400 ")
    writer.close()
    await writer.wait_closed()


async def test_skip_on_the_check_page_says_that_there_is_nothing_to_skip(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    await young.says(Chosen(option="@check"))

    for _time in range(2):
        page = await visitor.says(command="skip")
        assert (page.status, page.state) == (200, "check")
        assert "There is nothing to skip here." in page.text
    assert "There is nothing to skip here." not in (await visitor.get("/chat")).text


async def test_words_before_starting_are_kept_and_the_page_says_when_they_are_asked_about(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    page = await visitor.says(words="I want a dog")
    assert "I have kept that." in page.text
    assert await _offered(young) == ["I want a dog"]


async def test_with_the_database_away_nothing_is_lost_and_the_form_can_be_sent_again(
    sayso: Sayso, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")
    form = [("turn", page.turn), ("words", "A dog\r\n<b>"), ("command", "help")]

    async def away(_store: object, _use_case: object) -> None:
        raise StorageAway("gone")

    with monkeypatch.context() as gone:
        gone.setattr(type(sayso.store), "write", away)
        shown = await visitor.post("/chat", form)
    assert shown.status == 503
    assert shown.headers["Retry-After"]
    assert shown.box == "A dog\n<b>"
    assert shown.turn == page.turn
    assert "not lost" in shown.text
    assert 'name="command" value="help"' in shown.html
    assert 'href="#lines"' in shown.html  # help without leaving the words behind
    _has_help_and_leave(shown)

    await visitor.post("/chat", form)
    assert await _offered(young) == ["A dog\n<b>"]

    with monkeypatch.context() as gone:
        gone.setattr(type(sayso.store), "read", away)
        assert (await visitor.get("/chat")).status == 503


async def test_another_site_can_not_post(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")

    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://example.org"},
    ):
        answer = await visitor.post("/chat", {"turn": page.turn, "words": "x"}, headers=headers)
        assert answer.status == 403
    assert await _words(young, "home.change") is None


async def test_who_has_no_cookie_is_shown_their_words_and_what_to_do(visitor: Visitor) -> None:
    page = await visitor.post("/chat", {"turn": "3:home.change", "words": "mine <b>"})

    assert page.status == 403
    assert page.box == "mine <b>"
    assert "Open your link again, or type your code." in page.text
    assert (await visitor.get("/chat")).path == "/i/"


@pytest.mark.parametrize("value", ["", "x", "a" * 43, "\udcff" * 43, "é" * 43, "a b;c", "1_2_3_4"])
async def test_a_broken_cookie_is_no_error(sayso: Sayso, value: str) -> None:
    raw = b"sayso_chat=" + value.encode("utf-8", "surrogateescape")
    raw += b"; sayso_live=" + value.encode("utf-8", "surrogateescape")
    reader, writer = await asyncio.open_connection("127.0.0.1", sayso.house.settings.port)
    writer.write(
        b"GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: "
        + raw
        + b"\r\n\r\n"
    )

    head = await asyncio.wait_for(reader.readline(), 5)

    assert head.split()[1] in (b"303", b"400")
    writer.close()
    await writer.wait_closed()


async def test_a_broken_live_cookie_begins_a_new_session(visitor: Visitor) -> None:
    young = await visitor.comes()
    for value in ("", "_", "1_2_3", "x_y_z_mark", "9" * 400):
        visitor.has({"sayso_live": value})
        assert (await visitor.get("/chat")).status == 200
    assert await young.asked() == "hello"


async def test_after_the_invitation_has_ended_the_page_says_so_and_holds_the_words(
    sayso: Sayso, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    page = await visitor.get("/chat")
    visitor.has({"sayso_chat": "A" * 43})

    shown = await visitor.post("/chat", {"turn": page.turn, "words": "too late"})

    assert shown.status == 410
    assert shown.box == "too late"
    assert "These words are not kept. You can copy them." in shown.text


async def test_leaving_keeps_the_place_forgets_the_session_and_goes_elsewhere(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")

    answer = await visitor.post("/chat", {"command": "leave", "words": "mine"}, follow=False)

    assert answer.status == 303
    assert answer.headers["Location"] == str(sayso.house.council.leave_to)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert (await young.conversation()).pause == "stopped"
    page = await visitor.get("/chat")
    assert page.state == "stopped"
    assert await _words(young, "home.change") is None
    await young.says(Command(name=Name.BACK))
    await young.says(Chosen(option="@check"))
    assert "Not good" not in (await visitor.get("/chat")).text


async def test_a_script_that_has_left_already_is_sent_nowhere(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")

    answer = await visitor.post("/chat", {"command": "leave", "beacon": "1"}, follow=False)

    assert answer.status == 204
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "Location" not in answer.headers
    assert [c.value for name, c in answer.cookies.items() if name.endswith("live")] == [""]
    assert (await young.conversation()).pause == "stopped"


async def test_one_may_leave_at_any_time_even_without_storage_or_code(
    sayso: Sayso, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_store: object, _use_case: object) -> None:
        raise StorageAway("gone")

    for _who in range(2):
        with monkeypatch.context() as gone:
            gone.setattr(type(sayso.store), "write", away)
            answer = await visitor.post("/chat", {"command": "leave"}, follow=False)
        assert answer.status == 303
        await visitor.comes()
