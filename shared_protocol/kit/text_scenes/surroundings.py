"""Where and when a scene plays: what it says, else what the scenes before it said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_protocol.kit.text_scenes.lexicon import (
    DOUBTFUL_PLACES,
    PLACES,
    TIMES,
    WEATHER,
)
from shared_protocol.kit.text_scenes.wording import first_words

_SETTING_WORDS = 6
_PLACED = re.compile(
    r"\b(?P<where>(?:in|on|over|beside|inside|under|at|across|through|near|along|"
    r"beneath|behind|above|by|around|beyond|below)\s+"
    r"(?:(?:the|an?|his|her|their|its|this|that)\s+)?(?:[\w-]+\s+){0,2}?)"
    r"(?P<place>[\w-]+)\b"
)
DEFAULT_LIGHT = "soft natural light"


class Surroundings:
    """Setting and light of the scenes of one film, followed in order."""

    def __init__(self, place_names: Sequence[str]) -> None:
        self.setting = ""
        self._place_names = place_names
        self._time = ""
        self._weather = ""

    @property
    def light(self) -> str:
        """Time of day and weather in words."""
        known = [part for part in (self._time, self._weather) if part]
        return ", ".join(known) or DEFAULT_LIGHT

    def observe(self, told: str, action: str, place: str | None) -> None:
        """Takes over what this scene says of place, time and weather."""
        if place:
            self.setting = first_words(place.lower(), _SETTING_WORDS)
        self.setting = self._place_in(told, action) or self.setting
        words = set(re.findall(r"[a-z]+", f"{told} {place or ''}".lower()))
        time = next((light for light, of in TIMES if of & words), "")
        weather = next((sky for sky, of in WEATHER if of & words), "")
        if time and time != self._time:
            self._weather = weather
        self._time = time or self._time
        self._weather = weather or self._weather

    def _place_in(self, told: str, action: str) -> str:
        """Where a sentence says that it is, a named place, or any word for one."""
        for match in _PLACED.finditer(told):
            if match["place"].lower() in PLACES:
                following = told[match.end() :].split(" ", 2)[1:2]
                more = [word for word in following if word.strip(".,") in PLACES]
                where = " ".join([match[0], *more]).strip(".,")
                return first_words(where, _SETTING_WORDS)
        for name in self._place_names:
            if name in told:
                return name
        for text in (action, told):
            words: set[str] = set(re.findall(r"[a-z]+", text.lower()))
            named = sorted(words & (PLACES - DOUBTFUL_PLACES))
            if named:
                return max(named, key=len)
        return ""
