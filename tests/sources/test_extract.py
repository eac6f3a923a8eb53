"""Copies of copies, and what no description knows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.rows import Row
from sovercheck.reference import load_reference
from sovercheck.sources.aws.gather import Wanted
from sovercheck.sources.extract import Extractor, root_of

EXTRACTOR = Extractor("aws", "AWS 111122223333", load_reference().regions, Wanted(), "2026-11-27")
names = st.sampled_from("abcdef")


def test_a_backup_of_a_replica_is_a_copy_of_what_is_replicated() -> None:
    folded = {"backup": "replica", "replica": "database"}
    assert root_of("backup", folded, {"backup", "replica", "database"}) == "database"


def test_what_was_not_listed_is_no_root() -> None:
    assert root_of("backup", {"backup": "replica", "replica": "database"}, {"backup", "replica"}) == "replica"


@given(st.dictionaries(names, names), st.sets(names), names)
def test_whatever_names_what_a_root_is_found(folded: dict[str, str], listed: set[str], start: str) -> None:
    root = root_of(start, folded, listed)
    assert root == start or root in listed


def test_what_no_description_knows_has_its_type_and_place_and_nothing_concluded() -> None:
    arn = "arn:aws:newservice:ca-central-1:111122223333:thing/1"
    resource, copy = EXTRACTOR.undescribed(arn, "newservice:thing/", "111122223333", "ca-central-1", ("a=b",))
    assert isinstance(resource, Row)
    assert isinstance(copy, Row)
    assert (resource.facts["kind"].value, "holds_data" in resource.facts) == ("undescribed", False)
    assert copy.facts["place"].value == "CA-QC"


def test_that_a_network_keeps_no_data_is_inferred_from_its_type() -> None:
    arn = "arn:aws:ec2:ca-central-1:111122223333:subnet/subnet-1"
    resource, _ = EXTRACTOR.undescribed(arn, "ec2:subnet/", "111122223333", "ca-central-1", ())
    assert isinstance(resource, Row)
    holds = resource.facts["holds_data"]
    assert (resource.facts["kind"].value, holds.value, holds.evidence.grade) == ("without_data", False, Grade.INFERRED)


def test_a_region_that_the_reference_does_not_know_has_no_place() -> None:
    _, copy = EXTRACTOR.undescribed("arn:aws:x:y:1:z", "x:", "1", "xx-nowhere-1", ())
    assert isinstance(copy, Row)
    assert "place" not in copy.facts
    assert copy.facts["region"].value == "xx-nowhere-1"
