"""The channel is write-mostly: a stolen code, cookie or phone yields generic questions only."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Connection

from bot.application import make_application
from conversations.hearing import Chosen, Command, Name, Text
from storage import people, reviews
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import WORDS, Young, let_in
from tests.sayso import Sayso
from tests.web.router import walk

ANYBODY = frozenset({"/", "/i", "/i/", "/help", "/accessibility", "/privacy", "/notme",
                     "/s/{token}"})  # fmt: skip
"""Routes of the chat that anybody opens: nothing of anybody is on them."""
COOKIE = frozenset({"/chat", "/chat/reminder.ics", "/chat/officer"})
"""That need a cookie which lets one write, and show words in the live session alone."""
PIN = frozenset({"/chat/answers", "/chat/answers/years", "/chat/answers/copy.pdf",
                 "/chat/answers/copy.json", "/chat/my-meeting", "/chat/asks"})  # fmt: skip
"""That show words, once the PIN was typed in this browser."""
LIVE = frozenset({"/chat/attachments/{attachment_id}"})
"""That show in the live session, or with the PIN, what was shown or said aloud
(`tests/channels/webchat/test_showing.py`)."""
OTHERS = ("/desk", "/static", "/telegram", "/healthz", "/readyz", "/metrics")
"""Not for young people."""
PATHS = (*sorted(ANYBODY | COOKIE | PIN), "/chat/answers?pin")


async def _personal(sayso: Sayso, young: Young) -> list[str]:
    """What no page may hold: who they are, and what they said."""

    def look(db: Connection) -> list[str]:
        house = sayso.house
        review = reviews.get(db, house.id, young.invited.review_id)
        person = people.young_person(db, house.id, review.person_id)
        everybody = people.all_staff(db, house.id)
        officer = people.staff_member(db, house.id, review.officer_id).name
        names = [one.name for one in everybody if one.name != officer]
        given = person.name.split()[0]
        return [
            person.name, person.case_id, person.person_id, person.birth_date.isoformat(),
            review.review_id, f">{given}", f"{given},", *names,
        ]  # fmt: skip

    conversation = await young.conversation()
    said = [one.words for one in conversation.answers.values() if one.words]
    assert WORDS in said
    return [*await sayso.store.read(look), *WORDS.split("\n"), "Not good</blockquote>"]


def _holds(pages: Iterable[Seen], personal: list[str]) -> list[str]:
    return [f"{page.path}: {one}" for page in pages for one in personal
            if one in page.html or one in page.text or one in str(page.headers)]  # fmt: skip


async def _every_page(thief: Visitor, young: Young) -> list[Seen]:
    """Every page that a cookie opens, in every state of the conversation, and every question."""
    pages = [await thief.get(path) for path in PATHS]
    for command in ("help", "back", "stop", "skip", "send"):
        pages.append(await thief.says(command=command))
    for choice in ("@go_on", "@map", "@check", "@use"):
        pages.append(await thief.says(choice=choice))
    for question in (await young.conversation()).answers:
        pages.append(await thief.says(choice=f"@change:{question}"))
    for option in ("@hears:home.change", "@back:home.change", "@hears:home.feeling"):
        pages.append(await thief.says(choice="@check"))
        pages.append(await thief.says(choice=option))
    for choice in ("@check", "@each", "@check", "@back", "@no", "@not_me", "@no"):
        pages.append(await thief.says(choice=choice))
    pages += [await thief.get(path) for path in PATHS]
    return pages


async def test_every_route_of_the_chat_stands_in_the_table_of_who_may_see_what(
    sayso: Sayso,
) -> None:
    """And without the PIN those that show words lead to where it is typed or chosen."""
    app = make_application(sayso.store, sayso.house)
    found = {path for method, path in walk(app) if method == "GET"}
    assert {one for one in found if not one.startswith(OTHERS)} == ANYBODY | COOKIE | LIVE | PIN
    young = await let_in(sayso)
    await young.goes_to("@sent")
    async with Visitor.at(sayso) as nobody:
        for path in sorted(PIN | {"/chat"}):
            assert (await nobody.get(path)).path == "/i/", path
    async with Visitor.at(sayso, young.cookies(live=False)) as thief:
        for path in sorted(PIN):
            assert (await thief.get(path)).state in ("pin-choose", "my-meeting"), path


async def test_a_stolen_cookie_shows_generic_questions_only(sayso: Sayso) -> None:
    young = await let_in(sayso)
    await young.goes_to("@sent")
    personal = await _personal(sayso, young)
    async with Visitor.at(sayso, young.cookies(live=False)) as thief:
        pages = await _every_page(thief, young)
    assert len(pages) > 25
    assert _holds(pages, personal) == []


async def test_a_stolen_come_back_code_shows_generic_questions_only(sayso: Sayso) -> None:
    young = await let_in(sayso)
    await young.goes_to("@check")
    personal = await _personal(sayso, young)
    await young.says(Command(name=Name.STOP))
    async with Visitor.at(sayso, young.cookies(live=False)) as own:
        page = await own.get("/chat")
        code = page.html.partition('class="comeback">')[2].partition("<")[0]
    async with Visitor.at(sayso) as thief:
        assert (await thief.post("/i/", {"code": code})).path == "/chat"
        assert _holds(await _every_page(thief, young), personal) == []


async def test_who_adds_words_to_what_was_said_does_not_read_what_they_were_added_to(
    sayso: Sayso,
) -> None:
    """Words that came where nothing asks are added to those that came so before; and the words
    beside a choice of who may hear stay when another is chosen."""
    young = await let_in(sayso)
    await young.goes_to("home.audience")
    await young.says(Text(words=WORDS))
    await young.goes_to("@check")
    await young.says(Text(words=WORDS))
    await young.says(Chosen(option="@keep"))
    personal = await _personal(sayso, young)
    async with Visitor.at(sayso, young.cookies(live=False)) as thief:
        await thief.says(words="and one thing more")
        await thief.says(choice="@keep")
        await thief.says(choice="@change:home.audience")
        await thief.says(choice="officer")
        pages = await _every_page(thief, young)
        page = await thief.post(
            "/chat/answers", {"act": "choose", "pin": "408263", "again": "408263"}
        )
        answers = (await young.conversation()).answers
        assert answers["anything.words"].words == f"{WORDS}\n\n{WORDS}\n\nand one thing more"
        assert answers["home.audience"].choices == ("officer",)
        assert _holds([*pages, page], personal) == []


async def test_who_chooses_a_pin_with_a_stolen_cookie_reads_their_own_words_only(
    sayso: Sayso,
) -> None:
    young = await let_in(sayso)
    await young.goes_to("@sent")
    personal = await _personal(sayso, young)
    async with Visitor.at(sayso, young.cookies(live=False)) as thief:
        page = await thief.post(
            "/chat/answers", {"act": "choose", "pin": "408263", "again": "408263"}
        )
        assert page.state == "answers"
        assert _holds([page, *await _every_page(thief, young)], personal) == []


async def test_the_same_search_finds_the_words_where_they_are_shown(sayso: Sayso) -> None:
    """The search can fail: in the live session the words are on the check page."""
    young = await let_in(sayso)
    await young.goes_to("@check")
    personal = await _personal(sayso, young)
    async with Visitor.at(sayso, young.cookies()) as own:
        assert _holds([await own.get("/chat")], personal) != []


@pytest.mark.parametrize("band", ["8-11", "16+", "care leaver"])
async def test_of_the_officer_the_invitation_names_nobody_before_the_code_is_accepted(
    sayso: Sayso, band: str
) -> None:
    young = await let_in(sayso, band)

    def officer(db: Connection) -> str:
        review = reviews.get(db, sayso.house.id, young.invited.review_id)
        return people.staff_member(db, sayso.house.id, review.officer_id).name

    name = await sayso.store.read(officer)
    async with Visitor.at(sayso) as stranger:
        pages = [await stranger.get(path) for path in (*PATHS, "/notme", "/")]
    assert _holds(pages, [name]) == []
