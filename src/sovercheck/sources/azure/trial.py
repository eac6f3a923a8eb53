"""Trying the subscriptions before a scan: which are seen, what the credentials may do in each, one row of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sovercheck.sources.azure import gather
from sovercheck.sources.azure.asking import AzureAsker
from sovercheck.sources.azure.gather import Subscription
from sovercheck.sources.azure.permissions import READER, actions, lacking, reads_all
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.base import Failed, Tried
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import mappings

_LACKING_READER = Failed(READER, Refusal("refused", READER))
"""Of a subscription that is not seen at all."""


def tried(settings: AzureEntry, asking: AzureAsker) -> Iterator[Tried]:
    """What trying each subscription showed, in order of id.

    The calls that complete a resource are not made: whether they would be answered is told from what Azure says that
    the credentials may do.

    Raises:
        InputError: the disk refuses.
    """
    refused = _ask(asking, gather.subscriptions_ask(), gather.SUBSCRIPTIONS)
    if refused is not None:
        yield Tried("*", "", 0, (refused,))
        return
    excluded = frozenset(word.lower() for word in settings.exclude)
    wanted = settings.subscriptions if isinstance(settings.subscriptions, list) else None
    ids = gather.to_read(asking.journal, wanted, excluded)
    seen = {subscription.id: subscription for subscription in gather.seen(asking.journal)}
    yield _together(settings, asking, ids)
    needed = actions(excluded, management_group=False)
    for missing in sorted({id_.lower() for id_ in wanted or ()} - seen.keys() - excluded):
        yield Tried(missing, "", 0, (_LACKING_READER,))
    for id_ in ids:
        yield _subscription(asking, seen[id_], needed)


def _together(settings: AzureEntry, asking: AzureAsker, ids: Sequence[str]) -> Tried:
    """What is asked of all subscriptions at once."""
    asked = [gather.subscriptions_ask()]
    failures: list[Failed | None] = []
    if settings.management_group is not None:
        asked.append(gather.descendants_ask(settings.management_group))
        failures.append(_ask(asking, asked[-1], gather.DESCENDANTS))
    if ids:
        asked.append(gather.graph_ask("resources | limit 1", ids))
        failures.append(_ask(asking, asked[-1], gather.GRAPH))
    found = tuple(one for one in failures if one is not None)
    answered = len(asked) - len(found)
    return Tried("*", settings.endpoint, answered, found if ids else (*found, _LACKING_READER))


def _subscription(asking: AzureAsker, subscription: Subscription, needed: Collection[str]) -> Tried:
    ask = gather.permissions_ask(subscription.id)
    refused = _ask(asking, ask, gather.PERMISSIONS)
    about = f"{subscription.name} ({subscription.state})"
    if refused is not None:
        return Tried(subscription.id, about, 0, (refused,))
    entries = [entry for page in asking.journal.pages(ask) or () for entry in mappings(gather.VALUES, page)]
    if any(reads_all(entry) for entry in entries):
        return Tried(subscription.id, about, 1)
    names = (*lacking(entries, needed), READER)
    return Tried(subscription.id, about, 1, tuple(Failed(name, Refusal("refused", name)) for name in names))


def _ask(asking: AzureAsker, ask: Ask, call: Call) -> Failed | None:
    for _ in asking.pages(ask, call):
        pass
    refused = asking.journal.refusal(ask)
    return Failed(str(call.permission), refused) if refused is not None else None
