"""What people decided about suggestions, read back from the wiki.

log pages, review category, deletion log, talk pages ──▶ Reader ──▶ ledger
ledger ──▶ consensus ──▶ statistics, and files that are never suggested again
"""
