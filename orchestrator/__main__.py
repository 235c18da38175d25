"""The ``moonreel`` command; ``python -m orchestrator`` is the same."""

from __future__ import annotations

import sys

from orchestrator.cli.entry import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
