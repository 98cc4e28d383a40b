"""`folder:PATH`: a case system's hot folder. The JSON comes last: its presence means complete."""

import asyncio
import errno
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.delivery.filing import File, Filed, Never, NotNow, head_of

_FOR_US = 0o750  # not for everybody on the machine; what is there already stays as it was set up
_FILE = 0o640  # the group may collect them; a stricter umask stands, and a share may know no modes


@dataclass(frozen=True, slots=True)
class Folder:
    """`<case_id>/<contribution_id>-v<n>.json` and `.pdf`, voice notes and pictures as `…-<k>.mp3`,
    `.jpg` or `.png`, and an answer to a wish as `<ask_id>-a<n>`: each written aside, then
    renamed."""

    root: Path

    @classmethod
    def at(cls, path: str) -> "Folder":
        return cls(Path(path))

    async def file(
        self, key: str, document: dict[str, Any], pdf: bytes, files: Sequence[File] = ()
    ) -> Filed | NotNow | Never:
        return await asyncio.to_thread(self._file, document, pdf, files)

    async def close(self) -> None:
        """Nothing is held open."""

    def _file(
        self, document: dict[str, Any], pdf: bytes, files: Sequence[File]
    ) -> Filed | NotNow | Never:
        folder = self.root / segment(document["case_id"])
        name = head_of(document).name
        path = folder / f"{name}.json"
        try:
            if path.exists():
                return self._already(path, document)
            self.root.mkdir(_FOR_US, parents=True, exist_ok=True)
            folder.mkdir(_FOR_US, exist_ok=True)
            _write(folder / f"{name}.pdf", pdf)
            for one in files:
                _write(folder / one.name, one.content)
            text = json.dumps(document, ensure_ascii=False, indent=2)
            _write(path, text.encode() + b"\n")
        except OSError as error:
            # A full disk or a share that is away comes back; what was written is renamed whole.
            return NotNow(f"folder: {errno.errorcode.get(error.errno or 0, 'error')}")
        return Filed(path.relative_to(self.root).as_posix())

    def _already(self, path: Path, document: dict[str, Any]) -> Filed | Never:
        """Written by a try whose end we did not see, or by somebody else: never written over."""
        try:
            there = json.loads(path.read_text())
        except ValueError:
            there = None
        if there == document:
            return Filed(path.relative_to(self.root).as_posix())
        return Never("Another document lies under this name. It was not touched.")


def segment(case_id: str) -> str:
    """A case id as one path segment, whatever is in it."""
    quoted = quote(case_id, safe="")
    return quoted.replace(".", "%2E") if quoted.strip(".") == "" else quoted


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, on disk when this returns."""
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)  # of a try that was cut short: it may have been made otherwise
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
