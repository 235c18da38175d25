"""The database: its history, its guarded changes, and how quickly it is ready."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.bell import Bell
from orchestrator.store.films import ANY, AT_WORK, FilmStore, KeyTaken
from orchestrator.store.mirrored import MirrorStore
from orchestrator.store.outages import MOST
from orchestrator.store.schema import MIGRATIONS, prepare_schema
from orchestrator.store.tables import HEAD, metadata
from orchestrator.store.workers import WorkerStore
from orchestrator.url_intake import WorkerAddress
from shared_protocol.films import FilmState
from shared_protocol.kit.changes import Changes
from shared_protocol.kit.database import Database
from tests.film_rows import film


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A new database with all tables."""
    made = await asyncio.to_thread(Database.in_file, tmp_path / "o.db")
    await prepare_schema(made)
    yield made
    await made.close()


@pytest.fixture
async def films(database: Database) -> FilmStore:
    """The films in it."""
    store = FilmStore(database, Changes(), Bell())
    await store.load()
    return store


def shape(path: Path) -> dict[str, object]:
    """Tables with columns, keys and indexes of a database file."""
    engine = sa.create_engine(f"sqlite:///{path}")
    inspector = sa.inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(inspector.get_table_names()):
        columns = [
            (c["name"], str(c["type"]), c["nullable"], c["primary_key"])
            for c in inspector.get_columns(table)
        ]
        indexes = sorted(str(index) for index in inspector.get_indexes(table))
        unique = sorted(
            str(u["column_names"]) for u in inspector.get_unique_constraints(table)
        )
        keys = sorted(
            str(k["constrained_columns"]) for k in inspector.get_foreign_keys(table)
        )
        found[table] = (columns, indexes, unique, keys)
    engine.dispose()
    return found


async def test_a_new_database_equals_a_migrated_one(
    tmp_path: Path, database: Database
) -> None:
    """Both ways to the newest tables end in the same schema and revision."""
    old = await asyncio.to_thread(Database.in_file, tmp_path / "old.db")
    await old.migrate(MIGRATIONS, HEAD)
    async with old.read() as connection:
        query = sa.text("SELECT version_num FROM alembic_version")
        assert (await connection.execute(query)).scalar() == HEAD
    await old.close()
    await prepare_schema(database)  # a second time changes nothing

    new, migrated = await asyncio.gather(
        asyncio.to_thread(shape, tmp_path / "o.db"),
        asyncio.to_thread(shape, tmp_path / "old.db"),
    )
    assert new == migrated
    assert set(new) == {*metadata.tables, "alembic_version"}


async def test_a_change_names_the_state_it_expects(films: FilmStore) -> None:
    """A change from another state, or of an old attempt, does nothing."""
    first = film()
    await films.add(first)
    canceled = FilmState.CANCELED

    assert not await films.change(first.job_id, {FilmState.SENT}, state=canceled)
    assert not await films.change(
        first.job_id, {FilmState.STARTING}, of_attempt=2, state=canceled
    )
    assert await films.change(first.job_id, {FilmState.STARTING}, state=canceled)
    after = await films.get(first.job_id)
    assert after is not None
    assert (after.state, after.version) == (canceled, 2)


async def test_of_many_changes_at_once_one_wins(films: FilmStore) -> None:
    """Ten loops that want the same film: one gets it, and the version rises by one."""
    first = film()
    await films.add(first)
    won = await asyncio.gather(
        *(
            films.change(first.job_id, {FilmState.STARTING}, state=FilmState.SENDING)
            for _ in range(10)
        )
    )

    assert sum(won) == 1
    assert films.versions[first.job_id] == 2


async def test_readers_wake_at_a_change(films: FilmStore) -> None:
    """Whoever waits for a film, or for any film, is woken by its next version."""
    first = film()
    await films.add(first)
    waits = [
        asyncio.create_task(films.wait(key, films.versions[key], 600))
        for key in (first.job_id, ANY)
    ]
    await asyncio.sleep(0)
    await films.change(first.job_id, {FilmState.STARTING}, message="news")

    await asyncio.wait_for(asyncio.gather(*waits), 60)


async def test_a_key_makes_one_film(films: FilmStore) -> None:
    """The second film under a key is refused with the first in hand."""
    first = film(idempotency_key="k", body_sha256="a" * 64)
    await films.add(first)

    with pytest.raises(KeyTaken) as caught:
        await films.add(film(idempotency_key="k"))
    assert caught.value.film.job_id == first.job_id


async def test_a_hand_over_cut_short_is_put_back_in_line(films: FilmStore) -> None:
    """After a crash while sending, the film is placed again."""
    first = film(state=FilmState.SENDING)
    await films.add(first)
    await films.load()

    assert [waiting.job_id for waiting in await films.to_place()] == [first.job_id]
    assert films.versions[first.job_id] == 2


async def test_a_token_is_kept_by_address(database: Database) -> None:
    """Coming back to an address finds its token; another address does not get it."""
    store = WorkerStore(database)
    await store.use(WorkerAddress("https://a.example", "token-of-a"))
    await store.use(WorkerAddress("https://b.example", None))

    assert await store.current() == WorkerAddress("https://b.example", None)
    assert await store.token_of("https://a.example") == "token-of-a"
    assert await store.token_of("https://b.example") is None
    await store.use(None)
    assert await store.current() is None


def test_the_orchestrator_loads_nothing_heavy() -> None:
    """Importing it brings in no model, no picture library, no migration tool."""
    heavy = {"torch", "google.genai", "numpy", "PIL", "alembic", "colab_worker"}
    code = f"import sys, orchestrator.serve; print({heavy!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stdout.strip() == "set()", done.stderr


async def test_a_worker_is_at_work_before_the_whole_film_is_there(
    films: FilmStore,
) -> None:
    """It draws first scenes while the last are written; what only waits is nobody's."""
    states = ("generating_script", "sending_to_colab", "requeued", "review", "complete")
    made = [film(state=FilmState(word), worker_kind="local") for word in states]
    for one in made:
        await films.add(one)

    assert await films.placed("local") == {}
    busy = await films.placed("local", AT_WORK)
    assert set(busy) == {one.job_id for one in made[:2]}
    assert await films.placed("remote", AT_WORK) == {}


async def test_only_so_many_outages_are_kept(films: FilmStore) -> None:
    """The newest; what says again that the worker is away begins no other."""
    made = film(state=FilmState.SENT)
    await films.add(made)
    ends = []
    for _ in range(MOST + 3):
        for state in (FilmState.UNREACHABLE, FilmState.UNREACHABLE, FilmState.SENT):
            assert await films.change(made.job_id, AT_WORK, state=state)
        found = await films.get(made.job_id)
        assert found is not None
        ends.append(found.outages[-1])

    assert list(found.outages) == ends[-MOST:]
    assert all(outage.until for outage in ends)


async def test_a_film_is_saved_with_its_need_of_files(
    database: Database, films: FilmStore
) -> None:
    """In one step: whatever happens next, nobody throws them out."""
    made, hashes = film(), ["a" * 64, "b" * 64, "a" * 64]
    await films.add(made, hashes)

    assert await MirrorStore(database).used_blobs() == set(hashes)
    again = replace(film(), idempotency_key="key")
    await films.add(again, ["c" * 64])
    with pytest.raises(KeyTaken):
        await films.add(replace(film(), idempotency_key="key"), ["d" * 64])
    assert await MirrorStore(database).used_blobs() == {*hashes, "c" * 64}
