"""From a link or a typed code into the web chat, and back into it tomorrow."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.channels.webchat.cookies import cookie_name
from bot.web.context import now
from conversations.hearing import Command, Name
from storage.tables import invitations
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import invite, let_in
from tests.sayso import Sayso


def _secret(url: str) -> str:
    return url.partition("#")[2]


async def test_the_invitation_says_who_reads_it_and_has_the_field_for_the_code(
    visitor: Visitor,
) -> None:
    page = await visitor.get("/i/")

    assert page.status == 200
    assert 'name="code"' in page.html
    assert "Who reads it" in page.text
    assert "Nobody watches this page." in page.text
    assert 'href="/help"' in page.html
    assert (await visitor.get("/")).path == "/i/"
    assert (await visitor.get("/i")).path == "/i/"


@pytest.mark.parametrize(
    "typing",
    [
        lambda code: code,
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: " " + code.replace("-", " ") + "\r\n",
        lambda code: code.replace("-", "–"),
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l"),
    ],
)
async def test_a_code_may_be_typed_as_one_reads_it(
    sayso: Sayso, visitor: Visitor, typing: "type[str]"
) -> None:
    invited = await invite(sayso)

    page = await visitor.post("/i/", {"code": typing(invited.code)})

    assert (page.path, page.state, page.question) == ("/chat", "explain", "hello")


async def test_wrong_used_expired_and_replaced_codes_all_get_the_same_sentence(
    sayso: Sayso, visitor: Visitor
) -> None:
    used = (await let_in(sayso)).invited.code
    expired, replaced = await invite(sayso, "8-11"), await invite(sayso, "16+")
    await invite(sayso, "16+")  # a second letter to the same review ends the first
    await sayso.store.write(
        lambda db: db.execute(
            update(invitations)
            .where(invitations.c.review_id == expired.review_id)
            .values(expires_at=now() - timedelta(seconds=1))
        )
    )
    codes = ["ABCD-EFGH-JKMN", "ABC", "", "x" * 500, "\ud800" * 12, "٣" * 12, used]
    pages: list[Seen] = []
    for code in [*codes, expired.code, replaced.code]:
        body = (
            b"code="
            + "".join(f"%{byte:02X}" for byte in code.encode("utf-8", "surrogatepass")).encode()
        )
        pages.append(
            await visitor.post(
                "/i/", body, headers={"Content-Type": "application/x-www-form-urlencoded"}
            )
        )

    assert {page.status for page in pages} == {422}
    shown = {re.sub(r'name="(code|once)" value="[^"]*"', "", page.html) for page in pages}
    assert len(shown) == 1
    assert "That code did not work." in pages[0].text
    assert "01632 960 100" in pages[0].text
    assert 'value="ABCD-EFGH-JKMN"' in pages[0].html  # to be mended, not typed again


async def test_the_link_again_in_the_same_browser_goes_on(sayso: Sayso, visitor: Visitor) -> None:
    invited = await invite(sayso)
    first = await visitor.post("/i/", {"secret": _secret(invited.url), "code": ""})
    assert first.path == "/chat"
    await visitor.says(choice="on")

    again = await visitor.post("/i/", {"secret": _secret(invited.url), "code": ""})

    assert (again.path, again.question) == ("/chat", "words")
    assert "Go on" in (await visitor.get("/i/")).text


async def test_the_link_in_another_browser_asks_for_the_come_back_code_which_lets_one_in(
    sayso: Sayso, visitor: Visitor
) -> None:
    invited = await invite(sayso)
    await visitor.post("/i/", {"secret": _secret(invited.url), "code": ""})
    await visitor.says(choice="on")
    stopped = await visitor.says(command="stop")
    found = re.search(r'class="comeback">([A-Z0-9-]{14})<', stopped.html)
    assert found, stopped.text

    async with Visitor.at(sayso) as elsewhere:
        page = await elsewhere.post("/i/", {"secret": _secret(invited.url), "code": ""})
        assert page.status == 200
        assert "type your come-back code" in page.text
        assert "You can ring 01632 960 100 for a new code. What you said is kept." in page.text

        page = await elsewhere.post("/i/", {"secret": "", "code": found[1].lower()})
        assert (page.path, page.state) == ("/chat", "stopped")
        page = await elsewhere.says(choice="@go_on")
        assert page.question == "words"


async def test_each_stop_gives_a_new_code_and_ends_the_one_before(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes()
    codes = []
    for _stop in range(2):
        page = await visitor.says(command="stop")
        codes += re.findall(r'class="comeback">([A-Z0-9-]{14})<', page.html)
        await visitor.says(choice="@go_on")
    old, new = codes
    assert old != new
    assert await young.asked() == "hello"

    async with Visitor.at(sayso) as elsewhere:
        assert (await elsewhere.post("/i/", {"code": old})).status == 422
        assert (await elsewhere.post("/i/", {"code": new})).path == "/chat"


async def test_help_and_leave_do_not_end_the_code_one_wrote_down(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes()
    page = await visitor.says(command="stop")
    code = re.findall(r'class="comeback">([A-Z0-9-]{14})<', page.html)[0]
    await young.says(Command(name=Name.HELP))

    async with Visitor.at(sayso) as elsewhere:
        assert (await elsewhere.post("/i/", {"code": code})).path == "/chat"


@pytest.mark.parametrize("secret", ["x", "é" * 43, "\0" * 43, "a" * 5000, "../../etc"])
async def test_a_broken_secret_is_a_wrong_code(visitor: Visitor, secret: str) -> None:
    page = await visitor.post("/i/", {"secret": secret, "code": ""})

    assert page.status == 422
    assert "That code did not work." in page.text


async def test_the_cookies_are_for_this_site_alone_and_no_script_reads_them(
    sayso: Sayso, visitor: Visitor
) -> None:
    invited = await invite(sayso)
    answer = await visitor.post("/i/", {"code": invited.code}, follow=False)

    chat, live = answer.cookies["sayso_chat"], answer.cookies["sayso_live"]
    for cookie in (chat, live):
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    assert int(chat["max-age"]) > 13 * 24 * 3600  # as long as the invitation
    assert not live["max-age"]  # no longer than the browser
    assert "Ayo" not in live.value


async def test_over_https_the_cookies_are_secure_and_bound_to_the_host(sayso: Sayso) -> None:
    settings = sayso.house.settings.model_copy(update={"base_url": "https://sayso.example"})
    house = replace(sayso.house, settings=settings)

    assert cookie_name(house, "chat") == "__Host-sayso_chat"


async def test_another_site_can_not_post_a_code(sayso: Sayso, visitor: Visitor) -> None:
    invited = await invite(sayso)
    page = await visitor.post(
        "/i/", {"code": invited.code}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert page.status == 403
    assert (await visitor.post("/i/", {"code": invited.code})).path == "/chat"
