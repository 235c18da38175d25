"""Which benchmarks there are, and running some of them one after another."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import overlap, startup, status, submit, wire
from benchmarks.figures import Outcome
from benchmarks.machine import machine
from benchmarks.report import as_document, print_table, write_json

BENCHMARKS: dict[str, Callable[[bool], Outcome]] = {
    "submit": submit.measure,
    "status": status.measure,
    "wire": wire.measure,
    "overlap": overlap.measure,
    "startup": startup.measure,
}
RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str] | None = None) -> int:
    """Runs what is asked for and shows it; a missed target is shown, not an error."""
    options = _parser().parse_args(arguments)
    names = options.names or list(BENCHMARKS)
    facts = machine()
    outcomes = {}
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        outcomes[name] = BENCHMARKS[name](options.quick)
    document = as_document(outcomes, facts, quick=options.quick)
    print_table(document)
    if options.json:
        write_json(document, options.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures Moonreel on this machine."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}"
    )
    parser.add_argument("--quick", action="store_true", help="few and small; seconds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="results as JSON")
    return parser
