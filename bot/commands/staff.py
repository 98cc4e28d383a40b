"""`sayso staff`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import Json, fail, run, the_house

app = typer.Typer(help="The people at the desk.", no_args_is_help=True)


Who = Annotated[str, typer.Argument(help="Their e-mail address, or their whole name.")]


@app.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="As young people and colleagues know them.")],
    role: Annotated[str, typer.Option(help="For example iro; docs/permissions.md lists them.")],
    email: Annotated[str, typer.Option(help="To sign in by.")] = "",
    team: Annotated[str, typer.Option(help="Their team, where the council names teams.")] = "",
) -> None:
    """Add a member of staff, and print a link to sign in with: once, within half an hour."""
    from bot.demo.running import as_it_runs
    from bot.staffing import EmailTaken, UnknownRole, add

    try:
        link = run(add(as_it_runs(the_house()), name, role, email or None, team))
    except (EmailTaken, UnknownRole) as error:
        fail(str(error))
    print(f"{name} can sign in, once and within half an hour, at:\n{link}")


@app.command("list")
def staff_list(*, as_json: Json = False) -> None:
    """Everybody at the desk: name, role, e-mail, and whether they still work here."""
    from bot.staffing import everybody

    found = run(everybody(the_house()))
    if as_json:
        rows = [
            {"name": one.name, "role": one.role, "email": one.email, "active": one.active}
            for one in found
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return
    for one in found:
        print(f"{one.name}  {one.role}  {one.email or '-'}{'' if one.active else '  left'}")


@app.command("reset")
def staff_reset(
    who: Who,
    *,
    second_factor: Annotated[
        bool, typer.Option(help="Their second factor goes too: for a lost phone.")
    ] = False,
) -> None:
    """Print a fresh link to choose a new password with. Their sessions and password end now."""
    from bot.demo.running import as_it_runs
    from bot.staffing import StaffUnknown, reset

    try:
        name, link = run(reset(as_it_runs(the_house()), who, second_factor=second_factor))
    except StaffUnknown as error:
        fail(str(error))
    print(f"{name} can sign in anew, once and within half an hour, at:\n{link}")


@app.command("disable")
def staff_disable(who: Who) -> None:
    """They have left: all their sessions end at once, and nothing signs them in any more."""
    from bot.staffing import StaffUnknown, disable

    try:
        name, ended = run(disable(the_house(), who))
    except StaffUnknown as error:
        fail(str(error))
    print(f"{name} can't sign in any more. Sessions ended: {ended}.")


@app.command("enable")
def staff_enable(who: Who) -> None:
    """They are back: what they signed in with is good again."""
    from bot.staffing import StaffUnknown, enable

    try:
        name = run(enable(the_house(), who))
    except StaffUnknown as error:
        fail(str(error))
    print(f"{name} can sign in again.")


@app.command("picture")
def staff_picture(
    who: Who,
    file: Annotated[
        Path | None, typer.Argument(help="The picture: JPEG, PNG, WebP or GIF.", dir_okay=False)
    ] = None,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Take the picture out.")] = False,
) -> None:
    """Show young people a picture of whoever runs their review, where they are told who it is."""
    from bot.staffing import NoPicture, StaffUnknown, remove_picture, set_picture

    if remove == (file is not None):
        raise typer.BadParameter("Give the file of a picture, or --remove.")
    try:
        if file is None:
            name, gone = run(remove_picture(the_house(), who))
            print(f"The picture of {name} is gone." if gone else f"There is no picture of {name}.")
            return
        name = run(set_picture(the_house(), who, file.read_bytes()))
    except (StaffUnknown, NoPicture) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}.")
    print(f"Young people whose reviews {name} runs see this picture.")
