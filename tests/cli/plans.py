"""Small Terraform plans, as `terraform show -json` writes them, and a configuration: for tests of the command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

QUEBEC, VIRGINIA, OHIO = "ca-central-1", "us-east-1", "us-east-2"
RESIDENCY = "organisation: {name: Établissement, place: CA-QC}\npolicies: [residency]\n"
"""A configuration with the rules of residency alone."""
AWS = "registry.terraform.io/hashicorp/aws"


@dataclass(frozen=True)
class Bucket:
    """A bucket of a plan.

    Attributes:
        name: in its address, `aws_s3_bucket.<name>`.
        region: where it would be; None where nothing says it.
        actions: what becomes of it.
        tags: that it bears.
        was: where it is now, where it is.
    """

    name: str
    region: str | None = QUEBEC
    actions: Sequence[str] = ("create",)
    tags: Mapping[str, str] | None = None
    was: str | None = None

    @property
    def change(self) -> dict[str, object]:
        """Its entry of `resource_changes`."""
        before = None if self.was is None else self._values(self.was)
        after = None if "delete" in self.actions and len(self.actions) == 1 else self._values(self.region)
        return {
            "address": f"aws_s3_bucket.{self.name}",
            "mode": "managed",
            "type": "aws_s3_bucket",
            "name": self.name,
            "provider_name": AWS,
            "change": {
                "actions": list(self.actions),
                "before": before,
                "after": after,
                "after_unknown": {"id": True},
                "before_sensitive": {},
                "after_sensitive": {},
            },
        }

    def _values(self, region: str | None) -> dict[str, object]:
        placed: dict[str, object] = {} if region is None else {"region": region}
        return {"bucket": self.name, "tags": self.tags, **placed}

    @property
    def configuration(self) -> dict[str, object]:
        """Its entry of the configuration."""
        return {
            "address": f"aws_s3_bucket.{self.name}",
            "mode": "managed",
            "type": "aws_s3_bucket",
            "name": self.name,
            "provider_config_key": "aws",
            "expressions": {"bucket": {"constant_value": self.name}},
            "schema_version": 0,
        }


def standing(name: str, region: str) -> Bucket:
    """A bucket that is there already, and that the change leaves as it is."""
    return Bucket(name, region, ("no-op",), was=region)


def plan(*buckets: Bucket, **more: object) -> str:
    """The plan of one change; `more` are further members, or others than the usual."""
    content: dict[str, object] = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [bucket.change for bucket in buckets],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": AWS}},
            "root_module": {"resources": [bucket.configuration for bucket in buckets]},
        },
    }
    return json.dumps(content | more)


def write(name: str, text: str) -> Path:
    """Writes a file, and the folders that it needs."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
