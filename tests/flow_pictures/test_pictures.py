"""A flow as a picture and as a page to print: every text is there, and nothing leaves its box."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from bot.flow_pictures.page import page
from bot.flow_pictures.picture import draw
from bot.flow_pictures.reading import Script, script, shown
from bot.service.wording import Reader
from conversations import texts
from conversations.flows import FLOWS
from conversations.questions import Flow
from conversations.wording import Band

BANDS = tuple(Band)
each_flow = pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
each_flow_and_band = pytest.mark.parametrize(
    ("flow", "band"),
    [
        pytest.param(flow, band, id=f"{flow.id}-{band.value}")
        for flow in FLOWS.values()
        for band in BANDS
        if band is not Band.FOUR or band in flow.bands
    ],
)


def _everything(flow: Flow, band: Band) -> list[str]:
    """All that a flow says to a band, straight from its declaration."""
    said = []
    for topic in flow.topics:
        if any(band in question.bands for question in topic.questions):
            said.append(topic.title)
        for question in topic.questions:
            if band in question.bands:
                said += [*question.lead, question.text]
                said += [option.label for option in question.offered(band) if option.id != "on"]
    reader = Reader(band, pathway=flow.pathway, chair=flow.chair)
    adult = flow.pathway or flow.carer
    return [shown(one, reader, adult=adult) for text in said if (one := reader.text(text))]


def _words(markup: str) -> str:
    markup = re.sub(r"(?s)<style>.*?</style>", "", markup)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


@each_flow_and_band
def test_the_page_has_every_text_and_the_name_of_every_question(flow: Flow, band: Band) -> None:
    html = page(script(flow, band))
    without_picture = _words(re.sub(r"(?s)<svg.*</svg>", "", html))
    for said in _everything(flow, band):
        assert " ".join(said.split()) in without_picture
    for _topic, question in flow.questions(band):
        if not question.id.endswith((".audience", ".tell")):
            assert f'id="{question.id}"' in html


@each_flow_and_band
def test_the_picture_has_every_text(flow: Flow, band: Band) -> None:
    drawn = _words(draw(script(flow, band)))
    for said in _everything(flow, band):
        assert " ".join(said.split()) in drawn


@each_flow_and_band
def test_what_is_told_of_danger_is_written_out_where_it_is_told(flow: Flow, band: Band) -> None:
    """It was `[not safe]`, in the box that matters most."""
    told = texts.PASSED_ON.wording(band, pathway=flow.pathway, chair=flow.chair)
    lines = texts.LINES_18 if flow.pathway or flow.carer else texts.LINES
    drawn = _words(draw(script(flow, band)))
    assert told in drawn
    assert lines.wording(band) in drawn
    assert not re.search(r"\[(not safe|watched|lines)\]", drawn)


def test_a_carers_page_has_what_is_said_to_carers_alone() -> None:
    html = _words(page(script(FLOWS["foster_carer_form"], Band.SIXTEEN)))
    assert "The chair gets each thing you ask for." in html
    assert "The chair gets each thing you ask for." not in _words(
        page(script(FLOWS["cioc_review"], Band.SIXTEEN))
    )


@each_flow
def test_neither_loads_anything_from_elsewhere(flow: Flow) -> None:
    read = script(flow, Band.TWELVE)
    for made in (draw(read), page(read)):
        assert not re.search(r"(?:src|href)=|url\((?!data:|#head)|@import", made)


def test_the_picture_is_sound_and_has_a_name() -> None:
    root = ET.fromstring(draw(script(FLOWS["cioc_review"], Band.EIGHT)))  # noqa: S314 - our own

    version = FLOWS["cioc_review"].version
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == f"Before my review. cioc_review, version {version}, as read by 8-11"
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_what_a_text_holds_is_never_markup() -> None:
    read = script(FLOWS["cioc_review"], Band.TWELVE)
    hostile = Script(read.id, 1, "<script>alert(1)</script>", read.band, read.reader, read.parts)

    assert "<script>" not in draw(hostile)
    assert "<script>" not in page(hostile)


_OUTSIDE = """() => [...document.querySelectorAll('text')].flatMap(text => {
  const end = text.getBBox().x + text.getBBox().width;
  return end > Number(text.dataset.room) + 1 ? [text.textContent] : [];
})"""
_CROSSED = """() => {
  const boxes = [...document.querySelectorAll('svg[role=img] > rect')].slice(1)
    .map(one => one.getBBox());
  const crosses = (a, b) => a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1
    && a.y < b.y + b.height - 1 && b.y < a.y + a.height - 1;
  const holds = (a, b) => a.x <= b.x + 1 && a.y <= b.y + 1
    && a.x + a.width >= b.x + b.width - 1 && a.y + a.height >= b.y + b.height - 1;
  return boxes.flatMap((a, n) => boxes.slice(n + 1)
    .filter(b => crosses(a, b) && !holds(a, b) && !holds(b, a)).map(b => [a.x, a.y, b.x, b.y]));
}"""


@each_flow_and_band
async def test_nothing_leaves_its_box_and_no_boxes_cross(
    computer: Page, tmp_path: Path, flow: Flow, band: Band
) -> None:
    await computer.set_content(page(script(flow, band)))
    await computer.evaluate("document.fonts.ready")

    assert await computer.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")
    assert await computer.evaluate(_OUTSIDE) == []
    assert await computer.evaluate(_CROSSED) == []


async def test_the_page_can_be_read_by_everyone_and_printed(computer: Page, phone: Page) -> None:
    html = page(script(FLOWS["cioc_review"], Band.EIGHT))
    for screen in (computer, phone):
        await screen.set_content(html)
        found = await Axe().run(screen)
        assert found.response["violations"] == []
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await screen.evaluate(wide) <= 0
