"""What the scan of a tenant knows beyond one item: where an id is, which regions are paired, what kind a key is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sovercheck.sources.extract import KeyFacts, root_of
from sovercheck.sources.item import ItemView
from sovercheck.sources.journal import Refusal
from sovercheck.sources.kinds.path import ABSENT, Absent
from sovercheck.sources.readers import Result

_KEY = re.compile(
    r"https://(?P<vault>[^./]+)\.(?P<service>vault|managedhsm)\.[^/]+(?:/keys/(?P<key>[^/]+))?", re.IGNORECASE
)
_KEY_ID = re.compile(r".*/providers/microsoft\.keyvault/vaults/(?P<vault>[^/]+)/keys/(?P<key>[^/]+)", re.IGNORECASE)
_CUSTOMER = KeyFacts(None, "customer")


@dataclass(slots=True)
class AzureWorld:
    """See `extract.World`.

    Attributes:
        tenants: the organisation's own.
        subscriptions: the organisation's own.
        regions: id of a resource → its region.
        folded: copy that was listed as a resource → the resource that it says it is a copy of.
        pairs: region → the one that Azure pairs it with.
        unpaired: why the pairs could not be read, if so.
        vaults: name of a vault → its region.
        keys: (vault, key) → the kind of the key, as its vault says it (`RSA`, `EC-HSM`).
        unlisted: vault → why its keys could not be listed.
        sets: id of a disk encryption set → the address of its key.
    """

    tenants: frozenset[str]
    subscriptions: frozenset[str]
    regions: dict[str, str] = field(default_factory=dict)
    folded: dict[str, str] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)
    unpaired: Refusal | None = None
    vaults: dict[str, str] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    unlisted: dict[str, Refusal] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)

    def key(self, reference: str, view: ItemView) -> KeyFacts | Refusal:
        """From the address of the key: a managed HSM's is K2; a vault's is what the vault says of it.

        A key of a vault whose kind is HSM is no more than K2; a software key may have been imported, which Azure does
        not say, and is graded as one that was made there, the weaker.
        """
        lowered = reference.lower()
        if lowered in self.sets:
            return self.key(self.sets[lowered], view)
        found = _KEY.match(reference) or _KEY_ID.match(reference)
        if found is None:
            return _CUSTOMER
        named = found.groupdict()
        vault, key = named["vault"].lower(), (named["key"] or "").lower()
        if named.get("service", "").lower() == "managedhsm":
            return KeyFacts("K2", "customer", self.vaults.get(vault), reference)
        region = self.vaults.get(vault)
        kind = self.keys.get((vault, key))
        if kind is None:
            return self.unlisted.get(vault) or KeyFacts(None, "customer", region, reference)
        return KeyFacts("K2" if kind.upper().endswith("-HSM") else "K0", "customer", region, reference)

    def region_of_bucket(self, name: str) -> Result:
        """Azure has none."""
        return ABSENT

    def region_of_id(self, identifier: str) -> Result:
        """As Resource Graph has it, of the resource or of the nearest that contains it."""
        lowered = identifier.lower()
        while "/providers/" in lowered:
            if lowered in self.regions:
                return self.regions[lowered]
            lowered = lowered.rpartition("/")[0].rpartition("/")[0]
        return Refusal("unreachable", detail="not listed")

    def paired_region(self, region: str) -> Result:
        """As the subscription's own metadata say it."""
        return self.unpaired or self.pairs.get(region, ABSENT)

    def tags(self, identifier: str, view: ItemView) -> tuple[str, ...] | Absent | Refusal:
        """Every row has its own."""
        return ABSENT

    def size(self, view: ItemView) -> int | Absent | Refusal:
        """Sizes are read by the completing calls."""
        return ABSENT

    def root(self, identifier: str) -> str:
        """By the copies that name what they are copies of; a circle of copies has no root but where one stands."""
        return root_of(identifier, self.folded, self.regions)

    def is_listed(self, identifier: str) -> bool:
        """Whether Resource Graph or a completing listing has it."""
        return identifier in self.regions

    def shares_of_copies(self, identifier: str) -> tuple[tuple[str, ...], Refusal | None]:
        """No kind of Azure's is shared through its copies."""
        return (), None

    def is_inside(self, principal: str) -> bool:
        """Whether it is the organisation's own tenant or subscription."""
        return principal.lower() in self.tenants or principal.lower() in self.subscriptions
