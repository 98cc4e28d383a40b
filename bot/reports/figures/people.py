"""Whom a report is about: birth dates, each opened once for all that is counted by age."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from conversations.timescales import birthday
from storage import people

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Births:
    """Of young people who are not erased. Foster carers have none."""

    db: Connection
    council: str
    _known: dict[str, date] = field(default_factory=dict)

    def of(self, ids: Collection[str]) -> Mapping[str, date]:
        """By id, of these and of all who were asked for before."""
        for some in in_batches([one for one in dict.fromkeys(ids) if one not in self._known]):
            self._known.update(people.births_of(self.db, self.council, some))
        return self._known


def in_batches(ids: Collection[str]) -> Iterator[list[str]]:
    """So many as one statement may name."""
    every = list(ids)
    for first in range(0, len(every), _AT_ONCE):
        yield every[first : first + _AT_ONCE]


def age_on(born: date, day: date) -> int:
    """In whole years; born on 29 February, the birthday is 1 March in common years."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1
