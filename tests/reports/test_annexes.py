from __future__ import annotations

import dataclasses

from sovercheck.findings import Input, NoteView, UntiedResource
from sovercheck.reports import annexes, svg
from sovercheck.reports.base import Options
from sovercheck.reports.view import View
from tests.reports.sample import sample_assessment


def view() -> View:
    return View(sample_assessment(), Options("fr"))


def test_the_territory_has_a_row_a_place_quebec_first_and_the_unknown_last() -> None:
    found = annexes.territory(view(), view().assessment.territory)
    assert found is not None
    assert found.rows[0].place == "Québec"
    assert found.rows[-1].place == "lieu inconnu"
    copies = sum(volume.copies for volume in view().assessment.territory)
    assert sum(int(row.copies) for row in found.rows) == copies
    assert svg.HATCH in found.picture


def test_no_copies_no_territory() -> None:
    assert annexes.territory(view(), ()) is None


def test_coverage_names_the_systems_that_nothing_reached() -> None:
    found = annexes.coverage(view())
    assert found.unreached == "5 atteints par aucune source"
    assert len(found.unreached_names) == 5


def test_coverage_has_the_ledger_the_permissions_and_the_other_gaps() -> None:
    found = annexes.coverage(view())
    assert found.ledger is not None
    assert [line.name for line in found.permissions][-1] == "backup:ListCopyJobs"
    assert [line.needs for line in found.gaps][-1] == "poser la question"


def test_a_note_of_another_version_is_shown_as_it_stands() -> None:
    noted = dataclasses.replace(sample_assessment(), notes=(NoteView("a.csv", "never_heard_of", {"x": "1"}),))
    assert annexes.coverage(View(noted, Options("en"))).notes == (("a.csv", "never_heard_of, x = 1"),)


def test_a_law_says_its_status_and_the_wording_read() -> None:
    cloud_act, lapsed = annexes.laws(view())
    assert cloud_act.in_force == "en vigueur depuis le 23 mars 2018"
    assert lapsed.in_force.startswith("échue, ")
    assert "de mémoire" in lapsed.text_read


def test_the_command_is_made_from_the_assessment() -> None:
    found = annexes.reproducing(view())
    assert found.command == "sovercheck assess --as-of 2026-11-22"
    assert len(found.inputs) == len(sample_assessment().inputs)


def test_resources_without_a_system_are_listed_by_size_and_those_left_out_are_counted() -> None:
    sample = sample_assessment()
    untied = (
        UntiedResource("arn:a", "Images", "object_store", "CA-ON", "0001", 10**9, 10**9),
        UntiedResource("arn:b", None, None, None, None, 0, None),
    )
    coverage = dataclasses.replace(sample.coverage, untied=untied, unmatched_resources=1)
    found = annexes.coverage(View(dataclasses.replace(sample, coverage=coverage), Options("fr")))
    assert [(line.name, line.id) for line in found.untied_resources] == [("Images", "arn:a"), ("arn:b", "")]
    assert found.untied_resources[0].place == "Ontario"
    assert found.untied_resources[1].volume == "volume inconnu"
    assert found.untied_more == "; 1 autre n’y figure pas"
    assert found.unmatched.startswith("De 1 ressource, les étiquettes")


def test_the_command_names_the_saved_inventories_that_stood_in() -> None:
    sample = sample_assessment()
    sample = dataclasses.replace(sample, inputs=(*sample.inputs, Input("lecture", "inventory", "0" * 64)))
    found = annexes.reproducing(View(sample, Options("fr")))
    assert found.command == "sovercheck assess --from lecture --as-of 2026-11-22"
