"""``docs/cli.md`` names everything that a person or a program may meet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.cli.entry import COMMANDS
from orchestrator.cli.exits import Exit
from orchestrator.cli.job_actions import SAID
from orchestrator.cli.options import OPTIONS, PAIRS

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
EVENTS = {
    event
    for path in (ROOT / "orchestrator" / "cli").glob("*.py")
    for event in re.findall(r'"event": "(\w+)"', path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    """Each command has its line in the table."""
    assert f"| `moonreel {command}" in DOCS


@pytest.mark.parametrize("code", Exit, ids=lambda code: code.name)
def test_every_exit_code_is_documented(code: Exit) -> None:
    """Each exit code has its line in the table."""
    assert f"\n| {int(code)} | " in DOCS


@pytest.mark.parametrize("flag", [*(option.flag for option in OPTIONS), *PAIRS])
def test_every_option_of_the_film_is_documented(flag: str) -> None:
    """Each option stands in the docs by its name."""
    assert f"`{flag}" in DOCS


@pytest.mark.parametrize("event", sorted(EVENTS | set(SAID)))
def test_every_event_is_documented(event: str) -> None:
    """Each event stands in the first column of the table."""
    assert re.search(rf"^\| [^|]*`{event}`[^|]* \|", DOCS, re.MULTILINE)
