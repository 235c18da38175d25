"""Settings of a worker: tokens that last, and tunnel options that fit together."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from colab_worker.settings import parse_settings


def test_a_token_file_is_made_once_and_lasts(tmp_path: Path) -> None:
    """Two starts have the same token, which only the user may read."""
    file = tmp_path / "keys" / "token"
    first, made = parse_settings(["--token-file", str(file)], {})
    second, _ = parse_settings(["--token-file", str(file)], {"MOONREEL_TOKEN": "other"})

    assert len(first.token) == 43
    assert not made  # it lies in the file, so it need not be shown
    assert second.token == first.token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_tunnels_are_read_in_one_order(tmp_path: Path) -> None:
    """Several at once; the authtoken from the file wins over the environment."""
    secret = tmp_path / "authtoken"
    secret.write_text("from-file\n", encoding="utf-8")
    words = ["--tunnel", "cloudflared", "--tunnel", "ngrok"]
    settings, _ = parse_settings(
        [*words, "--ngrok-token-file", str(secret)], {"NGROK_AUTHTOKEN": "from-env"}
    )

    assert settings.tunnels.kinds == ("ngrok", "cloudflared")
    assert settings.tunnels.ngrok_token == "from-file"
    assert "from-file" not in repr(settings)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--tunnel ngrok", "needs an authtoken"),
        ("--tunnel none --tunnel cloudflared", "excludes the other tunnels"),
        ("--ngrok-domain a.ngrok.app", "--ngrok-domain is for --tunnel ngrok"),
        ("--cloudflared /bin/true", "--cloudflared is for --tunnel cloudflared"),
        ("--tunnel ngrok --ngrok-token-file /nowhere/token", "/nowhere/token"),
        ("--tunnel localtunnel", "invalid choice"),
        ("--port 65536", "--port: 65536 is no port"),
        ("--cpu-lanes two", "--cpu-lanes: 'two' is no whole number"),
        ("--queue-capacity 0", "--queue-capacity: 0 is less than 1"),
        ("--unit-limit-s 0", "--unit-limit-s: 0 is not above 0"),
        ("--disk-floor-mib nan", "--disk-floor-mib: 'nan' is no number that can"),
        ("--disk-quota-mib 1e400", "--disk-quota-mib: '1e400' is no number that can"),
        ("--retry-delay-s=-1", "--retry-delay-s: -1 is less than 0"),
        ("--body-limit-mib much", "--body-limit-mib: 'much' is no number"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a sentence that names the option."""
    with pytest.raises(SystemExit) as ended:
        parse_settings(words.split(), {})

    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1


def test_an_empty_token_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else the worker would run with no token at all."""
    file = tmp_path / "token"
    file.touch()
    with pytest.raises(SystemExit):
        parse_settings(["--token-file", str(file)], {})

    assert "must hold the token" in capsys.readouterr().err
