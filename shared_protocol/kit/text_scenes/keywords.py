"""The words that matter in a scene, in the language that it is told in."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

#: Words of a phrase, and how many phrases are wanted of a scene.
_WORDS, _MOST = 2, 20
#: Scripts without spaces give clauses in place of words.
_LONGEST = 30
#: YAKE's lists of stop words go by these names where they are not those of the language.
_LISTS = {"cs": "cz", "nb": "no", "nn": "no"}
_EDGES = " .,;:!?\u2026'\u2019\"()[]-\u2013\u2014\u0964\u0965\u06d4\u060c\u061f"
_INNER_END = re.compile(
    r"[.!?\u2026\u0964\u06d4\u061f]\s|[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]"
)


class Keywords:
    """Finds keywords by YAKE (Campos et al., Information Sciences 509, 2020)."""

    def __init__(self, language: str) -> None:
        base = language.lower().partition("-")[0]
        self._list = _LISTS.get(base, base)

    def of(self, text: str) -> list[str]:
        """Phrases of one or two words as they stand in ``text``, the most telling first."""
        found = self._extractor.extract_keywords(text)
        lower = text.lower()
        told = sorted(found, key=lambda one: (round(one[1], 9), lower.find(one[0])))
        phrases = (phrase.strip(_EDGES) for phrase, _ in told)
        return [
            p for p in phrases if 1 < len(p) <= _LONGEST and not _INNER_END.search(p)
        ]

    @cached_property
    def _extractor(self) -> Any:
        import yake  # with what it needs, a quarter of a second

        return yake.KeywordExtractor(lan=self._list, n=_WORDS, top=_MOST)
