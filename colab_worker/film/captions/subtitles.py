"""Subtitle files that players read: SubRip and WebVTT."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from colab_worker.film.captions.cues import Cue


def srt(cues: Iterable[Cue]) -> str:
    """The cues as SubRip (``.srt``), which has no escapes: marks are kept apart."""
    blocks = [
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_apart(cue.text)}\n"
        for number, cue in enumerate(cues, start=1)
    ]
    return "\n".join(blocks)


def vtt(cues: Iterable[Cue]) -> str:
    """The cues as WebVTT (``.vtt``), where ``<`` and ``&`` would be markup."""
    blocks = [
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n"
        f"{html.escape(cue.text, quote=False)}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _apart(text: str) -> str:
    """An invisible word joiner stops players from taking marks for tags or breaks."""
    return re.sub(r"([<{\\]|--(?=>))", "\\1\u2060", text)


def _clock(seconds: float, point: str) -> str:
    millis = round(seconds * 1000)
    minutes, millis = divmod(millis, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{millis // 1000:02}{point}{millis % 1000:03}"
