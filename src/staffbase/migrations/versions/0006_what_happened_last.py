"""the newest of a kind is found in the ledger, however long it is."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ledger_action_at", "ledger", ["action", "at"])
