"""`sayso audit verify`: whether every entry and checkpoint of the audit is as it was written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, text

from bot.opening import NotMigrated, opened
from bot.service import checkpointing
from bot.service.house import House
from bot.web.context import now
from storage import audit, checkpoints
from storage.audit_verifying import Broken, Verified, heads, verify
from storage.checkpoints import Folded
from storage.errors import StorageAway
from storage.migrate import is_current

Progress = Callable[[int, int], object]
"""Told how many of how many entries were read since it was last."""


class CheckpointsUnreadable(Exception):
    """The file of checkpoints can't be read."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found. `public_key`: to compare with the one noted down at the start;
    `on_record`: that it was checked could be written down."""

    verified: Verified
    folded: Folded
    public_key: str
    on_record: bool = True

    @property
    def whole(self) -> bool:
        return not self.verified.broken and not self.folded.problems

    @property
    def problems(self) -> list[str]:
        """What is not as it was written, each in a sentence."""
        return [*(_said(one) for one in self.verified.broken), *self.folded.problems]

    @property
    def plain(self) -> dict[str, object]:
        """For `--json`."""
        covered = self.folded.covered
        return {
            "whole": self.whole,
            "entries": self.verified.entries,
            "chains": self.verified.chains,
            "in_no_checkpoint": self.verified.uncovered,
            "checkpoint": covered.number,
            "checkpoint_at": covered.at.isoformat() if covered.at is not None else None,
            "public_key": self.public_key,
            "broken": [
                {
                    "council": one.council,
                    "chain": one.chain,
                    "sequence": one.sequence,
                    "what": one.what.value,
                }
                for one in self.verified.broken
            ],
            "problems": list(self.folded.problems),
        }

    @property
    def lines(self) -> list[str]:
        """For people."""
        found, covered = self.verified, self.folded.covered
        lines = [f"✗ {problem}" for problem in self.problems]
        if self.whole:
            lines.append(
                f"✓ {found.entries:,} entries in {found.chains:,} chains are as they were written."
            )
        if covered.at is not None:
            lines.append(
                f"Checkpoint {covered.number}, {covered.at:%Y-%m-%d %H:%M} UTC, is the last."
            )
        entries = "entry is" if found.uncovered == 1 else "entries are"
        lines.append(f"{found.uncovered:,} {entries} in no checkpoint yet.")
        if not self.on_record:
            lines.append("The database takes nothing, so this check is not on record.")
        lines.append(f"Checkpoints are signed with ed25519 {self.public_key}")
        return lines


def _said(broken: Broken) -> str:
    return f"Chain {broken.chain}, entry {broken.sequence}: {SENTENCES[broken.what.value]}"


SENTENCES = {
    "changed": "it was changed.",
    "missing": "it is missing.",
    "inserted": "it was put in, by somebody without the key ring.",
    "reordered": "it stands in another place than it was written.",
    "moved": "it was moved from one council to another.",
    "truncated": "it and all behind it are gone; a checkpoint says that there was more.",
}


async def verify_all(
    house: House, file: Path | None = None, progress: Progress = lambda _read, _of: None
) -> Report:
    """Check everything; reads only, beside a running server. That and what was found is put on
    record afterwards. `NotMigrated`, `CheckpointsUnreadable`, `storage.StorageAway`."""
    left = _lines(file) if file is not None else None
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        report = await store.read(lambda db: _check_only(db, house, left, progress))
        try:
            await store.write(lambda db: _note(db, house, report))
        except StorageAway:
            return replace(report, on_record=False)
        return report


def _check_only(db: Connection, house: House, left: list[str] | None, progress: Progress) -> Report:
    if db.dialect.name == "postgresql":
        db.execute(text("SET TRANSACTION READ ONLY"))  # SQLite's connection can't write at all
    return check(db, house, left, progress)


def check(
    db: Connection,
    house: House,
    left: list[str] | None = None,
    progress: Progress = lambda _read, _of: None,
) -> Report:
    """Every chain and checkpoint of this council. `left`: the lines that left the machine."""
    public = checkpoints.signing_key(house.keys).public_key()
    kept = checkpoints.lines(db, house.id)
    folded = (
        checkpoints.fold(kept, house.id, public)
        if left is None
        else checkpoints.together(kept, left, house.id, public)
    )
    total = sum(heads(db, house.id).values())
    key = house.keys.derive("audit")
    verified = verify(db, key, house.id, folded.covered.heads, lambda read: progress(read, total))
    return Report(verified, folded, checkpoints.printed(public))


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointsUnreadable(f"--checkpoints: {file} can't be read as text.") from error


def _note(db: Connection, house: House, report: Report) -> None:
    at = now()
    for broken in report.verified.broken[:10]:
        checkpointing.note_broken(db, house, broken, at)
    problems = len(report.verified.broken) + len(report.folded.problems)
    audit.add(
        db,
        house.id,
        at,
        actor="sayso",
        act="audit_verified",
        subject=f"council:{house.id}",
        detail=f"{report.verified.entries} entries, {problems} problems",
    )
