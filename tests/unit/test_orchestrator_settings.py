"""Settings come from the environment, once, and mistakes in them are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import SettingsError
from orchestrator.settings import Settings


def test_defaults_are_safe(tmp_path: Path) -> None:
    """Without any variable the server is for this machine alone."""
    settings = Settings.from_environment({}, home=tmp_path)

    assert (settings.host, settings.port, settings.worker) == (
        "127.0.0.1",
        5000,
        "auto",
    )
    assert settings.url_file.name == "COLAB_NGROK_URL.txt"
    assert settings.allowed_origins == settings.allowed_hosts == ()
    assert settings.max_body_bytes == 2 << 20


def test_every_variable_is_read(tmp_path: Path) -> None:
    """Each documented variable arrives in its field."""
    settings = Settings.from_environment(
        {
            "MOONREEL_HOME": str(tmp_path / "home"),
            "MOONREEL_HOST": "0.0.0.0",
            "MOONREEL_PORT": "5055",
            "MOONREEL_WORKER": "remote",
            "MOONREEL_FALLBACK": "local, draft remote",
            "MOONREEL_URL_FILE": str(tmp_path / "url.txt"),
            "MOONREEL_ALLOWED_HOSTS": "box:5000, box.lan:5000",
            "MOONREEL_ALLOWED_ORIGINS": "https://studio.example/",
            "MOONREEL_QUEUE_CAPACITY": "3",
            "MOONREEL_DISK_FLOOR_MB": "1",
            "COLAB_API_URL": "https://x.ngrok.app/#token=abcdefgh12",
            "GEMINI_API_KEY": "k",
        }
    )

    assert settings.home == tmp_path / "home"
    assert (settings.host, settings.port, settings.worker) == (
        "0.0.0.0",
        5055,
        "remote",
    )
    assert settings.fallback == ("local", "draft", "remote")
    assert settings.url_file == tmp_path / "url.txt"
    assert settings.allowed_hosts == ("box:5000", "box.lan:5000")
    assert settings.allowed_origins == ("https://studio.example",)
    assert (settings.queue_capacity, settings.disk_floor_bytes) == (3, 1 << 20)
    assert settings.has_gemini_key
    assert "abcdefgh12" not in repr(settings)


def test_arguments_win(tmp_path: Path) -> None:
    """What was typed is stronger than what was set."""
    environ = {"MOONREEL_PORT": "1", "MOONREEL_HOME": "/nowhere"}
    settings = Settings.from_environment(environ, home=tmp_path, port=0, worker="local")

    assert (settings.home, settings.port, settings.worker) == (tmp_path, 0, "local")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOONREEL_PORT", "many"),
        ("MOONREEL_PORT", "65536"),
        ("MOONREEL_WORKER", "moon"),
        ("MOONREEL_QUEUE_CAPACITY", "-1"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, name: str, value: str) -> None:
    """The sentence names the variable and its value."""
    with pytest.raises(SettingsError, match=f"{name} is '{value}'"):
        Settings.from_environment({name: value}, home=tmp_path)


@pytest.mark.parametrize("words", ["moon", "local local", ","])
def test_a_wrong_order_of_fallbacks_is_named(tmp_path: Path, words: str) -> None:
    """With the words there are."""
    with pytest.raises(
        SettingsError, match=r"MOONREEL_FALLBACK: .*remote, local, host"
    ):
        Settings.from_environment({"MOONREEL_FALLBACK": words}, home=tmp_path)
