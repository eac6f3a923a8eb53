"""How a fact is known: a grade, a source and a date, packed with the value as one integer.

Beside each fact's column stands its evidence, a signed 32-bit integer:

- 0: nobody answered;
- negative: why it is not known, a row of the gap table (`-CONTRADICTED`: sources of equal strength disagree);
- positive: known, or known to be none. Bits 27 to 29 hold the grade, bit 26 is set where a reading of this fact was
  refused and the value is no stronger than that reading, and the low 26 bits are the row of the provenance table.

So a minimum grade is a comparison of integers, without a join.
"""

from __future__ import annotations

from enum import IntEnum

from sovercheck.light import dataclass

_GRADE_SHIFT = 27
GAPPED_BIT = 1 << 26
_PROVENANCE_MASK = GAPPED_BIT - 1

NO_ANSWER = 0
CONTRADICTED = -1
FIRST_GAP = -2
"""The gap with number n is stored as `FIRST_GAP - n`."""


class Grade(IntEnum):
    """The strength of evidence, the strongest being the greatest."""

    ASSUMED = 1
    INFERRED = 2
    REPORTED = 3
    DECLARED = 4
    DOCUMENTED = 5
    OBSERVED = 6

    @property
    def word(self) -> str:
        """The design's word for it, as in files and outputs."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Grade:
        """The grade of a word; raises KeyError for another word."""
        if word != word.lower():
            raise KeyError(word)
        return cls[word.upper()]


GRADE_WORDS: tuple[str, ...] = tuple(grade.word for grade in sorted(Grade, reverse=True))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value comes from.

    Attributes:
        grade: how strong it is.
        source: who or what says so: a supplier, a register, a publication, an account.
        date: the day of the statement or reading, ISO 8601, perhaps only a year or a month.
        locator: where to find it again: an address, a file and line, a document's reference, an API call.
        note: what a reader must know of it.
    """

    grade: Grade
    source: str
    date: str | None = None
    locator: str | None = None
    note: str | None = None


def pack(grade: Grade, provenance: int) -> int:
    """The evidence integer of a known value."""
    return (int(grade) << _GRADE_SHIFT) | provenance


def floor(grade: Grade) -> int:
    """The least evidence integer of a grade, for comparisons."""
    return int(grade) << _GRADE_SHIFT


def above(grade: Grade) -> int:
    """An evidence integer that no value of this grade or of a weaker one reaches."""
    return (int(grade) + 1) << _GRADE_SHIFT


def grade_of(evidence: int) -> Grade | None:
    """The grade of an evidence integer, or None where the fact is unknown."""
    return Grade(evidence >> _GRADE_SHIFT) if evidence > 0 else None


def provenance_of(evidence: int) -> int:
    """The row of the provenance table."""
    return evidence & _PROVENANCE_MASK


def is_gapped(evidence: int) -> bool:
    """Whether a stronger reading of this known value was refused."""
    return evidence > 0 and bool(evidence & GAPPED_BIT)


def gap_evidence(number: int) -> int:
    """The evidence integer of a value that gap `number` kept from being read."""
    return FIRST_GAP - number


def gap_of(evidence: int) -> int | None:
    """The number of the gap that keeps this value unknown, if one does."""
    return FIRST_GAP - evidence if evidence <= FIRST_GAP else None
