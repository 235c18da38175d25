"""A server that speaks OpenAI's chat completions, streamed; it writes as the Gemini one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.servers.gemini import write


@dataclass
class FakeOpenAI:
    """The server; ``refusals`` are (status, body) pairs, one for each request."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    #: The answer stops in the middle, so many times.
    cuts: int = 0
    finish: str = "stop"
    url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> FakeOpenAI:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        key = request.headers["Authorization"]
        self.asked.append(body | {"key": key})
        if self.refusals:
            status, error = self.refusals.pop(0)
            return web.json_response(
                {"error": error}, status=status, headers={"retry-after": "0.01"}
            )
        schema = body["response_format"]["json_schema"]["schema"]
        text = json.dumps(write(body["messages"][1]["content"], schema["title"]))
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        half = len(text) // 2
        await self._say(reply, _chunk(text[:half], None))
        if self.cuts:
            self.cuts -= 1
            return reply
        await self._say(reply, _chunk(text[half:], self.finish))
        usage = {"prompt_tokens": 70, "completion_tokens": 200, "total_tokens": 270}
        await self._say(reply, _chunk("", None) | {"choices": [], "usage": usage})
        await reply.write(b"data: [DONE]\n\n")
        return reply

    async def _say(self, reply: web.StreamResponse, chunk: dict[str, Any]) -> None:
        await reply.write(f"data: {json.dumps(chunk)}\n\n".encode())


def _chunk(text: str, finish: str | None) -> dict[str, Any]:
    delta = {"role": "assistant", "content": text}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "small",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
