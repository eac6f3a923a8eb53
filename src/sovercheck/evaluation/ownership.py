"""The walk over parties: who controls an involved party, upward, and who belongs to the same group, downward.

Who controls: a party with over half of the stakes of another, those of the parties that it controls counted with its
own, or one whose stake is known to give control; and so on, link by link. What is not known is *possible*:

- a stake whose control nobody told may give control, unless another party certainly controls;
- a party whose owners are not all known may have one more. They are read as one *unknown owner* of all such parties.

Registers have joint owners, cycles and missing links: all of them are data. The walk asks the register for whole
levels, only of what it reaches; what it leaves unread is counted, and counts as unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal

from sovercheck.evaluation.register import HALF, WHOLE, Ownership, Party, Register, inside
from sovercheck.light import dataclass

MOST_OWNERS = 5_000
"""Parties above an involved party that are read; beyond them, owners count as unknown."""

MOST_AFFILIATES = 5_000
"""Parties below a group's controllers that are read while looking for one in a law's places."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Tie:
    """What an owner upward is to the involved party.

    Attributes:
        party: the owner's id.
        controls: whether it certainly does, and whether it may.
        has_half: the same of holding at least half of the party, or of one that controls it.
        chain: the stakes from the involved party up to the owner.
    """

    party: str
    controls: tuple[bool, bool]
    has_half: tuple[bool, bool]
    chain: tuple[Ownership, ...]


@dataclass(frozen=True, slots=True)
class Above:
    """The owners of an involved party, at every level.

    Attributes:
        party: the involved party's id.
        ties: of each owner that controls it or has half, or may; the nearest first.
        unknown_owner: what an owner that nobody named may be to it; `party` is then the one whose owners are missing.
            None where every owner that could matter is known.
        unread: how many parties upward have owners that were left unread, at the bound.
    """

    party: str
    ties: tuple[Tie, ...]
    unknown_owner: Tie | None
    unread: int = 0

    @property
    def controllers(self) -> tuple[Tie, ...]:
        """Those that certainly control it, the nearest first."""
        return tuple(tie for tie in self.ties if tie.controls[0])

    @property
    def undecided(self) -> tuple[Tie, ...]:
        """Those of which nobody knows whether they control it, the nearest first."""
        return tuple(tie for tie in self.ties if tie.controls[1] and not tie.controls[0])


@dataclass(frozen=True, slots=True)
class Affiliate:
    """A party that the same group controls.

    Attributes:
        party: its id.
        certain: whether the group certainly controls it; if not, it may.
        root: the involved party, or the one of its controllers, that it hangs from.
        chain: the stakes from the root down to it.
    """

    party: str
    certain: bool
    root: str
    chain: tuple[Ownership, ...]


class Walk:
    """Reads a register for many involved parties, each part of it once.

    Args:
        register: what is walked.
        most_owners: the bound upward, for each involved party.
        most_affiliates: the bound downward, for each involved party.
    """

    def __init__(
        self, register: Register, *, most_owners: int = MOST_OWNERS, most_affiliates: int = MOST_AFFILIATES
    ) -> None:
        self._register = register
        self._most_owners = most_owners
        self._most_affiliates = most_affiliates
        self._parties: dict[str, Party] = {}
        self._stakes_in: dict[str, tuple[Ownership, ...]] = {}
        self._above: dict[str, Above] = {}
        self._groups: dict[str, Group] = {}

    @property
    def parties_read(self) -> int:
        """How many parties were asked for, whether the register has them or not."""
        return len(self._parties)

    def party(self, id_: str) -> Party:
        """What is known of a party; nothing but its id if the register does not have it."""
        if id_ not in self._parties:
            self.read_parties([id_])
        return self._parties[id_]

    def read_parties(self, ids: Iterable[str]) -> None:
        """Reads parties that will be asked for, all at once."""
        missing = {id_ for id_ in ids if id_ not in self._parties}
        if missing:
            found = self._register.parties(missing)
            self._parties.update({id_: found.get(id_) or Party(id_, id_) for id_ in missing})

    def read_above(self, ids: Iterable[str]) -> None:
        """Reads what is above several parties together, so that a level of all of them costs one look-up."""
        level = sorted(set(ids))
        seen = set(level)
        while level and len(seen) <= self._most_owners:
            level = sorted({stake.owner for stakes in self.read_level(level) for stake in stakes} - seen)
            seen.update(level)

    def read_level(self, ids: Sequence[str]) -> list[tuple[Ownership, ...]]:
        """The stakes in each of several parties that could decide who controls it or has half of it, by owner."""
        self.read_parties(ids)
        missing = {id_ for id_ in ids if id_ not in self._stakes_in}
        if missing:
            found = self._register.owners_of(missing)
            self._stakes_in.update({id_: _deciding(_by_owner(found.get(id_, ()))) for id_ in missing})
        return [self._stakes_in[id_] for id_ in ids]

    def stakes_in(self, id_: str) -> tuple[Ownership, ...]:
        """The same of one party."""
        return self.read_level([id_])[0]

    def above(self, id_: str) -> Above:
        """The owners of a party, at every level."""
        if id_ not in self._above:
            self._above[id_] = _above(self, id_, self._most_owners)
        return self._above[id_]

    def group(self, id_: str) -> Group:
        """What a party and those that certainly control it control, read as far as it is asked for."""
        if id_ not in self._groups:
            roots = (id_, *(tie.party for tie in self.above(id_).controllers))
            self._groups[id_] = Group(self, self._register, roots, self._most_affiliates)
        return self._groups[id_]


def _by_owner(stakes: Iterable[Ownership]) -> list[Ownership]:
    """One stake for each owner: two rows about the same two parties may be two blocks, or one told twice."""
    rows: dict[str, list[Ownership]] = defaultdict(list)
    for stake in stakes:
        if stake.owner != stake.owned:
            rows[stake.owner].append(stake)
    return [_joined(rows[owner]) for owner in sorted(rows)]


def _joined(rows: Sequence[Ownership]) -> Ownership:
    if len(rows) == 1:
        return rows[0]
    largest = max(rows, key=lambda row: (row.control is True, row.least, row.evidence))
    controls = {row.control for row in rows}
    return replace(
        largest,
        percent_low=max(row.least for row in rows),
        percent_high=min(sum((row.most for row in rows), Decimal(0)), WHOLE),
        control=True if True in controls else None if None in controls else False,
    )


def _deciding(stakes: list[Ownership]) -> tuple[Ownership, ...]:
    """Those of a party's stakes that could give control or half of it.

    No stake can be more than what the others leave. Where one controls and the rest cannot reach half together, the
    rest decides nothing, whoever is behind it, and is not walked.
    """
    told = sum((stake.least for stake in stakes), Decimal(0))
    if told <= WHOLE:
        stakes = [
            replace(stake, percent_high=min(stake.most, WHOLE - told + stake.least))
            if stake.most > WHOLE - told + stake.least
            else stake
            for stake in stakes
        ]
    first = [stake for stake in stakes if _gives_control(stake)]
    if first and told <= WHOLE:
        rest = sum((stake.most for stake in stakes if not _gives_control(stake)), Decimal(0))
        left = WHOLE - sum((stake.least for stake in first), Decimal(0))
        if min(rest, left) < HALF:
            return tuple(first)
    return tuple(stakes)


def _gives_control(stake: Ownership) -> bool:
    return stake.control is True or stake.least > HALF


@dataclass(slots=True)
class _Controlled:
    """What some parties control together, within what was read upward.

    Attributes:
        members: each party that they control → the stake through which; None for themselves.
        least: each party of which they hold something → their stakes together, at least.
        most: the same, at most.
        through: each party of which they hold something → the first of these stakes.
    """

    members: dict[str, Ownership | None]
    least: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    most: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    through: dict[str, Ownership] = field(default_factory=dict)

    def chain(self, id_: str) -> tuple[Ownership, ...]:
        """The stakes from a member up to whom the walk started from."""
        stakes = []
        while (stake := self.members[id_]) is not None:
            stakes.append(stake)
            id_ = stake.owner
        return tuple(stakes)


StakesOf = Mapping[str, Sequence[Ownership]]
"""The stakes that each party holds, in what was read upward."""


def _controlled_by(
    seeds: Sequence[str], stakes_of: StakesOf, gives: Callable[[Ownership, Decimal, Decimal], bool]
) -> _Controlled:
    """Follows stakes downward from some parties for as long as they give control.

    Args:
        seeds: the parties to start from.
        stakes_of: where to look.
        gives: whether a stake gives control, beside all that is held of the same party by now, at least and at most.
    """
    found = _Controlled(dict.fromkeys(seeds))
    queue = list(seeds)
    for owner in queue:  # the list grows while it is read
        for stake in stakes_of.get(owner, ()):
            owned = stake.owned
            found.least[owned] += stake.least
            found.most[owned] += stake.most
            found.through.setdefault(owned, stake)
            if owned not in found.members and gives(stake, found.least[owned], found.most[owned]):
                found.members[owned] = stake
                queue.append(owned)
    return found


def _certainly(stake: Ownership, least: Decimal, most: Decimal) -> bool:
    return stake.control is True or least > HALF


def _possibly(stake: Ownership, least: Decimal, most: Decimal) -> bool:
    return stake.control is not False or most > HALF


def _above(walk: Walk, party: str, bound: int) -> Above:
    reached, unread = _read_upward(walk, party, bound)
    stakes_of: dict[str, list[Ownership]] = defaultdict(list)
    for id_ in reached:
        if id_ not in unread:
            for stake in walk.stakes_in(id_):
                stakes_of[stake.owner].append(stake)
    # Whoever holds one thing here, and controls it, is to the party what that thing is: long chains cost no more.
    follows = {
        id_: stakes_of[id_][0] for id_ in reached[1:] if len(stakes_of[id_]) == 1 and _gives_control(stakes_of[id_][0])
    }
    heads = [id_ for id_ in reached if id_ not in follows]

    certain = {id_: _controlled_by([id_], stakes_of, _certainly) for id_ in heads}
    # Control is one party's: who has a certain controller is not possibly controlled by another.
    settled = {owned for id_, found in certain.items() for owned in found.members if owned != id_}
    settled.update(stake.owned for stake in follows.values())

    def may_give(stake: Ownership, least: Decimal, most: Decimal) -> bool:
        return (_certainly if stake.owned in settled else _possibly)(stake, least, most)

    possible = {id_: _controlled_by([id_], stakes_of, may_give) for id_ in heads}
    surely = _controllers(party, reached, follows, certain)
    perhaps = _controllers(party, reached, follows, possible)

    ties: dict[str, Tie] = {}
    for id_ in reached[1:]:
        if id_ in follows:
            stake = follows[id_]
            if stake.owned == party:
                ties[id_] = Tie(id_, (True, True), (True, True), (stake,))
            elif stake.owned in ties:
                ties[id_] = replace(ties[stake.owned], party=id_, chain=(*ties[stake.owned].chain, stake))
            continue
        sure_half = _half_through(certain[id_], certain[id_].least, surely)
        may_half = _half_through(possible[id_], possible[id_].most, perhaps)
        # What is certain is shown rather than what may be more.
        chain = next((chain for chain in (surely.get(id_), sure_half, perhaps.get(id_), may_half) if chain), None)
        if chain is not None:
            controls = (id_ in surely, id_ in perhaps)
            has_half = (controls[0] or sure_half is not None, controls[1] or may_half is not None)
            ties[id_] = Tie(id_, controls, has_half, chain)

    missing = [id_ for id_ in reached if id_ not in settled and (id_ in unread or not _owners_known(walk.party(id_)))]
    anyone = _controlled_by(missing, stakes_of, may_give)
    unknown_owner = None
    if party in anyone.members:
        chain = anyone.chain(party)
        unknown_owner = Tie(chain[-1].owner if chain else party, (False, True), (False, True), chain)
    elif half := _half_through(anyone, anyone.most, perhaps):
        unknown_owner = Tie(half[-1].owner, (False, False), (False, True), half)
    return Above(party, tuple(sorted(ties.values(), key=lambda tie: len(tie.chain))), unknown_owner, len(unread))


def _owners_known(party: Party) -> bool:
    return party.owners_complete or party.is_person


Chain = tuple[Ownership, ...]


def _controllers(
    party: str, reached: Sequence[str], follows: Mapping[str, Ownership], controlled: Mapping[str, _Controlled]
) -> dict[str, Chain]:
    """Who controls the party, and through which stakes; the party itself through none."""
    chains: dict[str, Chain] = {party: ()}
    for id_ in reached[1:]:
        if id_ in follows:
            below = chains.get(follows[id_].owned)
            if below is not None:
                chains[id_] = (*below, follows[id_])
        elif party in controlled[id_].members:
            chains[id_] = controlled[id_].chain(party)
    return chains


def _half_through(holders: _Controlled, held: Mapping[str, Decimal], controllers: Mapping[str, Chain]) -> Chain | None:
    """From the party up to one that controls it, or itself, of which the holders have half, then to them."""
    joint = next((owned for owned, stakes in held.items() if stakes >= HALF and owned in controllers), None)
    if joint is None:
        return None
    stake = holders.through[joint]
    return (*controllers[joint], stake, *holders.chain(stake.owner))


def _read_upward(walk: Walk, party: str, bound: int) -> tuple[list[str], set[str]]:
    """The party and everyone above it, the nearest first, and those of them whose own owners were left unread."""
    reached = [party]
    seen = {party}
    level = [party]
    while level:
        if len(reached) > bound:
            return reached, set(level)
        level = sorted({stake.owner for stakes in walk.read_level(level) for stake in stakes} - seen)
        seen.update(level)
        reached.extend(level)
    return reached, set()


@dataclass(slots=True)
class _Search:
    """How far a search of a group for one place has come."""

    next: int = 0
    certain: str | None = None
    possible: str | None = None


class Group:
    """What a party and its certain controllers control together, read only as far as somebody asks.

    Attributes:
        roots: the party, then its certain controllers.
        unread: whether some of it was left unread, at the bound.
    """

    def __init__(self, walk: Walk, register: Register, roots: Sequence[str], bound: int) -> None:
        self.roots = tuple(roots)
        self.unread = False
        self._walk = walk
        self._register = register
        self._left = bound
        self._certain: dict[str, bool] = dict.fromkeys(roots, True)
        self._through: dict[str, Ownership | None] = dict.fromkeys(roots)
        self._least: dict[str, Decimal] = defaultdict(Decimal)
        self._most: dict[str, Decimal] = defaultdict(Decimal)
        self._stakes: dict[str, list[Ownership]] = {}
        self._counted: dict[str, bool] = {}
        self._to_expand = list(roots)
        self._to_read: list[str] = []
        self._found: list[str] = []
        self._searches: dict[frozenset[str], _Search] = {}

    @property
    def affiliates_read(self) -> int:
        """How many affiliates were looked at, certain or possible."""
        return len(set(self._found))

    def find(self, area: frozenset[str]) -> tuple[Affiliate | None, Affiliate | None]:
        """An affiliate that is certainly in an area, and one that may be; each None if there is none.

        It stops at the first that is certain, and then does not look for one that may be.
        """
        search = self._searches.setdefault(area, _Search())
        while search.certain is None:
            for id_ in self._found[search.next :]:
                search.next += 1
                here = _present(self._walk.party(id_), area)
                if here is False:
                    continue
                if here and self._certain[id_]:
                    search.certain = id_
                    break
                search.possible = search.possible or id_
            else:
                if not self._read_more():
                    break
        if search.certain is not None:
            return self._affiliate(search.certain), None
        return None, self._affiliate(search.possible) if search.possible is not None else None

    def _affiliate(self, id_: str) -> Affiliate:
        chain: list[Ownership] = []
        root = id_
        while (stake := self._through[root]) is not None:
            chain.insert(0, stake)
            root = stake.owner
        return Affiliate(id_, self._certain[id_], root, tuple(chain))

    def _read_more(self) -> bool:
        if self._to_read:
            chunk, self._to_read = self._to_read[:_CHUNK], self._to_read[_CHUNK:]
            self._walk.read_parties(chunk)
            self._found.extend(chunk)
            return True
        if self._to_expand and not self.unread:
            chunk, self._to_expand = self._to_expand[:_CHUNK], self._to_expand[_CHUNK:]
            self._read_stakes(chunk)
            for owner in chunk:
                self._expand(owner)
            return True
        return False

    def _read_stakes(self, owners: Collection[str]) -> None:
        missing = {owner for owner in owners if owner not in self._stakes}
        if not missing:
            return
        stakes, complete = self._register.owned_by(missing, self._left)
        self._left -= len(stakes)
        self.unread = self.unread or not complete
        held: dict[str, dict[str, list[Ownership]]] = {owner: defaultdict(list) for owner in missing}
        for stake in stakes:
            if stake.owner != stake.owned:
                held[stake.owner][stake.owned].append(stake)
        for owner, rows in held.items():
            self._stakes[owner] = [_joined(rows[owned]) for owned in sorted(rows)]

    def _expand(self, owner: str) -> None:
        certain = self._certain[owner]
        before = self._counted.get(owner)
        self._counted[owner] = certain
        for stake in self._stakes[owner]:
            owned = stake.owned
            if before is None:
                self._most[owned] += stake.most
            if certain and not before:
                self._least[owned] += stake.least
            known = self._certain.get(owned)
            if known:
                continue
            if certain and _certainly(stake, self._least[owned], self._most[owned]):
                now = True
            elif known is None and _possibly(stake, self._least[owned], self._most[owned]):
                now = False
            else:
                continue
            self._certain[owned] = now
            self._through[owned] = stake
            self._to_expand.append(owned)
            self._to_read.append(owned)


def _present(party: Party, area: frozenset[str]) -> bool | None:
    answers = {party.seated_in(area), *(inside(place, area) for place in party.present_in)}
    return True if True in answers else None if None in answers else False
