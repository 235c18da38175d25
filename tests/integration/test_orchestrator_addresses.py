"""The address of the worker: where it comes from, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


async def test_the_address_file_is_followed(tmp_path: Path, worker: FakeWorker) -> None:
    """A line written into the file connects; the token stays out of the file."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as live:
        job_id = await live.order()
        await live.until(job_id, "waiting_for_worker")
        file = live.settings.url_file
        file.write_text(f"# a comment\n\n**{worker.url}/#token={worker.token}**\n")
        await live.until(job_id, "sent_to_colab")
        health = (await live.api.get("/health")).json()
        assert (health["colab_connected"], health["colab_url"]) == (True, worker.url)

        await live.connect(worker.url, worker.token)
        assert file.read_text() == f"# a comment\n{worker.url}\n"


async def test_a_wrong_token_parks_and_the_right_one_goes_on(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """A worker that wants another token is not connected, with a sentence that helps."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        reply = await live.connect(worker.url, "a-wrong-token")
        assert reply["connected"] is False
        assert "token" in reply["message"]
        job_id = await live.order()
        view = await live.until(job_id, "waiting_for_worker")
        assert "token" in view["message"]

        assert (await live.connect(worker.url, worker.token))["connected"] is True
        await live.until(job_id, "sent_to_colab")


async def test_an_unreachable_address_is_saved_all_the_same(tmp_path: Path) -> None:
    """The address is kept and written, and the reply says that nobody answers there."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        reply = await live.connect("http://127.0.0.1:9", "some-token-1")
        text = live.settings.url_file.read_text()

    assert (reply["success"], reply["connected"]) == (True, False)
    assert text == "http://127.0.0.1:9\n"


async def test_a_worker_that_is_gone_for_good_is_forgotten(tmp_path: Path) -> None:
    """Neither the file nor a restart brings it back; comments in the file stay."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as live:
        file = live.settings.url_file
        file.write_text("# a comment\n", encoding="utf-8")
        await live.connect("http://127.0.0.1:9", "some-token-1")
        assert (await live.api.delete("/api/worker")).status_code == 204
        assert (await live.api.get("/health")).json()["workers"] == []
        assert file.read_text(encoding="utf-8") == "# a comment\n"
        assert (await live.api.delete("/api/worker")).status_code == 204
    async with LiveOrchestrator(home) as live:
        assert (await live.api.get("/health")).json()["colab_url"] is None


async def test_what_is_no_address_is_refused_with_a_tip(tmp_path: Path) -> None:
    """400 with what was received and what to paste instead."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        reply = await live.api.post("/api/set-colab-url", json={"url": "hello"})

    body = reply.json()
    assert (reply.status_code, body["success"]) == (400, False)
    assert (body["received"], "notebook" in body["tip"]) == ("hello", True)


async def test_no_token_is_ever_shown(
    tmp_path: Path, worker: FakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    """The token is in no reply, no file but the database, and no log line."""
    caplog.set_level("DEBUG", logger="orchestrator")
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as live:
        texts = [str(await live.connect(worker.url, worker.token))]
        job_id = await live.order()
        await live.until(job_id, "sent_to_colab")
        await worker.work(job_id)
        await live.until(job_id, "complete")
        shown = ("/health", "/api/worker", f"/api/jobs/{job_id}", "/api/progress")
        texts += [(await live.api.get(path)).text for path in shown]
        access = (await live.api.get("/api/worker")).json()
        bad = {"url": f"ftp://x/#token={worker.token}"}
        texts.append((await live.api.post("/api/set-colab-url", json=bad)).text)

    texts += [record.getMessage() for record in caplog.records]
    texts += [path.read_text() for path in home.glob("*.t*t")]
    assert access["read_token"].startswith("s1.dr.")
    assert not [text for text in texts if worker.token in text]
    assert (home / "orchestrator.db").stat().st_mode & 0o077 == 0


async def test_a_new_address_wins_while_the_old_worker_still_answers(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """A held request to the old worker does not keep films from the new one."""
    async with (
        LiveOrchestrator(tmp_path / "home") as live,
        FakeWorker("other-token-1") as other,
    ):
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        await live.until(job_id, "sent_to_colab", message="0 units.")
        other.boots = 7
        await live.connect(other.url, other.token)
        await live.until(job_id, "sent_to_colab", boot="boot-7")
        await other.work(job_id)
        await live.until(job_id, "complete")

    assert worker.made == []
