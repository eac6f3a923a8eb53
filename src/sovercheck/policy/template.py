"""The rule that `sovercheck policy new` writes: a commented skeleton that loads, and whose tests pass."""

from __future__ import annotations

import re
from datetime import date

from sovercheck.errors import UsageError
from sovercheck.inventory.facts import SCOPES, Subject
from sovercheck.light import dataclass

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class _Example:
    """A requirement about a subject, with what meets it and what does not."""

    require: str
    met: str
    missed: str


_EXAMPLES: dict[Subject, _Example] = {
    "copy": _Example("copy.place: {in: [CA-QC]}", "copy.place: CA-QC", "copy.place: CA-ON"),
    "resource": _Example(
        "resource.involvements_complete: {equals: true}",
        "resource.involvements_complete: true",
        "resource.involvements_complete: false",
    ),
    "system": _Example(
        "system.continuity_plan: {equals: true}", "system.continuity_plan: true", "system.continuity_plan: false"
    ),
    "contract": _Example(
        "contract.is_written: {equals: true}", "contract.is_written: true", "contract.is_written: false"
    ),
    "party": _Example("party.place: {in: [CA]}", "party.place: CA-QC", "party.place: US"),
    "component": _Example(
        "not_before: [component.support_ends, as_of]",
        "component.support_ends: 2999-12-31",
        "component.support_ends: 2014-04-08",
    ),
    "estate": _Example(
        "estate.systems_complete: {equals: true}", "estate.systems_complete: true", "estate.systems_complete: false"
    ),
}

_TEMPLATE = """\
# Une règle par fichier; le nom du fichier est l’identifiant de la règle.
id: {id}

# Le titre dit ce qui est exigé, et non la faute : « à évaluer » n’accuse alors personne.
title:
  fr: "À écrire : ce que la règle exige"
  en: "To be written: what the rule requires"

# Le fondement décide des mots du constat. Seuls statute et regulation donnent « non conforme ».
basis:
  kind: practice          # statute, regulation, foreign-law, policy, framework, practice, target
  cite:
    fr: "À écrire : le texte et son article"
    en: "To be written: the text and its section"
  # url: https://…        # l’adresse du texte
  in_force: {{}}            # {{from: 2023-09-22}}; vide pour une bonne pratique
  text: {{read_on: {today}, grade: secondary}}    # official, republished, secondary, memory

severity: minor           # blocking, major, minor, info
gate: off                 # judge, advise, off : ce qu’en fait le contrôle préalable d’un plan
subject: {subject}
# min_evidence: observed  # la preuve la plus faible qui permette de réussir

# À quoi la règle s’applique; sans « when », toujours. Faits permis ici : ceux de {tables}
# (« sovercheck facts » en donne la liste).
# when:
#   all: []

# Ce qui est exigé.
require:
  {require}

remediation:
  fr: "À écrire : que faire en cas d’écart"
  en: "To be written: what to do about a deviation"

# Au moins un essai pass, un fail et un unknown. Ce qui n’est pas donné est inconnu; « none » dit qu’il n’y en a pas.
tests:
  - name: exigence respectée
    given: {{{met}}}
    expect: pass
  - name: exigence non respectée
    given: {{{missed}}}
    expect: fail
  - name: rien n’est connu
    given: {{}}
    expect: unknown
"""


def template(rule_id: str, subject: Subject, today: date) -> str:
    """A new rule's file, commented in French.

    Args:
        rule_id: its id, and its file's name.
        subject: what it is about.
        today: the day on which its text is said to have been read, to be corrected by the author.

    Raises:
        UsageError: the id is not made of lower-case letters, digits and single hyphens.
    """
    if not _ID.match(rule_id):
        raise UsageError("policy_rule_id", word=rule_id)
    example = _EXAMPLES[subject]
    return _TEMPLATE.format(
        id=rule_id,
        subject=subject,
        today=today.isoformat(),
        tables=", ".join(SCOPES[subject]),
        require=example.require,
        met=example.met,
        missed=example.missed,
    )
