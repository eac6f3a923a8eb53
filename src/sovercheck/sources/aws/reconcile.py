"""Two inventories of the same accounts: the direct reading, and what AWS Config recorded. What one lacks is told.

Where the direct reading was refused, Config's record stands in for it: type, account and place, as a record of the
account's own (*documented*). The ledger goes on saying that the listing was refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, GapReason, Item, Known, Note, Reading, ReadingStatus, Row, Scalar
from sovercheck.reference.regions import Regions
from sovercheck.sources.aws.aggregator import SELECT, Aggregator, Covered, Recorded
from sovercheck.sources.aws.undescribed import native_type
from sovercheck.sources.extract import PARTIES, WITHOUT_DATA, kind_without_description
from sovercheck.sources.journal import Refusal
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Form, Kind

CONFIG_KIND = "config_aggregator"
_NOT_READ = ("refused", "throttled", "unreachable", "unreadable")


@dataclass(slots=True)
class Direct:
    """What the direct reading gave, noted as it passes.

    Attributes:
        ids: of everything that it listed, copies too.
        swept: of what the sweep over tags named besides.
        types: native type → the ids of its resources.
        places: the accounts and regions of its ledger.
        lacking: those of its lines that gave nothing: (account, region, kind), `*` for all.
        excluded: those that the configuration leaves out, likewise.
    """

    ids: set[str] = field(default_factory=set)
    swept: set[str] = field(default_factory=set)
    types: dict[str, set[str]] = field(default_factory=dict)
    places: set[tuple[str, str]] = field(default_factory=set)
    lacking: set[tuple[str, str, str]] = field(default_factory=set)
    excluded: set[tuple[str, str, str]] = field(default_factory=set)

    def watch(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items as they are, each noted."""
        for item in items:
            if isinstance(item, Reading):
                self._line(item)
            elif isinstance(item, Row) and item.table == "resource":
                native = str(item.facts["native_type"].value)
                if item.id in self.ids:
                    self.types.setdefault(native, set()).add(item.id)
                else:
                    self.swept.add(item.id)
            yield item

    def _line(self, line: Reading) -> None:
        at = (line.account, line.region, line.kind)
        if line.status == "excluded":
            self.excluded.add(at)
        elif line.status in _NOT_READ:
            self.lacking.add(at)
        if line.region not in ("*", "global") and line.status not in ("excluded", "opted_out"):
            self.places.add((line.account, line.region))

    def has(self, named: str) -> bool:
        """Whether it listed a resource, by the ARN that Config gives it."""
        return any(bare in self.ids or bare in self.swept for bare in (named, named.removesuffix(":*")))

    def leaves_out(self, account: str, region: str, kind: str) -> bool:
        """Whether the configuration leaves it out."""
        return _any(self.excluded, account, region, kind)

    def was_refused(self, account: str, region: str, kind: str) -> bool:
        """Whether it could not make the listing."""
        return _any(self.lacking, account, region, kind)


def _any(lines: Container[tuple[str, str, str]], account: str, region: str, kind: str) -> bool:
    tried = ((account, "*", "*"), (account, region, "*"), (account, region, kind))
    return any(line in lines for line in tried)


@dataclass(frozen=True, slots=True)
class Reconciling:
    """Makes rows and notes of what Config has.

    Attributes:
        source: the name of the source.
        aggregator: which.
        direct: what the direct reading gave, once it is whole.
        accounts: those that are to be read; Config's records of others are no concern of this scan.
        main_region: in which account-wide services are asked.
        regions: the places of the providers' regions.
        day: of the reading.
    """

    source: str
    aggregator: Aggregator
    direct: Direct
    accounts: frozenset[str]
    main_region: str
    regions: Regions
    day: str

    def items(self) -> Iterator[Item]:
        """The rows that only Config has, the notes on what either lacks, and the gaps of what it does not cover."""
        covered = self.aggregator.covered()
        if isinstance(covered, Refusal):
            yield from self._refused(covered)
            return
        refused = self.aggregator.gather()
        if refused is not None:
            yield from self._refused(refused)
            return
        yield from self._uncovered(covered)
        yield from self._compared()

    def _refused(self, refused: Refusal) -> Iterator[Item]:
        at = self.aggregator
        needs, detail = refused.needs, refused.detail
        yield Reading(
            self.source, at.account, at.region, "config", CONFIG_KIND, refused.status, needs=needs, detail=detail
        )
        yield self._gap(refused.reason, f"{at.account} {at.region} {at.name}", needs, detail)

    def _uncovered(self, covered: Covered) -> Iterator[Gap]:
        """One gap for each account and region that Config says nothing of."""
        places = {place for place in self.direct.places if place[0] in self.accounts}
        places |= {(account, self.main_region) for account in self.accounts - {of for of, _ in places}}
        for account, region in sorted(places):
            scope = f"{account} {region} {self.aggregator.name}"
            why = covered.failing_of(account, region)
            if not covered.has(account, region):
                yield self._gap("not_asked", scope)
            elif why is not None:
                yield self._gap("unreachable", scope, detail=why)

    def _gap(self, reason: GapReason, scope: str, needs: str | None = None, detail: str | None = None) -> Gap:
        # What Config would have said is weaker than what was observed, which stands.
        grade = Grade.DOCUMENTED
        return Gap(self.source, reason, "resource", scope=scope, needs=needs, grade=grade, detail=detail)

    def _compared(self) -> Iterator[Item]:
        only, instead, undescribed = Counter[str](), Counter[str](), Counter[tuple[str, str, str]]()
        seen: dict[str, set[str]] = {}
        made: set[str] = set()
        count = 0
        for record in self.aggregator.recorded():
            if record.account not in self.accounts:
                continue
            count += 1
            seen.setdefault(record.type, set()).add(record.arn.removesuffix(":*"))
            kind, form = _described_as(record)
            region = record.region
            if form is not None and form.scope == "account":
                region = form.home or self.main_region
            named = kind.id if kind is not None else _without_description(record)
            if self.direct.has(record.arn) or self.direct.leaves_out(record.account, region, named):
                continue
            if record.arn in made:
                # Config has some things under two types.
                continue
            made.add(record.arn)
            if kind is None:
                undescribed[record.account, record.region, named if named == WITHOUT_DATA else record.type] += 1
            elif self.direct.was_refused(record.account, region, named):
                instead[record.type] += 1
            else:
                only[record.type] += 1
            yield from self._row(record, named, kind, form)
        at = self.aggregator
        yield Reading(self.source, at.account, at.region, "config", CONFIG_KIND, "read", resources=count)
        for (account, region, type_), number in sorted(undescribed.items()):
            status: ReadingStatus = "read" if type_ == WITHOUT_DATA else "undescribed"
            yield Reading(self.source, account, region, "config", type_, status, resources=number)
        missed = Counter({type_: len(self.direct.types.get(type_, set()) - names) for type_, names in seen.items()})
        yield from self._notes("aws_only_config", only)
        yield from self._notes("aws_config_instead", instead)
        yield from self._notes("aws_only_direct", missed)

    def _notes(self, code: str, counts: Mapping[str, int]) -> Iterator[Note]:
        """One note for each type, with its count."""
        for type_, n in sorted(counts.items()):
            if n:
                yield Note(self.source, code, {"aggregator": self.aggregator.name, "type": type_, "n": n})

    def _row(self, record: Recorded, named: str, kind: Kind | None, form: Form | None) -> Iterator[Row]:
        locator = f"{SELECT.service}:{SELECT.operation} {self.aggregator.name}"
        evidence = Evidence(Grade.DOCUMENTED, f"AWS {record.account}", self.day, locator)

        def known(**facts: Scalar | None) -> dict[str, Known]:
            return {short: Known(value, evidence) for short, value in facts.items() if value is not None}

        facts = known(
            kind=named,
            native_type=record.type,
            account=record.account,
            holds_data=kind.holds_data if kind is not None else False if named == WITHOUT_DATA else None,
            reads_plaintext=kind.reads_plaintext if kind is not None else None,
        )
        yield Row("resource", record.arn, {"provider": PARTIES["aws"]}, facts)
        if form is not None and not any(copy.kind == "primary" for copy in form.copies):
            return
        known_place = self.regions.place("aws", record.region)
        place = known_place.place if known_place is not None else None
        links = {"resource": record.arn, "provider": PARTIES["aws"]}
        yield Row("copy", f"{record.arn}#primary", links, known(kind="primary", region=record.region, place=place))


def _described_as(record: Recorded) -> tuple[Kind, Form] | tuple[None, None]:
    """What a record is of, by its type or, where Config has another name for that, by its ARN."""
    types, arns = _described()
    return types.get(record.type) or arns.get(native_type(record.arn) or "") or (None, None)


def _without_description(record: Recorded) -> str:
    return kind_without_description("aws", native_type(record.arn) or record.type)


_Described = Mapping[str, tuple[Kind, Form]]


@cache
def _described() -> tuple[_Described, _Described]:
    """The described kinds by native type, and those that the beginning of an ARN tells from all others."""
    ours = forms("aws")
    shared = Counter(form.arn for _, form in ours)
    types = {form.native_type: (kind, form) for kind, form in reversed(ours)}
    return types, {form.arn: (kind, form) for kind, form in ours if form.arn is not None and shared[form.arn] == 1}
