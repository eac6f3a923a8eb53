from __future__ import annotations

import importlib

import pytest

from sovercheck.sources.base import SHIPPED, Shipped


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.kind)
def test_each_shipped_source_keeps_the_contract(shipped: Shipped) -> None:
    source = getattr(importlib.import_module(shipped.module), shipped.name)
    assert source.kind == shipped.kind
    assert isinstance(source.name, property)
    assert callable(source.collect)


def test_each_kind_stands_once() -> None:
    kinds = [shipped.kind for shipped in SHIPPED]
    assert kinds == sorted(set(kinds))
