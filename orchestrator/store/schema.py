"""Brings a database to the newest tables: a new one at once, an old one step by step."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from orchestrator.store.tables import HEAD, metadata
from shared_protocol.kit.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"

#: Where alembic notes the revision of a database, as alembic itself would make it.
_revisions = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


async def prepare_schema(database: Database) -> None:
    """Makes the tables, or updates them; alembic is only loaded for an old database."""
    async with database.write() as connection:
        if not await connection.run_sync(
            lambda sync: sa.inspect(sync).get_table_names()
        ):
            await connection.run_sync(metadata.create_all)
            await connection.run_sync(_revisions.create)
            await connection.execute(_revisions.insert().values(version_num=HEAD))
    await database.migrate(MIGRATIONS, HEAD)
