"""Which blocks stand where in Terraform's sources: enough of HCL to point at a line and to bear out a region.

Not a parser of expressions: blocks, their labels and lines, and the text of the attributes at their first level. What
it cannot follow it leaves out, and then nothing is pointed at and nothing borne out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from pathlib import Path

from sovercheck.change import Spot
from sovercheck.light import dataclass

_SUFFIXES = (".tf", ".tofu")
_PIECE = r"""
      (?P<space>[ \t\r]+)
    | (?P<newline>\n)
    | (?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)
    | (?P<heredoc><<-?[ \t]*(?P<tag>[A-Za-z_][\w-]*)[^\n]*\n)
    | (?P<string>"(?:[^"\\$%]|\\.|\$(?!\{)|%(?!\{)|\$\{|%\{)*?")
    | (?P<word>[A-Za-z_][\w-]*)
    | (?P<other>.)
    """
_OPEN, _CLOSE = "{[(", "}])"


@dataclass(frozen=True, slots=True)
class Block:
    """A block at the first level of a file.

    Attributes:
        type: `resource`, `provider`, `module`, `variable`…
        labels: what follows it.
        spot: its lines; the file relative to the folder of its module.
        attributes: of its first level: name → the text of the expression, and its line.
        dynamic: the blocks of its first level that are made dynamically.
    """

    type: str
    labels: tuple[str, ...]
    spot: Spot
    attributes: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    dynamic: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that a plan was made from.

    Args:
        root: the folder of the root module.
        shown: how its files are shown: the folder relative to the repository, with forward slashes; empty for itself.
    """

    root: Path
    shown: str

    def block(self, module: tuple[str, ...], type_: str, *labels: str) -> Block | None:
        """The block of a module, by its type and labels; None where there is none, or it cannot be found.

        Args:
            module: the names of the calls that lead to it; empty for the root.
            type_: of the block.
            labels: all of them.
        """
        return _agreed([block for block in self.blocks(module) if block.type == type_ and block.labels == labels])

    def blocks(self, module: tuple[str, ...]) -> tuple[Block, ...]:
        """Every block of a module."""
        folder = self._folder(module)
        return _blocks(folder) if folder is not None else ()

    def provider(self, module: tuple[str, ...], name: str, alias: str | None) -> Block | None:
        """A provider's block in a module."""
        return _agreed(
            [
                block
                for block in self.blocks(module)
                if block.type == "provider"
                and block.labels == (name,)
                and block.attributes.get("alias", ("", 0))[0].strip('"') == (alias or "")
            ]
        )

    def shown_spot(self, module: tuple[str, ...], spot: Spot, line: int | None = None) -> Spot:
        """A place in a module's folder as people are shown it, at another line of the block if asked."""
        folder = self._folder(module)
        inside = _relative(folder, self.root) if folder is not None else ""
        parts = [part for part in (self.shown, inside, spot.file) if part]
        return Spot("/".join(parts), line or spot.line, line or spot.end_line)

    def _folder(self, module: tuple[str, ...]) -> Path | None:
        return _module_folder(self.root, module)


def _agreed(found: list[Block]) -> Block | None:
    """The first of several blocks of one name, without what another says otherwise: a file may override another."""
    if len(found) < 2:
        return found[0] if found else None
    first, *rest = found
    attributes = dict(first.attributes)
    for block in rest:
        for name, (text, line) in block.attributes.items():
            if attributes.get(name, (text, line))[0] != text or name not in first.attributes:
                attributes.pop(name, None)
    dynamic = frozenset[str]().union(*(block.dynamic for block in found))
    return replace(first, attributes=attributes, dynamic=dynamic)


@cache
def _module_folder(root: Path, module: tuple[str, ...]) -> Path | None:
    """Where a module's sources are: as `terraform init` recorded it, or by the relative address in the call."""
    if not module:
        return root
    recorded = _recorded(root).get(".".join(module))
    if recorded is not None:
        return recorded
    parent = _module_folder(root, module[:-1])
    if parent is None:
        return None
    for block in _blocks(parent):
        if block.type == "module" and block.labels == (module[-1],):
            source = block.attributes.get("source", ("", 0))[0].strip('"')
            if source.startswith(("./", "../")):
                return _within(root, parent / source)
    return None


@cache
def _recorded(root: Path) -> Mapping[str, Path]:
    try:
        content = json.loads((root / ".terraform" / "modules" / "modules.json").read_text("utf-8"))
        entries = content["Modules"]
        found = {str(entry["Key"]): _within(root, root / str(entry["Dir"])) for entry in entries if entry.get("Key")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {key: path for key, path in found.items() if path is not None}


def _within(root: Path, path: Path) -> Path | None:
    """A folder of the repository around the sources; a link or an address that leads elsewhere is not followed."""
    resolved = path.resolve()
    repository = next((p for p in (root.resolve(), *root.resolve().parents) if (p / ".git").exists()), root.resolve())
    return resolved if resolved.is_dir() and resolved.is_relative_to(repository) else None


def _relative(folder: Path, root: Path) -> str:
    import os

    relative = os.path.relpath(folder.resolve(), root.resolve()).replace(os.sep, "/")
    return "" if relative == "." else relative


@cache
def _blocks(folder: Path) -> tuple[Block, ...]:
    found: list[Block] = []
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file())
    except OSError:
        return ()
    for path in files:
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
        found += blocks(text, path.name)
    return tuple(found)


@dataclass(slots=True)
class _Open:
    type: str
    labels: tuple[str, ...]
    line: int
    attributes: dict[str, tuple[str, int]] = field(default_factory=dict)
    dynamic: set[str] = field(default_factory=set)


def blocks(text: str, file: str) -> Iterator[Block]:
    """The blocks at the first level of a file.

    Args:
        text: its content.
        file: its name.
    """
    line, depth, at = 1, 0, 0
    head: list[str] = []
    current: _Open | None = None
    name: str | None = None
    expression: list[str] | None = None
    started = 0
    pieces = re.compile(_PIECE, re.VERBOSE | re.DOTALL)
    while at < len(text):
        match = pieces.match(text, at)
        if match is None:
            return
        piece, kind, at = match.group(), match.lastgroup, match.end()
        if kind == "tag":
            kind = "heredoc"
        if kind == "heredoc":
            end = re.compile(rf"^[ \t]*{re.escape(match['tag'])}[ \t]*$", re.MULTILINE).search(text, at)
            at = end.end() if end is not None else len(text)
            line += text.count("\n", match.start(), at)
            continue
        if kind == "string" and ("${" in piece or "%{" in piece):
            at = _end_of_template(text, match.start())
            piece = text[match.start() : at]
        if expression is not None and depth == 1 and (kind == "newline" or piece == "}" or kind == "comment"):
            if current is not None and name is not None:
                current.attributes.setdefault(name, ("".join(expression).strip(), started))
            expression = name = None
        if expression is not None and kind != "comment":
            expression.append(piece)
        if kind == "newline":
            line += 1
            if depth == 0:
                head = []
            continue
        line_before, line = line, line + piece.count("\n")
        if kind in ("space", "comment"):
            continue
        if piece in _OPEN:
            depth += 1
            if depth == 1 and piece == "{" and head:
                labels = tuple(part.strip('"') for part in head[1:])
                current = _Open(head[0], labels, line_before)
        elif piece in _CLOSE:
            depth = max(0, depth - 1)
            if depth == 0 and current is not None:
                spot, dynamic = Spot(file, current.line, line), frozenset(current.dynamic)
                yield Block(current.type, current.labels, spot, current.attributes, dynamic)
                current, head, name, expression = None, [], None, None
        elif depth == 0:
            head.append(piece)
        elif depth == 1 and expression is None and current is not None:
            if piece == "=" and name is not None and text[at : at + 1] != "=":
                expression, started = [], line
            elif name == "dynamic" and kind == "string":
                current.dynamic.add(piece.strip('"'))
            else:
                name = piece if kind == "word" else None


def _end_of_template(text: str, start: int) -> int:
    """Where a text in quotes that holds `${…}` ends."""
    at, inner = start + 1, 0
    while at < len(text):
        char = text[at]
        if char == "\\" and inner == 0:
            at += 2
            continue
        if inner == 0 and text[at : at + 3] in ("$${", "%%{"):
            # Doubled, it begins nothing.
            at += 3
            continue
        if inner == 0 and text[at : at + 2] in ("${", "%{"):
            inner, at = 1, at + 2
            continue
        if inner:
            if char == '"':
                at = _end_of_template(text, at)
                continue
            inner += (char == "{") - (char == "}")
        elif char in ('"', "\n"):
            return at + 1
        at += 1
    return len(text)
