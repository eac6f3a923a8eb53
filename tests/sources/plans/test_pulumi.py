"""Previews of Pulumi's, made by the shape that its own code gives them: no public file has one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sovercheck.change import Action, Spot
from sovercheck.errors import InputError
from sovercheck.inventory.evidence import Grade
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans import pulumi
from sovercheck.sources.plans.model import UNKNOWN, Asked, Change, Incomplete, Placed, Plan, Planned
from sovercheck.sources.plans.pulumi_values import UNKNOWN_VALUES

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET: dict[str, Json] = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
BUCKET = "aws:s3/bucketV2:BucketV2"
ACCOUNT = "azure-native:storage:StorageAccount"


def urn(type_: str, name: str = "copies") -> str:
    return f"urn:pulumi:dev::archive::{type_}::{name}"


def state(type_: str = BUCKET, name: str = "copies", **members: Json) -> dict[str, Json]:
    return {"urn": urn(type_, name), "custom": True, "type": type_, "inputs": {}, "outputs": {}, **members}


def step(operation: str, type_: str = BUCKET, name: str = "copies", **members: Json) -> dict[str, Json]:
    return {"op": operation, "urn": urn(type_, name), **members}


def create(type_: str = BUCKET, name: str = "copies", **members: Json) -> dict[str, Json]:
    return step("create", type_, name, newState=state(type_, name, **members))


def preview(*steps: Json, **members: Json) -> dict[str, Json]:
    return {"config": {}, "steps": list(steps), "diagnostics": [], "changeSummary": {}, **members}


def read(document: Json, asked: Asked | None = None) -> Plan:
    return pulumi.read("preview.json", json.dumps(document, indent=1), asked or Asked())


def after(change: Change) -> tuple[Planned, dict[str, Json]]:
    assert change.after is not None
    assert isinstance(change.after.values, dict)
    return change.after, change.after.values


def placed(*steps: Json, asked: Asked | None = None, **members: Json) -> Placed:
    return replace(after(read(preview(*steps, **members), asked).changes[-1])[0].placed, spot=None)


# What becomes of a resource


@pytest.mark.parametrize(
    ("operation", "action", "sides"),
    [
        ("create", "create", (False, True)),
        ("same", "no_op", (True, True)),
        ("refresh", "no_op", (True, True)),
        ("update", "update", (True, True)),
        ("delete", "delete", (True, False)),
        ("replace", "replace", (True, True)),
        ("import", "import", (False, True)),
    ],
)
def test_each_operation(operation: str, action: Action, sides: tuple[bool, bool]) -> None:
    plan = read(preview(step(operation, oldState=state(), newState=state())))
    assert (plan.format, plan.knows_before, plan.incomplete, plan.notes) == ("pulumi", True, (), ())
    change = plan.changes[0]
    assert change.action == action
    assert (change.before is not None, change.after is not None) == sides
    assert change.address == f"{BUCKET}::copies"
    assert change.provider == "aws"


def test_the_steps_of_a_replacement_are_one_change() -> None:
    here, there = state(inputs={"region": "ca-central-1"}), state(inputs={"region": "us-east-1"})
    change, *others = read(
        preview(
            step("create-replacement", oldState=here, newState=there),
            step("replace", oldState=here, newState=there),
            step("delete-replaced", oldState=here),
        )
    ).changes
    assert (change.action, others) == ("replace", [])
    assert change.before is not None
    assert (change.before.placed.region, after(change)[0].placed.region) == ("ca-central-1", "us-east-1")


def test_what_an_earlier_replacement_left_goes_apart() -> None:
    live, left = read(
        preview(
            step("same", oldState=state(), newState=state()),
            step("delete", oldState=state(delete=True)),
        )
    ).changes
    assert (live.action, live.deposed) == ("no_op", False)
    assert (left.action, left.deposed) == ("delete", True)


def test_what_is_retained_is_forgotten() -> None:
    assert read(preview(step("delete", oldState=state(retainOnDelete=True)))).changes[0].action == "forget"


def test_what_is_looked_up_and_what_only_groups_is_no_change() -> None:
    plan = read(
        preview(
            step("read", newState=state(external=True)),
            create("my:group:Group", custom=False),
            create("pulumi:pulumi:Stack", "archive-dev"),
            create("pulumi:providers:aws", "mtl"),
        )
    )
    assert plan.changes == ()


def test_a_resource_within_a_component_has_its_own_type() -> None:
    change = read(preview(create(f"my:group:Group${BUCKET}"))).changes[0]
    assert change.address == f"my:group:Group${BUCKET}::copies"
    assert change.provider == "aws"


def test_the_line_of_the_program_is_pointed_at_where_pulumi_says_it() -> None:
    written = read(preview(create(sourcePosition="project:///src/index.ts#12,3"))).changes[0]
    assert written.spot == Spot("src/index.ts", 12, 12)
    assert read(preview(create())).changes[0].spot == Spot("preview.json", 4, 14)


# Where it is


def provider(name: str, **inputs: Json) -> dict[str, Json]:
    return create("pulumi:providers:aws", name, inputs=inputs)


def of(name: str) -> str:
    return f"{urn('pulumi:providers:aws', name)}::{UNKNOWN_TEXT}"


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ({"region": "us-east-1"}, {}, Placed("us-east-1", "resource", where="region")),
        ({}, {"region": "us-west-2"}, Placed("us-west-2", "resource", where="region")),
        ({"availabilityZone": "us-east-1b"}, {}, Placed("us-east-1", "arn", where="availability_zone")),
        ({}, {"arn": "arn:aws:sqs:us-east-2:111122223333:q"}, Placed("us-east-2", "arn", where="arn")),
        ({"region": UNKNOWN_TEXT}, {}, Placed(None, why="after_apply", needs="region")),
        ({"region": "[secret]"}, {}, Placed(None, why="sensitive", needs="region")),
        ({}, {"arn": "arn:aws:s3:::copies"}, Placed("ca-central-1", "provider", where="provider mtl")),
    ],
    ids=str,
)
def test_a_resources_own_place_comes_first(inputs: dict[str, Json], outputs: dict[str, Json], expected: Placed) -> None:
    found = placed(provider("mtl", region="ca-central-1"), create(provider=of("mtl"), inputs=inputs, outputs=outputs))
    assert found == expected


@pytest.mark.parametrize(
    ("arn", "region", "account"),
    [
        ("arn:aws:sqs:us-east-2:111122223333:q", "us-east-2", "111122223333"),
        ("arn:aws:iam::111122223333:role/r", None, "111122223333"),
        ("arn:aws:s3:::copies", None, None),
        ("arn:aws:sqs:us-east-2", None, None),
        ("https://sqs.us-east-2.amazonaws.com/111122223333/q", None, None),
        (UNKNOWN_TEXT, None, None),
    ],
)
def test_an_arn_tells_the_region_and_the_account(arn: str, region: str | None, account: str | None) -> None:
    planned, _ = after(read(preview(create(outputs={"arn": arn}))).changes[0])
    assert (planned.placed.region, planned.account) == (region, account)


def test_two_providers_of_one_package_are_told_apart() -> None:
    steps = (provider("mtl", region="ca-central-1"), provider("va", region="us-east-1"))
    assert placed(*steps, create(provider=of("va"))) == Placed("us-east-1", "provider", where="provider va")


def test_the_provider_that_says_the_region_is_pointed_at() -> None:
    found = after(read(preview(provider("mtl", region="x"), create(provider=of("mtl")))).changes[-1])[0].placed
    assert found.spot is not None
    assert found.spot.line == 4


def test_a_provider_whose_region_is_not_known_leaves_its_resources_without_one() -> None:
    config: Json = {"aws:region": "ca-central-1"}
    cases: tuple[tuple[Json, Placed], ...] = (
        ({"region": UNKNOWN_TEXT}, Placed(None, why="after_apply", needs="provider mtl")),
        ({"region": {**SECRET, "ciphertext": "x"}}, Placed(None, why="sensitive", needs="provider mtl")),
        ({}, Placed(None, why="not_in_configuration", needs="aws:region")),
    )
    for inputs, expected in cases:
        steps = (create("pulumi:providers:aws", "mtl", inputs=inputs), create(provider=of("mtl")))
        assert placed(*steps, config=config) == expected


def test_a_provider_that_is_not_shown_is_not_taken_for_the_default_one() -> None:
    assert placed(create(provider=of("mtl")), config={"aws:region": "ca-central-1"}) == Placed(
        None, why="not_in_plan", where="provider mtl", needs="--show-sames"
    )


def test_the_default_provider_has_the_region_of_the_stacks_configuration() -> None:
    step_ = create(provider=of("default_7_1_0"))
    assert placed(step_, config={"aws:region": "ca-central-1"}) == Placed(
        "ca-central-1", "provider", where="config aws:region"
    )
    assert placed(step_, config={"aws:region": "[secret]"}).why == "sensitive"
    unknown = Placed(None, why="not_in_configuration", needs="aws:region")
    assert placed(step_) == unknown
    assert placed(step_, config=None) == unknown
    assert placed(step_, asked=Asked(assumed={"aws": "ca-central-1"})) == Placed(
        "ca-central-1", "assumed", Grade.ASSUMED, where="aws:region"
    )


@pytest.mark.parametrize(
    ("inputs", "config", "region"),
    [
        ({"location": "NORTHAMERICA-NORTHEAST1"}, {}, "northamerica-northeast1"),
        ({"zone": "northamerica-northeast2-a"}, {}, "northamerica-northeast2"),
        ({}, {"gcp:region": "us-east1"}, "us-east1"),
        ({}, {"gcp:zone": "us-east4-b"}, "us-east4"),
    ],
    ids=str,
)
def test_google_writes_regions_zones_and_locations(
    inputs: dict[str, Json], config: dict[str, Json], region: str
) -> None:
    assert placed(create("gcp:storage/bucket:Bucket", inputs=inputs), config=config).region == region


def test_what_is_of_no_cloud_that_is_described_is_nowhere() -> None:
    change = read(preview(create("random:index/randomId:RandomId", inputs={"byteLength": 4}))).changes[0]
    assert change.provider is None
    assert after(change)[0].placed == UNKNOWN


# Values


def test_a_bridged_resource_has_terraforms_names() -> None:
    inputs: Json = {
        "serverSideEncryptionConfiguration": {"rule": {"kmsMasterKeyId": "k"}},
        "replicas": [{"regionName": "us-east-1"}],
        "policies": [],
        "tags": {"DataClass": "santé"},
        "__defaults": ["tags"],
    }
    _, values = after(read(preview(create(inputs=inputs, outputs={"bucketDomainName": "x"}, id="copies-1"))).changes[0])
    replicas: Json = [{"region_name": "us-east-1"}]
    assert values == {
        "id": "copies-1",
        "bucket_domain_name": "x",
        "server_side_encryption_configuration": {"rule": {"kms_master_key_id": "k"}},
        "replicas": replicas,
        "replica": replicas,
        "policies": [],
        "policy": [],
        "tags": {"DataClass": "santé"},
    }


@pytest.mark.parametrize("marker", sorted(UNKNOWN_VALUES))
def test_what_is_not_known_yet_refers_to_the_one_resource_that_it_comes_from(marker: str) -> None:
    key = urn("aws:kms/key:Key", "k")
    inputs: Json = {"one": marker, "two": {"deep": [marker]}, "three": marker}
    depends: Json = {"one": [key], "two": [key], "three": [key, urn(BUCKET)]}
    _, values = after(read(preview(create(inputs=inputs, propertyDependencies=depends))).changes[0])
    reference = "preview.json#aws:kms/key:Key::k"
    assert isinstance(values["one"], Reference)
    assert values["one"] == reference
    assert values["two"] == {"deep": [reference]}
    assert values["three"] == Pending("after_apply")


@pytest.mark.parametrize(
    "secret",
    [
        "[secret]",
        {**SECRET, "ciphertext": "hunter2"},
        {**SECRET, "plaintext": '"hunter2"'},
        {**SECRET, "value": "hunter2"},
        {**SECRET, "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": True,
         "value": "hunter2"},
        {**SECRET, "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "hunter2"},
    ],
    ids=str,
)  # fmt: skip
def test_secrets_are_nowhere(secret: Json) -> None:
    plan = read(preview(create(inputs={"x": [secret]}, outputs={"y": secret}), config={"aws:secretKey": "hunter2"}))
    _, values = after(plan.changes[0])
    assert values["x"] == [Pending("sensitive")]
    assert values["y"] == Pending("sensitive")
    assert "hunter2" not in repr(plan)


def test_outputs_and_resources_in_their_envelopes_are_their_values() -> None:
    def sealed(signature: str, **members: Json) -> Json:
        return {"4dabf18193072939515e22adb298388d": signature, **members}

    output, resource = "d0e6a833031e9bbcd3f4e8bde6ca49a4", "5cf8f73096256a8f31e491e813e4eb8e"
    inputs: Json = {"a": sealed(output, value="x"), "b": sealed(output), "c": sealed(resource, id="i", urn=urn(BUCKET))}
    _, values = after(read(preview(create(inputs=inputs))).changes[0])
    assert values == {"a": "x", "b": Pending("after_apply"), "c": "i"}


# Azure's native provider


def test_a_native_resource_of_azures_has_resource_managers_shape() -> None:
    inputs: Json = {
        "accountName": "copies1a2b",
        "resourceGroupName": "rg",
        "location": "Canada East",
        "sku": {"name": "Standard_GRS"},
        "encryption": {"keySource": "Microsoft.Keyvault"},
    }
    change = read(preview(create(ACCOUNT, inputs=inputs))).changes[0]
    planned, values = after(change)
    assert (change.interface, change.native_type) == ("api", "Microsoft.Storage/storageAccounts")
    assert planned.placed == Placed("canadaeast", "resource", where="location")
    assert values == {
        "id": "/subscriptions/-/resourcegroups/rg/providers/microsoft.storage/storageaccounts/copies1a2b",
        "name": "copies1a2b",
        "type": "microsoft.storage/storageaccounts",
        "resourceGroup": "rg",
        "location": "Canada East",
        "sku": {"name": "Standard_GRS"},
        "properties": {"encryption": {"keySource": "Microsoft.Keyvault"}},
    }


def test_a_native_resource_that_is_there_has_its_own_id() -> None:
    identifier = "/subscriptions/0b1f/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
    type_ = "azure-native:keyvault/v20230701:Vault"
    inputs: Json = {"vaultName": "kv", "properties": {"tenantId": "t"}}
    same = state(type_, inputs=inputs, id=identifier)
    planned, values = after(read(preview(step("same", type_, oldState=same, newState=same))).changes[0])
    assert values["id"] == identifier.lower()
    assert values["properties"] == {"tenantId": "t"}
    assert planned.account == "0b1f"


def test_a_native_child_is_where_its_parent_is() -> None:
    account = urn(ACCOUNT)
    plan = read(
        preview(
            create(ACCOUNT, inputs={"accountName": "copies", "resourceGroupName": "rg", "location": "canadaeast"}),
            create(
                "azure-native:storage:BlobContainer",
                inputs={"accountName": "copies", "resourceGroupName": "rg", "containerName": "c"},
                propertyDependencies={"accountName": [account]},
            ),
        )
    )
    planned, values = after(plan.changes[1])
    assert planned.placed == Placed("canadaeast", "resource", where=f"{ACCOUNT}::copies.location")
    assert values["location"] == "canadaeast"


def test_a_native_resource_is_named_by_what_it_refers_to() -> None:
    group, account = "azure-native:resources:ResourceGroup", urn(ACCOUNT)
    plan = read(
        preview(
            create(group, "g", inputs={"resourceGroupName": "rg", "location": "eastus"}),
            create(
                ACCOUNT,
                inputs={"accountName": "copies", "resourceGroupName": UNKNOWN_TEXT, "location": "canadaeast"},
                propertyDependencies={"resourceGroupName": [urn(group, "g")]},
            ),
            create(
                "azure-native:storage:BlobContainer",
                inputs={"accountName": UNKNOWN_TEXT, "resourceGroupName": UNKNOWN_TEXT, "containerName": "c"},
                propertyDependencies={"accountName": [account], "resourceGroupName": [urn(group, "g")]},
            ),
            create(
                "azure-native:monitor:DiagnosticSetting",
                inputs={"resourceUri": UNKNOWN_TEXT, "name": "logs", "workspaceId": "w"},
                propertyDependencies={"resourceUri": [account]},
            ),
        )
    )
    known = "/subscriptions/-/resourcegroups/rg/providers/microsoft.storage/storageaccounts/copies"
    assert [after(change)[1]["id"] for change in plan.changes] == [
        "/subscriptions/-/resourcegroups/rg",
        known,
        f"{known}/blobservices/default/containers/c",
        f"{known}/providers/microsoft.insights/diagnosticsettings/logs",
    ]
    assert after(plan.changes[3])[1]["properties"] == {"workspaceId": "w"}
    assert [after(change)[0].placed.region for change in plan.changes] == ["eastus", *["canadaeast"] * 3]


# What the preview does not show


def test_unchanged_resources_that_are_not_shown_are_told() -> None:
    stack = step("same", "pulumi:pulumi:Stack", "s", oldState=state(), newState=state())
    plan = read(preview(stack, changeSummary={"same": 4, "create": 1}))
    assert plan.notes == (("pulumi_sames", {"n": 3, "option": "--show-sames"}),)


def test_a_preview_that_failed_is_not_whole() -> None:
    failed: Json = [
        {"severity": "error", "message": "hunter2", "urn": urn(BUCKET)},
        {"severity": "error", "message": "x"},
        {"severity": "warning", "message": "x"},
    ]
    plan = read(preview(diagnostics=failed, maybeCorrupt=True))
    assert plan.incomplete == (
        Incomplete("errored", f"{BUCKET}::copies"),
        Incomplete("errored"),
        Incomplete("errored"),
    )
    assert "hunter2" not in repr(plan)


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (preview(create()), True),
        (preview(), True),
        ({"config": {}, "diagnostics": []}, True),
        ({"steps": [{"op": "create"}]}, False),
        ({"steps": [1]}, False),
        ({"resource_changes": []}, False),
        ([], False),
    ],
)
def test_previews_are_known_by_what_they_hold(document: Json, known: bool) -> None:
    assert pulumi.looks_like(document) is known


@pytest.mark.parametrize(
    ("document", "code", "line"),
    [
        ({"Resources": {}}, "pulumi_no_preview", None),
        (preview(create(), step("explode")), "pulumi_step", 15),
        (preview(create(), {"op": "create"}), "pulumi_step", 15),
        (preview(create(), {"op": "create", "urn": "urn:pulumi:x"}), "pulumi_step", 15),
        (preview(create(), "text"), "pulumi_step", 3),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(document: Json, code: str, line: int | None) -> None:
    with pytest.raises(InputError) as error:
        read(document)
    assert error.value.code == code
    assert error.value.place is not None
    assert error.value.place.line == line
