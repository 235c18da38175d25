"""``moonreel models``: the shelf of models, which is the worker's own affair."""

from __future__ import annotations

import argparse
import importlib


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the worker's side reads its own."""


def run(arguments: argparse.Namespace) -> int:
    """Hands over to the worker's command; nothing of it is loaded for any other."""
    command = importlib.import_module("colab_worker.models.__main__")
    return int(command.main(arguments.words))
