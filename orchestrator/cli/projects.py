"""Reading a ``project.zip``: the order that makes a saved film again."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pydantic import ValidationError

from orchestrator.cli.exits import UsageError
from shared_protocol.errors import describe_validation
from shared_protocol.project import MAX_PROJECT_BYTES, PROJECT_FILE, Project

_ZIP = b"PK\x03\x04"


def is_project(name: str) -> bool:
    """Whether a file begins as a zip file does; texts never do."""
    if name == "-":
        return False
    try:
        with Path(name).open("rb") as file:
            return file.read(len(_ZIP)) == _ZIP
    except OSError:
        return False  # whoever reads it as a text says why it cannot be read


def read_project(name: str) -> Project:
    """The project in a zip file; UsageError says what is wrong with it."""
    try:
        with zipfile.ZipFile(name) as archive, archive.open(PROJECT_FILE) as member:
            raw = member.read(MAX_PROJECT_BYTES + 1)
    except KeyError as error:
        raise UsageError(
            f"{name} has no {PROJECT_FILE} in it, so it is no project of Moonreel; "
            "give a project.zip, or a text"
        ) from error
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise UsageError(f"{name} cannot be read: {error}; fetch it anew") from error
    if len(raw) > MAX_PROJECT_BYTES:
        raise UsageError(f"{PROJECT_FILE} in {name} is larger than any project")
    try:
        return Project.model_validate_json(raw)
    except ValidationError as error:
        _, sentence = describe_validation(error.errors(include_url=False))
        raise UsageError(
            f"{PROJECT_FILE} in {name} is not one that this version can read: "
            f"{sentence}"
        ) from error
