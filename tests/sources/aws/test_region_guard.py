"""What control policies deny: read from their statements and from where they are attached, never from a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sovercheck.sources.aws.making import MAKING_ACTIONS
from sovercheck.sources.aws.region_guard import Level, NotAPolicyError, Policy, Usable, statements_of, usable

MONTREAL, CALGARY, VIRGINIA, PARIS = "ca-central-1", "ca-west-1", "us-east-1", "eu-west-3"
REGIONS = (MONTREAL, CALGARY, VIRGINIA, PARIS)
ACCOUNT = "111122223333"

GLOBAL = ["iam:*", "organizations:*", "sts:*", "support:*", "cloudfront:*", "route53:*"]


def policy(*statements: Mapping[str, Any], name: str = "p") -> Policy:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return Policy(f"p-{name}", name, statements_of(document))


FULL = policy({"Effect": "Allow", "Action": "*", "Resource": "*"}, name="FullAWSAccess")


def deny(condition: Mapping[str, Any] | None = None, **said: object) -> dict[str, Any]:
    about = said if {"Action", "NotAction"} & set(said) else {"NotAction": GLOBAL, **said}
    found = {"Effect": "Deny", "Resource": "*", **about}
    return found if condition is None else {**found, "Condition": condition}


def outside(*regions: str, operator: str = "StringNotEquals", **more: Any) -> dict[str, Any]:
    return {operator: {"aws:RequestedRegion": list(regions)}, **more}


def judged(*guards: Policy, levels: tuple[Level, ...] | None = None) -> Usable:
    """With the guards at the account, where nothing else is said."""
    return usable(levels if levels is not None else ((FULL,), (FULL, *guards)), ACCOUNT, REGIONS)


def test_no_guard_denies_nothing() -> None:
    found = judged()
    assert found.regions == set(REGIONS)
    assert not found.perhaps
    assert not found.partly
    assert not found.guards
    assert judged(levels=()).regions == set(REGIONS)


def test_a_guard_that_denies_one_action_denies_nothing() -> None:
    """The case that is reported as a pass elsewhere: the name and the list of regions are right, the action is not."""
    decoy = policy(
        deny(outside(MONTREAL, VIRGINIA, "ap-east-1"), Action="gamelift:CreateFleet"), name="scp-region-deny"
    )
    found = judged(decoy)
    assert found.regions == set(REGIONS)
    assert not found.guards


GUARD = policy(deny(outside(MONTREAL)), name="anything")


@pytest.mark.parametrize(
    "levels",
    [
        ((FULL, GUARD), (FULL,), (FULL,)),
        ((FULL,), (FULL, GUARD), (FULL,)),
        ((FULL,), (FULL,), (FULL, GUARD)),
    ],
    ids=["root", "unit", "account"],
)
def test_a_guard_binds_from_whatever_level(levels: tuple[Level, ...]) -> None:
    found = judged(levels=levels)
    assert found.regions == {MONTREAL}
    assert not found.perhaps
    assert found.guards == (GUARD,)


@pytest.mark.parametrize(
    ("condition", "regions"),
    [
        (outside(MONTREAL, CALGARY), {MONTREAL, CALGARY}),
        (outside("CA-CENTRAL-1"), set()),
        (outside("CA-CENTRAL-1", operator="StringNotEqualsIgnoreCase"), {MONTREAL}),
        (outside("ca-*", operator="StringNotLike"), {MONTREAL, CALGARY}),
        (outside(MONTREAL, operator="ForAnyValue:StringNotEquals"), {MONTREAL}),
        (outside(MONTREAL, operator="ForAllValues:StringNotLike"), {MONTREAL}),
        (outside(MONTREAL, operator="StringNotEqualsIfExists"), {MONTREAL}),
        (outside(VIRGINIA, PARIS, operator="StringEquals"), {MONTREAL, CALGARY}),
        (outside("us-*", "eu-*", operator="StringLike"), {MONTREAL, CALGARY}),
        ({"StringNotEquals": {"AWS:RequestedREGION": MONTREAL}}, {MONTREAL}),
        ({"Null": {"aws:RequestedRegion": "true"}}, set(REGIONS)),
        (outside(MONTREAL, StringEquals={"aws:PrincipalAccount": ACCOUNT}), {MONTREAL}),
        (outside(MONTREAL, StringEquals={"aws:PrincipalAccount": "999988887777"}), set(REGIONS)),
        (outside(MONTREAL, Bool={"aws:PrincipalIsAWSService": "false"}), {MONTREAL}),
        (outside(MONTREAL, BoolIfExists={"aws:PrincipalIsAWSService": False}), {MONTREAL}),
        (outside(MONTREAL, ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:root"}), set(REGIONS)),
        (outside(MONTREAL, ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:*"}), {MONTREAL}),
    ],
)
def test_each_form_of_a_condition(condition: Mapping[str, Any], regions: set[str]) -> None:
    found = judged(policy(deny(condition)))
    assert found.regions == regions
    assert not found.perhaps


@pytest.mark.parametrize(
    "condition",
    [
        outside(MONTREAL, StringNotEquals={"aws:PrincipalTag/exempt": "true", "aws:RequestedRegion": MONTREAL}),
        outside(MONTREAL, Bool={"aws:ViaAWSService": "false"}),
        {"StringNotEquals": {"aws:RequestedRegion": "${aws:PrincipalTag/region}"}},
        outside(MONTREAL, NumericLessThan={"s3:max-keys": "10"}),
    ],
)
def test_a_condition_that_is_not_known_to_hold_leaves_regions_in_doubt(condition: Mapping[str, Any]) -> None:
    found = judged(policy(deny(condition)))
    assert MONTREAL in found.regions | found.perhaps
    assert {CALGARY, VIRGINIA, PARIS} <= found.perhaps


def test_a_denial_of_some_resources_leaves_regions_in_doubt() -> None:
    some = judged(policy(deny(outside(MONTREAL), Action="*", Resource="arn:aws:*:*:*:prod-*")))
    assert some.regions == {MONTREAL}
    assert some.perhaps == {CALGARY, VIRGINIA, PARIS}
    every = judged(policy(deny(outside(MONTREAL), Action="*", Resource="arn:aws:*:*:*:*")))
    assert every.regions == {MONTREAL}
    assert not every.perhaps
    other = judged(policy(deny(outside(MONTREAL), Action="*", Resource="arn:aws:gamelift:*:*:*")))
    assert other.regions == set(REGIONS)
    but = {key: value for key, value in deny(outside(MONTREAL)).items() if key != "Resource"}
    assert judged(policy({**but, "NotResource": "arn:aws:s3:::a"})).perhaps == {CALGARY, VIRGINIA, PARIS}


def test_an_exempt_service_that_keeps_data_leaves_the_region() -> None:
    found = judged(policy(deny(outside(MONTREAL), NotAction=[*GLOBAL, "s3:*", "dynamodb:Create*"])))
    assert found.regions == set(REGIONS)
    assert found.partly == dict.fromkeys((CALGARY, VIRGINIA, PARIS), ("dynamodb", "s3"))


def test_what_one_statement_leaves_another_may_deny() -> None:
    both = policy(deny(outside(MONTREAL), NotAction=["s3:*"]), deny(outside(MONTREAL), Action="s3:C*"))
    assert judged(both).regions == {MONTREAL}
    apart = (
        policy(deny(outside(MONTREAL), NotAction=["s3:*"])),
        policy(deny(outside(MONTREAL, VIRGINIA), Action="S3:*")),
    )
    assert judged(*apart).regions == {MONTREAL, VIRGINIA}
    assert judged(*apart).partly == {VIRGINIA: ("s3",)}


def test_exempt_principals_are_told() -> None:
    roles = ["arn:aws:iam::*:role/AWSControlTowerExecution", "arn:aws:iam::*:role/secours-*"]
    found = judged(policy(deny(outside(MONTREAL, ArnNotLike={"aws:PrincipalARN": roles}))))
    assert found.regions == {MONTREAL}
    assert found.exempt == tuple(sorted(roles))
    assert not judged(GUARD, policy(deny(outside(MONTREAL, ArnNotLike={"aws:PrincipalARN": roles})))).exempt


@pytest.mark.parametrize("pattern", ["*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*", "arn:*"])
def test_a_guard_that_exempts_anybody_denies_nothing(pattern: str) -> None:
    found = judged(policy(deny(outside(MONTREAL, ArnNotLike={"aws:PrincipalArn": pattern}))))
    assert found.regions == set(REGIONS)


def test_what_a_level_does_not_allow_is_denied() -> None:
    here = policy(
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": outside(MONTREAL, operator="StringEquals")}
    )
    assert judged(levels=((FULL,), (here,), (FULL,))).regions == {MONTREAL}
    assert judged(levels=((FULL,), (here, FULL), (FULL,))).regions == set(REGIONS)
    sound = policy({"Effect": "Allow", "Action": ["iam:*", "s3:*"], "Resource": "*"})
    found = judged(levels=((sound,), (FULL,)))
    assert found.partly == dict.fromkeys(REGIONS, ("s3",))
    assert found.guards == (sound,)


def test_what_is_allowed_to_some_is_not_said_denied() -> None:
    condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/seul"}}
    only = policy({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition})
    assert judged(levels=((FULL,), (only,))).perhaps == set(REGIONS)


def test_a_level_without_a_policy_was_not_read_as_it_is_and_closes_nothing() -> None:
    assert judged(levels=((FULL,), (), (FULL, GUARD))).regions == {MONTREAL}
    assert judged(levels=((), ())).regions == set(REGIONS)


def test_a_guard_that_denies_everything_leaves_no_region() -> None:
    found = judged(policy(deny(Action="*")))
    assert not found.regions
    assert not found.perhaps


def test_a_ban_of_one_service_is_no_guard_of_regions() -> None:
    found = judged(policy(deny(Action="s3:*")))
    assert found.regions == set(REGIONS)
    assert all("s3" not in services for services in found.partly.values())


_PUBLISHED = """
a4b:* access-analyzer:* account:* acm:* activate:* artifact:* aws-marketplace-management:* aws-marketplace:*
aws-portal:* billing:* billingconductor:* budgets:* ce:* chatbot:* chime:* cloudfront:* cloudtrail:LookupEvents
compute-optimizer:* config:* consoleapp:* consolidatedbilling:* cur:* datapipeline:GetAccountLimits devicefarm:*
directconnect:* ec2:DescribeRegions ec2:DescribeTransitGateways ec2:DescribeVpnGateways ecr-public:* fms:* freetier:*
globalaccelerator:* health:* iam:* importexport:* invoicing:* iq:* kms:* license-manager:ListReceivedLicenses
lightsail:Get* mobileanalytics:* networkmanager:* notifications-contacts:* notifications:* organizations:* payments:*
pricing:* quicksight:DescribeAccountSubscription resource-explorer-2:* route53-recovery-cluster:*
route53-recovery-control-config:* route53-recovery-readiness:* route53:* route53domains:*
s3:CreateMultiRegionAccessPoint s3:DeleteMultiRegionAccessPoint s3:DescribeMultiRegionAccessPointOperation
s3:GetAccountPublicAccessBlock s3:GetBucketLocation s3:GetBucketPolicyStatus s3:GetBucketPublicAccessBlock
s3:GetMultiRegionAccessPoint s3:GetMultiRegionAccessPointPolicy s3:GetMultiRegionAccessPointPolicyStatus
s3:GetStorageLensConfiguration s3:GetStorageLensDashboard s3:ListAllMyBuckets s3:ListMultiRegionAccessPoints
s3:ListStorageLensConfigurations s3:PutAccountPublicAccessBlock s3:PutMultiRegionAccessPointPolicy savingsplans:*
shield:* sso:* sts:* support:* supportapp:* supportplans:* sustainability:* tag:GetResources tax:* trustedadvisor:*
vendor-insights:ListEntitledSecurityProfiles waf-regional:* waf:* wafv2:*
"""
"""The exemptions of Control Tower's region deny control (GRREGIONDENY), as AWS publishes them:
https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html"""
CONTROL_TOWER = _PUBLISHED.split()


def test_the_region_deny_control_of_control_tower_denies_what_it_says() -> None:
    exempt = "arn:aws:iam::*:role/AWSControlTowerExecution"
    condition = outside(MONTREAL, CALGARY, ArnNotLike={"aws:PrincipalARN": [exempt]})
    found = judged(policy(deny(condition, NotAction=CONTROL_TOWER, Sid="GRREGIONDENY"), name="aws-guardrails-x"))
    assert found.regions == {MONTREAL, CALGARY}
    assert not found.perhaps
    assert not found.partly
    assert found.exempt == (exempt,)


def test_the_configurable_control_with_a_service_added_leaves_that_service() -> None:
    """CT.MULTISERVICE.PV.1 lets whoever turns it on add exemptions of their own."""
    found = judged(policy(deny(outside(MONTREAL), NotAction=[*CONTROL_TOWER, "kinesis:*"])))
    assert found.partly == dict.fromkeys((CALGARY, VIRGINIA, PARIS), ("kinesis",))


def test_a_single_statement_may_stand_without_a_list() -> None:
    (statement,) = statements_of('{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}')
    assert statement.denies
    assert statement.actions == ("s3:*",)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        "[]",
        '{"Statement": ["x"]}',
        '{"Statement": [{"Effect": "Deny"}]}',
        '{"Statement": [{"Effect": "deny", "Action": "*"}]}',
        '{"Statement": [{"Effect": "Deny", "Action": "*", "NotAction": "*"}]}',
        '{"Statement": [{"Effect": "Deny", "Action": "*", "Condition": []}]}',
        '{"Statement": [{"Effect": "Deny", "Action": "*", "Condition": {"Bool": "x"}}]}',
    ],
)
def test_what_is_no_policy_is_refused(document: str) -> None:
    with pytest.raises(NotAPolicyError):
        statements_of(document)


def test_the_actions_that_matter_are_many() -> None:
    assert {"s3:CreateBucket", "rds:CreateDBInstance", "ec2:RunInstances"} < MAKING_ACTIONS
