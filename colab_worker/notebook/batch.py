"""Makes a film in the notebook itself: no tunnel, no page, nothing from outside."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
from pathlib import Path
from typing import IO, Any

from colab_worker.notebook.place import Place, clean_environment, find_place
from colab_worker.notebook.screen import Panel, escape, say, table

#: A film up to this size is shown below the cell; it travels inside the page.
SHOWN_BYTES = 20_000_000


def make(story: str, options: str = "", folder: str = "") -> Path:
    """Makes a film from ``story``, or goes on with it; the path of the film.

    ``options`` are those of ``moonreel make``; ``folder`` is where the film goes.
    """
    place = find_place()
    if not story.strip():
        raise SystemExit("The story is empty; write it into the cell.")
    if not place.python.exists():
        raise SystemExit("Moonreel is not installed here; run the cell that installs.")
    target = Path(folder).expanduser() if folder else place.root / "films"
    target.mkdir(parents=True, exist_ok=True)
    film = _run(place, story, shlex.split(options), target)
    _present(film)
    return film


def _run(place: Place, story: str, options: list[str], target: Path) -> Path:
    command = [str(place.environment / "bin" / "moonreel"), "make", "-", "--json"]
    process = subprocess.Popen(  # noqa: S603 - the words of the person at the notebook
        command + options, cwd=target, env=_environment(place), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,  # we pass an interrupt on ourselves, once
    )  # fmt: skip
    try:
        return _follow(process, story, target)
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise SystemExit("Stopped. Run the cell again, and it goes on.") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _environment(place: Place) -> dict[str, str]:
    return clean_environment() | {"MOONREEL_HOME": str(place.root / "home")}


def _follow(process: subprocess.Popen[str], story: str, target: Path) -> Path:
    assert process.stdin is not None  # noqa: S101 - they were asked for
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(story)
    process.stdin.close()
    panel = Panel("moonreel-batch")
    panel.show("Starting …")
    last = _last_event(process.stdout, panel)
    status = process.wait()
    if status or last.get("event") != "done":
        hint = f" {last['hint']}" if last.get("hint") else ""
        said = last.get("message") or f"moonreel make ended with {status}"
        raise SystemExit(f"{said}{hint}")
    return target / str(last["path"])


def _last_event(lines: IO[str], panel: Panel) -> dict[str, Any]:
    """Shows events as they come; the one that ended it."""
    last: dict[str, Any] = {}
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            last = {"message": line.strip()}  # no event: a usage error, a trace
            continue
        if event["event"] == "progress":
            panel.replace(_picture(event))
        elif event["event"] == "warning":
            say(event["message"])
        else:
            last = event
    return last


def _picture(event: dict[str, Any]) -> str:
    bar = f'<progress max="100" value="{event["progress"]}"></progress> '
    eta = f", {event['eta_s']:.0f} s to go" if event.get("eta_s") else ""
    units = event.get("units") or {}
    rows = [(name, f"{n['done']} of {n['total']}") for name, n in units.items()]
    return bar + escape(f"{event['message']}{eta}") + table(rows)


def _present(film: Path) -> None:
    say(f"The film is {film} ({film.stat().st_size / 1e6:.1f} MB).")
    if film.stat().st_size <= SHOWN_BYTES:
        from IPython.display import Video, display

        display(Video(str(film), embed=True, width=640))
