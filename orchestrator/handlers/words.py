"""``/api/story-types`` and ``/api/styles``: the words that an order may use."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from orchestrator.writer.moods import MOODS
from shared_protocol.orders import FACT_BASED
from shared_protocol.vocab import IMAGE_STYLES, STORY_TYPES, Vocabulary


async def story_types(request: web.Request) -> web.Response:
    """What kinds of stories there are, and what they look like."""
    found = {
        word: _word(STORY_TYPES, word)
        | {"mood": MOODS[word], "fact_based": word in FACT_BASED}
        for word in STORY_TYPES
    }
    return web.json_response({"story_types": found, "total": len(found)})


async def styles(request: web.Request) -> web.Response:
    """What pictures can look like."""
    found = {word: _word(IMAGE_STYLES, word) for word in IMAGE_STYLES}
    return web.json_response({"styles": found, "total": len(found)})


def _word(words: Vocabulary, word: str) -> dict[str, Any]:
    aliases = [alias for alias, meant in words.aliases.items() if meant == word]
    return {"name": word.replace("_", " ").capitalize(), "aliases": aliases}
