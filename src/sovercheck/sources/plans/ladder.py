"""Where a resource of a Terraform or OpenTofu plan would be: the strongest source that says so, or why none does.

1. the resource's own `region`, `location` or `zone`;
2. the region in its ARN, or its availability zone;
3. the constant region of its provider's configuration, by the key that the plan gives it;
4. one variable, followed to its value: inferred, because Terraform writes the same references for `var.r` and for
   `"us-${substr(var.r, 3, 9)}"`. Borne out by the region of a sibling under the same provider, or by the sources, it is
   documented; contradicted by either, unknown;
5. what whoever runs the gate assumes;
6. nothing: unknown.

Before Terraform 1.2 the key of a provider was wrong or missing in modules (hashicorp/terraform#30138, #30513): it is
used there only where every configuration of that provider says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import lru_cache

from sovercheck.change import Rung, Spot
from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass
from sovercheck.sources.kinds.model import Provider
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.configuration import Configuration, Module, Object, member, module_of
from sovercheck.sources.plans.hcl import Sources
from sovercheck.sources.plans.model import Placed
from sovercheck.sources.readers import arn, aws_region, google_region

OWN: Mapping[str, tuple[str, ...]] = {
    "aws": ("region",),
    "azure": ("location",),
    "google": ("location", "region", "zone"),
}
"""Provider → the members that say where a resource is."""
_OF_PROVIDER: Mapping[str, tuple[str, ...]] = {"aws": ("region",), "google": ("region", "zone")}
"""Of a provider's configuration, what says where its resources are; azurerm has none."""
_SAME_PLACE = (".location", ".region", "[0].location", "[0].region")
_INTERPOLATED = re.compile(r'"\$\{\s*([\w.\[\]-]+)\s*\}"')
_KEYS_HOLD = (1, 2)
"""The version of Terraform from which the keys of providers are right in modules."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A resource in one state, as the ladder sees it.

    Attributes:
        provider: whose.
        module: in which module it stands.
        type: its type.
        name: its name.
        configured: what the configuration has of it; empty where it has nothing.
        values: its members in that state, as the plan has them.
        unknown: which of them are known after apply.
        sensitive: which of them are hidden.
        current: whether its provider is the one that the configuration gives it now.
    """

    provider: Provider
    module: Module
    type: str
    name: str
    configured: Object
    values: Object
    unknown: Json
    sensitive: Json
    current: bool = True


@dataclass(slots=True)
class Ladder:
    """Tells where resources are.

    Args:
        configuration: the plan's.
        sources: what it was made from; None where there are none.
        assumed: provider → region.
    """

    configuration: Configuration
    sources: Sources | None
    assumed: Mapping[Provider, str] = field(default_factory=dict)
    _own: dict[tuple[Module, str], set[str]] = field(default_factory=dict)
    _siblings: dict[str, set[str]] = field(default_factory=dict)
    _by_key: dict[tuple[Module, str], Placed] = field(default_factory=dict)
    _holding: bool | None = None

    def learn(self, resources: Iterable[Standing]) -> None:
        """Keeps, by provider key, the regions that resources themselves show: they bear out what is inferred."""
        for resource in resources:
            own = _own(resource)
            if own is not None:
                self._own.setdefault((resource.module, f"{resource.type}.{resource.name}"), set()).add(own[0])
            key = self._key(resource)
            if key is None or self._says_itself(resource) is not None:
                continue
            shown = _by_arn(resource) or own
            if shown is not None:
                self._siblings.setdefault(key, set()).add(shown[0])

    def place(self, resource: Standing) -> Placed:
        """Where a resource is in one state."""
        found = self._found(resource)
        assumed = self.assumed.get(resource.provider)
        if found.region is None and assumed is not None:
            return Placed(assumed, "assumed", Grade.ASSUMED, f"--assume-region {_word(resource.provider)}={assumed}")
        return found

    def _found(self, resource: Standing) -> Placed:
        own = _own(resource)
        if own is not None:
            return _shown(own[0], "resource", own[1])
        shown = _by_arn(resource)
        if shown is not None:
            return _shown(shown[0], "arn", shown[1])
        named = self._says_itself(resource)
        if named is not None:
            return self._by_expression(resource, named)
        if resource.provider not in _OF_PROVIDER:
            return Placed(None, why="not_in_plan", needs=OWN[resource.provider][0])
        if not resource.current:
            return Placed(None, why="not_in_configuration", needs="arn")
        return self._by_provider(resource)

    def _says_itself(self, resource: Standing) -> str | None:
        """The member by which the configuration sets the place of this very resource, if it does."""
        said = self._expressions(resource)
        # An expression of which Terraform keeps nothing, such as a function of a constant, is written as {}.
        return next((name for name in OWN[resource.provider] if name in said or _is_hidden(resource, name)), None)

    def _expressions(self, resource: Standing) -> Object:
        if not resource.current:
            return {}
        found = resource.configured
        return member(found, "expressions")

    def _by_expression(self, resource: Standing, name: str) -> Placed:
        """A place that the resource sets by an expression whose value the plan does not show."""
        if _is_hidden(resource, name):
            return Placed(None, why="sensitive", needs=name)
        expression = self._expressions(resource).get(name)
        constant = expression.get("constant_value") if isinstance(expression, dict) else None
        if isinstance(constant, str) and constant:
            return Placed(_normal(resource.provider, constant), "resource", where=name)
        if not (isinstance(resource.unknown, dict) and resource.unknown.get(name)):
            if name not in resource.values:
                return _nowhere(resource, name)
            # It evaluates to null: the provider's counts.
            return self._by_provider(resource) if resource.provider in _OF_PROVIDER else _nowhere(resource, name)
        label = f"{resource.type}.{resource.name}"
        block = self.sources.block(resource.module, "resource", resource.type, resource.name) if self.sources else None
        written = block.attributes.get(name) if block is not None else None
        spot = self._spot(resource.module, block.spot if block else None, written[1] if written else None)
        text = written[0] if written else None
        return self._by_reference(resource.provider, resource.module, expression, f"{label}.{name}", text, spot, None)

    def _by_provider(self, resource: Standing) -> Placed:
        if not self.configuration.root:
            return Placed(None, why="not_in_plan", needs="configuration")
        key = self._key(resource)
        if key is not None:
            return self._of_key(resource, key)
        candidates = self._candidates(resource)
        if not candidates:
            return Placed(None, why="not_in_plan", needs=f"provider {_word(resource.provider)}")
        places = [self._of_key(resource, candidate) for candidate in candidates]
        regions = {place.region for place in places}
        if len(regions) == 1 and places[0].region is not None:
            return min(places, key=lambda place: place.grade)
        if len(candidates) == 1:
            return places[0]
        return Placed(None, why="ambiguous", needs=", ".join(sorted(candidates)))

    def _key(self, resource: Standing) -> str | None:
        """The key of its provider's configuration, where the plan can be believed about it."""
        if not resource.current:
            return None
        found = resource.configured
        key = found.get("provider_config_key")
        if not isinstance(key, str):
            return None
        if resource.module and not self._keys_hold():
            return None
        return key

    def _keys_hold(self) -> bool:
        if self._holding is None:
            self._holding = self._may_be_believed()
        return self._holding

    def _may_be_believed(self) -> bool:
        version = self.configuration.plan.get("terraform_version")
        numbers = re.match(r"(\d+)\.(\d+)", version) if isinstance(version, str) else None
        return numbers is not None and (int(numbers[1]), int(numbers[2])) >= _KEYS_HOLD

    def _candidates(self, resource: Standing) -> list[str]:
        """Every configuration that a resource of this provider may have."""
        found = resource.configured
        if not found:
            return []
        word = resource.type.partition("_")[0]
        if word not in self.configuration.providers:
            # What a module inherits from a root that configures nothing comes from the environment.
            return [word]
        return [key for key in self.configuration.providers if self._may_be(key, word)]

    def _may_be(self, key: str, word: str) -> bool:
        """Whether a configuration may be of the provider of a type; what a module calls it may be another name."""
        full = member(self.configuration.providers, key).get("full_name")
        name = full.rpartition("/")[2] if isinstance(full, str) and full else _provider_name(key)
        return name.removesuffix("-beta") == word

    def _of_key(self, resource: Standing, key: str) -> Placed:
        memory = (resource.module if not key else (), key)
        placed = self._by_key.get(memory)
        if placed is None:
            placed = self._by_key[memory] = self._read_key(resource.provider, key)
        return placed

    def _read_key(self, provider: Provider, key: str) -> Placed:
        configured = self.configuration.providers.get(key)
        shown = f"provider {key}"
        if not isinstance(configured, dict):
            return Placed(None, why="not_in_plan", needs=shown)
        module = module_of(key.partition(":")[0]) if ":" in key else ()
        alias = configured.get("alias")
        name = str(configured.get("name", _provider_name(key)))
        block = self.sources.provider(module, name, str(alias) if alias else None) if self.sources else None
        said = member(configured, "expressions")
        for attribute in _OF_PROVIDER[provider]:
            expression = said.get(attribute)
            if not isinstance(expression, dict):
                continue
            written = block.attributes.get(attribute) if block is not None else None
            spot = self._spot(module, block.spot if block else None, written[1] if written else None)
            constant = expression.get("constant_value")
            if isinstance(constant, str) and constant:
                where = f"{shown} ({spot.file}:{spot.line})" if spot is not None else shown
                return Placed(_normal(provider, constant), "provider", where=where, spot=spot)
            text = written[0] if written else None
            return self._by_reference(provider, module, expression, shown, text, spot, key)
        return Placed(None, why="not_in_plan", needs=f"{shown}: {_OF_PROVIDER[provider][0]}")

    def _by_reference(
        self,
        provider: Provider,
        module: Module,
        expression: Json,
        shown: str,
        text: str | None,
        spot: Spot | None,
        key: str | None,
    ) -> Placed:
        """A place that one variable gives, as far as it can be followed.

        Args:
            provider: whose place.
            module: in which the expression stands.
            expression: as the plan has it.
            shown: what it is the place of, as people know it.
            text: the expression as the sources have it; None where they were not found.
            spot: where it is written.
            key: of the provider's configuration, whose other resources may bear the place out; None without one.
        """
        named = self.configuration.only(module, expression)
        if named is not None and named.kind == "resource" and named.rest in _SAME_PLACE:
            # Where another resource is, by what may be more than its bare member: inferred.
            found = self._own.get((named.module, named.name), set())
            if len(found) == 1:
                where = f"{shown}: {named.name}{named.rest}"
                placed = Placed(next(iter(found)), "variable", Grade.INFERRED, where, spot=spot, needs="--source-dir")
                return self._held_to(placed, text, is_it=_bare(text or "") == f"{named.name}{named.rest}")
        if named is None or named.kind != "var" or named.rest:
            listed = [item.name for item in self.configuration.named(module, expression)]
            return Placed(None, why="expression", needs=", ".join(listed) or shown, spot=spot)
        variable = self.configuration.variable(module, named.name)
        if variable.hidden:
            return Placed(None, why="sensitive", needs=variable.through[-1], spot=spot)
        if not isinstance(variable.value, str) or not variable.value:
            return Placed(None, why="expression", needs=variable.through[-1], spot=spot)
        region = _normal(provider, variable.value)
        where = f"{shown}: {' ← '.join(variable.through)}"
        placed = Placed(region, "variable", Grade.INFERRED, where, spot=spot, needs="--source-dir")
        siblings = self._siblings.get(key, set()) if key is not None else set()
        if siblings and siblings != {region}:
            return Placed(None, why="ambiguous", needs=", ".join(sorted({region, *siblings})), spot=spot)
        if siblings:
            return replace(placed, grade=Grade.DOCUMENTED, borne_out="arn", needs=None)
        return self._held_to(placed, text, is_it=text is not None and self._literal(module, named.name, text))

    def _held_to(self, placed: Placed, text: str | None, *, is_it: bool) -> Placed:
        """An inferred place beside the sources, which may say that it is made of what it refers to, and is not that."""
        if text is None:
            return placed
        if not is_it:
            return Placed(None, why="expression", needs=text, spot=placed.spot)
        borne_out = f"{placed.spot.file}:{placed.spot.line}" if placed.spot is not None else "sources"
        return replace(placed, grade=Grade.DOCUMENTED, borne_out=borne_out, needs=None)

    def _literal(self, module: Module, name: str, text: str) -> bool:
        """Whether the sources write a variable and nothing else, there and in each call on the way up."""
        if _bare(text) != f"var.{name}" or self.sources is None:
            return False
        while module:
            expression = member(self.configuration.call(module), "expressions").get(name)
            if not isinstance(expression, dict) or "constant_value" in expression:
                return True
            block = self.sources.block(module[:-1], "module", module[-1])
            above = self.configuration.only(module[:-1], expression)
            if block is None or above is None or _bare(block.attributes.get(name, ("", 0))[0]) != f"var.{above.name}":
                return False
            module, name = module[:-1], above.name
        return True

    def _spot(self, module: Module, spot: Spot | None, line: int | None) -> Spot | None:
        if spot is None or self.sources is None:
            return None
        return self.sources.shown_spot(module, spot, line)


@lru_cache(maxsize=4096)
def _shown(region: str, rung: Rung, where: str) -> Placed:
    """One object for all resources that show the same: what tells of places tells of each object once."""
    return Placed(region, rung, where=where)


def _is_hidden(resource: Standing, name: str) -> bool:
    hidden = resource.sensitive
    return hidden is True or (isinstance(hidden, dict) and bool(hidden.get(name)))


def _own(resource: Standing) -> tuple[str, str] | None:
    for name in OWN[resource.provider]:
        value = resource.values.get(name)
        if isinstance(value, str) and value and not _is_hidden(resource, name):
            return _normal(resource.provider, value), name
    return None


def _by_arn(resource: Standing) -> tuple[str, str] | None:
    """The region in an ARN of the resource, or in its availability zones, where they agree."""
    if resource.provider != "aws":
        return None
    for name in ("arn", "id"):
        value = resource.values.get(name)
        parts = arn(value) if value is not None and not _is_hidden(resource, name) else None
        if parts is not None and parts["region"]:
            return parts["region"], name
    for name in ("availability_zone", "availability_zones"):
        given = resource.values.get(name)
        if given is None or _is_hidden(resource, name):
            continue
        zones = [zone for zone in (given if isinstance(given, list) else [given]) if isinstance(zone, str) and zone]
        found = {region for zone in zones if (region := aws_region(zone)) is not None}
        if len(found) == 1:
            return found.pop(), name
    return None


def _bare(text: str) -> str:
    """An expression without the quotes and braces that it had to stand in before Terraform 0.12."""
    found = _INTERPOLATED.fullmatch(text)
    return found[1] if found is not None else text


def _normal(provider: Provider, region: str) -> str:
    """A region as its provider's reference spells it; a Google zone gives its region."""
    if provider == "azure":
        return "".join(region.split()).lower()
    if provider == "google":
        return google_region(region)
    return region


def _nowhere(resource: Standing, name: str) -> Placed:
    return Placed(None, why="not_in_plan", needs=f"{resource.type}.{resource.name}.{name}")


def _provider_name(key: str) -> str:
    """`module.a:aws.edge` gives `aws`."""
    return key.rpartition(":")[2].partition(".")[0]


def _word(provider: Provider) -> str:
    return {"aws": "aws", "azure": "azurerm", "google": "google"}[provider]
