"""An orchestrator that speaks the real models and plays a job as a test wants it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import web

from shared_protocol import routes
from shared_protocol.artifacts import Artifact, UnitResult
from shared_protocol.clock import new_id
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.films import (
    FilmList,
    FilmState,
    FilmSummary,
    FilmView,
    GenerateAccepted,
)
from shared_protocol.holds import etag_of_version, read_hold
from shared_protocol.jobs import UnitState, UnitView
from shared_protocol.kit.changes import Changes
from shared_protocol.kit.http_errors import ApiError, error_middleware, read_model
from shared_protocol.kit.ranges import ServedFile, serve_file
from shared_protocol.orders import GenerateRequest
from shared_protocol.studio import OrchestratorHealth, SetWorkerUrl, WorkerConnection
from tests.servers.played_films import (
    TRAFFIC,
    WORKER,
    Job,
    Script,
    first_view,
    render_of,
    units_of,
)


class FakeOrchestrator:
    """Runs in a thread with its own loop; use as a context manager."""

    def __init__(self, folder: Path, script: Script | None = None) -> None:
        self.script = script or Script()
        self.jobs: dict[str, Job] = {}
        self.calls: list[str] = []
        self.range_headers: list[str] = []
        self.url = ""
        self._versions: dict[str, int] = {}
        self._changes = Changes()
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FakeOrchestrator:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        self._call(self._start()).result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the server; once is enough."""
        if self._loop.is_closed():
            return
        self._call(self._stop()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def only_job(self) -> Job:
        """The one job there is."""
        (job,) = self.jobs.values()
        return job

    def go_on(self) -> None:
        """Lets a job that stands still do the rest of its units; from any thread."""
        job = self.only_job

        def begin() -> None:
            self.script.units = None
            job.task = asyncio.create_task(self._play(job))

        self._loop.call_soon_threadsafe(begin)

    def film_bytes(self) -> bytes:
        """The film: 300 kB that never change."""
        return hashlib.shake_256(b"film").digest(300_000)

    def _call(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _start(self) -> None:
        app = web.Application(middlewares=[self._note, error_middleware])
        app.add_routes(
            [
                web.get(routes.HEALTH, self._health),
                web.post(routes.API_GENERATE_VIDEO, self._generate),
                web.get(routes.API_JOBS, self._list),
                web.get(routes.API_JOB, self._job),
                web.delete(routes.API_JOB, self._delete),
                web.post(routes.API_JOB_CANCEL, self._cancel),
                web.post(routes.API_JOB_RETRY, self._retry),
                web.get(routes.API_DOWNLOAD_NAMED, self._download),
                web.post(routes.API_SET_WORKER_URL, self._connect),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def _stop(self) -> None:
        tasks = [job.task for job in self.jobs.values() if job.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._runner.cleanup()

    @web.middleware
    async def _note(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]],
    ) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path}")
        return await handler(request)

    async def _health(self, request: web.Request) -> web.Response:
        return _reply(
            OrchestratorHealth(
                message="ready",
                script_engine="text",
                colab_connected=False,
                colab_url=None,
                version="0",
                protocol=routes.PROTOCOL_VERSION,
                workers=(WORKER,),
                tunnels=(TRAFFIC,),
            )
        )

    async def _generate(self, request: web.Request) -> web.Response:
        body = await read_model(request, GenerateRequest, limit_bytes=1 << 20)
        key = request.headers.get(routes.IDEMPOTENCY_KEY, "")
        known = [job for job in self.jobs.values() if key and job.key == key]
        job = known[0] if known else self._add(body, key)
        accepted = GenerateAccepted(message="taken", job_id=job.view.job_id)
        return _reply(accepted, status=202)

    def _add(self, request: GenerateRequest, key: str) -> Job:
        job_id = new_id()
        view = first_view(job_id, request, self.script)
        job = self.jobs[job_id] = Job(view, request, key)
        self._versions[job_id] = 1
        job.task = asyncio.create_task(self._play(job))
        return job

    async def _play(self, job: Job) -> None:
        units = units_of(self.script)
        total = len(units)
        limit = total if self.script.units is None else self.script.units
        while True:
            await asyncio.sleep(self.script.step_s)
            done = job.done
            self._show(job, units, done, total)
            if done >= limit:
                break
            job.done += 1
        if limit < total:
            self._stand(job)
        else:
            self._finish(job)

    def _show(self, job: Job, units: list[UnitView], done: int, total: int) -> None:
        facts = UnitResult(files=(), facts={"duration_s": 41.2})
        shown = tuple(
            unit.model_copy(
                update={
                    "state": UnitState.DONE if n < done else UnitState.PENDING,
                    "result": facts if n < done and unit.kind == "film" else None,
                }
            )
            for n, unit in enumerate(units)
        )
        self._change(
            job,
            state=FilmState.SENT,
            stage="images",
            message=f"{done} of {total} units",
            progress=min(99, 100 * done // total),
            eta_s=float(total - done) if done > 1 else None,
            worker=WORKER,
            draft=True,
            render=render_of(job, shown),
        )

    def _stand(self, job: Job) -> None:
        if self.script.then == "error":
            error = ErrorBody(
                code="engine_failed",
                message="Scene 2 failed; try again.",
                hint="try again",
            )
            self._change(
                job,
                state=FilmState.ERROR,
                terminal=True,
                message="failed",
                error=error,
                artifacts=(self._artifact("captions.srt", "subtitles"),),
            )
        elif self.script.then == "away":
            self._change(
                job, state=FilmState.WAITING_FOR_WORKER, message="no worker connected"
            )

    def _finish(self, job: Job) -> None:
        self._change(
            job,
            state=FilmState.COMPLETE,
            terminal=True,
            progress=100,
            stage="film",
            message="complete",
            artifacts=(
                self._artifact("film.mp4", "film"),
                self._artifact("captions.srt", "subtitles"),
            ),
        )

    def _artifact(self, name: str, role: str) -> Artifact:
        content = self._content(name)
        (self._folder / name).write_bytes(content)
        return Artifact(
            name=name,
            role=role,
            media_type="video/mp4" if role == "film" else "text/plain",
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def _content(self, name: str) -> bytes:
        return self.film_bytes() if name == "film.mp4" else name.encode() * 9

    def _change(self, job: Job, **fields: Any) -> None:
        version = job.view.version + 1
        job.view = job.view.model_copy(update=fields | {"version": version})
        self._versions[job.view.job_id] = version
        self._changes.announce(job.view.job_id)

    def _find(self, request: web.Request) -> Job:
        job = self.jobs.get(request.match_info["job_id"])
        if job is None:
            raise ApiError(Code.NOT_FOUND, "There is no such job.", hint="List them.")
        return job

    async def _job(self, request: web.Request) -> web.Response:
        job = self._find(request)
        hold = read_hold(request.headers, request.query)
        if hold.since is not None:
            known = {job.view.job_id: hold.since}
            await self._changes.wait(known, self._versions, hold.wait_s)
        headers = {"ETag": etag_of_version(job.view.version)}
        if hold.conditional and hold.since == job.view.version:
            return web.Response(status=304, headers=headers)
        return _reply(job.view, headers=headers)

    async def _list(self, request: web.Request) -> web.Response:
        names = FilmSummary.model_fields.keys() & FilmView.model_fields.keys()
        jobs = tuple(
            FilmSummary(**{name: getattr(job.view, name) for name in names})
            for job in reversed(self.jobs.values())
        )
        return _reply(FilmList(jobs=jobs))

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if not job.view.terminal:
            if job.task:
                job.task.cancel()
            self._change(
                job, state=FilmState.CANCELED, terminal=True, message="canceled"
            )
        return _reply(job.view)

    async def _retry(self, request: web.Request) -> web.Response:
        job = self._find(request)
        job.retried = await request.json()
        self.script.units = None
        self._change(
            job,
            state=FilmState.STARTING,
            terminal=False,
            attempt=job.view.attempt + 1,
            error=None,
        )
        job.task = asyncio.create_task(self._play(job))
        return _reply(job.view)

    async def _delete(self, request: web.Request) -> web.Response:
        del self.jobs[self._find(request).view.job_id]
        return web.Response(status=204)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self._find(request)
        name = request.match_info["name"]
        if name in self.script.missing:
            raise ApiError(Code.NOT_FOUND, f"{name} is no longer here.")
        self.range_headers.append(request.headers.get("Range", ""))
        content = self._content(name)
        path = self._folder / name
        if self.script.breaks:
            return await self._break(request, content, self.script.breaks.pop(0))
        served = content
        if self.script.corrupt:
            self.script.corrupt -= 1
            served = bytes(len(content))
        await asyncio.to_thread(path.write_bytes, served)
        sha256 = hashlib.sha256(content).hexdigest()
        return await serve_file(
            request, ServedFile(path, sha256, len(content), "video/mp4", name)
        )

    async def _break(
        self, request: web.Request, content: bytes, after: int
    ) -> web.StreamResponse:
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        reply = web.StreamResponse(status=206 if start else 200)
        reply.content_length = len(content) - start
        await reply.prepare(request)
        await reply.write(content[start : start + after])
        assert request.transport is not None
        request.transport.abort() if after == 0 else request.transport.close()
        return reply

    async def _connect(self, request: web.Request) -> web.Response:
        body = await read_model(request, SetWorkerUrl, limit_bytes=1 << 16)
        return _reply(
            WorkerConnection(
                success=True,
                clean_url=body.url.split()[-1],
                connected=body.token == "good",
                message="connected" if body.token == "good" else "401 from the worker",
            )
        )


def write_serve_file(home: Path, url: str) -> None:
    """Makes ``url`` the server that runs on ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "serve.json").write_text(json.dumps({"url": url, "pid": os.getpid()}))


def _reply(
    model: Any, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    return web.json_response(
        model.model_dump(mode="json"), status=status, headers=headers
    )
