"""first."""

from alembic import op
from sqlmodel import SQLModel

from staffbase.journal import search

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    SQLModel.metadata.create_all(op.get_bind())
    search.create_index(op.get_bind())
