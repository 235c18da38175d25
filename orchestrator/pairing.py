"""Whether the worker at an address has proven that it knows the token, and as which run.

The token is never sent. Each side shows a MAC over a fresh nonce; after that the worker
gets a token that is derived from it, reaches as far as needed, and ends by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from orchestrator.errors import Unreachable
from shared_protocol.kit.redaction import keep_secret
from shared_protocol.tokens import (
    EVERYTHING,
    LINK_S,
    READ_TOKEN_S,
    READING,
    client_proof,
    new_nonce,
    same,
    scoped_token,
    sign_link,
    worker_proof,
)
from shared_protocol.workers import PairReply, PairRequest

#: Troubles of the way, after which it is the same worker as before.
_SAME_SPEAKER = frozenset({"held_too_long", "rate_limit", "monthly_quota", "closed"})
#: A sent token is good for so long, and replaced when less than the second is left.
VALID_S, RENEW_S = 3600, 600


class Pairing:
    """The proof between this orchestrator and one worker."""

    def __init__(
        self,
        token: str | None,
        origins: tuple[str, ...],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        keep_secret(token)
        self._token = token
        self._clock = clock
        self._origins = origins
        self._proven_boot: str | None = None
        self._sent: tuple[str, float] = ("", 0.0)
        #: How far the worker's clock is ahead of ours.
        self._ahead_s = 0.0

    def is_wanted(self, boot_id: str | None = None) -> bool:
        """Whether nobody (or, if given, not that run) has proven itself yet."""
        if self._token is None:
            return False
        return self._proven_boot is None or boot_id not in (None, self._proven_boot)

    def begin(self) -> PairRequest:
        """Our proof, and the nonce for theirs."""
        assert self._token is not None, "nothing to prove"  # noqa: S101
        nonce = new_nonce()
        return PairRequest(
            nonce=nonce,
            origins=self._origins,
            proof=client_proof(self._token, nonce, self._origins),
        )

    def end(self, request: PairRequest, reply: PairReply, boot_id: str) -> None:
        """Their proof; Unreachable when it is wrong."""
        assert self._token is not None, "nothing to prove"  # noqa: S101
        expected = worker_proof(
            self._token, request.nonce, reply.worker_id, reply.boot_id, reply.now
        )
        if not same(reply.proof, expected) or reply.boot_id != boot_id:
            self._proven_boot = None
            raise _not_proven()
        self._proven_boot = boot_id
        self._ahead_s = reply.now - self._clock()

    def doubt(self, trouble: Unreachable) -> None:
        """Who answers next at the address may be somebody else."""
        if trouble.reason not in _SAME_SPEAKER:
            self._proven_boot = None

    def check(self, boot_id: str) -> None:
        """Raises Unreachable unless that run has proven itself."""
        if self._token is not None and boot_id != self._proven_boot:
            raise _not_proven()

    def token(self) -> str | None:
        """What goes into ``Authorization``."""
        if self._token is None:
            return None
        text, ends_at = self._sent
        now = self._worker_time()
        if not now < ends_at - RENEW_S < now + VALID_S:
            ends_at = now + VALID_S
            text = scoped_token(self._token, EVERYTHING, int(ends_at))
            self._sent = (text, ends_at)
        return text

    def page_token(self) -> str | None:
        """What a page gets: it can read for a while, and no more."""
        if self._token is None:
            return None
        return scoped_token(
            self._token, READING, int(self._worker_time()) + READ_TOKEN_S
        )

    def link(self, path: str) -> tuple[str, float] | None:
        """``path`` signed to be read for a while, and when that ends by our clock."""
        if self._token is None:
            return None
        signed = sign_link(self._token, path, int(self._worker_time()) + LINK_S)
        return signed, self._clock() + LINK_S

    def _worker_time(self) -> float:
        return self._clock() + self._ahead_s


def _not_proven() -> Unreachable:
    return Unreachable(
        "Something answers like a worker but cannot prove that it has your token, so it "
        "is not yours; run the notebook again and paste the new line.",
        "not_proven",
    )
