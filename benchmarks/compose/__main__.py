"""``python -m benchmarks.compose``: this benchmark alone."""

import sys

from benchmarks.compose import measure
from benchmarks.machine import machine
from benchmarks.report import as_document, print_table

if __name__ == "__main__":
    quick = "--quick" in sys.argv[1:]
    facts = machine()
    print_table(as_document({"compose": measure(quick)}, facts, quick=quick))
