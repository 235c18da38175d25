"""Who may import whom: the fences between the packages, in fresh processes."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: What takes long to import, or belongs into a child process.
HEAVY = {
    "torch", "diffusers", "transformers", "TTS", "google.genai", "numpy", "PIL",
    "alembic", "matplotlib", "openai", "fal_client", "faster_whisper", "ctranslate2",
    "librosa", "soundfile",
}  # fmt: skip

_LOADED = """
import json, sys
before = set(sys.modules)
import importlib
importlib.import_module(sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded_by(module: str) -> set[str]:
    """The modules that a fresh process has after importing ``module``."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, module],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(json.loads(done.stdout))


def imported_in(file: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or later."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def sources(*folders: str) -> list[Path]:
    """The Python files of some packages."""
    return [file for folder in folders for file in (ROOT / folder).rglob("*.py")]


def test_the_protocol_needs_pydantic_alone() -> None:
    """Importing it loads the standard library, pydantic and what pydantic needs."""
    needs = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions"}
    needs |= {"typing_inspection", "shared_protocol"}
    tops = {name.partition(".")[0] for name in loaded_by("shared_protocol")}
    assert needs & tops

    others = tops - needs - sys.stdlib_module_names
    assert {top for top in others if not top.startswith("_sysconfigdata")} == set()


def test_the_protocol_never_imports_its_kit() -> None:
    """The language knows nothing of the parts that services are built from."""
    files = [f for f in sources("shared_protocol") if "kit" not in f.parts]
    kit = [
        name for f in files for name in imported_in(f) if "shared_protocol.kit" in name
    ]

    assert kit == []


@pytest.mark.parametrize(
    "module",
    [
        "colab_worker.app",
        "colab_worker.__main__",
        "orchestrator.app",
        "orchestrator.__main__",
    ],
)
def test_services_start_without_anything_heavy(module: str) -> None:
    """Models, pictures and migrations are only loaded where they are used."""
    loaded = loaded_by(module)
    assert module in loaded

    assert loaded & HEAVY == set()


@pytest.mark.parametrize(
    ("package", "other"),
    [
        ("orchestrator", "colab_worker"),
        ("colab_worker", "orchestrator"),
        ("shared_protocol", "orchestrator"),
        ("shared_protocol", "colab_worker"),
    ],
)
def test_services_meet_on_the_wire_only(package: str, other: str) -> None:
    """No file of one service imports the other."""
    crossing = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sources(package)
        for name in imported_in(file)
        if name.partition(".")[0] == other
    ]

    assert crossing == []


def test_one_file_makes_films() -> None:
    """The ffmpeg binary is known to one file, and to the doctor that asks its version."""
    knowing = {
        str(file.relative_to(ROOT))
        for file in sources("colab_worker", "orchestrator", "shared_protocol")
        if "imageio_ffmpeg" in set(imported_in(file))
    }
    runners = {
        str(file.relative_to(ROOT))
        for file in sources("colab_worker")
        if {"ffmpeg", "imageio_ffmpeg"} & set(imported_in(file))
        and re.search(r"subprocess|\.run(_async)?\(", file.read_text(encoding="utf-8"))
    }

    assert knowing == {
        "colab_worker/film/ffmpeg.py",
        "orchestrator/cli/machine_checks.py",
    }
    assert runners == {"colab_worker/film/ffmpeg.py"}
