"""The remote worker: taken out of any pasted text, or forgotten."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.errors import NotAnAddress, Unreachable
from orchestrator.url_intake import WorkerAddress, dig_address
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, read_model
from shared_protocol.kit.redaction import redact
from shared_protocol.studio import SetWorkerUrl, WorkerConnection


async def set_url(request: web.Request) -> web.Response:
    """``POST /api/set-colab-url``: connects a remote worker; saved even when nobody answers there yet."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    body = await read_model(request, SetWorkerUrl, limit_bytes=limit)
    shown = redact(body.url)
    try:
        dug = dig_address(body.url)
    except NotAnAddress as refusal:
        raise ApiError(
            Code.BAD_REQUEST,
            f"{refusal} {refusal.tip}",
            param="url",
            extra={"received": shown[:200], "tip": refusal.tip},
        ) from refusal
    address = WorkerAddress(dug.url, body.token or dug.token)
    reply = await _connect(request, address, None if shown == dug.url else shown[:200])
    return web.json_response(text=reply.model_dump_json())


async def forget(request: web.Request) -> web.Response:
    """``DELETE /api/worker``: no remote worker any more; 204. Films on it wait, or go on
    elsewhere when they are tried again.
    """
    file = request.app[keys.SETTINGS].url_file
    try:
        await request.app[keys.URL_WATCH].save(None)
    except OSError as error:
        raise ApiError(
            Code.CONFLICT,
            f"{file.name} could not be written ({error.strerror}), so the worker would "
            "come back; take its address out of that file.",
        ) from error
    await request.app[keys.WORKERS].connect(None)
    return web.Response(status=204)


async def _connect(
    request: web.Request, address: WorkerAddress, raw: str | None
) -> WorkerConnection:
    workers, warnings, found = request.app[keys.WORKERS], [], None
    await workers.connect(address)
    try:
        await request.app[keys.URL_WATCH].save(address)
    except OSError as error:
        warnings.append(
            f"{request.app[keys.SETTINGS].url_file.name} could not be written "
            f"({error.strerror}); the address is kept in Moonreel's own data."
        )
    try:
        found = await workers.remote.probe()
        message = "The worker is connected."
    except Unreachable as trouble:
        message = f"Saved, but not connected: {trouble}"
    spent = request.app[keys.LEDGER].warning(address.url)
    warnings += [spent] if spent else []
    if request.app[keys.SETTINGS].worker == "local":
        warnings.append("Moonreel was started with worker=local, so it is not used.")
    return WorkerConnection(
        success=True,
        raw_input=raw,
        clean_url=address.url,
        connected=found is not None,
        message=message,
        health=found,
        warnings=tuple(warnings),
    )
