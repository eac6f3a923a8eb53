"""A double of AWS, and no recording: answers made up from the published shapes, with what a description reads in them.

Each answer goes through botocore's own `Stubber`, which refuses a call that the service does not take and an answer
that it would not give. What it cannot show is that the service fills these members, or means by them what we read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.stub import Stubber

from sovercheck.sources.item import ItemView, Unit, items_of
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds.model import Call, CopyForm, Form, Kind, Way, Ways, Where, named_paths, template_paths
from sovercheck.sources.kinds.path import Json, Path, keep
from sovercheck.sources.readers import Result

from .shapes import SESSION, Shape, item_shape, operation

HOME, ELSEWHERE = "ca-central-1", "us-east-1"
ACCOUNT, STRANGER = "111122223333", "444455556666"
DAY = datetime(2026, 1, 2, tzinfo=UTC)
BUCKET = "journaux-externes"
POLICY = (
    '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::'
    + STRANGER
    + ':root"}, "Action": "*", "Resource": "*"}]}'
)
OTHER = "other"
"""The use of a member that names another resource."""

UNKNOWABLE = {"unknown": "unknown"}
"""How a description says that a member's presence leaves the value unknown: the sample leaves the member out."""

REFUSED = Refusal("refused", needs="service:Operation")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a member's value must be for a description to read it.

    Attributes:
        read: the reader that reads it.
        use: the fact that it becomes; empty for what only names or joins.
        words: the values of which it must be one; None where any will do.
        far: whether it is of a copy that is elsewhere.
    """

    read: str = "text"
    use: str = ""
    words: tuple[str, ...] | None = None
    far: bool = False


Wanted = Mapping[Path, Hint | None]
"""Every member to fill in; None for one that must be absent."""


def conditional(copy: CopyForm) -> bool:
    """Whether an item may be without such a copy."""
    return copy.each is not None or bool(copy.where)


def wanted(form: Form, copy: CopyForm | None) -> dict[Path, Hint | None]:
    """The members that the description reads, as they are where one of its conditional copies is there."""
    found: dict[Path, Hint | None] = {path: Hint() for path in form._all_paths()}
    for other in form.copies:
        # Elements of another copy than this one need not be there, nor its conditions hold.
        if other is not copy and other.each is not None:
            for path in _elements(other):
                found.pop(path, None)
    for path in _every(form, copy):
        found.setdefault(path, Hint())
    for use, ways in form.facts.items():
        found.update(_ways(use, ways, None))
    for one in (*(one for one in form.copies if one.each is None and one is not copy), *([copy] if copy else [])):
        for use in ("region", "account", "key", "since", "bytes"):
            found.update(_ways(use, getattr(one, use), one.each))
    _hold(found, form.where, None)
    needed = answers(form, copy)
    for name, call in form.also.items():
        if name in needed:
            _hold(found, call.where, None)
    if copy is not None:
        _hold(found, copy.where, copy.each)
    _name(found, form, copy)
    return found


def _name(found: dict[Path, Hint | None], form: Form, copy: CopyForm | None) -> None:
    """What names another resource names no part of the item itself."""
    own = {path for template in form.ids for path in template_paths(template)}
    names: list[tuple[Path, Path | None]] = [(path, None) for path in named_paths(form.copy_of)]
    names += [(path, copy.each) for path in named_paths(copy.target)] if copy is not None else []
    fulls = [whole(path, each) for path, each in names]
    fulls += [copy.each] if copy is not None and copy.each is not None and copy.target == "{@value}" else []
    for full in fulls:
        before = found.get(full)
        if before is not None and full not in own and before.words is None:
            found[full] = Hint(before.read, before.use or OTHER, far=before.far)


def answers(form: Form, copy: CopyForm | None) -> frozenset[str]:
    """The completing calls whose answers the facts need, or one copy where it is there, and those that these need."""
    if copy is None:
        several = [
            *form.facts.values(),
            *(ways for one in form.copies if not conditional(one) for ways in (one.region, one.key)),
        ]
        first = [path for ways in several for way in ways if (path := way.path) is not None]
    else:
        first = list(_elements(copy)) if copy.each is not None else [condition.path for condition in copy.where]
        first += [way.path for ways in (copy.region, copy.key) for way in ways if way.path is not None]
    found = {path.answer for path in first if path.answer in form.also}
    for name, call in reversed(list(form.also.items())):
        if name in found:
            found |= {path.answer for path in asks(call) if path.answer in form.also}
    return frozenset(name for name in found if name is not None)


def asks(call: Call) -> Iterator[Path]:
    """What must be known for a call to be made."""
    for text in _texts((call.operation, call.parameters)):
        yield from template_paths(text)
    if call.each is not None:
        yield call.each
    yield from (condition.path for condition in call.where)


def _every(form: Form, copy: CopyForm | None) -> Iterator[Path]:
    """What is read whichever copy is there: a path of another copy may be one of these too."""
    for text in (*form.ids, form.metric[3] if form.metric else None):
        yield from template_paths(text)
    yield from named_paths(form.copy_of)
    for call in (form.listing, *form.also.values()):
        yield from asks(call)
    if copy is not None and copy.each is not None:
        yield from _elements(copy)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _elements(copy: CopyForm) -> Iterator[Path]:
    assert copy.each is not None
    yield copy.each
    inner = [condition.path for condition in copy.where]
    for ways in (copy.region, copy.account, copy.key, copy.since, copy.bytes):
        for way in ways:
            inner += [way.path] if way.path is not None else []
            inner += template_paths(way.template)
    inner += named_paths(copy.target)
    yield from (whole(path, copy.each) for path in inner)


def whole(path: Path, each: Path | None) -> Path:
    """A path as it starts at the answer, of one that may start at the element of a copy."""
    return path if each is None or path.answer is not None else Path(each.answer, each.steps + path.steps)


def _ways(use: str, ways: Ways, each: Path | None) -> Iterator[tuple[Path, Hint | None]]:
    for way in ways:
        if way.path is None and way.literal is None and not way.none and each is not None:
            yield each, Hint(way.read, use, far=True)
        elif way.path is not None and way.words == UNKNOWABLE:
            yield whole(way.path, each), None
        elif way.path is not None:
            words = tuple(way.words) or None
            yield whole(way.path, each), Hint(way.read, use, words, far=each is not None and way.path.answer != "item")


def _hold(found: dict[Path, Hint | None], where: Where, each: Path | None) -> None:
    for condition in where:
        path, words = condition.path, () if condition.negated else condition.words
        full = whole(path, each)
        before = found.get(full)
        both = tuple(word for word in words if before and before.words and word in before.words)
        found[full] = Hint(words=both or words) if words else None


def makes(way: Way, given: Wanted, each: Path | None) -> bool:
    """Whether a way says something in the answers that are made up."""
    return way.path is None or given.get(whole(way.path, each)) is not None


def sample(shape: Shape, inner: Sequence[tuple[tuple[str, ...], Hint]], service: str, name: str = "") -> Any:
    """A value of a shape of a service's: what it must have, and what is wanted in it."""
    hint = next((hint for steps, hint in inner if not steps), Hint())
    below: dict[str, list[tuple[tuple[str, ...], Hint]]] = defaultdict(list)
    for steps, one in inner:
        if steps:
            below[steps[0]].append((steps[1:], one))
    if getattr(shape, "is_document_type", False):
        return {step: sample_of_document(rest) for step, rest in below.items()}
    if shape.type_name == "structure":
        names = (
            shape.members
            if hint.read == "tags"
            else [n for n in shape.members if n in {*below, *shape.required_members}]
        )
        if getattr(shape, "is_tagged_union", False):
            names = names or list(shape.members)[:1]
        return {member: sample(shape.members[member], below.get(member, ()), service, member) for member in names}
    if shape.type_name == "list":
        element = below.get("[]") or [((), hint)]
        # A service may never answer with fewer.
        return [sample(shape.member, element, service, name)] * max(1, shape.metadata.get("min", 0))
    if shape.type_name == "map":
        inside = below or {"projet": [((), hint)]}
        return {
            "clef" if step == "*" else step: sample(shape.value, rest, service, step) for step, rest in inside.items()
        }
    return _scalar(shape, hint, service, name)


def sample_of_document(inner: Sequence[tuple[tuple[str, ...], Hint]]) -> Any:
    if all(not steps for steps, _ in inner):
        return "valeur"
    return {steps[0]: sample_of_document([(steps[1:], hint)]) for steps, hint in inner if steps}


def _scalar(shape: Shape, hint: Hint, service: str, name: str) -> Any:
    kind = shape.type_name
    if kind == "timestamp":
        return DAY
    if kind == "boolean":
        return hint.words is None or "true" in {word.casefold() for word in hint.words}
    if kind in ("integer", "long"):
        return max(7, shape.metadata.get("min", 0))
    if kind in ("float", "double"):
        return 7.0
    if kind == "blob":
        return b"x"
    return _text(shape, hint, service, name).ljust(int(shape.metadata.get("min", 0)), "0")


_ADDRESS = re.compile(r"(?:Uri|Path|S3\w*Location|OutputLocation|OutputConfig)\Z", re.IGNORECASE)
_DATE = re.compile(r"(?:At|[tT]ime|[dD]ate|[tT]imestamp)\Z")
_ACCOUNT = re.compile(r"(?:user|owner|account)_?(?:ids?)?\Z", re.IGNORECASE)
_POLICY = re.compile(r"polic(?:y|ies)(?:document|text)?\Z", re.IGNORECASE)


def _text(shape: Shape, hint: Hint, service: str, name: str) -> str:
    """A text as the member's name has it be, which what reads it must then fit; else as it is read."""
    region = ELSEWHERE if hint.far else HOME
    account = STRANGER if hint.far else ACCOUNT
    lowered = name.lower()
    if hint.words is not None:
        known = {word.casefold(): word for word in getattr(shape, "enum", ())}
        return str(known.get(hint.words[0].casefold(), hint.words[0]))
    if hint.use == "key":
        return f"arn:aws:kms:{region}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    if lowered.endswith(("arn", "arns")):
        return (
            f"arn:aws:s3:::{BUCKET}"
            if "bucket" in lowered and service == "s3"
            else (f"arn:aws:{service}:{region}:{account}:stream/{_other(hint)}")
        )
    if "zone" in lowered:
        return f"{region}a"
    if "region" in lowered:
        return region
    if "bucket" in lowered:
        return BUCKET
    if _ADDRESS.search(name):
        return f"s3://{BUCKET}/dossier"
    if _DATE.search(name):
        return "2026-01-02T00:00:00Z"
    if _POLICY.search(name):
        return POLICY
    if _ACCOUNT.search(name):
        return STRANGER if hint.use == "shared_with" else account
    return _as_read(shape, hint, service, name)


def _as_read(shape: Shape, hint: Hint, service: str, name: str) -> str:
    region = ELSEWHERE if hint.far else HOME
    account = STRANGER if hint.far else ACCOUNT
    texts = {
        "policy": POLICY,
        "accounts": STRANGER,
        "public": "true",
        "day": "2026-01-02T00:00:00Z",
        "region_of_zone": f"{region}a",
        "region_of_bucket": BUCKET,
        **dict.fromkeys(
            ("region_of_arn", "account_of_arn"), f"arn:aws:{service}:{region}:{account}:stream/{_other(hint)}"
        ),
    }
    if hint.read in texts:
        return texts[hint.read]
    if hint.use in ("region", "account"):
        return region if hint.use == "region" else account
    enum = getattr(shape, "enum", None)
    return str(enum[0]) if enum else f"{name.lower()}-{_other(hint)}"


def _other(hint: Hint) -> str:
    return "autre" if hint.use == OTHER else "name"


@cache
def _client(service: str, region: str) -> Any:
    return SESSION.create_client(
        service, region_name=region, aws_access_key_id="double", aws_secret_access_key="double"
    )


def answered(ask: Ask, call: Call, given: Wanted, answer: str | None, prefix: tuple[str, ...] = ()) -> Json:
    """What the double answers, as the scan keeps it: what the published shapes let through."""
    names = (None, "item") if answer is None else (answer,)
    inner = [(prefix + path.steps, hint) for path, hint in given.items() if path.answer in names and hint is not None]
    if bare(call):
        inner = [(prefix, hint) for _, hint in inner]
    shape = operation(call).output_shape
    client = _client(ask.service, ask.region)
    with Stubber(client) as stubber:
        stubber.add_response(xform_name(call.operation), sample(shape, inner, ask.service))
        response = getattr(client, xform_name(call.operation))(**ask.parameters)
    response.pop("ResponseMetadata", None)
    return _plain(response)


def bare(call: Call) -> bool:
    """Whether the items of a listing are bare texts."""
    return call.items is not None and item_shape(call).type_name not in ("structure", "map")


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value  # type: ignore[no-any-return]


def view(kind: Kind, form: Form, given: Wanted, parent: Json, refused: str | None = None) -> ItemView:
    """The one item that the double lists, whose completing calls it answers, save one that it refuses."""
    unit = Unit(kind, form, ACCOUNT, HOME)

    def fetch(ask: Ask, call: Call) -> Result:
        name = next(name for name, one in form.also.items() if one is call)
        if name == refused:
            return REFUSED
        return keep(form.paths(name), answered(ask, call, given, name))

    ask = ItemView(unit, None, fetch, parent).ask(form.listing)
    assert isinstance(ask, Ask), "the listing cannot be asked"
    assert form.listing.items is not None
    page = answered(ask, form.listing, given, None, form.listing.items.steps)
    items = list(items_of(form.listing, page))
    assert len(items) == 1
    found = ItemView(unit, keep(form.paths(None), items[0]), fetch, parent)
    assert found.holds(form.where) is True or refused is not None, "the item is not of the kind"
    return found
