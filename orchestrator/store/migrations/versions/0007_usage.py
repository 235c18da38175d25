"""What the writing service was asked for, for the script of a film."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the column; of films that there are, their script alone tells it."""
    op.add_column("films", sa.Column("usage_json", sa.Text))


def downgrade() -> None:
    """Drops it."""
    op.drop_column("films", "usage_json")
