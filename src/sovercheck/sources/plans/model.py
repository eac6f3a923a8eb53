"""What every reader of plans and templates gives: the changes, each resource as it is and as it would be.

A reader takes one file and says what each resource's values are, with `Pending` in the place of what nobody can know
yet and a `Reference` in the place of what another resource of the file will give. Where the resource would be, and how
that is known, it says as `Placed`. `sources.plans.rows` makes rows of it, the same for every reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from sovercheck.change import Action, Rung, Spot
from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass
from sovercheck.sources.kinds.model import Interface, Provider
from sovercheck.sources.kinds.path import Json

PlanFormat = Literal["terraform", "opentofu", "cloudformation", "cdk", "arm", "what-if", "pulumi"]

Why = Literal["not_in_plan", "after_apply", "sensitive", "expression", "ambiguous", "not_in_configuration"]
"""Why a region is not known; `ambiguous`: what might tell it says several things."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a resource is or would be, and how that is known.

    Attributes:
        region: the provider's name of it; None where nothing tells.
        rung: what told it; None where nothing did.
        grade: `documented`, `inferred` or `assumed`.
        where: what was read, as its author knows it: `provider aws.mtl`, `versions.tf:12`.
        borne_out: of an inferred region, what else says the same; it is then documented.
        why: why it is not known.
        needs: what would settle it: the variable, the option, the file.
        spot: where that is written, if not at the resource itself: a provider's block.
    """

    region: str | None
    rung: Rung | None = None
    grade: Grade = Grade.DOCUMENTED
    where: str = ""
    borne_out: str | None = None
    why: Why | None = None
    needs: str | None = None
    spot: Spot | None = None


UNKNOWN = Placed(None, why="not_in_plan")


@dataclass(frozen=True, slots=True)
class Planned:
    """One resource as it is before a change, or as it would be after.

    Attributes:
        values: its members, as the file writes them, with `Pending` and `Reference` where there is no value yet.
        placed: where it is.
        account: of the provider, where the file says it.
    """

    values: Json
    placed: Placed
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one resource.

    Attributes:
        address: what its author calls it, unique in the file: `module.archive.aws_s3_bucket.copies["a.b"]`.
        interface: which forms of the descriptions write its values.
        native_type: `aws_s3_bucket`, `AWS::S3::Bucket`, `Microsoft.Storage/storageAccounts`.
        provider: whose resource it is; None where no description is of that provider.
        action: what becomes of it.
        before: as it is; None where it does not exist, or nothing says how it is.
        after: as it would be; None where it goes.
        spot: where it is written.
        previous: its address before it was moved; None where it was not.
        deposed: whether it is what is left of an earlier, replaced one of the same address.
        drifted: whether it was found other than the last apply left it.
        placed_at: where its place is written, where that is elsewhere for all of the file: its deployment's.
    """

    address: str
    interface: Interface
    native_type: str
    provider: Provider | None
    action: Action
    before: Planned | None
    after: Planned | None
    spot: Spot | None = None
    previous: str | None = None
    deposed: bool = False
    drifted: bool = False
    placed_at: Spot | None = None


Incompleteness = Literal["errored", "not_complete", "deferred", "ignored", "unsupported"]
"""Why a plan is not the whole change. `ignored` and `unsupported`: what-if says so of a resource; `deferred`: Terraform
puts a resource off to a later run."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A part of a change that the file does not show.

    Attributes:
        why: see `Incompleteness`.
        what: the address or id it is about; empty for the whole file.
    """

    why: Incompleteness
    what: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan or template, read.

    Attributes:
        name: of the file, as errors and reports name it.
        format: what it is.
        changes: every resource of it, in the file's order; data sources are none.
        knows_before: whether the file says how things are now; a template does not.
        incomplete: what it does not show of the change.
        notes: (code, parameters) of what was assumed while reading; sentences `note.<code>`.
    """

    name: str
    format: PlanFormat
    changes: tuple[Change, ...]
    knows_before: bool
    incomplete: tuple[Incomplete, ...] = ()
    notes: tuple[tuple[str, Mapping[str, str | int]], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever runs the gate says about a file.

    Attributes:
        sources: the folder of the files that it was made from; None where there is none.
        assumed: provider → region, `--assume-region aws=ca-central-1`.
        parameters: name → value, for templates.
        parameter_file: the path of a file with values of an Azure template's parameters; None where there is none.
    """

    sources: str | None = None
    assumed: Mapping[Provider, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    parameter_file: str | None = None


def resource_id(plan: str, address: str) -> str:
    """The id of a planned resource in the inventory: stable from before to after and from one run to the next."""
    return f"{plan}#{address}"
