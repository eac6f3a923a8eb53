"""Every description loads, and names nothing that the provider's published shapes do not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as FilePath

import pytest

from sovercheck.sources.kinds import FOLDER
from sovercheck.sources.kinds.model import Call, Form, Kind, Way, Where
from sovercheck.sources.kinds.path import Path
from sovercheck.sources.kinds.reading import PLANNED, kind_of
from sovercheck.sources.kinds.written import read_kind

from .shapes import (
    Shape,
    WrongError,
    at,
    error_codes,
    faults_of_parameters,
    item_shape,
    of_item,
    operation,
)

FILES = sorted(FOLDER.glob("*.yaml"))

UNPUBLISHED_ERRORS = ("s3", "s3control", "ec2", "iam", "organizations")
"""Services that answer with codes that their models do not have."""

NO_SECRETS = re.compile(r"(?:key_?id|arn|name|alias|tags|kms_?key)\Z", re.IGNORECASE)
"""Members that name a thing, which some services hide from their own logs all the same."""

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def load(path: FilePath) -> Kind:
    return kind_of(read_kind(path))


def aws_forms(path: FilePath) -> list[Form]:
    return [form for form in load(path).forms if form.provider == "aws"]


@each_file
def test_a_description_loads_under_its_own_name_in_both_languages(path: FilePath) -> None:
    kind = load(path)
    assert kind.id == path.stem, f"{path.name}: the kind is called {kind.id}"
    for texts in (kind.name, kind.note):
        if texts is not None:
            assert {"fr", "en"} == set(texts), path.name
            assert all(text.strip() for text in texts.values()), path.name
            assert "'" not in texts["fr"], f"{path.name}: French has the apostrophe ’: {texts['fr']}"
            assert not re.search(r" [;!?]", texts["fr"]), f"{path.name}: no space before ; ! ?: {texts['fr']}"
            assert not re.search(r"(?<!\N{NO-BREAK SPACE}):(?=\s)", texts["fr"]), (
                f"{path.name}: a non-breaking space goes before a colon: {texts['fr']}"
            )
    assert kind.forms or PLANNED.keys() & read_kind(path).keys(), f"{path.name}: no provider shows it"


@each_file
def test_what_it_names_of_aws_is_in_the_published_shapes(path: FilePath) -> None:
    faults = list(dict.fromkeys(f"{path.name}: {fault}" for form in aws_forms(path) for fault in faults_of(form)))
    assert not faults, "\n" + "\n".join(faults)


def faults_of(form: Form) -> Iterator[str]:
    if not re.fullmatch(r"AWS::\w+::\w+", form.native_type):
        yield f"native_type is none of CloudFormation's form: {form.native_type}"
    if not form.ids:
        yield "no id"
    for name, call in (("list", form.listing), *form.also.items()):
        yield from caught(lambda call=call: faults_of_parameters(call), name)  # type: ignore[misc]
        if call.service not in UNPUBLISHED_ERRORS:
            codes = caught_codes(call)
            yield from (f"{name}: absent_on {code} is not published" for code in call.absent_on if code not in codes)
        if (name == "list") != (call.items is not None):
            yield f"{name}: items are of a listing, and only of one"
    for parent in [form.listing.of] if form.listing.of else []:
        if not parents(parent):
            yield f"list: of {parent}, of which there is no description with an aws form"
    for read in form._all_paths():
        yield from caught(lambda read=read: resolve(form, read) and (), str(read))  # type: ignore[misc]
    for read, words, _ in conditions(form):
        yield from caught(lambda read=read, words=words: words_of(form, read, words), str(read))  # type: ignore[misc]
    for way, read in ways(form):
        yield from caught(lambda way=way, read=read: words_of(form, read, tuple(way.words)), str(read))  # type: ignore[misc]


READERS_OF: Mapping[str, tuple[str, ...]] = {
    "name": ("text", "name_of_arn"),
    "group": ("text",),
    "account": ("text", "account_of_arn"),
    "bytes": ("text",),
    "tags": ("tags",),
    "shared_with": ("accounts", "policy", "public"),
    "region": ("text", "region_of_arn", "region_of_zone", "region_of_bucket"),
    "key": ("text",),
    "since": ("day",),
}


@each_file
def test_each_fact_is_read_by_a_reader_that_gives_such_a_fact(path: FilePath) -> None:
    for form in aws_forms(path):
        given = [*form.facts.items()]
        for copy in form.copies:
            given += [(name, getattr(copy, name)) for name in ("region", "account", "key", "since", "bytes")]
        for fact, found in given:
            for way in found:
                said = way.literal is not None or way.none
                assert said or way.read in READERS_OF[fact], f"{path.name}: {fact}: {way.read} gives none"


def caught(check: Callable[[], object], where: str) -> Iterator[str]:
    try:
        found = check()
        for fault in found if isinstance(found, Iterator) else ():
            yield f"{where}: {fault}"
    except WrongError as error:
        yield f"{where}: {error}"


def caught_codes(call: Call) -> frozenset[str]:
    try:
        return error_codes(call.service)
    except WrongError:
        return frozenset()


def resolve(form: Form, path: Path) -> Shape:
    """The shape at a path of a form; refuses what is not there, and what is a secret."""
    if path.answer in (None, "item"):
        shape = of_item(item_shape(form.listing), path)
    elif path.answer == "parent":
        shape = of_parent(form, path)
    else:
        shape = at(operation(form.also[path.answer]).output_shape, path.steps)
    sensitive = shape is not None and shape.type_name == "string" and shape.metadata.get("sensitive")
    if sensitive and not NO_SECRETS.search(path.steps[-1]):
        raise WrongError("a secret by the service's own word")
    return shape


def parents(kind: str) -> list[Form]:
    path = FOLDER / f"{kind}.yaml"
    return aws_forms(path) if path.exists() else []


def of_parent(form: Form, path: Path) -> Shape:
    """A parent may have several forms: what one of them lists is enough."""
    error = WrongError("a path of a parent, and the listing has none")
    for parent in parents(form.listing.of or ""):
        try:
            return of_item(item_shape(parent.listing), path)
        except WrongError as caught:
            error = caught
    raise error


def conditions(form: Form) -> Iterator[tuple[Path, tuple[str, ...], bool]]:
    def prefixed(each: Path | None, where: Where) -> Iterator[tuple[Path, tuple[str, ...], bool]]:
        for condition in where:
            path, words, absent = condition.path, condition.words, condition.absent
            inside = each is not None and path.answer is None
            yield (Path(each.answer, each.steps + path.steps) if each and inside else path), words, absent

    yield from prefixed(None, form.where)
    for call in (form.listing, *form.also.values()):
        yield from prefixed(None, call.where)
    for copy in form.copies:
        yield from prefixed(copy.each, copy.where)


def ways(form: Form) -> Iterator[tuple[Way, Path]]:
    """Every way that translates a word, with its path."""
    for found in form.facts.values():
        yield from ((way, way.path) for way in found if way.path is not None and way.words)
    for copy in form.copies:
        for way in (*copy.region, *copy.account, *copy.key, *copy.since, *copy.bytes):
            if way.path is None or not way.words:
                continue
            inside = copy.each is not None and way.path.answer is None
            yield way, Path(copy.each.answer, copy.each.steps + way.path.steps) if copy.each and inside else way.path


def words_of(form: Form, path: Path, words: tuple[str, ...]) -> Iterator[str]:
    """The words that a condition expects are words that the service says."""
    shape = resolve(form, path)
    if shape is None:
        return
    if shape.type_name == "list":
        raise WrongError("a condition reads the elements of a list: write [] at its end")
    enum = ["true", "false"] if shape.type_name == "boolean" else getattr(shape, "enum", None)
    known = {str(word).casefold() for word in enum or ()}
    yield from (f"never says {word}, only {', '.join(enum)}" for word in words if enum and word.casefold() not in known)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("s3:ListBuckets", "s3:ListBucket", "no operation s3:ListBucket"),
        ("s3:ListBuckets", "s4:ListBuckets", "no service s4"),
        ("items: Buckets[]", "items: Bucket[]", "has no member Bucket"),
        ("MaxBuckets: 1000", "MaxBuckets: many", "with.MaxBuckets is a integer"),
        ("MaxBuckets: 1000", "Max: 1000", "with has no Max"),
        ('{Bucket: "{Name}"}', "{}", "with lacks Bucket"),
        ("Destination.Account", "Destination.Owner", "replication:ReplicationConfiguration.Rules[].Destination.Owner"),
        ("{Destination.Bucket}", "{Destination.B}", "has no member B;"),
        ("Rules[].Apply", "Rules.Apply", "is a list and has no member"),
        ("{Status: Enabled}", "{Status: On}", "never says on, only Enabled, Disabled"),
        ("AWS::S3::Bucket", "S3 bucket", "none of CloudFormation's form"),
    ],
)
def test_what_is_not_published_is_told(tmp_path: FilePath, right: str, wrong: str, fault: str) -> None:
    text = (FOLDER / "object_bucket.yaml").read_text(encoding="utf-8")
    path = tmp_path / "object_bucket.yaml"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert text != path.read_text(encoding="utf-8")
    assert fault in "\n".join(fault for form in aws_forms(path) for fault in faults_of(form))
