"""For the tests of the gate: plans judged by the shipped rules of residency, on one day."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sovercheck import config
from sovercheck.config import Config
from sovercheck.decisions.gate import Asked, Gated, gate
from sovercheck.gate import GateFinding
from sovercheck.sources.plans import terraform
from sovercheck.sources.plans.model import Asked as Reading
from tests.sources.plans.made import Object, change, configuration, configured, constant, document, provider

TODAY = date(2026, 11, 27)
PLACES = "copy-in-allowed-places"
B = "aws_s3_bucket.b"
ROOT = Path(__file__).resolve().parents[2]


@cache
def residency() -> Config:
    """No configuration of anybody's, and the policy of residency alone."""
    from dataclasses import replace

    return replace(config.default(Path("none"), "fr"), policies=("residency",))


def gated(*plans: Object, by: Config | None = None, names: tuple[str, ...] = (), **asked: Any) -> Gated:
    """The plans judged together; what is tied to nothing is sensitive, unless something else is asked."""
    called = names or tuple(f"p{n}/plan.json" if n else "plan.json" for n in range(len(plans)))
    read = [
        (terraform.read(name, json.loads(json.dumps(plan)), Reading()), "0" * 64)
        for name, plan in zip(called, plans, strict=True)
    ]
    return gate(read, by or residency(), Asked(TODAY, **{"data_class": "sensitive"} | asked))


def of(found: Gated, rule: str = PLACES) -> list[GateFinding]:
    """The findings of one rule."""
    return [finding for finding in found.gate.findings if finding.rule == rule]


def standings(found: Gated, rule: str = PLACES) -> dict[str, tuple[str, str]]:
    """Address → verdict and standing, of the findings of one rule."""
    return {finding.address: (finding.verdict, finding.standing) for finding in of(found, rule)}


def plan(*entries: Object, region: str | None = "us-east-1", **more: Any) -> Object:
    """A plan of buckets under one provider, of a constant region or of none."""
    providers = provider("aws") if region is None else provider("aws", region=constant(region))
    labels = dict.fromkeys(f"{entry['type']}.{entry['name']}" for entry in entries)
    return document(*entries, configuration=configuration(*map(configured, labels), providers=providers), **more)


def stays(address: str = B, region: str | None = None, action: str = "no-op", **more: Any) -> Object:
    """A bucket that is there before and after."""
    shown: Object = {"bucket": "x"} | ({"region": region} if region else {})
    return change(address, shown, actions=(action,), before=shown, **more)
