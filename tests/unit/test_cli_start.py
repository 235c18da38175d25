"""The command starts light and answers at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.cli.entry import COMMANDS, main

#: Packages that cost more than the whole of ``--help`` should.
HEAVY = {"pydantic", "httpx", "aiohttp", "rich", "sqlalchemy", "shared_protocol"}


def test_help_imports_nothing_heavy() -> None:
    """``--help`` and ``--version`` load none of the big packages."""
    code = (
        "import sys; from orchestrator.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "main(['--version'])\n"
        "print(' '.join(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    *said, modules = done.stdout.splitlines()
    assert not HEAVY & set(modules.split())
    assert said[-1].startswith("moonreel 0.")


def test_help_lists_every_command_and_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The top help is a complete table."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in text
    assert "3 worker unreachable" in text


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Alone it shows the help and ends with 2."""
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "worker"])
def test_every_command_has_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """``moonreel COMMAND --help`` works for each."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: moonreel {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["make", "story.md", "--nmu", "3"], "unrecognized arguments: --nmu 3"),
        (
            ["serve", "--port", "65536"],
            "argument --port: 65536 is no port; give 0 to 65535",
        ),
        (["fetch"], "the following arguments are required: ID"),
    ],
)
def test_a_mistake_lists_no_options(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong, and where they are; for programs as an event."""
    assert main(words) == 2
    wrong, where = capsys.readouterr().err.splitlines()
    assert wrong == f"moonreel: {says}"
    assert where == f"  `moonreel {words[0]} --help` lists what there is."
    assert main([*words, "--json"]) == 2
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["code"]) == ("error", "usage")


def test_voices_need_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    """A tab-separated table of all ids, with their other names."""
    assert main(["voices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[0] == "ID"
    assert any(line.startswith("guy\t") and "adam" in line for line in lines)


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    """As after an update that needs one more: what is missing, and what to do."""
    story = tmp_path / "story.txt"
    story.write_text("A crow was thirsty. It found a pitcher.", encoding="utf-8")
    code = (
        "import sys; sys.modules['sentencex'] = None\n"
        "from orchestrator.__main__ import main\n"
        f"sys.exit(main(['make', {str(story)!r}, '--dry-run']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "the package 'sentencex' is not installed" in done.stderr
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr
