"""Alembic: each file in `versions` is one step from an older ledger to a newer."""
