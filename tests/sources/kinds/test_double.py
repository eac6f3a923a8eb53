"""Each form of AWS against a double of ours (`samples`), made from the published shapes: rows come out, and gaps.

What passes here has `proof: double` in its description, unless something stronger proves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sovercheck.inventory.rows import Gap, Item, Row
from sovercheck.reference import load_reference
from sovercheck.sources.extract import Extractor, KeyFacts
from sovercheck.sources.item import ItemView, Value
from sovercheck.sources.journal import Refusal
from sovercheck.sources.kinds import FOLDER
from sovercheck.sources.kinds.model import CopyForm, Form, Kind, Ways, template_paths
from sovercheck.sources.kinds.path import ABSENT, Absent, Json
from sovercheck.sources.kinds.reading import kind_of
from sovercheck.sources.kinds.written import read_kind
from sovercheck.sources.readers import Result

from .samples import (
    ACCOUNT,
    ELSEWHERE,
    HOME,
    UNKNOWABLE,
    Hint,
    Wanted,
    asks,
    conditional,
    makes,
    sample,
    view,
    wanted,
    whole,
)
from .shapes import item_shape
from .test_descriptions import parents

NO_PRIMARY = ("content_delivery", "network_flow_log", "object_multi_region_access_point")
"""Kinds that keep nothing themselves: what they route, cache or collect is elsewhere."""


@dataclass(frozen=True)
class Case:
    kind: Kind
    form: Form
    number: int

    def __str__(self) -> str:
        return self.kind.id if self.number == 0 else f"{self.kind.id}-{self.number + 1}"

    @property
    def parent(self) -> Json:
        """The item for which the listing is made."""
        steps = [path.steps for path in self.form._all_paths() if path.answer == "parent"]
        found = parents(self.form.listing.of or "")
        if not found:
            return None
        hints = wanted(found[0], None)
        inner = [(p.steps, hint) for p, hint in hints.items() if p.answer is None and p.steps in steps and hint]
        made: Json = sample(item_shape(found[0].listing), inner, found[0].listing.service)
        return made

    def copies(self) -> Iterator[CopyForm | None]:
        """Each of the copies that may be there: in turn, as what shows one may exclude another."""
        yield None
        yield from (copy for copy in self.form.copies if conditional(copy))


CASES = [
    Case(kind, form, number)
    for path in sorted(FOLDER.glob("*.yaml"))
    for kind in [kind_of(read_kind(path))]
    for number, form in enumerate(form for form in kind.forms if form.provider == "aws")
]
REGIONS = load_reference().regions
each_case = pytest.mark.parametrize("case", CASES, ids=str)


class World:
    """A world in which every key is the customer's, and one bucket is known."""

    def __init__(self, *, listed: bool = False) -> None:
        self.listed = listed

    def key(self, reference: str, _: ItemView) -> KeyFacts | Refusal:
        return KeyFacts("K1", "customer", ELSEWHERE, reference)

    def region_of_bucket(self, name: str) -> Result:
        return ABSENT if name in (HOME, ELSEWHERE) else ELSEWHERE

    def region_of_id(self, _: str) -> Result:
        return ABSENT

    def paired_region(self, _: str) -> Result:
        return ABSENT

    def tags(self, _: str, __: ItemView) -> tuple[str, ...] | Absent | Refusal:
        return ABSENT

    def size(self, _: ItemView) -> int | Absent | Refusal:
        return 4096

    def root(self, identifier: str) -> str:
        return identifier

    def is_listed(self, _: str) -> bool:
        return self.listed

    def shares_of_copies(self, _: str) -> tuple[tuple[str, ...], Refusal | None]:
        return (), None

    def is_inside(self, principal: str) -> bool:
        return principal == ACCOUNT


def read(found: ItemView, *, listed: bool = False) -> list[Item]:
    identifier = found.id()
    assert identifier is not None, "no id"
    extractor = Extractor("double", "AWS double", REGIONS, World(listed=listed), "2026-01-03")
    return list(extractor.rows(found, identifier))


def copies_of(items: list[Item], kind: str) -> list[Row]:
    return [
        item for item in items if isinstance(item, Row) and item.table == "copy" and item.facts["kind"].value == kind
    ]


def fields(copy: CopyForm) -> dict[str, Ways]:
    return {
        name: ways
        for name in ("region", "account", "key", "since", "bytes")
        if (ways := getattr(copy, name)) and not any(way.none for way in ways)
    }


@each_case
def test_every_described_fact_and_copy_comes_out(case: Case) -> None:
    for copy in case.copies():
        given = wanted(case.form, copy)
        items = read(view(case.kind, case.form, given, case.parent))
        assert [item for item in items if isinstance(item, Gap)] == []
        resource = next(item for item in items if isinstance(item, Row) and item.table == "resource")
        for fact in case.form.facts if copy is None else ():
            assert fact in resource.facts, f"{fact} is not known"
            assert resource.facts[fact].value not in (None, ()), f"{fact} is empty"
        if "shared_with" in case.form.facts and copy is None:
            shown = view(case.kind, case.form, given, case.parent)
            for way in case.form.facts["shared_with"]:
                told = shown.read((way,), World())
                assert isinstance(told, Value), f"{way.path} says nothing"
                assert told.content, f"{way.path} names nobody"
        if case.form.metric is not None:
            assert resource.facts["bytes"].value
        assert ("copies_complete" in resource.facts) == case.form.all_copies
        expected = [one for one in case.form.copies if not conditional(one)] + ([copy] if copy else [])
        for one in expected:
            rows = copies_of(items, one.kind)
            assert rows, f"no copy {one.kind}"
            assert any(_whole(one, row) for row in rows), f"{one.kind} ({one.each}): {fields(one)} {rows}"
        if any(one.kind == "primary" for one in expected):
            assert any("place" in row.facts for row in copies_of(items, "primary"))
    assert case.kind.id in NO_PRIMARY or any(copy.kind == "primary" for copy in case.form.copies)


def placed(copy: CopyForm) -> bool:
    """Whether a description says where a copy is, rather than that it may be anywhere, or that nothing says."""
    return len(copy.places) <= 1 and not any(way.none or way.literal == "global" for way in copy.region)


def _whole(copy: CopyForm, row: Row) -> bool:
    """Whether a row has all that its description names."""
    needed = [{"region": "region", "key": "key_manager"}.get(name, name) for name in fields(copy)]
    needed += ["place"] if placed(copy) else []
    return all(name in row.facts and row.facts[name].value is not None for name in needed)


@each_case
def test_what_is_refused_is_a_gap_and_never_known(case: Case) -> None:
    for refused in case.form.also:
        for copy in case.copies():
            given = wanted(case.form, copy)
            found = view(case.kind, case.form, given, case.parent, refused)
            lost = depending(found, refused)
            if found.id() is None:
                assert any(path.answer in lost for text in case.form.ids for path in template_paths(text))
                continue
            if found.holds(case.form.where) is not True:
                continue
            items = read(found)
            gaps = [item for item in items if isinstance(item, Gap)]
            told = {(gap.table, gap.facts) for gap in gaps}
            due = set(expected_gaps(case.form, given, copy, lost))
            assert due <= told, f"{refused}: {due - told} not told"
            assert told <= due | set(possible_gaps(case.form, given, copy, lost)), f"{refused}: {told - due} told"
            assert all(gap.reason == "refused" and gap.needs for gap in gaps)
            for gap in gaps:
                row = next(item for item in items if isinstance(item, Row) and item.id == gap.id)
                known = {fact for fact in gap.facts if fact in row.facts and not row.facts[fact].open}
                # That a key is named may be known where who holds it is not.
                assert known <= {"key"}, f"{refused}: {known} known all the same"


def depending(found: ItemView, refused: str) -> frozenset[str]:
    """The completing calls of an item that give nothing where one is refused; none where it is not made."""
    also = found.unit.form.also
    if found.holds(also[refused].where) is False:
        return frozenset()
    lost = {refused}
    for name, call in also.items():
        if found.holds(call.where) is not False and any(path.answer in lost for path in asks(call)):
            lost.add(name)
    return frozenset(lost)


Told = tuple[str, tuple[str, ...]]
"""The table of a gap, and its facts."""


def expected_gaps(form: Form, given: Wanted, copy: CopyForm | None, lost: frozenset[str]) -> Iterator[Told]:
    for fact, ways in form.facts.items():
        adds = fact == "shared_with" and any(way.path and way.path.answer in lost for way in ways)
        if adds or _is_lost(ways, given, None, lost):
            yield "resource", (fact,)
    for one in form.copies:
        if one.each is not None and one.each.answer in lost:
            yield "resource", ("copies_complete",)
        elif one is copy or not conditional(one):
            yield from gaps_of_copy(one, given, lost)


def possible_gaps(form: Form, given: Wanted, copy: CopyForm | None, lost: frozenset[str]) -> Iterator[Told]:
    """Those of copies that the made-up answers may show beside the one that they are made for."""
    for one in form.copies:
        if one is not copy and conditional(one):
            yield from gaps_of_copy(one, given, lost)


def gaps_of_copy(one: CopyForm, given: Wanted, lost: frozenset[str]) -> Iterator[Told]:
    if any(condition.path.answer in lost for condition in one.where):
        yield "resource", ("copies_complete",)
        return
    for name, ways in fields(one).items():
        if _is_lost(ways, given, one, lost):
            names = {"region": ("place", "region"), "key": ("key_grade", "key_manager", "key_place", "key")}
            yield "copy", names.get(name, (name,))


def _is_lost(ways: Ways, given: Wanted, copy: CopyForm | None, lost: frozenset[str]) -> bool:
    each = copy.each if copy is not None else None
    for way in ways:
        if way.path is not None and whole(way.path, each).answer in lost:
            return True
        if makes(way, given, each):
            return any(path.answer in lost for path in template_paths(way.template))
    return False


@pytest.mark.parametrize("case", [case for case in CASES if case.form.copy_of is not None], ids=str)
def test_what_is_a_copy_of_a_listed_resource_is_told_as_its_copy(case: Case) -> None:
    found = view(case.kind, case.form, wanted(case.form, None), case.parent)
    assert case.form.copy_of is not None
    target = found.named(case.form.copy_of, World())
    items = read(found, listed=True)
    (row,) = (item for item in items if isinstance(item, Row))
    assert (row.table, row.links["resource"], row.facts["kind"].value) == ("copy", target, case.form.copy_kind)
    assert row.id == f"{target}#{case.form.copy_kind}:{found.id()}"
    assert "place" in row.facts


def test_ninety_kinds_of_aws_are_proven() -> None:
    assert len({case.kind.id for case in CASES if case.form.proof != "unproven"}) >= 90


@each_case
def test_no_call_is_made_of_which_nothing_is_read(case: Case) -> None:
    for name in case.form.also:
        assert case.form.paths(name), f"nothing of {name} is read"


def given_ways() -> Iterator[tuple[Case, CopyForm]]:
    for case in CASES:
        for copy in case.form.copies:
            yield case, copy


OUTPOSTS = [
    (case, copy)
    for case, copy in given_ways()
    if any(way.path is not None and way.words == UNKNOWABLE for way in copy.region)
]


@pytest.mark.parametrize(("case", "copy"), OUTPOSTS, ids=lambda part: str(part) if isinstance(part, Case) else "copy")
def test_what_may_stand_anywhere_has_no_place(case: Case, copy: CopyForm) -> None:
    given = wanted(case.form, copy if conditional(copy) else None)
    given.update(
        {whole(way.path, copy.each): Hint() for way in copy.region if way.path is not None and way.words == UNKNOWABLE}
    )
    rows = copies_of(read(view(case.kind, case.form, given, case.parent)), copy.kind)
    assert rows
    assert all("place" not in row.facts for row in rows)


DEFAULTS = [(case, copy) for case, copy in given_ways() if len(copy.key) > 1 and copy.key[-1].literal is not None]


@pytest.mark.parametrize(("case", "copy"), DEFAULTS, ids=lambda part: str(part) if isinstance(part, Case) else "copy")
def test_where_no_key_is_named_the_documented_one_counts(case: Case, copy: CopyForm) -> None:
    shown = copy if conditional(copy) else None
    named = {whole(way.path, copy.each) for way in copy.key if way.path is not None}
    given = {path: None if path in named else hint for path, hint in wanted(case.form, shown).items()}
    rows = copies_of(read(view(case.kind, case.form, given, case.parent)), copy.kind)
    managers = {row.facts["key_manager"].value for row in rows}
    assert copy.key[-1].literal in managers
