"""From what was measured to figures with their targets, a table and a plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.compose.peers.contenders import FOUR_PASSES
from benchmarks.compose.peers.material import NARRATIONS, SECONDS
from benchmarks.compose.peers.steps import LOSSLESS_COUNT, SIZES
from benchmarks.figures import Outcome, at_least, at_most, median
from benchmarks.plot import STYLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WALL, PASSES, PAN = at_most(1.35), at_least(6.0), at_least(1.0)
RMS_PX, WORST_PX = at_most(0.10), at_most(0.25)
LOSS_DB, MB_A_MINUTE, PEAK_MB = at_most(0.5), at_most(12.0), at_most(700.0)
#: From the last picture to the film, beyond the time of one clip.
ENDING_S = at_most(1.0)
PHOTOGRAPHS = len(NARRATIONS)
_COLOURS = {"Moonreel": "#d1495b", "x264 alone": "#9a9ab0", "other": "#3d5a80"}
_SHADES = ("#22384f", "#3d5a80", "#6b88ad", "#a5b9d1")


def outcome_of(found: dict[str, Any]) -> Outcome:
    """Figures of every step that was measured."""
    outcome = Outcome()
    for width, height in SIZES:
        size = f"{width}x{height}"
        of = {
            k[len(size) + 1 :]: v["found"]
            for k, v in found.items()
            if k.startswith(size)
        }
        for name in ("zoom", "default"):
            if name in of:
                _against_raw(outcome, f"{size} {name}", of[name])
        if "default" in of:
            _defaults(outcome, size, of["default"])
        if "pan" in of:
            _pan(outcome, size, of["pan"])
        if "ending" in of:
            _ending(outcome, size, of["ending"])
        if "four-pass" in of:
            _four(outcome, size, of["four-pass"])
        if "jitter" in of:
            _smoothness(outcome, of["jitter"])
        if "fidelity" in of:
            _fidelity(outcome, size, of["fidelity"])
    return outcome


def _against_raw(outcome: Outcome, label: str, runs: dict[str, Any]) -> None:
    ours, alone = runs["moonreel"], runs["raw"]
    n = len(ours)
    for what, word, target in (("wall_s", "wall", WALL), ("cpu_s", "processor", None)):
        mine, other = _median(ours, what), _median(alone, what)
        note = f"{mine:.1f} s against {other:.1f} s"
        outcome.add(f"{label}: {word}, x x264 alone", mine / other, "", n, target, note)
    psnr = runs["psnr"]
    loss = psnr["raw"] - psnr["moonreel"]
    note = f"{psnr['moonreel']:.2f} dB against {psnr['raw']:.2f} dB"
    outcome.add(f"{label}: PSNR lost to one encode", loss, "dB", 1, LOSS_DB, note)


def _defaults(outcome: Outcome, size: str, runs: dict[str, Any]) -> None:
    ours = runs["moonreel"]
    minutes = SECONDS * PHOTOGRAPHS / 60
    size_mb = _median(ours, "bytes") / 1e6 / minutes
    outcome.add(f"{size} default: size", size_mb, "MB/min", len(ours), MB_A_MINUTE)
    peak = max(run["peak_mb"] for run in ours)
    outcome.add(f"{size} default: peak memory", peak, "MB", len(ours), PEAK_MB)


def _pan(outcome: Outcome, size: str, runs: dict[str, Any]) -> None:
    ours, other = runs["moonreel"], runs["pan"]
    for what, word in (("wall_s", "wall"), ("cpu_s", "processor")):
        mine, theirs = _median(ours, what), _median(other, what)
        note = f"{theirs:.1f} s against {mine:.1f} s"
        target = PAN if what == "wall_s" else None
        name = f"{size} pan: {word} of MoviePy, x Moonreel"
        outcome.add(name, theirs / mine, "", len(ours), target, note)
    peaks = [max(run["peak_mb"] for run in runs) for runs in (ours, other)]
    note = f"MoviePy: {peaks[1]:.0f} MB"
    outcome.add(f"{size} pan: peak memory", peaks[0], "MB", len(ours), PEAK_MB, note)


def _ending(outcome: Outcome, size: str, runs: dict[str, Any]) -> None:
    ours = runs["moonreel"]
    beyond = median([run["ready_s"] - run["clip_s"] for run in ours])
    ready, clip = _median(ours, "ready_s"), _median(ours, "clip_s")
    note = f"ready after {ready:.1f} s, the last clip took {clip:.1f} s"
    name = f"{size} default: film after its last picture, beyond a clip"
    outcome.add(name, beyond, "s", len(ours), ENDING_S, note)


def _four(outcome: Outcome, size: str, runs: dict[str, Any]) -> None:
    ours, four = runs["moonreel"], runs["four-pass"]
    for what, word in (("cpu_s", "processor"), ("wall_s", "wall")):
        mine, theirs = _median(ours, what), _median(four, what)
        note = f"{theirs:.0f} s against {mine:.0f} s, {runs['photographs']} photographs"
        name = f"{size} zoom: {word} of four passes, x Moonreel"
        target = PASSES if what == "cpu_s" else None
        outcome.add(name, theirs / mine, "", len(four), target, note)
    peaks = [max(run["peak_mb"] for run in each) for each in (ours, four)]
    name = f"{size} zoom: memory of four passes, x Moonreel"
    note = f"{peaks[1]:.0f} MB against {peaks[0]:.0f} MB"
    outcome.add(name, peaks[1] / peaks[0], "", len(four), None, note)
    larger = _median(four, "bytes") / _median(ours, "bytes")
    outcome.add(f"{size} zoom: bytes of four passes, x Moonreel", larger, "", len(four))


def _smoothness(outcome: Outcome, found: dict[str, Any]) -> None:
    for name, (rms, worst) in found.items():
        ours = name.startswith("moonreel")
        outcome.add(f"jitter RMS, {name}", rms, "px", 1, RMS_PX if ours else None)
        outcome.add(f"jitter worst, {name}", worst, "px", 1, WORST_PX if ours else None)


def _fidelity(outcome: Outcome, size: str, found: dict[str, Any]) -> None:
    better = found["psnr-moonreel"] - found["psnr-four-pass"]
    note = f"{found['psnr-moonreel']:.2f} dB against {found['psnr-four-pass']:.2f} dB"
    outcome.add(f"{size} zoom: PSNR beyond four passes", better, "dB",
                LOSSLESS_COUNT, None, note)  # fmt: skip


def write_plot(found: dict[str, Any], path: Path) -> None:
    """Processor time, wall time, size and smoothness side by side, as a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(10, 6.6), layout="tight")
    for column, (width, height) in enumerate(SIZES):
        _seconds(axes[0, column], found, f"{width}x{height}")
    size = "{}x{}".format(*SIZES[0])
    _jitters(axes[1, 0], found.get(f"{size}/jitter", {}).get("found", {}))
    _fidelities(axes[1, 1], found)
    figure.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(figure)


def _seconds(ax: Axes, found: dict[str, Any], size: str) -> None:
    """Bars of processor seconds; the four passes one behind the other."""
    rows = []
    for step, name, label in (
        ("zoom", "raw", "x264 alone, zoom"),
        ("zoom", "moonreel", "Moonreel, zoom"),
        ("pan", "moonreel", "Moonreel, pan"),
        ("pan", "pan", "MoviePy 2.1.1, pan"),
    ):
        if f"{size}/{step}" in found:
            runs = found[f"{size}/{step}"]["found"][name]
            rows.append((label, [_median(runs, "cpu_s")]))
    if f"{size}/four-pass" in found:
        rows.append(_four_row(found[f"{size}/four-pass"]["found"]))
    for place, (label, parts) in enumerate(rows):
        left = 0.0
        for number, part in enumerate(parts):
            colour = _SHADES[number] if len(parts) > 1 else _colour(label)
            ax.barh(place, part, 0.62, left=left, color=colour)
            left += part
        ax.text(left, place, f" {left:.0f} s", va="center", fontsize=8)
    ax.set_yticks(range(len(rows)), [label for label, _ in rows])
    ax.invert_yaxis()
    ax.margins(x=0.15)
    title = f"{size}, preset medium"
    ax.set_title(title, loc="left", fontweight="bold")
    ax.set_xlabel("processor seconds for 30 s of film")


def _four_row(runs: dict[str, Any]) -> tuple[str, list[float]]:
    """The passes, as long as all photographs would have taken."""
    share = PHOTOGRAPHS / runs["photographs"]
    passes = runs["four-pass"][0]["passes"]
    took = [passes[name]["cpu_s"] * share for name in FOUR_PASSES]
    part = f"\n(from {runs['photographs']} photographs)" if share > 1 else ""
    return f"MoviePy 2.1.2, four passes{part}", took


def _jitters(ax: Axes, jitter: dict[str, Any]) -> None:
    for place, (name, (rms, worst)) in enumerate(jitter.items()):
        ax.barh(place - 0.18, rms, 0.34, color=_colour(name))
        ax.barh(place + 0.18, worst, 0.34, color=_colour(name), alpha=0.45)
        ax.text(worst, place + 0.18, f" {worst:.3f}", va="center", fontsize=8)
    ax.set_yticks(range(len(jitter)), [_name(name) for name in jitter])
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.set_title("How far a dot strays from its line", loc="left", fontweight="bold")
    ax.set_xlabel("pixels (dark: root mean square, light: worst)")


def _fidelities(ax: Axes, found: dict[str, Any]) -> None:
    labels, values, colours = [], [], []
    for width, height in SIZES:
        told = found.get(f"{width}x{height}/zoom")
        if told is None:
            continue
        for name, key in (("x264 alone", "raw"), ("Moonreel", "moonreel")):
            labels.append(f"{name}, {width}x{height}")
            values.append(told["found"]["psnr"][key])
            colours.append(_colour(name))
    bars = ax.barh(range(len(labels)), values, 0.62, color=colours)
    ax.bar_label(bars, [f"{value:.1f} dB" for value in values], padding=3, fontsize=8)
    ax.set_yticks(range(len(labels)), labels)
    ax.invert_yaxis()
    if values:
        ax.set_xlim(min(values) - 3, max(values) + 1.5)
    ax.set_title("What is left of the pictures", loc="left", fontweight="bold")
    ax.set_xlabel("PSNR against the same frames without loss")


def _median(runs: list[dict[str, Any]], what: str) -> float:
    return median([run[what] for run in runs])


def _colour(name: str) -> str:
    key = "Moonreel" if name.lower().startswith("moonreel") else name.partition(",")[0]
    return _COLOURS.get(key, _COLOURS["other"])


def _name(name: str) -> str:
    return name.replace("moonreel", "Moonreel").replace(
        "four-pass", "MoviePy, four passes"
    )
