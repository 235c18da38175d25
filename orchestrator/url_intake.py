"""Digs a worker's address out of any pasted text.

Understood are a bare URL, Markdown, the object that pyngrok prints, a log line, a host
without a scheme, and the connect line ``https://host/#token=...``, which carries the
worker's token in the fragment (the part of a URL that is never sent to a server).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, urlsplit

from orchestrator.errors import NotAnAddress
from shared_protocol.routes import DEFAULT_WORKER_PORT

#: Domains of tunnels; a plain-http address under one of them means https.
TUNNELS = (
    "ngrok.io",
    "ngrok.app",
    "ngrok.dev",
    "ngrok.pizza",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok-free.pizza",
    "trycloudflare.com",
    "loca.lt",
    "ts.net",
    "gradio.live",
    "proxy.runpod.net",
    "lhr.life",
)
#: Pages of the vendors that logs and tutorials mention; never a worker.
_NOT_WORKERS = (
    "dashboard.ngrok.com",
    "ngrok.com",
    "www.ngrok.com",
    "colab.research.google.com",
    "developers.cloudflare.com",
    "www.cloudflare.com",
    "github.com",
)
_TIP = (
    "Paste the line that the notebook printed, for example "
    "https://your-name.ngrok-free.app/#token=..."
)
_URL = re.compile(r"(?i)(?<![a-z0-9])([a-z][a-z0-9+.-]*)://[^\s\"'<>|`*\\^{}]+")
_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"^{_LABEL}(?:\.{_LABEL})*$")
_BARE = re.compile(
    rf"(?i)(?<![\w@./:-])((?:{_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]|localhost"
    r"|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d{1,5})?(/[^\s\"'<>|`*\\^{}]*)?"
)
_TOKEN = re.compile(r"^[A-Za-z0-9._~+/=-]{8,500}$")


@dataclass(frozen=True)
class WorkerAddress:
    """Where a worker answers (scheme and host, no path), and its token if known."""

    url: str
    token: str | None = field(default=None, repr=False)


def dig_address(text: str) -> WorkerAddress:
    """The worker's address in ``text``; raises NotAnAddress with a tip."""
    clean = _plain(text)
    found = [match[0] for match in _URL.finditer(clean)]
    if not found:
        found = [_with_scheme(match) for match in _BARE.finditer(clean)]
    if not found:
        raise NotAnAddress("There is no address of a worker in this text.", _TIP)
    addresses: list[tuple[int, WorkerAddress]] = []
    refusals: list[NotAnAddress] = []
    for candidate in found:
        try:
            addresses.append(_judge(candidate))
        except NotAnAddress as refusal:
            refusals.append(refusal)
    if not addresses:
        raise refusals[0]
    # Where one is named twice, as in a whole log, one of them may come with its token.
    return min(addresses, key=lambda ranked: (ranked[0], ranked[1].token is None))[1]


def _plain(text: str) -> str:
    """The text without characters that cannot be seen, and with plain quotes."""
    normal = unicodedata.normalize("NFKC", text)
    seen = "".join(
        character
        for character in normal
        if unicodedata.category(character) not in ("Cf", "Co", "Cs")
    )
    return re.sub(r"[\u2018\u2019\u201c\u201d\u00ab\u00bb]", '"', seen)


def _with_scheme(bare: re.Match[str]) -> str:
    near = is_near(bare[1].strip("[]").lower())
    return f"{'http' if near else 'https'}://{bare[0]}"


def _judge(candidate: str) -> tuple[int, WorkerAddress]:
    """The candidate as an address with its rank (0 is best), or NotAnAddress."""
    candidate = _without_trailing_marks(candidate)
    try:
        parts = urlsplit(candidate)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise NotAnAddress(f"{candidate[:80]!r} is not an address.", _TIP) from error
    if "@" in parts.netloc:
        raise NotAnAddress(
            "The address holds a user name or password.",
            "Leave out everything before the @.",
        )
    _check_host(host)
    near, tunnel = is_near(host), host.endswith(tuple(f".{name}" for name in TUNNELS))
    scheme = "https" if tunnel and parts.scheme == "http" else parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise NotAnAddress(f"{scheme}:// is not an address of a worker.", _TIP)
    if scheme == "http" and not near:
        raise NotAnAddress(
            f"http://{host} would send your story unprotected over the internet.",
            f"Use https://{host}, or a tunnel that offers https.",
        )
    rank = 0 if tunnel else 2 if near else 1
    return rank, WorkerAddress(_join(scheme, host, port), _token(parts))


def _without_trailing_marks(candidate: str) -> str:
    """The candidate without the punctuation of the sentence or Markdown around it."""
    marks = ".,;:!?)>" + ("" if "[" in candidate else "]")
    if not re.search("[#?]", candidate):
        marks += "_~"  # a token may end in these
    return candidate.rstrip(marks)


def _check_host(host: str) -> None:
    address = _ip(host)
    if address is not None:
        if address.is_unspecified:
            raise NotAnAddress(
                f"{host} means every address of a machine.",
                f"Use http://127.0.0.1:{DEFAULT_WORKER_PORT} for this machine.",
            )
        reserved = address.is_reserved and not address.is_loopback
        if address.is_multicast or address.is_link_local or reserved:
            raise NotAnAddress(f"No worker can be at {host}.", _TIP)
    elif not _HOST.match(host) or len(host) > 253 or re.fullmatch(r"[\d.x]+", host):
        raise NotAnAddress(f"{host[:80]!r} is not the name of a machine.", _TIP)
    elif host in _NOT_WORKERS:
        raise NotAnAddress(f"{host} is a web page, not a worker.", _TIP)
    elif "." not in host and host != "localhost":
        raise NotAnAddress(
            f"{host!r} is not a full name.",
            "Use the machine's IP address, or its full name with https.",
        )


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def is_near(host: str) -> bool:
    """This machine, or an address that only exists in a private network."""
    address = _ip(host)
    if address is None:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or (address.is_private and not address.is_link_local)


def _token(parts: SplitResult) -> str | None:
    for text in (parts.fragment, parts.query):
        for token in parse_qs(text.replace("+", "%2B")).get("token", []):
            if _TOKEN.match(token):
                return token
    return None


def _join(scheme: str, host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{name}" + (f":{port}" if port and port != default else "")
