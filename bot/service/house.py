"""What every use case may need besides its arguments: the council, its keys, its address."""

from dataclasses import dataclass

from bot.service.council import Council
from bot.settings import Settings
from storage.keys import Keys


@dataclass(frozen=True, slots=True)
class House:
    """One council's Sayso."""

    council: Council
    keys: Keys
    settings: Settings

    @property
    def id(self) -> str:
        """The council's id: the first part of every key in the database."""
        return self.council.id
