"""`python -m bedsim`, the same as `bedsim`."""

from bedsim.cli import main

main()
