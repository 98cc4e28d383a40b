"""One's own words once more, on a page, a paper and in a copy: with what was said aloud or shown,
and with who may hear each answer."""

import io
import json
import re

from pypdf import PdfReader

from bot.web.context import now
from conversations.hearing import Chosen, Command, Name, Text
from tests.channels.webchat.showing import QUESTION, attach, come, send, shown
from tests.channels.webchat.test_answers import PIN
from tests.channels.webchat.test_my_meeting import HERE as MY_MEETING
from tests.channels.webchat.test_my_meeting import sent
from tests.channels.webchat.test_own_words import HERE, VALID, _raw, _second_review
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import Young
from tests.media import files
from tests.sayso import Sayso

CHOSEN = {"act": "choose", "pin": PIN, "again": PIN}


async def test_what_was_said_aloud_before_an_earlier_review_is_heard_beside_its_words(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await come(visitor)
    await visitor.post(HERE, CHOSEN)
    await attach(visitor, {"voice": files.sound("webm", 1.0)})
    await send(young)
    let_in = await sayso.store.write(lambda db: _second_review(sayso, young, db))
    later = Young(sayso, young.invited, let_in.conversation_id, let_in.token, now())
    await later.goes_to("home.change")
    async with Visitor.at(sayso, later.cookies(live=False)) as other:
        (address,) = shown(await visitor.get(HERE))
        assert (await other.get(address)).status == 404  # the PIN comes first
        await other.post(HERE, {"act": "locked", "pin": PIN})
        for path in (HERE, f"{HERE}/years"):
            page = await other.get(path)
            assert shown(page) == [address], path
            assert f'<blockquote class="words" data-question="{QUESTION}"' not in page.html
        async with other.session.get(sayso.base + address) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/mpeg")

        await later.says(Chosen(option="@who"))
        await later.says(Chosen(option="carer"))
        assert (await other.get(address)).status == 404  # nor for who sits there now


async def test_somebody_elses_recording_opens_for_nobody_with_a_pin_of_their_own(
    sayso: Sayso, visitor: Visitor
) -> None:
    await come(visitor)
    await attach(visitor, {"voice": files.sound("webm", 1.0)})
    (address,) = shown(await visitor.get("/chat"))
    async with Visitor.at(sayso) as other:
        await come(other)
        await other.post(HERE, CHOSEN)
        assert (await other.get(address)).status == 404


async def test_a_copy_says_what_was_said_aloud_and_shown(visitor: Visitor) -> None:
    young = await come(visitor)
    await visitor.post(HERE, CHOSEN)
    await attach(visitor, {"voice": files.sound("webm", 1.0)})
    await attach(visitor, {"picture": files.photograph()})
    await attach(visitor, {"picture": files.drawing()}, words="My room")
    await send(young)

    _status, raw, _name = await _raw(visitor, f"{HERE}/copy.json")
    copy = json.loads(raw)
    VALID.validate(copy)
    (answer,) = [one for one in copy["times"][0]["answers"] if one["question_id"] == QUESTION]
    assert (answer["said"], answer["words"]) == ("My room", "My room")
    assert [one["medium"] for one in answer["shown"]] == ["voice", "picture", "picture"]
    assert answer["shown"][0]["seconds"] == 1
    _status, raw, _name = await _raw(visitor, f"{HERE}/copy.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    for said in ("My room", "Your recording", "Your picture 1", "Your picture 2"):
        assert said in text


async def test_what_is_not_to_be_read_out_is_on_the_page_to_bring_only_if_they_tick_it(
    visitor: Visitor,
) -> None:
    young = await sent(visitor)
    for option in ("@check", "@hears:meeting.first", "@aloud:no"):
        await young.says(Chosen(option=option))
    await visitor.post(HERE, CHOSEN)
    page = await visitor.get(MY_MEETING)

    ticked = re.findall(r'name="on" value="([^"]*)" checked', page.html)
    assert ticked == ["meeting.how", "meeting.chair"]
    assert 'value="meeting.first"' in page.html


async def test_one_answer_for_everyone_there_is_ticked_and_the_rest_of_its_topic_is_not(
    visitor: Visitor,
) -> None:
    young = await sent(visitor)
    await young.says(Chosen(option="@change:family.less"))
    await young.says(Text(words="Nobody"))
    for option in ("@check", "@pick:family.more"):
        await young.says(Chosen(option=option))
    await young.says(Chosen(option="meeting", to="@tells:family.more"))
    await young.says(Chosen(option="@check"))
    await young.says(Command(name=Name.SEND))
    await visitor.post(HERE, CHOSEN)
    page = await visitor.get(MY_MEETING)

    ticked = re.findall(r'name="on" value="([^"]*)" checked', page.html)
    assert "family.more" in ticked
    assert "family.less" not in ticked
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@just:family.more"))
    page = await visitor.get(MY_MEETING)
    assert "family.more" not in re.findall(r'name="on" value="([^"]*)" checked', page.html)
