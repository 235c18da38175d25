"""Settings of the orchestrator: read once, at start, into a frozen object."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from orchestrator.errors import SettingsError
from shared_protocol.fallback import FALLBACK, Fallback, read_fallback
from shared_protocol.holds import Pace
from shared_protocol.kit.numbers import MOST_PORT
from shared_protocol.routes import DEFAULT_ORCHESTRATOR_PORT, HOLD_S

WorkerMode = Literal["auto", "local", "remote"]

FALLBACK_VARIABLE = "MOONREEL_FALLBACK"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]{1,255}")

#: Name of the file that a notebook's address is pasted into.
URL_FILE_NAME = "COLAB_NGROK_URL.txt"

GEMINI_MODELS = ("gemini-2.5-flash", "gemini-2.5-flash-lite")
OPENAI_MODELS = ("llama3.1",)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set; times in seconds, sizes in bytes."""

    home: Path
    url_file: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_ORCHESTRATOR_PORT
    #: ``auto``: a connected remote worker, else the local one. ``remote``: jobs wait
    #: for a remote one. ``local``: only this machine.
    worker: WorkerMode = "auto"
    #: Who makes a film that names no engine, best first.
    fallback: tuple[Fallback, ...] = FALLBACK
    #: Further ``Host`` headers and ``Origin``s to accept, as ``name:port`` or URL.
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    #: Names of workers that may lead to private addresses.
    private_hosts: tuple[str, ...] = ()
    #: Tunnels with an allowance, besides ngrok's own names; and the allowance of a
    #: month (0: none). The default is ngrok's free plan.
    metered_hosts: tuple[str, ...] = ()
    tunnel_requests: int = 20_000
    tunnel_bytes: int = 1_000_000_000
    pace: Pace = field(default_factory=Pace)
    #: Pictures and voices come so often through a metered tunnel, in case the worker's
    #: machine is lost; 0: everything comes as it appears, as through other tunnels.
    keep_every_s: float = 900.0
    #: What a browser or program must show when ``host`` is not this machine's loopback.
    password: str | None = field(default=None, repr=False)
    #: Address from the environment; may carry a token, so it is never printed.
    worker_address: str | None = field(default=None, repr=False)
    gemini_keys: tuple[str, ...] = field(default=(), repr=False)
    #: Asked in this order, the next one when the quota of the one before is spent.
    gemini_models: tuple[str, ...] = GEMINI_MODELS
    gemini_url: str | None = None
    gemini_api_version: str | None = None
    #: A service that speaks OpenAI's language.
    openai_url: str | None = None
    openai_key: str | None = field(default=None, repr=False)
    openai_models: tuple[str, ...] = OPENAI_MODELS
    #: Silence after which an answer of a writing service counts as lost.
    writer_silence_s: float = 120.0
    writer_first_wait_s: float = 1.0
    max_body_bytes: int = 2 << 20
    #: Films that may be open (not finished, failed or canceled) at once.
    queue_capacity: int = 100
    #: New films are refused when the disk has less than this free.
    disk_floor_bytes: int = 512 << 20
    hold_s: float = HOLD_S
    #: So long a held reply waits for what follows on states that usually end at once.
    passing_s: float = 0.05
    connect_timeout_s: float = 10.0
    #: For one answer, beyond the time it is held on purpose.
    answer_timeout_s: float = 30.0
    first_retry_s: float = 0.5
    longest_retry_s: float = 60.0
    #: How often the address file is looked at.
    watch_interval_s: float = 1.0
    local_start_timeout_s: float = 60.0

    @property
    def page_origins(self) -> tuple[str, ...]:
        """Origins of our own pages that are not this machine's loopback."""
        hosts = list(self.allowed_hosts)
        if self.host not in (*LOOPBACK, *ANY_ADDRESS):
            hosts.append(f"[{self.host}]" if ":" in self.host else self.host)
            hosts[-1] += f":{self.port}"
        origins = [f"http://{host}" for host in hosts] + list(self.allowed_origins)
        lower = (origin.lower() for origin in origins)
        return tuple(origin for origin in lower if _ORIGIN.fullmatch(origin))[:16]

    @property
    def has_gemini_key(self) -> bool:
        """Whether Gemini can be asked."""
        return bool(self.gemini_keys)

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        home: Path | None = None,
        host: str | None = None,
        port: int | None = None,
        worker: str | None = None,
        url_file: Path | None = None,
    ) -> Settings:
        """Settings from environment variables; arguments that are given win.

        Raises SettingsError with a sentence that names the variable.
        """
        return cls(
            home=_home(environ, home),
            url_file=url_file or _url_file(environ),
            host=host or environ.get("MOONREEL_HOST", "127.0.0.1"),
            port=_port(environ) if port is None else port,
            worker=_mode(worker or environ.get("MOONREEL_WORKER", "auto")),
            fallback=_fallback(environ.get(FALLBACK_VARIABLE)),
            allowed_hosts=_words(environ, "MOONREEL_ALLOWED_HOSTS"),
            allowed_origins=_words(environ, "MOONREEL_ALLOWED_ORIGINS"),
            private_hosts=_words(environ, "MOONREEL_PRIVATE_HOSTS"),
            metered_hosts=_words(environ, "MOONREEL_METERED_HOSTS"),
            tunnel_requests=_number(environ, "MOONREEL_TUNNEL_REQUESTS", 20_000),
            tunnel_bytes=_number(environ, "MOONREEL_TUNNEL_MB", 1000) * 1_000_000,
            keep_every_s=_number(environ, "MOONREEL_KEEP_EVERY_MINUTES", 15) * 60,
            password=environ.get("MOONREEL_PASSWORD") or None,
            worker_address=environ.get("COLAB_API_URL") or None,
            gemini_keys=_words(environ, "GEMINI_API_KEY")
            or _words(environ, "GOOGLE_API_KEY"),
            gemini_models=_words(environ, "MOONREEL_GEMINI_MODELS") or GEMINI_MODELS,
            gemini_url=environ.get("MOONREEL_GEMINI_URL") or None,
            gemini_api_version=environ.get("MOONREEL_GEMINI_API_VERSION") or None,
            openai_url=environ.get("MOONREEL_OPENAI_URL") or None,
            openai_key=environ.get("OPENAI_API_KEY") or None,
            openai_models=_words(environ, "MOONREEL_OPENAI_MODELS") or OPENAI_MODELS,
            queue_capacity=_number(environ, "MOONREEL_QUEUE_CAPACITY", 100),
            disk_floor_bytes=_number(environ, "MOONREEL_DISK_FLOOR_MB", 512) << 20,
        )


def _home(environ: Mapping[str, str], given: Path | None) -> Path:
    if given is None and environ.get("MOONREEL_HOME"):
        given = Path(environ["MOONREEL_HOME"])
    if given is None:
        from platformdirs import user_data_dir

        given = Path(user_data_dir("moonreel", appauthor=False))
    return given.expanduser().absolute()


def _url_file(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("MOONREEL_URL_FILE") or URL_FILE_NAME).absolute()


def _mode(word: str) -> WorkerMode:
    if word not in get_args(WorkerMode):
        raise SettingsError(
            f"MOONREEL_WORKER is {word!r}; choose auto, local or remote."
        )
    return cast(WorkerMode, word)


def _fallback(words: str | None) -> tuple[Fallback, ...]:
    try:
        return read_fallback(words) if words else FALLBACK
    except ValueError as error:
        raise SettingsError(f"{FALLBACK_VARIABLE}: {error}.") from error


def _words(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    words = environ.get(name, "").replace(",", " ").split()
    return tuple(word.rstrip("/") for word in words)


def _port(environ: Mapping[str, str]) -> int:
    number = _number(environ, "MOONREEL_PORT", DEFAULT_ORCHESTRATOR_PORT)
    if number > MOST_PORT:
        raise SettingsError(
            f"MOONREEL_PORT is '{number}'; it must be at most {MOST_PORT}."
        )
    return number


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal():
        raise SettingsError(f"{name} is {text!r}; it must be a whole number.")
    return int(text)
