"""Subtitles given as a text: their cues become running text."""

from __future__ import annotations

import re
from collections import Counter

from shared_protocol.kit.text_scenes.cues import SUBTITLE_TIME

#: When a word is heard, inside a cue; players that roll such cues show each line twice.
_WORD_TIME = re.compile(r"<\d\d:\d\d:\d\d\.\d{3}>")
#: WebVTT's names of voices and classes: "<v Ann>", "<c.yellow>".
_CUE_TAG = re.compile(r"</?(?:v|c|lang)(?:[.\s][^<>]*)?>")
#: Parts of WebVTT that nobody sees, up to an empty line.
_UNSEEN = re.compile(r"^(?:NOTE|STYLE|REGION)(?:\s|$)")


def joined_subtitles(lines: list[str], left_out: Counter[str]) -> list[str]:
    """SRT and WebVTT become running text; the lines of other texts stay as they are."""
    times = [i for i, line in enumerate(lines) if SUBTITLE_TIME.match(line)]
    if len(times) < 2:
        return lines
    left_out["time stamp"] += len(times)
    rolled = any(_WORD_TIME.search(line) for line in lines)
    dropped = {i - 1 for i in times if i and lines[i - 1].strip().isdigit()}
    dropped |= {*times, *_unseen(lines, times)}
    kept: list[str] = []
    for index, line in enumerate(lines):
        words = _CUE_TAG.sub("", _WORD_TIME.sub("", line)).strip()
        if words and index not in dropped and not (rolled and kept[-1:] == [words]):
            kept.append(words)
    return kept


def _unseen(lines: list[str], times: list[int]) -> set[int]:
    """Indexes of WebVTT's head, of its notes and styles, and of the names of cues."""
    if not lines[0].startswith("WEBVTT"):
        return set()
    found, inside = set(range(times[0])), False
    found |= {i - 1 for i in times if not lines[i - 2].strip()}
    for index, line in enumerate(lines):
        inside = bool(line.strip()) and (inside or bool(_UNSEEN.match(line)))
        if inside:
            found.add(index)
    return found
