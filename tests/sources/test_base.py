from __future__ import annotations

import importlib

import pytest

from sovercheck.inventory.evidence import Grade
from sovercheck.sources.base import SHIPPED, Shipped

FILES = ("inputs", "collect")
LIVE = ("scan", "trial", "least")


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.kind)
def test_each_shipped_source_keeps_the_contract(shipped: Shipped) -> None:
    source = getattr(importlib.import_module(shipped.module), shipped.name)
    assert source.kind == shipped.kind
    assert isinstance(source.name, property)
    assert all(callable(getattr(source, name)) for name in (LIVE if hasattr(source, "scan") else FILES))


def test_each_kind_stands_once() -> None:
    kinds = [shipped.kind for shipped in SHIPPED]
    assert kinds == sorted(set(kinds))


def test_what_a_cloud_says_of_itself_is_observed() -> None:
    observed = {shipped.kind for shipped in SHIPPED if shipped.evidence is Grade.OBSERVED}
    assert observed == {"aws", "azure"}
