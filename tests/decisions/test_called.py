"""A change's name in ids and sources."""

from __future__ import annotations

from sovercheck.decisions.called import called, renamed
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, Item, Known, Note, Reading, Row

KNOWN = Known("primary", Evidence(Grade.DOCUMENTED, "plan.json", "2026-11-27", "aws_s3_bucket"))
ADDRESS = 'aws_s3_bucket.x["plan.json#y"]'
RESOURCE = f"plan.json#{ADDRESS}"
ITEMS: tuple[Item, ...] = (
    Row("resource", RESOURCE, {"provider": "aws"}, {"name": KNOWN}),
    Row(
        "copy", f"plan.json#{ADDRESS}#primary", {"resource": f"plan.json#{ADDRESS}", "provider": "aws"}, {"kind": KNOWN}
    ),
    Gap("plan.json", "not_in_plan", "copy", f"{RESOURCE}#primary", ("place",), needs="provider aws: region"),
    Gap("plan.json", "refused", "resource"),
    Note("plan.json", "code", {"n": 1}),
    Reading("plan.json", "*", "*", "aws", "object_bucket", "read", 1),
)


def test_a_change_without_a_name_is_its_files() -> None:
    assert called("infra/plan.json", None) == "infra/plan.json"
    assert tuple(renamed(ITEMS, "plan.json", None)) == ITEMS


def test_a_name_stands_before_the_file_as_a_folder_would() -> None:
    assert called("infra/plan.json", "depot") == "depot/infra/plan.json"
    resource, copy, gap, listing, note, reading = renamed(ITEMS, "plan.json", "depot")
    assert isinstance(resource, Row)
    assert isinstance(copy, Row)
    assert resource.id == f"depot/plan.json#{ADDRESS}"
    assert copy.id == f"depot/plan.json#{ADDRESS}#primary"
    assert copy.links == {"resource": resource.id, "provider": "aws"}
    assert copy.facts["kind"].value == "primary"
    assert copy.facts["kind"].evidence.source == "depot/plan.json"
    assert isinstance(gap, Gap)
    assert (gap.id, gap.needs) == (copy.id, "provider aws: region")
    assert isinstance(listing, Gap)
    assert listing.id is None
    assert {item.source for item in (gap, listing, note, reading) if not isinstance(item, Row)} == {"depot/plan.json"}


def test_evidence_that_rows_share_stays_shared() -> None:
    """Of a large plan, one evidence stands for thousands of facts."""
    resource, copy, *_ = renamed(ITEMS, "plan.json", "depot")
    assert isinstance(resource, Row)
    assert isinstance(copy, Row)
    assert resource.facts["name"].evidence is copy.facts["kind"].evidence
