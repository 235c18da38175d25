"""The cell that stays: jobs, GPU, tunnels and what went through them, until interrupted.

A notebook in which no cell runs counts as idle, and its machine is taken away. This cell
is work in the foreground, seen by the person before it; it is no trick to stay alive.
"""

from __future__ import annotations

import time
from typing import Any

from colab_worker.notebook import worker
from colab_worker.notebook.client import LocalClient, NoAnswer
from colab_worker.notebook.connect import hide_line
from colab_worker.notebook.gpu import gpus
from colab_worker.notebook.place import Place, find_place, time_left_s
from colab_worker.notebook.screen import Panel, say, table

LOOK_S = 2.0
#: Looks without an answer before the worker counts as gone.
PATIENCE = 5
JOBS_SHOWN = 10
#: What ngrok's free plan gives a month.
NGROK_REQUESTS, NGROK_BYTES = 20_000, 1_000_000_000


def show() -> None:
    """Shows how things are until the cell is interrupted or the worker is gone."""
    place = find_place()
    if worker.running(place) is None:
        raise SystemExit("No worker runs; run the cell that starts it.")
    panel = Panel("moonreel-watch")
    panel.show("…")
    try:
        _look_on(place, panel)
    except KeyboardInterrupt:
        hide_line("Run the cell that starts the worker again to see the line.")
        say("Stopped watching. The worker goes on; the last cell stops it.")


def _look_on(place: Place, panel: Panel) -> None:
    asked, silent, used = worker.client(place), 0, False
    while silent < PATIENCE:
        try:
            health = asked.get("/health")
            panel.replace(_picture(place, asked, health))
            silent = 0
        except NoAnswer:
            silent += 1
            health = {}
        if not used and _somebody_came(health):
            used = True
            hide_line("Connected. Run the start cell again to see the line again.")
        if worker.running(place) is None:
            break
        time.sleep(LOOK_S)
    hide_line("The worker is gone.")
    raise SystemExit(f"The worker has ended:\n{worker.last_words(place)}")


def _somebody_came(health: dict[str, Any]) -> bool:
    """Whether anybody with the token has come through a tunnel."""
    return any(view.get("used_at") for view in health.get("tunnels") or [])


def _picture(place: Place, asked: LocalClient, health: dict[str, Any]) -> str:
    jobs = asked.get("/jobs")["jobs"][:JOBS_SHOWN]
    parts = [table(_machine(place, health)), _tunnels(health)]
    if jobs:
        rows = [(job["title"], job["state"], f"{job['progress']} %") for job in jobs]
        parts.append(table(rows, head=("film", "state", "progress")))
    else:
        parts.append("No films yet: connect, and make one.")
    return "<br>".join(part for part in parts if part)


def _machine(place: Place, health: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("GPU", f"{gpu.name}: {gpu.busy} % busy, {gpu.used_mib} of {gpu.total_mib} MiB")
        for gpu in gpus()
    ] or [("GPU", "none")]
    queue = health["queue"]
    rows.append(("queue", ", ".join(f"{queue[name]} {name}" for name in queue)))
    free_gib = health["disk"]["free_bytes"] / (1 << 30)
    rows.append(("disk", f"{free_gib:.1f} GiB may still be written"))
    left_s = time_left_s(place.host)
    if left_s is not None:
        rows.append(("session", f"at most {left_s / 3600:.1f} h left"))
    return rows


def _tunnels(health: dict[str, Any]) -> str:
    rows = [_tunnel_row(view) for view in health.get("tunnels") or []]
    head = ("tunnel", "state", "address", "since the start")
    return table(rows, head=head) if rows else ""


def _tunnel_row(view: dict[str, Any]) -> tuple[str, str, str, str]:
    requests, megabytes = view["requests"], view["bytes_out"] / 1e6
    went = f"{requests} requests, {megabytes:.1f} MB"
    if view["name"] == "ngrok":
        share = max(requests / NGROK_REQUESTS, view["bytes_out"] / NGROK_BYTES)
        went += f" ({share:.1%} of a month on the free plan)"
    state = view["state"] + (f": {view['trouble']}" if view.get("trouble") else "")
    return view["name"], state, view.get("url") or "", went
