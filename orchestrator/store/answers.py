"""Answers of the writing service by what was asked: the same question is asked once."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.store import tables as t
from shared_protocol.clock import utc_now
from shared_protocol.kit.database import Database


class AnswerStore:
    """All queries on answers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, key: str) -> str | None:
        """The answer (JSON) to the question of that hash, or None."""
        query = sa.select(t.answers.c.answer_json).where(t.answers.c.key == key)
        async with self._db.read() as connection:
            found = (await connection.execute(query)).scalar()
        return None if found is None else str(found)

    async def put(self, key: str, answer_json: str) -> None:
        """Keeps an answer."""
        async with self._db.write() as connection:
            await connection.execute(t.answers.delete().where(t.answers.c.key == key))
            await connection.execute(
                t.answers.insert().values(
                    key=key, answer_json=answer_json, created_at=utc_now()
                )
            )
