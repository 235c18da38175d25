"""Tokens of a worker: compared in constant time; a page gets the derived read-only one."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """32 random bytes as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def read_token(token: str) -> str:
    """The token for reading only (status, downloads), derived from the full one."""
    mac = hmac.new(token.encode(), b"moonreel/read/v1", hashlib.sha256)
    return "r1." + mac.hexdigest()


def same(given: str, expected: str) -> bool:
    """Constant-time comparison on bytes, so that no text can raise."""
    return hmac.compare_digest(_bytes(given), _bytes(expected))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
