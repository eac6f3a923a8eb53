"""What the gate says of a change: its findings, which are new, and what its exit code means."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from sovercheck import config
from sovercheck.change import Spot
from sovercheck.decisions import baseline
from sovercheck.decisions.gate import Asked, gate
from sovercheck.evaluation.waive import deciding_values
from sovercheck.reports.base import FORMATS, Options
from sovercheck.sources.plans import sniff
from sovercheck.sources.plans.model import Asked as Reading
from tests.decisions.gating import PLACES, ROOT, TODAY, B, gated, of, plan, standings, stays
from tests.sources.plans.made import Object, change

EXAMPLES = Path("examples") / "porte-ci"


@pytest.mark.parametrize(
    ("folder", "result"), [("module-voisin", "finding"), ("variable", "satisfied"), ("inconnue", "not_established")]
)
def test_the_plans_that_fool_others(monkeypatch: pytest.MonkeyPatch, folder: str, result: str) -> None:
    monkeypatch.chdir(ROOT)
    read = sniff.read(EXAMPLES / folder / "plan.json", f"{folder}/plan.json", Reading(str(EXAMPLES / folder)))
    found = gate(read, config.default(ROOT, "fr"), Asked(TODAY, data_class="sensitive"))
    assert found.gate.result == result
    places = [(finding.address, finding.verdict, finding.spot) for finding in of(found)]
    if folder == "module-voisin":
        spot = Spot("examples/porte-ci/module-voisin/modules/archive/main.tf", 5, 7)
        assert places == [("module.archive.aws_s3_bucket.copies", "fail", spot)]
    elif folder == "variable":
        assert places == []
        assert found.gate.placed == {"variable": 3}
        assert {one.after.borne_out for one in found.gate.resources if one.after} == {
            "examples/porte-ci/variable/main.tf:12"
        }
    else:
        assert [(address, verdict) for address, verdict, _ in places] == [("aws_s3_bucket.dossiers", "unknown")]


def test_the_variable_without_its_sources_is_not_established() -> None:
    path = ROOT / EXAMPLES / "variable" / "plan.json"
    found = gate(
        sniff.read(path, "plan.json", Reading()), config.default(ROOT, "fr"), Asked(TODAY, data_class="sensitive")
    )
    assert found.gate.result == "not_established"
    assert {(finding.verdict, finding.rule) for finding in of(found)} == {("unknown", PLACES)}


def test_what_is_made_is_new_and_what_is_there_is_existing() -> None:
    found = gated(plan(change("aws_s3_bucket.new"), stays("aws_s3_bucket.there")))
    assert standings(found) == {"aws_s3_bucket.new": ("fail", "new"), "aws_s3_bucket.there": ("fail", "existing")}
    assert (found.gate.result, found.gate.tally.failing) == ("finding", 2)


def test_what_is_there_already_can_be_set_aside_and_is_counted() -> None:
    found = gated(plan(stays()), only_new=True)
    assert (found.gate.result, found.gate.tally.failing, found.gate.tally.existing) == ("satisfied", 0, 1)
    found = gated(plan(stays(), change("aws_s3_bucket.new")), only_new=True)
    assert (found.gate.result, found.gate.tally.failing, found.gate.tally.existing) == ("finding", 1, 1)


def test_a_resource_that_only_changed_its_address_is_no_new_finding() -> None:
    moved = stays("aws_s3_bucket.b2", previous_address=B)
    assert standings(gated(plan(moved))) == {"aws_s3_bucket.b2": ("fail", "existing")}


def test_what_was_unknown_and_fails_now_is_new_and_so_is_what_fails_otherwise() -> None:
    unknown_before = change(B, {"region": "us-east-1"}, actions=("delete", "create"), before={"bucket": "x"})
    assert standings(gated(plan(unknown_before))) == {B: ("fail", "new")}
    elsewhere = change(B, {"region": "us-east-1"}, actions=("delete", "create"), before={"region": "eu-west-3"})
    assert standings(gated(plan(elsewhere))) == {B: ("fail", "new")}


def test_what_goes_is_judged_as_gone() -> None:
    for actions in (("delete",), ("forget",)):
        found = gated(plan(change(B, actions=actions, before={"region": "us-east-1"})))
        assert of(found) == []
        assert found.gate.result == "satisfied"
        (resource,) = found.gate.resources
        assert resource.after is None
        assert resource.before is not None
        assert resource.before.place == "US-VA"


def test_what_is_left_of_a_replaced_one_and_goes_is_judged_as_gone() -> None:
    gone = change(B, None, actions=("delete",), before={"region": "us-east-1"}, deposed="0a1b")
    found = gated(plan(stays(region="ca-central-1"), gone))
    assert (of(found), found.gate.result) == ([], "satisfied")


def test_an_import_is_there_already() -> None:
    entry = stays(region="us-east-1")
    entry["change"]["importing"] = {"id": "x"}
    found = gated(plan(entry))
    assert standings(found) == {B: ("fail", "existing")}
    assert found.gate.resources[0].action == "import"


GOOD, BAD, OPEN = (plan(change(B), region=region) for region in ("ca-central-1", "us-east-1", None))
EMPTY: Object = plan()


@pytest.mark.parametrize(
    ("plans", "result"),
    [
        ((GOOD,), "satisfied"),
        ((BAD,), "finding"),
        ((OPEN,), "not_established"),
        ((BAD, OPEN), "finding"),
        ((GOOD | {"errored": True},), "not_established"),
        ((GOOD | {"complete": False},), "not_established"),
        ((BAD | {"complete": False},), "finding"),
        (
            (GOOD | {"deferred_changes": [{"reason": "x", "resource_change": stays(region="ca-central-1")}]},),
            "not_established",
        ),
        ((EMPTY,), "not_established"),
        # What nobody describes, of a provider whose places nobody knows; what keeps no data is judged as such.
        ((plan(change("unheard_of.p")),), "not_established"),
        ((plan(change("random_pet.p")),), "satisfied"),
        ((GOOD, EMPTY), "satisfied"),
    ],
)
def test_the_results_in_their_order(plans: tuple[Object, ...], result: str) -> None:
    assert gated(*plans).gate.result == result


def test_a_finding_below_the_severity_that_counts_does_not() -> None:
    found = gated(BAD, fail_on="blocking")
    assert (found.gate.result, found.gate.tally.failing) == ("satisfied", 0)
    assert found.gate.tally.below == 1


def test_an_unknown_class_of_data_is_not_established_and_public_data_may_be_anywhere() -> None:
    assert gated(BAD, data_class=None).gate.result == "not_established"
    assert gated(BAD, data_class="public").gate.result != "finding"


def test_a_waiver_that_counts_is_counted_and_says_so(tmp_path: Path) -> None:
    first = gated(BAD)
    (finding,) = [one for one in first.assessment.findings if one.rule == PLACES]
    values = "".join(f"    {name}: {value}\n" for name, value in sorted(deciding_values(finding).items()))
    (tmp_path / "derogations.yaml").write_text(
        f"- id: d1\n  rule: {PLACES}\n  subjects: {{ids: ['{finding.id}']}}\n  values:\n{values}"
        "  approved_by: Marie Tremblay, dirigeante\n  reason: Essai.\n"
        "  approved_on: 2026-05-01\n  expires_on: 2027-04-30\n",
        "utf-8",
    )
    (tmp_path / "sovercheck.yaml").write_text(
        "organisation: {name: Exemple, place: CA-QC, kind: public_body}\npolicies: [residency]\n"
        "waivers: derogations.yaml\n",
        "utf-8",
    )
    found = gated(BAD, by=config.load(tmp_path / "sovercheck.yaml"))
    assert standings(found) == {B: ("fail", "waived")}
    assert (found.gate.result, found.gate.tally.waived, found.gate.tally.failing) == ("waived", 1, 0)
    assert PLACES not in {entry.rule for entry in found.entries}
    both = gated(BAD, plan(change("aws_s3_bucket.other")), by=config.load(tmp_path / "sovercheck.yaml"))
    assert both.gate.result == "finding"


def kept(plans: tuple[Object, ...], folder: Path, names: tuple[str, ...] = ()) -> baseline.Baseline:
    path = folder / "reference.json"
    path.write_text(baseline.text(gated(*plans, names=names).entries), "utf-8")
    return baseline.read(path, "reference.json")


def test_a_state_of_reference_sets_aside_what_it_has(tmp_path: Path) -> None:
    known = kept((BAD,), tmp_path)
    found = gated(BAD, baseline=known)
    assert standings(found) == {B: ("fail", "baselined")}
    assert (found.gate.result, found.gate.tally.baselined) == ("satisfied", 1)
    assert found.gate.baseline == "reference.json"


def test_a_state_of_reference_does_not_take_what_is_another_finding(tmp_path: Path) -> None:
    known = kept((BAD,), tmp_path)
    others = {
        "address": plan(change("aws_s3_bucket.c")),
        "index": plan(change(f'{B}["x"]')),
        "module": plan(change(f"module.m.{B}")) | {"configuration": {}},
        "region": plan(change(B), region="us-west-2"),
        "unknown": OPEN,
    }
    for what, other in others.items():
        assert "baselined" not in {standing for _, standing in standings(gated(other, baseline=known)).values()}, what
    assert standings(gated(BAD, baseline=known, names=("elsewhere/plan.json",))) == {B: ("fail", "new")}
    assert standings(gated(BAD, baseline=known, data_class="health")) == {B: ("fail", "new")}
    # The name of the file in its folder is no part of it: pipelines call plans as they like.
    assert standings(gated(BAD, baseline=known, names=("other.json",))) == {B: ("fail", "baselined")}


def test_a_state_of_reference_does_not_take_another_region_of_the_same_place(tmp_path: Path) -> None:
    east, east2 = (
        plan(change("azurerm_storage_account.a", {"name": "a", "location": at})) for at in ("eastus", "eastus2")
    )
    known = kept((east,), tmp_path)
    assert standings(gated(east, baseline=known)) == {"azurerm_storage_account.a": ("fail", "baselined")}
    assert standings(gated(east2, baseline=known)) == {"azurerm_storage_account.a": ("fail", "new")}


def test_a_fingerprint_stays_the_same_while_lines_and_files_change_and_is_of_one_finding() -> None:
    one, same = gated(BAD), gated(BAD, names=("other.json",))
    assert [finding.fingerprint for finding in one.gate.findings] == [f.fingerprint for f in same.gate.findings]
    several = gated(plan(change(B), change("aws_s3_bucket.c"), change(f'{B}["a"]')))
    prints = [finding.fingerprint for finding in several.gate.findings]
    assert len(set(prints)) == len(prints)


def test_findings_come_judged_first_then_new_then_the_gravest() -> None:
    found = gated(
        plan(stays("aws_s3_bucket.a"), change("aws_s3_bucket.z")),
        OPEN,
        by=replace(config.default(Path("none"), "fr")),
    ).gate.findings
    judged = [finding.judged for finding in found]
    assert judged == sorted(judged, reverse=True)
    assert {finding.standing for finding in found} == {"new", "existing"}
    counting = [finding.standing for finding in found if finding.judged]
    assert counting == sorted(counting, key=["new", "existing"].index)


CANARY = "canari-7f3a9e"


def test_no_hidden_value_and_none_that_no_description_reads_is_in_any_output() -> None:
    shown: Object = {
        "identifier": "registre",
        "engine": "postgres",
        "password": f"{CANARY}-1",
        "username": f"{CANARY}-2",
        "kms_key_id": f"arn:aws:kms:us-east-1:1:key/{CANARY}-3",
        "user_data": f"{CANARY}-4",
        "tags": {"k": f"{CANARY}-5"},
        "environment": [{"variables": {"TOKEN": f"{CANARY}-6"}}],
        "region": "us-east-1",
    }
    hidden = {"password": True, "username": True, "kms_key_id": True, "tags": True}
    entries = [
        change(f"{type_}.x", shown, actions=("update",), before=shown, sensitive=hidden, before_sensitive=hidden)
        for type_ in ("aws_db_instance", "aws_instance", "aws_lambda_function", "aws_s3_bucket", "aws_unheard_of")
    ]
    whole = change("aws_ebs_volume.x", {"region": CANARY, "id": CANARY}, sensitive=True)
    # A value that would be in the id of a copy, and so in a finding.
    table: Object = {"name": "t", "replica": [{"region_name": CANARY}]}
    replica = change("aws_dynamodb_table.t", table, sensitive={"replica": [{"region_name": True}]})
    found = gated(
        plan(*entries, whole, replica, variables={"secret": CANARY}),
        by=config.default(Path("none"), "fr"),
    )
    texts = [repr(found)]
    for format_ in FORMATS.values():
        for lang in ("fr", "en"):
            out = io.BytesIO()
            format_.render(found.assessment, out, Options(lang=lang, comparison=found.comparison, gate=found.gate))
            texts.append(out.getvalue().decode("utf-8", "replace"))
    texts.append(baseline.text(found.entries))
    for text in texts:
        assert CANARY not in text
