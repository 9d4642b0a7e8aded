"""Backfills of thousands of files on loopback, with workers and Redis killed in their midst.

`make backfill-proof`; `test_backfill_proof.py` is its short form.
"""
