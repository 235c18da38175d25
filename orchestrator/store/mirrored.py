"""What of a film is safe on this machine: finished units, files, and who needs which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from orchestrator.store import tables as t
from shared_protocol.artifacts import Artifact, MemoEntry, UnitResult
from shared_protocol.kit.database import Database

#: What can stand for a film in a list, best first.
_POSTERS = ("poster.jpg", "scene-001-preview.webp", "scene-001-picture.png")


class MirrorStore:
    """All queries on mirrored units and files."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def used_blobs(self) -> set[str]:
        """The hashes of all files that some film needs."""
        async with self._db.read() as connection:
            return set(await connection.scalars(sa.select(t.blob_uses.c.sha256)))

    async def use_blob(self, job_id: str, sha256: str) -> None:
        """Notes that the film needs a file of the library."""
        await self._put(t.blob_uses, {"job_id": job_id, "sha256": sha256}, {})

    async def add_unit(self, job_id: str, entry: MemoEntry) -> None:
        """Notes a finished unit, all of whose files are here."""
        result = entry.result.model_dump_json()
        await self._put(
            t.units,
            {"job_id": job_id, "key": entry.key},
            {"kind": entry.kind, "result_json": result},
        )

    async def add_artifact(self, job_id: str, artifact: Artifact) -> None:
        """Notes a file that can be downloaded from here."""
        await self._put(
            t.artifacts,
            {"job_id": job_id, "name": artifact.name},
            {"artifact_json": artifact.model_dump_json()},
        )

    async def drop_scenes_after(self, job_id: str, last: int) -> None:
        """Forgets the files of scenes that the film does not have any more."""
        async with self._db.write() as connection:
            for artifact in await _artifacts(connection, job_id):
                if (artifact.scene or 0) > last:
                    await connection.execute(
                        t.artifacts.delete().where(
                            t.artifacts.c.job_id == job_id,
                            t.artifacts.c.name == artifact.name,
                        )
                    )

    async def memo(self, job_id: str) -> list[MemoEntry]:
        """The finished units of a film that are safe here."""
        query = sa.select(t.units).where(t.units.c.job_id == job_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            MemoEntry(
                key=row.key,
                kind=row.kind,
                result=UnitResult.model_validate_json(row.result_json),
            )
            for row in rows
        ]

    async def artifacts(self, job_id: str) -> list[Artifact]:
        """The files of a film that can be downloaded from here, by name."""
        async with self._db.read() as connection:
            return await _artifacts(connection, job_id)

    async def owners(self, sha256: str) -> list[tuple[str, str, Artifact]]:
        """Films that have a file of that hash, newest first: id, title, the file."""
        query = (
            sa.select(t.films.c.job_id, t.films.c.title, t.artifacts.c.artifact_json)
            .join(t.blob_uses, t.blob_uses.c.job_id == t.films.c.job_id)
            .join(t.artifacts, t.artifacts.c.job_id == t.films.c.job_id)
            .where(t.blob_uses.c.sha256 == sha256)
            .order_by(t.films.c.job_id.desc(), t.artifacts.c.name)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        files = [
            (job_id, title, Artifact.model_validate_json(text))
            for job_id, title, text in rows
        ]
        return [found for found in files if found[2].sha256 == sha256]

    async def posters(self, job_ids: Sequence[str]) -> dict[str, str]:
        """The name of a picture that stands for each film, where there is one."""
        query = sa.select(t.artifacts.c.job_id, t.artifacts.c.name).where(
            t.artifacts.c.job_id.in_(job_ids), t.artifacts.c.name.in_(_POSTERS)
        )
        async with self._db.read() as connection:
            found = [(row.job_id, row.name) for row in await connection.execute(query)]
        found.sort(key=lambda item: _POSTERS.index(item[1]), reverse=True)
        return dict(found)

    async def _put(
        self, table: sa.Table, key: Mapping[str, str], values: Mapping[str, str]
    ) -> None:
        """Replaces the row under ``key``; nothing when its film is gone."""
        same = [table.c[name] == value for name, value in key.items()]
        film = sa.select(t.films.c.job_id).where(t.films.c.job_id == key["job_id"])
        async with self._db.write() as connection:
            if (await connection.execute(film)).scalar() is None:
                return
            await connection.execute(table.delete().where(*same))
            await connection.execute(table.insert().values({**key, **values}))


async def _artifacts(connection: AsyncConnection, job_id: str) -> list[Artifact]:
    query = (
        sa.select(t.artifacts.c.artifact_json)
        .where(t.artifacts.c.job_id == job_id)
        .order_by(t.artifacts.c.name)
    )
    rows = (await connection.scalars(query)).all()
    return [Artifact.model_validate_json(row) for row in rows]
