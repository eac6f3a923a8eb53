"""How the gate knows where the resources of public plans and templates would be, as the pages of the documentation say.

`python -m benchmarks.coverage_of_places FOLDER [DAY]` reads the folder of public files (`terraform-plans`,
`cloudformation`, `arm`) with the readers of the gate and writes `docs/couverture-plans.md` and `docs/plan-coverage.md`.
Nothing is assumed, no parameter is given, and no sources stand beside the files: what a file alone says is counted.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sovercheck.decisions.states import states
from sovercheck.errors import SovercheckError
from sovercheck.gate import PlannedResource
from sovercheck.messages import LANGS, Lang, text
from sovercheck.reference import load_reference
from sovercheck.sources.extract import WITHOUT_DATA
from sovercheck.sources.plans import sniff
from sovercheck.sources.plans.model import Asked

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES: Mapping[Lang, str] = {"fr": "couverture-plans.md", "en": "plan-coverage.md"}
FOLDERS = ("terraform-plans", "cloudformation", "arm")
SUFFIXES = (".json", ".yaml", ".yml", ".template")
PROVIDERS = {"aws": "AWS", "azure": "Azure", "google": "Google Cloud"}
FORMATS = {
    "terraform": "Terraform",
    "opentofu": "OpenTofu",
    "cloudformation": "CloudFormation",
    "cdk": "CDK",
    "arm": "ARM",
    "what-if": "what-if",
    "pulumi": "Pulumi",
}
ORDER = (*FORMATS,)
KNOWN = ("resource", "arn", "provider", "environment", "borne_out", "inferred")
"""By what a place is known, the strongest first: what has been read counts as one of these, or as unknown."""

Row = tuple[str, str]
"""Format and provider."""


@dataclass
class Counted:
    """What was read.

    Attributes:
        files: of each format and provider, how many files.
        read: how many files in all.
        refused: code of the error → how many files.
        known: of each format and provider, by what the places of how many resources are known; `unknown` for the rest.
        kept: the same of those resources alone that may keep data.
        why: of each format and provider, why the others are not known.
        repositories: what the files come from.
    """

    files: Counter[Row] = field(default_factory=Counter)
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    known: dict[Row, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kept: dict[Row, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    why: dict[Row, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    repositories: Counter[str] = field(default_factory=Counter)


def count(folder: Path, day: date) -> Counted:
    """Reads every file of the folders."""
    regions = load_reference().regions
    counted = Counted(repositories=Counter(_repositories(folder)))
    for path in sorted(path for name in FOLDERS for path in (folder / name).iterdir() if path.suffix in SUFFIXES):
        try:
            plans = [plan for plan, _ in sniff.read(path, path.name, Asked())]
        except SovercheckError as error:
            counted.refused[error.code] += 1
            continue
        counted.read += 1
        rows: set[Row] = set()
        for plan in plans:
            for resource in states([plan], regions, day, None)[2]:
                if resource.provider is not None:
                    rows.add((plan.format, resource.provider))
                    _add(counted, plan.format, resource)
        counted.files.update(rows)
    return counted


def _add(counted: Counted, format_: str, resource: PlannedResource) -> None:
    row = format_, str(resource.provider)
    where = resource.after or resource.before
    how = "unknown"
    if where is not None and where.region is not None:
        how = where.rung
        if how == "variable":
            how = "borne_out" if where.borne_out is not None else "inferred"
    counted.known[row][how] += 1
    if resource.kind != WITHOUT_DATA:
        counted.kept[row][how] += 1
    if how == "unknown":
        counted.why[row][(where.why if where is not None else None) or "not_in_plan"] += 1


def _repositories(folder: Path) -> Iterator[str]:
    """The repository of each file, with its licence where the index has it."""
    for index in (folder / "terraform-plans" / "index.csv", folder / "templates-index.csv"):
        with index.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                yield f"{row['repository']} ({row['licence']})" if row.get("licence") else row["repository"]


WORDS: Mapping[Lang, Mapping[str, str]] = {
    "fr": {
        "title": "Comment le contrôle préalable connaît les lieux",
        "other": "[In English](plan-coverage.md)",
        "made": "Page faite par `benchmarks/coverage_of_places.py`, le {day}. Ce qui est compté\u00a0: chaque "
        "ressource gérée d’AWS, d’Azure et de Google Cloud de {files} plans et modèles publics, lus par les "
        "lecteurs du contrôle préalable sans rien supposer, sans paramètre et sans les sources "
        "à côté\u00a0: ce que le fichier dit seul. Avec `--source-dir`, "
        "`--parameter` ou `--assume-region`, une part de ce qui est inconnu est connue.",
        "places": "Ce qui dit le lieu",
        "kept": "Les mêmes, sans les ressources dont le type ne garde aucune donnée",
        "why": "Pourquoi les autres lieux sont inconnus",
        "from": "D’où viennent les fichiers",
        "licences": "Dépôts publics; les modèles CloudFormation et ARM sont sous licence Apache-2.0, MIT-0 ou MIT. "
        "Rien n’en est repris dans le projet.",
        "refused": "Refusés, avec une erreur qui dit pourquoi\u00a0: {what}.",
        "none_refused": "Aucun fichier n’a été refusé.",
        "how": "«\u00a0Ressource\u00a0»\u00a0: un membre de la ressource elle-même; «\u00a0ARN\u00a0»\u00a0: un ARN ou "
        "une zone de disponibilité; «\u00a0fournisseur\u00a0»\u00a0: une constante de la configuration de son "
        "fournisseur; «\u00a0environnement\u00a0»\u00a0: la cible du déploiement; "
        "«\u00a0déduit, corroboré\u00a0»\u00a0: une seule variable, qu’une autre source confirme; "
        "«\u00a0déduit\u00a0»\u00a0: une seule variable, qui montre un écart et ne satisfait aucune règle.",
        "format": "format",
        "on": "sur",
        "files": "fichiers",
        "resources": "ressources",
        "resource": "ressource",
        "arn": "ARN",
        "provider": "fournisseur",
        "environment": "environnement",
        "borne_out": "déduit, corroboré",
        "inferred": "déduit",
        "unknown": "inconnu",
        "repository": "dépôt",
    },
    "en": {
        "title": "How the gate knows places",
        "other": "[En français](couverture-plans.md)",
        "made": "Page made by `benchmarks/coverage_of_places.py` on {day}. What is counted: every managed resource of "
        "AWS, Azure and Google Cloud in {files} public plans and templates, read by the gate’s readers with nothing "
        "assumed, no parameter and no sources beside them: what the file alone says. With `--source-dir`, "
        "`--parameter` or `--assume-region`, a part of what is unknown is known.",
        "places": "What tells the place",
        "kept": "The same, without the resources whose type keeps no data",
        "why": "Why the other places are unknown",
        "from": "Where the files come from",
        "licences": "Public repositories; the CloudFormation and ARM templates are under Apache-2.0, MIT-0 or MIT. "
        "Nothing of them is copied into the project.",
        "refused": "Refused, with an error that says why: {what}.",
        "none_refused": "No file was refused.",
        "how": "“Resource”: a member of the resource itself; “ARN”: an ARN or an availability zone; “provider”: a "
        "constant in its provider’s configuration; “environment”: the target of the deployment; “inferred, borne "
        "out”: one variable, which another source confirms; “inferred”: one variable, which shows a failure and "
        "satisfies no rule.",
        "format": "format",
        "on": "on",
        "files": "files",
        "resources": "resources",
        "resource": "resource",
        "arn": "ARN",
        "provider": "provider",
        "environment": "environment",
        "borne_out": "inferred, borne out",
        "inferred": "inferred",
        "unknown": "unknown",
        "repository": "repository",
    },
}


def page(counted: Counted, lang: Lang, day: date) -> str:
    """The page in one language, in Markdown."""
    say = WORDS[lang]
    files = counted.read + sum(counted.refused.values())
    parts = [
        f"# {say['title']}",
        say["other"],
        say["made"].format(day=day.isoformat(), files=files),
        say["how"],
        f"## {say['places']}",
        _table(_known(counted, counted.known, lang)),
        f"## {say['kept']}",
        _table(_known(counted, counted.kept, lang)),
        f"## {say['why']}",
        _table(_unknown(counted, lang)),
        _refused(counted, lang),
        f"## {say['from']}",
        say["licences"],
        _table([(say["repository"], say["files"]), *((name, str(n)) for name, n in _sorted(counted.repositories))]),
    ]
    return "\n\n".join(parts) + "\n"


def _known(counted: Counted, of: Mapping[Row, Counter[str]], lang: Lang) -> Iterator[tuple[str, ...]]:
    say = WORDS[lang]
    yield (*(say[key] for key in ("format", "on", "files", "resources", *KNOWN, "unknown")),)
    for row in _rows(of):
        numbers = of[row]
        shown = [*(numbers[how] for how in KNOWN), numbers["unknown"]]
        format_, provider = row
        yield FORMATS[format_], PROVIDERS[provider], str(counted.files[row]), str(sum(shown)), *map(str, shown)


def _unknown(counted: Counted, lang: Lang) -> Iterator[tuple[str, ...]]:
    say = WORDS[lang]
    words = [word for word, _ in _sorted(sum(counted.why.values(), Counter()))]
    yield say["format"], say["on"], *(text(f"gate.why.{word}", lang) for word in words)
    for row in _rows(counted.why):
        format_, provider = row
        yield FORMATS[format_], PROVIDERS[provider], *(str(counted.why[row][word]) for word in words)


def _refused(counted: Counted, lang: Lang) -> str:
    if not counted.refused:
        return WORDS[lang]["none_refused"]
    what = ", ".join(f"`{code}` {number}" for code, number in _sorted(counted.refused))
    return WORDS[lang]["refused"].format(what=what)


def _rows(of: Iterable[Row]) -> list[Row]:
    return sorted(of, key=lambda row: (ORDER.index(row[0]), row[1]))


def _sorted(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    head, *body = rows
    lines = [head, tuple("---" for _ in head), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Reads, writes the two pages."""
    folder = Path(sys.argv[1])
    day = date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else date.today()
    counted = count(folder, day)
    for lang in LANGS:
        (DOCS / PAGES[lang]).write_text(page(counted, lang, day), encoding="utf-8")
        print(DOCS / PAGES[lang])


if __name__ == "__main__":
    main()
