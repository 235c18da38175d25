"""The command that pulls models, run as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def pulling(hub: str, shelf: Path, *names: str, **env: str) -> subprocess.Popen[str]:
    """Runs the command as a person would, in a process of its own."""
    # Engines that other tests loaded have turned the hub off for this process.
    env = {
        **os.environ, "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub,
        "MOONREEL_MODELS": str(shelf), "HF_HUB_DISABLE_XET": "1", **env,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "colab_worker.models", "pull", *names],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """What it said, once it is done."""
    out, err = process.communicate(timeout=100)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def pulled(
    hub: str, shelf: Path, *names: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return ended(pulling(hub, shelf, *names, **env))


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed says last; never a trace."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.splitlines()[-1]
