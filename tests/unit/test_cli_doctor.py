"""The doctor: needed things fail, others warn, and secrets never appear."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import pytest

from orchestrator.__main__ import main
from orchestrator.cli import machine_checks, server_checks
from orchestrator.cli.findings import Level
from orchestrator.cli.server_checks import tunnel_findings
from orchestrator.settings import Settings
from orchestrator.writer.services.choice import needs_key
from shared_protocol.kit.redaction import HIDDEN, redact
from shared_protocol.studio import OrchestratorHealth, TunnelQuota
from tests.servers.fake_worker import FakeWorker

SECRET = "AIza-very-secret-0123456789"


def settings(home: Path, **fields: object) -> Settings:
    """Settings of a home, without this machine's environment."""
    return Settings(home=home, url_file=home / "url.txt", **fields)  # type: ignore[arg-type]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and no keys or addresses in the environment."""
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "COLAB_API_URL", "MOONREEL_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MOONREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOONREEL_URL_FILE", str(tmp_path / "url.txt"))
    return tmp_path


def test_a_healthy_machine_is_ready(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything that the packages bring works here; looking leaves no trace."""
    assert main(["doctor", "--json"]) == 0
    *checks, verdict = (json.loads(x) for x in capsys.readouterr().out.splitlines())
    levels = {check["name"]: check["level"] for check in checks}
    assert verdict == {"event": "verdict", "ok": True, "failed": []}
    needed = ("python", "ffmpeg", "espeak", "fonts", "local worker")
    assert {levels[name] for name in needed} == {"ok"}
    assert levels["gemini"] == "warn"
    assert not (bare / "home").exists()


def test_a_missing_ffmpeg_fails(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, the reason, and what to do."""
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(bare / "no-ffmpeg"))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "fail  ffmpeg: ffmpeg does not run" in said
    assert "set IMAGEIO_FFMPEG_EXE" in said
    assert "not ready: ffmpeg" in said


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script as ffmpeg")
def test_an_ffmpeg_without_captions_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that cannot draw captions is found before the first film."""
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho ffmpeg version 4.1 with libx264 inside\n")
    poor.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(poor))
    finding = machine_checks.check_ffmpeg()
    assert finding.level is Level.FAIL
    assert finding.message == "ffmpeg 4.1 has no libass for captions"


def test_a_font_that_is_gone_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every font that was installed is opened, not only that of Latin letters."""
    there = machine_checks._fonts_of("manimgx-fonts")
    assert any("Devanagari" in font.name for font in there)
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    fonts = [*there, tmp_path / "bad.ttf", tmp_path / "gone.ttf"]
    monkeypatch.setattr(machine_checks, "_fonts_of", lambda _wheel: fonts)

    finding = machine_checks.check_fonts()

    assert finding.level is Level.FAIL
    assert "cannot be read: bad.ttf, bad.ttf, bad.ttf, gone.ttf" in finding.message


def test_a_home_that_is_a_file_fails(tmp_path: Path) -> None:
    """Where nothing can be kept, no film can be made."""
    (tmp_path / "file").touch()
    finding = machine_checks.check_home(tmp_path / "file")
    assert finding.level is Level.FAIL


def test_a_full_disk_fails_and_a_small_one_warns(tmp_path: Path) -> None:
    """The floor is the orchestrator's own."""
    full = machine_checks.check_disk(settings(tmp_path, disk_floor_bytes=1 << 62))
    assert full.level is Level.FAIL


def test_a_taken_port_warns(tmp_path: Path) -> None:
    """Another program on the port is named; our own server there is fine."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = server_checks.check_port(settings(tmp_path, port=port), None)
        ours = f"http://127.0.0.1:{port}"
        fine = server_checks.check_port(settings(tmp_path, port=port), ours)
    assert (taken.level, fine.level) == (Level.WARN, Level.OK)


async def test_a_remote_worker_that_is_away_warns(tmp_path: Path) -> None:
    """The pasted address is tried; its token is not shown."""
    address = "http://127.0.0.1:9/#token=abcdefgh12345678"
    (tmp_path / "url.txt").write_text(f"# here\n\n{address}\n")
    (finding,) = await server_checks.check_remote(settings(tmp_path))
    assert finding.level is Level.WARN
    assert "http://127.0.0.1:9 does not answer" in finding.message
    assert "abcdefgh" not in finding.message


async def test_a_remote_worker_is_checked_as_the_page_does(tmp_path: Path) -> None:
    """Each step of Check with its advice; without the token only that is said."""
    async with FakeWorker() as worker:
        url_file = tmp_path / "url.txt"
        url_file.write_text(f"{worker.url}/#token={worker.token}\n")
        found = await server_checks.check_remote(settings(tmp_path))
        url_file.write_text(f"{worker.url}\n")
        (stranger,) = await server_checks.check_remote(settings(tmp_path))

    told = " ".join(finding.message for finding in found)
    assert "no GPU" in told
    assert "free on it" in told
    assert stranger.level is Level.WARN


async def test_an_address_that_is_none_warns(tmp_path: Path) -> None:
    """A line that holds no address comes with the tip of the intake."""
    (tmp_path / "url.txt").write_text("paste me\n")
    (finding,) = await server_checks.check_remote(settings(tmp_path))
    assert finding.level is Level.WARN
    assert "Paste the line" in (finding.advice or "")


def test_without_a_key_it_says_what_a_refused_topic_says(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where to get one, and the variable that takes it."""
    monkeypatch.delenv("MOONREEL_OPENAI_URL", raising=False)
    main(["doctor"])
    said = " ".join(capsys.readouterr().out.split())
    refusal = str(needs_key())

    for word in ("https://aistudio.google.com/apikey", "GEMINI_API_KEY", "own text"):
        assert word in said
        assert word in refusal


def test_a_key_is_noted_but_never_shown(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the key nor a token in an address."""
    monkeypatch.setenv("GEMINI_API_KEY", SECRET)
    monkeypatch.setenv("COLAB_API_URL", f"http://127.0.0.1:9/#token={SECRET}")
    main(["doctor"])
    said = capsys.readouterr()
    assert "gemini" in said.out
    assert SECRET not in said.out + said.err


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://h/#token=abc123", f"https://h/#token={HIDDEN}"),
        ("Authorization: Bearer abc12345", f"Authorization: Bearer {HIDDEN}"),
        ("https://me:pw@host/x", f"https://{HIDDEN}@host/x"),
        ("?api_key=abc&x=1", f"?api_key={HIDDEN}&x=1"),
        ("nothing secret here", "nothing secret here"),
    ],
)
def test_redaction(text: str, clean: str) -> None:
    """Tokens, keys and user names disappear wherever they stand."""
    assert redact(text) == clean


def test_the_month_of_each_tunnel_is_shown() -> None:
    """With the allowance where there is one, and as a warning when little is left."""
    much = TunnelQuota(
        host="a.ngrok.app", month="2026-11", requests=16_500, bytes=2_000_000,
        requests_limit=20_000, bytes_limit=1_000_000_000, used=0.83, warning="83% used.",
    )  # fmt: skip
    little = TunnelQuota(host="b.example", month="2026-11", requests=7, bytes=5_500_000)
    health = OrchestratorHealth(
        message="", script_engine="text", colab_connected=True, colab_url=None,
        version="0", protocol=1, tunnels=(much, little),
    )  # fmt: skip
    warned, fine = tunnel_findings(health)

    assert (warned.level, warned.advice) == (Level.WARN, "83% used.")
    assert warned.message == "16,500 requests of 20,000, 2.0 MB of 1,000"
    assert (fine.level, fine.message) == (Level.OK, "7 requests, 5.5 MB")
    assert tunnel_findings(None) == []
