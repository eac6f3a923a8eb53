"""The journal gives back whole answers only, however its writing was interleaved and wherever its file was cut."""

from __future__ import annotations

import stat
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovercheck.errors import InputError
from sovercheck.sources.journal import Ask, Journal, Refusal
from sovercheck.sources.kinds.path import Json

DAY = "2026-11-27"


def ask(number: int) -> Ask:
    return Ask("111122223333", "ca-central-1", "s3", "GetBucketPolicy", {"Bucket": str(number)})


contents: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
listings = st.lists(st.lists(contents, max_size=4), min_size=1, max_size=5)


@settings(max_examples=60)
@given(listings, st.randoms(use_true_random=False), st.data())
def test_any_interleaving_and_any_cut_give_back_whole_answers_only(
    answers: list[list[Json]], order: object, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.ndjson"
        with Journal(path, DAY) as journal:
            written: list[list[int]] = [[] for _ in answers]
            left = [number for number, pages in enumerate(answers) for _ in range(len(pages) + 1)]
            order.shuffle(left)  # type: ignore[attr-defined]
            for number in left:
                done = len(written[number])
                if done < len(answers[number]):
                    written[number].append(journal.put_page(ask(number), done, answers[number][done]))
                else:
                    journal.end(ask(number), written[number])
            for number, pages in enumerate(answers):
                assert list(journal.pages(ask(number)) or ()) == pages
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut])
        with Journal(path, DAY) as journal:
            for number, pages in enumerate(answers):
                found = journal.pages(ask(number))
                assert found is None or list(found) == pages
                if cut == len(whole):
                    assert found is not None
            # It goes on from there.
            journal.put(ask(99), "new")
        with Journal(path, DAY) as journal:
            assert journal.answer(ask(99)) == "new"


def test_a_line_that_a_kill_cut_short_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    with Journal(path, DAY) as journal:
        journal.put(ask(1), {"a": 1})
        journal.put(ask(2), {"a": 2})
    path.write_bytes(path.read_bytes()[:-3])
    with Journal(path, DAY) as journal:
        assert (journal.has(ask(1)), journal.has(ask(2))) == (True, False)
        journal.put(ask(2), {"a": 3})
    with Journal(path, DAY) as journal:
        assert [journal.answer(ask(number)) for number in (1, 2)] == [{"a": 1}, {"a": 3}]


def test_a_listing_counts_once_it_has_ended_and_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    with Journal(path, DAY) as journal:
        journal.put_page(ask(1), 0, "old")
        journal.put_page(ask(1), 1, "old")
    with Journal(path, DAY) as journal:
        assert not journal.has(ask(1))
        journal.end(ask(1), [journal.put_page(ask(1), 0, "new")])
    with Journal(path, DAY) as journal:
        assert list(journal.pages(ask(1)) or ()) == ["new"]


def test_a_refusal_is_kept_until_it_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    refused = Refusal("refused", "s3:GetBucketPolicy", "AccessDenied")
    with Journal(path, DAY) as journal:
        journal.refuse(ask(1), refused)
    with Journal(path, DAY) as journal:
        assert (journal.has(ask(1)), journal.refusal(ask(1))) == (False, refused)
        journal.forget_refusals()
        assert journal.refusal(ask(1)) is None
        journal.put(ask(1), None)
    with Journal(path, DAY) as journal:
        assert (journal.has(ask(1)), journal.refusal(ask(1)), journal.answer(ask(1))) == (True, None, None)


def test_its_owner_alone_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "inner" / "journal.ndjson"
    Journal(path, DAY).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_disk_that_refuses_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Journal(tmp_path / "file" / "journal.ndjson", DAY)
    assert caught.value.code == "unwritable"


def test_who_comes_second_waits_for_the_answer(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.ndjson", DAY) as journal:
        asked: list[int] = []

        def once() -> None:
            with journal.alone(ask(1)):
                if not journal.has(ask(1)):
                    asked.append(1)
                    journal.put(ask(1), "answer")

        threads = [threading.Thread(target=once) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert asked == [1]


def test_the_order_of_parameters_makes_no_other_call() -> None:
    assert Ask("a", "b", "c", "d", {"x": 1, "y": 2}).key == Ask("a", "b", "c", "d", {"y": 2, "x": 1}).key
    assert ask(1).key != ask(2).key
