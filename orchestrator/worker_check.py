"""The check of a worker, step by step, each with what to do when it fails.

The page's Check and ``moonreel doctor`` are two faces of it.
"""

from __future__ import annotations

from orchestrator.errors import Unreachable, WorkerError
from orchestrator.workers import Slot, Workers
from shared_protocol.routes import PROTOCOL_VERSION
from shared_protocol.studio import CheckStep
from shared_protocol.workers import EngineInfo, Health

#: A film of some minutes needs about this much while it is made.
WANTED_FREE_BYTES = 2 << 30
#: With less of a GPU's memory SDXL is moved in and out by parts.
WANTED_GPU_BYTES = 7_500 << 20

#: What to do, by the reason of ``Unreachable``.
ADVICE = {
    "none": "Open the notebook, run its cell, and paste the line that it prints.",
    "no_such_name": "Run the notebook again and paste its new address.",
    "no_connection": "See whether the notebook still runs; if not, run it again.",
    "broken_off": "Wait a moment and check again; networks do this.",
    "unauthorized": "Paste the whole line that the notebook printed, with its token.",
    "protocol": "Update the older side: the notebook, or Moonreel here.",
    "not_a_worker": "Paste the line that the notebook printed, not the address of "
    "the notebook itself.",
    "interstitial": "Wait a moment and check again; the tunnel showed its own page.",
    "tunnel_offline": "Run the notebook again: its tunnel has ended.",
    "server_down": "Wait until the notebook says that the worker is ready.",
    "rate_limit": "Wait a minute: the tunnel has had too many requests.",
    "local_worker": "See worker.log in Moonreel's home folder, or start Moonreel again.",
}
_OTHERWISE = "Check again in a moment; if it stays, run the notebook again."


async def check_worker(workers: Workers) -> tuple[CheckStep, ...]:
    """The remote worker if one is set, else the one on this machine."""
    if workers.remote.client is not None:
        return await _check_slot(workers.remote)
    try:
        choice = await workers.choose()
    except Unreachable as trouble:
        return (_failed("answer", trouble),)
    return await _check_slot(choice.slot)


async def _check_slot(slot: Slot) -> tuple[CheckStep, ...]:
    try:
        health = await slot.probe()
    except Unreachable as trouble:
        return (_failed("answer", trouble),)
    return steps_of(slot.url or "It", health)


def steps_of(url: str, health: Health) -> tuple[CheckStep, ...]:
    """What the worker at ``url`` tells of itself, looked at."""
    return (
        CheckStep(name="answer", ok=True, message=f"{url} answers."),
        _version(health),
        _gpu(health),
        _disk(health),
        *(_engine(kind, health) for kind in ("image", "voice", "video")),
    )


def advice_for(trouble: WorkerError) -> str:
    """What to do when there is no answer."""
    reason = trouble.reason if isinstance(trouble, Unreachable) else ""
    return ADVICE.get(reason, _OTHERWISE)


def _failed(name: str, trouble: Unreachable) -> CheckStep:
    return CheckStep(
        name=name,
        ok=False,
        message=str(trouble),
        advice=advice_for(trouble),
    )


def _version(health: Health) -> CheckStep:
    same = health.protocol == PROTOCOL_VERSION
    told = f"Protocol {health.protocol}, Moonreel {health.version or '?'}"
    return CheckStep(
        name="version",
        ok=same,
        message=f"{told}." if same else f"{told}; here it is {PROTOCOL_VERSION}.",
        advice=None if same else ADVICE["protocol"],
    )


def _gpu(health: Health) -> CheckStep:
    if health.gpu:
        return _gpu_memory(f"It has a GPU: {health.gpu}", health)
    return CheckStep(
        name="gpu",
        ok=True,
        message="It has no GPU, so films are drafts.",
        advice="In Colab choose Runtime, Change runtime type, T4 GPU.",
    )


def _gpu_memory(told: str, health: Health) -> CheckStep:
    memory = health.gpu_memory or {}
    total = memory.get("total_bytes")
    if not total:
        return CheckStep(name="gpu", ok=True, message=f"{told}.")
    told += f" with {total / 1e9:.1f} GB"
    # What is used is its own models' once some are loaded.
    used = 0 if health.loaded else memory.get("used_bytes", 0)
    if total - used >= WANTED_GPU_BYTES:
        return CheckStep(name="gpu", ok=True, message=f"{told}.")
    free = f", {(total - used) / 1e9:.1f} GB of it free" if used else ""
    return CheckStep(
        name="gpu",
        ok=True,
        message=f"{told}{free}; that is little, so models draw slowly.",
        advice="Close what else uses the GPU, or take one with 8 GB or more.",
    )


def _disk(health: Health) -> CheckStep:
    free = (health.disk or {}).get("free_bytes", 0)
    enough = free >= WANTED_FREE_BYTES
    return CheckStep(
        name="disk",
        ok=enough,
        message=f"{free / 1e9:.1f} GB are free on it.",
        advice=None if enough else "Delete old films in the library, or free its disk.",
    )


def _engine(kind: str, health: Health) -> CheckStep:
    mine = [engine for engine in health.engines or () if engine.kind == kind]
    usable = [engine for engine in mine if engine.unavailable is None]
    if usable:
        best = {"image": health.model, "voice": health.tts}.get(kind)
        taken = next((one for one in usable if one.name == best), usable[0])
        draft = " (draft)" if taken.draft else ""
        return CheckStep(
            name=kind,
            ok=True,
            message=f"Its {kind} engine is {taken.name}{draft}.",
            advice=_model_advice(kind, taken, health),
        )
    why = mine[0].unavailable if mine else "it has none"
    return CheckStep(
        name=kind,
        ok=False,
        message=f"It has no {kind} engine that works: {why}",
        advice="Run the notebook again; its set-up cell says what is missing.",
    )


def _model_advice(kind: str, taken: EngineInfo, health: Health) -> str | None:
    """A GPU that no model uses draws no better than none."""
    model = {"image": "sdxl", "voice": "vits"}.get(kind)
    if not taken.draft or not health.gpu or model is None:
        return None
    return (
        f"No model for it is there: `moonreel models pull {model}` on it fetches one."
    )
