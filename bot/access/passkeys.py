"""Passkeys (WebAuthn level 3): what a browser is asked, and whether its answer is good.

The device asks for a finger, a face or a PIN and says that it did (user verification): a passkey
alone is both factors, something one has and something one is or knows. It answers to our own
address only, so it can't be phished.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.late import late
from bot.settings import is_loopback

if TYPE_CHECKING:
    import webauthn
    import webauthn.helpers.exceptions
    import webauthn.helpers.structs
else:  # 9 MB, for those who sign in with one
    webauthn = late("webauthn")

_MOST = 16 * 1024


class NotThisPasskey(Exception):
    """The answer is not good. Why is nobody's business but the log's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys work: our public address."""

    name: str
    origin: str
    host: str

    @classmethod
    def at(cls, public_url: str, name: str) -> "Place":
        parts = urlsplit(public_url)
        return cls(name, f"{parts.scheme}://{parts.netloc}", parts.hostname or "")

    @property
    def works(self) -> bool:
        """Browsers offer passkeys to names, never to numbered addresses."""
        return self.host == "localhost" or not is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey."""

    credential: bytes
    public_key: bytes
    uses: int


def ask_to_make(
    place: Place, staff_id: str, account: str, challenge: bytes, have: Iterable[bytes]
) -> str:
    """Options for `navigator.credentials.create`, as JSON. `have`: theirs already."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=place.host,
            rp_name=place.name,
            user_id=staff_id.encode(),
            user_name=account,
            challenge=challenge,
            authenticator_selection=webauthn.helpers.structs.AuthenticatorSelectionCriteria(
                resident_key=webauthn.helpers.structs.ResidentKeyRequirement.REQUIRED,
                user_verification=webauthn.helpers.structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                webauthn.helpers.structs.PublicKeyCredentialDescriptor(id=one) for one in have
            ],
        )
    )


def ask_to_use(place: Place, challenge: bytes) -> str:
    """Options for `navigator.credentials.get`, as JSON. Whose is for the device to say: a list of
    credentials would tell a stranger which accounts there are."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=place.host,
            challenge=challenge,
            user_verification=webauthn.helpers.structs.UserVerificationRequirement.REQUIRED,
        )
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sent. `challenge`: what it says it was asked; `owner`: for whom the device
    keeps the passkey, if it says so."""

    json: str
    credential: bytes
    challenge: bytes
    owner: bytes | None


def read_made(text: str) -> Answer:
    """A browser's answer to `ask_to_make`. `NotThisPasskey` if it is none."""
    try:
        parsed = webauthn.helpers.parse_registration_credential_json(_bounded(text))
        asked = webauthn.helpers.parse_client_data_json(parsed.response.client_data_json)
    except _unfit() as error:
        raise NotThisPasskey from error
    return Answer(text, parsed.raw_id, asked.challenge, None)


def read_used(text: str) -> Answer:
    """A browser's answer to `ask_to_use`. `NotThisPasskey` if it is none."""
    try:
        parsed = webauthn.helpers.parse_authentication_credential_json(_bounded(text))
        asked = webauthn.helpers.parse_client_data_json(parsed.response.client_data_json)
    except _unfit() as error:
        raise NotThisPasskey from error
    return Answer(text, parsed.raw_id, asked.challenge, parsed.response.user_handle)


def check_made(place: Place, answer: Answer) -> Made:
    """The new passkey, if the device verified its owner. `NotThisPasskey`."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer.json,
            expected_challenge=answer.challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except _unfit() as error:
        raise NotThisPasskey from error
    return Made(made.credential_id, made.credential_public_key, made.sign_count)


def check_used(place: Place, answer: Answer, public_key: bytes, uses: int, staff_id: str) -> int:
    """How often the passkey was used by now, if the answer is its. `NotThisPasskey`.

    The caller has taken `answer.challenge` up before: nobody else was given it, and nobody uses it
    again.
    """
    if answer.owner is not None and answer.owner != staff_id.encode():
        raise NotThisPasskey
    try:
        used = webauthn.verify_authentication_response(
            credential=answer.json,
            expected_challenge=answer.challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=uses,
            require_user_verification=True,
        )
    except _unfit() as error:
        raise NotThisPasskey from error
    return used.new_sign_count


def _unfit() -> tuple[type[Exception], ...]:
    """What the library raises at an answer that is none, or not good."""
    return webauthn.helpers.exceptions.WebAuthnException, ValueError, TypeError, KeyError


def _bounded(text: str) -> str:
    if len(text) > _MOST:
        raise ValueError("too long to be an answer")
    return text
