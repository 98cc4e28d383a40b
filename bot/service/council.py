"""What one council decides, from its TOML file."""

import re
import tomllib
from datetime import time
from enum import StrEnum
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    RootModel,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.access.roles import Role
from bot.settings import SettingsWrong, is_safe_address
from conversations.challenge import Stage
from conversations.word_lists import words_of
from storage.alert_calls import Way


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
    alerts_days: Annotated[int, Field(ge=366, le=36600)] = 2192


class Arranging(BaseModel):
    """Who arranges what young people ask a person for, and within how many working days
    (`[arranging]`). To be alone with the officer, the officer arranges. `docs/council.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    advocate_by: Literal["officer", "unit_manager"] = "officer"
    advocate_within_days: Annotated[int, Field(ge=1, le=30)] = 5
    alone_within_days: Annotated[int, Field(ge=1, le=30)] = 5


class Asks(BaseModel):
    """Within how many working days of the review, or of being sent where that is later, a wish is
    to be answered (`[asks]`). `docs/desk.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_within_days: Annotated[int, Field(ge=1, le=60)] = 10


class Reminders(BaseModel):
    """When a young person who asked for it is reminded, and when no telephone is rung at all
    (`[reminders]`), on the clock of England and Wales."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: time = time(16, 30)
    quiet_from: time = time(20)
    quiet_until: time = time(8)

    @model_validator(mode="after")
    def _lets_them_sleep(self) -> Self:
        if not (
            time(12) <= self.quiet_from <= time(21) and time(7) <= self.quiet_until <= time(12)
        ):
            raise ValueError("quiet_from is from 12:00 to 21:00, quiet_until from 07:00 to 12:00")
        if not self.quiet_until <= self.at < self.quiet_from:
            raise ValueError("at lies within the quiet hours")
        return self


class Invitations(BaseModel):
    """By which ways young people are invited, the first that is there; after how many days they are
    reminded who were sent a message and did not come (`[invitations]`). `docs/invitations.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ways: tuple[Literal["sms", "email", "letter"], ...] = ("sms", "email", "letter")
    remind_after_days: tuple[Annotated[int, Field(ge=1, le=60)], ...] = (7, 11)
    stop_before_days: Annotated[int, Field(ge=0, le=30)] = 2

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if len(set(self.ways)) != len(self.ways) or not self.ways:
            raise ValueError("ways names each way once, and one at least")
        rising = all(a < b for a, b in pairwise(self.remind_after_days))
        if not rising or len(self.remind_after_days) > 4:
            raise ValueError("remind_after_days rises, and holds four at the most")
        return self


class Fostering(BaseModel):
    """What foster carers are told before their own form, and who sees an alert that it raises
    (`[fostering]`). `docs/council.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_readers: Annotated[str, Field(min_length=1)] = "The fostering team and the panel"
    advice: Annotated[str, Field(min_length=1)] = "Fosterline on 0800 040 7675"
    alerts_to: Literal["children", "adults"] = "children"

    @property
    def advice_phones(self) -> tuple[str, ...]:
        """The numbers in `advice`, to be rung with one tap."""
        return tuple(re.findall(r"\+?\d[\d ]{6,}\d", self.advice))


class ChallengeStage(BaseModel):
    """One step up (`[[footprint.stages]]`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    working_days: Annotated[int, Field(ge=1, le=40)]
    formal: bool = True

    @property
    def stage(self) -> Stage:
        return Stage(self.id, self.name, self.working_days, self.formal)


class Footprint(BaseModel):
    """What the council decides about quality notes, challenges and hand-overs (`[footprint]`).
    `docs/council.md`. IRO Handbook (2010), chapter 6: 20 working days in all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    themes: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=60)], ...], Field(min_length=1)
    ] = (
        "Drift or delay",
        "The young person’s voice",
        "Where they live",
        "Permanence",
        "Family time",
        "Education",
        "Health",
        "Identity",
        "Visits and contact",
        "Papers and recording",
    )
    answer_working_days: Annotated[int, Field(ge=1, le=40)] = 10
    overall_working_days: Annotated[int, Field(ge=1, le=60)] = 20
    undo_minutes: Annotated[int, Field(ge=1, le=240)] = 15
    stages: Annotated[tuple[ChallengeStage, ...], Field(min_length=1)] = (
        ChallengeStage(
            id="informal", name="Social worker and team manager", working_days=5, formal=False
        ),
        ChallengeStage(id="service_manager", name="Service manager", working_days=5),
        ChallengeStage(id="head_of_service", name="Head of service", working_days=5),
        ChallengeStage(id="director", name="Director of children’s services", working_days=10),
    )

    @model_validator(mode="after")
    def _stages_are_told_apart(self) -> Self:
        if len({one.id for one in self.stages}) != len(self.stages):
            raise ValueError("each stage has an id of its own")
        formal = sum(one.working_days for one in self.stages if one.formal)
        if formal > self.overall_working_days:
            raise ValueError(
                f"the formal stages take {formal} working days together, more than "
                f"overall_working_days ({self.overall_working_days})"
            )
        return self


class Themes(RootModel[dict[str, tuple[str, ...]]]):
    """By which words wishes, and reasons for not coming, are sorted for the annual report, by theme
    (`[themes]`). `docs/council.md`."""

    model_config = ConfigDict(frozen=True)

    root: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_looked_for(self) -> Self:
        if len(self.root) > _MOST_THEMES:
            raise ValueError(f"keep {_MOST_THEMES} themes at the most")
        under: dict[tuple[str, ...], str] = {}
        for name, entries in self.root.items():
            if not slug(name):
                raise ValueError(f"the theme {name!r} needs a name with a letter or a number in it")
            if not 1 <= len(entries) <= _MOST_WORDS:
                raise ValueError(f"the theme {name!r} needs 1 to {_MOST_WORDS} words: a list")
            for entry in entries:
                words = words_of(entry)
                if not words or len(entry) > _LONGEST_WORD:
                    raise ValueError(
                        f"{entry!r} under {name!r} is no word: write letters, {_LONGEST_WORD} at "
                        "the most, and no signs such as * or ?"
                    )
                if words in under:  # else one theme could be counted out of the others
                    raise ValueError(
                        f"{entry!r} stands under {under[words]!r} and {name!r}: keep it under one"
                    )
                under[words] = name
        if len({slug(name) for name in self.root}) != len(self.root):
            raise ValueError("two themes have nearly the same name: call one of them otherwise")
        return self


def slug(name: str) -> str:
    """What scripts call it: `My home!` is `my_home`."""
    return "_".join(words_of(name))


class Weekday(StrEnum):
    """In the order of `date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_MOST_THEMES, _MOST_WORDS, _LONGEST_WORD = 40, 200, 60
_Mobile = Annotated[str, Field(pattern=r"^(07|\+)[0-9 ]{8,18}[0-9]$")]
_Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", max_length=254)]


class Contact(BaseModel):
    """Who is told of an alert, by which ways; none: whoever looks at the desk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sms: tuple[_Mobile, ...] = ()
    email: tuple[_Email, ...] = ()
    https: tuple[str, ...] = ()

    @field_validator("https")
    @classmethod
    def _safe(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(is_safe_address(one) for one in value):
            raise ValueError("is no https address")
        return value

    @property
    def ways(self) -> tuple[tuple[Way, str], ...]:
        """Each way with its address."""
        return (
            *((Way.SMS, one) for one in self.sms),
            *((Way.EMAIL, one) for one in self.email),
            *((Way.HTTPS, one) for one in self.https),
        )


class Duty(BaseModel):
    """When the duty team looks at alerts, and who is told of them by which ways (`[duty]`).
    `team_adults`: none, the same as `team`. `docs/alerts.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    opens: time = time(9)
    closes: time = time(17)
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = tuple(Weekday)[:5]
    bank_holidays: bool = False
    acknowledge_minutes: Annotated[int, Field(ge=1, le=120)] = 15
    team: Contact = Contact()
    team_adults: Contact | None = None
    out_of_hours: Contact = Contact()
    manager: Contact = Contact()

    @property
    def leaves(self) -> bool:
        """Whether anybody is told who does not look at the desk."""
        contacts = (self.team, self.team_adults, self.out_of_hours, self.manager)
        return any(contact is not None and contact.ways for contact in contacts)

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be earlier in the day than closes")
        return self


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
    duty_phone_adults: str = ""
    out_of_hours_phone: str = ""
    duty: Duty | None = None
    read_within_days: Annotated[int, Field(ge=1, le=30)] = 3
    listen_within_hours: Annotated[int, Field(ge=1, le=80)] = 8
    invitation_days: Annotated[int, Field(ge=1, le=60)] = 14
    recommendations_within_days: Annotated[int, Field(ge=1, le=60)] = 20
    full_time_hours: Annotated[float, Field(ge=20, le=48)] = 37
    lawful_basis: Literal["public_task", "legal_obligation"] = "public_task"
    video_counts_as_attending: bool = True
    phone_counts_as_attending: bool = True
    oidc: CouncilSignIn = CouncilSignIn()
    keeping: Keeping = Keeping()
    arranging: Arranging = Arranging()
    asks: Asks = Asks()
    reminders: Reminders = Reminders()
    fostering: Fostering = Fostering()
    footprint: Footprint = Footprint()
    invitations: Invitations = Invitations()
    themes: Themes = Themes()
    header_colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#26384b"

    @model_validator(mode="after")
    def _duty_can_be_rung(self) -> Self:
        if self.duty is not None and not (self.duty_phone and self.duty_phone_adults):
            raise ValueError(
                "[duty] needs duty_phone and duty_phone_adults: young people are told to ring them"
            )
        return self


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
