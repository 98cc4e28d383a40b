"""When we fail, the reader gets a reference and nothing else, and the log has the same one."""

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from storage.tables import conversations
from tests.channels.webchat.visiting import Visitor
from tests.sayso import house_at, running
from tests.searching import MARK, marked

REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")


async def test_a_young_person_is_told_that_nothing_is_lost_and_what_to_show_whom_they_ask(
    tmp_path: Path, sqlite_database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with (
        running(house_at(tmp_path, sqlite_database_url), tmp_path) as sayso,
        Visitor.at(sayso) as visitor,
    ):
        await visitor.comes()
        await sayso.store.write(
            lambda db: db.execute(update(conversations).values(state=b"\xff broken"))
        )
        page = await visitor.post("/chat", {"turn": "1", "words": marked(1)})

        assert page.status == 500
        assert "What you said before is not lost." in page.text
        found = REFERENCE.search(page.text)
        assert found is not None
        assert MARK not in page.html
        for detail in ("SealBroken", "Traceback", "storage", ".py", "sqlite"):
            assert detail not in page.html
        said = capfd.readouterr()
        assert found[0] in said.out + said.err
        assert MARK not in said.out + said.err
        again = await visitor.post("/chat", {"turn": "1", "words": marked(1)})
        other = REFERENCE.search(again.text)
        assert other is not None
        assert other[0] != found[0]
