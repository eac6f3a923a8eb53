"""The expressions of Azure's templates, `[concat(parameters('name'), '-logs')]`, taken apart."""

from __future__ import annotations

import re
from functools import lru_cache

from sovercheck.light import dataclass

MAX_DEPTH = 60
"""How deeply calls may stand within calls; Resource Manager takes no more than 24,576 signs in all."""

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_$#][\w$#]*)"
                    r"|(?P<sign>\.\?|\[\?|[()\[\],.]))")  # fmt: skip


class ExpressionError(ValueError):
    """A text that is no expression."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A text or a number."""

    value: str | int | float


@dataclass(frozen=True, slots=True)
class Call:
    """A function's call.

    Attributes:
        name: in lower case, as functions compare without case; with its namespace where it is one of the template's.
        arguments: in order.
        text: as it is written.
    """

    name: str
    arguments: tuple[Node, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, or an element of a list.

    Attributes:
        of: what it is taken of.
        key: its name or number.
        lenient: whether it may be missing.
        text: as it is written, with what it is taken of.
    """

    of: Node
    key: Node
    lenient: bool
    text: str


Node = Constant | Call | Member


def is_expression(text: str) -> bool:
    """Whether Resource Manager evaluates a text."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def unescaped(text: str) -> str:
    """A text that is no expression, as Resource Manager takes it: `[[` stands for `[`."""
    return text[1:] if text.startswith("[[") else text


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Takes an expression apart.

    Args:
        text: with its brackets.

    Raises:
        ExpressionError: it is none.
    """
    parser = _Parser(text[1:-1])
    node = parser.node(0)
    if parser.kind is not None:
        raise ExpressionError(text)
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.start = 0
        self.kind: str | None = None
        self.value = ""
        self._advance()

    @property
    def sign(self) -> str:
        """The sign that comes next; empty where none does."""
        return self.value if self.kind == "sign" else ""

    def _advance(self) -> None:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            if self.text[self.at :].strip():
                raise ExpressionError(self.text)
            self.kind, self.value, self.start = None, "", len(self.text)
            return
        self.kind, self.value = found.lastgroup, found[found.lastgroup or 0]
        self.start, self.at = found.end() - len(self.value), found.end()

    def _expect(self, sign: str) -> int:
        """Passes a sign; where it ends."""
        if self.sign != sign:
            raise ExpressionError(self.text)
        end = self.start + len(sign)
        self._advance()
        return end

    def node(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionError(self.text)
        start = self.start
        node = self._primary(depth)
        for _ in range(MAX_DEPTH):
            lenient = self.sign in (".?", "[?")
            if self.sign in (".", ".?"):
                self._advance()
                if self.kind != "name":
                    raise ExpressionError(self.text)
                key: Node = Constant(self.value)
                end = self.at
                self._advance()
            elif self.sign in ("[", "[?"):
                self._advance()
                key = self.node(depth + 1)
                end = self._expect("]")
            else:
                return node
            node = Member(node, key, lenient, self.text[start:end])
        raise ExpressionError(self.text)

    def _primary(self, depth: int) -> Node:
        kind, value, start = self.kind, self.value, self.start
        self._advance()
        if kind == "text":
            return Constant(value[1:-1].replace("''", "'"))
        if kind == "number":
            return Constant(float(value) if "." in value else int(value[:400]))
        if kind != "name":
            raise ExpressionError(self.text)
        if self.sign == ".":
            self._advance()
            if self.kind != "name":
                raise ExpressionError(self.text)
            value = f"{value}.{self.value}"
            self._advance()
        self._expect("(")
        arguments: list[Node] = []
        if self.sign != ")":
            arguments.append(self.node(depth + 1))
            while self.sign == ",":
                self._advance()
                arguments.append(self.node(depth + 1))
        end = self._expect(")")
        return Call(value.lower(), tuple(arguments), self.text[start:end])
