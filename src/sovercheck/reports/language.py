"""How numbers, dates, places, facts and verdicts are said in a report, in French and in English.

French as Québec's public service writes it: no-break spaces inside numbers, before « % », « $ » and units. The words
come from the catalogues; a word of an assessment that they do not have (another version wrote it) stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

from sovercheck import messages
from sovercheck.findings import DecidingFact, Finding, RuleResult, wording
from sovercheck.inventory.facts import FACTS, Fact, Type
from sovercheck.messages import Lang

if TYPE_CHECKING:
    from sovercheck.reference.places import Places

NBSP = "\u00a0"

_FRENCH_NUMBER = str.maketrans({",": NBSP, ".": ","})

_BYTE_UNITS: tuple[tuple[int, str, str], ...] = (
    (10**15, "Po", "PB"),
    (10**12, "To", "TB"),
    (10**9, "Go", "GB"),
    (10**6, "Mo", "MB"),
    (10**3, "ko", "kB"),
)
"""Decimal multiples, as disks and clouds are sold."""


def _places() -> Places:
    from sovercheck.reference import shipped_places

    return shipped_places()


class Language:
    """Everything that is said differently in French and in English.

    Args:
        lang: `fr` or `en`; both as Canada writes them.
    """

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang
        self._point = "," if lang == "fr" else "."
        self.other: Lang = "en" if lang == "fr" else "fr"
        self._fixed: dict[str, str] = {}

    # Sentences

    def text(self, key: str, /, **params: object) -> str:
        """A sentence of the catalogues; see `messages.text`."""
        if params:
            return messages.text(key, self.lang, **params)
        if key not in self._fixed:
            self._fixed[key] = messages.text(key, self.lang)
        return self._fixed[key]

    def word(self, family: str, word: str | None) -> str:
        """The word `<family>.<word>` of the catalogues; `not known` for None."""
        if word is None:
            return self.text("state.unknown")
        key = f"{family}.{word}"
        return self.text(key) if messages.has(key) else word

    def says(self, texts: dict[str, str]) -> str:
        """The text of a rule or a law in this language, or in the one that it has."""
        return texts.get(self.lang) or texts.get(self.other, "")

    def enumeration(self, items: Iterable[str]) -> str:
        """« a, b et c »."""
        listed = list(items)
        if len(listed) < 2:
            return "".join(listed)
        return f"{', '.join(listed[:-1])} {self.text('list.and')} {listed[-1]}"

    def pair(self, label: str, value: str) -> str:
        """« label : value »."""
        return self.text("pair", label=label, value=value)

    # Numbers

    def number(self, value: int | str | Decimal, *, digits: int = 3) -> str:
        """A number with at most so many decimals: « 24 818 », « 98,17 »; a text that is no number stands as it is."""
        amount = _decimal(value)
        if amount is None:
            return str(value)
        said = self._written(amount, digits)
        return said.rstrip("0").rstrip(self._point) if digits else said

    def _written(self, amount: Decimal, digits: int) -> str:
        """With exactly so many decimals, as CLDR writes it; importing Babel takes longer than the whole gate may."""
        said = f"{amount:,.{digits}f}"
        return said.translate(_FRENCH_NUMBER) if self.lang == "fr" else said

    def percent(self, value: int | str | Decimal, *, digits: int = 3) -> str:
        """A number of hundredths: 98.17 is « 98,17 % »."""
        space = NBSP if self.lang == "fr" else ""
        return f"{self.number(value, digits=digits)}{space}%"

    def share(self, value: int | str | Decimal, *, digits: int = 0) -> str:
        """A part of one as a percentage: 0.31 is « 31 % »."""
        amount = _decimal(value)
        return str(value) if amount is None else self.percent(amount * 100, digits=digits)

    def money(self, value: int | str | Decimal) -> str:
        """Canadian dollars: « 637 500 000 $ », “$637,500,000”; cents where there are any."""
        amount = _decimal(value)
        if amount is None:
            return str(value)
        said = self._written(amount, 0 if amount == amount.to_integral_value() else 2)
        return f"{said}{NBSP}$" if self.lang == "fr" else f"${said}"

    def bytes(self, value: int | str | Decimal) -> str:
        """A volume in decimal units, to three figures: « 1,82 To », “405 MB”."""
        amount = _decimal(value)
        if amount is None:
            return str(value)
        for size, french, english in _BYTE_UNITS:
            if amount >= size:
                scaled = amount / size
                digits = 0 if scaled >= 100 else 1 if scaled >= 10 else 2
                return f"{self.number(scaled, digits=digits)}{NBSP}{french if self.lang == 'fr' else english}"
        return f"{self.number(amount, digits=0)}{NBSP}{'o' if self.lang == 'fr' else 'B'}"

    def duration(self, minutes: int | str | Decimal) -> str:
        """Minutes as hours and minutes, and days from two days on: « 29 min », « 3 h 30 min », « 17 j 5 h »."""
        amount = _decimal(minutes)
        if amount is None:
            return str(minutes)
        if amount != amount.to_integral_value() or amount < 60:
            return f"{self.number(amount, digits=1)}{NBSP}min"
        hours, rest = divmod(int(amount), 60)
        days, hours = divmod(hours, 24) if hours >= 48 else (0, hours)
        parts = [(days, "j" if self.lang == "fr" else "d"), (hours, "h"), (rest, "min")]
        return NBSP.join(f"{self.number(count)}{NBSP}{unit}" for count, unit in parts if count)

    def months(self, count: int | str | Decimal) -> str:
        """« 31 mois »."""
        amount = _decimal(count)
        if amount is None:
            return str(count)
        return self.text("unit.months", n=amount, count=self.number(amount))

    # Dates

    def date(self, iso: str | None) -> str:
        """A day, a month or a year: « 22 novembre 2026 », « novembre 2026 », « 2026 »; `not known` for None."""
        if iso is None:
            return self.text("state.unknown")
        return _date(iso, self.lang)

    # Places

    def place(self, code: str | None) -> str:
        """« Québec », « Virginie, É.-U. »; « lieu inconnu » for None."""
        return self.text("place.unknown") if code is None else _places().name(code, self.lang)

    # Facts

    def fact(self, name: str) -> str:
        """What a fact of the registry means, in one line."""
        return self.word("fact", name)

    def question(self, name: str) -> str:
        """The question that settles a fact."""
        key = f"fact.{name}.question"
        return self.text(key) if messages.has(key) else self.fact(name)

    def value(self, fact: DecidingFact) -> str:
        """The value of a fact, or why there is none: « oui », « au moins 405 Mo », « Québec, peut-être d’autres »."""
        if fact.state not in ("known", "weak"):
            return self.word("state", fact.state)
        known = FACTS.get(fact.fact)
        if isinstance(fact.value, tuple):
            return self._members(known, fact.value, is_open=fact.open)
        if fact.value is None and fact.high is None:
            return self.text("state.none")
        if known is not None and known.is_interval:
            return self.interval(fact.value, fact.high, known)
        return self._one(known, fact.value or "")

    def interval(self, low: str | None, high: str | None, fact: Fact | None) -> str:
        """« 405 », « de 405 à 408 », « au moins 405 », « au plus 408 »; without a fact, of plain numbers."""
        if low == high and low is not None:
            return self._one(fact, low)
        if high is None:
            return self.text("interval.at_least", low=self._one(fact, low or "0"))
        if low is None or _decimal(low) == 0:
            return self.text("interval.at_most", high=self._one(fact, high))
        return self.text("interval.between", low=self._one(fact, low), high=self._one(fact, high))

    def volume(self, low: int, high: int | None) -> str:
        """The interval of a sum of bytes; « volume inconnu » where nothing bounds it."""
        if high is None and low == 0:
            return self.text("volume.unknown")
        if high is None:
            return self.text("interval.at_least", low=self.bytes(low))
        if low == high:
            return self.bytes(low)
        if low == 0:
            return self.text("interval.at_most", high=self.bytes(high))
        return self.text("interval.between", low=self.bytes(low), high=self.bytes(high))

    def _members(self, fact: Fact | None, members: Sequence[str], *, is_open: bool) -> str:
        if not members:
            return self.text("list.open_empty" if is_open else "state.none")
        said = self.enumeration(self._one(fact, member) for member in members)
        return self.text("list.open", members=said) if is_open else said

    def _one(self, fact: Fact | None, value: str) -> str:
        if fact is None:
            return self.number(value) if _decimal(value) is not None else value
        match fact.type:
            case Type.BOOLEAN:
                return self.word("boolean", value)
            case Type.WORD | Type.WORDS:
                own = f"value.{fact.name}"
                return self.word(own if messages.has(f"{own}.{value}") else "value", value)
            case Type.PLACE | Type.PLACES:
                return self.place(value)
            case Type.DATE:
                return self.date(value)
            case Type.BYTES:
                return self.bytes(value)
            case Type.NUMBER:
                return self._measure(fact.unit, value)
            case Type.TEXT | Type.TEXTS:
                return self.fact(value) if fact.short == "contradicted" else value

    def _measure(self, unit: str | None, value: str) -> str:
        match unit:
            case "%":
                return self.percent(value)
            case "min":
                return self.duration(value)
            case "mo":
                return self.months(value)
            case "CAD":
                return self.money(value)
            case _:
                return self.number(value)

    # Verdicts and what goes with them

    def verdict(self, rule: RuleResult, verdict: str, weakest: str | None, *, legal_reference: bool = True) -> str:
        """The words that a rule's basis gives to a verdict: « non conforme », « écart, selon la presse »."""
        return self.text(wording(rule, verdict, weakest, legal_reference=legal_reference))

    def finding(self, rule: RuleResult, finding: Finding) -> str:
        """The words of a finding: « dérogation » where a waiver is in effect."""
        verdict = "waived" if finding.waiver is not None else finding.verdict
        return self.verdict(rule, verdict, finding.weakest, legal_reference=finding.legal_reference)

    def grade(self, grade: str | None) -> str:
        """« observé », « déclaré »; « sans preuve » for None."""
        return self.word("grade", grade or "none")

    def reason(self, reason: str | None) -> str:
        """Why a verdict is unknown: « sans réponse », « lecture refusée »."""
        return self.word("reason", reason)

    def role(self, role: str | None) -> str:
        """A party's role: « hébergement », « soutien »."""
        return self.word("value", role)

    def access(self, level: str | None) -> str:
        """A level of access: « hébergement », « administration »; « accès non déclaré » for None."""
        return self.text("access.undeclared") if level is None else self.word("value", level)

    def severity(self, severity: str) -> str:
        """« bloquant », « majeur »."""
        return self.word("severity", severity)

    def basis(self, kind: str) -> str:
        """What a rule rests on: « loi », « loi étrangère »."""
        return self.word("basis", kind)

    def gap_reason(self, reason: str) -> str:
        """Why something was not read: « accès refusé »."""
        return self.word("gap_reason", reason)

    def settler(self, settler: str) -> str:
        """Who can answer: « le fournisseur », « les affaires juridiques »."""
        return self.word("settler", settler)

    def subject(self, table: str) -> str:
        """What a rule is about: « copie », « contrat »."""
        return self.word("table", table)

    def level(self, level: str) -> str:
        """How far a law reaches: « aucune exposition connue », « possible », « exposé »."""
        return self.word("level", level)

    def exposure(self, low: str, high: str) -> str:
        """An interval of levels: « exposé », « à évaluer (au moins possible, au plus exposé) »."""
        if low == high:
            return self.level(low)
        return self.text("exposure.open", low=self.level(low), high=self.level(high))


def _decimal(value: int | str | Decimal) -> Decimal | None:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


@cache
def _date(iso: str, lang: Lang) -> str:
    from babel.dates import format_date, format_skeleton

    locale = f"{lang}_CA"
    parts = iso.split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return iso
        if len(numbers) == 2:
            return format_skeleton("yMMMM", date(numbers[0], numbers[1], 1), locale=locale)
        said = format_date(date.fromisoformat(iso), format="long", locale=locale)
    except ValueError:
        return iso
    # CLDR writes « 1 novembre », Québec « 1er novembre ».
    return f"1er{said[1:]}" if lang == "fr" and numbers[2] == 1 else said
