"""One listed item and the answers that complete it, read through its form's paths.

The same code serves a scan that asks (an answer is fetched when a path needs it) and the reading of its journal (an
answer is looked up): `Fetch` is all the difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cache
from typing import Literal

from sovercheck.light import dataclass
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds.model import LAST, Call, Form, Kind, Named, Ways, Where
from sovercheck.sources.kinds.path import (
    ABSENT,
    Absent,
    Assumed,
    Defaulted,
    Found,
    Json,
    Path,
    Pending,
    Reference,
    find,
    parse,
)
from sovercheck.sources.readers import READERS, Lookups, Result

Fetch = Callable[[Ask, Call], Result]
"""Gives the answer of a completing call, `ABSENT` where the other side says that there is none, or why it gave none."""

_OF_THE_UNIT = {"@region": "region", "@account": "account", "@partition": "partition"}
_BRACES = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One listing of a scan: a kind in an account and a region.

    Attributes:
        kind: of which.
        form: how the provider shows it.
        account: where.
        region: where; the region that is asked.
        partition: the separate cloud (`aws`, `aws-cn`), for ARNs.
    """

    kind: Kind
    form: Form
    account: str
    region: str
    partition: str = "aws"


NOT_SAID = ABSENT
"""Of a value: nothing says it, and nothing that would was refused."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a value is known.

    Attributes:
        answer: the completing call that gave it; None for the listing.
        documented: whether the provider's documentation says it rather than an answer.
        inferred: whether it is concluded from what the answer says.
        rests_on: in a template, on a parameter's `default` or on an `assumption`; None on neither.
    """

    answer: str | None = None
    documented: bool = False
    inferred: bool = False
    rests_on: Literal["default", "assumption"] | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A value that was read.

    Attributes:
        content: None where it is known that there is none.
        said: how it is known.
    """

    content: Json
    said: Said = Said()


@dataclass(slots=True)
class ItemView:
    """An item.

    Attributes:
        unit: the listing it came in.
        item: as listed; a bare text has the member `value`.
        fetch: gives the answers.
        parent: the item for which the listing was made, where it was made for each item of another kind.
    """

    unit: Unit
    item: Json
    fetch: Fetch
    parent: Json = None
    _answers: dict[str, Result] = field(default_factory=dict)

    def answer(self, name: str) -> Result:
        """The answer of a completing call; of one that is made for each of several values, the list of answers."""
        if name not in self._answers:
            self._answers[name] = self._ask(self.unit.form.also[name])
        return self._answers[name]

    def _ask(self, call: Call) -> Result:
        held = self.holds(call.where)
        if isinstance(held, Refusal):
            return held
        if not held:
            return ABSENT
        if call.each is None:
            return self._one(call, None)
        values = self.find(call.each)
        if isinstance(values, Refusal | Absent):
            return values
        answers: list[Json] = []
        for value in values if isinstance(values, list) else [values]:
            answer = self._one(call, value)
            if isinstance(answer, Refusal):
                return answer
            if answer is not ABSENT:
                answers.append(answer)
        return answers

    def _one(self, call: Call, value: Json) -> Result:
        ask = self.ask(call, value)
        return self.fetch(ask, call) if isinstance(ask, Ask) else ask

    def ask(self, call: Call, value: Json = None) -> Ask | Absent | Refusal:
        """A call with its templates filled in; `ABSENT` where one of them has nothing to be filled with."""
        operation = self.fill(call.operation, value)
        if not isinstance(operation, str):
            return operation
        parameters = self._filled(call.parameters, value)
        if isinstance(parameters, Refusal | Absent):
            return parameters
        assert isinstance(parameters, Mapping)  # noqa: S101 - as it was given
        if call.api is not None:
            parameters = {**parameters, "api-version": call.api}
        return Ask(self.unit.account, self.unit.region, call.service, operation, parameters)

    def _filled(self, given: object, value: Json) -> object:
        if isinstance(given, str):
            return self.fill(given, value)
        if isinstance(given, Mapping):
            filled = {name: self._filled(item, value) for name, item in given.items()}
            missing = next((item for item in filled.values() if isinstance(item, Refusal | Absent)), None)
            return filled if missing is None else missing
        if isinstance(given, list | tuple):
            items = [self._filled(item, value) for item in given]
            missing = next((item for item in items if isinstance(item, Refusal | Absent)), None)
            return items if missing is None else missing
        return given

    def fill(self, template: str, value: Json = None, element: Json = None) -> str | Absent | Refusal:
        """A template with its braces filled in; `ABSENT` where one of its members is absent."""
        texts, names = _taken_apart(template)
        parts = [texts[0]]
        for name, text in zip(names, texts[1:], strict=True):
            found = self._named(name, value, element)
            if isinstance(found, Refusal):
                return found
            if found is ABSENT or isinstance(found, list | dict):
                return ABSENT
            parts += [str(found), text]
        return "".join(parts)

    def _named(self, name: str, value: Json, element: Json) -> Result:
        if name.endswith(LAST):
            found = self._named(name.removesuffix(LAST), value, element)
            return re.split(r"[:/]", found)[-1] if isinstance(found, str) else found
        if name == "@value":
            return value if value is not None else element
        if name.startswith("@"):
            return str(getattr(self.unit, _OF_THE_UNIT[name]))
        found = self.find(parse(name), element)
        # One distinct value of a list is as good as a single one.
        return _single(found) if isinstance(found, list) else found

    def find(self, path: Path, element: Json = None) -> Result:
        """What stands at a path: of the element of a copy, of the item, or of the answer that the path names."""
        if path.answer is None:
            return settled(find(path, self.item if element is None else element))
        if path.answer in ("item", "parent"):
            return settled(find(path, self.item if path.answer == "item" else self.parent))
        root = self.answer(path.answer)
        if isinstance(root, Refusal | Absent):
            return root
        if not self.has_several(path.answer):
            return settled(find(path, root))
        found: list[Json] = []
        for answer in root if isinstance(root, list) else [root]:
            value = find(path, answer)
            if value is not ABSENT:
                found += value if isinstance(value, list) else [value]
        return settled(found)

    def has_several(self, answer: str) -> bool:
        """Whether an answer is a list of answers: of a call made for each of several values, of an edge of a plan."""
        form = self.unit.form
        return answer in form.edges or form.also[answer].each is not None

    def holds(self, where: Where, element: Json = None) -> bool | Refusal:
        """Whether all conditions hold; why it cannot be told where one could not be read."""
        unread: Refusal | None = None
        for condition in where:
            found = self.find(condition.path, element)
            if isinstance(found, Refusal):
                unread = found
            elif found is ABSENT or found == []:
                if not condition.absent:
                    return False
            else:
                values = found if isinstance(found, list) else [found]
                if any(str(value).casefold() in condition.words for value in values) is condition.negated:
                    return False
        return True if unread is None else unread

    def read(self, ways: Ways, lookups: Lookups, element: Json = None) -> Value | Absent | Refusal:
        """The first of several ways that says something; `NOT_SAID` where none does, or one says several things."""
        outside: Refusal | None = None
        for way in ways:
            answer = way.path.answer if way.path is not None else None
            if outside is not None and (way.none or way.literal is not None):
                # What holds where no member says anything does not hold where one may.
                return outside
            if way.none:
                return Value(None, Said(answer, documented=True))
            if way.literal is not None:
                return Value(way.literal, Said(answer, documented=True))
            found: Result = settled(element) if way.path is None else self.find(way.path, element)
            if found is ABSENT or found is None:
                continue
            if isinstance(found, Refusal):
                if found.reason != "not_in_plan":
                    return found
                outside = outside or found
                continue
            if isinstance(found, list) and way.read not in _OF_LISTS:
                distinct = list({repr(value): value for value in found}.values())
                if len(distinct) > 1:
                    return NOT_SAID
                found = distinct[0] if distinct else ABSENT
            if found is ABSENT or found is None:
                continue
            rests_on = _rests_on(found)
            # Terraform tells what an expression refers to, and not that it is nothing else: `"${b.arn}-x"` is another.
            concluded = way.inferred or rests_on is not None or self._refers(found)
            if way.words:
                spoken = str(found).casefold()
                word = next((ours for theirs, ours in way.words.items() if theirs.casefold() == spoken), None)
                if word is None:
                    return NOT_SAID
                found = word
            if way.template is not None and not _is_named_whole(found):
                found = self.fill(way.template, found, element)
                if isinstance(found, Refusal):
                    return found
            read = READERS[way.read](found, lookups) if found is not ABSENT else ABSENT
            if isinstance(read, Refusal):
                return read
            if read is ABSENT:
                continue
            if way.unit != 1 and isinstance(read, int | float):
                read = int(read * way.unit)
            return Value(read, _said(answer, inferred=concluded, rests_on=rests_on))
        return outside if outside is not None else NOT_SAID

    def _refers(self, found: Found) -> bool:
        return isinstance(found, Reference) and self.unit.form.interface == "terraform"

    def named(self, named: Named, lookups: Lookups, element: Json = None) -> str | None:
        """The id of another resource that an item or a copy of it names; None where it names none."""
        if isinstance(named, str):
            found: object = self.fill(named, element, element)
        else:
            read = self.read(named, lookups, element)
            found = read.content if isinstance(read, Value) else None
        if not isinstance(found, str) or not found:
            return None
        if isinstance(found, Reference):
            return found
        return found.lower() if self.unit.form.provider == "azure" else found

    def members(self, ways: Ways, lookups: Lookups) -> Iterator[Value | Refusal]:
        """Of a list, what each way adds to it."""
        for way in ways:
            found = self.read((way,), lookups)
            if found is not NOT_SAID:
                yield found

    def id(self) -> str | None:
        """Its id: the first template that can be filled; None where none can."""
        for template in self.unit.form.ids:
            found = self.fill(template)
            if isinstance(found, str) and found:
                return found.lower() if self.unit.form.provider == "azure" else found
        return None


def settled(found: Found) -> Result:
    """What was found, or why it is not known: in a plan, one value that is pending leaves the whole list open.

    An empty text says nothing: a plan has it where the provider's state has a text that nobody set.
    """
    if type(found) is str:
        return found or ABSENT
    if found is ABSENT or type(found) is bool:
        return found
    if isinstance(found, Pending):
        return Refusal(found.reason, found.needs)
    if found == "":
        return ABSENT
    if isinstance(found, list):
        for item in found:
            if isinstance(item, Pending):
                return Refusal(item.reason, item.needs)
        if "" in found:
            return [item for item in found if item != ""]
    return found


def _is_named_whole(found: Result) -> bool:
    """Whether a value names a resource as it stands, and needs no template around it."""
    return isinstance(found, Reference) or str(found).startswith(("arn:", "/"))


@cache
def _said(answer: str | None, *, inferred: bool, rests_on: Literal["default", "assumption"] | None) -> Said:
    """One object for all values that are known alike."""
    return Said(answer, inferred=inferred, rests_on=rests_on)


def _rests_on(found: Result) -> Literal["default", "assumption"] | None:
    if type(found) is str or type(found) is bool or type(found) is dict:
        return None
    parts = found if isinstance(found, list) else (found,)
    if any(isinstance(part, Defaulted) for part in parts):
        return "default"
    return "assumption" if any(isinstance(part, Assumed) for part in parts) else None


@cache
def _taken_apart(template: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts of a template and, between them, the names in braces."""
    parts = _BRACES.split(template)
    return tuple(parts[::2]), tuple(parts[1::2])


_OF_LISTS = frozenset({"tags", "accounts", "policy", "public", "sum", "members"})
"""The readers that take a list whole."""


def _single(values: list[Json]) -> Found:
    distinct = {repr(value): value for value in values}
    return next(iter(distinct.values())) if len(distinct) == 1 else ABSENT


def items_of(call: Call, page: Json) -> Iterator[Json]:
    """The items of a page of a listing; a bare text becomes a mapping with the member `value`."""
    assert call.items is not None  # noqa: S101 - of a listing
    found = find(call.items, page)
    for item in found if isinstance(found, list) else []:
        yield item if isinstance(item, dict) else {"value": item}
