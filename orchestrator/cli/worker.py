"""``moonreel worker``: the worker's own command, with all of its own options."""

from __future__ import annotations

import argparse
import runpy
import sys

from orchestrator.cli.exits import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the worker reads its own."""


def run(arguments: argparse.Namespace) -> int:
    """Becomes the worker; the two services never import each other."""
    sys.argv = ["moonreel worker", *arguments.words]
    runpy.run_module("colab_worker", run_name="__main__", alter_sys=True)
    return Exit.OK
