"""``/api/download/…?metadata=none``: what is downloaded tells nothing about itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.workers import TOKEN, WorkerProcess


@pytest.fixture(scope="module")
def worker(worker_process: WorkerProcess) -> WorkerProcess:
    """A real one, where other tests of this folder have a fake."""
    return worker_process


async def test_files_come_without_what_they_say_of_themselves(
    tmp_path: Path, worker: WorkerProcess
) -> None:
    """Under their own entity tag and whole; kinds that cannot are refused by name."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(str(worker.client.base_url).rstrip("/"), TOKEN)
        made = await live.order(seed=4711)
        await live.until(made, "complete")
        at = f"/api/download/{made}"
        film = await live.api.get(at)
        bare_film = await live.api.get(f"{at}?metadata=none")
        again = await live.api.get(
            f"{at}?metadata=none", headers={"If-None-Match": bare_film.headers["etag"]}
        )
        head = await live.api.head(f"{at}?metadata=none")
        picture = await live.api.get(f"{at}/scene-001-picture.png")
        bare = await live.api.get(f"{at}/scene-001-picture.png?metadata=none")
        voice = await live.api.get(f"{at}/scene-001-voice.wav?metadata=none")
        some = await live.api.get(f"{at}?metadata=some")

    assert bare_film.status_code == 200
    assert len(bare_film.content) == len(film.content)
    assert bare_film.content != film.content
    assert b"\xa9cmt" in film.content and b"\xa9cmt" not in bare_film.content
    assert film.headers["etag"] != bare_film.headers["etag"]
    assert "repr-digest" not in bare_film.headers
    assert bare_film.headers["accept-ranges"] == "none"
    assert (again.status_code, again.content) == (304, b"")
    assert head.headers["content-length"] == str(len(film.content))
    with Image.open(io.BytesIO(picture.content)) as told:
        assert told.info["Software"] == "Moonreel"
    with Image.open(io.BytesIO(bare.content)) as silent:
        assert silent.info == {}
    for refused in (voice, some):
        assert refused.status_code == 422
        assert refused.json()["error"]["param"] == "metadata"


async def test_a_file_that_is_no_film_is_refused(tmp_path: Path) -> None:
    """What a worker named so is still to be had as it is."""
    async with FakeWorker() as worker, LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(worker.url, worker.token)
        made = await live.order()
        await live.until(made, "sent_to_colab")
        await worker.work(made)
        await live.until(made, "complete")
        plain = await live.api.get(f"/api/download/{made}")
        bare = await live.api.get(f"/api/download/{made}?metadata=none")

    assert plain.status_code == 200
    assert bare.status_code == 422
    assert "mp4 cannot be read (" in bare.json()["message"]
    assert "ask for it as it is" in bare.json()["message"]
