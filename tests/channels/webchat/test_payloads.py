"""300 payloads through every input of the web chat to every view of it: none runs (P16)."""

from urllib.parse import quote

from playwright.async_api import Browser

from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.hearing import LONGEST, Command, Heard, Name, Text
from conversations.places import CHECK, asked
from conversations.questions import Kind
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import Young, let_in, something
from tests.payloads import PAYLOADS
from tests.promises import Promise
from tests.running_scripts import has_run, without_policy, would_run
from tests.sayso import Sayso

_TOGETHER = 25  # payloads in one answer


async def test_a_code_that_is_none_comes_back_as_text(visitor: Visitor) -> None:
    for one in PAYLOADS:
        page = await visitor.post("/i/", {"code": one, "secret": "", "once": one})
        assert page.status in (422, 429)  # past ten it has to wait
        assert would_run(page.html) == []
        assert one[:40] in page.html or one[:20] not in page.html


async def test_words_that_are_too_long_come_back_as_text(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.change")
    for start in range(0, len(PAYLOADS), _TOGETHER):
        block = "\n".join(PAYLOADS[start : start + _TOGETHER])
        page = await visitor.says(words=block + "x" * LONGEST)
        assert page.status == 422
        assert page.box is not None
        assert page.box.startswith(block)
        assert would_run(page.html) == []


async def test_what_is_sent_to_the_other_pages_comes_back_as_text(visitor: Visitor) -> None:
    """PINs, codes that undo, addresses, headers and cookies, each payload in each."""
    await visitor.comes()
    addresses = ("/i/", "/chat", "/chat/answers", "/notme", "/help", "/privacy", "/accessibility")
    for number, one in enumerate(PAYLOADS):
        plain = one.encode("ascii", "replace").decode().replace("\n", " ")
        headers = {"Accept-Language": plain, "User-Agent": plain, "Referer": plain}
        pages = [
            await visitor.post("/notme", {"code": one, "secret": one}, headers=headers),
            await visitor.post("/chat/answers", {"act": one, "pin": one, "again": one}),
            await visitor.post("/chat/answers", {"act": "choose", "pin": one, "again": one}),
            await visitor.post("/chat", {"turn": one, "choice": one, "command": one, "words": ""}),
            await visitor.get(f"{addresses[number % len(addresses)]}?x={quote(one)}"),
            await visitor.get(f"/{quote(one)}"),
        ]
        for page in pages:
            assert would_run(page.html) == [], (page.path, one)
            assert page.status < 500, (page.path, one)


def _say(blocks: list[str], conversation: Conversation) -> Heard:
    """A block wherever words are asked for, whatever else there is."""
    place = asked(conversation)
    if place != CHECK:
        topic, question = FLOWS[conversation.flow_id].by_id[place]
        if question.kind is Kind.WORDS and not topic.explains and blocks:
            return Text(words=blocks.pop())
    return something(conversation)


async def test_what_is_said_runs_in_no_view_of_the_chat(
    served: Sayso, browser: Browser, promise: Promise
) -> None:
    blocks = ["\n".join(PAYLOADS[at : at + _TOGETHER]) for at in range(0, len(PAYLOADS), _TOGETHER)]
    left = list(blocks)
    young: Young = await let_in(served)
    ran = views = 0
    async with without_policy(browser) as page:
        cookies = [
            {"name": name, "value": value, "url": served.base}
            for name, value in young.cookies().items()
        ]
        await page.context.add_cookies(cookies)  # type: ignore[arg-type]
        seen = ""
        for _ in range(90):
            await page.goto(f"{served.base}/chat", wait_until="load")
            ran += await has_run(page)
            views += 1
            html = await page.content()
            assert would_run(html) == []
            seen += await page.inner_text("body")
            conversation = await young.conversation()
            if asked(conversation) == CHECK:
                break
            await young.says(_say(left, conversation))
        assert left == []
        squeezed = "".join(seen.split())
        assert [one for one in PAYLOADS if "".join(one.split()) not in squeezed] == []
        await young.says(Command(name=Name.SEND))
        await page.goto(f"{served.base}/chat", wait_until="load")
        ran += await has_run(page)
        assert await page.locator("[data-receipt]").count() == 1
    assert ran == 0
    promise("P16", payloads=len(PAYLOADS), views=views + 1, executed=ran)
