"""What the scan of an organisation's accounts knows beyond one item, looked up in its journals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sovercheck.sources.aws import metrics, references
from sovercheck.sources.extract import PROVIDER_KEY, PROVIDER_WORDS, KeyFacts, root_of
from sovercheck.sources.item import ItemView
from sovercheck.sources.journal import Journal, Refusal
from sovercheck.sources.kinds.path import ABSENT, Absent, find, parse
from sovercheck.sources.readers import Result, arn

_BUCKET_REGION = parse("BucketRegion")
_UNGRADED = KeyFacts(None, None)


@dataclass(slots=True)
class AwsWorld:
    """See `extract.World`.

    Attributes:
        journals: account → its answers.
        inside: the accounts that are the organisation's own, whether or not they were read.
        buckets: name → region, of every bucket that was listed.
        ids: of every resource that was listed.
        folded: copy that was listed as a resource → the resource that it says it is a copy of.
        shares: resource → with whom its copies that are listed apart are shared, and why some of that is not known.
        swept: (account, region) → ARN → tags; a sweep that was refused is not there.
        sizes: (account, region, kind) → what the metrics say.
        keys: (account, region, how a resource there names a key) → who holds it.
    """

    journals: Mapping[str, Journal]
    inside: frozenset[str]
    buckets: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    folded: dict[str, str] = field(default_factory=dict)
    shares: dict[str, tuple[set[str], Refusal | None]] = field(default_factory=dict)
    swept: dict[tuple[str, str], Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    sizes: dict[tuple[str, str, str], Mapping[str, int] | Refusal] = field(default_factory=dict)
    keys: dict[tuple[str, str, str], KeyFacts | Refusal] = field(default_factory=dict)

    def key(self, reference: str, view: ItemView) -> KeyFacts | Refusal:
        """From the key's description; nothing where the reference names no key of AWS's key service."""
        named = (view.unit.account, view.unit.region, reference)
        if named not in self.keys:
            self.keys[named] = self._key(reference, view)
        return self.keys[named]

    def _key(self, reference: str, view: ItemView) -> KeyFacts | Refusal:
        if reference in PROVIDER_WORDS:
            return PROVIDER_KEY
        ask = references.key_ask(reference, view.unit)
        if ask is None:
            return _UNGRADED
        journal = self.journals[view.unit.account]
        if journal.has(ask):
            return references.key_facts(journal.answer(ask))
        return journal.refusal(ask) or Refusal("unreachable", needs="kms:DescribeKey")

    def region_of_bucket(self, name: str) -> Result:
        """From the listings, or from what S3 says of a bucket that is not ours."""
        if name in self.buckets:
            return self.buckets[name]
        refused: Refusal | None = None
        for account, journal in self.journals.items():
            ask = references.bucket_ask(name, account, self._partition(account))
            if journal.has(ask):
                return find(_BUCKET_REGION, journal.answer(ask))
            refused = refused or journal.refusal(ask)
        return refused or Refusal("unreachable", needs="s3:ListBucket")

    def region_of_id(self, identifier: str) -> Result:
        """The region in an ARN."""
        parts = arn(identifier)
        return parts["region"] if parts and parts["region"] else ABSENT

    def paired_region(self, region: str) -> Result:
        """AWS pairs no regions."""
        return ABSENT

    def tags(self, identifier: str, view: ItemView) -> tuple[str, ...] | Absent | Refusal:
        """From the sweep of the region; what it does not name has none, as it lists all that was ever tagged."""
        found = self.swept.get((view.unit.account, view.unit.region))
        # The sweep knows ARNs: of what had to be named otherwise, as its ARN was refused, it says nothing.
        return ABSENT if found is None or arn(identifier) is None else found.get(identifier, ())

    def size(self, view: ItemView) -> int | Absent | Refusal:
        """From the metrics; a resource that they do not have is of unknown size, and not empty."""
        unit = view.unit
        key = (unit.account, unit.region, unit.kind.id)
        if key not in self.sizes:
            ask = metrics.sizes_ask(unit.form, unit.account, unit.region)
            journal = self.journals[unit.account]
            answer = journal.answer(ask) if journal.has(ask) else None
            known = (
                {name: size for name, size in answer.items() if isinstance(size, int)}
                if isinstance(answer, dict)
                else {}
            )
            self.sizes[key] = journal.refusal(ask) or known
        sizes = self.sizes[key]
        if isinstance(sizes, Refusal):
            return sizes
        assert unit.form.metric is not None  # noqa: S101 - only such forms are asked
        name = view.fill(unit.form.metric[3])
        return sizes.get(name, ABSENT) if isinstance(name, str) else ABSENT

    def root(self, identifier: str) -> str:
        """By the copies that name what they are copies of; a circle of copies has no root but where one stands."""
        return root_of(identifier, self.folded, self.ids)

    def is_listed(self, identifier: str) -> bool:
        """Among the ids of the whole scan."""
        return identifier in self.ids

    def shares_of_copies(self, identifier: str) -> tuple[tuple[str, ...], Refusal | None]:
        """As gathered from the copies before any row is made."""
        members, refused = self.shares.get(identifier, (set[str](), None))
        return tuple(sorted(members)), refused

    def settle(self) -> None:
        """Once all was listed: what is said of copies of copies is said of the resource in the end."""
        settled: dict[str, tuple[set[str], Refusal | None]] = {}
        for target, (members, refused) in self.shares.items():
            known, before = settled.get(self.root(target), (set[str](), None))
            settled[self.root(target)] = (known | members, before or refused)
        self.shares = settled

    def is_inside(self, principal: str) -> bool:
        """Whether it is one of the organisation's accounts."""
        return principal in self.inside

    def _partition(self, account: str) -> str:
        from sovercheck.sources.aws.session import partition_of

        regions = [region for of, region in self.swept if of == account]
        return partition_of(regions[0]) if regions else "aws"
