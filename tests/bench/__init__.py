"""What this project promises about speed and drift, measured beside something to compare with.

`python -m bench` with `tests` on the path, or `make bench`. Each module has a function `measure`.
"""
