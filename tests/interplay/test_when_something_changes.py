"""The review is moved, off or somebody else's, they have a birthday or choose other words: while a
helper types, after sending, with a voice note that waits, with a reminder set. And what is asked
after the review, once what was said before it was taken back."""

import uuid
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.service import afterwards, invitations, own_words, rearranging, reminders
from bot.service.admission import Admitted
from bot.service.alerts import please_read
from bot.service.hear import Incoming, hear, show
from bot.service.pins import Reading
from bot.service.sending import contribution_id
from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.growing import grown
from conversations.hearing import Chosen, Command, Heard, Name, Text
from conversations.places import NEWS, asked
from conversations.sharing import audience_of_answer
from conversations.typists import helper_of, typed_by
from conversations.wording import Band
from storage import contributions, conversations, reviews
from storage.errors import Unknown
from tests.desk import northborough
from tests.desk.northborough import AMINA, LENA, MAYA, TOM
from tests.interplay.test_versions_of_what_was_shown import QUESTION, SOUND, chooses, sends, shows
from tests.service.test_taking_back import KAIS_OFFICER, NOW, OFFICER, World, world

__all__ = ["world"]

ON = northborough.today() + timedelta(days=12)


async def conversation_of(world: World) -> Conversation:
    kept = await world.store.read(lambda db: conversations.get(db, world.house.id, world.talk))
    return kept.conversation


async def waits_for(world: World, staff: Admitted) -> int:
    found = await world.store.read(lambda db: please_read(db, world.house, staff, NOW))
    return len([row for row in found if row.alert.conversation_id == world.talk])


async def handed_to_amina(world: World) -> None:
    await world.store.write(
        lambda db: rearranging.hand_over(db, world.house, MAYA, AMINA, "sayso", NOW)
    )


async def test_while_a_helper_types_news_comes_between_and_the_helper_stays_who_types(
    world: World,
) -> None:
    world.review = LENA
    await world.store.write(
        lambda db: northborough.begin(db, world.house, LENA, "The heating is broken")
    )
    await world.says(Chosen(option="@who"), Chosen(option="carer"), Chosen(option="they_type"))
    await world.says(Text(words="Sam"), Chosen(option="on"))
    before = await conversation_of(world)
    for change in (
        partial(rearranging.stand_down, house=world.house, review_id=LENA, by="sayso", now=NOW),
        partial(rearranging.move, house=world.house, review_id=LENA, meeting_on=ON, by="sayso",
                now=NOW),
    ):  # fmt: skip
        await world.store.write(change)

    assert await world.asked() == NEWS
    assert (await conversation_of(world)).news == ("moved",)  # of the two only the last is said
    await world.says(Text(words="my dad hits me with a belt"))
    assert await world.asked() == NEWS or "not safe" not in await world.text()
    await world.says(Chosen(option="@seen"))
    after = await conversation_of(world)
    assert helper_of(after) == helper_of(before)
    assert typed_by(after) == "helper"
    kept = [*after.answers.values(), *after.offered, *after.aside]
    (said,) = [one for one in kept if one.words and "belt" in one.words]
    assert said.helper == helper_of(before)


async def test_a_new_officer_gets_what_waits_to_be_heard_and_not_what_is_taken_back(
    world: World,
) -> None:
    await shows(world, QUESTION, SOUND)
    await sends(world)
    await world.says(Chosen(option="@change:home.change"), Text(words="Not sent", to="home.change"))
    assert (await waits_for(world, OFFICER), await waits_for(world, KAIS_OFFICER)) == (1, 0)
    await handed_to_amina(world)

    assert (await waits_for(world, OFFICER), await waits_for(world, KAIS_OFFICER)) == (0, 1)
    assert "You can take it back" in await world.text()
    await world.says(Chosen(option="@seen"))
    await world.takes_back(QUESTION)
    assert await waits_for(world, KAIS_OFFICER) == 1  # whoever holds the role listens, once
    opened = await world.reads(KAIS_OFFICER)
    assert opened.shown is not None
    assert QUESTION not in {one.question_id for one in opened.shown.said}
    assert "Not sent" not in str(opened.shown)
    try:
        await world.reads(OFFICER)
    except Unknown:
        pass
    else:
        raise AssertionError("It is not theirs any more.")
    assert (await conversation_of(world)).unsent


async def test_moved_after_sending_the_next_version_says_the_new_day_and_keeps_the_sound(
    world: World,
) -> None:
    await shows(world, QUESTION, SOUND)
    await sends(world)
    await world.store.write(lambda db: rearranging.move(db, world.house, MAYA, ON, "sayso", NOW))
    await world.says(Chosen(option="@seen"))
    await world.says(Chosen(option="@change:home.change"), Text(words="Anew", to="home.change"))
    await sends(world)
    newest = world.there("restricted")
    document = newest[max(newest, key=lambda name: int(name[1:]))]
    assert document["review"]["date"] == ON.isoformat()
    assert [one["kind"] for one in document["answers"] if one["question_id"] == QUESTION] == [
        "voice"
    ]


async def test_shorter_words_in_the_middle_of_a_correction_lose_nothing_and_widen_nothing(
    world: World,
) -> None:
    await shows(world, QUESTION, SOUND)
    await chooses(world, "well", "pick", "advocate")
    await sends(world)
    before = await conversation_of(world)
    await world.says(Chosen(option="@change:home.change"), Text(words="Anew", to="home.change"))
    await world.says(Chosen(option="@shorter"), Chosen(option="@shorter"))
    after = await conversation_of(world)
    assert (after.band, after.own, after.helped) == (Band.FOUR, Band.TWELVE, False)
    await world.says(Command(name=Name.SKIP))
    await sends(world)
    flow = FLOWS["cioc_review"]
    for question in before.answers.keys() - {"helper.who"}:
        if question in flow.by_id and not flow.by_id[question][0].explains:
            now_hears = audience_of_answer(flow, await conversation_of(world), question)
            assert set(now_hears) <= set(audience_of_answer(flow, before, question))

    def newest(db: Connection) -> set[str]:
        found = contributions.of_review(db, world.house.id, MAYA)[-1]
        return {one["question_id"] for document in found.content.values() if document
                for one in document["answers"]}  # fmt: skip

    assert {QUESTION, "home.change"} <= await world.store.read(newest)
    await world.takes_back(QUESTION)  # the words of another age have that way, too
    assert QUESTION not in await world.store.read(newest)


def test_a_birthday_changes_the_words_and_not_that_somebody_sits_there() -> None:
    helped = Conversation("cioc_review", 5, Band.EIGHT, joined=True)
    older = grown(helped, Band.TWELVE)
    assert (older.band, older.helped) == (Band.TWELVE, True)
    young = Conversation("cioc_review", 5, Band.EIGHT, own=Band.FOUR)
    assert grown(young, Band.EIGHT).helped


async def test_a_reminder_ends_when_they_go_on_on_another_device_to_start_over(
    world: World,
) -> None:
    world.review = LENA

    def stops(db: Connection) -> None:
        northborough.begin(db, world.house, LENA, "The heating is broken")

    await world.store.write(stops)
    await world.says(Command(name=Name.STOP))

    def sets(db: Connection) -> None:
        kept = conversations.lock(db, world.house.id, world.talk)
        reminders._put(db, world.house, kept, NOW + timedelta(days=1), NOW)

    await world.store.write(sets)

    def set_at(db: Connection) -> object:
        return reminders.set_at(
            db, world.house, conversations.get(db, world.house.id, world.talk), NOW
        )

    assert await world.store.read(set_at) is not None
    await world.says(Chosen(option="@start_over"))
    await world.says(Chosen(option="@over"))
    assert await world.store.read(set_at) is None
    assert (await conversation_of(world)).before


async def test_after_the_review_nothing_that_was_taken_back_is_asked_or_copied(
    world: World,
) -> None:
    secret = "Maya's own words"
    await world.takes_back("")
    await world.says(Chosen(option="@stop"))

    def held(db: Connection) -> str:
        reviews.hold(db, world.house.id, MAYA, northborough.today())
        return afterwards.ask(db, world.house, MAYA, "sayso", NOW)

    after_id = await world.store.write(held)

    def come(db: Connection) -> str:
        invited = invitations.invite(db, world.house, after_id, NOW)
        let_in = invitations.let_in_by_code(db, world.house, invited.code, "", NOW)
        return let_in.conversation_id  # type: ignore[union-attr]

    talk = await world.store.write(come)
    for _step in range(60):
        shown = await world.store.read(lambda db: show(db, world.house, talk, NOW))
        screen = shown.screen
        said = "\n".join(
            shown.reader.read(say)
            for say in (screen.ask, *screen.says, *screen.after, *(p.label for p in screen.picks))
        )
        assert secret not in said
        if asked(shown.kept.conversation) == "@sent":
            break
        heard = _onward(shown.kept.conversation)
        message = Incoming(talk, "web:after", uuid.uuid4().hex, "", heard, reads=lambda _: True)
        await world.store.write(
            lambda db, message=message: hear(db, world.house, message, NOW)  # type: ignore[misc]
        )
    assert asked((await world.store.read(lambda db: conversations.get(db, world.house.id, talk)))
                 .conversation) == "@sent"  # fmt: skip

    def copy(db: Connection) -> dict[str, object]:
        mine = own_words.gather(
            db, world.house, Reading(f"person-{MAYA}", NOW - timedelta(1), False)
        )
        return own_words.as_json(world.house, mine, NOW)

    whole = await world.store.read(copy)
    assert secret not in str(whole)
    assert len(whole["times"]) == 2  # type: ignore[arg-type]
    both = {contribution_id(world.house, talk), world.contribution}
    filed = await world.store.read(
        lambda db: contributions.newest_of_person(db, world.house.id, f"person-{MAYA}")
    )
    assert {one.contribution_id for one in filed} == both
    assert (
        await world.store.read(lambda db: reviews.get(db, world.house.id, after_id))
    ).officer_id == TOM


def _onward(conversation: Conversation) -> Heard:
    at = asked(conversation)
    found = FLOWS[conversation.flow_id].by_id.get(at)
    if found is None:
        return Command(name=Name.SEND) if at == "@check" else Chosen(option="@go_on")
    if at == "start.ok":
        return Chosen(option="yes")
    options = found[1].options
    return Chosen(option=options[0].id) if options else Text(words="It was fine")
