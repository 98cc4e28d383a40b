"""The council's own sign-in (OpenID Connect): out to it and back, and who that is here.

The network is between two transactions: `come_back` uses the visit up, `who_came` asks the
provider, `arrive` lets in.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.access import id_tokens, oidc, sessions
from bot.access.id_tokens import Expected, HostileToken, Identity
from bot.access.oidc import Provider, ProviderAway, ProviderRefused, Visit
from bot.access.roles import Role
from bot.access.sessions import Stage, Way
from bot.service import signing_in
from bot.service.house import House
from storage import audit, people, staff_accounts, staff_challenges, staff_identities
from storage.people import Staff

__all__ = ["HostileToken", "Provider", "ProviderAway", "ProviderRefused", "Visit"]

BACK = "/desk/sign-in/council/back"
VISIT = timedelta(minutes=10)
_PURPOSE = "visit"


def provider_of(house: House) -> Provider | None:
    """The council's sign-in, where it has one."""
    settings = house.settings
    if not settings.oidc_issuer:
        return None
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.public_url + BACK,
    )


def new_visit(house: House) -> Visit:
    """What belongs to a new secret; the browser keeps that in a cookie."""
    return visit_of(house, oidc.new_secret())


def visit_of(house: House, secret: str) -> Visit:
    """What belongs to the secret in a browser's cookie."""
    return oidc.visit(house.keys, house.id, secret)


def cookie_name(house: House) -> str:
    return oidc.cookie_name(secure=house.settings.public_url.startswith("https:"))


def _hashes(house: House, visit: Visit) -> tuple[bytes, bytes]:
    keys = house.keys
    return (
        keys.blind(house.id, "oidc_visit", visit.state),
        keys.blind(house.id, "oidc_cookie", visit.secret),
    )


def set_out(db: Connection, house: House, visit: Visit, now: datetime) -> None:
    """A browser goes to the council's sign-in, and may come back once, soon."""
    state, cookie = _hashes(house, visit)
    staff_challenges.add(db, house.id, state, _PURPOSE, cookie, now, now + VISIT)


def come_back(db: Connection, house: House, visit: Visit, state: str, now: datetime) -> bool:
    """Whether this is the browser that set out, back for the first time."""
    hashed, cookie = _hashes(house, visit)
    if not sessions.is_same(visit.state, state):
        return False
    return staff_challenges.take(db, house.id, hashed, _PURPOSE, cookie, now)


async def who_came(provider: Provider, visit: Visit, code: str, now: datetime) -> Identity:
    """Ask the provider. `ProviderAway`, `ProviderRefused`, `HostileToken`."""
    token = await provider.token(code, visit)
    keys = await provider.keys(named=id_tokens.key_named(token))
    expected = Expected(provider.issuer, provider.client_id, visit.nonce)
    return id_tokens.verify(token, keys, expected, now)


class NotHere(StrEnum):
    """Why somebody whom the provider vouches for does not get in."""

    NOT_INVITED = "not_invited"
    EMAIL_NOT_VERIFIED = "email_not_verified"
    BOUND_TO_ANOTHER = "bound_to_another"
    NO_ROLE = "no_role"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Arrived:
    """The new session. `signed_in`: the provider asked for a second factor already."""

    secret: str
    signed_in: bool


def arrive(
    db: Connection, house: House, identity: Identity, now: datetime, device: str
) -> Arrived | NotHere:
    """Who that is here, and in. Their role follows the council's groups, if it maps them."""
    role = _role(house, identity.claims)
    if role is None and house.council.oidc.roles:
        return _not_here(db, house, None, NotHere.NO_ROLE, now)
    subject = house.keys.blind(house.id, "oidc_subject", "\0".join(identity.subject))
    staff_id = staff_identities.staff_id(db, house.id, subject)
    new = staff_id is None
    if staff_id is None:
        found = _invited(db, house, identity.claims, role, now)
        if isinstance(found, NotHere):
            return _not_here(db, house, None, found, now)
        staff_id = found
        staff_identities.bind(db, house.id, staff_id, subject, now)
        signing_in.note(db, house, staff_id, "identity_bound", now)
    if not staff_accounts.is_active(db, house.id, staff_id):
        return _not_here(db, house, staff_id, NotHere.LEFT, now)
    _follow(db, house, staff_id, role, now)
    if has_second_factor(house, identity.claims):
        secret = signing_in.enter(
            db, house, staff_id, now, way=Way.COUNCIL, device=device, factor="council"
        )
        return Arrived(secret, signed_in=True)
    # Whoever was just invited may set up a second factor here; later only a fresh link lets them,
    # or a stolen password of the council's would be enough to do so.
    stage = Stage.JOINING if new else Stage.HALF
    signing_in.note(db, house, staff_id, "identity_accepted", now)
    secret = sessions.start(
        db, house.keys, house.id, staff_id, now, stage=stage, way=Way.COUNCIL, device=device
    )
    return Arrived(secret, signed_in=False)


def _role(house: House, claims: Mapping[str, Any]) -> Role | None:
    """The first of the council's mapping that the person has."""
    ours = house.council.oidc
    groups = claims.get(ours.groups_claim)
    listed = groups if isinstance(groups, list) else [groups]
    has = {one for one in listed if isinstance(one, str)}
    return next((role for group, role in ours.roles.items() if group in has), None)


def _invited(
    db: Connection, house: House, claims: Mapping[str, Any], role: Role | None, now: datetime
) -> str | NotHere:
    """By the e-mail that the provider vouches for, once; from then on by the subject."""
    ours = house.council.oidc
    email = claims.get(ours.email_claim)
    if not isinstance(email, str) or not 3 <= len(email) <= 254:
        return NotHere.EMAIL_NOT_VERIFIED
    if not ours.trust_email and claims.get("email_verified") is not True:
        return NotHere.EMAIL_NOT_VERIFIED
    staff_id = staff_accounts.by_email(db, house.keys, house.id, email)
    if staff_id is not None:
        bound = staff_identities.is_bound(db, house.id, staff_id)
        return NotHere.BOUND_TO_ANOTHER if bound else staff_id
    if not ours.make_accounts or role is None:
        return NotHere.NOT_INVITED
    if staff_accounts.is_taken(db, house.keys, house.id, email):
        return NotHere.LEFT
    name = claims.get("name")
    named = name if isinstance(name, str) and 0 < len(name.strip()) <= 120 else email
    member = Staff(house.id, str(uuid.uuid4()), role.value, named.strip(), email)
    people.add_staff(db, house.keys, member, now)
    signing_in.note(db, house, member.staff_id, "account_made", now, "council")
    return member.staff_id


def _follow(db: Connection, house: House, staff_id: str, role: Role | None, now: datetime) -> None:
    before = people.staff_member(db, house.id, staff_id).role
    if role is not None and role.value != before:
        staff_accounts.set_role(db, house.id, staff_id, role.value)
        signing_in.note(db, house, staff_id, "role_changed", now, f"{before} {role.value}")


def has_second_factor(house: House, claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that it asked for a second factor, as the council told us."""
    ours = house.council.oidc
    methods = claims.get("amr")
    named = [one for one in methods if isinstance(one, str)] if isinstance(methods, list) else []
    level = claims.get("acr")
    return not set(ours.second_factor_amr).isdisjoint(named) or (
        isinstance(level, str) and level in ours.second_factor_acr
    )


def _not_here(
    db: Connection, house: House, staff_id: str | None, why: NotHere, now: datetime
) -> NotHere:
    signing_in.refused(db, house, staff_id, "identity_refused", now, why.value)
    return why


def refused(db: Connection, house: House, why: str, now: datetime) -> None:
    """Somebody came back with what proves nothing. `why` is one word of ours."""
    audit.add(
        db,
        house.id,
        now,
        actor="sayso",
        act="identity_refused",
        subject="staff:unknown",
        detail=why,
    )
