"""How a description of a kind is written, and one clear error at the line that departs from it.

    kind: queue
    name: {fr: File d’attente, en: Queue}
    holds_data: true
    reads_plaintext: true
    aws:
      native_type: AWS::SQS::Queue
      arn: "sqs:"
      proof: moto
      list: {call: "sqs:ListQueues", items: "QueueUrls[]"}
      also:
        attributes: {call: "sqs:GetQueueAttributes", with: {QueueUrl: "{value}", AttributeNames: [All]}}
      id: ["{attributes:Attributes.QueueArn}"]
      facts:
        name: {path: "attributes:Attributes.QueueArn", read: name_of_arn}
      copies:
        - kind: primary
          key: ["attributes:Attributes.KmsMasterKeyId", {literal: provider}]

An item that is a bare text has one member, `value`. In a template `{@region}`, `{@account}` and `{@partition}` are the
scanner's own; in a copy with `each`, paths start at the element, `{@value}` is an element that is a bare text, and
`item:` starts at the item again. A value is a path, or a mapping, or a list of ways: where a member is absent the next
way counts.

Plans and templates have sections of their own, each a list of forms whose paths start at the resource's values:

    terraform_aws:
      - native_type: aws_s3_bucket
        named_by: [bucket]
        also:
          replication: {type: aws_s3_bucket_replication_configuration, by: bucket}
        copies:
          - kind: primary
          - kind: replica
            each: "replication:rule[]"
            where: {status: Enabled}
            region: {path: destination.bucket, read: region_of_bucket}
            target: {path: destination.bucket}

There `also` names other resources of the plan: those of a type whose member `by` names this one, or those that this
one's member `of` names. `id`, `arn`, `name`, `self_link` and what `named_by` lists are what others name it by. A copy
without `region` is where the resource itself is; `location` says where that stands, if it is neither `region`,
`location` nor `zone`, nor the provider's. `computed` names the blocks that the provider fills in by itself where the
configuration sets none.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sovercheck.inventory.facts import COPY_KINDS
from sovercheck.inventory.values import UNITS
from sovercheck.reference.written import Bilingual, Written, read
from sovercheck.sources.kinds.model import template_paths
from sovercheck.sources.kinds.path import PathError, parse
from sovercheck.sources.kinds.reading import kind_of, planned_form
from sovercheck.sources.readers import READERS


def _path(text: str) -> str:
    try:
        parse(text)
    except PathError as error:
        raise PydanticCustomError("path", "a path such as Rules[].Status") from error
    return text


def _template(text: str) -> str:
    try:
        list(template_paths(text))
    except PathError as error:
        raise PydanticCustomError("template", "a text with paths in braces") from error
    return text


def _one_of(words: tuple[str, ...]) -> AfterValidator:
    def check(word: str) -> str:
        if word not in words:
            raise PydanticCustomError("literal_error", "one of", {"expected": ", ".join(f"'{w}'" for w in words)})
        return word

    return AfterValidator(check)


APath = Annotated[str, AfterValidator(_path)]
Template = Annotated[str, AfterValidator(_template)]
Operation = Annotated[str, Field(pattern=r"^[a-z0-9-]+:(List|Get|Describe|Head|BatchGet|Search|Select)[A-Za-z0-9]*$")]
"""Only what reads: a description that asks for another call does not load."""


class NotFile(Written):
    """A condition that holds of everything else."""

    not_: str | bool | list[str | bool | None] = Field(alias="not")


Condition = str | bool | list[str | bool | None] | NotFile


class WayFile(Written):
    """One way of reading a value."""

    path: APath | None = None
    literal: str | bool | int | None = None
    none: bool = False
    read: Annotated[str, _one_of(tuple(READERS))] = "text"
    template: Template | None = None
    words: dict[str, str] = Field(default_factory=dict)
    unit: Annotated[str, _one_of(tuple(UNITS))] = "B"
    inferred: bool = False


Value = APath | WayFile | list[APath | WayFile]


class CallFile(Written):
    """A call of boto3's, or a GET of Azure's."""

    call: Operation | None = None
    get: Template | None = None
    api: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict, alias="with")
    items: APath | None = None
    each: APath | None = None
    absent_on: list[str] = Field(default_factory=list)
    permission: str | None = None
    of: str | None = None
    where: dict[APath, Condition] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_address(self) -> CallFile:
        if (self.call is None) == (self.get is None):
            raise PydanticCustomError("call", "either call or get")
        if self.get is not None and self.api is None:
            raise PydanticCustomError("call", "a get has the version of its api")
        return self


class CopyFile(Written):
    """One copy, or each of several."""

    kind: Annotated[str, _one_of(COPY_KINDS)]
    each: APath | None = None
    where: dict[APath, Condition] = Field(default_factory=dict)
    region: Value | None = None
    places: list[str] = Field(default_factory=list)
    account: Value | None = None
    target: Template | WayFile | list[WayFile] | None = None
    key: Value | None = None
    since: Value | None = None
    bytes: Value | None = None


class MetricFile(Written):
    """Where the provider's metrics have the size."""

    namespace: str
    name: str
    dimension: str
    value: Template


class CopyOfFile(Written):
    """Of what an item is a copy."""

    id: Template | WayFile | list[WayFile]
    kind: Annotated[str, _one_of(COPY_KINDS)]


class FactsFile(Written):
    """Where the facts of the resource stand."""

    name: Value | None = None
    group: Value | None = None
    account: Value | None = None
    bytes: Value | None = None
    tags: Value | None = None
    shared_with: Value | None = None


class FormFile(Written):
    """How one provider's interface shows the kind."""

    native_type: str
    holds_data: bool | None = None
    proof: Literal["moto", "recording", "double", "unproven"] = "unproven"
    scope: Literal["region", "account"] = "region"
    home: str | None = None
    arn: str | None = None
    table: str = "resources"
    listing: CallFile | None = Field(default=None, alias="list")
    also: dict[str, CallFile] = Field(default_factory=dict)
    where: dict[APath, Condition] = Field(default_factory=dict)
    id: Template | list[Template] = Field(default_factory=list)
    facts: FactsFile = FactsFile()
    metric: MetricFile | None = None
    bytes_basis: Literal["used", "allocated"] | None = None
    copies: list[CopyFile] = Field(default_factory=list)
    all_copies: bool = False
    copy_of: CopyOfFile | None = None

    @model_validator(mode="after")
    def _answers_exist(self) -> FormFile:
        plain = self.model_dump(by_alias=True, exclude_unset=True)
        for provider in ("aws",) if self.listing is not None and self.listing.call is not None else ("azure",):
            form = kind_of({"kind": "k", "name": {}, provider: plain}).forms[0]
            known = {None, "item", "parent", *form.also}
            used = {path.answer for path in form._all_paths()}
            if used - known:
                raise PydanticCustomError("answer", "a path starts at a completing call that is not there")
        return self


class EdgeFile(Written):
    """Other resources of a plan or template that complete one."""

    type: str | list[str]
    by: APath | None = None
    of: APath | None = None
    where: dict[APath, Condition] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> EdgeFile:
        if (self.by is None) == (self.of is None):
            raise PydanticCustomError("edge", "either by or of")
        return self


class PlannedFile(Written):
    """How a plan or template writes the kind."""

    native_type: str
    holds_data: bool | None = None
    home: str | None = None
    named_by: list[APath] = Field(default_factory=list)
    also: dict[str, EdgeFile] = Field(default_factory=dict)
    where: dict[APath, Condition] = Field(default_factory=dict)
    location: Value | None = None
    grade: Value | None = None
    computed: list[str] = Field(default_factory=list)
    facts: FactsFile = FactsFile()
    bytes_basis: Literal["used", "allocated"] | None = None
    copies: list[CopyFile] = Field(default_factory=list)
    all_copies: bool = False
    copy_of: CopyOfFile | None = None

    @model_validator(mode="after")
    def _answers_exist(self) -> PlannedFile:
        plain = self.model_dump(by_alias=True, exclude_unset=True)
        known = {None, "item", *self.also}
        if {path.answer for path in planned_form("k", "terraform_aws", plain)._all_paths()} - known:
            raise PydanticCustomError("answer", "a path starts at a completing resource that is not there")
        return self


class KindFile(Written):
    """`descriptions/<kind>.yaml`."""

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Bilingual
    holds_data: bool | None = None
    reads_plaintext: bool | None = None
    note: Bilingual | None = None
    aws: FormFile | list[FormFile] | None = None
    azure: FormFile | list[FormFile] | None = None
    terraform_aws: list[PlannedFile] = Field(default_factory=list)
    terraform_azurerm: list[PlannedFile] = Field(default_factory=list)
    terraform_google: list[PlannedFile] = Field(default_factory=list)
    cloudformation: list[PlannedFile] = Field(default_factory=list)


def read_kind(path: FilePath) -> dict[str, Any]:
    """A description as plain values, checked: what `reading.kind_of` takes and the compiled catalogue holds.

    Raises:
        PolicyError: at its line, for what departs from the form; `SeveralErrors` where a file has several faults.
    """
    written, _ = read(path, KindFile)
    return written.model_dump(by_alias=True, exclude_unset=True, mode="json")
