"""Text or Markdown to scenes: clean it, cut it, and describe each picture."""

# ruff: noqa: RUF001 full-width punctuation is stripped here

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shared_protocol.kit.text_scenes.cleaning import clean_text
from shared_protocol.kit.text_scenes.language import guess_language
from shared_protocol.kit.text_scenes.model import (
    CleanText,
    Piece,
    SplitScene,
    SplitText,
    TooFewScenes,
    UnspeakableText,
)
from shared_protocol.kit.text_scenes.partition import chapters_of, partition
from shared_protocol.kit.text_scenes.pieces import by_lines, pieces_of
from shared_protocol.kit.text_scenes.prompts import SHOTS, PromptWriter
from shared_protocol.kit.text_scenes.wording import NO_QUOTES
from shared_protocol.specs import MAX_NARRATION_CHARS, MAX_SCENES

WORDS_A_MINUTE = 150
#: Wanted length of a scene when no number is asked for.
SCENE_S = 12.0
#: A picture that stays longer than this is worth a warning.
LONG_SCENE_S = 90.0
_TITLE_CHARS = 200
_OWN_TITLE_CHARS = 60


def split_text(
    text: str,
    *,
    num_scenes: int | None = None,
    duration_s: float | None = None,
    title: str | None = None,
    language: str | None = None,
    read_headings: bool = False,
    prompt_context: str = "",
) -> SplitText:
    """Scenes for a film of the user's own ``text`` (plain, Markdown or a script).

    ``num_scenes`` is 1-60; else there are as many as a film of ``duration_s`` has, or
    as the text takes, with 12 s of speech for each. ``language`` is guessed if None.
    Headings are read aloud with ``read_headings``. A few words of ``prompt_context``
    (the world, the mood) go into every image prompt. Raises UnspeakableText when
    nothing can be read aloud, TooFewScenes when ``num_scenes`` would have too much to
    say, ValueError for another number of scenes.
    """
    if num_scenes is not None and not 1 <= num_scenes <= MAX_SCENES:
        raise ValueError(f"num_scenes is {num_scenes}; choose 1 to {MAX_SCENES}.")
    clean = clean_text(text, read_headings=read_headings)
    if language is None:
        language = guess_language(" ".join(p.text for p in clean.passages))
    pieces = _speakable(pieces_of(clean.passages, language))
    wanted = num_scenes or _scenes_of(duration_s) or _natural_scenes(pieces)
    if wanted > len(pieces):
        pieces = by_lines(pieces)
    runs = _with_room(pieces, min(wanted, len(pieces)), fixed=num_scenes is not None)
    return SplitText(
        title=_title(title or clean.title, pieces),
        scenes=_scenes(runs, language, prompt_context),
        warnings=tuple(_warnings(clean, runs, num_scenes, duration_s)),
        language=language,
    )


def _with_room(
    pieces: Sequence[Piece], scenes: int, *, fixed: bool
) -> list[Sequence[Piece]]:
    """Runs for ``scenes`` scenes, or for the fewest above in which all finds room."""
    for count in range(scenes, len(pieces) + 1):
        runs = partition(pieces, count)
        longest = max(len(_narration(run)) for run in runs)
        if longest <= MAX_NARRATION_CHARS:
            if fixed and count > scenes:
                raise TooFewScenes(
                    f"The text is too long for {_count(scenes, 'scene')} of at most "
                    f"{MAX_NARRATION_CHARS} characters; ask for at least {count}."
                )
            return runs
    raise UnspeakableText(
        f"A part of the text has more than {MAX_NARRATION_CHARS} characters that are "
        "no words; leave them out."
    )


def _speakable(pieces: Sequence[Piece]) -> Sequence[Piece]:
    if not any(piece.words for piece in pieces):
        raise UnspeakableText(
            "The text has nothing that can be read aloud; give it at least one sentence."
        )
    return pieces


def _scenes_of(duration_s: float | None) -> int:
    """As many scenes of the usual length as a film so long has; 0 if that is open."""
    return (
        0
        if duration_s is None
        else min(max(round(duration_s / SCENE_S), 1), MAX_SCENES)
    )


def _natural_scenes(pieces: Sequence[Piece]) -> int:
    """As many scenes of the usual length as fit, at least one for each chapter."""
    usual = SCENE_S / 60 * WORDS_A_MINUTE
    words = (
        sum(piece.words for piece in chapter) for chapter in chapters_of(pieces, usual)
    )
    return min(sum(max(round(count / usual), 1) for count in words), MAX_SCENES)


def _seconds(words: float) -> float:
    return words / WORDS_A_MINUTE * 60


def _title(given: str | None, pieces: Sequence[Piece]) -> str:
    """The title asked for or found, else the first words of the text."""
    if given and given.strip():
        return " ".join(given.split())[:_TITLE_CHARS]
    words = " ".join(pieces[0].text.translate(NO_QUOTES).split())
    words = re.sub(r"^[\W_]+", "", words)
    if len(words) > _OWN_TITLE_CHARS:
        words = words[:_OWN_TITLE_CHARS].rsplit(" ", 1)[0] + "…"
    return words.rstrip(".,;:。， ")


def _scenes(
    runs: Sequence[Sequence[Piece]], language: str, context: str
) -> tuple[SplitScene, ...]:
    narrations = [_narration(run) for run in runs]
    writer = PromptWriter("\n\n".join(narrations), language, context)
    scenes = []
    for index, (run, narration) in enumerate(zip(runs, narrations, strict=True)):
        shot = SHOTS[index % len(SHOTS)]
        place = next((piece.place for piece in run if piece.place), None)
        prompt = writer.write(narration, shot, place)
        scenes.append(SplitScene(narration, prompt, _heading(run), shot))
    return tuple(scenes)


def _narration(run: Sequence[Piece]) -> str:
    return "".join(piece.joint + piece.text for piece in run).strip()


def _heading(run: Iterable[Piece]) -> str | None:
    headings = [piece.heading for piece in run if piece.heading]
    return " / ".join(headings)[:_TITLE_CHARS] or None


def _warnings(
    clean: CleanText,
    runs: Sequence[Sequence[Piece]],
    num_scenes: int | None,
    duration_s: float | None,
) -> Iterable[str]:
    if num_scenes is not None and len(runs) < num_scenes:
        verse = any(piece.joint == "\n" for run in runs for piece in run)
        parts = _count(len(runs), "line" if verse else "sentence")
        yield (
            f"The text has only {parts}, so the film has "
            f"{_count(len(runs), 'scene')} instead of {num_scenes}."
        )
    words = sum(piece.words for run in runs for piece in run)
    if duration_s and not 0.8 <= _seconds(words) / duration_s <= 1.25:
        yield (
            f"The text takes about {_minutes(_seconds(words))} to read at "
            f"{WORDS_A_MINUTE} words a minute, not the {_minutes(duration_s)} asked "
            "for; it is told whole."
        )
    if _seconds(words) / len(runs) > LONG_SCENE_S:
        yield (
            f"About {_seconds(words) / 60:.0f} minutes of speech in "
            f"{_count(len(runs), 'scene')}: each picture stays for about "
            f"{_seconds(words) / len(runs):.0f} seconds."
        )
    left_out = [_count(n, kind) for kind, n in sorted(clean.left_out.items()) if n]
    if left_out:
        yield f"Not read aloud: {', '.join(left_out)}."


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60, 1)
    return f"{minutes:g} {'minute' if minutes == 1 else 'minutes'}"


def _count(number: int, what: str) -> str:
    plural = re.sub(r"y$", "ie", what) + "s"
    return f"{number} {what if number == 1 else plural}"
