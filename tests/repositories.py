"""Real repositories of Git, for tests of what reads one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


def git(folder: Path, *words: str) -> str:
    """What a command of git prints, whatever the machine's own settings are."""
    settings = ("-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "protocol.file.allow=always")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    ended = subprocess.run(
        ["git", "-C", str(folder), *settings, *words], capture_output=True, text=True, check=True, env=environment
    )
    return ended.stdout.strip()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes files, and the folders that they need."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def commit(folder: Path, files: Mapping[str, str]) -> str:
    """Commits files and all else that is not ignored; the commit's hash."""
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x", "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


def on_a_branch(folder: Path, files: Mapping[str, str]) -> Path:
    """Makes a repository whose branch `main` has these files, on a branch of its own, `changement`."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, files)
    git(folder, "checkout", "-q", "-b", "changement")
    return folder
