from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from sovercheck.comparison import Comparison
from sovercheck.findings import Assessment, DecidingFact
from sovercheck.gate import RUNGS, Gate, Location, MoveKind
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import Options
from sovercheck.reports.gate_told import CODES, MOVES, GateTold, shortened, told
from tests.reports.gate_pages import COMPARISON, shown_gate, tallied
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


def test_moves_are_told_the_gravest_first_with_both_ends(sample: tuple[Assessment, Gate]) -> None:
    said = telling(*sample)
    assert [what for what, _ in said.moves()] == [
        "1 copy leaves the country",
        "1 copy leaves the territory (Québec)",
        "1 copy is added outside of the territory (Québec)",
        "1 copy comes back to the territory (Québec)",
    ]
    ends = [said.move(move) for _, moves in said.moves() for move in moves]
    assert ends[0] == "primary, Québec → Virginia, U.S."
    assert ends[2] == "replica, – → Oregon, U.S."


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_move_is_told(sample: tuple[Assessment, Gate], lang: Lang) -> None:
    assessment, gate = sample
    assert set(MOVES) == set(get_args(MoveKind))
    every = tuple(dataclasses.replace(gate.moves[0], kind=kind) for kind in reversed(MOVES))
    told_ = telling(assessment, dataclasses.replace(gate, moves=every), lang).moves()
    assert [moves[0].kind for _, moves in told_] == list(MOVES)
    assert len({what for what, _ in told_}) == len(MOVES)


def test_an_end_that_nobody_knows_is_not_an_absence(sample: tuple[Assessment, Gate]) -> None:
    assessment, gate = sample
    unsure = dataclasses.replace(gate.moves[0], kind="unsure", before=None, after="CA-QC")
    said = telling(assessment, dataclasses.replace(gate, moves=(unsure,)))
    assert said.move(unsure) == "primary, place unknown → Québec"


def test_a_share_is_told_with_as_many_decimals_as_tell_it_apart(sample: tuple[Assessment, Gate]) -> None:
    volume, count = telling(*sample, comparison=COMPARISON).shares()
    assert (
        volume
        == "Share of the territory (by volume, strict reading): 54% to 62% → 38% to 62%; target 40%, to be assessed"
    )
    assert "50% → 49.8%; target 40%, target met" in count


def test_a_share_that_does_not_change_is_told_to_be_as_it_was(sample: tuple[Assessment, Gate]) -> None:
    same = tuple(dataclasses.replace(share, after=share.before) for share in COMPARISON.shares)
    said = telling(*sample, comparison=dataclasses.replace(COMPARISON, shares=same))
    assert said.shares() == []
    (told_,) = said.shares_told()
    assert told_.endswith(", unchanged")


def test_the_whole_share_by_volume_comes_first(sample: tuple[Assessment, Gate]) -> None:
    turned = dataclasses.replace(COMPARISON, shares=COMPARISON.shares[::-1])
    assert "by volume" in telling(*sample, comparison=turned).shares()[0]


def test_without_a_comparison_nothing_is_said_to_stay_as_it_is(sample: tuple[Assessment, Gate]) -> None:
    assessment, gate = sample
    templates = tuple(dataclasses.replace(plan, knows_before=False) for plan in gate.plans)
    said = telling(assessment, dataclasses.replace(gate, moves=(), plans=templates))
    assert said.posture() == []
    assert said.exposures_told() == []
    assert telling(assessment, dataclasses.replace(gate, moves=())).posture() == ["Territory: no copy changes place."]


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


def test_names_are_given_once_and_the_others_counted(sample: tuple[Assessment, Gate]) -> None:
    said = telling(*sample)
    assert said.named(["a", "a", "b"]) == "a, b"
    assert said.named(["a", "b", "c", "d", "e"]) == "a, b, c, and 2 more"


def test_a_long_text_keeps_both_ends() -> None:
    assert shortened("a" * 10, 10) == "a" * 10
    assert shortened("abcdefghijk", 9) == "abcd…hijk"


def test_there_must_be_a_gate(sample: tuple[Assessment, Gate]) -> None:
    with pytest.raises(ValueError, match="no gate"):
        told(sample[0], Options("fr"))
