"""Wishes are counted by the council's lists of words, and no word of them stands anywhere."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from bot.reporting import annual
from bot.reports.figures import counting
from bot.reports.tables import Table
from bot.reports.year import year_of
from bot.service.council import Council, Themes, read_council
from bot.service.house import House
from bot.settings import SettingsWrong
from storage import asks
from storage.store import Store, open_store
from tests.desk.northborough import AMINA, KAI, add, house_on, make, say, say_again
from tests.keys import RING

HOUSE = house_on("sqlite+aiosqlite://")
LISTS = Themes({"Pets": ("dog", "cat"), "Family time": ("brother", "mum"), "Money": ("savings",)})
NOT_TO_BE_QUOTED = "Canary-otter wants to see my mum"
COUNCIL = Path("bot/demo/northborough.toml").read_text().partition("[themes]")[0]


def _fill(db: Connection, house: House) -> None:
    """Kai wishes to see his brother and the dog, twice; seven others wish for their mum."""
    make(db, house)
    for number in range(7):
        add(db, house, f"R-{number}", "Ann Other", 13, AMINA, meeting=6, due=9)
        said = {"home.change": NOT_TO_BE_QUOTED, "school.change": "a cat",
                "meeting.how": "send_views", "meeting.why_not": "other"}  # fmt: skip
        say(db, house, f"R-{number}", said)
        say_again(db, house, f"R-{number}", "meeting.why_not", "My mum can not bring me")


async def _count(store: Store, themes: Themes = LISTS) -> dict[str, Table]:
    today = datetime.now(UTC).date()
    found = await store.read(
        lambda db: counting.count(
            db, HOUSE.id, year_of(today), today, issue_within=20, themes=themes
        )
    )
    return {table.id: table for table in found}


async def test_a_wish_counts_once_under_each_theme_of_which_it_has_a_word(store: Store) -> None:
    await store.write(lambda db: _fill(db, HOUSE))

    tables = await _count(store)

    wishes = tables["asks_by_words"]
    # Kai's has a brother and a dog. Maya's and Hana's are under none.
    assert [wishes.at(row) for row in ("pets", "family_time", "money")] == [8, 8, 0]
    assert [label for _row, label in wishes.rows] == ["Pets", "Family time", "Money"]


async def test_why_it_is_hard_to_come_is_counted_in_their_own_words(store: Store) -> None:
    await store.write(lambda db: _fill(db, HOUSE))

    reasons = (await _count(store))["absence_by_words"]

    assert [reasons.at(row) for row in ("pets", "family_time", "money")] == [0, 7, 0]


async def test_a_wish_that_was_taken_back_or_changed_counts_as_it_stands(store: Store) -> None:
    def fill(db: Connection) -> None:
        _fill(db, HOUSE)
        asks.take_back(db, HOUSE.id, [one.ask_id for one in asks.of_review(db, HOUSE.id, "R-0")])
        say_again(db, HOUSE, KAI, "home.change", "savings")

    await store.write(fill)

    wishes = (await _count(store))["asks_by_words"]

    assert [wishes.at(row) for row in ("pets", "family_time", "money")] == [6, 6, 1]


async def test_without_lists_no_word_is_opened_and_the_table_says_so(store: Store) -> None:
    await store.write(lambda db: _fill(db, HOUSE))
    asked: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        tables = await _count(store, Themes())
        assert tables["asks_by_words"].no_data
        assert not [one for one in asked if "contributions.content" in one]

        await _count(store)
        assert [one for one in asked if "contributions.content" in one]
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_no_word_of_a_young_person_stands_in_any_file(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    house = house_on(sqlite_database_url)
    store = await open_store(house.settings.database_url, RING)
    await store.write(lambda db: _fill(db, house))
    await store.close()
    now = datetime.now(UTC)

    await annual(
        house, year_of(now.date()), tmp_path / "out", now, words=None, exact=True,
        done=lambda _more, _of: None,
    )  # fmt: skip

    written = {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()}
    assert b"asks_by_words" in written["figures.json"]
    assert not [name for name, content in written.items() if b"anary" in content]


def _council(tmp_path: Path, themes: str) -> Council:
    (tmp_path / "council.toml").write_text(f"{COUNCIL}[themes]\n{themes}\n")
    return read_council(tmp_path / "council.toml")


def test_lists_are_read_as_the_council_wrote_them(tmp_path: Path) -> None:
    council = _council(tmp_path, '"Family time" = ["mum", "foster carer"]\nPets = ["dog"]')

    assert council.themes.root == {"Family time": ("mum", "foster carer"), "Pets": ("dog",)}


@pytest.mark.parametrize(
    ("themes", "said"),
    [
        ("Pets = []", "'Pets' needs 1 to 200 words"),
        ('Pets = ["*"]', "'\\*' under 'Pets' is no word"),
        ('Pets = ["dog"]\nHome = ["Dog"]', "'Dog' stands under 'Pets' and 'Home'"),
        ('"!" = ["dog"]', "'!' needs a name"),
        ('"My pets" = ["dog"]\n"my pets!" = ["cat"]', "nearly the same name"),
        ('Pets = "dog"', "Pets"),
        (f'Pets = ["{"x" * 61}"]', "60 at the most"),
        ("\n".join(f'T{n} = ["word{n}"]' for n in range(41)), "40 themes"),
    ],
)
def test_what_can_not_be_looked_for_is_said_at_the_start(
    tmp_path: Path, themes: str, said: str
) -> None:
    with pytest.raises(SettingsWrong, match=said):
        _council(tmp_path, themes)
