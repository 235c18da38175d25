"""Migrations: there and back, equal to the tables in code, and safe to be killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import colab_worker.store.tables as worker_tables
import orchestrator.store.tables as orchestrator_tables
from shared_protocol.kit.database import Database

ROOT = Path(__file__).parents[2]


class Tree(NamedTuple):
    """The migrations of one service, and what they should lead to."""

    name: str
    folder: Path
    metadata: sa.MetaData
    head: str


TREES = [
    Tree(
        package,
        ROOT / package / "store" / "migrations",
        tables.metadata,
        tables.HEAD,
    )
    for package, tables in (
        ("colab_worker", worker_tables),
        ("orchestrator", orchestrator_tables),
    )
]
each_tree = pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.name)

_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from shared_protocol.kit.database import Database

def die_at_the_last_table(connection, cursor, statement, *rest):
    if f"CREATE TABLE {sys.argv[4]} " in statement.replace("\\n", " "):
        os.kill(os.getpid(), signal.SIGKILL)

sa.event.listen(sa.Engine, "after_cursor_execute", die_at_the_last_table)
database = Database.in_file(Path(sys.argv[1]))
asyncio.run(database.migrate(Path(sys.argv[2]), sys.argv[3]))
"""


def alembic(tree: Tree, engine: sa.Engine, verb: str, revision: str) -> None:
    """Runs ``upgrade`` or ``downgrade`` as the service does."""
    config = Config()
    config.set_main_option("script_location", str(tree.folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, verb)(config, revision)


def tables_of(engine: sa.Engine) -> set[str]:
    """The tables that there are, without alembic's own."""
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def differences(tree: Tree, engine: sa.Engine) -> list[Any]:
    """What alembic would still change to reach the tables in code."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, tree.metadata))


@each_tree
def test_up_down_and_up_again(tree: Tree, tmp_path: Path) -> None:
    """Downgrading leaves nothing, upgrading again leads to the tables in code."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/test.db")
    alembic(tree, engine, "upgrade", "head")
    assert differences(tree, engine) == []

    alembic(tree, engine, "downgrade", "base")
    assert tables_of(engine) == set()

    alembic(tree, engine, "upgrade", "head")
    assert tables_of(engine) == set(tree.metadata.tables)
    assert differences(tree, engine) == []
    engine.dispose()


@each_tree
def test_the_schema_is_the_one_that_the_code_would_create(
    tree: Tree, tmp_path: Path
) -> None:
    """Columns, keys, uniqueness and indexes are equal, not only the names of tables."""
    migrated = sa.create_engine(f"sqlite:///{tmp_path}/migrated.db")
    created = sa.create_engine(f"sqlite:///{tmp_path}/created.db")
    alembic(tree, migrated, "upgrade", "head")
    tree.metadata.create_all(created)

    for table in tree.metadata.tables:
        assert _described(migrated, table) == _described(created, table)
    migrated.dispose()
    created.dispose()


@each_tree
def test_the_head_in_code_is_the_head_of_the_scripts(tree: Tree) -> None:
    """The constant that spares importing alembic tells the truth, and there is one head."""
    config = Config()
    config.set_main_option("script_location", str(tree.folder))

    assert ScriptDirectory.from_config(config).get_heads() == [tree.head]


@each_tree
async def test_a_start_brings_the_schema_up_and_the_next_one_changes_nothing(
    tree: Tree, tmp_path: Path
) -> None:
    """The second start does not even write."""
    database = Database.in_file(tmp_path / "test.db")
    for _ in range(2):
        await database.migrate(tree.folder, tree.head)
    await database.close()

    found = sa.create_engine(f"sqlite:///{tmp_path}/test.db")
    assert tables_of(found) == set(tree.metadata.tables)
    found.dispose()


@each_tree
async def test_a_kill_in_the_middle_leaves_a_database_to_go_on_with(
    tree: Tree, tmp_path: Path
) -> None:
    """The first migration is whole or not there; the next start does it again."""
    path = tmp_path / "test.db"
    last = tree.metadata.sorted_tables[-1].name
    arguments = [str(path), str(tree.folder), tree.head, last]
    program = [sys.executable, "-c", _KILLED, *arguments]
    died = await asyncio.to_thread(subprocess.run, program, cwd=ROOT)
    assert died.returncode == -signal.SIGKILL
    assert path.exists()

    database = Database.in_file(path)
    await database.migrate(tree.folder, tree.head)
    await database.close()

    found = sa.create_engine(f"sqlite:///{path}")
    assert tables_of(found) == set(tree.metadata.tables)
    assert differences(tree, found) == []
    found.dispose()


def _described(engine: sa.Engine, table: str) -> dict[str, Any]:
    inspector = sa.inspect(engine)
    columns = {
        column["name"]: (str(column["type"]), column["nullable"], column["default"])
        for column in inspector.get_columns(table)
    }
    return {
        "columns": columns,
        "key": inspector.get_pk_constraint(table)["constrained_columns"],
        "unique": sorted(
            constraint["column_names"]
            for constraint in inspector.get_unique_constraints(table)
        ),
        "indexes": sorted(
            (index["column_names"], index["unique"])
            for index in inspector.get_indexes(table)
        ),
        "foreign": sorted(
            (key["constrained_columns"], key["referred_table"], str(key["options"]))
            for key in inspector.get_foreign_keys(table)
        ),
    }
