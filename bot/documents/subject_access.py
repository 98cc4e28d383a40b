"""What is held about one young person as a ZIP: a page to read, all of it as JSON, and the records
of what they agreed to and chose (`docs/schemas/agreement.schema.json`)."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent / "templates"
_LONDON = ZoneInfo("Europe/London")

PAGE, DATA, SHOWN = "read-me-first.html", "everything.json", "said-aloud-and-shown"
AGREED = "agreement-and-choices.json"


class Copy(Protocol):
    """What is held (`bot.service.subject_access.Copy`)."""

    @property
    def made_at(self) -> datetime: ...
    @property
    def council(self) -> str: ...
    @property
    def person(self) -> Any: ...
    @property
    def tables(self) -> dict[str, list[dict[str, Any]]]: ...
    @property
    def audit(self) -> list[dict[str, Any]]: ...
    @property
    def staff(self) -> Mapping[str, str]: ...
    @property
    def left_out(self) -> tuple[str, ...]: ...
    @property
    def files(self) -> Mapping[str, bytes]: ...
    @property
    def agreements(self) -> Sequence[Mapping[str, Any]]: ...


def archive(copy: Copy) -> bytes:
    """The ZIP. What is in it is as readable as any file: whoever sends it on seals it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(PAGE, page(copy))
        file.writestr(DATA, data(copy))
        for name, content in copy.files.items():
            file.writestr(f"{SHOWN}/{name}", content)
        file.writestr(AGREED, json.dumps(copy.agreements, ensure_ascii=False, indent=1))
    return out.getvalue()


def data(copy: Copy) -> str:
    """All of it, table by table, as it is kept."""
    plain = {
        "made_at": copy.made_at,
        "council": copy.council,
        "left_out": copy.left_out,
        "tables": copy.tables,
        "staff": copy.staff,
        "who_read_and_did_what": copy.audit,
    }
    return json.dumps(plain, default=str, ensure_ascii=False, indent=1)


def page(copy: Copy) -> str:
    """The same to read: what was said, who may hear it, who read it. It loads nothing."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    tables = copy.tables
    return environment.get_template("subject_access.html").render(
        copy=copy,
        person=copy.person,
        reviews=tables["reviews"],
        shown=SHOWN,
        file_of=lambda sha256: _file_of(copy, sha256),
        of_review=lambda name, review_id: [
            row for row in tables.get(name, []) if row.get("review_id") == review_id
        ],
        filed=lambda sent: [
            row
            for row in tables["filings"]
            if (row["contribution_id"], row["version"])
            == (sent["contribution_id"], sent["version"])
        ],
        read=lambda sent: [
            row
            for row in tables["readings"]
            if (row["contribution_id"], row["version"])
            == (sent["contribution_id"], sent["version"])
        ],
        name_of=lambda staff_id: copy.staff.get(staff_id, "somebody who is no longer here"),
    )


def _file_of(copy: Copy, sha256: str) -> str:
    """The name of a file in the archive, by the hash that stands in what was sent."""
    ids = [
        row["attachment_id"]
        for row in copy.tables.get("attachments", [])
        if isinstance(row["about"], dict) and row["about"]["sha256"] == sha256
    ]
    return next((name for name in copy.files if name.partition(".")[0] in ids), "")


def _moment(value: date | datetime | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value.astimezone(_LONDON):%-d %B %Y, %H:%M}"
    return f"{value:%-d %B %Y}"
