"""From halfway to signed in: choosing a password, setting up a second factor, giving it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.access import one_time_codes, sessions
from bot.access.sessions import Stage, Way
from bot.service import codes, passkeys, signing_in
from bot.service.house import House
from bot.service.passkeys import NotThisPasskey, Purpose
from storage import people, staff_accounts, staff_identities, staff_passkeys
from storage.staff_accounts import Generator

RECOVERY_CODES = 10


class Step(StrEnum):
    """What is asked of somebody halfway."""

    PASSWORD = "password"  # noqa: S105 - choose one
    SET_UP = "set_up"  # set up a second factor
    GIVE = "give"  # give the second factor
    ASK = "ask"  # nothing is set up: whoever looks after Sayso makes a link


@dataclass(frozen=True, slots=True)
class Halfway:
    """Somebody on the way to be signed in."""

    secret: str
    staff_id: str
    name: str
    account: str
    way: Way
    form_token: str
    step: Step
    has_app: bool
    has_passkey: bool


def halfway(db: Connection, house: House, secret: str | None, now: datetime) -> Halfway | None:
    """Whose cookie this is, and what comes next; none if it is not halfway, or good no more."""
    session = sessions.find_halfway(db, house.keys, house.id, secret, now) if secret else None
    if session is None or secret is None:
        return None
    staff_id = session.staff_id
    member = people.staff_member(db, house.id, staff_id)
    has_app = staff_accounts.generator(db, house.id, staff_id) is not None
    has_passkey = bool(staff_passkeys.of_staff(db, house.id, staff_id))
    knows = staff_accounts.password(db, house.id, staff_id) is not None
    bound = staff_identities.is_bound(db, house.id, staff_id)
    joining = session.stage is Stage.JOINING
    if joining and not knows and not bound:
        step = Step.PASSWORD
    elif has_app or has_passkey:
        step = Step.GIVE
    else:
        step = Step.SET_UP if joining else Step.ASK
    return Halfway(
        secret,
        staff_id,
        member.name,
        member.email or member.name,
        session.way,
        sessions.form_token(house.keys, house.id, secret),
        step,
        has_app,
        has_passkey,
    )


def choose_password(
    db: Connection, house: House, secret: str, hashed: str, now: datetime
) -> str | None:
    """Keep a first password. The secret of the session that goes on, or none if this one may
    not: `hashed` was made before the transaction."""
    half = halfway(db, house, secret, now)
    if half is None or half.step is not Step.PASSWORD:
        return None
    staff_accounts.set_password(db, house.id, half.staff_id, hashed, now)
    signing_in.note(db, house, half.staff_id, "password_set", now)
    return _renewed(db, house, half, now)


def _renewed(db: Connection, house: House, half: Halfway, now: datetime) -> str:
    """The same session under a new id."""
    session = sessions.find_halfway(db, house.keys, house.id, half.secret, now)
    stage = session.stage if session is not None else Stage.HALF
    device = sessions.device(db, house.keys, house.id, half.secret)
    sessions.end(db, house.keys, house.id, half.secret, now)
    return sessions.start(
        db, house.keys, house.id, half.staff_id, now, stage=stage, way=half.way, device=device
    )


# An authenticator app


def offered_seed(house: House, secret: str) -> str:
    """The seed that is offered to this session. It follows from the session's secret, so nothing
    is kept until a code proves that the app has it."""
    return one_time_codes.seed_of(house.keys.blind(house.id, "staff_seed", secret))


def picture(house: House, secret: str, account: str) -> bytes:
    """What the app's camera reads, as SVG."""
    address = one_time_codes.address(offered_seed(house, secret), account, _issuer(house))
    return one_time_codes.picture(address)


def _issuer(house: House) -> str:
    return f"Sayso {house.council.name}".replace(":", " ")


def keep_app(
    db: Connection, house: House, secret: str, staff_id: str, code: str, now: datetime
) -> bool:
    """Keep the offered seed if the app's code proves that it is there; the code is used up."""
    seed = offered_seed(house, secret)
    step = one_time_codes.step_of(seed, code, 0, now)
    if step is None:
        return False
    staff_accounts.set_generator(db, house.id, staff_id, Generator(seed, step), now)
    signing_in.note(db, house, staff_id, "app_set_up", now)
    return True


def new_recovery_codes(
    db: Connection, house: House, staff_id: str, now: datetime
) -> tuple[str, ...]:
    """Ten new ones instead of all there were. Shown once: only hashes are kept."""
    made = tuple(codes.new_code() for _ in range(RECOVERY_CODES))
    hashes = [_recovery_hash(house, staff_id, codes.typed(code) or "") for code in made]
    staff_accounts.set_recovery_codes(db, house.id, staff_id, hashes, now)
    signing_in.note(db, house, staff_id, "recovery_codes_made", now)
    return made


def _recovery_hash(house: House, staff_id: str, symbols: str) -> bytes:
    return house.keys.blind(house.id, "staff_recovery", f"{staff_id}:{symbols}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The new session's secret, and recovery codes to show once."""

    secret: str
    codes: Sequence[str] = ()


def set_up_app(
    db: Connection, house: House, secret: str, code: str, now: datetime, device: str
) -> SignedIn | None:
    """Set up the app, and go in. None if the code is wrong or this session may not."""
    half = halfway(db, house, secret, now)
    if half is None or half.step is not Step.SET_UP:
        return None
    if not keep_app(db, house, secret, half.staff_id, code, now):
        return None
    return _in(db, house, half, now, device, "app", new=True)


def set_up_passkey(
    db: Connection, house: House, secret: str, text: str, now: datetime, device: str
) -> SignedIn | None:
    """Set up a passkey, and go in. None if the answer is not good or this session may not."""
    half = halfway(db, house, secret, now)
    if half is None or half.step is not Step.SET_UP:
        return None
    bound_to = sessions.hash_of(house.keys, house.id, secret)
    try:
        passkeys.keep(db, house, half.staff_id, text, bound_to, now)
    except NotThisPasskey:
        return None
    return _in(db, house, half, now, device, "passkey", new=True)


def give_code(
    db: Connection, house: House, secret: str, typed: str, now: datetime, device: str
) -> SignedIn | None:
    """A code of the app, or a recovery code: either is used up. None if it is not good."""
    half = halfway(db, house, secret, now)
    if half is None or half.step is not Step.GIVE:
        return None
    factor = _taken(db, house, half.staff_id, typed, now)
    if factor is None:
        signing_in.refused(db, house, half.staff_id, "second_factor_refused", now)
        return None
    return _in(db, house, half, now, device, factor, new=False)


def _taken(db: Connection, house: House, staff_id: str, typed: str, now: datetime) -> str | None:
    """What the code was; none if it was none of theirs."""
    symbols = codes.typed(typed)
    if symbols is not None:
        hashed = _recovery_hash(house, staff_id, symbols)
        taken = staff_accounts.take_recovery_code(db, house.id, staff_id, hashed)
        return "recovery_code" if taken else None
    kept = staff_accounts.generator(db, house.id, staff_id)
    if kept is None:
        return None
    step = one_time_codes.step_of(kept.seed, typed, kept.last_step, now)
    if step is None or not staff_accounts.use_step(db, house.id, staff_id, step):
        return None
    return "app"


def give_passkey(
    db: Connection, house: House, secret: str, text: str, now: datetime, device: str
) -> SignedIn | None:
    """One of this person's passkeys. None if it is not good."""
    half = halfway(db, house, secret, now)
    if half is None or half.step is not Step.GIVE:
        return None
    bound_to = sessions.hash_of(house.keys, house.id, secret)
    try:
        owner = passkeys.use(db, house, text, Purpose.HALF, bound_to, now)
    except NotThisPasskey:
        owner = None
    if owner != half.staff_id:
        signing_in.refused(db, house, half.staff_id, "second_factor_refused", now, "passkey")
        return None
    return _in(db, house, half, now, device, "passkey", new=False)


def _in(
    db: Connection,
    house: House,
    half: Halfway,
    now: datetime,
    device: str,
    factor: str,
    *,
    new: bool,
) -> SignedIn:
    made = new_recovery_codes(db, house, half.staff_id, now) if new else ()
    secret = signing_in.enter(
        db,
        house,
        half.staff_id,
        now,
        way=half.way,
        device=device,
        instead_of=half.secret,
        factor=factor,
    )
    return SignedIn(secret, made)


def give_up(db: Connection, house: House, secret: str, now: datetime) -> None:
    """Not now: the session that was halfway ends."""
    sessions.end(db, house.keys, house.id, secret, now)
