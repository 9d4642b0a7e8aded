"""How good the suggestions are, from what people decided about them.

ledger ──▶ cases (a suggestion and what counts for it) ──▶ Report ──▶ text, CSV, JSON, wikitext
"""
