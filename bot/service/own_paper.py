"""A young person's own copy on paper: the document that is printed."""

from datetime import datetime
from pathlib import Path
from typing import Any

from bot.documents.own_copy import paper
from bot.service.own_words import Mine
from bot.service.wording import Reader
from conversations import texts


def own_paper(
    mine: Mine, reader: Reader, age: int | None, pictures: Path, now: datetime
) -> dict[str, Any]:
    """All that stands on it. `age`: in whole years, for the lines to ring, None of an adult;
    `pictures`: a folder of
    them, by code point."""
    return paper(mine, reader, texts.lines(age), pictures, now)
