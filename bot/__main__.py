"""`sayso`: the command line."""

import typer

from bot.commands import (
    audit,
    backups,
    carers,
    flows,
    imports,
    keys,
    reports,
    returns,
    reviews,
    safeguarding,
    serving,
    staff,
    young_people,
)

app = typer.Typer(
    help="Sayso: what children in care and care leavers say before their review.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (serving, backups, young_people):
    app.add_typer(commands.app)
for name, group in {
    "staff": staff,
    "carers": carers,
    "audit": audit,
    "flows": flows,
    "safeguarding": safeguarding,
    "keys": keys,
    "import": imports,
    "report": reports,
    "export": returns,
    "reviews": reviews,
}.items():
    app.add_typer(group.app, name=name)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
