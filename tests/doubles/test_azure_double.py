"""The double of Azure is itself held: by plain HTTP, by azure-core's own policies, and by the published client."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from azure.core import PipelineClient
from azure.core.exceptions import HttpResponseError, ServiceResponseError
from azure.core.pipeline.policies import HeadersPolicy, RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.core.exceptions import ARMErrorFormat

from tests.doubles.azure import AzureDouble, Fault, What
from tests.doubles.azure_estate import AZURE_ESTATE
from tests.doubles.azure_model import Resource
from tests.doubles.azure_names import (
    CENTRAL,
    EAST,
    FOREIGN_TENANT,
    GRS_ACCOUNT,
    LRS_ACCOUNT,
    MANAGEMENT_GROUP,
    PRODUCTION,
    RESEARCH,
    SQL_SERVER,
    VAULT,
    WORKSPACE,
)

VERSION = "api-version=2024-04-01"
GRAPH = f"/providers/Microsoft.ResourceGraph/resources?{VERSION}"


@pytest.fixture
def double() -> Iterator[AzureDouble]:
    with AzureDouble(AZURE_ESTATE) as running:
        yield running


def client(double: AzureDouble) -> PipelineClient[HttpRequest, HttpResponse]:
    """What every Azure client is made of: azure-core's pipeline, with its own retry policy."""
    policies = [HeadersPolicy({"Authorization": "Bearer fake"}), RetryPolicy(retry_backoff_factor=0.01)]
    return PipelineClient(double.url, policies=policies)


def get(double: AzureDouble, path: str) -> Any:
    """The document at a path; a refusal is an error, as azure-core's clients raise it."""
    url = path if path.startswith("http") else double.url + path + ("&" if "?" in path else "?") + VERSION
    response = client(double).send_request(HttpRequest("GET", url))
    if response.status_code >= 400:
        raise HttpResponseError(response=response, error_format=ARMErrorFormat)
    return response.json()


def ask(double: AzureDouble, query: str, **more: Any) -> Any:
    """A page of a Resource Graph query."""
    request = HttpRequest("POST", double.url + GRAPH, json={"query": query, **more})
    response = client(double).send_request(request)
    if response.status_code >= 400:
        raise HttpResponseError(response=response, error_format=ARMErrorFormat)
    return response.json()


def codes(double: AzureDouble, method: str, path: str, token: str | None = "Bearer fake") -> tuple[int, str, Any]:
    """By the standard library: the status, the challenge, the error's code."""
    request = urllib.request.Request(double.url + path, method=method, data=None if method == "GET" else b"{}")
    if token:
        request.add_header("Authorization", token)
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=5)
    with error.value:
        body = json.loads(error.value.read())
        return error.value.code, str(error.value.headers["WWW-Authenticate"]), body["error"]["code"]


def crowd(count: int) -> AzureDouble:
    """A double with so many more disks than the estate has."""
    disks = tuple(
        Resource(
            f"/subscriptions/{RESEARCH}/resourceGroups/recherche/providers/Microsoft.Compute/disks/d{number:05d}",
            "Microsoft.Compute/disks",
            {"location": EAST, "properties": {"diskSizeGB": 8}},
        )
        for number in range(count)
    )
    return AzureDouble(replace(AZURE_ESTATE, resources=AZURE_ESTATE.resources + disks))


def test_resource_graph_is_paged_to_its_end_and_no_row_comes_twice() -> None:
    query = "resources | where type =~ 'Microsoft.Compute/disks' | order by id asc | project id, location"
    with crowd(2500) as double:
        seen: list[str] = []
        options: dict[str, object] = {"resultFormat": "objectArray"}
        sizes = []
        while True:
            page = ask(double, query, options=options)
            seen += [row["id"] for row in page["data"]]
            sizes.append(page["count"])
            assert page["totalRecords"] == 2502
            assert page["resultTruncated"] == "false"
            assert page["facets"] == []
            if "$skipToken" not in page:
                break
            options = {**options, "$skipToken": page["$skipToken"]}
    assert sizes == [1000, 1000, 502]
    assert seen == sorted(set(seen))
    assert len(seen) == 2502


def test_a_query_without_the_id_is_cut_off_and_says_so() -> None:
    with crowd(1500) as double:
        page = ask(double, "resources | project type")
    assert page["count"] == 1000
    assert page["resultTruncated"] == "true"
    assert "$skipToken" not in page


def test_a_token_goes_with_its_query_only(double: AzureDouble) -> None:
    token = ask(double, "resources", options={"$top": 5})["$skipToken"]
    with pytest.raises(HttpResponseError, match="BadRequest"):
        ask(double, "resources | order by id asc", options={"$skipToken": token})


def test_a_row_has_the_published_columns(double: AzureDouble) -> None:
    (row,) = ask(double, "resources | where name =~ 'dossiersgrs'")["data"]
    assert list(row) == [
        *("id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "managedBy"),
        *("sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation"),
    ]
    assert row["type"] == "microsoft.storage/storageaccounts"
    assert (row["location"], row["properties"]["secondaryLocation"]) == (EAST, CENTRAL)
    assert row["sku"]["name"] == "Standard_GRS"
    assert row["tags"] == {"systeme": "dossier-patient"}


def test_the_other_tables_hold_containers_items_and_delegations(double: AzureDouble) -> None:
    containers = {row["type"] for row in ask(double, "resourcecontainers | project id, type")["data"]}
    assert containers == {
        "microsoft.resources/subscriptions",
        "microsoft.resources/subscriptions/resourcegroups",
        "microsoft.management/managementgroups",
    }
    items = ask(double, "recoveryservicesresources | where type contains 'protecteditems'")["data"]
    assert [item["properties"]["friendlyName"] for item in items] == ["vm-dossiers"]
    delegations = ask(double, "managedserviceresources")
    properties = [row["properties"] for row in delegations["data"] if "managedByTenantId" in row["properties"]]
    assert [told["managedByTenantId"] for told in properties] == [FOREIGN_TENANT]


def test_a_query_reaches_its_subscriptions_only_and_leaves_unknown_ones_out(double: AzureDouble) -> None:
    unknown = "99999999-9999-4999-8999-999999999999"
    rows = ask(double, "resources", subscriptions=[RESEARCH, unknown])["data"]
    assert {row["subscriptionId"] for row in rows} == {RESEARCH}
    group = ask(double, "resources", managementGroups=[MANAGEMENT_GROUP])
    assert group["totalRecords"] == ask(double, "resources")["totalRecords"]
    with pytest.raises(HttpResponseError) as error:
        ask(double, "resources", subscriptions=[unknown])
    assert error.value.error is not None
    assert "NoValidSubscriptionsInQueryRequest" in str(error.value)


def test_a_query_that_is_not_understood_is_a_400_in_the_published_shape(double: AzureDouble) -> None:
    with pytest.raises(HttpResponseError) as error:
        ask(double, "resources | mv-expand tags")
    assert error.value.status_code == 400
    assert error.value.error is not None
    assert error.value.error.code == "BadRequest"
    assert [detail.code for detail in error.value.error.details or ()] == ["InvalidQuery", "ParserFailure"]


def test_the_retry_policy_of_azure_core_waits_as_a_429_says(double: AzureDouble) -> None:
    double.add_fault(Fault("throttled", "resourcegraph", times=2, retry_after=1))
    started = time.monotonic()
    assert ask(double, "resources | count")["data"][0]["Count"] > 0
    assert time.monotonic() - started >= 2
    assert len(double.requests) == 3


def test_a_403_is_parsed_to_its_code_action_and_scope(double: AzureDouble) -> None:
    double.add_fault(Fault("forbidden", "storageaccounts"))
    with pytest.raises(HttpResponseError) as error:
        get(double, f"{LRS_ACCOUNT}/blobServices/default/containers")
    assert error.value.status_code == 403
    assert error.value.error is not None
    assert error.value.error.code == "AuthorizationFailed"
    assert "'Microsoft.Storage/storageAccounts/blobServices/containers/read' over scope" in str(
        error.value.error.message
    )
    assert get(double, VAULT)["name"] == "coffre-cles"


def test_what_may_not_be_read_is_403_by_its_call_and_left_out_by_resource_graph(double: AzureDouble) -> None:
    before = {row["id"] for row in ask(double, "resources")["data"]}
    double.hide(LRS_ACCOUNT)
    assert before - {row["id"] for row in ask(double, "resources")["data"]} == {LRS_ACCOUNT}
    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        get(double, LRS_ACCOUNT)
    double.clear_faults()
    assert get(double, LRS_ACCOUNT)["id"] == LRS_ACCOUNT


def test_one_query_can_be_refused_and_others_not(double: AzureDouble) -> None:
    double.add_fault(Fault("forbidden", "resourcegraph", query="microsoft.sql"))
    with pytest.raises(HttpResponseError, match="AccessDenied"):
        ask(double, "resources | where type =~ 'Microsoft.Sql/servers'")
    assert ask(double, "resources | where type =~ 'Microsoft.Compute/disks'")["count"] == 2


def test_errors_end_after_their_turns_and_come_after_others(double: AzureDouble) -> None:
    double.add_fault(Fault("error", "/tenants", after=1, times=1))
    for _ in range(3):
        assert len(get(double, "/tenants")["value"]) == 1
    assert len(double.requests) == 4  # one of them failed, and was asked again


def test_a_broken_document_a_closed_connection_and_no_answer(double: AzureDouble) -> None:
    double.add_fault(Fault("garbage", "/tenants"))
    with pytest.raises(ValueError, match="Unterminated"):
        get(double, "/tenants")
    double.clear_faults()
    faults: tuple[What, ...] = ("cut", "hang")
    for what in faults:
        double.add_fault(Fault(what, "/subscriptions"))
        request = HttpRequest("GET", f"{double.url}/subscriptions?{VERSION}")
        with pytest.raises((ServiceResponseError, HttpResponseError)):
            client(double).send_request(request, read_timeout=0.2, retry_total=0)
        double.clear_faults()


def test_a_request_needs_a_token_and_one_whose_time_is_not_over(double: AzureDouble) -> None:
    status, challenge, code = codes(double, "GET", f"/tenants?{VERSION}", token=None)
    assert (status, code) == (401, "AuthenticationFailed")
    assert challenge.startswith("Bearer authorization_uri=")
    double.add_fault(Fault("expired", after=1))
    get(double, "/tenants")
    status, challenge, code = codes(double, "GET", f"/tenants?{VERSION}")
    assert (status, code) == (401, "ExpiredAuthenticationToken")
    assert 'error="invalid_token"' in challenge


def test_a_request_needs_a_version_of_the_api(double: AzureDouble) -> None:
    assert codes(double, "GET", "/tenants")[2] == "MissingApiVersionParameter"
    assert codes(double, "GET", "/tenants?api-version=latest")[2] == "InvalidApiVersionParameter"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_no_write_is_taken_and_each_is_recorded(double: AzureDouble, method: str) -> None:
    assert codes(double, method, f"{LRS_ACCOUNT}?{VERSION}")[:1] == (405,)
    assert [(request.method, request.path) for request in double.refused] == [(method, LRS_ACCOUNT)]
    double.disable(PRODUCTION)
    assert codes(double, method, f"{LRS_ACCOUNT}?{VERSION}")[2] == "ReadOnlyDisabledSubscription"
    assert len(double.refused) == 2


def test_reads_are_recorded_and_their_token_is_not(double: AzureDouble) -> None:
    ask(double, "resources", subscriptions=[RESEARCH])
    (request,) = double.requests
    assert request.method == "POST"
    assert request.query == {"api-version": "2024-04-01"}
    assert request.body == {"query": "resources", "subscriptions": [RESEARCH]}
    assert "fake" not in repr(request)
    assert double.refused == []


def test_a_disabled_subscription_says_so(double: AzureDouble) -> None:
    double.disable(RESEARCH)
    states = {item["subscriptionId"]: item["state"] for item in get(double, "/subscriptions")["value"]}
    assert states == {PRODUCTION: "Enabled", RESEARCH: "Disabled"}
    assert get(double, f"/subscriptions/{RESEARCH}")["state"] == "Disabled"


def test_locations_name_places_and_pairs(double: AzureDouble) -> None:
    found = {item["name"]: item for item in get(double, f"/subscriptions/{PRODUCTION}/locations")["value"]}
    east = found["canadaeast"]["metadata"]
    assert east["physicalLocation"] == "Quebec"
    assert east["pairedRegion"] == [
        {"name": "canadacentral", "id": f"/subscriptions/{PRODUCTION}/locations/canadacentral"}
    ]
    assert found["brazilsouth"]["metadata"]["pairedRegion"][0]["name"] == "southcentralus"
    assert found["southcentralus"]["metadata"]["pairedRegion"][0]["name"] == "northcentralus"
    assert found["polandcentral"]["metadata"]["pairedRegion"] == []
    assert found["canada"]["metadata"]["regionType"] == "Logical"


def test_groups_of_management_and_what_is_below_them(double: AzureDouble) -> None:
    groups = "/providers/Microsoft.Management/managementGroups"
    assert [group["name"] for group in get(double, groups)["value"]] == [MANAGEMENT_GROUP]
    below = get(double, f"{groups}/{MANAGEMENT_GROUP}/descendants")["value"]
    assert [item["name"] for item in below] == [PRODUCTION, RESEARCH]
    with pytest.raises(HttpResponseError, match="NotFound"):
        get(double, f"{groups}/autre")


def test_resources_their_children_and_their_settings_are_read_by_path(double: AzureDouble) -> None:
    (group,) = get(double, f"{SQL_SERVER}/failoverGroups")["value"]
    assert group["properties"]["partnerServers"][0]["location"] == "Canada Central"
    assert get(double, f"{SQL_SERVER.upper()}/databases/dossiers".replace("/SUBSCRIPTIONS", "/subscriptions"))["name"]
    (setting,) = get(double, f"{VAULT}/providers/Microsoft.Insights/diagnosticSettings")["value"]
    assert setting["properties"]["workspaceId"] == WORKSPACE
    assert get(double, f"{LRS_ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings")["value"] == []
    accounts = get(double, f"/subscriptions/{PRODUCTION}/providers/Microsoft.Storage/storageAccounts")["value"]
    assert [account["name"] for account in accounts] == ["dossierslrs", "dossiersgrs"]
    everything = get(double, f"/subscriptions/{PRODUCTION}/resourceGroups/dossiers/resources")["value"]
    assert {LRS_ACCOUNT, GRS_ACCOUNT} <= {item["id"] for item in everything}
    assert not any("properties" in item for item in everything)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/subscriptions/99999999-9999-4999-8999-999999999999/locations", "SubscriptionNotFound"),
        (f"{LRS_ACCOUNT}x", "ResourceNotFound"),
        (f"{LRS_ACCOUNT}x/objectReplicationPolicies", "ResourceNotFound"),
        (f"{LRS_ACCOUNT}/objectReplicationPolicy", "InvalidResourceType"),
    ],
)
def test_what_does_not_exist_is_not_an_empty_list(double: AzureDouble, path: str, code: str) -> None:
    with pytest.raises(HttpResponseError) as error:
        get(double, path)
    assert error.value.error is not None
    assert (error.value.status_code, error.value.error.code) == (404, code)


def test_a_collection_is_paged_by_its_next_link() -> None:
    with AzureDouble(AZURE_ESTATE, page=3) as double:
        path: str | None = f"/subscriptions/{PRODUCTION}/resources"
        sizes, seen = [], set()
        while path:
            page = get(double, path)
            sizes.append(len(page["value"]))
            seen |= {item["id"] for item in page["value"]}
            path = page.get("nextLink")
    assert len(sizes) > 2
    assert set(sizes[:-1]) == {3}
    assert len(seen) == sum(sizes)


def test_metrics_are_measured_or_told_to_be_without_measurement(double: AzureDouble) -> None:
    def series(id_: str) -> Any:
        metrics = f"{id_}/providers/Microsoft.Insights/metrics?metricnames=UsedCapacity&aggregation=Average"
        return get(double, metrics)["value"][0]["timeseries"]

    assert series(LRS_ACCOUNT)[0]["data"][0]["average"] == 412316860416.0
    assert series(GRS_ACCOUNT) == []
    with pytest.raises(HttpResponseError) as error:
        get(double, f"{VAULT}/providers/Microsoft.Insights/metrics?metricnames=UsedCapacity")
    assert error.value.status_code == 400


def test_the_published_clients_read_it(double: AzureDouble) -> None:
    graph = pytest.importorskip("azure.mgmt.resourcegraph", reason="azure-mgmt-resourcegraph is not installed")
    models = pytest.importorskip("azure.mgmt.resourcegraph.models")
    headers = HeadersPolicy({"Authorization": "Bearer fake"})
    with graph.ResourceGraphClient(object(), base_url=double.url, authentication_policy=headers) as client:
        seen: list[str] = []
        token = None
        while True:
            options = models.QueryRequestOptions(top=7, skip_token=token, result_format="objectArray")
            page = client.resources(models.QueryRequest(query="resources | order by id asc", options=options))
            seen += [row["id"] for row in page.data]
            token = page.skip_token
            if token is None:
                break
        assert len(seen) == page.total_records
        with pytest.raises(HttpResponseError) as error:
            client.resources(models.QueryRequest(query="nothing"))
        assert error.value.status_code == 400
        assert error.value.model is not None
        assert error.value.model.error.details[0].code == "InvalidQuery"


def test_the_published_client_of_subscriptions_reads_it(double: AzureDouble) -> None:
    subscriptions = pytest.importorskip("azure.mgmt.resource.subscriptions", reason="not installed")
    headers = HeadersPolicy({"Authorization": "Bearer fake"})
    with subscriptions.SubscriptionClient(object(), base_url=double.url, authentication_policy=headers) as client:
        assert [item.subscription_id for item in client.subscriptions.list()] == [PRODUCTION, RESEARCH]
        found = {item.name: item for item in client.subscriptions.list_locations(PRODUCTION)}
        assert found["canadaeast"].metadata.paired_region[0].name == "canadacentral"
        assert [item.tenant_category for item in client.tenants.list()] == ["Home"]
