"""The sample gate as pages for people show it: with what it compares, and a tally that its findings bear out."""

from __future__ import annotations

import dataclasses

from sovercheck.change import Spot
from sovercheck.comparison import Comparison, ExposureChange, ShareChange
from sovercheck.findings import SEVERITIES, Assessment
from sovercheck.gate import Gate, Location, Move, PlanView, Result, Tally
from tests.reports.gates import CLOUD_ACT, COPIES, assessed, gate_finding, location, made, resource, sample_gate
from tests.reports.sample import API, known, unknown

COMPARISON = Comparison(
    "Centre hospitalier exemple",
    "2026-11-22",
    "2026-11-22",
    "0.1.0",
    "0.1.0",
    exposures=(
        ExposureChange(
            "gained",
            "us-cloud-act",
            "dossier",
            "Dossier clinique régional",
            ("none_known", "none_known"),
            ("possible", "exposed"),
            "major",
            ("facts",),
        ),
    ),
    shares=(
        ShareChange(
            "quebec-cloud-share/volume-strict",
            "volume",
            "strict",
            ("0.54", "0.62", "0.40"),
            ("0.38", "0.62", "0.40"),
            "pass",
            "unknown",
        ),
        ShareChange(
            "quebec-cloud-share/count-strict",
            "count",
            "strict",
            ("0.5", "0.5", "0.40"),
            ("0.498", "0.498", "0.40"),
            "pass",
            "pass",
        ),
    ),
)


def tallied(gate: Gate) -> Gate:
    """The gate with the counts and the result that its findings give."""
    grave = SEVERITIES[: SEVERITIES.index(gate.fail_on) + 1]
    judged = [item for item in gate.findings if item.judged]
    aside = ("baselined", "waived", *(("existing",) if gate.only_new else ()))
    left = [item for item in judged if item.standing not in aside]
    counting = [item for item in left if item.severity in grave]
    tally = Tally(
        failing=sum(item.verdict == "fail" for item in counting),
        unknown=sum(item.verdict == "unknown" for item in counting),
        existing=sum(item.standing == "existing" for item in judged) if gate.only_new else 0,
        baselined=sum(item.standing == "baselined" for item in judged),
        waived=sum(item.standing == "waived" for item in judged),
        advised=len(gate.findings) - len(judged),
        below=len(left) - len(counting),
        judged=gate.tally.judged,
    )
    result: Result = "finding" if tally.failing else "not_established" if tally.unknown else "satisfied"
    return dataclasses.replace(gate, tally=tally, result=result)


def shown_gate() -> tuple[Assessment, Gate]:
    """The sample gate, whole."""
    assessment, gate = sample_gate()
    archive, dossier = gate.resources[0], gate.resources[1]
    moves = (
        *gate.moves,
        Move("leaves_home", dossier.id, dossier.address, "backup", "CA-QC", "CA-ON", "update", dossier.spot),
        Move("returns_home", dossier.id, dossier.address, "primary", "CA-ON", "CA-QC", "update", dossier.spot),
        Move("comes", archive.id, archive.address, "replica", None, "US-OR", "create", archive.spot),
    )
    plan = dataclasses.replace(gate.plans[0], actions={"create": 4, "update": 1, "replace": 1, "no_op": 0})
    template = PlanView("pile.template.json", "cloudformation", "0" * 64, 2, {"unchanged": 2}, knows_before=False)
    return assessment, tallied(dataclasses.replace(gate, moves=moves, plans=(plan, template)))


def hostile_gate(text: str) -> tuple[Assessment, Gate]:
    """A gate in which everything that comes from outside is one text, and it is long enough to be something."""
    name = f"{text}é"
    place = location("US-VA", name, "provider", name)
    nowhere = Location(None, None, "unknown", why="expression", needs=name)
    spot = Spot(name, 3, 9)
    here = resource(name, place, spot=spot, plan=name)
    there = resource(f"{name}2", nowhere, spot=spot, plan=name)
    failing, open_ = gate_finding(COPIES, here, "primary"), gate_finding(COPIES, there, "primary", verdict="unknown")
    advised = gate_finding(CLOUD_ACT, here, judged=False)
    assessment, gate = made(
        [
            (failing, assessed(failing, known("copy.place", "US-VA", failing.id, API))),
            (open_, assessed(open_, unknown("copy.place", open_.id))),
            (advised, assessed(advised)),
        ],
        [here, there],
    )
    texts = {"fr": name, "en": name}
    rules = tuple(
        dataclasses.replace(rule, title=texts, cite=texts, remediation=texts, statement=texts)
        for rule in assessment.rules
    )
    plan = dataclasses.replace(gate.plans[0], name=name, incomplete=(("deferred", name),))
    move = Move("leaves_home", here.id, name, "primary", "CA-QC", "US-VA", "create", spot)
    gate = dataclasses.replace(gate, plans=(plan,), moves=(move,), not_judged=(name,), baseline=name)
    return dataclasses.replace(assessment, rules=rules, version="0.1.0"), tallied(gate)
