"""A scene's narration, and when each of its words is heard."""

from __future__ import annotations

import json
from typing import Any

from colab_worker.engines.base import (
    BadInput,
    Speech,
    Tick,
    UnitCall,
    UnitFile,
    UnitOutput,
    VoiceEngine,
    VoiceRequest,
)


def run(call: UnitCall, engine: VoiceEngine, tick: Tick) -> UnitOutput:
    """Writes ``voice.wav`` and ``words.json``."""
    sample = call.inputs.get("voice_sample")
    if sample is not None and not sample.is_file():
        raise BadInput(
            "the sample of the voice is not on this worker any more",
            hint="send it again, or leave voice_sample out",
        )
    request = VoiceRequest(**call.params, sample=sample)
    speech = engine.speak(request, call.out_dir / "voice.wav", tick)
    words = call.out_dir / "words.json"
    words.write_text(json.dumps(_words(request, speech)), encoding="utf-8")
    tick(1.0, "spoken")
    facts: dict[str, Any] = {
        "duration_s": speech.duration_s,
        "sample_rate": speech.sample_rate,
    }
    if sample is not None:
        facts["voice"] = "of a sample, used with consent"
    if speech.device is not None:
        facts["device"] = speech.device
    if speech.warnings:
        facts["warnings"] = list(speech.warnings)
    return UnitOutput(
        files=(
            UnitFile("voice.wav", "audio/wav"),
            UnitFile("words.json", "application/json"),
        ),
        facts=facts,
    )


def _words(request: VoiceRequest, speech: Speech) -> dict[str, object]:
    return {
        "text": request.text,
        "duration_s": speech.duration_s,
        "sample_rate": speech.sample_rate,
        "words": [
            [w.text, round(w.start_s, 3), round(w.end_s, 3)] for w in speech.words
        ],
        "sentences": list(speech.sentences),
    }
