"""`python -m sovercheck`."""

from __future__ import annotations

from sovercheck.cli import main

main()
