"""The worker's tables: jobs, their units, and the memo of finished work."""

from __future__ import annotations

import sqlalchemy as sa

#: The revision of the schema that this code needs; the head of ``migrations``.
HEAD = "0001"

metadata = sa.MetaData()

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("spec_sha256", sa.String(64), nullable=False),
    sa.Column("idempotency_key", sa.String(255), unique=True),
    sa.Column("body_sha256", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("error", sa.JSON),
    sa.Column("warnings", sa.JSON, nullable=False),
    sa.Column("draft", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("started_at", sa.String(32)),
    sa.Column("finished_at", sa.String(32)),
    sa.Column("heartbeat_at", sa.String(32)),
)

units = sa.Table(
    "units",
    metadata,
    sa.Column(
        "job_id",
        sa.String(64),
        sa.ForeignKey("jobs.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("scene", sa.Integer),
    sa.Column("needs", sa.JSON, nullable=False),
    sa.Column("engine", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("interruptions", sa.Integer, nullable=False),
    sa.Column("reused", sa.Boolean, nullable=False),
    sa.Column("key", sa.String(64)),
    sa.Column("result", sa.JSON),
    sa.Column("error", sa.JSON),
    sa.Column("started_at", sa.String(32)),
    sa.Column("finished_at", sa.String(32)),
)

memo = sa.Table(
    "memo",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
)
