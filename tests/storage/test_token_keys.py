"""The same ring in a PKCS#11 token, against SoftHSM: what a file's ring does, this one does."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from pkcs11 import PKCS11Error

from bot.keeping_keys import EscrowRefused, export, open_keys, rotate
from bot.service.council import read_council
from bot.service.house import House
from bot.settings import Settings
from storage import data_keys
from storage.errors import (
    KekUnknown,
    KeyRingExists,
    KeyRingMissing,
    KeyRingUnfit,
    SealBroken,
    StorageAway,
)
from storage.sealing import Place, seal, unseal
from storage.store import open_store
from storage.token_keys import Address, TokenKeys
from tests.keys import COUNCIL, NOW

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
SECRET, CONTEXT = b"s" * 32, b"of kai, for words"


@pytest.fixture(scope="module")
def soft_hsm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SoftHSM with a folder of its own. The library reads its settings once in a process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    for name in ("sayso", "other", "empty"):
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", name, "--so-pin", "4321",
             "--pin", "5678"], check=True, capture_output=True,
        )  # fmt: skip
    pin = folder / "pin"
    pin.write_text("5678\n")
    pin.chmod(0o600)
    return folder


def uri(folder: Path, name: str = "sayso") -> str:
    return f"pkcs11:token={name}?module-path={MODULE}&pin-source=file:{folder / 'pin'}"


@pytest.fixture(scope="module")
def ring(soft_hsm: Path) -> TokenKeys:
    with pytest.raises(KeyRingMissing, match="token=sayso"):
        open_keys(uri(soft_hsm), COUNCIL)
    return TokenKeys.made(uri(soft_hsm), COUNCIL, NOW)


def test_a_tokens_ring_is_the_same_when_it_is_opened_again(ring: TokenKeys, soft_hsm: Path) -> None:
    wrapped = ring.wrap(ring.current, SECRET, CONTEXT)

    again = open_keys(uri(soft_hsm), COUNCIL)

    assert (again.council, again.ids, again.current) == (COUNCIL, ring.ids, ring.current)
    assert again.unwrap(again.current, wrapped, CONTEXT) == SECRET
    assert again.blind(COUNCIL, "code", "x") == ring.blind(COUNCIL, "code", "x")
    assert again.blind(COUNCIL, "code", "x") != ring.blind(COUNCIL, "chat", "x")
    with pytest.raises(KeyRingExists, match="sayso keys rotate"):
        TokenKeys.made(uri(soft_hsm), COUNCIL, NOW)


def test_councils_and_tokens_have_keys_of_their_own(ring: TokenKeys, soft_hsm: Path) -> None:
    with pytest.raises(KeyRingMissing, match="southborough"):
        TokenKeys.load(uri(soft_hsm), "southborough")
    other = TokenKeys.made(uri(soft_hsm, "other"), COUNCIL, NOW)
    assert set(other.ids).isdisjoint(ring.ids)
    assert other.blind(COUNCIL, "code", "x") != ring.blind(COUNCIL, "code", "x")


def test_what_was_changed_or_is_anothers_is_refused(ring: TokenKeys) -> None:
    wrapped = ring.wrap(ring.current, SECRET, CONTEXT)
    for value, context in (
        (wrapped, b"of somebody else"),
        (wrapped[:-1], CONTEXT),
        (b"", CONTEXT),
        (wrapped[:20] + bytes([wrapped[20] ^ 1]) + wrapped[21:], CONTEXT),
    ):
        with pytest.raises(SealBroken):
            ring.unwrap(ring.current, value, context)
    assert ring.unwrap(ring.current, wrapped, CONTEXT) == SECRET
    with pytest.raises(KekUnknown):
        ring.unwrap("k", wrapped, CONTEXT)
    with pytest.raises(KekUnknown):
        ring.wrap("k", SECRET, CONTEXT)


def test_a_module_that_was_restarted_is_asked_again(ring: TokenKeys) -> None:
    wrapped = ring.wrap(ring.current, SECRET, CONTEXT)
    ring._session.close()
    assert ring.unwrap(ring.current, wrapped, CONTEXT) == SECRET


def test_a_token_out_of_reach_means_that_nothing_was_kept(
    ring: TokenKeys, soft_hsm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that Telegram brings the message again, and a page says to try again."""
    again = TokenKeys.load(uri(soft_hsm), COUNCIL)
    wrapped = again.wrap(again.current, SECRET, CONTEXT)
    monkeypatch.setattr(again, "_address", Address("gone", MODULE, soft_hsm / "pin"))
    again._session.close()
    with pytest.raises(StorageAway):
        again.wrap(again.current, SECRET, CONTEXT)
    with pytest.raises(StorageAway):
        again.unwrap(again.current, wrapped, CONTEXT)


async def test_a_database_is_sealed_and_rotated_by_a_token(
    ring: TokenKeys, soft_hsm: Path, sqlite_database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=sqlite_database_url, keys=uri(soft_hsm))
    store = await open_store(sqlite_database_url, ring)
    place = Place(COUNCIL, "conversations", "state", "c", "p")
    sealed = await store.write(lambda db: seal(db, place, "my brother"))
    old = ring.current
    rotating = TokenKeys.load(uri(soft_hsm), COUNCIL)

    done = await rotate(House(read_council(None), rotating, settings), lambda _n, _of: None)

    assert (done.rewrapped, done.dropped) == (1, (old,))
    assert rotating.ids == (done.current,)
    fresh = await open_store(sqlite_database_url, TokenKeys.load(uri(soft_hsm), COUNCIL))
    assert await fresh.read(lambda db: unseal(db, place, sealed)) == "my brother"
    # One that was running all the while takes up the new key
    other = Place(COUNCIL, "conversations", "state", "c2", "p2")
    later = await store.write(lambda db: seal(db, other, "and the dog"))
    assert ring.current == done.current
    assert await fresh.read(lambda db: unseal(db, other, later)) == "and the dog"
    assert await store.read(lambda db: data_keys.wrapped_by(db, COUNCIL)) == {done.current: 2}
    with pytest.raises(EscrowRefused, match="do not leave it"):
        export(House(read_council(None), ring, settings), ["a", "b"], tmp_path / "never")
    await store.close()
    await fresh.close()


def test_the_current_key_can_not_be_dropped(ring: TokenKeys) -> None:
    ring.add(NOW + timedelta(days=1000))
    with pytest.raises(KeyRingUnfit, match="current"):
        ring.drop(ring.current)
    ring.drop(ring.ids[0])


def test_a_key_can_not_be_read_from_the_token(ring: TokenKeys) -> None:
    from pkcs11 import Attribute  # noqa: PLC0415

    ring.refresh()
    with pytest.raises(PKCS11Error):
        ring._keks[ring.current][Attribute.VALUE]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("pkcs11:", "needs pin-source"),
        ("pkcs11:token=sayso?pin-source=file:/x", "needs module-path"),
        ("pkcs11:?module-path=/x&pin-source=/x", "needs token"),
        (f"pkcs11:token=sayso?module-path={MODULE}&pin-source=/nowhere", "FileNotFoundError"),
    ],
)
def test_an_address_that_is_wrong_is_said_with_an_example(wrong: str, why: str) -> None:
    with pytest.raises(KeyRingUnfit, match=f"SAYSO_KEYS.*{why}|{why}.*Example"):
        open_keys(wrong, COUNCIL)


def test_a_pin_that_is_wrong_or_may_be_read_by_others_is_refused(
    soft_hsm: Path, tmp_path: Path
) -> None:
    pin = tmp_path / "pin"
    pin.write_text("0000")
    address = f"pkcs11:token=empty?module-path={MODULE}&pin-source={pin}"
    pin.chmod(0o640)
    with pytest.raises(KeyRingUnfit, match=f"chmod 600 {pin}"):
        open_keys(address, COUNCIL)
    pin.chmod(0o600)
    with pytest.raises(KeyRingUnfit, match="PinIncorrect"):
        open_keys(address, COUNCIL)
    assert soft_hsm.exists()
