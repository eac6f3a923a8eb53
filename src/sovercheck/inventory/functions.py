"""What the engine is taught of evidence and of dates: names for what SQL says of them again and again."""

from __future__ import annotations

from sovercheck.inventory.evidence import GAPPED_BIT, NO_ANSWER

_FUNCTIONS = (
    # The weakest evidence among what is known and counts; under a gap if any of it is.
    f"weakest(ev, counts) AS min(ev) FILTER (ev > 0 AND counts) "
    f"| coalesce(bit_or(ev & {GAPPED_BIT}) FILTER (ev > 0 AND counts), 0)",
    # Known, and no reading of it refused that would outrank it; then the same, and true.
    f"gapped(ev) AS ev > 0 AND (ev & {GAPPED_BIT}) <> 0",
    f"sure(ev) AS ev > 0 AND (ev & {GAPPED_BIT}) = 0",
    "surely(value, ev) AS coalesce(value, FALSE) AND sure(ev)",
    # The weaker of two; under a gap if one of them is.
    f"weaker(one, other) AS least(one, other) | ((one | other) & {GAPPED_BIT})",
    # The evidence of a list: of its members and, where it is closed, of what closes it.
    "list_ev(closed, members_ev, closed_ev) AS "
    "CASE WHEN closed THEN weaker(coalesce(members_ev, closed_ev), closed_ev) "
    f"ELSE coalesce(members_ev, {NO_ANSWER}) END",
    # The first and the last day that a partial date may mean.
    "lo(day) AS day || substr('-01-01', length(day) - 3)",
    "hi(day) AS day || substr('-12-31', length(day) - 3)",
)


def created() -> str:
    """SQL that makes the functions, in the schema that is set."""
    return ";".join(f"CREATE MACRO {function}" for function in _FUNCTIONS)
