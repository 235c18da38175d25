"""Submitting and canceling jobs."""

from __future__ import annotations

import asyncio

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from colab_worker.board import JobStatus
from colab_worker.keys import BOARD, RUNNER, SETTINGS, SUBMISSIONS
from colab_worker.legacy import LegacyFilm, film_spec
from colab_worker.submissions import Posted
from colab_worker.views import links
from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.jobs import JobAccepted, JobSubmission
from shared_protocol.kit.http_errors import ApiError, parse_model, read_body, read_model
from shared_protocol.kit.request_keys import idempotency_key
from shared_protocol.wire import JobId

_JOB_ID: TypeAdapter[str] = TypeAdapter(JobId)


async def put_job(request: web.Request) -> web.Response:
    """``PUT /jobs/{job_id}``: 202 when new, 200 when known, 409 for another spec."""
    job_id = read_job_id(request)
    limit = request.app[SETTINGS].body_limit_bytes
    submission = await read_model(request, JobSubmission, limit_bytes=limit)
    status, created = await request.app[SUBMISSIONS].put(job_id, submission)
    return _accepted(status, 202 if created else 200)


async def post_film(request: web.Request) -> web.Response:
    """``POST /generate_complete_video``: 202 with the id of the one job it makes."""
    raw = await read_body(request, request.app[SETTINGS].body_limit_bytes)
    form = parse_model(raw, LegacyFilm)
    # Words are cut and weighed there, by libraries that read their own files first.
    spec, warnings = await asyncio.to_thread(film_spec, form)
    posted = Posted(
        spec=spec,
        body=raw,
        idempotency_key=idempotency_key(request),
        is_retry=request.headers.get("x-stainless-retry-count", "0") != "0",
        warnings=warnings,
    )
    status, _ = await request.app[SUBMISSIONS].post(posted)
    return _accepted(status, 202)


async def cancel_job(request: web.Request) -> web.Response:
    """``POST /jobs/{job_id}/cancel``: 202 while stopping, 200 when it had ended."""
    job_id = read_job_id(request)
    status = await find_status(request, job_id)
    canceled = await request.app[RUNNER].cancel(job_id)
    view = request.app[BOARD].view(status, since=request.app[BOARD].versions[job_id])
    return web.json_response(
        text=view.model_dump_json(), status=202 if canceled else 200
    )


async def delete_job(request: web.Request) -> web.Response:
    """``DELETE /jobs/{job_id}``: 200; 409 while the job is not finished."""
    job_id = read_job_id(request)
    await request.app[SUBMISSIONS].delete(job_id)
    return web.json_response({"success": True, "job_id": job_id})


def read_job_id(request: web.Request) -> str:
    """The id in the path; ApiError 422 when it is none."""
    try:
        return _JOB_ID.validate_python(request.match_info["job_id"])
    except ValidationError as error:
        raise ApiError(
            Code.INVALID_FIELD,
            "job_id: must be 8 to 64 letters, digits, - or _, such as a UUID",
            param="job_id",
        ) from error


async def find_status(request: web.Request, job_id: str) -> JobStatus:
    """The job of that id; ApiError 404 in the form that old clients know."""
    status = await request.app[BOARD].find(job_id)
    if status is None:
        raise ApiError(
            Code.NOT_FOUND,
            f"There is no job {job_id} on this worker.",
            # The words that old clients look for win over the number of RFC 9457.
            extra={"status": "not_found", "progress": 0},
        )
    return status


def _accepted(status: JobStatus, code: int) -> web.Response:
    row = status.row
    reply = JobAccepted(
        job_id=row.id,
        message=f"The job is {row.state}.",
        state=row.state,
        links=links(row.id),
    )
    headers = {"Location": routes.STATUS.format(job_id=row.id), "Retry-After": "1"}
    return web.json_response(text=reply.model_dump_json(), status=code, headers=headers)
