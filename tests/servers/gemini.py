"""A server that speaks the Gemini REST wire, with scripted faults; it can be run by hand.

``python -m tests.servers.gemini --port 8099`` and ``MOONREEL_GEMINI_URL`` lead a real
Moonreel to it; ``--fault 429:2 --fault cut`` are what goes wrong with the first requests. It answers ``generateContent`` and ``streamGenerateContent`` of v1 and
v1beta. What it writes follows from the question alone: as many scenes and words as are
asked for there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "test-key-123"
#: Pieces that a streamed answer comes in.
PIECES = 12


@dataclass
class Asked:
    """One request that came."""

    path: str
    key: str
    body: dict[str, Any]
    #: By the monotonic clock.
    at: float = field(default_factory=time.monotonic)

    @property
    def prompt(self) -> str:
        """What was asked."""
        return str(self.body["contents"][0]["parts"][0]["text"])

    @property
    def model(self) -> str:
        """The model in the path."""
        return self.path.split("/models/")[1].split(":")[0]


@dataclass(frozen=True)
class Fault:
    """How one request goes wrong; ``kind`` names it."""

    kind: str
    delay_s: float = 0.0
    text: str = ""


@dataclass
class FakeGemini:
    """The server; faults are taken in order, one for each request."""

    keys: set[str] = field(default_factory=lambda: {KEY})
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: Changes an answer before it is sent: gets what was asked and the answer.
    edit: Callable[[Asked, dict[str, Any]], Any] | None = None
    #: A streamed answer stops before its last piece until this is set.
    hold: asyncio.Event | None = None
    piece_s: float = 0.0
    #: How often a connection was opened without a question.
    greeted: int = 0
    #: The addresses of all connections.
    peers: set[Any] = field(default_factory=set)
    #: When the last byte of each whole answer was sent, by the monotonic clock.
    answered: list[float] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> FakeGemini:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> FakeGemini:
        """Listens on loopback."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post(r"/{version:v1|v1beta}/models/{call:.+}", self._call)
        app.router.add_route("HEAD", "/", self._greet)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        """Stops listening."""
        if self.hold is not None:
            self.hold.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _greet(self, request: web.Request) -> web.Response:
        self.greeted += 1
        self._note_peer(request)
        return web.Response(status=404)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        self._note_peer(request)
        key = request.headers.get("x-goog-api-key", "")
        asked = Asked(request.path, key, json.loads(await request.read()))
        self.asked.append(asked)
        if key not in self.keys:
            return _error(400, "INVALID_ARGUMENT", "API key not valid.")
        fault = self.faults.pop(0) if self.faults else Fault("none")
        refusal = _refusal(fault, key)
        if refusal is not None:
            return refusal
        await asyncio.sleep(fault.delay_s if fault.kind == "slow" else 0)
        if fault.kind == "blocked":
            return await self._send(request, [_blocked()])
        text = fault.text or self._written(asked)
        if fault.kind == "unsafe":
            return await self._send(request, [_piece(text[:40], "SAFETY")])
        return await self._stream(request, text, asked, cut=fault.kind == "cut")

    def _note_peer(self, request: web.Request) -> None:
        if request.transport is not None:
            self.peers.add(request.transport.get_extra_info("peername"))

    def _written(self, asked: Asked) -> str:
        schema = asked.body["generationConfig"].get("responseJsonSchema")
        if schema is None:
            return "The lighthouse was built in 1811. It is 35 metres high."
        answer: Any = write(asked.prompt, schema["title"])
        if self.edit is not None:
            answer = self.edit(asked, answer)
        return answer if isinstance(answer, str) else json.dumps(answer)

    async def _stream(
        self, request: web.Request, text: str, asked: Asked, *, cut: bool
    ) -> web.StreamResponse:
        size = max(len(text) // PIECES, 1)
        texts = [text[i : i + size] for i in range(0, len(text), size)]
        pieces = [_piece(part, None) for part in texts[:-1]]
        last = _piece(texts[-1], "STOP")
        if asked.body.get("tools"):
            last["candidates"][0]["groundingMetadata"] = _GROUNDING
        if cut:
            pieces = pieces[: len(pieces) // 2]
        return await self._send(request, [*pieces, last], cut=cut)

    async def _send(
        self, request: web.Request, pieces: list[dict[str, Any]], *, cut: bool = False
    ) -> web.StreamResponse:
        if "streamGenerateContent" not in request.path:
            return web.json_response(_joined(pieces))
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        for piece in pieces[:-1]:
            await reply.write(f"data: {json.dumps(piece)}\r\n\r\n".encode())
            await asyncio.sleep(self.piece_s)
        if cut:
            if request.transport is not None:
                request.transport.abort()
            return reply
        if self.hold is not None:
            await self.hold.wait()
        await reply.write(f"data: {json.dumps(pieces[-1])}\r\n\r\n".encode())
        await reply.write_eof()
        self.answered.append(time.monotonic())
        return reply


_GROUNDING = {
    "groundingChunks": [
        {"web": {"title": "Lighthouses", "uri": "https://example.org/lighthouses"}}
    ]
}


def write(prompt: str, schema: str) -> dict[str, Any]:
    """An answer of the right size to a question of ours."""
    scenes = _number(r"exactly (\d+) scenes", prompt, 3)
    words = _number(r"about (\d+) words of narration", prompt, 60)
    if schema == "Outline":
        chapters = _number(r"exactly (\d+) chapters", prompt, 2)
        return {
            "title": "The Long Lamp",
            "language": "en",
            "characters": CAST,
            "chapters": [
                {"title": f"Part {n}", "plan": f"Mara goes on, {n}."}
                for n in range(1, chapters + 1)
            ],
        }
    if schema == "WrittenAnalysis":
        return ANALYSIS
    if schema == "WrittenAlternatives":
        count = _number(r"in (\d+) different ways", prompt, 1)
        return {"alternatives": [_scene(n, 12) for n in range(1, count + 1)]}
    told = [_scene(n, words // scenes) for n in range(1, scenes + 1)]
    if schema == "WrittenChapter":
        number = _number(r"write chapter (\d+) of", prompt, 1)
        return {"scenes": told, "summary": f"Mara has done {number} things."}
    return {"title": "The Lamp", "language": "en", "characters": CAST, "scenes": told}


CAST = [
    {"name": "Mara", "looks": "a tall woman of forty in a red coat, grey braid"},
    {"name": "Otto", "looks": "a small dog with one white ear"},
]
ANALYSIS = {
    "hook_example": "Nobody ever came back.",
    "hook_style": "a flat statement that frightens",
    "setup_length": 40,
    "rise_length": 80,
    "climax_length": 30,
    "end_length": 20,
    "tone": ["dark", "calm"],
    "key_patterns": ["short last sentences"],
    "sentence_variation": "long, then short",
}


def _scene(number: int, words: int) -> dict[str, Any]:
    said = f"Mara climbed step {number} with Otto and".split()
    while len(said) < words:
        said.append("on")
    return {
        "narration": " ".join(said[: max(words, 4)]) + ".",
        "image": {
            "subject": f"a tall woman on stair {number}",
            "action": "climbing slowly with a lamp",
            "setting": "inside an old stone lighthouse",
            "light": "warm lamp light, night",
        },
        "characters": ["Mara"] if number % 2 else ["mara", "Otto"],
    }


def _number(pattern: str, text: str, otherwise: int) -> int:
    found = re.findall(pattern, text)
    return int(found[-1]) if found else otherwise


def _piece(text: str, finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {
        "content": {"role": "model", "parts": [{"text": text}]},
        "index": 0,
    }
    if finish is not None:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate],
        "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 400},
        "modelVersion": "fake",
    }


def _joined(pieces: list[dict[str, Any]]) -> dict[str, Any]:
    texts = [p["candidates"][0]["content"]["parts"][0]["text"] for p in pieces]
    whole = pieces[-1]
    whole["candidates"][0]["content"]["parts"][0]["text"] = "".join(texts)
    return whole


def _blocked() -> dict[str, Any]:
    rating = {
        "category": "HARM_CATEGORY_DANGEROUS_CONTENT",
        "probability": "HIGH",
        "blocked": True,
    }
    return {"promptFeedback": {"blockReason": "SAFETY", "safetyRatings": [rating]}}


def _refusal(fault: Fault, key: str) -> web.Response | None:
    retry = {
        "@type": "type.googleapis.com/google.rpc.RetryInfo",
        "retryDelay": f"{fault.delay_s:g}s",
    }
    if fault.kind == "429":
        return _error(429, "RESOURCE_EXHAUSTED", f"Slow down, {key}.", [retry])
    if fault.kind == "503 later":
        return _error(503, "UNAVAILABLE", "The model is overloaded.", [retry])
    if fault.kind == "503 after":
        refusal = _error(503, "UNAVAILABLE", "The model is overloaded.")
        refusal.headers["Retry-After"] = f"{fault.delay_s:g}"
        return refusal
    if fault.kind == "daily":
        name = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
        quota = {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{"quotaId": name}],
        }
        return _error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", [quota])
    if fault.kind in ("500", "503"):
        return _error(int(fault.kind), "UNAVAILABLE", "The model is overloaded.")
    if fault.kind == "401":
        return _error(401, "UNAUTHENTICATED", f"No such key: {key}")
    if fault.kind == "404":
        return _error(404, "NOT_FOUND", "No such model.")
    if fault.kind == "400":
        return _error(400, "INVALID_ARGUMENT", "The schema is too deep.")
    return None


def _error(
    code: int, status: str, message: str, details: list[Any] | None = None
) -> web.Response:
    body = {"code": code, "status": status, "message": message}
    if details:
        body["details"] = details
    return web.json_response({"error": body}, status=code)


def fault(words: str) -> Fault:
    """One as it is named by hand: its kind and, after a colon, its seconds."""
    kind, _, seconds = words.partition(":")
    if kind not in KINDS:
        raise argparse.ArgumentTypeError(f"{kind} is none of: {', '.join(KINDS)}")
    return Fault(kind, delay_s=float(seconds or 1), text=_TEXTS.get(kind, ""))


_TEXTS = {"malformed": "{ no json", "missing": '{"title": "T"}'}
KINDS = (
    *("none", "slow", "cut", "blocked", "unsafe", *_TEXTS),
    *("400", "401", "404", "429", "daily", "500", "503", "503 later", "503 after"),
)


async def _serve(port: int, faults: list[Fault]) -> None:
    server = await FakeGemini(faults=faults).start(port)
    print(f"MOONREEL_GEMINI_URL={server.url} GEMINI_API_KEY={KEY}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--fault", type=fault, action="append", default=[])
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.fault))
