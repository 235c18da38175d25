"""What a command line that cannot be meant is answered: one sentence, not a page."""

from __future__ import annotations

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """As argparse, but a mistake does not list every option before it is named."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong and where the options are; ends with 2."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")
