"""Checkpoints: signed, tied to one another, and read only as they were written."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storage.chains import Head
from storage.checkpoints import (
    MOST_HEADS,
    Checkpoint,
    CheckpointUnreadable,
    Covered,
    add,
    fold,
    hash_of,
    lines,
    next_one,
    printed,
    read,
    sign,
    signing_key,
    together,
)
from storage.keys import KeyRing
from storage.store import Store
from tests.keys import RING as KEYS

KEY = signing_key(KEYS)
PUBLIC = KEY.public_key()
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def head(chain: str, last: int) -> Head:
    return Head(chain, last, hash_of(f"{chain}{last}").encode()[:32])


def three() -> list[str]:
    """Checkpoints 1, 2 and 3: chain a goes on in each, chain b in the second."""
    covered, made = Covered(), []
    for number, heads in enumerate(
        ([head("a", 10)], [head("a", 20), head("b", 5)], [head("a", 30), head("b", 5)])
    ):
        checkpoint = next_one(covered, "c", heads, NOW + timedelta(minutes=number))
        assert checkpoint is not None
        line = sign(checkpoint, KEY)
        covered = covered.and_(checkpoint, line)
        made.append(line)
    return made


def test_a_checkpoint_is_read_as_it_was_written_and_names_only_what_went_on() -> None:
    first, second, third = (read(line, PUBLIC) for line in three())

    assert (first.number, first.previous, first.heads) == (1, "", (head("a", 10),))
    assert second.previous == hash_of(three()[0])
    assert third.heads == (head("a", 30),)
    assert third.at == NOW + timedelta(minutes=2)
    assert len(three()[0]) < 400


LINE = (
    '{"at":"2026-11-24T09:30:00+00:00","council":"c","heads":[["a",10,"6d6d6d6d"]],"number":1,'
    '"previous":"","version":1,"signature":"vo4thiaXdGd1B0JZ+5xgXDm4wyXyC2jzzxe8p0cUktJEDmmclOCVkG'
    'OVpxP9ADUlZFjKHNvGu3JF/Sspjd/wBg=="}'
)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_a_line_is_written_the_same_for_ever_and_everywhere(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """Or those that left could not be checked any more."""
    checkpoint = Checkpoint("c", 1, NOW, "", (Head("a", 10, b"mmmm"),))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert sign(checkpoint, KEY) == LINE
    finally:
        monkeypatch.undo()
        time.tzset()
    assert read(LINE, PUBLIC) == checkpoint


def test_all_together_they_say_how_far_each_chain_went() -> None:
    folded = fold(three(), "c", PUBLIC)

    assert folded.problems == ()
    assert folded.covered.number == 3
    assert folded.covered.hash == hash_of(three()[2])
    assert folded.covered.heads == {"a": head("a", 30), "b": head("b", 5)}
    assert folded.covered.at == NOW + timedelta(minutes=2)


def test_where_nothing_went_on_there_is_no_checkpoint() -> None:
    covered = fold(three(), "c", PUBLIC).covered

    assert next_one(covered, "c", [head("a", 30), head("b", 5)], NOW) is None
    assert next_one(covered, "c", [], NOW) is None


def test_many_chains_are_shared_out_so_that_a_line_stays_short() -> None:
    heads = [head(f"{number:032x}", number + 1) for number in range(MOST_HEADS + 3)]
    first = next_one(Covered(), "c", heads, NOW)
    assert first is not None
    line = sign(first, KEY)
    assert len(line) < 6_000
    second = next_one(Covered().and_(first, line), "c", heads, NOW)
    assert second is not None
    assert first.heads + second.heads == tuple(heads)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda body: body | {"number": 9}, "not signed"),
        (lambda body: body | {"council": "d"}, "not signed"),
        (lambda body: body | {"at": "2026-11-24T09:31:00+00:00"}, "not signed"),
        (lambda body: body | {"previous": "00"}, "not signed"),
        (lambda body: body | {"heads": [["a", 9, body["heads"][0][2]]]}, "not signed"),
        (lambda body: body | {"heads": []}, "not signed"),
        (lambda body: body | {"signature": "AAAA"}, "not signed"),
        (lambda body: body | {"version": 2}, "version 2"),
        (lambda body: body | {"signature": "*"}, "no checkpoint"),
        (lambda body: body | {"heads": [["a", 9, "zz"]]}, "no checkpoint"),
        (lambda body: body | {"heads": 7}, "no checkpoint"),
        (lambda body: body | {"at": "yesterday"}, "no checkpoint"),
        (lambda body: {"version": 1}, "no checkpoint"),
        (lambda body: [body], "no checkpoint"),
        (lambda body: "text", "no checkpoint"),
    ],
)
def test_a_line_that_was_changed_is_refused(change: object, why: str) -> None:
    line = json.dumps(change(json.loads(three()[0])))  # type: ignore[operator]

    with pytest.raises(CheckpointUnreadable, match=why):
        read(line, PUBLIC)


def test_a_line_signed_under_another_ring_is_refused() -> None:
    other = signing_key(KeyRing.made("northborough", NOW))

    with pytest.raises(CheckpointUnreadable, match=r"^is not signed with this key ring$"):
        read(sign(read(three()[0], PUBLIC), other), PUBLIC)
    assert printed(PUBLIC) != printed(other.public_key())
    assert len(printed(PUBLIC)) == 64


@given(some.text())
def test_no_line_whatever_stops_the_reading(line: str) -> None:
    with pytest.raises(CheckpointUnreadable):
        read(line, PUBLIC)


def test_one_that_is_missing_is_named() -> None:
    one, two, three_ = three()

    assert fold([one, three_], "c", PUBLIC).problems == ("Checkpoint 2 is missing.",)
    assert fold([three_], "c", PUBLIC).problems == ("Checkpoint 1 to 2 is missing.",)
    assert fold([one, two, three_][1:2], "c", PUBLIC).covered.number == 2


def test_two_under_one_number_are_told() -> None:
    one, two, _three = three()
    forked = sign(replace(read(two, PUBLIC), heads=(head("a", 21),)), KEY)

    folded = fold([one, two, forked], "c", PUBLIC)

    (problem,) = folded.problems
    assert folded.covered.heads["a"] == head("a", 20)  # the first of them counts
    assert folded.covered.hash == hash_of(two)
    assert problem == "Checkpoint 2 stands here a second time, and says something else."


def test_one_that_does_not_follow_or_shortens_a_chain_is_told() -> None:
    one, two, _three = three()
    stray = sign(replace(read(two, PUBLIC), previous="0" * 64), KEY)
    back = sign(replace(read(two, PUBLIC), heads=(head("a", 9),)), KEY)

    assert fold([one, stray], "c", PUBLIC).problems == (
        "Checkpoint 2 does not follow the one before it.",
    )
    folded = fold([one, back], "c", PUBLIC)
    assert folded.problems == ("Checkpoint 2 says that chain a became shorter.",)
    assert folded.covered.heads == {"a": head("a", 10)}
    other_end = sign(replace(read(two, PUBLIC), heads=(Head("a", 10, bytes(32)),)), KEY)
    assert fold([one, other_end], "c", PUBLIC).problems == folded.problems


def test_a_line_that_cannot_be_read_hides_none_of_the_others() -> None:
    folded = fold(["x", *three()[:1], "y", *three()[1:]], "c", PUBLIC)

    assert folded.problems == ("Line 1 is no checkpoint.", "Line 3 is no checkpoint.")
    assert folded.covered.number == 3


def test_a_line_twice_a_torn_line_an_empty_one_and_another_council_are_no_trouble() -> None:
    one, two, three_ = three()
    other = sign(Checkpoint("d", 1, NOW, "", (head("x", 1),)), KEY)

    folded = fold([one, one, "", two[:50], two, other, three_, two], "c", PUBLIC)

    assert folded.problems == ()
    assert folded.covered.number == 3
    assert fold([one, two[:50]], "c", PUBLIC).problems == ("Line 2 is no checkpoint.",)


def test_what_left_the_machine_decides_over_what_the_database_keeps() -> None:
    one, two, three_ = three()

    assert together([one, two, three_], [one, two, three_], "c", PUBLIC).problems == ()
    waiting = together([one, two, three_], [one, two], "c", PUBLIC)
    assert waiting.problems == ()  # the third has not left yet
    assert waiting.covered.number == 3
    assert waiting.covered.heads["a"] == head("a", 30)

    removed = together([one], [one, two, three_], "c", PUBLIC)
    assert removed.problems == (
        "The database keeps no checkpoint behind 1, and 3 left the machine.",
    )
    assert removed.covered.heads == {"a": head("a", 30), "b": head("b", 5)}

    rewritten = sign(replace(read(two, PUBLIC), heads=(Head("a", 20, bytes(32)),)), KEY)
    forked = together([one, rewritten], [one, two], "c", PUBLIC)
    assert forked.problems == ("The two say different things of chain a.",)
    assert forked.covered.heads["a"] == head("a", 20)

    assert together([one, "x"], ["y"], "c", PUBLIC).problems == (
        "In the database: Line 2 is no checkpoint.",
        "Among those that left: Line 1 is no checkpoint.",
    )


async def test_they_are_kept_in_order_and_no_number_twice(store: Store) -> None:
    for line in reversed(three()):
        await store.write(lambda db, line=line: add(db, read(line, PUBLIC), line))  # type: ignore[misc]

    assert await store.read(lambda db: lines(db, "c")) == three()
    assert await store.read(lambda db: lines(db, "c", 2)) == three()[2:]
    assert await store.read(lambda db: lines(db, "d")) == []


def test_the_key_that_signs_is_the_same_as_long_as_the_ring_is() -> None:
    """It was printed at the start, and is compared by people."""
    assert printed(signing_key(KEYS).public_key()) == (
        "29d5253135ce0e6d37d93beac32b38692518a8e1f2cbc88ca94e16747ab17a1f"
    )


def test_keys_for_two_purposes_say_nothing_of_each_other() -> None:
    assert KEYS.derive("audit") != KEYS.derive("audit checkpoints") != b"k" * 32
    assert len(KEYS.derive("audit")) == 32
