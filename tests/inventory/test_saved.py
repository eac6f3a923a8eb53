"""Saved inventories roll up into one as if their sources had been read again, together."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from sovercheck.errors import InputError, Place
from sovercheck.evaluation.derive import OWN_READING
from sovercheck.evaluation.evaluate import derive_all
from sovercheck.evaluation.judge import judge
from sovercheck.findings import Verdict
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import TABLES
from sovercheck.inventory.rows import OF_A_FILE, Gap, Item, Known, Note, Reading, Row
from sovercheck.inventory.store import Inventory, saved_sha256
from sovercheck.inventory.ties import MATCHED, Matcher
from sovercheck.policy.loader import load_policies
from sovercheck.policy.model import Rule
from sovercheck.reference import Reference, load_reference
from tests.evaluation.worlds import Values, World, enrich

AS_OF = date(2026, 11, 23)
MATCHERS = (Matcher("s0", (("tag", "alpha"),)), Matcher("s0", (("name", "a*"),)), Matcher("s9", (("account", "beta"),)))
REASONS = ("refused", "throttled")


@cache
def judging() -> tuple[Reference, tuple[Rule, ...]]:
    reference = load_reference()
    return reference, load_policies(("residency",), reference, {}).rules


def items(rng: random.Random, source: str) -> list[Item]:
    """What one source says of a little world, whose ids are those of every other."""
    rows = enrich(rng, Values(), ())
    found: list[Item] = []
    for row in World.of(rows).items(""):
        if not isinstance(row, Row):
            continue
        facts = {
            short: replace(known, evidence=replace(known.evidence, source=rng.choice((source, "commun"))))
            for short, known in row.facts.items()
        }
        observed = rng.choice(["r0", "r1", "r2", "nowhere"]) if row.table == "resource" and rng.random() < 0.2 else None
        found.append(replace(row, facts=facts, observed_as=observed))
        if rng.random() < 0.3:
            shorts = tuple(sorted(rng.sample(sorted(facts), min(len(facts), 2))))
            if shorts:
                grade = rng.choice((Grade.OBSERVED, Grade.DOCUMENTED))
                found.append(Gap(source, rng.choice(REASONS), row.table, row.id, shorts, grade=grade))  # type: ignore[arg-type]
    if rng.random() < 0.3:
        found.append(Gap(source, "refused", rng.choice(("copy", "resource", "involvement"))))
    found.append(Reading(source, "1234", "ca-central-1", "s3", "bucket", "read", len(rows)))
    found.append(Note(source, "spreadsheet_encoding", {"encoding": "cp1252"}))
    rng.shuffle(found)
    return found


def tables(inventory: Inventory) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: inventory.connection.execute(f'SELECT * FROM "{table}" ORDER BY ALL').fetchall()
        for table in (*TABLES, MATCHED)
    }


def verdicts(inventory: Inventory) -> Counter[tuple[str, Verdict]]:
    reference, rules = judging()
    _, nothing = derive_all(inventory, rules, reference, AS_OF)
    found: Counter[tuple[str, Verdict]] = Counter()
    for item in judge(inventory, rules, AS_OF, nothing_contradicted=nothing):
        for rule, tally in zip(item.plan.rules, item.tallies, strict=True):
            counts = (tally.not_applicable, tally.passed, tally.failed, tally.unknown)
            found.update({(rule.rule.id, verdict): n for verdict, n in zip(Verdict, counts, strict=True)})
    return found


def built(sources: Sequence[tuple[str, Sequence[Item]]]) -> Inventory:
    builder = Builder(MATCHERS)
    for name, given in sources:
        builder.add(name, given, bulk=name == "b")
    return builder.finish()


def rolled(folders: Sequence[Path]) -> Inventory:
    builder = Builder(MATCHERS)
    for folder in folders:
        builder.add_saved(folder)
    return builder.finish()


def same(one: Inventory, other: Inventory) -> None:
    assert tables(one) == tables(other)
    assert one.sha256() == other.sha256()
    # The evaluation adds its own readings.
    assert [item for item in one.provenance if item != OWN_READING] == [
        item for item in other.provenance if item != OWN_READING
    ]
    assert (one.gaps, one.readings) == (other.gaps, other.readings)
    assert one.contradictions == other.contradictions
    assert sorted(map(repr, one.notes)) == sorted(map(repr, other.notes))
    assert (one.counts, one.bulk_systems, one.observed_as) == (other.counts, other.bulk_systems, other.observed_as)


@pytest.mark.parametrize("seed", range(8))
def test_built_from_items_or_from_saved_parts_it_is_the_same(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    sources = [(name, items(rng, name)) for name in ("a", "b", "c", "d")]
    folders = [tmp_path / "ab", tmp_path / "c", tmp_path / "d"]
    for folder, part in zip(folders, (sources[:2], sources[2:3], sources[3:]), strict=True):
        with built(part) as inventory:
            inventory.save(folder)
            assert saved_sha256(folder) == inventory.sha256()
    with built(sources) as direct:
        assert direct.contradictions, "the sources disagree"
        assert direct.gaps
        with rolled(folders) as whole:
            same(direct, whole)
            assert verdicts(direct) == verdicts(whole)
            whole.save(tmp_path / "abcd")
        with rolled([tmp_path / "abcd"]) as again:
            same(direct, again)
        builder = Builder(MATCHERS)
        builder.add_saved(folders[0])
        builder.add(*sources[2])
        builder.add_saved(folders[2])
        with builder.finish() as mixed:
            same(direct, mixed)


SAID = Evidence(Grade.DECLARED, "Fournisseur inc.")
ALSO = Evidence(Grade.DECLARED, "Autre inc.")
SEEN = Evidence(Grade.OBSERVED, "compte")


def saved(folder: Path, *given: Item) -> Path:
    builder = Builder()
    builder.add(folder.name, given)
    with builder.finish() as inventory:
        inventory.save(folder)
    return folder


def place(value: str, by: Evidence) -> Row:
    return Row("copy", "c", {"resource": "r"}, {"place": Known(value, by)})


def test_a_value_that_lost_before_still_counts_against_a_third(tmp_path: Path) -> None:
    """Canada, documented, stood over Québec, declared; Ontario, documented, contradicts the one that lost."""
    document = Evidence(Grade.DOCUMENTED, "contrat")
    first = saved(tmp_path / "a", place("CA", document), place("CA-QC", SAID))
    second = saved(tmp_path / "b", place("CA-ON", document))
    with rolled([first, second]) as inventory:
        (found,) = inventory.contradictions
        assert [value for value, _ in found.values] == ["CA", "CA-ON", "CA-QC"]


def test_a_disagreement_that_left_it_unknown_is_settled_by_a_stronger_reading(tmp_path: Path) -> None:
    first = saved(tmp_path / "a", place("CA-QC", SAID), place("US", ALSO))
    second = saved(tmp_path / "b", place("US", SEEN))
    with rolled([first]) as inventory:
        assert inventory.connection.execute("SELECT place FROM copy").fetchall() == [(None,)]
    with rolled([first, second]) as inventory:
        assert inventory.connection.execute("SELECT place FROM copy").fetchall() == [("US",)]
        assert len(inventory.contradictions[0].values) == 3


def test_the_ids_that_it_holds_and_the_parties_that_it_names_are_given_back(tmp_path: Path) -> None:
    folder = saved(tmp_path / "a", place("CA-QC", SAID), Row("resource", "r", {"provider": "aws"}))
    ids = Builder().add_saved(folder)
    assert (ids["copy"], ids["resource"], ids["party"], ids["system"]) == ({"c"}, {"r"}, {"aws"}, set())


def test_two_plans_of_one_name_are_not_taken_for_one_and_an_account_read_twice_is(tmp_path: Path) -> None:
    def read(folder: str, source: str, account: str) -> Path:
        return saved(tmp_path / folder, place("CA-QC", SAID), Reading(source, account, "*", "aws", "bucket", "read", 1))

    with rolled([read("a", "aws", "1234"), read("b", "aws", "1234"), read("c", "plan.json", OF_A_FILE)]):
        pass
    with pytest.raises(InputError) as caught:
        rolled([tmp_path / "c", read("d", "plan.json", OF_A_FILE)])
    assert (caught.value.code, caught.value.params) == ("saved_same_plan", {"plan": "plan.json"})
    assert caught.value.place == Place(str(tmp_path / "d"))
    with rolled([tmp_path / "c", read("e", "depot/plan.json", OF_A_FILE)]):
        pass


def test_what_is_no_inventory_or_is_torn_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Builder().add_saved(tmp_path / "nothing")
    assert caught.value.code == "not_an_inventory"
    folder = saved(tmp_path / "a", place("CA-QC", SAID))
    torn = folder / "copy.parquet"
    raw = torn.read_bytes()
    torn.write_bytes(raw[:4] + b"\0" * (len(raw) // 3) + raw[4 + len(raw) // 3 :])
    with pytest.raises(InputError) as caught:
        rolled([folder])
    assert (caught.value.code, str(caught.value.place)) == ("not_an_inventory", str(folder))


def test_an_inventory_of_an_earlier_form_is_refused_by_name(tmp_path: Path) -> None:
    folder = saved(tmp_path / "a", place("CA-QC", SAID))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"schema": "sovercheck/inventory/v0"}))
    with pytest.raises(InputError) as caught:
        Builder().add_saved(folder)
    assert caught.value.code == "inventory_schema"
