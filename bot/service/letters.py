"""The letter that invites: what stands on it, for whom. `bot.documents.letter` prints it.

The link and the code are on the paper and in this document, and kept nowhere
(`docs/decisions/0040`). Of the young person there is a given name, and no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.service.days import local_day
from bot.service.house import House
from bot.service.invitations import Invited
from bot.service.wording import Reader, whole_date
from conversations import letter_texts as texts
from conversations import texts as common
from conversations.wording import Band, Param, Say, Text, band_of
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind

SPECIMEN = Invited("", "", "", "", "ABCD-EFGH-JKMN", None)
"""Stands where a link and a code will be, on a letter that is looked at before it is made."""


@dataclass(frozen=True, slots=True)
class To:
    """Whom a letter is for, and before which review. `officer`: the name of who runs it."""

    review: Review
    person: YoungPerson
    officer: str


def letter(
    house: House, to: To, invited: Invited, now: datetime, number: str = ""
) -> dict[str, Any]:
    """One page. `number`: by which who prints many finds it in the list."""
    letter = _Letter(house, to, now)
    return {**letter.view(), **letter.opening(invited), "number": number}


def document(
    letters: Sequence[dict[str, Any]], now: datetime, cover: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What is printed: the letters in this order, behind their list if there is one."""
    return {
        "paper": "letters",
        "made_at": now.isoformat(),
        "title": "Letters" if len(letters) != 1 else str(letters[0]["title"]),
        "cover": cover,
        "letters": list(letters),
    }


def picture(house: House, to: To, now: datetime) -> dict[str, Any]:
    """The document of a letter's picture: nothing that is on it opens anything."""
    made = letter(house, to, SPECIMEN, now)
    return {**document([made], now), "paper": "letter_picture"}


def last_day(house: House, now: datetime) -> date:
    """The last whole day on which an invitation that is made now can be opened."""
    return local_day(now + timedelta(days=house.council.invitation_days - 1))


def given_name(person: YoungPerson) -> str:
    """Of a fostering household its whole name, which is that of no child."""
    return person.name if person.carer else (person.name.split() or [person.name])[0]


@dataclass(frozen=True, slots=True)
class _Letter:
    house: House
    to: To
    now: datetime

    @property
    def _carer(self) -> bool:
        return self.to.person.carer

    @property
    def _band(self) -> Band:
        age = self.to.person.age(local_day(self.now))
        return Band.SIXTEEN if age is None else band_of(age)

    @property
    def _reader(self) -> Reader:
        kind = self.to.review.kind
        return Reader(
            self._band,
            self.to.person.language,
            pathway=kind is ReviewKind.PATHWAY,
            chair=kind is ReviewKind.CONFERENCE or self._carer,
        )

    def _read(self, text: Text) -> str:
        day = self.to.review.meeting_on or self.to.review.due_on
        council = self.house.council
        child_phone = council.duty_phone if council.duty is not None else council.review_team_phone
        params: dict[str, Param] = {
            "given_name": given_name(self.to.person),
            "officer_name": self.to.officer,
            "open_until": last_day(self.house, self.now),
            "review_team_phone": council.review_team_phone,
            "child_phone": child_phone,
        }
        if day is not None:
            params["day"] = day
        return self._reader.read(Say(text, params))

    def _all(self, *them: Text) -> list[str]:
        """Without those that say nothing to this band."""
        band, pathway, chair = self._band, self._reader.pathway, self._reader.chair
        return [self._read(one) for one in them if one.wording(band, pathway=pathway, chair=chair)]

    def view(self) -> dict[str, Any]:
        """All that is not secret."""
        age = self.to.person.age(local_day(self.now))
        return {
            "band": self._band.value,
            "lang": self.to.person.language,
            "council": self.house.council.name,
            "date": whole_date(local_day(self.now), self.to.person.language),
            "name": given_name(self.to.person),
            "title": self._read(self._title),
            "hello": self._read(texts.HELLO),
            "intro": self._intro(),
            "scan": self._read(texts.SCAN),
            "type": self._read(texts.TYPE),
            "qr_says": self._read(texts.QR),
            "after": [" ".join(self._all(texts.UNTIL, texts.WHOEVER))],
            "helper": self._helper(),
            "choose": {"title": self._read(texts.CHOOSE), "rows": self._choose()},
            "happens": {"title": self._read(texts.HAPPENS), "rows": self._happens()},
            "other": self._all(texts.OTHERWISE, *(() if self._carer else (texts.ADVOCATE,))),
            "officer": self.to.officer,
            "sign": self._read(texts.SIGN_CARERS if self._carer else texts.SIGN),
            "lines": self._read(common.lines(age)),
        }

    def opening(self, invited: Invited) -> dict[str, str]:
        """By which it opens: a link as a square, and a code with where to type it."""
        url = self.house.settings.public_url
        short = url.partition("://")[2] + "/i/"
        return {"link": invited.url or f"{url}/i/", "code": invited.code, "address": short}

    @property
    def _title(self) -> Text:
        if self._carer:
            return texts.TITLE_CARERS
        if self.to.review.looks_back_on is not None:
            return texts.TITLE_AFTER
        match self.to.review.kind:
            case ReviewKind.FOSTER_CARER:
                return texts.TITLE_HOME
            case ReviewKind.DISRUPTION:
                return texts.TITLE_MOVE
            case _:
                return texts.TITLE

    def _intro(self) -> list[str]:
        review = self.to.review
        if self._carer:
            return [
                " ".join(self._all(texts.WHO_CARERS, texts.WHAT_CARERS)),
                *self._all(texts.PART_CARERS),
            ]
        if review.looks_back_on is not None:
            return [" ".join(self._all(texts.WHAT_AFTER)), *self._all(texts.WHO)]
        if review.kind is ReviewKind.FOSTER_CARER:
            return [" ".join(self._all(texts.WHAT_HOME, texts.PART_HOME)), *self._all(texts.WHO)]
        move = review.kind is ReviewKind.DISRUPTION
        when: tuple[Text, ...] = ()
        if review.meeting_on is not None:
            when = (texts.WHEN_MOVE if move else texts.WHEN,)
        elif review.due_on is not None:
            when = (texts.WHEN_MOVE_DUE if move else texts.WHEN_DUE,)
        what = texts.WHAT_MOVE if move else texts.WHAT
        return [" ".join(self._all(what, *when)), *self._all(texts.WHO, texts.PART)]

    def _helper(self) -> dict[str, str] | None:
        if self._band is not Band.FOUR:
            return None
        return {
            "title": self._read(texts.HELPER_TITLE),
            "says": self._read(texts.HELPER_SAYS),
        }

    def _choose(self) -> list[str]:
        said = texts.CHOOSE_WORDS if self.house.settings.attachments else texts.CHOOSE_WRITTEN
        return self._all(texts.CHOOSE_WHAT, said, texts.CHOOSE_HEARS, texts.CHOOSE_STOP)

    def _happens(self) -> list[str]:
        if self._carer:
            safe = texts.HAPPENS_READ_CARERS
        elif self.house.council.duty is not None:
            safe = texts.HAPPENS_PASSED
        else:
            safe = texts.HAPPENS_READ
        return self._all(
            texts.HAPPENS_SEND,
            *(() if self._carer else (texts.HAPPENS_WISH,)),
            safe,
            texts.HAPPENS_WATCHED,
        )
