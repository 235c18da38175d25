"""``moonreel models``: the shelf of models, which is the worker's own affair."""

from __future__ import annotations

import argparse
import runpy
import sys

from orchestrator.cli.exits import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the worker's side reads its own."""


def run(arguments: argparse.Namespace) -> int:
    """Becomes the worker's command; the two services never import each other."""
    sys.argv = ["moonreel models", *arguments.words]
    runpy.run_module("colab_worker.models", run_name="__main__", alter_sys=True)
    return Exit.OK
