"""A worker's token and what is derived from it: scoped tokens, signed links, proofs.

The token itself is made by the worker, shown once, and never has to cross the network:
both sides derive from it what they send. All comparisons take constant time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from urllib.parse import urlencode


class Scope(StrEnum):
    """What a token lets its holder do."""

    SUBMIT = "submit"
    READ = "read"
    DOWNLOAD = "download"


EVERYTHING = frozenset(Scope)
NOTHING: frozenset[Scope] = frozenset()
READING = frozenset({Scope.READ, Scope.DOWNLOAD})
#: Seconds that a page's token is good for.
READ_TOKEN_S = 12 * 3600
#: Seconds that a signed link is good for.
LINK_S = 12 * 3600
#: A shorter token could be guessed, and no connect line would carry it.
SHORTEST_TOKEN = 8
_FORM = "s1"
_LETTERS = {scope.value[0]: scope for scope in Scope}
EXPIRES, SIGNATURE = "expires", "signature"


def new_token() -> str:
    """32 random bytes as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def new_nonce() -> str:
    """16 random bytes, to be proven over."""
    return secrets.token_urlsafe(16)


def scoped_token(token: str, scopes: Collection[Scope], expires_at: int) -> str:
    """A token that reaches as far as ``scopes`` until ``expires_at`` (Unix seconds)."""
    letters = "".join(sorted(scope.value[0] for scope in scopes))
    return f"{_FORM}.{letters}.{expires_at}.{_mac(token, 'scope', letters, expires_at)}"


def scopes_of(given: str, token: str, now: float) -> frozenset[Scope]:
    """What ``given`` allows on the worker that has ``token``; nothing if it is wrong."""
    if same(given, token):
        return EVERYTHING
    form, _, rest = given.partition(".")
    letters, _, rest = rest.partition(".")
    expires, _, mac = rest.partition(".")
    right = same(mac, _mac(token, "scope", letters, expires))
    if form != _FORM or not right or _is_over(expires, now):
        return NOTHING
    return frozenset(_LETTERS[letter] for letter in letters if letter in _LETTERS)


def sign_link(token: str, path: str, expires_at: int) -> str:
    """``path`` with a query that lets anybody GET it until ``expires_at``."""
    mac = _mac(token, "link", "GET", path, expires_at)
    return f"{path}?{urlencode({EXPIRES: expires_at, SIGNATURE: mac})}"


def is_signed(token: str, path: str, query: Mapping[str, str], now: float) -> bool:
    """Whether ``query`` holds the signature of a GET of ``path`` that is not over."""
    expires = query.get(EXPIRES, "")
    right = same(query.get(SIGNATURE, ""), _mac(token, "link", "GET", path, expires))
    return right and not _is_over(expires, now)


def client_proof(token: str, nonce: str, origins: Iterable[str]) -> str:
    """What an orchestrator shows to a worker, without telling the token."""
    return _mac(token, "client", nonce, *origins)


def worker_proof(token: str, nonce: str, worker_id: str, boot_id: str, now: int) -> str:
    """What a worker shows in return: it has the token, now, and is that run of it."""
    return _mac(token, "worker", nonce, worker_id, boot_id, now)


def same(given: str, expected: str) -> bool:
    """Constant-time comparison on bytes, so that no text can raise."""
    return hmac.compare_digest(_bytes(given), _bytes(expected))


def _mac(token: str, purpose: str, *parts: object) -> str:
    """A MAC over parts, none of which may hold a line break."""
    message = "\n".join(("moonreel/v1", purpose, *map(str, parts)))
    mac = hmac.new(_bytes(token), _bytes(message), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _is_over(expires: str, now: float) -> bool:
    return not expires.isascii() or not expires.isdecimal() or int(expires) <= now


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
