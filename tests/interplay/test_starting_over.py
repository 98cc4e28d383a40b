"""*Start over* with what was shown, with choices for one answer, and by whoever has the phone."""

from dataclasses import replace

from bot.service import attaching
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Name, Text
from conversations.sharing import audience_of_answer, is_read_aloud
from storage import attachments, conversations
from tests.channels.webchat.showing import QUESTION, attach, come, shown
from tests.channels.webchat.test_showing import _count, _filed
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import Young, let_in
from tests.media import files
from tests.sayso import Sayso

FLOW = FLOWS["cioc_review"]


async def over(young: Young) -> None:
    for option in ("@map", "@start_over", "@over"):
        await young.says(Chosen(option=option))


async def hears(young: Young, question: str) -> tuple[str, ...]:
    return audience_of_answer(FLOW, await young.conversation(), question)


async def test_a_picture_that_was_put_away_comes_back_whole_and_is_filed(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    await attach(visitor, {"picture": files.photograph()})
    await over(young)
    assert await _count(sayso) == (1, 1)
    await young.says(Chosen(option="@check"))
    assert shown(await visitor.get("/chat")) == []  # put away, it is on no page

    await young.says(Chosen(option="@before"))
    (address,) = shown(await visitor.get("/chat"))
    async with visitor.session.get(sayso.base + address) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
    await young.says(Chosen(option="@check"))
    await young.says(Command(name=Name.SEND))

    document = await _filed(sayso, "restricted")
    (entry,) = document["answers"]
    assert (document["folder"] / entry["attachment"]["name"]).stat().st_size > 0


async def test_who_started_over_has_room_to_show_something_again(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    await attach(visitor, {"picture": files.photograph()})
    settings = sayso.house.settings.model_copy(update={"attachments": 1})
    house = replace(sayso.house, settings=settings)

    async def has_room() -> bool:
        kept = await sayso.store.read(
            lambda db: conversations.get(db, house.id, young.conversation_id)
        )
        return attaching.has_room(house, kept)

    assert not await has_room()
    await over(young)
    assert await has_room()


async def test_taking_everything_back_ends_what_was_put_away_too(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    await attach(visitor, {"picture": files.photograph()})
    await over(young)
    for option in ("@check", "@back", "@yes", "@check"):
        await young.says(Chosen(option=option))

    conversation = await young.conversation()
    assert (conversation.before, conversation.sharing_before) == ((), {})
    assert "@before" not in (await visitor.get("/chat")).buttons("choice")
    assert await _count(sayso) == (0, 0)


async def at_home(sayso: Sayso) -> Young:
    """Somebody whose topic is for their file, and one answer of it for their advocate alone."""
    young = await let_in(sayso)
    await young.goes_to("home.audience")
    await young.says(Chosen(option="file"))
    for option in ("@check", "@pick:home.change"):
        await young.says(Chosen(option=option))
    await young.says(Chosen(option="advocate", to="@tells:home.change"))
    for option in ("@hears:home.change", "@aloud:no"):
        await young.says(Chosen(option=option))
    return young


async def test_who_hears_one_answer_is_put_away_with_it_and_comes_back_with_it(
    sayso: Sayso,
) -> None:
    young = await at_home(sayso)
    assert await hears(young, "home.change") == ("iro", "advocate")
    assert await hears(young, "home.feeling") == ("iro", "social_worker")

    await over(young)
    await young.says(Chosen(option="@change:home.change"))
    await young.says(Text(words="Something else"))
    conversation = await young.conversation()
    assert await hears(young, "home.change") == ("iro",)  # nobody of whom they did not say so anew
    assert not is_read_aloud(conversation, "home.change")  # what lets fewer hear it holds on

    for option in ("@check", "@before"):
        await young.says(Chosen(option=option))
    assert await hears(young, "home.change") == ("iro", "advocate")
    assert not is_read_aloud(await young.conversation(), "home.change")
    for option in ("@check", "@before"):
        await young.says(Chosen(option=option))
    assert await hears(young, "home.change") == ("iro",)


async def test_who_has_the_phone_gets_no_words_to_others_by_starting_over_twice(
    sayso: Sayso,
) -> None:
    """Words that they can't read wait beside the answers then, and would be added to a topic whose
    readers were chosen for other words."""
    young = await let_in(sayso)
    await young.goes_to("home.audience")
    await young.says(Chosen(option="officer"))
    hers = (await young.conversation()).answers["home.change"]
    async with Visitor.at(sayso, young.cookies(live=False)) as thief:
        for _time in range(2):
            for option in ("@map", "@start_over", "@over", "@change:home.feeling", "good",
                           "@change:home.audience", "file"):  # fmt: skip
                await thief.says(choice=option)
        await thief.says(choice="@check")
        for _one in (await young.conversation()).aside:
            await thief.says(choice="@use")
            conversation = await young.conversation()
            refused = await thief.says(choice="@keep")
            if conversation.offered[0].question == hers.question:
                assert refused.status == 422
                await thief.says(choice="@drop")
            await thief.says(choice="@check")

    conversation = await young.conversation()
    assert "home.feeling" in conversation.answers
    assert hers.question not in conversation.answers


async def test_the_young_person_may_use_them_again_themselves(sayso: Sayso) -> None:
    young = await let_in(sayso)
    await young.goes_to("home.audience")
    await young.says(Chosen(option="file"))
    words = (await young.conversation()).answers["home.change"].words
    await over(young)
    await young.says(Chosen(option="@change:home.feeling"))
    await young.says(Chosen(option="good"))
    await over(young)
    while (await young.conversation()).aside:
        await young.says(Chosen(option="@use"))
        await young.says(Chosen(option="@keep"))
    assert (await young.conversation()).answers["home.change"].words == words
    assert await hears(young, "home.change") == ("iro",)  # who hears it is chosen anew


async def test_content_of_what_was_dropped_while_it_waited_is_gone(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    await attach(visitor, {"voice": files.sound("webm", 1.0)})
    await over(young)
    await young.says(Chosen(option=f"@change:{QUESTION}"))
    await young.says(Text(words="Another"))
    await over(young)
    talk = young.conversation_id
    kept = await sayso.store.read(lambda db: attachments.of_conversation(db, sayso.house.id, talk))
    assert len(kept) == 1
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@use"))
    await young.says(Chosen(option="@drop"))
    assert await _count(sayso) == (0, 0)
