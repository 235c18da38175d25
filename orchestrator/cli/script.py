"""``moonreel script``: shows the script of a job, or opens it in an editor."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from pydantic import ValidationError

from orchestrator.cli.events import emit
from orchestrator.cli.exits import CliError, Exit, UsageError
from orchestrator.cli.job_ids import add_job_argument, resolve
from orchestrator.cli.script_form import from_form, to_form
from orchestrator.cli.servers import add_server_options, open_client
from shared_protocol.errors import describe_validation
from shared_protocol.scripts import ScriptEdit, ScriptView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``script``."""
    add_job_argument(parser, optional=True)
    add = parser.add_argument
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--edit", action="store_true", help="open it in $EDITOR")
    how.add_argument(
        "--from", dest="form", type=Path, metavar="FILE", help="take an edited form"
    )
    how.add_argument(
        "--restore", type=int, metavar="N", help="take version N back as a new one"
    )
    how.add_argument(
        "--leave-out",
        type=int,
        metavar="ID",
        help="make the film without the scene of that id",
    )
    how.add_argument(
        "--take-back", type=int, metavar="ID", help="bring such a scene back"
    )
    add("--json", action="store_true", help="one JSON event a line on stdout")
    add_server_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Shows or changes it."""
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    async with open_client(arguments) as client:
        job_id = await resolve(client, arguments.job)
        view = await client.script(job_id)
        edit = await _edit(arguments, view)
        if edit is None:
            _show(view, as_json=arguments.json)
            return Exit.OK
        changed = await client.edit_script(job_id, edit)
        _tell(view, changed, as_json=arguments.json)
        return Exit.OK


async def _edit(arguments: argparse.Namespace, view: ScriptView) -> ScriptEdit | None:
    if arguments.restore is not None:
        return ScriptEdit(version=view.version, restore=arguments.restore)
    if arguments.leave_out is not None:
        return ScriptEdit(version=view.version, leave_out=arguments.leave_out)
    if arguments.take_back is not None:
        return ScriptEdit(version=view.version, take_back=arguments.take_back)
    if arguments.form is not None:
        text = await asyncio.to_thread(arguments.form.read_text, encoding="utf-8")
        return _read(text, view)
    if arguments.edit:
        return await asyncio.to_thread(_edited, view)
    return None


def _edited(view: ScriptView) -> ScriptEdit:
    """What came out of the editor; a form that cannot be read is kept."""
    handle, name = tempfile.mkstemp(suffix=".md", prefix="moonreel-")
    path = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(to_form(view))
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        subprocess.run([*shlex.split(editor), name], check=True)  # noqa: S603
        edit = _read(path.read_text(encoding="utf-8"), view)
    except FileNotFoundError as error:
        path.unlink()
        raise UsageError(f"there is no editor {editor!r}; set EDITOR") from error
    except subprocess.CalledProcessError as error:
        path.unlink()
        raise CliError(
            f"{editor} ended with {error.returncode}; nothing is changed"
        ) from error
    except UsageError as error:
        error.hint = f"What you wrote is in {path}; correct it, then use --from {path}."
        raise
    path.unlink()
    return edit


def _read(text: str, view: ScriptView) -> ScriptEdit:
    try:
        return from_form(text, view)
    except ValidationError as error:
        _, sentence = describe_validation(error.errors(include_url=False))
        raise UsageError(sentence) from error


def _show(view: ScriptView, *, as_json: bool) -> None:
    if as_json:
        emit({"event": "script", **view.model_dump(mode="json")})
        return
    sys.stdout.write(to_form(view))


def _tell(before: ScriptView, after: ScriptView, *, as_json: bool) -> None:
    if as_json:
        emit({"event": "script", **after.model_dump(mode="json")})
        return
    if after.version == before.version:
        print("nothing is changed")
        return
    print(f"version {after.version} is saved")
    if after.render is not None:
        print(f"  {after.render.message}")
    print(f"  `moonreel render {after.job_id}` makes the film of it.")
