"""The page's files: vendored as they were fetched, small, and with all their texts."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "frontend_static"
MOST_BYTES = 90_000
VENDORED = [PAGE / "vendor", ROOT / "tests" / "browser" / "vendor"]


@pytest.mark.parametrize("folder", VENDORED, ids=["page", "tests"])
def test_vendored_files_are_those_of_the_manifest(folder: Path) -> None:
    """Each has its recorded hash, and nothing else lies beside them."""
    manifest = json.loads((folder / "manifest.json").read_text())
    recorded = {
        name: file["sha256"]
        for package in manifest.values()
        for name, file in package["files"].items()
    }
    ours = {"manifest.json", "refresh.py", "__pycache__"}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name not in ours
    }

    assert recorded == found


def test_the_first_load_is_small() -> None:
    """Everything that opening the page fetches, as gzip sends it."""
    files = first_load()

    assert len(files) > 20
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) < MOST_BYTES


def test_every_text_that_is_used_is_there() -> None:
    """Each key in the code has an English text."""
    keys = texts("en")
    used = {
        key
        for file in scripts()
        for key in re.findall(r'\bt\("([\w.]+)"', file.read_text())
    } - {"draft"}

    assert used - keys == set()


def test_every_language_has_every_text() -> None:
    """German says all that English says, and nothing else."""
    assert texts("de") == texts("en")


def first_load() -> set[Path]:
    """The files that ``index.html`` names, and all that they import from the start."""
    markup = (PAGE / "index.html").read_text()
    waiting = [PAGE / path for path in re.findall(r'"/static/([^"]+)"', markup)]
    found = {PAGE / "index.html"}
    while waiting:
        file = waiting.pop().resolve()
        if file in found:
            continue
        found.add(file)
        if file.suffix == ".js":
            imports = re.findall(r'\bfrom\s*"(\.[^"]+)"', file.read_text())
            waiting += [file.parent / path for path in imports]
    return found


def texts(language: str) -> set[str]:
    """The keys of a language's file."""
    source = (PAGE / "strings" / f"{language}.js").read_text()
    return set(re.findall(r'"([a-z][\w.]+)": "', source))


def scripts() -> list[Path]:
    """Our own scripts."""
    return [file for file in PAGE.rglob("*.js") if "vendor" not in file.parts]
