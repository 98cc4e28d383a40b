"""The audit for who looks after it: what happened, in sentences, and whether it is whole.

Nothing here holds a child's word or name: an entry never does, and a review is named by its id.
"""

import csv
import io
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.checkpointing import DESTINATION
from bot.service.house import House
from bot.service.wording import LONDON
from storage import audit, audit_reading, outbox, people, reviews
from storage.audit_reading import Entry, Wanted
from storage.errors import Unknown

PAGE = 50
EXPORT = 50_000
"""Entries of one export at the most: a longer time is exported in parts."""

SENTENCES: Mapping[str, str] = {
    "staff_picture": "set or removed the picture of a member of staff",
    "account_disabled": "ended an account: that person has left",
    "account_enabled": "opened an account again",
    "account_made": "came for the first time, by the council’s own sign-in",
    "account_reset": "made a fresh link for an account; its password ended",
    "advocate_asked": "asked for an advocate",
    "advocate_brief_made": "made the paper for an advocate",
    "advocate_briefed": "recorded that an advocate was briefed",
    "ask_made": "wished for something that somebody has to answer",
    "ask_planned": "said who is asked what happens with a wish, and by when",
    "ask_drafted": "handed in a draft of an answer to a wish",
    "ask_answered": "sent the answer to a wish",
    "ask_answer_filed": "filed the answer to a wish",
    "ask_answer_read": "read the answer to a wish",
    "ask_replied": "said something to the answer to a wish",
    "asks_read": "opened the wishes of a review, in the young person’s words",
    "ask_arranged": "arranged what a young person asked for",
    "ask_not_wanted": "learnt that it is not wanted any more",
    "ask_taken_back": "took back what they had asked for",
    "meeting_page_made": "made a page to bring to the meeting",
    "meeting_wishes_read": "read what is wanted of the meeting",
    "officer_asked": "asked to see or talk with their officer alone",
    "agreed_to_start": "agreed to start",
    "alert_acknowledged": "took on an alert",
    "alert_closed": "closed an alert, with a reason",
    "alert_raised": "raised an alert",
    "alert_raised_again": "raised the same alert again",
    "alert_not_told": "could not tell somebody of an alert by one of the ways",
    "alert_reached": "told somebody of an alert that had reached nobody",
    "alert_read": "opened an alert",
    "alert_taken_on_told": "told those who were told of an alert that somebody has it",
    "alert_told": "told whoever was next of an alert",
    "alert_unreached": "could tell nobody of an alert by any way",
    "answers_unlocked": "opened their own answers with their PIN",
    "app_set_up": "set up an app for one-time codes",
    "carers_review_added": "added the review of a foster carer",
    "asked_afterwards": "asked how the review was",
    "attachment_heard": "listened to what the young person said aloud, or looked at what they show",
    "attachment_opened": "opened what the young person said aloud or shows",
    "audit_broken": "found that the audit is not as it was written",
    "audit_exported": "exported the audit",
    "audit_verified": "checked the audit",
    "code_accepted": "used their invitation",
    "code_confirmed": "confirmed how the young person took part",
    "code_corrected": "corrected how the young person took part",
    "contribution_filed": "filed what the young person sent",
    "contribution_sent": "sent what they think",
    "delivery_sent_again": "sent again what had not reached the case record",
    "delivery_stays_stopped": "kept here what may be somebody else's words",
    "copy_made": "made a copy of all that is held about the young person",
    "copies_made": "made copies of invented conversations, for a load test",
    "demo_link_made": "made a demo sign-in link",
    "draft_erased": "erased what was never sent, as its time was over",
    "erasure_repeated": "erased again what a restored backup had brought back",
    "glass_broken": "opened a colleague’s review, with a reason",
    "identity_accepted": "was let in by the council’s own sign-in",
    "identity_bound": "tied their account to the council’s own sign-in",
    "identity_refused": "refused somebody from the council’s own sign-in",
    "quality_begun": "began a quality note on the young person’s file",
    "quality_kept": "wrote in a quality note",
    "challenge_raised": "raised a challenge",
    "challenge_kept": "took a step in a challenge",
    "note_answered": "answered what an officer put to them",
    "note_filed": "filed an officer’s note",
    "hand_over_planned": "planned to hand young people over to another officer",
    "import_handed_in": "handed in tables of the case system",
    "import_wanted": "said that the tables are taken in",
    "import_dropped": "dropped the tables before they were taken in",
    "imported": "took in what another system holds",
    "hand_over_undone": "undid a hand-over before it happened",
    "address_added": "took down where they can be written to",
    "address_confirmed": "said that an address is the young person’s own",
    "address_stopped": "stopped messages to an address",
    "invitation_bounced": "learnt that an invitation did not arrive",
    "invitation_reminded": "reminded of an invitation",
    "invitation_sent": "sent an invitation",
    "invitations_exported": "took the list of invitations as a file",
    "invitations_started": "invited all who are due",
    "letters_fetched": "took letters to print",
    "letters_printed": "said that letters are printed",
    "invitations_stopped": "stopped invitations that had not left",
    "invitation_made": "made an invitation",
    "invitation_reissued": "made a new invitation in place of one that was open or used",
    "new_pin_asked": "asked for a new PIN",
    "not_me_said": "said that somebody else wrote",
    "not_me_settled": "settled whose words they are",
    "passkey_added": "added a passkey",
    "passkey_refused": "refused a passkey",
    "passkey_removed": "took a passkey away",
    "password_accepted": "gave the right password",
    "password_refused": "refused a password",
    "password_set": "chose a password",
    "person_erased": "erased a young person",
    "pin_changed": "changed their PIN",
    "pin_chosen": "chose a PIN",
    "pin_reset": "reset a PIN",
    "recovery_codes_made": "made recovery codes",
    "reminder_asked": "asked to be reminded",
    "reminder_sent": "reminded somebody who had asked for it",
    "return_taken": "took a file of the statutory return",
    "review_handed_over": "gave the review to another officer",
    "review_held": "said that the review was held",
    "record_kept": "put something on record of the review",
    "record_sent": "put the record of the review out to the case record",
    "record_sent_again": "put the record of the review out once more",
    "record_filed": "filed the record of the review",
    "decision_added": "put down a decision of the review",
    "decision_dropped": "took out a decision that was put down wrongly",
    "decision_done": "said that a decision is done",
    "next_review_set": "said when the next review is",
    "clock_started": "put down the day from which a timescale counts",
    "review_moved": "said that the review has another day",
    "task_reopened": "took back that a notice was seen",
    "reviews_searched": "searched the list of reviews by name or case number",
    "report_words_kept": "wrote into the report of a year",
    "report_taken": "took a file of the report of a year",
    "staff_hours_set": "said how long officers work in a week",
    "caseload_planned": "put young people into the caseload plan",
    "caseload_dropped": "took young people out of the caseload plan",
    "reviews_exported": "took the list of reviews as a file",
    "review_read": "opened the young person’s words",
    "review_stood_down": "said that the review is off",
    "role_changed": "got another role, as the council’s sign-in says",
    "said_who_types": "said who types",
    "second_factor_refused": "refused a second factor",
    "session_ended": "ended one of their sessions",
    "shared_read": "opened what a young person shared with them",
    "sign_in_link_made": "made a sign-in link",
    "sign_in_link_used": "used a sign-in link",
    "signed_in": "signed in",
    "signed_out": "signed out",
    "signed_out_everywhere": "ended all of their sessions",
    "task_done": "dealt with a task",
    "fewer_hear": "let fewer people hear what they sent",
    "own_copy_taken": "took a copy of their own words",
    "taken_back": "took back something that they had sent",
    "taking_back_seen": "saw that something they had read was changed",
    "told": "was told how it works",
    "words_erased": "erased what was sent, as its time was over",
}
"""What each act is called, to stand after who did it."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is read. `who`: a member of staff by name, nobody else; `review_id`: what it
    belongs to, if to a review; `about`: whom or what else."""

    entry: Entry
    who: str
    did: str
    about: str
    review_id: str | None


@dataclass(frozen=True, slots=True)
class State:
    """Whether the audit is whole, as far as it is known. `broken`: what was found last and is not
    as it was written; `checked`: the last whole check; `leaves`: that checkpoints leave at all;
    `waiting`: how many have not left yet."""

    checked: Entry | None
    broken: Entry | None
    checkpoint: tuple[int, datetime] | None
    leaves: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody asked for. `day`: in England and Wales; `actor`: a member of staff's id,
    `young_person` or `sayso`."""

    day: date | None = None
    actor: str = ""
    review_id: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One page. `older`: where the next one begins; `person_id`: of the review filtered by."""

    lines: tuple[Line, ...]
    older: str
    state: State
    staff: tuple[tuple[str, str], ...]
    person_id: str


def page(
    db: Connection, house: House, staff: Admitted, asked: Asked, filter_: Filter, before: str
) -> Shown:
    """The newest entries that were asked for, or those further back. Reads only."""
    require(db, house, staff, asked)
    wanted = replace(_wanted(filter_), before=_place(before))
    found = audit_reading.find(db, house.id, wanted, PAGE + 1)
    names = _names(db, house)
    shown = found[:PAGE]
    older = _mark(shown[-1]) if len(found) > PAGE else ""
    lines = tuple(_lines(db, house, shown, names))
    by_name = tuple(sorted(names.items(), key=lambda one: one[1]))
    return Shown(lines, older, _state(db, house), by_name, _person_of(db, house, filter_))


def export(
    db: Connection, house: House, staff: Admitted, asked: Asked, filter_: Filter, now: datetime
) -> str:
    """The same as CSV, up to `EXPORT` entries; that it was exported is on record."""
    require(db, house, staff, asked)
    found = audit_reading.find(db, house.id, _wanted(filter_), EXPORT)
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="audit_exported",
        subject=f"council:{house.id}",
        detail=f"{len(found)} entries",
    )
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(
        ("at", "actor", "name", "act", "did", "subject", "review", "detail", "chain", "sequence")
    )
    for line in _lines(db, house, found, _names(db, house)):
        entry = line.entry
        cells = (
            entry.at.isoformat(),
            entry.actor,
            line.who,
            entry.act,
            line.did,
            entry.subject,
            line.review_id or "",
            entry.detail,
            entry.chain,
            str(entry.sequence),
        )
        rows.writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def about_person(db: Connection, house: House, person_id: str, most: int) -> tuple[Line, ...]:
    """All that was read and done about a young person, and by them, the newest first."""
    found = audit_reading.find(db, house.id, Wanted(person_id=person_id), most)
    return tuple(_lines(db, house, found, _names(db, house)))


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "\0") else cell


def _wanted(filter_: Filter) -> Wanted:
    actor = {"young_person": "young_person:", "sayso": "sayso", "": ""}.get(
        filter_.actor, f"staff:{filter_.actor}"
    )
    since = until = None
    if filter_.day is not None:
        since = datetime.combine(filter_.day, time(), LONDON)
        until = datetime.combine(filter_.day + timedelta(days=1), time(), LONDON)
    return Wanted(since, until, actor, filter_.review_id, filter_.person_id)


def _mark(entry: Entry) -> str:
    return f"{entry.at.isoformat()}/{entry.entry_id}"


def _place(mark: str) -> tuple[datetime, int] | None:
    """Where a page begins; `Unknown` if that is no place."""
    if not mark:
        return None
    at, _slash, entry_id = mark.partition("/")
    try:
        moment, number = datetime.fromisoformat(at), int(entry_id)
    except ValueError as error:
        raise Unknown("a place in the audit") from error
    if moment.tzinfo is None or not 0 <= number < 2**63:
        raise Unknown("a place in the audit")
    return moment, number


def _names(db: Connection, house: House) -> dict[str, str]:
    return {member.staff_id: member.name for member in people.all_staff(db, house.id)}


def _lines(
    db: Connection, house: House, found: Iterable[Entry], names: Mapping[str, str]
) -> Iterable[Line]:
    entries = list(found)
    of = audit_reading.reviews_of(db, house.id, {entry.subject for entry in entries})
    carers = people.carers(db, house.id)
    theirs = reviews.of_people(db, house.id, carers)
    for entry in entries:
        did = SENTENCES.get(entry.act, entry.act.replace("_", " "))
        if of.get(entry.subject) in theirs:
            did = did.replace("young person", "foster carer")
        yield Line(
            entry,
            _who(entry.actor, names, carers),
            did,
            _about(entry, names),
            of.get(entry.subject),
        )


def _who(actor: str, names: Mapping[str, str], carers: Container[str]) -> str:
    kind, _colon, name = actor.partition(":")
    match kind:
        case "staff":
            return names.get(name, "Somebody who is no longer here")
        case "young_person":
            return "The foster carer" if name in carers else "The young person"
        case _:
            return "Sayso"


def _about(entry: Entry, names: Mapping[str, str]) -> str:
    """Whom or what it was done to, where that is not the review and not themselves."""
    kind, _colon, name = entry.subject.partition(":")
    if kind == "staff" and entry.actor != entry.subject:
        return f"for {names.get(name, 'somebody who is no longer here')}"
    if kind == "chain":
        return f"in chain {name}"
    if kind == "report":
        return f"of {name}"
    return ""


def _person_of(db: Connection, house: House, filter_: Filter) -> str:
    if not filter_.review_id:
        return filter_.person_id
    try:
        return reviews.get(db, house.id, filter_.review_id).person_id
    except Unknown:
        return ""


def _state(db: Connection, house: House) -> State:
    checked = audit_reading.newest(db, house.id, "audit_verified")
    broken = audit_reading.newest(db, house.id, "audit_broken")
    return State(
        checked,
        broken,
        audit_reading.last_checkpoint(db, house.id),
        bool(house.settings.audit_checkpoints),
        outbox.waits(db, house.id, DESTINATION),
    )
