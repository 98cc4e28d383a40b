"""`sayso flows`: what is asked, drawn from the declaration, for those who review its wording."""

from pathlib import Path

from bot.service.wording import Reader
from conversations.flows import FLOWS
from conversations.questions import Flow, Kind, Question
from conversations.wording import Band


class UnknownFlow(Exception):
    """There is no such flow or band; the text lists those there are."""


def listing() -> str:
    """A line a flow."""
    lines = []
    for flow in FLOWS.values():
        reader = Reader(Band.SIXTEEN, pathway=flow.pathway, chair=flow.chair)
        topics = ", ".join(reader.text(topic.title) for topic in flow.topics if not topic.explains)
        lines.append(f"{flow.id}  version {flow.version}  {reader.text(flow.title)}: {topics}")
    return "\n".join(lines)


def drawn(flow_id: str, band: str, folder: Path) -> tuple[Path, Path]:
    """Writes the flow's picture and its page to print into `folder`; says where."""
    from bot.flow_pictures.page import page  # noqa: PLC0415 - fonts and templates, for this alone
    from bot.flow_pictures.picture import draw  # noqa: PLC0415
    from bot.flow_pictures.reading import script  # noqa: PLC0415

    read = script(*_known(flow_id, band))
    folder.mkdir(parents=True, exist_ok=True)
    svg, html = (folder / f"{flow_id}-{band.rstrip('+')}.{kind}" for kind in ("svg", "html"))
    svg.write_text(draw(read))
    html.write_text(page(read))
    return svg, html


def _known(flow_id: str, band: str) -> tuple[Flow, Band]:
    """`UnknownFlow`."""
    flow = FLOWS.get(flow_id)
    if flow is None:
        raise UnknownFlow(f"There is no flow {flow_id!r}. Flows: {', '.join(FLOWS)}.")
    bands = [one for one in Band if one in flow.bands]
    found = next((one for one in bands if one.value == band), None)
    if found is None:
        known = ", ".join(one.value for one in bands)
        raise UnknownFlow(f"{flow_id} has no words for {band!r}. Bands: {known}.")
    return flow, found


def words(flow_id: str, band: str) -> str:
    """The whole flow as a tree of its words."""
    flow, of_band = _known(flow_id, band)
    reader = Reader(of_band, pathway=flow.pathway, chair=flow.chair)
    lines = [f"{reader.text(flow.title)} ({flow.id}, version {flow.version}, {band})"]
    for topic in flow.topics:
        lines += ["", f"━ {reader.text(topic.title)}"]
        for question in topic.questions:
            if reader.band in question.bands:
                lines += _question(question, reader)
    return "\n".join(lines)


def _question(question: Question, reader: Reader) -> list[str]:
    lines = [f"  ┌ {question.id} · {question.kind.value}{_notes(question)}"]
    said = [reader.text(text) for text in (*question.lead, question.text)]
    lines += [f"  │ {one}" for one in said if one]
    if question.options and question.kind is not Kind.FEELING:
        lines += [
            f"  │   [{reader.text(option.label)}]{' alone' if option.alone else ''}"
            for option in question.offered(reader.band)
        ]
    return lines


def _notes(question: Question) -> str:
    notes = ""
    if question.becomes_ask:
        notes += " · becomes an ask"
    if question.when is not None:
        options = " or ".join(sorted(question.when.options))
        notes += f" · only if {question.when.question} is {options}"
    if question.after_any:
        notes += " · only if something was said here"
    return notes


def problems() -> list[str]:
    """What importing a flow can't see: words that can't be rendered in a band."""
    found = []
    for flow in FLOWS.values():
        for band in sorted(flow.bands):
            topics = {topic.id for topic, _ in flow.questions(band) if not topic.explains}
            if len(topics) < 6:
                found.append(f"{flow.id} has fewer than six topics for {band.value}.")
        if Band.FOUR in flow.bands:
            found += _without_picture(flow)
        for needed in ("start.ok", "start.more", "rights.advocate", "anything.words", "helper.who"):
            theirs = needed in ("rights.advocate", "helper.who") and flow.carer  # for young people
            if needed not in flow.by_id and not theirs:
                found.append(f"{flow.id} has no question {needed}, which the engine needs.")
    return found


def _without_picture(flow: Flow) -> list[str]:
    """What a child of 4 to 7 may choose is a picture to tap."""
    return [
        f"{flow.id}: {question.id} offers 4-7 {option.id!r} without a picture."
        for _topic, question in flow.questions(Band.FOUR)
        for option in question.offered(Band.FOUR)
        if option.id != "on" and not option.picture
    ]
