"""Whoever can't read what was said may let fewer people hear it, and nobody more."""

from datetime import timedelta

import pytest

from bot.web.context import now
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Name, Text
from conversations.sharing import audience_of
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import Young, let_in
from tests.sayso import Sayso

PIN = "408263"
FEWER = "From here you can let fewer people hear it, not more."
YESTERDAY = timedelta(days=1)


async def _audience(young: Young) -> tuple[str, ...]:
    return audience_of(FLOWS["cioc_review"], await young.conversation(), "home")


async def _said(sayso: Sayso, choice: str = "officer") -> Young:
    """Somebody who said something about where they live, and who may hear it."""
    young = await let_in(sayso)
    await young.goes_to("home.audience")
    await young.says(Chosen(option=choice))
    await young.says(Chosen(option="@check"))
    return young


async def _chooses(visitor: Visitor, choice: str) -> Seen:
    page = await visitor.says(choice="@change:home.audience")
    assert page.question == "home.audience"
    return await visitor.says(choice=choice)


async def test_who_has_only_the_come_back_code_lets_nobody_more_hear_it(sayso: Sayso) -> None:
    young = await _said(sayso)
    await young.says(Command(name=Name.STOP))
    async with Visitor.at(sayso, young.cookies(live=False)) as own:
        page = await own.get("/chat")
    code = page.html.partition('class="comeback">')[2].partition("<")[0]

    async with Visitor.at(sayso) as thief:
        await thief.post("/i/", {"code": code})
        await thief.says(choice="@go_on")
        page = await thief.says(choice="@change:home.audience")
        assert FEWER in page.text
        refused = await thief.says(choice="file")
        assert (refused.status, refused.question) == (422, "home.audience")
        assert refused.text.count(FEWER) == 1
        assert await _audience(young) == ("iro",)

        assert (await thief.says(choice="pick")).question == "home.tell"
        refused = await thief.says(("choice", "meeting"), ("choice", "file"), ("ticked", "2"))
        assert refused.status == 422
        assert await _audience(young) == ("iro",)
        await thief.says(("choice", "nobody"), ("ticked", "1"))
        await thief.says(command="send")
        assert await _audience(young) == ("iro",)


async def test_a_choice_kept_from_an_old_page_lets_nobody_more_hear_it_either(
    sayso: Sayso,
) -> None:
    young = await _said(sayso)
    await young.says(Chosen(option="file", to="home.audience", turn=1))
    async with Visitor.at(sayso, young.cookies(live=False)) as thief:
        page = await thief.says(choice="@keep")
        assert FEWER in page.text
    assert await _audience(young) == ("iro",)


async def test_fewer_may_hear_it_at_any_time(sayso: Sayso) -> None:
    young = await _said(sayso, "file")
    async with Visitor.at(sayso, young.cookies(live=False)) as later:
        page = await _chooses(later, "officer")
        assert page.state == "check"
    assert await _audience(young) == ("iro",)


async def test_in_the_session_in_which_it_was_said_more_may_hear_it(sayso: Sayso) -> None:
    young = await _said(sayso)
    async with Visitor.at(sayso, young.cookies()) as own:
        assert FEWER not in (await own.says(choice="@change:home.audience")).text
        assert (await own.says(choice="file")).state == "check"
    assert await _audience(young) == ("iro", "social_worker")


@pytest.mark.parametrize("with_pin", [True, False])
async def test_tomorrow_more_may_hear_it_with_the_pin_or_what_is_said_again(
    sayso: Sayso, with_pin: bool
) -> None:
    young = await _said(sayso)
    async with Visitor.at(sayso, young.cookies()) as own:
        await own.post("/chat/answers", {"act": "choose", "pin": PIN, "again": PIN})
    async with Visitor.at(sayso, young.cookies(live=False)) as later:
        assert (await _chooses(later, "file")).status == 422
        if with_pin:
            await later.post("/chat/answers", {"act": "locked", "pin": PIN})
        else:
            for question in ("home.feeling", "home.good", "home.change"):
                if question in (await young.conversation()).answers:
                    await later.says(choice=f"@change:{question}")
                    field = "choice" if question == "home.feeling" else "words"
                    await later.says((field, "good"))
        assert (await _chooses(later, "file")).state == "check"
    assert await _audience(young) == ("iro", "social_worker")


async def test_words_added_to_hidden_ones_open_them_to_nobody(sayso: Sayso) -> None:
    young = await let_in(sayso)
    await young.goes_to("@check")
    await young.says(Text(words="mine"), now() - YESTERDAY)
    await young.says(Chosen(option="@keep"), now() - YESTERDAY)
    before = audience_of(FLOWS["cioc_review"], await young.conversation(), "anything")
    async with Visitor.at(sayso, young.cookies(live=False)) as thief:
        await thief.says(words="and more")
        await thief.says(choice="@keep")
        await thief.says(choice="@change:anything.audience")
        await thief.says(choice="file")
    assert audience_of(FLOWS["cioc_review"], await young.conversation(), "anything") == before
