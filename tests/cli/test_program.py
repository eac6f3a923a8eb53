from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sovercheck import __version__, pipeline
from sovercheck.cli import facts

from .conftest import Cli

_HEAVY = {"duckdb", "pydantic", "jinja2", "boto3", "azure", "babel", "xlsxwriter", "yaml"}


def python(*arguments: str, **environment: str) -> list[str]:
    env = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, env=env, check=True)
    return done.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8")).splitlines()


def test_the_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; from sovercheck.cli.program import run; run(['--version']); "
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & {_HEAVY!r}))"
    )
    assert python("-c", code) == [f"sovercheck {__version__}", "[]"]


def test_the_help_imports_no_engine() -> None:
    code = (
        "import sys; from sovercheck.cli.program import run; run(['--help']); "
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & {_HEAVY - {'yaml'}!r}))"
    )
    assert python("-c", code)[-1] == "[]"


def test_it_runs_as_a_module() -> None:
    assert python("-m", "sovercheck", "--version") == [f"sovercheck {__version__}"]


def test_without_a_command_the_help_is_told_and_the_code_is_2(cli: Cli) -> None:
    ended = cli()
    assert ended.code == 2
    assert ended.out == ""
    assert "Commandes" in ended.err


def test_data_is_on_stdout_and_errors_on_stderr(cli: Cli) -> None:
    listed = cli("policy", "list")
    assert (listed.code, listed.err) == (0, "")
    refused = cli("policy", "explain", "nope-nope")
    assert (refused.code, refused.out) == (2, "")


def _fault(*_: object) -> None:
    raise ZeroDivisionError("secret")


def test_an_internal_error_apologises_without_a_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "_text", _fault)
    ended = cli("facts")
    assert ended.code == 70
    assert "ZeroDivisionError" in ended.err
    assert "SOVERCHECK_DEBUG=1" in ended.err
    assert "Traceback" not in ended.err
    assert "secret" not in ended.err
    monkeypatch.setenv("SOVERCHECK_DEBUG", "1")
    assert "Traceback" in cli("facts").err


def test_an_interruption_is_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(facts, "_text", interrupted)
    ended = cli("facts")
    assert (ended.code, ended.out, ended.err) == (130, "", "Interrompu.\n")


def test_an_interrupted_assessment_writes_no_report(cli: Cli, assessed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in sorted((assessed / "sortie").iterdir())}

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "assess", interrupted)
    assert cli("assess", "--as-of", "2026-11-23").code == 130
    assert {path: path.read_bytes() for path in sorted((assessed / "sortie").iterdir())} == before


def test_a_broken_pipe_is_quiet() -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "sovercheck", "facts", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    told = program.stderr.read()
    assert program.wait() == 141
    assert told == b""
    program.stderr.close()


def test_without_a_stdout_nothing_is_printed_and_nothing_breaks() -> None:
    done = subprocess.run(
        [f"{sys.executable} -m sovercheck facts >&-"], shell=True, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_encoding_that_lacks_a_character_is_no_error() -> None:
    lines = python("-m", "sovercheck", "facts", "--subject", "estate", PYTHONIOENCODING="latin-1")
    assert any("\\u2019" in line for line in lines)


def test_control_c_ends_a_running_command_with_130(tmp_path: Path) -> None:
    code = (
        "import time; from sovercheck.cli import facts; from sovercheck.cli.program import run\n"
        "def wait(*_):\n    print('ready', flush=True); time.sleep(30)\n"
        "facts._text = wait\nraise SystemExit(run(['facts']))"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    assert program.stdout is not None
    assert program.stdout.readline() == b"ready\n"
    time.sleep(0.05)
    program.send_signal(signal.SIGINT)
    assert program.wait(timeout=10) == 130
    program.stdout.close()
