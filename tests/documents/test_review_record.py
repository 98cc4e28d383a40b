"""The PDF of a review's record: PDF/UA, with all that is in it, and the same bytes each time."""

from typing import Any

from bot.documents.papers import paper
from bot.documents.review_record import _view, content_sha256

AT = "2026-11-26T15:00:00+00:00"
DOCUMENT: dict[str, Any] = {
    "council": "northborough",
    "record_id": "0b0c7a3e-0000-5000-8000-000000000001",
    "version": 2,
    "supersedes": 1,
    "case_id": "NB10001",
    "called": "Review",
    "review": {"review_id": "R-1", "kind": "cioc", "date": "2026-11-26", "due": "2026-11-20"},
    "timescale": {"late_days": 6, "because": "6 months after the review of 20 May 2026."},
    "participation": {
        "code": "PN6", "method": "views_sent", "says": "Child not attended, views sent",
        "confirmed_by": "Amina Yusuf", "confirmed_at": AT,
    },
    "values": [
        {"step": "School", "label": "PEP", "says": "Yes", "by": "Amina Yusuf", "at": AT,
         "before": ["No"]},
    ],
    "decisions": [
        {"what": "A bed <of> his own שלום", "owner": "Joanna Reid", "due": "2026-12-10",
         "done_at": AT, "done_by": "Amina Yusuf"},
    ],
    "undone": [
        {"what": "A passport", "owner": "Paul", "due": None, "done_at": None, "done_by": None},
    ],
    "recommendations": {"due": "2026-12-24", "in_time": False},
    "next": {"choice": "another", "review_id": "S1", "due": "2027-05-26", "on": "2027-04-01",
             "why": "After the exams"},
    "history": [
        {"what": "moved", "at": AT, "from": "2026-11-18", "to": "2026-11-19", "form": "video",
         "reason": None, "late_days": 0},
        {"what": "stood_down", "at": AT, "from": "2026-11-19", "to": None, "form": None,
         "reason": "court", "late_days": None},
        {"what": "held", "at": AT, "from": None, "to": "2026-11-26", "form": None,
         "reason": None, "late_days": None},
    ],
    "made_by": {"name": "Amina Yusuf", "role": "iro"},
    "made_at": AT,
    "content_sha256": "ab" * 32,
}  # fmt: skip


def test_it_is_pdf_ua_and_the_same_each_time() -> None:
    made = paper({**DOCUMENT, "paper": "review_record"})

    assert made.startswith(b"%PDF")
    assert b"<pdfuaid:part>1" in made
    assert made == paper({**DOCUMENT, "paper": "review_record"})


def test_all_that_is_in_the_document_is_on_the_paper() -> None:
    said = repr(_view(DOCUMENT))

    for part in (
        "PN6: Child not attended, views sent", "Before it was corrected: No",
        "A bed <of> his own", "Joanna Reid, by 10 December 2026.", "Done: Amina Yusuf",
        "A passport", "Paul.", "issued late: they were due by 24 December 2026",
        "On 1 April 2027. The clock says by 26 May 2027.", "After the exams",
        "Moved from 18 November 2026 to 19 November 2026.", "By video.",
        "Stood down; it was to be on 19 November 2026. The reason: Court.",
        "Held on 26 November 2026.", "Days beyond its timescale: 6.", "replaces version 1",
        "ab" * 32,
    ):  # fmt: skip
        assert part in said, part


def test_its_sum_changes_with_whatever_is_in_it() -> None:
    sums = {content_sha256(DOCUMENT), content_sha256({**DOCUMENT, "version": 3})}
    assert len(sums) == 2
    assert content_sha256({**DOCUMENT, "content_sha256": "other"}) in sums
