"""What a resource names and another call says: the key that encrypts it, the region of a bucket of somebody else's."""

from __future__ import annotations

from collections.abc import Mapping

from sovercheck.sources.aws.session import MAIN_REGIONS
from sovercheck.sources.extract import PROVIDER_WORDS, KeyFacts
from sovercheck.sources.item import Unit
from sovercheck.sources.journal import Ask
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Json, Path, find, parse
from sovercheck.sources.readers import arn

DESCRIBE_KEY = Call("kms", "DescribeKey", {"KeyId": ""})
HEAD_BUCKET = Call("s3", "HeadBucket", {"Bucket": ""}, permission="s3:ListBucket")

KEPT: Mapping[tuple[str, str], tuple[Path, ...]] = {
    ("kms", "DescribeKey"): tuple(
        parse(f"KeyMetadata.{name}")
        for name in ("Arn", "KeyManager", "Origin", "CustomKeyStoreId", "CloudHsmClusterId", "MultiRegion")
    ),
    ("s3", "HeadBucket"): (parse("BucketRegion"),),
}
"""What is kept of these calls' answers, beside what descriptions read of them."""

_GRADES = {"AWS_KMS": "K0", "EXTERNAL": "K1", "AWS_CLOUDHSM": "K2", "EXTERNAL_KEY_STORE": "K3"}


def key_arn(reference: str, unit: Unit) -> str | None:
    """The ARN of a key that a resource names by ARN, id or alias; None where that names no key."""
    if arn(reference):
        return reference if ":kms:" in reference else None
    if not reference or " " in reference or reference in PROVIDER_WORDS:
        return None
    name = reference if reference.startswith("alias/") else f"key/{reference}"
    return f"arn:{unit.partition}:kms:{unit.region}:{unit.account}:{name}"


def key_ask(reference: str, unit: Unit) -> Ask | None:
    """The call that describes a key, in the key's own region; None where the reference names no key."""
    whole = key_arn(reference, unit)
    parts = arn(whole)
    if whole is None or parts is None:
        return None
    return Ask(unit.account, parts["region"], "kms", "DescribeKey", {"KeyId": whole})


def key_facts(answer: Json) -> KeyFacts:
    """Who holds a key, from its description.

    The grades are those of `kinds.md`: material that AWS made is K0 whoever manages it, imported K1, in a CloudHSM
    cluster K2, in an external key store K3; K4 cannot be seen from the provider's side. Where an external key manager
    stands is not said.
    """

    def of(name: str) -> str | None:
        found = find(parse(f"KeyMetadata.{name}"), answer)
        return found if isinstance(found, str) else None

    identifier, origin = of("Arn"), of("Origin")
    parts = arn(identifier)
    if of("KeyManager") == "AWS":
        return KeyFacts("K0", "provider", parts["region"] if parts else None, identifier)
    external = origin == "EXTERNAL_KEY_STORE"
    region = parts["region"] if parts and not external else None
    return KeyFacts(_GRADES.get(origin or ""), "customer", region, identifier)


def bucket_ask(name: str, account: str, partition: str) -> Ask:
    """The call that says where a bucket is, of whatever account."""
    return Ask(account, MAIN_REGIONS[partition], "s3", "HeadBucket", {"Bucket": name})
