"""CloudFormation's functions: what is certain is a value, what a deployment decides is pending, nothing is guessed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Assumed, Defaulted, Json, Pending, Reference
from sovercheck.sources.plans.composing import NO_VALUE, Evaluated
from sovercheck.sources.plans.intrinsics import Evaluator, Stack
from sovercheck.sources.plans.template_text import Plain, read_text

TEMPLATE = """
Parameters:
  Given: {Type: String, Default: not-this}
  Other: {Type: String, Default: us-east-1}
  Open: {Type: String}
  Count: {Type: Number, Default: "12"}
  Names: {Type: CommaDelimitedList, Default: "a, b,c"}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}
  Several: {Type: String, Default: x}
  Only: {Type: String, Default: one, AllowedValues: [one]}
  OneOfTwo: {Type: String, AllowedValues: [one, two]}
Mappings:
  Places:
    ca-central-1: {Other: ca-west-1, Kms: same}
    us-east-1: {Other: us-west-2, Kms: same}
Conditions:
  Yes: !Equals [a, a]
  No: !Not [{Condition: Yes}]
  Perhaps: !Equals [!Ref Open, x]
  NotPerhaps: !Not [{Condition: Perhaps}]
  ByDefault: !Equals [!Ref Other, us-east-1]
  OneYes: !Or [{Condition: Perhaps}, {Condition: Yes}]
  OneNo: !And [{Condition: Perhaps}, {Condition: No}]
  AllOpen: !And [{Condition: Perhaps}, {Condition: Yes}]
  Round: !Not [{Condition: AndRound}]
  AndRound: !And [{Condition: Round}, {Condition: Yes}]
Resources:
  Bucket: {Type: "AWS::S3::Bucket"}
  Key: {Type: "AWS::KMS::Key"}
  Nested: {Type: "AWS::CloudFormation::Stack"}
  Custom: {Type: "Custom::Lookup"}
"""
BUCKET = Reference("t.yaml#Bucket")
KEY = Reference("t.yaml#Key")


def evaluator(stack: Stack | None = None) -> Evaluator:
    text = read_text("t.yaml", TEMPLATE)
    sections: dict[str, Plain] = text.value if isinstance(text.value, dict) else {}

    def section(name: str) -> dict[str, Plain]:
        found = sections[name]
        assert isinstance(found, dict)
        return found

    types = {name: str(body["Type"]) for name, body in section("Resources").items() if isinstance(body, dict)}
    given = stack or Stack("ca-central-1", parameters={"Given": "given", "Several": None})
    return Evaluator(text, given, types, section("Parameters"), section("Mappings"), section("Conditions"))


def value(written: str, stack: Stack | None = None) -> Evaluated:
    read = read_text("v", f"v: {written}").value
    assert isinstance(read, dict)
    return evaluator(stack).value(read["v"])


def pending(needs: str | None) -> Pending:
    return Pending("expression", needs)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref Given", "given"),
        ("!Ref Other", "us-east-1"),
        ("!Ref Open", pending("Open")),
        ("!Ref Several", pending("Several")),
        ("!Ref Only", "one"),
        ("!Ref OneOfTwo", pending("OneOfTwo")),
        ("!Ref Stored", pending("Stored")),
        ("!Ref Secret", Pending("sensitive", "Secret")),
        ("!Ref Count", 12),
        ("!Ref Names", ["a", "b", "c"]),
        ("!Ref AWS::Region", "ca-central-1"),
        ("!Ref AWS::AccountId", pending("AWS::AccountId")),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::StackName", pending("AWS::StackName")),
        ("!Ref Nowhere", pending("Nowhere")),
        ("{a: !Ref AWS::NoValue, b: [1, !Ref AWS::NoValue]}", {"b": [1]}),
        ('!Sub "${Given}-x-${!Literal}"', "given-x-${Literal}"),
        ('!Sub "${Given}-${Open}"', pending("Open")),
        ('!Sub "${Open}-${Secret}"', Pending("sensitive", "Secret")),
        ('!Sub ["${a}-${Given}", {a: !Select [1, !Ref Names]}]', "b-given"),
        ('!Sub "${Nested.Outputs.Bucket}"', pending("Nested.Outputs.Bucket")),
        ("!Join ['-', [a, !Ref Given, !Ref Count]]", "a-given-12"),
        ("!Join ['-', [a, !Ref Open]]", pending("Open")),
        ("!Join [',', !Ref Names]", "a,b,c"),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['1', !Split [',', 'a,b']]", "b"),
        ("!Select [5, [a, b]]", pending("Fn::Select")),
        ("!Select [0, [a, !Ref Open]]", "a"),
        ("!Split ['-', !Ref Open]", pending("Open")),
        ("!FindInMap [Places, !Ref AWS::Region, Other]", "ca-west-1"),
        ("!FindInMap [Places, !Ref Open, Other]", pending("Open")),
        ("!FindInMap [Places, !Ref Open, Kms]", "same"),
        ("!FindInMap [Places, mars, Kms]", pending("Places.mars.Kms")),
        ("!FindInMap [Places, mars, Kms, {DefaultValue: d}]", "d"),
        ("!If [Yes, a, b]", "a"),
        ("!If [No, a, b]", "b"),
        ("!If [OneYes, a, b]", "a"),
        ("!If [OneNo, a, b]", "b"),
        ("!If [AllOpen, a, b]", pending("Open")),
        ("!If [NotPerhaps, a, b]", pending("Open")),
        ("!If [Perhaps, a, a]", "a"),
        ("!If [Perhaps, {x: 1}, {x: 1}]", {"x": 1}),
        ("!If [Perhaps, {x: 1}, !Ref AWS::NoValue]", pending("Open")),
        ("{x: !If [Yes, !Ref AWS::NoValue, a]}", {}),
        ("!ImportValue shared-key", pending("shared-key")),
        ("!Transform {Name: AWS::Include}", pending("Fn::Transform")),
        ("{a: 1, Fn::Transform: {Name: AWS::Include}}", pending("Fn::Transform")),
        ("{a: 1, Fn::ForEach::X: [Y, [a], {}]}", pending("Fn::ForEach::X")),
        ("!Cidr [10.0.0.0/16, 6, 8]", pending("Fn::Cidr")),
        ("!Base64 abc", "YWJj"),
        ("!Length [a, b]", 2),
        ("!ToJsonString {a: [1]}", '{"a": [1]}'),
        ("!ToJsonString {a: !GetAtt Key.Arn}", pending("Fn::ToJsonString")),
        ("!Rain::S3 x", pending("Fn::Rain::S3")),
        ("!Ref Bucket", BUCKET),
        ("!GetAtt Key.Arn", KEY),
        ("!GetAtt [Key, Arn]", KEY),
        ("!GetAtt Nested.Outputs.Key", pending("Nested.Outputs.Key")),
        ("!GetAtt Custom.Key", pending("Custom.Key")),
        ("!GetAtt Nowhere.Arn", pending("Nowhere.Arn")),
    ],
)
def test_a_function_is_evaluated_where_it_can_be_for_certain(written: str, expected: Json) -> None:
    found = value(written)
    assert found == expected
    assert isinstance(found, Reference) == isinstance(expected, Reference)


# Names of other resources


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('!Sub "arn:${AWS::Partition}:s3:::${Bucket}"', BUCKET),
        ('!Sub "${Bucket.Arn}/*"', BUCKET),
        ('!Sub "s3://${Bucket}/results/"', BUCKET),
        (
            "!Join ['', ['arn:aws:s3:::', !Ref Bucket, '/AWSLogs/', !Ref AWS::AccountId, '/*']]",
            pending("AWS::AccountId"),
        ),
        ('!Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}"', KEY),
        # A name made of another's is another name.
        ('!Sub "${Bucket}-replica"', pending("Fn::Sub")),
        ('!Sub "arn:aws:s3:::${Bucket}-replica"', pending("Fn::Sub")),
        ('!Sub "${Bucket}/${Key}"', pending("Fn::Sub")),
        ("!Select [0, !Split [':', !GetAtt Key.Arn]]", pending("Fn::Split")),
        # The same name in another region is another resource, of which the region is known.
        ('!Sub "arn:aws:kms:us-east-1:${AWS::AccountId}:key/${Key}"', "arn:aws:kms:us-east-1::key/${…}"),
    ],
)
def test_a_text_that_names_one_other_resource_is_a_reference_to_it(written: str, expected: Json) -> None:
    found = value(written)
    assert found == expected
    assert isinstance(found, Reference) == isinstance(expected, Reference)


def test_the_stacks_own_region_need_not_be_known_to_name_what_stands_in_it() -> None:
    written = '!Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}"'
    assert value(written, Stack()) == KEY
    assert value('!Sub "arn:aws:kms:${Open}:${AWS::AccountId}:key/${Key}"', Stack()) == pending("Open")
    assert value('!Sub "arn:aws:kms:${AWS::Region}:1:key/a"', Stack()) == pending("AWS::Region")
    assert value('!Sub "${AWS::Region}${Bucket}"', Stack()) == pending("AWS::Region")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('!Sub "arn:aws:kms:us-east-1:${AWS::AccountId}:key/a"', "arn:aws:kms:us-east-1::key/a"),
        ('!Sub "arn:aws:kms:us-east-1:${AWS::AccountId}:key/${Open}"', "arn:aws:kms:us-east-1::key/${Open}"),
        ('!Sub "arn:aws:s3:::b-${AWS::AccountId}"', pending("AWS::AccountId")),
        ('!Sub "arn:aws:s3:::${Open}"', pending("Open")),
        ('!Sub "arn:aws:kms:us-east-1:${Open}:key/a"', pending("Open")),
        ('!Sub "arn:aws:kms:us-east-1:1:key/${Secret}"', Pending("sensitive", "Secret")),
    ],
)
def test_an_arn_keeps_the_region_it_says(written: str, expected: Json) -> None:
    assert value(written) == expected


# Zones


def test_a_zone_of_the_stacks_own_region_says_nothing_that_the_region_does_not() -> None:
    for stack in (Stack(), Stack("ca-central-1")):
        assert value('!Select [0, !GetAZs ""]', stack) is NO_VALUE
        assert value("{a: !Select [1, !GetAZs {Ref: AWS::Region}], b: !GetAZs ''}", stack) == {}


def test_a_zone_of_another_region_is_in_that_region() -> None:
    assert value("!Select [1, !GetAZs us-east-1]") == "us-east-1"
    assert value("!Select [1, !GetAZs {Ref: Open}]") == pending("Open")


# What rests on a default


@pytest.mark.parametrize(
    "written",
    [
        "!Ref Other",
        '!Sub "arn:aws:kms:${Other}:1:key/a"',
        "!Join ['', [!Ref Other]]",
        "!If [ByDefault, a, b]",
        "!FindInMap [Places, !Ref Other, Other]",
        "!Select [0, !Ref Names]",
    ],
)
def test_a_text_that_rests_on_a_default_says_so(written: str) -> None:
    assert isinstance(value(written), Defaulted)


def test_so_does_each_text_of_a_branch_that_a_default_chose() -> None:
    found = value("!If [ByDefault, {a: [b], c: !GetAtt Key.Arn}, x]")
    assert isinstance(found, dict)
    assert isinstance(found["a"], list)
    assert isinstance(found["a"][0], Defaulted)
    assert isinstance(found["c"], Reference)


@pytest.mark.parametrize("written", ["!Ref Given", "!Ref Only", "!If [Yes, a, b]", "!Ref AWS::Region", "plain"])
def test_a_text_that_rests_on_none_does_not(written: str) -> None:
    assert not isinstance(value(written), Defaulted)


def test_an_assumed_region_is_no_more_than_that_wherever_it_stands() -> None:
    stack = Stack("ca-central-1", assumed=True)
    assert isinstance(value('!Sub "arn:aws:kms:${AWS::Region}:1:key/a"', stack), Assumed)
    assert isinstance(value('!Sub "${AWS::Region}${Other}"', stack), Defaulted)


def test_the_parameters_whose_defaults_counted_are_kept() -> None:
    here = evaluator()
    here.value({"a": {"Ref": "Given"}, "b": {"Fn::If": ["ByDefault", "x", {"Ref": "Names"}]}})
    assert list(here.defaults) == ["Other"]


def test_whoever_runs_the_gate_may_say_a_pseudo_parameter() -> None:
    stack = Stack(parameters={"AWS::AccountId": "111122223333"})
    assert value('!Sub "b-${AWS::AccountId}"', stack) == "b-111122223333"


# Secrets


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{resolve:secretsmanager:prod/db:SecretString:password}}", "sensitive"),
        ("jdbc://{{resolve:ssm-secure:/db/password:1}}", "sensitive"),
        ("{{resolve:ssm:/db/name:1}}", "expression"),
    ],
)
def test_a_dynamic_reference_is_not_known_and_leaves_no_trace(text: str, reason: str) -> None:
    for written in (f"'{text}'", f"!Sub '{text}'", f"!Join ['', ['{text}', x]]", f"{{a: ['{text}']}}"):
        found = value(written)
        assert reason in repr(found)
        assert "/db" not in repr(found)
        assert "prod" not in repr(found)


def test_a_default_of_a_parameter_that_is_not_to_be_shown_never_is() -> None:
    for written in ("!Ref Secret", "!Sub 'x${Secret}'", "!Base64 {Ref: Secret}", "!If [Yes, !Ref Secret, x]"):
        assert "hunter2" not in repr(value(written))


# Circles


def test_conditions_that_depend_on_themselves_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        value("!If [Round, a, b]")
    assert caught.value.code == "template_circular"
    assert caught.value.params["path"] == "Round → AndRound → Round"


def test_functions_nested_without_end_are_an_error_and_no_crash() -> None:
    deep: Plain = "x"
    for _ in range(100_000):
        deep = {"Fn::Base64": deep}
    with pytest.raises(InputError) as caught:
        evaluator().of_resource("Bucket", deep)
    assert caught.value.code == "template_too_long"


def test_values_stay_as_they_are_written() -> None:
    plain: Plain = {"a": [1, 1.5, True, None, "x"], "Ref": "y", "b": {}}
    assert evaluator().value(plain) == plain == json.loads(json.dumps(plain))


FUNCTIONS = [
    *("Ref", "Fn::Sub", "Fn::Join", "Fn::If", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs"),
    *("Fn::Base64", "Fn::Cidr", "Fn::ImportValue", "Fn::Transform", "Fn::Length", "Fn::ToJsonString", "Condition"),
]
NAMES = (
    "Given Other Open Secret Names Yes Perhaps Bucket Key.Arn Places Kms 0 : AWS::Region AWS::NoValue AWS::AccountId"
)
WORDS = st.sampled_from([*NAMES.split(), "", "${Open}", "arn:aws:s3:::${Bucket}", "{{resolve:ssm:/a}}"])
anything: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats(allow_nan=False) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FUNCTIONS), inner, min_size=1, max_size=1)
        | st.dictionaries(st.sampled_from(["a", "b", *FUNCTIONS]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(anything, st.sampled_from([None, "ca-central-1"]))
def test_whatever_is_written_is_evaluated_or_pending(written: Plain, region: str | None) -> None:
    found = evaluator(Stack(region)).of_resource("Bucket", written)
    assert "hunter2" not in repr(found)


@given(anything)
def test_a_value_that_is_known_without_a_region_is_the_same_with_one(written: Plain) -> None:
    without, within = (evaluator(Stack(region)).of_resource("Key", written) for region in (None, "ca-central-1"))
    if "Pending" not in repr(without) and "GetAZs" not in repr(written):
        assert without == within
