from __future__ import annotations

import dataclasses

import pytest

from sovercheck.change import RUNGS
from sovercheck.comparison import Comparison
from sovercheck.findings import Assessment, DecidingFact, WaiverView
from sovercheck.gate import Gate, Location
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import Options
from sovercheck.reports.gate_told import CODES, GateTold, shortened, told
from tests.reports.gate_pages import shown_gate, tallied
from tests.reports.gates import COPIES, assessed, gate_finding, location, made, resource
from tests.reports.sample import unknown


def telling(assessment: Assessment, gate: Gate, lang: Lang = "en", comparison: Comparison | None = None) -> GateTold:
    return told(assessment, Options(lang, gate=gate, comparison=comparison))


@pytest.fixture(scope="module")
def sample() -> tuple[Assessment, Gate]:
    return shown_gate()


def test_every_finding_is_told_once_and_what_counts_is_what_the_tally_counts(sample: tuple[Assessment, Gate]) -> None:
    said = telling(*sample)
    gate = sample[1]
    assert len(said.failing_findings) == gate.tally.failing
    assert len(said.unknown_findings) == gate.tally.unknown
    aside = {why: len(findings) for why, _, findings in said.aside()}
    assert aside == {"baselined": 1, "waived": 1, "advised": 1, "below": 2}
    assert len(said.failing_findings) + len(said.unknown_findings) + sum(aside.values()) == len(gate.findings)


def test_what_is_there_already_is_set_aside_only_where_new_ones_alone_are_looked_at(
    sample: tuple[Assessment, Gate],
) -> None:
    assessment, gate = sample
    only_new = tallied(dataclasses.replace(gate, only_new=True))
    assert next(why for why, _, _ in telling(assessment, only_new).aside()) == "existing"
    assert len(telling(assessment, only_new).failing_findings) == len(telling(*sample).failing_findings) - 1


@pytest.mark.parametrize("result", CODES)
def test_the_verdict_says_the_exit_code(sample: tuple[Assessment, Gate], result: str) -> None:
    gate = dataclasses.replace(sample[1], result=result)  # type: ignore[arg-type]
    assert f"(exit code {CODES[gate.result]})" in telling(sample[0], gate).verdict()


def test_the_place_of_a_copy_is_its_own_and_not_that_of_its_resource(sample: tuple[Assessment, Gate]) -> None:
    said = telling(*sample)
    (replica,) = [finding for finding in said.failing_findings if finding.id.endswith("#replica:us-west-2")]
    line = said.line(replica)
    assert (line.copy, line.place) == ("replica", "Oregon, U.S.")
    assert line.how == "documented: aws_db_instance.dossier: replicate_to"


def test_a_place_comes_with_its_region_and_with_what_told_it(sample: tuple[Assessment, Gate]) -> None:
    said = telling(*sample)
    line = said.line(said.failing_findings[0])
    assert line.subject == 'module.archive.aws_s3_bucket.copies["a.b"]'
    assert line.place == "Virginia, U.S. (us-east-1)"
    assert line.how == "from the provider’s configuration: provider aws.mtl (versions.tf:12)"
    assert line.spot == "modules/archive/main.tf:3"


def settling(place: Location, *facts: DecidingFact, lang: Lang = "en") -> tuple[str, ...]:
    one = resource("aws_s3_bucket.a", place)
    finding = gate_finding(COPIES, one, "primary", verdict="unknown")
    assessment, gate = made([(finding, assessed(finding, *facts))], [one])
    said = telling(assessment, gate, lang)
    return said.line(said.unknown_findings[0]).settle


PLACE = unknown("copy.place", "infra/plan.json#aws_s3_bucket.a#primary")


@pytest.mark.parametrize(
    ("why", "needs", "does"),
    [
        (
            "not_in_plan",
            "provider aws: region",
            "Write the region (provider aws: region), or give --assume-region aws=",
        ),
        ("not_in_plan", "configuration", "terraform show -json"),
        ("after_apply", "region", "Write the region out (region), or give --assume-region aws=REGION"),
        ("sensitive", "var.region", "Do not hide the region (var.region)"),
        ("expression", "var.a, local.b", "instead of computing it (var.a, local.b)"),
        (
            "ambiguous",
            "aws, aws.us",
            "Name one provider or one region (possible: aws, aws.us), or give --assume-region",
        ),
        ("not_in_configuration", "arn", "only an ARN would tell"),
        ("a word of another version", "x", "Write the region (x)"),
    ],
)
@pytest.mark.parametrize("lang", LANGS)
def test_an_unknown_place_says_what_to_do(why: str, needs: str, does: str, lang: Lang) -> None:
    place = Location(None, None, "unknown", why=why, needs=needs)
    (settle,) = settling(place, PLACE, lang=lang)
    if lang == "en":
        assert does in settle


def test_a_provider_without_descriptions_has_no_name_to_assume_by(sample: tuple[Assessment, Gate]) -> None:
    (settle,) = telling(*sample).settle(Location(None, None, "unknown", why="after_apply", needs="x"), None)
    assert "--assume-region PROVIDER=REGION" in settle


def test_an_inferred_place_asks_for_the_sources_unless_something_bears_it_out() -> None:
    weak = dataclasses.replace(PLACE, state="weak", value="CA-QC")
    inferred = location("CA-QC", "ca-central-1", "variable", "var.region")
    (settle,) = settling(inferred, weak)
    assert "--source-dir" in settle
    assert settling(dataclasses.replace(inferred, borne_out="arn"), weak) == ()


def test_what_is_tied_to_no_system_asks_for_a_tie_or_a_class() -> None:
    known_place = location("CA-QC", "ca-central-1", "resource", "region")
    facts = [unknown(f"system.{name}", "") for name in ("data_class", "holds_personal_information")]
    assert settling(known_place, *facts) == (
        "Tie the resource to a system of the configuration, or give --data-class CLASS.",
    )


def test_other_facts_are_asked_of_whoever_can_establish_them(sample: tuple[Assessment, Gate]) -> None:
    one = resource("aws_s3_bucket.a", location("US-VA", "us-east-1", "resource", "region"))
    finding = gate_finding(COPIES, one, "primary", verdict="unknown")
    facts = [unknown(name, "x") for name in ("efvp.status", "efvp.date", "efvp.conclusion", "copy.key_manager")]
    assessment, gate = made([(finding, assessed(finding, *facts, reason="legal"))], [one])
    said = telling(assessment, gate)
    line = said.line(said.unknown_findings[0])
    assert line.settle == ()
    assert [ask.partition(":")[0] for ask in line.asks] == [
        "To be established by the person in charge of the protection of personal information",
        "To be established by legal affairs",
        "To be established by the supplier",
        "A legal characterisation is needed (by legal affairs).",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "expired"}, ["The waiver “w” ended on October 31, 2026: it counts no more."]),
        ({"state": "void"}, ["The waiver “w” is void: what decided has changed since."]),
        ({"state": "void", "subjects": ("systeme",)}, ["The waiver “w” is void: what decided has changed since."]),
        ({"state": "unused"}, []),
        ({"state": "expired", "rule": "keys-in-hand"}, []),
        ({"state": "expired", "subjects": ("ailleurs",)}, []),
        ({"state": "expired", "kind": "remediation"}, []),
    ],
)
def test_a_waiver_that_has_lapsed_is_told_of_what_fails_for_want_of_it(change: dict[str, str], said: list[str]) -> None:
    one = resource("aws_s3_bucket.a", location("US-VA", "us-east-1", "resource", "region"))
    finding = gate_finding(COPIES, one, "primary")
    waiver = WaiverView("w", "waiver", COPIES, (finding.id,), "M. T.", "Raison", "2026-10-31", "in_effect", 0, 1)
    pair = finding, dataclasses.replace(assessed(finding), systems=("systeme",))
    assessment, gate = made([pair], [one])
    lapsed = dataclasses.replace(waiver, **change)  # type: ignore[arg-type]
    told_ = telling(dataclasses.replace(assessment, waivers=(lapsed,)), gate)
    assert [caveat for caveat in told_.caveats() if "waiver “w”" in caveat] == said


def test_a_rule_on_the_whole_names_the_organisation(sample: tuple[Assessment, Gate]) -> None:
    whole = dataclasses.replace(sample[1].findings[0], subject="estate", id="estate", address="estate", resource=None)
    assert telling(*sample).subject(whole) == "Centre hospitalier exemple"


def test_the_readings_of_one_share_are_advised_once(sample: tuple[Assessment, Gate]) -> None:
    assessment, gate = sample
    share = dataclasses.replace(gate.findings[-1], subject="estate", id="estate", address="estate")
    title = {"fr": "La part", "en": "The share"}
    rules = tuple(dataclasses.replace(rule, title=title) for rule in assessment.rules if "quebec-cloud" in rule.id)
    variants = [dataclasses.replace(share, rule=rule.id) for rule in rules]
    said = telling(dataclasses.replace(assessment, rules=rules), dataclasses.replace(gate, findings=tuple(variants)))
    assert len(variants) > 1
    assert [len(findings) for _, findings in said.advised()] == [len(variants)]


def test_what_a_reader_must_know_of_the_result(sample: tuple[Assessment, Gate]) -> None:
    assessment, gate = sample
    tally = dataclasses.replace(gate.tally, judged=0)
    caveats = list(telling(assessment, dataclasses.replace(gate, tally=tally, waivers_from="left")).caveats())
    assert [caveat[:30] for caveat in caveats] == [
        "No resource that keeps data co",
        "Assumed by whoever runs the ga",
        "Assumed by whoever runs the ga",
        "The waivers that this change c",
        "pile.template.json is a templa",
    ]


def test_every_rung_is_counted_the_strongest_first(sample: tuple[Assessment, Gate]) -> None:
    assessment, gate = sample
    every = dataclasses.replace(gate, placed=dict.fromkeys(reversed(RUNGS), 2))
    said = telling(assessment, every).placed()
    assert len(said) == len(RUNGS)
    assert said[0] == "from the resource: 2"
    assert said[-1] == "not known: 2"


def test_a_long_text_keeps_both_ends() -> None:
    assert shortened("a" * 10, 10) == "a" * 10
    assert shortened("abcdefghijk", 9) == "abcd…hijk"


def test_there_must_be_a_gate(sample: tuple[Assessment, Gate]) -> None:
    with pytest.raises(ValueError, match="no gate"):
        told(sample[0], Options("fr"))
