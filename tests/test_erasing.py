"""`sayso erase` as one types it: says what goes, asks, does it, and says where it stands."""

import io
import json
import stat
import zipfile
from pathlib import Path

import pyrage
import pytest

from tests.commands import Installation

WHY = "Asked for it, letter of 3 May"


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Installation:
    made = Installation(tmp_path, database_url)
    made.run("demo", "--prepare")
    return made


def test_a_young_person_is_erased_after_saying_what_goes(installation: Installation) -> None:
    with installation.serving():
        invited = json.loads(installation.run("invite", "--synthetic", "1", "--json").stdout)
    review = invited[0]["review_id"]

    dry = json.loads(installation.run("erase", "--review", review, "--dry-run", "--json").stdout)
    assert dry["reviews"] == [review]
    assert dry["rows"]["data_keys"] >= 1
    said = installation.run("erase", "--review", review, "--dry-run").stdout
    assert "This goes, for good" in said

    nobody = installation.run("erase", "--review", review, "--reason", WHY, expect=2)
    assert "--yes" in nobody.stderr
    assert "Say why" in installation.run("erase", "--review", review, "--yes", expect=1).stderr
    done = json.loads(
        installation.run(
            "erase", "--review", review, "--reason", WHY, "--yes", "--json"
        ).stdout
    )  # fmt: skip

    assert done["noted"]
    assert done["rows"]["data_keys"] == dry["rows"]["data_keys"]
    text = (installation.folder / done["ledger"]).read_text()
    # The demo has years behind it, whose words have had their time once it is served.
    persons = [json.loads(line)["person"] for line in text.splitlines()]
    assert persons.count(dry["person_id"]) == 1
    assert WHY not in text
    again = installation.run("erase", "--review", review, "--reason", WHY, "--yes", expect=1)
    assert "was erased already" in again.stderr
    assert "whole" in installation.run("audit", "verify", "--json").stdout


def test_who_is_not_there_or_was_named_twice_is_not_erased(installation: Installation) -> None:
    assert "has no review" in installation.run("erase", "--review", "X", expect=1).stderr
    assert "case id" in installation.run("erase", "--case", "X", expect=1).stderr
    installation.run("erase", expect=2)
    installation.run("erase", "--review", "X", "--case", "Y", expect=2)


def test_an_erasure_that_can_not_be_put_into_the_ledger_says_so(
    installation: Installation,
) -> None:
    invited = json.loads(installation.run("invite", "--synthetic", "1", "--json").stdout)
    ledger = installation.folder / "var" / "backups" / "erasures.jsonl"
    ledger.mkdir(parents=True)

    said = installation.run(
        "erase", "--review", invited[0]["review_id"], "--reason", WHY, "--yes", expect=1
    )

    assert "does NOT stand in the ledger" in said.stdout


def test_a_copy_of_all_that_is_held_is_made_for_those_who_can_open_it(
    installation: Installation, tmp_path: Path
) -> None:
    invited = json.loads(installation.run("invite", "--synthetic", "1", "--json").stdout)
    who = ("--review", invited[0]["review_id"])
    plain, sealed = tmp_path / "copy.zip", tmp_path / "copy.zip.age"
    identity = pyrage.x25519.Identity.generate()

    said = installation.run("subject-access", *who, "--out", str(plain)).stdout
    assert "Whoever has the file can read it." in said
    assert stat.S_IMODE(plain.stat().st_mode) == 0o600
    assert zipfile.ZipFile(plain).namelist() == [
        "read-me-first.html", "everything.json", "agreement-and-choices.json",
    ]  # fmt: skip
    to = ("--recipient", str(identity.to_public()))
    made = json.loads(
        installation.run("subject-access", *who, "--out", str(sealed), *to, "--json").stdout
    )
    assert made["sealed"]
    assert made["rows"]["young_people"] == 1
    opened = pyrage.decrypt(sealed.read_bytes(), [identity])
    assert zipfile.ZipFile(io.BytesIO(opened)).testzip() is None

    again = installation.run("subject-access", *who, "--out", str(plain), expect=1)
    assert "not written over" in again.stderr
    nobody = installation.run("subject-access", "--case", "X", "--out", "x.zip", expect=1)
    assert "has no young person" in nobody.stderr
    installation.run("subject-access", "--out", "x.zip", expect=2)
