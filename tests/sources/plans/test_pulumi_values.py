"""The values of a state of Pulumi's, as the forms of descriptions read them."""

from __future__ import annotations

import pytest

from sovercheck.sources.kinds.path import Json, Pending, Reference, find, parse
from sovercheck.sources.plans.pulumi_types import Known
from sovercheck.sources.plans.pulumi_values import (
    HIDDEN,
    UNKNOWN_VALUES,
    as_resource_manager,
    as_terraform,
    settled,
)

TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
KEY = "preview.json#aws:kms/key:Key::k"
OWN = "/subscriptions/-/resourcegroups/"
ACCOUNT = Known("api", "Microsoft.Storage/storageAccounts", "azure", ("accountName",))
CONTAINER = Known(
    "api",
    "Microsoft.Storage/storageAccounts/blobServices/containers",
    "azure",
    ("accountName", "=default", "containerName"),
)
GROUP = Known("api", "Microsoft.Resources/resourceGroups", "azure", ("resourceGroupName",))
SETTING = Known("api", "Microsoft.Insights/diagnosticSettings", "azure", ("@resourceUri", "name"))


def sealed(signature: str, **members: Json) -> dict[str, Json]:
    """A value in the envelope that Pulumi writes for what is no plain JSON."""
    return {"4dabf18193072939515e22adb298388d": signature, **members}


SECRET, ASSET = "1b47061264138c4ac30d75fd1eb44270", "c44067f5952c0a294b673a41bacd8c17"
OUTPUT, RESOURCE = "d0e6a833031e9bbcd3f4e8bde6ca49a4", "5cf8f73096256a8f31e491e813e4eb8e"


# What is not known or secret


@pytest.mark.parametrize("value", [None, True, 1.5, "canadaeast", [], {}, {"a": ["b", {"c": None}]}], ids=str)
def test_what_is_known_stays_as_it_is(value: Json) -> None:
    assert settled(value, ()) == value


@pytest.mark.parametrize("marker", sorted(UNKNOWN_VALUES))
def test_what_is_not_known_refers_to_the_one_resource_that_it_depends_on(marker: str) -> None:
    value: Json = {"a": [marker]}
    assert settled(value, iter([KEY])) == {"a": [Reference(KEY)]}
    for others in ((), (KEY, "preview.json#other")):
        assert settled(value, others) == {"a": [Pending("after_apply")]}


def test_every_value_that_is_not_known_refers_to_it() -> None:
    found = settled([TEXT, {"b": TEXT}], iter([KEY]))
    assert found == [KEY, {"b": KEY}]


def test_what_stands_within_what_is_not_known_is_not_known_either() -> None:
    found = find(parse("encryption.keyId"), {"encryption": settled(TEXT, [KEY])})
    assert found == Pending("after_apply")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (HIDDEN, Pending("sensitive")),
        (sealed(SECRET, ciphertext="hunter2"), Pending("sensitive")),
        (sealed(ASSET, text="hunter2"), Pending("sensitive")),
        (sealed("what comes later", value="hunter2"), Pending("sensitive")),
        (sealed(OUTPUT, value="hunter2", secret=True), Pending("sensitive")),
        (sealed(OUTPUT, secret=True), Pending("sensitive")),
        (sealed(OUTPUT, value={"a": TEXT}), {"a": Pending("after_apply")}),
        (sealed(OUTPUT), Pending("after_apply")),
        (sealed(OUTPUT, value=None), None),
        (sealed(RESOURCE, id="k-1", urn="urn:pulumi:…"), "k-1"),
        (sealed(RESOURCE, id=TEXT, urn="urn:pulumi:…"), Pending("after_apply")),
        (sealed(RESOURCE, urn="urn:pulumi:…"), Pending("sensitive")),
    ],
    ids=str,
)
def test_envelopes_are_their_values_or_why_there_is_none(value: Json, expected: Json) -> None:
    found = settled({"x": [value]}, ())
    assert found == {"x": [expected]}
    assert "hunter2" not in repr(found)


def test_what_pulumi_keeps_for_itself_is_left_out() -> None:
    assert settled({"__defaults": ["a"], "b": {"__meta": "{}", "c": 1}}, ()) == {"b": {"c": 1}}


# As Terraform


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("replicas", {"replicas", "replica"}),
        ("policies", {"policies", "policy"}),
        ("ipAddresses", {"ip_addresses", "ip_address"}),
        ("mailboxes", {"mailboxes", "mailbox"}),
        ("restAPIs", {"rest_ap_is", "rest_ap_i"}),
        ("setting", {"setting"}),
    ],
)
def test_a_list_stands_under_its_blocks_name_too(written: str, names: set[str]) -> None:
    found = as_terraform({written: [{"keyId": "k"}]})
    assert isinstance(found, dict)
    assert found.keys() == names
    assert all(item == [{"key_id": "k"}] for item in found.values())


def test_what_is_no_list_has_one_name() -> None:
    assert as_terraform({"bucketNames": "x", "rules": {"keyIds": None}}) == {
        "bucket_names": "x",
        "rules": {"key_ids": None},
    }


@pytest.mark.parametrize("first", [True, False])
def test_a_member_that_has_the_blocks_name_itself_keeps_it(first: bool) -> None:
    members: list[tuple[str, Json]] = [("replica", "own"), ("replicas", ["x"])]
    assert as_terraform(dict(members if first else members[::-1])) == {"replica": "own", "replicas": ["x"]}


def test_names_that_their_author_gave_stay() -> None:
    tags: Json = {"DataClass": "santé", "ownerNames": ["a"]}
    assert as_terraform({"tagsAll": tags, "nested": [{"labels": tags}]}) == {
        "tags_all": tags,
        "nested": [{"labels": tags}],
    }


def test_what_is_pending_stays_so() -> None:
    assert as_terraform({"kmsKeyId": Reference(KEY), "rules": [Pending("sensitive")], "x": Pending("after_apply")}) == {
        "kms_key_id": KEY,
        "rules": [Pending("sensitive")],
        "rule": [Pending("sensitive")],
        "x": Pending("after_apply"),
    }


# As Resource Manager


def answered(values: dict[str, Json], known: Known = ACCOUNT, identifier: Json = None, **ids: str) -> dict[str, Json]:
    return as_resource_manager(values, known, identifier, "copies", ids)


def test_what_azure_has_below_properties_goes_there() -> None:
    found = answered(
        {
            "accountName": "copies1a2b",
            "resourceGroupName": "rg",
            "location": "canadaeast",
            "SKU": {"name": "Standard_GRS"},
            "allowBlobPublicAccess": False,
            "name": "copies1a2b",
            "type": "Microsoft.Storage/storageAccounts",
        }
    )
    assert found == {
        "id": f"{OWN}rg/providers/microsoft.storage/storageaccounts/copies1a2b",
        "name": "copies1a2b",
        "type": "microsoft.storage/storageaccounts",
        "resourceGroup": "rg",
        "location": "canadaeast",
        "SKU": {"name": "Standard_GRS"},
        "properties": {"allowBlobPublicAccess": False},
    }


def test_properties_that_are_written_as_such_are_joined_with_the_rest() -> None:
    found = answered({"accountName": "a", "etag": "x", "properties": {"tenantId": "t"}})
    assert found["properties"] == {"etag": "x", "tenantId": "t"}
    assert "properties" not in answered({"accountName": "a"})


@pytest.mark.parametrize("properties", [Pending("sensitive"), Pending("after_apply"), Reference(KEY)], ids=repr)
def test_properties_that_nobody_knows_stay_unknown_whatever_stands_beside_them(properties: Json) -> None:
    found = answered({"accountName": "a", "etag": "x", "properties": properties})
    assert found["properties"] == properties
    assert isinstance(find(parse("properties.encryption.keySource"), found), Pending)


def test_what_is_requested_is_what_will_be() -> None:
    found = answered({"accountName": "a", "requestedBackupStorageRedundancy": "Geo"})
    assert found["properties"] == {
        "requestedBackupStorageRedundancy": "Geo",
        "currentBackupStorageRedundancy": "Geo",
    }


def test_a_resource_that_is_there_has_azures_own_id() -> None:
    identifier = "/subscriptions/0b1f/resourceGroups/Rg/providers/Microsoft.Storage/storageAccounts/Real"
    found = answered({"accountName": "other"}, identifier=identifier)
    assert (found["id"], found["name"]) == (identifier.lower(), "Real")
    assert (found["subscriptionId"], found["resourceGroup"]) == ("0b1f", "Rg")


@pytest.mark.parametrize("identifier", [None, "", TEXT, "copies-1", Pending("after_apply"), 7], ids=repr)
def test_a_resource_that_is_not_there_yet_has_an_id_made_of_its_names(identifier: Json) -> None:
    found = answered({"accountName": "a", "resourceGroupName": "rg"}, identifier=identifier)
    assert found["id"] == f"{OWN}rg/providers/microsoft.storage/storageaccounts/a"


@pytest.mark.parametrize(
    ("known", "values", "identifier"),
    [
        (GROUP, {"resourceGroupName": "rg"}, f"{OWN}rg"),
        (CONTAINER, {"resourceGroupName": "rg", "accountName": "a", "containerName": "c"},
         f"{OWN}rg/providers/microsoft.storage/storageaccounts/a/blobservices/default/containers/c"),
        (SETTING, {"resourceUri": "/subscriptions/0b1f", "name": "x"},
         "/subscriptions/0b1f/providers/microsoft.insights/diagnosticsettings/x"),
        (ACCOUNT, {"resourceGroupName": "/subscriptions/0b1f/resourceGroups/rg", "accountName": "a"},
         f"{OWN}rg/providers/microsoft.storage/storageaccounts/a"),
        (Known("api", "azure-native:odd:Thing", "azure"), {"resourceGroupName": "rg", "name": "x"},
         f"{OWN}rg/providers/azure-native/odd/x/thing/x"),
    ],
)  # fmt: skip
def test_each_level_of_a_type_is_named(known: Known, values: dict[str, Json], identifier: str) -> None:
    assert answered(values, known)["id"] == identifier


def test_a_level_that_refers_to_a_resource_has_that_ones_name() -> None:
    values: dict[str, Json] = {
        "resourceGroupName": Reference("p#g"),
        "accountName": Reference("p#a"),
        "containerName": "c",
    }
    ids = {
        "p#g": "/subscriptions/-/resourceGroups/rg",
        "p#a": "/subscriptions/-/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a",
    }
    found = answered(values, CONTAINER, **ids)
    assert found["id"] == f"{OWN}rg/providers/microsoft.storage/storageaccounts/a/blobservices/default/containers/c"
    unknown = answered(values, CONTAINER)
    assert unknown["id"] == (
        f"{OWN}⟦p#g⟧/providers/microsoft.storage/storageaccounts/⟦p#a⟧/blobservices/default/containers/c"
    )
    assert "resourceGroup" not in unknown


def test_what_nobody_names_yet_is_known_as_its_author_calls_it() -> None:
    found = answered({"accountName": Pending("after_apply"), "resourceGroupName": "rg"})
    assert found["id"] == f"{OWN}rg/providers/microsoft.storage/storageaccounts/⟦copies⟧"
    assert found["name"] == "copies"


def test_a_name_that_is_known_stays_where_its_group_is_not() -> None:
    found = answered({"accountName": "real", "resourceGroupName": Pending("after_apply")})
    assert found["name"] == "real"


def test_a_slash_in_what_its_author_calls_it_parts_nothing() -> None:
    found = as_resource_manager({"resourceGroupName": "rg"}, ACCOUNT, None, "archive/copies", {})
    assert found["id"] == f"{OWN}rg/providers/microsoft.storage/storageaccounts/⟦archive|copies⟧"
    assert found["name"] == "archive/copies"
