"""The script of a film as Markdown: what is said and what is shown, scene by scene."""

from __future__ import annotations

from typing import Any


def script_markdown(params: dict[str, Any]) -> str:
    """``script.md`` from the parameters of a film."""
    lines = [f"# {params['title']}", ""]
    titles, narrations = params["scene_titles"], params["narrations"]
    voices = params.get("voices") or [None] * len(narrations)
    scenes = zip(titles, narrations, params["image_prompts"], voices, strict=True)
    for number, (title, narration, prompt, voice) in enumerate(scenes, start=1):
        heading = f"Scene {number}: {title}" if title else f"Scene {number}"
        lines += [f"## {heading}", "", narration, "", f"> Picture: {prompt}"]
        lines += [f"> Voice: {voice}", ""] if voice else [""]
    if params.get("sources"):
        lines += ["## Sources", "", *(f"- {page}" for page in params["sources"]), ""]
    return "\n".join(lines)
