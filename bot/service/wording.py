"""From a `Say` to the words one reads: the band's wording, translated, filled in."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from conversations.conversation import Answer
from conversations.questions import Question
from conversations.wording import Band, Param, Say, Text

LOCALES = Path(__file__).parents[2] / "locales"
LONDON = ZoneInfo("Europe/London")


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation("sayso", LOCALES, [locale], fallback=True)


@cache
def _translated(text: Text, band: Band, locale: str, pathway: bool, chair: bool) -> str:
    return _catalogue(locale).gettext(text.wording(band, pathway=pathway, chair=chair))


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a text is rendered."""

    band: Band
    locale: str = "en"
    pathway: bool = False
    chair: bool = False

    def read(self, say: Say) -> str:
        """The text as this reader reads it. A missing fact is an error, never a gap."""
        return self.fill(self.text(say.text), say.params)

    def text(self, text: Text) -> str:
        """A text that has nothing to fill in."""
        return _translated(text, self.band, self.locale, self.pathway, self.chair)

    def fill(self, template: str, params: Mapping[str, Param]) -> str:
        if "{" not in template:
            return template
        return template.format_map(_Filled(self, params))

    def param(self, value: Param, params: Mapping[str, Param]) -> str:
        match value:
            case Text():
                return self.read(Say(value, params))
            case datetime():
                local = value.astimezone(LONDON)
                return format_date(local.date(), "EEEE d MMMM", locale=_cldr(self.locale))
            case date():
                return format_date(value, "EEEE d MMMM", locale=_cldr(self.locale))
            case time():
                return format_time(value, "short", locale=_cldr(self.locale))
            case _:
                return str(value)


@dataclass(frozen=True, slots=True)
class _Filled:
    reader: Reader
    params: Mapping[str, Param]

    def __getitem__(self, name: str) -> str:
        return self.reader.param(self.params[name], self.params)


def in_words(reader: Reader, question: Question, answer: Answer) -> str:
    """An answer as its young person would read it."""
    parts = []
    for option_id in answer.choices:
        option = question.option(option_id)
        parts.append(reader.text(option.label) if option else option_id)
    said = ", ".join(parts)
    if answer.day is not None:
        said = reader.param(answer.day, {})
    return "\n".join(part for part in (said, answer.words or "") if part)


def whole_date(day: date, locale: str) -> str:
    """With its year: a day that is far off."""
    return format_date(day, "d MMMM y", locale=_cldr(locale))


def day_and_time(moment: datetime, locale: str) -> str:
    """`Monday 30 November, 09:00`"""
    local, cldr = moment.astimezone(LONDON), _cldr(locale)
    day = format_date(local.date(), "EEEE d MMMM", locale=cldr)
    return f"{day}, {format_time(local.time(), 'short', locale=cldr)}"


def next_minute(at: datetime) -> time:
    """The first whole minute that is not before, on the clock one looks at."""
    local = at.astimezone(LONDON)
    whole = local.replace(second=0, microsecond=0)
    return (whole if whole == local else whole + timedelta(minutes=1)).time()


def _cldr(locale: str) -> str:
    """British conventions for English; the locale itself for others."""
    return "en_GB" if locale == "en" else locale.replace("-", "_")
