"""The letter that invites: one page whoever it is for, readable by everyone, neutral outside."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from bot.documents.letter import letter_picture, letters_pdf
from bot.service import letters
from bot.service.council import read_council
from bot.service.house import House
from bot.service.invitations import Invited
from bot.service.letters import To
from bot.settings import Settings
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind
from tests.keys import RING

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
HOUSE = House(read_council(None), RING, Settings(base_url="https://sayso.northborough.example"))
INVITED = Invited(
    "R", "cioc", "x", "https://sayso.northborough.example/i/#" + "s" * 43, "ABCD-EFGH-JKMN", None
)


def to(age: int | None, kind: ReviewKind, *, after: bool = False) -> To:
    """Somebody of this age; without one a foster carer."""
    born = None if age is None else date(2026 - age, 1, 1)
    name = "The Lund household" if age is None else "Kai Adebayo"
    person = YoungPerson(
        HOUSE.id, "P", "case-7", name, born, kind is ReviewKind.PATHWAY, carer=age is None
    )
    day = date(2026, 12, 23)
    review = Review(
        HOUSE.id, "R", "P", kind, "amina", day, day, looks_back_on="B" if after else None
    )
    return To(review, person, "Amina Yusuf")


CASES = {
    "4-7": to(6, ReviewKind.CIOC),
    "8-11": to(9, ReviewKind.CIOC),
    "12-15": to(14, ReviewKind.CIOC),
    "16+": to(17, ReviewKind.CIOC),
    "pathway": to(19, ReviewKind.PATHWAY),
    "conference": to(13, ReviewKind.CONFERENCE),
    "conference at 5": to(5, ReviewKind.CONFERENCE),
    "after a move": to(13, ReviewKind.DISRUPTION),
    "after a move at 5": to(5, ReviewKind.DISRUPTION),
    "where they live": to(12, ReviewKind.FOSTER_CARER),
    "foster carers": to(None, ReviewKind.FOSTER_CARER),
    "after it": to(10, ReviewKind.CIOC, after=True),
}


WINDOW = (40, 88)
"""Millimetres from the top edge between which a window envelope shows what stands left."""


def in_window(pdf: bytes) -> str:
    """The text that stands there, of the first page."""
    shown: list[str] = []

    def note(text: str, at: list[float], _text: object, _font: object, _size: object) -> None:
        from_top, from_left = 297 - at[5] * 25.4 / 72, at[4] * 25.4 / 72
        if WINDOW[0] <= from_top <= WINDOW[1] and from_left < 120:
            shown.append(text)

    PdfReader(BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    return " ".join("".join(shown).split())


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text().replace("\u200b", "") for page in PdfReader(BytesIO(pdf)).pages]


@pytest.mark.parametrize("case", CASES)
def test_each_letter_is_one_page_that_says_how_to_open_it(case: str) -> None:
    made = letters.letter(HOUSE, CASES[case], INVITED, NOW, "12")

    (page,) = pages(letters_pdf(letters.document([made], NOW)))

    said = " ".join(page.split())
    assert "ABCD-EFGH-JKMN" in said
    assert "sayso.northborough.example/i/" in said
    assert "Thursday 10 December" in said  # the last whole day
    assert "01632 960 100" in said
    assert "999" in said
    assert "Adebayo" not in said
    assert "case-7" not in said


def test_the_longest_names_still_make_one_page() -> None:
    council = HOUSE.council.model_copy(
        update={"name": "The Royal Borough of Northborough upon Thames and Marches"}
    )
    house = replace(HOUSE, council=council)
    for case in CASES.values():
        person = replace(case.person, name="Oluwaseunfunmi-Maximilian-Constantine-Alexander X")
        long = replace(
            case, person=person, officer="Maria-Alexandra Featherstonehaugh Cholmondeley"
        )
        made = letters.letter(house, long, INVITED, NOW)
        assert len(pages(letters_pdf(letters.document([made], NOW)))) == 1


def test_the_square_opens_the_link() -> None:
    import segno  # noqa: PLC0415

    made = letters.letter(HOUSE, CASES["12-15"], INVITED, NOW)
    expected = segno.make(INVITED.url, error="q", micro=False, boost_error=False)
    pdf = letters_pdf(letters.document([made], NOW))

    (image,) = PdfReader(BytesIO(pdf)).pages[0].images
    assert image.image is not None
    picture: Any = image.image.convert("L")
    found = [
        [int(picture.getpixel((x * 6 + 3, y * 6 + 3)) < 128) for x in range(picture.width // 6)]
        for y in range(picture.height // 6)
    ]

    assert found == [list(row) for row in expected.matrix_iter(border=2)]


def test_nothing_but_a_given_name_shows_in_the_window_of_an_envelope() -> None:
    for case, one in CASES.items():
        made = letters.letter(HOUSE, one, INVITED, NOW)
        pdf = letters_pdf(letters.document([made], NOW))
        shown = in_window(pdf)
        assert shown == ("The Lund household" if case == "foster carers" else "Kai"), case
        assert "care" not in shown.casefold()


def test_a_pile_has_its_list_first_and_its_letters_in_order() -> None:
    made = [
        letters.letter(HOUSE, one, INVITED, NOW, str(number))
        for number, one in enumerate(CASES.values(), 1)
    ]
    count = len(made)
    cover = {
        "title": "All the letters",
        "says": "Keep it apart.",
        "columns": ["No.", "Name", "Number", "Meeting"],
        "rows": [[str(number), "Kai Adebayo", "7", "Thursday"] for number in range(1, count + 1)],
    }

    found = pages(letters_pdf(letters.document(made, NOW, cover)))

    assert len(found) == count + 1
    assert "All the letters" in found[0]
    assert [page.split()[-1] for page in found[1:]] == [str(n) for n in range(1, count + 1)]


def test_a_letter_is_tagged_for_screen_readers() -> None:
    made = letters.letter(HOUSE, CASES["8-11"], INVITED, NOW)
    reader = PdfReader(BytesIO(letters_pdf(letters.document([made], NOW))))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_what_is_looked_at_before_printing_opens_nothing() -> None:
    shown = letters.picture(HOUSE, CASES["12-15"], NOW)

    assert letter_picture(shown).startswith(b"\x89PNG")
    (one,) = shown["letters"]
    assert one["link"] == "https://sayso.northborough.example/i/"
    assert one["code"] == "ABCD-EFGH-JKMN"
