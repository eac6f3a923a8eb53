"""Azure's regions for the double, as `GET /subscriptions/{id}/locations` tells them, and the pairs that Azure names.

After Subscriptions `2022-12-01` (`Location`, `LocationMetadata`). Names, places and pairs are those that Microsoft
publishes in "List of Azure regions": a pair goes both ways, save that Brazil South's is South Central US; Poland
Central has none. Logical regions have no place: `canada` and `global` say nothing of where data is.
"""

from __future__ import annotations

from tests.doubles.azure_answers import Json


def locations() -> tuple[Json, ...]:
    """Every `Location`, with `{subscription}` in its id."""
    return tuple(_physical(*region) for region in _PHYSICAL) + tuple(_logical(*region) for region in _LOGICAL)


# name, display name, geography, group, physical location, latitude, longitude, pair
_PHYSICAL: tuple[tuple[str, str, str, str, str, str, str, str | None], ...] = (
    ("canadacentral", "Canada Central", "Canada", "Canada", "Toronto", "43.653", "-79.383", "canadaeast"),
    ("canadaeast", "Canada East", "Canada", "Canada", "Quebec", "46.817", "-71.217", "canadacentral"),
    ("eastus", "East US", "United States", "US", "Virginia", "37.3719", "-79.8164", "westus"),
    ("westus", "West US", "United States", "US", "California", "37.783", "-122.417", "eastus"),
    ("eastus2", "East US 2", "United States", "US", "Virginia", "36.6681", "-78.3889", "centralus"),
    ("centralus", "Central US", "United States", "US", "Iowa", "41.5908", "-93.6208", "eastus2"),
    ("southcentralus", "South Central US", "United States", "US", "Texas", "29.4167", "-98.5", "northcentralus"),
    ("northcentralus", "North Central US", "United States", "US", "Illinois", "41.8819", "-87.6278", "southcentralus"),
    (
        "brazilsouth",
        "Brazil South",
        "Brazil",
        "South America",
        "Sao Paulo State",
        "-23.55",
        "-46.633",
        "southcentralus",
    ),
    ("francecentral", "France Central", "France", "Europe", "Paris", "46.3772", "2.373", "francesouth"),
    ("francesouth", "France South", "France", "Europe", "Marseille", "43.8345", "2.1972", "francecentral"),
    ("westeurope", "West Europe", "Europe", "Europe", "Netherlands", "52.3667", "4.9", "northeurope"),
    ("northeurope", "North Europe", "Europe", "Europe", "Ireland", "53.3478", "-6.2597", "westeurope"),
    ("polandcentral", "Poland Central", "Poland", "Europe", "Warsaw", "52.23334", "21.01666", None),
)
_LOGICAL = (
    ("canada", "Canada", "Canada"),
    ("unitedstates", "United States", "US"),
    ("europe", "Europe", "Europe"),
    ("global", "Global", None),
)


def _id(name: str) -> str:
    return f"/subscriptions/{{subscription}}/locations/{name}"


def _physical(
    name: str, display: str, geography: str, group: str, place: str, latitude: str, longitude: str, pair: str | None
) -> Json:
    return {
        "id": _id(name),
        "name": name,
        "type": "Region",
        "displayName": display,
        "regionalDisplayName": f"({group}) {display}",
        "metadata": {
            "regionType": "Physical",
            "regionCategory": "Recommended",
            "geography": geography,
            "geographyGroup": group,
            "longitude": longitude,
            "latitude": latitude,
            "physicalLocation": place,
            "pairedRegion": [] if pair is None else [{"name": pair, "id": _id(pair)}],
        },
    }


def _logical(name: str, display: str, group: str | None) -> Json:
    metadata = {"regionType": "Logical", "regionCategory": "Other", "geography": display, "geographyGroup": group}
    return {
        "id": _id(name),
        "name": name,
        "type": "Region",
        "displayName": display,
        "regionalDisplayName": display,
        "metadata": metadata,
    }
