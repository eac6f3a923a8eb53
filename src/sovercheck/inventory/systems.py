"""The systems of an organisation, and how resources are tied to them: the file that `systems:` names.

    systems:
      - id: dossier
        name: Dossier de santé
        data_class: health
        resources:
          - {tag: "systeme=dossier"}
          - {subscription: 0b1f6471-1bf0-4dda-aec3-cb9272f09590, group: "rg-dossier*"}

A system has the facts that it has in a declaration. `resources` lists matchers, any of which ties; what stands in one
matcher must hold together, and `*` stands for any characters. Before `systems`, the file may say `declaration` and
`sources` as a declaration does; without them, the organisation declares.
"""

from __future__ import annotations

from sovercheck.errors import InputError, SeveralErrors, SovercheckError, nearest, raise_all
from sovercheck.inventory.declarations import header, named_sources
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.records import read_tables
from sovercheck.inventory.rows import Row
from sovercheck.inventory.ties import CONDITIONS, Matcher
from sovercheck.inventory.values import shown
from sovercheck.light import dataclass
from sovercheck.strictyaml import Document, Path_, Value

_KEYS = ("systems", "declaration", "sources")
_ALIASES = {"subscription": "account"}
"""Other words for a condition: an Azure subscription is an account."""
_WORDS = (*CONDITIONS, *_ALIASES)
_TIES = "resources"


@dataclass(frozen=True, slots=True)
class Systems:
    """What the file says: the systems as rows, and what ties resources to them."""

    rows: tuple[Row, ...]
    matchers: tuple[Matcher, ...]


def read_systems(document: Document, by: str) -> Systems:
    """Reads the file.

    Args:
        document: the file, read.
        by: who declares what the file does not say is another's.

    Raises:
        InputError: one mistake, with its file, line and column; `SeveralErrors` for all of them.
    """
    content = document.value
    listed = content.get("systems") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(listed, list):
        raise InputError("systems_form", place=document.place("systems"))
    errors: list[SovercheckError] = [_unknown(document, key, _KEYS, (key,)) for key in content if key not in _KEYS]
    base = Evidence(Grade.DECLARED, by, locator=document.file)
    if "declaration" in content:
        base = header(document, content["declaration"], errors)
    sources = named_sources(document, content.get("sources", {}), base.grade, errors)
    rows: list[Row] = []
    besides = [key for key in content if key != "systems"]
    try:
        rows = read_tables(document, base=base, sources=sources, besides=besides, inside={"system": (_TIES,)})
    except SeveralErrors as error:
        errors.extend(error.errors)
    except InputError as error:
        errors.append(error)
    matchers: list[Matcher] = []
    for number, system in enumerate(listed):
        if isinstance(system, dict) and _TIES in system:
            matchers += _matchers(document, str(system.get("id")), system[_TIES], ("systems", number, _TIES), errors)
    raise_all(errors)
    return Systems(tuple(rows), tuple(matchers))


def _matchers(
    document: Document, system: str, value: Value, path: Path_, errors: list[SovercheckError]
) -> list[Matcher]:
    if not isinstance(value, list):
        errors.append(InputError("systems_resources", place=document.place(*path)))
        return []
    found = []
    for number, entry in enumerate(value):
        at = (*path, number)
        if not isinstance(entry, dict) or not entry:
            errors.append(InputError("systems_matcher", place=document.place(*at), expected=", ".join(_WORDS)))
            continue
        conditions: dict[str, str] = {}
        for key, pattern in entry.items():
            condition = _ALIASES.get(key, key)
            if condition not in CONDITIONS:
                errors.append(_unknown(document, key, _WORDS, (*at, key)))
            elif condition in conditions:
                errors.append(InputError("systems_account_twice", place=document.key_place(*at, key)))
            elif isinstance(pattern, str) and pattern.strip(" ="):
                conditions[condition] = pattern
            else:
                # An account number without quotes is a number, and has lost its zeros.
                code = "record_id_quotes" if isinstance(pattern, int | float) else "systems_pattern"
                errors.append(InputError(code, place=document.place(*at, key), key=key, word=shown(pattern)))
        found.append(Matcher(system, tuple(conditions.items())))
    return found


def _unknown(document: Document, key: str, takes: tuple[str, ...], path: Path_) -> InputError:
    near = nearest(key, takes)
    code = "declaration_key_near" if near else "declaration_key"
    place = document.key_place(*path)
    return InputError(code, place=place, key=shown(key), near=near, expected=", ".join(takes))
