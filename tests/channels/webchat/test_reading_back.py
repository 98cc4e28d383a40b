"""The web chat is write-mostly: what was said shows in the live session, and then no more."""

from datetime import datetime, timedelta

import pytest

from bot.channels.webchat import live as sessions
from bot.channels.webchat.live import Live, begin, live, to_cookie
from bot.service import invitations
from bot.web.context import now
from conversations.conversation import Channel
from conversations.hearing import Chosen, Command, Draft, Name
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import WORDS
from tests.sayso import Sayso

HIDDEN = "You said this before. It is kept. It is not shown here."
FIRST = WORDS.partition("\n")[0]


async def test_in_the_live_session_the_check_page_shows_the_words(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.audience")
    await young.says(Chosen(option="@check"))

    page = await visitor.get("/chat")

    assert f'data-question="home.change" dir="auto">{FIRST}' in page.html
    assert HIDDEN not in page.text


async def test_tomorrow_it_shows_topics_and_who_hears_but_no_words(visitor: Visitor) -> None:
    young = await visitor.comes(live=False)
    await young.goes_to("home.audience")
    await young.says(Chosen(option="@check"))

    page = await visitor.get("/chat")

    assert page.state == "check"
    assert FIRST not in page.text
    assert "Not good" not in page.text
    assert HIDDEN in page.text
    assert "How is it where you live?" in page.text
    assert "Just your IRO" in page.text


async def test_no_page_shows_what_was_said_before_the_session(visitor: Visitor) -> None:
    """Each place that could: the box, the chosen face, the ticks, the day, the log, a draft."""
    young = await visitor.comes(live=False)
    await young.goes_to("@check")
    await young.says(Draft(words="a secret draft", to="home.change"))
    page = await visitor.get("/chat")
    assert page.question == "offer"
    assert page.said == []  # the strip is for their own words alone
    assert HIDDEN in page.text
    await young.says(Chosen(option="@aside"))

    for question in (
        "home.feeling",
        "home.change",
        "meeting.how",
        "meeting.why_not",
        "meeting.day",
    ):
        await young.says(Chosen(option=f"@change:{question}"))
        page = await visitor.get("/chat")
        assert page.question == question
        assert HIDDEN in page.text
        assert "pick--kept" not in page.html
        assert page.ticked() == []
        assert page.box in ("", None)
        assert "2026-12-01" not in page.html
        assert page.said == []
    await young.says(Chosen(option="@check"))
    assert "a secret draft" not in (await visitor.get("/chat")).html


async def test_what_is_said_from_now_on_shows(visitor: Visitor) -> None:
    young = await visitor.comes(live=False)
    await young.goes_to("home.change")
    page = await visitor.says(words="new")
    assert page.said == ["new"]
    await young.says(Chosen(option="@check"))
    page = await visitor.get("/chat")
    assert ">new</blockquote>" in page.html
    assert HIDDEN in page.text  # the face from before


async def test_words_from_the_doorbell_show_to_who_comes_by_the_link_and_not_after_leaving(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes(live=False)
    await young.goes_to("home.change")
    await young.says(
        Draft(words="I want a dog", channel=Channel.TELEGRAM), now() - timedelta(minutes=5)
    )

    link = await sayso.store.write(
        lambda db: invitations.link_for(db, sayso.house, young.conversation_id, now())
    )
    async with Visitor.at(sayso) as by_link:
        await by_link.post("/i/", {"secret": link.partition("#")[2]})
        page = await by_link.says(choice="@go_on")
        assert (page.question, page.said) == ("offer", ["I want a dog"])

        await by_link.post("/chat", {"command": "leave"}, follow=False)
        page = await by_link.says(choice="@go_on")
        assert (page.question, page.said) == ("offer", [])
        assert HIDDEN in page.text
    await young.says(Command(name=Name.STOP))
    code = await _code(visitor)
    async with Visitor.at(sayso) as by_code:  # which may be somebody else
        await by_code.post("/i/", {"code": code})
        page = await by_code.says(choice="@go_on")
        assert (page.question, page.said) == ("offer", [])


async def _code(visitor: Visitor) -> str:
    page = await visitor.get("/chat")
    return page.html.partition('class="comeback">')[2].partition("<")[0]


NOON = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


@pytest.mark.parametrize(
    ("idle", "age", "goes_on"),
    [
        (timedelta(minutes=15), timedelta(hours=1), True),
        (timedelta(minutes=15, seconds=1), timedelta(hours=1), False),
        (timedelta(minutes=1), timedelta(hours=24), True),
        (timedelta(minutes=1), timedelta(hours=24, seconds=1), False),
    ],
)
async def test_a_session_ends_after_15_minutes_untouched_or_24_hours(
    sayso: Sayso, idle: timedelta, age: timedelta, goes_on: bool
) -> None:
    house = sayso.house
    session = Live(NOON - age, NOON - idle, NOON - age)

    found = live(house, "c", to_cookie(house, "c", session), NOON)

    assert found.since == (NOON - age if goes_on else NOON)
    assert found.seen == NOON


async def test_a_session_belongs_to_one_conversation_and_can_not_be_made_up(sayso: Sayso) -> None:
    house = sayso.house
    mine = to_cookie(house, "c", Live(NOON - timedelta(minutes=9), NOON, NOON))
    times, _, mark = mine.rpartition("_")
    forged = f"1.000000{times[times.index('_') :]}_{mark}"

    for cookie in (forged, mine.upper(), times, "", "_" + mark, "é"):
        assert live(house, "c", cookie, NOON) == begin(NOON)
    assert live(house, "d", mine, NOON) == begin(NOON)
    assert sessions.live(house, "c", mine, NOON).since < NOON


async def test_a_post_touches_the_session(visitor: Visitor) -> None:
    young = await visitor.comes(live=False)
    await young.goes_to("home.change")
    page = await visitor.get("/chat")

    answer = await visitor.post("/chat", {"turn": page.turn, "words": "x"}, follow=False)

    assert "sayso_live" in answer.cookies
