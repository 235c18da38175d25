"""What comes through a metered tunnel, and when; through others everything comes at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from orchestrator.quota import Ledger
from orchestrator.settings import Settings
from orchestrator.sparing import Sparing
from orchestrator.store.schema import prepare_schema
from orchestrator.store.traffic import TrafficStore
from shared_protocol.artifacts import Artifact, MemoEntry, UnitResult
from shared_protocol.clock import utc_now
from shared_protocol.jobs import JobState, JobView, WorkerStamp
from shared_protocol.kit.database import Database

NGROK = "https://name.ngrok-free.app"
OTHER = "https://four-words.trycloudflare.com"
KINDS = ("image", "voice", "clip", "film")
UNITS = [MemoEntry(key="0" * 64, kind=k, result=UnitResult(files=())) for k in KINDS]
FILES = [
    Artifact(name=role, role=role, media_type="x/y", bytes=1, sha256="0" * 64)
    for role in ("picture", "preview", "film")
]


@dataclass
class Spared:
    """The chooser with a clock of its own."""

    sparing: Sparing
    ledger: Ledger
    now: list[float] = field(default_factory=lambda: [1000.0])

    def come(
        self, state: JobState = JobState.RUNNING, url: str = NGROK
    ) -> tuple[list[str], list[str]]:
        """Kinds of units and roles of files that come now."""
        view = _view(state)
        units, files = self.sparing.choose(url, view, UNITS, FILES)
        self.sparing.brought(view, units, files)
        return [unit.kind for unit in units], [file.role for file in files]


@pytest.fixture
async def spared(tmp_path: Path) -> AsyncIterator[Spared]:
    """With an allowance of a million bytes, and a checkpoint every 15 minutes."""
    database = Database.in_file(tmp_path / "o.db")
    await prepare_schema(database)
    settings = Settings(home=Path(), url_file=Path(), tunnel_bytes=1_000_000)
    ledger, now = Ledger(settings, TrafficStore(database)), [1000.0]
    yield Spared(Sparing(settings, ledger, clock=lambda: now[0]), ledger, now)
    await database.close()


def test_elsewhere_everything_comes_at_once(spared: Spared) -> None:
    """Whatever is ready, as soon as it is."""
    assert spared.come(url=OTHER) == ([*KINDS], ["picture", "preview", "film"])


def test_previews_come_rarer_the_longer_it_takes(spared: Spared) -> None:
    """Not in the first moment, then at growing distances, at most 110 s apart."""
    came = []
    for second in range(601):
        if spared.come()[1]:
            came.append(second)
        spared.now[0] += 1
    pauses = [b - a for a, b in pairwise(came)]

    assert came[0] == 12
    assert pauses == sorted(pauses)
    assert pauses[-1] == 110
    assert len(came) < 12


def test_what_a_gpu_made_is_kept_every_quarter_of_an_hour(spared: Spared) -> None:
    """Pictures and voices, so that a lost machine costs no more than that."""
    assert spared.come()[0] == []
    spared.now[0] += 899
    assert spared.come()[0] == []
    spared.now[0] += 1
    assert spared.come()[0] == ["image", "voice"]
    assert spared.come()[0] == []
    spared.now[0] += 900
    assert spared.come()[0] == ["image", "voice"]


def test_what_was_not_brought_stays_due(spared: Spared) -> None:
    """A tunnel that broke in the middle does not cost another quarter of an hour."""
    spared.come()
    spared.now[0] += 900
    for _ in range(2):
        units, _ = spared.sparing.choose(NGROK, _view(), UNITS, FILES)
        assert [unit.kind for unit in units] == ["image", "voice"]


def test_the_end_brings_what_is_wanted_then(spared: Spared) -> None:
    """The film with all previews; of a failed job what another worker can go on from."""
    assert spared.come(JobState.COMPLETE) == (["film"], ["preview"])
    assert spared.come(JobState.ERROR) == (["image", "voice"], ["preview"])


def test_little_is_left(spared: Spared) -> None:
    """From 80 % on nothing comes but the film."""
    spared.ledger.count(NGROK, 1, 850_000)
    spared.come()
    spared.now[0] += 5000

    assert spared.come() == ([], [])
    assert spared.come(JobState.COMPLETE)[0] == ["film"]


def _view(state: JobState = JobState.RUNNING) -> JobView:
    return JobView(
        job_id="some-job-id",
        kind="film",
        title="Title",
        status="processing",
        state=state,
        terminal=state.terminal,
        version=1,
        progress=10,
        message="",
        stage="image",
        stage_index=0,
        stage_total=1,
        attempt=1,
        created_at=utc_now(),
        worker=WorkerStamp(id="w", boot_id="b"),
        draft=True,
        spec_sha256="0" * 64,
    )
