"""Templates of CloudFormation and SAM, written here after their published specifications."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.rows import Gap, Known, Row
from sovercheck.reference import load_reference
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans.cloudformation import looks_like, read
from sovercheck.sources.plans.model import Asked, Incomplete, Plan
from sovercheck.sources.plans.source import PlanState

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("SOVERCHECK_SHARED", ROOT.parent / "shared")) / "data" / "cloudformation"


def plan(text: str, **asked: object) -> Plan:
    return read("t.yaml", text, Asked(**asked))  # type: ignore[arg-type]


def values(read_: Plan, address: str) -> Json:
    change = next(change for change in read_.changes if change.address == address)
    assert change.after is not None
    return change.after.values


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        plan(text)
    return caught.value


SIMPLE = """\
AWSTemplateFormatVersion: 2010-09-09
Resources:
  # Of the archive.
  Key:
    Type: AWS::KMS::Key
    Properties: {MultiRegion: true}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn}
  Theirs: {Type: "MongoDB::Atlas::Cluster"}
"""


def test_a_template_says_what_there_would_be_and_not_what_there_is() -> None:
    read_ = plan(SIMPLE)
    assert (read_.name, read_.format, read_.knows_before, read_.incomplete) == ("t.yaml", "cloudformation", False, ())
    key, bucket, theirs = read_.changes
    assert (key.address, key.native_type, key.provider, key.interface) == (
        "Key",
        "AWS::KMS::Key",
        "aws",
        "cloudformation",
    )
    assert (key.action, key.before, theirs.provider) == ("unchanged", None, None)
    assert bucket.spot is not None
    assert (bucket.spot.file, bucket.spot.line, bucket.spot.end_line) == ("t.yaml", 7, 7)
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": Reference("t.yaml#Key")}
    assert values(read_, "Bucket") == {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": encryption}]}
    }


def test_a_file_is_named_from_the_folder_of_the_sources(tmp_path: Path) -> None:
    read_ = read(str(tmp_path / "infra" / "t.yaml"), SIMPLE, Asked(sources=str(tmp_path)))
    assert read_.changes[0].spot is not None
    assert read_.changes[0].spot.file == "infra/t.yaml"


# Where


def test_a_template_does_not_say_where() -> None:
    after = plan(SIMPLE).changes[0].after
    assert after is not None
    assert (after.placed.region, after.placed.why, after.placed.needs) == (None, "not_in_plan", "--assume-region aws=…")


def test_whoever_runs_the_gate_may_say_it() -> None:
    after = plan(SIMPLE, assumed={"aws": "ca-central-1"}).changes[0].after
    assert after is not None
    assert (after.placed.region, after.placed.rung, after.placed.grade) == ("ca-central-1", "assumed", Grade.ASSUMED)


# Conditions

CONDITIONAL = """\
Parameters:
  Replicate: {Type: String, Default: "no"}
  Open: {Type: String}
Conditions:
  Replicated: !Equals [!Ref Replicate, "yes"]
  Never: !Equals [a, b]
  Perhaps: !Equals [!Ref Open, x]
Resources:
  Source: {Type: "AWS::S3::Bucket", Properties: {BucketName: !If [Perhaps, a, !Ref Replica]}}
  Replica: {Type: "AWS::S3::Bucket", Condition: Replicated}
  Nothing: {Type: "AWS::S3::Bucket", Condition: Never}
  Maybe: {Type: "AWS::S3::Bucket", Condition: Perhaps}
"""


def test_what_a_condition_leaves_out_is_not_there_and_what_one_may_is() -> None:
    read_ = plan(CONDITIONAL)
    assert [change.address for change in read_.changes] == ["Source", "Maybe"]
    assert dict(read_.notes) == {
        "cfn_parameter_default": {"file": "t.yaml", "parameters": "Replicate"},
        "cfn_left_out_by_default": {"file": "t.yaml", "resources": "Replica", "n": 1},
    }


def test_a_value_that_is_given_counts_before_the_default() -> None:
    read_ = plan(CONDITIONAL, parameters={"Replicate": "yes", "Open": "y"})
    assert [change.address for change in read_.changes] == ["Source", "Replica"]
    assert read_.notes == ()
    assert values(read_, "Source") == {"BucketName": Reference("t.yaml#Replica")}


# SAM

SAM = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 5
    Environment: {Variables: {A: 1, B: 2}}
    Layers: [one]
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {B: 3}}
      Layers: [two]
      Events: {Api: {Type: Api, Properties: {RestApiId: !Ref Api}}}
  Api:
    Type: AWS::Serverless::Api
    Properties: {DefinitionBody: {x: !GetAtt Function.Arn}}
  Table: {Type: "AWS::Serverless::SimpleTable"}
  App: {Type: "AWS::Serverless::Application", Properties: {Location: other.yaml}}
"""


def test_sam_gives_its_globals_to_each_resource_of_the_type() -> None:
    read_ = plan(SAM)
    found = values(read_, "Function")
    assert isinstance(found, dict)
    assert found["Timeout"] == 5
    assert found["Environment"] == {"Variables": {"A": 1, "B": 3}}
    assert found["Layers"] == ["one", "two"]
    assert values(read_, "Table") == {}
    assert read_.incomplete == (Incomplete("unsupported", "App"),)


# What cannot be read whole


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Resources: {A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: x}}}", "A"),
        ("Resources: {A: {Type: 'AWS::CloudFormation::StackSet'}}", "A"),
        ("Resources: {A: {Type: 'Org::Service::Use::MODULE'}}", "A"),
        ("Transform: [AWS::LanguageExtensions, Ours]\nResources: {A: {Type: 'AWS::S3::Bucket'}}", "Transform Ours"),
        ("Resources: {Fn::Transform: {Name: AWS::Include}, A: {Type: 'AWS::S3::Bucket'}}", "Fn::Transform"),
        ("Resources: {A: {Type: !Rain::Module x.yaml}}", "A"),
        ("Resources: {Fn::ForEach::L: [X, !Ref P, {'A${X}': {Type: 'AWS::S3::Bucket'}}]}", "Fn::ForEach::L"),
    ],
)
def test_what_stands_elsewhere_is_told(text: str, what: str) -> None:
    assert plan(text).incomplete == (Incomplete("unsupported", what),)


def test_a_loop_is_unrolled() -> None:
    read_ = plan("""\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Buckets:
    - Name
    - [a-1, b]
    - Bucket&{Name}:
        Type: AWS::S3::Bucket
        Properties: {BucketName: !Sub "x-${Name}", Tags: [{Key: k, Value: !Ref Name}]}
""")
    assert [change.address for change in read_.changes] == ["Bucketa1", "Bucketb"]
    assert values(read_, "Bucketa1") == {"BucketName": "x-a-1", "Tags": [{"Key": "k", "Value": "a-1"}]}
    assert read_.changes[1].spot is not None
    assert read_.changes[1].spot.line == 3


def test_a_template_without_a_secret_in_it_after_reading() -> None:
    read_ = plan("""\
Parameters: {Password: {Type: String, NoEcho: "true", Default: hunter2}}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUserPassword: !Ref Password
      MasterUsername: "{{resolve:secretsmanager:prod/db:SecretString:username}}"
""")
    assert values(read_, "Db") == {
        "MasterUserPassword": Pending("sensitive", "Password"),
        "MasterUsername": Pending("sensitive", None),
    }


# Bad input


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "template_no_resources", Place("t.yaml", 1, 1)),
        ("- a\n", "template_no_resources", Place("t.yaml", 1, 1)),
        ("AWSTemplateFormatVersion: x\n", "template_no_resources", Place("t.yaml", 1, 1)),
        ("Resources:\n  A: {Properties: {}}\n", "template_resource", Place("t.yaml", 2, 3)),
        ("Resources:\n  A: x\n", "template_resource", Place("t.yaml", 2, 3)),
        ("Parameters: [x]\nResources: {A: {Type: B}}\n", "template_section", Place("t.yaml", 1, 1)),
        ("Resources:\n  A: {Type: T}\n  A: {Type: T}\n", "yaml_duplicate_key", Place("t.yaml", 3, 3)),
        ('{"Resources": {"A": {"Type": "T"}', "template_json", Place("t.yaml", 1, 34)),
        ("Resources:\n  A: {Type: T, Pr\n", "yaml_syntax", Place("t.yaml", 3, 1)),
    ],
)
def test_what_is_no_template_is_told_at_its_place(text: str, code: str, place: Place) -> None:
    error = refused(text)
    assert (error.code, error.place) == (code, place)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("A: {Type: T, Properties: {x: !Ref A}}", "A → A"),
        ("A: {Type: T, Properties: {x: !GetAtt B.Arn}}\n  B: {Type: T, Properties: {x: !Sub 'y-${A}'}}", "A → B → A"),
        ("O: {Type: T, DependsOn: A}\n  A: {Type: T, DependsOn: [B]}\n  B: {Type: T, DependsOn: A}", "A → B → A"),
    ],
)
def test_resources_that_need_one_another_are_refused(text: str, path: str) -> None:
    error = refused(f"Resources:\n  {text}\n")
    assert error.code == "template_circular"
    assert error.params["path"] == path
    assert error.place is not None
    assert error.place.line == (3 if text.startswith("O:") else 2)


def test_a_circle_that_a_condition_may_open_is_none() -> None:
    text = """\
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, x]}
Resources:
  A: {Type: T, Properties: {x: !If [C, !Ref B, y]}}
  B: {Type: T, Properties: {x: !If [C, y, !Ref A]}}
"""
    assert len(plan(text).changes) == 2


def test_a_long_row_of_resources_is_followed() -> None:
    row = {f"R{n}": {"Type": "T", "DependsOn": f"R{n + 1}"} for n in range(3000)} | {"R3000": {"Type": "T"}}
    assert len(plan(json.dumps({"Resources": row})).changes) == 3001


def test_a_row_of_conditions_too_long_to_follow_is_an_error() -> None:
    conditions = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(3000)}
    resources = {"A": {"Type": "T", "Condition": "C0"}}
    error = refused(json.dumps({"Conditions": conditions, "Resources": resources}))
    assert (error.code, error.params["resource"]) == ("template_too_long", "A")


# What is a template


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"AWSTemplateFormatVersion": "2010-09-09"}, True),
        ({"Transform": "AWS::Serverless-2016-10-31"}, True),
        ({"Transform": ["X", "AWS::Serverless-2016-10-31"]}, True),
        ({"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}, True),
        ({"Resources": {"A": {"Type": "Org::Service::Use::MODULE"}}}, True),
        ({"Resources": {}}, False),
        ({"Resources": [1]}, False),
        ({"resources": {"A": {"type": "aws:s3:Bucket"}}}, False),
        ({"resources": [{"type": "Microsoft.Storage/storageAccounts"}], "$schema": "x"}, False),
        ({"kind": "Deployment"}, False),
        ([], False),
        (None, False),
        ("AWSTemplateFormatVersion", False),
    ],
)
def test_what_is_taken_for_a_template(document: object, expected: bool) -> None:
    assert looks_like(document) is expected


# As rows of the inventory

REGIONS = load_reference().regions


def rows(read_: Plan) -> tuple[dict[str, Mapping[str, Known]], list[Gap]]:
    """Id of a row → its facts; and the gaps."""
    items = list(PlanState(read_, "after", REGIONS, "2026-11-27").collect())
    return {item.id: item.facts for item in items if isinstance(item, Row)}, [i for i in items if isinstance(i, Gap)]


REPLICATED = """\
Parameters:
  Other: {Type: String, Default: us-east-1}
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {ReplicaRegions: [{Region: !Ref Other}], KmsKeyId: !Ref Key}
  Key: {Type: "AWS::KMS::Key", Properties: {Origin: EXTERNAL}}
  Disk: {Type: "AWS::EC2::Volume", Properties: {AvailabilityZone: !Select [0, !GetAZs ""]}}
  Elsewhere: {Type: "AWS::EC2::Volume", Properties: {AvailabilityZone: us-east-1a}}
  Network: {Type: "AWS::EC2::VPC"}
"""


def test_a_replica_in_a_region_that_a_default_names_is_inferred_and_passes_nothing_by_itself() -> None:
    found, gaps = rows(plan(REPLICATED))
    region = found["t.yaml#Secret#replica:us-east-1"]["region"]
    assert (region.value, region.evidence.grade) == ("us-east-1", Grade.INFERRED)
    assert [gap.reason for gap in gaps if gap.id == "t.yaml#Secret#replica:us-east-1" and "place" in gap.facts] == [
        "uncorroborated"
    ]


def test_a_replica_in_a_region_that_is_given_is_documented() -> None:
    found, gaps = rows(plan(REPLICATED, parameters={"Other": "us-east-1"}))
    assert found["t.yaml#Secret#replica:us-east-1"]["region"].evidence.grade == Grade.DOCUMENTED
    assert [gap.facts for gap in gaps if gap.id == "t.yaml#Secret#replica:us-east-1"] == []


def test_a_key_of_the_template_is_graded() -> None:
    found, _ = rows(plan(REPLICATED))
    assert found["t.yaml#Secret#primary"]["key_grade"].value == "K1"


def test_a_resource_is_where_its_zone_or_its_stack_is() -> None:
    found, gaps = rows(plan(REPLICATED))
    assert found["t.yaml#Elsewhere#primary"]["region"].value == "us-east-1"
    assert "region" not in found["t.yaml#Disk#primary"]
    assert [(gap.reason, gap.needs) for gap in gaps if gap.id == "t.yaml#Disk#primary"] == [
        ("not_in_plan", "--assume-region aws=…")
    ]
    assumed, _ = rows(plan(REPLICATED, assumed={"aws": "ca-central-1"}))
    region = assumed["t.yaml#Disk#primary"]["region"]
    assert (region.value, region.evidence.grade) == ("ca-central-1", Grade.ASSUMED)
    assert found["t.yaml#Network"]["kind"].value == "without_data"


ZONED = """\
Parameters:
  Zone: {Type: String, Default: us-east-1a}
  Open: {Type: String}
Resources:
  ByDefault: {Type: "AWS::EC2::Volume", Properties: {AvailabilityZone: !Ref Zone}}
  Open: {Type: "AWS::EC2::Volume", Properties: {AvailabilityZone: !Ref Open}}
  Bucket: {Type: "AWS::S3::Bucket"}
  Policy: {Type: "AWS::S3::BucketPolicy", Properties: {Bucket: !Ref Open, PolicyDocument: {}}}
"""


def test_a_zone_that_a_default_names_shows_a_place_and_passes_nothing_by_itself() -> None:
    found, gaps = rows(plan(ZONED))
    region = found["t.yaml#ByDefault#primary"]["region"]
    assert (region.value, region.evidence.grade) == ("us-east-1", Grade.INFERRED)
    assert {(gap.reason, gap.id) for gap in gaps if "place" in gap.facts} >= {
        ("uncorroborated", "t.yaml#ByDefault#primary"),
        ("expression", "t.yaml#Open#primary"),
    }


def test_a_zone_is_in_the_region_of_the_stack_whatever_its_default() -> None:
    found, gaps = rows(plan(ZONED, assumed={"aws": "ca-central-1"}))
    for address in ("ByDefault", "Open"):
        region = found[f"t.yaml#{address}#primary"]["region"]
        assert (region.value, region.evidence.grade) == ("ca-central-1", Grade.ASSUMED)
    assert not [gap for gap in gaps if "place" in gap.facts]


def test_a_policy_of_a_bucket_that_nobody_knows_yet_may_be_any_bucket_s() -> None:
    _, gaps = rows(plan(ZONED))
    assert [(gap.reason, gap.needs) for gap in gaps if gap.id == "t.yaml#Bucket" and "shared_with" in gap.facts] == [
        ("expression", "AWS::S3::BucketPolicy.Bucket")
    ]


# Real templates


@pytest.mark.skipif(
    not REAL.is_dir(),
    reason="the real templates are not on this machine; set SOVERCHECK_SHARED to the folder of shared data",
)
def test_every_real_template_is_read_each_resource_placed_or_unknown_for_a_reason() -> None:
    files = sorted(REAL.iterdir())
    assert len(files) == 30
    for path in files:
        text = path.read_text(encoding="utf-8")
        read_ = read(path.name, text, Asked())
        assert read_.changes, path
        for change in read_.changes:
            assert change.spot is not None
            assert change.address in text.splitlines()[change.spot.line - 1]
        found, gaps = rows(read_)
        why = {gap.id for gap in gaps if "region" in gap.facts}
        for id_, facts in found.items():
            if id_.partition("#")[2].count("#"):
                assert "region" in facts or "place" in facts or id_ in why, id_
            else:
                assert facts["kind"].value != "undescribed" or facts["native_type"].value in (
                    "AWS::S3::Object",
                    "Custom::Region",
                )
        _, left = rows(read(path.name, text, Asked(assumed={"aws": "ca-central-1"})))
        assert {gap.reason for gap in left if "region" in gap.facts} <= {"expression"}
