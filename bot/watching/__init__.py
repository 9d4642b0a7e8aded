"""How the bot tells others how it does: health, metrics, and what leaves its baseline.

threads ──beat──▶ Vitals ──┐
ledger ──────────▶ census ─┼─▶ /livez /readyz /metrics   and warnings in the log
ledger ──────────▶ days ───┘
"""
