"""One picture of a run: a small panel for each benchmark, from the results document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK = "#22223b"
_QUIET = "#9a9ab0"
_COLOURS = {
    "put": "#3d5a80",
    "post": "#98a95a",
    "bare": _QUIET,
    "waiting": "#3d5a80",
    "film": "#d1495b",
    "image": "#3d5a80",
    "voice": "#98a95a",
    "clip": "#edae49",
    "sound": "#8d6a9f",
    "page": "#3d5a80",
    "mirror": "#edae49",
}


def write_plot(document: dict[str, Any], path: Path) -> None:
    """Draws the panels for which ``document`` has numbers, as a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
    from matplotlib import pyplot as plt

    panels = [(d, t) for d, t, wanted in _PANELS if wanted in document["series"]]
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    size = (10, 2.9 * rows)
    figure, axes = plt.subplots(
        rows, columns, figsize=size, squeeze=False, layout="tight"
    )
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    for (draw, title), ax in zip(panels, axes.flat, strict=False):
        ax.set_title(title, loc="left", fontweight="bold")
        draw(ax, document)
    machine = document["machine"]
    figure.suptitle(f"{machine['cpu']}, {machine['cores']} cores", color=_QUIET)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(figure)


def _submit(ax: Axes, document: dict[str, Any]) -> None:
    times = document["series"]["submit_ms"]
    labels = {
        "put": "PUT /jobs/{id}",
        "post": "POST /generate_complete_video",
        "bare": "bare handler",
    }
    for name, label in labels.items():
        _share(ax, times[name], label, _COLOURS[name])
    _latency_axes(ax, target_ms=50)


def _status(ax: Axes, document: dict[str, Any]) -> None:
    series = document["series"]
    labels = {
        "waiting": "pollers hold on waiting jobs",
        "film": "pollers hold on the film",
    }
    for name, label in labels.items():
        _share(ax, series[f"status_{name}_ms"], label, _COLOURS[name])
    _latency_axes(ax, target_ms=100)


def _throughput(ax: Axes, document: dict[str, Any]) -> None:
    values = _values(document, "status")
    names = ["waiting", "film"]
    for row, name in enumerate(names):
        ours, bare = values[f"{name}_throughput"], values[f"{name}_bare_throughput"]
        ax.barh(row - 0.2, ours, 0.36, color=_COLOURS[name])
        ax.barh(row + 0.2, bare, 0.36, color=_COLOURS["bare"])
        ratio = f" {values[f'{name}_to_bare']:.2f} of bare"
        ax.text(ours, row - 0.2, ratio, va="center", fontsize=8)
    ax.set_yticks([-0.2, 0.2, 0.8, 1.2], ["waiting", "bare", "film", "bare"])
    ax.invert_yaxis()
    ax.margins(x=0.25)
    ax.set_xlabel("replies a second")


def _wire(ax: Axes, document: dict[str, Any]) -> None:
    wire = document["series"]["wire"]
    bars = [("visible changes", wire["changes"], _QUIET)]
    for name in ("page", "mirror"):
        told = wire[name]
        kib = (told["up_bytes"] + told["down_bytes"]) / 1024
        label = f"{name}: requests\n({kib:.0f} KiB in all)"
        bars.append((label, told["requests"], _COLOURS[name]))
    labels, counts, colours = zip(*bars, strict=True)
    shown = ax.barh(labels, counts, 0.6, color=colours)
    ax.bar_label(shown, padding=3, fontsize=8)
    ax.invert_yaxis()
    ax.margins(x=0.15)


def _overlap(ax: Axes, document: dict[str, Any]) -> None:
    rows = {"image": 0, "voice": 1, "clip": 2, "sound": 3, "film": 4}
    for bar in document["series"]["overlap"]:
        span = [(bar["start_s"], bar["took_s"])]
        colour = _COLOURS[bar["kind"]]
        ax.broken_barh(
            span, (rows[bar["kind"]] - 0.35, 0.7), color=colour, ec="white", lw=0.6
        )
    path_s = _values(document, "overlap")["critical_path"]
    ax.axvline(path_s, color=_INK, lw=1, ls=":")
    ax.text(path_s, 1, "critical\npath ", ha="right", va="center", fontsize=8)
    ax.set_yticks(list(rows.values()), list(rows))
    ax.invert_yaxis()
    ax.set_xlabel("seconds after the submit")


def _startup(ax: Axes, document: dict[str, Any]) -> None:
    figures = document["series"]["startup"]
    labels = {
        "python_s": "python -c pass",
        "help_s": "moonreel --help",
        "bare_ready": "bare handler",
        "worker_ready": "worker",
        "serve_ready": "moonreel serve",
    }
    values = [figures[name] for name in labels]
    texts = [f"{figures[name]:.2f} s{_memory(figures, name)}" for name in labels]
    shown = ax.barh(list(labels.values()), values, 0.6, color=_COLOURS["put"])
    ax.bar_label(shown, texts, padding=3, fontsize=8)
    ax.invert_yaxis()
    ax.margins(x=0.35)
    ax.set_xlabel("seconds until it has answered")


def _gpu(ax: Axes, document: dict[str, Any]) -> None:
    told = document["series"]["gpu"]
    rows = told["rows"]
    for place, row in enumerate(rows):
        ax.barh(place - 0.2, row["ours"], 0.36, color=_COLOURS["put"])
        if row["stock"] is not None:
            ax.barh(place + 0.2, row["stock"], 0.36, color=_COLOURS["bare"])
        ax.plot([row["limit"]] * 2, [place - 0.4, place + 0.4], color=_INK, lw=1)
    ax.set_yticks(range(len(rows)), [row["name"] for row in rows], fontsize=7)
    ax.invert_yaxis()
    ax.set_xscale("log")
    card = told["card"] or "no GPU: tiny models on the CPU"
    ax.set_xlabel(f"a minute (grey: stock, line: arithmetic); {card}", fontsize=8)


def _memory(figures: dict[str, float], name: str) -> str:
    rss = figures.get(name.replace("_ready", "_rss"))
    return f", {rss:.0f} MB" if name.endswith("_ready") and rss else ""


def _share(ax: Axes, values: list[float], label: str, colour: str) -> None:
    ranked = sorted(values)
    shares = [100 * (rank + 1) / len(ranked) for rank in range(len(ranked))]
    ax.step(ranked, shares, where="post", label=label, color=colour)


def _latency_axes(ax: Axes, *, target_ms: float) -> None:
    ax.axvline(target_ms, color=_INK, lw=1, ls=":")
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_xlabel(f"milliseconds (dotted: the target for 99 %, {target_ms:g} ms)")
    ax.set_ylabel("% answered")
    ax.set_xlim(right=ax.get_xlim()[1] * 15)  # room for the legend
    ax.legend(frameon=False, fontsize=8, loc="lower right")


def _values(document: dict[str, Any], benchmark: str) -> dict[str, float]:
    figures = [f for f in document["figures"] if f["benchmark"] == benchmark]
    return {figure["name"]: figure["value"] for figure in figures}


#: What draws a panel, its title, and the series without which it is left out.
_PANELS = (
    (_submit, "Submit: time to the job id", "submit_ms"),
    (_status, "Status while films render", "status_film_ms"),
    (_throughput, "Status: throughput", "status_film_ms"),
    (_wire, "Watching one job: requests", "wire"),
    (_overlap, "One job: what runs when", "overlap"),
    (_startup, "Start-up", "startup"),
    (_gpu, "Pictures a minute", "gpu"),
)
#: Matplotlib types each of its 300 settings by name; these are a few of them.
STYLE: Any = {
    "font.size": 9,
    "axes.edgecolor": _QUIET,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
