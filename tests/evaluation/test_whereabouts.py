"""Where each copy is, one by one."""

from __future__ import annotations

from sovercheck.evaluation.whereabouts import Whereabouts, whereabouts
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Known, Row

SAID = Evidence(Grade.DOCUMENTED, "plan.json")


def test_each_copy_is_where_it_is_known_to_be_and_nowhere_where_nobody_knows() -> None:
    builder = Builder()
    builder.add(
        "plan.json",
        [
            Row("resource", "b", {}, {"kind": Known("object_bucket", SAID)}),
            Row(
                "copy",
                "b#primary",
                {"resource": "b"},
                {
                    "kind": Known("primary", SAID),
                    "place": Known("CA-QC", SAID),
                    "region": Known("ca-central-1", SAID),
                },
            ),
            Row("copy", "b#replica", {"resource": "b"}, {"kind": Known("replica", SAID)}),
            Row("copy", "alone", {}, {"place": Known(None, SAID)}),
        ],
    )
    with builder.finish() as inventory:
        found = whereabouts(inventory)
    assert list(found) == ["alone", "b#primary", "b#replica"]
    assert found == {
        "alone": Whereabouts(None, None, None, None),
        "b#primary": Whereabouts("b", "primary", "CA-QC", "ca-central-1"),
        "b#replica": Whereabouts("b", "replica", None, None),
    }
