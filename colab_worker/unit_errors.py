"""What is told of a unit that failed: where, what happened, and what to do."""

from __future__ import annotations

from colab_worker.planner import Unit
from colab_worker.tasks import Broken
from colab_worker.views import NOUNS
from shared_protocol.errors import Code, ErrorBody


def failure_body(unit: Unit, report: Broken, tries: int) -> ErrorBody:
    """Of a try that failed, the last of ``tries``."""
    times = f" (tried {tries} times)" if tries > 1 else ""
    hint = f"; {report.hint}" if report.hint else ""
    return ErrorBody(
        code=report.code,
        message=f"{_place(unit)} failed in {unit.engine.name}: {report.message}{hint}{times}.",
        hint=report.hint,
        scene=unit.scene,
        unit=unit.id,
        retryable=report.retryable,
    )


def poison_body(unit: Unit, interruptions: int) -> ErrorBody:
    """Of a unit that was running whenever the worker died."""
    return ErrorBody(
        code=Code.POISON,
        message=f"{_place(unit)} was running each of the {interruptions} "
        "times that the worker died, so it is not tried again.",
        hint="change its words or settings, then retry the job",
        scene=unit.scene,
        unit=unit.id,
    )


def _place(unit: Unit) -> str:
    """Where in the film a unit is, as a sentence begins."""
    noun = NOUNS[unit.kind]
    return f"Scene {unit.scene}: the {noun}" if unit.scene else f"The {noun}"
