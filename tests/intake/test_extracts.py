"""What the suppliers' extracts really write, by their SQL in data-to-insight/ssd-data-model, beyond
the published columns."""

import tracemalloc
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot.intake import values
from bot.intake.children import with_own_ids
from bot.intake.scratch import Read, Scratch, kind_of
from tests.intake.folders import rows, write
from tests.intake.test_reading import Reading

LEAVERS = "clea_person_id,clea_care_leaver_eligibility,clea_pathway_plan_review_date"
PERSON = "pers_person_id,pers_forename,pers_surname,pers_dob,pers_expected_dob"
REVIEWS = "clar_cla_review_id,clar_cla_person_id,clar_cla_review_date,clar_cla_review_participation"
TWO = [*rows("ssd_person"), "2,Kim,Doe,F,WBRI,2012-05-04"]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


def test_of_a_care_leaver_with_several_rows_the_latest_review_is_taken(reading: Reading) -> None:
    """LCS has a row for each status, and 1900-01-01 where one has no review."""
    kai = reading.of(
        ssd_care_leavers=f"{LEAVERS}\n1,No Current Eligibility,1900-01-01\n1,Eligible,2025-08-20\n"
        "1,Relevant,2025-02-20\n1,Relevant,2031-01-01\n"
    )["1"]

    assert kai.reviewed_on == date(2025, 8, 20)
    assert reading.refused == [("ssd_care_leavers", 5, "clea_pathway_plan_review_date")]


def test_an_estimated_birth_date_is_a_birth_date(reading: Reading) -> None:
    """LCS keeps those, as of children who came to the UK alone, in `pers_expected_dob`."""
    found = reading.of(
        ssd_person=f"{PERSON}\n1,Kai,Doe,NULL,2009-01-15\n5,Nobody,InCare,,2009-01-15\n"
    )

    assert found["1"].born == date(2009, 1, 15)
    assert reading.refused == []
    (note,) = [one for one in reading.read.notes if "pers_expected_dob was taken" in one]
    assert note.endswith("1 of ssd_person.")


def test_an_unborn_child_is_not_taken_in(reading: Reading) -> None:
    assert reading.of(ssd_person=f"{PERSON}\n1,Kai,Doe,,2026-09-15\n") == {}
    assert "lies ahead" in reading.read.refused[0].reason


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("CW", "social_worker"), ("Allocated Case Worker", "social_worker"),
        ("16PLUS", "personal_adviser"), ("IRO", "iro"), ("KAHEALTH", ""), ("CWIMS", ""),
    ],
)  # fmt: skip
def test_roles_are_known_by_the_codes_of_lcs(role: str, kind: str) -> None:
    assert kind_of(role) == kind


def test_roles_that_nothing_is_about_are_told_with_their_rows(reading: Reading) -> None:
    reading.of(ssd_involvements=[f"W1,{role},1,2024-01-08," for role in ("IRO", "KA1", "KA1", "")])

    (note,) = [one for one in reading.read.notes if "Other roles" in one]
    assert note.endswith("with their rows: KA1 (2), none (1).")


def test_a_review_of_brothers_and_sisters_is_one_of_each(reading: Reading) -> None:
    """Mosaic has one step for all of them, whose id stands in a row of each."""
    found = reading.of(
        ssd_person=TWO,
        ssd_cla_episodes=[*rows("ssd_cla_episodes"), "E9,2,C2,2024-01-08,S,,,"],
        ssd_cla_reviews=f"{REVIEWS}\n"
        "S1,1,2024-02-02,PN1\nS1,2,2024-02-02,PN6\nS1,2,2024-02-02,PN6\nR2,1,2024-05-01,PN1\n",
    )

    assert reading.refused == []
    assert [one.code for one in found["2"].reviews] == ["PN6"]
    own = [with_own_ids(found[one].reviews, f"{one}2345678-9", ()) for one in ("1", "2")]
    assert [[one.id for one in mine] for mine in own] == [["S1-12345678", "R2"], ["S1-22345678"]]
    kept = with_own_ids(found["1"].reviews, "12345678-9", {"S1"})
    assert [one.id for one in kept] == ["S1", "R2"]  # an id that is here is not changed


def test_of_one_childs_review_twice_the_first_still_stands(reading: Reading) -> None:
    reading.of(ssd_cla_reviews=f"{REVIEWS}\nS1,1,2024-02-02,PN1\nS1,1,2024-02-02,PN6\n")

    assert reading.refused == [("ssd_cla_reviews", 3, "clar_cla_review_id")]


def test_rows_of_whom_could_not_be_read_say_which_line_to_mend(reading: Reading) -> None:
    reading.of(ssd_person=["1,Kai,Doe,M,WBRI,soon", "2,Kim,Doe,F,WBRI,2012-05-04"])

    others = [one for one in reading.read.refused if one.file != "ssd_person.csv"]
    assert others
    assert {one.reason for one in others} == {"1 did not come in: see line 2 of ssd_person."}


def test_a_placement_of_an_older_kind_goes_in_without_it_and_says_so(reading: Reading) -> None:
    kai = reading.of(
        ssd_cla_placement=["P1,C1,1,2024-01-08,2025-03-01,F1", "P2,C1,1,2025-03-01,,H5a"]
    )["1"]

    assert [one.placement for one in kai.episodes] == ["", "H5"]
    (one,) = reading.read.refused
    assert one.mend.endswith("The rest of the row goes in.")


def test_care_after_the_eighteenth_birthday_goes_in_and_is_named(reading: Reading) -> None:
    born = date(2008, 2, 10)
    kai = reading.of(
        ssd_person=[f"1,Kai,Doe,M,WBRI,{born}"],
        ssd_cla_reviews=["R1,C1,,2026-02-09,N,PN1", "R2,C1,,2026-02-10,N,PN1"],
    )["1"]

    assert [one.id for one in kai.reviews] == ["R1", "R2"]
    assert reading.odd == [
        ("ssd_cla_episodes", 3, "clae_cla_episode_ceased_date"),
        ("ssd_cla_reviews", 3, "clar_cla_review_date"),
    ]
    assert "2026-02-10, when they turned 18" in reading.read.warned[0].reason
    reading.of(
        ssd_person=[f"1,Kai,Doe,M,WBRI,{born}"],
        ssd_cla_episodes=["E1,1,C1,2024-01-08,S,2026-02-10,E7,P1"],
    )
    assert reading.odd == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_sixteen_bits_without_their_mark_are_read_with_all_letters(
    reading: Reading, encoding: str
) -> None:
    folder = write(reading.tmp / "ssd", ssd_person=["1,Łukasz,Doe,M,WBRI,2012-05-04"])
    file = folder / "ssd_person.csv"
    file.write_bytes(file.read_text().encode(encoding))

    assert reading.folder(folder)["1"].name == "Łukasz Doe"
    assert reading.read.notes == ["ssd_care_leavers.csv has column names and no rows. Has the case "
                                  "system none?"]  # fmt: skip


def test_the_line_that_powershell_writes_first_is_no_head(reading: Reading) -> None:
    head = '#TYPE System.Data.DataRow\r\n"pers_person_id","pers_dob"'
    assert list(reading.of(ssd_person=f'{head}\r\n"1","04/05/2012"\r\n')) == ["1"]


@pytest.mark.parametrize(
    ("written", "code"), [("CNHE", "CHNE"), ("ORAB", "OOTH"), ("MWBa", "MWBA")]
)
def test_what_eclipse_calls_an_ethnicity_is_known(written: str, code: str) -> None:
    assert values.ethnicity(written) == code


def test_a_table_without_rows_is_told(reading: Reading) -> None:
    reading.of(ssd_cla_reviews=[])

    assert "ssd_cla_reviews.csv has column names and no rows." in " ".join(reading.read.notes)


def test_a_file_without_a_last_line_break_may_be_cut(reading: Reading) -> None:
    head = "pers_person_id,pers_dob"
    reading.of(ssd_person=f"{head}\n1,2012-05-04\n2,2012-05-1")
    (note,) = [one for one in reading.read.notes if "line break" in one]
    assert "its last line, 3," in note


def test_a_table_that_stands_twice_in_its_file_needs_no_more_memory(tmp_path: Path) -> None:
    once = [f"R{number},C1,,2025-05-01,N,PN1" for number in range(15_000)]
    peaks = []
    for number, times in enumerate((1, 3)):
        folder = write(tmp_path / f"ssd{times}", ssd_cla_reviews=once * times)
        with closing(Scratch(tmp_path / f"rows{number}")) as scratch:
            tracemalloc.start()
            scratch.fill(folder, read := Read())
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert read.refused == []
    assert peaks[1] < peaks[0] + 2_000_000


def test_what_is_put_in_order_is_gone_however_it_ends(tmp_path: Path) -> None:
    """It holds names: a process that is killed can remove nothing any more."""
    file = tmp_path / "rows.db"
    with closing(Scratch(file)) as scratch:
        assert not file.exists()
        scratch.fill(write(tmp_path / "ssd"), read := Read())
        assert scratch.count() == 1
    assert not read.failed
    assert not list(tmp_path.glob("rows*"))
