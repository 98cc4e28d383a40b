"""The key ring's file: whose it is, who may read it, and that it is never half written."""

import base64
import json
import re
import stat
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from structlog.testing import capture_logs

from storage import keys
from storage.errors import (
    KekUnknown,
    KeyRingExists,
    KeyRingForeign,
    KeyRingMissing,
    KeyRingUnfit,
    SealBroken,
)
from storage.keys import KeyRing, joined, load, new_kek_id
from tests.keys import COUNCIL, NOW, RING, ring_at

BLIND = "d66ecc92e37b9409f01b28d22d29f6927b31905f5e9bedc2cf73e6e4e6e36648"
DERIVED = "831e343935c16333aa7105801706086f6985dc27881669980dd28b9086872a2c"
"""What the tests' ring gives for a code and for the audit."""
SECRET, CONTEXT = b"s" * 32, b"of kai, for words"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "keys.json"


def changed(path: Path, **changes: Any) -> None:
    plain = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(plain))


def test_a_ring_that_was_saved_is_the_same_when_it_is_loaded(path: Path) -> None:
    made = KeyRing.made(COUNCIL, NOW, path)
    assert made.is_new
    made.save()
    assert not made.is_new
    wrapped = made.wrap(made.current, SECRET, CONTEXT)

    loaded = load(path, COUNCIL, NOW)

    assert (loaded.council, loaded.ids, loaded.current) == (COUNCIL, made.ids, made.current)
    assert not loaded.is_new
    assert loaded.unwrap(loaded.current, wrapped, CONTEXT) == SECRET
    assert loaded.blind(COUNCIL, "code", "x") == made.blind(COUNCIL, "code", "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_its_secrets_are_in_no_text_about_it(path: Path) -> None:
    ring = ring_at(path)
    secrets = [
        json.loads(path.read_text())["index"],
        *json.loads(path.read_text())["keks"].values(),
    ]
    shown = f"{ring!r} {ring._ring!r} {ring._index!r}"
    for secret in secrets:
        assert secret not in shown
        assert repr(base64.b64decode(secret)) not in shown


def test_no_ring_at_all_is_said_with_what_to_do(path: Path) -> None:
    with pytest.raises(KeyRingMissing, match=r"sayso keys new.*restore it from escrow"):
        load(path, COUNCIL, NOW)


def test_a_new_ring_never_takes_the_place_of_another(path: Path) -> None:
    first = ring_at(path)
    before = path.read_bytes()
    with pytest.raises(KeyRingExists, match="sayso keys rotate"):
        KeyRing.made(COUNCIL, NOW, path).save()
    assert path.read_bytes() == before
    assert load(path, COUNCIL, NOW).current == first.current
    assert [other.name for other in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o610, 0o602, 0o620])
def test_a_ring_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    ring_at(path)
    path.chmod(mode)
    with pytest.raises(KeyRingUnfit, match=f"chmod 600 {path}"):
        load(path, COUNCIL, NOW)


def test_another_councils_ring_is_refused_by_name(path: Path) -> None:
    ring_at(path, "southborough")
    with pytest.raises(KeyRingForeign, match=r"'southborough', and this is 'northborough'"):
        load(path, COUNCIL, NOW)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": 3}, "version 3"),
        ({"version": None}, "version None"),
        ({"index": "no base64!"}, "no key ring"),
        ({"index": None}, "no key ring"),
        ({"index": base64.b64encode(b"short").decode()}, "a key of 5 bytes, not 32"),
        ({"keks": {}}, "no key ring"),
        ({"keks": []}, "no key ring"),
        ({"keks": {"k": "x"}, "current": "k"}, "no key ring"),
        ({"keks": {"k": base64.b64encode(b"s" * 16).decode()}, "current": "k"}, "of 16 bytes"),
        ({"current": "another"}, "no key ring"),
        ({"current": ["another"]}, "no key ring"),
        ({"council": None}, "the council None"),
    ],
)
def test_a_broken_ring_is_refused_and_left_as_it_is(
    path: Path, changes: dict[str, Any], why: str
) -> None:
    ring_at(path)
    changed(path, **changes)
    before = path.read_bytes()
    with pytest.raises(KeyRingUnfit, match=why) as refused:
        load(path, COUNCIL, NOW)
    assert "SAYSO_KEYS" in str(refused.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["", "not json", "[]", "null", "\udcff"])
def test_what_is_no_ring_is_refused(path: Path, text: str) -> None:
    ring_at(path)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(KeyRingUnfit, match=r"no key ring.*Restore it from escrow"):
        load(path, COUNCIL, NOW)


def test_a_file_of_the_first_version_is_carried_forward_in_place_once(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "index": base64.b64encode(SECRET).decode()}))
    path.chmod(0o600)

    ring = load(path, COUNCIL, NOW)

    plain = json.loads(path.read_text())
    assert (plain["version"], plain["council"]) == (2, COUNCIL)
    assert base64.b64decode(plain["index"]) == SECRET
    assert ring.ids == (ring.current,)
    assert load(path, COUNCIL, NOW).ids == ring.ids
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_that_carry_the_same_file_forward_end_with_the_same_ring(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "index": base64.b64encode(SECRET).decode()}))
    path.chmod(0o600)
    carry, faster = keys._carry_forward, []

    def slower(*said: Any) -> None:
        monkeypatch.setattr(keys, "_carry_forward", carry)
        faster.append(load(path, COUNCIL, NOW))
        carry(*said)

    monkeypatch.setattr(keys, "_carry_forward", slower)
    assert load(path, COUNCIL, NOW).ids == faster[0].ids


@pytest.mark.parametrize("index", [None, "AAAA"])
def test_a_broken_file_of_the_first_version_is_refused(path: Path, index: str | None) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "index": index}))
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(KeyRingUnfit):
        load(path, COUNCIL, NOW)
    assert path.read_bytes() == before


def test_every_purpose_and_council_has_an_index_key_of_its_own(path: Path) -> None:
    ring = ring_at(path)
    found = {
        ring.blind(council, purpose, value)
        for council in ("a", "b", "ab")
        for purpose in ("code", "chat", "bcode", "")
        for value in ("", "x", "y")
    }
    assert len(found) == 36
    assert {len(one) for one in found} == {32}
    assert ring.blind("a", "code", "x") != KeyRing.made(COUNCIL, NOW).blind("a", "code", "x")
    assert ring.blind("a", "code", "\ud800") != ring.blind("a", "code", "\ud801")


def test_a_wrapped_key_opens_under_its_kek_and_in_its_context_only(path: Path) -> None:
    ring = ring_at(path)
    wrapped = ring.wrap(ring.current, SECRET, CONTEXT)
    assert ring.unwrap(ring.current, wrapped, CONTEXT) == SECRET
    assert ring.wrap(ring.current, SECRET, CONTEXT) != wrapped
    old, new = ring.current, ring.add(NOW)

    for kek_id, value, context in (
        (new, wrapped, CONTEXT),
        (old, wrapped, b"of somebody else"),
        (old, wrapped[:-1], CONTEXT),
        (old, b"", CONTEXT),
        (old, wrapped[:8], CONTEXT),
        (old, bytes([wrapped[0] ^ 1]) + wrapped[1:], CONTEXT),
        (old, wrapped[:20] + bytes([wrapped[20] ^ 1]) + wrapped[21:], CONTEXT),
    ):
        with pytest.raises(SealBroken, match="does not belong"):
            ring.unwrap(kek_id, value, context)
    for nobody in ("", "k"):
        with pytest.raises(KekUnknown, match="newest escrow"):
            ring.unwrap(nobody, wrapped, CONTEXT)
        with pytest.raises(KekUnknown):
            ring.wrap(nobody, SECRET, CONTEXT)


def test_a_kek_that_is_added_is_current_and_the_old_one_goes_when_told(path: Path) -> None:
    ring = ring_at(path)
    old = ring.current
    wrapped = ring.wrap(old, SECRET, CONTEXT)

    new = ring.add(NOW + timedelta(days=365))

    assert (ring.ids, ring.current) == ((old, new), new)
    assert load(path, COUNCIL, NOW).ids == (old, new)
    assert load(path, COUNCIL, NOW).current == new
    assert ring.unwrap(old, wrapped, CONTEXT) == SECRET
    with pytest.raises(KeyRingUnfit, match="current"):
        ring.drop(new)
    ring.drop(old)
    assert load(path, COUNCIL, NOW).ids == ring.ids == (new,)
    with pytest.raises(KekUnknown):
        ring.unwrap(old, wrapped, CONTEXT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_processes_that_change_the_ring_lose_nothing_of_each_other(path: Path) -> None:
    one, two = ring_at(path), load(path, COUNCIL, NOW)
    first, second = one.add(NOW), two.add(NOW)
    assert set(load(path, COUNCIL, NOW).ids) >= {first, second}


def test_a_running_process_takes_up_what_another_changed(path: Path) -> None:
    running, rotating = ring_at(path), load(path, COUNCIL, NOW)
    new = rotating.add(NOW)
    assert new not in running.ids

    running.refresh()

    assert running.current == new
    assert running.unwrap(new, rotating.wrap(new, SECRET, CONTEXT), CONTEXT) == SECRET


@pytest.mark.parametrize("trouble", ["gone", "broken", "another", "readable"])
def test_a_running_process_goes_on_with_its_ring_whatever_becomes_of_the_file(
    path: Path, trouble: str
) -> None:
    ring = ring_at(path)
    before = ring.ids
    ring.refresh()  # nothing to be said
    path.unlink()
    match trouble:
        case "broken":
            path.write_text("{")
        case "another":
            ring_at(path)
        case "readable":
            ring_at(path)
            path.chmod(0o644)
        case _:
            assert trouble == "gone"

    with capture_logs() as logs:
        ring.refresh()

    assert ring.ids == before
    why = {"gone": "FileNotFoundError", "another": "KeyRingForeign"}.get(trouble, "KeyRingUnfit")
    assert logs == [{"event": "key_ring_unreadable", "log_level": "error", "why": why}]


def test_a_ring_in_memory_alone_changes_and_has_no_file(path: Path) -> None:
    ring = KeyRing.made(COUNCIL, NOW)
    old = ring.current
    ring.refresh()
    new = ring.add(NOW)
    ring.drop(old)
    assert ring.ids == (new,)
    with pytest.raises(KeyRingUnfit, match="no file"):
        ring.save()


def test_escrow_holds_all_that_the_file_holds(path: Path, tmp_path: Path) -> None:
    ring = ring_at(path)
    assert json.loads(ring.plain()) == json.loads(path.read_text())

    back = KeyRing.restored(ring.plain().encode(), COUNCIL, tmp_path / "back.json")

    assert json.loads((tmp_path / "back.json").read_text()) == json.loads(path.read_text())
    assert (back.ids, back.is_new) == (ring.ids, False)
    with pytest.raises(KeyRingExists):
        KeyRing.restored(ring.plain().encode(), COUNCIL, path)
    for wrong in (b"", b"[]", b"{}", b'{"version": 1}'):
        with pytest.raises(KeyRingUnfit):
            KeyRing.restored(wrong, COUNCIL, tmp_path / "never.json")
    with pytest.raises(KeyRingForeign):
        KeyRing.restored(ring.plain().encode(), "southborough", tmp_path / "never.json")
    assert not (tmp_path / "never.json").exists()


def test_ids_of_keys_sort_by_when_they_were_made() -> None:
    made = [new_kek_id(NOW + timedelta(milliseconds=number)) for number in range(50)]
    assert made == sorted(made)
    assert made[0].startswith("20261124T093000.000000Z-")
    assert len({new_kek_id(NOW) for _ in range(50)}) == 50
    assert max(map(len, made)) <= 40  # the column


def test_what_is_worked_out_from_a_ring_never_changes() -> None:
    """Or nothing that is stored is found again, and no checkpoint that left can be checked."""
    assert joined("a", "", "bc") == b"1:a,0:,2:bc,"
    assert KeyRing(RING._ring).blind(COUNCIL, "code", "x").hex() == BLIND
    assert RING.derive("audit").hex() == DERIVED


def test_an_index_key_is_derived_once_for_each_council_and_purpose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring, asked = KeyRing.made(COUNCIL, NOW), []

    def counted(*given: Any, **named: Any) -> Any:
        asked.append(named["info"])
        return HKDF(*given, **named)

    monkeypatch.setattr(keys, "HKDF", counted)
    for _again in range(3):
        ring.blind(COUNCIL, "code", "x")
        ring.blind(COUNCIL, "chat", "x")
    assert len(asked) == 2


def test_the_file_is_for_people_to_read_too(path: Path) -> None:
    ring = ring_at(path)
    assert path.read_text() == ring.plain() == json.dumps(json.loads(ring.plain()), indent=1)


def test_it_is_made_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    deep = tmp_path / "var" / "keys" / "keys.json"
    KeyRing.made(COUNCIL, NOW, deep).save()
    assert load(deep, COUNCIL, NOW).council == COUNCIL


def test_it_is_written_beside_its_place_so_that_one_step_puts_it_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of another file system could not be renamed to it."""
    made: list[Path] = []
    mkstemp = tempfile.mkstemp

    def noted(**named: Any) -> tuple[int, str]:
        descriptor, name = mkstemp(**named)
        made.append(Path(name))
        return descriptor, name

    monkeypatch.setattr(tempfile, "mkstemp", noted)
    ring_at(path).add(NOW)
    assert [one.parent for one in made] == [path.parent] * 2
    assert all(one.name.startswith(".keys.json.") for one in made)


def test_after_its_own_change_a_process_still_takes_up_those_of_others(path: Path) -> None:
    running, other = ring_at(path), load(path, COUNCIL, NOW)
    running.add(NOW)
    for _again in range(3):
        other.refresh()
        new = other.add(NOW)
        running.refresh()
        assert running.current == new


def test_ids_of_keys_are_in_utc_wherever_the_clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        made = new_kek_id(NOW)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert re.fullmatch(r"20261124T093000\.000000Z-[0-9a-f]{6}", made)


def test_every_refusal_names_the_file_and_what_to_do(path: Path, tmp_path: Path) -> None:
    no_ring = (
        f"{path} is no key ring (SAYSO_KEYS). Restore it from escrow: a new one opens nothing "
        "that is stored."
    )
    size = f"{path} holds a key of 3 bytes, not 32 (SAYSO_KEYS)."
    foreign = (
        f"{path} is the key ring of the council 'southborough', and this is 'northborough' "
        "(SAYSO_KEYS, SAYSO_COUNCIL). Set the ring that belongs to this council."
    )
    short = base64.b64encode(b"abc").decode()
    whole = json.loads(ring_at(path).plain())
    for plain, said in (
        ("{", no_ring),
        ("[]", no_ring),
        (json.dumps(whole | {"current": 1}), no_ring),
        (json.dumps(whole | {"index": "*"}), no_ring),
        (json.dumps(whole | {"index": short}), size),
        (json.dumps(whole | {"keks": {whole["current"]: short}}), size),
        (json.dumps({"version": 1, "index": short}), size),
        (json.dumps(whole | {"council": "southborough"}), foreign),
    ):
        path.write_text(plain)
        with pytest.raises(KeyRingUnfit) as refused:
            load(path, COUNCIL, NOW)
        assert str(refused.value) == said
        if "version" not in plain or '"version": 2' in plain:
            with pytest.raises(KeyRingUnfit) as refused:
                KeyRing.restored(plain.encode(), COUNCIL, path)
            assert str(refused.value) == said
    path.unlink()
    with pytest.raises(KeyRingMissing) as missing:
        load(path, COUNCIL, NOW)
    assert str(path) in str(missing.value)
    ring = ring_at(path)
    with pytest.raises(KeyRingExists) as exists:
        KeyRing.made(COUNCIL, NOW, path).save()
    assert str(exists.value) == (
        f"{path} is there already (SAYSO_KEYS). A new ring would open nothing that is stored. To "
        "change keys run `sayso keys rotate`."
    )
    with pytest.raises(SealBroken) as broken:
        ring.unwrap(ring.current, b"", CONTEXT)
    assert str(broken.value) == "A data key does not belong where it was found."
    with pytest.raises(KeyRingUnfit) as fileless:
        KeyRing.made(COUNCIL, NOW).save()
    assert str(fileless.value) == "This ring has no file."
