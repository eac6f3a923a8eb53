"""The page of what a scan reads of each kind of resource, made from the descriptions: kind × provider × fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sovercheck.messages import Lang, text
from sovercheck.sources.kinds import forms, kinds
from sovercheck.sources.kinds.model import Form, Kind, Provider, Ways

_PROVIDERS: tuple[tuple[Provider, str], ...] = (("aws", "AWS"), ("azure", "Azure"))
_NONE = "—"
_WORDS = {
    "fr": {
        "title": "Ce que lit un scan",
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
        "title": "What a scan reads",
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
    total = words["counts"].format(nbsp="\u00a0", all=len(kinds()), **counts)
    lines = [f"# {words['title']}", "", words["about"], "", total, "", words["proofs"].format(nbsp="\u00a0"), ""]
    lines += [words["columns"], "|" + "---|" * 10, *_rows(lang), ""]
    return "\n".join(lines)


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
