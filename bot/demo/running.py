"""Running the demo: on this machine only, never on a real council's database."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, make_url

from bot.demo import case_system, council, past
from bot.service import invitations, signing_in
from bot.service.house import House
from bot.service.invitations import Invited
from bot.settings import is_loopback
from bot.web.context import now
from storage import people
from storage.migrate import migrate
from storage.serving import only_server
from storage.store import Store

VAR = Path("var")
WRITTEN = VAR / "demo.json"
LEFT = 3
"""Unused invitations of a band that a start tops up to."""


class DemoRefused(Exception):
    """The demo would not be safe this way; the text says what would be."""


def demo_house(house: House) -> House:
    """The demo files restricted answers too, so that both records can be looked at."""
    settings = house.settings
    if not settings.case_record_restricted:
        settings = settings.model_copy(
            update={"case_record_restricted": "folder:var/case-record-restricted"}
        )
    return House(house.council, house.keys, settings)


def as_it_runs(house: House) -> House:
    """With the address at which this demo was last served, where the settings name none: links that
    another shell prints must not lead to a port that nobody listens at."""
    if not house.council.demo or {"port", "base_url"} & house.settings.model_fields_set:
        return house
    try:
        written = json.loads(WRITTEN.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return house
    if written.get("database") != _database(house):
        return house
    settings = house.settings.model_copy(update={"base_url": written["base_url"]})
    return House(house.council, house.keys, settings)


def _database(house: House) -> str:
    """Which database it is, without a password."""
    return make_url(house.settings.database_url).render_as_string(hide_password=True)


def refuse_other_hosts(house: House) -> None:
    """Sign-in links of a demo open the desk with one click: they must not leave this machine."""
    from urllib.parse import urlsplit  # noqa: PLC0415

    settings = house.settings
    if not house.council.demo:
        raise DemoRefused(
            "SAYSO_COUNCIL names a real council. The demo is Northborough: unset SAYSO_COUNCIL, "
            "or run `sayso serve`."
        )
    if not is_loopback(settings.host):
        raise DemoRefused(
            f"SAYSO_HOST is {settings.host}: the demo answers on this machine only. "
            "Example: SAYSO_HOST=127.0.0.1"
        )
    if not is_loopback(urlsplit(settings.public_url).hostname or ""):
        raise DemoRefused(
            f"SAYSO_BASE_URL is {settings.base_url}: the demo answers on this machine only. "
            "Unset it, or run `sayso serve` with a real council."
        )


def start_over(house: House) -> None:
    """Remove everything the demo made; refused while it is being served."""
    url = make_url(house.settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise DemoRefused("Starting over removes a SQLite file. On PostgreSQL drop the database.")
    database = Path(url.database)
    with only_server(house.settings.database_url):
        if database.exists():
            _refuse_other_data(database)
        for ending in ("", "-wal", "-shm"):
            Path(f"{database}{ending}").unlink(missing_ok=True)
        for where in (house.settings.case_record, house.settings.case_record_restricted):
            folder = Path(where.removeprefix("folder:"))
            if where.startswith("folder:") and folder.resolve().parent == VAR.resolve():
                shutil.rmtree(folder, ignore_errors=True)
        WRITTEN.unlink(missing_ok=True)
        ledger = house.settings.erasure_ledger
        if ledger.resolve().is_relative_to(VAR.resolve()):
            ledger.unlink(missing_ok=True)  # what is invented anew bears the same names


def _refuse_other_data(database: Path) -> None:
    """`NotADemo` unless all that this file holds was made by a demo."""
    import pysqlite3.dbapi2 as sqlite  # noqa: PLC0415

    connection = sqlite.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if tables and "councils" not in tables:
            raise council.NotADemo(
                f"{database} is not Sayso's. It is not removed (SAYSO_DATABASE_URL)."
            )
        if tables and connection.execute("SELECT 1 FROM councils WHERE NOT demo").fetchone():
            raise council.NotADemo(
                f"{database} holds a real council. It is not removed (SAYSO_DATABASE_URL)."
            )
    except sqlite.DatabaseError as error:
        raise council.NotADemo(
            f"{database} can't be read ({error}). It is not removed (SAYSO_DATABASE_URL)."
        ) from error
    finally:
        connection.close()


async def prepare(house: House, conversations: int = 0) -> None:
    """The demo council, made where there is none."""
    from bot.opening import opened  # noqa: PLC0415

    url = make_url(house.settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    async with opened(house) as store:
        await migrate(store)
        await store.write(lambda db: _make(db, house))
        if conversations:
            from bot.demo.crowd import finished  # noqa: PLC0415

            await finished(store, house, conversations)


def _make(db: Connection, house: House) -> None:
    council.refuse_real(db)
    if not council.exists(db, house):
        moment = now()
        council.make(db, house, moment)
        past.make(db, house, moment)
        case_system.make(db, house, moment)


async def serve_demo(house: House) -> None:
    """Serve, and once it answers say where."""
    from bot.serving import serve  # noqa: PLC0415

    async def started(store: Store, port: int) -> None:
        base = house.settings.base_url or f"http://{house.settings.host}:{port}"
        settings = house.settings.model_copy(update={"base_url": base, "port": port})
        here = House(house.council, house.keys, settings)
        written = await store.write(lambda db: hand_out(db, here))
        _write(written)
        _say(written)

    await serve(house, started=started)


def hand_out(db: Connection, house: House) -> dict[str, Any]:
    """Sign-in links for every role, and invitations that nobody has used: `var/demo.json`."""
    at = now()
    base = house.settings.public_url
    signing = [
        {"role": member.role, "name": member.name, "url": url}
        for member in people.all_staff(db, house.id)
        for url in [_sign_in(db, house, member.staff_id)]
    ]
    names = {member.staff_id: member.name for member in people.all_staff(db, house.id)}
    handed = []
    for reviews in council.unused(db, house, at).values():
        for review in reviews[:LEFT]:
            invited = invitations.invite(db, house, review.review_id, at)
            handed.append(_invitation(invited, names[review.officer_id]))
    return {
        "base_url": base,
        "desk": f"{base}/desk/",
        "database": _database(house),
        "case_record": house.settings.case_record.removeprefix("folder:"),
        "case_record_restricted": house.settings.case_record_restricted.removeprefix("folder:"),
        "sign_in": signing,
        "invitations": handed,
    }


def _sign_in(db: Connection, house: House, staff_id: str) -> str:
    return signing_in.make_link(db, house, staff_id, now())


def _invitation(invited: Invited, officer: str) -> dict[str, Any]:
    return {
        "review_id": invited.review_id,
        "kind": invited.kind,
        "band": invited.band,
        "url": invited.url,
        "code": invited.code,
        "telegram_start": invited.telegram_start,
        "officer": officer,  # at whose desk it is read
    }


def _write(written: dict[str, Any]) -> None:
    VAR.mkdir(exist_ok=True)
    aside = WRITTEN.with_suffix(".part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(written, file, indent=2, ensure_ascii=False)
    aside.replace(WRITTEN)


def _say(written: dict[str, Any]) -> None:
    from rich.console import Console  # noqa: PLC0415

    out = Console(highlight=False, soft_wrap=True)
    out.print("\n[bold]Sayso is running: Northborough, an invented council.[/bold]\n")
    out.print(f"The desk: {written['desk']}")
    for who in written["sign_in"]:
        out.print(f"  {who['role']:<24} {who['name']:<16} {who['url']}")
    out.print(
        "\nInvitations, one for each age, and who reads what is sent (more in var/demo.json):"
    )
    seen = set()
    for one in written["invitations"]:
        name = {"pathway": "care leaver", "foster_carer": "foster carer"}.get(
            one["kind"], one["band"]
        )
        if name not in seen:
            seen.add(name)
            out.print(f"  {name:<12} {one['code']}  {one['officer']:<15} {one['url']}")
    out.print(
        "\n1. Open an invitation, say something and send it."
        "\n2. Open the desk as the officer named there and read it."
        f"\n3. What was filed lies in {written['case_record']}, answers for the officer alone in"
        f"\n   {written['case_record_restricted']}."
        "\n\nStop with Ctrl-C. `make run` goes on, `make run FRESH=1` starts over.\n"
    )
