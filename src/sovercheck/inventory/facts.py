"""The closed registry of facts: what can be known of each subject, its type, who can settle it, and with what.

A fact's meaning and the question to ask stand in the catalogues, in both languages, as `fact.<name>` and
`fact.<name>.question`; the words of its values as `value.<word>`. Nothing else in the program may name a fact that is
not here: a rule, a declaration or a column that does is refused where it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Literal

from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass

Subject = Literal["copy", "resource", "system", "contract", "party", "component", "estate"]
SUBJECTS: tuple[Subject, ...] = ("copy", "resource", "system", "contract", "party", "component", "estate")


class Type(Enum):
    """How a fact is written, stored and compared."""

    TEXT = "text"
    WORD = "word"
    """One of the fact's listed words; ordered as listed where the fact says so."""
    BOOLEAN = "boolean"
    PLACE = "place"
    DATE = "date"
    """An ISO date, perhaps only a year or a month: then an interval."""
    NUMBER = "number"
    """A decimal, or an interval of them ({at_least: …, at_most: …}); an absent end is unbounded."""
    BYTES = "bytes"
    """A whole number of bytes, or an interval of them."""
    TEXTS = "texts"
    """A list of texts, closed or open (may have members that nobody read)."""
    WORDS = "words"
    PLACES = "places"


LISTS = frozenset({Type.TEXTS, Type.WORDS, Type.PLACES})
INTERVALS = frozenset({Type.NUMBER, Type.BYTES})

Settler = Literal["supplier", "operations", "procurement", "legal", "privacy_officer"]
SETTLERS: tuple[Settler, ...] = ("supplier", "operations", "procurement", "legal", "privacy_officer")

DATA_CLASSES = ("public", "internal", "sensitive", "health")
COPY_KINDS = ("primary", "replica", "backup", "log", "identity", "support", "edge", "processing")
ACCESS_LEVELS = ("no_access", "licence", "supervised_support", "remote_support", "administration", "hosting")
ROLES = ("hosts", "administers", "supports", "licenses", "owns", "supplies", "processes")
KEY_GRADES = ("K0", "K1", "K2", "K3", "K4")


@dataclass(frozen=True, slots=True)
class Fact:
    """One named, typed value of a subject or of a link between subjects.

    Attributes:
        table: the subject, or the link table, that has it.
        short: its name within the table.
        type: how it is written and compared.
        words: the values that a word may take, in order of rank where rank means something.
        settled_by: who can answer for it.
        accepted: the weakest evidence that settles it for good; weaker evidence informs only.
        derived: computed from other facts, never declared.
        unit: of a number.
    """

    table: str
    short: str
    type: Type
    settled_by: Settler
    words: tuple[str, ...] = ()
    accepted: Grade = Grade.DECLARED
    derived: bool = False
    unit: str | None = None

    @property
    def name(self) -> str:
        """The full name, `copy.place`."""
        return f"{self.table}.{self.short}"

    @property
    def is_list(self) -> bool:
        """Whether its value is a list, closed or open."""
        return self.type in LISTS

    @property
    def is_interval(self) -> bool:
        """Whether its value is an interval of numbers."""
        return self.type in INTERVALS


@dataclass(frozen=True, slots=True)
class Table:
    """A subject or a link table: its facts, and the subjects that its rows point to.

    Attributes:
        name: of the table.
        links: column → the table it points to.
        required_links: those that each row must have.
        plural: the key of its rows in declarations.
    """

    name: str
    plural: str
    links: dict[str, str]
    required_links: tuple[str, ...] = ()


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("party", "parties", {}),
        Table("system", "systems", {}),
        Table("resource", "resources", {"provider": "party"}),
        Table("copy", "copies", {"resource": "resource", "provider": "party"}, ("resource",)),
        Table("contract", "contracts", {"system": "system", "party": "party", "parent": "contract"}, ()),
        Table("component", "components", {"system": "system", "resource": "resource"}),
        Table("estate", "estates", {}),
        Table(
            "involvement", "involvements", {"party": "party", "system": "system", "resource": "resource"}, ("party",)
        ),
        Table("ownership", "ownership", {"owner": "party", "owned": "party"}, ("owner", "owned")),
        Table("outage", "outages", {"system": "system"}, ("system",)),
        Table("efvp", "efvps", {"system": "system"}, ("system",)),
        Table("tie", "ties", {"resource": "resource", "system": "system"}, ("resource", "system")),
    )
}


def _facts() -> Iterator[Fact]:
    def of(table: str, settled_by: Settler, accepted: Grade = Grade.DECLARED) -> _Maker:
        return _Maker(table, settled_by, accepted)

    documented, observed = Grade.DOCUMENTED, Grade.OBSERVED

    copy = of("copy", "supplier")
    yield copy("kind", Type.WORD, COPY_KINDS)
    yield copy("place", Type.PLACE, accepted=observed)
    yield copy("region", Type.TEXT)
    yield copy("since", Type.DATE)
    yield copy("bytes", Type.BYTES)
    yield copy("key_grade", Type.WORD, KEY_GRADES, accepted=observed)
    yield copy("key_manager", Type.WORD, ("provider", "customer"), accepted=observed)
    yield copy("key_place", Type.PLACE)
    yield copy("key", Type.TEXT, by="operations")
    yield copy("account", Type.TEXT, by="operations")
    yield copy("contradicted", Type.TEXTS, derived=True, by="operations")

    resource = of("resource", "operations")
    yield resource("name", Type.TEXT)
    yield resource("kind", Type.TEXT)
    yield resource("native_type", Type.TEXT)
    yield resource("holds_data", Type.BOOLEAN)
    yield resource("reads_plaintext", Type.BOOLEAN)
    yield resource("environment", Type.WORD, ("production", "test", "development", "training"))
    yield resource("bytes", Type.BYTES)
    yield resource("bytes_basis", Type.WORD, ("used", "allocated"))
    yield resource("account", Type.TEXT)
    yield resource("group", Type.TEXT)
    yield resource("tags", Type.TEXTS)
    yield resource("shared_with", Type.TEXTS, accepted=observed)
    yield resource("usable_places", Type.PLACES, accepted=observed)
    yield resource("copies_complete", Type.BOOLEAN, by="supplier")
    yield resource("involvements_complete", Type.BOOLEAN, by="supplier")
    yield resource("place", Type.PLACE, derived=True, by="supplier")
    yield resource("places", Type.PLACES, derived=True, by="supplier")
    yield resource("owner_places", Type.PLACES, derived=True, by="procurement")
    yield resource("systems", Type.TEXTS, derived=True)
    yield resource("contradicted", Type.TEXTS, derived=True)

    system = of("system", "operations")
    yield system("name", Type.TEXT)
    yield system("purpose", Type.TEXT)
    yield system("status", Type.WORD, ("planned", "building", "in_service", "suspended", "retired"))
    yield system("criticality", Type.WORD, ("ordinary", "important", "critical"))
    yield system("data_class", Type.WORD, DATA_CLASSES, by="privacy_officer")
    yield system("holds_personal_information", Type.BOOLEAN, by="privacy_officer")
    yield system("holds_health_information", Type.BOOLEAN, by="privacy_officer")
    yield system("custodian_kind", Type.WORD, ("public_body", "health_body", "private", "federal_body"), by="legal")
    yield system("custodian_place", Type.PLACE, by="legal")
    yield system("project_started", Type.DATE, by="procurement")
    yield system("is_project", Type.BOOLEAN, by="procurement")
    yield system("continuity_plan", Type.BOOLEAN)
    yield system("fallback", Type.WORD, ("no_fallback", "it_only", "partial", "non_it"))
    yield system("fallback_tested_on", Type.DATE)
    yield system("availability_target", Type.NUMBER, by="procurement", unit="%")
    yield system("longest_outage_target", Type.NUMBER, by="procurement", unit="min")
    yield system("observed_months", Type.NUMBER, unit="mo")
    yield system("outages_complete", Type.BOOLEAN)
    yield system("resources_complete", Type.BOOLEAN)
    yield system("involvements_complete", Type.BOOLEAN, by="supplier")
    yield system("contracts_complete", Type.BOOLEAN, by="procurement")
    yield system("efvps_complete", Type.BOOLEAN, by="privacy_officer")
    yield system("places", Type.PLACES, derived=True, by="supplier")
    for kind in COPY_KINDS:
        yield system(f"{kind}_places", Type.PLACES, derived=True, by="supplier")
    yield system("access_places", Type.PLACES, derived=True, by="supplier")
    yield system("parties", Type.TEXTS, derived=True, by="procurement")
    yield system("owners_known", Type.BOOLEAN, derived=True, by="procurement", accepted=documented)
    yield system("availability", Type.NUMBER, derived=True, unit="%")
    yield system("longest_outage", Type.NUMBER, derived=True, unit="min")
    yield system("outage_minutes", Type.NUMBER, derived=True, unit="min")
    yield system("contradicted", Type.TEXTS, derived=True)

    contract = of("contract", "procurement", documented)
    yield contract("name", Type.TEXT)
    yield contract("category", Type.WORD, ("services", "supply", "construction", "mixed"), by="legal")
    yield contract("value", Type.NUMBER, unit="CAD")
    yield contract("is_subcontract", Type.BOOLEAN)
    yield contract("process_started", Type.DATE)
    yield contract("concluded", Type.DATE)
    yield contract("term_months", Type.NUMBER, unit="mo")
    yield contract("amp_authorised_at_conclusion", Type.BOOLEAN)
    yield contract("performed_in_quebec", Type.BOOLEAN)
    yield contract("contractor_established_in_quebec", Type.BOOLEAN)
    yield contract("contractor_is_health_body", Type.BOOLEAN, by="legal")
    yield contract("is_care_services", Type.BOOLEAN, by="legal")
    yield contract("communicates_personal_information", Type.BOOLEAN, by="privacy_officer")
    yield contract("communicates_health_information", Type.BOOLEAN, by="privacy_officer")
    yield contract("performed_remotely", Type.BOOLEAN)
    yield contract("is_written", Type.BOOLEAN)
    yield contract(
        "clauses",
        Type.WORDS,
        (
            "applicable_provisions",
            "protection_measures",
            "undertakings_before_access",
            "authorised_products_only",
            "prompt_notice",
            "right_to_verify",
            "no_retention_after_end",
            "efvp_reflected",
            "notice_of_orders",
            "early_termination",
        ),
    )
    yield contract("suspension_is_costly", Type.BOOLEAN, by="legal")
    yield contract("protects_against_delay", Type.BOOLEAN, by="legal")
    yield contract("contradicted", Type.TEXTS, derived=True)

    party = of("party", "procurement", documented)
    yield party("name", Type.TEXT)
    yield party("place", Type.PLACE)
    yield party("incorporated_in", Type.PLACE)
    yield party("kind", Type.WORD, ("company", "public_body", "non_profit", "person"))
    yield party("present_in", Type.PLACES)
    yield party("owners_complete", Type.BOOLEAN)
    yield party("presence_complete", Type.BOOLEAN)
    yield party("is_supplier", Type.BOOLEAN, derived=True)
    yield party("ultimate_owners", Type.TEXTS, derived=True)
    yield party("ultimate_owner_places", Type.PLACES, derived=True)
    yield party("contradicted", Type.TEXTS, derived=True)

    component = of("component", "operations")
    yield component("product", Type.TEXT)
    yield component("version", Type.TEXT)
    yield component("support_ends", Type.DATE, accepted=documented)
    yield component("extended_support_ends", Type.DATE, by="procurement", accepted=documented)
    yield component("internet_facing", Type.BOOLEAN)
    yield component("isolated", Type.BOOLEAN)
    yield component("contradicted", Type.TEXTS, derived=True)

    estate = of("estate", "operations")
    yield estate("organisation", Type.TEXT)
    yield estate("organisation_kind", Type.WORD, ("public_body", "health_body", "private", "federal_body"))
    yield estate("organisation_place", Type.PLACE)
    yield estate("resources_complete", Type.BOOLEAN)
    yield estate("systems_complete", Type.BOOLEAN)

    involvement = of("involvement", "supplier")
    yield involvement("role", Type.WORD, ROLES)
    yield involvement("access", Type.WORD, ACCESS_LEVELS)
    yield involvement("from_places", Type.PLACES)
    yield involvement("on_behalf_of", Type.TEXT)

    ownership = of("ownership", "procurement", documented)
    yield ownership("percent", Type.NUMBER, unit="%")
    yield ownership("control", Type.BOOLEAN)
    yield ownership("since", Type.DATE)
    yield ownership("until", Type.DATE)

    outage = of("outage", "operations")
    yield outage("started", Type.DATE)
    yield outage("count", Type.NUMBER)
    yield outage("minutes", Type.NUMBER, unit="min")
    yield outage("promised_minutes", Type.NUMBER, unit="min")
    yield outage("cause", Type.TEXT)

    efvp = of("efvp", "privacy_officer", documented)
    yield efvp("kind", Type.WORD, ("project", "outside_quebec", "certification"))
    yield efvp("places", Type.PLACES)
    yield efvp("date", Type.DATE)
    yield efvp("status", Type.WORD, ("not_done", "under_way", "done"))
    yield efvp("conclusion", Type.WORD, ("inadequate", "adequate"), by="legal")
    yield efvp("factors", Type.WORDS, ("sensitivity", "purpose", "protections", "legal_regime"))
    yield efvp("agreement", Type.BOOLEAN)
    yield efvp("committee_consulted", Type.BOOLEAN)
    for short, type_, words in (
        ("status", Type.WORD, ("not_done", "under_way", "done")),
        ("date", Type.DATE, ()),
        ("committee_consulted", Type.BOOLEAN, ()),
        ("is_certification", Type.BOOLEAN, ()),
    ):
        yield of("project_efvp", "privacy_officer", documented)(short, type_, words, derived=True)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Fills in what the facts of one table have in common."""

    table: str
    settled_by: Settler
    accepted: Grade

    def __call__(
        self,
        short: str,
        type_: Type,
        words: tuple[str, ...] = (),
        *,
        by: Settler | None = None,
        accepted: Grade | None = None,
        derived: bool = False,
        unit: str | None = None,
    ) -> Fact:
        return Fact(self.table, short, type_, by or self.settled_by, words, accepted or self.accepted, derived, unit)


FACTS: dict[str, Fact] = {fact.name: fact for fact in _facts()}
"""Every fact by its full name, in the order of the documentation."""


def facts_of(table: str) -> tuple[Fact, ...]:
    """The facts of one table, in order."""
    return tuple(fact for fact in FACTS.values() if fact.table == table)


SCOPES: dict[Subject, tuple[str, ...]] = {
    "copy": ("copy", "resource", "system", "efvp", "estate"),
    "resource": ("resource", "system", "estate"),
    "system": ("system", "project_efvp", "estate"),
    "contract": ("contract", "system", "party", "project_efvp", "estate"),
    "party": ("party", "estate"),
    "component": ("component", "resource", "system", "estate"),
    "estate": ("estate",),
}
"""The tables whose facts a rule about a subject may read: its own, then what it belongs to."""


def in_scope(fact: Fact, subject: Subject) -> bool:
    """Whether a rule about a subject may read a fact."""
    return fact.table in SCOPES[subject]
