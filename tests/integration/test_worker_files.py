"""Files: ranges, If-Range, digests, uploads by hash, a full disk."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.simulated import ENGINES
from shared_protocol.clock import new_id
from tests.workers import WorkerProcess, film, hashes


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker with room for small uploads only."""
    folder = tmp_path_factory.mktemp("files")
    with WorkerProcess(folder, "--blob-limit-mib", "1") as process:
        yield process


@pytest.fixture(scope="module")
def job(worker: WorkerProcess) -> str:
    """A finished job."""
    job_id = worker.submit(film("a hill", "a lake"))
    worker.finish(job_id)
    return job_id


def test_a_download_resumes_and_proves_itself(worker: WorkerProcess, job: str) -> None:
    """Two ranges make the whole, whose digest and tag are the hash of its bytes."""
    whole = worker.client.get(f"/download/{job}")
    etag = whole.headers["ETag"]
    start = {"Range": "bytes=0-99", "If-Range": etag}
    rest = {"Range": "bytes=100-", "If-Range": etag}
    parts = [worker.client.get(f"/download/{job}", headers=h) for h in (start, rest)]
    digest = hashlib.sha256(whole.content).digest()

    assert [part.status_code for part in parts] == [206, 206]
    assert parts[0].content + parts[1].content == whole.content
    assert etag == f'"{digest.hex()}"'
    assert whole.headers["Repr-Digest"] == (
        f"sha-256=:{base64.b64encode(digest).decode()}:"
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Range": "bytes=5-", "If-Range": '"another-film"'}, 200),
        ({"Range": "bytes=5-", "If-Range": "Sat, 21 Nov 2026 08:00:00 GMT"}, 200),
        ({"Range": "bytes=999999999-"}, 416),
        ({"Range": "bytes=-10"}, 206),
        ({"Range": "bytes=9-3"}, 200),
        ({"Range": "bytes=0-1,4-5"}, 200),
        ({"Range": "lines=1-2"}, 200),
    ],
)
def test_ranges_follow_the_standard(
    worker: WorkerProcess, job: str, headers: dict[str, str], status: int
) -> None:
    """RFC 9110: what does not match or is no range gets the whole file."""
    assert worker.client.get(f"/download/{job}", headers=headers).status_code == status


def test_head_and_conditional(worker: WorkerProcess, job: str) -> None:
    """HEAD has the length and no body; a known tag is 304."""
    head = worker.client.head(f"/download/{job}")
    tag = {"If-None-Match": head.headers["ETag"]}

    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    assert worker.client.get(f"/download/{job}", headers=tag).status_code == 304


def test_files_by_hash(worker: WorkerProcess, job: str) -> None:
    """Each file of a job is also found under its hash, for ever the same."""
    for name, sha256 in hashes(worker.status(job)).items():
        by_name = worker.client.get(f"/download/{job}/{name}").content
        by_hash = worker.client.get(f"/artifacts/sha256/{sha256}")

        assert by_hash.content == by_name
        assert hashlib.sha256(by_name).hexdigest() == sha256
        assert "immutable" in by_hash.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["nothing.png", "..%2f..%2fworker.db", "%2e%2e/worker.db", "film.mp4%00"]
)
def test_other_names_are_not_found(worker: WorkerProcess, job: str, name: str) -> None:
    """A name that the job does not have leads nowhere else either."""
    assert worker.client.get(f"/download/{job}/{name}").status_code == 404


def test_many_files_come_in_one_reply(worker: WorkerProcess, job: str) -> None:
    """One after another in the order asked for; one that is not here is named."""
    files = worker.client.get(f"/jobs/{job}/artifacts").json()["artifacts"][:4]
    asked = {"sha256": [file["sha256"] for file in reversed(files)]}
    reply = worker.client.post("/artifacts/bundle", json=asked)
    single = [
        worker.client.get(f"/artifacts/sha256/{name}").content
        for name in asked["sha256"]
    ]
    unknown = worker.client.post("/artifacts/bundle", json={"sha256": ["0" * 64]})

    assert len(files) == 4
    assert reply.content == b"".join(single)
    assert (unknown.status_code, "0" * 64 in unknown.text) == (404, True)


def test_an_upload_is_kept_once(worker: WorkerProcess) -> None:
    """201, then 200; afterwards it is not missing and can be read."""
    body = os.urandom(1000)
    sha256 = hashlib.sha256(body).hexdigest()
    url = f"/blobs/sha256/{sha256}"
    codes = [worker.client.put(url, content=body).status_code for _ in range(2)]
    asked = {"sha256": [sha256, "0" * 64]}

    assert codes == [201, 200]
    assert worker.client.head(url).status_code == 200
    assert worker.client.get(url).content == body
    missing = worker.client.post("/blobs/missing", json=asked).json()["missing"]
    assert missing == ["0" * 64]


def test_a_damaged_upload_leaves_nothing(worker: WorkerProcess) -> None:
    """Bytes that do not have the promised hash: 422, and nothing is stored."""
    url = f"/blobs/sha256/{'1' * 64}"
    reply = worker.client.put(url, content=b"other bytes")

    assert (reply.status_code, reply.json()["code"]) == (422, "digest_mismatch")
    assert worker.client.head(url).status_code == 404
    assert list((worker.data_dir / "blobs" / "incoming").iterdir()) == []


@pytest.mark.parametrize("streamed", [False, True])
def test_an_upload_over_the_limit_is_refused(
    worker: WorkerProcess, streamed: bool
) -> None:
    """413, announced or not, and nothing half-written stays."""
    body = b"x" * (3 << 20)
    sha256 = hashlib.sha256(body).hexdigest()
    content = (body[i : i + 65536] for i in range(0, len(body), 65536))
    url = f"/blobs/sha256/{sha256}"
    reply = worker.client.put(url, content=content if streamed else body)

    assert reply.status_code == 413
    assert list((worker.data_dir / "blobs" / "incoming").iterdir()) == []


def test_a_bad_hash_is_refused(worker: WorkerProcess) -> None:
    """A path that is no hash: 422 that names it."""
    reply = worker.client.get("/artifacts/sha256/ABC")

    assert (reply.status_code, reply.json()["error"]["param"]) == (422, "sha256")


def test_mirrored_units_are_not_done_again(
    worker: WorkerProcess, job: str, tmp_path: Path
) -> None:
    """A new machine with the memo and the clips only joins the film again."""
    old = worker.status(job)
    done = [unit for unit in old["units"] if unit["kind"] != "film"]
    memo = [{"key": u["key"], "kind": u["kind"], "result": u["result"]} for u in done]
    wanted = [
        file["sha256"]
        for unit in done
        for file in unit["result"]["files"]
        if file["name"] in ("clip.mp4", "sound.m4a", "voice.wav", "words.json")
    ]
    with WorkerProcess(tmp_path) as fresh:
        for sha256 in wanted:
            body = worker.client.get(f"/artifacts/sha256/{sha256}").content
            fresh.client.put(f"/blobs/sha256/{sha256}", content=body)
        body = {"spec": film("a hill", "a lake"), "memo": memo}
        fresh.client.put(f"/jobs/{job}", json=body)
        new = fresh.finish(job)

    redone = [unit["id"] for unit in new["units"] if not unit["reused"]]
    assert redone == ["film"]
    assert hashes(new)["film.mp4"] == hashes(old)["film.mp4"]


def test_known_units_without_files_are_done_again(
    worker: WorkerProcess, job: str, tmp_path: Path
) -> None:
    """A memo whose files never came is no reason to be stuck."""
    old = worker.status(job)
    memo = [
        {"key": u["key"], "kind": u["kind"], "result": u["result"]}
        for u in old["units"]
    ]
    with WorkerProcess(tmp_path) as fresh:
        body = {"spec": film("a hill", "a lake"), "memo": memo}
        fresh.client.put(f"/jobs/{job}", json=body)
        new = fresh.finish(job)
        served = fresh.client.get(f"/download/{job}")

    assert new["state"] == "complete"
    assert served.status_code == 200
    assert hashes(new)["film.mp4"] == hashes(old)["film.mp4"]


def test_a_deleted_job_frees_what_nobody_else_needs(tmp_path: Path) -> None:
    """Its own files go, those of a job with the same scene stay; 409 while it runs."""
    with WorkerProcess(tmp_path, seconds={"image": 0.5}) as worker:
        first = worker.submit(film("shared hill", "own lake"))
        refused = worker.client.delete(f"/jobs/{first}")
        mine = hashes(worker.finish(first))
        second = worker.submit(film("shared hill", "other lake"))
        kept = hashes(worker.finish(second))
        deleted = worker.client.delete(f"/jobs/{first}")
        here = {
            sha256: worker.client.head(f"/artifacts/sha256/{sha256}").status_code
            for sha256 in {*mine.values(), *kept.values()}
        }
        again = worker.submit(film("shared hill", "own lake"))
        remade = hashes(worker.finish(again))

    assert (refused.status_code, deleted.status_code) == (409, 200)
    assert {here[sha256] for sha256 in kept.values()} == {200}
    assert {here[s] for s in mine.values() if s not in kept.values()} == {404}
    assert remade == mine


def test_music_comes_before_its_job_and_goes_with_it(tmp_path: Path) -> None:
    """Refused by name while it is missing; freed with the last job that names it."""
    data = b"RIFF and some sound"
    sha256 = hashlib.sha256(data).hexdigest()
    blob, spec = f"/blobs/sha256/{sha256}", film("hill") | {"music": {"sha256": sha256}}
    with WorkerProcess(tmp_path) as worker:
        early = worker.client.put(f"/jobs/{new_id()}", json={"spec": spec})
        worker.client.put(blob, content=data)
        first, second = (worker.submit(spec | {"seed": n}) for n in (1, 2))
        views = [worker.finish(job) for job in (first, second)]
        worker.client.delete(f"/jobs/{first}")
        kept = worker.client.head(blob).status_code
        worker.client.delete(f"/jobs/{second}")
        gone = worker.client.head(blob).status_code

    assert early.status_code == 422
    assert early.json()["error"]["param"] == "music.sha256"
    assert {view["state"] for view in views} == {"complete"}
    assert (kept, gone) == (200, 404)


def test_references_come_before_their_job_and_go_with_it(tmp_path: Path) -> None:
    """As music does; a draft is drawn without them, and the job says so."""
    data = b"\x89PNG\r\n\x1a\n and a face"
    sha256 = hashlib.sha256(data).hexdigest()
    blob, spec = f"/blobs/sha256/{sha256}", film("hill", "lake")
    spec["scenes"][1]["references"] = [{"sha256": sha256}]
    with WorkerProcess(tmp_path) as worker:
        early = worker.client.put(f"/jobs/{new_id()}", json={"spec": spec})
        worker.client.put(blob, content=data)
        job = worker.submit(spec)
        view = worker.finish(job)
        kept = worker.client.head(blob).status_code
        worker.client.delete(f"/jobs/{job}")
        gone = worker.client.head(blob).status_code

    assert early.status_code == 422
    assert early.json()["error"]["param"] == "scenes.1.references.0.sha256"
    assert view["state"] == "complete"
    assert "reference pictures are not used" in view["warnings"][0]
    assert (kept, gone) == (200, 404)


def test_over_the_quota_is_507(tmp_path: Path) -> None:
    """A folder that may not grow refuses jobs and uploads, with Retry-After."""
    with WorkerProcess(tmp_path, "--disk-quota-mib", "0.05") as worker:
        refused = worker.client.put("/jobs/over-quota", json={"spec": film("a hill")})
        blob = worker.client.put(f"/blobs/sha256/{'2' * 64}", content=b"x" * 1000)

        assert (refused.status_code, blob.status_code) == (507, 507)
        assert int(refused.headers["Retry-After"]) > 0
        assert "free some space" in refused.json()["message"]
        assert worker.client.get("/health").json()["accepting"] is False
        assert worker.client.get("/jobs").json()["jobs"] == []


def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path) -> None:
    """ENOSPC in the middle: a clear error; with space again the job goes on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        _run_with_quota(tmp_path)
        return
    try:
        _run_on_small_disk(disk)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _run_on_small_disk(disk: Path) -> None:
    spec = film("a hill", "a lake")
    with WorkerProcess(disk, "--disk-floor-mib", "0") as worker:
        filler = disk / "filler"
        job_id = worker.submit(film("first of all"))
        worker.finish(job_id)
        _fill(filler)
        second = worker.client.put("/jobs/on-a-full-disk", json={"spec": spec})
        if second.status_code == 202:
            failed = worker.finish("on-a-full-disk")
            assert failed["error"]["code"] == "disk_full", failed["error"]
        else:
            assert second.status_code == 507, second.text
        assert worker.client.get(f"/download/{job_id}").status_code == 200
        filler.unlink()
        again = {"spec": spec, "attempt": 2}
        reply = worker.client.put("/jobs/on-a-full-disk", json=again)
        assert reply.status_code in (200, 202)
        assert worker.finish("on-a-full-disk")["state"] == "complete"


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            try:
                while file.write(bytes(size)) == size:
                    continue
            except OSError as error:
                assert error.errno == 28


def _run_with_quota(folder: Path) -> None:
    """Where no file system can be mounted: the quota stands for the small disk."""
    limits = ("--disk-quota-mib", "0.7")
    engines = json.dumps(json.loads(ENGINES))
    with WorkerProcess(folder, *limits, engines=engines) as worker:
        job_id = worker.submit(film(*(f"hill {n}" for n in range(30))))
        failed = worker.finish(job_id)

        assert failed["error"]["code"] == "disk_full"
        assert "free some space" in failed["error"]["message"]
