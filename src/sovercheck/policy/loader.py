"""Policies from their folders to rules that can be compiled, every mistake of all folders told at once.

Shipped policies are named by their id, an organisation's own by the path of a folder. The wheel's build checks the
shipped ones and keeps them in one JSON file, which loads without YAML or pydantic; without that file, they are read as
they stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sovercheck import bundle
from sovercheck.errors import Place, PolicyError, SovercheckError, nearest, raise_all
from sovercheck.policy.folders import WrittenPolicy, in_order, policy_folders, read_policy
from sovercheck.policy.model import PolicyInfo, PolicySet, Rule
from sovercheck.policy.parameters import owner_of
from sovercheck.policy.resolving import resolve_rule
from sovercheck.reference import Reference

if TYPE_CHECKING:
    from sovercheck.strictyaml import Value

COMPILED = "policies.json"
"""The file of the wheel's build with the shipped policies; `shipped_to_json` gives its content."""

_NOT_POLICIES = "reference"


def shipped_ids() -> tuple[str, ...]:
    """The ids of the policies that ship with the product, in order."""
    compiled = bundle.compiled(COMPILED)
    if compiled is not None:
        return tuple(_read_compiled(compiled))
    found = bundle.policies().glob("*/policy.yaml")
    return tuple(sorted(path.parent.name for path in found if path.parent.name != _NOT_POLICIES))


def shipped_to_json(reference: Reference) -> dict[str, Any]:
    """The shipped policies as a plain value for `policies.json`, once all of them and their tests load.

    Raises:
        PolicyError: a shipped rule cannot be used (`SeveralErrors` for all of them).
    """
    errors: list[SovercheckError] = []
    written = read_written([path.parent for path in bundle.policies().glob("*/policy.yaml")], errors)
    raise_all(errors)
    resolve(written, reference, {})
    return {policy.value["id"]: policy.to_json() for policy in written}


def load_policies(
    folders: Sequence[Path | str],
    reference: Reference,
    parameters: Mapping[str, Value],
    parameters_at: Mapping[str, Place] | None = None,
) -> PolicySet:
    """Loads policies and resolves their parameters.

    Args:
        folders: ids of shipped policies, or folders: one policy each, or one holding several.
        reference: laws that rules name, and groups of places.
        parameters: what the configuration sets, `<rule>.<name>` → value.
        parameters_at: where the configuration sets each, for errors.

    Raises:
        PolicyError, ConfigurationError: the one mistake, at its place; `SeveralErrors` for all of them.
    """
    errors: list[SovercheckError] = []
    written = read_written(folders, errors)
    return _resolved(written, reference, parameters, parameters_at or {}, errors)


def resolve(written: Sequence[WrittenPolicy], reference: Reference, parameters: Mapping[str, Value]) -> PolicySet:
    """The rules of policies as written, parameters resolved and shares expanded; raises as `load_policies` does."""
    return _resolved(written, reference, parameters, {}, [])


def with_parameters(
    rule_id: str, policies: Sequence[WrittenPolicy], reference: Reference, parameters: Mapping[str, Value]
) -> tuple[Rule, ...]:
    """One written rule, and its variants, under other parameters: what its tests may ask for."""
    for policy in policies:
        for rule in policy.rules:
            if rule.value.get("id") == rule_id:
                only = replace(policy, rules=(rule,))
                return resolve(
                    [only], reference, {f"{rule_id}.{name}": value for name, value in parameters.items()}
                ).rules
    raise KeyError(rule_id)


def read_written(folders: Sequence[Path | str], errors: list[SovercheckError]) -> list[WrittenPolicy]:
    """Every policy that the folders name, by id, as written; what is wrong with them is added to `errors`."""
    compiled = bundle.compiled(COMPILED)
    shipped = _read_compiled(compiled) if compiled is not None else None
    known = tuple(shipped) if shipped is not None else shipped_ids()
    found: list[WrittenPolicy] = []
    for name in folders:
        try:
            if isinstance(name, str) and name in known:
                if shipped is not None:
                    found.append(WrittenPolicy.from_json(shipped[name]))
                    continue
                path = bundle.policies() / name
            else:
                path = _own_folder(name, known)
            found.extend(policy for folder in policy_folders(path) if (policy := read_policy(folder, errors)))
        except PolicyError as error:
            errors.append(error)
    return in_order(found)


def _resolved(
    written: Sequence[WrittenPolicy],
    reference: Reference,
    parameters: Mapping[str, Value],
    parameters_at: Mapping[str, Place],
    errors: list[SovercheckError],
) -> PolicySet:
    """The rules of policies; raises what was found before and what is found here, all together."""
    _refuse_twins(written, errors)
    chosen = _chosen(written, parameters, parameters_at, errors)
    rules: list[Rule] = []
    for policy in written:
        for rule in policy.rules:
            own = chosen.get(rule.value.get("id", ""), {})
            rules.extend(resolve_rule(rule, policy.value.get("id", ""), reference, own, errors))
    raise_all(_by_place(errors))
    return PolicySet(
        policies=tuple(
            PolicyInfo(p["id"], p["title"], p["description"], p.get("authoritative", "fr"))
            for p in sorted((policy.value for policy in written), key=lambda value: value["id"])
        ),
        rules=tuple(sorted(rules, key=lambda rule: (rule.policy, rule.id))),
        sha256=_hash(written, parameters),
    )


def _chosen(
    written: Sequence[WrittenPolicy],
    parameters: Mapping[str, Value],
    parameters_at: Mapping[str, Place],
    errors: list[SovercheckError],
) -> dict[str, dict[str, tuple[Value, Place]]]:
    """What the configuration sets, by rule and short name, and where."""
    declared = {
        rule.value["id"]: rule.value.get("parameters", {})
        for policy in written
        for rule in policy.rules
        if rule.well_formed
    }
    chosen: dict[str, dict[str, tuple[Value, Place]]] = {}
    for key, value in parameters.items():
        at = parameters_at.get(key)
        try:
            owner, name = owner_of(key, declared, at)
        except SovercheckError as error:
            errors.append(error)
        else:
            chosen.setdefault(owner, {})[name] = (value, at or Place(key))
    return chosen


def _own_folder(name: Path | str, known: Iterable[str]) -> Path:
    path = Path(name)
    if isinstance(name, str) and not path.is_dir() and path.name == name:
        near = nearest(name, known)
        code = "policy_unknown_policy_near" if near else "policy_unknown_policy"
        raise PolicyError(code, word=name, near=near, expected=", ".join(known))
    return path


@cache
def _read_compiled(path: Path) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(path.read_text(encoding="utf-8")))


def _refuse_twins(written: Sequence[WrittenPolicy], errors: list[SovercheckError]) -> None:
    """Ids are unique over all policies: parameters and waivers name rules by them."""
    first: dict[str, Place] = {}
    for policy in written:
        things = [(f"policy {policy.value.get('id', '')}", policy.where)]
        things += [(rule.value["id"], rule.where) for rule in policy.rules if rule.well_formed]
        for id_, where in things:
            place = where.place("id")
            if first.setdefault(id_, place) is not place:
                shown = id_.removeprefix("policy ")
                errors.append(PolicyError("policy_duplicate_id", place=place, id=shown, first=str(first[id_])))


def _by_place(errors: Iterable[SovercheckError]) -> list[SovercheckError]:
    """Errors in the order of files and lines; a fault under an alias is told once."""
    distinct = {(str(error.place), str(error)): error for error in errors}
    return sorted(
        distinct.values(),
        key=lambda error: (
            (error.place.file, error.place.line or 0, error.place.column or 0) if error.place else ("", 0, 0)
        ),
    )


def _hash(written: Iterable[WrittenPolicy], parameters: Mapping[str, Value]) -> str:
    """The SHA-256 of what policies and parameters say, whatever their order."""
    content = {"policies": {p.value["id"]: p.sha256 for p in written}, "parameters": dict(parameters)}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
