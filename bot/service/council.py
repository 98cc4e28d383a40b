"""What one council decides, from its TOML file."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from bot.access.roles import Role
from bot.settings import SettingsWrong


class CouncilSignIn(BaseModel):
    """What a council decides about its own sign-in (`[oidc]`), where it has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups_claim: str = "groups"
    roles: dict[str, Role] = Field(default_factory=dict)
    email_claim: str = "email"
    trust_email: bool = False
    make_accounts: bool = False
    second_factor_amr: tuple[str, ...] = ()
    second_factor_acr: tuple[str, ...] = ()


class Keeping(BaseModel):
    """How long what is kept is kept (`[keeping]`), in days. `docs/keeping.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transport_days: Annotated[int, Field(ge=2, le=30)] = 2
    unknown_days: Annotated[int, Field(ge=1, le=90)] = 28
    unsent_days: Annotated[int, Field(ge=7, le=366)] = 28
    words_days: Annotated[int, Field(ge=28, le=3660)] = 365
    decisions_days: Annotated[int, Field(ge=366, le=36600)] = 2192


class Council(BaseModel):
    """One council. Field by field in `docs/council.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    demo: bool = False
    review_team_phone: Annotated[str, Field(min_length=3, max_length=40)]
    file_readers: str
    file_readers_pathway: str
    leave_to: HttpUrl = HttpUrl("https://www.bbc.co.uk/weather")
    duty_phone: str = ""
    out_of_hours_phone: str = ""
    read_within_days: Annotated[int, Field(ge=1, le=30)] = 3
    invitation_days: Annotated[int, Field(ge=1, le=60)] = 14
    lawful_basis: Literal["public_task", "legal_obligation"] = "public_task"
    video_counts_as_attending: bool = True
    phone_counts_as_attending: bool = True
    oidc: CouncilSignIn = CouncilSignIn()
    keeping: Keeping = Keeping()
    header_colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#26384b"


def read_council(path: Path | None) -> Council:
    """The council in this file; without one, the invented one of the demo."""
    if path is None:
        text = (files("bot.demo") / "northborough.toml").read_text()
        return Council.model_validate(tomllib.loads(text))
    try:
        return Council.model_validate(tomllib.loads(path.read_text()))
    except FileNotFoundError:
        raise SettingsWrong(
            [f"SAYSO_COUNCIL: there is no file {path}. Example: bot/demo/northborough.toml"]
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsWrong([f"SAYSO_COUNCIL: {path} is no TOML: {error}"]) from None
    except ValidationError as error:
        raise SettingsWrong(
            [
                f"SAYSO_COUNCIL: {path}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}. "
                "Example: bot/demo/northborough.toml"
                for problem in error.errors()
            ]
        ) from None
