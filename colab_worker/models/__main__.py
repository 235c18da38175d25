"""``moonreel models``: what stands on this machine's shelf, and more or less of it."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from colab_worker.models.adapters import read_likenesses
from colab_worker.models.folder import NotAModel, model_files, read_model
from colab_worker.models.presets import BY_NAME, IP_ADAPTER, PRESETS, VITS
from colab_worker.models.pull import OTHERS, NotPulled, pull
from colab_worker.models.shelf import GB, LORAS, SLASH, Shelf, models_folder


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
        return 130
    return 0


def _list(folder: Path, _: argparse.Namespace) -> None:
    shelf = Shelf(folder, has_gpu=False)
    licences = {p.name: (p.licence, p.bytes) for p in (*PRESETS, VITS)}
    table = Table("MODEL", "KIND", "HERE", "GB", "LICENCE", box=None)
    for entry in shelf.entries():
        here = entry.version not in ("absent", "broken")
        licence, size = licences.get(entry.name, ("its own", 0))
        size = _size(folder / entry.name.replace("/", SLASH)) if here else size
        told = "yes" if here else "no"
        row = entry.name, entry.kind, told, f"{size / GB:.1f}", licence
        table.add_row(*map(escape, row))
    _list_adapters(table, folder)
    for name, lora in shelf.loras().items():
        size = lora.path.stat().st_size
        table.add_row(
            escape(name), "lora", "yes", f"{size / GB:.1f}", f"for {lora.family}"
        )
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _list_adapters(table: Table, folder: Path) -> None:
    here = bool(read_likenesses(folder / IP_ADAPTER.name))
    size = _size(folder / IP_ADAPTER.name) if here else IP_ADAPTER.bytes
    told = "yes" if here else "no"
    kind, licence = "likeness", IP_ADAPTER.licence
    table.add_row(IP_ADAPTER.name, kind, told, f"{size / GB:.1f}", licence)


def _pull(folder: Path, arguments: argparse.Namespace) -> None:
    for name in arguments.models:
        pull(name, folder)


def _remove(folder: Path, arguments: argparse.Namespace) -> None:
    for name in arguments.models:
        path = folder / name.replace("/", SLASH)
        lora = folder / LORAS / f"{name}.safetensors"
        if path.is_symlink() or lora.is_file():
            (path if path.is_symlink() else lora).unlink()
        elif path.parent == folder and path.is_dir() and path.name != LORAS:
            shutil.rmtree(path)
        else:
            raise NotPulled(f"{name} does not stand here; see `moonreel models list`")
        sys.stdout.write(f"removed {name}\n")


def _link(folder: Path, arguments: argparse.Namespace) -> None:
    target = arguments.folder.expanduser().absolute()
    try:
        read_model(target)
    except NotAModel as problem:
        raise NotPulled(str(problem)) from problem
    path = folder / arguments.name
    if path.exists() or path.parent != folder:
        raise NotPulled(f"{arguments.name} is taken, or no name; choose another")
    folder.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    sys.stdout.write(f"{path}\n")


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in model_files(path))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="moonreel models",
        description="Models on this machine, the one that draws and speaks.",
        epilog="The folder is MOONREEL_MODELS, else in the user's cache. Gated models "
        "need HF_TOKEN.",
    )
    commands = parser.add_subparsers(required=True)
    add = commands.add_parser("list", help="what is here, and what could be")
    add.set_defaults(run=_list)
    add = commands.add_parser("pull", help="fetch models; goes on where it stopped")
    known = [*BY_NAME, *OTHERS]
    add.add_argument("models", nargs="+", choices=known, metavar="NAME")
    add.add_argument(
        "--floor-gb", type=float, default=2.0, help="space that stays free"
    )
    add.set_defaults(run=_pull)
    add = commands.add_parser("remove", help="delete models and LoRAs")
    add.add_argument("models", nargs="+", metavar="NAME")
    add.set_defaults(run=_remove)
    add = commands.add_parser("link", help="use a diffusers folder that is elsewhere")
    add.add_argument("name", metavar="NAME")
    add.add_argument("folder", type=Path, metavar="FOLDER")
    add.set_defaults(run=_link)
    return parser


if __name__ == "__main__":
    sys.exit(main())
