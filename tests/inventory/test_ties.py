from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import pytest

from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade, is_gapped
from sovercheck.inventory.rows import Gap, Item, Known, Row
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.ties import MATCHED, Matcher

SEEN = Evidence(Grade.OBSERVED, "compte 1234", "2026-11-01")
SAID = Evidence(Grade.DECLARED, "Fournisseur inc.", "2026-03-02")
VALUES = {
    "tags": ("Systeme=Dossier", "equipe=urgence", "vide="),
    "account": "0B1F6471-1bf0",
    "group": "RG-Dossier-Prod",
    "name": "dsn-images[1]",
    "kind": "database",
}


def resource(id_: str = "r", by: Evidence = SEEN, /, **values: object) -> Row:
    return Row("resource", id_, {}, {short: Known(value, by) for short, value in values.items()})  # type: ignore[arg-type]


def matcher(system: str = "s", **conditions: str) -> Matcher:
    return Matcher(system, tuple(conditions.items()))


def built(matchers: Sequence[Matcher], items: Iterable[Item]) -> Inventory:
    builder = Builder(matchers)
    builder.add("test", items)
    return builder.finish()


def pairs(inventory: Inventory, table: str = "tie") -> list[tuple[str, str | None]]:
    return inventory.connection.execute(f"SELECT resource, system FROM {table} ORDER BY ALL").fetchall()


def undecided(inventory: Inventory) -> list[tuple[str, str | None]]:
    return pairs(inventory, f"(FROM {MATCHED} WHERE NOT decided)")


@pytest.mark.parametrize(
    ("conditions", "ties"),
    [
        ({"tag": "Systeme=Dossier"}, True),
        ({"tag": "SYSTEME=Dossier"}, True),
        ({"tag": "systeme=dossier"}, False),
        ({"tag": "systeme"}, True),
        ({"tag": "syst"}, False),
        ({"tag": "systeme=Dos*"}, True),
        ({"tag": "systeme=*patient*"}, False),
        ({"tag": "equipe=Dossier"}, False),
        ({"tag": "vide="}, True),
        ({"tag": "equipe="}, False),
        ({"account": "0b1f6471-1BF0"}, True),
        ({"account": "0b1f6471"}, False),
        ({"group": "rg-dossier-prod"}, True),
        ({"group": "rg-dossier*"}, True),
        ({"group": "rg-imagerie*"}, False),
        ({"name": "dsn-*"}, True),
        ({"name": "DSN-*"}, False),
        ({"name": "dsn-images[1]"}, True),
        ({"name": "dsn-images?1]"}, False),
        ({"name": "*[1]"}, True),
        ({"kind": "database"}, True),
        ({"kind": "Database"}, False),
        ({"group": "rg-dossier*", "name": "dsn-*", "tag": "equipe"}, True),
        ({"group": "rg-dossier*", "name": "autre-*"}, False),
    ],
    ids=str,
)
def test_a_matcher_ties_where_all_its_conditions_hold(conditions: dict[str, str], ties: bool) -> None:
    with built([matcher(**conditions)], [resource(**VALUES), resource("other")]) as inventory:
        assert pairs(inventory) == ([("r", "s")] if ties else [])
        assert ("r", "s") not in undecided(inventory)


def test_any_matcher_ties_and_a_resource_may_have_several_systems() -> None:
    matchers = [
        matcher("a", name="x-*"),
        matcher("a", name="*-1"),
        matcher("b", account="1", name="*-1"),
        matcher("c", account="2"),
    ]
    rows = [resource("x-1", name="x-1", account="1"), resource("y-2", name="y-2", account="2")]
    with built(matchers, rows) as inventory:
        assert pairs(inventory) == [("x-1", "a"), ("x-1", "b"), ("y-2", "c")]
        assert inventory.connection.execute("SELECT id FROM tie ORDER BY id").fetchall()[0] == ("x-1|a",)


def test_tags_and_a_name_that_come_in_parts_count_together() -> None:
    rows = [resource(name="dsn-1"), resource(tags=("systeme=dossier",))]
    with built([matcher(name="dsn-*", tag="systeme=dossier")], rows) as inventory:
        assert pairs(inventory) == [("r", "s")]


def test_a_tie_that_was_declared_stands_once() -> None:
    rows = [resource(name="dsn-1"), Row("tie", "sa-propre-cle", {"resource": "r", "system": "s"})]
    with built([matcher(name="dsn-*")], rows) as inventory:
        assert pairs(inventory) == [("r", "s")]


def test_none_is_known_and_ties_nothing() -> None:
    with built([matcher(tag="systeme"), matcher(group="x")], [resource(tags=(), group=None)]) as inventory:
        assert pairs(inventory) == undecided(inventory) == []


def refused(*facts: str) -> Gap:
    return Gap("compte", "refused", "resource", "r", facts, needs="tag:GetResources")


SYSTEM = Row("system", "s", {}, {"resources_complete": Known(True, SAID), "involvements_complete": Known(True, SAID)})


def opened(inventory: Inventory) -> bool:
    found = inventory.connection.execute("SELECT resources_complete__ev FROM system").fetchone()
    assert found is not None
    return is_gapped(found[0])


def test_tags_that_were_refused_leave_it_undecided_and_the_system_open() -> None:
    rows: list[Item] = [SYSTEM, resource(name="dsn-1"), refused("tags")]
    with built([matcher(tag="systeme=dossier")], rows) as inventory:
        assert pairs(inventory) == []
        assert undecided(inventory) == [("r", "s")]
        assert opened(inventory)


def test_a_refusal_that_no_matcher_needs_changes_nothing() -> None:
    rows: list[Item] = [SYSTEM, resource(name="dsn-1", account="1"), refused("tags")]
    for matchers in ([matcher(account="2", tag="systeme")], [matcher(account="1")], []):
        with built(matchers, rows) as inventory:
            assert undecided(inventory) == []
            assert not opened(inventory)


def test_what_another_matcher_or_a_declaration_ties_is_decided() -> None:
    rows: list[Item] = [SYSTEM, resource(name="dsn-1"), refused("tags")]
    with built([matcher(tag="systeme=dossier"), matcher(name="dsn-*")], rows) as inventory:
        assert (pairs(inventory), undecided(inventory)) == ([("r", "s")], [])
    declared = Row("tie", "r|s", {"resource": "r", "system": "s"})
    with built([matcher(tag="systeme=dossier")], [*rows, declared]) as inventory:
        assert (pairs(inventory), undecided(inventory)) == ([("r", "s")], [])


def test_a_declared_tag_under_a_refused_reading_ties_and_settles_nothing() -> None:
    rows: list[Item] = [SYSTEM, resource("r", SAID, tags=("systeme=dossier",)), refused("tags")]
    with built([matcher(tag="systeme=dossier"), matcher("t", tag="systeme=imagerie")], rows) as inventory:
        assert pairs(inventory) == [("r", "s")]
        assert undecided(inventory) == [("r", "s"), ("r", "t")]
        assert pairs(inventory, "belonging") == [("r", "s"), ("r", None)]


def test_a_list_of_tags_with_members_that_nobody_read_is_open() -> None:
    row = Row("resource", "r", {}, {"tags": Known(("a=b",), SEEN, open=True)})
    with built([matcher(tag="systeme"), matcher("t", tag="a=b")], [row]) as inventory:
        assert pairs(inventory) == [("r", "t")]
        assert ("r", "s") in undecided(inventory)


def test_a_resource_of_whose_tags_nobody_spoke_is_counted_where_nothing_ties_it() -> None:
    rows: list[Item] = [SYSTEM, resource(name="dsn-1"), resource("q", name="autre")]
    with built([matcher(tag="systeme"), matcher("t", name="dsn-*")], rows) as inventory:
        assert undecided(inventory) == [("q", None)]
        assert not opened(inventory), "silence excludes"
    with built([matcher("t", name="dsn-*")], rows) as inventory:
        assert undecided(inventory) == []


@pytest.mark.slow
def test_many_resources_and_matchers_take_seconds() -> None:
    """A hundred thousand resources against fifty matchers: what is exact is looked up, and only patterns are tried."""
    matchers = [
        matcher(f"s{n}", **conditions)
        for n in range(10)
        for conditions in (
            {"tag": f"systeme=s{n}"},
            {"tag": f"systeme=s{n}-*"},
            {"account": f"{n:012}"},
            {"group": f"rg-{n}", "name": f"{n}-*"},
            {"name": f"*-app{n}-*"},
        )
    ]
    rows = (
        resource(f"r{n}", name=f"x{n}-app{n % 97}-y", account=f"{n % 40:012}", tags=(f"systeme=s{n % 50}", f"n={n}"))
        for n in range(100_000)
    )
    builder = Builder(matchers)
    builder.add("test", rows)
    start = time.perf_counter()
    with builder.finish() as inventory:
        tied = time.perf_counter() - start
        assert len(pairs(inventory)) > 40_000
    assert tied < 30, tied


def test_no_value_makes_a_pattern_slow() -> None:
    long = "a" * 10_000
    start = time.perf_counter()
    with built(
        [matcher(name="*a*a*a*a*a*a*b"), matcher(tag="k=*a*a*a*a*b")], [resource(name=long, tags=(f"k={long}",))]
    ):
        pass
    assert time.perf_counter() - start < 10
