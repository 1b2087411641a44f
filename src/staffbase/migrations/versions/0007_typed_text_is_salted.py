"""typed text is salted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHANGING_WITH_TYPED_TEXT = ("contact", "house", "person", "resident", "stay", "task", "unit", "walk", "warning")


def upgrade() -> None:
    for table in CHANGING_WITH_TYPED_TEXT:
        op.add_column(table, sa.Column("nonce", sa.LargeBinary(), nullable=True))
