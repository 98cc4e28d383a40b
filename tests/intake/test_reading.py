"""Whatever a table looks like, it is read as far as it can be, and the rest is named and mended."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from bot.intake.children import Child, child_of
from bot.intake.scratch import Read, Scratch
from tests.intake.folders import rows, write

TAKEN = date(2026, 4, 1)


@dataclass(slots=True)
class Reading:
    tmp: Path
    read: Read = field(default_factory=Read)

    def of(self, **tables: list[str] | str) -> dict[str, Child]:
        """The young people in a folder with these tables otherwise than usual."""
        return self.folder(write(self.tmp / "ssd", **tables))

    def folder(self, folder: Path) -> dict[str, Child]:
        self.read = Read()
        file = self.tmp / "rows.db"
        file.unlink(missing_ok=True)
        with closing(Scratch(file)) as scratch:
            scratch.fill(folder, self.read)
            found = {}
            for batch in () if self.read.failed else scratch.batches(3):
                for one in batch.ids:
                    child = child_of(batch, one, TAKEN, self.read)
                    if child is not None:
                        found[one] = child
        return found

    @property
    def refused(self) -> list[tuple[str, int, str]]:
        assert all(one.reason and one.mend for one in self.read.refused)
        return [(one.file.removesuffix(".csv"), one.line, one.column) for one in self.read.refused]

    @property
    def odd(self) -> list[tuple[str, int, str]]:
        assert all(one.reason and one.mend for one in self.read.warned)
        return [(one.file.removesuffix(".csv"), one.line, one.column) for one in self.read.warned]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


def review(line: str) -> list[str]:
    return [*rows("ssd_cla_reviews"), line]


REVIEW = ("ssd_cla_reviews", 5)


@pytest.mark.parametrize("day", ["2024-02-30", "30/02/2024", "31.04.2024", "2024-13-01", "soon"])
def test_a_date_that_does_not_exist_is_named_and_the_rest_goes_in(
    reading: Reading, day: str
) -> None:
    kai = reading.of(ssd_cla_reviews=review(f"R4,C1,,{day},N,PN1"))["1"]

    assert reading.refused == [(*REVIEW, "clar_cla_review_date")]
    assert day in reading.read.refused[0].reason
    assert [one.id for one in kai.reviews if one.held] == ["R1", "R2"]


@pytest.mark.parametrize("day", ["2024-02-02", "02/02/2024", "2/2/2024", "2024-02-02T00:00:00",
                                 "02-Feb-2024", "02/02/2024 09:30:00"])  # fmt: skip
def test_a_day_is_read_as_suppliers_write_it(reading: Reading, day: str) -> None:
    kai = reading.of(ssd_cla_reviews=[f"R1,C1,1900-01-01,{day},N,PN1"])["1"]

    assert (kai.reviews[0].on, kai.reviews[0].due) == (date(2024, 2, 2), None)
    assert reading.refused == reading.odd == []


def test_a_review_before_the_birth_is_refused(reading: Reading) -> None:
    reading.of(ssd_cla_reviews=review("R4,C1,,2012-05-03,N,PN1"))

    assert reading.refused == [(*REVIEW, "clar_cla_review_date")]


def test_a_birth_after_everything_refuses_what_cannot_have_been(reading: Reading) -> None:
    kai = reading.of(ssd_person=["1,Kai,Doe,M,WBRI,2025-06-01"])["1"]

    assert kai.episodes == ()
    assert [one.id for one in kai.reviews] == ["R3"]
    assert {file for file, _line, _column in reading.refused} == {
        "ssd_cla_episodes", "ssd_cla_reviews",
    }  # fmt: skip


def test_an_unknown_code_is_named_and_its_review_still_moves_the_clock(reading: Reading) -> None:
    kai = reading.of(ssd_cla_reviews=review("R4,C1,,2024-10-30,N,PN9"))["1"]

    assert reading.refused == [(*REVIEW, "clar_cla_review_participation")]
    assert [(one.on, one.code) for one in kai.reviews if one.id == "R4"] == [
        (date(2024, 10, 30), "")
    ]


def test_of_one_child_twice_the_first_stands(reading: Reading) -> None:
    found = reading.of(ssd_person=["1,Kai,Doe,M,WBRI,2012-05-04", "1,Kay,Doe,M,WBRI,2012-05-04"])

    assert found["1"].name == "Kai Doe"
    assert reading.refused == [("ssd_person", 3, "pers_person_id")]
    assert "line 2" in reading.read.refused[0].reason
    reading.of(ssd_person=["1,Kai,Doe,M,WBRI,2012-05-04"] * 2)
    assert reading.refused == []  # the same said twice is no matter


def test_overlapping_episodes_are_one_period_and_named(reading: Reading) -> None:
    kai = reading.of(
        ssd_cla_episodes=[
            "E1,1,C1,2024-01-08,S,2025-03-10,X1,P1",
            "E2,1,C1,2025-03-01,P,,,P2",
        ]
    )["1"]

    assert [(care.began, care.ended) for care in kai.cares] == [(date(2024, 1, 8), None)]
    assert reading.odd == [("ssd_cla_episodes", 3, "clae_cla_episode_start_date")]


def test_a_gap_begins_a_new_period_of_care(reading: Reading) -> None:
    kai = reading.of(
        ssd_cla_episodes=[
            "E1,1,C1,2024-01-08,S,2024-08-10,E8,P1",
            "E2,1,C2,2025-03-01,S,,,P2",
        ]
    )["1"]

    assert [(care.began, care.ended) for care in kai.cares] == [
        (date(2024, 1, 8), date(2024, 8, 10)), (date(2025, 3, 1), None),
    ]  # fmt: skip


def test_a_review_outside_of_care_goes_in_and_is_named(reading: Reading) -> None:
    kai = reading.of(ssd_cla_reviews=review("R4,C1,,2023-06-01,N,PN1"))["1"]

    assert any(one.id == "R4" and one.held for one in kai.reviews)
    assert reading.odd == [(*REVIEW, "clar_cla_review_date")]


@pytest.mark.parametrize(
    ("code", "on", "odd"),
    [("PN0", "2024-05-03", False), ("PN0", "2024-05-04", True), ("PN1", "2024-05-03", True),
     ("PN1", "2024-05-04", False)],
)  # fmt: skip
def test_pn0_ends_the_day_before_the_fourth_birthday(
    reading: Reading, code: str, on: str, odd: bool
) -> None:
    reading.of(
        ssd_person=["1,Kai,Doe,M,WBRI,2020-05-04"],
        ssd_cla_reviews=[f"R1,C1,,{on},N,{code}"],
    )

    assert bool(reading.odd) is odd


def test_born_on_29_february_turns_four_on_that_day(reading: Reading) -> None:
    tables = {"ssd_person": ["1,Kai,Doe,M,,2020-02-29"]}
    reading.of(**tables, ssd_cla_reviews=["R1,C1,,2024-02-29,N,PN0"])

    assert reading.odd == [("ssd_cla_reviews", 2, "clar_cla_review_participation")]


@pytest.mark.parametrize("status", ["V3", "V4"])
def test_short_breaks_throughout_are_told_from_care(reading: Reading, status: str) -> None:
    legal = [f"L1,1,{status},2024-01-08,"]
    assert reading.of(ssd_legal_status=legal)["1"].cares[0].short_breaks
    legal = [f"L1,1,{status},2024-01-08,2025-02-28", "L2,1,C2,2025-03-01,"]
    assert not reading.of(ssd_legal_status=legal)["1"].cares[0].short_breaks


def test_twins_are_two(reading: Reading) -> None:
    found = reading.of(
        ssd_person=["1,Sam,Doe,M,WBRI,2012-05-04", "2,Sam,Doe,M,WBRI,2012-05-04"],
        ssd_cla_episodes=[*rows("ssd_cla_episodes"), "E9,2,C9,2024-01-08,S,,,"],
    )

    assert [(one, child.name) for one, child in found.items()] == [
        ("1", "Sam Doe"),
        ("2", "Sam Doe"),
    ]
    assert reading.refused == []


@pytest.mark.parametrize(
    ("first", "name"),
    [('"Doe, Kai"', "Doe, Kai Doe"), ('"Kai ""K"" "', 'Kai "K" Doe'), ("Żaneta", "Żaneta Doe"),
     ("محمد", "محمد Doe"), ("李", "李 Doe"), ("=1+2", "=1+2 Doe"), ("@SUM(A1)", "@SUM(A1) Doe"),
     ('"Kai\r\nMax"', "Kai Max Doe"), ("", "Doe")],
)  # fmt: skip
def test_a_name_comes_in_as_it_is(reading: Reading, first: str, name: str) -> None:
    found = reading.of(
        ssd_person=[f"1,{first},Doe,M,WBRI,2012-05-04", "7,A,B,M,WBRI,not a day"],
    )

    assert found["1"].name == name
    # The line is the file's, also after a cell with lines in it.
    line = 4 if "\n" in first else 3
    assert reading.refused == [("ssd_person", line, "pers_dob")]


def test_names_are_optional(reading: Reading) -> None:
    found = reading.of(ssd_person="pers_person_id,pers_dob\n1,04/05/2012\n")

    assert found["1"].name == ""
    assert found["1"].born == date(2012, 5, 4)


@pytest.mark.parametrize(
    ("encoding", "sign", "end"),
    [("utf-8", ",", "\n"), ("utf-8-sig", ",", "\r\n"), ("utf-16", "\t", "\r\n"),
     ("cp1252", ";", "\r\n")],
)  # fmt: skip
def test_a_file_is_read_however_it_was_written(
    reading: Reading, encoding: str, sign: str, end: str
) -> None:
    folder = write(reading.tmp / "ssd")
    lines = (
        ("Local", "PERS_DOB", "pers_single_unique_id", "pers_surname", "pers_forename"),
        ("x", "04/05/2012", '"1"', "Doé", '"Kai"'),
    )
    text = end.join(sign.join(line) for line in lines)  # no line end at the end
    (folder / "ssd_person.csv").write_bytes(text.encode(encoding))

    kai = reading.folder(folder)["1"]

    assert (kai.name, kai.born) == ("Kai Doé", date(2012, 5, 4))
    assert any("not needed: Local" in note for note in reading.read.notes)


def test_the_other_names_of_columns_are_known(reading: Reading) -> None:
    text = (
        "clar_cla_review_id,clar_cla_person_id,clar_cla_rev_due_date,clar_cla_rev_date,"
        "clar_cla_review_cancelled,clar_cla_rev_participation\n"
        "R1,1,,2024-02-02,N,Child not attended views sent\n"
    )

    kai = reading.of(ssd_cla_reviews=text)["1"]

    assert [(one.on, one.code) for one in kai.reviews] == [(date(2024, 2, 2), "PN6")]


def test_a_file_whose_name_has_more_in_it_is_named_as_it_is(reading: Reading) -> None:
    folder = write(reading.tmp / "ssd", ssd_cla_reviews=["R9,nowhere,,2024-02-02,N,PN1"])
    (folder / "ssd_cla_reviews.csv").rename(folder / "dbo.ssd_cla_reviews 2026-04-01.csv")

    reading.folder(folder)

    assert reading.refused == [("dbo.ssd_cla_reviews 2026-04-01", 2, "")]


def test_a_cancelled_review_may_have_no_date(reading: Reading) -> None:
    kai = reading.of(ssd_cla_reviews=review("X1,C1,2024-04-20,,Y,"))["1"]

    cancelled = next(one for one in kai.reviews if one.cancelled)
    assert (cancelled.on, cancelled.due, cancelled.answered_by) == (None, date(2024, 4, 20), "R2")
    assert reading.refused == reading.odd == []


@pytest.mark.parametrize("content", ["", "\n", "\ufeff"])
def test_an_empty_file_is_told(reading: Reading, content: str) -> None:
    kai = reading.of(ssd_cla_reviews=content)["1"]

    assert kai.reviews == ()
    assert reading.refused == [("ssd_cla_reviews", 1, "")]
    assert reading.read.refused[0].reason == "It is empty."


def test_a_wrong_file_is_told_with_the_column_that_it_lacks(reading: Reading) -> None:
    reading.of(ssd_cla_reviews="name,phone\nA,1\n")

    (one,) = reading.read.refused
    assert "clar_cla_review_id" in one.reason
    assert "Is it ssd_cla_reviews?" in one.mend


def test_a_picture_with_the_name_of_a_table_is_told(reading: Reading) -> None:
    folder = write(reading.tmp / "ssd")
    (folder / "ssd_cla_reviews.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)

    assert reading.folder(folder)["1"].reviews == ()
    assert reading.refused[0][0] == "ssd_cla_reviews"


def test_a_file_that_was_cut_gives_what_is_whole(reading: Reading) -> None:
    folder = write(reading.tmp / "ssd")
    file = folder / "ssd_cla_reviews.csv"
    file.write_bytes(file.read_bytes()[:-12])

    kai = reading.folder(folder)["1"]

    assert [one.id for one in kai.reviews] == ["R1", "R2"]
    assert reading.refused == [("ssd_cla_reviews", 4, "")]


def test_without_people_nothing_is_read(reading: Reading) -> None:
    folder = write(reading.tmp / "ssd")
    (folder / "ssd_person.csv").unlink()

    assert reading.folder(folder) == {}
    assert "ssd_person" in reading.read.failed


def test_the_same_table_twice_is_refused(reading: Reading) -> None:
    folder = write(reading.tmp / "ssd")
    (folder / "ssd_person (2).csv").write_text("pers_person_id,pers_dob\n")
    (folder / "ssd_person_v1.2.csv").write_text("pers_person_id,pers_dob\n")

    assert reading.folder(folder) == {}
    assert "both ssd_person" in reading.read.failed
