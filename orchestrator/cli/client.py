"""The orchestrator as commands call it: typed replies, errors as sentences."""

from __future__ import annotations

import ipaddress
import os
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from orchestrator.cli.exits import CliError, Exit, Unreachable
from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.films import FileLink, FilmList, FilmView, GenerateAccepted
from shared_protocol.holds import etag_of_version
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import (
    RenderOrder,
    RenderReply,
    RetryOrder,
    ScriptEdit,
    ScriptView,
)
from shared_protocol.studio import (
    OrchestratorHealth,
    SetWorkerUrl,
    VoicesReply,
    WorkerConnection,
)

M = TypeVar("M", bound=BaseModel)

PASSWORD_VARIABLE = "MOONREEL_PASSWORD"  # noqa: S105 - the name of a variable
_USAGE = frozenset({Code.INVALID_FIELD, Code.ENGINE_UNKNOWN, Code.BAD_REQUEST})
#: Longer than any held reply, so that silence means that the server is gone.
READ_TIMEOUT_S = routes.HOLD_S + 15


class Refused(CliError):
    """The server answered with an error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        code = str(body.get("code", "failed"))
        super().__init__(
            str(body["message"]), exit_for(code), code=code, hint=body.get("hint")
        )
        self.status = status


def exit_for(code: str) -> Exit:
    """The exit code that goes with a server's error code."""
    if code == Code.WORKER_UNREACHABLE:
        return Exit.UNREACHABLE
    return Exit.USAGE if code in _USAGE else Exit.FAILED


class Client:
    """One orchestrator at ``url``; an async context manager."""

    def __init__(self, url: str, *, passing: bool = False) -> None:
        self.url = url.rstrip("/")
        #: It ends with this command, and nothing goes on there afterwards.
        self.passing = passing
        self.http = httpx.AsyncClient(
            base_url=self.url,
            timeout=httpx.Timeout(10, read=READ_TIMEOUT_S),
            headers=_headers(),
            trust_env=not _is_loopback(self.url),  # no proxy can reach our loopback
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    async def health(self, timeout_s: float = 3.0) -> OrchestratorHealth:
        """Whether it is an orchestrator and well; Unreachable when not."""
        reply = await self._send("GET", routes.HEALTH, timeout=timeout_s)
        return self._read(reply, OrchestratorHealth)

    async def generate(self, request: GenerateRequest, key: str) -> GenerateAccepted:
        """Asks for a film; the same ``key`` and request are always the same job."""
        reply = await self._send(
            "POST",
            routes.API_GENERATE_VIDEO,
            json=request.model_dump(mode="json", exclude_unset=True),
            headers={routes.IDEMPOTENCY_KEY: key},
        )
        return self._read(reply, GenerateAccepted)

    async def send_music(self, data: bytes) -> None:
        """Takes a music file there, for an order that names its hash."""
        headers = {"Content-Type": "application/octet-stream"}
        await self._send("POST", routes.API_MUSIC, content=data, headers=headers)

    async def send_reference(self, data: bytes) -> None:
        """Takes a reference picture there, for scenes that name its hash."""
        headers = {"Content-Type": "application/octet-stream"}
        await self._send("POST", routes.API_REFERENCES, content=data, headers=headers)

    async def send_voice_sample(self, data: bytes) -> None:
        """Takes a sample of a voice there, for an order that names its hash."""
        headers = {"Content-Type": "application/octet-stream"}
        path = routes.API_VOICE_SAMPLES
        await self._send("POST", path, content=data, headers=headers)

    async def job(self, job_id: str) -> FilmView:
        """The job as it is now."""
        path = routes.API_JOB.format(job_id=job_id)
        return self._read(await self._send("GET", path), FilmView)

    async def news(self, job_id: str, known: int) -> FilmView | None:
        """The job once it passes version ``known``; None if it does not for a while."""
        path = routes.API_JOB.format(job_id=job_id)
        headers = {
            "Prefer": f"wait={routes.HOLD_S:g}",
            "If-None-Match": etag_of_version(known),
        }
        reply = await self._send("GET", path, headers=headers)
        return None if reply.status_code == 304 else self._read(reply, FilmView)

    async def script(self, job_id: str) -> ScriptView:
        """The script of a job as it is now."""
        path = routes.API_JOB_SCRIPT.format(job_id=job_id)
        return self._read(await self._send("GET", path), ScriptView)

    async def edit_script(self, job_id: str, edit: ScriptEdit) -> ScriptView:
        """The script after an edit."""
        path = routes.API_JOB_SCRIPT.format(job_id=job_id)
        body = edit.model_dump(mode="json", exclude_none=True)
        return self._read(await self._send("PUT", path, json=body), ScriptView)

    async def render(self, job_id: str, order: RenderOrder) -> RenderReply:
        """Asks for the film of the script, or for what that would make."""
        path = routes.API_JOB_RENDER.format(job_id=job_id)
        body = order.model_dump(mode="json", exclude_none=True)
        return self._read(await self._send("POST", path, json=body), RenderReply)

    async def link(self, job_id: str, name: str) -> FileLink:
        """A file of a job straight from its worker."""
        path = routes.API_JOB_LINK.format(job_id=job_id, name=quote(name, safe=""))
        return self._read(await self._send("GET", path), FileLink)

    async def jobs(self) -> FilmList:
        """All jobs, newest first."""
        return self._read(await self._send("GET", routes.API_JOBS), FilmList)

    async def cancel(self, job_id: str) -> None:
        """Asks a job to stop; harmless when it has ended."""
        path = routes.API_JOB_CANCEL.format(job_id=job_id)
        await self._send("POST", path, json={})

    async def retry(self, job_id: str, order: RetryOrder | None = None) -> None:
        """Asks a failed or canceled job to go on, or a scene's picture to be redone."""
        path = routes.API_JOB_RETRY.format(job_id=job_id)
        body = order.model_dump(mode="json", exclude_none=True) if order else {}
        await self._send("POST", path, json=body)

    async def allow(self, job_id: str) -> None:
        """Says yes to a film that is larger than what the tunnel has left."""
        path = routes.API_JOB_ALLOW.format(job_id=job_id)
        await self._send("POST", path, json={})

    async def delete(self, job_id: str) -> None:
        """Forgets a job and its files."""
        await self._send("DELETE", routes.API_JOB.format(job_id=job_id))

    async def connect(self, target: SetWorkerUrl) -> WorkerConnection:
        """Sets the worker from any text with a URL in it."""
        reply = await self._send(
            "POST",
            routes.API_SET_WORKER_URL,
            json=target.model_dump(mode="json", exclude_none=True),
        )
        return self._read(reply, WorkerConnection)

    async def disconnect(self) -> None:
        """Forgets the remote worker; harmless when there is none."""
        await self._send("DELETE", routes.API_WORKER)

    async def voices(self) -> VoicesReply:
        """The voices and the engine that speaks them."""
        return self._read(await self._send("GET", routes.API_VOICES), VoicesReply)

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            reply = await self.http.request(method, path, **options)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise self.gone(error) from error
        if reply.status_code >= 400:
            raise self.refusal(reply)
        return reply

    def gone(self, error: Exception) -> Unreachable:
        """The sentence for a connection that failed."""
        reason = str(error) or type(error).__name__
        return Unreachable(
            f"no server answers at {self.url} ({reason})",
            hint="Start one with `moonreel serve`, or check the address in --server.",
        )

    def refusal(self, reply: httpx.Response) -> CliError:
        """The error in a reply; one without Moonreel's body is somebody else's."""
        try:
            body = reply.json()
        except ValueError:
            body = None
        if isinstance(body, dict) and isinstance(body.get("message"), str):
            return Refused(reply.status_code, body)
        return self._stranger(f"HTTP {reply.status_code}")

    def _read(self, reply: httpx.Response, model: type[M]) -> M:
        try:
            return model.model_validate_json(reply.content)
        except ValidationError as error:
            raise self._stranger("a reply of another kind") from error

    def _stranger(self, what: str) -> Unreachable:
        return Unreachable(
            f"{self.url} answered with {what}, so it is no Moonreel server of this "
            "version",
            hint="Check the address in --server, and that both sides are up to date.",
        )


def _headers() -> dict[str, str]:
    password = os.environ.get(PASSWORD_VARIABLE)
    shown = {"Authorization": f"Bearer {password}"} if password else {}
    return {"Accept": "application/json"} | shown


def _is_loopback(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
