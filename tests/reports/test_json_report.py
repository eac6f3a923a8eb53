from __future__ import annotations

import copy
import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sovercheck.comparison import Comparison
from sovercheck.errors import InputError
from sovercheck.findings import Assessment
from sovercheck.plain import to_json
from sovercheck.reports import json_report
from sovercheck.reports.base import Options
from tests.decisions.earlier import sample_comparison
from tests.reports.gates import sample_gate
from tests.reports.sample import sample_assessment

PUBLISHED = Path(__file__).parents[2] / "reports" / "assessment.schema.json"


def written(assessment: Assessment) -> bytes:
    out = io.BytesIO()
    json_report.render(assessment, out, Options())
    return out.getvalue()


@pytest.fixture(scope="module")
def raw() -> bytes:
    return written(sample_assessment())


@pytest.fixture
def data(raw: bytes) -> Any:
    return json.loads(raw)


def refused(data: object) -> InputError:
    with pytest.raises(InputError) as caught:
        json_report.read_assessment(json.dumps(data).encode(), file="bilan.json")
    return caught.value


def test_what_is_written_is_read_back(raw: bytes) -> None:
    assert json_report.read_assessment(raw) == sample_assessment()


def with_comparison() -> bytes:
    out = io.BytesIO()
    json_report.render(sample_assessment(), out, Options(comparison=sample_comparison()))
    return out.getvalue()


def test_what_changed_is_read_back_and_the_assessment_is_the_same_bytes(raw: bytes) -> None:
    both = with_comparison()
    assert json_report.read_run(both) == (sample_assessment(), sample_comparison(), None)
    assert json_report.read_run(raw) == (sample_assessment(), None, None)
    assert both.startswith(raw.removesuffix(b"\n}\n"))


def test_what_changed_follows_the_schema(data: Any) -> None:
    schema = json_report.assessment_schema()
    jsonschema.validate(json.loads(with_comparison()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "comparison": {"schema": "sovercheck/comparison/v1"}}, schema)


def test_a_comparison_of_the_wrong_shape_names_its_path() -> None:
    wrong = json.loads(with_comparison())
    wrong["comparison"]["findings"][0]["kind"] = "nicer"
    assert refused(wrong).params["path"] == "$.comparison.findings[0].kind"
    wrong["comparison"] = {"schema": "sovercheck/comparison/v9"}
    assert refused(wrong).code == "assessment_schema"


def with_gate(comparison: Comparison | None = None) -> bytes:
    assessment, gate = sample_gate()
    out = io.BytesIO()
    json_report.render(assessment, out, Options(comparison=comparison, gate=gate))
    return out.getvalue()


def test_a_gate_is_read_back_and_stands_after_the_comparison() -> None:
    assessment, gate = sample_gate()
    assert json_report.read_run(with_gate()) == (assessment, None, gate)
    both = with_gate(sample_comparison())
    assert json_report.read_run(both) == (assessment, sample_comparison(), gate)
    assert list(json.loads(both))[-2:] == ["comparison", "gate"]
    assert with_gate().startswith(written(assessment).removesuffix(b"\n}\n"))


def test_a_gate_follows_the_published_schema(data: Any) -> None:
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(with_gate()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "gate": {"schema": "sovercheck/gate/v1"}}, schema)


def test_a_gate_of_the_wrong_shape_names_its_path() -> None:
    wrong = json.loads(with_gate())
    wrong["gate"]["resources"][0]["after"]["spot"]["line"] = "12"
    assert refused(wrong).params["path"] == "$.gate.resources[0].after.spot.line"
    del wrong["gate"]["tally"]
    wrong["gate"]["resources"] = []
    assert refused(wrong).code == "assessment_missing_field"
    wrong["gate"] = {"schema": "sovercheck/gate/v9"}
    assert refused(wrong).code == "assessment_schema"


def test_it_is_what_plain_makes_of_the_assessment(data: Any) -> None:
    assert data == to_json(sample_assessment())


def test_each_finding_stands_on_its_own_line() -> None:
    assessment = sample_assessment()
    shorter = dataclasses.replace(assessment, findings=assessment.findings[:-1])
    lines = [{line.rstrip(b",") for line in written(one).splitlines()} for one in (shorter, assessment)]
    assert [json.loads(line) for line in lines[1] - lines[0]] == [to_json(assessment.findings[-1])]


def test_keys_are_in_the_order_of_the_fields(data: Any) -> None:
    assert list(data) == [field.name for field in dataclasses.fields(Assessment)]
    assert list(data["findings"][0])[:4] == ["rule", "subject", "id", "systems"]


def test_a_lone_surrogate_is_written_as_its_escape() -> None:
    assessment = dataclasses.replace(sample_assessment(), names={"system/x": "bad \ud800 name"})
    assert json_report.read_assessment(written(assessment)).names == {"system/x": "bad \ud800 name"}


def test_the_published_schema_is_that_of_the_dataclasses() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == json_report.schema_text(), (
        "write it again: python -c 'from sovercheck.reports.json_report import schema_text as s; print(s(), end=str())'"
        " > reports/assessment.schema.json"
    )


def test_the_sample_keeps_to_the_published_schema(data: Any) -> None:
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)


def test_the_schema_refuses_what_the_reader_refuses(data: Any) -> None:
    validator = jsonschema.Draft202012Validator(json_report.assessment_schema())
    for path, value in (("as_of", 2026), ("findings", None), ("coverage", {}), ("schema", "other/v1")):
        wrong = copy.deepcopy(data)
        wrong[path] = value
        assert not validator.is_valid(wrong)
        refused(wrong)


def test_what_is_not_json_names_the_line() -> None:
    with pytest.raises(InputError) as caught:
        json_report.read_assessment(b'{\n"schema": oops}', file="bilan.json")
    assert caught.value.code == "assessment_not_json"
    assert str(caught.value.place) == "bilan.json:2:11"


@pytest.mark.parametrize("raw", [b"\xff\xfe\xfa", b'{"a":"\x80"}'])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError) as caught:
        json_report.read_assessment(raw)
    assert caught.value.code == "encoding"


def test_json_nested_without_end_is_refused() -> None:
    with pytest.raises(InputError):
        json_report.read_assessment(b"[" * 200_000)


@pytest.mark.parametrize("other", [[], {}, {"schema": "sovercheck/inventory/v1"}, 7, None])
def test_another_schema_is_refused(other: object) -> None:
    assert refused(other).code == "assessment_schema"


def test_a_missing_field_is_named_by_its_path(data: Any) -> None:
    del data["findings"][3]["facts"][0]["state"]
    error = refused(data)
    assert error.code == "assessment_missing_field"
    assert error.params["path"] == "$.findings[3].facts[0].state"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda data: data["rules"][0].update(severity="grave"), "$.rules[0].severity"),
        (lambda data: data["coverage"].update(systems="18"), "$.coverage.systems"),
        (lambda data: data["coverage"].update(systems=True), "$.coverage.systems"),
        (lambda data: data["names"].update({"system/x": 1}), '$.names["system/x"]'),
        (lambda data: data["findings"][0].update(systems="dossier"), "$.findings[0].systems"),
        (lambda data: data["findings"][0]["facts"][0].update(value=[1]), "$.findings[0].facts[0].value[0]"),
        (lambda data: data["findings"][0]["facts"][0].update(value=7), "$.findings[0].facts[0].value"),
    ],
)
def test_a_wrong_type_is_named_by_its_path(change: Any, path: str, data: Any) -> None:
    change(data)
    error = refused(data)
    assert error.code == "assessment_wrong_type"
    assert error.params["path"] == path


def test_a_field_that_came_later_may_be_missing(data: Any) -> None:
    """An older assessment has not the fields that got a default since."""
    for finding in data["findings"]:
        del finding["late_facts"]
    read = json_report.read_assessment(json.dumps(data).encode())
    assert all(finding.late_facts == () for finding in read.findings)
