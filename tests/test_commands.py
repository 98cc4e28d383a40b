"""What one types: each command does its work, beside a server too, and says what is wrong."""

import asyncio
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Connection, func, select, update

from bot.web.context import now
from storage.store import open_store
from storage.tables import contributions, invitations
from tests.commands import Installation
from tests.databases import sqlite_url
from tests.postgres import Postgres

NAMES = {"review_id", "kind", "band", "url", "code", "telegram_start"}
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}")


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Installation:
    return Installation(tmp_path, database_url)


@pytest.fixture
def bare(tmp_path: Path) -> Installation:
    """With a database that has not been made yet."""
    return Installation(tmp_path, sqlite_url(tmp_path / "new" / "sayso.db"))


def test_a_bare_installation_is_told_to_migrate_and_then_serves(bare: Installation) -> None:
    (bare.folder / "new").mkdir()
    for command in ("serve", "work"):
        assert "Run: sayso migrate" in bare.run(command, expect=1).stderr
    found = json.loads(bare.run("check", "--json", expect=1).stdout)["problems"]
    assert [problem for problem in found if "Run: sayso migrate" in problem]

    bare.run("migrate")

    assert "in order" in bare.run("check").stdout
    with bare.serving():
        pass


def test_an_empty_postgresql_is_migrated_from_nothing(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    installation = Installation(tmp_path, empty_postgres_url)
    assert "Run: sayso migrate" in installation.run("serve", expect=1).stderr

    installation.run("migrate")

    with installation.serving("serve", "--no-worker"):
        assert "in order" in installation.run("check").stdout


def test_check_names_what_is_wrong_and_gives_an_example(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    wrong = {
        "SAYSO_PORT": "eighty",
        "SAYSO_CASE_RECORD": "ftp://case-record",
        "SAYSO_TELEGRAM_MODE": "pigeon",
    }
    installation = Installation(tmp_path, "mysql://there", settings=wrong)
    for command in ("check", "serve"):
        ended = installation.run(command, expect=1)
        lines = (ended.stdout + ended.stderr).splitlines()
        for name in (*wrong, "SAYSO_DATABASE_URL"):
            (line,) = [line for line in lines if f"{name}:" in line]
            assert "Example: " in line
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SAYSO_CASE_RECORD": "folder:a-file/below"}, "SAYSO_CASE_RECORD: nothing can be written"),
        ({"SAYSO_DATABASE_URL": "postgresql+asyncpg://sayso@127.0.0.1:1/x"}, "can't be reached"),
        ({"SAYSO_HOST": "0.0.0.0", "SAYSO_BASE_URL": "http://sayso.example"}, "plain http"),  # noqa: S104
        ({"SAYSO_TELEGRAM_TOKEN": "1:x"}, "SAYSO_TELEGRAM_MODE: Telegram calls https addresses"),
        ({"SAYSO_COUNCIL": "a-file"}, "SAYSO_COUNCIL"),
        ({"SAYSO_COUNCIL": "nowhere.toml"}, "SAYSO_COUNCIL"),
        ({"SAYSO_KEYS": "a-file"}, "SAYSO_KEYS"),
    ],
)  # fmt: skip
def test_check_finds_what_can_not_work(
    tmp_path: Path, sqlite_database_url: str, settings: dict[str, str], said: str
) -> None:
    (tmp_path / "a-file").write_text("neither a key ring nor a council")
    installation = Installation(tmp_path, sqlite_database_url, settings=settings)

    ended = installation.run("check", expect=1)

    assert said in ended.stdout
    assert "Traceback" not in ended.stderr


def test_check_says_why_a_postgresql_lets_nobody_in(tmp_path: Path, postgresql: Postgres) -> None:
    right = postgresql.tcp_url("template1")
    for url in (right.replace("template1", "nowhere"), right.replace(postgresql.password, "no")):
        for command in ("check", "serve"):
            ended = Installation(tmp_path, url).run(command, expect=1)
            assert "Traceback" not in ended.stderr, ended.stderr
            assert postgresql.password not in ended.stdout + ended.stderr
            if command == "check":
                assert "SAYSO_DATABASE_URL: the database can't be reached" in ended.stdout


def test_a_second_server_is_refused_while_other_commands_run_beside_it(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    installation = Installation(tmp_path, sqlite_database_url)
    installation.run("demo", "--prepare")
    with installation.serving() as first:
        for command in ("serve", "work"):
            refused = installation.run(command, expect=1).stderr
            assert f"served already, by process {first.pid}" in refused
            assert "use PostgreSQL" in refused
        assert "in order" in installation.run("check").stdout
        installation.run("migrate")
        assert "cioc_review" in installation.run("flows", "list").stdout
        added = installation.run("staff", "add", "A. Nother", "--role", "iro").stdout
        assert f"{installation.base}/desk/" in added
        invited = json.loads(installation.run("invite", "--synthetic", "3", "--json").stdout)
        assert [set(one) for one in invited] == [NAMES] * 3
        assert first.poll() is None


def test_two_servers_and_two_workers_share_a_postgresql(
    tmp_path: Path, postgres_database_url: str
) -> None:
    first, second = (Installation(tmp_path, postgres_database_url) for _server in range(2))
    first.run("demo", "--prepare")
    with first.serving(), second.serving("serve", "--no-worker"):
        assert (first.ready(), second.ready()) == (200, 200)


def test_a_review_moves_is_off_or_is_handed_over(installation: Installation) -> None:
    installation.run("demo", "--prepare")
    (due, *_rest) = json.loads(installation.run("invite", "--synthetic", "1", "--json").stdout)
    review = ("rearrange", "--review", due["review_id"])
    installation.run("staff", "add", "Ines Duarte", "--role", "auditor")

    assert "It is changed." in installation.run(*review, "--on", "2031-05-02").stdout
    assert "It was so before." in installation.run(*review, "--on", "2031-05-02").stdout
    assert "It is changed." in installation.run(*review, "--off").stdout
    assert (
        "runs no reviews" in installation.run(*review, "--officer", "Ines Duarte", expect=1).stderr
    )
    assert "Nobody" in installation.run(*review, "--officer", "A. Nother", expect=1).stderr
    unknown = installation.run("rearrange", "--review", "nobody's", "--off", expect=1)
    assert "has no review" in unknown.stderr
    for wrong in ((), ("--off", "--on", "2031-05-02")):
        installation.run(*review, *wrong, expect=2)


def test_a_fostering_household_is_added_invited_copied_and_erased_by_itself(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    installation = Installation(tmp_path, sqlite_database_url)
    installation.run("staff", "add", "A. Nother", "--role", "iro")
    add = (
        "carers", "add", "Jo and Pat Lund", "--case", "NF-77", "--review", "F-77",
        "--due", "2027-01-29", "--meeting", "2027-01-22",
    )  # fmt: skip
    assert "Nobody is called" in installation.run(*add, "--chair", "Nobody", expect=1).stderr
    installation.run("carers", "add", "Jo", "--case", "NF-77", expect=2)

    added = installation.run(*add, "--chair", "A. Nother").stdout

    assert "sayso invite --review F-77" in added
    again = installation.run(*add, "--chair", "A. Nother", expect=1).stderr
    assert "There is a review F-77 already" in again
    installation.run("demo", "--prepare")  # a household alone is no demo council
    (invited,) = json.loads(installation.run("invite", "--review", "F-77", "--json").stdout)
    assert (invited["kind"], invited["band"]) == ("foster_carer", "adult")
    copy = installation.run("subject-access", "--case", "NF-77", "--out", "copy.zip", "--json")
    assert json.loads(copy.stdout)["rows"]["young_people"] == 1
    child = installation.run(*add[:3], "--case", "NB10001", "--review", "F-78", "--due",
                             "2027-01-29", "--chair", "A. Nother", expect=1).stderr  # fmt: skip
    assert "is a young person's record" in child
    gone = installation.run(
        "erase", "--case", "NF-77", "--reason", "They asked.", "--yes", "--json"
    )
    assert json.loads(gone.stdout)["noted"] is True


def test_invitations_are_printed_once_for_people_and_for_programs(
    installation: Installation,
) -> None:
    installation.run("demo", "--prepare")
    several = json.loads(installation.run("invite", "--synthetic", "5", "--json").stdout)
    assert len({one["review_id"] for one in several}) == 5
    for one in several:
        assert set(one) == NAMES
        assert one["band"] == "16+"
        assert CODE.fullmatch(one["code"])
        assert one["url"].startswith(f"{installation.base}/i/#")
        assert one["telegram_start"] is None  # Telegram is off

    again = json.loads(
        installation.run("invite", "--review", several[0]["review_id"], "--json").stdout
    )
    assert again[0]["review_id"] == several[0]["review_id"]
    assert again[0]["code"] != several[0]["code"]
    line = installation.run("invite", "--review", several[1]["review_id"]).stdout
    assert line.startswith(several[1]["review_id"])
    assert CODE.search(line)

    due = json.loads(installation.run("invite", "--due-within", "52", "--json").stdout)
    assert {one["kind"] for one in due} == {"cioc", "pathway", "foster_carer", "conference"}
    assert "Traceback" not in installation.run("invite", "--review", "nobody", expect=1).stderr
    for wrong in ((), ("--review", "x", "--synthetic", "1")):
        installation.run("invite", *wrong, expect=2)


def test_letters_are_put_into_a_folder_as_pdf_and_none_is_written_over(
    installation: Installation,
) -> None:
    folder = installation.folder / "letters"
    refused = installation.run("invite", "--due-within", "3", "--letters", str(folder), expect=2)
    assert "does not exist" in refused.stderr
    folder.mkdir()
    installation.run("invite", "--synthetic", "1", "--letters", str(folder), expect=2)
    installation.run("demo", "--prepare")

    many = ("--due-within", "3", "--letters", str(folder))
    due = json.loads(installation.run("invite", *many, "--json").stdout)
    one = ("--review", due[0]["review_id"], "--letters", str(folder))
    (again,) = json.loads(installation.run("invite", *one, "--json").stdout)

    first, second = sorted(folder.glob("letters-*-1.pdf"))
    for file, invited in ((first, due), (second, [again])):
        assert file.stat().st_mode & 0o777 == 0o600
        pages = [page.extract_text() for page in PdfReader(file).pages]
        said = "\n".join(pages).replace("\u200b", "")
        assert {found[0] for found in CODE.finditer(said)} == {one["code"] for one in invited}
        assert f"{len(invited)} letter" in pages[0]  # the list that lies on top


def test_an_invitation_that_was_opened_is_replaced_for_a_reason_only(
    installation: Installation,
) -> None:
    installation.run("demo", "--prepare")
    (first,) = json.loads(installation.run("invite", "--synthetic", "1", "--json").stdout)
    again = ("invite", "--review", first["review_id"], "--json")
    assert json.loads(installation.run(*again).stdout)  # nobody has opened it: printed anew

    async def opens() -> None:
        store = await open_store(installation.database_url)
        await store.write(
            lambda db: db.execute(
                update(invitations)
                .where(
                    invitations.c.review_id == first["review_id"],
                    invitations.c.revoked_at.is_(None),
                )
                .values(used_at=now())
            )
        )
        await store.close()

    asyncio.run(opens())

    refused = installation.run(*again, expect=2)
    assert "--reason" in refused.stderr
    assert refused.stdout == ""
    assert json.loads(installation.run(*again, "--reason", "The phone was taken").stdout)


def test_links_of_a_demo_lead_to_where_it_is_served(tmp_path: Path) -> None:
    """The second shell knows nothing of the port that the first one was given."""
    installation = Installation(tmp_path, sqlite_url(tmp_path / "sayso.db"))
    with installation.serving("demo"):
        for _wait in range(100):  # it is written once the first page is served
            if not (tmp_path / "var" / "demo.json").exists():
                time.sleep(0.1)
        there = {**installation.environment}
        del there["SAYSO_PORT"]
        second = subprocess.run(
            [sys.executable, "-m", "bot", "invite", "--synthetic", "1", "--json"],
            cwd=tmp_path, env=there, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        (invited,) = json.loads(second.stdout)
        assert invited["url"].startswith(f"{installation.base}/i/#")

    there["SAYSO_PORT"] = "8137"  # what is set is believed
    other = subprocess.run(
        [sys.executable, "-m", "bot", "invite", "--synthetic", "1", "--json"],
        cwd=tmp_path, env=there, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert ":8137/i/#" in other.stdout


def test_with_telegram_on_only_who_is_old_enough_gets_a_start_payload(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    telegram = {"SAYSO_TELEGRAM_TOKEN": "1:x"}
    installation = Installation(tmp_path, sqlite_database_url, settings=telegram)
    installation.run("demo", "--prepare")
    invited = json.loads(installation.run("invite", "--due-within", "52", "--json").stdout)
    bands: dict[bool, set[str]] = {True: set(), False: set()}
    for one in invited:
        bands[bool(one["telegram_start"])].add(one["band"])
    assert bands == {True: {"16+", "adult"}, False: {"4-7", "8-11", "12-15"}}


def test_a_real_council_gets_no_invented_young_people_and_no_demo(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    (tmp_path / "council.toml").write_text(
        'id = "southborough"\nname = "Southborough"\nreview_team_phone = "01632 960 000"\n'
        'file_readers = "Your social worker"\nfile_readers_pathway = "Your PA"\n'
    )
    its_own = {"SAYSO_COUNCIL": "council.toml"}
    real = Installation(tmp_path, sqlite_database_url, settings=its_own)
    real.run("keys", "new")
    real.run("staff", "add", "A. Nother", "--role", "unit_manager")
    installation = Installation(
        tmp_path, sqlite_database_url, settings={"SAYSO_KEYS": "of-the-demo.json"}
    )
    for command in (("invite", "--synthetic", "1"), ("demo", "--prepare")):
        refused = installation.run(*command, expect=1)
        assert "real council" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert refused.stdout == ""


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SAYSO_HOST": "0.0.0.0"}, "SAYSO_HOST"),  # noqa: S104 - refused
        ({"SAYSO_BASE_URL": "https://sayso.northborough.example"}, "SAYSO_BASE_URL"),
    ],
)
def test_a_demo_whose_links_others_could_open_does_not_start(
    tmp_path: Path, sqlite_database_url: str, settings: dict[str, str], named: str
) -> None:
    installation = Installation(tmp_path, sqlite_database_url, settings=settings)
    for command in (("demo",), ("demo", "--prepare"), ("demo", "--prepare", "--fresh")):
        refused = installation.run(*command, expect=1)
        assert named in refused.stderr
        assert "Example: " in refused.stderr or "this machine only" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_demo_goes_on_where_it_stopped_or_starts_over(tmp_path: Path) -> None:
    installation = Installation(tmp_path, sqlite_url(tmp_path / "var" / "sayso.db"))

    def names() -> set[str]:
        return {
            one["name"] for one in json.loads(installation.run("staff", "list", "--json").stdout)
        }

    installation.run("demo", "--prepare")
    installation.run("staff", "add", "A. Nother", "--role", "unit_manager")
    installation.run("demo", "--prepare")
    assert {"A. Nother", "Amina Yusuf"} <= names()

    installation.run("demo", "--prepare", "--fresh")
    assert "Amina Yusuf" in names()
    assert "A. Nother" not in names()


def test_a_demo_is_whole_even_where_somebody_was_added_to_its_staff_first(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    installation = Installation(tmp_path, sqlite_database_url)
    installation.run("staff", "add", "A. Nother", "--role", "unit_manager")
    installation.run("demo", "--prepare")
    invited = json.loads(installation.run("invite", "--synthetic", "2", "--json").stdout)
    assert len(invited) == 2


async def test_finished_conversations_can_be_added_for_load_tests(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    installation = Installation(tmp_path, sqlite_database_url)
    counts = []
    for more in ("0", "30", "30"):
        installation.run("demo", "--prepare", "--conversations", more)
        store = await open_store(sqlite_database_url)
        counts.append(await store.read(_sent))
        await store.close()
    assert [count - counts[0] for count in counts] == [0, 30, 60]


def _sent(db: Connection) -> int:
    return db.execute(select(func.count()).select_from(contributions)).scalar_one()


def test_flows_are_listed_shown_and_checked_without_a_database(tmp_path: Path) -> None:
    installation = Installation(tmp_path, "sqlite+aiosqlite:///nowhere/sayso.db")
    listed = installation.run("flows", "list").stdout
    assert "cioc_review" in listed
    assert "pathway_review" in listed
    assert "conference" in listed
    assert "foster_carer_review" in listed
    assert "my_experience " in listed
    assert "my_experience_pathway" in listed
    for band in ("4-7", "8-11", "12-15", "16+"):
        shown = installation.run("flows", "show", "cioc_review", "--band", band).stdout
        assert "How is it where you live?" in shown
        assert "Is it OK to start?" in shown
        drawn = tmp_path / "var" / "flows" / f"cioc_review-{band.rstrip('+')}.svg"
        assert drawn.read_text().startswith("<svg")
        assert "Is it OK to start?" in drawn.with_suffix(".html").read_text()
    assert "holds together" in installation.run("flows", "check").stdout
    for wrong in (
        ("nothing",),
        ("cioc_review", "--band", "3-5"),
        ("pathway_review", "--band", "4-7"),
    ):
        refused = installation.run("flows", "show", *wrong, expect=1).stderr
        assert "cioc_review" in refused or "16+" in refused
        assert "Traceback" not in refused
    (tmp_path / "a file").write_text("")
    refused = installation.run(
        "flows", "show", "cioc_review", "--out", str(tmp_path / "a file" / "x"), expect=1
    ).stderr
    assert "--out" in refused
    assert not (tmp_path / "nowhere").exists()


def test_an_unknown_role_is_told_which_there_are(tmp_path: Path, sqlite_database_url: str) -> None:
    installation = Installation(tmp_path, sqlite_database_url)
    refused = installation.run("staff", "add", "A. Nother", "--role", "king", expect=1).stderr
    assert "unit_manager" in refused


@pytest.mark.parametrize("command", [(), ("flows",), ("invite",)])
def test_every_command_explains_itself(tmp_path: Path, command: tuple[str, ...]) -> None:
    installation = Installation(tmp_path, "sqlite+aiosqlite:///nowhere/sayso.db")
    assert "Usage:" in installation.run(*command, "--help").stdout
    installation.run(*command, "--unheard-of", expect=2)


def test_the_year_is_listed_and_returned(installation: Installation) -> None:
    installation.run("demo", "--prepare")
    year = str(now().year - (now().month < 4))

    listed = json.loads(installation.run("reviews", "list", "--year", year, "--json").stdout)
    made = json.loads(
        installation.run("export", "ssda903", "--year", year, "--out", "out", "--json").stdout
    )

    assert {*listed[0]} >= {
        "review_id", "child_id", "stage", "due", "held", "late_days", "stood_down", "code",
        "because",
    }  # fmt: skip
    assert listed[0]["review_id"] in installation.run("reviews", "list", "--year", year).stdout
    assert {file.name for file in (installation.folder / "out").iterdir()} == set(made["files"])
    assert made["goes_in"] + made["left_out"] <= len(listed)
    assert "--out" in installation.run("export", "ssda903", "--year", year, expect=2).stderr
    assert "begins" in installation.run(
        "export", "ssda903", "--year", "2099", "--out", "out", expect=1
    ).stderr  # fmt: skip
    installation.run("reviews", "list", "--year", year, "--kind", "tea", expect=2)
