"""A server that speaks OpenAI's images: ``python -m tests.servers.openai_images PORT``.

Clients reach it with ``OPENAI_BASE_URL``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from PIL import Image

from tests.servers.threaded import ThreadedServer


@dataclass
class Faults:
    """What goes wrong; (status, headers, error) replies are given one for each request."""

    replies: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    #: The connection ends after the request was taken.
    lost: int = 0
    seconds: float = 0.0
    content: bytes | None = None
    #: A request under a known key gets the answer of the first one, and is not paid.
    heeds_keys: bool = False
    #: In place of the tokens that were used.
    usage: Any = None


class FakeOpenAIImages(ThreadedServer):
    """The service; what it was asked stands in ``asked``."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(None, port)
        self.faults = Faults()
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        #: The names of the requests, and the pictures of those that were paid.
        self.names: list[str] = []
        self.paid: list[bytes] = []
        self._known: dict[str, bytes] = {}
        self.begun = threading.Event()
        self.left = threading.Event()

    @property
    def url(self) -> str:
        """What ``OPENAI_BASE_URL`` is set to."""
        return f"http://{self.address}/v1"

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/images/generations", self._generate)
        return app

    async def _generate(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        self.asked.append(body)
        self.keys.add(request.headers["Authorization"])
        self.begun.set()
        name = request.headers["Idempotency-Key"]
        self.names.append(name)
        if self.faults.replies:
            status, headers, error = self.faults.replies.pop(0)
            if isinstance(error, bytes):
                told = {"Content-Type": "application/json"} | headers
                return web.Response(body=error, status=status, headers=told)
            return web.json_response({"error": error}, status=status, headers=headers)
        if self.faults.lost:
            self.faults.lost -= 1
            assert request.transport is not None
            request.transport.abort()
        replayed = self.faults.heeds_keys and name in self._known
        content = self._known.get(name, b"") if replayed else self._draw(name, body)
        try:
            await asyncio.sleep(self.faults.seconds)
        except asyncio.CancelledError:
            self.left.set()
            raise
        tokens = {"input_tokens": 100, "output_tokens": 500, "total_tokens": 600}
        details = {"input_tokens_details": {"text_tokens": 100, "image_tokens": 0}}
        return web.json_response(
            {
                "created": 1,
                "data": [{"b64_json": base64.b64encode(content).decode()}],
                "usage": self.faults.usage or tokens | details,
            },
            headers={"Idempotent-Replayed": "true"} if replayed else {},
        )

    def _draw(self, name: str, body: dict[str, Any]) -> bytes:
        content = self.faults.content or drawn(body, len(self.asked))
        self._known[name] = content
        self.paid.append(content)
        return content


def drawn(body: dict[str, Any], number: int) -> bytes:
    """Never the same picture twice: there is no seed."""
    width, _, height = body["size"].partition("x")
    digest = hashlib.sha256(f"{body['prompt']}{number}".encode()).digest()
    colour = (digest[0], digest[1], digest[2])
    file = io.BytesIO()
    Image.new("RGB", (int(width), int(height)), colour).save(file, "PNG")
    return file.getvalue()


def main() -> None:
    """Serves until it is interrupted."""
    with FakeOpenAIImages(int(sys.argv[1])) as server:
        sys.stdout.write(f"export OPENAI_API_KEY=any OPENAI_BASE_URL={server.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
