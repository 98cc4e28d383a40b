"""`sayso invite --letters`: the paper first, then the invitations that it opens, all or none."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

import bot.inviting
from bot.inviting import CannotInvite, invite_all
from bot.service import invitations
from bot.web.context import now
from storage.tables import invitations as kept
from tests.desk import northborough
from tests.desk.northborough import AMINA, LENA
from tests.desk.running import Desk


class Paper:
    """In place of typst: what would be printed, and what happens meanwhile."""

    meanwhile: Any = None

    def __init__(self, *, low: bool) -> None:
        assert low

    async def __call__(self, document: dict[str, Any]) -> bytes:
        if Paper.meanwhile is not None:
            await Paper.meanwhile()
        return "\n".join(one["link"] for one in document["letters"]).encode()

    async def close(self) -> None:
        return


@pytest.fixture(autouse=True)
def _paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Paper, "meanwhile", None)
    monkeypatch.setattr(bot.inviting, "Printer", Paper)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "letters"
    made.mkdir()
    return made


async def _made(desk: Desk) -> int:
    return await desk.store.read(
        lambda db: db.execute(select(func.count()).select_from(kept)).scalar_one()
    )


async def test_where_the_disk_is_full_nobody_is_invited_and_no_half_letter_lies_about(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = await _made(desk)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        await invite_all(desk.house, "", 4, 0, letters=folder)

    assert await _made(desk) == before
    assert list(folder.iterdir()) == []


async def test_the_letters_lie_on_the_disk_before_their_invitations_are_made(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop at the worst moment: the paper is there, whether they were made or not."""
    make = bot.inviting._invite_pile

    def stopped(*args: Any) -> Any:
        make(*args)
        raise RuntimeError("stopped")

    monkeypatch.setattr(bot.inviting, "_invite_pile", stopped)
    before = await _made(desk)

    with pytest.raises(RuntimeError, match="stopped"):
        await invite_all(desk.house, "", 4, 0, letters=folder)

    (part,) = folder.iterdir()
    assert part.suffix == ".part"
    assert "/i/#" in part.read_text()
    assert await _made(desk) == before


async def test_what_stands_on_paper_opens_the_invitations(desk: Desk, folder: Path) -> None:
    made = await invite_all(desk.house, "", 4, 0, letters=folder)

    (pdf,) = folder.glob("*.pdf")
    assert set(pdf.read_text().split("\n")) == {one["url"] for one in made}
    assert {one["review_id"] for one in made} >= {LENA}
    assert list(folder.glob("*.part")) == []


async def test_a_pile_is_made_whole_or_not_at_all(desk: Desk, folder: Path) -> None:
    """Somebody at the desk invites one of them while the letters are printed."""
    await desk.store.write(
        lambda db: northborough.add(
            db, desk.house, "R-ada", "Ada Bell", 12, AMINA, meeting=3, due=9
        )
    )

    async def meanwhile() -> None:
        def invite(db: Connection) -> None:
            invitations.invite(db, desk.house, LENA, now())

        await desk.store.write(invite)

    Paper.meanwhile = meanwhile
    before = await _made(desk)

    with pytest.raises(CannotInvite, match="got another invitation"):
        await invite_all(desk.house, "", 4, 0, letters=folder)

    assert await _made(desk) == before + 1
    assert list(folder.iterdir()) == []
