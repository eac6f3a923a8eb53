"""An invented assessment with everything that a report may have to show, and a large one.

Every organisation, system, supplier and figure here is invented. The laws and articles are real ones, so that a sample
reads as a report does; the words about them are shortened and serve tests alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from sovercheck.findings import (
    Assessment,
    Counts,
    Coverage,
    DecidingFact,
    EvidenceShare,
    Exposure,
    ExposurePath,
    Finding,
    GapView,
    Input,
    InvolvedParty,
    KnownFact,
    LawView,
    NoteView,
    Organisation,
    PlaceVolume,
    Provenance,
    RuleResult,
    Share,
    SourceView,
    State,
    Step,
    SystemView,
    TextRead,
    UnknownReason,
    WaiverView,
)
from sovercheck.inventory.facts import FACTS
from tests.reports.sample_readings import READING_GAPS, READINGS

HOSTILE_NAME = "<script>alert(1)</script>"
HOSTILE_SUPPLIER = '=HYPERLINK("http://x")'
HOSTILE_PURPOSE = '"><img src=x onerror=alert(1)> | `code` [lien](javascript:alert(1)) \x1b[31m{{ 7*7 }}'

GB = 10**9
AS_OF = "2026-11-22"

# Where evidence comes from, by the number that facts point to.
DECLARATION, CONTRACT, PRESS, REGISTER, API, SPREADSHEET, REPLY, GUESS = range(8)
PROVENANCE = (
    Provenance("declared", "declarations/dossier.yaml", "2026-09-14", "ligne 22"),
    Provenance("documented", "Contrat 2024-117", "2024-03-01", "annexe C, p. 4", "signé par les deux parties"),
    Provenance("reported", "Le Quotidien exemple", "2025-05", "https://presse.exemple.invalid/article"),
    Provenance("documented", "Registraire des entreprises", "2026-10-02", "NEQ 0000000000"),
    Provenance("observed", "aws:111122223333", "2026-11-21", "s3:GetBucketLocation, ca-west-1"),
    Provenance("documented", "portefeuille.csv", "2026-06-30", "cellule F14"),
    Provenance("declared", "Réponse du fournisseur", "2026-10-20", "courriel du 20 octobre 2026"),
    Provenance("inferred", "tie.account", AS_OF),
)

READ = TextRead("2024-11-15", "2026-11-22", "republished")
DOSSIER, IMAGERIE, FINANCES, PORTAIL, MESSAGERIE, HOSTILE = (
    "dossier", "imagerie", "finances", "portail", "messagerie", "sys-6"
)  # fmt: skip


def sample_assessment() -> Assessment:
    """Six listed systems and a dozen from a portfolio: every verdict, state, reason and kind of evidence occurs."""
    return _complete(_findings(), _systems() + tuple(_bulk(number) for number in range(1, 13)), _names())


def large_assessment(findings: int, systems: int = 25) -> Assessment:
    """The sample with many findings, each on its own copy, whose id is as long and as random as Azure's are.

    Args:
        findings: how many more than the sample has.
        systems: how many systems in all, at least the six listed ones.
    """
    bulk = tuple(_bulk(number) for number in range(1, max(1, systems - 5)))
    owners = [*(system.id for system in bulk), PORTAIL, DOSSIER]
    many, names = [], _names()
    for number in range(findings):
        resource = _azure_id(number)
        subject = f"{resource}/copies/backup"
        names[f"copy/{subject}"] = f"{resource.rsplit('/', 1)[1]} (sauvegarde)"
        system = owners[number % len(owners)]
        if number % 3:
            many.append(_fail("copies-in-quebec", "copy", subject, system, known("copy.place", "CA-ON", subject, API)))
        else:
            many.append(_open("copies-in-quebec", "copy", subject, system, unknown("copy.place", subject)))
    return _complete((*_findings(), *many), _systems() + bulk, names)


def _azure_id(number: int) -> str:
    digest = hashlib.sha256(f"resource {number}".encode()).hexdigest()
    subscription = hashlib.sha256(f"subscription {number % 40}".encode()).hexdigest()
    return (
        f"/subscriptions/{_uuid(subscription)}/resourceGroups/rg-sante-prod-canadacentral-{number % 600:03d}"
        f"/providers/Microsoft.Storage/storageAccounts/st{digest[:22]}"
    )


def _uuid(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))


def known(
    fact: str,
    value: str | tuple[str, ...],
    of: str,
    provenance: int,
    *,
    high: str | None = None,
    state: State = "known",
    opened: bool = False,
) -> DecidingFact:
    """A deciding fact with a value."""
    if FACTS[fact].is_interval and high is None and isinstance(value, str):
        high = value  # an exact number is an interval of one value
    return DecidingFact(fact, of, state, value, high, opened, provenance)


def unknown(fact: str, of: str, state: State = "unknown") -> DecidingFact:
    """A deciding fact that nobody knows."""
    return DecidingFact(fact, of, state)


def _fail(rule: str, subject: str, id_: str, system: str, *facts: DecidingFact, weakest: str = "observed") -> Finding:
    return Finding(rule, subject, id_, (system,), "fail", None, facts, weakest)


def _open(
    rule: str, subject: str, id_: str, system: str, *facts: DecidingFact, reason: UnknownReason = "no_answer"
) -> Finding:
    weakest = "declared" if any(fact.provenance is not None for fact in facts) else None
    return Finding(rule, subject, id_, (system,) if system else (), "unknown", reason, facts, weakest)


def _findings() -> tuple[Finding, ...]:
    return (
        _fail(
            "copies-in-quebec",
            "copy",
            "dossier-bd/replica",
            DOSSIER,
            known("copy.place", "CA-ON", "dossier-bd/replica", API),
            known("system.holds_personal_information", "true", DOSSIER, DECLARATION),
            DecidingFact("efvp.status", DOSSIER, "none", None, None, False, DECLARATION),
            weakest="declared",
        ),
        dataclasses.replace(
            _fail(
                "copies-in-quebec",
                "copy",
                "messagerie/primary",
                MESSAGERIE,
                known("copy.place", "US-VA", "messagerie/primary", REPLY),
                known("efvp.date", "2026-12-03", MESSAGERIE, CONTRACT),
                known("copy.since", "2025-06", "messagerie/primary", CONTRACT),
                weakest="declared",
            ),
            remedied="regul-01",
            late_facts=("efvp.date",),
        ),
        _fail(
            "amp-authorisation",
            "contract",
            "c-2024-117",
            DOSSIER,
            known("contract.value", "4200000", "c-2024-117", CONTRACT),
            known("contract.amp_authorised_at_conclusion", "false", "c-2024-117", REGISTER),
            weakest="documented",
        ),
        _fail(
            "us-cloud-act",
            "system",
            DOSSIER,
            DOSSIER,
            known("involvement.access", "hosting", "nordique:dossier", CONTRACT),
            known("party.ultimate_owner_places", ("US-DE",), "nordique", REGISTER),
            known("copy.key_grade", "K0", "dossier-bd/primary", DECLARATION),
            weakest="declared",
        ),
        _fail(
            "us-cloud-act",
            "system",
            MESSAGERIE,
            MESSAGERIE,
            known("involvement.access", "hosting", "bureauplus:messagerie", CONTRACT),
            known("party.incorporated_in", "US-WA", "bureauplus", REGISTER),
            weakest="documented",
        ),
        _fail(
            "us-cloud-act",
            "system",
            FINANCES,
            FINANCES,
            known("involvement.role", "hosts", "gestionlib:finances", PRESS),
            known("party.ultimate_owners", ("Corporation Meridian",), "gestionlib", PRESS, opened=True),
            weakest="reported",
        ),
        _open(
            "us-cloud-act",
            "system",
            IMAGERIE,
            IMAGERIE,
            unknown("involvement.access", "radiolab:imagerie"),
            known("party.incorporated_in", "US", "radiolab", REGISTER),
        ),
        _open("us-cloud-act", "system", HOSTILE, HOSTILE, unknown("system.parties", HOSTILE)),
        _fail(
            "suspension-not-costly",
            "contract",
            "c-finances",
            FINANCES,
            known("contract.suspension_is_costly", "true", "c-finances", PRESS),
            weakest="reported",
        ),
        _fail(
            "quebec-cloud-share/count-strict",
            "estate",
            "estate",
            "",
            known("estate.resources_complete", "true", "estate", SPREADSHEET),
            weakest="documented",
        ),
        _open(
            "quebec-cloud-share/volume-strict",
            "estate",
            "estate",
            "",
            unknown("resource.place", "estate"),
            unknown("resource.bytes", "estate"),
        ),
        _open("quebec-cloud-share/class-strict", "estate", "estate", "", unknown("resource.place", "estate")),
        _open(
            "copies-in-quebec",
            "copy",
            "dossier-bd/backup",
            DOSSIER,
            unknown("copy.place", "dossier-bd/backup", "refused"),
            reason="refused",
        ),
        _open(
            "copies-in-quebec",
            "copy",
            "imagerie-pacs/primary",
            IMAGERIE,
            known("copy.place", "CA", "imagerie-pacs/primary", REPLY),
            unknown("efvp.date", IMAGERIE),
        ),
        _open(
            "copies-in-quebec",
            "copy",
            "finances-erp/primary",
            FINANCES,
            unknown("copy.place", "finances-erp/primary", "contradicted"),
            reason="contradicted",
        ),
        _open(
            "health-efvp-before-outside-quebec",
            "system",
            IMAGERIE,
            IMAGERIE,
            unknown("efvp.status", IMAGERIE),
            known("copy.since", "2019-04", "imagerie-pacs/primary", SPREADSHEET),
            reason="legal",
        ),
        _open(
            "keys-in-hand",
            "resource",
            "dossier-bd",
            DOSSIER,
            known("copy.key_manager", "customer", "dossier-bd/primary", DECLARATION, state="weak"),
            reason="weak",
        ),
        dataclasses.replace(
            _fail(
                "efvp-refreshed",
                "system",
                PORTAIL,
                PORTAIL,
                known("efvp.date", "2022-05-10", PORTAIL, CONTRACT),
                weakest="documented",
            ),
            legal_reference=False,
        ),
        _fail(
            "longest-outage",
            "system",
            IMAGERIE,
            IMAGERIE,
            known("system.longest_outage", "1260", IMAGERIE, CONTRACT),
            known("system.availability", "98.17", IMAGERIE, CONTRACT),
            known("system.outage_minutes", "24818", IMAGERIE, SPREADSHEET, high="26010"),
            weakest="documented",
        ),
        _fail(
            "supported-components",
            "component",
            "imagerie-so",
            IMAGERIE,
            known("component.support_ends", "2020-01-14", "imagerie-so", SPREADSHEET),
            known("component.isolated", "false", "imagerie-so", GUESS),
            weakest="inferred",
        ),
        *(
            _open(
                "supported-components",
                "component",
                f"app-{number:03d}-serveur",
                f"app-{number:03d}",
                unknown("component.support_ends", f"app-{number:03d}-serveur"),
            )
            for number in range(1, 9)
        ),
        dataclasses.replace(
            _fail(
                "keys-in-hand",
                "resource",
                "messagerie",
                MESSAGERIE,
                known("copy.key_manager", "provider", "messagerie/primary", API),
            ),
            waiver="d-2026-04",
        ),
        dataclasses.replace(
            _fail(
                "longest-outage",
                "system",
                PORTAIL,
                PORTAIL,
                known("system.longest_outage", "415", PORTAIL, API),
            ),
            waiver="d-2026-05",
        ),
    )


def _step(party: str, name: str, place: str | None, link: str, percent: str | None, provenance: int | None) -> Step:
    return Step(party, name, place, link, percent, provenance)


def _systems() -> tuple[SystemView, ...]:
    nordique = _step("nordique", "Nordique Santé inc.", "CA-QC", "hosts", None, CONTRACT)
    dossier = Exposure(
        "us-cloud-act",
        "system",
        DOSSIER,
        ("exposed", "exposed"),
        ("exposed", "exposed"),
        ("K0", "K3"),
        (
            ExposurePath(
                "parent",
                (
                    nordique,
                    _step("northgate-ca", "Northgate Canada Ltd.", "CA-ON", "owned_by", "100", REGISTER),
                    _step("northgate", "Northgate Health Corporation", "US-DE", "owned_by", "62.5", REGISTER),
                ),
                ("hosting", "hosting"),
                "incorporated",
                "exposed",
                "exposed",
                "exposed",
                "exposed",
            ),
            ExposurePath(
                "sub_processor",
                (
                    nordique,
                    _step("sauvenuage", "SauveNuage LLC", "US-VA", "processes", None, DECLARATION),
                ),
                ("administration", "administration"),
                "incorporated",
                "possible",
                "possible",
                "possible",
                "possible",
            ),
        ),
        more_paths=1,
    )
    imagerie = Exposure(
        "us-cloud-act",
        "system",
        IMAGERIE,
        ("none_known", "exposed"),
        ("none_known", "exposed"),
        None,
        (
            ExposurePath(
                "direct",
                (_step("radiolab", "RadioLab Systems, Inc.", "US", "licenses", None, REGISTER),),
                ("no_access", "hosting"),
                "incorporated",
                "none_known",
                "exposed",
                "none_known",
                "exposed",
                ("involvement.access", "radiolab"),
            ),
            ExposurePath(
                "direct",
                (_step("?", "?", None, "hosts", None, None),),
                ("no_access", "hosting"),
                "incorporated",
                "none_known",
                "exposed",
                "none_known",
                "exposed",
                ("system.involvements_complete", IMAGERIE),
                hypothetical=True,
            ),
        ),
    )
    finances = Exposure(
        "us-cloud-act",
        "system",
        FINANCES,
        ("exposed", "exposed"),
        ("exposed", "exposed"),
        ("K0", "K4"),
        (
            ExposurePath(
                "parent",
                (
                    _step("gestionlib", "Gestion libre inc.", "CA-QC", "hosts", None, PRESS),
                    _step("meridian-ca", "Meridian Canada limitée", "CA-ON", "owned_by", None, PRESS),
                    _step("meridian", "Corporation Meridian", "US-NY", "owned_by", None, PRESS),
                ),
                ("hosting", "hosting"),
                "incorporated",
                "exposed",
                "exposed",
                "exposed",
                "exposed",
            ),
        ),
    )
    portail = Exposure(
        "us-cloud-act", "system", PORTAIL, ("none_known", "none_known"), ("none_known", "none_known"), ("K3", "K4"), ()
    )
    messagerie = Exposure(
        "us-cloud-act",
        "system",
        MESSAGERIE,
        ("exposed", "exposed"),
        ("possible", "possible"),
        ("K3", "K3"),
        (
            ExposurePath(
                "direct",
                (_step("bureauplus", "BureauPlus Corp.", "US-WA", "hosts", None, CONTRACT),),
                ("hosting", "hosting"),
                "incorporated",
                "exposed",
                "exposed",
                "possible",
                "possible",
            ),
        ),
    )
    hostile = Exposure(
        "us-cloud-act", "system", HOSTILE, ("none_known", "exposed"), ("none_known", "exposed"), None, ()
    )
    return (
        _system(
            DOSSIER,
            "Dossier clinique régional",
            "Dossier médical commun aux trois hôpitaux",
            "health",
            "read",
            (
                PlaceVolume("CA-QC", "primary", 1, 4_200 * GB, 4_200 * GB),
                PlaceVolume("CA-ON", "replica", 1, 4_100 * GB, 4_300 * GB),
                PlaceVolume(None, "backup", 2, 0, 9_000 * GB),
                PlaceVolume("US-VA", "log", 1, 35 * GB, 35 * GB),
                PlaceVolume("CA-QC", "identity", 1, GB, GB),
            ),
            (
                InvolvedParty("nordique", "Nordique Santé inc.", "CA-QC", "hosts", "hosting", CONTRACT),
                InvolvedParty("sauvenuage", "SauveNuage LLC", "US-VA", "processes", "administration", DECLARATION),
                InvolvedParty("northgate", "Northgate Health Corporation", "US-DE", "owns", None, REGISTER),
            ),
            dossier,
            (
                known("system.data_class", "health", DOSSIER, DECLARATION),
                known("contract.value", "4200000", "c-2024-117", CONTRACT),
                known("contract.term_months", "36", "c-2024-117", CONTRACT),
                known("system.fallback", "it_only", DOSSIER, DECLARATION),
            ),
            resources=2,
            places_open=True,
        ),
        _system(
            IMAGERIE,
            "Archive d’imagerie",
            "Conservation des examens d’imagerie médicale",
            "health",
            "declared",
            (
                PlaceVolume("CA", "primary", 1, 405_000 * GB, 408_000 * GB),
                PlaceVolume(None, "backup", 1, 0, None, 1),
                PlaceVolume(None, None, 1, 0, None, 1),
            ),
            (InvolvedParty("radiolab", "RadioLab Systems, Inc.", "US", "licenses", None, REGISTER),),
            imagerie,
            (
                known("system.availability", "98.17", IMAGERIE, CONTRACT),
                known("system.longest_outage", "1260", IMAGERIE, CONTRACT),
                known("copy.since", "2019-04", "imagerie-pacs/primary", SPREADSHEET),
            ),
            resources=1,
            places_open=True,
            parties_open=True,
        ),
        _system(
            FINANCES,
            "Finances et approvisionnement",
            "Comptabilité, paie et commandes",
            "sensitive",
            "declared",
            (PlaceVolume(None, "primary", 1, 800 * GB, 2_000 * GB),),
            (InvolvedParty("gestionlib", "Gestion libre inc.", "CA-QC", "hosts", "hosting", PRESS),),
            finances,
            (
                known("contract.suspension_is_costly", "true", "c-finances", PRESS),
                known("party.ultimate_owners", ("Corporation Meridian",), "gestionlib", PRESS, opened=True),
            ),
            resources=1,
            parties_open=True,
        ),
        _system(
            PORTAIL,
            "Portail des citoyens",
            "Prise de rendez-vous en ligne",
            "sensitive",
            "read",
            (
                PlaceVolume("CA-QC", "primary", 2, 310 * GB, 310 * GB),
                PlaceVolume("CA-QC", "backup", 2, 900 * GB, 900 * GB),
                PlaceVolume("CA-QC", "log", 1, 12 * GB, 12 * GB),
            ),
            (InvolvedParty("cooperative", "Coopérative Nuage boréal", "CA-QC", "hosts", "hosting", CONTRACT),),
            portail,
            (
                known("system.data_class", "sensitive", PORTAIL, DECLARATION),
                known("efvp.date", "2022-05-10", PORTAIL, CONTRACT),
                known("system.places", ("CA-QC",), PORTAIL, API),
            ),
            resources=3,
        ),
        _system(
            MESSAGERIE,
            "Messagerie et bureautique",
            "Courriel, agenda et documents du personnel",
            "internal",
            "read",
            (
                PlaceVolume("US-VA", "primary", 1, 6_400 * GB, 6_400 * GB),
                PlaceVolume("CA-ON", "replica", 1, 6_400 * GB, 6_400 * GB),
                PlaceVolume("US", "support", 1, 0, 5 * GB),
            ),
            (InvolvedParty("bureauplus", "BureauPlus Corp.", "US-WA", "hosts", "hosting", CONTRACT),),
            messagerie,
            (known("copy.key_grade", "K3", "messagerie/primary", API),),
            resources=1,
        ),
        _system(
            HOSTILE,
            HOSTILE_NAME,
            HOSTILE_PURPOSE,
            None,
            "unreached",
            (),
            (InvolvedParty("hostile", HOSTILE_SUPPLIER, None, None, None, None),),
            hostile,
            (),
            resources=0,
            places_open=True,
            parties_open=True,
            status=None,
        ),
    )


def _system(
    id_: str,
    name: str,
    purpose: str | None,
    data_class: str | None,
    reach: Literal["read", "declared", "unreached"],
    places: tuple[PlaceVolume, ...],
    parties: tuple[InvolvedParty, ...],
    exposure: Exposure,
    facts: tuple[DecidingFact, ...],
    *,
    resources: int,
    places_open: bool = False,
    parties_open: bool = False,
    status: str | None = "in_service",
) -> SystemView:
    return SystemView(
        id=id_,
        name=name,
        purpose=purpose,
        data_class=data_class,
        status=status,
        reach=reach,
        resources=resources,
        places=places,
        places_open=places_open,
        parties=parties,
        parties_open=parties_open,
        exposures=(exposure,),
        verdicts={},
        weakest=None,
        known=tuple(
            KnownFact(fact, PROVENANCE[fact.provenance].grade) for fact in facts if fact.provenance is not None
        ),
    )


BULK_NAMES = (
    "Gestion des stationnements", "Horaires du personnel", "Bibliothèque", "Inventaire des appareils",
    "Cafétéria", "Gestion des plaintes", "Formation en ligne", "Réservation de salles",
    "Site de la fondation", "Laboratoire d’appoint", "Transport adapté", "Archives administratives",
)  # fmt: skip


def _bulk(number: int) -> SystemView:
    place = ("CA-QC", "CA-ON", None)[number % 3]
    name = BULK_NAMES[(number - 1) % len(BULK_NAMES)]
    return SystemView(
        id=f"app-{number:03d}",
        name=name if number <= len(BULK_NAMES) else f"{name} {number}",
        purpose=None,
        data_class=("internal", "sensitive", "public", None)[number % 4],
        status="in_service",
        reach="unreached" if number % 3 == 2 else "declared",
        resources=1,
        places=(PlaceVolume(place, "primary", 1, 20 * GB * number, 25 * GB * number),),
        places_open=True,
        parties=(),
        parties_open=True,
        exposures=(),
        verdicts={},
        weakest=None,
        known=(),
        origin="bulk",
    )


def _names() -> dict[str, str]:
    return {
        "estate/estate": "Centre hospitalier exemple",
        "resource/dossier-bd": "Base du dossier clinique",
        "copy/dossier-bd/primary": "Base du dossier clinique (copie principale)",
        "copy/dossier-bd/replica": "Base du dossier clinique (réplique)",
        "copy/dossier-bd/backup": "Base du dossier clinique (sauvegarde)",
        "copy/imagerie-pacs/primary": "Archive des examens (copie principale)",
        "copy/finances-erp/primary": "Progiciel de gestion (copie principale)",
        "copy/messagerie/primary": "Boîtes aux lettres (copie principale)",
        "resource/messagerie": "Boîtes aux lettres",
        "contract/c-2024-117": "Contrat d’hébergement du dossier clinique",
        "contract/c-finances": "Contrat du progiciel de gestion",
        "component/imagerie-so": "Système d’exploitation du serveur d’archives",
        "involvement/radiolab:imagerie": "RadioLab Systems, Inc., Archive d’imagerie",
        "involvement/nordique:dossier": "Nordique Santé inc., Dossier clinique régional",
        "party/nordique": "Nordique Santé inc.",
        "party/northgate-ca": "Northgate Canada Ltd.",
        "party/northgate": "Northgate Health Corporation",
        "party/sauvenuage": "SauveNuage LLC",
        "party/radiolab": "RadioLab Systems, Inc.",
        "party/gestionlib": "Gestion libre inc.",
        "party/bureauplus": "BureauPlus Corp.",
        "party/hostile": HOSTILE_SUPPLIER,
        **{f"component/app-{number:03d}-serveur": f"Serveur de {BULK_NAMES[number - 1]}" for number in range(1, 9)},
    }


_CLOUD_ACT_CITE = {"fr": "18 U.S.C. § 2713", "en": "18 U.S.C. § 2713"}
_RULES: tuple[RuleResult, ...] = (
    RuleResult(
        id="copies-in-quebec",
        policy="residency",
        title={
            "fr": "Chaque copie au Québec, sauf évaluation préalable",
            "en": "Every copy in Québec unless assessed first",
        },
        statement={
            "fr": "S’applique à une copie dont le système contient des renseignements personnels et qui n’est pas au "
            "Québec. Exige une évaluation des facteurs relatifs à la vie privée, faite avant que la copie existe, qui "
            "conclut à une protection adéquate.",
            "en": "Applies to a copy whose system holds personal information and that is not in Québec. Requires a "
            "privacy impact assessment, done before the copy existed, that concludes to adequate protection.",
        },
        rationale={
            "fr": "Le lieu d’une copie décide du régime juridique qui s’y applique.",
            "en": "The place of a copy decides which legal regime applies to it.",
        },
        subject="copy",
        severity="blocking",
        gate="judge",
        basis="statute",
        cite={"fr": "RLRQ, chapitre A-2.1, art. 70.1", "en": "CQLR, chapter A-2.1, s. 70.1"},
        url="https://www.legisquebec.gouv.qc.ca/fr/document/lc/A-2.1",
        in_force_from="2023-09-22",
        in_force_to=None,
        applies=True,
        text=READ,
        remediation={
            "fr": "Faire l’évaluation avant toute communication, ou ramener la copie au Québec.",
            "en": "Carry out the assessment before any release, or bring the copy back to Québec.",
        },
        parameters={},
        relaxed=(),
        min_evidence=None,
        law=None,
        counts=Counts(passed=7, not_applicable=3),
        weakest_pass="observed",
    ),
    RuleResult(
        id="us-cloud-act",
        policy="cloud-act",
        title={
            "fr": "Aucun fournisseur que le CLOUD Act atteint",
            "en": "No supplier that the CLOUD Act reaches",
        },
        statement={
            "fr": "Exige que l’exposition résiduelle d’un système au CLOUD Act soit « aucune connue ».",
            "en": "Requires the residual exposure of a system to the CLOUD Act to be “none known”.",
        },
        rationale=None,
        subject="system",
        severity="major",
        gate="advise",
        basis="foreign-law",
        cite=_CLOUD_ACT_CITE,
        url="https://uscode.house.gov/view.xhtml?req=granuleid:USC-prelim-title18-section2713",
        in_force_from="2018-03-23",
        in_force_to=None,
        applies=True,
        text=TextRead("2026-04-21", "2026-11-22", "republished"),
        remediation={
            "fr": "Tenir les clés hors de la portée du fournisseur, ou limiter son accès; consigner l’analyse.",
            "en": "Hold the keys out of the supplier’s reach, or limit its access; record the analysis.",
        },
        parameters={},
        relaxed=(),
        min_evidence=None,
        law="us-cloud-act",
        counts=Counts(passed=1),
        weakest_pass="documented",
    ),
    RuleResult(
        id="us-fisa-702",
        policy="cloud-act",
        title={"fr": "Aucun fournisseur que l’article 702 atteint", "en": "No supplier that section 702 reaches"},
        statement={
            "fr": "Exige que l’exposition résiduelle d’un système à l’article 702 soit « aucune connue ».",
            "en": "Requires the residual exposure of a system to section 702 to be “none known”.",
        },
        rationale=None,
        subject="system",
        severity="major",
        gate="advise",
        basis="foreign-law",
        cite={"fr": "50 U.S.C. § 1881a", "en": "50 U.S.C. § 1881a"},
        url=None,
        in_force_from="2008-07-10",
        in_force_to="2026-06-12",
        applies=False,
        text=TextRead(None, None, "memory"),
        remediation={
            "fr": "Suivre la reconduction éventuelle de l’article.",
            "en": "Watch for a renewal of the section.",
        },
        parameters={},
        relaxed=(),
        min_evidence=None,
        law="us-fisa-702",
        counts=Counts(not_applicable=18),
    ),
    RuleResult(
        id="health-efvp-before-outside-quebec",
        policy="sante",
        title={
            "fr": "Évaluation faite avant de confier des renseignements de santé hors du Québec",
            "en": "Assessment made before entrusting health information outside Québec",
        },
        statement={
            "fr": "S’applique à un système de santé dont une copie est hors Québec. Exige une évaluation antérieure.",
            "en": "Applies to a health system with a copy outside Québec. Requires an earlier assessment.",
        },
        rationale=None,
        subject="system",
        severity="blocking",
        gate="off",
        basis="statute",
        cite={"fr": "RLRQ, chapitre R-22.1, art. 78", "en": "CQLR, chapter R-22.1, s. 78"},
        url="https://www.legisquebec.gouv.qc.ca/fr/document/lc/R-22.1",
        in_force_from="2024-07-01",
        in_force_to=None,
        applies=True,
        text=TextRead("2024-11-18", "2026-11-22", "republished"),
        remediation={"fr": "Obtenir l’évaluation ou la faire.", "en": "Obtain the assessment or carry it out."},
        parameters={},
        relaxed=(),
        min_evidence=None,
        law=None,
        counts=Counts(passed=1, not_applicable=4),
        weakest_pass="documented",
    ),
    RuleResult(
        id="amp-authorisation",
        policy="contrats",
        title={
            "fr": "Fournisseur autorisé par l’AMP à la conclusion du contrat",
            "en": "Supplier authorised by the AMP when the contract was concluded",
        },
        statement={
            "fr": "S’applique à un contrat de services d’au moins 1 000 000 $. Exige l’autorisation à la conclusion.",
            "en": "Applies to a service contract of at least $1,000,000. Requires the authorisation at its conclusion.",
        },
        rationale=None,
        subject="contract",
        severity="blocking",
        gate="off",
        basis="regulation",
        cite={"fr": "RLRQ, chapitre C-65.1, art. 21.17", "en": "CQLR, chapter C-65.1, s. 21.17"},
        url="https://www.legisquebec.gouv.qc.ca/fr/document/lc/C-65.1",
        in_force_from="2015-11-02",
        in_force_to=None,
        applies=True,
        text=TextRead(None, "2026-11-22", "republished"),
        remediation={
            "fr": "Vérifier le registre et soumettre le dossier aux affaires juridiques.",
            "en": "Check the register and submit the file to legal affairs.",
        },
        parameters={"threshold": "1000000"},
        relaxed=(),
        min_evidence="documented",
        law=None,
        counts=Counts(passed=1),
        weakest_pass="documented",
    ),
    RuleResult(
        id="efvp-refreshed",
        policy="loi-25",
        title={"fr": "Évaluation revue depuis moins de trois ans", "en": "Assessment reviewed in the last three years"},
        statement={
            "fr": "Exige une évaluation datée d’au plus 48 mois.",
            "en": "Requires an assessment at most 48 months old.",
        },
        rationale=None,
        subject="system",
        severity="minor",
        gate="off",
        basis="statute",
        cite={"fr": "RLRQ, chapitre A-2.1, art. 63.5", "en": "CQLR, chapter A-2.1, s. 63.5"},
        url="https://www.legisquebec.gouv.qc.ca/fr/document/lc/A-2.1",
        in_force_from="2023-09-22",
        in_force_to=None,
        applies=True,
        text=TextRead("2024-04-03", "2026-11-22", "republished"),
        remediation={"fr": "Mettre l’évaluation à jour.", "en": "Bring the assessment up to date."},
        parameters={"months": "48"},
        relaxed=("months",),
        min_evidence=None,
        law=None,
        counts=Counts(not_applicable=5),
    ),
    RuleResult(
        id="suspension-not-costly",
        policy="contrats",
        title={
            "fr": "Contrat que l’on peut suspendre sans pénalité importante",
            "en": "Contract that can be suspended without a heavy penalty",
        },
        statement={
            "fr": "Exige qu’aucune clause ne rende la suspension du contrat coûteuse.",
            "en": "Requires that no clause make suspending the contract costly.",
        },
        rationale=None,
        subject="contract",
        severity="major",
        gate="off",
        basis="statute",
        cite={"fr": "RLRQ, chapitre C-65.1, art. 2", "en": "CQLR, chapter C-65.1, s. 2"},
        url=None,
        in_force_from="2008-10-01",
        in_force_to=None,
        applies=True,
        text=READ,
        remediation={
            "fr": "Soumettre la clause aux affaires juridiques.",
            "en": "Submit the clause to legal affairs.",
        },
        parameters={},
        relaxed=(),
        min_evidence=None,
        law=None,
        counts=Counts(passed=1),
        weakest_pass="reported",
    ),
    RuleResult(
        id="keys-in-hand",
        policy="residency",
        title={"fr": "Clés de chiffrement gérées par l’organisme", "en": "Encryption keys managed by the organisation"},
        statement={
            "fr": "Exige que l’organisme gère les clés, selon une preuve observée.",
            "en": "Requires that the organisation manage the keys, on observed evidence.",
        },
        rationale=None,
        subject="resource",
        severity="major",
        gate="judge",
        basis="policy",
        cite={"fr": "Politique interne exemple, art. 4", "en": "Sample internal policy, s. 4"},
        url=None,
        in_force_from="2025-01-01",
        in_force_to=None,
        applies=True,
        text=TextRead("2025-01-01", "2026-11-22", "official"),
        remediation={"fr": "Passer à un magasin de clés externe.", "en": "Move to an external key store."},
        parameters={},
        relaxed=(),
        min_evidence="observed",
        law=None,
        counts=Counts(passed=3, not_applicable=1),
        weakest_pass="observed",
    ),
    RuleResult(
        id="longest-outage",
        policy="continuite",
        title={
            "fr": "Aucune panne plus longue que quatre heures",
            "en": "No outage longer than four hours",
        },
        statement={
            "fr": "Exige que la plus longue panne connue ne dépasse pas 240 minutes.",
            "en": "Requires the longest known outage not to exceed 240 minutes.",
        },
        rationale=None,
        subject="system",
        severity="major",
        gate="off",
        basis="practice",
        cite={"fr": "Bonne pratique de continuité", "en": "Good continuity practice"},
        url=None,
        in_force_from="2020-01-01",
        in_force_to=None,
        applies=True,
        text=TextRead(None, "2026-11-22", "secondary"),
        remediation={
            "fr": "Préparer une procédure de relève sans outil informatique.",
            "en": "Prepare a fallback procedure that needs no computer.",
        },
        parameters={"minutes": "240"},
        relaxed=(),
        min_evidence=None,
        law=None,
        counts=Counts(passed=3, not_applicable=2),
        weakest_pass="declared",
    ),
    RuleResult(
        id="supported-components",
        policy="continuite",
        title={"fr": "Composants encore soutenus par leur éditeur", "en": "Components still supported by their maker"},
        statement={
            "fr": "Exige que le soutien d’un composant ne soit pas terminé, sauf s’il est isolé.",
            "en": "Requires that support for a component has not ended, unless it is isolated.",
        },
        rationale=None,
        subject="component",
        severity="minor",
        gate="off",
        basis="framework",
        cite={"fr": "Cadre de référence exemple, mesure 12", "en": "Sample framework, control 12"},
        url=None,
        in_force_from="2022-01-01",
        in_force_to=None,
        applies=True,
        text=TextRead("2022", "2026-11-22", "secondary"),
        remediation={"fr": "Remplacer ou isoler le composant.", "en": "Replace or isolate the component."},
        parameters={},
        relaxed=(),
        min_evidence=None,
        law=None,
        counts=Counts(passed=4),
        weakest_pass="documented",
    ),
    *(
        RuleResult(
            id=f"quebec-cloud-share/{variant}",
            policy="quebec-cloud",
            title={
                "fr": f"Au moins 40 % des données sensibles au Québec ({fr})",
                "en": f"At least 40% of sensitive data in Québec ({en})",
            },
            statement={
                "fr": "Exige que la part des données sensibles conservées au Québec atteigne la cible.",
                "en": "Requires that the share of sensitive data kept in Québec reach the target.",
            },
            rationale=None,
            subject="estate",
            severity="major",
            gate="off",
            basis="target",
            cite={"fr": "Annonce ministérielle de juin 2022", "en": "Ministerial announcement of June 2022"},
            url=None,
            in_force_from="2022-06-01",
            in_force_to=None,
            applies=True,
            text=TextRead(None, "2026-11-22", "secondary"),
            remediation={
                "fr": "Établir d’abord le lieu et le volume des ressources inconnues.",
                "en": "First establish the place and size of the unknown resources.",
            },
            parameters={"target": "0.40"},
            relaxed=(),
            min_evidence=None,
            law=None,
            counts=Counts(passed=1) if variant == "volume-territorial" else Counts(),
            weakest_pass="declared" if variant == "volume-territorial" else None,
        )
        for variant, fr, en in (
            ("volume-strict", "par volume, lecture stricte", "by volume, strict reading"),
            ("count-strict", "par nombre, lecture stricte", "by count, strict reading"),
            ("class-strict", "pondérée par classe, lecture stricte", "weighted by class, strict reading"),
            ("volume-territorial", "par volume, lecture territoriale", "by volume, territorial reading"),
        )
    ),
)

_SHARES = (
    Share("quebec-cloud-share/volume-strict", "volume", "strict", "0.31", "0.58", "0.40", "unknown", 6, 2, 1, 1),
    Share("quebec-cloud-share/count-strict", "count", "strict", "0.2", "0.3333", "0.40", "fail", 9, 1, 0, 0),
    Share("quebec-cloud-share/class-strict", "class", "strict", "0.27", "0.51", "0.40", "unknown", 6, 2, 0, 0, True),
    Share("quebec-cloud-share/volume-territorial", "volume", "territorial", "0.42", "1", "0.40", "pass", 6, 2, 1, 1),
)

_LAWS = (
    LawView(
        "us-cloud-act",
        {"fr": "CLOUD Act", "en": "CLOUD Act"},
        _CLOUD_ACT_CITE,
        {
            "fr": "Un fournisseur assujetti au droit américain doit remettre les données qu’il possède, garde ou "
            "contrôle, où qu’elles soient.",
            "en": "A provider subject to United States law must disclose the data in its possession, custody or "
            "control, wherever they are.",
        },
        None,
        ("US",),
        "in_force",
        "2018-03-23",
        None,
        "https://uscode.house.gov/view.xhtml?req=granuleid:USC-prelim-title18-section2713",
        TextRead("2026-04-21", "2026-11-22", "republished"),
    ),
    LawView(
        "us-fisa-702",
        {"fr": "FISA, article 702", "en": "FISA, section 702"},
        {"fr": "50 U.S.C. § 1881a", "en": "50 U.S.C. § 1881a"},
        {
            "fr": "Surveillance de personnes situées hors des États-Unis.",
            "en": "Surveillance of persons outside the United States.",
        },
        {
            "fr": "Échue le 12 juin 2026, selon la presse; l’état ultérieur n’a pas été vu.",
            "en": "Lapsed on 12 June 2026, according to the press; its later state was not seen.",
        },
        ("US",),
        "lapsed",
        "2008-07-10",
        "2026-06-12",
        None,
        TextRead(None, None, "memory"),
    ),
)

_GAPS = (
    GapView(
        "aws:111122223333",
        "refused",
        "copy",
        "dossier-bd/backup",
        ("place", "key_grade"),
        "111122223333 / ca-central-1",
        "backup:ListCopyJobs",
        "AccessDenied",
    ),
    GapView("aws:111122223333", "throttled", "copy", None, (), "111122223333 / us-east-1", None, None),
    GapView("azure", "not_supported", "resource", None, (), "abonnement exemple", None, None),
    GapView(
        "declarations/imagerie.yaml", "not_asked", "involvement", "radiolab:imagerie", ("access",), None, None, None
    ),
    GapView("portefeuille.csv", "unreadable", "component", None, (), "feuille « Serveurs »", "mot de passe", None),
)

_NOTES = (
    NoteView("portefeuille.csv", "csv_decimal_comma", {"column": "Volume (Go)"}),
    NoteView("portefeuille.csv", "csv_encoding", {"encoding": "windows-1252"}),
)

_SOURCES = (
    SourceView("aws:111122223333", "aws", 412, 2, "observed"),
    SourceView("azure", "azure", 0, 1, "observed"),
    SourceView("declarations/dossier.yaml", "declaration", 38, 0, "declared"),
    SourceView("declarations/imagerie.yaml", "declaration", 12, 1, "declared"),
    SourceView("portefeuille.csv", "spreadsheet", 25, 1, "documented"),
)

_WAIVERS = (
    WaiverView(
        "d-2026-04",
        "waiver",
        "keys-in-hand",
        ("messagerie",),
        "Dominique Exemple, dirigeante de l’information",
        "Migration vers un magasin de clés externe en cours",
        "2027-03-31",
        "in_effect",
        1,
        1,
    ),
    WaiverView(
        "d-2026-05",
        "waiver",
        "longest-outage",
        ("portail",),
        "Dominique Exemple, dirigeante de l’information",
        "Panne du 3 février 2026, cause corrigée",
        "2026-12-31",
        "in_effect",
        1,
    ),
    WaiverView(
        "d-2025-11",
        "waiver",
        "longest-outage",
        ("imagerie",),
        "Camille Exemple, directeur",
        "Remplacement prévu",
        "2026-06-30",
        "expired",
        0,
        1,
    ),
    WaiverView(
        "d-2026-01",
        "waiver",
        "supported-components",
        ("imagerie-so",),
        "Camille Exemple, directeur",
        "Serveur isolé du réseau",
        "2027-01-31",
        "void",
        0,
        1,
    ),
    WaiverView(
        "regul-01",
        "remediation",
        "copies-in-quebec",
        ("messagerie/primary",),
        "Andrée Exemple, cheffe de service",
        "Évaluation en cours de rédaction",
        "2027-02-28",
        "in_effect",
        1,
    ),
    WaiverView(
        "d-2026-07",
        "waiver",
        "suspension-not-costly",
        ("c-ancien",),
        "Camille Exemple, directeur",
        "Contrat terminé",
        "2027-01-31",
        "unused",
        0,
    ),
)


def _complete(findings: tuple[Finding, ...], systems: tuple[SystemView, ...], names: dict[str, str]) -> Assessment:
    """Fills in whatever follows from the findings and systems, so that an assessment never contradicts itself."""
    systems = tuple(_judged(system, findings) for system in _sorted(systems))
    return Assessment(
        organisation=Organisation("Centre hospitalier exemple", "CA-QC", "health_body"),
        as_of=AS_OF,
        version="0.1.0",
        inputs=(
            Input("declarations/dossier.yaml", "source", hashlib.sha256(b"dossier").hexdigest()),
            Input("declarations/imagerie.yaml", "source", hashlib.sha256(b"imagerie").hexdigest()),
            Input("portefeuille.csv", "source", hashlib.sha256(b"portefeuille").hexdigest()),
            Input("inventory", "inventory", hashlib.sha256(b"inventory").hexdigest()),
            Input("policies", "policies", hashlib.sha256(b"policies").hexdigest()),
            Input("reference", "reference", hashlib.sha256(b"reference").hexdigest()),
            Input("derogations.yaml", "waivers", hashlib.sha256(b"derogations").hexdigest()),
            Input("parameters", "parameters", hashlib.sha256(b"parameters").hexdigest()),
        ),
        parameters={"quebec-cloud-share.target": "0.40", "efvp-refreshed.months": "48"},
        coverage=Coverage(
            systems=len(systems),
            read=sum(system.reach == "read" for system in systems),
            declared=sum(system.reach == "declared" for system in systems),
            unreached=sum(system.reach == "unreached" for system in systems),
            untied_resources=3,
            subjects={"system": len(systems), "resource": 23, "copy": 31, "contract": 4, "party": 11, "component": 13},
            sources=_SOURCES,
            readings=READINGS,
        ),
        gaps=(*_GAPS, *READING_GAPS),
        notes=_NOTES,
        provenance=PROVENANCE,
        rules=tuple(_counted(rule, findings) for rule in sorted(_RULES, key=lambda rule: (rule.policy, rule.id))),
        laws=_LAWS,
        systems=systems,
        territory=_territory(systems),
        sensitive_territory=_territory(s for s in systems if s.data_class in ("sensitive", "health")),
        shares=_SHARES,
        findings=_gravest_first(findings),
        evidence=_evidence(findings),
        waivers=_WAIVERS,
        names=names,
        languages=("fr", "en"),
        packed="verdicts.parquet",
    )


def _sorted(systems: Iterable[SystemView]) -> list[SystemView]:
    return sorted(systems, key=lambda system: (system.origin == "bulk", system.name))


def _judged(system: SystemView, findings: tuple[Finding, ...]) -> SystemView:
    worst: dict[str, str] = (
        {} if system.reach == "unreached" else {"copies-in-quebec": "pass", "longest-outage": "pass"}
    )
    rank = {"fail": 0, "unknown": 1, "waived": 2, "pass": 3, "not_applicable": 4}
    for finding in findings:
        if system.id in finding.systems:
            word = "waived" if finding.waiver else finding.verdict
            if rank[word] < rank[worst.get(finding.rule, "not_applicable")]:
                worst[finding.rule] = word
    if system.id == PORTAIL:
        worst |= {"us-cloud-act": "pass", "health-efvp-before-outside-quebec": "not_applicable"}
    grades = ("observed", "documented", "declared", "reported", "inferred", "assumed")
    used = [fact.grade for fact in system.known]
    weakest = max(used, key=grades.index) if used else None
    return dataclasses.replace(system, verdicts=dict(sorted(worst.items())), weakest=weakest)


def _counted(rule: RuleResult, findings: tuple[Finding, ...]) -> RuleResult:
    mine = Counter("waived" if f.waiver else f.verdict for f in findings if f.rule == rule.id)
    counts = dataclasses.replace(rule.counts, failed=mine["fail"], unknown=mine["unknown"], waived=mine["waived"])
    return dataclasses.replace(rule, counts=counts)


def _gravest_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    severity = {rule.id: ("blocking", "major", "minor", "info").index(rule.severity) for rule in _RULES}
    return tuple(
        sorted(
            findings,
            key=lambda f: (f.waiver is not None, f.verdict != "fail", severity[f.rule], f.rule, f.subject, f.id),
        )
    )


def _territory(systems: Iterable[SystemView]) -> tuple[PlaceVolume, ...]:
    groups: dict[tuple[str, str], list[PlaceVolume]] = {}
    for system in systems:
        for volume in system.places:
            groups.setdefault((volume.place or "~", volume.kind or "~"), []).append(volume)
    return tuple(
        PlaceVolume(
            members[0].place,
            members[0].kind,
            sum(v.copies for v in members),
            sum(v.bytes_low for v in members),
            None if any(v.bytes_high is None for v in members) else sum(v.bytes_high or 0 for v in members),
        )
        for _, members in sorted(groups.items())
    )


def _evidence(findings: tuple[Finding, ...]) -> tuple[EvidenceShare, ...]:
    tally = Counter(
        "none" if fact.provenance is None else PROVENANCE[fact.provenance].grade
        for finding in findings
        for fact in finding.facts
    )
    order = ("observed", "documented", "declared", "reported", "inferred", "assumed", "none")
    return tuple(EvidenceShare(grade, tally[grade]) for grade in order if tally[grade])
