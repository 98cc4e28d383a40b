"""A picture or a voice note in the web chat, without script: kept, checked, sent, filed."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import Connection, func, select

from conversations.hearing import Chosen
from storage.tables import attachment_pieces, attachments, inbox
from tests.channels.webchat.showing import QUESTION, attach, come, send, shown
from tests.channels.webchat.visiting import Visitor
from tests.media import files
from tests.sayso import Sayso

SCHEMA = json.loads(Path("docs/schemas/contribution.schema.json").read_text())


async def _count(sayso: Sayso) -> tuple[int, int]:
    def count(db: Connection) -> tuple[int, int]:
        whole, pieces = (
            db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (attachments, attachment_pieces)
        )
        return whole, pieces

    return await sayso.store.read(count)


async def _filed(sayso: Sayso, where: str) -> dict[str, Any]:
    """The newest document in a case record, once it is there."""
    async with asyncio.timeout(20):
        while not (found := sorted((sayso.folder / where).glob("*/*.json"))):
            await asyncio.sleep(0.05)
    document: dict[str, Any] = json.loads(found[-1].read_text())
    document["folder"] = found[-1].parent
    return document


async def test_a_picture_is_kept_without_where_it_was_taken_and_shown_again(
    visitor: Visitor, sayso: Sayso
) -> None:
    await come(visitor)
    before = await visitor.get("/chat")
    assert "I can't see pictures, so nothing checks them for danger." in before.text
    assert "They should look by about" in before.text
    assert before.kind == "words"

    page = await attach(visitor, {"picture": files.photograph()}, words="My room")

    assert (page.status, page.path, page.question) == (200, "/chat", QUESTION)
    assert "I have kept your picture." in page.text
    assert page.box == "My room"
    assert "Go on" in page.text
    (address,) = shown(page)
    async with visitor.session.get(sayso.base + address) as answer:
        assert answer.status == 200
        assert answer.content_type == "image/jpeg"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        content = await answer.read()
    assert files.CAMERA.encode() not in content
    assert b"Exif" not in content
    assert await _count(sayso) == (1, 1)


async def test_what_was_shown_is_checked_sent_and_filed_where_its_audience_allows(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    await attach(visitor, {"picture": files.photograph(), "voice": files.sound("webm", 2.0)})
    await visitor.says(choice="@check")
    check = await visitor.get("/chat")
    assert check.state == "check"
    assert len(shown(check)) == 2
    assert "Only your IRO" in check.text or "Just" in check.text
    await send(young)

    ordinary, restricted = await _filed(sayso, "record"), await _filed(sayso, "restricted")
    folder = restricted.pop("folder")
    assert not ordinary["answers"]
    assert ordinary["withheld"] == 2
    jsonschema.validate(restricted, SCHEMA)
    assert [one["kind"] for one in restricted["answers"]] == ["picture", "voice"]
    assert {one["question_id"] for one in restricted["answers"]} == {QUESTION}
    for number, (answer, ending) in enumerate(
        zip(restricted["answers"], ("jpg", "mp3"), strict=True)
    ):
        attachment = answer["attachment"]
        name = f"{restricted['contribution_id']}-v1-{number + 1}.{ending}"
        assert attachment["name"] == name
        content = (folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == attachment["sha256"]
        assert answer["words"] is None
    assert not list((sayso.folder / "record").glob("*/*.mp3"))
    assert not list((sayso.folder / "record").glob("*/*.jpg"))


async def test_what_was_shown_for_the_file_stands_in_the_file(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    await attach(visitor, {"drawing": files.drawing()}, words="My family")
    await young.says(Chosen(option="@change:well.audience"))
    await young.says(Chosen(option="file", to="well.audience"))
    await send(young)

    ordinary = await _filed(sayso, "record")
    kinds = [(one["kind"], one["words"]) for one in ordinary["answers"]]
    assert kinds == [("words", "My family"), ("picture", None)]
    assert list(ordinary["folder"].glob("*-v1-1.png"))
    pdf = next(iter(ordinary["folder"].glob("*.pdf"))).read_bytes()
    assert pdf.startswith(b"%PDF")


async def test_it_is_taken_out_as_words_are_and_nothing_of_it_stays(
    visitor: Visitor, sayso: Sayso
) -> None:
    await come(visitor)
    page = await attach(visitor, {"picture": files.photograph()}, words="My room")
    (address,) = shown(page)
    out = next(value for value in page.buttons("choice") if value.startswith("@detach:"))

    page = await visitor.says(choice=out)

    assert shown(page) == []
    assert page.box == "My room"
    assert await _count(sayso) == (0, 0)
    assert (await visitor.get(address)).status == 404


async def test_what_was_sent_stays_with_its_version_when_it_is_taken_out(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    await attach(visitor, {"picture": files.photograph()})
    await send(young)
    await young.says(Chosen(option="@check"))

    await young.says(Chosen(option=f"@remove:{QUESTION}"))

    assert await _count(sayso) == (1, 1)
    page = await visitor.get("/chat")
    assert shown(page) == []


async def test_the_same_picture_posted_twice_is_kept_once(visitor: Visitor, sayso: Sayso) -> None:
    await come(visitor)
    turn = (await visitor.get("/chat")).turn

    for _click in range(2):
        page = await attach(visitor, {"picture": files.photograph()}, turn=turn)

    assert len(shown(page)) == 1
    assert await _count(sayso) == (1, 1)


@pytest.mark.parametrize(
    ("field", "content", "says"),
    [
        ("picture", files.no_pictures()["svg"], "I can't open that as a picture."),
        ("picture", files.no_pictures()["zip as png"], "I can't open that as a picture."),
        ("picture", files.photograph()[:300], "I can't open that as a picture."),
        ("picture", files.bomb(), "That picture is too large"),
        ("picture", b"\xff\xd8\xff" + bytes(21 * 1024 * 1024), "That file is too big"),
        ("voice", files.no_sounds()["list of addresses"], "I can't open that as sound."),
        ("voice", b"", "There was nothing in it"),
    ],
    ids=["svg", "zip", "cut off", "bomb", "too many bytes", "list", "nothing"],
)
async def test_what_can_not_be_kept_is_said_kindly_and_the_words_stay_in_the_box(
    visitor: Visitor, sayso: Sayso, field: str, content: bytes, says: str
) -> None:
    await come(visitor)

    page = await attach(visitor, {field: content}, words="Half a sent")

    assert page.status == 422
    assert says in page.text
    assert page.question == QUESTION
    assert page.box == "Half a sent"
    assert await _count(sayso) == (0, 0)
    assert "Half a sent" not in str(await _inbox(sayso))


async def _inbox(sayso: Sayso) -> int:
    def count(db: Connection) -> int:
        here = inbox.c.source.like("web:%")
        return db.execute(select(func.count()).select_from(inbox).where(here)).scalar_one()

    return await sayso.store.read(count)


async def test_there_is_room_for_so_many_and_then_one_is_taken_out_first(
    visitor: Visitor, sayso: Sayso
) -> None:
    most = sayso.house.settings.attachments
    await come(visitor)
    for number in range(most):
        page = await attach(visitor, {"drawing": files.drawing(100 + number, 50)})
        assert page.status == 200

    page = await attach(visitor, {"drawing": files.drawing(400, 50)})

    assert page.status == 422
    assert f"I can keep {most} pictures and recordings." in page.text
    assert (await _count(sayso))[0] == most


async def test_nobody_else_may_attach_and_nothing_of_their_file_is_read(
    visitor: Visitor, sayso: Sayso
) -> None:
    turn = "3:well.what"
    stranger = await attach(visitor, {"picture": files.photograph()}, turn=turn)
    assert stranger.status == 403
    await come(visitor)
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    forged = await attach(visitor, {"picture": files.photograph()}, headers=elsewhere)
    assert forged.status == 403
    assert await _count(sayso) == (0, 0)


async def test_it_is_shown_only_where_its_answer_is(visitor: Visitor, sayso: Sayso) -> None:
    young = await come(visitor)
    page = await attach(visitor, {"picture": files.photograph()})
    (address,) = shown(page)

    async with Visitor.at(sayso) as nobody:
        assert (await nobody.get(address)).status == 404
    async with Visitor.at(sayso) as other:
        await other.comes()
        assert (await other.get(address)).status == 404
    async with Visitor.at(sayso, young.cookies(live=False)) as later:
        assert (await later.get(address)).status == 404
        page = await later.get("/chat")
        assert shown(page) == []


async def test_words_with_a_file_that_was_not_sent_with_them_are_kept_and_it_is_said(
    visitor: Visitor,
) -> None:
    """Without script, the wrong button sends only the file's name."""
    await come(visitor)

    page = await visitor.says(("picture", "IMG_1234.jpg"), ("voice", ""), words="My room")

    assert "Your words are kept, and the file is not." in page.text


async def test_a_form_that_is_none_is_refused(visitor: Visitor, sayso: Sayso) -> None:
    await come(visitor)
    own = {"Origin": sayso.base, "Sec-Fetch-Site": "same-origin"}
    for content_type, body in (
        ("application/x-www-form-urlencoded", b"turn=1"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nothing"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\nhello\r\n--y--"),
    ):
        headers = {**own, "Content-Type": content_type}
        async with visitor.session.post(
            sayso.base + "/chat/attach", data=body, headers=headers
        ) as answer:
            assert answer.status in (400, 422), (content_type, body)
    assert await _count(sayso) == (0, 0)


async def test_a_connection_that_breaks_in_the_middle_leaves_nothing(
    visitor: Visitor, sayso: Sayso
) -> None:
    young = await come(visitor)
    content = files.photograph(2000, 2000)
    head = (
        b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n"
    )
    port = sayso.house.settings.port
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /chat/attach HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {sayso.base}\r\n"
        f"Cookie: sayso_chat={young.token}\r\nContent-Length: {len(content) + 500}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        + head
        + content[: len(content) // 2]
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert (await visitor.get("/chat")).status == 200
    assert await _count(sayso) == (0, 0)
