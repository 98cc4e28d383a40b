"""What is put on record of a meeting: step by step, checked at entry, corrected, filed once."""

import json
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import Connection, select

from bot.delivery.review_records import ReviewRecords
from bot.documents.printing import Printer
from bot.service import carers, record_filing
from bot.service.meeting_kinds import KINDS, Part
from bot.service.outcome import Delivered
from bot.web.context import now
from conversations.timescales import Care, months_after
from storage import care, outbox, record_filings, review_decisions, review_records, reviews
from storage.contributions import Filing
from storage.reviews import Review, ReviewKind
from storage.tables import audit
from storage.tables import reviews as reviews_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, KAI, RUTH, TINY, TOM, today
from tests.desk.running import Browser, Desk, Page
from tests.desk.test_meetings import on

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schemas" / "review-record.schema.json").read_text()
)
STEP = "record/step"


def the(review_id: str, page: str) -> str:
    return f"/desk/reviews/{review_id}/{page}"


async def step_of(desk: Desk, step: str, review_id: str = KAI, who: str = AMINA
                  ) -> tuple[Browser, Page]:  # fmt: skip
    browser = await desk.signed_in(who)
    page = await browser.get(the(review_id, f"{STEP}?step={step}"))
    assert page.status == 200
    return browser, page


async def keep(
    browser: Browser, page: Page, step: str, review_id: str = KAI, **fields: str
) -> Page:
    return await browser.post(
        the(review_id, f"{STEP}?step={step}"),
        {"token": page.token, "step": step, "seen": page.hidden("seen"), **fields},
    )


async def kept(desk: Desk, field: str, review_id: str = KAI) -> list[str]:
    """Every value that this field had."""
    values = await desk.store.read(
        lambda db: review_records.of_review(db, desk.house.id, review_id)
    )
    return [one.fact or one.words for one in values.get(field, ())]


def held(day: date) -> dict[str, str]:
    return {"form": "hybrid", "came.social_worker": "yes", "came.school": "yes",
            "came_names": "Joanna Reid, Ms Bello", **on("held_on", day)}  # fmt: skip


async def in_care(desk: Desk, review_id: str = KAI, ended: date | None = None) -> None:
    periods = [Care(today() - timedelta(days=12), ended)]
    person_id = f"person-{review_id}"
    await desk.store.write(lambda db: care.keep_periods(db, desk.house.id, person_id, periods))


async def the_review(desk: Desk, review_id: str = KAI) -> Review:
    return await desk.store.read(lambda db: reviews.get(db, desk.house.id, review_id))


async def test_each_step_is_kept_by_itself_with_who_put_it_down(desk: Desk) -> None:
    browser, page = await step_of(desk, "meeting")
    page = await keep(browser, page, "meeting", **held(today()))
    assert "The young person" in page.seen  # on to the next step

    review = await the_review(desk)
    assert (review.held, review.meeting_on) == (True, today())
    assert await kept(desk, "came") == ["social_worker,school"]
    overview = await browser.get(the(KAI, "record"))
    for said in ("Joanna Reid, Ms Bello", "Some in the room", "Amina Yusuf", "To do"):
        assert said in overview.seen
    acts = await desk.store.read(lambda db: set(db.execute(select(audit.c.act)).scalars()))
    assert {"record_kept", "review_held"} <= acts


async def test_a_correction_keeps_what_was_before(desk: Desk) -> None:
    browser, page = await step_of(desk, "school")
    await keep(browser, page, "school", pep="no", pupil_premium="A tutor for maths")
    page = await browser.get(the(KAI, f"{STEP}?step=school"))
    day = on("pep_on", today() - timedelta(days=4))
    await keep(browser, page, "school", pep="yes", pupil_premium="A tutor for maths", **day)

    assert await kept(desk, "pep") == ["no", "yes"]
    assert await kept(desk, "pupil_premium") == ["A tutor for maths"]  # said twice, kept once
    overview = await browser.get(the(KAI, "record"))
    assert "Before: No" in overview.seen


@pytest.mark.parametrize(
    ("step", "fields", "says"),
    [
        ("meeting", {}, "Enter the day the review was held."),
        ("meeting", on("held_on", today() + timedelta(days=1)), "is in the future."),
        ("meeting", on("held_on", date(1990, 1, 1)), "is before they were born."),
        ("meeting", on("held_on", date(2026, 2, 1)) | {"held_on-day": "31"}, "There is no 31"),
        ("meeting", on("held_on", today()), "Choose how people met."),
        ("meeting", {"form": "pigeon", **on("held_on", today())}, "choose one that is offered"),
        ("young_person", on("alone_on", today() + timedelta(days=1)), "is in the future."),
        ("young_person", on("alone_on", date(1990, 1, 1)), "is before they were born."),
        ("school", {"pep": "yes", **on("pep_on", today() + timedelta(days=2))}, "in the future"),
        ("school", {"pep": "yes", "pep_on-day": "x"}, "enter a day, for example"),
        ("plan", {"plan_ratified": "no", "plan_why_not": "x" * 4001}, "1 letters too long"),
        ("papers", on("issued_on", today() + timedelta(days=2)), "is in the future."),
    ],
)
async def test_what_can_not_be_is_said_at_entry_and_nothing_is_kept_or_lost(
    desk: Desk, step: str, fields: dict[str, str], says: str
) -> None:
    browser, page = await step_of(desk, step)
    answer = await keep(browser, page, step, came_names="Typed already", **fields)

    assert answer.status == 422
    assert says in answer.seen
    assert "govuk-error-summary__list" in answer.text
    if step == "meeting":
        assert "Typed already" in answer.text
    values = await desk.store.read(lambda db: review_records.of_review(db, desk.house.id, KAI))
    assert values == {}
    assert not (await the_review(desk)).held


async def test_a_code_that_the_day_makes_impossible_says_which_rule(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/reviews/{TINY}")
    fields = {name: page.hidden(name) for name in ("token", "seen", "proposed", "method")}
    await browser.post(the(TINY, "code"), fields)
    page = await browser.get(the(TINY, f"{STEP}?step=meeting"))
    born = date(today().year - 3, 1, 1)
    later = date(born.year + 4, 1, 1)
    if later > today():  # Tiny turns 4 next year: the rule is tried with an older code
        answer = await keep(browser, page, "meeting", TINY, **held(today()))
        assert answer.status == 200
        return
    answer = await keep(browser, page, "meeting", TINY, **held(later))
    assert "rule 440" in answer.seen


async def test_an_odd_day_is_said_and_kept_once_somebody_is_sure(desk: Desk) -> None:
    await in_care(desk, ended=today() - timedelta(days=3))
    browser, page = await step_of(desk, "meeting")
    answer = await keep(browser, page, "meeting", **held(today()))

    assert "They left care on" in answer.seen
    assert not (await the_review(desk)).held
    assert "Joanna Reid" in answer.text
    answer = await keep(browser, answer, "meeting", sure="yes", **held(today()))
    assert (await the_review(desk)).held


async def test_of_two_people_the_second_sees_what_the_first_put_down(desk: Desk) -> None:
    first, page = await step_of(desk, "school")
    second, old = await step_of(desk, "school")
    await keep(first, page, "school", pep="yes", **on("pep_on", today()))

    answer = await keep(second, old, "school", pep="no", pupil_premium="Books")

    assert answer.status == 409
    assert "Amina Yusuf put down under “A personal education plan" in answer.seen
    assert "Books" in answer.text
    assert await kept(desk, "pep") == ["yes"]
    answer = await keep(second, answer, "school", pep="no", pupil_premium="Books")
    assert await kept(desk, "pep") == ["yes", "no"]
    same = await keep(first, page, "school", pep="no", pupil_premium="Books")
    assert same.status == 200  # the same was put down: nothing more to say
    assert await kept(desk, "pep") == ["yes", "no"]


async def test_an_ended_session_loses_nothing_typed(desk: Desk) -> None:
    browser, page = await step_of(desk, "plan")
    browser.session.cookie_jar.clear()
    answer = await keep(browser, page, "plan", plan_ratified="no", plan_why_not="No home yet")

    assert "You have been signed out" in answer.seen
    assert "nothing you typed is lost" in answer.seen
    assert "No home yet" in answer.text
    await browser.get(await desk.link(AMINA))
    token = (await browser.get("/desk/")).token
    again = await browser.post(
        answer.url, {"token": token, "step": "plan", "seen": page.hidden("seen"),
                     "plan_ratified": "no", "plan_why_not": "No home yet"},
    )  # fmt: skip
    assert again.status == 200
    assert await kept(desk, "plan_why_not") == ["No home yet"]


async def decide(browser: Browser, page: Page, what: str, review_id: str = KAI) -> Page:
    return await browser.post(
        the(review_id, f"{STEP}?step=decisions"),
        {"token": page.token, "step": "decisions", "once": page.hidden("once"), "what": what,
         "owner": "Joanna Reid", **on("due_on", today() + timedelta(days=14))},
    )  # fmt: skip


async def test_a_decision_is_put_down_once_taken_out_or_done_and_shown_at_the_next(
    desk: Desk,
) -> None:
    browser, page = await step_of(desk, "decisions")
    for says, fields in (
        ("Enter what was decided.", {"owner": "Jo"}),
        ("Enter who does it.", {"what": "A bed"}),
        ("Enter by when", {"what": "A bed", "owner": "Jo", "due_on-day": "x"}),
    ):
        answer = await browser.post(
            the(KAI, STEP), {"token": page.token, "step": "decisions", "once": "o", **fields}
        )
        assert answer.status == 422
        assert says in answer.seen
    await decide(browser, page, "See his brother every week")
    await decide(browser, page, "See his brother every week")  # a second tap
    page = await browser.get(the(KAI, f"{STEP}?step=decisions"))
    await decide(browser, page, "Put down wrongly")
    decided = await desk.store.read(lambda db: review_decisions.of_review(db, desk.house.id, KAI))
    assert [one.what for one in decided] == ["See his brother every week", "Put down wrongly"]
    await browser.post(
        the(KAI, STEP),
        {"token": page.token, "step": "decisions", "drop": decided[1].decision_id},
    )

    def another(db: Connection) -> None:
        review = reviews.get(db, desk.house.id, KAI)
        later = Review(desk.house.id, "R-kai-2", review.person_id, review.kind, AMINA,
                       None, today() + timedelta(days=90))  # fmt: skip
        reviews.add(db, later, now())

    await desk.store.write(another)
    for address in ("when", "record"):
        page = await browser.get(the("R-kai-2", address))
        assert "Decided earlier, and not done" in page.seen
        assert "See his brother every week" in page.seen
        assert "Put down wrongly" not in page.text
    done = {"token": page.token, "decision": decided[0].decision_id}
    answer = await browser.post(the("R-kai-2", "decisions/done"), done)
    assert "That is done." in answer.seen
    assert "Decided earlier" not in answer.seen
    answer = await browser.post(the("R-kai-2", "decisions/done"), done)
    assert "Somebody said so before." in answer.seen


async def next_of(desk: Desk) -> list[Review]:
    rows = select(reviews_table).where(reviews_table.c.review_id.like("S%"))
    return await desk.store.read(lambda db: [reviews.from_row(row) for row in db.execute(rows)])


async def test_the_next_one_is_proposed_by_the_clock_and_made_with_its_due_day(
    desk: Desk,
) -> None:
    await in_care(desk)
    browser, page = await step_of(desk, "next")
    answer = await keep(browser, page, "next", next="clock")
    assert "First put down the day this one was held" in answer.seen
    page = await browser.get(the(KAI, f"{STEP}?step=meeting"))
    await keep(browser, page, "meeting", **held(today()))
    page = await browser.get(the(KAI, f"{STEP}?step=next"))
    assert "3 months after the first review of" in page.seen

    for fields, says in (
        ({}, "Choose when the next one is."),
        ({"next": "another"}, "Enter the day of the next one."),
        ({"next": "another", **on("next_on", today())}, "is over: the next one lies ahead"),
        ({"next": "another", **on("next_on", today() + timedelta(days=30))}, "Say why."),
        ({"next": "none"}, "Say why."),
    ):
        answer = await keep(browser, page, "next", **fields)
        assert answer.status == 422, fields
        assert says in answer.seen
    late = on("next_on", today() + timedelta(days=200))
    answer = await keep(browser, page, "next", next="another", next_why="Exams", **late)
    assert "outside the timescale" in answer.seen
    assert await next_of(desk) == []

    await keep(browser, page, "next", next="clock")
    (made,) = await next_of(desk)
    assert made.due_on == months_after(today(), 3)
    assert (made.meeting_on, made.officer_id, made.kind) == (None, AMINA, ReviewKind.CIOC)

    page = await browser.get(the(KAI, f"{STEP}?step=next"))
    soon = today() + timedelta(days=60)
    await keep(browser, page, "next", next="another", next_why="Exams", **on("next_on", soon))
    (moved,) = await next_of(desk)
    assert (moved.review_id, moved.meeting_on, moved.due_on) == (
        made.review_id, soon, months_after(today(), 3),
    )  # fmt: skip
    page = await browser.get(the(KAI, f"{STEP}?step=next"))
    answer = await keep(browser, page, "next", next="none", next_why="Gone")
    assert "Stand it down on its own page." in answer.seen


def filled(kind: ReviewKind, step_id: str) -> dict[str, str]:
    """Something under every field of a step."""
    fields: dict[str, str] = {}
    for field in KINDS[kind].step(step_id).fields:
        match field.asks.value:
            case "one":
                fields[field.id] = field.options[0][0]
            case "several":
                fields |= {f"{field.id}.{option}": "yes" for option, _says in field.options[:2]}
            case "day":
                fields |= on(field.id, today())
            case _:
                fields[field.id] = f"{field.label}: words <b> & שלום"
    return fields


async def record_all(desk: Desk, review_id: str, who: str, kind: ReviewKind) -> Browser:
    """Every step of this kind, to its filing."""
    browser = await desk.signed_in(who)
    for step in KINDS[kind].steps:
        page = await browser.get(the(review_id, f"{STEP}?step={step.id}"))
        fields = filled(kind, step.id)
        match step.part:
            case Part.DECISIONS:
                answer = await decide(browser, page, "A bed of his own", review_id)
            case Part.NEXT:
                day = on("next_on", today() + timedelta(days=25))
                answer = await keep(browser, page, step.id, review_id, next="another",
                                    next_why="Exams", sure="yes", **day)  # fmt: skip
            case Part.HELD:
                answer = await keep(browser, page, step.id, review_id, sure="yes",
                                    **fields, **on("held_on", today()))  # fmt: skip
            case _:
                answer = await keep(browser, page, step.id, review_id, **fields)
        assert answer.status == 200, (step.id, answer.seen)
    if kind in (ReviewKind.CIOC, ReviewKind.PATHWAY):
        page = await browser.get(f"/desk/reviews/{review_id}")
        fields = {name: page.hidden(name) for name in ("token", "seen", "proposed", "method")}
        await browser.post(the(review_id, "code"), fields)
    return browser


def _of_kind(db: Connection, desk: Desk, kind: ReviewKind) -> str:
    """A review of this kind that Amina runs; its id."""
    if kind is ReviewKind.FOSTER_CARER:
        household = carers.Household("Jo and Pat Lund", "NF-1", "F-1", "Amina Yusuf", today())
        carers.add(db, desk.house, household, "sayso", now())
        return "F-1"
    northborough.add(db, desk.house, f"X-{kind}", "Ivy Bell", 12, AMINA, meeting=0, due=9,
                     kind=kind)  # fmt: skip
    return f"X-{kind}"


@pytest.mark.parametrize("kind", list(ReviewKind))
async def test_the_record_of_every_kind_is_filed_once_and_valid(
    desk: Desk, kind: ReviewKind, tmp_path: Path
) -> None:
    review_id, who = (HANA, DEV) if kind is ReviewKind.PATHWAY else (KAI, AMINA)
    if kind not in (ReviewKind.CIOC, ReviewKind.PATHWAY):
        review_id = await desk.store.write(lambda db: _of_kind(db, desk, kind))
    browser = await desk.signed_in(who)
    page = await browser.get(the(review_id, "record"))
    answer = await browser.post(the(review_id, "record/file"), {"token": page.token})
    assert answer.status == 422
    assert "the day it was held" in answer.seen

    browser = await record_all(desk, review_id, who, kind)
    page = await browser.get(the(review_id, "record"))
    for _tap in range(2):
        answer = await browser.post(the(review_id, "record/file"), {"token": page.token})
        assert answer.status == 200, answer.seen
    versions = await filed(desk, review_id)
    assert [one.version for one in versions] == [1]
    document = versions[0].document
    jsonschema.validate(
        document, SCHEMA, format_checker=jsonschema.FormatChecker(),
    )  # fmt: skip
    assert (document["kind"], document["review"]["kind"]) == ("record", kind.value)
    assert "brother" not in json.dumps(document)  # no word of a young person is in it
    if kind is ReviewKind.PATHWAY:
        assert document["participation"]["code"] is None

    await deliver(desk, tmp_path)
    assert "Filed" in (await browser.get(the(review_id, "record"))).seen
    (path,) = (tmp_path / "record").rglob("*.json")
    assert json.loads(path.read_text()) == document
    assert path.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


async def filed(desk: Desk, review_id: str) -> tuple[record_filings.Version, ...]:
    return await desk.store.read(lambda db: record_filings.of_review(db, desk.house.id, review_id))


async def deliver(desk: Desk, tmp_path: Path) -> None:
    """As the worker does, of what waits for the case record."""
    printer = Printer()
    settings = desk.house.settings.model_copy(
        update={"case_record": f"folder:{tmp_path / 'record'}"}
    )
    house = type(desk.house)(desk.house.council, desk.house.keys, settings)
    deliverer = ReviewRecords(desk.store, house, printer)
    rows = await desk.store.write(
        lambda db: outbox.claim(
            db, [record_filing.DESTINATION], now(), keep_for=timedelta(minutes=1)
        )
    )
    assert rows
    for row in rows:
        outcome = await deliverer.deliver(row)
        assert isinstance(outcome, Delivered)
        assert outcome.then is not None
        await desk.store.write(outcome.then)
    await desk.store.write(lambda db: outbox.done(db, rows))
    await printer.close()


async def test_a_correction_is_filed_as_the_next_version(desk: Desk, tmp_path: Path) -> None:
    browser = await record_all(desk, KAI, AMINA, ReviewKind.CIOC)
    page = await browser.get(the(KAI, "record"))
    await browser.post(the(KAI, "record/file"), {"token": page.token})
    await deliver(desk, tmp_path)
    page = await browser.get(the(KAI, f"{STEP}?step=school"))
    await keep(browser, page, "school", pep="no")
    page = await browser.get(the(KAI, "record"))
    assert "Something was changed since." in page.seen

    await browser.post(the(KAI, "record/file"), {"token": page.token})
    await deliver(desk, tmp_path)

    first, second = await filed(desk, KAI)
    assert (second.version, second.document["kind"]) == (2, "correction")
    assert second.document["supersedes"] == 1
    (pep,) = [one for one in second.document["values"] if one["field"] == "pep"]
    assert (pep["value"], pep["before"]) == ("no", ["Yes"])
    assert {first.state, second.state} == {Filing.FILED}
    assert len(list((tmp_path / "record").rglob("*.json"))) == 2
    jsonschema.validate(second.document, SCHEMA)


async def test_a_first_review_and_a_change_of_approval_go_to_panel(desk: Desk) -> None:
    review_id = await desk.store.write(lambda db: _of_kind(db, desk, ReviewKind.FOSTER_CARER))
    browser = await desk.signed_in(AMINA)
    household = {"household": "connected", "first_review": "no", "approval_change": "no"}
    recommendation = {"recommendation": "continue", "recommendation_why": "A good year"}
    for change, panel in (
        ({}, False),
        ({"first_review": "yes"}, True),
        ({"approval_change": "yes"}, True),
        ({"recommendation": "change"}, True),
        ({"recommendation": "end"}, True),
    ):
        for step, fields in (("household", household), ("recommendation", recommendation)):
            page = await browser.get(the(review_id, f"{STEP}?step={step}"))
            entered = {name: change.get(name, value) for name, value in fields.items()}
            await keep(browser, page, step, review_id, **entered)
        token = (await browser.get(the(review_id, "record"))).token
        answer = await browser.post(the(review_id, "record/file"), {"token": token})
        assert ("“The day it goes to panel”" in answer.seen) is panel, change


async def test_a_colleague_and_a_manager_put_nothing_down(desk: Desk) -> None:
    for who in (TOM, RUTH):
        browser = await desk.signed_in(who)
        token = (await browser.get("/desk/")).token
        for method, address in (
            ("GET", "record"), ("GET", "record/step"), ("POST", "record/step"),
            ("POST", "record/file"), ("POST", "decisions/done"), ("POST", "stand-down"),
        ):  # fmt: skip
            asked = the(KAI, address)
            if method == "GET":
                answer = await browser.get(asked)
            else:
                answer = await browser.post(asked, {"token": token})
            assert answer.status == 404, (who, address)


def test_every_field_has_an_id_of_its_own_and_hangs_on_one_before_it() -> None:
    for kind in KINDS.values():
        seen: set[str] = set()
        for field in kind.fields():
            assert field.id not in seen, field.id
            assert len(field.id) <= 32
            if field.only is not None:
                assert field.only[0] in seen
            assert sum(len(option) + 1 for option, _says in field.options) <= 255
            seen.add(field.id)
    assert set(KINDS) == set(ReviewKind)
