from __future__ import annotations

import itertools
import re
from fractions import Fraction
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.reports import svg

weights = st.lists(st.integers(0, 10**15), min_size=1, max_size=12).filter(any)


def rects(picture: str) -> list[dict[str, str]]:
    return [element.attrib for element in ElementTree.fromstring(picture).iter("rect")]


@given(weights)
def test_a_stacked_bar_is_filled_exactly_and_in_order(parts: list[int]) -> None:
    drawn = rects(svg.stacked_bar("b", "t", [svg.Segment(weight, "#123") for weight in parts]))[:-1]
    assert drawn[0]["x"] == "0"
    for left, right in itertools.pairwise(drawn):
        assert int(left["x"]) + int(left["width"]) == int(right["x"])
    assert int(drawn[-1]["x"]) + int(drawn[-1]["width"]) == 300


def test_a_bar_of_nothing_is_an_empty_frame() -> None:
    assert [frame["fill"] for frame in rects(svg.stacked_bar("b", "t", []))] == ["none"]


@given(st.fractions(0, 1), st.fractions(0, 1))
def test_an_interval_is_solid_up_to_low_and_hatched_up_to_high(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))
    drawn = rects(svg.intervals("s", "t", [svg.Interval("a", low, high, Fraction(2, 5), "n")], "cible"))
    track, solid = drawn[0], drawn[1]
    assert int(solid["width"]) == round(560 * low)
    hatched = [rect for rect in drawn if rect["fill"] == svg.HATCH]
    assert [int(rect["width"]) for rect in hatched] in ([round(560 * high) - round(560 * low)], [])
    assert all(int(rect["x"]) + int(rect["width"]) <= int(track["x"]) + int(track["width"]) for rect in drawn)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=300), st.integers(0, 9))
def test_a_path_of_any_length_and_any_names_stays_inside_its_frame(name: str, steps: int) -> None:
    boxes = [svg.Box(name, name, "plain")] * (steps + 2)
    picture = svg.path("p", name, boxes, [svg.Arrow("hébergé par", ("62,5 %", "documenté"))] * (steps + 1))
    root = ElementTree.fromstring(picture)
    width, height = (int(number) for number in root.attrib["viewBox"].split()[2:])
    drawn = rects(picture)
    assert len(drawn) == steps + 2
    for rect in drawn:
        assert 0 <= int(rect["x"]) <= int(rect["x"]) + int(rect["width"]) <= width
        assert int(rect["y"]) + int(rect["height"]) <= height


def test_words_are_escaped_and_the_title_is_inside() -> None:
    picture = svg.path("p", '<b>"&', [svg.Box("<i>", "&"), svg.Box("x", "y")], [svg.Arrow("</svg>")])
    root = ElementTree.fromstring(picture)
    assert root[0].tag == "title"
    assert root[0].text == '<b>"&'
    assert root.attrib["aria-labelledby"] == root[0].attrib["id"]
    assert "<i>" not in picture


def test_what_nobody_showed_is_dashed() -> None:
    arrows = [svg.Arrow("hébergé par", (), dashed=True)]
    shown = svg.path("p", "t", [svg.Box("a", "b"), svg.Box("c", "d")], [svg.Arrow("hébergé par")])
    assert "stroke-dasharray" not in shown
    assert "stroke-dasharray" in svg.path("p", "t", [svg.Box("a", "b"), svg.Box("c", "d", "dashed")], arrows)


def test_no_style_attribute_stands_in_a_picture() -> None:
    picture = svg.bars("b", "t", [svg.BarRow("Québec", (svg.Segment(1, "#000"),), "1 copie")])
    assert not re.search(r"\sstyle=", picture)
