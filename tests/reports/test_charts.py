"""What is drawn is what the table shows, and no more."""

import re
from collections import Counter

import pytest

from bot.reports.charts import says, svg
from bot.reports.figures import counting
from bot.reports.figures.pathway import BACKLOG
from bot.reports.figures.plans import PEPS, PERMANENCE
from bot.reports.figures.records import ABSENCE
from bot.reports.figures.reviews import BY_STAGE, PARTICIPATION
from bot.reports.suppression import suppressed
from bot.reports.tables import counted, of_one, without_data


def test_a_bar_stands_under_its_label_with_its_number() -> None:
    drawn = svg(of_one(PARTICIPATION, Counter({"PN1": 40, "PN6": 23}).__getitem__))

    assert drawn is not None
    assert "Came and spoke for themselves (PN1)" in drawn
    assert ">40<" in drawn
    assert ">23<" in drawn


def test_what_is_withheld_is_not_drawn() -> None:
    table = suppressed(of_one(PARTICIPATION, Counter({"PN1": 40, "PN2": 3, "PN6": 23}).__getitem__))

    drawn = svg(table)

    assert drawn is not None
    assert "an advocate spoke (PN2)" not in drawn
    assert ">3<" not in drawn


def test_each_label_of_a_bar_in_parts_is_drawn_once() -> None:
    cells = {("first", "in_time"): 9, ("first", "late"): 8, ("later", "in_time"): 50}
    drawn = svg(counted(BY_STAGE, cells))

    assert drawn is not None
    assert drawn.count(">First review<") == 1


def test_nothing_is_drawn_where_nothing_is_known_or_there_were_none() -> None:
    assert svg(without_data(PARTICIPATION, "Nothing was imported.")) is None
    assert svg(of_one(PARTICIPATION, lambda _row: 0)) is None


def test_each_whole_number_stands_once_at_the_side() -> None:
    months = (("2025-04-30", "30 April 2025"), ("2025-05-31", "31 May 2025"))
    drawn = svg(counted(BACKLOG, {("2025-05-31", "count"): 1}, months))

    assert drawn is not None
    assert (drawn.count(">0<"), drawn.count(">1<")) == (1, 1)


def test_the_sentence_is_about_those_whom_the_table_is_about() -> None:
    plans = counted(PERMANENCE, {("first", "count"): 50, ("not_known", "count"): 493})
    peps = Counter(current=321, overdue=36, none=51, not_of_age=155)

    assert says(plans) == (
        "543 in all, 493 of them not on record. "
        "Of the others most often: Their first plan, 50 (100%)."
    )
    assert says(of_one(PEPS, peps.__getitem__)) == (
        "357 of 408 of school age have one (87.5%), 36 of them overdue (10.1%)."
    )


def test_a_sentence_tells_nothing_that_is_withheld() -> None:
    peps = suppressed(of_one(PEPS, Counter(current=40, overdue=3, none=51).__getitem__))

    assert says(peps) == "94 in all. Most often: Not in place, 51 (54%)."


def test_the_sentence_of_reviews_says_how_many_were_late() -> None:
    cells = {("first", "in_time"): 60, ("later", "in_time"): 1303, ("later", "late"): 106}

    assert says(counted(BY_STAGE, cells)) == "106 of 1,469 were held late (7%)."


def test_how_children_took_part_is_told_of_those_who_were_4_or_older() -> None:
    codes = Counter(PN0=20, PN1=30, PN2=6, PN3=6, PN4=8, PN5=10, PN6=30, PN7=10)

    assert says(of_one(PARTICIPATION, codes.__getitem__)) == (
        "120 in all, 20 of them of children under 4. Of the others: 50 came (50%); "
        "40 did not come and had views brought or sent (40%); "
        "10 did not come and sent nothing (10%)."
    )


def test_a_part_of_it_that_holds_a_withheld_number_is_left_out() -> None:
    codes = Counter(PN0=20, PN1=30, PN2=1, PN3=2, PN4=8, PN5=10, PN6=30, PN7=19)

    said = says(suppressed(of_one(PARTICIPATION, codes.__getitem__)))

    assert "came (" not in said
    assert "40 did not come and had views brought or sent (40%)" in said


def test_rows_that_share_the_largest_number_are_both_said() -> None:
    reasons = Counter(too_many_people=15, school_or_commitment=15, boring=8)

    assert says(of_one(ABSENCE, reasons.__getitem__)) == (
        "Most often: Too many people and School or something they do, 15 each."
    )


def test_a_line_says_how_high_it_went_between() -> None:
    months = tuple((f"2025-0{number}-30", f"30 {number} 2025") for number in (4, 5, 6))
    cells = {
        (row, "count"): number for (row, _label), number in zip(months, (2, 10, 1), strict=True)
    }

    assert says(counted(BACKLOG, cells, months)) == (
        "2 on 30 4 2025, 1 on 30 6 2025; at the most 10, on 30 5 2025."
    )


@pytest.mark.parametrize("number", [0, 1, 3, 3_000])
def test_every_table_has_a_sentence_whatever_its_numbers_are(number: int) -> None:
    """And where all of them are small, it gives none of them."""
    for declared in counting.DECLARED:
        rows = declared.rows or (("one", "One"), ("two", "Two"))
        cells = {(row, column): number for row, _ in rows for column, _says in declared.columns}
        table = suppressed(counted(declared, cells, rows))
        said = says(table)
        assert said.endswith("."), declared.id
        assert "None" not in said, declared.id
        if table.hidden:
            assert not re.search(rf"\b{number}\b", said.partition(" in all")[2] or said), (
                declared.id
            )
