"""What fills a text's `{x}`: looked up when a text asks for it, in the transaction at hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.service import duty, reminders, taking_back
from bot.service.codes import code_from
from bot.service.council import Duty
from bot.service.days import local_day
from bot.service.house import House
from bot.service.wording import LONDON, day_and_time, whole_date
from conversations import texts
from conversations.conversation import Pause
from conversations.flows import FLOWS
from conversations.places import GONE
from conversations.wording import Param
from storage import people, reviews
from storage.conversations import Kept


@dataclass(frozen=True, slots=True)
class Facts(Mapping[str, Param]):
    """The facts of one conversation. Most texts ask for none, so none is looked up beforehand."""

    db: Connection
    house: House
    kept: Kept
    now: datetime
    _known: dict[str, Param] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Param:
        if name not in self._known:
            found = _REMINDERS[name](self) if name in _REMINDERS else _FACTS[name](self)
            if found is None:
                raise KeyError(name)
            self._known[name] = found
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in (*_FACTS, *_REMINDERS) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        if name == "code":
            return bool(self.kept.conversation.pause)
        if name in ("became", "in_file"):
            return str(self.kept.conversation.place).startswith(GONE)
        if name in ("sent_date", "sent_time", "receipt", "kept_until"):
            return bool(self.kept.conversation.sent)
        if name == "listen_by":
            return self.house.settings.attachments > 0
        if name in _REMINDERS:
            stopped = self.kept.conversation.pause is Pause.STOPPED
            return stopped and bool(_REMINDERS[name](self))
        if name in _ON_DUTY:
            return self.house.council.duty is not None and _ON_DUTY[name](self)
        return name in _FACTS


def comeback_code(house: House, kept: Kept) -> str:
    """The code of the stop that the conversation is at; each stop has its own."""
    seed = f"{kept.conversation_id}:{kept.conversation.turns}"
    digest = house.keys.blind(house.id, "comeback code", seed)
    return code_from(int.from_bytes(digest[:8]) >> 4)


def receipt(conversation_id: str, version: int) -> str:
    """A reference that a young person can read out: it opens nothing."""
    return f"{conversation_id[:4]}-{conversation_id[4:8]}-{version}".upper()


def _pathway(facts: Facts) -> bool:
    return FLOWS[facts.kept.conversation.flow_id].pathway


def _sent_at(facts: Facts) -> datetime:
    return facts.kept.conversation.sent[-1].at


def _read_by(facts: Facts) -> Param:
    sent = facts.kept.conversation.sent
    start = sent[-1].at if sent and not facts.kept.conversation.unsent else facts.now
    return duty.working_day(local_day(start), facts.house.council.read_within_days)


def _listen_by(facts: Facts) -> Param:
    by = duty.after_working_hours(facts.now, facts.house.council.listen_within_hours)
    return day_and_time(by, facts.kept.conversation.locale)


def _officer(facts: Facts) -> Param:
    review = reviews.get(facts.db, facts.house.id, facts.kept.review_id)
    return people.staff_member(facts.db, facts.house.id, review.officer_id).name


def _lines(facts: Facts) -> Param:
    person = people.young_person(facts.db, facts.house.id, facts.kept.person_id)
    return texts.lines(person.age(local_day(facts.now)))


def _file_readers(facts: Facts) -> Param:
    council = facts.house.council
    if FLOWS[facts.kept.conversation.flow_id].carer:
        return council.fostering.file_readers
    return council.file_readers_pathway if _pathway(facts) else council.file_readers


def _kept_until(facts: Facts) -> Param:
    times = facts.house.council.keeping
    end = max(_sent_at(facts) + timedelta(days=times.words_days), facts.kept.open_until)
    return whole_date(end.date(), facts.kept.conversation.locale)


def _erased_on(facts: Facts) -> Param:
    return (facts.kept.open_until + timedelta(days=facts.house.council.keeping.unsent_days)).date()


def _duty(facts: Facts) -> Duty:
    found = facts.house.council.duty
    if found is None:
        raise KeyError("duty")  # nothing may ask for it: `__contains__` says so
    return found


def is_adult(facts: Facts) -> bool:
    """Whether the duty team for adults is theirs."""
    person = people.young_person(facts.db, facts.house.id, facts.kept.person_id)
    return person.is_at_least(18, local_day(facts.now))


def _duty_phone(facts: Facts) -> Param:
    council = facts.house.council
    return council.duty_phone_adults if is_adult(facts) else council.duty_phone


def _child_phone(facts: Facts) -> Param:
    """Whom an adult rings about a child: the duty team for children, whoever sees alerts."""
    council = facts.house.council
    return council.duty_phone or council.review_team_phone


def _next_open(facts: Facts) -> Param:
    opens = duty.next_open(_duty(facts), facts.now)
    return day_and_time(opens, facts.kept.conversation.locale)


_REMINDERS: dict[str, Callable[[Facts], Param | None]] = {
    "remind_on": lambda facts: reminders.set_at(facts.db, facts.house, facts.kept, facts.now),
    "remind_in_chat": lambda facts: " ".join(
        reminders.offered_in_chat(facts.db, facts.house, facts.kept, facts.now)
    ),
    "remind_in_calendar": lambda facts: " ".join(
        reminders.offered_in_calendar(facts.db, facts.house, facts.kept, facts.now)
    ),
}
"""At a stop: when one is going to ring, or the days that may be chosen, by their names."""


def _became(facts: Facts) -> tuple[Param, Param]:
    return taking_back.became(facts.db, facts.house, facts.kept.conversation_id)


_ON_DUTY: dict[str, Callable[[Facts], bool]] = {
    "duty_team": lambda facts: True,
    "duty_phone": lambda facts: True,
    "opens": lambda facts: duty.is_open(_duty(facts), facts.now),
    "closes": lambda facts: duty.is_open(_duty(facts), facts.now),
    "next_open": lambda facts: not duty.is_open(_duty(facts), facts.now),
    "out_of_hours_phone": lambda facts: bool(facts.house.council.out_of_hours_phone),
}
"""Facts of a council with a duty team, and when there are."""


_FACTS: dict[str, Callable[[Facts], Param]] = {
    "open_until": lambda facts: facts.kept.open_until,
    "read_by": _read_by,
    "listen_by": _listen_by,
    "officer_name": _officer,
    "review_team_phone": lambda facts: facts.house.council.review_team_phone,
    "file_readers": _file_readers,
    "lines": _lines,
    "erased_on": _erased_on,
    "kept_until": _kept_until,
    "not_safe": lambda facts: texts.PASSED_ON if facts.house.council.duty else texts.NOT_PASSED_ON,
    "watched": lambda facts: texts.WATCHED if facts.house.council.duty else texts.NOT_WATCHED,
    "duty_team": lambda facts: texts.DUTY_TEAM_18 if is_adult(facts) else texts.DUTY_TEAM,
    "duty_phone": _duty_phone,
    "opens": lambda facts: _duty(facts).opens,
    "closes": lambda facts: _duty(facts).closes,
    "next_open": _next_open,
    "out_of_hours_phone": lambda facts: facts.house.council.out_of_hours_phone,
    "advocate_days": lambda facts: facts.house.council.arranging.advocate_within_days,
    "alone_days": lambda facts: facts.house.council.arranging.alone_within_days,
    "child_phone": _child_phone,
    "carers_advice": lambda facts: facts.house.council.fostering.advice,
    "code": lambda facts: comeback_code(facts.house, facts.kept),
    "became": lambda facts: _became(facts)[0],
    "in_file": lambda facts: _became(facts)[1],
    "sent_date": _sent_at,
    "sent_time": lambda facts: _sent_at(facts).astimezone(LONDON).time(),
    "receipt": lambda facts: receipt(
        facts.kept.conversation_id, facts.kept.conversation.sent[-1].version
    ),
}
