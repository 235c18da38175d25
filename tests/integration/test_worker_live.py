"""Pictures that are watched while they are drawn: shown, and never kept."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

from PIL import Image

from colab_worker.settings import parse_settings
from tests.watched_pictures import DONE_VARIABLE, WATCHED_ENGINES
from tests.workers import WorkerProcess, film


def started(folder: Path, *arguments: str) -> WorkerProcess:
    """A worker whose pictures are done once the file ``done`` is there."""
    env = {DONE_VARIABLE: str(folder / "done")}
    return WorkerProcess(folder, *arguments, engines=WATCHED_ENGINES, env=env)


def picture(view: dict[str, Any]) -> dict[str, Any]:
    """The unit of the only picture."""
    waits = {"live": None, "state": "pending"}
    return next((u for u in view["units"] if u["kind"] == "image"), waits)


def test_what_is_being_drawn_can_be_seen(tmp_path: Path) -> None:
    """Under a path that changes with it; afterwards nothing of it is left."""
    with started(tmp_path) as worker:
        job_id = worker.submit(film())
        seen: list[str] = []
        while len(seen) < 2:
            unit = picture(worker.status(job_id))
            assert unit["state"] in ("pending", "queued", "running"), worker.log()
            if unit["live"] and unit["live"] not in seen:
                seen.append(unit["live"])
                reply = worker.client.get(unit["live"])
                assert reply.headers["content-type"] == "image/webp"
                assert reply.headers["cache-control"] == "no-store"
                with Image.open(io.BytesIO(reply.content)) as shown:
                    assert (shown.format, shown.size) == ("WEBP", (16, 9))
            time.sleep(0.05)
        assert worker.client.get(f"/jobs/{job_id}/live/2").status_code == 404
        (tmp_path / "done").touch()
        view = worker.finish(job_id)
        gone = worker.client.get(seen[-1])

    assert view["state"] == "complete", view["error"]
    assert picture(view)["live"] is None
    assert (gone.status_code, gone.content) == (204, b"")
    names = {file["name"] for file in picture(view)["result"]["files"]}
    assert names == {"picture.png", "preview.webp"}


def test_nothing_of_it_is_left_after_a_cancel(tmp_path: Path) -> None:
    """Readers who only ask for what changed hear of it too."""
    with started(tmp_path) as worker:
        job_id = worker.submit(film())
        while not (unit := picture(view := worker.status(job_id)))["live"]:
            assert not view["terminal"], worker.log()
            time.sleep(0.05)
        live = unit["live"]
        worker.client.post(f"/jobs/{job_id}/cancel")
        while not worker.status(job_id)["terminal"]:
            time.sleep(0.05)
        reply = worker.client.get(
            f"/status/{job_id}", params={"since": view["version"]}
        )
        gone = worker.client.get(live)

    assert (gone.status_code, gone.content) == (204, b"")
    stopped = picture(reply.json())
    assert (stopped["id"], stopped["state"]) == (unit["id"], "pending")
    assert stopped["live"] is None


def test_nobody_watches_where_it_is_off(tmp_path: Path) -> None:
    """The engine is not even asked to show anything."""
    with started(tmp_path, "--live-previews", "off") as worker:
        job_id = worker.submit(film())
        while picture(view := worker.status(job_id))["state"] != "running":
            assert not view["terminal"], worker.log()
            time.sleep(0.05)
        time.sleep(3)
        assert picture(worker.status(job_id))["live"] is None
        assert worker.client.get(f"/jobs/{job_id}/live/1").status_code == 204
        (tmp_path / "done").touch()
        assert worker.finish(job_id)["state"] == "complete"


def test_a_tunnel_turns_it_off_unless_it_is_asked_for() -> None:
    """Requests and bytes are counted there."""

    def on(*words: str) -> bool:
        return parse_settings(words, {})[0].live_previews

    assert on()
    assert not on("--tunnel", "cloudflared")
    assert on("--tunnel", "cloudflared", "--live-previews", "on")
    assert not on("--live-previews", "off")
