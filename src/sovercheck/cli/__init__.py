"""The command line: arguments, terminal output and exit codes only; one module per command.

Data on stdout, all else on stderr. Only this package prints, reads the clock and reads the environment.
"""

from __future__ import annotations


def main() -> None:
    """Runs `sovercheck` on the arguments of this process and ends it with the exit code.

    What `run` leaves behind is memory alone: files and folders are closed and removed as it goes, output is written. So
    the process ends as it stands; to give back piece by piece what it holds takes a twentieth of a gate's time.
    """
    import gc
    import os
    import sys

    # A run allocates much and frees it at its end; looking for cycles at the default pace costs a tenth of its time.
    gc.set_threshold(100_000, 50, 100)
    from sovercheck.cli.program import run

    code = run(sys.argv[1:])
    print(end="", file=sys.stderr, flush=True)
    os._exit(code)
