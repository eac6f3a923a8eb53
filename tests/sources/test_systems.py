from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.inventory.rows import Row
from sovercheck.inventory.ties import Matcher
from sovercheck.sources.base import Source
from sovercheck.sources.systems import SystemsFile


def test_it_is_a_source_that_gives_systems_and_matchers(tmp_path: Path) -> None:
    path = tmp_path / "systemes.yaml"
    path.write_text("systems: [{id: a, resources: [{tag: x}]}]\n", encoding="utf-8")
    source = SystemsFile(path, "systemes.yaml", "Établissement exemple")
    assert isinstance(source, Source)
    assert (source.kind, source.name) == ("systems", "systemes.yaml")
    assert source.inputs() == (("systemes.yaml", path),)
    assert [item.id for item in source.collect() if isinstance(item, Row)] == ["a"]
    assert source.matchers() == (Matcher("a", (("tag", "x"),)),)


def test_a_file_that_is_missing_is_an_error_wherever_it_is_asked_for(tmp_path: Path) -> None:
    source = SystemsFile(tmp_path / "x.yaml", "x.yaml", "Établissement exemple")
    for ask in (source.inputs, source.matchers, lambda: list(source.collect())):
        with pytest.raises(InputError) as raised:
            ask()
        assert (raised.value.code, str(raised.value.place)) == ("systems_missing", "x.yaml")
