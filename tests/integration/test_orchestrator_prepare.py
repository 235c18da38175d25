"""The writer is made ready by the first sign of a topic, and by nothing before it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.writer.services.base import Ask
from orchestrator.writer.services.gemini import Gemini
from tests.servers.gemini import KEY, FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.writing import TOPIC, studio_of

_SERVER = """
import asyncio, sys
from pathlib import Path
from tests.servers.gemini import FakeGemini
from tests.writing import studio_of

async def main():
    async with FakeGemini() as gemini, studio_of(Path(sys.argv[1]), gemini) as studio:
        print("start", "google.genai" in sys.modules)
        for path in ("/", "/health", "/api/story-types", "/api/voices", "/api/jobs"):
            await studio.api.get(path)
        job_id = await studio.order(review=True)
        await studio.api.get(f"/api/jobs/{job_id}/script")
        await studio.api.post("/api/writer/prepare", json={"script": "nobody"})
        print("own text", "google.genai" in sys.modules)
        reply = await studio.api.post("/api/writer/prepare", json={})
        print(reply.status_code, "google.genai" in sys.modules, len(gemini.asked))

asyncio.run(main())
"""

_ORDERED = """
import asyncio, sys
from pathlib import Path
from tests.servers.gemini import FakeGemini
from tests.writing import TOPIC, studio_of

async def main():
    async with FakeGemini() as gemini, studio_of(Path(sys.argv[1]), gemini) as studio:
        job_id = await studio.order(**TOPIC, review=True)
        await studio.until(job_id, "review")
        print(len(gemini.asked), "google.genai" in sys.modules)

asyncio.run(main())
"""


def test_only_a_coming_topic_loads_google_genai(tmp_path: Path) -> None:
    """A server with a key has it neither at its start nor for own text."""
    told = _told(_SERVER, tmp_path / "home")
    assert told == ["start False", "own text False", "204 True 0"]


def test_a_script_that_is_remembered_loads_nothing(tmp_path: Path) -> None:
    """The same topic after a restart costs no call, and no import."""
    told = [_told(_ORDERED, tmp_path / "home") for _ in range(2)]
    assert told == [["1 True"], ["0 False"]]


def _told(program: str, home: Path) -> list[str]:
    """The lines that a fresh process prints."""
    command = [sys.executable, "-c", program, str(home)]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()


async def test_it_costs_nothing_and_may_be_repeated(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """Three times, and the order after it still asks once."""
    async with studio_of(tmp_path / "home", gemini) as studio:
        for body in ({}, {"script": "auto"}, {"script": "gemini"}):
            reply = await studio.api.post("/api/writer/prepare", json=body)
            assert (reply.status_code, reply.content) == (204, b"")
        assert gemini.asked == []
        job_id = await studio.order(**TOPIC, review=True)
        await studio.until(job_id, "review")

    assert len(gemini.asked) == 1


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({}, "needs_key", "GEMINI_API_KEY"),
        ({"script": "openai"}, "needs_key", "MOONREEL_OPENAI_URL"),
        ({"script": "text"}, "invalid_field", "script"),
        ({"engine": "gemini"}, "invalid_field", "engine"),
    ],
)
async def test_what_cannot_be_prepared_is_refused(
    tmp_path: Path, body: dict[str, str], code: str, words: str
) -> None:
    """In the words of an order that nobody could write."""
    async with LiveOrchestrator(tmp_path / "home") as studio:
        reply = await studio.api.post("/api/writer/prepare", json=body)

    assert (reply.status_code, reply.json()["code"]) == (422, code)
    assert words in reply.json()["message"]


async def test_a_connection_waits_for_the_first_question(
    gemini: FakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is opened while google-genai is loaded, kept, and used by what is asked."""
    monkeypatch.setenv("NO_PROXY", "*")
    far = gemini.url.replace("127.0.0.1", "0.0.0.0")  # as if it were elsewhere
    service = Gemini((KEY,), ("model",), url=far)
    for _ in range(2):
        await service.ready()
    assert (gemini.greeted, len(gemini.peers), gemini.asked) == (1, 1, [])
    ask = Ask(system="", prompt="a word")
    answers = [answer async for answer in service.stream(ask, "model")]
    await service.close()

    assert "lighthouse" in answers[-1].text
    assert (gemini.greeted, len(gemini.peers), len(gemini.asked)) == (1, 1, 1)


async def test_a_service_that_is_away_is_not_told_before_it_is_asked(
    unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Getting ready succeeds; the first question says what is wrong."""
    monkeypatch.setenv("NO_PROXY", "*")
    service = Gemini((KEY,), ("model",), url=f"http://0.0.0.0:{unused_tcp_port}")
    await service.ready()
    with pytest.raises(Exception, match="the connection to Gemini broke"):
        async for _ in service.stream(Ask(system="", prompt="a word"), "model"):
            pass
    await service.close()
