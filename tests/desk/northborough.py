"""A small invented council whose desk the tests use, and the house it lives in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import Connection, insert, make_url

from bot.access.roles import Role
from bot.demo.council import play
from bot.demo.people import Voice
from bot.service import invitations
from bot.service.council import read_council
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.invitations import LetIn
from bot.settings import Settings
from conversations.hearing import Chosen, Command, Heard, Name, Text
from conversations.places import asked
from storage import contributions, conversations, people, reviews
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.tables import councils
from tests.keys import RING

AMINA, TOM, DEV, RUTH, GRACE = "amina", "tom", "dev", "ruth", "grace"
STAFF = {
    AMINA: (Role.IRO, "Amina Yusuf"),
    TOM: (Role.IRO, "Tom Fenwick"),
    DEV: (Role.PATHWAY_REVIEW_OFFICER, "Dev Chaudhry"),
    RUTH: (Role.UNIT_MANAGER, "Ruth Adeyemi"),
    GRACE: (Role.AUDITOR, "Grace Whitlock"),
}
KAI, LENA, MAYA, HANA, TINY = "R-kai", "R-lena", "R-maya", "P-hana", "R-tiny"
"""Kai: Amina's, has sent, meeting today. Lena: Amina's, waiting. Maya: Tom's, has sent.
Hana: Dev's, a care leaver. Tiny: Amina's, turns 4 next year."""

NOOR, IRIS = "R-noor", "iris"
"""Noor: Amina's, says something to each (`noor`). Iris sets up meetings."""
TO_THE_ARRANGER = "My aunt Rosa"

WORDS = "I want to see my brother every week.\n\n  And the dog 🐕 <script>alert(1)</script> שלום"


def house_on(url: str, *, port: int = 8080, demo: bool = True) -> House:
    """Its backups, and with them the erasure ledger, are beside a SQLite file."""
    council = read_council(None).model_copy(update={"demo": demo})
    file = make_url(url)
    beside = Path(file.database or "").parent if file.get_backend_name() == "sqlite" else Path()
    settings = Settings(database_url=url, port=port, backups=beside / "backups")
    return House(council, RING, settings)


def today() -> date:
    return datetime.now(UTC).date()


def make(db: Connection, house: House) -> None:
    """The council, its staff, five young people and what two of them said."""
    now = datetime.now(UTC)
    row = {"council": house.id, "demo": house.council.demo, "created_at": now}
    db.execute(insert(councils), row)
    for staff_id, (role, name) in STAFF.items():
        people.add_staff(db, house.keys, Staff(house.id, staff_id, role.value, name), now)
    add(db, house, KAI, "Kai Brennan", 13, AMINA, meeting=0, due=3)
    add(db, house, LENA, "Lena Novak", 9, AMINA, meeting=6, due=9)
    add(db, house, MAYA, "Maya Okafor", 14, TOM, meeting=2, due=5)
    add(db, house, HANA, "Hana Grant", 20, DEV, meeting=-2, due=1, kind=ReviewKind.PATHWAY)
    add(db, house, TINY, "Tiny Marsh", 3, AMINA, meeting=-1, due=1)
    say(db, house, KAI, {"home.change": WORDS, "home.feeling": "not_good",
                         "meeting.how": "send_views", "meeting.first": "My brother"})  # fmt: skip
    say(db, house, MAYA, {"home.change": "Maya's own words"}, audience="file")
    say(db, house, HANA, {"plan.change": "A provisional licence", "meeting.how": "phone"})


def add(
    db: Connection,
    house: House,
    review_id: str,
    name: str,
    age: int,
    officer: str,
    *,
    meeting: int | None,
    due: int,
    kind: ReviewKind = ReviewKind.CIOC,
    held: bool = False,
) -> None:
    """A young person with one review; `meeting` and `due` in days from today."""
    now, person_id = datetime.now(UTC), f"person-{review_id}"
    born = date(today().year - age, 1, 1)
    leaver = kind is ReviewKind.PATHWAY
    person = YoungPerson(house.id, person_id, f"NB-{review_id}", name, born, leaver)
    people.add_young_person(db, house.keys, person, now)
    meeting_on = None if meeting is None else today() + timedelta(days=meeting)
    due_on = today() + timedelta(days=due)
    review = Review(house.id, review_id, person_id, kind, officer, due_on, meeting_on, held)
    reviews.add(db, review, now)


def say(
    db: Connection,
    house: House,
    review_id: str,
    answers: Mapping[str, str],
    audience: str = "officer",
) -> str:
    """Play the whole conversation of a young person, to its sending; the conversation's id."""
    now = datetime.now(UTC) - timedelta(hours=3)
    invited = invitations.invite(db, house, review_id, now)
    let_in = invitations.let_in_by_code(db, house, invited.code, "", now)
    assert isinstance(let_in, LetIn)
    play(db, house, let_in.conversation_id, Voice(dict(answers), audience), now)
    return let_in.conversation_id


def noor(db: Connection, house: House, *, arranger: str = "no") -> None:
    """Noor says something to each: the advocate, the officer alone, and who sets up the meeting."""
    add(db, house, NOOR, "Noor Silva", 14, AMINA, meeting=6, due=9)
    people.add_staff(
        db, house.keys, Staff(house.id, IRIS, "business_support", "Iris Mbeki"), datetime.now(UTC)
    )
    say(
        db,
        house,
        NOOR,
        {
            "home.change": "Canary-home for the advocate",
            "home.tell": "advocate",
            "family.more": "Canary-family",
            "family.tell": "nobody",
            "meeting.how": "come",
            "meeting.who": TO_THE_ARRANGER,
            "meeting.where": "school",
            "meeting.when": "after_school",
            "meeting.first": "Canary-first",
            "meeting.chair": "start",
            "meeting.advocate": "yes",
            "meeting.arranger.tell": arranger,
        },
        audience="pick",
    )


def begin(db: Connection, house: House, review_id: str, words: str) -> None:
    """Let a young person start, say one thing and send nothing."""
    now = datetime.now(UTC)
    invited = invitations.invite(db, house, review_id, now)
    let_in = invitations.let_in_by_code(db, house, invited.code, "", now)
    assert isinstance(let_in, LetIn)
    ways = {"start.ok": "yes", "rights.advocate": "no", "@map": "@topic:feel", "feel.care": "good"}
    for count in range(40):
        kept = conversations.get(db, house.id, let_in.conversation_id)
        at = asked(kept.conversation)
        last = at == "feel.more"
        heard = Text(words=words) if last else Chosen(option=ways.get(at, "on"))
        hear(db, house, Incoming(let_in.conversation_id, "web:test", f"{count}", "", heard), now)
        if last:
            return
    raise AssertionError("It never came to the question.")


def change(db: Connection, house: House, review_id: str, question: str, words: str) -> None:
    """The next version, as a young person who changes one answer sends it."""
    newest = contributions.of_review(db, house.id, review_id)[-1]
    plain = orjson.loads(orjson.dumps(newest.content))
    version = newest.version + 1
    for document in filter(None, plain.values()):
        document["version"] = version
        for answer in document["answers"]:
            if answer["question_id"] == question:
                answer["words"] = words
    now = datetime.now(UTC)
    changed = replace(newest, version=version, kind="correction", sent_at=now, content=plain)
    contributions.add(db, changed)


def say_again(db: Connection, house: House, review_id: str, question: str, words: str) -> None:
    """Let them change one answer themselves, and send it."""
    _again(db, house, review_id, question, Text(words=words, to=question))


def pick_again(db: Connection, house: House, review_id: str, question: str, option: str) -> None:
    """The same where something is picked."""
    _again(db, house, review_id, question, Chosen(option=option, to=question))


def _again(db: Connection, house: House, review_id: str, question: str, heard: Heard) -> None:
    now, talk = datetime.now(UTC), invitations.conversation_of(house, review_id)
    steps: tuple[Heard, ...] = (
        Chosen(option=f"@change:{question}"),
        heard,
        Chosen(option="@check"),
        Command(name=Name.SEND),
    )
    for number, one in enumerate(steps):
        hear(db, house, Incoming(talk, f"web:{talk}", f"again{number}", "", one), now)


def typed_by_a_helper(db: Connection, house: House, review_id: str) -> None:
    """As if a helper had typed what was sent."""
    first = contributions.of_review(db, house.id, review_id)[0]
    plain = orjson.loads(orjson.dumps(first.content))
    for document in filter(None, plain.values()):
        document["who_typed"] = {"who": "helper", "helper_name": "Sam", "helper_role": "carer"}
    contributions.add(db, replace(first, version=2, content=plain))


def sent_by_flow_version_1(db: Connection, house: House, review_id: str) -> None:
    """As if it had been sent before every young person was told what happens with a wish."""
    first = contributions.of_review(db, house.id, review_id)[0]
    plain = orjson.loads(orjson.dumps(first.content))
    for document in filter(None, plain.values()):
        document["flow"]["version"] = 1
    contributions.add(db, replace(first, version=2, content=plain))
