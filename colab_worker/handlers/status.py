"""Telling how jobs are doing, at once or as soon as there is news."""

from __future__ import annotations

from aiohttp import web

from colab_worker.board import JobStatus
from colab_worker.handlers.submit import find_status, read_job_id
from colab_worker.keys import BOARD, SETTINGS, STORE
from colab_worker.views import artifacts
from shared_protocol.errors import Code
from shared_protocol.holds import Hold, etag_of_version
from shared_protocol.jobs import JobList, JobState, JobSummary, WaitReply, WaitRequest
from shared_protocol.kit.hold_requests import hold_of
from shared_protocol.kit.http_errors import ApiError, read_model

#: Bodies smaller than this travel as they are.
GZIP_FROM_BYTES = 1500


async def get_status(request: web.Request) -> web.Response:
    """``GET /status/{job_id}``: the job's view, held until there is something new."""
    job_id = read_job_id(request)
    hold = hold_of(request)
    status = await _found(request, job_id)
    status.polled = True
    board = request.app[BOARD]
    if hold.since is not None and not status.row.state.terminal:
        await board.news({job_id: hold.since}, hold.wait_s, hold.settle_s)
        status = await _found(request, job_id)
    return _status_reply(request, status, hold)


async def wait_jobs(request: web.Request) -> web.Response:
    """``POST /jobs/wait``: the first news of any of several jobs, in one request."""
    limit = request.app[SETTINGS].body_limit_bytes
    asked = await read_model(request, WaitRequest, limit_bytes=limit)
    board = request.app[BOARD]
    unknown = [job for job in asked.jobs if await board.find(job) is None]
    known = {job: v for job, v in asked.jobs.items() if job not in unknown}
    if known and not unknown:
        await board.news(known, asked.wait_s, asked.settle_s)
    changed = {}
    for job_id, since in known.items():
        status = await board.find(job_id)
        if status is not None and board.versions[job_id] > since:
            status.polled = True
            changed[job_id] = board.view(status, since=since if since > 0 else None)
    reply = WaitReply(jobs=changed, unknown=tuple(unknown))
    response = web.json_response(text=reply.model_dump_json())
    response.enable_compression()
    return response


async def list_jobs(request: web.Request) -> web.Response:
    """``GET /jobs?state=&since=``: what the worker knows, newest first."""
    state, since = _filters(request)
    rows = await request.app[STORE].job_list()
    summaries = []
    for row in rows:
        if (state and row.state != state) or row.created_at < since:
            continue
        status = await _found(request, row.id)
        view = request.app[BOARD].view(status, since=row.version)
        shared = view.model_dump(include=set(JobSummary.model_fields))
        summaries.append(JobSummary(**shared))
    return web.json_response(text=JobList(jobs=tuple(summaries)).model_dump_json())


async def list_artifacts(request: web.Request) -> web.Response:
    """``GET /jobs/{job_id}/artifacts``: the files that can be downloaded now."""
    status = await find_status(request, read_job_id(request))
    found = [a.model_dump(mode="json") for a in artifacts(status.units.values())]
    return web.json_response({"job_id": status.row.id, "artifacts": found})


async def get_glimpse(request: web.Request) -> web.Response:
    """``GET /jobs/{job_id}/live/{scene}``: what is being drawn, small and in WebP.

    204 while there is nothing to be seen of it; 404 for a scene that the job has not.
    """
    status = await find_status(request, read_job_id(request))
    scene = request.match_info["scene"]
    for unit in status.units.values():
        if unit.kind == "image" and str(unit.scene) == scene:
            headers = {"Cache-Control": "no-store"}
            if not unit.glimpse:  # no error: it may have been done a moment ago
                return web.Response(status=204, headers=headers)
            return web.Response(
                body=unit.glimpse, content_type="image/webp", headers=headers
            )
    raise ApiError(Code.NOT_FOUND, f"The job has no scene {scene[:20]} to be drawn.")


async def _found(request: web.Request, job_id: str) -> JobStatus:
    return await find_status(request, job_id)


def _status_reply(request: web.Request, status: JobStatus, hold: Hold) -> web.Response:
    board = request.app[BOARD]
    version = board.versions[status.row.id]
    headers = {
        "ETag": etag_of_version(version),
        "X-Version": str(version),
        "Content-Type": "application/json",
    }
    if hold.wait_s:
        headers["Preference-Applied"] = f"wait={hold.wait_s:g}"
    if not status.row.state.terminal:
        headers["Retry-After"] = "1"
    if hold.conditional and hold.since == version:
        return web.Response(status=304, headers=headers)
    if "since" in request.query and hold.since:
        view = board.view(status, since=hold.since)
        return web.Response(body=view.model_dump_json().encode(), headers=headers)
    return web.Response(body=_encoded(request, status, headers), headers=headers)


def _encoded(request: web.Request, status: JobStatus, headers: dict[str, str]) -> bytes:
    board = request.app[BOARD]
    body = board.body(status, compressed=False)
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    if not accepts or len(body) < GZIP_FROM_BYTES:
        return body
    headers["Content-Encoding"] = "gzip"
    headers["Vary"] = "Accept-Encoding"
    return board.body(status, compressed=True)


def _filters(request: web.Request) -> tuple[JobState | None, str]:
    unknown = set(request.query) - {"state", "since"}
    if unknown:
        name = min(unknown)
        raise ApiError(Code.INVALID_FIELD, f"{name}: is not a known field", param=name)
    word = request.query.get("state", "")
    if word and word not in set(JobState):
        states = ", ".join(JobState)
        raise ApiError(
            Code.INVALID_FIELD,
            f"state: {word!r} is not known; choose one of: {states}",
            param="state",
        )
    return JobState(word) if word else None, request.query.get("since", "")
