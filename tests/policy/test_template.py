from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from sovercheck.errors import UsageError
from sovercheck.evaluation.rehearse import rehearse
from sovercheck.inventory.facts import Subject
from sovercheck.policy.loader import load_policies
from sovercheck.policy.template import template
from sovercheck.reference import Reference

from .conftest import Write


@pytest.mark.parametrize("subject", get_args(Subject))
def test_a_new_rule_about_any_subject_loads_and_its_tests_pass(
    subject: Subject, write: Write, reference: Reference
) -> None:
    text = template("nouvelle-regle", subject, date(2026, 11, 23))
    rules = load_policies([write(**{"nouvelle-regle": text})], reference, {}).rules
    assert [(rule.id, rule.subject) for rule in rules] == [("nouvelle-regle", subject)]
    assert [outcome.found for outcome in rehearse(rules, reference, lambda rule, _: rule)] == [
        "pass",
        "fail",
        "unknown",
    ]


@pytest.mark.parametrize("id_", ["", "Règle", "a b", "a--b", "../a", "-a"])
def test_an_id_that_no_file_could_have_is_refused(id_: str) -> None:
    with pytest.raises(UsageError):
        template(id_, "copy", date(2026, 11, 23))
