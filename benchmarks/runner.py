"""Which benchmarks there are, and running some of them one after another."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import gpu, overlap, startup, status, submit, wire, writer
from benchmarks.figures import Outcome
from benchmarks.machine import machine
from benchmarks.report import as_document, print_table, write_json, write_markdown


def _tunnel(quick: bool) -> Outcome:
    from benchmarks import tunnel  # needs the driver of a browser, which others do not

    return tunnel.measure(quick)


BENCHMARKS: dict[str, Callable[[bool], Outcome]] = {
    "submit": submit.measure,
    "status": status.measure,
    "wire": wire.measure,
    "overlap": overlap.measure,
    "startup": startup.measure,
    "writer": writer.measure,
}
#: Those that a run of everything leaves out: they need more than Moonreel's core, or ten
#: minutes of real time.
ALONE: dict[str, Callable[[bool], Outcome]] = {"gpu": gpu.measure, "tunnel": _tunnel}
_HERE = Path(__file__).parent
#: Written by a full run of everything, and as .md; other runs write what they are told.
LATEST = _HERE / "results" / "latest.json"
PLOT = _HERE.parent / "docs" / "benchmarks.png"


def main(arguments: list[str] | None = None) -> int:
    """Runs what is asked for and shows it; a missed target is shown, not an error."""
    parser = _parser()
    options = parser.parse_args(arguments)
    every = BENCHMARKS | ALONE
    if unknown := set(options.names) - set(every):
        known = ", ".join(every)
        parser.error(f"{min(unknown)} is no benchmark; choose some of: {known}")
    facts = machine()
    outcomes = {}
    for name in options.names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        outcomes[name] = every[name](options.quick)
    document = as_document(outcomes, facts, quick=options.quick)
    print_table(document)
    whole = not options.names and not options.quick
    if whole:
        write_markdown(document, LATEST.with_suffix(".md"))
    if file := options.json or (LATEST if whole else None):
        write_json(document, file)
    if file := options.plot or (PLOT if whole else None):
        from benchmarks.plot import write_plot

        write_plot(document, file)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures Moonreel on this machine."
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"some of: {', '.join(BENCHMARKS)}; without a name, all; or gpu, which "
        "needs moonreel[image], or tunnel, which takes ten minutes",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="few and small: shows that it works")
    note = "a full run of everything writes benchmarks/results/latest.json"
    add("--json", type=Path, metavar="FILE", help=f"results as JSON; {note}")
    note = "a full run of everything writes docs/benchmarks.png"
    add("--plot", type=Path, metavar="FILE", help=f"a PNG of the results; {note}")
    return parser
