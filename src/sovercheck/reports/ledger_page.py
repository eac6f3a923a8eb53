"""The coverage ledger in words: what was listed of each account, missing permissions, and what else was not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sovercheck.findings import UNREAD, GapView, ReadingLine
from sovercheck.inventory.rows import ReadingStatus
from sovercheck.reports.language import Language
from sovercheck.reports.readings import (
    EVERY,
    STATUSES,
    Extent,
    GapGroup,
    Matrix,
    Permission,
    Tally,
    asked,
    extent,
    gap_groups,
    grouped,
    listings,
    matrices,
    missing_permissions,
    regions_not_used,
    unread,
    unread_accounts,
)
from sovercheck.reports.view import Mark, View

MOST_LINES = 20
"""Permissions, and lines of each status, that the page shows; the workbook has them all."""

_NAMES = 3
_TOUCHED = 5
_KINDS = 4
_SERVICES = 6
_ROOM = 200
"""Characters of an answer; it stands whole in the workbook."""

_SHAPES = {"read": "read", "partly": "part", "refused": "shut"} | dict.fromkeys((*UNREAD[1:], "undescribed"), "unk")


@dataclass(frozen=True, slots=True)
class Named:
    """A count, and the first names of what is counted."""

    text: str
    names: str


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What was listed of some services in some accounts; without a mark, nothing of them is in the ledger."""

    mark: Mark | None
    note: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """Services that fared alike, and a cell for each column of accounts."""

    services: Named
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class MatrixTable:
    """The services and accounts of one provider."""

    columns: tuple[Named, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """A missing permission: where it is missing, and what stays unknown meanwhile."""

    name: str
    is_named: bool
    count: str
    accounts: Named
    regions: Named
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Listings that ended alike, for another reason than a missing permission."""

    mark: Mark
    what: str
    count: str
    accounts: Named
    regions: Named
    why: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The ledger as the report's annex shows it."""

    sentence: str
    counts: tuple[Mark, ...]
    tables: tuple[MatrixTable, ...]
    others: tuple[OtherLine, ...]
    more: tuple[str, ...]


def sentence(view: View) -> str:
    """« Lectures : 51 210 listes sur 51 900; 12 permissions manquantes. »; empty if no account was listed."""
    tally = listings(view.assessment.coverage.readings)
    if not tally:
        return ""
    missing = sum(one.name is not None for one in missing_permissions(view.assessment))
    closed = nothing_of(view)
    return view.many(
        "readings.sentence",
        asked(tally),
        read=view.number(tally["read"]),
        permissions="; ".join([permissions_count(view, missing), *([closed] if closed else [])]),
    )


def nothing_of(view: View) -> str:
    """« rien n’a été lu de 2 comptes »; empty if something was read of each."""
    accounts = unread_accounts(view.assessment.coverage.readings)
    return view.many("readings.nothing_of", len(accounts)) if accounts else ""


def permissions_count(view: View, missing: int) -> str:
    """« 12 permissions manquantes », « aucune permission manquante »."""
    return view.many("readings.permissions", missing) if missing else view.t("readings.no_permission")


def not_obtained(view: View) -> int:
    """How many listings were asked for and not obtained."""
    return unread(listings(view.assessment.coverage.readings))


def ledger(view: View) -> LedgerPage | None:
    """The ledger; None if no account was listed."""
    lines = view.assessment.coverage.readings
    if not lines:
        return None
    others, more = _others(view, lines)
    return LedgerPage(
        sentence=sentence(view),
        counts=counts(view),
        tables=tuple(_table(view, table) for table in matrices(lines)),
        others=tuple(others),
        more=tuple(more),
    )


def _table(view: View, table: Matrix) -> MatrixTable:
    last = len(table.columns) - 1
    return MatrixTable(
        columns=tuple(
            _named(view, "readings.others.accounts" if table.summed and n == last else "readings.accounts", column)
            for n, column in enumerate(table.columns)
        ),
        rows=tuple(
            MatrixRow(
                _named(view, "readings.others.services" if row.rest else "readings.services", row.services, _SERVICES),
                tuple(_cell(view, cell) for cell in row.cells),
            )
            for row in table.rows
        ),
    )


def status_mark(view: View, state: str) -> Mark:
    """What became of a listing, as shape, word and colour."""
    return Mark(_SHAPES.get(state, "na"), view.say.word("reading", state))


def counts(view: View) -> tuple[Mark, ...]:
    """Listings counted by what became of them: what was read first, then what leaves most open."""
    lines = view.assessment.coverage.readings
    tally = listings(lines)
    if tally["opted_out"]:
        tally["opted_out"] = regions_not_used(lines)
    return tuple(
        Mark(_SHAPES.get(status, "na"), view.many(f"readings.count.{status}", tally[status]))
        for status in ("read", *STATUSES[:-1])
        if tally[status]
    )


def _named(view: View, key: str, names: Sequence[str], most: int = _NAMES) -> Named:
    """One name by itself; several as their count and the first of them; what stands for all in words."""
    names = [view.t(f"{key}.every") if name == EVERY else name for name in names]
    if len(names) == 1:
        return Named(names[0], "")
    return Named(view.many(key, len(names)), _first(view.say, names, most))


def _touched(view: View, key: str, names: Sequence[str]) -> Named:
    """One name by itself; several as their count, and all of them where they are few: the workbook has them all."""
    found = _named(view, key, names, _TOUCHED)
    return found if len(names) <= _TOUCHED else Named(found.text, "")


def _first(said: Language, names: Sequence[str], most: int) -> str:
    """« a, b, c, et 25 autres »."""
    more = len(names) - most
    others = said.text("html.coverage.more", n=more, count=said.number(more)) if more > 0 else ""
    return ", ".join(names[:most]) + others


def _cell(view: View, cell: Tally) -> MatrixCell:
    state = cell.state
    if state == "none":
        return MatrixCell(None, view.t("readings.none"))
    tally = cell.counts
    if state == "partly":
        parts = [view.many("readings.of", asked(tally), read=view.number(tally["read"]))]
    else:
        parts = [view.number(next(n for status, n in tally.items() if status == state))]
    beside = (*UNREAD, "undescribed", "excluded")
    parts += [view.many(f"readings.count.{s}", tally[s]) for s in beside if tally[s] and s != state]
    return MatrixCell(status_mark(view, state), ", ".join(parts))


# Missing permissions


def permissions(view: View) -> tuple[tuple[PermissionLine, ...], tuple[str, ...]]:
    """The missing permissions, the one that hides most first; of those past `MOST_LINES`, the names alone."""
    found = missing_permissions(view.assessment)
    return (
        tuple(_permission(view, one) for one in found[:MOST_LINES]),
        tuple(one.name or view.t("permissions.unnamed") for one in found[MOST_LINES:]),
    )


def _permission(view: View, permission: Permission) -> PermissionLine:
    reach = permission.extent
    scopes = sorted({gap.scope for gap in permission.gaps if gap.scope})
    unknown = [view.t("permissions.listings", what=kinds(view.say, reach))] if permission.lines else []
    unknown += missing_facts(view, permission.gaps)
    if permission.name is None and reach.details:
        unknown.append(view.t("readings.answer", text=_short(reach.details[0])))
    return PermissionLine(
        name=permission.name or view.t("permissions.unnamed"),
        is_named=permission.name is not None,
        count=view.number(permission.refused),
        accounts=_accounts(view, reach) if permission.lines else _touched(view, "permissions.scopes", scopes),
        regions=_regions(view, reach) if permission.lines else Named("", ""),
        unknown=tuple(unknown),
    )


def where(view: View, permission: Permission) -> str:
    """« 3 comptes, 17 régions », « 111122223333, 17 régions »; of what is no listing, its scope."""
    line = _permission(view, permission)
    return ", ".join(part for part in (line.accounts.text, line.regions.text) if part)


def _accounts(view: View, reach: Extent) -> Named:
    return _touched(view, "readings.accounts", reach.accounts)


def _regions(view: View, reach: Extent) -> Named:
    return _touched(view, "readings.regions", reach.regions)


def kinds(said: Language, reach: Extent) -> str:
    """« s3 (object_bucket); rds (database, database_cluster, et 2 autres) »; of many, the services alone."""
    services = list(dict.fromkeys(service for service, _ in reach.kinds))
    if len(services) > _SERVICES:
        return _first(said, services, _SERVICES)
    by_service: dict[str, list[str]] = {}
    for service, kind in reach.kinds:
        by_service.setdefault(service, []).append(kind)
    return "; ".join(_service(said, service, found) for service, found in by_service.items())


def _service(said: Language, service: str, found: Sequence[str]) -> str:
    if service == EVERY:
        return said.text("html.readings.services.every")
    if EVERY in found:
        return service
    return said.text("html.readings.service", service=service, kinds=_first(said, found, _KINDS))


# Gaps


@dataclass(frozen=True, slots=True)
class GapLine:
    """Gaps of one reason that one thing would mend."""

    what: tuple[str, ...]
    count: str
    sources: str
    scopes: str
    reason: str
    needs: str


def gaps(view: View) -> tuple[GapLine, ...]:
    """What could not be read, grouped, but for what the ledger and the missing permissions tell."""
    return tuple(_gap(view, group) for group in gap_groups(view.assessment))


def _gap(view: View, group: GapGroup) -> GapLine:
    scopes = sorted({gap.scope for gap in group.gaps if gap.scope})
    details = sorted({gap.detail for gap in group.gaps if gap.detail})
    reason = view.say.word("gap_reason", group.reason)
    return GapLine(
        what=tuple(missing_facts(view, group.gaps)),
        count=view.number(len(group.gaps)),
        sources=_first(view.say, sorted({gap.source for gap in group.gaps}), _NAMES),
        scopes=_first(view.say, scopes, _NAMES),
        reason=f"{reason} ({_short(details[0])})" if details else reason,
        needs=group.needs or view.t(f"gap.mend.{group.reason}"),
    )


def missing_facts(view: View, found: Sequence[GapView]) -> list[str]:
    """What some gaps leave unknown: the same facts of many subjects in one text, what leaves most open first."""
    groups: dict[tuple[str, bool, tuple[str, ...]], list[GapView]] = {}
    for gap in found:
        groups.setdefault((gap.table, gap.id is None, gap.facts), []).append(gap)
    order = sorted(groups.items(), key=lambda item: (not item[0][1], -len(item[1])))
    said = [_missing(view, alike) for _, alike in order[:_KINDS]]
    more = len(order) - _KINDS
    return [*said, view.many("gap.more", more)] if more > 0 else said


def _missing(view: View, alike: Sequence[GapView]) -> str:
    table, facts = alike[0].table, alike[0].facts
    if alike[0].id is None:
        return view.t("gap.listing", what=view.say.word("table", f"{table}.plural"))
    names = _first(view.say, [view.name(table, gap.id or "") for gap in alike], _NAMES)
    if not facts:
        return view.t("gap.all", what=f"{view.table(table)} {names}")
    return view.t(
        "gap.facts", facts=view.say.enumeration(view.say.fact(f"{table}.{fact}") for fact in facts), what=names
    )


# What else was not read


def _others(view: View, lines: Sequence[ReadingLine]) -> tuple[list[OtherLine], list[str]]:
    """Every status but `read` and `refused`, each with its groups, and what of them is not shown."""
    shown: list[OtherLine] = []
    more: list[str] = []
    for status in STATUSES:
        if status in ("read", "refused"):
            continue
        groups = grouped((line for line in lines if line.status == status), _together)
        shown += [_other(view, status, members) for _, members in groups[:MOST_LINES]]
        left = sum(line.listings for _, members in groups[MOST_LINES:] for line in members)
        if left:
            more.append(view.t("readings.left", what=view.many(f"readings.count.{status}", left)))
    return shown, more


def _together(line: ReadingLine) -> str:
    """Why something was excluded, which regions are not used, and what has no description, tell it best."""
    match line.status:
        case "excluded":
            return line.detail or ""
        case "opted_out":
            return " ".join(line.regions)
        case "undescribed":
            return f"{line.service} {' '.join(line.kinds)}"
        case _:
            return line.service


def _other(view: View, status: ReadingStatus, members: Sequence[ReadingLine]) -> OtherLine:
    reach = extent(members)
    if status == "undescribed":
        count = view.many("readings.resources", reach.resources)
    else:
        count = view.many("readings.listings", reach.listings)
    return OtherLine(
        mark=status_mark(view, status),
        what=kinds(view.say, reach),
        count=count,
        accounts=_accounts(view, reach),
        regions=_regions(view, reach),
        why=_why(view, status, reach.details),
    )


def _why(view: View, status: ReadingStatus, details: Sequence[str]) -> str:
    """What was answered or written, and what would mend it."""
    mend = view.t(f"readings.mend.{status}")
    return f"{_short(details[0])} ({mend})" if details else mend


def _short(text: str) -> str:
    return text if len(text) <= _ROOM else f"{text[: _ROOM - 1].rstrip()}…"
