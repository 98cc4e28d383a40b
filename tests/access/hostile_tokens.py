"""ID tokens that prove nothing: ways to forge one, and values to forge it with."""

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Claims = dict[str, Any]
Hostile = tuple[str, str]


def good_claims(issuer: str, client_id: str, nonce: str, now: datetime) -> Claims:
    at = int(now.timestamp())
    return {
        "iss": issuer,
        "aud": client_id,
        "sub": "amina",
        "nonce": nonce,
        "iat": at,
        "exp": at + 300,
        "email": "amina.yusuf@northborough.example",
        "email_verified": True,
        "amr": ["pwd", "mfa"],
    }


def signed(claims: Claims, key: RSAKey | ECKey, **header: Any) -> str:
    algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
    head = {"alg": algorithm, "kid": key.kid, **header}
    return jwt.encode({k: v for k, v in head.items() if v is not None}, claims, key)


def _part(value: object) -> str:
    plain = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _raw(header: object, claims: object, signature: str = "") -> str:
    return f"{_part(header)}.{_part(claims)}.{signature}"


def hostile(claims: Claims, rsa: RSAKey, elliptic: ECKey) -> Iterator[Hostile]:
    """More than two hundred, each with its name. `claims` are good, and so are the keys."""
    yield from _other_claims(claims, rsa)
    yield from _other_algorithms(claims, rsa)
    yield from _other_keys(claims, rsa, elliptic)
    yield from _tampered(claims, signed(claims, rsa), "rsa")
    yield from _tampered(claims, signed(claims, elliptic), "ec")
    yield from _shapeless(claims, rsa)


def _other_claims(claims: Claims, rsa: RSAKey) -> Iterator[Hostile]:
    at, issuer, client = claims["iat"], claims["iss"], claims["aud"]
    wrong: dict[str, list[Any]] = {
        "iss": [
            None, "", issuer + "/", issuer.upper(), "https://evil.example",
            issuer + ".evil.example", [issuer], {"iss": issuer}, 1, True, issuer + "\0",
            " " + issuer,
        ],
        "aud": [
            None, "", "another", [], ["another"], [client, "another"], client + " ", client.upper(),
            {client: True}, 7, [[client]], client[:-1],
        ],
        "azp": ["another", "", None, 5, [client], client + "x"],
        "nonce": [
            None, "", "0" * 64, claims["nonce"].upper(), claims["nonce"][:-1], [claims["nonce"]],
            claims["nonce"] + "0", 0, True, {"n": 1}, "é" * 64,
        ],
        "exp": [
            None, 0, -1, at - 61, at - 3600, at - 86_400 * 365, "soon", str(at + 300), True, 1e300,
            [at + 300], {}, -at,
        ],
        "iat": [
            None, 0, at - 601, at - 86_400, at + 3600, at + 86_400, "now", True, -1, [at], 1e300,
        ],
        "nbf": [at + 3600, at + 86_400, "later", True, None, [at], 0, -5, 1e300],
        "sub": [None, "", 5, ["amina"], "x" * 256, True, {}, 1.5],
        "tid": ["", None, 5, "tenant without an oid", "x" * 256],
        "oid": ["", None, 5, "oid without a tenant"],
    }  # fmt: skip
    for name, values in wrong.items():
        for number, value in enumerate(values):
            changed = {**claims, name: value}
            if value is None and name not in ("azp", "nbf", "tid", "oid"):
                changed.pop(name)
                yield f"{name} missing", signed(changed, rsa)
                changed = {**claims, name: None}
            yield f"{name} {number}", signed(changed, rsa)


def _other_algorithms(claims: Claims, rsa: RSAKey) -> Iterator[Hostile]:
    for name in ("none", "None", "NONE", "nOnE", "", "RS1", "RSA", "rs256", None, 5, ["RS256"]):
        for signature in ("", _part(b"x" * 256), signed(claims, rsa).rpartition(".")[2]):
            yield f"alg {name}", _raw({"alg": name, "kid": "rsa"}, claims, signature)
    pem = rsa.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = rsa.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    jwk = json.dumps(rsa.as_dict(private=False)).encode()
    for algorithm in ("HS256", "HS384", "HS512"):
        for secret in (pem, pem.strip(), der, jwk, b"secret" * 6, b"sayso" * 8):
            yield f"{algorithm} confusion", _hmac(algorithm, claims, secret)
    for algorithm in ("RS384", "RS512", "PS384", "PS512"):
        yield algorithm, jwt.encode({"alg": algorithm, "kid": "rsa"}, claims, rsa, [algorithm])


def _hmac(algorithm: str, claims: Claims, secret: bytes) -> str:
    """Signed with what everybody knows, as if it were a shared secret."""
    signing = f"{_part({'alg': algorithm, 'kid': 'rsa'})}.{_part(claims)}"
    digest = hmac.new(secret, signing.encode(), f"sha{algorithm[2:]}").digest()
    return f"{signing}.{_part(digest)}"


def _other_keys(claims: Claims, rsa: RSAKey, elliptic: ECKey) -> Iterator[Hostile]:
    other = RSAKey.generate_key(2048, {"kid": "rsa"})
    theirs = other.as_dict(private=False)
    yield "another key of the same name", signed(claims, other)
    yield "another curve's key", signed(claims, ECKey.generate_key("P-256", {"kid": "ec"}))
    for kid in (None, "", "unknown", "ec", "../rsa", "rsa\0", "RSA", 5, ["rsa"]):
        header = {"alg": "RS256"} if kid is None else {"alg": "RS256", "kid": kid}
        yield f"kid {kid}", _resigned(header, claims, rsa)
    yield "kid of the other kind", _resigned({"alg": "RS256", "kid": "ec"}, claims, rsa)
    yield (
        "ES256 with an RSA key",
        _raw({"alg": "ES256", "kid": "rsa"}, claims, signed(claims, elliptic).rpartition(".")[2]),
    )
    for name, value in {
        "jwk": theirs, "jku": "https://evil.example/jwks", "x5u": "https://evil.example/x",
        "x5c": ["MII"], "crit": ["exp"], "zip": "DEF", "b64": False,
    }.items():  # fmt: skip
        yield (
            f"header {name}",
            _resigned({"alg": "RS256", "kid": "rsa", name: value}, claims, other),
        )
        yield (
            f"header {name}, right key",
            _resigned({"alg": "RS256", "kid": "rsa", name: value}, claims, rsa),
        )


def _resigned(header: dict[str, Any], claims: Claims, key: RSAKey) -> str:
    """Signed for real over any header, which joserfc itself would not put its name to."""
    signing = f"{_part(header)}.{_part(claims)}"
    signature = key.private_key.sign(signing.encode(), PKCS1v15(), SHA256())  # type: ignore[union-attr]
    return f"{signing}.{_part(signature)}"


def _tampered(claims: Claims, token: str, kind: str) -> Iterator[Hostile]:
    head, body, signature = token.split(".")
    for name, value in {"sub": "ruth", "email": "ruth@northborough.example", "exp": 9e9}.items():
        yield f"{kind} another {name}", f"{head}.{_part({**claims, name: value})}.{signature}"
    sign = bytearray(base64.urlsafe_b64decode(signature + "=="))
    for place in range(0, len(sign), max(1, len(sign) // 16)):
        flipped = bytearray(sign)
        flipped[place] ^= 1
        yield f"{kind} bit {place}", f"{head}.{body}.{_part(bytes(flipped))}"
    yield f"{kind} no signature", f"{head}.{body}."
    yield f"{kind} half a signature", f"{head}.{body}.{signature[: len(signature) // 2]}"
    yield f"{kind} zeros", f"{head}.{body}.{_part(bytes(len(sign)))}"


def _shapeless(claims: Claims, rsa: RSAKey) -> Iterator[Hostile]:
    token = signed(claims, rsa)
    for number, text in enumerate(
        (
            "", ".", "..", "...", "a.b.c", token[:-1], token[1:], token + ".", token + ".x",
            token.replace(".", ""), token.replace(".", " "), "é" + token, "\0", "x" * 100,
            token * 2, _raw([], claims), _raw("RS256", claims), _raw(None, claims),
            _resigned({"alg": "RS256", "kid": "rsa"}, [], rsa),  # type: ignore[arg-type]
            _resigned({"alg": "RS256", "kid": "rsa"}, "sub", rsa),  # type: ignore[arg-type]
            _resigned({"alg": "RS256", "kid": "rsa"}, None, rsa),  # type: ignore[arg-type]
            "[" * 60_000, _part(b"[" * 20_000) + ".e30.x",
        )
    ):  # fmt: skip
        yield f"shape {number}", text
    yield "huge", signed({**claims, "padding": "x" * 90_000}, rsa)
    yield "very huge", "x" * 400_000
