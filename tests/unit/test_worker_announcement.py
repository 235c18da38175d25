"""What a worker says when it listens: a line that the other side understands as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_worker.announcement import Announcement
from colab_worker.settings import Settings
from colab_worker.tunnels.options import TunnelSettings
from orchestrator.url_intake import dig_address

TOKEN = "a-token-of-this-test"


def said(
    url: str,
    capsys: pytest.CaptureFixture[str],
    *,
    new: bool = True,
    **settings: object,
) -> str:
    """Standard error of a worker that listens at ``url``."""
    values = Settings(Path("/nowhere"), TOKEN, **settings)  # type: ignore[arg-type]
    Announcement(values, url, "boot-1", show_token=new).listening()
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.0.0.1:5001", "127.0.0.1"),
        ("http://192.168.7.20:5001", "192.168.7.20"),
        ("http://[fd00::7]:5001", "[fd00::7]"),
    ],
)
def test_what_it_says_can_be_pasted(
    url: str, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of it, or its last line: address and token are dug out."""
    text = said(url, capsys)
    log = f"12:00:00 INFO colab_worker: listening on {url} (boot_id=0)\n"
    for pasted in (text, text.splitlines()[-1], log + text):
        address = dig_address(pasted)
        assert (address.url, address.token) == (f"http://{host}:5001", TOKEN)


@pytest.mark.parametrize("url", ["http://0.0.0.0:5001", "http://[::]:5001"])
def test_an_address_that_means_all_is_told_as_one(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody can connect to 0.0.0.0."""
    address = dig_address(said(url, capsys))

    assert address.token == TOKEN
    assert address.url.endswith(":5001")
    assert "0.0.0.0" not in address.url
    assert "[::]" not in address.url


def test_a_token_that_is_known_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Who gave it knows it."""
    assert TOKEN not in said("http://127.0.0.1:5001", capsys, new=False)


def test_with_a_tunnel_its_line_is_the_one(capsys: pytest.CaptureFixture[str]) -> None:
    """It comes once the tunnel is open; an address of this machine would mislead."""
    tunnels = TunnelSettings(kinds=("cloudflared",))
    assert "connect" not in said("http://127.0.0.1:5001", capsys, tunnels=tunnels)
