"""Lines that are not narration: stage directions, speakers, time stamps, markup."""

# ruff: noqa: RUF001 typographic dashes and notes are recognised here

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

_NUMBER = (
    r"(?:\d+|[IVXLC]+|[ivxlc]+|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|first|second|third)"
)
#: "Scene 3", "Act II", "Shot 4", with what may follow on the line.
SCENE_LABEL = re.compile(
    rf"^(?:scene|act|shot|panel|szene|akt|scène|acte|escena|acto)\s+{_NUMBER}\b"
    rf"\s*(?P<mark>[:.\-–—]*)\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
#: "INT. HOUSE - DAY": where and when a screenplay plays.
SLUG = re.compile(
    r"^(?:\d+\s+)?(?:INT\.?/EXT|EXT\.?/INT|INT|EXT|I/E)[./]?\s+(?P<place>[^a-z]{2,60}?)"
    r"(?:\s\d+)?$"
)
CHAPTER = re.compile(
    rf"^(?:(?:chapter|part|book|kapitel|teil|chapitre|partie|capítulo|capitolo|глава)"
    rf"\s+{_NUMBER}\b|prologue|epilogue|prolog|epilog|introduction|foreword)"
    rf"(?:\s*[:.\-–—]\s*.{{1,80}}|\.?)$",
    re.IGNORECASE,
)
_TRANSITION = re.compile(
    r"^(?:(?:SMASH |MATCH |JUMP )?CUT (?:TO|BACK)|FADE (?:IN|OUT|TO|UP)|DISSOLVE TO|"
    r"BACK TO|END OF|ROLL CREDITS|TITLE CARD|CONTINUED)\b[^a-z]{0,40}$"
)
_PRODUCTION = re.compile(
    r"^(?:sfx|fx|sound(?: effects?)?|music|visuals?|video|audio|image(?: prompt)?|"
    r"camera|b-roll|on[- ]screen(?: text)?|text on screen|stage directions?)\s*:",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"^\[[^\[\]]{1,200}\][.!]?$")
_PARENTHESIS = re.compile(r"^\((?P<inside>[^()]{1,200})\)[.!]?$")
_CUE = re.compile(r"\s*(?:\[[^\[\]]{1,40}\]|\([a-z]+(?: [a-z]+){0,3}\))")
_MUSIC = re.compile(r"^[♪♫🎵🎶].*$")
_ARROW = r"\d{1,2}:\d{2}(?::\d{2})?[.,]\d{3}\s*-->"
SUBTITLE_TIME = re.compile(rf"^\s*{_ARROW}")
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
STAMP = re.compile(
    rf"^\s*(?:\[{_CLOCK}(?:\s*[-–—]\s*{_CLOCK})?\]|\({_CLOCK}\)|(?P<bare>{_CLOCK}))"
    rf"\s*(?:[-–—|:]\s+|\s|$)"
)
_NAME_WORD = r"(?:[A-ZÀ-ÖØ-Þ][\w.'’-]*|\d{1,2}|#\d{1,2})"
SPEAKER = re.compile(
    rf"^(?P<name>[A-ZÀ-ÖØ-Þ][\w.'’-]*(?: {_NAME_WORD}){{0,2}})"
    rf"(?P<aside>\s*[(\[][^()\[\]]{{1,40}}[)\]])?\s*:(?!//)(?:\s+|$)"
)
#: How plays and scripts write names: "HAMLET. To be", or on a line of its own.
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]*[A-ZÀ-ÖØ-Þ](?: (?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]*|\d{1,2})){0,2}"
_IN_PLAY = re.compile(rf"^(?!(?:[A-Z]\.){{2}})(?P<name>{_CAPITALS})\.(?:\s+(?=\S)|$)")
_ALONE = re.compile(rf"^\s*(?P<name>{_CAPITALS})\.?(?:\s*\([^()]{{1,30}}\))*\s*$")
#: "Ann Lee  0:12" and "0:12 Ann Lee", as meetings are written down.
_NAME = rf"(?P<name>[A-ZÀ-ÖØ-Þ][\w.'’-]*(?: {_NAME_WORD}){{0,2}})"
_NAME_THEN_TIME = re.compile(rf"^\s*{_NAME}[\s,–—-]+[(\[]?{_CLOCK}[)\]]?\s*$")
_NAME_ALONE = re.compile(rf"^\s*{_NAME}\s*$")
#: Fewer labels are no sign of a dialogue, and as many of one name are no dialogue.
_LEAST_LABELS, _LEAST_NAMES = 3, 2
_KNOWN_SPEAKERS = re.compile(
    r"(?:narrator|narration|voice-?over|voice over|v\.o\.?|vo|host|speaker|interviewer|"
    r"interviewee|announcer|erzählerin|erzähler|sprecher|sprecherin|narrateur|"
    r"narratrice|narradora?|narratore)(?:\s*#?\d+)?",
    re.IGNORECASE,
)
#: Share of labelled lines above which a text is a dialogue and all labels are names.
_SCRIPT_SHARE = 0.3
_ASIDE_WORDS = 8


def direction(line: str, in_script: bool) -> str | None:
    """What kind of thing ``line`` is that is not read aloud; None for narration."""
    if _BRACKETED.match(line) or _MUSIC.match(line):
        return "stage direction"
    if _PRODUCTION.match(line) or _TRANSITION.match(line):
        return "stage direction"
    aside = _PARENTHESIS.match(line)
    if aside and (in_script or _is_cue(aside["inside"])):
        return "stage direction"
    return None


def _is_cue(inside: str) -> bool:
    """ "(sighs)" is a cue, "(It was the last time.)" a sentence of the story."""
    return len(inside.split()) <= _ASIDE_WORDS and not re.search(r"[.!?…]$", inside)


def speakers(lines: Iterable[str]) -> frozenset[str]:
    """The names that label who speaks, as far as the whole text shows them to be.

    Where nobody speaks twice, labels are those of a list: "Serves: 4".
    """
    written = [line for line in lines if line.strip()]
    counts = _counted(SPEAKER, written)
    if _is_dialogue(counts, len(written)):
        return frozenset(counts)
    in_play = _counted(_IN_PLAY, written)
    if _is_dialogue(in_play, len(written)):
        return frozenset(in_play)
    return frozenset(
        name
        for name, count in counts.items()
        if count >= 2 or _KNOWN_SPEAKERS.fullmatch(name)
    )


def _counted(label: re.Pattern[str], lines: Iterable[str]) -> Counter[str]:
    return Counter(match["name"] for line in lines if (match := label.match(line)))


def _is_dialogue(names: Counter[str], lines: int) -> bool:
    total = sum(names.values())
    return (
        total >= max(_LEAST_LABELS, _SCRIPT_SHARE * lines)
        and total > len(names) >= _LEAST_NAMES
    )


def name_lines(lines: Sequence[str]) -> set[int]:
    """Indexes of lines that only say who speaks next, alone or with a time."""
    return _names_alone(lines) | _names_with_times(lines)


def _names_alone(lines: Sequence[str]) -> set[int]:
    """Names in capitals above what they say, as in a screenplay."""
    found = {
        index: match["name"]
        for index, line in enumerate(lines)
        if (match := _ALONE.match(line))
        and _has_words(lines, index + 1)
        and not _has_words(lines, index - 1)
    }
    names = Counter(found.values())
    return set(found) if len(found) > len(names) >= _LEAST_NAMES else set()


def _names_with_times(lines: Sequence[str]) -> set[int]:
    """Names before times, and after them where no time has anything else behind it."""
    before = {
        index: match["name"]
        for index, line in enumerate(lines)
        if (match := _NAME_THEN_TIME.match(line)) and _has_words(lines, index + 1)
    }
    stamped = [
        (index, rest)
        for index, line in enumerate(lines)
        if (rest := without_stamp(line, True))
    ]
    after = {
        index: match["name"]
        for index, rest in stamped
        if (match := _NAME_ALONE.match(rest)) and _has_words(lines, index + 1)
    }
    if len(after) < len(stamped):
        after = {}
    return {index for named in (before, after) if _speak(named) for index in named}


def _speak(named: Mapping[int, str]) -> bool:
    """Whether somebody speaks twice, or is called a speaker: else it is a timetable."""
    names = set(named.values())
    return len(named) > len(names) or any(map(_KNOWN_SPEAKERS.fullmatch, names))


def _has_words(lines: Sequence[str], index: int) -> bool:
    return 0 <= index < len(lines) and bool(lines[index].strip())


def without_speaker(line: str, names: frozenset[str]) -> str | None:
    """``line`` without its label; None when it has none of these names."""
    for label in (SPEAKER, _IN_PLAY):
        match = label.match(line)
        if match is not None and match["name"] in names:
            said = line[match.end() :]
            return re.sub(r"^\s*[(\[][^()\[\]]{1,60}[)\]]\s*", "", said)
    return None


def without_cues(line: str) -> tuple[str, int]:
    """``line`` of a script without "[laughs]" or "(sighs)", and how many there were."""
    return _CUE.subn("", line)


def without_stamp(line: str, bare_too: bool) -> str | None:
    """``line`` without the time at its start; None when there is none."""
    match = STAMP.match(line)
    if match is None or (match["bare"] and not bare_too):
        return None
    return line[match.end() :]
