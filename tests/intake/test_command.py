"""`sayso import`, as it is typed."""

import csv
import json
from pathlib import Path

import pytest

from tests.commands import Installation
from tests.intake.folders import rows, write


@pytest.fixture
def sayso(tmp_path: Path, sqlite_database_url: str) -> Installation:
    (tmp_path / "there").mkdir()
    return Installation(tmp_path / "there", sqlite_database_url)


def test_it_says_what_changed_and_writes_down_what_it_could_not_read(
    sayso: Installation, tmp_path: Path
) -> None:
    sayso.run("demo", "--prepare")
    folder = write(
        tmp_path / "ssd",
        ssd_person=[*rows("ssd_person"), '9,=cmd(),B,F,,"=1+2"'],
        ssd_cla_reviews=[*rows("ssd_cla_reviews"), "=R9,C1,,2024-11-02,N,PN1", "R9,,,,N,"],
    )
    where = ["import", "ssd", str(folder), "--taken-on", "2026-04-01"]
    problems = tmp_path / "problems.csv"

    looked = sayso.run(*where, "--dry-run", "--problems", str(problems)).stdout
    assert "What would change" in looked
    assert "ssd_person.csv, line 3, pers_dob: “=1+2” is no date." in looked
    with problems.open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    assert [one.casefold() for one in head[:3]] == ["file", "line", "column"]
    assert len(lines) >= 2
    assert not [cell for line in lines for cell in line if cell[:1] in tuple("=+-@")]

    found = json.loads(sayso.run(*where, "--json").stdout)
    assert "Nobody in these files may be real" in found["notes"][0]  # whoever finds a demo is in
    assert {one["file"]: one["added"] for one in found["tallies"]}["ssd_person"] == 1
    assert found["all_unread"] == len(lines)
    again = sayso.run(*where).stdout
    assert "was here already" in again


def test_where_nothing_goes_in_it_says_why_and_how_to_mend_it(
    sayso: Installation, tmp_path: Path
) -> None:
    sayso.run("demo", "--prepare")
    folder = write(tmp_path / "ssd", ssd_person="pers_person_id,dob\n1,2012-05-04\n")

    failed = sayso.run("import", "ssd", str(folder), expect=1)

    assert "It has no column pers_dob. Is it ssd_person?" in failed.stdout
    assert "no row can be read" in failed.stderr


def test_more_than_can_be_listed_is_not_said_to_be_all(sayso: Installation, tmp_path: Path) -> None:
    sayso.run("demo", "--prepare")
    many = [f"9{number},A,B,F,,soon" for number in range(10_001)]
    folder = write(tmp_path / "ssd", ssd_person=[*rows("ssd_person"), *many])
    problems = tmp_path / "problems.csv"

    said = sayso.run(
        "import", "ssd", str(folder), "--taken-on", "2026-04-01", "--problems", str(problems)
    ).stdout

    assert "Can't be read: 10,001" in said
    assert f"The first 10,000 are in {problems}." in said
    assert "ssd_cla_placement: 2 read, as part of the episodes" in said
    with problems.open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _line in csv.reader(file)) == 1 + 10_000


def test_what_cant_be_read_is_not_said_to_be_here_already(
    sayso: Installation, tmp_path: Path
) -> None:
    sayso.run("demo", "--prepare")
    file = tmp_path / "extra" / "fostering_households.csv"
    file.parent.mkdir()
    file.write_text("household_id,name\nH1,A\n")

    failed = sayso.run("import", "extra", str(file.parent), expect=1)
    assert "It has no column kind." in failed.stdout
    assert "here already" not in failed.stdout
    assert "Nothing in these files can be read" in failed.stderr

    file.write_text("household_id,kind\nH1,connected\nH2,castle\n")
    sayso.run("import", "extra", str(file.parent))
    again = sayso.run("import", "extra", str(file.parent)).stdout
    assert "Everything that can be read was here already." in again


def test_a_place_for_problems_that_is_none_is_told_before_anything_goes_in(
    sayso: Installation, tmp_path: Path
) -> None:
    sayso.run("demo", "--prepare")
    where = ["import", "ssd", str(write(tmp_path / "ssd")), "--taken-on", "2026-04-01"]

    failed = sayso.run(*where, "--problems", str(tmp_path / "no" / "problems.csv"), expect=1)

    assert failed.stderr.strip().endswith("Nothing was taken in.")
    assert json.loads(sayso.run(*where, "--json", "--dry-run").stdout)["tallies"][0]["added"] == 1


def test_it_is_told_which_folder(sayso: Installation, tmp_path: Path) -> None:
    assert "is no folder" in sayso.run("import", "ssd", str(tmp_path / "no"), expect=1).stderr
