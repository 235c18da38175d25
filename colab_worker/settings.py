"""Everything about a worker that can be set, read once at start."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from colab_worker.film.quality import NVENC, X264
from colab_worker.lane import Batch
from colab_worker.limits import Limits
from colab_worker.tunnels.options import (
    TunnelSettings,
    add_options,
    read_options,
    secret_in,
)
from shared_protocol.fallback import FALLBACK, Fallback, read_fallback
from shared_protocol.kit import numbers
from shared_protocol.kit.command_lines import Parser
from shared_protocol.routes import DEFAULT_WORKER_PORT
from shared_protocol.tokens import new_token

MIB = 1 << 20
LOOPBACK = ("127.0.0.1", "localhost", "::1")
BATCH_VARIABLE = "MOONREEL_BATCH"
TOKEN_VARIABLE = "MOONREEL_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Settings:
    """Frozen settings of one worker process."""

    data_dir: Path
    token: str
    host: str = "127.0.0.1"
    port: int = DEFAULT_WORKER_PORT
    #: Where the token is kept, when it is kept.
    token_file: Path | None = None
    #: JSON with url, pid, boot_id and tunnels, from when the worker listens.
    ready_file: Path | None = None
    #: Exit when standard input closes, so as never to outlive the parent.
    stop_on_eof: bool = False
    #: Origins that may read replies in a browser, besides loopback ones.
    allowed_origins: tuple[str, ...] = ()

    tunnels: TunnelSettings = field(default_factory=TunnelSettings)
    #: For callers that come through a tunnel or the network.
    limits: Limits = field(default_factory=Limits)

    #: Whether pictures may be watched while they are drawn.
    live_previews: bool = True
    #: ``auto``, or an encoder that must be used.
    encoder: str = "auto"
    #: Child processes for voices, clips and films; pictures have one lane of their own.
    cpu_lanes: int = 2
    #: Pictures that services draw at the same time.
    hosted_lanes: int = 2
    #: Whether image services are asked, with the keys in the environment.
    hosted: bool = False
    #: What ``auto`` takes, best first.
    fallback: tuple[Fallback, ...] = FALLBACK
    #: Jobs that wait; one more is refused with 429.
    queue_capacity: int = 100
    #: Jobs whose units are mixed in the lanes; the others wait in order.
    active_jobs: int = 2

    body_limit_bytes: int = 2 * MIB
    blob_limit_bytes: int = 2048 * MIB
    #: Free space below which jobs, blobs and units are refused with 507.
    disk_floor_bytes: int = 256 * MIB
    #: The most that the data folder may hold; None: the disk is the limit.
    disk_quota_bytes: int | None = None
    #: Kept free for the last words of a full disk.
    ballast_bytes: int = 4 * MIB

    time_limits_s: Mapping[str, float] = field(
        default_factory=lambda: {
            "image": 1200.0,
            "voice": 900.0,
            "clip": 1800.0,
            "sound": 3600.0,
            "film": 3600.0,
        }
    )
    #: Seconds without a sign of life after which a child counts as frozen.
    beat_timeout_s: float = 60.0
    #: Engine failures of one unit before its job fails.
    max_tries: int = 3
    #: Deaths of the worker during one unit before that unit is given up.
    max_interruptions: int = 5
    #: Back-off before the second try; doubles with each.
    retry_delay_s: float = 1.0
    #: Pictures of a job that are drawn in one call: a number, or by the GPU's memory.
    batch: Batch = "auto"
    #: Engines that are loaded at once, by name.
    preload: tuple[str, ...] = ()
    #: How long an engine may take to stop by itself before it is killed.
    cancel_grace_s: float = 0.4
    #: Least time between two progress ticks that wake readers.
    tick_s: float = 2.0
    heartbeat_s: float = 5.0
    #: Finished units and unfinished jobs are also kept here, for the next machine.
    memo_folder: Path | None = None
    #: Between two looks at what is new for the memo folder.
    archive_s: float = 2.0
    #: Between two looks at the folder of models.
    shelf_s: float = 5.0
    #: An identical submit without a key within this time is taken for a lost reply.
    duplicate_window_s: float = 60.0

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data_dir / "worker.db"

    @property
    def blobs(self) -> Path:
        """The folder of files by hash."""
        return self.data_dir / "blobs"

    @property
    def receipts(self) -> Path:
        """The folder of what was asked of services."""
        return self.data_dir / "receipts"

    @property
    def work(self) -> Path:
        """The folder where running units write."""
        return self.data_dir / "work"


def parse_settings(
    arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ
) -> tuple[Settings, bool]:
    """Settings from the command line and environment; and whether the token is new."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        token = options.token or kept_token(options.token_file)
        token = token or environ.get(TOKEN_VARIABLE, "")
        tunnels = read_options(options, environ)
        fallback = read_fallback(options.fallback)
        batch = read_batch(options.batch or environ.get(BATCH_VARIABLE, "auto"))
        if options.hosted and (tunnels.kinds or options.host not in LOOPBACK):
            raise ValueError(
                "--hosted spends your money, so it is for a worker that only this "
                "machine reaches; leave --tunnel and --host out"
            )
    except (OSError, ValueError) as error:
        parser.error(str(error))
    settings = Settings(
        data_dir=options.data_dir.expanduser().absolute(),
        token=token or new_token(),
        token_file=options.token_file,
        host=options.host,
        port=options.port,
        ready_file=options.ready_file,
        stop_on_eof=options.stop_on_eof,
        allowed_origins=tuple(options.allow_origin),
        tunnels=tunnels,
        memo_folder=options.memo_folder and options.memo_folder.expanduser(),
        limits=Limits(
            requests=options.requests_per_minute,
            submits=options.submits_per_minute,
            upload_mib=options.upload_mib_per_hour,
        ),
        # Through a tunnel they would cost requests and bytes that are counted.
        live_previews=options.live_previews == "on"
        or (options.live_previews == "auto" and not tunnels.kinds),
        encoder=options.encoder,
        cpu_lanes=options.cpu_lanes,
        queue_capacity=options.queue_capacity,
        body_limit_bytes=int(options.body_limit_mib * MIB),
        blob_limit_bytes=int(options.blob_limit_mib * MIB),
        disk_floor_bytes=int(options.disk_floor_mib * MIB),
        disk_quota_bytes=_bytes(options.disk_quota_mib),
        time_limits_s=_time_limits(options.unit_limit_s),
        beat_timeout_s=options.beat_timeout_s,
        retry_delay_s=options.retry_delay_s,
        batch=batch,
        preload=options.preload,
        hosted=options.hosted,
        fallback=fallback,
    )
    return settings, not token


def read_batch(word: str) -> Batch:
    """``auto`` or a number; raises ValueError."""
    if word == "auto":
        return "auto"
    if not word.isascii() or not word.isdigit() or int(word) < 1:
        raise ValueError(f"--batch is auto or a number from 1, not {word!r}")
    return int(word)


def kept_token(file: Path | None) -> str:
    """The token in ``file``, made there if it is not; only the user may read it."""
    if file is None:
        return ""
    file = file.expanduser()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(file, flags, 0o600), "w", encoding="ascii") as new:
            new.write(new_token() + "\n")
    return secret_in(file)


def _bytes(mib: float | None) -> int | None:
    return None if mib is None else int(mib * MIB)


def _time_limits(limit_s: float | None) -> dict[str, float]:
    limits = Settings(Path(), "").time_limits_s
    return {kind: limit_s or limit for kind, limit in limits.items()}


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="moonreel worker",
        description="Draws, speaks and joins films for an orchestrator.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add(
        "--port",
        type=numbers.port,
        default=DEFAULT_WORKER_PORT,
        help="0 picks a free one",
    )
    add(
        "--data-dir",
        type=Path,
        default=Path("~/.moonreel-worker"),
        help="all its files",
    )
    add("--token", default="", help=f"else ${TOKEN_VARIABLE}, else a new one is made")
    add("--token-file", type=Path, metavar="FILE",
        help="the token in a file, made if missing, so that it lasts")  # fmt: skip
    add("--memo-folder", type=Path, metavar="DIR",
        help="outlives this machine: what is done is kept there, and found again")  # fmt: skip
    add("--ready-file", type=Path, help="written as JSON once the worker listens")
    add("--stop-on-eof", action="store_true", help="stop when standard input closes")
    add("--allow-origin", action="append", default=[], metavar="ORIGIN",
        help="a page origin that may read replies (loopback always may)")  # fmt: skip
    _add_limits(add)
    add(
        "--cpu-lanes",
        type=numbers.count,
        default=2,
        help="processes for sound and film",
    )
    add(
        "--encoder",
        choices=("auto", X264, NVENC),
        default="auto",
        help="what encodes clips; auto tries",
    )
    add("--live-previews", choices=("auto", "on", "off"), default="auto",
        help="show pictures while they are drawn; auto: without a tunnel")  # fmt: skip
    add("--batch", metavar="auto|N",
        help=f"pictures of a job in one call, else ${BATCH_VARIABLE}, else auto: up to "
        "4 by the GPU's memory, one on a small GPU or a CPU")  # fmt: skip
    add("--preload", type=_names, default=(), metavar="NAMES",
        help="engines to load at once, as sdxl,vits")  # fmt: skip
    add("--hosted", action="store_true",
        help="ask image services too, with FAL_KEY and OPENAI_API_KEY; for a worker "
        "that only this machine reaches")  # fmt: skip
    add("--fallback", default=",".join(FALLBACK), metavar="WORDS",
        help="what auto takes, best first")  # fmt: skip
    add("--queue-capacity", type=numbers.count, default=100, help="jobs that may wait")
    add("--body-limit-mib", type=numbers.some, default=2, help="largest request body")
    add(
        "--blob-limit-mib",
        type=numbers.some,
        default=2048,
        help="largest uploaded file",
    )
    add(
        "--disk-floor-mib",
        type=numbers.amount,
        default=256,
        help="space that stays free",
    )
    add(
        "--disk-quota-mib",
        type=numbers.some,
        help="most space that the data folder may take",
    )
    add("--unit-limit-s", type=numbers.some, help="longest a single unit may take")
    add(
        "--beat-timeout-s",
        type=numbers.some,
        default=60.0,
        help="silence that counts as frozen",
    )
    add(
        "--retry-delay-s",
        type=numbers.amount,
        default=1.0,
        help="wait before a second try",
    )
    add_options(parser)
    return parser


def _add_limits(add: Callable[..., object]) -> None:
    limits = Limits()
    add(
        "--requests-per-minute",
        type=numbers.count,
        default=limits.requests,
        help="of one token and address; this machine itself is not limited",
    )
    add(
        "--submits-per-minute",
        type=numbers.count,
        default=limits.submits,
        help="of these, requests that change something",
    )
    add(
        "--upload-mib-per-hour",
        type=numbers.count,
        default=limits.upload_mib,
        help="most that one token may upload",
    )


def _names(words: str) -> tuple[str, ...]:
    return tuple(filter(None, (word.strip() for word in words.split(","))))
