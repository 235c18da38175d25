"""Files that this machine adds to what the worker made: project, words, the job's picture."""

from __future__ import annotations

import asyncio

from orchestrator.gantt import gantt_svg
from orchestrator.library import Library
from orchestrator.narration import narration_text
from orchestrator.project import pack, project_of
from orchestrator.store.films import Film
from orchestrator.store.mirrored import MirrorStore
from shared_protocol.artifacts import Artifact
from shared_protocol.jobs import JobState, JobView
from shared_protocol.references import given_files

PROJECT, GANTT = "project.zip", "gantt.svg"
SCRIPT, SHEET = "script.md", "contact-sheet.webp"
NARRATION = "narration.txt"


class Beside:
    """Makes them once a job has ended: a few milliseconds, and no request to anybody."""

    def __init__(self, library: Library, mirrored: MirrorStore) -> None:
        self._library = library
        self._mirrored = mirrored

    async def make(self, film: Film, view: JobView) -> None:
        """Adds the files that a job in the state of ``view`` has."""
        await self._add(film, GANTT, "gantt", "image/svg+xml", _gantt(film, view))
        if view.state is JobState.COMPLETE:
            packed = await self._packed(film)
            await self._add(film, PROJECT, "project", "application/zip", packed)
            words = narration_text(film.spec).encode()
            await self._add(film, NARRATION, "narration", "text/plain", words)

    async def _packed(self, film: Film) -> bytes:
        path_of = self._library.blobs.path
        artifacts = await self._mirrored.artifacts(film.job_id)
        here = {file.name: path_of(file.sha256) for file in artifacts}
        to_look_at = {name: here[name] for name in (SCRIPT, SHEET) if name in here}
        # Somebody's voice is not handed on with a project: it is given anew.
        given = given_files(film.spec.music, film.spec.scenes)
        music = given.pop("music", None)
        shown = {sha256: path_of(sha256) for sha256 in sorted(set(given.values()))}

        def work() -> bytes:
            sound = path_of(music) if music else None
            return pack(project_of(film), to_look_at, sound, shown)

        return await asyncio.to_thread(work)

    async def _add(
        self, film: Film, name: str, role: str, media_type: str, data: bytes
    ) -> None:
        sha256 = await self._library.put(film.job_id, data)
        artifact = Artifact(
            name=name,
            role=role,
            media_type=media_type,
            bytes=len(data),
            sha256=sha256,
        )
        await self._mirrored.add_artifact(film.job_id, artifact)


def _gantt(film: Film, view: JobView) -> bytes:
    titles = [scene.title or scene.narration for scene in film.spec.scenes]
    return gantt_svg(view, titles, film.outages).encode()
