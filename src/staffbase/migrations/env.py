"""What Alembic runs for every command; the connection, and its transaction, are the caller's."""

from alembic import context
from sqlmodel import SQLModel

from staffbase.migrations.compare import ours, plain_type

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    include_name=ours,
    render_item=plain_type,
    render_as_batch=context.config.attributes.get("batch", True),
    compare_type=True,
)
context.run_migrations()
