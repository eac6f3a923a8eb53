from __future__ import annotations

import pytest

from tests.doubles.kusto import QueryError, Row, run

ROWS: list[Row] = [
    {"id": "/b", "type": "microsoft.storage/storageaccounts", "properties": {"sku": {"name": "LRS"}}, "location": "x"},
    {"id": "/a", "type": "microsoft.storage/storageaccounts", "properties": {}, "location": "y"},
    {"id": "/c", "type": "microsoft.compute/disks", "properties": None, "location": "x"},
]
TABLES = {"resources": ROWS, "resourcecontainers": [], "recoveryservicesresources": [], "managedserviceresources": []}


def ids(query: str) -> list[object]:
    return [row["id"] for row in run(query, TABLES).rows]


def test_a_table_alone_gives_all_its_rows_in_an_order_of_its_own() -> None:
    assert ids("Resources") == ["/b", "/a", "/c"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("type =~ 'Microsoft.Storage/storageAccounts'", ["/b", "/a"]),
        ("type == 'Microsoft.Storage/storageAccounts'", []),
        ("type in~ ('Microsoft.Compute/disks', \"x\")", ["/c"]),
        ("type in ('Microsoft.Compute/disks')", []),
        ("type !in~ ('Microsoft.Compute/disks')", ["/b", "/a"]),
        ("type !~ 'Microsoft.Compute/disks'", ["/b", "/a"]),
        ("type startswith 'MICROSOFT.C'", ["/c"]),
        ("type contains 'accounts' and location == 'x'", ["/b"]),
        ("properties.sku.name =~ 'lrs'", ["/b"]),
    ],
)
def test_where_compares_as_the_language_does(condition: str, expected: list[str]) -> None:
    assert ids(f"resources | where {condition}") == expected


def test_order_is_descending_unless_it_is_said() -> None:
    assert ids("resources | order by id asc") == ["/a", "/b", "/c"]
    assert ids("resources | order by id") == ["/c", "/b", "/a"]


def test_project_names_paths_as_the_service_does_and_loses_paging_with_the_id() -> None:
    answer = run("resources | project id, properties.sku.name, place = location | limit 1", TABLES)
    assert answer.rows == [{"id": "/b", "properties_sku_name": "LRS", "place": "x"}]
    assert answer.pageable
    assert not run("resources | project type", TABLES).pageable


def test_rows_are_counted() -> None:
    assert run("resources | count", TABLES).rows == [{"Count": 3}]
    assert run("resources | summarize count() by type, location", TABLES).rows[0] == {
        "type": "microsoft.storage/storageaccounts",
        "location": "x",
        "count_": 1,
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        "virtualmachines",
        "resources |",
        "resources | mv-expand tags",
        "resources | extend a = 1",
        "resources | where type",
        "resources | where type =~ Microsoft",
        "resources | where type in~ ()",
        "resources | where type in~ ('a' 'b')",
        "resources | where type =~ 'a' or type =~ 'b'",
        "resources | where type =~ 'a",
        "resources | order id asc",
        "resources | order by id upwards",
        "resources | project",
        "resources | project id type",
        "resources | limit ten",
        "resources | summarize dcount(id) by type",
    ],
)
def test_what_it_does_not_understand_it_refuses(query: str) -> None:
    with pytest.raises(QueryError) as error:
        run(query, TABLES)
    assert error.value.details[0]["code"] == "InvalidQuery"
