"""`python -m slawatch` is `slawatch`."""

from slawatch.cli import main

main()
