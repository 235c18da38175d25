"""Secrets: from the notebook's secret store, the environment, or a prompt that hides them.

They go into files for the user alone; no function here shows one.
"""

from __future__ import annotations

import getpass
import os
from pathlib import Path


def find_secret(name: str, where_to_get_it: str) -> str:
    """The secret called ``name``; SystemExit with a sentence when there is none."""
    return optional_secret(name) or _from_prompt(name, where_to_get_it)


def optional_secret(name: str) -> str | None:
    """The secret if it is somewhere; nobody is asked."""
    for source in (_from_colab, _from_kaggle, os.environ.get):
        secret = source(name)
        if secret and secret.strip():
            return secret.strip()
    return None


def keep_secret(file: Path, secret: str) -> Path:
    """Writes it into ``file``, which nobody else may read."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(secret)
    return file


def _from_colab(name: str) -> str | None:
    """Colab's secrets (the key in the left bar); the user allows each notebook."""
    try:
        from google.colab import userdata
    except ImportError:
        return None
    try:
        found: str | None = userdata.get(name)
    except (userdata.SecretNotFoundError, userdata.NotebookAccessError):
        return None
    return found


def _from_kaggle(name: str) -> str | None:
    try:
        from kaggle_secrets import UserSecretsClient
    except ImportError:
        return None
    try:
        found: str | None = UserSecretsClient().get_secret(name)
    except Exception:  # its own errors have no common root
        return None
    return found


def _from_prompt(name: str, where_to_get_it: str) -> str:
    try:
        secret = getpass.getpass(f"{name} (hidden; {where_to_get_it}): ").strip()
    except (EOFError, RuntimeError):  # the latter is Jupyter's, where nobody can answer
        secret = ""
    if not secret:
        raise SystemExit(
            f"{name} is needed: put it into the secrets of this notebook (the key in "
            f"the left bar) and allow access; {where_to_get_it}."
        )
    return secret
