"""`run.json`, beside the JSON report: what an assessment itself never holds, as the clock, the command and paths."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck import __version__
from sovercheck.cli.exits import Exit, Outcome

if TYPE_CHECKING:
    from sovercheck.config import Config

NAME = "run.json"
SCHEMA = "sovercheck/run/v1"


class Record:
    """One run, from the moment that this is made.

    Args:
        arguments: the words of the command line.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._command = ["sovercheck", *arguments]
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()

    def write(
        self, config: Config, fail_on: str, established: Outcome, code: Exit, kept: Path | None = None
    ) -> Path | None:
        """Writes the record beside the JSON report, if there is one, and into the folder of a run that is kept.

        Args:
            config: of the run.
            fail_on: what was asked for.
            established: what the run established.
            code: what it ends with.
            kept: the folder, not yet named.

        Returns:
            The record beside the JSON report.

        Raises:
            InputError: the disk refuses.
        """
        from sovercheck.config import sha256_of
        from sovercheck.files import written_whole

        report = config.reports.get("json")
        folders = [folder for folder in (report.parent if report is not None else None, kept) if folder is not None]
        if not folders:
            return None
        content = {
            "schema": SCHEMA,
            "version": __version__,
            "python": platform.python_version(),
            "host": platform.node(),
            "started": self._started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self._clock, 3),
            "command": self._command,
            "configuration": {"path": str(config.path.resolve()), "sha256": sha256_of(config.path)},
            "reports": {
                name: {"path": str(path.resolve()), "sha256": sha256_of(path)} for name, path in config.reports.items()
            },
            "fail_on": fail_on,
            "failing": established.failing,
            "unknown": established.unknown,
            "waived": established.waived,
            "gaps": established.gaps,
            "unread_listings": established.unread,
            "nothing_assessed": established.nothing,
            "exit_code": int(code),
        }
        text = json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n"
        for folder in folders:
            with written_whole(folder / NAME) as stream:
                stream.write(text)
        return report.with_name(NAME) if report is not None else None
