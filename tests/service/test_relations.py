"""How somebody stands to what is over."""

from typing import Any

import pytest
from sqlalchemy import Connection

from bot.access.permissions import Relation
from bot.access.roles import Role
from bot.service import relations
from bot.service.house import House
from bot.service.relations import Asker
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import AMINA, today


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def test_what_is_long_over_opens_behind_glass_for_its_own_team_alone(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> Any:
        northborough.make(db, house)
        northborough.add(db, house, "R-over", "Lee Okoro", 12, AMINA, meeting=-400, due=-400)
        askers = (
            Asker(AMINA, Role.IRO, "", today()),
            Asker("a colleague", Role.IRO, "", today()),
            Asker("a colleague elsewhere", Role.IRO, "Another team", today()),
            Asker("a manager elsewhere", Role.UNIT_MANAGER, "Another team", today()),
        )
        return [relations.to_review(db, house, asker, "R-over") for asker in askers]

    assert await store.write(play) == [
        Relation.CLOSED, Relation.CLOSED, Relation.OTHER_TEAM, Relation.OTHER_TEAM,
    ]  # fmt: skip
