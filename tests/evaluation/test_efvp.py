"""Where no assessment is written at all, the facts of assessments are what they are beside somebody else's."""

from __future__ import annotations

import pytest

from sovercheck.evaluation.derive import derive
from sovercheck.inventory.rows import Gap
from sovercheck.inventory.store import Inventory
from tests.evaluation.build import inventory

SYSTEMS = """
systems:
  - {id: closed, efvps_complete: true}
  - {id: open, efvps_complete: false}
  - {id: untold}
  - {id: refused, efvps_complete: true}
  - {id: other}
resources: [{id: r, systems: [closed, open, untold, refused]}]
copies: [{id: c, resource: r, place: FR-75}, {id: d, resource: r}]
"""
ANOTHER = "efvps: [{id: e, system: other, kind: project, places: [FR], status: done}]\n"
REFUSED = (
    Gap("test", "refused", "system", "refused", ("efvps_complete",)),
    Gap("test", "refused", "efvp"),
)


def told(found: Inventory, table: str) -> list[tuple[object, ...]]:
    return found.connection.execute(f"SELECT * FROM {table} WHERE system <> 'other' ORDER BY ALL").fetchall()


@pytest.mark.parametrize("gaps", [(), REFUSED], ids=["all read", "refused"])
@pytest.mark.parametrize("table", ["efvp_of_copy", "efvp_of_project"])
def test_no_assessment_tells_what_one_of_another_system_does(table: str, gaps: tuple[Gap, ...]) -> None:
    with inventory(SYSTEMS, *gaps) as none, inventory(SYSTEMS + ANOTHER, *gaps) as some:
        derive(none)
        derive(some)
        described = [found.connection.execute(f"DESCRIBE {table}").fetchall() for found in (none, some)]
        assert {row[:2] for row in described[0]} == {row[:2] for row in described[1]}
        columns = ", ".join(f'"{row[0]}"' for row in described[1])
        rows = none.connection.execute(f"SELECT {columns} FROM {table} WHERE system <> 'other' ORDER BY ALL").fetchall()
        assert rows == told(some, table)
        assert len(rows) == (8 if table == "efvp_of_copy" else 4)
