"""ID tokens of the council's own sign-in (OpenID Connect Core 1.0, 3.1.3.7): who it says somebody
is, if every claim of it holds. Pure: keys, nonce and time are given.

Algorithms are pinned to signatures with a public key, so that neither `none` nor an HMAC made with
that public key is looked at. Keys come from the provider's own address alone: a token that brings
or points to a key is refused.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

ALGORITHMS = ("RS256", "PS256", "ES256")
LONGEST = 64 * 1024
"""Entra ID puts 200 groups of 36 signs into a token; with Base64 that is 10 KiB."""
_LEEWAY = 60
_OLDEST = 600
"""Seconds: a token is fetched and read at once, so an older one is none of ours."""
_SMALLEST_RSA = 342
"""Signs of Base64 in a modulus of 2048 bits."""
_BRINGS_A_KEY = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})


class Why(StrEnum):
    """Why a token is refused. Recorded; the person reads the same page each time."""

    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    ALGORITHM = "algorithm"
    HEADER = "header"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    TOO_OLD = "too_old"
    NONCE = "nonce"
    SUBJECT = "subject"


class HostileToken(Exception):
    """The token proves nothing."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Expected:
    """What this sign-in must say."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `subject` never changes and is never given to somebody else."""

    subject: tuple[str, ...]
    claims: Mapping[str, Any]


def key_set(document: Any) -> KeySet:
    """The public keys of a provider's JWKS document that may sign; others are left out."""
    found: list[Any] = []
    entries = document.get("keys") if isinstance(document, dict) else None
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("kid", ""), str):
            continue
        if entry.get("use", "sig") != "sig" or "d" in entry:
            continue
        try:
            match entry.get("kty"):
                case "RSA":
                    if len(str(entry.get("n", ""))) >= _SMALLEST_RSA:
                        found.append(RSAKey.import_key(entry))
                case "EC":
                    found.append(ECKey.import_key(entry))
                case _:
                    continue
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # a key of a kind to come: the tokens it signs are refused
    return KeySet(found)


def key_named(token: str) -> str | None:
    """The key that the token says it is signed with; none if it says none or is no token."""
    try:
        kid = jws.extract_compact(token.encode("ascii")).headers().get("kid")
    except (JoseError, ValueError, TypeError, AttributeError):
        return None
    return kid if isinstance(kid, str) else None


def verify(token: str, keys: KeySet, expected: Expected, now: datetime) -> Identity:
    """Who it is. `HostileToken`."""
    if len(token) > LONGEST:
        raise HostileToken(Why.TOO_LONG)
    claims = _signed(token, keys)
    _about_us(claims, expected)
    _in_time(claims, now.timestamp())
    return Identity(_subject(claims, expected.issuer), claims)


def _signed(token: str, keys: KeySet) -> dict[str, Any]:
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise HostileToken(Why.MALFORMED) from error
    if header.get("alg") not in ALGORITHMS:
        raise HostileToken(Why.ALGORITHM)
    if not _BRINGS_A_KEY.isdisjoint(header):
        raise HostileToken(Why.HEADER)
    key = _key(keys, header)
    try:
        registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        return jwt.decode(token, key, registry=registry).claims
    except BadSignatureError as error:
        raise HostileToken(Why.SIGNATURE) from error
    except JoseError as error:
        raise HostileToken(Why.MALFORMED) from error
    except (ValueError, TypeError, RecursionError) as error:  # a key of another kind; odd JSON
        raise HostileToken(Why.MALFORMED) from error


def _key(keys: KeySet, header: Mapping[str, Any]) -> Key:
    """The key that the header names. It need not, where the provider has only one (Core 10.1)."""
    if "kid" not in header and len(keys.keys) == 1:
        return keys.keys[0]
    found = [key for key in keys.keys if key.kid == header.get("kid")]
    if len(found) != 1:
        raise HostileToken(Why.KEY_UNKNOWN)
    return found[0]


def _about_us(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise HostileToken(Why.ISSUER)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise HostileToken(Why.AUDIENCE)
    if len(audiences) > 1 and "azp" not in claims:
        raise HostileToken(Why.AUDIENCE)
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise HostileToken(Why.AUDIENCE)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode("utf-8", "replace"), expected.nonce.encode()
    ):
        raise HostileToken(Why.NONCE)


def _in_time(claims: Mapping[str, Any], now: float) -> None:
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if now >= expires + _LEEWAY:
        raise HostileToken(Why.EXPIRED)
    if issued > now + _LEEWAY:
        raise HostileToken(Why.NOT_YET)
    if issued < now - _OLDEST:
        raise HostileToken(Why.TOO_OLD)
    if "nbf" in claims and _moment(claims, "nbf") > now + _LEEWAY:
        raise HostileToken(Why.NOT_YET)


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise HostileToken(Why.MALFORMED)
    return float(value)


def _subject(claims: Mapping[str, Any], issuer: str) -> tuple[str, ...]:
    """`(tid, oid)` where the token has them: Entra ID's `sub` is another for each application, so
    it would not be known again after the registration was made anew. Else `(iss, sub)`."""
    if "tid" in claims or "oid" in claims:
        pair = (claims.get("tid"), claims.get("oid"))
        kind = "entra"
    else:
        pair = (issuer, claims.get("sub"))
        kind = "sub"
    texts = [one for one in pair if isinstance(one, str) and 0 < len(one) <= 255]
    if len(texts) != len(pair):
        raise HostileToken(Why.SUBJECT)
    return (kind, *texts)
