from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sovercheck import bundle
from sovercheck.errors import PolicyError, SeveralErrors, SovercheckError
from sovercheck.policy import loader
from sovercheck.policy.loader import load_policies, read_written, shipped_ids, shipped_to_json, with_parameters
from sovercheck.reference import Reference

from .conftest import POLICY, RULE, Write, errors, only_error


def test_the_shipped_policies_load_in_order(reference: Reference) -> None:
    policies = load_policies(shipped_ids(), reference, {})
    assert [info.id for info in policies.policies] == sorted(shipped_ids())
    assert [(rule.policy, rule.id) for rule in policies.rules] == sorted((r.policy, r.id) for r in policies.rules)
    assert policies.rule("us-cloud-act").law == "us-cloud-act"


def test_the_compiled_form_gives_the_same_policies(
    reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = load_policies(shipped_ids(), reference, {"quebec-cloud-share.target": 0.5})
    compiled = tmp_path / loader.COMPILED
    compiled.write_text(json.dumps(shipped_to_json(reference)), encoding="utf-8")
    monkeypatch.setattr(bundle, "compiled", lambda _: compiled)
    again = load_policies(shipped_ids(), reference, {"quebec-cloud-share.target": 0.5})
    assert again.sha256 == read.sha256
    assert again.policies == read.policies
    for mine, theirs in zip(again.rules, read.rules, strict=True):
        for name in ("id", "when", "require", "share", "statement", "basis", "parameters", "gate", "relaxed"):
            assert getattr(mine, name) == getattr(theirs, name)
        assert [(t.name, t.given, t.as_of, t.expect) for t in mine.tests] == [
            (t.name, t.given, t.as_of, t.expect) for t in theirs.tests
        ]


def test_the_compiled_form_needs_neither_yaml_nor_pydantic(reference: Reference, tmp_path: Path) -> None:
    (tmp_path / "policies.json").write_text(json.dumps(shipped_to_json(reference)), encoding="utf-8")
    (tmp_path / "reference.json").write_text(json.dumps(reference.to_json()), encoding="utf-8")
    from sovercheck.messages import read_catalogues

    (tmp_path / "messages.json").write_text(json.dumps(read_catalogues()), encoding="utf-8")
    program = """
import json, sys
from pathlib import Path
from sovercheck import bundle
folder = Path(sys.argv[1])
bundle.compiled = lambda name: folder / name
from sovercheck.policy.loader import load_policies, shipped_ids
from sovercheck.reference import Reference
reference = Reference.from_json(json.loads((folder / "reference.json").read_text(encoding="utf-8")))
assert load_policies(shipped_ids(), reference, {}).rules
print([name for name in ("yaml", "pydantic") if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


def test_the_hash_is_of_what_rules_say(write: Write, reference: Reference) -> None:
    def sha256(text: str, **parameters: int) -> str:
        return load_policies([write(exemple=text)], reference, parameters).sha256

    plain = sha256(RULE)
    lines = RULE.splitlines(keepends=True)
    reordered = "# un commentaire\n" + "".join(lines[:7]) + lines[8] + lines[7] + "".join(lines[9:])
    assert sha256(reordered) == plain
    assert sha256(RULE.replace("severity: minor", "severity: major")) != plain
    assert sha256(RULE.replace("name: ici", "name: là")) != plain


def test_a_folder_may_hold_several_policies(write: Write, reference: Reference) -> None:
    write(exemple=RULE)
    other = Path("autre")
    other.mkdir()
    (other / "policy.yaml").write_text(POLICY.replace("essai", "autre"), encoding="utf-8")
    (other / "second.yaml").write_text(RULE.replace("id: exemple", "id: second"), encoding="utf-8")
    policies = load_policies([Path()], reference, {})
    assert [info.id for info in policies.policies] == ["autre", "essai"]
    assert [rule.id for rule in policies.rules] == ["second", "exemple"]


def test_an_id_stands_once_over_all_policies(write: Write, reference: Reference) -> None:
    folder = write(exemple=RULE, **{"us-cloud-act": RULE.replace("id: exemple", "id: us-cloud-act")})
    with pytest.raises(PolicyError) as caught:
        load_policies(["cloud-act", folder], reference, {})
    assert caught.value.code == "policy_duplicate_id"
    assert str(caught.value.place) == "essai/us-cloud-act.yaml:1:5"
    assert "cloud-act/us-cloud-act.yaml:1:5" in caught.value.message("fr")


@pytest.mark.parametrize(
    ("name", "fr", "hint"),
    [
        ("loi25", "La politique « loi25 » n’existe pas", "Vouliez-vous écrire « loi-25 »?"),
        ("nos-politiques", "La politique « nos-politiques »", "Pour un dossier à vous, écrivez son chemin"),
        ("./rien", "Le dossier de politiques n’existe pas.", ""),
    ],
)
def test_a_policy_that_does_not_exist_is_refused(name: str, fr: str, hint: str, reference: Reference) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policies([name], reference, {})
    assert caught.value.message("fr").replace("\u00a0", " ").startswith(fr)
    assert (caught.value.hint("fr") or "").replace("\u00a0", " ").startswith(hint)


def test_parameters_of_no_rule_are_refused_with_the_nearest(reference: Reference) -> None:
    with pytest.raises(SovercheckError) as caught:
        load_policies(["quebec-cloud"], reference, {"quebec-cloud-share.cible": 0.5})
    assert caught.value.code in ("policy_parameter_override", "policy_parameter_override_near")
    assert "quebec-cloud-share.cible" in caught.value.message("en")


def test_faults_of_files_and_of_parameters_are_told_together(write: Write, reference: Reference) -> None:
    found = errors(write(exemple=RULE.replace("minor", "mineur")), reference, **{"autre.a": 1})
    assert {error.code for error in found} == {"reference_unknown_word_near", "policy_parameter_override"}


def test_a_test_may_change_its_rule_s_parameters(reference: Reference) -> None:
    written = read_written(["quebec-cloud"], [])
    changed = with_parameters("quebec-cloud-share", written, reference, {"target": 0.9})
    assert {rule.parameters["target"] for rule in changed} == {"0.9"}
    assert len(changed) == 6


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_at_all_is_a_rule_or_an_error(write: Write, reference: Reference, text: str) -> None:
    assert errors(write(exemple=text), reference)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.integers(0, len(RULE) - 1),
    st.integers(0, 12),
    st.sampled_from(["", "{}", "[]", "null", "- ", ": ", "$a", "'", "9"]),
)
def test_a_rule_damaged_anywhere_is_a_rule_or_an_error(
    write: Write, reference: Reference, start: int, length: int, put: str
) -> None:
    folder = write(exemple=RULE[:start] + put + RULE[start + length :])
    for error in refusals(folder, reference):
        assert error.message("fr")
        assert error.message("en")


def refusals(folder: Path, reference: Reference) -> list[SovercheckError]:
    try:
        load_policies([folder], reference, {})
    except SeveralErrors as error:
        return list(error.errors)
    except SovercheckError as error:
        return [error]
    return []


def test_a_damaged_policy_file_is_an_error(write: Write, reference: Reference) -> None:
    assert only_error(
        write("{id: autre, title: {fr: x, en: x}, description: {fr: x, en: x}}", exemple=RULE), reference
    ).code == ("policy_id_is_folder")
    assert {e.code for e in errors(write("- x", exemple=RULE), reference)}
    assert {e.code for e in errors(write("{id: essai}", exemple=RULE), reference)} == {"reference_missing_key"}
