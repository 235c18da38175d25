"""A server that speaks fal.ai's queue: ``python -m tests.servers.fal CERTIFICATE PORT``.

Clients reach it with ``FAL_QUEUE_RUN_HOST`` and trust it by ``SSL_CERT_FILE``.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from PIL import Image

from tests.servers.threaded import ThreadedServer, make_certificate

APP = "/fal-ai/flux-lora"
REQUEST = APP + "/requests/{request_id}"


@dataclass
class Queued:
    """One request of the queue, with the number of looks that it waits and draws."""

    body: dict[str, Any]
    waits: int
    draws: int
    canceled: bool = False


@dataclass
class Faults:
    """What goes wrong; (status, headers, body) replies are given one for each request."""

    submit: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    poll: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    result: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    file: list[int] = field(default_factory=list)
    #: The connection ends after the request was taken.
    lost: int = 0
    waits: int = 0
    draws: int = 1
    unsafe: bool = False
    content: bytes | None = None
    size: tuple[int, int] | None = None


class FakeFal(ThreadedServer):
    """The queue; what it was asked stands in ``requests``, and how often in ``counts``."""

    def __init__(self, certificate: Path, port: int = 0) -> None:
        super().__init__(certificate, port)
        self.faults = Faults()
        self.requests: dict[str, Queued] = {}
        self.counts: Counter[str] = Counter()
        self.keys: set[str] = set()
        #: The keys that came with the pictures' addresses, where none belongs.
        self.keys_of_files: set[str] = set()
        self.submitted = threading.Event()
        self.canceled = threading.Event()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post(APP, self._submit)
        app.router.add_get(REQUEST + "/status", self._status)
        app.router.add_get(REQUEST, self._result)
        app.router.add_put(REQUEST + "/cancel", self._cancel)
        app.router.add_get("/files/{request_id}.png", self._file)
        return app

    async def _submit(self, request: web.Request) -> web.Response:
        self.counts["submit"] += 1
        self.keys.add(request.headers["Authorization"])
        if self.faults.submit:
            return _reply(self.faults.submit.pop(0))
        body = json.loads(await request.read())
        number = f"request-{len(self.requests) + 1:04}"
        self.requests[number] = Queued(body, self.faults.waits, self.faults.draws)
        self.submitted.set()
        if self.faults.lost:
            self.faults.lost -= 1
            assert request.transport is not None
            request.transport.abort()
        base = f"https://{self.address}{APP}/requests/{number}"
        return web.json_response(
            {
                "request_id": number,
                "response_url": base,
                "status_url": f"{base}/status",
                "cancel_url": f"{base}/cancel",
                "queue_position": self.faults.waits,
            }
        )

    async def _status(self, request: web.Request) -> web.Response:
        self.counts["poll"] += 1
        if self.faults.poll:
            return _reply(self.faults.poll.pop(0))
        known = self.requests.get(request.match_info["request_id"])
        if known is None:
            return web.json_response({"detail": "Request not found"}, status=404)
        if known.waits > 0:
            known.waits -= 1
            return web.json_response(
                {"status": "IN_QUEUE", "queue_position": known.waits}
            )
        if known.draws > 0:
            known.draws -= 1
            return web.json_response({"status": "IN_PROGRESS", "logs": None})
        error = {"error": "canceled"} if known.canceled else {}
        return web.json_response(
            {"status": "COMPLETED", "logs": None, "metrics": {}} | error
        )

    async def _result(self, request: web.Request) -> web.Response:
        self.counts["result"] += 1
        if self.faults.result:
            return _reply(self.faults.result.pop(0))
        number = request.match_info["request_id"]
        size = self.requests[number].body["image_size"]
        url = f"https://{self.address}/files/{number}.png"
        picture = size | {"url": url, "content_type": "image/png"}
        return web.json_response(
            {
                "images": [picture],
                "timings": {"inference": 1.0},
                "seed": self.requests[number].body["seed"],
                "has_nsfw_concepts": [self.faults.unsafe],
                "prompt": self.requests[number].body["prompt"],
            }
        )

    async def _cancel(self, request: web.Request) -> web.Response:
        self.counts["cancel"] += 1
        known = self.requests[request.match_info["request_id"]]
        if not known.waits and not known.draws:
            return web.json_response({"status": "ALREADY_COMPLETED"}, status=400)
        known.waits = known.draws = 0
        known.canceled = True
        self.canceled.set()
        return web.json_response({"status": "CANCELLATION_REQUESTED"}, status=202)

    async def _file(self, request: web.Request) -> web.Response:
        self.counts["file"] += 1
        self.keys_of_files.add(request.headers.get("Authorization", ""))
        if self.faults.file:
            return web.Response(status=self.faults.file.pop(0))
        body = self.requests[request.match_info["request_id"]].body
        content = self.faults.content
        if content is None:
            content = drawn(body, self.faults.size)
        return web.Response(body=content, content_type="image/png")


def drawn(body: dict[str, Any], size: tuple[int, int] | None = None) -> bytes:
    """A picture of its own for each question."""
    asked = body["image_size"]
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
    colour = (digest[0], digest[1], digest[2])
    picture = Image.new("RGB", size or (asked["width"], asked["height"]), colour)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _reply(fault: tuple[int, dict[str, str], Any]) -> web.Response:
    status, headers, body = fault
    if isinstance(body, bytes):
        return web.Response(body=body, status=status, headers=headers)
    return web.json_response(body, status=status, headers=headers)


def main() -> None:
    """Serves until it is interrupted."""
    certificate = make_certificate(Path(sys.argv[1]))
    with FakeFal(certificate, int(sys.argv[2])) as server:
        sys.stdout.write(
            f"export FAL_KEY=any FAL_QUEUE_RUN_HOST={server.address} "
            f"SSL_CERT_FILE={certificate}\n"
        )
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
