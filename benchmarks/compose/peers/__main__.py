"""``python -m benchmarks.compose.peers``: all steps, or some, then the figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.compose.peers import steps
from benchmarks.compose.peers.environments import LOCAL
from benchmarks.compose.peers.summary import outcome_of, write_plot
from benchmarks.machine import machine
from benchmarks.report import as_document, print_table, write_json, write_markdown

STEPS = (
    *("prepare", "zoom", "default", "pan", "ending"),
    *("four-pass", "jitter", "fidelity"),
)
UNTIMED = ("jitter", "fidelity")
#: No step: only shows, and writes, what is known.
REPORT = "report"
_ROOT = Path(__file__).parents[3]
RESULTS = _ROOT / "benchmarks" / "results" / "compose.json"
PLOT = _ROOT / "docs" / "compose.png"


def main() -> int:
    """Measures what is asked for; writes figures, table and plot of all that is known."""
    options = _parser().parse_args()
    findings = steps.Findings(LOCAL / "findings.json", adding=options.add)
    for size in steps.SIZES:
        name = "{}x{}".format(*size)
        if options.size in (None, name):
            for step in options.steps or STEPS:
                print(f"{name} {step} ...", file=sys.stderr, flush=True)
                _do(step, size, findings, options)
    facts = machine()
    busy = [
        told["machine"]["busy_percent_before"]
        for key, told in findings.found.items()
        if not key.endswith(UNTIMED)
    ]
    facts["busy_percent_before"] = max(busy, default=facts["busy_percent_before"])
    document = as_document({"compose": outcome_of(findings.found)}, facts, quick=False)
    for figure in document["figures"]:
        figure["command"] = "python -m benchmarks.compose.peers"
    print_table(document)
    if options.write:
        write_json(document, RESULTS)
        write_markdown(document, RESULTS.with_suffix(".md"))
        write_plot(findings.found, PLOT)
    return 0


def _do(
    step: str,
    size: tuple[int, int],
    findings: steps.Findings,
    options: argparse.Namespace,
) -> None:
    timed = {
        "zoom": steps.zoom,
        "default": steps.default,
        "pan": steps.panned,
        "ending": steps.ending,
    }
    if step in timed:
        timed[step](size, findings, options.repeats)
    elif step == "four-pass":
        steps.four_passes(size, findings, options.photographs)
    elif step == "prepare":
        steps.prepare(size)
    elif step == "jitter" and size == steps.SIZES[0]:  # the same for all
        steps.jitter(size, findings)
    elif step == "fidelity":
        steps.fidelity(size, findings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compose.peers",
        description="Moonreel's films beside x264 alone and two ways with MoviePy.",
    )
    add = parser.add_argument
    add(
        "steps",
        nargs="*",
        choices=[*STEPS, REPORT, []],
        help=f"(default: all but {REPORT})",
    )
    add("--size", choices=["{}x{}".format(*size) for size in steps.SIZES])
    add("--repeats", type=int, default=3, help="runs of each way (default: 3)")
    add("--photographs", type=int, default=6, help="of the four passes (default: 6)")
    add("--add", action="store_true", help="keep the runs there are, and add to them")
    add("--write", action="store_true", help="results/compose.*, docs/compose.png")
    return parser


if __name__ == "__main__":
    sys.exit(main())
