"""From a listing to its items, and to the listings made for each of them; the same whether one asks or reads back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sovercheck.sources.item import Fetch, ItemView, Unit, items_of
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds import children
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Json

Pages = Callable[[Ask, Call], Iterator[Json]]
"""Gives the pages of a listing."""


def listing(unit: Unit, parent: Json = None) -> Ask | None:
    """The call that makes a listing; None where its parent lacks what it needs."""
    ask = ItemView(unit, None, _nothing, parent).ask(unit.form.listing)
    return ask if isinstance(ask, Ask) else None


def views(unit: Unit, pages: Iterator[Json], fetch: Fetch, parent: Json = None) -> Iterator[ItemView]:
    """The items of a listing that are of the unit's kind."""
    for page in pages:
        for item in items_of(unit.form.listing, page):
            view = ItemView(unit, item, fetch, parent)
            if view.holds(unit.form.where) is True:
                yield view


def inner_units(view: ItemView) -> Iterator[Unit]:
    """The listings made for an item, with the item as their parent."""
    unit = view.unit
    for kind, form in children(unit.form.provider, unit.kind.id):
        yield Unit(kind, form, unit.account, unit.region, unit.partition)


def _nothing(_: Ask, __: Call) -> Refusal:
    return Refusal("not_supported")
