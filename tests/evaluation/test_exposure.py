from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sovercheck.evaluation.exposure import CopyKey, Involvement, Keys, Reach
from sovercheck.evaluation.ownership import Walk
from sovercheck.evaluation.register import MemoryRegister, Ownership, Party
from sovercheck.findings import Exposure
from sovercheck.inventory.evidence import Grade, pack
from sovercheck.inventory.facts import ACCESS_LEVELS, KEY_GRADES
from sovercheck.reference.laws import Law, Level

TODAY = date(2026, 11, 23)
SHOWN = pack(Grade.DOCUMENTED, 7)
NONE, POSSIBLE, EXPOSED = "none_known", "possible", "exposed"
K0 = Keys(("K0", "K0"), ("K0", "K0"))


def law(id_: str = "us-cloud-act", *places: str, **changes: object) -> Law:
    made = Law(
        id=id_,
        name={},
        citation={},
        what={},
        note=None,
        url="",
        places=frozenset(places or ("US",)),
        status="in_force",
        in_force_from=date(2018, 3, 23),
        in_force_to=None,
        access={"hosting": Level.EXPOSED, "administration": Level.POSSIBLE, "remote_support": Level.POSSIBLE},
        nexus={"incorporated": Level.EXPOSED, "controlled": Level.EXPOSED, "present": Level.POSSIBLE},
        key_grades={"K3": "lowered", "K4": "metadata"},
        text_version=None,
        text_read_on=None,
        text_grade="republished",
        sources=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


CLOUD_ACT = law()


def party(id_: str, place: str | None = None, **changes: object) -> Party:
    """A party whose seat is known, if a place is given, and of which everything is complete unless said."""
    known = Party(
        id_,
        id_.upper(),
        place=place,
        place_evidence=SHOWN if place else 0,
        incorporated_in=place,
        incorporated_evidence=SHOWN if place else 0,
        presence_complete=True,
        owners_complete=True,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def stake(owner: str, owned: str, percent: int | None = None, *, control: bool | None = None) -> Ownership:
    size = None if percent is None else Decimal(percent)
    return Ownership(owner, owned, size, size, control, SHOWN)


def expose(
    involved: Involvement | Sequence[Involvement],
    parties: Iterable[Party],
    stakes: Iterable[Ownership] = (),
    *,
    of: Law = CLOUD_ACT,
    complete: bool = True,
    keys: Keys = K0,
    walk: dict[str, int] | None = None,
) -> Exposure:
    register = MemoryRegister(parties, stakes)
    reach = Reach(register, TODAY, walk=Walk(register, **walk) if walk else None)
    involvements = [involved] if isinstance(involved, Involvement) else involved
    (found,) = reach.exposures("system", "s", involvements, [of], involvements_complete=complete, keys=keys)
    return found


def hosts(id_: str) -> Involvement:
    return Involvement(id_, role="hosts", evidence=SHOWN)


# --- the worked example -----------------------------------------------------------------------------------------------


def test_a_local_subsidiary_of_a_foreign_parent_gains_nothing_by_being_local() -> None:
    found = expose(hosts("lgs"), [party("lgs", "CA-QC"), party("ibm", "US-NY")], [stake("ibm", "lgs", control=True)])
    assert found.inherent == found.residual == (EXPOSED, EXPOSED)
    path = found.paths[0]
    assert (path.kind, path.nexus, path.low, path.hypothetical, path.decides) == (
        "parent",
        "controlled",
        EXPOSED,
        False,
        None,
    )
    assert [(step.party, step.link, step.place, step.provenance) for step in path.steps] == [
        ("lgs", "hosts", "CA-QC", 7),
        ("ibm", "owned_by", "US-NY", 7),
    ]


def test_undeclared_access_of_a_party_that_the_law_reaches_is_the_fact_that_decides() -> None:
    epic = [party("epic", "US-WI")]
    found = expose(Involvement("epic", role="supplies"), epic)
    assert found.inherent == (NONE, EXPOSED)
    assert found.paths[0].decides == ("involvement.access", "epic")
    assert not found.paths[0].hypothetical
    assert found.paths[0].access == ("no_access", "hosting")
    assert expose(Involvement("epic", access="hosting"), epic).inherent == (EXPOSED, EXPOSED)
    assert expose(Involvement("epic", access="administration"), epic).inherent == (POSSIBLE, POSSIBLE)
    assert expose(Involvement("epic", access="licence"), epic).inherent == (NONE, NONE)


def test_a_foreign_platform_of_undeclared_access_and_presence_is_open() -> None:
    parties = [
        party("platform", "BE", presence_complete=False),
        party("recipe", "BE", presence_complete=False),
        party("proximus", "BE", presence_complete=False),
        party("state", "BE"),
    ]
    involved = [
        Involvement("platform", role="owns"),
        Involvement("recipe", role="processes"),
        Involvement("proximus", on_behalf_of="recipe"),
    ]
    found = expose(involved, parties, [stake("state", "proximus", 53)])
    assert found.inherent == (NONE, POSSIBLE)
    assert {path.decides for path in found.paths} == {
        ("party.presence_complete", "platform"),
        ("party.presence_complete", "recipe"),
        ("party.presence_complete", "proximus"),
    }
    assert {path.kind for path in found.paths} == {"affiliate", "sub_processor"}


def test_a_local_host_closed_on_all_counts_is_not_known_to_be_reached() -> None:
    found = expose(hosts("local"), [party("local", "CA-QC"), party("owner", "CA-QC")], [stake("owner", "local", 100)])
    assert found.inherent == (NONE, NONE)
    assert found.paths == ()


@pytest.mark.parametrize(
    ("opened", "high", "decides"),
    [
        ({"incorporated_in": None, "incorporated_evidence": 0}, EXPOSED, "party.incorporated_in"),
        ({"place": None, "place_evidence": 0}, EXPOSED, "party.place"),
        ({"owners_complete": False}, EXPOSED, "party.owners_complete"),
        ({"presence_complete": False}, POSSIBLE, "party.presence_complete"),
    ],
)
def test_each_thing_left_open_is_named_and_capped(opened: dict[str, object], high: str, decides: str) -> None:
    host = replace(party("local", "CA-QC"), **opened)  # type: ignore[arg-type]
    found = expose(hosts("local"), [host])
    assert found.inherent == (NONE, high)
    assert found.paths[0].decides == (decides, "local")
    assert found.paths[0].hypothetical
    administered = expose(Involvement("local", access="administration"), [host])
    assert administered.inherent == (NONE, POSSIBLE)
    assert expose(Involvement("local", access="licence"), [host]).inherent == (NONE, NONE)


def test_a_party_that_nobody_described_is_open() -> None:
    assert expose(hosts("stranger"), []).inherent == (NONE, EXPOSED)


def test_involvements_that_nobody_called_complete_are_open() -> None:
    found = expose(hosts("local"), [party("local", "CA-QC")], complete=False)
    assert found.inherent == (NONE, EXPOSED)
    assert [(path.steps, path.decides) for path in found.paths] == [((), ("system.involvements_complete", "s"))]


# --- nexus ------------------------------------------------------------------------------------------------------------


def test_a_head_office_in_the_law_s_places_is_enough() -> None:
    host = replace(party("x", "CA-QC"), place="US-DE")
    assert expose(hosts("x"), [host]).paths[0].kind == "direct"
    assert expose(hosts("x"), [host]).inherent == (EXPOSED, EXPOSED)


def test_a_place_known_only_as_a_country_may_be_in_its_province() -> None:
    quebec = law("quebec", "CA-QC")
    assert expose(hosts("x"), [party("x", "CA")], of=quebec).inherent == (NONE, EXPOSED)
    assert expose(hosts("x"), [party("x", "CA-QC")], of=quebec).inherent == (EXPOSED, EXPOSED)
    assert expose(hosts("x"), [party("x", "CA-ON")], of=quebec).inherent == (NONE, NONE)


def test_joint_owners_are_each_present() -> None:
    parties = [party("x", "CA-QC"), party("us", "US"), party("qc", "CA-QC")]
    half = [stake("us", "x", 50, control=False), stake("qc", "x", 50, control=False)]
    found = expose(hosts("x"), parties, half)
    assert found.inherent == (POSSIBLE, POSSIBLE)
    assert (found.paths[0].kind, found.paths[0].nexus) == ("parent", "present")
    assert found.paths[0].steps[1].percent == "50"


def test_a_joint_owner_whose_control_nobody_told_may_control() -> None:
    found = expose(hosts("x"), [party("x", "CA-QC"), party("us", "US")], [stake("us", "x", 50)])
    assert found.inherent == (POSSIBLE, EXPOSED)
    assert found.paths[0].decides == ("ownership.control", "x")


def test_a_minority_holder_is_no_nexus_and_one_that_may_control_is_open() -> None:
    parties = [party("x", "CA-QC"), party("fund", "US")]
    assert expose(hosts("x"), parties, [stake("fund", "x", 10, control=False)]).inherent == (NONE, NONE)
    found = expose(hosts("x"), parties, [stake("fund", "x", 10)])
    assert found.inherent == (NONE, EXPOSED)
    assert found.paths[0].hypothetical
    assert found.paths[0].decides == ("ownership.control", "x")


def test_an_establishment_is_presence_of_the_party_and_of_its_controller() -> None:
    own = expose(hosts("x"), [party("x", "CA-QC", present_in=("CA-QC", "US-NY"), present_evidence=SHOWN)])
    assert own.inherent == (POSSIBLE, POSSIBLE)
    assert (own.paths[0].kind, own.paths[0].steps[-1].link, own.paths[0].steps[-1].place) == (
        "direct",
        "present_in",
        "US-NY",
    )
    parties = [party("x", "CA-QC"), party("top", "CA-QC", present_in=("US",), present_evidence=SHOWN)]
    assert expose(hosts("x"), parties, [stake("top", "x", 100)]).inherent == (POSSIBLE, POSSIBLE)


def test_an_affiliate_in_the_law_s_places_is_presence_only() -> None:
    parties = [party("x", "CA-QC"), party("top", "SE"), party("inc", "US-GA")]
    found = expose(hosts("x"), parties, [stake("top", "x", 100), stake("top", "inc", 100)])
    assert found.inherent == (POSSIBLE, POSSIBLE)
    assert [(step.party, step.link) for step in found.paths[0].steps] == [
        ("x", "hosts"),
        ("top", "owned_by"),
        ("inc", "affiliate"),
    ]
    assert found.paths[0].kind == "affiliate"
    assert expose(hosts("x"), parties[:2], [stake("top", "x", 100)]).inherent == (NONE, NONE)


def test_the_controller_s_presence_must_be_closed_too() -> None:
    parties = [party("x", "CA-QC"), party("top", "CA-QC", presence_complete=False)]
    found = expose(hosts("x"), parties, [stake("top", "x", 100)])
    assert found.inherent == (NONE, POSSIBLE)
    assert found.paths[0].decides == ("party.presence_complete", "top")


def test_affiliates_left_unread_at_the_bound_leave_presence_open() -> None:
    parties = [party("x", "CA-QC"), *(party(f"s{n}", "CA-QC") for n in range(20))]
    below = [stake("x", f"s{n}", 100) for n in range(20)]
    assert expose(hosts("x"), parties, below).inherent == (NONE, NONE)
    assert expose(hosts("x"), parties, below, walk={"most_affiliates": 10}).inherent == (NONE, POSSIBLE)


def test_presence_is_open_while_nobody_knows_who_controls() -> None:
    parties = [party("x", "CA-QC"), party("fund", "SE")]
    found = expose(hosts("x"), parties, [stake("fund", "x", 30)])
    assert found.inherent == (NONE, POSSIBLE)
    assert found.paths[0].decides == ("ownership.control", "x")


def test_what_is_hypothetical_is_told_beside_a_weaker_path() -> None:
    host = party("x", "CA-QC", present_in=("US",), present_evidence=SHOWN, owners_complete=False)
    found = expose(hosts("x"), [host])
    assert found.inherent == (POSSIBLE, EXPOSED)
    assert [path.decides for path in found.paths] == [None, ("party.owners_complete", "x")]


def test_an_affiliate_is_looked_for_beside_what_is_only_hypothetical() -> None:
    host = party("x", "CA-QC", incorporated_in=None, incorporated_evidence=0)
    assert expose(hosts("x"), [host, party("inc", "US")], [stake("x", "inc", 100)]).inherent == (POSSIBLE, EXPOSED)


def test_a_controller_of_unknown_seat_is_open() -> None:
    top = party("top", owners_complete=True)
    found = expose(hosts("x"), [party("x", "CA-QC"), top], [stake("top", "x", 100)])
    assert found.inherent == (NONE, EXPOSED)
    assert found.paths[0].decides == ("party.incorporated_in", "top")


def test_a_controller_in_the_law_s_places_is_presence_of_the_group_there() -> None:
    silent = law(nexus={"incorporated": Level.EXPOSED, "present": Level.POSSIBLE})
    found = expose(hosts("x"), [party("x", "CA-QC"), party("top", "US")], [stake("top", "x", 100)], of=silent)
    assert found.inherent == (POSSIBLE, POSSIBLE)
    assert (found.paths[0].kind, found.paths[0].nexus) == ("parent", "present")


def test_the_presence_of_the_group_gives_no_more_than_control_does() -> None:
    """A law that reaches whoever serves its territory reaches the party there, not its sister company elsewhere."""
    nexus = {"incorporated": Level.EXPOSED, "controlled": Level.POSSIBLE, "present": Level.EXPOSED}
    serving = law("eu-e-evidence", "FR", nexus=nexus)
    parent = [party("x", "CA-QC"), party("top", "FR")]
    assert expose(hosts("x"), parent, [stake("top", "x", 100)], of=serving).inherent == (POSSIBLE, POSSIBLE)
    sister = [party("x", "CA-QC"), party("top", "CA-ON"), party("sas", "FR")]
    stakes = [stake("top", "x", 100), stake("top", "sas", 100)]
    assert expose(hosts("x"), sister, stakes, of=serving).inherent == (POSSIBLE, POSSIBLE)
    own = party("x", "CA-QC", present_in=("FR",), present_evidence=SHOWN)
    assert expose(hosts("x"), [own], of=serving).inherent == (EXPOSED, EXPOSED)


def test_a_sub_processor_is_named_as_such() -> None:
    found = expose(Involvement("sub", access="hosting", on_behalf_of="epic"), [party("sub", "US")])
    assert found.paths[0].kind == "sub_processor"


def test_a_law_that_is_not_in_force_reaches_nobody() -> None:
    lapsed = law("us-fisa-702", in_force_to=date(2026, 6, 12), status="lapsed")
    found = expose(hosts("x"), [party("x", "US")], of=lapsed, complete=False)
    assert found.inherent == found.residual == (NONE, NONE)
    assert found.paths == ()


# --- access -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("hosts", ("hosting", "hosting")),
        ("administers", ("administration", "administration")),
        ("supports", ("supervised_support", "remote_support")),
        ("licenses", ("licence", "hosting")),
        ("owns", ("no_access", "hosting")),
        ("supplies", ("no_access", "hosting")),
        ("processes", ("no_access", "hosting")),
        (None, ("no_access", "hosting")),
    ],
)
def test_a_role_bounds_the_access_that_nobody_declared(role: str | None, expected: tuple[str, str]) -> None:
    assert Involvement("x", role=role).access_range == expected
    assert Involvement("x", role=role, access="licence").access_range == ("licence", "licence")


# --- several paths ----------------------------------------------------------------------------------------------------


def test_the_strongest_path_decides_bound_by_bound() -> None:
    parties = [party("admin", "US"), party("unknown", "US")]
    involved = [Involvement("admin", access="administration"), Involvement("unknown")]
    assert expose(involved, parties).inherent == (POSSIBLE, EXPOSED)


def test_at_most_five_paths_are_shown_the_strongest_first_and_the_others_counted() -> None:
    parties = [party(f"p{n}", "US") for n in range(8)]
    involved = [Involvement(f"p{n}", access="administration") for n in range(7)] + [hosts("p7")]
    found = expose(involved, parties)
    assert (len(found.paths), found.more_paths) == (5, 3)
    assert found.paths[0].steps[0].party == "p7"


def test_a_question_about_a_named_party_comes_before_one_about_parties_that_nobody_named() -> None:
    found = expose(hosts("x"), [party("x", "CA-QC", owners_complete=False)], complete=False)
    assert [path.decides for path in found.paths] == [
        ("party.owners_complete", "x"),
        ("system.involvements_complete", "s"),
    ]


def test_what_is_hypothetical_is_not_told_beside_a_path_that_is_as_strong() -> None:
    host = party("x", "US", owners_complete=False, presence_complete=False)
    assert [path.kind for path in expose(hosts("x"), [host]).paths] == ["direct"]


# --- keys -------------------------------------------------------------------------------------------------------------


def keys(*copies: CopyKey, complete: bool = True) -> Keys:
    return Keys.of(copies, complete=complete)


def at_rest(grade: str | None) -> CopyKey:
    return CopyKey(grade, kind="primary", reads_plaintext=False)


@pytest.mark.parametrize(
    ("held", "residual"),
    [
        (keys(at_rest("K0")), (EXPOSED, EXPOSED)),
        (keys(at_rest("K2")), (EXPOSED, EXPOSED)),
        (keys(at_rest("K3")), (POSSIBLE, POSSIBLE)),
        (keys(at_rest("K4")), (POSSIBLE, POSSIBLE)),
        (keys(at_rest("K3"), at_rest("K1")), (EXPOSED, EXPOSED)),
        (keys(at_rest("K3"), at_rest(None)), (POSSIBLE, EXPOSED)),
        (keys(at_rest("K3"), complete=False), (POSSIBLE, EXPOSED)),
        (keys(), (POSSIBLE, EXPOSED)),
        (keys(CopyKey("K3", "processing", reads_plaintext=False)), (EXPOSED, EXPOSED)),
        (keys(CopyKey("K3", "primary", reads_plaintext=True)), (EXPOSED, EXPOSED)),
        (keys(CopyKey("K3", "primary")), (POSSIBLE, EXPOSED)),
    ],
)
def test_the_weakest_key_over_the_copies_counts(held: Keys, residual: tuple[str, str]) -> None:
    found = expose(hosts("x"), [party("x", "US")], keys=held)
    assert found.inherent == (EXPOSED, EXPOSED)
    assert found.residual == residual
    assert found.paths[0].decides == (("copy.key_grade", "s") if residual[0] != residual[1] else None)


def test_the_grades_shown_are_those_of_the_copies() -> None:
    assert keys(CopyKey("K3", "processing")).grades == ("K3", "K3")
    assert keys(at_rest("K4"), at_rest("K3")).grades == ("K3", "K3")
    assert keys().grades is None


def test_an_external_key_helps_against_hosting_only() -> None:
    strict = law(access={"hosting": Level.EXPOSED, "administration": Level.EXPOSED})
    admin = Involvement("x", access="administration")
    assert expose(admin, [party("x", "US")], of=strict, keys=keys(at_rest("K3"))).residual == (EXPOSED, EXPOSED)
    assert expose(admin, [party("x", "US")], of=strict, keys=keys(at_rest("K4"))).residual == (POSSIBLE, POSSIBLE)


def test_a_key_never_brings_a_path_below_possible_nor_above_what_it_was() -> None:
    admin = Involvement("x", access="administration")
    assert expose(admin, [party("x", "US")], keys=keys(at_rest("K4"))).residual == (POSSIBLE, POSSIBLE)
    assert expose(hosts("x"), [party("x", "CA")], keys=keys(at_rest("K4"))).residual == (NONE, NONE)


# --- properties -------------------------------------------------------------------------------------------------------

NAMES = "abcde"
PLACES = ("CA-QC", "SE", "SE", "SE", "US-NY", "CA", None)
LAWS = [
    CLOUD_ACT,
    law(
        "quebec", "CA-QC", nexus={"incorporated": Level.EXPOSED, "controlled": Level.POSSIBLE, "present": Level.EXPOSED}
    ),
    law("bill", nexus={"incorporated": Level.POSSIBLE, "present": Level.POSSIBLE}, key_grades={"K4": "metadata"}),
]


@dataclass(frozen=True)
class World:
    parties: tuple[Party, ...]
    stakes: tuple[Ownership, ...]
    involvements: tuple[Involvement, ...]
    complete: bool
    copies: tuple[CopyKey, ...]
    copies_complete: bool

    def levels(self) -> list[tuple[int, int]]:
        found = Reach(MemoryRegister(self.parties, self.stakes), TODAY).exposures(
            "system",
            "s",
            self.involvements,
            LAWS,
            involvements_complete=self.complete,
            keys=Keys.of(self.copies, complete=self.copies_complete),
        )
        ends = [bounds for exposure in found for bounds in (exposure.inherent, exposure.residual)]
        for low, high in ends:
            assert Level[low.upper()] <= Level[high.upper()]
        return [(Level[low.upper()], Level[high.upper()]) for low, high in ends]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    parties = []
    for name in NAMES:
        place, seat = draw(st.sampled_from(PLACES)), draw(st.sampled_from(PLACES))
        present = draw(st.sampled_from([(), (), (), (), ("US",), ("CA-QC",)]))
        kind = draw(st.sampled_from(["company", "company", "company", "person"]))
        seat = None if kind == "person" else seat
        parties.append(
            Party(
                name,
                name,
                kind=kind,
                place=place,
                place_evidence=SHOWN if place else 0,
                incorporated_in=seat,
                incorporated_evidence=SHOWN if seat else 0,
                present_in=present,
                present_evidence=SHOWN,
                presence_complete=draw(st.integers(0, 7)) < 7,
                owners_complete=draw(st.integers(0, 7)) < 7,
            )
        )
    people = {one.id for one in parties if one.is_person}
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), unique=True, max_size=7))
    room = dict.fromkeys(NAMES, 100)
    led: set[str] = set()
    stakes = []
    for owner, owned in pairs:
        percent = draw(st.sampled_from([None, 10, 30, 40, 50, 60, 100]))
        control = draw(st.sampled_from([None, None, True, False]))
        if owned in people or (percent or 0) > room[owned]:
            continue
        if (control or (percent or 0) > 50) and owned in led:
            continue
        if control is False and (percent or 0) > 50:
            control = None
        led |= {owned} if control or (percent or 0) > 50 else set()
        room[owned] -= percent or 0
        stakes.append(stake(owner, owned, percent, control=control))
    involvements = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)):
        role = draw(st.sampled_from(["supports", "licenses", "supplies", None]))
        low, high = Involvement(name, role=role).access_range
        allowed = ACCESS_LEVELS[ACCESS_LEVELS.index(low) : ACCESS_LEVELS.index(high) + 1]
        involvements.append(Involvement(name, role, draw(st.sampled_from((*allowed, None)))))
    copies = draw(
        st.lists(
            st.builds(
                CopyKey,
                st.sampled_from((None, *KEY_GRADES)),
                st.sampled_from(("primary", "processing", None)),
                st.sampled_from((True, False, None)),
            ),
            max_size=2,
        )
    )
    return World(
        tuple(parties),
        tuple(stakes),
        tuple(involvements),
        draw(st.integers(0, 7)) < 7,
        tuple(copies),
        draw(st.booleans()),
    )


def one_leader(world: World) -> bool:
    """Whether control is one line of parties everywhere: two strangers who control the same party are a mistake."""
    walk = Walk(MemoryRegister(world.parties, world.stakes))
    lines = {name: {tie.party for tie in walk.above(name).controllers} for name in NAMES}
    return all(a == b or a in lines[b] or b in lines[a] for name in NAMES for a in lines[name] for b in lines[name])


def without(world: World, names: Iterable[str], **changes: object) -> tuple[Party, ...]:
    hit = set(names)
    return tuple(replace(one, **changes) if one.id in hit else one for one in world.parties)  # type: ignore[arg-type]


def _upward(world: World, *names: str) -> set[str]:
    reached = set(names)
    for _ in NAMES:
        reached |= {link.owner for link in world.stakes if link.owned in reached}
    return reached


@st.composite
def less_known(draw: st.DrawFn, world: World) -> World:
    """The same world with one thing less known."""
    name = draw(st.sampled_from(sorted(_upward(world, *(one.party for one in world.involvements)))))
    what = draw(
        st.sampled_from(
            [
                "owners", "presence", "place", "seat", "kind", "involvements", "access", "role", "grade", "copies",
                "reads", "control", "percent", "row", "perhaps",
            ]
        )
    )  # fmt: skip
    if what == "owners":
        return replace(world, parties=without(world, name, owners_complete=False))
    if what == "presence":
        return replace(world, parties=without(world, name, presence_complete=False))
    if what == "place":
        return replace(world, parties=without(world, name, place=None, place_evidence=0))
    if what == "seat":
        return replace(world, parties=without(world, name, incorporated_in=None, incorporated_evidence=0))
    if what == "kind":
        return replace(world, parties=without(world, name, kind=None))
    if what == "involvements":
        return replace(world, complete=False)
    if what == "copies":
        return replace(world, copies_complete=False)
    if what == "access":
        return replace(world, involvements=tuple(replace(one, access=None) for one in world.involvements))
    if what == "role":
        return replace(world, involvements=tuple(replace(one, access=None, role=None) for one in world.involvements))
    if what in ("grade", "reads"):
        field = "grade" if what == "grade" else "reads_plaintext"
        return replace(world, copies=tuple(replace(copy, **{field: None}) for copy in world.copies))
    assume(world.stakes)
    at = draw(st.integers(0, len(world.stakes) - 1))
    link = world.stakes[at]
    before, after = world.stakes[:at], world.stakes[at + 1 :]
    if what == "control":
        return replace(world, stakes=(*before, replace(link, control=None), *after))
    if what == "percent":
        return replace(world, stakes=(*before, replace(link, percent_low=None, percent_high=None), *after))
    if what == "perhaps":
        return replace(world, stakes=(*before, link.perhaps(), *after))
    # A row, with the flags that said that nothing was missing there.
    closed = replace(world, parties=without(world, link.owned, owners_complete=False))
    parties = without(closed, _upward(world, link.owner), presence_complete=False)
    return replace(world, parties=parties, stakes=(*before, *after))


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_knowing_less_never_narrows_the_interval(data: st.DataObject) -> None:
    world = data.draw(worlds())
    assume(one_leader(world))
    less = data.draw(less_known(world))
    for (low, high), (lower, higher) in zip(world.levels(), less.levels(), strict=True):
        assert lower <= low
        assert higher >= high


@settings(max_examples=300, deadline=None)
@given(worlds(), st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from([30, 60, 100]))
def test_one_more_owner_never_lowers_what_is_certain(world: World, owner: str, owned: str, percent: int) -> None:
    more = replace(world, stakes=(*world.stakes, stake(owner, owned, percent)))
    assert all(after >= before for (before, _), (after, _) in zip(world.levels(), more.levels(), strict=True))


@settings(max_examples=200, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_output(world: World, random: object) -> None:
    def output(parties: Sequence[Party], stakes: Sequence[Ownership], roles: Sequence[Involvement]) -> list[Exposure]:
        reach = Reach(MemoryRegister(parties, stakes), TODAY)
        return reach.exposures("system", "s", roles, LAWS, involvements_complete=world.complete, keys=K0)

    shuffled = [list(rows) for rows in (world.parties, world.stakes, world.involvements)]
    for rows in shuffled:
        random.shuffle(rows)  # type: ignore[attr-defined]
    assert output(world.parties, world.stakes, world.involvements) == output(*shuffled)  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_what_was_looked_at_for_one_subject_does_not_change_another(world: World) -> None:
    register = MemoryRegister(world.parties, world.stakes)
    shared = Reach(register, TODAY)
    everyone = [hosts(name) for name in NAMES]
    shared.exposures("system", "first", everyone, LAWS, involvements_complete=True, keys=K0)
    again, alone = (
        reach.exposures("system", "s", world.involvements, LAWS, involvements_complete=True, keys=K0)
        for reach in (shared, Reach(register, TODAY))
    )
    assert again == alone
