"""The wheel's build: compiles the message catalogues, the reference data and the shipped policies to JSON.

An editable install has none of it, and reads the YAML as people edit it.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `sovercheck/_bundled/*` to the wheel; a mistake in what ships ends the build."""

    _folder: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles, unless the install is editable."""
        if version == "editable":
            return
        self._folder = Path(tempfile.mkdtemp(prefix="sovercheck-build-"))
        for name, content in compiled(Path(self.root)).items():
            path = self._folder / name
            text = (
                content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            )
            path.write_text(text, encoding="utf-8")
            build_data["force_include"][str(path)] = f"sovercheck/_bundled/{name}"
        templates = self._folder / "compiled_templates"
        compile_templates(Path(self.root), templates)
        build_data["force_include"][str(templates)] = "sovercheck/_bundled/compiled_templates"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes the compiled files; they are in the wheel."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def compile_templates(root: Path, target: Path) -> None:
    """Compiles the HTML templates of a source tree to Python modules."""
    sys.path.insert(0, str(root / "src"))
    try:
        from sovercheck.reports import page

        page.compile_templates(target)
    finally:
        sys.path.pop(0)


def compiled(root: Path) -> dict[str, object]:
    """File name → content, a text or what is written as JSON, from a source tree.

    Imports the package without its engine, its templates and its clouds.
    """
    sys.path.insert(0, str(root / "src"))
    try:
        from sovercheck import bundle, messages
        from sovercheck.policy import loader
        from sovercheck.reference import COMPILED, load_reference, parties
        from sovercheck.sources import kinds

        reference = load_reference(bundle.policies() / "reference")
        described = kinds.plain_kinds()
        return {
            "messages.json": messages.read_catalogues(),
            COMPILED: reference.compiled(),
            parties.COMPILED: parties.plain_parties(),
            loader.COMPILED: loader.shipped_to_json(reference),
            kinds.COMPILED: described,
            kinds.COMPILED_PLANNED: kinds.by_type(kinds.plain_planned(described)),
            kinds.DATALESS: kinds.plain_dataless(),
        }
    finally:
        sys.path.pop(0)
