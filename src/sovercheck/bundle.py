"""Where the shipped policies, templates and catalogue are: inside the wheel, or at the repository's root."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"
_REPOSITORY = _PACKAGE.parent.parent


@cache
def policies() -> Path:
    """The folder of the shipped policies; `reference/` stands in it.

    An editable install has no bundled copy, so that what people edit is what runs.
    """
    bundled = _BUNDLED / "policies"
    return bundled if bundled.is_dir() else _REPOSITORY / "policies"


@cache
def templates() -> Path:
    """The folder of the report templates."""
    bundled = _BUNDLED / "templates"
    return bundled if bundled.is_dir() else _REPOSITORY / "reports" / "templates"


def catalogues() -> Path:
    """The folder of the message catalogues, one YAML file a theme."""
    return _PACKAGE / "catalogues"


def compiled(name: str) -> Path | None:
    """A JSON file that the wheel's build compiled from YAML, or None where YAML is read as it stands."""
    path = _BUNDLED / name
    return path if path.is_file() else None


def compiled_templates() -> Path | None:
    """The folder of the templates that the wheel's build compiled to Python; None where they are read as they stand."""
    path = _BUNDLED / "compiled_templates"
    return path if path.is_dir() else None
