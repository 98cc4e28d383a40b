"""The files: read back by others' readers they say the same."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from bot.service.statutory_return import files
from bot.service.statutory_return.rules import Found, Meeting, Row, Rule

ODD = ("=1+1", "+44", "-7", "@SUM(A1)", 'Ø, "x" & <y>', "李", "]]>", "&amp;", " 7", "'7")


def _row(child: str) -> Row:
    return Row(child, date(2012, 5, 4), date(2025, 12, 3), "PN1")


def test_the_header_and_the_days_are_exactly_as_the_department_wants_them() -> None:
    text = files.csv_head() + files.csv_of([_row("C1")])

    assert text == "CHILD,DOB,REVIEW,REVIEW_CODE\r\nC1,04/05/2012,03/12/2025,PN1\r\n"


@pytest.mark.parametrize("child", ODD)
def test_an_id_stays_exact_in_both_files(child: str) -> None:
    rows = list(csv.reader(io.StringIO(files.csv_of([_row(child)]), newline="")))
    tree = ET.fromstring(files.XML_HEAD + files.xml_of((_row(child),)) + files.XML_END)  # noqa: S314

    assert rows == [[child, "04/05/2012", "03/12/2025", "PN1"]]
    assert tree.findtext("CHILD/HEADER/CHILDID") == child


def test_the_xml_has_a_child_once_and_each_review_by_itself() -> None:
    rows = (_row("C1"), Row("C1", date(2012, 5, 4), date(2025, 6, 3), "PN6"))

    tree = ET.fromstring(files.XML_HEAD + files.xml_of(rows) + files.XML_END)  # noqa: S314

    assert tree.tag == "EXPSSDA903"
    (child,) = tree.findall("CHILD")
    (header,) = child
    assert [part.tag for part in header] == ["CHILDID", "DOB", "AREVIEW", "AREVIEW"]
    reviews = [{part.tag: part.text for part in review} for review in header.findall("AREVIEW")]
    assert reviews == [
        {"REVIEW": "03/12/2025", "REVIEW_CODE": "PN1"},
        {"REVIEW": "03/06/2025", "REVIEW_CODE": "PN6"},
    ]


def test_a_child_with_nothing_to_return_is_not_in_the_xml() -> None:
    assert files.xml_of(()) == ""


def test_a_spreadsheet_takes_nothing_of_the_problems_for_a_formula() -> None:
    found = [Found(Rule.NO_CODE, child, Meeting(child, None, child)) for child in ODD[:4]]

    text = files.problems_of(found, {"": "=Amina()"})

    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]
