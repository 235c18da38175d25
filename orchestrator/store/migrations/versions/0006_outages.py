"""When the worker of a film was away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the column; of films that there are nothing is known."""
    op.add_column("films", sa.Column("outages_json", sa.Text))


def downgrade() -> None:
    """Drops it."""
    op.drop_column("films", "outages_json")
