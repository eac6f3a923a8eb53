"""What a description of a kind says, as the scanners use it.

One file a kind, `descriptions/<kind>.yaml`. A *form* is how one provider's interface shows the kind: the call that
lists it, the calls that complete each item, and where each fact stands in the answers; how a plan or template writes
the kind is a form too. `reading.py` makes all this of a description's plain values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal

from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Path, parse

Provider = Literal["aws", "azure", "google"]
Interface = Literal["api", "terraform", "cloudformation"]
"""In what a form shows the kind: the provider's own answers (and Azure's templates, which have their shape), a plan of
Terraform or OpenTofu, a CloudFormation template."""

Proof = Literal["moto", "recording", "double", "unproven"]
"""What shows that a form works: moto's server, a recorded answer, a double of ours built from the published shapes."""

LAST = "|last"
"""At the end of a name in a template: what stands after the last slash or colon of its value."""

_TEMPLATE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a value may stand in an answer.

    Attributes:
        path: where; None for a literal.
        literal: the value itself, where the service's documentation says it and no member does.
        none: that there is none, where a member's absence says so.
        read: how the value is turned into the fact: the name of a reader (`sources.readers`).
        template: makes an id of a bare name: `arn:{@partition}:rds:{@region}:{@account}:db:{@value}`.
        words: the provider's word → ours; a word that is not there is unknown.
        unit: of a size, in bytes.
        inferred: whether the fact is inferred from the member rather than said by it.
    """

    path: Path | None = None
    literal: str | bool | int | None = None
    none: bool = False
    read: str = "text"
    template: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    unit: int = 1
    inferred: bool = False


Ways = tuple[Way, ...]
"""Ways in turn: where a member is absent the next one counts, where it could not be read the value is unknown."""


Named = str | Ways
"""What names a resource: a template of its id, or ways in which it is named (a bare name in one region, an ARN in
another)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition.

    Attributes:
        path: of what.
        words: the values that it may have, or may not have, without case.
        absent: whether an absent member holds.
        negated: whether the words are those that it may not have.
    """

    path: Path
    words: tuple[str, ...]
    absent: bool
    negated: bool = False


Where = tuple[Condition, ...]
"""Conditions, all to hold."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that lists a kind or completes an item.

    Attributes:
        service: boto3's name of the service; `graph` for a Resource Graph table, `arm` for a GET of Azure's.
        operation: its name (`GetBucketReplication`), the table, or the template of the address.
        parameters: with templates in their texts.
        items: where the items of a listing stand; None for a completing call.
        each: the values for each of which it is made; None for one call.
        absent_on: error codes that mean *none*, and are no refusal.
        permission: what it needs, where the operation's name does not say so.
        api: the version of Azure's interface.
        of: the kind for each item of which a listing is made.
        where: on which items it is made.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    items: Path | None = None
    each: Path | None = None
    absent_on: tuple[str, ...] = ()
    permission: str | None = None
    api: str | None = None
    of: str | None = None
    where: Where = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """In a plan or template, other resources that complete one: a bucket's replication is a resource of its own.

    Attributes:
        types: their native types.
        by: their member that names this resource; None where `of` tells.
        of: this resource's member that names them.
        where: which of them count; of their own members.
    """

    types: tuple[str, ...]
    by: Path | None = None
    of: Path | None = None
    where: Where = ()


@dataclass(frozen=True, slots=True)
class CopyForm:
    """Where one copy, or each of several, stands in the answers.

    Attributes:
        kind: of copy.
        each: the elements that are copies; None where the item itself is one.
        where: which of them are.
        region: the provider's name of its region; empty for the region that was asked.
        places: where the documentation says which places it may be in, and no region is.
        account: of the provider, where it is not the item's.
        target: what names the resource that is the copy, so that both sides name one copy.
        key: the reference of the key that encrypts it; of the words `provider` and `customer` only who manages it.
        since: the day since which it exists.
        bytes: its size.
    """

    kind: str
    each: Path | None = None
    where: Where = ()
    region: Ways = ()
    places: tuple[str, ...] = ()
    account: Ways = ()
    target: Named | None = None
    key: Ways = ()
    since: Ways = ()
    bytes: Ways = ()


@dataclass(frozen=True, slots=True)
class Form:
    """How one provider's interface shows a kind.

    Attributes:
        kind: the kind's name.
        provider: whose interface.
        native_type: the type in the provider's terms.
        holds_data: whether it keeps data, where that differs from the kind's other forms; None where it does not.
        proof: what shows that it works.
        scope: whether it is listed in each region or once an account.
        home: the one region in which an account-wide service answers, where that is not the partition's main one.
        listing: the call that lists it.
        also: the calls that complete an item, by name, in order; the later may use the answers of the earlier.
        where: which of the listed items are of this kind.
        ids: templates of the id, the first that can be filled.
        arn: how its ids begin after the account: `s3`, `rds:db:`; for telling it in a bulk inventory. None on Azure.
        facts: fact → the ways in which it may be read; of a list, ways that each add members.
        metric: (namespace, name, dimension, template of its value) of the size in the provider's metrics, or None.
        bytes_basis: `used` or `allocated`.
        copies: of each item.
        all_copies: whether these are all the copies that the service makes.
        copy_of: what names the resource that an item is a copy of; None where it is none.
        copy_kind: the kind of copy that it then is.
        interface: in what.
        edges: of a plan or template, by name, the other resources whose members complete this one's, as `also` does.
        named_by: of a plan or template, the members whose values name the resource to others.
        location: of a plan or template, where its region stands, if that is a place of its own.
        grade: of a key in a plan or template, who can see what it encrypts: K0 to K3.
        computed: of a plan, the blocks that the provider fills in where the configuration sets none: pending, absent.
    """

    kind: str
    provider: Provider
    native_type: str
    holds_data: bool | None
    proof: Proof
    scope: Literal["region", "account"]
    home: str | None
    listing: Call
    also: Mapping[str, Call]
    where: Where
    ids: tuple[str, ...]
    arn: str | None
    facts: Mapping[str, Ways]
    metric: tuple[str, str, str, str] | None
    bytes_basis: str | None
    copies: tuple[CopyForm, ...]
    all_copies: bool
    copy_of: Named | None
    copy_kind: str | None
    interface: Interface = "api"
    edges: Mapping[str, Edge] = field(default_factory=dict)
    named_by: tuple[Path, ...] = ()
    location: Ways = ()
    grade: Ways = ()
    computed: frozenset[str] = frozenset()

    def paths(self, answer: str | None) -> tuple[Path, ...]:
        """Every path that is read in the items (None) or in the answer of a completing call: nothing else is kept."""
        names = (None, "item") if answer is None else (answer,)
        return tuple(dict.fromkeys(path for path in self._all_paths() if path.answer in names))

    def _all_paths(self) -> Iterator[Path]:
        for call in (self.listing, *self.also.values()):
            yield from _call_paths(call)
        yield from (edge.of for edge in self.edges.values() if edge.of is not None)
        for ways in (self.location, self.grade):
            yield from _way_paths(ways)
        yield from (condition.path for condition in self.where)
        for text in (*self.ids, self.metric[3] if self.metric else None):
            yield from template_paths(text)
        yield from named_paths(self.copy_of)
        for ways in self.facts.values():
            yield from _way_paths(ways)
        for copy in self.copies:
            inner = [condition.path for condition in copy.where]
            for ways in (copy.region, copy.account, copy.key, copy.since, copy.bytes):
                inner += _way_paths(ways)
            inner += named_paths(copy.target)
            if copy.each is None:
                yield from inner
                continue
            # Within such a copy a path starts at the element, save one into an answer or the item.
            inside = [path for path in inner if path.answer is None]
            yield from (path for path in inner if path.answer is not None)
            yield from (Path(copy.each.answer, copy.each.steps + path.steps) for path in inside)
            if not inside:
                yield copy.each


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource.

    Attributes:
        id: the normalised name.
        name: in both languages.
        holds_data: whether it keeps data; None where that depends.
        reads_plaintext: whether the service must read the data in the clear; None where that depends.
        forms: how the providers' own answers show it.
        note: what no interface says of it, in both languages.
    """

    id: str
    name: Mapping[str, str]
    holds_data: bool | None
    reads_plaintext: bool | None
    forms: tuple[Form, ...]
    note: Mapping[str, str] | None = None


def template_paths(template: str | None) -> Iterator[Path]:
    """The paths that a template fills in; names that begin with `@` are the scanner's own."""
    for name in _TEMPLATE.findall(template or ""):
        if not name.startswith("@"):
            yield parse(name.removesuffix(LAST))


def _call_paths(call: Call) -> Iterator[Path]:
    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            for item in value.values():
                yield from texts(item)
        elif isinstance(value, list | tuple):
            for item in value:
                yield from texts(item)

    for text in (call.operation, *texts(call.parameters)):
        yield from template_paths(text)
    if call.each is not None:
        yield call.each
    yield from (condition.path for condition in call.where)


def named_paths(named: Named | None) -> Iterator[Path]:
    """The paths by which a resource is named."""
    if isinstance(named, str):
        yield from template_paths(named)
    elif named is not None:
        yield from _way_paths(named)


def _way_paths(ways: Ways) -> Iterator[Path]:
    for way in ways:
        if way.path is not None:
            yield way.path
        yield from template_paths(way.template)
