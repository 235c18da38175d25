"""Joins what a worker tells piece by piece into the whole view of a job."""

from __future__ import annotations

from shared_protocol.jobs import JobView


def merged(before: JobView | None, news: JobView) -> JobView | None:
    """The whole view after ``news``; None if a piece in between was missed."""
    if news.since is None:
        return news
    if before is None or before.version < news.since:
        return None
    units = {unit.id: unit for unit in before.units}
    units.update({unit.id: unit for unit in news.units})
    artifacts = {artifact.name: artifact for artifact in before.artifacts}
    artifacts.update({artifact.name: artifact for artifact in news.artifacts})
    return news.model_copy(
        update={
            "since": None,
            "units": tuple(units.values()),
            "artifacts": tuple(artifacts.values()),
        }
    )
