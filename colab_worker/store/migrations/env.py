"""Runs migrations on the connection that ``Database.migrate`` hands over."""

from alembic import context

from colab_worker.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # a kill in the middle leaves the old schema whole
)
with context.begin_transaction():
    context.run_migrations()
