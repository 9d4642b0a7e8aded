"""What Alembic runs; `bot.ledger.migrate` hands it the connection, transaction and lock."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
