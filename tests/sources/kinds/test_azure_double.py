"""What the descriptions say of Azure’s answers: against a double of ours, and against recorded answers where there are.

The double is `azure_double.yaml`: items written by hand in the shapes that Microsoft publishes. It shows that a
description reads those shapes as it should, not that Azure answers in them; the recordings show that.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from sovercheck import strictyaml
from sovercheck.inventory.rows import Gap, Item, Row
from sovercheck.reference import Reference, load_reference
from sovercheck.sources.extract import PROVIDER_KEY, Extractor, KeyFacts
from sovercheck.sources.item import ItemView, Unit
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds import FOLDER
from sovercheck.sources.kinds.model import Call, Form, Kind
from sovercheck.sources.kinds.path import ABSENT, Absent, Json
from sovercheck.sources.kinds.reading import kind_of
from sovercheck.sources.kinds.written import read_kind
from sovercheck.sources.readers import Result

ROOT = FilePath(__file__).parents[3]
RECORDINGS = FilePath(os.environ.get("SOVERCHECK_SHARED", ROOT.parent / "shared")) / "data" / "azure-recordings"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PREFIX = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/dossiers/providers/"
DENIED = Refusal("refused", needs="Microsoft.Example/action", detail="AuthorizationFailed")

LOGS: Mapping[str, Json] = {
    "value": [
        {"properties": {"workspaceId": f"{PREFIX}Microsoft.OperationalInsights/workspaces/logs--canadacentral"}},
        {
            "properties": {
                "storageAccountId": f"{PREFIX}Microsoft.Storage/storageAccounts/logs--eastus",
                "eventHubAuthorizationRuleId": f"{PREFIX}Microsoft.EventHub/namespaces/l--westus/authorizationRules/r",
                "marketplacePartnerId": f"{PREFIX}Microsoft.Example/partners/autre",
            }
        },
    ]
}
"""The diagnostic settings of every kind whose settings are read: one that goes to two places, and a partner."""
LOG_COPIES = (("log", "canadacentral", None), ("log", "eastus", None), ("log", "westus", None))


@cache
def reference() -> Reference:
    return load_reference(ROOT / "policies" / "reference")


@cache
def kinds() -> Mapping[str, Kind]:
    """The kinds that Azure has, by name."""
    found = (kind_of(read_kind(path)) for path in sorted(FOLDER.glob("*.yaml")))
    return {kind.id: kind for kind in found if azure(kind)}


def azure(kind: Kind) -> list[Form]:
    return [form for form in kind.forms if form.provider == "azure"]


@dataclass(frozen=True)
class World:
    """A scan in which a resource’s region is the end of its name, and every key that is named is the customer’s."""

    listed: frozenset[str] = frozenset()

    def region_of_bucket(self, name: str) -> Result:
        raise AssertionError(name)

    def region_of_id(self, identifier: str) -> Result:
        found = re.search(r"--([a-z0-9]+)", identifier)
        return found[1] if found else Refusal("not_supported", detail=identifier)

    def paired_region(self, region: str) -> Result:
        found = reference().regions.place("azure", region)
        return found.pair or ABSENT if found else ABSENT

    def key(self, named: str, view: ItemView) -> KeyFacts | Refusal:
        return KeyFacts(None, "customer", id=named)

    def tags(self, identifier: str, view: ItemView) -> tuple[str, ...] | Absent | Refusal:
        return ABSENT

    def size(self, view: ItemView) -> int | Absent | Refusal:
        return ABSENT

    def root(self, identifier: str) -> str:
        return identifier

    def is_listed(self, identifier: str) -> bool:
        return identifier in self.listed

    def shares_of_copies(self, identifier: str) -> tuple[tuple[str, ...], Refusal | None]:
        return (), None

    def is_inside(self, principal: str) -> bool:
        return principal == "tenant-own"


@dataclass(frozen=True)
class Case:
    """One item of the double."""

    kind: Kind
    form: Form
    plain: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.form.native_type}-{self.plain.get('note', self.plain.get('location', ''))}"

    @property
    def answers(self) -> Mapping[str, Json]:
        given: dict[str, Json] = {**self.plain.get("answers", {})}
        return given | ({"diagnostics": dict(LOGS)} if self.has_logs else {})

    @property
    def has_logs(self) -> bool:
        """Whether its diagnostic settings are asked for."""
        call = self.form.also.get("diagnostics")
        return call is not None and self.view().holds(call.where) is True

    def view(self, refused: str | None = None, form: Form | None = None) -> ItemView:
        form = form or self.form

        def fetch(ask: Ask, call: Call) -> Result:
            name = next(name for name, known in form.also.items() if known is call)
            assert ask.service == "arm"
            assert ask.operation.startswith("/subscriptions/")
            assert "{" not in ask.operation
            assert re.match(r"20\d\d-\d\d-\d\d", ask.parameters["api-version"])
            if name == refused:
                return DENIED
            assert name in self.answers, f"{name} is asked, and the double has no answer to it"
            return self.answers[name]

        unit = Unit(self.kind, form, SUBSCRIPTION, "global")
        return ItemView(unit, self.item, fetch, cast(Json, self.plain.get("parent")))

    @property
    def item(self) -> Json:
        names = [f"{name}/{name}1" for name in self.form.native_type.split("/")[1:]]
        given = dict(self.plain.get("item", {}))
        basic = {
            "id": PREFIX + "/".join([self.form.native_type.split("/")[0], *names]),
            "name": "dossiers",
            "type": self.form.native_type,
            "location": self.plain.get("location", "canadaeast"),
            "resourceGroup": "dossiers",
            "subscriptionId": SUBSCRIPTION,
            "tags": {"ministere": "sante"},
        }
        return cast(Json, basic | given)

    def rows(self, refused: str | None = None, form: Form | None = None) -> list[Item]:
        view = self.view(refused, form)
        identifier = view.id()
        assert identifier is not None
        listed = self.plain.get("listed")
        world = World(frozenset({listed.lower()} if listed else ()))
        extractor = Extractor("azure", "Azure", reference().regions, world, "2026-11-27")
        return list(extractor.rows(view, identifier))


def expanded(value: Any) -> Any:
    """Replaces `~` by the subscription and the group."""
    if isinstance(value, str):
        return PREFIX + value[1:] if value.startswith("~") else value
    if isinstance(value, dict):
        return {name: expanded(item) for name, item in value.items()}
    return [expanded(item) for item in value] if isinstance(value, list) else value


def cases() -> Iterator[Case]:
    path = FilePath(__file__).with_name("azure_double.yaml")
    for plain in expanded(strictyaml.load(path).value):
        kind = kinds()[plain["kind"]]
        named = plain.get("type", azure(kind)[0].native_type)
        for native in named if isinstance(named, list) else [named]:
            forms = [form for form in azure(kind) if form.native_type == native]
            yield next(
                case
                for case in (Case(kind, form, plain) for form in forms)
                if case.view().holds(case.form.where) is True
            )


CASES = list(cases())
each_case = pytest.mark.parametrize("case", CASES, ids=str)
FORMS = [(kind, form) for kind in kinds().values() for form in azure(kind)]
each_form = pytest.mark.parametrize(("kind", "form"), FORMS, ids=lambda value: getattr(value, "native_type", ""))


def copies_of(items: list[Item]) -> list[tuple[str, str | None, str | None]]:
    """Kind, region (or place) and key of each copy."""
    return sorted(
        (
            (str(value(row, "kind")), value(row, "region") or prefixed(value(row, "place")), key_of(row))
            for row in items
            if isinstance(row, Row) and row.table == "copy"
        ),
        key=str,
    )


def value(row: Row, fact: str) -> Any:
    known = row.facts.get(fact)
    return known.value if known is not None else None


def prefixed(place: str | None) -> str | None:
    return f"place {place}" if place else None


def key_of(row: Row) -> str | None:
    if value(row, "key_grade") == PROVIDER_KEY.grade:
        return "provider"
    named: str | None = value(row, "key")
    return named or value(row, "key_manager")


def resource(items: list[Item]) -> Row | None:
    return next((row for row in items if isinstance(row, Row) and row.table == "resource"), None)


@each_case
def test_the_copies_of_an_item_are_where_and_under_the_keys_that_its_answers_say(case: Case) -> None:
    items = case.rows()
    wanted = [tuple(copy) for copy in case.plain["copies"]]
    if case.plain.get("listed") is None or resource(items) is not None:
        wanted += LOG_COPIES if case.has_logs else ()
    assert copies_of(items) == sorted(wanted, key=str)
    primary = [row for row in items if isinstance(row, Row) and value(row, "kind") == "primary"]
    assert {value(row, "since") for row in primary} <= {case.plain.get("since")}
    assert not [gap for gap in items if isinstance(gap, Gap)]


@each_case
def test_a_copy_stands_at_the_place_of_its_region(case: Case) -> None:
    for row in case.rows():
        if isinstance(row, Row) and row.table == "copy" and value(row, "region") is not None:
            known = reference().regions.place("azure", value(row, "region"))
            assert value(row, "place") == (known.place if known else None)


@each_case
def test_an_item_bears_its_name_group_account_tags_size_and_sharing(case: Case) -> None:
    row = resource(case.rows())
    if row is None:
        assert case.plain.get("listed") is not None
        return
    assert value(row, "name") in ("dossiers", "vm", "disque", "Ministère", "Soutien")
    assert value(row, "kind") == case.kind.id
    assert value(row, "bytes") == case.plain.get("bytes")
    assert value(row, "copies_complete") is (True if case.form.all_copies else None)
    assert row.facts.keys() & {"shared_with"} == ({"shared_with"} if "shared" in case.plain else set())
    assert list(value(row, "shared_with") or ()) == case.plain.get("shared", [])
    if "parent" not in case.plain and case.form.listing.service == "graph":
        assert value(row, "account") == SUBSCRIPTION
        assert value(row, "tags") == (("ministere=sante",) if "tags" in case.form.facts else None)


REFUSED = [(case, name) for case in CASES for name in case.answers]


@pytest.mark.parametrize(("case", "name"), REFUSED, ids=str)
def test_an_answer_that_is_refused_leaves_a_gap_and_never_a_smaller_list(case: Case, name: str) -> None:
    items = case.rows(refused=name)
    gaps = [gap for gap in items if isinstance(gap, Gap)]
    if case.plain.get("listed") and resource(case.rows()) is None:
        # What such an item is asked for tells where it is copied from, and copies of a copy are the copied one's.
        return
    fact = case.plain.get("gaps", {}).get(name, "copies_complete")
    assert fact in {named for gap in gaps for named in gap.facts}
    assert {(gap.reason, gap.needs) for gap in gaps} == {("refused", DENIED.needs)}
    told = resource(items)
    assert told is not None
    if fact == "copies_complete":
        assert "copies_complete" not in told.facts
    if fact == "shared_with":
        assert told.facts.get("shared_with") is None or told.facts["shared_with"].open


def samples(form: Form) -> list[Case]:
    return [case for case in CASES if case.form is form]


@each_form
def test_every_part_of_a_description_is_shown_by_an_item(kind: Kind, form: Form) -> None:
    """A part without which every item would say the same is shown by none."""
    shown = samples(form)
    assert shown, f"{form.native_type}: no item of the double is one"
    whole = [told(case, form) for case in shown]
    for name, altered in without_a_part(form):
        assert [told(case, altered) for case in shown] != whole, f"{form.native_type}: no item shows {name}"


def told(case: Case, form: Form) -> object:
    return [(item.id, item.facts) for item in case.rows(form=form) if isinstance(item, Row | Gap)]


def without_a_part(form: Form) -> Iterator[tuple[str, Form]]:
    for number, copy in enumerate(form.copies):
        rest = (*form.copies[:number], *form.copies[number + 1 :])
        yield f"copy {number} ({copy.kind})", replace(form, copies=rest)
        for part in ("key", "since"):
            if getattr(copy, part):
                changed = replace(copy, **{part: ()})  # type: ignore[arg-type]
                yield (
                    f"{part} of copy {number}",
                    replace(form, copies=(*form.copies[:number], changed, *form.copies[number + 1 :])),
                )
    for fact, ways in form.facts.items():
        for number in range(len(ways) if fact == "shared_with" else 0):
            facts = {**form.facts, fact: (*ways[:number], *ways[number + 1 :])}
            yield f"{fact} way {number}", replace(form, facts=facts)
    if form.copy_of is not None:
        yield "copy_of", replace(form, copy_of=None)


@each_form
def test_what_is_asked_of_azure_says_its_version_and_its_permission(kind: Kind, form: Form) -> None:
    assert form.native_type == form.native_type.lower()
    calls = [*form.also.values(), *([form.listing] if form.listing.service == "arm" else [])]
    for call in calls:
        assert re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", call.api or ""), call.operation
        assert re.fullmatch(r"Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/read", call.permission or ""), call.operation


SECRET = re.compile(r"connection_?string|access_?keys?\Z|password|secret|sas_?(uri|url|token)|adminkey", re.IGNORECASE)


@each_form
def test_no_path_leads_to_a_secret(kind: Kind, form: Form) -> None:
    paths = [path for answer in (None, *form.also) for path in form.paths(answer)]
    assert paths
    assert not [str(path) for path in paths for step in path.steps if SECRET.search(step)]


# Recorded answers


@dataclass(frozen=True)
class Recorded:
    """A resource of a recorded exchange, and what else was answered in it."""

    file: str
    item: Mapping[str, Json]
    others: Mapping[str, Json]


def resources_in(value: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, Mapping):
        if isinstance(value.get("columns"), list):
            # A table of Resource Graph, in the form with rows.
            table = cast("Mapping[str, Any]", value)
            names = [column["name"] for column in table["columns"]]
            yield from (dict(zip(names, row, strict=True)) for row in table["rows"])
            return
        if isinstance(value.get("type"), str) and isinstance(value.get("properties"), Mapping) and "id" in value:
            yield value
            return
        for item in value.values():
            yield from resources_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from resources_in(item)


@cache
def recorded() -> tuple[Recorded, ...]:
    if not RECORDINGS.is_dir():
        pytest.skip(
            f"no recorded answers of Azure at {RECORDINGS} (set SOVERCHECK_SHARED to the folder of shared data)"
        )
    found: list[Recorded] = []
    for path in sorted(RECORDINGS.glob("*.json")):
        exchanges = json.loads(path.read_text(encoding="utf-8"))["interactions"]
        bodies = {
            urlsplit(exchange["request"]["uri"]).path.lower(): exchange["response"]["body"].get("data")
            for exchange in exchanges
            if exchange["request"]["method"] in ("GET", "POST")
        }
        for body in bodies.values():
            found += [Recorded(path.name, item, bodies) for item in resources_in(body)]
    return tuple(found)


def recorded_views(kind: Kind, form: Form, unanswered: Result = DENIED) -> Iterator[tuple[Recorded, ItemView]]:
    """The recorded resources of a form’s type, completed by what was answered in the same exchange."""
    for one in recorded():
        if str(one.item["type"]).lower() != form.native_type:
            continue

        def fetch(ask: Ask, call: Call, one: Recorded = one) -> Result:
            return one.others.get(ask.operation.lower()) or unanswered

        yield one, ItemView(Unit(kind, form, SUBSCRIPTION, "global"), dict(one.item), fetch)


def recorded_copies(one: Recorded, view: ItemView) -> list[Row]:
    extractor = Extractor("azure", one.file, reference().regions, World(), "2026-11-27")
    rows = extractor.rows(view, view.id() or "")
    return [row for row in rows if isinstance(row, Row) and row.table == "copy"]


@pytest.mark.parametrize(
    ("kind", "form"),
    [pair for pair in FORMS if pair[1].proof == "recording"],
    ids=lambda value: getattr(value, "native_type", ""),
)
def test_a_recorded_resource_says_its_id_and_its_place(kind: Kind, form: Form) -> None:
    found = [(one, view) for one, view in recorded_views(kind, form) if view.holds(form.where) is True]
    assert found, f"{form.native_type}: said to be proven by a recording, and none has it"
    places = 0
    for one, view in found:
        assert view.id() == str(one.item["id"]).lower()
        primary = [row for row in recorded_copies(one, view) if value(row, "kind") == "primary"]
        assert primary
        assert all(reference().regions.place("azure", value(row, "region")) for row in primary if value(row, "region"))
        places += sum(value(row, "place") is not None for row in primary)
    assert places, f"{form.native_type}: no recorded resource says its place"


def test_a_recorded_row_of_resource_graph_says_its_group_and_subscription() -> None:
    kind = kinds()["object_store_account"]
    rows = [view for one, view in recorded_views(kind, azure(kind)[0]) if "resourceGroup" in one.item]
    assert rows
    for view in rows:
        assert isinstance(view.item, Mapping)
        parts = str(view.item["id"]).split("/")
        assert (view.item["subscriptionId"], str(view.item["resourceGroup"]).lower()) == (parts[2], parts[4].lower())


def test_what_the_recordings_have_is_said_to_be_proven_by_them() -> None:
    for kind, form in FORMS:
        has = form.listing.of is None and any(view.holds(form.where) is True for _, view in recorded_views(kind, form))
        assert form.proof == ("recording" if has else "double"), form.native_type


def test_recorded_deployments_are_processing_where_their_sku_says() -> None:
    kind = kinds()["ai_account"]
    seen: set[tuple[str, str | None]] = set()
    for one, view in recorded_views(kind, azure(kind)[0], ABSENT):
        seen |= {(str(value(row, "kind")), value(row, "region")) for row in recorded_copies(one, view)}
    assert any(name == "processing" for name, _ in seen), seen
