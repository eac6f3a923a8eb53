"""Waivers as people write them: a named approver's dated acceptance of findings, bound to their deciding values.

    - id: replique-toronto
      rule: replica-and-backup-in-allowed-places
      subjects: {ids: [base-replique]}          # or {systems: [dossier], count: 3}
      values: {copy.place: CA-ON, copy.kind: replica, system.data_class: sensitive}
      approved_by: Marie Tremblay, dirigeante de l’information
      reason: Contrat en cours de renégociation.
      approved_on: 2026-05-01
      expires_on: 2027-04-30

`values` has every deciding fact of the findings, or the fingerprints that sovercheck gives of them. A statute or a
regulation cannot be waived; `kind: remediation` (régularisation en cours) names an `owner` instead of an approver, and
its finding still counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sovercheck.errors import InputError, Place, PolicyError, SovercheckError, nearest, raise_all
from sovercheck.inventory.facts import FACTS, Fact
from sovercheck.light import dataclass
from sovercheck.policy.model import LEGAL_DUTIES, PolicySet, Rule

if TYPE_CHECKING:
    from sovercheck.strictyaml import Document, Value

Kind = Literal["waiver", "remediation"]
KINDS: tuple[Kind, ...] = ("waiver", "remediation")

NONE = "none"
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{64}\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_KEYS = ("id", "kind", "rule", "subjects", "values", "approved_by", "owner", "reason", "approved_on", "expires_on")
_MANDATORY = ("id", "rule", "subjects", "values", "reason")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of the waivers' file.

    Attributes:
        id: unique in all files.
        kind: a waiver, or a remediation under way.
        rule: full id; a share's parent stands for all its variants.
        ids: the subjects covered, by id.
        systems: or the systems whose subjects are covered.
        frozen: how many subjects were covered on the day of approval.
        values: fact → canonical value, of every deciding fact; or the fingerprints of the findings covered.
        approved_by: name and function; of a remediation, its owner.
        reason: as written.
        approved_on: the day of approval; a remediation may have none.
        expires_on: the last day in effect.
        place: where it stands.
    """

    id: str
    kind: Kind
    rule: str
    ids: tuple[str, ...]
    systems: tuple[str, ...]
    frozen: int
    values: Mapping[str, str] | frozenset[str]
    approved_by: str
    reason: str
    approved_on: date | None
    expires_on: date
    place: Place


def list_text(members: Iterable[str], *, is_open: bool) -> str:
    """The canonical form of a list's value; an open list is not the closed one of the same members."""
    return f"[{', '.join(sorted(members))}{', …' if is_open else ''}]"


def interval_text(low: str, high: str | None) -> str:
    """The canonical form of a number's value: exact, an interval, or unbounded."""
    if high is None:
        return f"≥ {low}"
    return low if low == high else f"{low} … {high}"


def load_waivers(paths: Iterable[Path], policies: PolicySet) -> tuple[Waiver, ...]:
    """Reads the files of waivers, in order: an id is of one waiver in all of them.

    Args:
        paths: YAML lists.
        policies: the rules that waivers may name.

    Raises:
        PolicyError: a waiver that cannot be used, at its place; `SeveralErrors` for all of them.
        InputError: a file cannot be read.
    """
    from sovercheck import strictyaml

    errors: list[SovercheckError] = []
    found: list[Waiver] = []
    seen: set[str] = set()
    for path in paths:
        document = strictyaml.load(path)
        if not isinstance(document.value, list):
            raise PolicyError("waiver_list", place=document.place())
        for number, content in enumerate(document.value):
            entry = _Entry(document, number, content, policies, errors)
            waiver = entry.waiver()
            if waiver is None:
                continue
            if waiver.id in seen:
                errors.append(PolicyError("waiver_twice", place=document.place(number, "id"), id=waiver.id))
            seen.add(waiver.id)
            found.append(waiver)
    raise_all(errors)
    return tuple(found)


class _Entry:
    """One entry being read."""

    def __init__(
        self, document: Document, number: int, content: Value, policies: PolicySet, errors: list[SovercheckError]
    ) -> None:
        self.document = document
        self.number = number
        self.content = content if isinstance(content, dict) else {}
        self.policies = policies
        self.errors = errors

    def waiver(self) -> Waiver | None:
        """The waiver; None where `errors` says what is wrong."""
        before = len(self.errors)
        kind = self._kind()
        self._check_keys(kind)
        id_ = self._text("id")
        rule = self._rule(kind)
        ids, systems, frozen = self._subjects()
        values = self._values()
        approver = self._text("owner" if kind == "remediation" else "approved_by")
        reason = self._text("reason")
        approved, expires = self._day("approved_on"), self._day("expires_on")
        if "expires_on" not in self.content:
            self._refuse("waiver_no_expiry", id=id_)
        elif approved is not None and expires is not None and expires < approved:
            self._refuse("waiver_expires_first", "expires_on", id=id_)
        if len(self.errors) > before or rule is None or expires is None:
            return None
        place = self.document.place(self.number)
        return Waiver(id_, kind, rule, ids, systems, frozen, values, approver, reason, approved, expires, place)

    def _refuse(self, code: str, *path: str | int, at_key: bool = False, **params: object) -> None:
        where = self.document.key_place if at_key else self.document.place
        self.errors.append(PolicyError(code, place=where(self.number, *path), **params))

    def _kind(self) -> Kind:
        written = self.content.get("kind", "waiver")
        for kind in KINDS:
            if kind == written:
                return kind
        near = nearest(str(written), KINDS)
        code = "policy_unknown_word_near" if near else "policy_unknown_word"
        self._refuse(code, "kind", word=written, near=near, expected=", ".join(KINDS))
        return "waiver"

    def _check_keys(self, kind: Kind) -> None:
        mine = ("owner",) if kind == "remediation" else ("approved_by", "approved_on")
        for key in (*_MANDATORY, *mine):
            if key not in self.content:
                self._refuse("reference_missing_key", key=key)
        allowed = [key for key in _KEYS if key != ("approved_by" if kind == "remediation" else "owner")]
        for key in self.content:
            if key not in allowed:
                near = nearest(key, allowed) if key not in _KEYS else None  # a key of the other kind is no slip
                code = "reference_unknown_key_near" if near else "reference_unknown_key"
                self._refuse(code, key, at_key=True, word=key, near=near, expected=", ".join(allowed))

    def _text(self, key: str) -> str:
        value = self.content.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if key in self.content:
            self._refuse("reference_wrong_form", key, key=key, word=value)
        return ""

    def _day(self, key: str) -> date | None:
        value = self.content.get(key)
        if isinstance(value, str) and _DAY.match(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        if key in self.content:
            self._refuse("reference_day", key, word=value)
        return None

    def _rule(self, kind: Kind) -> str | None:
        written = self._text("rule")
        if not written:
            return None
        named: dict[str, Rule] = {}
        for rule in self.policies.rules:
            named.setdefault(rule.written_id, rule)
            named[rule.id] = rule
        found = named.get(written)
        if found is None:
            near = nearest(written, named)
            self._refuse("waiver_unknown_rule_near" if near else "waiver_unknown_rule", "rule", word=written, near=near)
            return None
        if kind == "waiver" and found.basis.kind in LEGAL_DUTIES:
            self._refuse("waiver_on_law", "rule", rule=written)
        return written

    def _subjects(self) -> tuple[tuple[str, ...], tuple[str, ...], int]:
        written = self.content.get("subjects")
        if "subjects" not in self.content:
            return (), (), 0
        if not isinstance(written, dict) or len(written.keys() & {"ids", "systems"}) != 1:
            self._refuse("waiver_subjects", "subjects")
            return (), (), 0
        way = "ids" if "ids" in written else "systems"
        for key in written.keys() - {way, "count"}:
            self._refuse(
                "reference_unknown_key", "subjects", key, at_key=True, word=key, expected="ids, systems, count"
            )
        members = written[way]
        if not isinstance(members, list) or not members or not all(isinstance(item, str) for item in members):
            self._refuse("reference_wrong_form", "subjects", way, key=way, word=members)
            return (), (), 0
        named = tuple(str(item) for item in members)
        count = written.get("count", len(named) if way == "ids" else None)
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            self._refuse("waiver_count", "subjects", "count")
            return (), (), 0
        return (named, (), count) if way == "ids" else ((), named, count)

    def _values(self) -> Mapping[str, str] | frozenset[str]:
        written = self.content.get("values")
        if isinstance(written, dict):
            return {name: text for name, value in written.items() if (text := self._value(name, value)) is not None}
        prints = written if isinstance(written, list) else [written]
        if "values" in self.content and not all(isinstance(item, str) and _FINGERPRINT.match(item) for item in prints):
            self._refuse("reference_wrong_form", "values", key="values", word=written)
        return frozenset(str(item) for item in prints)

    def _value(self, name: str, value: Value) -> str | None:
        fact = FACTS.get(name)
        if fact is None:
            near = nearest(name, FACTS)
            code = "waiver_value_fact_near" if near else "waiver_value_fact"
            self._refuse(code, "values", name, at_key=True, word=name, near=near)
            return None
        try:
            return _canonical(fact, value, self.document, (self.number, "values", name))
        except InputError as error:
            self.errors.append(PolicyError(error.code, place=error.place, **error.params))
            return None


def _canonical(fact: Fact, value: Value, document: Document, path: tuple[str | int, ...]) -> str:
    """A value as people write it, in the canonical form in which findings are compared."""
    from sovercheck.inventory.values import read_value

    is_open = False
    if fact.is_list and isinstance(value, dict):
        is_open = value.get("open") is True
        value = value.get("members", value.get("value"))
    read = read_value(fact, value, lambda *steps: document.place(*path, *steps), is_open=is_open)
    if read.value is None:
        return NONE
    if isinstance(read.value, tuple):
        return list_text(read.value, is_open=read.open)
    if fact.is_interval:
        return interval_text(_number(read.value), None if read.high is None else _number(read.high))
    return str(read.value).lower() if isinstance(read.value, bool) else str(read.value)


def _number(value: object) -> str:
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
