"""A service that fails: asked again, another key, another model, or one sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from orchestrator.writer.services.keys import AT_ONCE
from tests.servers.gemini import KEY, FakeGemini, Fault
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.writing import TOPIC, eventually, reviewed, studio_of


async def failed(keyed: LiveOrchestrator, **fields: Any) -> dict[str, Any]:
    """The error of a topic that could not be written."""
    job_id = await keyed.order(**(TOPIC | fields))
    view = await keyed.until(job_id, "error")
    return dict(view["error"])


FAULTS = [
    (Fault("429", delay_s=0.2), 2),
    (Fault("503"), 2),
    (Fault("500"), 2),
    (Fault("cut"), 2),
    (Fault("none", text="{ no json"), 2),
    (Fault("none", text='{"title": "T"}'), 2),
    (Fault("slow", delay_s=0.2), 1),
]


@pytest.mark.parametrize(
    ("fault", "requests"), FAULTS, ids=lambda v: getattr(v, "kind", v)
)
async def test_a_fault_that_passes_ends_in_a_script(
    keyed: LiveOrchestrator, gemini: FakeGemini, fault: Fault, requests: int
) -> None:
    """It is asked again, exactly as often as needed."""
    gemini.faults = [fault]
    view = await reviewed(keyed)

    assert len(view["script"]["scenes"]) == 4
    assert len(gemini.asked) == requests


@pytest.mark.parametrize("kind", ["429", "503 later", "503 after"])
async def test_the_delay_that_the_service_names_is_kept(
    keyed: LiveOrchestrator, gemini: FakeGemini, kind: str
) -> None:
    """Whether in the details of the error or in its header, and never cut short."""
    gemini.faults = [Fault(kind, delay_s=0.4)]
    await reviewed(keyed)

    first, second = gemini.asked
    assert second.at - first.at >= 0.4


async def test_a_silent_service_is_asked_again(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """An answer that never begins counts as lost."""
    gemini.faults = [Fault("slow", delay_s=30)]
    async with studio_of(tmp_path / "home", gemini, writer_silence_s=3.0) as keyed:
        assert (await reviewed(keyed))["version"] == 1
    assert len(gemini.asked) == 2


LASTING = [
    ([Fault("503")] * 9, "writer_busy", 4, "overloaded"),
    ([Fault("cut")] * 9, "writer_busy", 4, "broke"),
    ([Fault("none", text="[]")] * 9, "writer_failed", 4, "not what was asked for"),
    ([Fault("blocked")], "writer_blocked", 1, "dangerous content"),
    ([Fault("unsafe")], "writer_blocked", 1, "safety"),
    ([Fault("401")], "writer_key", 1, "aistudio.google.com/apikey"),
    ([Fault("400")], "writer_failed", 1, "schema is too deep"),
    ([Fault("429", delay_s=3600)], "writer_busy", 1, "in 60 minutes"),
    ([Fault("daily")] * 2, "writer_quota", 2, "midnight Pacific"),
    ([Fault("404")] * 2, "writer_failed", 2, "no model gemini-2.5-flash-lite"),
]


@pytest.mark.parametrize(
    ("faults", "code", "requests", "words"), LASTING, ids=lambda v: str(v)[:30]
)
async def test_a_fault_that_stays_is_one_sentence(
    keyed: LiveOrchestrator,
    gemini: FakeGemini,
    faults: list[Fault],
    code: str,
    requests: int,
    words: str,
) -> None:
    """With its code, after exactly so many requests, and without the key."""
    gemini.faults = list(faults)
    error = await failed(keyed)

    assert error["code"] == code
    assert words in error["message"]
    assert len(gemini.asked) == requests
    assert KEY not in str(error)


async def test_a_refusal_in_the_middle_leaves_no_answer_half_open(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Its connection is free for the next question."""
    gemini.faults = [Fault("unsafe")]
    await failed(keyed)
    await reviewed(keyed)

    assert (len(gemini.asked), len(gemini.peers)) == (2, 1)


async def test_the_key_is_nowhere_but_in_the_request(
    tmp_path: Path, gemini: FakeGemini, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in logs of any level, not in replies, not in any file of the home folder."""
    caplog.set_level("DEBUG")
    gemini.faults = [Fault("429", delay_s=0.01), Fault("401")]
    home = tmp_path / "home"
    async with studio_of(home, gemini) as keyed:
        error = await failed(keyed)
        shown = [(await keyed.api.get(path)).text for path in ("/health", "/api/jobs")]
    files = await asyncio.to_thread(
        lambda: [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    )

    assert error["code"] == "writer_key"
    assert "it is asked again" in caplog.text
    assert KEY not in caplog.text + "".join(shown)
    assert all(KEY.encode() not in data for data in files)


async def test_a_film_without_a_script_can_be_tried_again(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """The script is written then; nothing of the film is lost."""
    gemini.faults = [Fault("blocked")]
    job_id = await keyed.order(**TOPIC, review=True)
    await keyed.until(job_id, "error")
    script = await keyed.api.get(f"/api/jobs/{job_id}/script")
    assert (script.status_code, script.json()["code"]) == (409, "not_ready")
    project = await keyed.api.get(f"/api/jobs/{job_id}/project")
    assert project.status_code == 409

    reply = await keyed.api.post(f"/api/jobs/{job_id}/retry", json={})
    assert reply.status_code == 202
    await keyed.until(job_id, "review")


async def test_keys_are_used_in_turn_and_a_bad_one_is_left_out(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """Two good ones share the work; one that is refused is never asked again."""
    gemini.keys = {"first-key", "second-key"}
    keys = ("bad-key", "first-key", "second-key")
    async with studio_of(tmp_path / "home", gemini, gemini_keys=keys) as keyed:
        for number in range(4):
            await reviewed(keyed, topic=f"lighthouse {number}")

    used = [asked.key for asked in gemini.asked]
    assert used == ["bad-key", "first-key", "second-key", "first-key", "second-key"]


async def test_one_key_with_its_quota_spent_leaves_the_work_to_the_other(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """For the same model; nobody hears of it."""
    gemini.keys = {"first-key", "second-key"}
    gemini.faults = [Fault("daily")]
    keys = ("first-key", "second-key")
    async with studio_of(tmp_path / "home", gemini, gemini_keys=keys) as keyed:
        await reviewed(keyed)

    assert [asked.key for asked in gemini.asked] == ["first-key", "second-key"]
    assert {asked.model for asked in gemini.asked} == {"gemini-2.5-flash"}


async def test_the_next_model_is_asked_when_the_quota_of_one_is_spent(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """And the script says which one wrote it."""
    gemini.faults = [Fault("daily")]
    script = (await reviewed(keyed))["script"]

    models = [asked.model for asked in gemini.asked]
    assert models == ["gemini-2.5-flash", "gemini-2.5-flash-lite"]
    assert script["usage"]["model"] == "gemini-2.5-flash-lite"


async def test_films_that_wait_for_a_resting_key_are_not_given_up(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """Ten films, one key, three rests: thirteen requests, and ten scripts."""
    gemini.faults = [Fault("429", delay_s=0.2)] * 3
    async with studio_of(tmp_path / "home", gemini) as keyed:
        job_ids = [
            await keyed.order(**TOPIC | {"topic": f"lighthouse {n}"}, review=True)
            for n in range(10)
        ]
        for job_id in job_ids:
            await keyed.until(job_id, "review")

    assert len(gemini.asked) == 13


async def test_one_key_is_asked_twice_at_once_and_no_more(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """However many films there are; the others wait, and nobody is refused."""
    gemini.hold = asyncio.Event()
    async with studio_of(tmp_path / "home", gemini) as keyed:
        job_ids = [
            await keyed.order(**TOPIC | {"topic": f"lighthouse {n}"}, review=True)
            for n in range(5)
        ]
        await eventually(lambda: len(gemini.asked) == AT_ONCE)
        await asyncio.sleep(0.3)
        assert len(gemini.asked) == AT_ONCE == 2
        gemini.hold.set()
        for job_id in job_ids:
            await keyed.until(job_id, "review")

    assert len(gemini.asked) == 5


async def test_a_restart_goes_on_with_what_was_answered(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """Outline and first chapter are remembered; the second alone is asked for again."""
    long = {"duration": 20, "num_scenes": 10, "review": True}
    gemini.faults = [Fault("none"), Fault("none"), Fault("slow", delay_s=30)]
    async with studio_of(tmp_path / "home", gemini) as first:
        job_id = await first.order(**(TOPIC | long))
        await eventually(lambda: len(gemini.asked) == 3)
        assert (await first.film(job_id))["state"] == "generating_script"
    async with studio_of(tmp_path / "home", gemini) as second:
        await second.until(job_id, "review")

    assert len(gemini.asked) == 4
    assert gemini.asked[3].prompt == gemini.asked[2].prompt
