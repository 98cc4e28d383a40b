"""What can't be read is named with its place and how to mend it; the rest goes in."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake import values
from bot.intake.children import Child, child_of
from bot.intake.columns import source_of
from bot.intake.scratch import Read, Scratch
from bot.intake.values import Unreadable
from conversations.participation import Code
from tests.intake.tables import TAKEN, Tables


def read(folder: Path, scratch: Path) -> tuple[dict[str, Child], Read]:
    found, into = Read(), Scratch(scratch)
    children = {}
    try:
        into.fill(folder, found)
        if not found.failed:
            for batch in into.batches(3):
                for one in batch.ids:
                    child = child_of(batch, one, TAKEN, found)
                    if child is not None:
                        children[one] = child
    finally:
        into.close()
    return children, found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ssd"


def taken(tables: Tables, folder: Path) -> tuple[dict[str, Child], Read]:
    return read(tables.write(folder), folder.parent / "rows.db")


Change = Callable[[Tables], None]


def _person(*row: str) -> Change:
    return lambda tables: tables.person.append(row)


def _review(*row: str) -> Change:
    return lambda tables: tables.reviews.append(row)


def _episode(*row: str) -> Change:
    return lambda tables: tables.episodes.append(row)


REFUSED: list[tuple[Change, str, int, str, str]] = [
    (_review("R9", "C1", "", "2025-02-30", "N", "PN1"), "ssd_cla_reviews.csv", 6,
     "clar_cla_review_date", "no such day"),
    (_review("R9", "C1", "", "soon", "N", "PN1"), "ssd_cla_reviews.csv", 6,
     "clar_cla_review_date", "is no date"),
    (_review("R9", "C1", "", "2011-05-01", "N", "PN1"), "ssd_cla_reviews.csv", 6,
     "clar_cla_review_date", "before the child was born"),
    (_review("R9", "C1", "", "2025-06-01", "N", "PN9"), "ssd_cla_reviews.csv", 6,
     "clar_cla_review_participation", "no participation code"),
    (_review("R9", "C1", "", "", "N", ""), "ssd_cla_reviews.csv", 6,
     "clar_cla_review_date", "neither a day nor a due date"),
    (_review("R9", "C77", "", "2025-06-01", "N", "PN1"), "ssd_cla_reviews.csv", 6, "",
     "Nobody is known whose review this is"),
    (_review("R9", "C1", "", "2025-06-01", "perhaps", "PN1"), "ssd_cla_reviews.csv", 6,
     "clar_cla_review_cancelled", "neither yes nor no"),
    (_review("R3", "C1", "", "2025-06-01", "N", "PN1"), "ssd_cla_reviews.csv", 6,
     "clar_cla_review_id", "stands in line 4 too"),
    (_episode("E9", "1", "C1", "2011-01-01", "S", "2011-02-01", "E8", ""), "ssd_cla_episodes.csv",
     4, "clae_cla_episode_start_date", "before the child was born"),
    (_episode("E9", "1", "C1", "2023-02-01", "S", "2023-01-01", "E8", ""), "ssd_cla_episodes.csv",
     4, "clae_cla_episode_ceased_date", "ends before it begins"),
    (_episode("E9", "44", "C1", "2023-02-01", "S", "2023-03-01", "E8", ""), "ssd_cla_episodes.csv",
     4, "", "44 is not in ssd_person"),
    (_person("1", "Kai", "Doe", "M", "WBRI", "2013-01-01"), "ssd_person.csv", 3, "pers_person_id",
     "stands in line 2 too"),
    (_person("", "Kai", "Doe", "M", "WBRI", "2013-01-01"), "ssd_person.csv", 3, "pers_person_id",
     "There is no id"),
    (_person("9", "Kai", "Doe", "M", "WBRI", "13/13/2013"), "ssd_person.csv", 3, "pers_dob",
     "no such day"),
    (lambda tables: tables.legal.append(("L9", "1", "Z9", "2024-01-08", "")),
     "ssd_legal_status.csv", 3, "lega_legal_status", "is no legal status"),
    (lambda tables: tables.placement.append(("P9", "C1", "1", "2024-01-08", "", "Castle")),
     "ssd_cla_placement.csv", 4, "clap_cla_placement_type", "is no kind of placement"),
    (_person("9", "Kai", "Doe", "Q", "WBRI", "2013-01-01"), "ssd_person.csv", 3, "pers_sex",
     "is no sex that is known here"),
    (_person("9", "Kai", "Doe", "M", "ZZZZ", "2013-01-01"), "ssd_person.csv", 3, "pers_ethnicity",
     "is no ethnicity that is known here"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "file", "line", "column", "says"), REFUSED)
def test_a_row_that_cant_be_read_is_named_and_the_rest_goes_in(
    folder: Path, change: Change, file: str, line: int, column: str, says: str
) -> None:
    tables = Tables()
    change(tables)

    children, found = taken(tables, folder)

    (one,) = found.refused
    assert (one.file, one.line, one.column) == (file, line, column)
    assert says in one.reason
    assert one.mend
    assert [row.id for row in children["1"].reviews if row.id in ("R1", "R2", "R3", "R4")] == [
        "R4", "R1", "R2", "R3",
    ]  # fmt: skip


ODD: list[tuple[Change, str]] = [
    (_review("R9", "C1", "", "2023-06-01", "N", "PN1"), "not looked after on that day"),
    (_review("R9", "C1", "", "2024-11-05", "N", "PN1"), "was on the same day"),
    (_review("R9", "C1", "", "2025-05-01", "N", "PN0"), "rule 440"),
    (_review("R9", "C1", "", "2025-05-01", "N", ""), "rule 167"),
    (_review("R9", "C1", "2026-09-01", "", "N", "PN1"), "has not been held"),
    (_episode("E9", "1", "C1", "2025-04-01", "P", "", "", ""), "before the episode in line 3 ends"),
]


@pytest.mark.parametrize(("change", "says"), ODD)
def test_what_cant_be_right_goes_in_and_is_named(folder: Path, change: Change, says: str) -> None:
    tables = Tables()
    change(tables)

    children, found = taken(tables, folder)

    assert found.refused == []
    assert any(says in one.reason for one in found.warned), found.warned
    assert len(children["1"].reviews) + len(children["1"].episodes) == 7


def test_pn0_on_the_fourth_birthday_cant_be_right(folder: Path) -> None:
    tables = Tables(person=[("1", "Kai", "Doe", "M", "WBRI", "2020-02-29")])
    tables.reviews = [
        ("R1", "C1", "", "2024-02-28", "N", "PN0"),
        ("R2", "C1", "", "2024-02-29", "N", "PN0"),
    ]

    _children, found = taken(tables, folder)

    assert [one.line for one in found.warned] == [3]


@pytest.mark.parametrize("born", ["", "2027-01-01"])
def test_without_a_birth_date_nobody_comes_in(folder: Path, born: str) -> None:
    tables = Tables()
    tables.person.append(("2", "Lena", "Roe", "F", "", born))
    tables.episodes.append(("E9", "2", "C9", "2024-01-08", "S", "", "", ""))

    children, found = taken(tables, folder)

    assert list(children) == ["1"]
    assert found.refused[0].line == 3


def test_twins_names_and_formulas_come_in_as_they_are(folder: Path) -> None:
    names = [
        ("2", 'Ana "Nan"', "O’Brien, Jr", "F", "", "2014-02-28"),
        ("3", "=cmd|' /C calc'!A0", "ميساء", "F", "", "2014-02-28"),
    ]
    tables = Tables()
    tables.person += names
    for person in ("2", "3"):
        tables.episodes.append((f"T{person}", person, f"D{person}", "2024-01-08", "S", "", "", ""))

    children, found = taken(tables, folder)

    assert found.refused == []
    assert children["2"].name == 'Ana "Nan" O’Brien, Jr'
    assert children["3"].name == "=cmd|' /C calc'!A0 ميساء"


def test_whoever_was_never_looked_after_is_left_out(folder: Path) -> None:
    tables = Tables()
    tables.person.append(("2", "Ana", "Roe", "F", "", "2014-02-28"))

    children, _found = taken(tables, folder)

    assert list(children) == ["1"]


def test_files_as_suppliers_write_them(folder: Path) -> None:
    Tables().write(folder)
    person = folder / "ssd_person.csv"
    person.unlink()
    (folder / "dbo.SSD_Person 2026-04-01.CSV").write_bytes(
        "PERS_SINGLE_UNIQUE_ID;pers_dob;pers_extra;pers_surname;pers_forename\r\n"
        "1;2012-05-04 00:00:00.000;x;Døe;Kai\r\n".encode("utf-8-sig")
    )
    (folder / "readme.txt").write_text("hello")

    children, found = read(folder, folder.parent / "rows.db")

    assert found.refused == []
    assert children["1"].name == "Kai Døe"
    assert children["1"].born == date(2012, 5, 4)
    assert "dbo.SSD_Person 2026-04-01.CSV: columns that are not needed: pers_extra." in found.notes
    assert "readme.txt is none of the tables that are read." in found.notes


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("ssd_cla_reviews.csv", b"", "It is empty."),
        ("ssd_cla_reviews.csv", b"PK\x03\x04\x14\x00", "an Excel workbook"),
        ("ssd_cla_reviews.csv", b"a,b,c\r\n1,2,3\r\n", "It has no column"),
        ("ssd_cla_reviews.csv", b"\x00\x01\x02\xff\xfe\x00", "It has no column"),
        ("ssd_person.csv", b"", "no row can be read"),
    ],
)
def test_a_wrong_file_is_told(folder: Path, name: str, content: bytes, says: str) -> None:
    Tables().write(folder)
    (folder / name).write_bytes(content)

    children, found = read(folder, folder.parent / "rows.db")

    assert says in f"{found.failed} {found.refused}"
    assert bool(found.failed) is (name == "ssd_person.csv")
    assert bool(children) is not bool(found.failed)


def test_without_people_nothing_can_come_in(folder: Path) -> None:
    Tables().write(folder)
    (folder / "ssd_person.csv").unlink()

    _children, found = read(folder, folder.parent / "rows.db")

    assert found.failed == "There is no ssd_person.csv. Without it nobody is known."


def test_a_file_that_is_cut_gives_what_is_whole(folder: Path) -> None:
    Tables().write(folder)
    path = folder / "ssd_cla_reviews.csv"
    whole = path.read_bytes()
    for end in range(len(whole) - 40, len(whole) - 1):
        path.write_bytes(whole[:end])
        children, found = read(folder, folder.parent / f"rows{end}.db")
        assert len(children["1"].reviews) + len(found.refused) + len(found.warned) >= 3


def test_a_quote_that_nobody_closed_loses_its_own_lines_only(folder: Path) -> None:
    Tables().write(folder)
    path = folder / "ssd_cla_reviews.csv"
    lines = path.read_text().splitlines()
    lines[2] = lines[2].replace("PN6", '"PN6')
    path.write_text("\n".join(lines) + "\n")

    children, found = read(folder, folder.parent / "rows.db")

    assert [(one.line, one.reason) for one in found.refused] == [
        (3, "The file ends in the middle of a cell.")
    ]
    assert {one.id for one in children["1"].reviews} == {"R1", "R3", "R4"}


@pytest.mark.parametrize("ahead", [0, 1, 30])
def test_rows_between_two_stray_quotes_are_not_lost(folder: Path, ahead: int) -> None:
    tables = Tables()
    tables.person = [
        ("1", "Kai", "Doe", "M", "WBRI", "04/05/2012"),
        ("2", "stray", "One", "M", "WBRI", "04/05/2012"),
        *((f"x{number}", "Kim", "Poe", "F", "", "04/05/2012") for number in range(ahead)),
        ("3", "stray", "Two", "M", "WBRI", "04/05/2012"),
        ("4", "Ann\nLee", "Ray", "F", "WBRI", "04/05/2012"),
    ]
    path = tables.write(folder) / "ssd_person.csv"
    path.write_text(path.read_text().replace("stray", '"stray'))

    _children, found = read(folder, folder.parent / "rows.db")

    assert found.counts["ssd_person"] == 2 + ahead
    assert [one.line for one in found.refused] == [3, 4 + ahead]
    assert all("quote" in f"{one.reason}{one.mend}" for one in found.refused)


def test_a_cell_that_is_too_long_is_called_so(folder: Path) -> None:
    tables = Tables()
    tables.person = [("2", "A" * 100_001, "Doe", "M", "WBRI", "2012-05-04"), *tables.person]

    children, found = read(tables.write(folder), folder.parent / "rows.db")

    assert list(children) == ["1"]
    assert [(one.line, one.reason) for one in found.refused] == [
        (2, "A cell has more than 100,000 signs.")
    ]


@pytest.mark.parametrize("filled", ["A" * 2_500_000, "A,B,C,F,," * 250_000, '"' * 1_000_000])
def test_a_line_without_end_is_named_and_the_rows_after_it_go_in(folder: Path, filled: str) -> None:
    path = Tables().write(folder) / "ssd_person.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, filled, *rows, ""]))

    children, found = read(folder, folder.parent / "rows.db")

    assert list(children) == ["1"]
    assert [(one.line, one.reason) for one in found.refused] == [
        (2, "A cell has more than 100,000 signs.")
    ]


def test_a_first_line_that_tells_excel_the_separator_is_no_head(folder: Path) -> None:
    path = Tables().write(folder) / "ssd_person.csv"
    rows = path.read_text().replace(",", ";")
    path.write_text(f"sep=;\n{rows}2;Ana;Roe;F;WBRI;soon\n")

    children, found = read(folder, folder.parent / "rows.db")

    assert list(children) == ["1"]
    assert [one.line for one in found.refused] == [4]


def test_a_file_that_is_cut_inside_a_letter_keeps_its_other_letters(folder: Path) -> None:
    tables = Tables()
    tables.person = [("1", "Zoë", "Łuk", "F", "WBRI", "2012-05-04"), ("2", "", "", "", "", "é")]
    path = tables.write(folder) / "ssd_person.csv"
    path.write_bytes(path.read_bytes().removesuffix(b"\xa9\r\n"))

    children, found = read(folder, folder.parent / "rows.db")

    assert children["1"].name == "Zoë Łuk"
    assert not [note for note in found.notes if "UTF-8" in note]


def test_a_row_with_too_many_cells_is_named(folder: Path) -> None:
    Tables().write(folder)
    path = folder / "ssd_person.csv"
    path.write_text(path.read_text() + "2,Ana,Roe, Jr,F,WBRI,2014-02-28\n")

    children, found = read(folder, folder.parent / "rows.db")

    assert list(children) == ["1"]
    assert "more cells than the head: 7, not 6" in found.refused[0].reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PN0", "PN0"), ("pn 3", "PN3"), ("PN5 - briefed", "PN5"), ("", ""), ("NULL", ""),
        ("Child aged under 4 at the time of the review", "PN0"),
        ("Child physically attends and speaks for him or herself (Attendance)", "PN1"),
        ("Attends, an advocate speaks on his or her behalf", "PN2"),
        ("Child attends and conveys his or her view symbolically (non-verbally)", "PN3"),
        ("Child physically attends but does not speak for him or herself, does not convey his or "
         "her view symbolically (non-verbally) and does not ask an advocate to speak", "PN4"),
        ("Child does not attend physically but briefs an advocate to speak for him or her", "PN5"),
        ("Child does not attend but conveys his or her feelings to the review by a facilitative "
         "medium", "PN6"),
        ("Child does not attend nor are his or her views conveyed to the review", "PN7"),
        ("Does not attend, views not conveyed", "PN7"),
        ("Attends, does not speak, convey views symbolically or ask an advocate to speak", "PN4"),
        ("Child attended, gave views non verbally", "PN3"),
        ("Child attended without contributing", "PN4"),
        ("Child not attended, advocate briefed with views", "PN5"),
        ("Child not attended, views sent", "PN6"),
        ("Child not in attendance and did not send views", "PN7"),
        ("Child attended, advocate spoke", "PN2"), ("Child attended and spoke for self", "PN1"),
    ],
)  # fmt: skip
def test_participation_is_read_in_everybodys_words(text: str, code: str) -> None:
    assert values.participation(text) == code
    assert code == "" or code in set(Code)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2025-04-30", date(2025, 4, 30)), ("30/04/2025", date(2025, 4, 30)),
        ("3/4/2025 00:00", date(2025, 4, 3)), ("30-Apr-2025", date(2025, 4, 30)),
        ("2025-04-30T00:00:00Z", date(2025, 4, 30)), (" 30.04.2025 ", date(2025, 4, 30)),
        ("Apr 30 2025 12:00AM", date(2025, 4, 30)), ("Jun  3 2025 12:00AM", date(2025, 6, 3)),
        ("1900-01-01", None), ("01/01/1900", None), ("31/12/9999", None), ("NULL", None),
        ("", None),
    ],
)  # fmt: skip
def test_days_are_read_as_suppliers_write_them(text: str, read: date | None) -> None:
    assert values.day(text) == read


@pytest.mark.parametrize("text", ["30/04/25", "2025-13-01", "29/02/2025", "April", "20250430", "0"])
def test_a_day_that_could_be_another_is_not_guessed(text: str) -> None:
    with pytest.raises(Unreadable):
        values.day(text)


def test_a_day_with_its_month_first_is_told_so() -> None:
    with pytest.raises(Unreadable) as wrong:
        values.day("06/23/2021 12:00:00 AM")
    assert "the month comes first" in wrong.value.mend


@given(st.text(max_size=60))
def test_no_value_breaks_the_reading(text: str) -> None:
    for convert in (values.day, values.participation, values.legal_status, values.placement,
                    values.reason_began, values.reason_ended, values.flag, values.sex,
                    values.ethnicity):  # fmt: skip
        try:
            convert(text)
        except Unreadable as error:
            found = error
        else:
            continue
        assert found.reason
        assert found.mend


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("M", "M"), ("female", "F"), ("2", "F"), ("Male (at birth)", "M"), ("", ""), ("U", ""),
        ("Not specified", ""), ("Unknown", ""), ("0", ""), ("I - Indeterminate", ""),
    ],
)  # fmt: skip
def test_a_sex_is_known_or_said_to_be_unknown(written: str, found: str) -> None:
    assert values.sex(written) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("WBRI", "WBRI"), ("b. BAFR African", "BAFR"), ("White British", "WBRI"), ("", ""),
        ("Unknown", ""), ("Not known/recorded", ""), ("UNKN", ""), ("NOBT", "NOBT"),
        ("Information not yet obtained", "NOBT"),
    ],
)  # fmt: skip
def test_an_ethnicity_is_known_or_said_to_be_unknown(written: str, found: str) -> None:
    assert values.ethnicity(written) == found


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("ssd_person.csv", "ssd_person"), ("SSD_CLA_Reviews.CSV", "ssd_cla_reviews"),
        ("dbo.ssd_person.csv", "ssd_person"), ("ssd_cla_episodes_20260401.csv", "ssd_cla_episodes"),
        ("ssd_care_leavers-v1.2.csv", "ssd_care_leavers"), ("person.csv", None),
        ("ssd_person.xlsx", None),
    ],
)  # fmt: skip
def test_a_table_is_known_by_its_files_name(name: str, table: str | None) -> None:
    assert source_of(name) == table
