"""Films that may cost more than their tunnel has left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "allowed",
        sa.Column(
            "job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True
        ),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("allowed")
