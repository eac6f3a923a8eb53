"""How resources are tied to systems: by tag, account, resource group, name or kind, as the configuration says once.

A matcher is compared with a resource once all that its sources said of it is merged, so that tags from one reading and
a name from another count together. Names, kinds and the values of tags are compared as they are written; accounts,
resource groups and the keys of tags whatever the case, as Azure does.

What a resource does not have is told apart from what could not be read of it. Where a reading of its tags was refused,
a matcher that asks for a tag neither ties nor excludes: the pair stands in the table `matched_tie`, undecided, and
nothing that is said of all of the system's resources counts as complete. Where nobody said anything of its tags, and no
other matcher ties it, it stands there with no system: silence of a source excludes, and is counted.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck.inventory.evidence import GAPPED_BIT, NO_ANSWER
from sovercheck.light import dataclass

if TYPE_CHECKING:
    import duckdb

CONDITIONS = ("tag", "account", "group", "name", "kind")
"""What a matcher may ask; `tag` is a key, or `key=value`."""

_FACT = {"tag": "tags"}
"""The fact of a resource that a condition looks at, where it has another name."""
_ANY_CASE = ("account", "group")
_BATCH = 10_000

MATCHED = "matched_tie"
"""The table of what matchers gave: the ties that they made, and those that could not be decided."""

_ASKED = (
    "SELECT id, "
    + ", ".join(
        f'"{fact}", {"tags__open" if fact == "tags" else "FALSE"}, "{fact}__ev"'
        for fact in (_FACT.get(condition, condition) for condition in CONDITIONS)
    )
    + " FROM resource"
)
_COLUMNS = range(1, 1 + 3 * len(CONDITIONS), 3)
"""Where the columns of each condition begin in a row of it: the value, whether a list is open, the evidence."""

_CLAIMS = (
    ("system", "system", ("resources_complete", "involvements_complete")),
    ("resource", "resource", ("involvements_complete",)),
)
"""Which claims to be complete an undecided tie opens: the table, its column of the tie, the facts."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One way in which resources are tied to a system: every condition that it gives must hold.

    Attributes:
        system: id of the system.
        conditions: what it asks, as pairs of one of `CONDITIONS` and a pattern, of which `*` is any characters.
    """

    system: str
    conditions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one fact of a resource.

    Attributes:
        values: the value, or the members of a list; empty where it is known to be none, or not known.
        sure: whether there can be no others: no reading was refused, no list is open.
        silent: whether nobody said anything.
    """

    values: Sequence[str]
    sure: bool
    silent: bool = False


class Ties:
    """Matchers, compiled: those that hold of a value are found without trying each."""

    def __init__(self, matchers: Iterable[Matcher]) -> None:
        found = tuple(matchers)
        self._systems = [matcher.system for matcher in found]
        self._tests = {condition: _Test(condition, found) for condition in CONDITIONS}
        self.asks_tags = any(condition == "tag" for matcher in found for condition, _ in matcher.conditions)

    def of(self, told: dict[str, Told]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The systems to which a resource is tied, then those of which that is not settled, in order of id.

        One that stands in both is tied by what somebody says, where the reading that would show it was refused.

        Args:
            told: condition → what is known of the fact that it looks at.
        """
        tied = certain = possible = (1 << len(self._systems)) - 1
        for condition, test in self._tests.items():
            of = told[condition]
            matched = test.matched(of.values)
            tied &= matched
            certain &= matched if of.sure else test.indifferent
            possible &= matched if of.sure else -1
        decided = set(self._named(certain))
        return self._named(tied), tuple(system for system in self._named(possible) if system not in decided)

    def _named(self, mask: int) -> tuple[str, ...]:
        found = set()
        while mask:
            lowest = mask & -mask
            found.add(self._systems[lowest.bit_length() - 1])
            mask ^= lowest
        return tuple(sorted(found))


class _Test:
    """One condition of all matchers, as sets of matchers: integers, a bit a matcher."""

    def __init__(self, condition: str, matchers: Sequence[Matcher]) -> None:
        self._normal = _normalised(condition)
        self._exact: dict[str, int] = {}
        globs: dict[str, int] = {}
        self.indifferent = (1 << len(matchers)) - 1
        """Those that do not ask it."""
        for number, matcher in enumerate(matchers):
            for pattern in (pattern for asked, pattern in matcher.conditions if asked == condition):
                self.indifferent &= ~(1 << number)
                # A tag's key alone goes with any value.
                written = self._normal(f"{pattern}=*" if condition == "tag" and "=" not in pattern else pattern)
                if "*" in written:
                    globs[written] = globs.get(written, 0) | 1 << number
                else:
                    self._exact[written] = self._exact.get(written, 0) | 1 << number
        self._globs = [(_compiled(glob), mask) for glob, mask in globs.items()]
        # Most values match none: one search over all patterns tells so.
        self._any_glob = re.compile("|".join(f"(?:{glob.pattern})" for glob, _ in self._globs)) if globs else None
        self._seen: dict[str, int] = {}

    def matched(self, values: Iterable[str]) -> int:
        """The matchers whose condition holds of a value, and those that do not ask it."""
        mask = self.indifferent
        for value in values:
            mask |= self._of(value)
        return mask

    def _of(self, value: str) -> int:
        if not self._exact and self._any_glob is None:
            return 0
        found = self._seen.get(value)
        if found is None:
            normal = self._normal(value)
            found = self._exact.get(normal, 0)
            if self._any_glob is not None and self._any_glob.match(normal):
                for glob, mask in self._globs:
                    if glob.match(normal):
                        found |= mask
            # Names are all different: what is remembered stays small.
            if len(self._seen) < _BATCH:
                self._seen[value] = found
        return found


def _compiled(glob: str) -> re.Pattern[str]:
    """A pattern in which `*` alone is special, and which no value makes slow."""
    return re.compile(fnmatch.translate(glob.replace("[", "[[]").replace("?", "[?]")))


def _normalised(condition: str) -> Callable[[str], str]:
    if condition == "tag":
        return _tag
    return str.casefold if condition in _ANY_CASE else str


def _tag(text: str) -> str:
    key, _, value = text.partition("=")
    return f"{key.casefold()}={value}"


def tie_others(connection: duckdb.DuckDBPyConnection, system: str) -> None:
    """Ties to one system every resource that is tied to none, and of which none is in doubt."""
    connection.execute(
        "INSERT INTO tie (id, resource, system) SELECT id || '|' || $system, id, $system FROM resource "
        "WHERE id NOT IN (SELECT resource FROM tie) "
        f"AND id NOT IN (SELECT resource FROM {MATCHED} WHERE system IS NOT NULL) ORDER BY id",
        {"system": system},
    )


def tie(connection: duckdb.DuckDBPyConnection, matchers: Sequence[Matcher], spool: Path) -> None:
    """Adds to the table `tie`, and makes `matched_tie`, from the merged table `resource` with its gaps marked.

    What claims to list all of a system's resources, or all involvements of either, does so no longer where a resource
    may be the system's.

    Args:
        connection: the engine.
        matchers: of all systems.
        spool: a file to write what was found, for the engine to read.
    """
    connection.execute(f"CREATE TABLE {MATCHED} (resource VARCHAR, system VARCHAR, decided BOOLEAN)")
    if not matchers:
        return
    ties = Ties(matchers)
    connection.execute(_ASKED)
    with spool.open("w", encoding="utf-8") as stream:
        while rows := connection.fetchmany(_BATCH):
            stream.writelines(_found(ties, rows))
    columns = "{'resource': 'VARCHAR', 'system': 'VARCHAR', 'decided': 'BOOLEAN'}"
    path = str(spool).replace("'", "''")
    # What a declaration ties needs neither matching nor deciding.
    connection.execute(
        f"INSERT INTO {MATCHED} SELECT m.resource, m.system, m.decided FROM read_json('{path}', "
        f"format = 'newline_delimited', columns = {columns}) m WHERE NOT EXISTS (SELECT 1 FROM tie t "
        "WHERE t.resource = m.resource AND (m.system IS NULL OR t.system = m.system)) ORDER BY ALL"
    )
    connection.execute(
        f"INSERT INTO tie (id, resource, system) SELECT resource || '|' || system, resource, system FROM {MATCHED} "
        "WHERE decided"
    )
    for table, end, shorts in _CLAIMS:
        marks = ", ".join(
            f'"{short}__ev" = "{short}__ev" | CASE WHEN "{short}__ev" > 0 THEN {GAPPED_BIT} ELSE 0 END'
            for short in shorts
        )
        undecided = f"SELECT {end} FROM {MATCHED} WHERE NOT decided AND system IS NOT NULL"
        connection.execute(f'UPDATE "{table}" SET {marks} WHERE id IN ({undecided})')


def _found(ties: Ties, rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """A line of JSON a pair of a resource and a system."""
    for row in rows:
        told = {condition: _told(*row[at : at + 3]) for condition, at in zip(CONDITIONS, _COLUMNS, strict=True)}
        tied, perhaps = ties.of(told)
        for system in tied:
            yield json.dumps({"resource": row[0], "system": system, "decided": True}) + "\n"
        for system in perhaps:
            yield json.dumps({"resource": row[0], "system": system, "decided": False}) + "\n"
        if ties.asks_tags and told["tag"].silent and not tied and not perhaps:
            yield json.dumps({"resource": row[0], "system": None, "decided": False}) + "\n"


def _told(value: object, is_open: object, evidence: object) -> Told:
    if evidence == NO_ANSWER:
        return Told((), sure=True, silent=True)
    if not isinstance(evidence, int) or evidence < 0:
        return Told((), sure=False)
    values = () if value is None else tuple(value) if isinstance(value, list) else (str(value),)
    return Told(values, sure=not is_open and not evidence & GAPPED_BIT)
