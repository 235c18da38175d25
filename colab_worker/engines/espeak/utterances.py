"""The text as it is spoken: sentences of tokens, each with the words to say for it."""

# ruff: noqa: RUF001 full-width marks are recognised here

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from colab_worker.engines.base import BadInput
from colab_worker.engines.espeak.english import is_shouted
from colab_worker.engines.espeak.spoken import (
    ends_with_pause,
    pauses_after,
    spoken_form,
)
from shared_protocol.kit.text_scenes.inline import plain_text
from shared_protocol.kit.text_scenes.language import language_of_sentence
from shared_protocol.kit.text_scenes.sentences import split_sentences

_LINE_MARKS = re.compile(r"^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+", re.MULTILINE)
_TOKEN = re.compile(r"\S+")
#: Chinese and Japanese write no space after a sentence.
_WIDE_SENTENCE_END = re.compile(r"(?<=[。！？])(?![。！？」』”’）])")
_BLANK_LINE = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Utterance:
    """One sentence: its tokens as shown, and as said ("" is silent)."""

    tokens: tuple[str, ...]
    said: tuple[str, ...]
    language: str
    ends_paragraph: bool

    @property
    def text(self) -> str:
        """What espeak gets to read."""
        return " ".join(filter(None, self.said))

    @property
    def spans(self) -> list[tuple[int, int] | None]:
        """Where each token stands in ``text``; None for silent ones."""
        spans: list[tuple[int, int] | None] = []
        begin = 0
        for said in self.said:
            spans.append((begin, begin + len(said)) if said else None)
            begin += len(said) + 1 if said else 0
        return spans


def shown_text(text: str) -> str:
    """The words that are spoken and captioned: ``text`` without leftover Markdown."""
    return plain_text(_LINE_MARKS.sub("", text.replace("\r\n", "\n")))


def plan_utterances(text: str, language: str) -> tuple[Utterance, ...]:
    """Every sentence of ``text`` with something to say in it.

    Tokens without sound join a neighbouring sentence. A sentence in a script that
    ``language`` is not written in has a language of its own. Raises BadInput when
    nothing in ``text`` can be spoken.
    """
    utterances: list[Utterance] = []
    silent: tuple[str, ...] = ()
    for utterance in _all_utterances(shown_text(text), language):
        if any(utterance.said):
            utterances.append(_with_tokens_before(silent, utterance))
            silent = ()
        elif utterances:
            utterances[-1] = _with_silent_end(utterances[-1], utterance)
        else:
            silent += utterance.tokens
    if not utterances:
        raise BadInput(
            f"the narration {text.strip()[:60]!r} has nothing to speak in it; "
            f"give it words or numbers"
        )
    return tuple(utterances)


def _all_utterances(shown: str, language: str) -> Iterator[Utterance]:
    for paragraph in _BLANK_LINE.split(shown):
        tokens = _tokens(paragraph)
        if not tokens:
            continue
        cuts = [*_sentence_starts(tokens, language), len(tokens)]
        languages = [
            language_of_sentence(" ".join(tokens[begin:end]), language)
            for begin, end in pairwise(cuts)
            for _ in range(begin, end)
        ]
        said = _said(paragraph, tokens, languages)
        for begin, end in pairwise(cuts):
            yield Utterance(
                tuple(tokens[begin:end]),
                tuple(said[begin:end]),
                languages[begin],
                end == len(tokens),
            )


def _tokens(text: str) -> list[str]:
    """What a space separates, or the end of a sentence where none is written."""
    return [
        part
        for token in text.split()
        for part in _WIDE_SENTENCE_END.split(token)
        if part
    ]


def _sentence_starts(tokens: list[str], language: str) -> list[int]:
    """Index of the first token of each sentence; never inside a token."""
    text = " ".join(tokens)
    places = {match.start(): index for index, match in enumerate(_TOKEN.finditer(text))}
    starts: list[int] = []
    offset = 0
    for sentence in split_sentences(text, language):
        begin = text.index(sentence, offset)
        offset = begin + len(sentence)
        if begin in places:
            starts.append(places[begin])
    return starts


def _said(paragraph: str, tokens: list[str], languages: list[str]) -> list[str]:
    """The words for each token; a silent dash or a line's end becomes a comma."""
    said: list[str] = []
    line_ends = _line_ends(paragraph)
    neighbours = ["", *tokens, ""]
    shouted = is_shouted(paragraph)
    for index, (token, language) in enumerate(zip(tokens, languages, strict=True)):
        if shouted and language.startswith("en"):
            token = token.lower()
        form = spoken_form(token, neighbours[index], neighbours[index + 2], language)
        breaks = index in line_ends if form else pauses_after(token)
        said.append(form)
        if breaks:
            _add_pause(said)
    return said


def _line_ends(paragraph: str) -> set[int]:
    """Indexes of the last tokens of lines, the paragraph's own end left out."""
    ends: set[int] = set()
    count = 0
    for line in paragraph.strip().split("\n")[:-1]:
        count += len(_tokens(line))
        ends.add(count - 1)
    return ends


def _add_pause(said: list[str]) -> None:
    for index in range(len(said) - 1, -1, -1):
        if said[index]:
            if not ends_with_pause(said[index]):
                said[index] += ","
            return


def _with_tokens_before(silent: tuple[str, ...], utterance: Utterance) -> Utterance:
    return replace(
        utterance,
        tokens=silent + utterance.tokens,
        said=("",) * len(silent) + utterance.said,
    )


def _with_silent_end(utterance: Utterance, silent: Utterance) -> Utterance:
    return replace(
        utterance,
        tokens=utterance.tokens + silent.tokens,
        said=utterance.said + silent.said,
        ends_paragraph=utterance.ends_paragraph or silent.ends_paragraph,
    )
