"""Watching: held replies, conditional requests, deltas, many jobs in one request, cancel."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.workers import WorkerProcess, film, hashes


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker with pictures that take a moment."""
    folder = tmp_path_factory.mktemp("status")
    with WorkerProcess(folder, seconds={"image": 0.4}) as process:
        yield process


def test_an_unknown_job_is_told_in_old_words(worker: WorkerProcess) -> None:
    """404 with ``status: not_found`` and ``progress: 0``, under both paths."""
    for path in ("/status/no-such-job", "/job_status/no-such-job"):
        reply = worker.client.get(path)
        body = reply.json()
        told = (reply.status_code, body["status"], body["progress"])

        assert told == (404, "not_found", 0)


def test_a_held_reply_comes_with_the_news(worker: WorkerProcess) -> None:
    """``Prefer: wait`` with the known version: nothing until something changes."""
    job_id = worker.submit(film("held 1", "held 2", "held 3"))
    version = worker.status(job_id)["version"]
    headers = {"Prefer": "respond-async, wait=20", "If-None-Match": f'W/"{version}"'}
    reply = worker.client.get(f"/status/{job_id}", headers=headers)

    assert reply.status_code == 200
    assert reply.json()["version"] > version
    assert reply.headers["Preference-Applied"] == "wait=20"
    assert reply.headers["ETag"] == f'W/"{reply.json()["version"]}"'


def test_news_gather_until_the_job_ends(worker: WorkerProcess) -> None:
    """``settle``: of all the changes on the way only the last is told, and at once."""
    job_id = worker.submit(film("gathered 1", "gathered 2"))
    version = worker.status(job_id)["version"]
    headers = {"Prefer": "wait=50, settle=50", "If-None-Match": f'W/"{version}"'}
    view = worker.client.get(f"/status/{job_id}", headers=headers).json()
    again = worker.submit(film("gathered 3", "gathered 4"))
    asked = {"jobs": {again: 1}, "wait_s": 50, "settle_s": 50}
    told = worker.client.post("/jobs/wait", json=asked).json()["jobs"][again]

    assert (view["state"], told["state"]) == ("complete", "complete")
    assert view["finished_at"] is not None


def test_nothing_new_is_304(worker: WorkerProcess) -> None:
    """A conditional request for an unchanged job has no body."""
    job_id = worker.submit(film("unchanged"))
    view = worker.finish(job_id)
    headers = {"If-None-Match": f'W/"{view["version"]}"', "Prefer": "wait=1"}
    reply = worker.client.get(f"/status/{job_id}", headers=headers)

    assert (reply.status_code, reply.content) == (304, b"")


def test_a_view_is_kept_by_nobody(worker: WorkerProcess) -> None:
    """A page that asks anew hears the worker, not what its browser heard before."""
    job_id = worker.submit(film("not kept"))
    reply = worker.client.get(f"/status/{job_id}")

    assert reply.headers["Cache-Control"] == "private, no-store"


def test_deltas_add_up_to_the_whole(worker: WorkerProcess) -> None:
    """Units and artifacts told by ``?since=`` are those of the whole view."""
    job_id = worker.submit(film("delta one", "delta two"))
    units, files, version = {}, {}, 0
    terminal = False
    while not terminal:
        view = worker.status(job_id, wait=5, since=version)
        assert version == 0 or view["since"] == version
        units |= {unit["id"]: unit for unit in view["units"]}
        files |= hashes(view)
        version, terminal = view["version"], view["terminal"]
    whole = worker.status(job_id)

    assert list(units.values()) == whole["units"]
    assert files == hashes(whole)


def test_one_request_watches_many_jobs(worker: WorkerProcess) -> None:
    """``POST /jobs/wait``: the first news of any; unknown ids are named at once."""
    first, second = worker.submit(film("many 1")), worker.submit(film("many 2"))
    worker.finish(first)
    worker.finish(second)
    third = worker.submit(film("many 3", "many 4", "many 5", "many 6"))
    known = {job: worker.status(job)["version"] for job in (first, second, third)}
    reply = worker.client.post("/jobs/wait", json={"jobs": known, "wait_s": 20}).json()
    lost = {"jobs": {"never-heard-of": 3, first: 0}, "wait_s": 20}
    unknown = worker.client.post("/jobs/wait", json=lost).json()

    assert set(reply["jobs"]) == {third}
    assert unknown["unknown"] == ["never-heard-of"]
    assert first in unknown["jobs"]


def test_progress_never_falls_and_ends_at_100(worker: WorkerProcess) -> None:
    """0-99 while it runs, 100 only when the film can be downloaded."""
    job_id = worker.submit(film(*(f"progress {n}" for n in range(4))))
    seen, view = [], worker.status(job_id)
    while not view["terminal"]:
        seen.append(view["progress"])
        early = worker.client.get(f"/download/{job_id}").status_code
        assert early == 409 or worker.status(job_id)["stage"] in ("film", "done")
        view = worker.status(job_id, wait=5, since=view["version"])

    assert seen == sorted(seen)
    assert max(seen) < 100
    assert view["progress"] == 100
    assert worker.client.get(f"/download/{job_id}").status_code == 200


def test_pictures_are_there_before_the_film(worker: WorkerProcess) -> None:
    """Finished files can be fetched while later scenes are still drawn."""
    job_id = worker.submit(film("early 1", "early 2", "early 3"))
    view = worker.status(job_id)
    while "scene-001-picture.png" not in hashes(view):
        view = worker.status(job_id, wait=5, since=0)
    name = "scene-001-picture.png"
    reply = worker.client.get(f"/download/{job_id}/{name}")

    assert view["terminal"] is False
    assert reply.content.startswith(b"\x89PNG")
    worker.finish(job_id)


def test_the_list_filters(worker: WorkerProcess) -> None:
    """``GET /jobs`` by state; unknown words and fields are refused by name."""
    job_id = worker.submit(film("listed"))
    worker.finish(job_id)
    found = worker.client.get("/jobs", params={"state": "complete"}).json()["jobs"]
    wrong = worker.client.get("/jobs", params={"state": "done"})
    bogus = worker.client.get("/jobs", params={"limit": "3"})

    assert found[0]["job_id"] == job_id
    assert {job["state"] for job in found} == {"complete"}
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (422, "state")
    assert (bogus.status_code, bogus.json()["error"]["param"]) == (422, "limit")


def test_cancel_keeps_finished_units(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cancel stops running units; the next attempt goes on with what was finished."""
    folder = tmp_path_factory.mktemp("cancel")
    with WorkerProcess(folder, seconds={"image": 1.0}) as worker:
        spec = film("cancel 1", "cancel 2", "cancel 3")
        job_id = worker.submit(spec)
        view = worker.status(job_id)
        while "scene-001-picture.png" not in hashes(view):
            worker.status(job_id, wait=2, since=view["version"])
            view = worker.status(job_id)
        canceled = worker.client.post(f"/jobs/{job_id}/cancel")
        ended = worker.finish(job_id)
        again = worker.client.post(f"/jobs/{job_id}/cancel")
        worker.client.put(f"/jobs/{job_id}", json={"spec": spec, "attempt": 2})
        view = worker.finish(job_id)

    assert (canceled.status_code, again.status_code) == (202, 200)
    assert ended["state"] == "canceled"
    assert all(u["state"] in ("done", "pending") for u in ended["units"])
    assert view["state"] == "complete"
    assert view["units"][0]["reused"] is True


def test_a_waiting_job_is_canceled_at_once(worker: WorkerProcess) -> None:
    """A job in the queue never starts, and positions move up."""
    jobs = [worker.submit(film(f"queue {n} a", f"queue {n} b")) for n in range(5)]
    last = worker.status(jobs[-1])
    worker.client.post(f"/jobs/{jobs[-2]}/cancel")
    moved = last
    while moved["queue_position"] == last["queue_position"]:
        moved = worker.status(jobs[-1], wait=5, since=moved["version"])

    assert moved["queue_position"] is None or (
        moved["queue_position"] < last["queue_position"]
    )
    assert worker.status(jobs[-2])["state"] == "canceled"
    for job_id in jobs:
        worker.finish(job_id)


def test_many_pollers_hear_the_end(worker: WorkerProcess) -> None:
    """A hundred held requests for one job are all answered by its news."""
    job_id = worker.submit(film("crowd"))
    version = worker.status(job_id)["version"]
    heard: list[int] = []

    def poll() -> None:
        reply = httpx.get(
            worker.client.base_url.join(f"/status/{job_id}"),
            params={"wait": 20, "since": version},
            headers=worker.client.headers,
            timeout=60,
        )
        heard.append(reply.json()["version"])

    threads = [threading.Thread(target=poll) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.finish(job_id)

    assert len(heard) == 100
    assert min(heard) > version


def test_a_reader_that_goes_away_leaves_nothing(worker: WorkerProcess) -> None:
    """Held requests that are dropped do not hold up the worker."""
    job_id = worker.submit(film("dropped"))
    view = worker.finish(job_id)
    late = worker.submit(film(*(f"dropped {n}" for n in range(3))))
    version = worker.status(late)["version"]
    with pytest.raises(httpx.ReadTimeout):
        worker.client.get(
            f"/status/{late}",
            params={"wait": 30, "since": version + 10_000},
            timeout=httpx.Timeout(60, read=0.2),
        )
    assert view["state"] == "complete"
    assert worker.finish(late)["state"] == "complete"
