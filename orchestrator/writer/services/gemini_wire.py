"""What google-genai is asked with, and what its answers and refusals say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from orchestrator.writer.services.base import (
    Answer,
    Ask,
    Blocked,
    Passing,
    told_wait_s,
)
from shared_protocol.scripts import Source

if TYPE_CHECKING:
    from google.genai import types
    from google.genai.errors import APIError

_FINISHED = {"STOP"}
_LIMIT = "MAX_TOKENS"


def config_of(ask: Ask) -> types.GenerateContentConfig:
    """How a question is to be answered."""
    from google.genai import types

    # What is checked here would be checked once more, by a check that takes a hundredth
    # of a second to build.
    return types.GenerateContentConfig.model_construct(
        system_instruction=content_of(ask.system),
        temperature=ask.temperature,
        response_mime_type="application/json" if ask.schema else None,
        response_json_schema=ask.schema,
        tools=[types.Tool(google_search=types.GoogleSearch())] if ask.search else None,
        # There are no functions of ours; else every question is logged as if there were.
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )


def content_of(text: str) -> types.Content:
    """What google-genai makes of a text, without the checks that it builds for that."""
    from google.genai import types

    part = types.Part.model_construct(text=text)
    return types.Content.model_construct(role="user", parts=[part])


def refusal_in(chunk: types.GenerateContentResponse) -> Blocked | None:
    """Why the service will not write, or not go on, if this piece says so."""
    feedback = chunk.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        return Blocked(_blocked(str(feedback.block_reason.value), feedback))
    for candidate in (chunk.candidates or ())[:1]:
        reason = _reason(candidate)
        if reason and reason not in (*_FINISHED, _LIMIT):
            return Blocked(_blocked(reason, candidate))
    return None


def take(answer: Answer, chunk: types.GenerateContentResponse) -> str:
    """Adds a piece to the answer; why it ended, if it did."""
    usage = chunk.usage_metadata
    if usage is not None:
        answer.input_tokens = usage.prompt_token_count or answer.input_tokens
        thoughts = usage.thoughts_token_count or 0
        written = (usage.candidates_token_count or 0) + thoughts
        answer.output_tokens = written or answer.output_tokens
    if not chunk.candidates:
        return ""
    candidate = chunk.candidates[0]
    parts = candidate.content.parts if candidate.content else None
    answer.text += "".join(p.text or "" for p in parts or () if not p.thought)
    answer.sources += _sources(candidate)
    return _reason(candidate)


def _reason(candidate: types.Candidate) -> str:
    return str(candidate.finish_reason.value) if candidate.finish_reason else ""


def _blocked(reason: str, what: Any) -> str:
    ratings = [r for r in what.safety_ratings or () if r.blocked]
    named = [str(r.category.value) for r in ratings if r.category is not None]
    words = [name.removeprefix("HARM_CATEGORY_").replace("_", " ") for name in named]
    about = f": {', '.join(words).lower()}" if words else ""
    return (
        f"Gemini will not write this ({reason.replace('_', ' ').lower()}{about}); put "
        "the topic otherwise, or send your own text as script."
    )


def _sources(candidate: Any) -> tuple[Source, ...]:
    grounding = candidate.grounding_metadata
    chunks = (grounding.grounding_chunks if grounding else None) or ()
    return tuple(
        Source(title=chunk.web.title or chunk.web.uri, url=chunk.web.uri)
        for chunk in chunks
        if chunk.web is not None and chunk.web.uri
    )


def check_end(finish: str) -> None:
    """Raises Passing for an answer that is not whole, by the reason of its end."""
    if finish == _LIMIT:
        raise Passing("Gemini's answer was longer than it may be")
    if finish not in _FINISHED:
        raise Passing("Gemini's answer broke off")


def _details(details: Any) -> list[dict[str, Any]]:
    body = details.get("error", details) if isinstance(details, dict) else {}
    found = body.get("details") if isinstance(body, dict) else None
    return [item for item in found or () if isinstance(item, dict)]


def retry_delay_s(error: APIError) -> float | None:
    """The seconds after which to ask again; None where they are not told."""
    for item in _details(error.details):
        found = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(item.get("retryDelay", "")))
        if found:
            return float(found[1])
    return told_wait_s(getattr(error.response, "headers", {}))


def is_daily(details: Any) -> bool:
    """Whether it is the quota of a day that is used up."""
    return any(
        "PerDay" in str(violation.get("quotaId", ""))
        for item in _details(details)
        for violation in item.get("violations") or ()
    )
