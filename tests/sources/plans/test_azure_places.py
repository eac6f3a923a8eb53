"""Where Azure's resources are, from their own location or that of what contains them."""

from __future__ import annotations

import pytest

from sovercheck.sources.kinds.path import Defaulted, Json, Pending
from sovercheck.sources.plans.azure_places import located, place, region_name
from sovercheck.sources.plans.model import UNKNOWN, Placed

SERVER = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Sql/servers/srv"


@pytest.mark.parametrize(
    ("locations", "placed"),
    [
        ({"/databases/db": "East US", "": "canadaeast"}, Placed("eastus", "resource", where="location")),
        ({"/databases/db": None, "": "canadaeast"}, Placed("canadaeast", "resource", where="the server.location")),
        ({"": "canadaeast"}, Placed("canadaeast", "resource", where="the server.location")),
        ({"/databases/db": Pending("expression", "x()"), "": "canadaeast"},
         Placed(None, why="expression", needs="x()")),
        ({"": "global"}, Placed(None, why="not_in_plan", where="the server.location")),
        ({"/databases/db": None}, Placed(None, why="not_in_plan", needs="subscriptions/s/resourceGroups/rg/providers/"
                                         "Microsoft.Sql/servers/srv")),
    ],
    ids=str,
)  # fmt: skip
def test_the_nearest_location_counts(locations: dict[str, Json], placed: Placed) -> None:
    by_id: dict[str, Json] = {f"{SERVER}{below}".lower(): {"location": where} for below, where in locations.items()}
    assert place(f"{SERVER}/databases/db", by_id, {SERVER.lower(): "the server"}) == placed


def test_what_nothing_contains_and_has_no_location_is_nowhere() -> None:
    assert place(SERVER, {SERVER.lower(): {}}, {}) == UNKNOWN


def test_a_location_that_nothing_tells_is_not_taken_for_one_that_is_not_there() -> None:
    unknown = Placed(None, why="not_in_plan", needs="srv")
    assert located({"name": "db"}, unknown) == {"name": "db", "location": Pending("not_in_plan", "srv")}
    assert located({"location": "global"}, unknown) == {"location": "global"}
    sure = located({"location": "Canada East"}, Placed("canadaeast", "resource"))["location"]
    assert (sure, type(sure)) == ("canadaeast", str)
    assert isinstance(located({}, Placed("canadaeast", "assumed"))["location"], Defaulted)


def test_regions_are_spelt_in_two_ways() -> None:
    assert region_name("Canada East") == region_name("canadaeast") == "canadaeast"
