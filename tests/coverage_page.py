"""The page of what scans and plans give of each kind of resource, made from the descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sovercheck.messages import Lang, text
from sovercheck.sources.kinds import forms, kinds, plain_kinds
from sovercheck.sources.kinds.model import Form, Kind, Provider, Ways

_PROVIDERS: tuple[tuple[Provider, str], ...] = (("aws", "AWS"), ("azure", "Azure"))
_NONE = "—"
_WORDS = {
    "fr": {
        "title": "Ce que lisent un scan et le contrôle préalable",
        "planned": "Ce que lit le contrôle préalable",
        "planned_about": (
            "Les types que les plans et les gabarits écrivent, par section des descriptions. Les gabarits d’Azure "
            "(ARM, Bicep) ont la forme de ses réponses{nbsp}: ce qu’un scan en lit, le contrôle le lit aussi. Un type "
            "qui n’est ni ici ni parmi ceux qui ne conservent rien est inventorié «\u00a0sans description\u00a0»."
        ),
        "planned_counts": (
            "Types lus{nbsp}: {terraform_aws} de Terraform pour AWS, {terraform_azurerm} pour Azure, "
            "{terraform_google} pour Google, {cloudformation} de CloudFormation."
        ),
        "planned_columns": "| type | identifiant | Terraform | CloudFormation |",
        "about": (
            "Page produite des descriptions des types de ressources, `src/sovercheck/sources/kinds/descriptions`. "
            "Le lieu de chaque copie énumérée est lu, ou documenté par le fournisseur si aucune interface ne le dit. "
            "Un type qui n’est pas ici est inventorié «\u00a0sans description\u00a0» quand l’index du fournisseur le "
            "nomme."
        ),
        "counts": "Types lus{nbsp}: {aws} sur AWS, {azure} sur Azure, {all} en tout.",
        "proofs": (
            "Preuve que la lecture fonctionne{nbsp}: `moto`, le serveur d’essai du même nom; `recording`, une réponse "
            "réelle enregistrée; `double`, un double du projet bâti sur les formes publiées; `unproven`, aucune."
        ),
        "columns": "| type | identifiant | chez | type natif | preuve | copies | clé | partage | taille | étiquettes |",
        "read": "lu",
        "documented": "documenté",
        "metric": "mesuré",
    },
    "en": {
        "title": "What a scan and the gate read",
        "planned": "What the gate reads",
        "planned_about": (
            "The types that plans and templates write, by section of the descriptions. Azure’s templates (ARM, Bicep) "
            "have the shape of its answers: what a scan reads of them, the gate reads too. A type that is neither here "
            "nor among those that keep nothing is inventoried “undescribed”."
        ),
        "planned_counts": (
            "Types read: {terraform_aws} of Terraform for AWS, {terraform_azurerm} for Azure, {terraform_google} for "
            "Google, {cloudformation} of CloudFormation."
        ),
        "planned_columns": "| kind | id | Terraform | CloudFormation |",
        "about": (
            "Page made from the descriptions of the kinds of resources, `src/sovercheck/sources/kinds/descriptions`. "
            "The place of each listed copy is read, or documented by the provider where no interface says it. "
            "A kind that is not here is inventoried “undescribed” where the provider’s index names it."
        ),
        "counts": "Kinds read: {aws} on AWS, {azure} on Azure, {all} in all.",
        "proofs": (
            "Proof that the reading works: `moto`, the test server of that name; `recording`, a recorded real answer; "
            "`double`, the project’s own double built on the published shapes; `unproven`, none."
        ),
        "columns": "| kind | id | on | native type | proof | copies | key | sharing | size | tags |",
        "read": "read",
        "documented": "documented",
        "metric": "measured",
    },
}


def coverage_page(lang: Lang) -> str:
    """Every kind with what is read of it at each provider."""
    words = _WORDS[lang]
    counts = {provider: len({kind.id for kind, _ in forms(provider)}) for provider, _ in _PROVIDERS}
    total = words["counts"].format(nbsp="\u00a0", all=sum(bool(kind.forms) for kind in kinds()), **counts)
    lines = [f"# {words['title']}", "", words["about"], "", total, "", words["proofs"].format(nbsp="\u00a0"), ""]
    lines += [words["columns"], "|" + "---|" * 10, *_rows(lang), ""]
    return "\n".join([*lines, *_planned(lang), ""])


_SECTIONS = ("terraform_aws", "terraform_azurerm", "terraform_google", "cloudformation")


def _planned(lang: Lang) -> Iterator[str]:
    """Every kind with the types that plans and templates write."""
    words = _WORDS[lang]
    types = {
        plain["kind"]: {name: sorted({form["native_type"] for form in plain.get(name, ())}) for name in _SECTIONS}
        for plain in plain_kinds()
    }
    counts = {name: len({found for each in types.values() for found in each[name]}) for name in _SECTIONS}
    yield from (f"## {words['planned']}", "", words["planned_about"].format(nbsp="\u00a0"), "")
    yield from (words["planned_counts"].format(nbsp="\u00a0", **counts), "", words["planned_columns"], "|" + "---|" * 4)
    for kind in kinds():
        terraform = [found for name in _SECTIONS[:3] for found in types[kind.id][name]]
        cells = (kind.name[lang], f"`{kind.id}`", _types(terraform), _types(types[kind.id]["cloudformation"]))
        if terraform or types[kind.id]["cloudformation"]:
            yield f"| {' | '.join(cells)} |"


def _types(found: Iterable[str]) -> str:
    return ", ".join(f"`{type_}`" for type_ in found) or _NONE


def _rows(lang: Lang) -> Iterator[str]:
    for kind in kinds():
        for provider, name in _PROVIDERS:
            for form in kind.forms:
                if form.provider == provider:
                    yield _row(kind, form, name, lang)


def _row(kind: Kind, form: Form, provider: str, lang: Lang) -> str:
    words = _WORDS[lang]
    size = words["metric"] if form.metric is not None else _how([form.facts.get("bytes", ())], words)
    swept = form.provider == "aws" and form.arn is not None
    cells = [
        kind.name[lang],
        f"`{kind.id}`",
        provider,
        f"`{form.native_type}`",
        f"`{form.proof}`",
        ", ".join(dict.fromkeys(text(f"value.{copy.kind}", lang) for copy in form.copies)) or _NONE,
        _how([copy.key for copy in form.copies], words),
        _how([form.facts.get("shared_with", ())], words),
        size,
        words["read"] if swept or form.facts.get("tags") else _NONE,
    ]
    return f"| {' | '.join(cells)} |"


def _how(values: Iterable[Ways], words: dict[str, str]) -> str:
    """Whether a fact is read from an answer, only documented, or neither."""
    ways = [way for value in values for way in value]
    if any(way.path is not None or way.template is not None for way in ways):
        return words["read"]
    return words["documented"] if ways else _NONE
