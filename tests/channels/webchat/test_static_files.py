"""Pictures and letters: only those in use, unchanged, with their licences, and credited."""

import hashlib
import re
from pathlib import Path

from conversations.flows import FLOWS
from conversations.flows.explaining import PICTURES
from tests.channels.webchat.visiting import Visitor

WEBCHAT = Path("bot/channels/webchat")
STATIC = WEBCHAT / "static"


def test_pictures_and_fonts_are_as_they_were_when_they_were_taken_in() -> None:
    listed = {}
    for line in (STATIC / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    there = [*STATIC.glob("pictures/*.svg"), *STATIC.glob("fonts/*.woff2")]

    assert listed == {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in there
    }


def test_every_picture_that_is_shown_is_here_and_no_other() -> None:
    shown = set()
    for flow in FLOWS.values():
        for topic in (*flow.topics, *flow.retired):
            shown.add(topic.picture)
            options = [option for question in topic.questions for option in question.options]
            shown |= {option.picture for option in options if option.picture}
    shown |= set(PICTURES.values())
    for template in (WEBCHAT / "templates").glob("*.html"):
        shown |= set(re.findall(r"picture\('([0-9A-F-]+)'", template.read_text()))

    assert {path.stem for path in STATIC.glob("pictures/*.svg")} == shown


def test_licences_stand_beside_what_they_are_for() -> None:
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts/LICENSE-OFL.txt").read_text().upper()
    assert "CC BY-SA 4.0" in (STATIC / "pictures/README.md").read_text()


async def test_who_sees_them_can_read_whose_they_are(visitor: Visitor) -> None:
    page = await visitor.get("/accessibility")
    assert "OpenMoji" in page.text
    assert "CC BY-SA 4.0" in page.text
    assert "Atkinson Hyperlegible Next" in page.text


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_stored() -> None:
    for path in (*STATIC.glob("*.js"), *STATIC.glob("*.css"), *(WEBCHAT / "templates").iterdir()):
        text = path.read_text()
        assert "//" not in re.sub(r"(^|\s)//.*", "", text), path
        for store in ("localStorage", "sessionStorage", "indexedDB", "caches", "serviceWorker"):
            assert store not in text, path
