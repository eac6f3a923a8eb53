"""What the gate says of a change of infrastructure, and all that a report may read of it beside the assessment.

Plain data, as in `findings`: the assessment is of how things would be after the change, the comparison says what it
changes, and this says of each resource what becomes of it, of each finding whether it is new and at which line it
stands. `decisions.gate` makes it.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from sovercheck.change import Action, Rung, Spot
from sovercheck.findings import Severity
from sovercheck.light import dataclass

SCHEMA = "sovercheck/gate/v1"

Standing = Literal["new", "existing", "baselined", "waived"]
"""Of a finding: `new`, the change brings it; `existing`, it is there already; `baselined`, the state of reference has
it; `waived`, somebody accepts it for a time."""

Result = Literal["finding", "not_established", "waived", "satisfied"]
"""What the exit code says: 1, 3, 4, 0."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a resource is or would be, and how that is known.

    Attributes:
        region: the provider's name; None if unknown.
        place: ISO code; None if unknown.
        rung: what told it.
        grade: of that evidence; None if unknown.
        where: what was read: `provider aws.mtl (versions.tf:12)`.
        borne_out: of what was inferred, what else says the same.
        why: why it is not known, a word of `gate.why.<word>`.
        needs: what would settle it.
        spot: where that is written, if not at the resource itself: a provider's block.
    """

    region: str | None
    place: str | None
    rung: Rung
    grade: str | None = None
    where: str = ""
    borne_out: str | None = None
    why: str | None = None
    needs: str | None = None
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """One resource of a plan or template.

    Attributes:
        id: in the inventory.
        plan: the file that it stands in.
        address: what its author calls it.
        native_type: the provider's type.
        kind: the normalised kind; `undescribed` or `without_data` where there is none.
        provider: aws, azure, google; None if another.
        action: what becomes of it.
        spot: where it is written; None where that was not found.
        before: where it is; None if it does not exist or nothing says.
        after: where it would be; None if it goes.
        previous: its address before it was moved.
        deposed: whether it is what is left of a replaced one.
        drifted: whether it was found other than the last apply left it.
    """

    id: str
    plan: str
    address: str
    native_type: str
    kind: str
    provider: str | None
    action: Action
    spot: Spot | None
    before: Location | None
    after: Location | None
    previous: str | None = None
    deposed: bool = False
    drifted: bool = False


@dataclass(frozen=True, slots=True)
class GateFinding:
    """A finding of the assessment, and what a change has to do with it.

    Attributes:
        rule: full rule id.
        subject: copy, resource, system or estate.
        id: the subject's.
        resource: id of the resource that it is about; None for a system or the whole.
        address: what its author calls that resource; the system's name, or empty, where there is none.
        plan: the file; empty for a system or the whole.
        verdict: fail or unknown.
        judged: whether it counts; what is only advised is shown, and does not.
        severity: of the rule.
        standing: see `Standing`.
        action: what becomes of the resource; None for a system or the whole.
        spot: the line that causes it.
        fingerprint: what stays the same of it from one run to the next, whatever the line: 32 hexadecimal digits.
    """

    rule: str
    subject: str
    id: str
    resource: str | None
    address: str
    plan: str
    verdict: Literal["fail", "unknown"]
    judged: bool
    severity: Severity
    standing: Standing
    action: Action | None
    spot: Spot | None
    fingerprint: str


MoveKind = Literal[
    "leaves_country", "leaves_home", "comes", "unsure", "moves", "goes", "returns_country", "returns_home"
]
"""Of a copy: it leaves Québec (the organisation's place) or Canada (its country), comes back, moves otherwise; `comes`
and `goes`: it is new outside of home, or gone from outside; `unsure`: where it was or would be is not known."""


@dataclass(frozen=True, slots=True)
class Move:
    """A copy that is elsewhere after the change than before, that it makes outside of home, or that it takes away.

    Attributes:
        kind: see `MoveKind`.
        resource: id of its resource.
        address: of the resource.
        copy: kind of copy: primary, replica, backup…
        before: ISO code; None if unknown or not there.
        after: likewise.
        action: what becomes of the resource.
        spot: where it is written.
    """

    kind: MoveKind
    resource: str
    address: str
    copy: str
    before: str | None
    after: str | None
    action: Action
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A file that was judged.

    Attributes:
        name: as given.
        format: terraform, opentofu, cloudformation, cdk, arm, what-if or pulumi.
        sha256: of its bytes.
        resources: how many it has.
        actions: action → how many.
        knows_before: whether it says how things are now.
        incomplete: (why, what) of what it does not show; sentences `gate.incomplete.<why>`.
    """

    name: str
    format: str
    sha256: str
    resources: int
    actions: dict[str, int]
    knows_before: bool
    incomplete: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Judged findings at or above the severity that counts, and what else decides the exit code.

    Attributes:
        failing: neither waived nor in the state of reference, and not set aside as existing.
        unknown: likewise, to be assessed.
        existing: that are there already and were set aside.
        baselined: in the state of reference.
        waived: accepted for a time.
        advised: findings of rules that only advise, of whatever severity.
        below: judged findings below that severity.
        judged: resources that keep data, or may, and that some rule judged.
    """

    failing: int = 0
    unknown: int = 0
    existing: int = 0
    baselined: int = 0
    waived: int = 0
    advised: int = 0
    below: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate says of a change.

    Attributes:
        schema: `sovercheck/gate/v1`.
        result: what the exit code says.
        fail_on: the severity at or above which a finding counts.
        plans: the files.
        tally: the counts that decide.
        findings: judged ones first, new before existing, the gravest first; then those only advised.
        resources: every resource of the files, in their order.
        moves: of copies; the gravest first.
        placed: rung → how many resources that keep data, or may, have a place told by it.
        not_judged: ids of the rules that the gate leaves to an assessment.
        data_class: assumed of what is tied to no system, `--data-class`; None where nothing was assumed.
        assumed: provider → region that whoever runs the gate assumes.
        waivers_from: `base`, `centre`, `nothing` (there are none) or `left` (those that stand in the change itself).
        baseline: name of the state of reference; None without one.
        only_new: whether what is there already was set aside.
    """

    result: Result
    fail_on: Severity
    plans: tuple[PlanView, ...]
    tally: Tally
    findings: tuple[GateFinding, ...]
    resources: tuple[PlannedResource, ...]
    moves: tuple[Move, ...] = ()
    placed: dict[str, int] = field(default_factory=dict)
    not_judged: tuple[str, ...] = ()
    data_class: str | None = None
    assumed: dict[str, str] = field(default_factory=dict)
    waivers_from: Literal["base", "centre", "nothing", "left"] = "nothing"
    baseline: str | None = None
    only_new: bool = False
    schema: str = field(default=SCHEMA)
