"""The command line: arguments, terminal output and exit codes only; one module per command.

Data on stdout, all else on stderr. Only this package prints, reads the clock and reads the environment.
"""

from __future__ import annotations


def main() -> None:
    """Runs `sovercheck` on the arguments of this process and ends it with the exit code."""
    import gc
    import sys

    # A run allocates much and frees it at its end; looking for cycles at the default pace costs a tenth of its time.
    gc.set_threshold(100_000, 50, 100)
    from sovercheck.cli.program import run

    code = run(sys.argv[1:])
    # Nothing is left to do but to end: what is still there is not gone through for cycles.
    gc.freeze()
    sys.exit(code)
