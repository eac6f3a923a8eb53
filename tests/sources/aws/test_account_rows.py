"""The row of an account: where what binds it lets data be kept, and what is not known of that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.rows import Gap, Item, Known, Note, Row
from sovercheck.messages import LANGS, text
from sovercheck.reference import load_reference
from sovercheck.sources.aws.account_rows import account_row
from sovercheck.sources.aws.control_policies import NOTHING_BOUND, Binding
from sovercheck.sources.aws.gather import Account
from sovercheck.sources.aws.plan import Excluded, Region
from sovercheck.sources.aws.region_guard import Policy, statements_of
from sovercheck.sources.journal import Refusal

MONTREAL, CALGARY, VIRGINIA = "ca-central-1", "ca-west-1", "us-east-1"
ACCOUNT = Account("222222222222", "aws", Path("unused"), "2026-11-27", Excluded(frozenset(), None, None))
USED = (Region(MONTREAL, used=True), Region(CALGARY, used=False), Region(VIRGINIA, used=True))
REGIONS = load_reference().regions

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def guard(*allowed: str, **said: Any) -> Policy:
    condition = {"StringNotEquals": {"aws:RequestedRegion": list(allowed)}, **said.pop("Condition", {})}
    statement = {"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*", "Condition": condition, **said}
    return Policy("p-1", "perimetre", statements_of(json.dumps({"Statement": [ALL, statement]})))


def made(bound: Binding | Refusal, used: Sequence[Region] = USED) -> list[Item]:
    return list(account_row("aws", ACCOUNT, used, bound, REGIONS, "2026-11-27"))


def bound(*policies: Policy) -> Binding:
    return Binding({ACCOUNT.id: (policies,) if policies else ()})


def row(items: Iterable[Item]) -> Row:
    (found,) = [item for item in items if isinstance(item, Row)]
    return found


def places(items: Iterable[Item]) -> Known:
    return row(items).facts["usable_places"]


def notes(items: Iterable[Item]) -> dict[str, Mapping[str, str | int]]:
    return {item.code: item.params for item in items if isinstance(item, Note)}


def test_an_account_is_a_resource_that_keeps_nothing() -> None:
    found = row(made(bound()))
    assert found.table == "resource"
    assert found.id == "arn:aws:iam::222222222222:root"
    said = {short: known.value for short, known in found.facts.items() if short != "usable_places"}
    assert said == {
        "kind": "account",
        "native_type": "AWS::Organizations::Account",
        "account": ACCOUNT.id,
        "name": ACCOUNT.id,
        "holds_data": False,
        "copies_complete": True,
    }


def test_without_a_guard_every_region_that_is_on_is_usable() -> None:
    found = places(made(bound()))
    assert (found.value, found.open) == (("CA-QC", "US-VA"), False)
    assert found.evidence.grade is Grade.OBSERVED


def test_a_guard_closes_the_places_and_is_named() -> None:
    items = made(bound(guard(MONTREAL, CALGARY)))
    found = places(items)
    assert (found.value, found.open) == (("CA-QC",), False)
    assert found.evidence.locator == "organizations:DescribePolicy p-1 (perimetre)"
    assert not notes(items)


def test_a_condition_that_cannot_be_told_leaves_the_list_open() -> None:
    found = places(made(bound(guard(MONTREAL, Condition={"Bool": {"aws:ViaAWSService": "false"}}))))
    assert (found.value, found.open) == (("CA-QC",), True)


def test_regions_that_may_be_off_leave_the_list_open() -> None:
    used = (Region(MONTREAL, used=True), Region(VIRGINIA, used=None))
    found = places(made(bound(), used))
    assert (found.value, found.open) == (("CA-QC",), True)
    closed = places(made(bound(guard(MONTREAL)), used))
    assert (closed.value, closed.open) == (("CA-QC",), False)


def test_a_region_of_unknown_place_leaves_the_list_open() -> None:
    found = places(made(bound(), (*USED, Region("xx-nowhere-9", used=True))))
    assert (found.value, found.open) == (("CA-QC", "US-VA"), True)


def test_an_exempt_role_is_told() -> None:
    role = "arn:aws:iam::*:role/secours"
    items = made(bound(guard(MONTREAL, Condition={"ArnNotLike": {"aws:PrincipalARN": role}})))
    assert places(items).value == ("CA-QC",)
    assert notes(items) == {"aws_guard_exempts": {"account": ACCOUNT.id, "policies": "perimetre", "principals": role}}


def test_what_a_guard_leaves_is_told() -> None:
    items = made(bound(guard(MONTREAL, NotAction=["iam:*", "s3:*"])))
    assert places(items).value == ("CA-QC", "US-VA")
    said = {"account": ACCOUNT.id, "policies": "perimetre", "regions": VIRGINIA, "services": "s3"}
    assert notes(items) == {"aws_guard_leaves": said}


@pytest.mark.parametrize("lang", LANGS)
def test_the_notes_have_sentences(lang: Any) -> None:
    items = made(bound(guard(MONTREAL, NotAction=["s3:*"], Condition={"ArnNotLike": {"aws:PrincipalARN": "a"}})))
    found = notes(items)
    assert set(found) == {"aws_guard_exempts", "aws_guard_leaves"}
    for code, params in found.items():
        assert ACCOUNT.id in text(f"note.{code}", lang, **params)


def test_policies_that_could_not_be_read_are_a_gap_of_the_fact() -> None:
    items = made(Refusal("refused", needs="organizations:ListRoots", detail="AccessDenied"))
    assert "usable_places" not in row(items).facts
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert (gap.table, gap.id, gap.facts) == ("resource", row(items).id, ("usable_places",))
    assert (gap.reason, gap.needs) == ("refused", "organizations:ListRoots")


def test_an_account_of_which_nobody_asked_is_unknown_and_no_gap() -> None:
    items = made(NOTHING_BOUND)
    assert len(items) == 1
    assert "usable_places" not in row(items).facts
