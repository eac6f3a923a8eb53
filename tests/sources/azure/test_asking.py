"""What leaves for Azure, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sovercheck.sources.azure import gather
from sovercheck.sources.azure.asking import AzureAsker, Kept
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.journal import NO_CREDENTIALS, Ask, Journal, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import ABSENT, Json, parse
from tests.doubles.azure import AzureDouble, Fault
from tests.doubles.azure_estate import AZURE_ESTATE
from tests.doubles.azure_names import PRODUCTION, RESEARCH

DAY = "2026-11-27"
PATIENCE = Patience(attempts=3, repeats=2, first_wait=0.001, connect=5, read=5)
ALL = [PRODUCTION, RESEARCH]
TABLE = gather.graph_ask("resources", ALL)


@pytest.fixture
def double() -> Iterator[AzureDouble]:
    with AzureDouble(AZURE_ESTATE, page=1) as running:
        yield running


Making = Callable[..., AzureAsker]


@pytest.fixture
def asking(double: AzureDouble, tmp_path: Path) -> Iterator[Making]:
    """Makes an asker of the double's, with a journal of its own."""
    with Journal(tmp_path / "azure.ndjson", DAY) as journal:

        def made(kept: Kept | None = None) -> AzureAsker:
            entry = AzureEntry.model_validate({"endpoint": f"{double.url}/", "requests_per_second": 1000})
            return AzureAsker(entry, journal, kept or {}, PATIENCE, Counters())

        yield made


def values(page: Json) -> list[dict[str, Any]]:
    found = page.get("value", page.get("data")) if isinstance(page, dict) else None
    assert isinstance(found, list)
    return [item for item in found if isinstance(item, dict)]


# What leaves


def test_a_listing_is_read_page_by_page_and_never_asked_twice(asking: Making, double: AzureDouble) -> None:
    asker = asking()
    pages = list(asker.pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS))
    assert sorted(entry["subscriptionId"] for page in pages for entry in values(page)) == sorted(ALL)
    assert len(pages) == 2
    assert len(double.requests) == asker.counters.calls == 2
    assert list(asker.pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS)) == pages
    assert len(double.requests) == 2


def test_a_get_says_its_version_and_every_other_parameter(asking: Making, double: AzureDouble) -> None:
    ask = Ask(PRODUCTION, "global", "arm", "/subscriptions", {"api-version": "2022-12-01", "$filter": "a eq 'b & c'"})
    list(asking().pages(ask, gather.SUBSCRIPTIONS))
    assert (double.requests[0].method, double.requests[0].path) == ("GET", "/subscriptions")
    assert double.requests[0].query == {"api-version": "2022-12-01", "$filter": "a eq 'b & c'"}


def test_the_index_is_asked_in_order_and_over_the_subscriptions_that_are_said(
    asking: Making, double: AzureDouble
) -> None:
    rows = [row for page in asking().pages(gather.graph_ask("resources", [PRODUCTION]), gather.GRAPH)
            for row in values(page)]  # fmt: skip
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert {row["subscriptionId"] for row in rows} == {PRODUCTION}
    (request,) = double.requests
    assert (request.method, request.path) == ("POST", "/providers/Microsoft.ResourceGraph/resources")
    assert request.body is not None
    assert request.body["query"] == "resources | order by id asc"
    assert request.body["subscriptions"] == [PRODUCTION]


def test_the_index_is_paged_to_its_end(asking: Making, double: AzureDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [row["id"] for page in asking().pages(TABLE, gather.GRAPH) for row in values(page)]
    monkeypatch.setattr("sovercheck.sources.azure.asking._PAGE", 7)
    ask = gather.graph_ask("resources", ALL[::-1])
    pages = [values(page) for page in asking().pages(ask, gather.GRAPH)]
    assert {len(page) for page in pages[:-1]} == {7}
    assert [row["id"] for page in pages for row in page] == whole


def test_nothing_that_writes_leaves(asking: Making, double: AzureDouble) -> None:
    asker = asking()
    list(asker.pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS))
    list(asker.pages(TABLE, gather.GRAPH))
    assert double.refused == []
    assert {request.method for request in double.requests if "ResourceGraph" not in request.path} == {"GET"}


# What is kept


def test_of_a_row_only_what_descriptions_read_is_kept(asking: Making) -> None:
    rows = [row for page in asking().pages(TABLE, gather.GRAPH) for row in values(page)]
    (account,) = [row for row in rows if row["type"] == "microsoft.storage/storageaccounts"][:1]
    assert {"id", "type", "location", "properties"} <= account.keys()
    assert "primaryEndpoints" not in account["properties"]


def test_of_an_answer_only_what_is_to_be_kept_is(asking: Making) -> None:
    kept: Kept = {gather.SUBSCRIPTIONS.operation: (parse("value[].displayName"),)}
    pages = list(asking(kept).pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS))
    # Pages follow one another by what is not kept.
    assert len(pages) == 2
    assert {tuple(entry) for page in pages for entry in values(page)} == {("displayName",)}


def test_the_pages_of_a_completing_call_are_one_answer(asking: Making) -> None:
    found = asking().fetch(gather.subscriptions_ask(), gather.SUBSCRIPTIONS)
    assert not isinstance(found, Refusal)
    assert found is not ABSENT
    assert len(values(found)) == 2


def test_pages_are_joined_by_their_values(asking: Making) -> None:
    pages: list[Json] = [{"value": [1], "count": 1, "nextLink": "x"}, {"value": [2]}, {"other": 3}, None]
    assert asking().joined(pages) == {"value": [1, 2], "count": 1, "nextLink": "x"}
    assert asking().joined([{"properties": {"a": 1}}]) == {"properties": {"a": 1}}
    assert asking().joined([{"value": None}]) == {"value": []}
    assert asking().joined([]) is None


# What is refused


def test_a_refusal_names_what_is_lacking(asking: Making, double: AzureDouble) -> None:
    double.add_fault(Fault("forbidden"))
    asker = asking()
    call = Call("arm", "x", permission="Microsoft.Sql/servers/read")
    assert list(asker.pages(TABLE, gather.GRAPH)) == []
    refused = asker.journal.refusal(TABLE)
    assert refused is not None
    assert (refused.reason, refused.needs) == ("refused", gather.GRAPH.permission)
    found = asker.fetch(Ask(PRODUCTION, "global", "arm", "/subscriptions", {"api-version": "2022-12-01"}), call)
    assert isinstance(found, Refusal)
    assert found.reason == "refused"
    assert asker.counters.refused == 2


def test_a_code_that_means_none_is_none_and_no_refusal(asking: Making) -> None:
    address = f"/subscriptions/{PRODUCTION}/resourceGroups/none/providers/Microsoft.Sql/servers/none"
    ask = Ask(PRODUCTION, "global", "arm", address, {"api-version": "2021-11-01"})
    asker = asking()
    refused = asker.fetch(ask, Call("arm", "x"))
    assert isinstance(refused, Refusal)
    code = str(refused.detail).partition(":")[0]
    asker.journal.forget_refusals()
    assert asker.fetch(ask, Call("arm", "x", absent_on=(code,))) is ABSENT
    assert asker.journal.refusal(ask) is None


def test_what_may_pass_is_asked_again_and_what_is_throttled_more_often(asking: Making, double: AzureDouble) -> None:
    double.add_fault(Fault("error", path="/subscriptions$", times=1))
    double.add_fault(Fault("throttled", path="ResourceGraph", times=2, retry_after=0))
    asker = asking()
    assert len(list(asker.pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS))) == 2
    assert list(asker.pages(TABLE, gather.GRAPH))
    assert (asker.counters.throttled, asker.counters.refused) == (2, 0)


@pytest.mark.parametrize("what", ["garbage", "error", "cut"])
def test_what_is_broken_is_a_refusal_and_no_empty_answer(asking: Making, double: AzureDouble, what: Any) -> None:
    double.add_fault(Fault(what))
    asker = asking()
    for ask, call in ((gather.subscriptions_ask(), gather.SUBSCRIPTIONS), (TABLE, gather.GRAPH)):
        assert list(asker.pages(ask, call)) == []
        refused = asker.journal.refusal(ask)
        assert refused is not None
        assert refused.reason == ("unreadable" if what == "garbage" else "unreachable")
        assert not asker.journal.has(ask)


def test_a_listing_that_breaks_off_keeps_what_came_and_says_that_it_is_not_whole(
    asking: Making, double: AzureDouble
) -> None:
    double.add_fault(Fault("forbidden", after=1))
    asker = asking()
    assert len(list(asker.pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS))) == 1
    assert asker.journal.refusal(gather.subscriptions_ask()) is not None


@pytest.mark.parametrize(
    ("following", "is_asked"),
    [
        ("https://ailleurs.example/subscriptions?page=2", False),
        ("//ailleurs.example/subscriptions?page=2", False),
        ("/subscriptions?api-version=2022-12-01&page=2", True),
    ],
)
def test_the_next_page_is_asked_of_the_endpoint_alone(
    asking: Making, double: AzureDouble, monkeypatch: pytest.MonkeyPatch, following: str, is_asked: bool
) -> None:
    pages: list[Json] = [{"value": [1], "nextLink": following}, {"value": [2]}]
    asked: list[str] = []

    def get(_: AzureAsker, address: str) -> Json:
        asked.append(address)
        return pages[len(asked) - 1]

    monkeypatch.setattr(AzureAsker, "_get", get)
    asker = asking()
    assert len(list(asker.pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS))) == 1 + is_asked
    assert asked[1:] == [following] * is_asked
    refused = asker.journal.refusal(gather.subscriptions_ask())
    assert (refused is None) is is_asked
    assert double.requests == []


def test_once_the_credentials_have_ended_nothing_further_leaves(asking: Making, double: AzureDouble) -> None:
    double.add_fault(Fault("expired"))
    asker = asking()
    list(asker.pages(gather.subscriptions_ask(), gather.SUBSCRIPTIONS))
    asked = len(double.requests)
    assert list(asker.pages(TABLE, gather.GRAPH)) == []
    assert len(double.requests) == asked
    refused = asker.journal.refusal(TABLE)
    assert refused is not None
    assert refused.needs == NO_CREDENTIALS


# An index that does not answer as it should


def test_what_a_query_limits_itself_is_whole(asking: Making) -> None:
    asker = asking()
    ask = gather.graph_ask("resources | limit 1", ALL)
    assert [len(values(page)) for page in asker.pages(ask, gather.GRAPH)] == [1]
    assert asker.journal.refusal(ask) is None


def told_otherwise(double: AzureDouble, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]) -> None:
    """Has the double answer with other members than its own."""
    real = double.answer

    def answer(*given: Any) -> Any:
        found = real(*given)
        assert found is not None
        assert isinstance(found.body, dict)
        found.body.update(told)
        return found

    monkeypatch.setattr(double, "answer", answer)


@pytest.mark.parametrize(
    "told",
    [{"data": None}, {"data": {"columns": [], "rows": []}}, {"totalRecords": 10_000}],
    ids=["no rows", "a table", "cut off"],
)
def test_an_index_that_gives_no_rows_or_not_all_is_no_empty_one(
    asking: Making, double: AzureDouble, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    told_otherwise(double, monkeypatch, told)
    asker = asking()
    list(asker.pages(TABLE, gather.GRAPH))
    refused = asker.journal.refusal(TABLE)
    assert refused is not None
    assert refused.reason == "unreadable"


@pytest.mark.parametrize("told", [{"totalRecords": None}, {"resultTruncated": "true"}], ids=str)
def test_an_index_that_does_not_say_that_there_is_more_has_given_all(
    asking: Making, double: AzureDouble, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    told_otherwise(double, monkeypatch, told)
    asker = asking()
    assert list(asker.pages(TABLE, gather.GRAPH))
    assert asker.journal.refusal(TABLE) is None
