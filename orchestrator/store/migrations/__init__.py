"""The history of the tables, run by alembic when a database is behind."""
