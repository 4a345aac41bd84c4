"""An independent oracle of the arithmetic, and random months to compare it with `slawatch replay` on.

python -m tests.oracle --months 2000 --seed 1
python -m tests.oracle --months 2000 --by-the-second
"""
