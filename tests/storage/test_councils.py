"""Nothing of storage crosses a council: every function is tried with another council's id on rows
that are there, and with their own, so that a call that could find nothing proves nothing."""

import hashlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

from limits import RateLimitItemPerHour
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

import storage
from bot.service.house import House
from conversations.arranger import Wishes
from conversations.asks import Answer, Reply
from conversations.asks import State as AskState
from conversations.attaching import Attachment, Medium
from conversations.effects import Cause
from conversations.participation import Code
from conversations.timescales import Care
from storage import (
    alert_calls,
    alerts,
    allocations,
    ask_filings,
    asks,
    attachments,
    briefings,
    care,
    care_records,
    caseload,
    caseload_plans,
    contact_addresses,
    contributions,
    conversations,
    disputes,
    erasures,
    glass,
    hand_overs,
    import_requests,
    inbox,
    invitation_batches,
    invitation_sendings,
    invitations,
    many_rows,
    meeting_wishes,
    note_filings,
    notes,
    outbox,
    participation,
    particulars,
    people,
    pins,
    record_filings,
    reminders,
    report_words,
    review_decisions,
    review_moves,
    review_records,
    reviews,
    saved_views,
    sign_in_links,
    staff_hours,
    staff_pictures,
    tasks,
    withdrawals,
    year_of_reviews,
)
from storage.alert_calls import State, Step, Trouble, Way
from storage.asks import Plan, Wished
from storage.briefings import Briefing
from storage.care_records import Changes, Run
from storage.care_tables import fostering_households
from storage.caseload_plans import Moved as MovedOnPaper
from storage.contact_addresses import Address, How
from storage.contributions import Destination, Filing
from storage.disputes import Dispute
from storage.erasures import Erasure, What
from storage.errors import Unknown
from storage.hand_overs import HandOver
from storage.health import Health
from storage.held import Whose
from storage.import_requests import State as ImportState
from storage.invitation_batches import Batch, Item, Opening
from storage.invitation_sendings import Sending
from storage.invitations import Hashes, Invitation, KeyKind, Secret
from storage.keeping import Standing, Update, WaysIn
from storage.notes import NoteKind
from storage.outbox import Outgoing
from storage.participation import Confirmed
from storage.particulars import Particulars
from storage.people import YoungPerson
from storage.pins import Pin
from storage.record_filings import Version
from storage.report_words import Words
from storage.review_decisions import Decision
from storage.review_moves import Move
from storage.review_moves import What as Moved
from storage.review_records import Value
from storage.reviews import ReviewKind
from storage.staff_pictures import Picture
from storage.store import Store
from storage.tables import allocations as allocations_table
from storage.tables import metadata
from storage.tables import pins as pins_table
from storage.tries import Limit
from storage.withdrawals import Became, InFile, Withdrawal
from tests.access import two_councils
from tests.access.two_councils import NORTH, SOUTH

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
REVIEW, PERSON, STAFF, TASK, SENT = "R-iro-own", "P-iro-own", "me-iro", "T-iro-own", "C-iro-own"
CONFIRMED = Confirmed(REVIEW, Code.PN1, Code.PN1, "spoke", None, None, STAFF, NOW)
RAISED = alerts.Raised(
    PERSON, REVIEW, "V-iro-own", Cause.HELP, "", alerts.Team.CHILDREN, NOW,
    alerts.About("A name", "case", date(2010, 1, 1)),
)  # fmt: skip
BRIEFING = Briefing(
    "B", REVIEW, PERSON, SENT, 1, NOW.date(), "An advocate", "An officer", "digest", STAFF, NOW
)
ASK, ANSWER = "K-iro-own", Answer(AskState.AGREED, "Yes")
CARE = Care(date(2026, 1, 5), None, placed_on=(date(2026, 3, 2),))
PARTICULARS = Particulars("F", "WBRI")
MOVE = Move(REVIEW, PERSON, 1, Moved.ARRANGED, NOW, STAFF, to_on=date(2026, 12, 1), words="why")
VALUE = Value(REVIEW, PERSON, "plan_why_not", 1, NOW, STAFF, words="words")
DECISION = Decision("D", REVIEW, PERSON, "what", "who", None, NOW, STAFF)
RECORD = Version("F", 1, REVIEW, PERSON, NOW, STAFF, {"a": "document"})
NOTE, FILED_NOTE = (
    "N-iro-own",
    note_filings.Version("N-iro-own", 1, PERSON, Destination.ORDINARY, NOW, {"a": "document"}),
)
HAND_OVER = HandOver(
    "H", STAFF, "mate-iro", NOW.date(), NOW, STAFF, NOW + timedelta(days=3), None, {PERSON: None}
)
WORDS = Words(2025, "voice", 1, NOW, STAFF, "what the manager wrote")
ON_PAPER = MovedOnPaper(PERSON, STAFF, "mate-iro", NOW, STAFF)
PICTURE = Picture("image/png", b"a picture")
ADDRESS = Address("A", PERSON, contact_addresses.Way.SMS, "+447700900123", "staff:me-iro", NOW)
SENDING = Sending("S", "I2", REVIEW, PERSON, invitation_sendings.Way.SMS, NOW, "staff:me-iro", "A")
HANDED_IN = import_requests.Request("IR", STAFF, NOW, NOW.date(), ImportState.COMING)
CASE = f"case-{PERSON.removeprefix('P-')}"
RUN = Run("CI", "ssd", NOW.date(), NOW, "sayso")
HOUSEHOLD = {"household_id": "H1", "kind": "mainstream", "approved_on": None, "ended_on": None,
             "reviewed_on": None}  # fmt: skip
BATCH = Batch("B1", "staff:me-iro", NOW, 4, invitation_batches.State.WAITING)
ITEM = Item("B1", 1, REVIEW, PERSON, invitation_sendings.Way.LETTER)
NO_COUNCIL = {"claim", "ready", "lanes", "done", "later", "next_due", "put_out", "set_aside"}
"""Of the outbox, which one worker empties for the whole database; each row names its council."""

ONLY_SAYS = {"many_rows.among"}
"""They read and write nothing: a part of somebody's statement."""

TRIED_ELSEWHERE = {
    "audit_verifying", "audit_reading", "chains", "checkpoints", "copying", "data_keys",
    "durability", "queues", "sealed_columns", "sealing", "server", "staff_accounts",
    "staff_challenges", "staff_identities", "staff_passkeys", "staff_sessions",
}  # fmt: skip
"""What proves itself by keys that are bound to a council: `test_audit_tampering.py` moves entries
to another council, `test_sealing.py` swaps councils; what looks at the whole installation; and who
signs in, for whom `tests/access/` asks."""

MAKES = {
    "inbox.add", "kept_settings.get_or_make", "participation.confirm", "contributions.read_by",
    "tasks.add", "alerts.add", "alert_calls.add",
}  # fmt: skip
"""They say that they made a row, in the council that was named."""


def _functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for found in pkgutil.iter_modules(storage.__path__):
        if found.name in TRIED_ELSEWHERE:
            continue
        module = import_module(f"storage.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            ours = function.__module__ == module.__name__ and not name.startswith("_")
            if ours and next(iter(inspect.signature(function).parameters), "") == "db":
                outside = found.name in ("outbox", "store") and name in NO_COUNCIL
                if not outside and f"{found.name}.{name}" not in ONLY_SAYS:
                    yield f"{found.name}.{name}", function


FUNCTIONS = dict(_functions())


def _make(db: Connection, house: House) -> None:
    """A council with a row of every kind."""
    two_councils.make(db, house, NOW)
    hashes = Hashes(b"h", b"c", b"t")
    council, later = house.id, NOW + timedelta(days=3)
    sign_in_links.add(db, council, b"h", STAFF, later)
    sign_in_links.add(db, council, b"old", STAFF, NOW - timedelta(days=1))
    invitations.add(db, Invitation(council, "I", REVIEW, later), hashes, NOW)
    theirs = Hashes(b"h2", b"c2", b"t2")
    invitations.add(db, Invitation(council, "I2", REVIEW, later), theirs, NOW, by="sayso")
    _invite(db, house)
    conversation = _talk(db, council)
    _send_again(db, council)
    invitations.bind(
        db, council, KeyKind.TELEGRAM, b"h", conversation, NOW, later, address="chat",
        person_id=PERSON,
    )  # fmt: skip
    participation.confirm(db, council, CONFIRMED)
    glass.add(db, council, "G", REVIEW, STAFF, "why", NOW, later)
    held = reviews.get(db, council, REVIEW)
    reviews.add(db, replace(held, review_id="R-after", looks_back_on=REVIEW), NOW)
    outbox.add(db, council, [Outgoing("ordinary", "lane", key, "{}") for key in ("k", "l")], NOW)
    disputes.open_(db, council, Dispute(conversation, REVIEW, NOW))
    pins.put(db, council, PERSON, Pin("hash", NOW))
    erasures.add(db, council, Erasure(council, 7, What.DRAFT, PERSON, REVIEW, NOW, "sayso"))
    away = Outgoing("telegram", "lane", "m", "{}", person_id=PERSON)
    outbox.add(db, council, [away], NOW)
    inbox.add(db, council, "telegram:1", "10", "as it came", NOW, person_id=PERSON)
    inbox.add(db, council, f"web:{conversation}", "10", "as it came", NOW)
    pins.unlock(db, council, b"h", b"b", PERSON, NOW - timedelta(days=1))
    alerts.add(db, council, RAISED, NOW)
    alert_calls.add(db, council, "A-iro-own", Step.TEAM, [Way.SMS], NOW)
    alert_calls.plan(db, council, "A-iro-own", Step.MANAGER, NOW)
    over = replace(RAISED, person_id="P-over")
    closed = alerts.get(db, council, alerts.add(db, council, over, NOW))
    alerts.close(db, council, closed, alerts.Outcome.KNOWN, "why", STAFF, NOW)
    Limit(RateLimitItemPerHour(5)).count(db, council, b"who", NOW - timedelta(hours=2))
    carer = YoungPerson(council, "P-carer", "case-carer", "A carer", None, False, carer=True)
    people.add_young_person(db, house.keys, carer, NOW)
    briefings.add(db, council, BRIEFING)
    meeting_wishes.put(db, council, _wishes(conversation, NOW - timedelta(days=1)))
    staff_pictures.put(db, council, STAFF, PICTURE, NOW)
    tasks.done(db, council, "T-iro-closed", STAFF, NOW)
    saved_views.add(db, council, STAFF, "a view", "state=read", NOW)
    to_read = replace(
        RAISED, team=alerts.Team.OFFICER, cause=Cause.CONCERN, conversation_id="other"
    )
    alerts.add(db, council, to_read, NOW)
    care.keep_periods(db, council, PERSON, [CARE])
    care.start_clock(db, council, PERSON, "pathway", CARE.began)
    particulars.keep(db, council, PERSON, PARTICULARS)
    review_moves.add(db, council, MOVE)
    off = replace(MOVE, number=2, what=Moved.STOOD_DOWN, from_on=MOVE.to_on, to_on=None)
    review_moves.add(db, council, off)
    review_records.put(db, council, VALUE)
    review_decisions.add(db, council, DECISION)
    record_filings.add(db, council, RECORD)
    reviews.hold(db, council, "R-iro-closed", date(2025, 1, 6))
    participation.confirm(db, council, replace(CONFIRMED, review_id="R-iro-closed"))
    asked = tasks.get(db, council, "Q-iro-own")
    tasks.settle(db, council, asked, tasks.Outcome.ARRANGED, STAFF, NOW)
    reminders.put(db, council, conversation, PERSON, later, NOW)
    played = _played(db, council)
    number = reminders.put(db, council, played.conversation_id, played.person_id, NOW, NOW)
    reminders.ring(db, council, played.conversation_id, number, NOW)
    _answer(db, council)
    _note(db, council)
    report_words.put(db, council, WORDS)
    staff_hours.put(db, council, {STAFF: 2220}, STAFF, NOW)
    caseload_plans.add(db, council, [ON_PAPER])


def _answer(db: Connection, council: str) -> None:
    """An answer that was sent and one that was drafted since, what is said to it, and its
    document."""
    for kind in (asks.Kind.SENT, asks.Kind.DRAFT):
        asks.write(db, council, asks.get(db, council, ASK), kind, ANSWER, STAFF, NOW)
    asks.reply(db, council, asks.get(db, council, ASK), 1, Reply.NOT_AGREE, "words", NOW)
    ask_filings.add(
        db, council, ASK, 1, Destination.ORDINARY, Filing.WAITING, {}, review_id=REVIEW,
        person_id=PERSON,
    )  # fmt: skip


def _note(db: Connection, council: str) -> None:
    """A note is filed and put to somebody, another is empty; and a young person is handed over."""
    notes.change(db, council, NOTE, put_to=STAFF)
    note_filings.add(db, council, FILED_NOTE)
    _empty_note(db, council, "N-empty")
    hand_overs.add(db, council, HAND_OVER)


def _empty_note(db: Connection, council: str, note_id: str) -> None:
    notes.add(
        db, council, note_id, kind=NoteKind.CHALLENGE, tool="", review_id=REVIEW, person_id=PERSON,
        state="raised", now=NOW,
    )  # fmt: skip


def _invite(db: Connection, house: House) -> None:
    """An address, what was sent to it, and batches: one that waits (B1), one of which all are made
    and nobody said so (B2), one whose letters wait to be printed (B3)."""
    council = house.id
    contact_addresses.add(db, house.keys, council, ADDRESS)
    invitation_sendings.add(db, council, SENDING, b"stop")
    invitation_sendings.sent(db, council, SENDING.sending_id, NOW, "N")
    invitation_sendings.add(db, council, replace(SENDING, sending_id="S-made"), b"stop made")
    for batch_id in ("B1", "B2", "B3"):
        batch = replace(BATCH, batch_id=batch_id)
        invitation_batches.add(db, council, batch, [replace(ITEM, batch_id=batch_id)])
        if batch_id != "B1":
            item = replace(ITEM, batch_id=batch_id)
            invitation_batches.made(db, council, item, "S", Opening("url", "code"))
    invitation_batches.all_made(db, council, "B3", NOW)
    care_records.begin(db, council, RUN, NOW)
    care_records.end(db, council, "CI", "{}", NOW)
    earlier = NOW - timedelta(hours=1)
    care_records.begin(db, council, replace(RUN, import_id="CI2"), earlier)
    care_records.write(db, council, house.keys, Changes(seen={PERSON: CASE}), NOW.date(), NOW)
    many_rows.add(db, council, fostering_households, [HOUSEHOLD])
    import_requests.add(db, council, HANDED_IN)
    import_requests.put_piece(db, council, "IR", "a.csv", 0, b"1,2")
    import_requests.move(db, council, "IR", ImportState.COMING, ImportState.LOOKING, "{}")


def _played(db: Connection, council: str) -> conversations.Kept:
    """The conversation that was really held, as a pattern for all that was sent."""
    return conversations.of_person(db, council, "P-pattern-cioc")[0]


def _talk(db: Connection, council: str) -> str:
    """The conversation of what was sent, and what was said aloud in it and is not sent; its id."""
    conversation = contributions.get(db, council, SENT, 1).conversation_id
    kept = replace(
        _played(db, council), conversation_id=conversation, review_id=REVIEW, person_id=PERSON
    )
    conversations.add(db, kept, NOW)
    conversations.save(db, kept, NOW)
    attachments.add(db, kept, _voice("unsent"), b"unsent", NOW)
    return conversation


def _voice(name: str) -> Attachment:
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return Attachment(name, Medium.VOICE, "audio/mpeg", sha256, len(name), 3)


def _send_again(db: Connection, council: str) -> None:
    """Somebody reads it; it is stopped; and a newer version takes something of it back, and waits
    to be filed."""
    contributions.read_by(db, council, SENT, 1, "mate-iro", NOW)
    first = contributions.get(db, council, SENT, 1)
    contributions.set_filing(db, council, SENT, 1, Destination.ORDINARY, Filing.STOPPED)
    contributions.add_filing(db, first, Destination.RESTRICTED, Filing.TAKEN_BACK)
    second = replace(first, version=2, kind="withdrawal")
    contributions.add(db, second)
    contributions.add_filing(db, second, Destination.ORDINARY, Filing.WAITING)
    withdrawals.add(db, council, _withdrawal(2), [STAFF])


def _withdrawal(version: int) -> Withdrawal:
    return Withdrawal(SENT, version, False, Became.READ, InFile.NONE, NOW)


def _wishes(conversation: str, at: datetime) -> meeting_wishes.Sent:
    return meeting_wishes.Sent(REVIEW, PERSON, conversation, at, Wishes(words={"meeting": "words"}))


def _arguments(db: Connection, house: House, council: str) -> Mapping[str, Any]:
    """What a parameter of this name is given: rows of `house`, said to be this council's."""
    home = house.id
    sent = contributions.get(db, home, SENT, 1)
    kept = conversations.get(db, home, sent.conversation_id)
    later = NOW + timedelta(days=3)
    return {
        "council": council, "keys": house.keys, "now": NOW, "at": NOW, "seen_at": NOW,
        "today": NOW.date(), "until": later, "started_before": later, "expires_at": later,
        "review_id": REVIEW, "person_id": PERSON, "person_ids": [PERSON], "staff_id": STAFF,
        "officer_id": STAFF, "by": STAFF, "contribution_id": SENT, "task_id": TASK, "version": 1,
        "conversation_id": sent.conversation_id, "team": two_councils.MINE, "glass_id": "G",
        "destination": Destination.ORDINARY, "state": Filing.FILED, "held_on": date(2026, 1, 1),
        "content_sha256": "1" * 64, "reason": "why", "reference": None,
        "secret": Secret.LINK,
        "secret_hash": b"h", "session_hash": b"h", "token_hash": b"h", "key_hash": b"h",
        "actor": "sayso", "act": "tried", "subject": "nobody", "detail": "",
        "source": "web:x", "key": "k", "body": "b", "quarantined": None, "name": "n",
        "make": lambda: "made", "address": None, "hashes": Hashes(b"h", b"c", b"t"),
        "rows": [Outgoing("ordinary", "lane", "once", "{}")],
        "sent": replace(sent, council=council),
        "kept": replace(kept, council=council),
        "invitation": Invitation(council, "I", REVIEW, later),
        "person": replace(people.young_person(db, home, PERSON), council=council),
        "member": replace(people.staff_member(db, home, STAFF), council=council),
        "review": replace(reviews.get(db, home, REVIEW), council=council),
        "allocation": replace(allocations.of_person(db, home, PERSON)[0], council=council),
        "confirmed": CONFIRMED,
        "task": tasks.get(db, home, TASK),
        "erasure": Erasure(council, 8, What.DRAFT, PERSON, REVIEW, NOW, "sayso"),
        "noted_at": None, "ids": [7], "case_id": f"case-{PERSON.removeprefix('P-')}",
        "people": [PERSON], "conversation_ids": [sent.conversation_id], "last": "",
        "since": NOW, "updates": [Update("telegram:1", "10", NOW, PERSON)],
        "which": WaysIn(council, (sent.conversation_id,), (KeyKind.TELEGRAM.value,),
                        NOW + timedelta(days=9)),
        "standing": Standing(sent.conversation_id, REVIEW, PERSON, NOW, NOW, None, NOW, 0,
                             chat=True, erased=False),
        "table": pins_table,
        "alert_id": "A-iro-own", "alert": alerts.get(db, home, "A-iro-own"), "raised": RAISED,
        "of": RAISED, "said": alerts.Said(NOW, "words"), "within": timedelta(days=9),
        "seen": alert_calls.standing(db, home, "A-iro-own"), "step": Step.OUT_OF_HOURS,
        "ways": [Way.EMAIL], "number": 0, "why": "why",
        "teams": tuple(alerts.Team), "outcome": alerts.Outcome.KNOWN,
        "whose": Whose(council, PERSON, (REVIEW,), (sent.conversation_id,)),
        "review_ids": [REVIEW], "meeting_on": date(2026, 12, 1), "kinds": tuple(tasks.Kind),
        "open_until": NOW + timedelta(days=999), "before": NOW, "browser_hash": b"b",
        "pin": Pin("another hash", NOW), "lane": "lane", "most": 1,
        "dispute": Dispute(_played(db, home).conversation_id, REVIEW, NOW),
        "talk": replace(kept, council=council), "one": _voice("new"), "content": b"new",
        "attachment_id": "unsent", "briefing": replace(BRIEFING, briefing_id="B2"),
        "ask_id": ASK, "ask_ids": [ASK], "ask": asks.get(db, home, ASK), "answer": ANSWER,
        "wishes": [Wished("K-new", "school.change", "school", NOW, NOW)], "document": {},
        "owner_id": STAFF, "to": 1, "reply": Reply.NOT_MEANT, "words": "more", "told_at": None,
        "address_id": "A", "how": How.ASKED, "way": contact_addresses.Way.SMS,
        "sending": replace(SENDING, sending_id="S2"), "stop_hash": b"stop", "sending_id": "S",
        "sending_ids": ["S"], "notified": "N", "after": "", "invitation_id": "I2",
        "batch": replace(BATCH, batch_id="B4"), "them": [replace(ITEM, batch_id="B4")],
        "batch_id": "B1", "item": ITEM, "opening": Opening("url", "code"),
        "made_by": "staff:me-iro", "made_before": later, "first": 1,
        "cares": [CARE, Care(date(2020, 1, 6), date(2021, 1, 6))], "timescale": "pathway",
        "began": date(2026, 2, 2), "move": replace(MOVE, number=3), "due_on": date(2026, 12, 1),
        "value": replace(VALUE, number=2), "decision": replace(DECISION, decision_id="D2"),
        "decision_id": "D", "record_id": "F",
        "note_id": NOTE, "note": notes.get(db, home, NOTE), "hand_over_id": "H", "tool": "",
        "officer_ids": [STAFF], "ended": False, "restricted": False, "spoken": [ASK],
        "staff_ids": [STAFF], "found": caseload.of_officer(db, home, STAFF, NOW.date()),
        "then": NOW - timedelta(days=9), "view_id": _view(db, home), "query": "state=waiting",
        "more": (),
        "import_id": "CI2", "counts": "{}", "taken_on": NOW.date() + timedelta(days=1),
        "case_ids": [CASE], "run": RUN,
        "request_id": "IR", "file": "a.csv", "at_row": 1, "of_rows": 2,
        "versions": [(SENT, 1)], "particulars": PARTICULARS,
        "year": 2025, "new": replace(WORDS, number=2), "minutes": {STAFF: 1110},
        "several": [replace(ON_PAPER, from_id="mate-iro")], "from_id": STAFF,
        "picture": PICTURE, "withdrawal": _withdrawal(3), "readers": [STAFF],
    }  # fmt: skip


def _view(db: Connection, council: str) -> str:
    return saved_views.of_staff(db, council, STAFF)[0].view_id


def _changes() -> Changes:
    changes = Changes(seen={PERSON: CASE})
    changes.add(allocations_table, {"person_id": PERSON, "staff_id": STAFF, "kind": "iro",
                                    "since": date(2020, 1, 1), "until": None})  # fmt: skip
    return changes


def _kind(function: str) -> Any:
    """`kind` means another thing in every module."""
    return {
        "allocations": "iro",
        "conversations": KeyKind.TELEGRAM.value,
        "invitations": KeyKind.TELEGRAM,
        "notes": NoteKind.CHALLENGE,
        "reviews": ReviewKind.CIOC,
    }.get(function.split(".", maxsplit=1)[0])


def _whose(db: Connection, house: House, council: str, function: str) -> Mapping[str, Any]:
    """What only this function is asked for."""
    late = {"before": NOW + timedelta(days=99)}
    played = _played(db, house.id).conversation_id
    households = {"table": fostering_households}
    special: dict[str, Mapping[str, Any]] = {
        "alert_calls.set_state": {"state": State.ARRIVED},
        "alert_calls.trouble": late,
        "alerts.end": late,
        "ask_filings.add": {"number": 2},
        "ask_filings.get": {"number": 1},
        "ask_filings.set_state": {"number": 1},
        "asks.count_open": {"review_ids": ["R-iro-team"]},  # the other is answered
        "asks.plan": {"of": Plan("somebody")},
        "asks.put": {"sent": _sent_wish(played)},
        "asks.read": {"number": 1},
        "asks.stands_in": {"version": 2},
        "asks.write": {"kind": asks.Kind.DRAFT},
        "attachments.content": {"one": _heard(db, house, council)},
        "attachments.mark_sent": {"ids": ["unsent"]},
        "contributions.first_read": {"staff_id": "mate-iro"},
        "contributions.first_read_of_review": {"staff_id": "mate-iro"},
        "contact_addresses.add": {
            "address": replace(ADDRESS, address_id="A2", address="+447700900124")
        },
        "contact_addresses.whose": {"address": ADDRESS.address},
        "care_records.begin": {"run": replace(RUN, import_id="CI3")},
        "care_records.known": {"keys": house.keys, "by": "sayso"},
        "care_records.lock_reviews": {"review_ids": [REVIEW]},
        "care_records.newest": {"source": "ssd"},
        "care_records.under_way": {"since": NOW - timedelta(days=1)},
        "care_records.write": {"keys": house.keys, "changes": _changes()},
        "extra_records.count": households,
        "extra_records.known": {**households, "ids": ["H1"]},
        "extra_records.people_by_case": {"keys": house.keys},
        "many_rows.add": {
            **households,
            "rows": [{**HOUSEHOLD, "household_id": "H2"}],
            "or_set": (),
        },
        "many_rows.change": {
            "table": fostering_households,
            "rows": [{**HOUSEHOLD, "kind": "connected"}],
        },
        "care_records.went_on": {"now": NOW + timedelta(hours=1)},
        "import_requests.add": {"request": replace(HANDED_IN, request_id="IR2")},
        "import_requests.claim": {"until": NOW + timedelta(days=1)},
        "import_requests.move": {
            "before": ImportState.LOOKING,
            "after": ImportState.READY,
            "outcome": "{}",
        },
        "import_requests.older": {"than": NOW + timedelta(days=1)},
        "import_requests.put_piece": {"number": 1},
        "import_requests.went_on": {"until": NOW + timedelta(days=1)},
        "invitation_batches.all_made": {"batch_id": "B2"},
        "invitation_batches.end": {"batch_id": "B3"},
        "invitation_batches.letters": {"batch_id": "B3", "last": 9},
        "invitation_sendings.add": {"stop_hash": b"another"},
        "invitation_sendings.sent": {"notified": "N2"},
        "invitation_sendings.unsent": {"sending_ids": ["S-made"]},
        "invitation_sendings.end": {"state": invitation_sendings.State.DELIVERED},
        "contributions.is_taken_back": {"destination": Destination.RESTRICTED},
        "contributions.leaves": {"version": 2},
        "erasing.words_left": {"at": NOW + timedelta(days=1)},  # it was sent before
        "hand_overs.add": {"one": replace(HAND_OVER, hand_over_id="H2")},
        "invitations.lengthen": {"expires_at": NOW + timedelta(days=99)},
        "invitations.extend": {"expires_at": NOW + timedelta(days=99)},
        "keeping.drop_copies": late,
        "keeping.end_decisions": late,
        "keeping.updates_after": {"last": ("", "")},
        "keeping.with_copies": late,
        "meeting_wishes.put": {"sent": _wishes(RAISED.conversation_id, NOW)},
        "note_filings.add": {"version": replace(FILED_NOTE, version=2)},
        "note_filings.set_state": {"version": FILED_NOTE, "reference": "there"},
        "notes.add": {"note_id": "N-new", "state": "raised"},
        "notes.change": {"values": {"stage": 1}},
        "notes.remove_empty": {"note_id": "N-empty"},
        "notes.write": {"values": {"good": "more"}},
        "outbox.of_person": {"destination": "telegram"},
        "people.is_carer": {"person_id": "P-carer"},
        "caseload.past": {"whose": caseload.runs(STAFF), "first": 0, "most": 9},
        "reviews.people_of": {"which": caseload.runs(STAFF)},
        "tasks.settled": {"officer_id": None},
        "tasks.reopen": {"task_id": "T-iro-closed"},
        "care.held_days": {"person_ids": ["P-iro-closed"]},
        "record_filings.add": {"version": replace(RECORD, version=2)},
        "record_filings.set_state": {"version": RECORD, "reference": "there"},
        "reminders.ring": {"number": 1},
        "reminders.unring": {"number": 1, "conversation_id": played},  # that one has rung
        "reviews.hand_over": {"officer_id": "mate-iro"},
        "tasks.settle": {"outcome": tasks.Outcome.ARRANGED},
        "withdrawals.seen": {"version": 2},
        "year_of_reviews.batch": {
            "after": "",
            "most": 99,
            "begins": date(2020, 1, 1),
            "ends": date(2040, 1, 1),
            "history": True,
        },
    }
    return special.get(function, {})


def _sent_wish(conversation_id: str) -> Mapping[str, Any]:
    return {"review_id": REVIEW, "person_id": PERSON, "conversation_id": conversation_id,
            "contribution_id": SENT, "version": 1}  # fmt: skip


def _heard(db: Connection, house: House, council: str) -> attachments.Kept:
    """One that was sent. Of another council it is said to hold nothing: so much has to be found
    there, or `SealBroken` is raised."""
    kept = attachments.get(db, house.id, two_councils.attachment_id(house, "iro-own"))
    if council == house.id:
        return kept
    return replace(kept, about=replace(kept.about, sha256=hashlib.sha256(b"").hexdigest()))


class _UndoneError(Exception):
    """Takes back what a try did."""


async def _tried(store: Store, house: House, council: str, name: str) -> tuple[Any, bool]:
    """What a function gives for this council, and whether it changed a row of the house."""
    outcome: list[Any] = []

    def run(db: Connection) -> None:
        before = _rows(db, house.id)
        given = {**_arguments(db, house, council), "kind": _kind(name),
                 **_whose(db, house, council, name)}  # fmt: skip
        parameters = inspect.signature(FUNCTIONS[name]).parameters
        missing = set(parameters) - {"db"} - set(given)
        assert not missing, f"{name}: say in _arguments what {missing} is"
        asked: dict[str, Any] = {}
        for one, parameter in parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD:
                asked |= given[one]
            elif one != "db":
                asked[one] = given[one]
        outcome.clear()
        try:
            result = FUNCTIONS[name](db, **asked)
        except Unknown:
            result = None
        outcome.extend((result, _rows(db, house.id) != before))
        raise _UndoneError

    try:
        await store.write(run)
    except _UndoneError:
        return outcome[0], outcome[1]
    except IntegrityError:
        return "refused", False
    raise AssertionError("A try is always undone.")


def _rows(db: Connection, council: str) -> dict[str, list[Any]]:
    return {
        table.name: sorted(map(repr, db.execute(select(table).where(table.c.council == council))))
        for table in metadata.sorted_tables
    }


def _found(name: str, result: Any) -> bool:
    """Whether a result holds anything of a row."""
    if isinstance(result, care_records.Known):
        return bool(result.by_case or result.reviews or result.involved)
    if isinstance(result, Health):
        return bool(result.waiting or result.set_aside or result.tasks)
    if isinstance(result, caseload.Past):
        return bool(result.found and result.all)
    if isinstance(result, year_of_reviews.Batch):
        return bool(result.people and result.looked_at)
    if isinstance(result, year_of_reviews.OnRecord):
        return bool(result.young_people and result.periods)
    if isinstance(result, Trouble):
        return bool(result.unreached or result.still)
    if name.startswith("erasing.") and isinstance(result, dict):
        return any(result.values())  # how many rows of each table
    return bool(result) and result != "refused" and name not in MAKES


async def test_no_function_of_storage_reads_or_changes_a_row_of_another_council(
    store: Store, database_url: str
) -> None:
    house = two_councils.house_of(NORTH, database_url, 1)
    await store.write(partial(_make, house=house))

    for name in FUNCTIONS:
        result, changed = await _tried(store, house, SOUTH, name)
        assert not _found(name, result), f"{name} gave something of another council"
        assert not changed, f"{name} changed something of another council"

    assert len(FUNCTIONS) >= 60


async def test_the_same_calls_find_or_change_the_councils_own_rows(
    store: Store, database_url: str
) -> None:
    house = two_councils.house_of(NORTH, database_url, 1)
    await store.write(partial(_make, house=house))

    idle = []
    for name in FUNCTIONS:
        result, changed = await _tried(store, house, NORTH, name)
        if not (_found(name, result) or changed or result == "refused"):
            idle.append(name)

    # Nobody here is erased, what is there already is not made again, and a lock tells nothing.
    assert set(idle) == {
        "care_records.alone", "care_records.lock_reviews", "care_records.look_at_sizes",
        "people.erased_of", "people.is_erased", "people.lock", "participation.confirm", "tasks.add",
    }  # fmt: skip
