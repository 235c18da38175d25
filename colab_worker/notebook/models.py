"""Brings models onto the worker's shelf, with progress; what is here is not fetched again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import IO

from colab_worker.notebook.place import clean_environment, find_place
from colab_worker.notebook.screen import Panel, escape, say
from colab_worker.notebook.secrets import optional_secret

#: What can be chosen in the form, and the models that it means.
CHOICES = {
    "none": (),
    "sdxl-fast": ("sdxl-fast",),
    "sdxl": ("sdxl",),
    "sdxl-fast and vits": ("sdxl-fast", "vits"),
    "vits": ("vits",),
}
HUB_SECRET = "HF_TOKEN"  # noqa: S105 - the name of a secret


def fetch(models: str = "none") -> None:
    """Brings the models of a choice; SystemExit with the reason when it fails."""
    if models not in CHOICES:
        raise SystemExit(f"{models!r} is no choice; take one of: {', '.join(CHOICES)}")
    place, names = find_place(), CHOICES[models]
    if not names:
        say("No model: draft engines need none.")
        return
    if not place.python.exists():
        raise SystemExit("Moonreel is not installed here; run the cell that installs.")
    token = optional_secret(HUB_SECRET)
    process = subprocess.Popen(  # noqa: S603 - our own words
        [str(place.python), "-m", "colab_worker.models.pull", *names],
        env=clean_environment() | ({HUB_SECRET: token} if token else {}), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - it was asked for
    last = _show(process.stdout)
    if process.wait():
        raise SystemExit(last)


def _show(stream: IO[str]) -> str:
    """Shows what is said in one place, a progress bar as one line; the last of it."""
    panel, last = Panel("moonreel-models"), ""
    panel.show("…")
    for said in _lines(stream):
        last = said or last
        panel.replace(f"<code>{escape(last)}</code>")
    return last


def _lines(stream: IO[str]) -> Iterator[str]:
    """Lines, and what a progress bar writes over itself."""
    line = ""
    while letter := stream.read(1):
        if letter in "\r\n":
            yield line.strip()
            line = ""
        else:
            line += letter
    yield line.strip()
