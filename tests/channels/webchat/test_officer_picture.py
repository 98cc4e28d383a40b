"""The picture of whoever runs the review: seen where it is said who that is, and nowhere else."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.media.remaking import Remaker
from bot.service import officer_picture
from bot.service.made import Limits
from bot.web.context import now
from conversations.attaching import Medium
from storage import people, reviews
from storage.conversations import get
from storage.staff_pictures import Picture
from storage.tables import staff_pictures
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import Young
from tests.commands import Installation
from tests.media.files import CAMERA, WORDS, bomb, drawing, photograph

HERE = "/chat/officer"
SEEN = f'src="{HERE}"'
PICTURE = Picture("image/jpeg", photograph(32, 24))


async def _give(young: Young, picture: Picture | None) -> None:
    """Whoever runs their review has this picture, or has none."""
    house, store = young.sayso.house, young.sayso.store
    review_id = young.invited.review_id
    review = await store.read(lambda db: reviews.get(db, house.id, review_id))
    officer = await store.read(lambda db: people.staff_member(db, house.id, review.officer_id))
    if picture is None:
        await store.write(lambda db: officer_picture.remove(db, house, officer.name, now()))
    else:
        await store.write(lambda db: officer_picture.put(db, house, officer.name, picture, now()))


@pytest.mark.parametrize(
    ("band", "piece"), [("8-11", "review.iro"), ("care leaver", "review.officer")]
)
async def test_it_is_shown_where_it_is_said_who_that_is(
    visitor: Visitor, band: str, piece: str
) -> None:
    young = await visitor.comes(band)
    await _give(young, PICTURE)
    assert SEEN not in (await visitor.get("/chat")).html
    await young.goes_to(piece)

    page = await visitor.get("/chat")
    assert SEEN in page.html
    async with visitor.session.get(young.sayso.base + HERE) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert await answer.read() == PICTURE.content
        assert answer.headers["Cache-Control"] == "no-store"

    await _give(young, None)
    assert SEEN not in (await visitor.get("/chat")).html
    assert (await visitor.get(HERE)).status == 404


async def test_nobody_sees_it_without_having_come_in(visitor: Visitor) -> None:
    async with Visitor.at(visitor.sayso) as stranger:
        young = await visitor.comes()
        await _give(young, PICTURE)
        assert (await stranger.get(HERE)).status == 404


async def test_it_is_sealed(visitor: Visitor) -> None:
    young = await visitor.comes()
    await _give(young, PICTURE)
    house, store = young.sayso.house, young.sayso.store
    kept = await store.read(lambda db: get(db, house.id, young.conversation_id))
    assert await store.read(lambda db: officer_picture.of(db, house, kept)) == PICTURE
    stored = await store.read(lambda db: db.execute(staff_pictures.select()).one().picture)
    assert PICTURE.content[:16] not in stored


def test_the_command_takes_a_picture_and_says_what_is_wrong_with_one(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    run, folder = Installation(tmp_path, sqlite_database_url).run, tmp_path
    run("staff", "add", "Ines Duarte", "--role", "iro")
    (folder / "big.jpg").write_bytes(photograph(3000, 2000, turned=True))
    (folder / "drawn.png").write_bytes(drawing())
    (folder / "bomb.png").write_bytes(bomb())
    (folder / "page.png").write_bytes(b"<svg onload=alert(1)>")

    assert "see this picture" in run("staff", "picture", "Ines Duarte", "big.jpg").stdout
    assert "see this picture" in run("staff", "picture", "Ines Duarte", "drawn.png").stdout
    assert "is gone" in run("staff", "picture", "Ines Duarte", "--remove").stdout
    assert "There is no picture" in run("staff", "picture", "Ines Duarte", "--remove").stdout
    for wrong in ("bomb.png", "page.png", "nowhere.png"):
        assert run("staff", "picture", "Ines Duarte", wrong, expect=1).stderr
    assert "Nobody" in run("staff", "picture", "A. Nother", "big.jpg", expect=1).stderr
    run("staff", "picture", "Ines Duarte", expect=2)
    run("staff", "picture", "Ines Duarte", "big.jpg", "--remove", expect=2)


async def test_what_is_made_of_a_photograph_is_small_and_says_not_where_it_was_taken() -> None:
    limits = Limits(20, 50, 5, longest_side=officer_picture.LONGEST_SIDE)
    made = await Remaker(limits)(Medium.PICTURE, photograph(3000, 2000))
    with Image.open(BytesIO(made.content)) as seen:
        assert max(seen.size) == officer_picture.LONGEST_SIDE
    assert len(made.content) < 40_000
    assert CAMERA.encode() not in made.content
    assert WORDS.encode() not in made.content
