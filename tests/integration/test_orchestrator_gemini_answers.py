"""What a script has to be: answers that are not are mended, or asked for again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.gemini import Asked, FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.writing import reviewed


def _narrated(words: str) -> Any:
    def edit(_asked: Asked, answer: dict[str, Any]) -> dict[str, Any]:
        answer["scenes"][0]["narration"] += f"\n\n{words}"
        return answer

    return edit


@pytest.mark.parametrize(
    "words",
    ["## Scene 3: The Stair", "[Music swells]", "**(thunder)**", "Scene 2:", "---"],
)
async def test_nothing_but_words_reaches_the_voice(
    keyed: LiveOrchestrator, gemini: FakeGemini, words: str
) -> None:
    """Headings, directions and scene numbers are taken out."""
    gemini.edit = _narrated(words)
    told = (await reviewed(keyed))["script"]["scenes"][0]["narration"]

    assert told.startswith("Mara climbed step 1")
    assert words.strip("#*()[]-: ").split(" ")[0] not in told or words == "---"
    assert not set("#*[]") & set(told)


async def test_an_answer_without_words_is_asked_again(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Stage directions alone are no script, and such an answer is not remembered."""

    def mute(answer: dict[str, Any]) -> dict[str, Any]:
        for scene in answer["scenes"]:
            scene["narration"] = "[Music swells]"
        return answer

    gemini.edit = _first_only(mute)
    view = await reviewed(keyed)

    assert len(gemini.asked) == 2
    assert gemini.asked[0].prompt == gemini.asked[1].prompt
    assert view["words"] > 100


def _with_nul(answer: dict[str, Any]) -> dict[str, Any]:
    answer["scenes"][0]["image"]["subject"] = "a tall\0woman"
    return answer


def _binary(answer: dict[str, Any]) -> dict[str, Any]:
    answer["scenes"][0]["narration"] = "\x01\x02\x03 Mara."
    return answer


def _endless(answer: dict[str, Any]) -> dict[str, Any]:
    answer["scenes"][0]["narration"] = "Mara climbed on. " * 2000
    return answer


@pytest.mark.parametrize("change", [_with_nul, _binary, _endless])
async def test_an_answer_that_cannot_be_told_is_asked_again(
    keyed: LiveOrchestrator, gemini: FakeGemini, change: Any
) -> None:
    """Once more, and then it is right: the film does not fail for it."""
    await _is_right_the_second_time(keyed, gemini, change)


async def test_a_title_is_one_line(keyed: LiveOrchestrator, gemini: FakeGemini) -> None:
    """It heads the form in which the script is edited."""
    gemini.edit = lambda _asked, answer: answer | {"title": "The Lamp\n## Scene 9"}
    script = (await reviewed(keyed))["script"]

    assert script["title"] == "The Lamp ## Scene 9"


async def test_a_script_without_spaces_is_counted_by_its_characters(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """A minute of Japanese is a minute: not asked for again, and without a warning."""

    def japanese(_asked: Asked, answer: dict[str, Any]) -> dict[str, Any]:
        for scene in answer["scenes"]:
            scene["narration"] = "灯台守は今夜も階段をのぼった。" * 4
        return answer | {"language": "ja"}

    gemini.edit = japanese
    view = await reviewed(keyed, language="ja")

    assert len(gemini.asked) == 1
    assert view["script"]["warnings"] == []
    assert abs(view["narration_s"] - 60) <= 0.15 * 60


async def _is_right_the_second_time(
    keyed: LiveOrchestrator, gemini: FakeGemini, change: Any
) -> None:
    gemini.edit = _first_only(change)
    view = await reviewed(keyed)

    assert len(gemini.asked) == 2
    assert len(view["script"]["scenes"]) == 4
    assert view["script"]["warnings"] == []


def _first_only(change: Any) -> Any:
    """Changes the first answer alone."""
    seen: list[Asked] = []

    def edit(asked: Asked, answer: dict[str, Any]) -> dict[str, Any]:
        seen.append(asked)
        return change(answer) if len(seen) == 1 else answer

    return edit


def _short(answer: dict[str, Any]) -> dict[str, Any]:
    for scene in answer["scenes"]:
        scene["narration"] = "Much too short."
    return answer


def _long(answer: dict[str, Any]) -> dict[str, Any]:
    for scene in answer["scenes"]:
        scene["narration"] = f"{scene['narration']} {scene['narration']}"
    return answer


def _fewer(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"scenes": answer["scenes"][:2]}


@pytest.mark.parametrize("change", [_short, _long, _fewer])
async def test_a_wrong_length_is_repaired_once(
    keyed: LiveOrchestrator, gemini: FakeGemini, change: Any
) -> None:
    """The service is told what was wrong, and does it right."""
    await _is_right_the_second_time(keyed, gemini, change)

    assert "instead of" in gemini.asked[1].prompt


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_short, "0.1 minutes instead"),
        (_long, "2.0 minutes instead"),
        (_fewer, "2 scenes instead of 4"),
    ],
)
async def test_a_wrong_length_that_stays_is_a_warning(
    keyed: LiveOrchestrator, gemini: FakeGemini, change: Any, words: str
) -> None:
    """Never a third request, and never a failed film."""
    gemini.edit = lambda _asked, answer: change(answer)
    view = await reviewed(keyed)

    assert len(gemini.asked) == 2
    assert any(words in warning for warning in view["script"]["warnings"])


async def test_too_many_scenes_become_as_many_as_were_asked_for(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """All words are told; two neighbours share a picture."""

    def more(_asked: Asked, answer: dict[str, Any]) -> dict[str, Any]:
        extra = answer["scenes"][-1] | {"narration": "The very end."}
        return answer | {"scenes": [*answer["scenes"], extra]}

    gemini.edit = more
    scenes = (await reviewed(keyed))["script"]["scenes"]

    assert len(scenes) == 4
    assert scenes[-1]["narration"].endswith("The very end.")
