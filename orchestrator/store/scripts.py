"""Scripts in the database: every version is kept, and none is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from orchestrator.store import tables as t
from shared_protocol.clock import utc_now
from shared_protocol.kit.database import Database
from shared_protocol.scripts import Script


@dataclass(frozen=True)
class SavedScript:
    """One row of ``scripts``."""

    job_id: str
    version: int
    made_by: str
    created_at: str
    script_json: str

    @cached_property
    def script(self) -> Script:
        """What it holds."""
        return Script.model_validate_json(self.script_json)


class ScriptStore:
    """All queries on scripts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def history(self, job_id: str) -> list[SavedScript]:
        """All versions of a film's script, oldest first."""
        query = (
            sa.select(t.scripts)
            .where(t.scripts.c.job_id == job_id)
            .order_by(t.scripts.c.version)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [SavedScript(**row) for row in rows]

    async def add(
        self, job_id: str, version: int, made_by: str, script: Script
    ) -> bool:
        """Saves a version; False when another one has that number, or its film is gone."""
        row = SavedScript(job_id, version, made_by, utc_now(), script.model_dump_json())
        film = t.films.c.job_id == job_id
        now = t.films.update().where(film).values(script_json=row.script_json)
        try:
            async with self._db.write() as connection:
                if (await connection.execute(now)).rowcount != 1:
                    return False
                await connection.execute(t.scripts.insert().values(vars(row)))
        except sa.exc.IntegrityError:
            return False
        return True
