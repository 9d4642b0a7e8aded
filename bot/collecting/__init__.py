"""Pictures to learn from, from the wiki: what people decided about, and whole categories.

ledger, categories ──▶ files wanted ──▶ thumbnails, licences ──▶ a labelled folder
"""
