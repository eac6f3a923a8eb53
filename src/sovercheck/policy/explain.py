"""A rule read out as sentences, generated from its conditions, so that what people read is what is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from sovercheck import messages
from sovercheck.inventory.facts import Fact, Type
from sovercheck.light import dataclass
from sovercheck.messages import LANGS, Lang
from sovercheck.policy.condition import (
    All,
    AnyOf,
    AsOfSide,
    Before,
    Compare,
    Condition,
    DateSide,
    ExposureAtMost,
    FactSide,
    Leaf,
    Not,
    Operand,
    Side,
    negation_normal_form,
)
from sovercheck.policy.model import Rule, ShareVariant
from sovercheck.reference.laws import Law
from sovercheck.reference.places import Places

_NO_BREAK = "\u00a0"


def explain(rule: Rule, lang: Lang) -> str:
    """The rule as a few sentences: what it requires, when, of what, and the article that it rests on."""
    return messages.text(
        "explain.rule",
        lang,
        title=rule.title[lang],
        statement=rule.statement[lang],
        basis=messages.text(f"basis.{rule.basis.kind}", lang),
        cite=rule.basis.cite[lang],
    )


class Statement(Mapping[str, str]):
    """What a rule applies to and what it requires, in each language, without its article; worded when it is read.

    Args:
        when: to what it applies; None for always.
        require: what must hold, unless it is a share.
        share: the variant of a share rule.
        places: the names of places and groups.
        laws: the names of the laws.
    """

    def __init__(
        self,
        when: Condition | None,
        require: Condition | None,
        share: ShareVariant | None,
        places: Places,
        laws: Mapping[str, Law],
    ) -> None:
        self._says = when, require, share
        self._names = places, laws
        self._worded: dict[str, str] = {}

    def __getitem__(self, lang: str) -> str:
        if lang not in LANGS:
            raise KeyError(lang)
        if lang not in self._worded:
            self._worded[lang] = _Speaker(lang, *self._names).statement(*self._says)
        return self._worded[lang]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGS)

    def __len__(self) -> int:
        return len(LANGS)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says conditions in one language."""

    lang: Lang
    places: Places
    laws: Mapping[str, Law]

    def statement(self, when: Condition | None, require: Condition | None, share: ShareVariant | None) -> str:
        sentences = [
            self._text("explain.always") if when is None else self._text("explain.when", clause=self._ifs(when))
        ]
        if require is not None:
            sentences.append(self._text("explain.require", clause=self._ifs(require)))
        if share is not None:
            sentences = sentences[1:] if when is None else sentences
            sentences.append(self._share(share))
        return " ".join(sentences)

    def _share(self, share: ShareVariant) -> str:
        says = self._text(
            "explain.share",
            weight=self._text(f"explain.weight.{share.weight}"),
            among=self._clause(negation_normal_form(share.among)),
            of=self._clause(negation_normal_form(share.of)),
            target=self._number(share.at_least * 100, "%"),
        )
        if share.missing_at_most is None or share.weight != "volume":
            return says
        bound = self._number(share.missing_at_most, "bytes")
        return f"{says} {self._text('explain.missing', bound=bound)}"

    def _ifs(self, condition: Condition) -> str:
        """A condition after « si »: « si A, et si B »."""
        normal = negation_normal_form(condition)
        match normal:
            case All(items) | AnyOf(items):
                word = "explain.and" if isinstance(normal, All) else "explain.or"
                glue = f", {self._text(word)} "
                return glue.join(self._if(item) for item in items)
            case _:
                return self._if(normal)

    def _if(self, condition: Condition) -> str:
        return f"{self._text('explain.if')} {self._clause(condition)}"

    def _clause(self, condition: Condition) -> str:
        match condition:
            case All(items) | AnyOf(items):
                word = self._text("explain.and" if isinstance(condition, All) else "explain.or")
                joined = f" {word} ".join(self._clause(item) for item in items)
                return f"({joined})"
            case Not(item):
                assert not isinstance(item, (All, AnyOf, Not))  # noqa: S101 - it is in negation normal form
                return self._leaf(item, negated=True)
            case _:
                return self._leaf(condition, negated=False)

    def _leaf(self, leaf: Leaf, *, negated: bool) -> str:
        match leaf:
            case Compare():
                return self._compare(leaf, negated=negated)
            case Before(left, right):
                key = "explain.not_before" if negated else "explain.before"
                return self._text(key, left=self._side(left), right=self._side(right))
            case ExposureAtMost(law, level, of):
                return self._text(
                    f"explain.exposure.{of}" + (".not" if negated else ""),
                    law=self.laws[law].name[self.lang],
                    level=self._text(f"level.{level.name.lower()}"),
                )

    def _compare(self, leaf: Compare, *, negated: bool) -> str:
        if isinstance(leaf.value, bool):
            yes = leaf.value != negated
            op: str = leaf.op
            if op == "exists" and leaf.fact.is_list:  # a list that is known to be none is the empty one
                op, yes = "empty", not yes
            return self._text(f"explain.{op}.{'yes' if yes else 'no'}", fact=self._fact(leaf.fact))
        words = self._values(leaf.fact, leaf.value)
        phrase = _phrase(leaf, negated=negated)
        key = f"explain.{phrase}.one" if len(words) == 1 and phrase in _AGREEING else f"explain.{phrase}"
        return self._text(key, fact=self._fact(leaf.fact), value=self._joined(words, _GLUE.get(phrase, "one_of")))

    def _values(self, fact: Fact, value: Operand) -> list[str]:
        if isinstance(value, tuple):
            return self._members(fact, value)
        if isinstance(value, str):
            return [self._quoted(self._word(fact, value))]
        assert not isinstance(value, bool)  # noqa: S101 - a boolean is said by the verb
        return [self._number(value, "bytes" if fact.type is Type.BYTES else fact.unit)]

    def _members(self, fact: Fact, values: Iterable[str]) -> list[str]:
        if fact.type not in (Type.PLACE, Type.PLACES):
            return [self._quoted(self._word(fact, value)) for value in values]
        left = set(values)
        names: list[str] = []
        for group in sorted(self.places.groups.values(), key=lambda group: (-len(group.members), group.id)):
            if group.members <= left:
                names.append(group.name[self.lang])
                left -= group.members
        names.extend(self.places.name(code, self.lang) for code in sorted(left))
        return [self._quoted(name) for name in names]

    def _word(self, fact: Fact, word: str) -> str:
        if fact.type is Type.PLACE:
            return self.places.name(word, self.lang)
        for key in (f"value.{fact.name}.{word}", f"value.{word}"):
            if word in fact.words and messages.has(key):
                return self._text(key)
        return word

    def _joined(self, words: list[str], glue: str) -> str:
        """« A, B ou C », « A, B et C », « A ni B ni C »."""
        if len(words) == 1:
            return words[0]
        separator = self._text(f"explain.{glue}.separator")
        return f"{separator.join(words[:-1])}{self._text(f'explain.{glue}.last')}{words[-1]}"

    def _side(self, side: Side) -> str:
        match side:
            case FactSide(fact):
                return self._fact(fact)
            case DateSide(iso):
                return self._text(("explain.year", "explain.month", "explain.day")[iso.count("-")], date=iso)
            case AsOfSide(months, days):
                if not months and not days:
                    return self._text("explain.as_of")
                span, unit = (months, "months") if months else (days, "days")
                key = f"explain.as_of.{'before' if span < 0 else 'after'}"
                return self._text(key, span=self._text(f"explain.{unit}", n=abs(span)))

    def _number(self, number: int | Decimal, unit: str | None) -> str:
        """A number with its unit, as the language writes both; binary multiples of bytes are said as such."""
        if unit == "bytes":
            for power, prefix in ((4, "tebi"), (3, "gibi"), (2, "mebi")):
                if number % 1024**power == 0 and number:
                    return self._text(f"explain.unit.{prefix}", number=self._plain(int(number) // 1024**power))
        plain = self._plain(number)
        return self._text(f"explain.unit.{_UNITS[unit]}", number=plain) if unit is not None else plain

    def _plain(self, number: int | Decimal) -> str:
        text = f"{Decimal(number):,f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if self.lang == "en":
            return text
        return text.replace(",", _NO_BREAK).replace(".", ",")

    def _fact(self, fact: Fact) -> str:
        return self._text(f"fact.{fact.name}")

    def _quoted(self, text: str) -> str:
        return self._text("explain.quoted", text=text)

    def _text(self, key: str, **params: object) -> str:
        return messages.text(key, self.lang, **params)


def _phrase(leaf: Compare, *, negated: bool) -> str:
    """The name of the sentence for an operator, its negation said by the opposite operator where there is one."""
    op: str = leaf.op
    if leaf.fact.type is Type.WORD and op in _RANKS:
        op = _RANKS[op]
    elif leaf.fact.is_interval and op == "equals":
        op = "is_number"
    return _OPPOSITES[op] if negated else _SAME.get(op, op)


_SAME = {"equals": "in", "not_equals": "not_in"}
_RANKS = {"at_least": "ranks_at_least", "at_most": "ranks_at_most"}
_OPPOSITES = {
    "equals": "not_in",
    "not_equals": "in",
    "in": "not_in",
    "not_in": "in",
    "matches": "matches_not",
    "at_least": "less_than",
    "at_most": "more_than",
    "more_than": "at_most",
    "less_than": "at_least",
    "is_number": "is_not_number",
    "ranks_at_least": "ranks_below",
    "ranks_at_most": "ranks_above",
    "any_in": "none_in",
    "none_in": "any_in",
    "all_in": "not_all_in",
    "contains_all": "lacks",
}
_AGREEING = frozenset({"not_in", "none_in", "contains_all"})
"""The sentences that change where there is only one value."""
_GLUE = {"not_in": "none_of", "none_in": "none_of", "contains_all": "all_of"}
_UNITS = {"%": "percent", "min": "minutes", "mo": "months", "CAD": "cad", "bytes": "bytes"}
