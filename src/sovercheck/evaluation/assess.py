"""What an evaluation found, told: verdicts × inventory × policies × reference × waivers × as-of date → assessment.

With `evaluate` a pure function: neither reads a clock, a file or the environment, and the same arguments give the same
assessment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date

from sovercheck import __version__
from sovercheck.evaluation.alike import SENSITIVE, alike, keys, of_systems, volumes
from sovercheck.evaluation.deciding import Belongs, contradictions, findings
from sovercheck.evaluation.evaluate import Evaluated
from sovercheck.evaluation.folding import reading_lines
from sovercheck.evaluation.systems import UNTIED, system_views, untied
from sovercheck.evaluation.waive import apply_waivers
from sovercheck.findings import (
    SEVERITIES,
    Assessment,
    Counts,
    Coverage,
    EvidenceShare,
    Exposure,
    Finding,
    GapView,
    Input,
    LawView,
    NoteView,
    Organisation,
    Provenance,
    RuleResult,
    Share,
    SourceView,
    TextRead,
)
from sovercheck.inventory.evidence import GRADE_WORDS, Grade
from sovercheck.inventory.facts import TABLES
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.ties import MATCHED
from sovercheck.light import dataclass
from sovercheck.messages import Lang
from sovercheck.policy.model import PolicySet, Rule
from sovercheck.policy.waivers import Waiver
from sovercheck.reference import Law, Reference


@dataclass(frozen=True, slots=True)
class Setting:
    """What an assessment depends on beside facts and rules.

    Attributes:
        organisation: whose.
        as_of: "today".
        languages: of the reports, the main one first.
        parameters: what the configuration set, `<rule>.<name>` → value.
        sources: the configured sources, in order, as name → kind.
        inputs: hashes of inputs that the evaluation does not compute itself (source files, waivers).
    """

    organisation: Organisation
    as_of: date
    languages: tuple[Lang, ...] = ("fr",)
    parameters: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()


def assess(
    inventory: Inventory,
    evaluated: Evaluated,
    policies: PolicySet,
    reference: Reference,
    waivers: Sequence[Waiver],
    setting: Setting,
) -> Assessment:
    """Tells what `evaluate` found: findings with what decided, systems, territory, shares, coverage, hashes."""
    as_of = setting.as_of
    found = findings(inventory, evaluated.judged, evaluated.exposures.get, Belongs(inventory), as_of)
    found += [_share_finding(rule, share) for rule, share in evaluated.shares if share.verdict in ("fail", "unknown")]
    found, waiver_views = apply_waivers(found, waivers, policies.rules, as_of)
    order = {rule.id: (SEVERITIES.index(rule.severity), n) for n, rule in enumerate(policies.rules)}
    found.sort(key=lambda item: (item.waiver is not None, item.verdict, order[item.rule], item.subject, item.id))
    waived = Counter(item.rule for item in found if item.waiver is not None)
    names = _names(inventory)
    by_system = evaluated.exposures.by_system()
    copies = alike(inventory)
    views = system_views(inventory, evaluated.judged, found, by_system, names, copies)
    sensitive = of_systems(copies, {view.id for view in views if view.data_class in SENSITIVE})
    reached = Counter(view.reach for view in views)
    resources, loose = _resources(inventory)
    return Assessment(
        organisation=setting.organisation,
        as_of=as_of.isoformat(),
        version=__version__,
        inputs=(
            Input("inventory", "inventory", inventory.sha256()),
            Input("policies", "policies", policies.sha256),
            Input("reference", "reference", reference.sha256),
            *setting.inputs,
        ),
        parameters=dict(sorted(setting.parameters.items())),
        coverage=Coverage(
            systems=len(views),
            read=reached["read"],
            declared=reached["declared"],
            unreached=reached["unreached"],
            untied_resources=loose,
            subjects={table: inventory.lengths[table] for table in TABLES} | {"resource": resources},
            sources=tuple(_sources(inventory, setting.sources)),
            readings=reading_lines(inventory.readings),
            untied=untied(inventory) if loose else (),
            unmatched_resources=_unmatched(inventory),
        ),
        gaps=tuple(
            GapView(g.source, g.reason, g.table, g.id, g.facts, g.scope, g.needs, g.detail) for g in inventory.gaps
        ),
        notes=tuple(
            NoteView(n.source, n.code, {key: str(value) for key, value in n.params.items()}) for n in inventory.notes
        ),
        provenance=tuple(Provenance(e.grade.word, e.source, e.date, e.locator, e.note) for e in inventory.provenance),
        rules=tuple(_rule_results(evaluated, policies.rules, waived, as_of)),
        laws=tuple(_law_views(policies.rules, reference.laws)),
        systems=views,
        territory=volumes(copies),
        sensitive_territory=volumes(sensitive),
        shares=tuple(share for _, share in evaluated.shares),
        findings=tuple(found),
        evidence=tuple(_evidence(evaluated.evidence)),
        waivers=tuple(waiver_views),
        names=_shown_names(names, found, by_system),
        contradictions=contradictions(inventory),
        languages=setting.languages,
        # Only the keys of sensitive and health data count, where any are known to be.
        keys=keys(sensitive) or keys(copies),
    )


def _evidence(counted: Counter[str]) -> Iterable[EvidenceShare]:
    return (EvidenceShare(word, counted[word]) for word in (*GRADE_WORDS, "none"))


def _share_finding(rule: Rule, share: Share) -> Finding:
    return Finding(
        rule=rule.id,
        subject="estate",
        id="estate",
        systems=(),
        verdict="fail" if share.verdict == "fail" else "unknown",
        reason=None if share.verdict == "fail" else "no_answer",
        facts=(),
        weakest=None,
        legal_reference=not rule.relaxed,
    )


def _rule_results(
    evaluated: Evaluated, rules: Sequence[Rule], waived: Mapping[str, int], as_of: date
) -> Iterable[RuleResult]:
    by_share = {rule.id: share for rule, share in evaluated.shares}
    for rule in rules:
        if rule.share is not None:
            verdict = by_share[rule.id].verdict
            counts = Counts(
                passed=verdict == "pass",
                failed=verdict == "fail",
                unknown=verdict == "unknown",
                not_applicable=verdict == "not_applicable",
            )
        else:
            t = evaluated.tallies[rule.id]
            counts = Counts(t.passed, t.failed, t.unknown, t.not_applicable)
        counts = replace(counts, failed=int(counts.failed) - waived.get(rule.id, 0), waived=waived.get(rule.id, 0))
        weakest = evaluated.weakest.get(rule.id)
        yield _rule_result(rule, counts, weakest, as_of)


def _rule_result(rule: Rule, counts: Counts, weakest: Grade | None, as_of: date) -> RuleResult:
    basis = rule.basis
    return RuleResult(
        id=rule.id,
        policy=rule.policy,
        title=rule.title,
        statement=dict(rule.statement),
        rationale=rule.rationale,
        subject=rule.subject,
        severity=rule.severity,
        gate=rule.gate,
        basis=basis.kind,
        cite=basis.cite,
        url=basis.url,
        in_force_from=_iso(basis.in_force_from),
        in_force_to=_iso(basis.in_force_to),
        applies=basis.in_force_on(as_of),
        text=TextRead(basis.text.version, _iso(basis.text.read_on), basis.text.grade),
        remediation=rule.remediation,
        parameters=dict(rule.parameters),
        relaxed=rule.relaxed,
        min_evidence=rule.min_evidence.word if rule.min_evidence else None,
        law=rule.law,
        counts=Counts(*(int(getattr(counts, name)) for name in Counts.__slots__)),
        weakest_pass=weakest.word if weakest else None,
    )


def _law_views(rules: Sequence[Rule], laws: Mapping[str, Law]) -> Iterable[LawView]:
    for id_ in sorted({rule.law for rule in rules if rule.law is not None}):
        law = laws[id_]
        yield LawView(
            id=law.id,
            name=law.name,
            citation=law.citation,
            what=law.what,
            note=law.note,
            places=tuple(sorted(law.places)),
            status=law.status,
            in_force_from=_iso(law.in_force_from),
            in_force_to=_iso(law.in_force_to),
            url=law.url,
            text=TextRead(law.text_version, _iso(law.text_read_on), law.text_grade),
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _resources(inventory: Inventory) -> tuple[int, int]:
    """How many resources there are, and how many of them have no system and may keep data.

    An account is where resources are, and none itself: one with nothing in it is an empty inventory.
    """
    found = inventory.connection.execute(
        f"SELECT count_if(r.kind IS DISTINCT FROM 'account'), count_if({UNTIED}) FROM resource r"
    ).fetchone()
    resources, loose = found or (0, 0)
    return resources or 0, loose or 0  # of no row at all, NULL


def _unmatched(inventory: Inventory) -> int:
    """How many resources matchers could not decide on."""
    if not inventory.lengths[MATCHED]:
        return 0
    found = inventory.connection.execute(f"SELECT count(DISTINCT resource) FROM {MATCHED} WHERE NOT decided").fetchone()
    return int(found[0]) if found else 0


def _sources(inventory: Inventory, kinds: Mapping[str, str]) -> Iterable[SourceView]:
    gaps = Counter(gap.source for gap in inventory.gaps)
    for name, rows in inventory.counts.items():
        yield SourceView(name, kinds.get(name, "inventory"), rows, gaps[name], inventory.grades.get(name))


def _names(inventory: Inventory) -> dict[str, str]:
    """`table/id` → name; a copy bears its resource's, a contract without a name those of its system and party."""
    names: dict[str, str] = {}
    for table in ("party", "system", "resource", "contract"):
        for id_, name in _read(inventory, table, "id, name"):
            if name is not None:
                names[f"{table}/{id_}"] = name
    for id_, resource in _read(inventory, "copy", "id, resource"):
        if (name := names.get(f"resource/{resource}")) is not None:
            names[f"copy/{id_}"] = name
    for id_, product, version, system, resource in _read(
        inventory, "component", "id, product, version, system, resource"
    ):
        owner = names.get(f"system/{system}") or names.get(f"resource/{resource}")
        name = f"{product} {version}" if product and version else product or owner
        if name is not None:
            names[f"component/{id_}"] = name
    for id_, system, party in _read(inventory, "contract", "id, system, party"):
        ends = [name for key in (f"system/{system}", f"party/{party}") if (name := names.get(key)) is not None]
        if ends:
            names.setdefault(f"contract/{id_}", " – ".join(ends))
    return names


def _read(inventory: Inventory, table: str, columns: str) -> Sequence[tuple[str | None, ...]]:
    """Columns of each row of a table; one without rows is not asked."""
    if not inventory.lengths[table]:
        return ()
    return inventory.connection.execute(f'SELECT {columns} FROM "{table}"').fetchall()


def _shown_names(
    names: Mapping[str, str], found: Iterable[Finding], exposures: Mapping[str, tuple[Exposure, ...]]
) -> dict[str, str]:
    """The names of what findings and paths name."""
    wanted = {f"{item.subject}/{item.id}" for item in found}
    wanted |= {f"system/{system}" for item in found for system in item.systems}
    wanted |= {f"{fact.fact.partition('.')[0]}/{fact.of}" for item in found for fact in item.facts}
    wanted |= {f"party/{fact.of}" for item in found for fact in item.facts}
    for paths in exposures.values():
        wanted |= {f"party/{step.party}" for item in paths for path in item.paths for step in path.steps}
        wanted |= {f"party/{path.decides[1]}" for item in paths for path in item.paths if path.decides}
    return {key: names[key] for key in sorted(wanted) if key in names}
