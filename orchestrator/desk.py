"""The script on the desk: read, edited, and given to rendering when it is right."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from orchestrator.edits import edited, restored
from orchestrator.left_out import LEAVING_OUT, left_out, with_again, without
from orchestrator.library import Library
from orchestrator.redo import carried, plan_redo
from orchestrator.store.films import Film, FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.store.scripts import SavedScript, ScriptStore
from orchestrator.writer.film_spec import film_spec
from orchestrator.writer.spoken import count_words
from shared_protocol.errors import Code, describe_validation
from shared_protocol.films import FilmState
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import GenerateRequest
from shared_protocol.references import given_files
from shared_protocol.scripts import (
    Narrator,
    RenderOrder,
    RenderPlan,
    Script,
    ScriptEdit,
    ScriptVersion,
    ScriptView,
)
from shared_protocol.specs import FilmSpec
from shared_protocol.whose_voice import with_one_voice
from shared_protocol.wire import canonical_json

log = logging.getLogger(__name__)

WORDS_A_MINUTE = 150
#: Options that shape how a script is written: it stands, so they would do nothing.
_FOR_WRITING = frozenset(
    {
        "topic",
        "script",
        "scenes",
        "title",
        "story_type",
        "duration",
        "num_scenes",
        "read_headings",
        "hook_intensity",
        "characters",
        "template",
        "grounding",
        "new_script",
        "review",
        "language",
        "image_mode",
        "date",
    }
)
_WRITING = {FilmState.GENERATING_SCRIPT, FilmState.GENERATING_IMAGE_PROMPTS}
_BUSY = {FilmState.SENDING, FilmState.CANCELING}


@dataclass(frozen=True)
class _Change:
    """A film as it would be rendered now."""

    saved: SavedScript
    request: GenerateRequest
    spec: FilmSpec
    plan: RenderPlan


class Desk:
    """Scripts of films, seen and changed by people."""

    def __init__(
        self,
        films: FilmStore,
        scripts: ScriptStore,
        mirrored: MirrorStore,
        library: Library,
    ) -> None:
        self._films = films
        self._scripts = scripts
        self._mirrored = mirrored
        self._library = library

    async def show(self, film: Film) -> ScriptView:
        """The script as it is now; ApiError 409 while it is being written."""
        history = await self._history(film)
        change = await asyncio.to_thread(_change, film, history[-1], RenderOrder())
        words = _words(history[-1].script)
        return ScriptView(
            job_id=film.job_id,
            version=history[-1].version,
            script=history[-1].script,
            words=words,
            narration_s=round(
                words / WORDS_A_MINUTE * 60 / film.request.voice_speed, 1
            ),
            narrator=_narrator(film.request),
            versions=tuple(_line(saved) for saved in history),
            left_out=left_out(history),
            render=change.plan,
        )

    async def edit(self, film: Film, edit: ScriptEdit) -> None:
        """Saves a new version; ApiError 409 when another was saved meanwhile, 422."""
        history = await self._history(film)
        latest = history[-1]
        _check_version(edit.version, latest.version)
        script = _after(history, edit)
        film_spec(film.request, script)
        await self._library.keep_given(film.job_id, given_files(None, script.scenes))
        if script != latest.script:
            made_by = "edit" if edit.leave_out is None else LEAVING_OUT
            await self.save(film, latest.version + 1, made_by, script)

    async def save(
        self, film: Film, version: int, made_by: str, script: Script
    ) -> None:
        """Keeps ``script`` as that version; ApiError 409 when there is one."""
        if not await self._scripts.add(film.job_id, version, made_by, script):
            raise _outdated(version - 1)
        await self._films.change(film.job_id, FilmState, title=script.title[:200])

    async def is_rendered(self, film: Film) -> bool:
        """Whether the film was ordered with the script as it is now."""
        history = await self._history(film)
        change = await asyncio.to_thread(_change, film, history[-1], RenderOrder())
        return change.spec == film.spec

    async def plan(self, film: Film, order: RenderOrder) -> RenderPlan:
        """What ``render`` would make."""
        history = await self._history(film)
        _check_version(order.version, history[-1].version)
        return (await asyncio.to_thread(_change, film, history[-1], order)).plan

    async def render(self, film: Film, order: RenderOrder) -> RenderPlan:
        """Gives the script to a worker; only what changed is made anew.

        Raises ApiError: 409 when nothing changed or the film cannot be changed now, 422
        for an option that would do nothing.
        """
        history = await self._history(film)
        _check_version(order.version, history[-1].version)
        check_free(film)
        change = await asyncio.to_thread(_change, film, history[-1], order)
        if change.plan.nothing_to_do:
            raise ApiError(Code.CONFLICT, change.plan.message)
        given = given_files(
            change.spec.music, change.spec.scenes, change.spec.voice_sample
        )
        if (music := given.pop("music", None)) is not None:
            given = {"options.music": music} | given
        await self._library.keep_given(film.job_id, given)
        await self._begin(film, change)
        return change.plan

    async def _begin(self, film: Film, change: _Change) -> None:
        view = carried(film.render, change.spec, film.spec, film.attempt + 1)
        if not await self._films.change(
            film.job_id,
            {film.state},
            of_attempt=film.attempt,
            attempt=film.attempt + 1,
            state=FilmState.REQUEUED,
            stage="waiting",
            message=change.plan.message,
            progress=0,
            eta_s=None,
            error_json=None,
            finished_at=None,
            worker_kind=None,
            request_json=change.request.model_dump_json(exclude_unset=True),
            spec_json=change.spec.model_dump_json(),
            render_json=view.model_dump_json() if view else None,
            warnings_json=canonical_json(list(change.saved.script.warnings)),
        ):
            raise ApiError(
                Code.CONFLICT, "The film changed in the meantime; look at it again."
            )
        await self._mirrored.drop_scenes_after(film.job_id, len(change.spec.scenes))
        log.info("Film %s is rendered again: %s", film.job_id, change.plan.message)

    async def _history(self, film: Film) -> list[SavedScript]:
        history = await self._scripts.history(film.job_id)
        if not history:
            why = (
                "is still being written"
                if film.state in _WRITING
                else "was not written"
            )
            raise ApiError(
                Code.NOT_READY, f"The script {why}. {film.message}", param="job_id"
            )
        return history


def check_free(film: Film) -> None:
    """ApiError 409 while the film cannot be given to a worker anew."""
    if film.state in _BUSY:
        raise ApiError(
            Code.NOT_READY,
            f"The film is in the middle of something ({film.state}); try again "
            "in a moment.",
            headers={"Retry-After": "1"},
        )


def _change(film: Film, saved: SavedScript, order: RenderOrder) -> _Change:
    request = _with_options(film.request, order.options)
    spec = film_spec(request, saved.script)
    if "date" not in film.request.model_fields_set:  # the day it was first made
        spec = spec.model_copy(update={"date": film.spec.date})
    plan = plan_redo(saved.version, saved.script, spec, film.spec, film.render)
    return _Change(saved, request, spec, plan)


def _with_options(request: GenerateRequest, options: dict[str, Any]) -> GenerateRequest:
    for name in options:
        if name not in GenerateRequest.model_fields:
            raise ApiError(
                Code.INVALID_FIELD,
                f"options.{name}: is not a known field.",
                param=f"options.{name}",
            )
        if name in _FOR_WRITING:
            raise ApiError(
                Code.INVALID_FIELD,
                f"options.{name}: it shapes how a script is written, and this one is; "
                "edit the script, or order another film.",
                param=f"options.{name}",
            )
    body = with_one_voice(request.model_dump(mode="json", exclude_unset=True), options)
    for name, value in options.items():
        before = body.get(name)
        nested = isinstance(value, dict) and isinstance(before, dict)
        body[name] = before | value if nested else value
    try:
        return GenerateRequest.model_validate(body)
    except ValidationError as error:
        param, sentence = describe_validation(error.errors(include_url=False))
        raise ApiError(
            Code.INVALID_FIELD, f"options.{sentence}", param=f"options.{param}"
        ) from error


def _after(history: list[SavedScript], edit: ScriptEdit) -> Script:
    latest = history[-1].script
    if edit.restore is None:
        return edited(latest, _spelt_out(history, edit), left_out(history))
    earlier = next((s for s in history if s.version == edit.restore), None)
    if earlier is None:
        raise ApiError(
            Code.INVALID_FIELD,
            f"restore: there is no version {edit.restore}; the newest is "
            f"{history[-1].version}.",
            param="restore",
        )
    return restored(latest, earlier.script)


def _spelt_out(history: list[SavedScript], edit: ScriptEdit) -> ScriptEdit:
    """The edit with all scenes, when it names one to leave out or to take back."""
    if edit.leave_out is not None:
        scenes = without(history, edit.leave_out)
    elif edit.take_back is not None:
        scenes = with_again(history, edit.take_back)
    else:
        return edit
    return ScriptEdit(version=edit.version, scenes=scenes)


def _check_version(seen: int | None, latest: int) -> None:
    if seen is not None and seen != latest:
        raise _outdated(seen, latest)


def _outdated(seen: int, latest: int | None = None) -> ApiError:
    now = f" and is at version {latest}" if latest else ""
    return ApiError(
        Code.CONFLICT,
        f"The script was changed after version {seen}{now}; read it again and repeat "
        "the change.",
        param="version",
    )


def _narrator(request: GenerateRequest) -> Narrator:
    return Narrator(
        voice_id=request.voice_id if request.voice_sample is None else None,
        voice_speed=request.voice_speed,
        pacing=request.pacing,
        engine=request.engine.voice,
    )


def _line(saved: SavedScript) -> ScriptVersion:
    return ScriptVersion(
        version=saved.version,
        made_by=saved.made_by,
        created_at=saved.created_at,
        scenes=len(saved.script.scenes),
        words=_words(saved.script),
    )


def _words(script: Script) -> int:
    return sum(count_words(scene.narration) for scene in script.scenes)
