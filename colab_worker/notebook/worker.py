"""Starts the worker in a process of its own, which neither a cell nor the kernel ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from colab_worker.notebook.client import LocalClient
from colab_worker.notebook.connect import hide_line, show_line
from colab_worker.notebook.lasting import lasting_folder, leave_token, take_token
from colab_worker.notebook.place import Place, clean_environment, find_place
from colab_worker.notebook.screen import say
from colab_worker.notebook.secrets import find_secret, keep_secret

START_S = 60.0
TUNNEL_S = 120.0
STOP_S = 20.0
LAST_WORDS = 12
TUNNELS = {
    "cloudflared": ("cloudflared",),
    "ngrok": ("ngrok",),
    "both": ("ngrok", "cloudflared"),
    "none": (),
}
NGROK_SECRET = "NGROK_AUTHTOKEN"  # noqa: S105 - the name of a secret
_NGROK_PAGE = "from https://dashboard.ngrok.com/get-started/your-authtoken"

#: The process that this kernel started; a later kernel knows it by its ready file.
_children: list[subprocess.Popen[bytes]] = []


def start(
    tunnel: str = "cloudflared", ngrok_domain: str = "", memo_folder: str = ""
) -> None:
    """Starts the worker, or finds the one that runs; shows the line to connect with."""
    if tunnel not in TUNNELS:
        raise SystemExit(f"{tunnel!r} is no choice; take one of: {', '.join(TUNNELS)}")
    place = find_place()
    if not place.python.exists():
        raise SystemExit("Moonreel is not installed here; run the cell that installs.")
    if running(place):
        say("The worker runs already; stop it first to change its settings.")
    else:
        words = _tunnel_words(place, tunnel, ngrok_domain.strip())
        memo = (
            lasting_folder(place, memo_folder.strip()) if memo_folder.strip() else None
        )
        _launch(place, words, memo)
    _show_addresses(place)


def stop() -> None:
    """Ends the worker and its tunnels; unfinished jobs go on at the next start."""
    place = find_place()
    hide_line("The worker is stopped.")
    pid = running(place)
    if pid is None:
        say("No worker runs.")
        return
    os.kill(pid, signal.SIGTERM)
    if not _ended(pid, STOP_S):
        os.killpg(pid, signal.SIGKILL)
        _ended(pid, STOP_S)
    say("The worker is stopped. Start it again, and unfinished films go on.")


def running(place: Place) -> int | None:
    """The process id of the worker, while it runs."""
    pid = facts(place).get("pid")
    return int(pid) if pid is not None and _is_alive(int(pid)) else None


def facts(place: Place) -> dict[str, Any]:
    """What the worker has written about itself: url, pid, boot_id, tunnels."""
    try:
        found: dict[str, Any] = json.loads(place.ready_file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def client(place: Place) -> LocalClient:
    """Asks the running worker."""
    return LocalClient(facts(place)["url"], token(place))


def token(place: Place) -> str:
    """The worker's token, from the file that it keeps it in."""
    return place.token_file.read_text(encoding="utf-8").strip()


def last_words(place: Place) -> str:
    """The end of the worker's log."""
    try:
        lines = place.log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-LAST_WORDS:])


def _launch(place: Place, words: list[str], memo: Path | None) -> None:
    if memo is not None:
        take_token(place, memo)
        words = [*words, "--memo-folder", str(memo)]
    command = [str(place.python), "-m", "colab_worker", "--port", "0"]
    command += ["--data-dir", str(place.data), "--ready-file", str(place.ready_file)]
    command += ["--token-file", str(place.token_file), *words]
    place.ready_file.unlink(missing_ok=True)
    with place.log.open("ab") as log:
        child = subprocess.Popen(  # noqa: S603 - our own words
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd=place.root, env=clean_environment(NGROK_SECRET), start_new_session=True,
        )  # fmt: skip
    _children.append(child)
    _await_listening(place)
    if memo is not None:
        leave_token(place, memo)


def _tunnel_words(place: Place, tunnel: str, ngrok_domain: str) -> list[str]:
    kinds = TUNNELS[tunnel]
    words = [word for kind in kinds for word in ("--tunnel", kind)]
    if "ngrok" in kinds:
        secret = find_secret(NGROK_SECRET, _NGROK_PAGE)
        file = keep_secret(place.root / "ngrok-authtoken", secret)
        words += ["--ngrok-token-file", str(file)]
        if ngrok_domain:
            words += ["--ngrok-domain", ngrok_domain]
    elif ngrok_domain:
        raise SystemExit(
            "NGROK_DOMAIN is for the ngrok tunnel; choose it, or empty it."
        )
    return words


def _await_listening(place: Place) -> None:
    deadline = time.monotonic() + START_S
    while not facts(place):
        if _children[-1].poll() is not None:
            raise SystemExit(f"The worker ended at once:\n{last_words(place)}")
        if time.monotonic() > deadline:
            raise SystemExit(f"The worker did not start:\n{last_words(place)}")
        time.sleep(0.1)


def _show_addresses(place: Place) -> None:
    """Waits for the tunnels, then shows the first that is up."""
    deadline = time.monotonic() + TUNNEL_S
    while True:
        tunnels = facts(place).get("tunnels") or []
        if not _opening(place) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    for view in tunnels:
        if view["trouble"]:
            say(f"{view['name']}: {view['trouble']}")
    urls = [view["url"] for view in tunnels if view["url"]]
    show_line(urls or [facts(place)["url"]], token(place))


def _opening(place: Place) -> bool:
    """Whether an address may still come; one is enough to connect."""
    told = facts(place)
    wanted = "tunnels" in told
    views = told.get("tunnels") or []
    if any(view["state"] == "up" for view in views):
        return False
    settled = views and all(view["state"] == "refused" for view in views)
    return wanted and not settled and running(place) is not None


def _is_alive(pid: int) -> bool:
    for child in _children:
        child.poll()  # else an ended child would stay as a zombie
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def _ended(pid: int, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while _is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
