"""Flags of a worker: every flag arrives, and a token is always there."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_worker.limits import Limits
from colab_worker.settings import MIB, Settings, parse_settings

DEFAULTS, _ = parse_settings(["--token", "t"], {})

FLAGS: list[tuple[list[str], str, object]] = [
    (["--host", "0.0.0.0"], "host", "0.0.0.0"),
    (["--port", "0"], "port", 0),
    (["--data-dir", "/x/y"], "data_dir", Path("/x/y")),
    (["--ready-file", "/x/r.json"], "ready_file", Path("/x/r.json")),
    (["--stop-on-eof"], "stop_on_eof", True),
    (
        ["--allow-origin", "https://a", "--allow-origin", "https://b"],
        "allowed_origins",
        ("https://a", "https://b"),
    ),
    (["--encoder", "libx264"], "encoder", "libx264"),
    (["--cpu-lanes", "4"], "cpu_lanes", 4),
    (["--queue-capacity", "7"], "queue_capacity", 7),
    (["--body-limit-mib", "0.5"], "body_limit_bytes", MIB // 2),
    (["--blob-limit-mib", "1"], "blob_limit_bytes", MIB),
    (["--disk-floor-mib", "0"], "disk_floor_bytes", 0),
    (["--disk-quota-mib", "3"], "disk_quota_bytes", 3 * MIB),
    (
        ["--unit-limit-s", "9"],
        "time_limits_s",
        dict.fromkeys(("image", "voice", "clip", "sound", "film"), 9.0),
    ),
    (["--requests-per-minute", "9"], "limits", Limits(requests=9)),
    (["--submits-per-minute", "9"], "limits", Limits(submits=9)),
    (["--upload-mib-per-hour", "9"], "limits", Limits(upload_mib=9)),
    (["--beat-timeout-s", "5"], "beat_timeout_s", 5.0),
    (["--preload", "sdxl, vits"], "preload", ("sdxl", "vits")),
    (["--retry-delay-s", "0"], "retry_delay_s", 0.0),
]


@pytest.mark.parametrize(("arguments", "field", "value"), FLAGS)
def test_a_flag_changes_its_setting(
    arguments: list[str], field: str, value: object
) -> None:
    """And nothing else."""
    settings, _ = parse_settings([*arguments, "--token", "t"], {})
    changed = {n for n, v in vars(settings).items() if v != getattr(DEFAULTS, n)}

    assert (getattr(settings, field), changed) == (value, {field})


def test_without_flags_the_documented_defaults_hold() -> None:
    """The command line and the class agree on what is usual."""
    assert Settings(DEFAULTS.data_dir, "t") == DEFAULTS


@pytest.mark.parametrize(
    ("arguments", "environ", "token"),
    [
        (["--token", "mine"], {"MOONREEL_TOKEN": "other"}, "mine"),
        ([], {"MOONREEL_TOKEN": "other"}, "other"),
        (["--token", ""], {"MOONREEL_TOKEN": "other"}, "other"),
    ],
)
def test_a_given_token_is_taken(
    arguments: list[str], environ: dict[str, str], token: str
) -> None:
    """The flag wins over the environment, and neither is printed."""
    settings, made = parse_settings(arguments, environ)

    assert (settings.token, made) == (token, False)


def test_without_a_token_a_new_one_is_made() -> None:
    """A worker is never open: no token given means another one each time."""
    first, made = parse_settings([], {})
    second, _ = parse_settings([], {"MOONREEL_TOKEN": ""})

    assert made
    assert len(first.token) == 43
    assert first.token != second.token


@pytest.mark.parametrize("flag", ["--cpu-lanes", "--queue-capacity"])
@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_impossible_numbers_are_refused(
    flag: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The flag is named in the refusal."""
    with pytest.raises(SystemExit):
        parse_settings([flag, value], {})

    assert flag in capsys.readouterr().err
