"""Scoped tokens, signed links and proofs: what each opens, until when, and nothing more."""

from __future__ import annotations

import itertools
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared_protocol.tokens import (
    EVERYTHING,
    NOTHING,
    READING,
    Scope,
    client_proof,
    is_signed,
    new_token,
    same,
    scoped_token,
    scopes_of,
    sign_link,
    worker_proof,
)

TOKEN = new_token()
NOW = 1_800_000_000


def query_of(link: str) -> dict[str, str]:
    """The parameters of a link."""
    return dict(parse_qsl(urlsplit(link).query))


def test_the_token_itself_opens_everything() -> None:
    """It has no end; any other text opens nothing."""
    assert scopes_of(TOKEN, TOKEN, NOW) == EVERYTHING
    for wrong in ("", TOKEN[:-1], TOKEN + "x", "é", "\udc80", "s1", "s1...", "s1.r.9."):
        assert scopes_of(wrong, TOKEN, NOW) == NOTHING


@pytest.mark.parametrize(
    "scopes",
    [set(pair) for n in (1, 2, 3) for pair in itertools.combinations(Scope, n)],
)
def test_a_scoped_token_reaches_as_far_as_it_says(scopes: set[Scope]) -> None:
    """Until its end, on this worker, unless one character is changed."""
    given = scoped_token(TOKEN, scopes, NOW + 60)

    assert scopes_of(given, TOKEN, NOW) == scopes
    assert scopes_of(given, TOKEN, NOW + 60) == NOTHING
    assert scopes_of(given, new_token(), NOW) == NOTHING
    assert TOKEN not in given


def test_a_scoped_token_cannot_be_changed() -> None:
    """Neither its reach nor its end."""
    given = scoped_token(TOKEN, READING, NOW + 60)
    form, letters, expires, mac = given.split(".")

    assert letters == "dr"
    for forged in (
        f"{form}.drs.{expires}.{mac}",
        f"{form}.{letters}.{NOW + 9999}.{mac}",
        f"{form}.{letters}.{expires}.{mac[:-1]}",
        f"s2.{letters}.{expires}.{mac}",
        f"{form}.{letters}.٣.{mac}",
    ):
        assert scopes_of(forged, TOKEN, NOW) == NOTHING


def test_a_link_opens_one_path_for_a_while() -> None:
    """Not another path, not later, not with another end, not elsewhere."""
    link = sign_link(TOKEN, "/download/some-job-id", NOW + 60)
    query = query_of(link)
    path = urlsplit(link).path

    assert is_signed(TOKEN, path, query, NOW)
    assert not is_signed(TOKEN, path, query, NOW + 60)
    assert not is_signed(TOKEN, "/download/other-job-id", query, NOW)
    assert not is_signed(TOKEN, path, query | {"expires": str(NOW + 999)}, NOW)
    assert not is_signed(TOKEN, path, query | {"signature": "é"}, NOW)
    assert not is_signed(TOKEN, path, {}, NOW)
    assert not is_signed(new_token(), path, query, NOW)


def test_a_link_is_no_token_and_a_proof_is_neither() -> None:
    """A MAC made for one purpose is worth nothing for another."""
    link_mac = query_of(sign_link(TOKEN, "/x", NOW + 60))["signature"]
    nonce = "n" * 22
    proofs = {client_proof(TOKEN, nonce, ()), worker_proof(TOKEN, nonce, "w", "b", NOW)}

    assert len({link_mac, *proofs}) == 3
    for mac in (link_mac, *proofs):
        assert scopes_of(mac, TOKEN, NOW) == NOTHING
        assert scopes_of(f"s1.drs.{NOW + 60}.{mac}", TOKEN, NOW) == NOTHING


def test_a_proof_is_over_everything_that_is_told() -> None:
    """Another nonce, run, clock or origin is another proof."""
    whole = ("n" * 22, "worker", "boot", NOW)
    proofs = {worker_proof(TOKEN, *whole)}
    for at, other in enumerate(("m" * 22, "worker2", "boot2", NOW + 1)):
        changed = [*whole]
        changed[at] = other
        proofs.add(worker_proof(TOKEN, *changed))  # type: ignore[arg-type]
    ours = {client_proof(TOKEN, "n" * 22, origins) for origins in ((), ("http://a",))}

    assert len(proofs | ours) == 7


def test_tokens_are_compared_whatever_they_hold() -> None:
    """Only the same text is the same, and no text can raise."""
    assert len(TOKEN) == 43
    assert same(TOKEN, TOKEN)
    for other in ("", TOKEN[:-1], TOKEN + "x", "é", "\udc80", "\ud800", "\0"):
        assert not same(other, TOKEN)
        assert not same(TOKEN, other)
