"""What the commands share: settings or a word why not, running, and how they print."""

import json
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from bot.service.house import House


Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object.")]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; what people can mend is one line, not a traceback. Exit code 1."""
    from bot.backups.envelope import BackupError
    from bot.demo.council import NotADemo
    from bot.opening import NotMigrated
    from bot.settings import ReachedUnsafely
    from storage.errors import StorageError

    try:
        import uvloop

        return uvloop.run(work)
    except (BackupError, NotADemo, NotMigrated, ReachedUnsafely, StorageError) as error:
        fail(str(error) or type(error).__name__)
    except OSError as error:
        fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def fail(*lines: str) -> NoReturn:
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(1)


def the_house(*, quiet: bool = True, demo: bool = False) -> "House":
    """Settings, council and keys; what is wrong with them is said and ends the program."""
    from bot.keeping_keys import house_of
    from bot.logs import set_up
    from bot.settings import SettingsWrong
    from storage.errors import KeyRingUnfit

    set_up(quiet=quiet)
    try:
        house = house_of(demo=demo)
    except SettingsWrong as error:
        fail(*error.problems)
    except KeyRingUnfit as error:
        fail(str(error))
    set_up(quiet=quiet, level=house.settings.log_level)
    return house


def print_json(result: "DataclassInstance") -> None:
    from dataclasses import asdict

    print(json.dumps(asdict(result), ensure_ascii=False, default=str))
