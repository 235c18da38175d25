"""Every version of a script, and the answers of the writing service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates both tables; the scripts that there are become their first versions."""
    op.create_table(
        "scripts",
        sa.Column(
            "job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True
        ),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("made_by", sa.String(16), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("script_json", sa.Text, nullable=False),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("answer_json", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
    )
    op.execute(
        "INSERT INTO scripts (job_id, version, made_by, created_at, script_json) "
        "SELECT job_id, 1, 'writer', created_at, script_json FROM films"
    )


def downgrade() -> None:
    """Drops both tables; the newest script stays with its film."""
    for table in ("answers", "scripts"):
        op.drop_table(table)
