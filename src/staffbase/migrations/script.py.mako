"""${message}."""

import sqlalchemy as sa
from alembic import op
% if down_revision is None:

from staffbase.journal import search
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
% if down_revision is None:
    search.create_index(op.get_bind())
% endif
