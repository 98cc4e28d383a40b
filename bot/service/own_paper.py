"""A young person's own copy on paper, made in a process of its own."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.documents.own_copy import paper
from bot.documents.printing import Printer
from bot.service.own_words import Mine
from bot.service.wording import Reader
from conversations import texts


@dataclass(slots=True)
class OwnPapers:
    """One for the application: the process starts with the first paper and ends when idle."""

    pictures: Path
    _printer: Printer = field(default_factory=Printer)

    async def make(self, mine: Mine, reader: Reader, age: int, now: datetime) -> bytes:
        """The PDF. `age`: in whole years, for the lines to ring. `NoPaper`."""
        return await self._printer(paper(mine, reader, texts.lines(age), self.pictures, now))

    async def close(self) -> None:
        await self._printer.close()
