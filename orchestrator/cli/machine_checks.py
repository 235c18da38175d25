"""What this machine needs to make a film: Python, ffmpeg, espeak-ng, fonts, disk."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from orchestrator.cli import figures
from orchestrator.cli.findings import Finding, fail, ok, warn
from orchestrator.settings import Settings
from orchestrator.writer.services.gemini import KEY_PAGE

OLDEST_PYTHON = (3, 11)
#: A film of ten minutes with all its parts takes about this much.
ROOMY_BYTES = 5 << 30
PROBE_S = 20.0
#: The wheels that captions take their fonts from.
FONT_WHEELS = ("font-roboto", "manimgx-fonts", "noto-cjk-sans-otc")
_FONT_SUFFIXES = (".ttf", ".otf", ".ttc")
_REINSTALL = "Install the packages again: pip install --force-reinstall moonreel"


def machine_checks(settings: Settings) -> Iterator[Finding]:
    """All checks that need no server."""
    yield check_python()
    yield check_ffmpeg()
    yield check_espeak()
    yield check_fonts()
    yield check_worker()
    yield check_home(settings.home)
    yield check_disk(settings)
    yield check_gemini(settings)


def check_python() -> Finding:
    """Whether this Python is new enough."""
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return fail("python", f"Python {version} is too old", "Install Python 3.11.")
    return ok("python", f"Python {version} on {platform.system()}")


def check_ffmpeg() -> Finding:
    """Whether ffmpeg runs, encodes H.264 and draws captions."""
    import imageio_ffmpeg

    advice = "Install ffmpeg and set IMAGEIO_FFMPEG_EXE to its path."
    try:
        binary = imageio_ffmpeg.get_ffmpeg_exe()
        version = _output([binary, "-hide_banner", "-version"])
        encoders = _output([binary, "-hide_banner", "-encoders"])
        filters = _output([binary, "-hide_banner", "-filters"])
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        return fail("ffmpeg", f"ffmpeg does not run: {error}", advice)
    number = version.split()[2] if len(version.split()) > 2 else "of unknown version"
    if " libx264 " not in encoders:
        return fail("ffmpeg", f"ffmpeg {number} has no libx264 encoder", advice)
    if " ass " not in filters:
        return fail("ffmpeg", f"ffmpeg {number} has no libass for captions", advice)
    return ok("ffmpeg", f"ffmpeg {number} with libx264 and libass")


def check_espeak() -> Finding:
    """Whether the bundled draft voice speaks."""
    probe = [sys.executable, "-m", "orchestrator.cli.espeak_probe"]
    try:
        said = _output(probe).strip()
    except (OSError, subprocess.SubprocessError) as error:
        return fail("espeak", f"espeak-ng does not speak: {_why(error)}", _REINSTALL)
    return ok("espeak", f"espeak-ng speaks ({said})")


def check_fonts() -> Finding:
    """Whether every font that captions and titles may need can be read."""
    from PIL import ImageFont

    damaged, count = [], 0
    for wheel in FONT_WHEELS:
        try:
            paths = _fonts_of(wheel)
        except metadata.PackageNotFoundError:
            return fail("fonts", f"the fonts of {wheel} are missing", _REINSTALL)
        for path in paths:
            count += 1
            try:
                ImageFont.truetype(str(path), 24)
            except OSError:
                damaged.append(path.name)
    if damaged:
        told = ", ".join(sorted(damaged)[:5])
        reason = f"{len(damaged)} of {count} fonts cannot be read: {told}"
        return fail("fonts", reason, _REINSTALL)
    return ok("fonts", f"{count} fonts: Roboto, and Noto for other scripts and emoji")


def _fonts_of(wheel: str) -> list[Path]:
    """What was installed, whether or not it is still there."""
    files = metadata.files(wheel) or []
    fonts = [file for file in files if file.suffix in _FONT_SUFFIXES]
    return [Path(str(file.locate())) for file in fonts]


def check_worker() -> Finding:
    """Whether the worker of this machine could be started."""
    try:
        _output([sys.executable, "-m", "colab_worker", "--help"])
    except (OSError, subprocess.SubprocessError) as error:
        reason = f"the worker does not start: {_why(error)}"
        return fail("local worker", reason, _REINSTALL)
    return ok("local worker", "can be started")


def check_home(home: Path) -> Finding:
    """Whether jobs and films can be kept, now or once the folder is made."""
    advice = "Name a folder that you may write to: MOONREEL_HOME, or --home."
    try:
        with tempfile.NamedTemporaryFile(dir=_standing(home)) as probe:
            probe.write(b"moon")
            probe.flush()
    except OSError as error:
        return fail("home", f"{home} cannot be written: {error.strerror}", advice)
    return ok("home", f"{home} can be written")


def check_disk(settings: Settings) -> Finding:
    """Whether there is room for films."""
    free = shutil.disk_usage(_standing(settings.home)).free
    text = f"{figures.size(free)} free for {settings.home}"
    advice = "Free some space, or name another disk with MOONREEL_HOME."
    if free < settings.disk_floor_bytes:
        return fail("disk", f"only {text}; new films are refused", advice)
    if free < ROOMY_BYTES:
        return warn("disk", f"only {text}, enough for short films", advice)
    return ok("disk", text)


def check_gemini(settings: Settings) -> Finding:
    """Whether scripts can be written from a topic; the key itself is never shown."""
    if settings.openai_url is not None and not settings.has_gemini_key:
        return _check_openai(settings.openai_url)
    if not settings.has_gemini_key:
        return warn(
            "gemini",
            "no Gemini key, so films are made from your own text only",
            f"For --topic get a free key at {KEY_PAGE} and set GEMINI_API_KEY.",
        )
    if not _installed("google.genai"):
        return warn(
            "gemini",
            "a key is set, but the package that uses it is not installed",
            "pip install 'moonreel[writer]'",
        )
    count = len(settings.gemini_keys)
    return ok("gemini", "a key is set" if count == 1 else f"{count} keys are set")


def _check_openai(url: str) -> Finding:
    if not _installed("openai"):
        return warn(
            "gemini",
            f"scripts are to be written by {url}, but the package for it is missing",
            "pip install 'moonreel[openai]'",
        )
    return ok("gemini", f"no key; scripts are written by {url}")


def _standing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists; looking creates nothing."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a package around it
        return False


def _output(command: list[str]) -> str:
    """What the program printed; CalledProcessError when it failed."""
    done = subprocess.run(  # noqa: S603 - our own binaries, no shell
        command,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PROBE_S,
        check=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.stdout


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = str(error.stderr or "").strip().splitlines()
        return lines[-1] if lines else f"it ended with {error.returncode}"
    return str(error)
