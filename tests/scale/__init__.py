"""The plan past one machine: arithmetic from measured figures, and two simulations.

    docs/benchmarks.md ─▶ figures ─▶ arithmetic ──────────────▶ report ─▶ docs/scale.md
                                  └▶ minutes ─▶ rates ─▶ years ─▶ chart ─▶ docs/scale.svg

`minutes` plays single requests through the bot's own meter; `years` lets the rates found there run
for as long as it takes. Everything is seeded: the same input prints the same tables.
"""
