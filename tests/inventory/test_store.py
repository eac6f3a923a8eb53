from __future__ import annotations

import json
import resource
import stat
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sovercheck.errors import InputError
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade, gap_of, grade_of, is_gapped, provenance_of
from sovercheck.inventory.rows import Gap, Item, Known, Note, Reading, Row
from sovercheck.inventory.store import Inventory, check_free, replace_folder

SEEN = Evidence(Grade.OBSERVED, "compte 1234", "2026-11-01", "s3:GetBucketLocation")
SAID = Evidence(Grade.DECLARED, "Fournisseur inc.", "2026-03-02")
ROWS = (
    Row("copy", "c", {"resource": "r"}, {"place": Known("CA-QC", SEEN), "bytes": Known(None, SEEN, 400)}),
    Row("party", "p", {}, {"name": Known("L'hébergeur", SAID), "present_in": Known(("CA", "US"), SAID, open=True)}),
    Row("system", "s", {}, {"data_class": Known("health", SAID), "purpose": Known(None, SAID)}),
    Row("resource", "r", {"provider": "p"}, {"bytes": Known(2**50, SEEN, 2**50), "copies_complete": Known(True, SEEN)}),
    Row("outage", "o", {"system": "s"}, {"minutes": Known(Decimal("99.9999"), SAID, Decimal("99.9999"))}),
    Row("tie", "r|s", {"resource": "r", "system": "s"}),
)
NOTE = Note("portefeuille.csv", "encoding", {"encoding": "cp1252"})


def built(*items: Item) -> Inventory:
    builder = Builder()
    builder.add("test", items)
    return builder.finish()


def cells(inventory: Inventory, sql: str) -> Sequence[object]:
    row = inventory.connection.execute(sql).fetchone()
    assert row is not None
    return row


@pytest.fixture(scope="module")
def whole() -> Iterator[Inventory]:
    with built(*ROWS, NOTE) as inventory:
        yield inventory


def test_rows_become_typed_columns(whole: Inventory) -> None:
    assert cells(whole, "SELECT place, resource FROM copy") == ("CA-QC", "r")
    assert cells(whole, "SELECT bytes, bytes__hi FROM resource") == (2**50, 2**50)
    assert cells(whole, "SELECT minutes FROM outage") == (Decimal("99.9999"),)
    assert cells(whole, "SELECT present_in, present_in__open, name FROM party") == (["CA", "US"], True, "L'hébergeur")


def test_none_has_evidence_and_the_unknown_has_none(whole: Inventory) -> None:
    purpose, none, class_ = cells(whole, "SELECT purpose, purpose__ev, status__ev FROM system")
    assert purpose is None
    assert isinstance(none, int)
    assert grade_of(none) is Grade.DECLARED
    assert whole.provenance[provenance_of(none)] == SAID
    assert class_ == 0


def test_an_interval_without_a_lower_end_starts_at_zero(whole: Inventory) -> None:
    assert cells(whole, "SELECT bytes, bytes__hi FROM copy") == (0, 400)


def test_a_table_of_which_nothing_was_read_is_empty(whole: Inventory) -> None:
    assert cells(whole, "SELECT count(*) FROM contract") == (0,)
    assert whole.counts == {"test": len(ROWS)}
    assert whole.notes == [NOTE]


def test_rows_about_one_subject_become_one_and_what_disagrees_is_kept() -> None:
    builder = Builder()
    builder.add("compte", [Row("copy", "c", {"resource": "r"}, {"place": Known("CA-QC", SEEN)})])
    builder.add("declaration", [Row("copy", "c", {}, {"place": Known("US", SAID), "kind": Known("log", SAID)})])
    with builder.finish() as inventory:
        assert cells(inventory, "SELECT count(*), any_value(place), any_value(kind) FROM copy") == (1, "CA-QC", "log")
        (found,) = inventory.contradictions
        assert (found.id, found.fact, [value for value, _ in found.values]) == ("c", "place", ["CA-QC", "US"])
        assert inventory.counts == {"compte": 1, "declaration": 1}


def test_saved_and_opened_again_it_is_the_same(tmp_path: Path) -> None:
    other = Evidence(Grade.REPORTED, "presse")
    gap = Gap("compte", "refused", "copy", "c", ("kind",), needs="s3:ListBucket", grade=Grade.DOCUMENTED)
    with built(*ROWS, Row("copy", "c", {}, {"place": Known("US", other)}), gap, NOTE) as inventory:
        inventory.bulk_systems = {"s"}
        inventory.save(tmp_path / "inventaire")
        with Inventory.open(tmp_path / "inventaire") as opened:
            assert opened.sha256() == inventory.sha256()
            assert opened.provenance == inventory.provenance
            assert opened.gaps == inventory.gaps == [gap]
            assert opened.contradictions == inventory.contradictions
            assert len(opened.contradictions) == 1
            assert (opened.notes, opened.counts, opened.bulk_systems) == ([NOTE], inventory.counts, {"s"})
            for table in ("party", "system", "resource", "copy", "outage", "tie"):
                rows = f'SELECT * FROM "{table}"'
                assert opened.connection.execute(rows).fetchall() == inventory.connection.execute(rows).fetchall()


def test_the_hash_is_of_what_is_said_in_whatever_order(whole: Inventory) -> None:
    """So that the evidence of a fact has the same number, too."""
    with built(*reversed(ROWS), NOTE) as inventory:
        assert inventory.provenance == whole.provenance == [SAID, SEEN]
        for sql in ("SELECT place__ev FROM copy", "SELECT name__ev FROM party"):
            assert cells(inventory, sql) == cells(whole, sql)
        assert inventory.sha256() == whole.sha256()


def test_gaps_have_numbers_of_their_own_order() -> None:
    gaps = [Gap("compte", "refused", "copy", "c", (short,)) for short in ("since", "kind")]
    with built(*ROWS, *gaps) as one, built(*ROWS, *gaps[::-1]) as other:
        assert one.gaps == other.gaps
        assert cells(one, "SELECT kind__ev, since__ev FROM copy") == cells(
            other, "SELECT kind__ev, since__ev FROM copy"
        )
        assert one.sha256() == other.sha256()


def test_the_hash_stays_when_the_evaluation_adds_its_own_readings() -> None:
    with built(*ROWS) as inventory:
        before = inventory.sha256()
        inventory.provenance.append(Evidence(Grade.OBSERVED, "sovercheck"))
        assert inventory.sha256() == before


@pytest.mark.parametrize(
    "other",
    [
        Row("copy", "c", {"resource": "r"}, {"place": Known("CA-ON", SEEN), "bytes": Known(None, SEEN, 400)}),
        Row("copy", "c", {"resource": "r"}, {"place": Known("CA-QC", SAID), "bytes": Known(None, SEEN, 400)}),
        Row("copy", "c", {"resource": "r"}, {"place": Known("CA-QC", SEEN), "bytes": Known(None, SEEN, 401)}),
        Row("copy", "d", {"resource": "r"}, {"place": Known("CA-QC", SEEN), "bytes": Known(None, SEEN, 400)}),
    ],
    ids=["value", "grade", "upper end", "id"],
)
def test_the_hash_changes_with_what_is_said(whole: Inventory, other: Row) -> None:
    with built(*(other if row.table == "copy" else row for row in ROWS), NOTE) as inventory:
        assert inventory.sha256() != whole.sha256()


def test_the_hash_changes_with_who_said_it(whole: Inventory) -> None:
    """Two sources of one grade: which of them said which fact is part of the content."""
    again = Evidence(Grade.DECLARED, "Autre inc.")
    facts = {"data_class": "health", "status": "retired"}

    def told(**by: Evidence) -> str:
        with built(Row("system", "s", {}, {short: Known(value, by[short]) for short, value in facts.items()})) as found:
            return found.sha256()

    assert told(data_class=SAID, status=again) != told(data_class=again, status=SAID)


def evidence(inventory: Inventory, sql: str) -> int:
    (found,) = cells(inventory, sql)
    assert isinstance(found, int)
    return found


def test_a_gap_takes_the_place_of_what_nobody_answered_and_marks_what_is_no_stronger() -> None:
    rows = [
        Row("copy", "c", {"resource": "r"}, {"place": Known("CA-QC", SAID), "kind": Known("log", SEEN)}),
        Row("copy", "d", {"resource": "r"}, {"place": Known("CA-QC", SAID)}),
    ]
    first = Gap("compte", "refused", "resource", "r")
    gap = Gap("compte", "refused", "copy", "c", ("place", "kind", "since"), grade=Grade.DOCUMENTED)
    with built(*rows, first, gap) as inventory:
        of = "SELECT {}__ev FROM copy WHERE id = '{}'"
        assert gap_of(evidence(inventory, of.format("since", "c"))) == inventory.gaps.index(gap)
        assert is_gapped(evidence(inventory, of.format("place", "c")))
        assert not is_gapped(evidence(inventory, of.format("kind", "c"))), "an observation outranks a document"
        assert evidence(inventory, of.format("bytes", "c")) == 0, "the gap does not name it"
        assert not is_gapped(evidence(inventory, of.format("place", "d"))), "another copy"


def test_a_gap_that_names_no_fact_is_about_all_of_them() -> None:
    with built(Row("copy", "c", {"resource": "r"}), Gap("compte", "throttled", "copy", "c")) as inventory:
        for short in ("place", "kind", "bytes", "key_grade"):
            assert gap_of(evidence(inventory, f"SELECT {short}__ev FROM copy")) == 0


def test_a_gap_of_equal_strength_outranks_a_value() -> None:
    with built(*ROWS, Gap("compte", "refused", "copy", "c", ("place",))) as inventory:
        assert is_gapped(evidence(inventory, "SELECT place__ev FROM copy"))


@pytest.mark.parametrize(
    ("listing", "flags"),
    [
        ("copy", {"resource.copies_complete", "system.resources_complete", "system.involvements_complete"}),
        ("resource", {"system.resources_complete", "system.involvements_complete"}),
        ("involvement", {"system.involvements_complete"}),
        ("contract", {"system.contracts_complete", "system.involvements_complete"}),
        ("outage", {"system.outages_complete"}),
        ("efvp", {"system.efvps_complete"}),
        ("ownership", {"party.owners_complete", "party.presence_complete"}),
    ],
)
def test_a_listing_that_failed_opens_what_claims_to_be_complete(listing: str, flags: set[str]) -> None:
    claims = {
        "resource": ("copies_complete",),
        "system": (
            "resources_complete",
            "involvements_complete",
            "contracts_complete",
            "outages_complete",
            "efvps_complete",
        ),
        "party": ("owners_complete", "presence_complete"),
    }
    rows = [Row(table, "x", {}, {short: Known(True, SAID) for short in shorts}) for table, shorts in claims.items()]
    with built(*rows, Gap("compte", "refused", listing)) as inventory:
        opened = {
            f"{table}.{short}"
            for table, shorts in claims.items()
            for short in shorts
            if is_gapped(evidence(inventory, f"SELECT {short}__ev FROM {table}"))
        }
    assert opened == flags


def test_thousands_of_failed_listings_take_no_longer_than_one() -> None:
    """A scan that is denied everywhere fails as many listings as accounts times regions times kinds."""
    asked: list[str] = []

    class Counting:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def execute(self, sql: str, *arguments: Any) -> Any:
            asked.append(sql)
            return self.inner.execute(sql, *arguments)

    def updates(*gaps: Gap) -> int:
        builder = Builder()
        counting: Any = Counting(builder._inventory.connection)
        builder._inventory.connection = counting
        builder.add("test", [*ROWS, *gaps])
        asked.clear()
        builder.finish().close()
        return sum(sql.startswith("UPDATE") for sql in asked)

    refused = [Gap("test", "refused", "resource", scope=f"compte {n}") for n in range(100)]
    assert updates(*refused) == updates(refused[0]) > 0
    weaker = Gap("test", "refused", "resource", grade=Grade.DECLARED)
    assert updates(*refused, weaker) == 2 * updates(refused[0])


def test_an_interrupted_save_leaves_the_earlier_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "inventaire"
    with built(*ROWS) as inventory:
        inventory.save(folder)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}

        def full(*_: object, **__: object) -> str:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_text", full)
        with pytest.raises(InputError) as caught:
            inventory.save(folder)
    assert caught.value.code == "unwritable"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["inventaire"]


def test_a_saved_inventory_is_its_owners_alone(tmp_path: Path) -> None:
    with built(*ROWS) as inventory:
        inventory.save(tmp_path / "inventaire")
    assert stat.S_IMODE((tmp_path / "inventaire").stat().st_mode) == 0o700


def test_a_folder_of_something_else_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "chat.jpg").write_bytes(b"x")
    with built(*ROWS) as inventory, pytest.raises(InputError) as caught:
        inventory.save(tmp_path / "photos")
    assert caught.value.code == "inventory_folder_taken"
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["chat.jpg"]


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (None, "not_an_inventory"),
        ("{", "not_an_inventory"),
        ("[]", "not_an_inventory"),
        ('{"schema": "sovercheck/inventory/v0"}', "inventory_schema"),
        ('{"schema": "sovercheck/inventory/v1"}', "not_an_inventory"),
    ],
)
def test_what_is_no_inventory_is_refused(tmp_path: Path, manifest: str | None, code: str) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(InputError) as caught:
        Inventory.open(tmp_path)
    assert caught.value.code == code


def test_an_inventory_without_one_of_its_tables_is_refused(tmp_path: Path) -> None:
    with built(*ROWS) as inventory:
        inventory.save(tmp_path / "inventaire")
    (tmp_path / "inventaire" / "copy.parquet").unlink()
    with pytest.raises(InputError) as caught:
        Inventory.open(tmp_path / "inventaire")
    assert caught.value.code == "not_an_inventory"


def test_the_manifest_tells_the_hash(tmp_path: Path) -> None:
    with built(*ROWS) as inventory:
        inventory.save(tmp_path / "inventaire")
        assert json.loads((tmp_path / "inventaire" / "manifest.json").read_text())["sha256"] == inventory.sha256()


def test_the_ledger_is_kept_in_an_order_of_its_own_and_saved(tmp_path: Path) -> None:
    refused = Reading("aws", "111122223333", "ca-west-1", "s3", "object_bucket", "refused", needs="s3:ListAllMyBuckets")
    read = Reading("aws", "111122223333", "ca-central-1", "s3", "object_bucket", "read", resources=20)
    with built(refused, read) as inventory, built(read, refused) as other, built(read) as less:
        assert inventory.readings == other.readings == [read, refused]
        assert inventory.sha256() == other.sha256() != less.sha256()
        inventory.save(tmp_path / "inventaire")
    with Inventory.open(tmp_path / "inventaire") as opened:
        assert opened.readings == [read, refused]


def test_a_disk_that_is_full_is_one_clear_error_and_leaves_the_earlier_inventory(tmp_path: Path) -> None:
    with built(*ROWS) as inventory:
        inventory.save(tmp_path / "inventaire")
        before = {path.name: path.read_bytes() for path in (tmp_path / "inventaire").iterdir()}
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
        try:
            with pytest.raises(InputError) as caught:
                inventory.save(tmp_path / "inventaire")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert caught.value.code == "unwritable"
        assert caught.value.message("fr")
        assert {path.name: path.read_bytes() for path in (tmp_path / "inventaire").iterdir()} == before
        assert [path.name for path in tmp_path.iterdir()] == ["inventaire"], "nothing half written stays"


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with built(*ROWS) as inventory, pytest.raises(InputError) as caught:
        inventory.save(tmp_path / "fichier" / "inventaire")
    assert caught.value.code in ("unwritable", "inventory_folder_taken")


def test_where_the_new_folder_cannot_take_its_place_the_old_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "inventaire"
    folder.mkdir()
    (folder / "a").write_text("a")
    with pytest.raises(OSError, match="nothing"):
        replace_folder(folder, tmp_path / "nothing")
    assert [path.name for path in tmp_path.rglob("*")] == ["inventaire", "a"]


def test_an_inventory_that_was_opened_is_saved_again_whole(tmp_path: Path) -> None:
    other = Evidence(Grade.REPORTED, "presse")
    with built(*ROWS, Row("copy", "c", {}, {"place": Known("US", other)})) as inventory:
        inventory.save(tmp_path / "a")
    with Inventory.open(tmp_path / "a") as opened:
        opened.save(tmp_path / "b")
    names = [sorted(path.name for path in (tmp_path / name).iterdir()) for name in ("a", "b")]
    assert "part_copy.parquet" in names[0]
    assert names[0] == names[1]


def test_where_an_inventory_may_be_saved_is_known_before_anything_is_read(tmp_path: Path) -> None:
    check_free(tmp_path / "rien")
    (tmp_path / "vide").mkdir()
    check_free(tmp_path / "vide")
    Builder().finish().save(tmp_path / "inventaire")
    check_free(tmp_path / "inventaire")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a").touch()
    for taken in (tmp_path / "photos", tmp_path / "photos" / "a"):
        with pytest.raises(InputError) as caught:
            check_free(taken)
        assert caught.value.code == "inventory_folder_taken"


def test_counts_the_rows_of_each_table(whole: Inventory) -> None:
    assert {table: rows for table, rows in whole.lengths.items() if rows} == dict.fromkeys(
        ("copy", "party", "system", "resource", "outage", "tie"), 1
    )
