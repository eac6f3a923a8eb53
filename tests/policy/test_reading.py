from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sovercheck import strictyaml
from sovercheck.errors import PolicyError, SovercheckError
from sovercheck.inventory.facts import FACTS
from sovercheck.policy.condition import (
    All,
    AnyOf,
    AsOfSide,
    Before,
    Compare,
    Condition,
    DateSide,
    ExposureAtMost,
    FactSide,
    Not,
)
from sovercheck.policy.parameters import Parameter
from sovercheck.policy.reading import ConditionReader
from sovercheck.reference import Level, Reference

from .conftest import RULE, Write, only_error

PLACE = FACTS["copy.place"]


def read(text: str, reference: Reference, subject: str = "copy", **parameters: strictyaml.Value) -> Condition | None:
    document = strictyaml.loads(text.encode(), "règle")
    known = {name: Parameter(name, value, relaxed=False, place=None) for name, value in parameters.items()}
    reader = ConditionReader(document, known, reference.places, tuple(reference.laws))
    condition = reader.read(document.value, (), subject)  # type: ignore[arg-type]
    if reader.errors:
        raise reader.errors[0]
    return condition


@pytest.mark.parametrize(
    ("written", "column", "fr", "en", "hint"),
    [
        (
            "{copy.plac: {in: [CA-QC]}}",
            11,
            "Le fait « copy.plac » n’existe pas.",
            "The fact “copy.plac” does not exist.",
            "Vouliez-vous écrire « copy.place »?",
        ),
        (
            "{xyzzy: {in: [CA-QC]}}",
            11,
            "Le fait « xyzzy » n’existe pas.",
            "The fact “xyzzy” does not exist.",
            "La commande « sovercheck facts » donne la liste des faits.",
        ),
        (
            "{party.place: {in: [CA-QC]}}",
            11,
            "Une règle dont l’objet est « copy » ne peut pas lire « party.place ».",
            "A rule about a “copy” cannot read “party.place”.",
            "Ce fait se lit dans les règles sur : contract, party. Une règle sur « ",
        ),
        (
            "{involvement.role: {equals: hosts}}",
            11,
            "Aucune règle ne lit directement « involvement.role ».",
            "No rule reads “involvement.role” directly.",
            "Ce fait appartient à un lien; une règle sur « copy » lit les faits de ",
        ),
        (
            "{copy.place: {equals: CA-QC}}",
            24,
            "L’opérateur « equals » ne va pas avec « copy.place »; opérateurs possibles : exists, in, not_in.",
            "The operator “equals” does not go with “copy.place”; possible operators: exists, in, not_in.",
            "",
        ),
        (
            "{copy.place: {on: [CA-QC]}}",
            24,
            "L’opérateur « on » ne va pas avec « copy.place »; opérateurs possibles : exists, in, not_in.",
            "The operator “on” does not go with “copy.place”; possible operators: exists, in, not_in.",
            "",
        ),
        (
            "{copy.kind: {at_least: log}}",
            23,
            "L’opérateur « at_least » ne va pas avec « copy.kind », dont les mots n’ont pas d’ordre.",
            "The operator “at_least” does not go with “copy.kind”, whose words have no order.",
            "Faits dont les mots ont un ordre : copy.key_grade, efvp.conclusion, in",
        ),
        (
            "{copy.since: {less_than: 2020}}",
            24,
            "L’opérateur « less_than » ne va pas avec « copy.since », qui est une date.",
            "The operator “less_than” does not go with “copy.since”, which is a date.",
            "Comparez les dates par before ou not_before : {before: [copy.since, 20",
        ),
        (
            "{copy.place: CA-QC}",
            23,
            "« copy.place » demande un opérateur et une valeur.",
            "“copy.place” takes an operator and a value.",
            "Opérateurs de ce fait : exists, in, not_in. Une date se compare par be",
        ),
        (
            "{copy.place: {in: CA-QC}}",
            28,
            "Une liste de valeurs est attendue, et non « CA-QC ».",
            "A list of values is expected, not “CA-QC”.",
            "Écrivez la liste entre crochets : [CA-QC].",
        ),
        (
            "{copy.place: {in: []}}",
            28,
            "La liste de valeurs est vide.",
            "The list of values is empty.",
            "",
        ),
        (
            "{copy.place: {in: [UK]}}",
            29,
            "« UK » n’est pas un lieu.",
            "“UK” is not a place.",
            "Vouliez-vous dire « GB »?",
        ),
        (
            "{copy.place: {in: [CA-QB]}}",
            29,
            "« CA-QB » n’est pas un lieu.",
            "“CA-QB” is not a place.",
            "Vouliez-vous dire « CA-QC »?",
        ),
        (
            "{copy.place: {in: [Quebec]}}",
            29,
            "« Quebec » n’est pas un lieu.",
            "“Quebec” is not a place.",
            "Vouliez-vous dire « CA-QC »?",
        ),
        (
            "{copy.place: {in: [CA-QC, null]}}",
            36,
            "« null » ne peut pas servir de constante pour « copy.place ».",
            "“null” cannot be a constant for “copy.place”.",
            "Pour dire « on sait qu’il n’y en a pas », écrivez {exists: false}.",
        ),
        (
            "{copy.kind: {in: [replica, bakcup]}}",
            37,
            "« bakcup » n’est pas un mot que « copy.kind » accepte.",
            "“bakcup” is not a word that “copy.kind” takes.",
            "Vouliez-vous dire « backup »?",
        ),
        (
            "{copy.kind: {equals: none}}",
            31,
            "« none » ne peut pas servir de constante pour « copy.kind ».",
            "“none” cannot be a constant for “copy.kind”.",
            "Pour dire « on sait qu’il n’y en a pas », écrivez {exists: false}.",
        ),
        (
            "{copy.bytes: {at_least: beaucoup}}",
            34,
            "« copy.bytes » se compare à un nombre, et non à « beaucoup ».",
            "“copy.bytes” is compared with a number, not with “beaucoup”.",
            "Écrivez le nombre sans espace ni unité, avec un point décimal : 1234.5",
        ),
        (
            "{copy.bytes: {at_least: 1.5}}",
            34,
            "« copy.bytes » doit être un nombre entier d’octets, de 0 à 2^63 - 1, et non 1.5.",
            "“copy.bytes” must be a whole number of bytes, from 0 to 2^63 - 1, not 1.5.",
            "",
        ),
        (
            "{system.holds_personal_information: {equals: oui}}",
            55,
            "« system.holds_personal_information » doit être true ou false, et non « oui ».",
            "“system.holds_personal_information” must be true or false, not “oui”.",
            "",
        ),
        (
            "{copy.place: {exists: oui}}",
            32,
            "« exists » prend true ou false, et non « oui ».",
            "“exists” takes true or false, not “oui”.",
            "",
        ),
        (
            "{before: [copy.since, 2026-02-30]}",
            32,
            "Le jour « 2026-02-30 » n’existe pas.",
            "The day “2026-02-30” does not exist.",
            "",
        ),
        (
            "{before: [copy.since]}",
            19,
            "before et not_before comparent deux dates : [une, autre].",
            "before and not_before compare two dates: [one, other].",
            "",
        ),
        (
            "{before: [copy.place, as_of]}",
            20,
            "« copy.place » n’est pas une date.",
            "“copy.place” is not a date.",
            "",
        ),
        (
            "{before: [copy.since, as_of - 12 moons]}",
            32,
            "« as_of - 12 moons » n’est pas un terme de comparaison.",
            "“as_of - 12 moons” is not a term of a comparison.",
            "Écrivez un fait (efvp.date), une date (2026-01-31, 2026-01, 2026), as_",
        ),
        (
            "{before: [copy.sinc, as_of]}",
            20,
            "Le fait « copy.sinc » n’existe pas.",
            "The fact “copy.sinc” does not exist.",
            "Vouliez-vous écrire « copy.since »?",
        ),
        (
            "{copy.place: {in: [CA-QC]}, copy.kind: {equals: log}}",
            38,
            "Une condition n’a qu’une clé; celle-ci en a plusieurs : copy.place, copy.kind.",
            "A condition has a single key; this one has several: copy.place, copy.kind.",
            "Réunissez-les : all: [{…}, {…}].",
        ),
        (
            "{all: []}",
            16,
            "« all » demande une liste d’au moins une condition.",
            "“all” takes a list of at least one condition.",
            "",
        ),
        (
            "{any: {}}",
            16,
            "« any » demande une liste d’au moins une condition.",
            "“any” takes a list of at least one condition.",
            "",
        ),
        (
            "[]",
            10,
            "Ceci n’est pas une condition.",
            "This is not a condition.",
            "Une condition a une seule clé : all, any, not, before, not_before, exp",
        ),
        (
            "{copy.region: {matches: '^ca'}}",
            34,
            "Le motif contient « ^ » au caractère 1, que les moteurs ne lisent pas tous de la même façon.",
            "The pattern has “^” at character 1, which the engines do not all read alike.",
            "Le motif porte sur la valeur entière, donc sans ^ ni $; tenez-vous-en ",
        ),
        (
            "{copy.place: {in: $allowed}}",
            28,
            "« $allowed » désigne un paramètre, et la règle n’en a aucun.",
            "“$allowed” names a parameter, and the rule has none.",
            "Déclarez-le sous parameters.",
        ),
        (
            "{exposure: {law: us-cloud-act, at_most: none_known}}",
            21,
            "L’exposition se juge sur un système ou une ressource, et non sur « copy ».",
            "Exposure is judged on a system or a resource, not on a “copy”.",
            "",
        ),
        (
            "{copy.place: {in: [none]}}",
            29,
            "« none » ne peut pas servir de constante pour « copy.place ».",
            "“none” cannot be a constant for “copy.place”.",
            "Pour dire « on sait qu’il n’y en a pas », écrivez {exists: false}.",
        ),
    ],
)
def test_a_mistake_is_told_at_its_column(
    written: str, column: int, fr: str, en: str, hint: str, write: Write, reference: Reference
) -> None:
    error = only_error(write(exemple=RULE.replace("{copy.place: {in: [CA-QC]}}", written, 1)), reference)
    assert isinstance(error, PolicyError)
    assert str(error.place) == f"essai/exemple.yaml:10:{column}"
    assert error.message("fr").replace("\u00a0", " ") == fr
    assert error.message("en") == en
    assert (error.hint("fr") or "").replace("\u00a0", " ").startswith(hint)
    assert (error.hint("fr") is None) == (error.hint("en") is None) == (not hint)


def test_every_mistake_of_a_condition_is_told(reference: Reference) -> None:
    document = strictyaml.loads(b"any: [{copy.plac: {in: [CA]}}, {copy.place: {in: [UK], on: [CA]}}]", "r")
    reader = ConditionReader(document, {}, reference.places, ())
    assert reader.read(document.value, (), "copy") is None
    assert [str(error.place) for error in reader.errors] == ["r:1:8", "r:1:51", "r:1:56"]


def test_several_operators_of_a_fact_must_all_hold(reference: Reference) -> None:
    condition = read("copy.key_grade: {at_least: K3, at_most: K4}", reference)
    grade = FACTS["copy.key_grade"]
    assert condition == All((Compare(grade, "at_least", "K3"), Compare(grade, "at_most", "K4")))


def test_groups_nest(reference: Reference) -> None:
    condition = read("any: [{not: {copy.kind: {equals: log}}}, {all: [{copy.place: {exists: false}}]}]", reference)
    kind = Compare(FACTS["copy.kind"], "equals", "log")
    assert condition == AnyOf((Not(kind), All((Compare(PLACE, "exists", value=False),))))


def test_a_group_of_places_becomes_its_members(reference: Reference) -> None:
    condition = read("copy.place: {in: [EU, CH]}", reference)
    assert isinstance(condition, Compare)
    assert isinstance(condition.value, tuple)
    assert set(condition.value) == reference.places.groups["EU"].members | {"CH"}


def test_ontario_and_norway_are_places(reference: Reference) -> None:
    assert read("copy.place: {in: [NO, CA-ON]}", reference) == Compare(PLACE, "in", ("CA-ON", "NO"))


def test_words_keep_the_order_of_the_registry(reference: Reference) -> None:
    condition = read("system.data_class: {in: [health, sensitive, health]}", reference)
    assert condition == Compare(FACTS["system.data_class"], "in", ("sensitive", "health"))


def test_sides_are_facts_dates_and_moved_as_of_dates(reference: Reference) -> None:
    since = FactSide(FACTS["copy.since"])
    assert read("before: [copy.since, 2026-11]", reference) == Before(since, DateSide("2026-11"))
    assert read("not_before: [copy.since, 2026]", reference) == Not(Before(since, DateSide("2026")))
    assert read("before: [as_of - 1 year, as_of + 30 days]", reference) == Before(
        AsOfSide(months=-12), AsOfSide(days=30)
    )
    assert read("before: [as_of, as_of-$n months]", reference, n=18) == Before(AsOfSide(), AsOfSide(months=-18))


def test_a_parameter_stands_for_a_value_or_for_members_of_a_list(reference: Reference) -> None:
    assert read("copy.place: {in: $p}", reference, p=["CA-QC"]) == Compare(PLACE, "in", ("CA-QC",))
    assert read("copy.place: {in: [US, $p]}", reference, p=["CA-QC"]) == Compare(PLACE, "in", ("CA-QC", "US"))


def test_exposure_is_residual_unless_said(reference: Reference) -> None:
    written = "exposure: {law: us-cloud-act, at_most: possible}"
    assert read(written, reference, "system") == ExposureAtMost("us-cloud-act", Level.POSSIBLE, "residual")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-5, 10**20),
            st.floats(),
            st.text(max_size=6),
            st.sampled_from(
                ["$a", "$", "as_of", "as_of - 3 months", "CA-QC", "UK", "none", "2026-02-30", "copy.since"]
            ),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    [
                        "all",
                        "any",
                        "not",
                        "before",
                        "not_before",
                        "exposure",
                        "law",
                        "at_most",
                        "of",
                        "in",
                        "equals",
                        "matches",
                        "at_least",
                        "exists",
                        "copy.place",
                        "copy.kind",
                        "copy.since",
                        "copy.bytes",
                        "copy.region",
                        "copy.contradicted",
                        "party.place",
                        "x",
                    ]
                ),
                inner,
                max_size=3,
            ),
        ),
        max_leaves=8,
    ),
    st.sampled_from(["copy", "system"]),
)
@example({"copy.bytes": {"at_least": float("inf")}}, "copy")
@example({"copy.contradicted": {"any_in": ["place"]}}, "copy")
def test_whatever_is_written_is_read_or_refused_with_a_sentence(
    reference: Reference, written: strictyaml.Value, subject: str
) -> None:
    document = strictyaml.Document("r", written, {}, {})
    parameters = {"a": Parameter("a", ["CA-QC"], relaxed=False, place=None)}
    reader = ConditionReader(document, parameters, reference.places, tuple(reference.laws))
    condition = reader.read(written, (), subject)  # type: ignore[arg-type]
    assert (condition is None) == bool(reader.errors)
    for error in reader.errors:
        assert isinstance(error, SovercheckError)
        assert error.message("fr")
        assert error.message("en")
        error.hint("fr")
        error.hint("en")
