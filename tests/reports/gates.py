"""An invented gate with everything that an output may have to show of a change, and a large one.

`sample_gate()` and `large_gate(n)` give the assessment too, as the gate's findings are those of it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from typing import Literal

from sovercheck.change import Action, Rung, Spot
from sovercheck.findings import Assessment, DecidingFact, Finding, Provenance, UnknownReason
from sovercheck.gate import Gate, GateFinding, Location, Move, PlannedResource, PlanView, Standing, Tally
from tests.reports.sample import API, known, sample_assessment, unknown

PLAN = "infra/plan.json"
COPIES, KEYS, CLOUD_ACT, COMPONENTS = "copies-in-quebec", "keys-in-hand", "us-cloud-act", "supported-components"
HOSTILE_ADDRESS = (
    'aws_s3_bucket.x["<b>&]]>[clic](http://x.invalid){0}\x1b[31m\x00\r\n::set-output name=a::b, 100%: c\ud800\u202e"]'
)


def resource(
    address: str,
    after: Location | None,
    *,
    action: Action = "create",
    spot: Spot | None = None,
    plan: str = PLAN,
    native_type: str = "aws_s3_bucket",
    kind: str = "object_bucket",
) -> PlannedResource:
    """A resource of a plan; what it was before is not told."""
    return PlannedResource(f"{plan}#{address}", plan, address, native_type, kind, "aws", action, spot, None, after)


def location(place: str | None, region: str | None, rung: Rung, where: str = "", **more: str | Spot | None) -> Location:
    """Where a resource would be; of what was inferred, the grade follows."""
    grade = {"variable": "inferred", "assumed": "assumed", "unknown": None}.get(rung, "documented")
    return dataclasses.replace(Location(region, place, rung, grade, where), **more)  # type: ignore[arg-type]


def gate_finding(
    rule: str,
    of: PlannedResource,
    copy: str | None = None,
    *,
    verdict: Literal["fail", "unknown"] = "fail",
    standing: Standing = "new",
    severity: Literal["blocking", "major", "minor", "info"] = "blocking",
    judged: bool = True,
) -> GateFinding:
    """A finding of the gate about a resource, or about a copy of it, `primary` or `replica:us-east-1`."""
    id_ = of.id if copy is None else f"{of.id}#{copy}"
    key = f"{rule}|{id_}".encode("utf-8", "surrogatepass")
    return GateFinding(
        rule,
        "resource" if copy is None else "copy",
        id_,
        of.id,
        of.address,
        of.plan,
        verdict,
        judged,
        severity,
        standing,
        of.action,
        of.spot,
        hashlib.sha256(key).hexdigest()[:32],
    )


def assessed(
    finding: GateFinding, *facts: DecidingFact, reason: UnknownReason = "no_answer", waiver: str | None = None
) -> Finding:
    """The same finding as the assessment has it."""
    unknown_reason = reason if finding.verdict == "unknown" else None
    return Finding(
        finding.rule,
        finding.subject,
        finding.id,
        (),
        finding.verdict,
        unknown_reason,
        facts,
        "documented",
        waiver=waiver,
    )


def made(
    pairs: list[tuple[GateFinding, Finding]], resources: list[PlannedResource], gate: Gate | None = None
) -> tuple[Assessment, Gate]:
    """A gate and its assessment that agree with each other.

    Args:
        pairs: each finding as the gate and as the assessment has it.
        resources: of the plan.
        gate: what else the gate says; its findings, resources and tally are replaced.
    """
    base = sample_assessment()
    counted = Counter((item.rule, "waived" if item.waiver else item.verdict) for _, item in pairs)
    rules = tuple(
        dataclasses.replace(
            rule,
            gate="advise" if rule.id == CLOUD_ACT else "judge" if rule.id in (COPIES, KEYS, COMPONENTS) else "off",
            counts=dataclasses.replace(
                rule.counts,
                failed=counted[rule.id, "fail"],
                unknown=counted[rule.id, "unknown"],
                waived=counted[rule.id, "waived"],
            ),
        )
        for rule in base.rules
    )
    provenance = list(base.provenance)
    provenance[API] = Provenance("documented", PLAN, None, "aws_db_instance.dossier: replicate_to")
    assessment = dataclasses.replace(
        base, findings=tuple(item for _, item in pairs), rules=rules, provenance=tuple(provenance), gaps=()
    )
    findings = tuple(item for item, _ in pairs)
    counts = [item for item in findings if item.judged and item.standing in ("new", "existing")]
    tally = Tally(
        failing=sum(item.verdict == "fail" for item in counts),
        unknown=sum(item.verdict == "unknown" for item in counts),
        baselined=sum(item.standing == "baselined" for item in findings),
        waived=sum(item.standing == "waived" for item in findings),
        advised=sum(not item.judged for item in findings),
        judged=len({item.resource for item in findings if item.judged and item.resource}),
    )
    plan = PlanView(
        PLAN, "terraform", hashlib.sha256(b"plan").hexdigest(), len(resources), {"create": len(resources)}, True
    )
    empty = Gate(
        "finding" if tally.failing else "not_established" if tally.unknown else "satisfied",
        "major",
        (plan,),
        tally,
        (),
        (),
        not_judged=tuple(rule.id for rule in rules if rule.gate == "off"),
    )
    whole = gate if gate is not None else empty
    return assessment, dataclasses.replace(whole, findings=findings, resources=tuple(resources), tally=tally)


def sample_gate() -> tuple[Assessment, Gate]:
    """Every standing, verdict, rung and way of not knowing that a finding may have, and a hostile address."""
    archive = resource(
        'module.archive.aws_s3_bucket.copies["a.b"]',
        location(
            "US-VA", "us-east-1", "provider", "provider aws.mtl (versions.tf:12)", spot=Spot("versions.tf", 10, 14)
        ),
        spot=Spot("modules/archive/main.tf", 3, 9),
    )
    dossier = resource(
        "aws_db_instance.dossier",
        location("CA-QC", "ca-central-1", "resource", "region"),
        action="update",
        spot=Spot("./base de données.tf", 21, 40),
        native_type="aws_db_instance",
        kind="database",
    )
    inferred = resource(
        "aws_s3_bucket.journaux",
        location("CA-QC", "ca-central-1", "variable", "provider aws: var.region", needs="--source-dir"),
        spot=Spot("main.tf", 5, 5),
    )
    nowhere = resource(
        "azurerm_storage_account.depot",
        Location(None, None, "unknown", why="not_in_plan", needs="provider azurerm: location"),
    )
    assumed = resource(
        "aws_sqs_queue.envois", location("CA-QC", "ca-central-1", "assumed", "--assume-region aws=ca-central-1")
    )
    hostile = resource(HOSTILE_ADDRESS, location("US-OH", "us-east-2", "arn", HOSTILE_ADDRESS), action="replace")
    system = GateFinding(
        CLOUD_ACT,
        "system",
        "dossier",
        None,
        "Dossier clinique régional",
        "",
        "fail",
        False,
        "major",
        "new",
        None,
        None,
        "9" * 32,
    )
    pairs: list[tuple[GateFinding, Finding]] = []

    def add(finding: GateFinding, *facts: DecidingFact, waiver: str | None = None) -> None:
        pairs.append((finding, assessed(finding, *facts, waiver=waiver)))

    primary = f"{archive.id}#primary"
    add(gate_finding(COPIES, archive, "primary"), known("copy.place", "US-VA", primary, API))
    replica = "replica:us-west-2"
    add(
        gate_finding(COPIES, dossier, replica, standing="existing"),
        known("copy.place", "US-OR", f"{dossier.id}#{replica}", API),
    )
    add(gate_finding(COPIES, hostile, "primary"), known("copy.place", "US-OH", f"{hostile.id}#primary", API))
    add(
        gate_finding(COPIES, inferred, "primary", verdict="unknown"),
        unknown("copy.place", f"{inferred.id}#primary", "weak"),
    )
    add(gate_finding(COPIES, nowhere, "primary", verdict="unknown"), unknown("copy.place", f"{nowhere.id}#primary"))
    add(
        gate_finding(KEYS, dossier, severity="minor", verdict="unknown"),
        unknown("copy.key_manager", f"{dossier.id}#primary"),
    )
    add(gate_finding(KEYS, archive, severity="minor"), known("copy.key_manager", "provider", primary, API))
    add(
        gate_finding(KEYS, inferred, severity="minor", standing="waived"),
        known("copy.key_manager", "provider", f"{inferred.id}#primary", API),
        waiver="d-2026-04",
    )
    add(
        gate_finding(KEYS, assumed, severity="minor", standing="baselined"),
        known("copy.key_manager", "provider", f"{assumed.id}#primary", API),
    )
    add(system)
    assessment, gate = made(pairs, [archive, dossier, inferred, nowhere, assumed, hostile])
    plan = dataclasses.replace(gate.plans[0], incomplete=(("deferred", "aws_kms_key.plus_tard"),))
    move = Move("leaves_country", archive.id, archive.address, "primary", "CA-QC", "US-VA", "create", archive.spot)
    return assessment, dataclasses.replace(
        gate,
        plans=(plan,),
        moves=(move,),
        placed={"provider": 1, "resource": 1, "variable": 1, "assumed": 1, "arn": 1, "unknown": 1},
        data_class="sensitive",
        assumed={"aws": "ca-central-1"},
        waivers_from="base",
        baseline="etat-de-reference.json",
    )


def large_gate(findings: int) -> tuple[Assessment, Gate]:
    """A gate with so many findings, each on a resource of its own, every third of them unknown."""
    pairs, resources = [], []
    for number in range(findings):
        one = resource(
            f'module.region["{number % 40}"].aws_s3_bucket.b{number:06d}',
            location("US-VA", "us-east-1", "provider", "provider aws.virginie (versions.tf:12)"),
            spot=Spot(f"modules/m{number % 300}/main.tf", number % 900 + 1, number % 900 + 8),
        )
        finding = gate_finding(COPIES, one, "primary", verdict="fail" if number % 3 else "unknown")
        fact = (
            unknown("copy.place", finding.id)
            if finding.verdict == "unknown"
            else known("copy.place", "US-VA", finding.id, API)
        )
        pairs.append((finding, assessed(finding, fact)))
        resources.append(one)
    return made(pairs, resources)


def gate_of(text: str) -> tuple[Assessment, Gate]:
    """A failing and an unknown finding in which every text that comes from outside is this one."""
    spot = Spot(text or "main.tf", 3, 9)
    there = resource(text, location("US-VA", text, "provider", text), spot=spot)
    nowhere = resource(f"{text}.b", Location(None, None, "unknown", why="not_in_plan", needs=text))
    pairs = []
    for one, verdict in ((there, "fail"), (nowhere, "unknown")):
        finding = gate_finding(COPIES, one, "primary", verdict="fail" if verdict == "fail" else "unknown")
        pairs.append((finding, assessed(finding, unknown("copy.place", finding.id))))
    assessment, gate = made(pairs, [there, nowhere])
    plans = (dataclasses.replace(gate.plans[0], name=text, incomplete=(("ignored", text),)),)
    return assessment, dataclasses.replace(gate, plans=plans, baseline=text)
