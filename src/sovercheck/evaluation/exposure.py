"""How far a law reaches a subject: an interval, and the paths that it comes from.

An involved party brings an access; the party, its controllers and their affiliates bring a nexus, a tie to the law's
places. A path's level is the weaker of what the law makes of the two; a subject's is the strongest of its paths. What
nobody told adds a hypothetical path, so that knowing less never narrows the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from sovercheck.evaluation.ownership import Tie, Walk
from sovercheck.evaluation.register import HALF, Ownership, Party, Register, inside
from sovercheck.findings import Exposure, ExposurePath, Step
from sovercheck.inventory.evidence import provenance_of
from sovercheck.inventory.facts import ACCESS_LEVELS, KEY_GRADES
from sovercheck.light import dataclass
from sovercheck.reference.laws import Law, Level

SHOWN_PATHS = 5
"""As many paths of a law stand in an assessment; the others are counted."""

ACCESS_OF_ROLE: Mapping[str, tuple[str, str]] = {
    # To host is to hold the data, whatever else is agreed.
    "hosts": ("hosting", "hosting"),
    "administers": ("administration", "administration"),
    # Support that nobody says is supervised may not be.
    "supports": ("supervised_support", "remote_support"),
    # A licence says nothing of the access that comes with it: an application offered as a service is licensed too.
    "licenses": ("licence", "hosting"),
}
"""What a role says of an access that nobody declared. The other roles (owns, supplies, processes) say nothing."""

_ANY_ACCESS = (ACCESS_LEVELS[0], ACCESS_LEVELS[-1])

PathKind = Literal["direct", "parent", "sub_processor", "affiliate"]
_KINDS: tuple[PathKind, ...] = ("direct", "parent", "sub_processor", "affiliate")

Decides = tuple[str, str]
"""Full name of a fact, and the id of the subject that has it. Of an ownership, the subject is the party owned."""


@dataclass(frozen=True, slots=True)
class Involvement:
    """A party's role on a subject; what is None is unknown.

    Attributes:
        party: its id.
        role: one of `facts.ROLES`.
        access: one of `facts.ACCESS_LEVELS`; what is declared stands over what the role says.
        on_behalf_of: the party that it is a sub-processor of.
        evidence: evidence integer of the role, or of the access where only that is known.
    """

    party: str
    role: str | None = None
    access: str | None = None
    on_behalf_of: str | None = None
    evidence: int = 0

    @property
    def access_range(self) -> tuple[str, str]:
        """The access that it has, at least and at most."""
        if self.access is not None:
            return self.access, self.access
        return ACCESS_OF_ROLE.get(self.role or "", _ANY_ACCESS)


@dataclass(frozen=True, slots=True)
class CopyKey:
    """What decides whether the party that holds a copy can read it; None is unknown.

    Attributes:
        grade: one of `facts.KEY_GRADES`.
        kind: of the copy.
        reads_plaintext: whether its kind of resource sees plaintext to do its work.
    """

    grade: str | None = None
    kind: str | None = None
    reads_plaintext: bool | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The weakest key grade over a subject's copies, as an interval.

    Attributes:
        grades: [weakest, strongest] that it may be; None if no copy is known.
        credited: the same where K3 counts as K2 on what is computed on or reads plaintext: the key does not help there.
    """

    grades: tuple[str, str] | None = None
    credited: tuple[str, str] = (KEY_GRADES[0], KEY_GRADES[-1])

    @classmethod
    def of(cls, copies: Iterable[CopyKey], *, complete: bool) -> Keys:
        """The weakest over some copies; if there may be others, it may be the weakest of all."""
        known = list(copies)
        if not known:
            return cls()
        return cls(_weakest(map(_grades, known), complete=complete), _weakest(map(_credited, known), complete=complete))


def _grades(copy: CopyKey) -> tuple[str, str]:
    return (copy.grade, copy.grade) if copy.grade is not None else (KEY_GRADES[0], KEY_GRADES[-1])


def _credited(copy: CopyKey) -> tuple[str, str]:
    low, high = _grades(copy)
    helps: bool | None = None
    if copy.kind == "processing" or copy.reads_plaintext is True:
        helps = False
    elif copy.kind is not None and copy.reads_plaintext is False:
        helps = True
    return (
        "K2" if low == "K3" and not helps else low,
        "K2" if high == "K3" and helps is False else high,
    )


def _weakest(ranges: Iterable[tuple[str, str]], *, complete: bool) -> tuple[str, str]:
    lows, highs = zip(*ranges, strict=True)
    return (min(lows) if complete else KEY_GRADES[0]), min(highs)


@dataclass(frozen=True, slots=True)
class Nexus:
    """What ties an involved party to a law's places, whatever its access.

    Attributes:
        kind: direct, parent or affiliate.
        word: incorporated, controlled or present.
        low: the level that the law gives to it, at least.
        high: at most.
        steps: from the party after the involved one.
        decides: the fact that would settle it; None if it is settled.
        hypothetical: nobody showed that it exists.
    """

    kind: PathKind
    word: str
    low: Level
    high: Level
    steps: tuple[Step, ...] = ()
    decides: Decides | None = None
    hypothetical: bool = False


def inventory_provenance(evidence: int) -> int | None:
    """The row of the inventory's provenance table behind an evidence integer; None if the fact is not known."""
    return provenance_of(evidence) if evidence > 0 else None


class Reach:
    """What the laws reach through the parties of one register, each party and law looked at once.

    Args:
        register: parties and the ownership that holds on the as-of date.
        as_of: the day on which laws must be in force.
        provenance: an evidence integer → index of `Step.provenance`.
        walk: bounds of its own, for a walk over `register`.
    """

    def __init__(
        self,
        register: Register,
        as_of: date,
        *,
        provenance: Callable[[int], int | None] = inventory_provenance,
        walk: Walk | None = None,
    ) -> None:
        self.walk = walk or Walk(register)
        self._as_of = as_of
        self._provenance = provenance
        self._shown: dict[tuple[str, str], tuple[Nexus, ...]] = {}
        self._presence: dict[tuple[str, str], tuple[Nexus, ...]] = {}
        self._seen: _Seen = {}

    def exposures(
        self,
        subject: Literal["system", "resource"],
        id_: str,
        involvements: Sequence[Involvement],
        laws: Iterable[Law],
        *,
        involvements_complete: bool,
        keys: Keys,
    ) -> list[Exposure]:
        """How each law reaches one subject.

        Args:
            subject: what it is.
            id_: its id.
            involvements: of every party, those of what it belongs to included.
            laws: those to judge; one that is not in force reaches nobody.
            involvements_complete: whether no other party is involved.
            keys: over its copies.

        Returns:
            One exposure for each law, in their order.
        """
        self.walk.read_above(involvement.party for involvement in involvements)
        found = []
        for law in laws:
            paths: list[ExposurePath] = []
            if law.in_force_on(self._as_of):
                for involvement in involvements:
                    paths += self._paths(involvement, law, keys, id_)
                if not involvements_complete:
                    paths += _undeclared_party(law, keys, (f"{subject}.involvements_complete", id_), self._seen)
            found.append(_exposure(law, subject, id_, paths, keys))
        return found

    def _paths(self, involvement: Involvement, law: Law, keys: Keys, id_: str) -> Iterator[ExposurePath]:
        party = self.walk.party(involvement.party)
        first = Step(
            party=party.id,
            name=party.name,
            place=party.place_in(law.places),
            link=involvement.role or "involved",
            provenance=self._provenance(involvement.evidence),
        )
        words = _words(involvement.access_range)
        highest = max(law.access_level(word) for word in words)
        if highest is Level.NONE_KNOWN:
            return
        nexuses = self._nexuses(party, law)
        if not any(nexus.low >= _group_level(law) for nexus in nexuses):
            nexuses += self._presence_of_group(party, law)
        settled = max((nexus.low for nexus in nexuses if not nexus.hypothetical), default=Level.NONE_KNOWN)
        for nexus in nexuses:
            if nexus.hypothetical and nexus.high <= settled:
                continue
            kind: PathKind = "sub_processor" if involvement.on_behalf_of is not None else nexus.kind
            decides = nexus.decides or ("involvement.access", party.id)
            path = _path(
                law, nexus, kind, (first, *nexus.steps), involvement.access_range, keys, (decides, id_), self._seen
            )
            if path is not None:
                yield path

    def _nexuses(self, party: Party, law: Law) -> tuple[Nexus, ...]:
        """Through the party itself, its owners and what each of them declares; without the group's affiliates."""
        key = (party.id, law.id)
        if key not in self._shown:
            found = [*self._own(party, law), *self._of_owners(party, law)]
            self._shown[key] = tuple(nexus for nexus in found if nexus.high > Level.NONE_KNOWN)
        return self._shown[key]

    def _own(self, party: Party, law: Law) -> Iterator[Nexus]:
        level = max(law.nexus_level("incorporated"), law.nexus_level("present"))
        seated = party.seated_in(law.places)
        if seated:
            yield Nexus("direct", "incorporated", level, level)
            return
        if seated is None:
            decides = (party.unknown_seat(law.places), party.id)
            yield Nexus("direct", "incorporated", Level.NONE_KNOWN, level, (), decides, hypothetical=True)
        yield from self._establishment(party, law, "direct", ())

    def _of_owners(self, party: Party, law: Law) -> Iterator[Nexus]:
        controlled = max(law.nexus_level("controlled"), _group_level(law))
        above = self.walk.above(party.id)
        for tie in above.ties:
            owner = self.walk.party(tie.party)
            seated = owner.seated_in(law.places)
            steps = self._upward(tie.chain, law)
            if seated is not False:
                yield _through_owner(tie, owner, law, steps)
            if tie.controls[0] and not seated:
                yield from self._establishment(owner, law, "parent", steps)
        unknown = above.unknown_owner
        if unknown is not None:
            word, level = ("controlled", controlled) if unknown.controls[1] else ("present", _group_level(law))
            decides = ("party.owners_complete", unknown.party)
            steps = self._upward(unknown.chain, law)
            yield Nexus("parent", word, Level.NONE_KNOWN, level, steps, decides, hypothetical=True)

    def _establishment(self, party: Party, law: Law, kind: PathKind, steps: tuple[Step, ...]) -> Iterator[Nexus]:
        """Through a declared presence in the law's places; one place is enough."""
        level = law.nexus_level("present") if kind == "direct" else _group_level(law)
        answers = [(inside(place, law.places), place) for place in sorted(party.present_in)]
        for answer in (True, None):
            place = next((place for found, place in answers if found is answer), None)
            if place is not None:
                step = Step(
                    party.id, party.name, place, "present_in", provenance=self._provenance(party.present_evidence)
                )
                low, decides = (level, None) if answer else (Level.NONE_KNOWN, ("party.present_in", party.id))
                yield Nexus(kind, "present", low, level, (*steps, step), decides, hypothetical=not answer)
                return

    def _presence_of_group(self, party: Party, law: Law) -> tuple[Nexus, ...]:
        """Through an affiliate, or through the presence that nobody declared."""
        key = (party.id, law.id)
        if key not in self._presence:
            found = self._find_presence(party, law) if _group_level(law) > Level.NONE_KNOWN else ()
            self._presence[key] = tuple(found)
        return self._presence[key]

    def _find_presence(self, party: Party, law: Law) -> Iterator[Nexus]:
        level = _group_level(law)
        group = self.walk.group(party.id)
        chains = {tie.party: tie.chain for tie in self.walk.above(party.id).controllers}
        for affiliate in group.find(law.places):
            if affiliate is None:
                continue
            found = self.walk.party(affiliate.party)
            upward = self._upward(chains.get(affiliate.root, ()), law)
            steps = (*upward, *(self._step(stake, stake.owned, "affiliate", law) for stake in affiliate.chain))
            place = next((place for place in sorted(found.present_in) if inside(place, law.places)), None)
            if place is not None and not found.seated_in(law.places):
                evidence = self._provenance(found.present_evidence)
                steps = (*steps, Step(found.id, found.name, place, "present_in", provenance=evidence))
            if place is not None or found.seated_in(law.places):
                decides: Decides = ("ownership.control", _unsettled(affiliate.chain))
            else:
                decides = (found.unknown_seat(law.places), found.id)
            shown = affiliate.certain and (place is not None or bool(found.seated_in(law.places)))
            low = level if shown else Level.NONE_KNOWN
            yield Nexus("affiliate", "present", low, level, steps, None if shown else decides, hypothetical=not shown)
            if shown:
                return
        decides_open = self._open_presence(party)
        if decides_open is not None:
            yield Nexus("affiliate", "present", Level.NONE_KNOWN, level, (), decides_open, hypothetical=True)

    def _open_presence(self, party: Party) -> Decides | None:
        """The fact for want of which a group may be present anywhere; None if its presence is closed.

        A party's `presence_complete` speaks of itself and of what is below it; so each controller must say it too.
        """
        above = self.walk.above(party.id)
        group = self.walk.group(party.id)
        for root in group.roots:
            if not self.walk.party(root).presence_complete:
                return "party.presence_complete", root
        if above.undecided:
            return "ownership.control", _unsettled(above.undecided[0].chain)
        return ("party.present_in", party.id) if group.unread else None

    def _upward(self, chain: Sequence[Ownership], law: Law) -> tuple[Step, ...]:
        return tuple(self._step(stake, stake.owner, "owned_by", law) for stake in chain)

    def _step(self, stake: Ownership, id_: str, link: str, law: Law) -> Step:
        party = self.walk.party(id_)
        exact = stake.percent_low if stake.percent_low == stake.percent_high else None
        return Step(
            party=party.id,
            name=party.name,
            place=party.place_in(law.places),
            link=link,
            percent=None if exact is None else format(exact.normalize(), "f"),
            provenance=self._provenance(stake.evidence),
        )


def _through_owner(tie: Tie, owner: Party, law: Law, steps: tuple[Step, ...]) -> Nexus:
    present = _group_level(law)
    controlled = max(law.nexus_level("controlled"), present)
    low, high = (
        controlled if controls else present if has_half else Level.NONE_KNOWN
        for controls, has_half in zip(tie.controls, tie.has_half, strict=True)
    )
    seated = owner.seated_in(law.places)
    # A controller there is also presence of the group there: the word is that of the tie from which the level comes.
    word = "controlled" if tie.controls[1] and law.nexus_level("controlled") >= present else "present"
    if not seated:
        decides: Decides | None = (owner.unknown_seat(law.places), owner.id)
        low = Level.NONE_KNOWN
    else:
        decides = ("ownership.control", _unsettled(tie.chain)) if low < high else None
    return Nexus("parent", word, low, high, steps, decides, hypothetical=not seated or not tie.has_half[0])


def _group_level(law: Law) -> Level:
    """What the presence of an owner or an affiliate gives: no more than control by one does, if the law speaks of it.

    That a sister company serves a territory ties the party itself less than an establishment of its own there.
    """
    present = law.nexus_level("present")
    return min(present, law.nexus_level("controlled")) if "controlled" in law.nexus else present


def _unsettled(chain: Sequence[Ownership]) -> str:
    """The party owned of which it is not known whether the stake gives control, the first of a chain."""
    for stake in chain:
        if stake.control is None and not stake.least > HALF:
            return stake.owned
    return chain[0].owned


def _words(access: tuple[str, str]) -> tuple[str, ...]:
    return ACCESS_LEVELS[ACCESS_LEVELS.index(access[0]) : ACCESS_LEVELS.index(access[1]) + 1]


def _residual(law: Law, level: Level, access: str, grade: str) -> Level:
    """What is left of a level once a key held elsewhere is counted: never less than possible, the metadata remains."""
    effect = law.key_grades.get(grade)
    if effect == "metadata" or (effect == "lowered" and access == "hosting"):
        return min(level, Level.POSSIBLE)
    return level


_Ends = tuple[Level, Level, Level, Level]
_Seen = dict[tuple[str, Level, Level, tuple[str, str], tuple[str, str]], _Ends]


def _ends(
    law: Law, nexus_low: Level, nexus_high: Level, access: tuple[str, str], credited: tuple[str, str], seen: _Seen
) -> _Ends:
    """The level of a path, at least and at most, then the same once keys are counted; few of them ever differ."""
    key = (law.id, nexus_low, nexus_high, access, credited)
    found = seen.get(key)
    if found is None:
        lows = [(word, min(law.access_level(word), nexus_low)) for word in _words(access)]
        highs = [(word, min(law.access_level(word), nexus_high)) for word in _words(access)]
        first, last = (KEY_GRADES.index(grade) for grade in credited)
        grades = KEY_GRADES[first : last + 1]
        found = seen[key] = (
            min(level for _, level in lows),
            max(level for _, level in highs),
            min(_residual(law, level, word, grade) for word, level in lows for grade in grades),
            max(_residual(law, level, word, grade) for word, level in highs for grade in grades),
        )
    return found


def _path(
    law: Law,
    nexus: Nexus,
    kind: PathKind,
    steps: tuple[Step, ...],
    access: tuple[str, str],
    keys: Keys,
    decides: tuple[Decides, str],
    seen: _Seen,
) -> ExposurePath | None:
    """A path, or None where the law gives nothing to this access and nexus.

    Args:
        law: the law.
        nexus: the tie to its places.
        kind: of path.
        steps: all of them.
        access: of the involved party, at least and at most.
        keys: over the subject's copies.
        decides: the fact that settles the path if it is open, and the subject whose keys settle its residual.
        seen: the ends computed so far.
    """
    ends = _ends(law, nexus.low, nexus.high, access, keys.credited, seen)
    low, high, residual_low, residual_high = ends
    if high is Level.NONE_KNOWN:
        return None
    settles: Decides | None = None
    if low != high:
        settles = decides[0]
    elif residual_low != residual_high:
        settles = ("copy.key_grade", decides[1])
    return ExposurePath(
        kind=kind,
        steps=steps,
        access=access,
        nexus=nexus.word,
        low=_word(low),
        high=_word(high),
        residual_low=_word(residual_low),
        residual_high=_word(residual_high),
        decides=settles,
        hypothetical=nexus.hypothetical,
    )


def _undeclared_party(law: Law, keys: Keys, decides: Decides, seen: _Seen) -> Iterator[ExposurePath]:
    """The path of a party that nobody named, with any access and any tie."""
    level = max(law.nexus_level(word) for word in ("incorporated", "controlled", "present"))
    nexus = Nexus("direct", "incorporated", Level.NONE_KNOWN, level, (), decides, hypothetical=True)
    path = _path(law, nexus, "direct", (), _ANY_ACCESS, keys, (decides, decides[1]), seen)
    if path is not None:
        yield path


def _exposure(law: Law, subject: str, id_: str, paths: Iterable[ExposurePath], keys: Keys) -> Exposure:
    ordered = sorted(dict.fromkeys(paths), key=_strongest_first)
    return Exposure(
        law=law.id,
        subject=subject,
        id=id_,
        inherent=(_strongest(p.low for p in ordered), _strongest(p.high for p in ordered)),
        residual=(_strongest(p.residual_low for p in ordered), _strongest(p.residual_high for p in ordered)),
        key_grades=keys.grades,
        paths=tuple(ordered[:SHOWN_PATHS]),
        more_paths=max(0, len(ordered) - SHOWN_PATHS),
    )


def _strongest_first(path: ExposurePath) -> tuple[object, ...]:
    return (
        -_level(path.low),
        -_level(path.high),
        path.hypothetical,
        not path.steps,
        -_level(path.residual_low),
        -_level(path.residual_high),
        _KINDS.index(path.kind),
        len(path.steps),
        [(step.party, step.link, step.place or "", step.percent or "", step.provenance or -1) for step in path.steps],
        path.nexus,
        path.access,
        path.decides or ("", ""),
    )


def _strongest(words: Iterable[str]) -> str:
    return _word(max((_level(word) for word in words), default=Level.NONE_KNOWN))


def _word(level: Level) -> str:
    return level.name.lower()


def _level(word: str) -> Level:
    return Level[word.upper()]
