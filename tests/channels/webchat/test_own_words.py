"""One's own words: a copy to keep, and those of every year side by side, after the PIN alone."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pypdf import PdfReader
from referencing import Registry, Resource
from sqlalchemy import Connection, select

from bot.service import invitations
from bot.service.invitations import LetIn
from bot.web.context import now
from conversations.hearing import Chosen, Command, Name, Text
from storage import reviews
from storage.tables import alerts, audit
from tests.channels.webchat.test_answers import PIN
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import WORDS, Young
from tests.sayso import Sayso

HERE = "/chat/answers"
FIRST = WORDS.partition("\n")[0]
PAGES = (f"{HERE}/years", f"{HERE}/copy.pdf", f"{HERE}/copy.json")
_SCHEMAS = [json.loads(Path(f"docs/schemas/{name}.schema.json").read_text())
            for name in ("own-copy", "agreement")]  # fmt: skip
REGISTRY = Registry().with_resources(
    [(one["$id"], Resource.from_contents(one)) for one in _SCHEMAS]
)
VALID = jsonschema.Draft202012Validator(
    _SCHEMAS[0], registry=REGISTRY, format_checker=jsonschema.FormatChecker()
)


async def _sent_with_a_pin(visitor: Visitor) -> Young:
    young = await visitor.comes()
    await young.goes_to("@check")
    await visitor.get("/chat")
    await young.says(Command(name=Name.SEND))
    page = await visitor.post(HERE, {"act": "choose", "pin": PIN, "again": PIN})
    assert page.state == "answers", page.text
    return young


async def _raw(visitor: Visitor, path: str) -> tuple[int, bytes, str]:
    async with visitor.session.get(visitor.sayso.base + path, allow_redirects=False) as answer:
        return answer.status, await answer.read(), answer.headers.get("Content-Disposition", "")


async def test_nothing_is_handed_out_before_the_pin_and_nobody_is_told_that_there_is_any(
    visitor: Visitor,
) -> None:
    for path in PAGES:
        status, body, _name = await _raw(visitor, path)
        assert (status, body) == (303, b"303: See Other")  # a browser that nobody let in
    young = await visitor.comes()
    await young.goes_to("@check")
    for path in PAGES:
        status, body, _name = await _raw(visitor, path)
        assert (status, body) == (303, b"")


async def test_the_copy_for_a_computer_is_valid_and_has_every_word_and_the_agreement(
    visitor: Visitor,
) -> None:
    young = await _sent_with_a_pin(visitor)
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@file:home.change"))
    await young.says(Command(name=Name.SEND))
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@just:home.change"))
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@back:home.feeling"))
    await young.says(Chosen(option="@yes"))

    status, body, name = await _raw(visitor, f"{HERE}/copy.json")

    assert (status, name) == (200, 'attachment; filename="copy.json"')
    copy = json.loads(body)
    VALID.validate(copy)
    (once,) = copy["times"]
    words = {one["question_id"]: one for one in once["answers"]}
    assert words["home.change"]["words"] == WORDS
    assert words["home.change"]["who_may_hear"] == ["iro"]
    assert "home.feeling" not in words
    assert [one["question"] for one in once["taken_back"]] == ["How is it where you live?"]
    agreement = once["agreement"]
    assert agreement["lawful_basis"] == {"basis": "public_task", "consent": False}
    assert agreement["agreed_to_start_at"]
    assert agreement["withdrawal_state"] == "some"
    choices = {one["question_id"]: one for one in agreement["choices"]}
    assert choices["home.change"]["recipients"] == ["iro"]
    assert choices["home.change"]["sent_in_version"] == 4
    assert choices["home.feeling"]["state"] == "taken_back"
    kinds = [one["event_type"] for one in agreement["events"] if "version" in one]
    assert kinds == ["sent", "sent", "fewer_people", "taken_back"]
    assert FIRST not in json.dumps(agreement, ensure_ascii=False)


async def test_the_copy_to_read_has_their_words_and_is_noted(
    sayso: Sayso, visitor: Visitor
) -> None:
    await _sent_with_a_pin(visitor)

    status, body, name = await _raw(visitor, f"{HERE}/copy.pdf")

    assert (status, name) == (200, 'attachment; filename="copy.pdf"')
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    assert "I want to see Ayo more" in text
    assert "Who may hear it: Your IRO · People who can open your file." in " ".join(text.split())
    notes = await sayso.store.read(
        lambda db: db.execute(
            select(audit.c.detail).where(audit.c.act == "own_copy_taken")
        ).scalars().all()
    )  # fmt: skip
    assert notes == ["pdf"]


async def test_no_copy_and_no_page_of_theirs_holds_anything_of_an_alert(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    await young.says(Text(words="my step dad hits me"))
    await young.says(Chosen(option="@go_on"))
    await young.goes_to("@check")
    await visitor.get("/chat")
    await young.says(Command(name=Name.SEND))
    await visitor.post(HERE, {"act": "choose", "pin": PIN, "again": PIN})
    ids = await sayso.store.read(lambda db: db.execute(select(alerts.c.alert_id)).scalars().all())
    assert ids, "There is no alert to be kept out."

    for path in (*PAGES, HERE):
        _status, body, _name = await _raw(visitor, path)
        page = body.decode("utf-8", "replace")
        assert not any(one in page for one in ids), path
        assert "alert" not in page.casefold().replace("role=alert", ""), path


def _second_review(sayso: Sayso, young: Young, db: Connection) -> LetIn:
    """The next review of the same young person, half a year on."""
    first = reviews.get(db, sayso.house.id, young.invited.review_id)
    day = (first.meeting_on or now().date()) + timedelta(days=182)
    reviews.add(
        db, replace(first, review_id=f"{first.review_id}-next", meeting_on=day, due_on=day), now()
    )
    invited = invitations.invite(db, sayso.house, f"{first.review_id}-next", now())
    let_in = invitations.let_in_by_code(db, sayso.house, invited.code, "", now())
    assert isinstance(let_in, LetIn)
    return let_in


async def test_the_words_of_two_reviews_stand_side_by_side_without_what_was_taken_back(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await _sent_with_a_pin(visitor)
    let_in = await sayso.store.write(lambda db: _second_review(sayso, young, db))
    later = Young(sayso, young.invited, let_in.conversation_id, let_in.token, now())
    await later.goes_to("home.change")
    await later.says(Text(words="My own room, please"))
    await later.says(Chosen(option="@check"))
    await later.says(Command(name=Name.SEND))
    await later.says(Chosen(option="@check"))
    await later.says(Chosen(option="@back:home.feeling"))
    await later.says(Chosen(option="@yes"))
    async with Visitor.at(sayso, later.cookies(live=False)) as other:
        assert (await other.get(f"{HERE}/years")).state == "pin-locked"
        await other.post(HERE, {"act": "locked", "pin": PIN})
        page = await other.get(f"{HERE}/years")

        assert page.state == "years"
        home = page.html.partition("Where I live</h2>")[2].partition("</section>")[0]
        assert home.count("Before my review, ") == 2
        assert home.index(FIRST) < home.index("My own room, please")  # the oldest first
        assert "You took this back on " in home
        assert home.count('data-question="home.feeling"') == 1
        assert "Nothing said" in page.text
        copy: dict[str, Any] = json.loads((await _raw(other, f"{HERE}/copy.json"))[1])
        VALID.validate(copy)
        assert [len(one["taken_back"]) for one in copy["times"]] == [1, 0]


@pytest.mark.parametrize("path", PAGES)
async def test_what_was_said_before_the_pin_is_in_no_copy(visitor: Visitor, path: str) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    await young.says(Text(words="said yesterday"), now() - timedelta(days=1))
    visitor.has(young.cookies(live=False))
    visitor.session.cookie_jar.clear(lambda one: one.key == "sayso_live")
    await visitor.post(HERE, {"act": "choose", "pin": PIN, "again": PIN})

    status, body, _name = await _raw(visitor, path)

    assert status == 200
    shown = body.decode("utf-8", "replace")
    if path.endswith("pdf"):
        shown = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    assert "said yesterday" not in shown
    if path.endswith("json"):
        assert json.loads(body)["not_shown"] is True
