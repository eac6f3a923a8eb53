from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from sovercheck.evaluation.ownership import Above, Walk
from sovercheck.evaluation.register import MemoryRegister, Ownership, Party, Register
from sovercheck.inventory.evidence import Grade, pack

US = frozenset({"US"})
SHOWN = pack(Grade.DOCUMENTED, 7)


def stake(owner: str, owned: str, percent: int | None = None, *, control: bool | None = None) -> Ownership:
    size = None if percent is None else Decimal(percent)
    return Ownership(owner, owned, size, size, control, SHOWN)


def settled(id_: str) -> Party:
    """A party of which no owner is missing."""
    return Party(id_, id_, owners_complete=True)


def above(party: str, *stakes: Ownership, settled_parties: str = "") -> Above:
    return Walk(MemoryRegister(map(settled, settled_parties), stakes)).above(party)


def controllers(found: Above) -> set[str]:
    return {tie.party for tie in found.controllers}


def test_over_half_of_the_stakes_controls_and_half_does_not() -> None:
    assert controllers(above("x", stake("a", "x", 51))) == {"a"}
    half = above("x", stake("a", "x", 50, control=False))
    assert not half.controllers
    assert [tie.has_half for tie in half.ties] == [(True, True)]


def test_joint_owners_have_half_each_and_neither_controls() -> None:
    found = above("x", stake("a", "x", 50, control=False), stake("b", "x", 50, control=False), settled_parties="xab")
    assert [(tie.party, tie.controls, tie.has_half) for tie in found.ties] == [
        ("a", (False, False), (True, True)),
        ("b", (False, False), (True, True)),
    ]
    assert found.unknown_owner is None


def test_whoever_controls_a_joint_owner_has_its_half() -> None:
    found = above("x", stake("a", "x", 50, control=False), stake("parent", "a", 100))
    tie = next(tie for tie in found.ties if tie.party == "parent")
    assert tie.has_half == (True, True)
    assert [link.owner for link in tie.chain] == ["a", "parent"]


def test_control_that_nobody_told_of_a_minority_is_possible() -> None:
    found = above("x", stake("a", "x", 30), settled_parties="xa")
    assert [tie.controls for tie in found.ties] == [(False, True)]
    assert above("x", stake("a", "x", 30, control=False), settled_parties="xa").ties == ()


def test_a_stake_of_any_size_controls_where_it_is_known_to() -> None:
    assert controllers(above("x", stake("a", "x", 10, control=True))) == {"a"}


def test_control_goes_link_by_link_even_where_the_product_is_a_minority() -> None:
    chain = [stake("b", "x", 60), stake("c", "b", 60), stake("d", "c", 60)]
    found = above("x", *chain)
    assert controllers(found) == {"b", "c", "d"}
    assert [link.owner for link in found.controllers[-1].chain] == ["b", "c", "d"]


def test_stakes_of_parties_under_one_controller_are_added() -> None:
    both = [stake("a", "x", 30, control=False), stake("b", "x", 30, control=False)]
    assert controllers(above("x", *both, stake("top", "a", 100), stake("top", "b", 100))) == {"top"}
    assert controllers(above("x", *both, stake("top", "a", 100), stake("other", "b", 100))) == set()


def test_a_party_adds_its_own_stake_to_those_it_controls() -> None:
    found = above("x", stake("a", "x", 30, control=False), stake("top", "x", 25, control=False), stake("top", "a", 90))
    assert controllers(found) == {"top"}


def test_a_minority_remainder_does_not_reopen_owners() -> None:
    found = above("x", stake("a", "x", 60), stake("fund", "x", 5), settled_parties="a")
    assert controllers(found) == {"a"}
    assert found.undecided == ()
    assert found.unknown_owner is None


def test_owners_that_nobody_called_complete_are_open() -> None:
    found = above("x", stake("a", "x", 30, control=False), settled_parties="a")
    assert found.unknown_owner is not None
    assert (found.unknown_owner.party, found.unknown_owner.controls) == ("x", (False, True))


def test_the_owner_of_the_owner_is_open_too() -> None:
    found = above("x", stake("a", "x", 100))
    assert found.unknown_owner is not None
    assert found.unknown_owner.party == "a"


def test_one_unknown_owner_may_stand_behind_several_minorities() -> None:
    both = [stake("a", "x", 30, control=False), stake("b", "x", 30, control=False)]
    found = above("x", *both, settled_parties="x")
    assert found.unknown_owner is not None
    assert found.unknown_owner.controls == (False, True)
    assert above("x", *both, settled_parties="xa").unknown_owner is None


def test_a_person_has_no_owner() -> None:
    person = Party("founder", "Founder", kind="person")
    assert Walk(MemoryRegister([person], [stake("founder", "x", 100)])).above("x").unknown_owner is None


def test_cycles_are_data() -> None:
    found = above("x", stake("a", "x", 60), stake("b", "a", 60), stake("a", "b", 60), stake("x", "x", 10))
    assert controllers(found) == {"a", "b"}
    assert controllers(above("x", stake("a", "x", 100), stake("x", "a", 100))) == {"a"}


def test_a_stake_cannot_be_more_than_what_the_others_leave() -> None:
    found = above("x", stake("a", "x", 60, control=False), stake("b", "x", control=False), settled_parties="xab")
    assert [tie.party for tie in found.ties] == ["a"]


def test_owners_left_unread_at_the_bound_are_counted_and_unknown() -> None:
    chain = [stake(f"p{n + 1}", f"p{n}", 100) for n in range(10)]
    people = [Party("p10", "p10", kind="person")]
    found = Walk(MemoryRegister(people, chain), most_owners=3).above("p0")
    assert found.unread == 1
    assert found.unknown_owner is not None
    assert Walk(MemoryRegister(people, chain)).above("p0").unknown_owner is None


class Counting:
    """A register that remembers what it was asked."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.calls = 0
        self.asked: set[str] = set()
        self.stakes = 0

    def owners_of(self, ids: Collection[str]) -> Mapping[str, Sequence[Ownership]]:
        self.calls += 1
        return self._register.owners_of(ids)

    def owned_by(self, ids: Collection[str], at_most: int) -> tuple[Sequence[Ownership], bool]:
        self.calls += 1
        found = self._register.owned_by(ids, at_most)
        self.stakes += len(found[0])
        return found

    def parties(self, ids: Collection[str]) -> Mapping[str, Party]:
        self.calls += 1
        self.asked.update(ids)
        return self._register.parties(ids)


def test_levels_are_read_together_and_only_what_the_walk_touches() -> None:
    stakes = [stake(f"p{n}-{level + 1}", f"p{n}-{level}", 100) for n in range(100) for level in range(3)]
    register = Counting(MemoryRegister([], stakes))
    walk = Walk(register)
    walk.read_above([f"p{n}-0" for n in range(20)])
    calls = register.calls
    for n in range(20):
        assert len(walk.above(f"p{n}-0").controllers) == 3
    assert register.calls == calls == 8
    assert len(register.asked) == 20 * 4


def wide(size: int, *places: str) -> MemoryRegister:
    """One owner of many, the first of which are in some places."""
    seats = dict(enumerate(places))
    parties = [
        Party(f"s{n:05}", "", incorporated_in=seats.get(n, "CA-QC"), incorporated_evidence=SHOWN, place_evidence=SHOWN)
        for n in range(size)
    ]
    return MemoryRegister(parties, [stake("top", party.id, 100) for party in parties])


def test_affiliates_are_not_read_unless_somebody_looks_for_one() -> None:
    register = Counting(wide(10_000))
    Walk(register).group("s00000")
    assert register.stakes == 0
    assert register.asked == {"s00000", "top"}


def test_the_search_stops_at_the_first_affiliate_in_the_place() -> None:
    register = Counting(wide(3_000, "CA-QC", "US-DE"))
    group = Walk(register).group("s00000")
    found, _ = group.find(US)
    assert found is not None
    assert (found.party, found.root, len(found.chain)) == ("s00001", "top", 1)
    assert len(register.asked) < 600
    assert not group.unread


def test_affiliates_left_unread_at_the_bound_are_told() -> None:
    group = Walk(wide(3_000), most_affiliates=1_000).group("s00000")
    assert group.find(US) == (None, None)
    assert group.unread
    assert group.affiliates_read == 999  # one of the thousand stakes read is in the involved party itself
    whole = Walk(wide(3_000)).group("s00000")
    assert whole.find(US) == (None, None)
    assert not whole.unread


def test_an_affiliate_of_unknown_seat_or_unknown_control_may_be_there() -> None:
    here = Party("s", "s", place="US", place_evidence=SHOWN)
    certain, possible = Walk(MemoryRegister([here], [stake("x", "s", 30)])).group("x").find(US)
    assert certain is None
    assert possible is not None
    assert not possible.certain
    certain, possible = Walk(MemoryRegister([], [stake("x", "s", 90)])).group("x").find(US)
    assert certain is None
    assert possible is not None
    assert possible.certain


def test_a_stake_is_counted_once_however_its_owner_was_found() -> None:
    # "b" is first possible (a stake of unknown control), then certain through "c": its 30 % in "s" is still 30 %.
    here = Party("s", "s", place="US", place_evidence=SHOWN)
    stakes = [
        stake("x", "b", 20),
        stake("x", "c", 100),
        stake("c", "d", 100),
        stake("d", "b", 60),
        stake("b", "s", 30, control=False),
    ]
    assert Walk(MemoryRegister([here], stakes)).group("x").find(US)[1] is not None  # the unknown seats of b, c and d
    known = [Party(n, n, place="CA", place_evidence=SHOWN, incorporated_evidence=SHOWN) for n in "bcd"]
    assert Walk(MemoryRegister([here, *known], stakes)).group("x").find(US) == (None, None)


# --- against a naive oracle -------------------------------------------------------------------------------------------

NAMES = "abcdef"


@st.composite
def graphs(draw: st.DrawFn) -> list[Ownership]:
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), unique=True, min_size=1, max_size=10)
    )
    found = []
    for owner, owned in pairs:
        low = draw(st.sampled_from([None, 10, 25, 30, 40, 50, 60, 100]))
        high = (
            low if low is None or draw(st.booleans()) else draw(st.sampled_from([n for n in (50, 60, 100) if n >= low]))
        )
        control = draw(st.sampled_from([None, None, None, True, False, False]))
        found.append(
            Ownership(
                owner, owned, None if low is None else Decimal(low), None if high is None else Decimal(high), control
            )
        )
    return found


def oracle(stakes: Sequence[Ownership], party: str, complete: str) -> tuple[dict[str, tuple[bool, ...]], set[str]]:
    """Of each other party: controls for certain, may, has half for certain, may; and who has unknown owners."""
    links = [link for link in stakes if link.owner != link.owned]
    by_owned: dict[str, list[Ownership]] = defaultdict(list)
    for link in links:
        by_owned[link.owned].append(link)
    for owned, group in by_owned.items():
        told = sum(link.least for link in group)
        if told <= 100:
            by_owned[owned] = [replace(k, percent_high=min(k.most, 100 - told + k.least)) for k in group]

    def controlled(seeds: set[str], *, possibly: bool, fixed: set[str]) -> set[str]:
        members = set(seeds)
        while True:
            new = set()
            for owned, group in by_owned.items():
                mine = [link for link in group if link.owner in members]
                sure = any(link.control for link in mine) or sum(link.least for link in mine) > 50
                may = any(link.control is not False for link in mine) or sum(link.most for link in mine) > 50
                if sure or (possibly and owned not in fixed and may):
                    new.add(owned)
            if new <= members:
                return members
            members |= new

    certain = {name: controlled({name}, possibly=False, fixed=set()) for name in NAMES}
    fixed = {x for x in NAMES for y in NAMES if x != y and x in certain[y]}
    possible = {name: controlled({name}, possibly=True, fixed=fixed) for name in NAMES}
    sure_targets = {name for name in NAMES if party in certain[name]}
    may_targets = {name for name in NAMES if party in possible[name]}
    found: dict[str, tuple[bool, ...]] = {}
    for name in NAMES:
        if name != party:
            sure_half = any(sum(k.least for k in by_owned[y] if k.owner in certain[name]) >= 50 for y in sure_targets)
            may_half = any(sum(k.most for k in by_owned[y] if k.owner in possible[name]) >= 50 for y in may_targets)
            controls = (party in certain[name], party in possible[name])
            answer = (*controls, controls[0] or sure_half, controls[1] or may_half)
            if any(answer):
                found[name] = answer
    missing = {name for name in NAMES if name not in fixed and name not in complete}
    return found, controlled(missing, possibly=True, fixed=fixed) if missing else set()


@settings(max_examples=400, deadline=None)
@given(graphs(), st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)))
def test_the_walk_equals_a_naive_fixpoint(stakes: list[Ownership], party: str, complete: set[str]) -> None:
    found = Walk(MemoryRegister(map(settled, complete), stakes)).above(party)
    expected, unknown = oracle(stakes, party, "".join(complete))
    assert {tie.party: (*tie.controls, *tie.has_half) for tie in found.ties} == expected
    assert (found.unknown_owner is not None and found.unknown_owner.controls[1]) == (party in unknown)
    for tie in found.ties:
        below = party
        for link in tie.chain:
            assert link.owned == below
            below = link.owner
        assert below == tie.party


@settings(max_examples=200, deadline=None)
@given(graphs(), st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(stakes: list[Ownership], party: str, random: object) -> None:
    shuffled = list(stakes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Walk(MemoryRegister([], stakes)).above(party) == Walk(MemoryRegister([], shuffled)).above(party)


@settings(max_examples=200, deadline=None)
@given(graphs(), st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)))
def test_the_group_downward_is_what_its_roots_control(stakes: list[Ownership], party: str, here: set[str]) -> None:
    parties = [Party(n, n, place="US" if n in here else "CA", place_evidence=1, incorporated_evidence=1) for n in NAMES]
    walk = Walk(MemoryRegister(parties, stakes))
    group = walk.group(party)
    certain, possible = group.find(US)
    members = set(group.roots)
    reach = set(group.roots)
    links = [link for link in stakes if link.owner != link.owned]
    for _ in NAMES:
        for name in NAMES:
            sure = [link for link in links if link.owned == name and link.owner in members]
            may = [link for link in links if link.owned == name and link.owner in reach]
            if any(link.control for link in sure) or sum(link.least for link in sure) > 50:
                members.add(name)
            if any(link.control is not False for link in may) or sum(link.most for link in may) > 50:
                reach.add(name)
    assert (certain is not None) == bool((members - set(group.roots)) & here)
    if certain is None:
        assert (possible is not None) == bool((reach - set(group.roots)) & here)
