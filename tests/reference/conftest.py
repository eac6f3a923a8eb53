from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck import bundle
from sovercheck.reference import Reference, load_reference


@pytest.fixture(scope="session")
def folder() -> Path:
    return bundle.policies() / "reference"


@pytest.fixture(scope="session")
def reference(folder: Path) -> Reference:
    return load_reference(folder)
