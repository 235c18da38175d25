"""``POST /speak``: a sentence in a voice, before any film is ordered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from aiohttp import web

from colab_worker.engines.registry import Registry
from colab_worker.keys import BLOBS, DISPATCHER, MEMO, REGISTRY, SETTINGS, STORE
from colab_worker.planner import Unit, plan
from colab_worker.tasks import Broken, Finished, Report, UnitTask
from shared_protocol.artifacts import MemoEntry, UnitResult
from shared_protocol.clock import new_id
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, read_model
from shared_protocol.specs import FilmSpec, SceneSpec
from shared_protocol.speech import SpeakRequest, Spoken

#: Somebody waits in front of the page: it goes before the voices of films.
_FIRST = (-1,)


async def speak(request: web.Request) -> web.Response:
    """The sound's hash and length; its bytes are at ``/artifacts/sha256/{hex}``."""
    limit = request.app[SETTINGS].body_limit_bytes
    asked = await read_model(request, SpeakRequest, limit_bytes=limit)
    unit = _unit(asked, request.app[REGISTRY])
    known = await request.app[MEMO].recall(unit.key({}))
    result = known[0] if known and known[1] else await _spoken(request, unit)
    sound = result.file("voice.wav")
    words = request.app[BLOBS].path(result.file("words.json").sha256)
    reply = Spoken(
        sha256=sound.sha256,
        bytes=sound.bytes,
        media_type=sound.media_type,
        duration_s=result.facts["duration_s"],
        engine=unit.engine.name,
        captions=await asyncio.to_thread(_captions, words, asked.language),
    )
    return web.json_response(text=reply.model_dump_json())


def _captions(words: Path, language: str) -> str:
    """The cues that a film would show, which is only loaded once somebody listens."""
    from colab_worker.film.captions.cues import cues_of
    from colab_worker.film.captions.subtitles import vtt

    return vtt(cues_of(json.loads(words.read_bytes()), language=language))


def _unit(asked: SpeakRequest, registry: Registry) -> Unit:
    """The voice of a film with this one sentence: the same key, the same sound."""
    spec = FilmSpec(
        scenes=(SceneSpec(narration=asked.text, image_prompt="nothing"),),
        **asked.model_dump(exclude={"text"}),
    )
    try:
        units = plan(spec, registry).units
    except KeyError as unknown:
        message = str(unknown.args[0])
        raise ApiError(Code.ENGINE_UNKNOWN, message, param="engine") from unknown
    return next(unit for unit in units if unit.kind == "voice")


async def _spoken(request: web.Request, unit: Unit) -> UnitResult:
    """Speaks it; stops when whoever asked has gone."""
    dispatcher, job_id = request.app[DISPATCHER], f"speak-{new_id()}"
    heard: asyncio.Future[Finished | Broken] = asyncio.Future()

    def on_report(report: Report) -> None:
        if isinstance(report, Finished | Broken) and not heard.done():
            heard.set_result(report)

    limit_s = request.app[SETTINGS].time_limits_s[unit.kind]
    dispatcher.submit(_task(unit, job_id, limit_s), on_report)
    try:
        report = await heard
    finally:
        if not heard.done() or heard.cancelled():
            await dispatcher.cancel(job_id)
    if isinstance(report, Broken):
        raise ApiError(
            Code.BAD_REQUEST if report.code is Code.BAD_INPUT else Code.INTERNAL,
            f"The sentence could not be spoken: {report.message}",
            hint=report.hint,
        )
    entry = MemoEntry(key=unit.key({}), kind=unit.kind, result=report.result)
    await request.app[STORE].memo.remember([entry])
    return report.result


def _task(unit: Unit, job_id: str, limit_s: float) -> UnitTask:
    return UnitTask(
        job_id=job_id,
        unit_id=unit.id,
        attempt=1,
        lane=unit.lane,
        rank=_FIRST,
        kind=unit.kind,
        engine=unit.engine.name,
        address=unit.engine.address,
        params=unit.params,
        inputs={},
        limit_s=limit_s,
        patience_s=unit.engine.patience_s,
    )
