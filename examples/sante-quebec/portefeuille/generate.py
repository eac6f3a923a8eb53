"""Écrit le portefeuille fictif de l'exemple : 140 applications et 1 200 serveurs, tous inventés.

Writes the example's synthetic portfolio: 140 applications and 1,200 servers, all invented. Run it again, and it writes
the same bytes: the numbers come from a seed, the workbook is stored uncompressed, and no clock is read.

    python generate.py [folder]

Only the names of products and the ends of their support are real (endoflife.date, read 2026-11-23).
"""

from __future__ import annotations

import csv
import io
import random
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import TypeVar
from xml.sax.saxutils import escape

APPLICATIONS = 140
SERVERS = 1200
SEED = 20260331
EXPORTED = date(2026, 3, 31)

Cell = str | int | float | date | None
T = TypeVar("T")

APPLICATION_HEADERS = (
    "Code", "Nom de l’application", "Objet", "État", "Criticité", "Sensibilité", "Renseignements personnels",
    "Renseignements de santé", "Fournisseur", "Lieu du fournisseur", "Rôle du fournisseur", "Accès du fournisseur",
    "Plan de continuité", "Solution de rechange", "Dernier essai", "Disponibilité visée (%)", "Début du projet",
    "EFVP", "Date de l’EFVP", "Valeur du contrat ($)", "Mois observés", "Registre des pannes complet", "Pannes",
    "Minutes de panne", "Liste des fournisseurs complète", "Liste des serveurs complète",
    "Registre des EFVP complet",
)  # fmt: skip
SERVER_HEADERS = (
    "Serveur", "Nom", "Application", "Environnement", "Site", "Espace utilisé (Go)", "Site de la sauvegarde",
    "Système d’exploitation", "Version", "Fin du soutien", "Fin du soutien prolongé", "Exposé à Internet", "Isolé",
    "Toutes les copies recensées",
)  # fmt: skip

FUNCTIONS = (
    "Admission", "Archives", "Banque de sang", "Bloc opératoire", "Cardiologie", "Dictée", "Échographie", "Finances",
    "Formation", "Gestion des lits", "Horaires", "Imagerie", "Immunisation", "Intranet", "Laboratoire", "Logistique",
    "Messagerie", "Nutrition", "Obstétrique", "Oncologie", "Paie", "Pharmacie", "Portail des usagers", "Prélèvements",
    "Radiothérapie", "Recherche", "Ressources humaines", "Rendez-vous", "Santé mentale", "Soins à domicile",
    "Statistiques", "Stérilisation", "Télésanté", "Transport", "Urgence",
)  # fmt: skip
CLINICAL = frozenset(FUNCTIONS) - {
    "Finances", "Formation", "Intranet", "Logistique", "Messagerie", "Paie", "Ressources humaines", "Horaires",
    "Statistiques", "Transport",
}  # fmt: skip
SUPPLIERS = (
    ("Fournisseur fictif A inc.", "CA-QC"), ("Fournisseur fictif B inc.", "CA-QC"),
    ("Fournisseur fictif C inc.", "CA-QC"), ("Fournisseur fictif D ltée", "CA-ON"),
    ("Fournisseur fictif E ltée", "CA-ON"), ("Fournisseur fictif F Corp.", "US"),
    ("Fournisseur fictif G LLC", "US"), ("Fournisseur fictif H Inc.", "US"),
    ("Fournisseur fictif I SAS", "FR"), ("Fournisseur fictif J AB", "SE"), ("Fournisseur fictif K Ltd", ""),
)  # fmt: skip
# Product, version, end of support, end of the extended support that can be bought, share of the servers.
SYSTEMS = (
    ("Windows Server", "2008 R2", date(2020, 1, 14), date(2023, 1, 10), 3),
    ("Windows Server", "2012", date(2023, 10, 10), date(2026, 10, 13), 4),
    ("Windows Server", "2012 R2", date(2023, 10, 10), date(2026, 10, 13), 14),
    ("Windows Server", "2016", date(2027, 1, 12), date(2030, 1, 12), 20),
    ("Windows Server", "2019", date(2029, 1, 9), None, 24),
    ("Windows Server", "2022", date(2031, 10, 14), None, 14),
    ("Red Hat Enterprise Linux", "7", date(2024, 6, 30), None, 7),
    ("Red Hat Enterprise Linux", "8", date(2029, 5, 31), None, 6),
    ("Red Hat Enterprise Linux", "9", date(2032, 5, 31), None, 4),
    ("Ubuntu", "20.04", date(2025, 5, 31), None, 2),
    ("Ubuntu", "22.04", date(2027, 4, 1), None, 2),
)
SITES = (("Centre de traitement A, Québec", 46), ("Centre de traitement B, Montréal", 38), ("Toronto", 7),
         ("Virginie", 3), ("Inconnu", 6))  # fmt: skip


class Draws:
    """Random choices that depend on nothing but the seed and `random.random`, which no version of Python changes."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def chance(self, percent: float) -> bool:
        """Whether something of that likelihood happens."""
        return self._random.random() * 100 < percent

    def whole(self, low: int, high: int) -> int:
        """A whole number between two, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def one(self, items: tuple[T, ...]) -> T:
        """One of equally likely items."""
        return items[self.whole(0, len(items) - 1)]

    def weighted(self, items: tuple[tuple[T, int], ...]) -> T:
        """One of items with their shares."""
        point = self._random.random() * sum(weight for _, weight in items)
        for item, weight in items:
            point -= weight
            if point < 0:
                return item
        return items[-1][0]

    def day(self, first: int, last: int) -> date:
        """A day between two years, both included."""
        return date(self.whole(first, last), self.whole(1, 12), self.whole(1, 28))


def applications(draws: Draws) -> list[list[Cell]]:
    """One row an application, the header first."""
    checks = Draws(SEED + 1)
    rows: list[list[Cell]] = [[*APPLICATION_HEADERS]]
    for number in range(1, APPLICATIONS + 1):
        function = FUNCTIONS[(number - 1) % len(FUNCTIONS)]
        clinical = function in CLINICAL
        state = draws.weighted((("En service", 88), ("En développement", 6), ("Planifiée", 3), ("Retirée", 3)))
        criticality = draws.weighted((("Critique", 30 if clinical else 10), ("Importante", 35), ("Ordinaire", 35)))
        if clinical:
            sensitivity = draws.weighted((("Santé", 80), ("Sensible", 12), ("", 8)))
        else:
            sensitivity = draws.weighted((("Interne", 45), ("Sensible", 35), ("Publique", 12), ("", 8)))
        health = {"Santé": "Oui", "": ""}.get(sensitivity, "Non")
        personal = "Oui" if sensitivity in ("Santé", "Sensible") else "" if not sensitivity else "Non"
        supplier, place = draws.one(SUPPLIERS) if draws.chance(82) else ("", "")
        role = draws.weighted((("Licence", 45), ("Soutien", 30), ("Hébergement", 15), ("", 10))) if supplier else ""
        accesses = {"Licence": "Aucun", "Soutien": "Soutien à distance", "Hébergement": "Hébergement"}
        access = accesses.get(role, "") if draws.chance(75) else "À déterminer" if supplier else ""
        planned = draws.weighted((("O", 55), ("N", 30), ("", 15)))
        fallback = draws.weighted(
            (("Papier", 30), ("Partielle", 30), ("Informatique seulement", 15), ("Aucune", 10), ("", 15))
        )
        tested = draws.day(2022, 2025) if fallback in ("Papier", "Partielle") and draws.chance(60) else None
        target = draws.one(("99,5", "99,9", "98", "99,95")) if draws.chance(70) else ""
        started = draws.day(2008, 2025)
        efvp = (
            draws.weighted((("Faite", 35), ("En cours", 12), ("Non faite", 18), ("", 35))) if personal == "Oui" else ""
        )
        assessed = draws.day(2023, 2025) if efvp == "Faite" else None
        value = draws.whole(20, 4800) * 1000 if supplier and draws.chance(60) else None
        observed = draws.chance(40) and state == "En service"
        failures = draws.whole(0, 9) if observed else None
        minutes = sum(draws.whole(4, 400) for _ in range(failures)) if failures is not None else None
        rows.append(
            [
                f"FICTIF-APP-{number:03}", f"{function} {1 + (number - 1) // len(FUNCTIONS)} (application fictive)",
                function, state, criticality, sensitivity, personal, health, supplier, place, role, access, planned,
                fallback, _french(tested), target, _french(started), efvp, _french(assessed), _spaced(value),
                12 if observed else None,
                "Oui" if observed and draws.chance(80) else "", failures, minutes,
                checks.weighted((("Oui", 60), ("Non", 15), ("", 25))), checks.weighted((("Oui", 70), ("", 30))),
                "Oui" if checks.chance(45) else "",
            ]
        )  # fmt: skip
    return rows


def servers(draws: Draws) -> list[list[Cell]]:
    """One row a server, the header first; each application has at least one."""
    checks = Draws(SEED + 2)
    rows: list[list[Cell]] = [[*SERVER_HEADERS]]
    systems = tuple(((product, version, ends, extended), share) for product, version, ends, extended, share in SYSTEMS)
    for number in range(1, SERVERS + 1):
        application = number if number <= APPLICATIONS else draws.whole(1, APPLICATIONS)
        environment = draws.weighted((("Production", 70), ("Essais", 18), ("Développement", 8), ("Formation", 4)))
        site = draws.weighted(SITES)
        product, version, ends, extended = draws.weighted(systems)
        size = draws.whole(200, 40000) / 10 if draws.chance(88) else None
        backup = draws.weighted(SITES) if draws.chance(70) else None
        bought = extended if extended is not None and ends < EXPORTED and draws.chance(35) else None
        exposed = draws.weighted((("Non", 84), ("Oui", 8), ("", 8)))
        isolated = "X" if ends < EXPORTED and draws.chance(12) else ""
        tied = f"FICTIF-APP-{application:03}" if number <= APPLICATIONS or not draws.chance(4) else ""
        rows.append(
            [
                f"FICTIF-SRV-{number:04}", f"Serveur fictif {number}", tied, environment, site, size, backup, product,
                version, ends, bought, exposed, isolated, "Oui" if checks.chance(96) else "",
            ]
        )  # fmt: skip
    return rows


def _french(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _spaced(number: int | None) -> str:
    """Thousands parted by a no-break space, as Excel exports them in French."""
    return f"{number:,}".replace(",", "\u00a0") if number is not None else ""


def as_csv(rows: list[list[Cell]]) -> bytes:
    """A CSV file as Excel exports it in Québec: Windows-1252, semicolons."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("cp1252")


def as_xlsx(rows: list[list[Cell]], sheet: str) -> bytes:
    """A workbook of one sheet, with a title merged over the table; nothing in it is compressed."""
    width = len(rows[0])
    title: list[Cell] = ["Inventaire fictif des serveurs (tout y est inventé)"]
    lines = [_line(number, row) for number, row in enumerate([title, *rows], 1)]
    names = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>'
        f'<mergeCells count="1"><mergeCell ref="A1:{chr(64 + width)}1"/></mergeCells></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, text in names.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            archive.writestr(entry, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return out.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _line(number: int, row: list[Cell]) -> str:
    cells = "".join(_cell(f"{chr(65 + column)}{number}", cell) for column, cell in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _cell(reference: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, date):
        return f'<c r="{reference}" s="1"><v>{(cell - date(1899, 12, 30)).days}</v></c>'
    if isinstance(cell, (int, float)):
        return f'<c r="{reference}"><v>{cell}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


def main(folder: Path) -> None:
    """Writes both files into a folder."""
    draws = Draws(SEED)
    (folder / "applications.csv").write_bytes(as_csv(applications(draws)))
    (folder / "serveurs.xlsx").write_bytes(as_xlsx(servers(draws), "Serveurs"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
