"""Unsafe files: who may read them, what lies beside what, whether there is room."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from bot.service.council import Council
from bot.settings import LEDGER, Settings

_LEAST_FREE = 1024**3
"""Bytes below which a disk counts as nearly full."""


def findings(
    settings: Settings,
    council: Council,
    free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
) -> list[str]:
    found = [*key_ring(settings), *database(settings), *case_record(settings)]
    found += disk(settings, free)
    if not council.demo:
        found += [*keys_beside_data(settings), *backups(settings), *ledger(settings)]
    return found


def key_ring(settings: Settings) -> list[str]:
    """Who else can read the key ring, or put another in its place."""
    path = _ring_file(settings)
    if path is None or not path.exists():
        return []
    found = []
    if _mode(path) & 0o077:
        found.append(
            f"SAYSO_KEYS: {path} may be read by others of this machine. Run: chmod 600 {path}"
        )
    if _mode(path.parent) & 0o022 and not _mode(path.parent) & stat.S_ISVTX:
        found.append(
            f"SAYSO_KEYS: others of this machine can replace files in {path.parent}. "
            f"Run: chmod go-w {path.parent}"
        )
    return found


def _ring_file(settings: Settings) -> Path | None:
    """None where the keys are in a PKCS#11 token."""
    return None if settings.keys.startswith("pkcs11:") else Path(settings.keys)


def keys_beside_data(settings: Settings) -> list[str]:
    """Whoever copies one folder must not get the sealed data and the keys."""
    ring = _ring_file(settings)
    if ring is None:
        return []
    keys = ring.resolve().parent
    found = []
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        data = Path(url.database).resolve().parent
        if keys.is_relative_to(data):
            found.append(
                f"SAYSO_KEYS: the key ring lies with the database in {data}: whoever copies that "
                "folder can open it. Example: SAYSO_KEYS=/etc/sayso/keys.json"
            )
    folder = settings.backups.resolve()
    if keys.is_relative_to(folder) or folder.is_relative_to(keys):
        found.append(
            f"SAYSO_BACKUPS: {settings.backups} and the key ring lie in one folder: whoever copies "
            "it needs nothing else. Keep backups elsewhere, best on another machine."
        )
    return found


def database(settings: Settings) -> list[str]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    return [
        f"SAYSO_DATABASE_URL: {path} may be read by others of this machine. Run: chmod 600 {path}"
        for path in (Path(url.database + ending) for ending in ("", "-wal"))
        if path.exists() and _mode(path) & 0o077
    ]


def backups(settings: Settings) -> list[str]:
    folder = settings.backups
    if not folder.is_dir() or not _mode(folder) & 0o077:
        return []
    return [f"SAYSO_BACKUPS: {folder} is open to others of this machine. Run: chmod 700 {folder}"]


def ledger(settings: Settings) -> list[str]:
    """That an erasure can be noted, and not where a restore of the database takes it back."""
    path = settings.erasure_ledger
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        data = Path(url.database).resolve().parent
        if path.resolve().parent == data:
            return [
                f"SAYSO_ERASURES: the erasure ledger lies with the database in {data}: whoever "
                "restores that folder brings back what was erased. "
                f"Example: SAYSO_ERASURES=/srv/sayso-backups/{LEDGER}"
            ]
    there = next(one for one in (path, *path.resolve().parents) if one.exists())
    fit = os.access(there, os.W_OK) and (there.is_dir() != (there == path))
    if fit:
        return []
    return [
        f"SAYSO_ERASURES: {path} can't be written: what is erased would come back by a restore. "
        "Give its folder to the user that Sayso runs as."
    ]


def case_record(settings: Settings) -> list[str]:
    """That contributions can be filed, and that not everybody of this machine reads them."""
    found = []
    for name in ("case_record", "case_record_restricted"):
        where = getattr(settings, name)
        if where.startswith("folder:"):
            found += _folder(f"SAYSO_{name.upper()}", Path(where.removeprefix("folder:")))
    return found


def _folder(variable: str, path: Path) -> list[str]:
    try:
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
        probe = path / ".sayso-check"
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.close(descriptor)
        probe.unlink()
    except OSError as error:
        return [
            f"{variable}: nothing can be written to {path}: {error.strerror}. Give the folder to "
            "the user that Sayso runs as."
        ]
    if _mode(path) & 0o007:
        return [
            f"{variable}: everybody of this machine may open {path}, where young people's words "
            f"lie unsealed. Run: chmod o= {path}"
        ]
    return []


def disk(settings: Settings, free: Callable[[Path], int]) -> list[str]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    folder = Path(url.database).resolve().parent
    if not folder.exists() or free(folder) >= _LEAST_FREE:
        return []
    return [
        f"SAYSO_DATABASE_URL: less than 1 GB is free where {folder} lies. When it is full nothing "
        "more can be said. Make room, or move the database."
    ]


def _mode(path: Path) -> int:
    return path.stat().st_mode
