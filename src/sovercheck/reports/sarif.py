"""The findings of a gate as SARIF 2.1.0, as GitHub's code scanning takes it; other consumers find more in it.

Code scanning shows results that fail and have a line, and knows neither unknowns nor suppressions. So what nobody could
establish is a result that fails, of level `warning`, that says so; and what somebody accepts is of level `note`, with
its suppression and its reason for the consumers that read them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO
from urllib.parse import quote

from sovercheck.change import Spot
from sovercheck.findings import Assessment, RuleResult, Severity
from sovercheck.gate import Gate, GateFinding
from sovercheck.reports.base import Options
from sovercheck.reports.gate_findings import fingerprints, gravest_first, level, repository_path, spot
from sovercheck.reports.gate_words import GateWords, count
from sovercheck.reports.markdown import escape_markdown

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 25_000
"""Code scanning refuses a run with more results; of these it shows the gravest 5,000, so the order matters."""

_LONGEST = 1024
"""Of a description, in characters."""
_SECURITY: dict[Severity, str] = {"blocking": "9.5", "major": "8.0", "minor": "5.0", "info": "2.0"}
"""Critical, high, medium, low."""

Plain = Mapping[str, object]
_dump = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes one run: each rule and each result on its own line."""
    gate = options.gate
    assert gate is not None  # noqa: S101 - the format needs one
    words = GateWords(assessment, gate, options.lang)
    findings = gravest_first(gate)
    shown = findings[:MOST]
    rules: dict[str, int] = {}
    for finding in shown:
        rules.setdefault(finding.rule, len(rules))
    results = [
        _dump(_result(words, gate, finding, rules[finding.rule], fingerprint))
        for finding, fingerprint in zip(shown, fingerprints(shown), strict=True)
    ]
    driver = [
        '"name":"sovercheck"',
        f'"version":{_dump(assessment.version)}',
        f'"rules":{_array([_dump(_rule(words, id_)) for id_ in rules])}',
    ]
    invocation = {
        "executionSuccessful": True,
        "toolExecutionNotifications": list(_notifications(words, gate, len(findings) - len(shown))),
    }
    run = [
        f'"tool":{{"driver":{{{",".join(driver)}}}}}',
        f'"automationDetails":{_dump({"id": _category(gate)})}',
        f'"language":{_dump(f"{options.lang}-CA")}',
        '"columnKind":"unicodeCodePoints"',
        f'"invocations":{_dump([invocation])}',
        f'"properties":{_dump({"result": gate.result, "failOn": gate.fail_on})}',
        f'"results":{_array(results)}',
    ]
    text = f'{{"$schema":{_dump(SCHEMA)},"version":"2.1.0","runs":[{{\n' + ",\n".join(run) + "\n}]}\n"
    # A lone surrogate from a source is no UTF-8; its escape is both Python's and JSON's.
    out.write(text.encode("utf-8", "backslashreplace"))


def _array(items: list[str]) -> str:
    return "[\n" + ",\n".join(items) + "\n]" if items else "[]"


def _category(gate: Gate) -> str:
    """What tells the gate's analyses of one commit apart: the plans that each is of."""
    return f"sovercheck/gate/{'+'.join(plan.name for plan in gate.plans)}/"


def _notifications(words: GateWords, gate: Gate, left_out: int) -> Iterator[Plain]:
    for _, told in words.incomplete():
        yield {"level": "warning", "message": _message(told)}
    if left_out:
        lang = words.say.lang
        told = words.say.text("gate.sarif.left_out", n=left_out, count=count(left_out, lang), shown=count(MOST, lang))
        yield {"level": "warning", "message": _message(told)}
    if gate.not_judged:
        told = words.say.text("gate.sarif.not_judged", rules=", ".join(gate.not_judged))
        yield {"level": "note", "message": _message(told)}


def _rule(words: GateWords, id_: str) -> Plain:
    title = words.title(id_)
    rule = words.rules.get(id_)
    if rule is None:
        described = {"text": _short(title)}
        return {"id": id_, "shortDescription": described, "fullDescription": described, "help": {"text": title}}
    address = _web_address(rule.url)
    statement = words.say.says(rule.statement) or title
    return {
        "id": id_,
        "shortDescription": {"text": _short(title)},
        "fullDescription": {"text": _short(statement)},
        "help": {"text": _help(words, rule, statement), "markdown": _help_markdown(words, rule, statement, address)},
        **({"helpUri": address} if address is not None else {}),
        "defaultConfiguration": {"level": "note" if rule.gate == "advise" else _level(rule.severity)},
        "properties": _rule_properties(rule),
    }


def _level(severity: Severity) -> str:
    return {"blocking": "error", "major": "error", "minor": "warning", "info": "note"}[severity]


def _rule_properties(rule: RuleResult) -> Plain:
    """What is only advised has no security severity: code scanning fails a check on one, whatever the level."""
    tags = ["data-sovereignty", rule.policy, rule.basis]
    if rule.gate == "advise":
        return {"tags": [*tags, "advice"], "precision": "high", "problem.severity": "recommendation"}
    return {"tags": ["security", *tags], "precision": "high", "security-severity": _SECURITY[rule.severity]}


def _help(words: GateWords, rule: RuleResult, statement: str) -> str:
    say = words.say
    parts = [statement]
    if rule.rationale is not None:
        parts.append(say.says(rule.rationale))
    parts.append(say.pair(say.text("gate.rule.remediation"), say.says(rule.remediation)))
    parts.append(say.pair(say.text("gate.rule.basis"), say.says(rule.cite)))
    return "\n\n".join(part for part in parts if part)


def _help_markdown(words: GateWords, rule: RuleResult, statement: str, address: str | None) -> str:
    say = words.say
    cite = escape_markdown(say.says(rule.cite))
    if address is not None and cite:
        cite = f"[{cite}](<{address}>)"
    parts = [escape_markdown(statement)]
    if rule.rationale is not None:
        parts.append(escape_markdown(say.says(rule.rationale)))
    parts.append(say.pair(f"**{say.text('gate.rule.remediation')}**", escape_markdown(say.says(rule.remediation))))
    parts.append(say.pair(f"**{say.text('gate.rule.basis')}**", cite))
    return "\n\n".join(part for part in parts if part)


def _web_address(url: str | None) -> str | None:
    """An address that a page may link to, its own characters kept and every other one encoded."""
    if url is None or not url.startswith(("https://", "http://")):
        return None
    return quote(url, safe=":/?#[]@!$&'()*+,;=%-._~", errors="replace")


def _result(words: GateWords, gate: Gate, finding: GateFinding, rule: int, fingerprint: str) -> Plain:
    message = words.finding(finding)
    accepted = words.accepted(finding) if finding.standing in ("waived", "baselined") else None
    resource = words.resources.get(finding.resource or "")
    shown = spot(gate, finding)
    location: dict[str, object] = {"physicalLocation": _physical(shown)}
    if finding.address:
        location["logicalLocations"] = [
            {"fullyQualifiedName": finding.address, "kind": "resource" if finding.resource else finding.subject}
        ]
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "kind": "fail",
        "level": level(gate, finding),
        "message": _message(message),
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
        "baselineState": "new" if finding.standing == "new" else "unchanged",
        "suppressions": [{"kind": "external", "status": "accepted", "justification": accepted}] if accepted else [],
        "properties": {
            "verdict": finding.verdict,
            "judged": finding.judged,
            "severity": finding.severity,
            "standing": finding.standing,
            **({"action": finding.action} if finding.action is not None else {}),
        },
    }
    read = resource.after if resource is not None else None
    if read is not None and read.spot is not None and read.spot != finding.spot:
        told = _message(read.where or read.spot.file)
        result["relatedLocations"] = [{"id": 1, "physicalLocation": _physical(read.spot), "message": told}]
    return result


def _physical(where: Spot) -> Plain:
    """A place in a file; a block begins and ends at the margin, its last line being its closing brace."""
    return {
        "artifactLocation": {"uri": _uri(where.file), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": where.line, "startColumn": 1, "endLine": where.end_line, "endColumn": 2},
    }


def _uri(file: str) -> str:
    return quote(repository_path(file), safe="/-._~", errors="surrogatepass")


def _message(text: str) -> Plain:
    """A text that is no link: `[a](b)` is one in a message, and an address may have brackets."""
    return {"text": text.replace("](", "\\](")}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
