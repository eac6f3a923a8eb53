"""Policy folders as they are written: read from YAML with their shape checked, or from the build's compiled form.

Conditions and parameters stay as written here, because what the configuration sets is only known later.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sovercheck.errors import Place, PolicyError, SeveralErrors, SovercheckError
from sovercheck.light import dataclass
from sovercheck.policy.constants import Where

if TYPE_CHECKING:
    from sovercheck.policy.shapes import PolicyValue, RuleValue
    from sovercheck.reference.written import Written
    from sovercheck.strictyaml import Document

POLICY_FILE = "policy.yaml"
_EXTENSION = ".yaml"
_WRONG_EXTENSION = re.compile(r"\.(yml|json)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A compiled file: its parts stand nowhere in particular."""

    file: str

    def place(self, *_: str | int) -> Place:
        """The file."""
        return Place(self.file)

    key_place = place


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule as written.

    Attributes:
        value: what the file says.
        where: says where its parts stand.
        compiled: whether the build checked it, tests included.
        well_formed: whether its shape is right; of another, only the conditions are worth reading.
    """

    value: RuleValue
    where: Where
    compiled: bool = False
    well_formed: bool = True


@dataclass(frozen=True, slots=True)
class WrittenPolicy:
    """A policy folder as written.

    Attributes:
        value: what `policy.yaml` says.
        where: says where its parts stand.
        rules: in the order of their files.
        compiled_sha256: what the build found `sha256` to be.
    """

    value: PolicyValue
    where: Where
    rules: tuple[WrittenRule, ...]
    compiled_sha256: str | None = None

    @property
    def sha256(self) -> str:
        """The SHA-256 of what the policy says, whatever the order of keys, the comments and the layout."""
        if self.compiled_sha256 is not None:
            return self.compiled_sha256
        content = {"policy": self.value, "rules": {rule.value["id"]: rule.value for rule in self.rules}}
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """A plain value that `json` can write and `from_json` reads back."""
        return {"policy": self.value, "rules": [rule.value for rule in self.rules], "sha256": self.sha256}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> WrittenPolicy:
        """The policy that `to_json` made plain; needs neither YAML nor pydantic."""
        policy = cast("PolicyValue", value["policy"])
        rules = tuple(
            WrittenRule(rule, Unplaced(f"{policy['id']}/{rule['id']}{_EXTENSION}"), compiled=True)
            for rule in cast("list[RuleValue]", value["rules"])
        )
        return cls(policy, Unplaced(f"{policy['id']}/{POLICY_FILE}"), rules, value["sha256"])


def policy_folders(folder: Path) -> list[Path]:
    """The policy folders that a folder is or holds.

    Raises:
        PolicyError: it does not exist, or holds no policy.
    """
    shown = Place(str(folder))
    if not folder.is_dir():
        raise PolicyError("policy_folder_missing", place=shown)
    if (folder / POLICY_FILE).is_file():
        return [folder]
    inner = sorted(path.parent for path in folder.glob(f"*/{POLICY_FILE}"))
    if not inner:
        files = [path for path in folder.iterdir() if path.suffix == _EXTENSION]
        raise PolicyError("policy_file_missing" if files else "policy_folder_empty", place=shown)
    return inner


def read_policy(folder: Path, errors: list[SovercheckError]) -> WrittenPolicy | None:
    """Reads one policy folder; what is wrong with it is added to `errors`.

    Returns:
        The policy with every rule whose YAML could be read; None if `policy.yaml` cannot be used.
    """
    from sovercheck import strictyaml
    from sovercheck.policy import written_rule

    before = len(errors)
    rules: list[WrittenRule] = []
    for path in sorted(folder.iterdir()):
        if _WRONG_EXTENSION.search(path.name):
            errors.append(PolicyError("policy_extension", place=Place(str(path)), name=path.stem + _EXTENSION))
        if path.suffix != _EXTENSION or path.name == POLICY_FILE:
            continue
        document, well_formed = _read(path, written_rule.RuleFile, errors)
        if document is None or not isinstance(document.value, dict):
            continue
        value = cast("RuleValue", document.value)
        if well_formed and value["id"] != path.stem:
            place = document.place("id")
            errors.append(PolicyError("reference_id_is_file", place=place, id=value["id"], file=path.stem))
        rules.append(WrittenRule(value, document, well_formed=well_formed))
    policy = folder / POLICY_FILE
    document, well_formed = _read(policy, written_rule.PolicyFile, errors)
    if document is None or not well_formed:
        return WrittenPolicy({}, strictyaml.Document(str(policy), None, {}, {}), tuple(rules)) if rules else None
    written = WrittenPolicy(cast("PolicyValue", document.value), document, tuple(rules))
    name = folder.resolve().name
    if written.value["id"] != name:
        place = document.place("id")
        errors.append(PolicyError("policy_id_is_folder", place=place, id=written.value["id"], folder=name))
    if not rules and len(errors) == before:
        errors.append(PolicyError("policy_folder_empty", place=Place(str(folder))))
    return written


def _read(path: Path, shape: type[Written], errors: list[SovercheckError]) -> tuple[Document | None, bool]:
    """A file and whether it has its shape; None if it is not even YAML."""
    from sovercheck import strictyaml
    from sovercheck.reference import written

    try:
        _, document = written.read(path, shape)
    except SovercheckError as error:
        errors.extend(error.errors if isinstance(error, SeveralErrors) else [error])
    else:
        return document, True
    try:
        return strictyaml.load(path), False
    except SovercheckError:
        return None, False


def in_order(policies: Iterable[WrittenPolicy]) -> list[WrittenPolicy]:
    """Policies by id; those without a usable `policy.yaml` first."""
    return sorted(policies, key=lambda policy: policy.value.get("id", ""))
