"""Lance les doublures des deux nuages, les lit et écrit le bilan. / Starts the clouds' doubles, reads them, reports.

From the repository's root: `make nuage`. What follows on the command line goes to `sovercheck assess`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AZURE_PORT = "18602"
"""As `sovercheck.yaml` has it."""


def main(arguments: list[str]) -> int:
    """The exit code of the assessment."""
    doubles = subprocess.Popen(
        [sys.executable, "-m", "tests.doubles", "serve", AZURE_PORT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert doubles.stdout is not None
        line = doubles.stdout.readline()
        if not line:
            return doubles.wait() or 1
        told = json.loads(line)
        # Keys of nobody's, for a server on this machine.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": told["aws"],
            "AWS_ACCESS_KEY_ID": "double",
            "AWS_SECRET_ACCESS_KEY": "double",
            "AWS_DEFAULT_REGION": "ca-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
        }
        command = [sys.executable, "-m", "sovercheck", "assess", *arguments]
        return subprocess.run(command, cwd=HERE, env=environment, check=False).returncode
    finally:
        doubles.terminate()
        doubles.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
