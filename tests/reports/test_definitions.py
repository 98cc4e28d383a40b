"""What is published says what it counts."""

from bot.reports.figures import counting
from bot.reports.report import SECTIONS
from tools import definitions


def test_the_page_of_definitions_is_what_the_tables_declare() -> None:
    assert definitions.PAGE.read_text() == definitions.page()


def test_every_table_that_is_counted_stands_in_one_section_of_the_report() -> None:
    shown = [table.id for section in SECTIONS for table in section.tables]

    assert sorted(shown) == sorted(one.id for one in counting.DECLARED)
