"""From decisions to a candidate beside the live model. It recommends, and never switches.

plan ──▶ decided files ──▶ pictures ──▶ data set ──▶ candidate ──▶ side by side ──▶ report
"""
