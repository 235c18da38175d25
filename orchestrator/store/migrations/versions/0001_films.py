"""Films, their mirrored units and files, and remote workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates all tables."""
    op.create_table(
        "films",
        sa.Column("job_id", sa.String(64), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(32), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("progress", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("stage", sa.String(64), nullable=False),
        sa.Column("eta_s", sa.Float),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("finished_at", sa.String(32)),
        sa.Column("request_json", sa.Text, nullable=False),
        sa.Column("script_json", sa.Text, nullable=False),
        sa.Column("spec_json", sa.Text, nullable=False),
        sa.Column("warnings_json", sa.Text, nullable=False),
        sa.Column("error_json", sa.Text),
        sa.Column("idempotency_key", sa.String(255), unique=True),
        sa.Column("body_sha256", sa.String(64)),
        sa.Column("worker_kind", sa.String(16)),
        sa.Column("worker_url", sa.Text),
        sa.Column("worker_boot", sa.String(64)),
        sa.Column("worker_reason", sa.Text),
        sa.Column("render_json", sa.Text),
    )
    op.create_table(
        "units",
        sa.Column(
            "job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True
        ),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("result_json", sa.Text, nullable=False),
    )
    op.create_table(
        "artifacts",
        sa.Column(
            "job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True
        ),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("artifact_json", sa.Text, nullable=False),
    )
    op.create_table(
        "blob_uses",
        sa.Column(
            "job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True
        ),
        sa.Column("sha256", sa.String(64), primary_key=True, index=True),
    )
    op.create_table(
        "workers",
        sa.Column("url", sa.String(300), primary_key=True),
        sa.Column("token", sa.Text),
        sa.Column("current", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Drops all tables."""
    for table in ("workers", "blob_uses", "artifacts", "units", "films"):
        op.drop_table(table)
