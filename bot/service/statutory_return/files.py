"""The return as files: exactly what the Department reads, and a list of problems for people.

`reviews.csv` and `reviews.xml` hold every id as the case system has it, whatever it begins with:
nothing is put before it. `problems.csv` is opened as a spreadsheet, and there a formula is made
harmless. Source of the format: `domain.md` section 2.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from xml.sax.saxutils import escape

from bot.service.auditing import harmless
from bot.service.statutory_return.rules import Found, Row

CSV_HEAD = ("CHILD", "DOB", "REVIEW", "REVIEW_CODE")
XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<EXPSSDA903>\n'
XML_END = "</EXPSSDA903>\n"
PROBLEMS_HEAD = (
    "rule", "what", "left_out", "child", "review_id", "review_day", "code", "officer", "mended_by",
)  # fmt: skip


def ddmmyyyy(day: date) -> str:
    """As the Department writes a day: `03/12/2025`."""
    iso = day.isoformat()
    return f"{iso[8:]}/{iso[5:7]}/{iso[:4]}"


def csv_head() -> str:
    return _lines([CSV_HEAD])


def csv_of(rows: Iterable[Row]) -> str:
    """Rows of the Reviews file."""
    return _lines((row.child, ddmmyyyy(row.born), ddmmyyyy(row.on), row.code) for row in rows)


def xml_of(rows: tuple[Row, ...]) -> str:
    """One child with all their reviews; nothing where there is none."""
    if not rows:
        return ""
    reviews = "".join(
        f"<AREVIEW><REVIEW>{ddmmyyyy(row.on)}</REVIEW>"
        f"<REVIEW_CODE>{escape(row.code)}</REVIEW_CODE></AREVIEW>"
        for row in rows
    )
    child, born = escape(rows[0].child), ddmmyyyy(rows[0].born)
    return f"<CHILD><HEADER><CHILDID>{child}</CHILDID><DOB>{born}</DOB>{reviews}</HEADER></CHILD>\n"


def problems_head() -> str:
    return _lines([PROBLEMS_HEAD])


def problems_of(found: Iterable[Found], officers: Mapping[str, str]) -> str:
    """What the rules say, a line each. `officers`: names by id."""
    return _lines(
        (
            one.rule.value,
            one.declared.says,
            "yes" if one.declared.left_out else "no",
            harmless(one.child),
            harmless(one.meeting.review_id),
            one.meeting.on.isoformat() if one.meeting.on else "",
            harmless(one.meeting.code or ""),
            harmless(officers.get(one.meeting.officer_id, "")),
            one.declared.mends.value,
        )
        for one in found
    )


def _lines(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
