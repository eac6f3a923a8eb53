"""One written rule, read with the parameters of a run: the rule, or the variants of a share, or its mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from sovercheck.errors import Place, PolicyError, SeveralErrors, SovercheckError, nearest
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.facts import DATA_CLASSES, SUBJECTS, Fact, Subject, Type
from sovercheck.policy import explain
from sovercheck.policy.condition import Condition, ExposureAtMost, leaves
from sovercheck.policy.folders import WrittenRule
from sovercheck.policy.model import (
    Basis,
    BasisKind,
    Expected,
    Gate,
    Rule,
    RuleTest,
    Severity,
    ShareVariant,
    TextGrade,
    TextRead,
    Texts,
    Weight,
)
from sovercheck.policy.parameters import Parameter, override, read_default
from sovercheck.policy.reading import ConditionReader
from sovercheck.reference import Reference

if TYPE_CHECKING:
    from sovercheck.policy.shapes import RuleValue, ShareValue
    from sovercheck.strictyaml import Value

_TARGET = Fact("share", "at_least", Type.NUMBER, "operations")
_NEEDED: tuple[Expected, ...] = ("pass", "fail", "unknown")


def resolve_rule(
    written: WrittenRule,
    policy: str,
    reference: Reference,
    parameters: Mapping[str, tuple[Value, Place]],
    errors: list[SovercheckError],
) -> list[Rule]:
    """The rule, or its variants; nothing where something is added to `errors`.

    Args:
        written: the rule's file.
        policy: id of its policy.
        reference: laws and groups of places.
        parameters: what the configuration sets, by short name, and where.
        errors: gathers the mistakes.
    """
    return _Resolving(policy, written, reference, parameters, errors).rules()


class _Resolving:
    """One written rule on its way to a rule, or to its variants."""

    def __init__(
        self,
        policy: str,
        written: WrittenRule,
        reference: Reference,
        set_: Mapping[str, tuple[Value, Place]],
        errors: list[SovercheckError],
    ) -> None:
        self.policy = policy
        self.written = written
        self.value: RuleValue = written.value
        self.where = written.where
        self.reference = reference
        self.errors = errors
        self.mistakes = len(errors)
        self.parameters = self._parameters(set_)
        self.reader = ConditionReader(self.where, self.parameters, reference.places, tuple(reference.laws), errors)

    def rules(self) -> list[Rule]:
        """The rule, or the variants of a share; nothing where `errors` says what is wrong."""
        subject = self._subject()
        if subject is None:
            return []
        when, require = self._condition("when", subject), self._require(subject)
        if not self.written.well_formed:
            return []
        variants = self._variants()
        if not self.written.compiled:
            self._check_form(subject)
            self._check_parameters()
            self._check_tests(subject)
        if len(self.errors) > self.mistakes:
            return []
        if not variants:
            return [self._rule(subject, self.value["id"], when, require, None)]
        return [
            self._rule(subject, f"{self.value['id']}/{v.weight}-{v.reading}", when, None, v, parent=self.value["id"])
            for v in variants
        ]

    def _parameters(self, set_: Mapping[str, tuple[Value, Place]]) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        if not self.written.well_formed:
            return found
        for name, written in self.value.get("parameters", {}).items():

            def at(*steps: str | int, name: str = name) -> Place:
                return self.where.place("parameters", name, "default", *steps)

            try:
                found[name] = read_default(name, written, at, self.reference.places)
                if name in set_:
                    found[name] = override(name, written, *set_[name], self.reference.places)
            except SovercheckError as error:
                self.errors.append(error)
        return found

    def _subject(self) -> Subject | None:
        written = self.value.get("subject")
        return next((subject for subject in SUBJECTS if subject == written), None)

    def _condition(self, key: str, subject: Subject) -> Condition | None:
        content = cast("dict[str, Value]", self.value).get(key)
        if content is None and key not in self.value:
            return None
        if not self._readable(content):
            return None
        return self.reader.read(content, (key,), subject)

    def _readable(self, content: Value) -> bool:
        """Whether a condition can be read: without its rule's parameters, one that names a parameter cannot."""
        return (self.written.well_formed and self._has_all_parameters()) or "$" not in str(content)

    def _has_all_parameters(self) -> bool:
        return len(self.parameters) == len(self.value.get("parameters", {}))

    def _require(self, subject: Subject) -> Condition | None:
        if "exposure" in self.value and self._readable(self.value["exposure"]):
            return self.reader.exposure(self.value["exposure"], ("exposure",), subject)
        return self._condition("require", subject)

    def _check_form(self, subject: Subject) -> None:
        """What the rule requires is said in one way, and that way goes with its subject."""
        ways = [key for key in ("require", "share", "exposure") if self.value.get(key) is not None]
        if len(ways) != 1:
            place = self.where.key_place(ways[1]) if ways else self.where.place()
            self.errors.append(PolicyError("policy_one_requirement", place=place))
        if self.value.get("share") is not None and subject != "estate":
            self.errors.append(PolicyError("policy_share_subject", place=self.where.place("subject"), subject=subject))

    def _check_parameters(self) -> None:
        for name, written in self.value.get("parameters", {}).items():
            if name in self.parameters and name not in self.reader.used and len(self.errors) == self.mistakes:
                place = self.where.key_place("parameters", name)
                self.errors.append(PolicyError("policy_unused_parameter", place=place, word=name))
            direction = written.get("relaxed_when")
            listed = written["type"] in ("texts", "place", "places")
            ordered = written["type"] in ("number", "bytes", "date")
            if written.get("statutory", False) and direction is None and (listed or ordered):
                place = self.where.place("parameters", name)
                self.errors.append(PolicyError("policy_relaxed_when_missing", place=place, word=name))
            if direction is not None and not (listed if direction == "wider" else ordered):
                place = self.where.place("parameters", name, "relaxed_when")
                self.errors.append(
                    PolicyError("policy_relaxed_when", place=place, word=direction, type=written["type"])
                )

    def _variants(self) -> list[ShareVariant]:
        share = self.value.get("share")
        if share is None:
            return []
        of = {
            reading: self.reader.read(content, ("share", "of", reading), "resource")
            for reading, content in share["of"].items()
            if self._readable(content)
        }
        among = (
            self.reader.read(share["among"], ("share", "among"), "resource") if self._readable(share["among"]) else None
        )
        target = self._target(share)
        weights = share.get("class_weights", {})
        if "class" in share["weights"] and set(weights) != set(DATA_CLASSES):
            place = self.where.place("share", "class_weights")
            missing = ", ".join(word for word in DATA_CLASSES if word not in weights)
            self.errors.append(PolicyError("policy_class_weights", place=place, missing=missing))
        if among is None or target is None:
            return []
        return [
            ShareVariant(
                weight=cast(Weight, weight),
                reading=reading,
                of=condition,
                among=among,
                at_least=target,
                class_weights=weights if weight == "class" else {},
                missing_at_most=share.get("missing", {}).get("at_most"),
            )
            for weight in share["weights"]
            for reading, condition in of.items()
            if condition is not None
        ]

    def _target(self, share: ShareValue) -> Decimal | None:
        if not self._readable(share["at_least"]):
            return None
        target = self.reader.number(share["at_least"], ("share", "at_least"), _TARGET)
        if not isinstance(target, Decimal):
            return None
        if target > 1:
            place = self.where.place("share", "at_least")
            self.errors.append(PolicyError("policy_share_target", place=place, word=str(target)))
        return target

    def _check_tests(self, subject: Subject) -> None:
        """Every rule shows what passes, what fails and what stays unknown, in inventories that can be read."""
        from sovercheck.policy.cases import check_given

        expected: set[str] = set()
        names: set[str] = set()
        for number, (test, written) in enumerate(zip(self._tests(), self.value["tests"], strict=True)):
            place = self.where.place("tests", number)
            verdicts = test.expect if isinstance(test.expect, Mapping) else {"": test.expect}
            expected.update(verdicts.values())
            self._check_variants(number, verdicts)
            if test.name in names:
                self.errors.append(PolicyError("policy_test_twice", place=place, word=test.name))
            names.add(test.name)
            if test.as_of is None:
                self.errors.append(PolicyError("policy_test_as_of", place=place))
            self._check_test_parameters(number, written.get("parameters", {}))
            try:
                check_given(written["given"], subject, self.where, ("tests", number, "given"), self.reference.laws)
            except SeveralErrors as error:
                self.errors.extend(_of_policy(each) for each in error.errors)
            except SovercheckError as error:
                self.errors.append(_of_policy(error))
        missing = [verdict for verdict in _NEEDED if verdict not in expected]
        if missing:
            place = self.where.key_place("tests")
            self.errors.append(PolicyError("policy_tests_missing", place=place, missing=", ".join(missing)))

    def _check_variants(self, number: int, verdicts: Mapping[str, Expected]) -> None:
        share = self.value.get("share")
        known = [f"{weight}-{reading}" for weight in share["weights"] for reading in share["of"]] if share else []
        for variant in verdicts:
            if variant and variant not in known:
                place = self.where.key_place("tests", number, "expect", variant)
                self.errors.append(
                    PolicyError("policy_unknown_variant", place=place, word=variant, expected=", ".join(known) or "—")
                )

    def _check_test_parameters(self, number: int, given: Mapping[str, Value]) -> None:
        declared = self.value.get("parameters", {})
        for name, value in given.items():
            place = self.where.place("tests", number, "parameters", name)
            try:
                if name not in declared:
                    near = nearest(name, declared)
                    code = "policy_unknown_parameter_near" if near else "policy_unknown_parameter"
                    raise PolicyError(code, place=place, word=name, near=near, expected=", ".join(declared) or "—")
                override(name, declared[name], value, place, self.reference.places)
            except SovercheckError as error:
                self.errors.append(error)

    def _tests(self) -> tuple[RuleTest, ...]:
        read_on = _day(self.value["basis"]["text"].get("read_on"))
        return tuple(
            RuleTest(
                name=test["name"].strip(),
                given=test["given"],
                as_of=_day(test.get("as_of")) or read_on,
                parameters=test.get("parameters", {}),
                expect=cast("Expected | Mapping[str, Expected]", test["expect"]),
                place=self.where.place("tests", number),
            )
            for number, test in enumerate(self.value["tests"])
        )

    def _rule(
        self,
        subject: Subject,
        id_: str,
        when: Condition | None,
        require: Condition | None,
        share: ShareVariant | None,
        *,
        parent: str | None = None,
    ) -> Rule:
        value, basis = self.value, self.value["basis"]
        reference = self.reference
        grade = value.get("min_evidence")
        return Rule(
            id=id_,
            policy=self.policy,
            parent=parent,
            title=_texts(value["title"]),
            rationale=_texts(value["rationale"]) if value.get("rationale") else None,
            statement=explain.Statement(when, require, share, reference.places, reference.laws),
            subject=subject,
            severity=cast(Severity, value["severity"]),
            gate=_gate(value, subject),
            basis=Basis(
                kind=cast(BasisKind, basis["kind"]),
                cite=_texts(basis["cite"]),
                url=basis.get("url"),
                in_force_from=_day(basis["in_force"].get("from")),
                in_force_to=_day(basis["in_force"].get("to")),
                text=TextRead(
                    version=basis["text"].get("version"),
                    read_on=_day(basis["text"].get("read_on")),
                    grade=cast(TextGrade, basis["text"]["grade"]),
                ),
            ),
            min_evidence=Grade.of(grade) if grade is not None else None,
            when=when,
            require=require,
            share=share,
            remediation=_texts(value["remediation"]),
            parameters={name: parameter.text for name, parameter in self.parameters.items()},
            relaxed=tuple(name for name, parameter in self.parameters.items() if parameter.relaxed),
            law=_law(require),
            tests=self._tests(),
            place=self.where.place("id"),
        )


def _of_policy(error: SovercheckError) -> PolicyError:
    """A mistake in an inventory is one of the rule's where the inventory is its test's."""
    return PolicyError(error.code, place=error.place, **error.params)


def _gate(value: RuleValue, subject: Subject) -> Gate:
    """The rule's own, or the design's default for its basis and subject."""
    written = value.get("gate")
    if written is not None:
        return cast(Gate, written)
    if value["basis"]["kind"] == "foreign-law":
        return "advise"
    return "judge" if subject in ("copy", "resource") else "off"


def _law(require: Condition | None) -> str | None:
    found = leaves(require) if require is not None else ()
    return next((leaf.law for leaf in found if isinstance(leaf, ExposureAtMost)), None)


def _texts(value: Mapping[str, str]) -> Texts:
    return {lang: text.strip() for lang, text in value.items()}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None
