"""Accounts read side by side: an interrupt of the first process ends the others, which ignore the terminal's own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from sovercheck.sources.aws.together import Tally
from sovercheck.sources.base import Scanning

PROGRAM = """
import sys, time
from pathlib import Path
from sovercheck.sources.aws import together
from sovercheck.sources.aws.gather import Account
from sovercheck.sources.aws.plan import Excluded
from sovercheck.sources.base import Work

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    accounts = [
        Account(id_, "aws", folder / f"{id_}.ndjson", "2026-11-27", Excluded(frozenset(), None, None))
        for id_ in ("1", "2")
    ]
    try:
        together.gather_all("aws", accounts, 2, Work(folder, "2026-11-27"))
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_an_interrupt_ends_every_process_quietly(tmp_path: Path) -> None:
    """Both accounts ask an address that never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        (tmp_path / "program.py").write_text(textwrap.dedent(PROGRAM), encoding="utf-8")
        environment = os.environ | {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "NO_PROXY": "127.0.0.1",
        }
        with subprocess.Popen(
            [sys.executable, str(tmp_path / "program.py"), str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            text=True,
        ) as running:
            try:
                # Both processes have begun to ask once both connections are there.
                silent.settimeout(60)
                held = [silent.accept()[0] for _ in range(2)]
                began = time.monotonic()
                # As the terminal does it: every process of the group is interrupted.
                os.killpg(running.pid, signal.SIGINT)
                out, err = running.communicate(timeout=30)
                assert time.monotonic() - began < 20, "nobody waits for the answers"
                for connection in held:
                    connection.close()
            finally:
                running.kill()
    assert out == "interrupted\n"
    assert "Traceback" not in err
    assert not multiprocessing.active_children()


def test_accounts_that_are_begun_are_told_from_those_that_are_not() -> None:
    told: list[Scanning] = []
    tally = Tally("aws", 3, told.append)
    counts = {"calls": 1, "throttled": 0, "refused": 0, "units": 10, "units_done": 4, "resources": 2}
    tally(("1", counts, True))
    tally(("2", counts, False))
    assert [(scan.accounts, scan.accounts_begun, scan.accounts_done, scan.listings) for scan in told] == [
        (3, 1, 1, 10),
        (3, 2, 1, 20),
    ]
