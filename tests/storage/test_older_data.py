"""Data that a version before sealing left behind is sealed by the migration, and goes on."""

from datetime import date

import pytest
from alembic import command
from sqlalchemy import Connection, text

from conversations.participation import Briefed
from storage import contributions, participation, people, tasks
from storage.contributions import Destination
from storage.migrate import _config, migrate
from storage.store import open_store
from tests.databases import sqlite_url
from tests.keys import COUNCIL, RING

NAME, CASE_ID, EMAIL, CHAT = "Kai Brennan", "NB10001", "Amina.Yusuf@northborough.example", "77001"
AT = "2026-11-24 09:30:00"
OLD = f"""
INSERT INTO councils VALUES ('{COUNCIL}', true, '{AT}');
INSERT INTO staff (council, staff_id, role, name, email, email_index, created_at)
  VALUES ('{COUNCIL}', 's', 'iro', :staff, :email, :old, '{AT}');
INSERT INTO young_people (council, person_id, case_id, case_id_index, name, born, care_leaver,
  created_at) VALUES ('{COUNCIL}', 'p', :case_id, :old, :name, :born, false, '{AT}');
INSERT INTO reviews (council, review_id, person_id, kind, officer_id, created_at)
  VALUES ('{COUNCIL}', 'r', 'p', 'cioc', 's', '{AT}');
INSERT INTO conversations (council, conversation_id, review_id, person_id, flow_id, state, turns,
  changed_at, open_until) VALUES ('{COUNCIL}', 'c', 'r', 'p', 'f', :json, 1, '{AT}', '{AT}');
INSERT INTO keys_to_conversations (council, kind, key_hash, conversation_id, address, made_at,
  expires_at) VALUES ('{COUNCIL}', 'telegram', :old, 'c', :chat, '{AT}', '{AT}');
INSERT INTO inbox (council, source, key, received_at, body)
  VALUES ('{COUNCIL}', 'telegram:1', '7', '{AT}', :json);
INSERT INTO outbox (council, outbox_id, lane, destination, person_id, idempotency_key, payload,
  not_before, created_at)
  VALUES ('{COUNCIL}', 1, 'l', 'telegram', NULL, 'k', :json, '{AT}', '{AT}');
INSERT INTO contributions (council, contribution_id, version, review_id, person_id,
  conversation_id, kind, channel, sent_at, content)
  VALUES ('{COUNCIL}', 'x', 1, 'r', 'p', 'c', 'views', 'web', '{AT}', :json);
INSERT INTO filings (council, contribution_id, version, destination, state, reference,
  content_sha256) VALUES ('{COUNCIL}', 'x', 1, 'ordinary', 'filed', :reference, 'abc');
INSERT INTO participation (council, review_id, method, reason, briefed, confirmed_by,
  confirmed_at) VALUES ('{COUNCIL}', 'r', 'sent', :reason, :briefed, 's', '{AT}');
INSERT INTO tasks (council, task_id, kind, person_id, about, made_at)
  VALUES ('{COUNCIL}', 't', 'advocate', 'p', :json, '{AT}');
INSERT INTO kept_settings VALUES ('{COUNCIL}', 'telegram_secret', :secret);
"""  # noqa: S608 - ours
VALUES = {
    "staff": "Amina Yusuf", "email": EMAIL, "case_id": CASE_ID, "name": NAME, "born": "2013-02-01",
    "json": '{"said": "my brother"}', "chat": CHAT, "reference": f"{CASE_ID}/x-v1.json",
    "reason": "She rang on the day", "briefed": '{"name": "Sam", "on": "2026-11-01"}',
    "secret": "s3cret",
}  # fmt: skip


def _as_it_was(db: Connection) -> None:
    config = _config()
    config.attributes["connection"] = db
    command.upgrade(config, "0001")
    bound = {name: b"\0" + value.encode() for name, value in VALUES.items()} | {"old": b"old"}
    for statement in OLD.strip().removesuffix(";").split(";"):
        names = [name for name in bound if f":{name}" in statement]
        db.execute(text(statement), {name: bound[name] for name in names})


async def test_a_database_from_before_sealing_is_sealed_and_goes_on(
    tmp_path_factory: pytest.TempPathFactory, empty_postgres_url: str
) -> None:
    file = tmp_path_factory.mktemp("older") / "sayso.db"
    for url in (sqlite_url(file), empty_postgres_url):
        store = await open_store(url, RING)
        await store.write(_as_it_was)

        await migrate(store)

        await store.read(_check)
        await store.read(_nothing_is_left)
        await store.close()


def _check(db: Connection) -> None:
    person = people.young_person(db, COUNCIL, "p")
    assert (person.name, person.case_id, person.born) == (NAME, CASE_ID, date(2013, 2, 1))
    member = people.staff_member(db, COUNCIL, "s")
    assert (member.name, member.email) == ("Amina Yusuf", EMAIL)
    found = db.execute(text("SELECT case_id_index, email_index FROM young_people, staff")).one()
    assert found.case_id_index == RING.blind(COUNCIL, "case_id", CASE_ID)
    assert found.email_index == RING.blind(COUNCIL, "email", EMAIL.casefold())
    assert contributions.get(db, COUNCIL, "x", 1).content == {"said": "my brother"}
    (filed,) = contributions.filings_of(db, COUNCIL, "x")
    assert (filed.destination, filed.reference) == (Destination.ORDINARY, VALUES["reference"])
    assert tasks.get(db, COUNCIL, "t").about == {"said": "my brother"}
    confirmed = participation.get(db, COUNCIL, "r")
    assert confirmed is not None
    assert (confirmed.reason, confirmed.briefed) == (
        VALUES["reason"],
        Briefed("Sam", date(2026, 11, 1)),
    )


def _nothing_is_left(db: Connection) -> None:
    for table in ("young_people", "staff", "conversations", "inbox", "outbox", "contributions",
                  "filings", "participation", "tasks", "kept_settings",
                  "keys_to_conversations"):  # fmt: skip
        for row in db.execute(text(f"SELECT * FROM {table}")):  # noqa: S608 - ours
            held = repr(tuple(row)).encode() + b"".join(v for v in row if isinstance(v, bytes))
            for value in VALUES.values():
                assert value.encode() not in held, (table, value)
