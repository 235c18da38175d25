"""What can be set about tunnels: flags, the authtoken, and what does not fit together."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from colab_worker.tunnels.wire import KINDS, Kind

NGROK_VARIABLE = "NGROK_AUTHTOKEN"
NGROK_TOKEN_PAGE = "https://dashboard.ngrok.com/get-started/your-authtoken"  # noqa: S105

#: Options that only the tunnel beside them has a use for.
_ONLY_FOR: dict[str, Kind] = {
    "ngrok_domain": "ngrok",
    "ngrok_token_file": "ngrok",
    "ngrok_agent": "ngrok",
    "cloudflared": "cloudflared",
}


@dataclass(frozen=True)
class TunnelSettings:
    """The public addresses that a worker opens; usually none."""

    kinds: tuple[Kind, ...] = ()
    ngrok_domain: str | None = None
    ngrok_token: str | None = field(default=None, repr=False)
    #: Agents by tunnel; else those on this machine, else they are downloaded.
    agents: Mapping[Kind, Path] = field(default_factory=dict)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The flags."""
    add = parser.add_argument
    add("--tunnel", action="append", choices=[*KINDS, "none"], default=[],
        help="a public address for this worker; can be repeated")  # fmt: skip
    add("--ngrok-domain", metavar="NAME", help="your fixed ngrok domain")
    add("--ngrok-token-file", type=Path, metavar="FILE",
        help=f"your ngrok authtoken in a file, else ${NGROK_VARIABLE}")  # fmt: skip
    add("--ngrok-agent", type=Path, metavar="PATH", help="else it is downloaded")
    add("--cloudflared", type=Path, metavar="PATH", help="else it is downloaded")


def read_options(
    options: argparse.Namespace, environ: Mapping[str, str]
) -> TunnelSettings:
    """The settings; ValueError or OSError when the options do not fit together."""
    if "none" in options.tunnel and len(options.tunnel) > 1:
        raise ValueError("--tunnel none excludes the other tunnels")
    for name, kind in _ONLY_FOR.items():
        if kind not in options.tunnel and getattr(options, name) is not None:
            flag = name.replace("_", "-")
            raise ValueError(f"--{flag} is for --tunnel {kind}, which is not asked for")
    agents: dict[Kind, Path | None] = {
        "ngrok": options.ngrok_agent,
        "cloudflared": options.cloudflared,
    }
    return TunnelSettings(
        kinds=tuple(kind for kind in KINDS if kind in options.tunnel),
        ngrok_domain=options.ngrok_domain,
        ngrok_token=_ngrok_token(options, environ),
        agents={kind: path.expanduser() for kind, path in agents.items() if path},
    )


def secret_in(file: Path) -> str:
    """The one word in ``file``; ValueError when there is none, or more."""
    secret = file.expanduser().read_text(encoding="utf-8").strip()
    if len(secret.split()) != 1:
        raise ValueError(f"{file} must hold the token and nothing else")
    return secret


def _ngrok_token(options: argparse.Namespace, environ: Mapping[str, str]) -> str | None:
    if "ngrok" not in options.tunnel:
        return None
    if options.ngrok_token_file is not None:
        return secret_in(options.ngrok_token_file)
    token = environ.get(NGROK_VARIABLE, "").strip()
    if not token:
        raise ValueError(
            "--tunnel ngrok needs an authtoken, in --ngrok-token-file FILE or in "
            f"${NGROK_VARIABLE}; yours is at {NGROK_TOKEN_PAGE}"
        )
    return token
