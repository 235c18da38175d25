"""``moonreel models``: what stands on this machine's shelf, and more or less of it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from colab_worker.models.covers import sidecars
from colab_worker.models.folder import SLASH, NotAModel, read_model
from colab_worker.models.hub import INTERRUPTED
from colab_worker.models.not_pulled import NotPulled
from colab_worker.models.presets import GB
from colab_worker.models.pull import forget_half, pull, pullable
from colab_worker.models.shelf import LORAS, Shelf, models_folder
from shared_protocol.kit.command_lines import Parser
from shared_protocol.kit.numbers import amount


def main(words: Sequence[str] | None = None) -> int:
    """One command; the exit code."""
    arguments = _parser().parse_args(words)
    folder: Path = models_folder()
    try:
        arguments.run(folder, arguments)
    except NotPulled as problem:
        sys.stderr.write(f"moonreel: {problem}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("moonreel: stopped; the same command goes on\n")
        return INTERRUPTED
    return 0


def _list(folder: Path, _: argparse.Namespace) -> None:
    table = Table("MODEL", "KIND", "HERE", "GB", "LICENCE", box=None)
    for model in Shelf(folder, has_gpu=False).inventory():
        told = "yes" if model.here else "no"
        licence = model.licence or "its own"
        if model.kind == "lora":
            licence = f"for {model.family}"
        row = model.name, model.kind, told, f"{model.bytes / GB:.1f}", licence
        table.add_row(*map(escape, row))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _pull(folder: Path, arguments: argparse.Namespace) -> None:
    for name in arguments.models:
        pull(name, folder, floor_bytes=int(arguments.floor_gb * GB))


def _remove(folder: Path, arguments: argparse.Namespace) -> None:
    for name in arguments.models:
        try:
            _take_away(folder, name, arguments.kind)
        except OSError as error:
            raise NotPulled(f"{name} cannot be deleted: {error.strerror}") from error
        sys.stdout.write(f"removed {name}\n")


def _take_away(folder: Path, name: str, kind: str | None) -> None:
    path = folder / name.replace("/", SLASH)
    half = path.parent == folder and kind != "lora" and forget_half(path.name, folder)
    lora = folder / LORAS / f"{name}.safetensors"
    if kind != "lora" and path.is_symlink():
        path.unlink()
        _without_pictures(path)
    elif kind != "model" and lora.parent == folder / LORAS and lora.is_file():
        lora.unlink()
        _without_pictures(lora)
    elif (
        kind != "lora"
        and path.parent == folder
        and path.is_dir()
        and path.name != LORAS
        and not path.name.startswith(".")  # of "..", too, the parent is the shelf
    ):
        shutil.rmtree(path)
        _without_pictures(path)
    elif not half:
        raise NotPulled(f"{name} does not stand here; see `moonreel models list`")


def _without_pictures(model: Path) -> None:
    """Those beside it would stand for nothing."""
    for picture in sidecars(model):
        if picture.parent == model.parent:
            picture.unlink(missing_ok=True)


def _link(folder: Path, arguments: argparse.Namespace) -> None:
    target = arguments.folder.expanduser().absolute()
    try:
        read_model(target)
    except NotAModel as problem:
        raise NotPulled(str(problem)) from problem
    path = folder / arguments.name
    if os.path.lexists(path) or path.parent != folder:
        raise NotPulled(f"{arguments.name} is taken, or no name; choose another")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
    except OSError as error:
        raise NotPulled(f"{path} cannot be made: {error.strerror}") from error
    sys.stdout.write(f"{path}\n")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="moonreel models",
        description="Models on this machine, the one that draws and speaks.",
        epilog="The folder is MOONREEL_MODELS, else in the user's cache. Gated models "
        "need HF_TOKEN.",
    )
    commands = parser.add_subparsers(required=True)
    add = commands.add_parser("list", help="what is here, and what could be")
    add.set_defaults(run=_list)
    add = commands.add_parser("pull", help="fetch models; goes on where it stopped")
    add.add_argument(
        "models",
        nargs="+",
        type=pullable,
        metavar="NAME",
        help="of the list, or owner/model[@revision] of the hub: SDXL or FLUX",
    )
    add.add_argument(
        "--floor-gb", type=amount, default=2.0, help="space that stays free"
    )
    add.set_defaults(run=_pull)
    add = commands.add_parser("remove", help="delete models and LoRAs")
    add.add_argument("models", nargs="+", metavar="NAME")
    add.add_argument(
        "--kind", choices=("model", "lora"), help="only this, where both have the name"
    )
    add.set_defaults(run=_remove)
    add = commands.add_parser("link", help="use a diffusers folder that is elsewhere")
    add.add_argument("name", metavar="NAME")
    add.add_argument("folder", type=Path, metavar="FOLDER")
    add.set_defaults(run=_link)
    return parser


if __name__ == "__main__":
    sys.exit(main())
