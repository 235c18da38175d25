"""Films in the database: every change is one guarded update that names the old state."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from orchestrator.bell import Bell
from orchestrator.store import tables as t
from orchestrator.store.outages import is_about_outages, noted_after, read_outages
from shared_protocol.clock import utc_now
from shared_protocol.errors import ErrorBody
from shared_protocol.films import FilmState, Outage
from shared_protocol.jobs import JobView
from shared_protocol.kit.changes import Changes
from shared_protocol.kit.database import Database
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script, Usage
from shared_protocol.specs import FilmSpec
from shared_protocol.wire import content_key

#: States in which a film waits to be given to a worker.
PLACEABLE = frozenset(
    {FilmState.STARTING, FilmState.WAITING_FOR_WORKER, FilmState.REQUEUED}
)
#: States in which a worker has the film.
PLACED = frozenset({FilmState.SENT, FilmState.UNREACHABLE, FilmState.CANCELING})
#: States in which a worker may draw for the film: its first scenes can be sent ahead.
AT_WORK = PLACED | {
    FilmState.GENERATING_SCRIPT,
    FilmState.GENERATING_IMAGE_PROMPTS,
    FilmState.SENDING,
}
TERMINAL = frozenset(state for state in FilmState if state.terminal)
OPEN = frozenset(FilmState) - TERMINAL

#: Tables with rows of a film, those that refer to it first.
_OF_FILMS = (t.allowed, t.blob_uses, t.units, t.artifacts, t.scripts, t.films)

#: The key under which a change of any film is announced.
ANY = "*"


@dataclass(frozen=True)
class Film:
    """One row of ``films``."""

    job_id: str
    title: str
    state: FilmState
    version: int
    progress: int
    message: str
    stage: str
    attempt: int
    created_at: str
    request_json: str
    script_json: str
    spec_json: str
    warnings_json: str
    eta_s: float | None = None
    finished_at: str | None = None
    error_json: str | None = None
    idempotency_key: str | None = None
    body_sha256: str | None = None
    worker_kind: str | None = None
    worker_url: str | None = None
    worker_boot: str | None = None
    worker_reason: str | None = None
    render_json: str | None = None
    outages_json: str | None = None
    usage_json: str | None = None

    @cached_property
    def request(self) -> GenerateRequest:
        """What was asked for."""
        return GenerateRequest.model_validate_json(self.request_json)

    @cached_property
    def spec(self) -> FilmSpec:
        """What is sent to the worker."""
        return FilmSpec.model_validate_json(self.spec_json)

    @cached_property
    def spec_sha256(self) -> str:
        """The hash under which the worker's views speak of the spec."""
        return content_key(self.spec.model_dump(mode="json"))

    @cached_property
    def render(self) -> JobView | None:
        """The worker's view as last heard."""
        if self.render_json is None:
            return None
        return JobView.model_validate_json(self.render_json)

    @cached_property
    def outages(self) -> tuple[Outage, ...]:
        """When its worker was away, oldest first."""
        return read_outages(self.outages_json)

    @cached_property
    def usage(self) -> Usage | None:
        """What its script cost; None where no service was asked."""
        if self.usage_json is None:
            return None
        return Usage.model_validate_json(self.usage_json)

    @cached_property
    def error(self) -> ErrorBody | None:
        """Why it failed."""
        if self.error_json is None:
            return None
        return ErrorBody.model_validate_json(self.error_json)


_FILMS = sa.select(*(t.films.c[field.name] for field in fields(Film)))


class KeyTaken(Exception):
    """Another film was made under the same idempotency key; it is in ``film``."""

    def __init__(self, film: Film) -> None:
        super().__init__(film.job_id)
        self.film = film


def _own_attempt() -> sa.Case[int]:
    used = t.films.c.attempt
    return sa.case((used > 1, used + 1), else_=used)


def _first_script(job_id: str, script_json: str) -> sa.Insert:
    return t.scripts.insert().values(
        job_id=job_id,
        version=1,
        made_by="writer",
        created_at=utc_now(),
        script_json=script_json,
    )


class FilmStore:
    """All queries on films; wakes readers and loops after each visible change."""

    def __init__(self, database: Database, changes: Changes, bell: Bell) -> None:
        self._db = database
        self._changes = changes
        self._bell = bell
        #: Live versions by job, and of the whole board under ``ANY``.
        self.versions: dict[str, int] = {ANY: int(time.time() * 1000)}
        #: The state that each film had when it was last changed by this process.
        self.states: dict[str, FilmState] = {}

    async def load(self) -> None:
        """Reads versions, and puts films whose hand-over was cut short back in line."""
        async with self._db.write() as connection:
            await connection.execute(
                t.films.update()
                .where(t.films.c.state == FilmState.SENDING)
                .values(
                    state=FilmState.REQUEUED,
                    version=t.films.c.version + 1,
                    message="Moonreel was restarted; the film goes on.",
                )
            )
            rows = await connection.execute(
                sa.select(t.films.c.job_id, t.films.c.version)
            )
            self.versions.update({row.job_id: row.version for row in rows})

    async def add(self, film: Film, files: Iterable[str] = ()) -> None:
        """Saves a new film with its need of the files of those hashes.

        Raises KeyTaken when its idempotency key is in use.
        """
        values = {field.name: getattr(film, field.name) for field in fields(film)}
        try:
            async with self._db.write() as connection:
                await connection.execute(t.films.insert().values(values))
                for sha256 in set(files):
                    await connection.execute(
                        t.blob_uses.insert().values(job_id=film.job_id, sha256=sha256)
                    )
                if film.script_json:
                    await connection.execute(
                        _first_script(film.job_id, film.script_json)
                    )
        except sa.exc.IntegrityError:
            taken = film.idempotency_key and await self.by_key(film.idempotency_key)
            if not taken:
                raise
            raise KeyTaken(taken) from None
        self._announce(film.job_id, film.version, (), film.state)

    async def get(self, job_id: str) -> Film | None:
        """The film, or None."""
        return await self._one(t.films.c.job_id == job_id)

    async def by_key(self, idempotency_key: str) -> Film | None:
        """The film made under an idempotency key, or None."""
        return await self._one(t.films.c.idempotency_key == idempotency_key)

    async def newest(self) -> Film | None:
        """The film made last, or None."""
        found = await self.recent(limit=1)
        return found[0] if found else None

    async def recent(self, limit: int) -> list[Film]:
        """Films, newest first; ids are in order of time."""
        return await self._some(_FILMS.order_by(t.films.c.job_id.desc()).limit(limit))

    async def to_place(self) -> list[Film]:
        """Films that wait to be given to a worker, oldest first."""
        return await self.in_states(PLACEABLE)

    async def in_states(self, states: Iterable[FilmState]) -> list[Film]:
        """Films in one of the states, oldest first."""
        return await self._some(
            _FILMS.where(t.films.c.state.in_(list(states))).order_by(t.films.c.job_id)
        )

    async def script_is_written(
        self, job_id: str, expect: Iterable[FilmState], script: Script, **values: Any
    ) -> bool:
        """Saves the first version of a script with what the film becomes by it.

        Attempts under which scenes went ahead are behind the film's own.
        """
        film = t.films.c.job_id == job_id
        script_json = script.model_dump_json()
        update = (
            t.films.update()
            .where(film, t.films.c.state.in_(list(expect)))
            .values(version=t.films.c.version + 1, attempt=_own_attempt())
            .values(script_json=script_json, **values)
            .returning(t.films.c.version)
        )
        async with self._db.write() as connection:
            version = (await connection.execute(update)).scalar()
            if version is None:
                return False
            await connection.execute(_first_script(job_id, script_json))
        # Who writes knows it, and has to hand the film over now.
        self._announce(job_id, version, (), values["state"])
        return True

    async def placed(
        self, worker_kind: str, states: frozenset[FilmState] = PLACED
    ) -> dict[str, FilmState]:
        """State by id of the films that a kind of worker has, oldest first."""
        query = (
            sa.select(t.films.c.job_id, t.films.c.state)
            .where(t.films.c.state.in_(list(states)))
            .where(t.films.c.worker_kind == worker_kind)
            .order_by(t.films.c.job_id)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row.job_id: FilmState(row.state) for row in rows}

    async def count_open(self) -> int:
        """How many films are not finished, failed or canceled."""
        query = (
            sa.select(sa.func.count())
            .select_from(t.films)
            .where(t.films.c.state.in_(list(OPEN)))
        )
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def change(
        self,
        job_id: str,
        expect: Iterable[FilmState],
        *,
        of_attempt: int | None = None,
        **values: Any,
    ) -> bool:
        """Updates the film if it is in one of ``expect`` (and of that attempt).

        Returns whether it was; ``version`` goes up by one and readers are woken, and
        the loops if it has another state now.
        """
        states = frozenset(expect)
        meant = [t.films.c.job_id == job_id, t.films.c.state.in_(list(states))]
        if of_attempt is not None:
            meant.append(t.films.c.attempt == of_attempt)
        async with self._db.write() as connection:
            if is_about_outages(states, values):
                query = sa.select(t.films.c.outages_json, t.films.c.state).where(*meant)
                row = (await connection.execute(query)).one_or_none()
                if row is None:
                    return False
                values["outages_json"] = noted_after(
                    row.outages_json, FilmState(row.state), FilmState(values["state"])
                )
            update = t.films.update().where(*meant).returning(t.films.c.version)
            version = (
                await connection.execute(
                    update.values(version=t.films.c.version + 1, **values)
                )
            ).scalar()
        if version is None:
            return False
        state = values.get("state")
        self._announce(job_id, version, () if state is None else states, state)
        return True

    async def wait(self, job_id: str, since: int, wait_s: float) -> None:
        """Returns once the film (or, for ``ANY``, any film) is newer than ``since``."""
        await self._changes.wait({job_id: since}, self.versions, wait_s)

    async def delete(self, job_id: str) -> set[str]:
        """Forgets the film; the hashes of files that no other film needs."""
        own = sa.select(t.blob_uses.c.sha256).where(t.blob_uses.c.job_id == job_id)
        others = sa.select(t.blob_uses.c.sha256).where(t.blob_uses.c.job_id != job_id)
        async with self._db.write() as connection:
            orphans = set(
                await connection.scalars(own.where(t.blob_uses.c.sha256.not_in(others)))
            )
            for table in _OF_FILMS:
                await connection.execute(table.delete().where(table.c.job_id == job_id))
        self._announce(job_id, self.versions.get(job_id, 0) + 1, FilmState, None)
        self.versions.pop(job_id, None)
        self.states.pop(job_id, None)
        return orphans

    def _announce(
        self,
        job_id: str,
        version: int,
        left: Iterable[FilmState],
        entered: FilmState | None,
    ) -> None:
        if entered is not None:
            self.states[job_id] = entered
        self.versions[job_id] = version
        self.versions[ANY] += 1
        self._changes.announce(job_id)
        self._changes.announce(ANY)
        self._bell.ring(left, () if entered is None else {entered})

    async def _one(self, condition: sa.ColumnElement[bool]) -> Film | None:
        found = await self._some(_FILMS.where(condition))
        return found[0] if found else None

    async def _some(self, query: sa.Select[Any]) -> list[Film]:
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [Film(**dict(row) | {"state": FilmState(row["state"])}) for row in rows]
