"""Two councils in one database, each with everybody in every relation to somebody.

Both hold rows under the very same ids (case systems number alike), besides a few that only one of
them has. What the young people of a council say and are called names their council, so that a page
of the other shows at once whose row it got.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import orjson
from sqlalchemy import Connection, insert

from bot.access.permissions import Relation
from bot.access.roles import ANSWERERS, Role
from bot.demo.council import play
from bot.demo.people import Voice
from bot.service import invitations
from bot.service.attaching_ids import id_of
from bot.service.council import read_council
from bot.service.house import House
from bot.service.invitations import LetIn
from bot.settings import Settings
from conversations import quality
from conversations.attaching import Attachment, Medium
from conversations.effects import Cause
from conversations.engine import start
from conversations.flows import FLOWS
from conversations.wording import Band
from storage import (
    alerts,
    allocations,
    asks,
    attachments,
    contributions,
    notes,
    people,
    reviews,
    tasks,
)
from storage.alerts import About, Raised, Team
from storage.allocations import Allocation
from storage.asks import Plan, Wished
from storage.contributions import Destination, Filing, Sent
from storage.conversations import Kept
from storage.notes import NoteKind
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.tables import councils
from storage.tasks import Kind, Task
from tests.keys import RING

NORTH, SOUTH = "northborough", "southborough"
RELATIONS = tuple(relation for relation in Relation if relation is not Relation.NONE)
MINE, THEIRS = "Blue team", "Green team"
_SHORT = {
    Role.IRO: "iro",
    Role.PATHWAY_REVIEW_OFFICER: "pro",
    Role.UNIT_MANAGER: "um",
    Role.BUSINESS_SUPPORT: "bs",
    Role.DUTY_WORKER: "dw",
    Role.SOCIAL_WORKER: "sw",
    Role.PERSONAL_ADVISER: "pa",
    Role.SOCIAL_WORK_MANAGER: "swm",
    Role.COUNCIL_IT: "it",
    Role.AUDITOR: "aud",
}
_SAID = {"home.change": "WORDS", "home.good": "WORDS for all", "meeting.how": "come"}
_PLAN = {"plan.change": "WORDS", "meeting.how": "come"}


def house_of(council: str, url: str, port: int) -> House:
    given = {"id": council, "name": f"{council.title()} Council", "demo": True}
    return House(
        read_council(None).model_copy(update=given),
        RING,
        Settings(database_url=url, port=port),
    )


def kind_for(role: Role) -> ReviewKind:
    """The kind of review that this role runs; of those who run none, a child's in care."""
    return ReviewKind.PATHWAY if role is Role.PATHWAY_REVIEW_OFFICER else ReviewKind.CIOC


def staff_id(role: Role) -> str:
    return f"me-{_SHORT[role]}"


def subject(council: str, role: Role, relation: Relation) -> str:
    """The middle of every id of what stands so to this role's member of staff."""
    if relation is Relation.OTHER_COUNCIL:
        return f"{_SHORT[role]}-only-{SOUTH if council == NORTH else NORTH}"
    return f"{_SHORT[role]}-{relation.value}"


def words(council: str, name: str) -> str:
    """What the young person of this subject says."""
    return f"{council} heard {name} say this"


def child(council: str, name: str) -> str:
    """What they are called."""
    return f"Child-{council}-{name} Doe"


def make(db: Connection, house: House, now: datetime) -> None:
    """The whole council."""
    db.execute(insert(councils), {"council": house.id, "demo": True, "created_at": now})
    for role in Role:
        for who, team in (
            (staff_id(role), MINE),
            (f"mate-{_SHORT[role]}", MINE),
            (f"far-{_SHORT[role]}", THEIRS),
        ):
            member = Staff(house.id, who, role.value, f"{who} of {house.id}", team=team)
            people.add_staff(db, house.keys, member, now)
    plain = {kind: _said_once(db, house, kind, now) for kind in ReviewKind}
    for role in Role:
        runs = {
            Relation.OWN: staff_id(role),
            Relation.TEAM: f"mate-{_SHORT[role]}",
            Relation.OTHER_TEAM: f"far-{_SHORT[role]}",
            Relation.CLOSED: staff_id(role),
            Relation.ERASED: staff_id(role),
        }
        for relation, officer in runs.items():
            name = subject(house.id, role, relation)
            _add(db, house, name, role, officer, plain, now, over=relation is Relation.CLOSED)
            if relation is Relation.ERASED:
                people.mark_erased(db, house.id, f"P-{name}", now)
        only = f"{_SHORT[role]}-only-{house.id}"
        _add(db, house, only, role, staff_id(role), plain, now, over=False)


def _said_once(db: Connection, house: House, kind: ReviewKind, now: datetime) -> Sent:
    """What somebody really said, as a pattern for all the others."""
    name = f"pattern-{kind.value}"
    _person_with_review(db, house, name, kind, "me-iro", now, over=False)
    invited = invitations.invite(db, house, f"R-{name}", now)
    let_in = invitations.let_in_by_code(db, house, invited.code, "", now)
    assert isinstance(let_in, LetIn)
    answers = _SAID if kind is ReviewKind.CIOC else _PLAN
    play(db, house, let_in.conversation_id, Voice(answers, "file"), now)
    return contributions.of_review(db, house.id, f"R-{name}")[0]


def _person_with_review(
    db: Connection,
    house: House,
    name: str,
    kind: ReviewKind,
    officer: str,
    now: datetime,
    *,
    over: bool,
) -> None:
    today = now.date()
    born = date(today.year - 15, 1, 1)
    leaver = kind is ReviewKind.PATHWAY
    person = YoungPerson(house.id, f"P-{name}", f"case-{name}", child(house.id, name), born, leaver)
    people.add_young_person(db, house.keys, person, now)
    day = today - timedelta(days=400 if over else 1)
    reviews.add(
        db, Review(house.id, f"R-{name}", f"P-{name}", kind, officer, day, day, held=over), now
    )


def _add(
    db: Connection,
    house: House,
    name: str,
    role: Role,
    worker: str,
    plain: dict[ReviewKind, Sent],
    now: datetime,
    *,
    over: bool,
) -> None:
    kind = kind_for(role)
    _person_with_review(db, house, name, kind, worker, now, over=over)
    today = now.date()
    until = today - timedelta(days=10) if over else None
    since = today - timedelta(days=600)
    allocation = Allocation(house.id, f"P-{name}", worker, role.value, since, until)
    allocations.add(db, allocation)
    pattern = plain[ReviewKind.PATHWAY if role is Role.PERSONAL_ADVISER else kind]
    text = orjson.dumps(pattern.content).decode().replace("WORDS", words(house.id, name))
    content: dict[str, Any] = orjson.loads(text)
    for document in filter(None, content.values()):
        _show(document, house.id, name)
    sent = replace(
        pattern,
        contribution_id=f"C-{name}",
        review_id=f"R-{name}",
        person_id=f"P-{name}",
        conversation_id=f"V-{name}",
        content=content,
    )
    contributions.add(db, sent)
    _wish(db, house, name, worker, pattern, now)
    _keep_shown(db, house, name, now)
    contributions.add_filing(db, sent, Destination.ORDINARY, Filing.TASK)
    about = {"contribution_id": sent.contribution_id, "version": 1, "destination": "ordinary"}
    task = Task(f"T-{name}", Kind.DELIVERY_FAILED, f"P-{name}", f"R-{name}", about)
    tasks.add(db, house.id, task, now)
    _alert(db, house, name, now)
    _notes(db, house, name, role, worker, now, over=over)
    tasks.add(db, house.id, Task(f"Q-{name}", Kind.ADVOCATE, f"P-{name}", f"R-{name}"), now)
    not_me = {"conversation_id": pattern.conversation_id, "stopped": 0}
    tasks.add(db, house.id, Task(f"D-{name}", Kind.NOT_ME, f"P-{name}", f"R-{name}", not_me), now)


def _wish(
    db: Connection, house: House, name: str, worker: str, pattern: Sent, now: datetime
) -> None:
    """What they said is a wish, `K-<name>`, which is asked of whoever works with them."""
    of = {"review_id": f"R-{name}", "person_id": f"P-{name}", "conversation_id": f"V-{name}",
          "contribution_id": f"C-{name}", "version": 1}  # fmt: skip
    document = pattern.document(Destination.ORDINARY)
    assert document is not None
    question = document["asks"][0]["question_id"]
    wish = Wished(f"K-{name}", question, "home", now, now)
    asks.put(db, house.id, of, [wish], now.date(), now)
    asks.plan(db, house.id, asks.get(db, house.id, wish.ask_id), worker, now.date(), Plan())


def sound(council: str, name: str) -> bytes:
    """What the young person of this subject said aloud: it has to be told, not played."""
    return words(council, name).encode()


def attachment_id(house: House, name: str) -> str:
    sha256 = hashlib.sha256(sound(house.id, name)).hexdigest()
    return id_of(house, f"V-{name}", sha256)


def _show(document: dict[str, Any], council: str, name: str) -> None:
    """It stands beside each answer of a document, for whom that is."""
    sha256 = hashlib.sha256(sound(council, name)).hexdigest()
    attached = {"name": "x.mp3", "media_type": "audio/mpeg", "sha256": sha256}
    document["answers"] += [
        {**answer, "kind": "voice", "words": None, "choices": [], "attachment": attached}
        for answer in document["answers"]
    ]


def _keep_shown(db: Connection, house: House, name: str, now: datetime) -> None:
    content = sound(house.id, name)
    one = Attachment(
        attachment_id(house, name), Medium.VOICE, "audio/mpeg",
        hashlib.sha256(content).hexdigest(), len(content), 3,
    )  # fmt: skip
    start_of = start(FLOWS["cioc_review"], Band.TWELVE)
    talk = Kept(house.id, f"V-{name}", f"R-{name}", f"P-{name}", now, start_of)
    attachments.add(db, talk, one, content, now)
    attachments.mark_sent(db, house.id, [one.id], now)
    attachments.set_alert(db, house.id, one.id, f"A-{name}")


def _notes(
    db: Connection, house: House, name: str, role: Role, worker: str, now: datetime, *, over: bool
) -> None:
    """`N-<name>`: a quality note; `G-<name>`: a challenge. Both are put to who works with them."""
    put_to = worker if role in ANSWERERS else None
    day = now.date().isoformat()
    stage = {"stage": "informal", "name": "Team manager", "formal": False, "working_days": 5}
    raised = {**stage, "on": day, "due": day, "put_to": "Somebody", "words": "Too slow"}
    tool = quality.tool_for(kind_for(role).value)
    assert tool is not None
    for note_id, kind, state, values in (
        (f"N-{name}", NoteKind.QUALITY, "completed", {"good": "Much"}),
        (f"G-{name}", NoteKind.CHALLENGE, "raised", {"raised.0": raised}),
    ):
        notes.add(
            db, house.id, note_id, kind=kind, tool=tool.name if kind is NoteKind.QUALITY else "",
            review_id=f"R-{name}", person_id=f"P-{name}", state=state, now=now,
        )  # fmt: skip
        notes.write(db, house.id, notes.get(db, house.id, note_id), values, worker, now)
        notes.change(db, house.id, note_id, put_to=put_to, due_on=now.date())
        if over:
            notes.change(db, house.id, note_id, ended_at=now)


def _alert(db: Connection, house: House, name: str, now: datetime) -> None:
    """One that the officer is late with, so that the duty team has it too. `A-<name>`."""
    long_ago = now - timedelta(days=30)
    raised = Raised(
        f"P-{name}",
        f"R-{name}",
        f"V-{name}",
        Cause.CONCERN,
        "neglect",
        Team.OFFICER,
        long_ago + timedelta(days=3),
        About(child(house.id, name), f"case-{name}", date(2010, 1, 1)),
    )
    with patch.object(alerts, "new_id", lambda: f"A-{name}"):
        alert_id = alerts.add(db, house.id, raised, long_ago)
    said = alerts.Said(long_ago, words(house.id, name), "home.change", "neglect.no_food")
    alerts.say(db, house.id, alert_id, raised, said)


def today_now() -> datetime:
    return datetime.now(UTC)
