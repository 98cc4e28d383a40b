"""HMAC-SHA-256 (RFC 2104) with keys that are used over and over."""

import hmac
from functools import lru_cache


def mac(key: bytes, message: bytes) -> bytes:
    """32 bytes. A key's own half of the work is done once and copied, which takes half the time of
    `hmac.digest`: a message needs several, and checking the audit one for each entry."""
    begun = _begun(key).copy()
    begun.update(message)
    return begun.digest()


@lru_cache(maxsize=64)
def _begun(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")
