"""The desk's door, as its pages need it: cookies, open routes, forms from elsewhere, and what
slows guessing down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.access import passwords, permissions, sessions, sign_in_links
from bot.access.oidc import Provider
from bot.access.passwords import Passwords, TooBusy
from bot.access.slowing import Slowing, Tries
from bot.service.admission import Admitted
from bot.service.council_sign_in import provider_of
from bot.service.house import House
from bot.web.crossing import is_from_elsewhere as _is_from_elsewhere

__all__ = ["TooBusy"]

COOKIE_SECONDS = int(sessions.LONGEST.total_seconds())


@dataclass(slots=True)
class Doorkeeper:
    """What outlives a request at the door."""

    house: House
    slowing: Slowing
    provider: Provider | None
    passwords: Passwords = field(default_factory=Passwords)

    @classmethod
    def of(cls, house: House) -> "Doorkeeper":
        # Without limits only for load tests, and never where real people are.
        on = house.settings.limits or not house.council.demo
        return cls(house, Slowing(on=on), provider_of(house))

    def wait_for_password(self, email: str, address: str) -> int:
        """Count one try; seconds to wait before it may be made, 0 if now."""
        account = self._account(email)
        return (
            self.slowing.wait(Tries.ADDRESS, address)
            or self.slowing.wait(Tries.ACCOUNT_HERE, account, address)
            or self.slowing.wait(Tries.ACCOUNT, account)
        )

    def password_was_right(self, email: str, address: str) -> None:
        account = self._account(email)
        self.slowing.forget(Tries.ACCOUNT_HERE, account, address)

    def wait_for_code(self, staff_id: str) -> int:
        """The same for a second factor."""
        return self.slowing.wait(Tries.CODE, staff_id)

    def code_was_right(self, staff_id: str) -> None:
        self.slowing.forget(Tries.CODE, staff_id)

    def _account(self, email: str) -> str:
        """Not the address itself: what is counted need not be readable in memory."""
        return self.house.keys.blind(self.house.id, "email", email.strip().casefold()).hex()


def password_fault(house: House, password: str, about: Iterable[str]) -> str | None:
    """What is wrong with a new password; none if it is good."""
    return passwords.fault(password, (*about, house.council.name, house.id))


def is_https(house: House) -> bool:
    """Whether people reach Sayso over https."""
    return house.settings.public_url.startswith("https:")


def cookie_name(house: House) -> str:
    return sessions.cookie_name(secure=is_https(house))


def door_cookie_name(house: House) -> str:
    return sessions.door_cookie_name(secure=is_https(house))


def is_open(route: str) -> bool:
    """Whether a route needs no full sign-in."""
    return route in permissions.OPEN


def is_halfway(route: str) -> bool:
    """Whether a route is for whoever is on the way to be signed in."""
    return route in permissions.HALFWAY


def require_rows(routes: Iterable[str]) -> None:
    """`RouteWithoutRow` if nobody decided who may open one of these."""
    permissions.require_rows(routes)


def is_token(staff: Admitted, token: str) -> bool:
    """Whether a form is of this session."""
    return sessions.is_same(staff.form_token, token)


def is_same(expected: str, token: str) -> bool:
    """Whether a form's token is the expected one."""
    return sessions.is_same(expected, token)


def door_token(house: House, secret: str) -> str:
    """What every form of a browser carries that is not signed in yet."""
    return sessions.door_token(house.keys, house.id, secret)


def is_from_elsewhere(house: House, host: str, headers: Mapping[str, str]) -> bool:
    """Whether the browser says that another site sent this form."""
    own = urlsplit(house.settings.public_url).netloc
    return _is_from_elsewhere(headers, frozenset({host, own}))


def is_this_machine(house: House, peer: str | None, host: str, headers: Mapping[str, str]) -> bool:
    """Whether a request can only come from the machine Sayso runs on. `host`: as the browser
    sent it, with or without port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    bound_to = house.settings.host
    return sign_in_links.is_this_machine(bound_to=bound_to, peer=peer, host=name, headers=headers)
