"""A rule's tests as miniature inventories: what `given:` says becomes the rows that a source would have yielded.

A flat `given` (`copy.place: CA-QC`) builds one chain around the rule's subject: copy `c` of resource `r`, tied to
system `s`; contract `k` of system `s` with party `p`; component `x`. Where a rule reads several rows, `given` has
tables as a declaration does. Of several subjects of the rule, the worst verdict is the one that the test expects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, cast, get_args

from sovercheck.errors import Place, PolicyError, SeveralErrors, SovercheckError, nearest, raise_all
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import FACTS, SCOPES, Fact, Subject, in_scope
from sovercheck.inventory.rows import Gap, GapReason, Known, Row
from sovercheck.light import dataclass
from sovercheck.policy.constants import Where
from sovercheck.policy.model import Expected, Rule, RuleTest
from sovercheck.policy.reading import LEVELS
from sovercheck.reference.laws import Level

if TYPE_CHECKING:
    from sovercheck.strictyaml import Value

Path_ = tuple[str | int, ...]

CHAIN: Mapping[str, str] = {
    "copy": "c",
    "resource": "r",
    "system": "s",
    "contract": "k",
    "party": "p",
    "component": "x",
    "estate": "estate",
}
"""The ids of the subjects that a flat `given` builds."""

_OBSERVED = Evidence(Grade.OBSERVED, "test")
_EXPOSURE = "exposure"
_LINKS: Mapping[str, tuple[str, ...]] = {
    "copy": ("resource",),
    "contract": ("system", "party"),
    "component": ("system", "resource"),
}
_TIED: tuple[Subject, ...] = ("copy", "resource", "component")
_KEYS = ("value", "members", "open", "at_least", "at_most", "evidence", "gap")


@dataclass(frozen=True, slots=True)
class Case:
    """One test of one rule, ready to be judged.

    Attributes:
        name: as written.
        subject: what the rule is about.
        rows: the inventory.
        gaps: what could not be read of it.
        overrides: (table, id, short name) → a derived fact that the test gives as it is.
        exposures: law → level [low, high] of the chain's subject, inherent and residual, given as they are.
        as_of: "today" of the verdict.
        parameters: short name → value in place of the rule's own.
        expect: the verdict; None where the test says nothing of this variant of a share.
    """

    name: str
    subject: Subject
    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    overrides: Mapping[tuple[str, str, str], Known]
    exposures: Mapping[str, tuple[Level, Level]]
    as_of: date
    parameters: Mapping[str, Value]
    expect: Expected | None


def case(rule: Rule, test: RuleTest) -> Case:
    """One of a rule's tests as an inventory and the verdict that is expected of it."""
    variant = rule.id.partition("/")[2]
    given = _read(test.given, rule.subject, _At(test.place), (), None)
    assert test.as_of is not None  # noqa: S101 - the loader refuses a test without
    return Case(
        name=test.name,
        subject=rule.subject,
        rows=tuple(given.rows),
        gaps=tuple(given.gaps),
        overrides=given.overrides,
        exposures=given.exposures,
        as_of=test.as_of,
        parameters=test.parameters,
        expect=test.expect.get(variant) if isinstance(test.expect, Mapping) else test.expect,
    )


def cases(rule: Rule) -> tuple[Case, ...]:
    """All tests of a rule; of a share's variant, those that expect something of it."""
    read = (case(rule, test) for test in rule.tests)
    return tuple(found for found in read if found.expect is not None)


def check_given(given: Mapping[str, Value], subject: Subject, where: Where, path: Path_, laws: Collection[str]) -> None:
    """Checks what a test gives.

    Raises:
        InputError, PolicyError: one mistake, at its place; `SeveralErrors` for all of them.
    """
    _read(given, subject, where, path, laws)


@dataclass(slots=True)
class _Given:
    rows: list[Row] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    overrides: dict[tuple[str, str, str], Known] = field(default_factory=dict)
    exposures: dict[str, tuple[Level, Level]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _At:
    """One place for all parts of what was checked before."""

    only: Place

    def place(self, *_: str | int) -> Place:
        return self.only

    key_place = place


def _read(
    given: Mapping[str, Value], subject: Subject, where: Where, path: Path_, laws: Collection[str] | None
) -> _Given:
    facts = [key for key in given if "." in key]
    tables = [key for key in given if "." not in key and key != _EXPOSURE]
    if facts and tables:
        at = where.key_place(*path, min(facts[:1] + tables[:1], key=list(given).index))
        raise PolicyError("policy_given_mixed", place=at, keys=", ".join([*facts[:2], *tables[:2]]))
    found = _Given()
    errors: list[SovercheckError] = []
    if _EXPOSURE in given:
        _exposures(given[_EXPOSURE], found, where, (*path, _EXPOSURE), laws, errors)
    if tables:
        try:
            found.rows.extend(_tables(given, where, path))
        except SeveralErrors as error:
            errors.extend(error.errors)
        except SovercheckError as error:
            errors.append(error)
    else:
        _flat({key: given[key] for key in facts}, subject, found, where, path, errors)
    raise_all(errors)
    return found


def _tables(given: Mapping[str, Value], where: Where, path: Path_) -> list[Row]:
    from sovercheck.inventory.records import read_tables
    from sovercheck.strictyaml import Document

    if isinstance(where, Document):
        return read_tables(where, base=_OBSERVED, sources={}, path=path, besides=(_EXPOSURE,))
    document = Document(where.place().file, dict(given), {}, {})
    return read_tables(document, base=_OBSERVED, sources={}, besides=(_EXPOSURE,))


def _flat(
    given: Mapping[str, Value],
    subject: Subject,
    found: _Given,
    where: Where,
    path: Path_,
    errors: list[SovercheckError],
) -> None:
    """The chain around a subject, with the facts that are given of each of its members."""
    tables: dict[str, dict[str, Known]] = {table: {} for table in SCOPES[subject]}
    for name, content in given.items():
        try:
            fact = _named(name, subject, where.key_place(*path, name))
            known = _known(fact, content, found, where, (*path, name))
        except SovercheckError as error:
            errors.append(error)
            continue
        if known is None:
            continue
        if fact.derived and fact.table in CHAIN:
            found.overrides[(fact.table, CHAIN[fact.table], fact.short)] = known
        else:
            tables[fact.table][fact.short] = known
    for link, make in (("efvp", _outside_quebec), ("project_efvp", _project)):
        said = tables.pop(link, {})
        if said:
            tables["system"].setdefault("efvps_complete", Known(value=True, evidence=_OBSERVED))
        if any(known.value not in (None, ()) for known in said.values()):
            found.rows.append(make(said, tables))
    for table, facts in tables.items():
        links = {link: CHAIN[link] for link in _LINKS.get(table, ()) if link in tables}
        found.rows.append(Row(table, CHAIN[table], links, facts, where.place(*path)))
    if subject in _TIED:
        found.rows.append(Row("tie", "r|s", {"resource": CHAIN["resource"], "system": CHAIN["system"]}))


def _outside_quebec(said: Mapping[str, Known], tables: Mapping[str, Mapping[str, Known]]) -> Row:
    """The EFVP that a copy's `efvp.*` are of: one that covers its place, unless the test gives the places itself."""
    facts = {"kind": Known("outside_quebec", _OBSERVED)}
    place = tables.get("copy", {}).get("place")
    if place is not None and isinstance(place.value, str):
        facts["places"] = Known((place.value,), _OBSERVED)
    return Row("efvp", "s|outside_quebec", {"system": CHAIN["system"]}, {**facts, **said})


def _project(said: Mapping[str, Known], _: Mapping[str, Mapping[str, Known]]) -> Row:
    """The EFVP that a system's `project_efvp.*` are of."""
    certified = said.get("is_certification")
    kind = "certification" if certified is not None and certified.value is True else "project"
    facts = {short: known for short, known in said.items() if short != "is_certification"}
    return Row("efvp", f"s|{kind}", {"system": CHAIN["system"]}, {**facts, "kind": Known(kind, _OBSERVED)})


def _named(name: str, subject: Subject, at: Place) -> Fact:
    fact = FACTS.get(name)
    if fact is None:
        near = nearest(name, [n for n, f in FACTS.items() if in_scope(f, subject)]) or nearest(name, FACTS)
        raise PolicyError("policy_unknown_fact_near" if near else "policy_unknown_fact", place=at, word=name, near=near)
    if not in_scope(fact, subject):
        tables = ", ".join(SCOPES[subject])
        raise PolicyError("policy_given_scope", place=at, fact=name, subject=subject, tables=tables)
    return fact


def _known(fact: Fact, content: Value, found: _Given, where: Where, path: Path_) -> Known | None:
    """A fact as given, plain or `{value: …, evidence: …, gap: …}`; None where a gap is all that is given."""
    from sovercheck.inventory.records import grade_of_word
    from sovercheck.inventory.values import read_value

    if not isinstance(content, dict):
        read = read_value(fact, content, lambda *steps: where.place(*path, *steps))
        return Known(read.value, _OBSERVED, read.high, read.open)
    for key in content:
        if key not in _KEYS:
            raise _unknown(key, _KEYS, where.key_place(*path, key))
    evidence = _OBSERVED
    if "evidence" in content:
        evidence = Evidence(grade_of_word(content["evidence"], where.place(*path, "evidence")), _OBSERVED.source)
    if "gap" in content:
        reason = _word(content["gap"], get_args(GapReason), where.place(*path, "gap"))
        owner = CHAIN.get(fact.table, CHAIN["system"])
        found.gaps.append(Gap("test", cast(GapReason, reason), fact.table, owner, (fact.short,)))
    rest = {key: value for key, value in content.items() if key not in ("evidence", "gap", "open")}
    if not rest and "gap" in content:
        return None
    form = next((key for key in ("value", "members") if key in rest), None)
    inner: Value = rest if form is None else rest[form]
    deeper = path if form is None else (*path, form)
    read = read_value(
        fact, inner, lambda *steps: where.place(*deeper, *steps), is_open=content.get("open", False) is True
    )
    return Known(read.value, evidence, read.high, read.open)


def _exposures(
    content: Value,
    found: _Given,
    where: Where,
    path: Path_,
    laws: Collection[str] | None,
    errors: list[SovercheckError],
) -> None:
    if not isinstance(content, dict) or not content:
        errors.append(PolicyError("policy_given_law", place=where.place(*path)))
        return
    for law, levels in content.items():
        written = levels if isinstance(levels, list) else [levels]
        try:
            if laws is not None and law not in laws:
                raise _unknown(law, laws, where.key_place(*path, law), "policy_unknown_law")
            words = [_word(word, LEVELS, where.place(*path, law)) for word in written]
        except PolicyError as error:
            errors.append(error)
            continue
        if len(words) not in (1, 2):
            errors.append(PolicyError("policy_given_law", place=where.place(*path, law)))
            continue
        low, high = (Level[word.upper()] for word in (words[0], words[-1]))
        found.exposures[law] = (min(low, high), max(low, high))


def _word(value: Value, words: Iterable[str], at: Place) -> str:
    allowed = tuple(words)
    if isinstance(value, str) and value in allowed:
        return value
    raise _unknown(str(value), allowed, at)


def _unknown(word: str, words: Collection[str], at: Place, code: str = "policy_unknown_word") -> PolicyError:
    near = nearest(word, words)
    return PolicyError(f"{code}_near" if near else code, place=at, word=word, near=near, expected=", ".join(words))
