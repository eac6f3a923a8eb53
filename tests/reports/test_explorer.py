from __future__ import annotations

import base64
import dataclasses
import gzip
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.findings import Assessment
from sovercheck.reports.base import Options
from sovercheck.reports.explorer import Packed, pack
from sovercheck.reports.view import View
from tests.reports.sample import large_assessment, sample_assessment


def unpack(packed: Packed) -> dict[str, Any]:
    """The packed list as the report's script reads it, ids decoded."""
    content: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed.data)))
    ids, names, before = [], [], ""
    for coded in content["ids"]:
        id_, _, name = coded.partition("\n")
        shared, _, rest = id_.partition(" ")
        before = before[: int(shared)] + rest
        ids.append(before)
        names.append(name or before)
    return content | {"ids": ids, "names": names}


def view(assessment: Assessment) -> View:
    return View(assessment, Options("fr"))


def test_the_bytes_name_neither_a_time_nor_the_system_that_packed_them() -> None:
    packed = base64.b64decode(pack(view(sample_assessment()), sample_assessment().findings).data)
    assert packed[4:8] == bytes(4)
    assert packed[9] == 3


def test_every_finding_comes_out_as_it_went_in() -> None:
    assessment = sample_assessment()
    content = unpack(pack(view(assessment), assessment.findings))
    assert content["ids"] == [finding.id for finding in assessment.findings]
    assert len(content["rows"]) == 4 * len(assessment.findings)
    for number, finding in enumerate(assessment.findings):
        word, rule, owner, why = content["rows"][number * 4 : number * 4 + 4]
        assert content["words"][word][1] == view(assessment).finding_mark(finding).text
        assert content["rules"][rule][0] == view(assessment).rules[finding.rule].title["fr"]
        assert [content["systems"][system] for system in content["owners"][owner]] == [
            view(assessment).name("system", system) for system in finding.systems
        ]
        assert all(view(assessment).value(fact) in content["whys"][why] for fact in finding.facts)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), min_size=1)))
def test_any_id_survives_the_packing(ids: list[str]) -> None:
    assessment = sample_assessment()
    findings = [dataclasses.replace(assessment.findings[0], id=id_) for id_ in ids]
    assert unpack(pack(view(assessment), findings))["ids"] == ids


def test_what_does_not_fit_is_counted_and_is_the_least_grave() -> None:
    assessment = large_assessment(2_000)
    whole = pack(view(assessment), assessment.findings)
    assert whole.left_out == 0
    part = pack(view(assessment), assessment.findings, budget=len(whole.data) // 3)
    assert len(part.data) <= len(whole.data) // 3
    assert part.shown + part.left_out == len(assessment.findings)
    assert part.shown > len(assessment.findings) // 5
    assert unpack(part)["ids"] == [finding.id for finding in assessment.findings[: part.shown]]


def test_a_budget_too_small_for_anything_leaves_everything_out() -> None:
    assessment = sample_assessment()
    assert pack(view(assessment), assessment.findings, budget=1).left_out == len(assessment.findings)


def test_same_findings_same_bytes() -> None:
    assert pack(view(sample_assessment()), sample_assessment().findings) == pack(
        view(sample_assessment()), sample_assessment().findings
    )
