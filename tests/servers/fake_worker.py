"""A worker that speaks the real wire and does its units when a test says so.

Its units are those of a film: ``image`` and ``voice`` of every scene, a ``clip`` of both,
and one ``film`` of all clips. The bytes of a unit follow from its key alone. A test can
put a faulty gateway in front of it, lose its machine, or cut and corrupt its files.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from shared_protocol import routes
from shared_protocol.artifacts import MemoEntry
from shared_protocol.errors import Code, ErrorBody, problem
from shared_protocol.jobs import (
    JobAccepted,
    JobState,
    JobSubmission,
    JobView,
    WaitReply,
    WaitRequest,
    WorkerStamp,
)
from shared_protocol.tokens import client_proof, same, scopes_of, worker_proof
from shared_protocol.transfers import BlobQuery, BlobReply, BundleRequest
from shared_protocol.wire import content_key
from shared_protocol.workers import Health, PairReply, PairRequest, TunnelView
from tests.servers.fake_units import FakeJob, FakeUnit, artifact_of, plan, unit_view
from tests.servers.kept_port import KeptPort

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
#: Answers in place of the worker; None lets the request through.
Gateway = Callable[[web.Request], web.Response | None]


class FakeWorker:
    """The server; ``url`` is known after ``start``."""

    def __init__(self, token: str = "fake-token-0123456789") -> None:
        self.token = token
        self.url = ""
        self.blobs: dict[str, bytes] = {}
        self.jobs: dict[str, FakeJob] = {}
        self.memo: dict[str, MemoEntry] = {}
        self.boots = 1
        #: What was asked for, in order: ``"PUT /jobs/..."``.
        self.asked: list[str] = []
        #: What stood in ``Authorization``, for each request.
        self.shown: list[str] = []
        #: Units that were really made, by id, in order; and hashes that were uploaded.
        self.made: list[str] = []
        self.uploaded: list[str] = []
        self.deleted: list[str] = []
        #: Public addresses that it tells.
        self.tunnels: list[str] = []
        self.gateway: Gateway | None = None
        #: A submission is refused with this.
        self.refusal: tuple[int, ErrorBody] | None = None
        #: Files are cut after so many bytes, so many times.
        self.cut_after, self.cuts = 0, 0
        self.corrupt = 0
        #: Hashes of files that are told of and refused.
        self.never: set[str] = set()
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._port: KeptPort | None = None

    async def __aenter__(self) -> FakeWorker:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def boot_id(self) -> str:
        """The present run."""
        return f"boot-{self.boots}"

    async def start(self) -> FakeWorker:
        """Listens on loopback; after a ``stop`` at the same address."""
        app = web.Application(middlewares=[self._middleware], client_max_size=64 << 20)
        app.router.add_get(routes.HEALTH, self._health)
        app.router.add_post(routes.PAIR, self._pair)
        app.router.add_put(routes.JOB, self._put)
        app.router.add_post(routes.JOBS_WAIT, self._wait)
        app.router.add_post(routes.JOB_CANCEL, self._cancel)
        app.router.add_delete(routes.JOB, self._delete)
        app.router.add_post(routes.BLOBS_MISSING, self._missing)
        app.router.add_put(routes.BLOB, self._put_blob)
        app.router.add_get(routes.ARTIFACT, self._get_blob)
        app.router.add_post(routes.ARTIFACTS_BUNDLE, self._bundle)
        self._runner = web.AppRunner(
            app, shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        if self._port is None:
            self._port = KeptPort()
        await web.SockSite(self._runner, self._port.server_socket()).start()
        self.url = f"http://127.0.0.1:{self._port.number}"
        return self

    async def stop(self) -> None:
        """Stops listening; jobs and files stay, and nobody else gets the address."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def close(self) -> None:
        """Stops for good."""
        await self.stop()
        if self._port is not None:
            self._port.close()
            self._port = None

    async def lose_machine(self) -> None:
        """A new, empty machine answers at the same address."""
        self.boots += 1
        self.blobs, self.jobs, self.memo = {}, {}, {}
        self.made, self.uploaded = [], []
        await self._announce()

    async def work(self, job_id: str, units: int = 10_000) -> None:
        """Does the next ``units`` units of a job, and completes it after the last."""
        job = self.jobs[job_id]
        for _ in range(units):
            unit = self._next(job)
            if unit is None:
                break
            unit.done, unit.reused = True, False
            self.blobs[unit.sha256] = unit.data
            self.made.append(unit.id)
            await self._changed(job)
        if self._next(job) is None and job.state is JobState.RUNNING:
            job.state = JobState.COMPLETE
            await self._changed(job)

    async def fail(self, job_id: str, message: str) -> None:
        """The job ends with an error."""
        job = self.jobs[job_id]
        job.state = JobState.ERROR
        job.error = ErrorBody(code=Code.ENGINE_FAILED, message=message)
        await self._changed(job)

    def _next(self, job: FakeJob) -> FakeUnit | None:
        """A unit whose inputs are here; a lost input has to be made again first."""
        for unit in job.units.values():
            if unit.done:
                continue
            lost = [
                job.units[n]
                for n in unit.needs
                if job.units[n].sha256 not in self.blobs
            ]
            return lost[0] if lost else unit
        return None

    async def _changed(self, job: FakeJob) -> None:
        job.version += 1
        await self._announce()

    async def _announce(self) -> None:
        async with self._news:
            self._news.notify_all()

    @web.middleware
    async def _middleware(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        spoiled = self.gateway(request) if self.gateway else None
        if spoiled is not None:
            return spoiled
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.shown.append(given)
        known = scopes_of(given, self.token, time.time())
        if not known and request.path not in (routes.HEALTH, routes.PAIR):
            return self._problem(401, Code.UNAUTHORIZED, "The token is wrong.")
        reply = await handler(request)
        if not reply.prepared:
            reply.headers[routes.X_WORKER_BOOT] = self.boot_id
        return reply

    async def _health(self, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        private: dict[str, Any] = {"worker_id": "fake", "boot_id": self.boot_id}
        private["tunnels"] = [
            TunnelView(name="tunnel", state="up", url=url) for url in self.tunnels
        ]
        known = scopes_of(given, self.token, time.time())
        health = Health(protocol=1, tts="fake", **(private if known else {}))
        return web.json_response(text=health.model_dump_json())

    async def _pair(self, request: web.Request) -> web.Response:
        asked = PairRequest.model_validate_json(await request.read())
        if not same(asked.proof, client_proof(self.token, asked.nonce, asked.origins)):
            return self._problem(401, Code.UNAUTHORIZED, "The token is wrong.")
        now = int(time.time())
        proof = worker_proof(self.token, asked.nonce, "fake", self.boot_id, now)
        reply = PairReply(
            protocol=1, worker_id="fake", boot_id=self.boot_id, now=now, proof=proof
        )
        return web.json_response(text=reply.model_dump_json())

    async def _put(self, request: web.Request) -> web.Response:
        submission = JobSubmission.model_validate_json(await request.read())
        if self.refusal is not None:
            status, body = self.refusal
            return self._problem(status, body.code, body.message)
        job_id = request.match_info["job_id"]
        self.memo |= {entry.key: entry for entry in submission.memo}
        job, status = self.jobs.get(job_id), 200
        if job is None:
            status = 202
            units = plan(submission.spec)
            job = FakeJob(job_id, submission.spec, submission.attempt, units)
            self.jobs[job_id] = job
        elif job.spec != submission.spec:
            if submission.attempt <= job.attempt:
                return self._problem(409, Code.CONFLICT, "Another spec.")
            units, version = plan(submission.spec), job.version
            job = FakeJob(job_id, submission.spec, submission.attempt, units)
            job.version = version
            self.jobs[job_id] = job
        elif job.state in (JobState.ERROR, JobState.CANCELED):
            job.state, job.error = JobState.RUNNING, None
            job.attempt = submission.attempt
        for unit in job.units.values():
            if not unit.done and unit.key in self.memo:
                unit.done = unit.reused = True
        await self._changed(job)
        reply = JobAccepted(job_id=job_id, message="ok")
        return web.json_response(text=reply.model_dump_json(), status=status)

    async def _wait(self, request: web.Request) -> web.Response:
        asked = WaitRequest.model_validate_json(await request.read())

        def news() -> bool:
            return any(
                job_id not in self.jobs or self.jobs[job_id].version > version
                for job_id, version in asked.jobs.items()
            )

        async with self._news:
            try:
                async with asyncio.timeout(asked.wait_s):
                    await self._news.wait_for(news)
            except TimeoutError:
                pass
        reply = WaitReply(
            jobs={
                job_id: self.view(self.jobs[job_id])
                for job_id, version in asked.jobs.items()
                if job_id in self.jobs and self.jobs[job_id].version > version
            },
            unknown=tuple(job_id for job_id in asked.jobs if job_id not in self.jobs),
        )
        return web.json_response(text=reply.model_dump_json())

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self.jobs.get(request.match_info["job_id"])
        if job is None:
            return self._problem(404, Code.NOT_FOUND, "No such job.")
        if not job.state.terminal:
            job.state = JobState.CANCELED
            await self._changed(job)
        return web.json_response(text=self.view(job).model_dump_json())

    async def _delete(self, request: web.Request) -> web.Response:
        job = self.jobs.get(request.match_info["job_id"])
        if job is None:
            return self._problem(404, Code.NOT_FOUND, "No such job.")
        if not job.state.terminal:
            return self._problem(409, Code.CONFLICT, "Cancel it first.")
        self.deleted.append(request.match_info["job_id"])
        return web.json_response({"success": True})

    async def _missing(self, request: web.Request) -> web.Response:
        asked = BlobQuery.model_validate_json(await request.read())
        missing = tuple(sha for sha in asked.sha256 if sha not in self.blobs)
        return web.json_response(text=BlobReply(missing=missing).model_dump_json())

    async def _put_blob(self, request: web.Request) -> web.Response:
        data, name = await request.read(), request.match_info["hex"]
        if hashlib.sha256(data).hexdigest() != name:
            return self._problem(422, Code.DIGEST_MISMATCH, "Wrong bytes.")
        self.blobs[name] = data
        self.uploaded.append(name)
        return web.json_response({}, status=201)

    async def _get_blob(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["hex"]
        if name not in self.blobs or name in self.never:
            return self._problem(404, Code.NOT_FOUND, "No such file.")
        data = self.blobs[name]
        if self.corrupt:
            self.corrupt -= 1
            data = bytes(len(data))
        start = request.http_range.start or 0
        reply = web.StreamResponse(status=206 if start else 200)
        reply.headers[routes.X_WORKER_BOOT] = self.boot_id
        reply.content_length = len(data) - start
        await reply.prepare(request)
        if self.cuts:
            self.cuts -= 1
            await reply.write(data[start : start + self.cut_after])
            assert request.transport is not None
            request.transport.close()
            return reply
        await reply.write(data[start:])
        await reply.write_eof()
        return reply

    async def _bundle(self, request: web.Request) -> web.Response:
        asked = BundleRequest.model_validate_json(await request.read())
        if not self.blobs.keys() - self.never >= set(asked.sha256):
            return self._problem(404, Code.NOT_FOUND, "No such file.")
        return web.Response(body=b"".join(self.blobs[name] for name in asked.sha256))

    def view(self, job: FakeJob) -> JobView:
        """The whole view of a job."""
        done = [unit for unit in job.units.values() if unit.done]
        present = [unit for unit in done if unit.sha256 in self.blobs]
        complete = job.state is JobState.COMPLETE
        return JobView(
            job_id=job.id,
            kind="film",
            title=job.spec.title,
            status="complete" if complete else "processing",
            state=job.state,
            terminal=job.state.terminal,
            version=job.version,
            progress=100 if complete else 90 * len(done) // len(job.units),
            message=job.error.message if job.error else f"{len(done)} units.",
            stage="units",
            stage_index=0,
            stage_total=1,
            attempt=job.attempt,
            created_at=job.created_at,
            worker=WorkerStamp(id="fake", boot_id=self.boot_id),
            draft=True,
            error=job.error,
            artifacts=tuple(artifact_of(unit) for unit in present),
            units=tuple(unit_view(unit) for unit in job.units.values()),
            spec_sha256=content_key(job.spec.model_dump(mode="json")),
        )

    def _problem(self, status: int, code: str, message: str) -> web.Response:
        body = problem(ErrorBody(code=code, message=message), status)
        headers = {routes.X_WORKER_BOOT: self.boot_id}
        return web.json_response(body, status=status, headers=headers)
