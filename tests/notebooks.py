"""Runs the real notebooks in a real kernel, on a runtime that only plays at being Colab."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
CELL_S = 300

#: ``google.colab`` as far as the notebooks ask it: a store of secrets.
_USERDATA = """
import json, os, pathlib

class SecretNotFoundError(Exception):
    pass

class NotebookAccessError(Exception):
    pass

def get(name):
    found = json.loads(pathlib.Path(os.environ["FAKE_COLAB_SECRETS"]).read_text())
    if name not in found:
        raise SecretNotFoundError(name)
    return found[name]
"""


def read(name: str) -> nbformat.NotebookNode:
    """A notebook of the repository."""
    return nbformat.read(NOTEBOOKS / name, as_version=4)  # type: ignore[no-untyped-call]


def fill_in(book: nbformat.NotebookNode, **fields: str) -> None:
    """Sets fields of the forms, as a person would; each must be there once."""
    for name, value in fields.items():
        hits = 0
        for cell in book.cells:
            lines = cell.source.splitlines()
            for number, line in enumerate(lines):
                if line.startswith(f"{name} = "):
                    lines[number] = f"{name} = {json.dumps(value)}"
                    hits += 1
            cell.source = "\n".join(lines)
        assert hits == 1, name


def only(book: nbformat.NotebookNode, *ids: str) -> nbformat.NotebookNode:
    """The notebook with some of its cells."""
    book.cells = [cell for cell in book.cells if cell.id in ids]
    return book


def client(book: nbformat.NotebookNode) -> NotebookClient:
    """Runs the notebook in a fresh kernel."""
    return NotebookClient(book, timeout=CELL_S, kernel_name="python3")


def text_of(book: nbformat.NotebookNode) -> str:
    """Everything that the notebook would be saved with, outputs too."""
    return json.dumps(book)


def printed(cell: nbformat.NotebookNode) -> str:
    """What a cell has printed."""
    return "".join(out.text for out in cell.outputs if out.output_type == "stream")


def shown(cell: nbformat.NotebookNode) -> str:
    """What a cell has shown as HTML."""
    return "".join(
        out.data.get("text/html", "")
        for out in cell.outputs
        if out.output_type == "display_data"
    )


class Runtime:
    """A home folder, secrets, and the variables of a kernel; nothing is shared with ours."""

    def __init__(self, folder: Path, secrets: dict[str, str]) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        package = folder / "runtime" / "google" / "colab"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "userdata.py").write_text(_USERDATA, encoding="utf-8")
        kept = folder / "secrets.json"
        kept.write_text(json.dumps(secrets), encoding="utf-8")
        self.environment = {
            "HOME": str(self.home),
            "PYTHONPATH": str(folder / "runtime"),
            "FAKE_COLAB_SECRETS": str(kept),
            "IPYTHONDIR": str(folder / "ipython"),
            "PIP_CACHE_DIR": _pip_cache(),
        }

    @property
    def folder(self) -> Path:
        """Where the notebook keeps Moonreel's things."""
        return self.home / "moonreel-notebook"

    def ready(self) -> dict[str, Any]:
        """What the worker has written about itself."""
        text = (self.folder / "worker-ready.json").read_text(encoding="utf-8")
        facts: dict[str, Any] = json.loads(text)
        return facts


def _pip_cache() -> str:
    """The developer's own: a new home would fetch everything again."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return os.environ.get("PIP_CACHE_DIR") or str(Path(cache) / "pip")
