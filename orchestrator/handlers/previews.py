"""``POST /api/voices/preview``: a voice on the user's own sentence."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from aiohttp import web

from orchestrator import keys
from orchestrator.errors import Refused, Unreachable
from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, read_model
from shared_protocol.kit.ranges import ServedFile, serve_file
from shared_protocol.speech import SpeakRequest
from shared_protocol.studio import VoicePreview


async def voice(request: web.Request) -> web.StreamResponse:
    """The sentence, spoken by the worker that a film would go to."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    asked = await read_model(request, VoicePreview, limit_bytes=limit)
    blobs = request.app[keys.LIBRARY].blobs
    try:
        client = (await request.app[keys.WORKERS].choose()).client
        spoken = await client.speak(await asyncio.to_thread(_settled, asked))
        if not await asyncio.to_thread(blobs.has, spoken.sha256):
            await client.fetch_blob(spoken.sha256, spoken.bytes, blobs)
    except Unreachable as trouble:
        raise ApiError(Code.WORKER_UNREACHABLE, str(trouble)) from trouble
    except Refused as refusal:
        code = Code.INVALID_FIELD if refusal.status < 500 else Code.INTERNAL
        raise ApiError(code, str(refusal), param=refusal.param) from refusal
    sound = ServedFile(
        path=blobs.path(spoken.sha256),
        sha256=spoken.sha256,
        bytes=spoken.bytes,
        media_type=spoken.media_type,
        filename="voice.wav",
    )
    captions = {routes.X_CAPTIONS: quote(spoken.captions)}
    return await serve_file(request, sound, captions)


def _settled(asked: VoicePreview) -> SpeakRequest:
    """The request with its language: the given one, or that of the text."""
    from shared_protocol.kit.text_scenes.language import guess_language

    language = asked.language
    if language == "auto":
        language = guess_language(asked.text)
    return SpeakRequest(**asked.model_dump() | {"language": language})
