"""What goes wrong, as values: a type, a message and a hint in both languages, and the place that causes it.

Only `cli` prints them. Each message stands in the catalogues under `error.<code>`, its hint under `error.<code>.hint`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sovercheck import messages
from sovercheck.light import dataclass
from sovercheck.messages import Lang


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the user's files: a file, then a line and column (both from 1), or a cell (`Serveurs!C14`)."""

    file: str
    line: int | None = None
    column: int | None = None
    cell: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.cell is not None:
            parts.append(self.cell)
        elif self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class SovercheckError(Exception):
    """The base of all errors that a user can mend. The command line ends with exit code 2 on one.

    Args:
        code: names the message: `error.<code>` in the catalogues.
        place: where in the user's files, if anywhere.
        params: the message's parameters.
    """

    def __init__(self, code: str, /, *, place: Place | None = None, **params: object) -> None:
        self.code = code
        self.place = place
        self.params = params
        super().__init__(code)

    def message(self, lang: Lang) -> str:
        """One sentence that says what is wrong."""
        return messages.text(f"error.{self.code}", lang, **self.params)

    def hint(self, lang: Lang) -> str | None:
        """What to do about it, if there is something to say."""
        key = f"error.{self.code}.hint"
        return messages.text(key, lang, **self.params) if messages.has(key) else None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message('en')}"


class ConfigurationError(SovercheckError):
    """`sovercheck.yaml`, or a file that it names, says something that cannot be used."""


class InputError(SovercheckError):
    """A declaration, a spreadsheet or another input cannot be read as it stands."""


class PolicyError(SovercheckError):
    """A rule, a law, a waiver or another entry of a policy folder cannot be used."""


class UsageError(SovercheckError):
    """The command line asks for something that does not exist."""


class SeveralErrors(SovercheckError):  # noqa: N818 - it reads as what it is
    """Several errors found in one reading, so that one run tells all of them."""

    def __init__(self, errors: Iterable[SovercheckError]) -> None:
        self.errors = tuple(errors)
        super().__init__("several", n=len(self.errors))

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def raise_all(errors: list[SovercheckError]) -> None:
    """Raises nothing, the one error, or all of them together."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SeveralErrors(errors)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a misspelt word most likely meant, or None if none is close."""
    import difflib

    matches = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return matches[0] if matches else None
