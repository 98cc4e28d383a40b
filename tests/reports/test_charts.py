"""What is drawn is what the table shows, and no more."""

from collections import Counter

from bot.reports.charts import says, svg
from bot.reports.figures.pathway import BACKLOG
from bot.reports.figures.plans import PEPS, PERMANENCE
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

    assert says(plans) == "543 in all. Most: Their first plan, 50 (9%)."
    assert says(of_one(PEPS, peps.__getitem__)) == (
        "357 of 408 of school age have one (87.5%), 36 of them overdue (10.1%)."
    )


def test_a_sentence_tells_nothing_that_is_withheld() -> None:
    peps = suppressed(of_one(PEPS, Counter(current=40, overdue=3, none=51).__getitem__))

    assert says(peps) == "94 in all. Most: Not in place, 51 (54%)."
