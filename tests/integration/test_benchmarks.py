"""The benchmarks run, and what they write can be read; how fast they are is not tested."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.overlap import critical_path_s
from benchmarks.runner import main

FIELDS = {
    *("benchmark", "name", "value", "unit", "n", "target", "pass", "note", "command"),
}


@pytest.mark.slow
def test_a_quick_run_writes_figures_with_their_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One benchmark gives JSON with facts of the machine, figures, and a verdict on each."""
    file, plot = tmp_path / "results.json", tmp_path / "plot.png"
    assert main(["overlap", "--quick", "--json", str(file), "--plot", str(plot)]) == 0
    document = json.loads(file.read_text())
    assert document["quick"] is True
    assert {"cpu", "cores", "python", "fsync_ms"} <= document["machine"].keys()
    figures = {figure["name"]: figure for figure in document["figures"]}
    assert {"cold", "warm", "critical_path"} <= figures.keys()
    assert all(figure.keys() == FIELDS for figure in figures.values())
    assert figures["warm"]["command"] == "python -m benchmarks overlap --quick"
    assert figures["warm"]["pass"] is (figures["warm"]["value"] <= 1.1)
    assert figures["critical_path"]["pass"] is None
    assert {bar["kind"] for bar in document["series"]["overlap"]} == {
        *("image", "voice", "clip", "sound", "film")
    }
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "critical_path" in capsys.readouterr().out


def test_an_unknown_benchmark_is_refused_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wrong name ends with the names that there are."""
    with pytest.raises(SystemExit):
        main(["speed"])
    said = capsys.readouterr().err
    assert "speed is no benchmark" in said and "overlap" in said


@pytest.mark.parametrize(
    ("seconds", "path_s"),
    [
        ({"image": 0.6, "voice": 0.2, "clip": 0.4, "sound": 0.2, "film": 0.3}, 7.9),
        ({"image": 0.1, "voice": 0.5, "clip": 1.5, "sound": 0.2, "film": 0.3}, 12.4),
    ],
)
def test_the_critical_path_is_the_longer_of_both_lanes(
    seconds: dict[str, float], path_s: float
) -> None:
    """Pictures are the limit, or the two lanes that share voices and clips are."""
    assert critical_path_s(12, seconds) == pytest.approx(path_s)
