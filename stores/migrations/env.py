"""Alembic's entry point; :meth:`stores.database.Database.migrate` hands over a connection with the lock."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
