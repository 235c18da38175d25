"""Jobs that a worker may have and shall not finish."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "orphans",
        sa.Column("job_id", sa.String(64), primary_key=True),
        sa.Column("url", sa.String(300), primary_key=True),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("orphans")
