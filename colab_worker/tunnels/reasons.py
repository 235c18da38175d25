"""Why there is no tunnel: the vendors' codes as sentences that say what to do."""

from __future__ import annotations

import re

from colab_worker.tunnels.options import NGROK_TOKEN_PAGE


class TunnelGone(Exception):
    """There is no tunnel (any more); ``final`` when trying again cannot help."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


_BAD_TOKEN = (
    f"ngrok does not accept the authtoken; copy it again from {NGROK_TOKEN_PAGE}"
)

#: Code of ngrok: the sentence, and whether it is final.
_NGROK: dict[str, tuple[str, bool]] = {
    "105": (_BAD_TOKEN, True),
    "106": (_BAD_TOKEN, True),
    "107": (_BAD_TOKEN, True),
    "4018": (f"ngrok needs an authtoken; copy yours from {NGROK_TOKEN_PAGE}", True),
    "108": (
        "ngrok's limit of agents at the same time is reached; stop the other notebook or "
        "worker, or end its session at https://dashboard.ngrok.com/agents",
        False,
    ),
    "334": (
        "the ngrok address is in use by another agent; stop the other notebook or worker",
        False,
    ),
    "320": (
        "the ngrok domain belongs to another account; name your own, which "
        "https://dashboard.ngrok.com/domains shows",
        True,
    ),
    "727": (
        "ngrok's requests of this month are used up; use --tunnel cloudflared, or wait "
        "for the next month",
        False,
    ),
    "4027": (
        "ngrok's traffic of this month is used up; use --tunnel cloudflared, or wait for "
        "the next month",
        False,
    ),
}


def ngrok_gone(said: str) -> TunnelGone:
    """What ngrok said, as a sentence with its code."""
    code = re.search(r"ERR_NGROK_(\d+)", said)
    if code is None:
        return TunnelGone(f"ngrok did not open a tunnel: {_short(said)}")
    sentence, final = _NGROK.get(
        code[1], (f"ngrok did not open a tunnel: {_short(said)}", False)
    )
    shown = "" if code[0] in sentence else f" ({code[0]})"
    return TunnelGone(sentence + shown, final=final)


def _short(said: str) -> str:
    return " ".join(said.split())[:300]
