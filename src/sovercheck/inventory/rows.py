"""What a source yields: rows of the inventory's tables, gaps, notes, and readings for the coverage ledger.

A row may say only a part of its subject; rows about the same subject, from one source or several, are merged by
`inventory.merge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Literal

from sovercheck.errors import Place
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.light import dataclass

Scalar = str | bool | int | Decimal
"""Texts, words, places and (partial) ISO dates are `str`; bytes are `int`; other numbers `Decimal`."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is known, or known to be none.

    Attributes:
        value: a scalar; a tuple of texts for a list; None if it is known that there is none.
            Of an interval, the lower end.
        evidence: how it is known.
        high: of an interval, the upper end; None if it is unbounded. Equal to `value` for an exact number.
        open: of a list, whether it may have members that nobody read.
    """

    value: Scalar | tuple[str, ...] | None
    evidence: Evidence
    high: int | Decimal | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Some facts of one subject, or of one link between subjects.

    Attributes:
        table: a name in `facts.TABLES`.
        id: unique in the table; of a link row, made from its ends by whoever makes the row.
        links: column → id of the subject pointed to.
        facts: short name → value; a fact that is left out is unknown.
        place: where in the user's files the row stands, to name it in errors.
        observed_as: of a declared resource, the id under which a reading of the account gives the same one.
    """

    table: str
    id: str
    links: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Known] = field(default_factory=dict)
    place: Place | None = None
    observed_as: str | None = None


GapReason = Literal[
    "refused",
    "throttled",
    "unreachable",
    "unreadable",
    "excluded",
    "not_supported",
    "not_asked",
    "after_apply",
    "sensitive",
    "expression",
    "uncorroborated",
    "not_in_plan",
]
"""Of a plan or template: `after_apply`, a value that is known once it is applied; `sensitive`, one that the plan hides;
`expression`, one that depends on the deployment; `uncorroborated`, one that nothing bears out; `not_in_plan`, one that
nothing in the file says."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a source could not read, and why.

    Attributes:
        source: the source that tried.
        reason: why it could not.
        table: what it would have given rows or facts of.
        id: the subject whose facts are missing; None if the listing itself failed.
        facts: short names of the facts that are missing; empty for all that the reading would have given.
        scope: where: an account and region, a file, a sheet.
        needs: what would mend it: a permission's name, a password, a format.
        grade: the evidence that the reading would have given; values no stronger than it cannot pass meanwhile.
        detail: what the other side answered, short and without secrets.
    """

    source: str
    reason: GapReason
    table: str
    id: str | None = None
    facts: tuple[str, ...] = ()
    scope: str | None = None
    needs: str | None = None
    grade: Grade = Grade.OBSERVED
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a source assumed in order to read, and tells: an encoding, a decimal comma, a cached value.

    Attributes:
        source: who assumed.
        code: names the sentence in the catalogues, `note.<code>`.
        params: the sentence's parameters.
    """

    source: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


ReadingStatus = Literal[
    "read",
    "refused",
    "throttled",
    "unreachable",
    "unreadable",
    "excluded",
    "opted_out",
    "not_supported",
    "undescribed",
]
"""What became of a listing; the words that a gap has too mean the same here.

`opted_out`: the account does not use that region. `not_supported`: the provider does not offer the service there.
`undescribed`: the resources were seen, and no description of kinds says what to read of them.
"""


OF_A_FILE = "*"
"""The account of a reading of a plan or template, which asks none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the coverage ledger: what became of one listing, whether or not it gave anything.

    Attributes:
        source: the source that read.
        account: of the provider: an AWS account, an Azure subscription or tenant; or `OF_A_FILE`.
        region: as the provider calls it; `global` for what has none.
        service: as the provider calls it: `s3`, `microsoft.storage`.
        kind: the normalised kind, or the native type of what has no description.
        status: what became of it.
        resources: how many it gave.
        gaps: how many readings of its resources' facts failed besides.
        needs: the permission that is missing, where one is.
        detail: why it was excluded, or what the other side answered, short and without secrets.
    """

    source: str
    account: str
    region: str
    service: str
    kind: str
    status: ReadingStatus
    resources: int = 0
    gaps: int = 0
    needs: str | None = None
    detail: str | None = None


Item = Row | Gap | Note | Reading
