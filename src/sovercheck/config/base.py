"""The base of a change: the configuration that judges it is the one that it would be merged into, never its own.

In CI the working tree is the change. What the configuration of its base needs is read from git into a folder that is
ours alone and goes with the run: the file, what it names, and the central configuration that it extends where that
stands in the repository. A path that leaves the repository is read where it is; so is a central configuration in a
submodule. There the pin, itself read at the base, is what guards it.

People read such a file as git names it: `origin/main:sovercheck.yaml`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sovercheck.config import NAME, Config, load
from sovercheck.errors import ConfigurationError, InputError, Place, SeveralErrors, SovercheckError, UsageError
from sovercheck.light import dataclass

if TYPE_CHECKING:
    from sovercheck.config.central import Named

_ORIGIN = "origin/"
_BRANCH = "refs/heads/"
_SUBMODULE = "160000"
_TREE = "40000"
_SUFFIXES = (".yaml", ".yml", ".json")
"""Of what is read in a folder of declarations or policies, and of what is refused there."""

_POLICY_DEPTH = 2
"""A folder of policies holds them, or folders of them."""

_QUIET = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1"}


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is judged by.

    Attributes:
        ref: as it was asked for.
        commit: what it names.
        repository: the working tree, which is the change.
        folder: where the files of the base stand, until the run is over.
        path: the configuration, in that folder; None where the base has none.
        submodules: paths of the repository whose files are read in the working tree, the pin guarding them.
    """

    ref: str
    commit: str
    repository: Path
    folder: Path
    path: Path | None
    submodules: tuple[str, ...] = ()

    def locate(self, path: Path) -> Path:
        """Where to read a path that a configuration of the base names; what reads one takes this."""
        if path.is_relative_to(self.folder):  # by its words alone: it may still climb out
            path = self.repository / os.path.relpath(path, self.folder)
        inside = _inside(self.repository, path)
        if inside is None:
            return path
        if any(inside == one or inside.startswith(f"{one}/") for one in self.submodules):
            return self.repository / inside
        return self.folder / inside

    def shown(self, text: str) -> str:
        """A text with what it says of our folder as git would say it."""
        return text.replace(f"{self.folder}{os.sep}", f"{self.ref}:").replace(str(self.folder), f"{self.ref}:")

    def load(self) -> Config | None:
        """The configuration of the base, its reports and runs written in the working tree; None if it has none.

        Raises:
            SovercheckError: as `config.load` does.
        """
        if self.path is None:
            return None
        found = load(self.path, self.locate)
        runs = self._in_tree(found.runs) if found.runs is not None else None
        return replace(found, reports={name: self._in_tree(path) for name, path in found.reports.items()}, runs=runs)

    def _in_tree(self, path: Path) -> Path:
        inside = path.is_relative_to(self.folder)
        return self.repository / os.path.relpath(path, self.folder) if inside else path


@contextmanager
def at_base(start: Path, ref: str, written: Path | None = None, besides: Sequence[Path] = ()) -> Iterator[Base]:
    """The base of the change that a working tree is; errors of the body are told of its files as git names them.

    Args:
        start: a folder of the working tree: the configuration is looked for there at the base, then upward.
        ref: the base: a branch, a tag or a commit that git knows here.
        written: the configuration's path, where the command line names one.
        besides: other files that judge the change, such as its state of reference; `locate` says where each is then.

    Raises:
        UsageError: git knows no such ref here, or there is no repository.
        ConfigurationError: the configuration at the base needs what git cannot give.
        InputError: git is not installed, or refuses.
    """
    root, shown_prefix = _repository(start)
    if written is not None:
        inside = _inside(root, written.parent.resolve() / written.name)
        if inside is None:
            raise UsageError("base_outside", place=Place(str(written)))
        candidates = [inside]
    else:
        candidates = [posixpath.join(folder, NAME) for folder in _upward(shown_prefix)]
    import tempfile

    with tempfile.TemporaryDirectory(prefix="sovercheck-") as name:
        folder = Path(name).resolve()
        with _objects(root, ref) as objects:
            copy = _Copy(objects, root, folder)
            found = next((path for path in candidates if copy.configuration(path)), None)
            for file in besides:
                copy.file(_inside(root, file.parent.resolve() / file.name))
        path = folder / found if found is not None else None
        base = Base(ref, objects.commit, root, folder, path, tuple(copy.submodules))
        try:
            yield base
        except SovercheckError as error:
            _rename(error, base)
            raise


def default_ref(environ: Mapping[str, str]) -> str | None:
    """The base of the change that a CI builds, as GitHub, GitLab or Azure DevOps says it; None elsewhere."""
    if name := environ.get("GITHUB_BASE_REF"):
        return _ORIGIN + name
    if commit := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        return commit
    if name := environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
        return _ORIGIN + name
    if name := environ.get("SYSTEM_PULLREQUEST_TARGETBRANCH"):
        return _ORIGIN + name.removeprefix(_BRANCH)
    return None


def _repository(start: Path) -> tuple[Path, str]:
    """The root of the working tree that holds a folder, and the folder's path from there."""
    import subprocess

    asked = ["git", "-C", str(start), "rev-parse", "--show-toplevel", "--show-prefix"]
    try:
        ended = subprocess.run(asked, capture_output=True, env=_environment(), check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise InputError("base_no_git") from error
    if ended.returncode:
        raise _refused(ended.stderr)
    top, prefix, *_ = (os.fsdecode(line) for line in [*ended.stdout.split(b"\n"), b""])
    return Path(top), prefix.rstrip("/")


def _environment() -> dict[str, str]:
    return {**os.environ, **_QUIET}


def _refused(told: bytes) -> SovercheckError:
    """Why git gave nothing, from what it told."""
    reason = os.fsdecode(told).strip().partition("\n")[0].removeprefix("fatal: ")
    if "not a git repository" in reason:
        return UsageError("base_no_repository")
    if "dubious ownership" in reason:
        return InputError("base_ownership")
    return InputError("base_git", reason=reason or "git")


@dataclass(frozen=True, slots=True)
class _Objects:
    """Gives the objects of one commit: one process of git, asked a question at a time."""

    ref: str
    commit: str
    asked: IO[bytes]
    told: IO[bytes]

    def blob(self, path: str) -> bytes | None:
        """The file of a path, symbolic links followed; None where there is none.

        Raises:
            ConfigurationError: a link leaves the repository or leads nowhere.
        """
        kind, content = self._ask(path)
        if kind in ("symlink", "dangling", "loop", "notdir"):
            raise ConfigurationError("base_path", place=self.place(path))
        return content if kind == "blob" else None

    def tree(self, path: str) -> tuple[tuple[str, str], ...] | None:
        """The mode and name of what stands in a folder; None where there is no such folder."""
        kind, content = self._ask(path)
        return tuple(_entries(content, len(self.commit) // 2)) if kind == "tree" else None

    def place(self, path: str) -> Place:
        """A path as git names it at the base."""
        return Place(f"{self.ref}:{path}")

    def _ask(self, path: str) -> tuple[str, bytes]:
        if "\n" in path:  # the question would be two
            raise ConfigurationError("base_path", place=self.place(path))
        return _ask(self.asked, self.told, f"{self.commit}:{path}")


@contextmanager
def _objects(root: Path, ref: str) -> Iterator[_Objects]:
    import subprocess

    command = ["git", "-C", str(root), "cat-file", "--batch", "--follow-symlinks"]
    try:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )
    except FileNotFoundError as error:
        raise InputError("base_no_git") from error
    with process:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        kind, said = ("missing", b"") if not _is_ref(ref) else _ask(process.stdin, process.stdout, f"{ref}^{{commit}}")
        if kind != "commit":
            raise UsageError("base_ref", ref=ref, fetch=_fetch(ref))
        yield _Objects(ref, os.fsdecode(said), process.stdin, process.stdout)


def _ask(asked: IO[bytes], told: IO[bytes], name: str) -> tuple[str, bytes]:
    """What git calls an object, and its content; of a commit, its hash.

    Raises:
        InputError: git ended before it answered.
    """
    try:
        asked.write(os.fsencode(f"{name}\n"))
        asked.flush()
    except BrokenPipeError as error:
        raise InputError("base_git", reason="git cat-file") from error
    line = told.readline().rstrip(b"\n")
    if not line:
        raise InputError("base_git", reason="git cat-file")
    if line.endswith((b" missing", b" ambiguous")):
        return "missing", b""
    *words, size = line.split(b" ")
    content = told.read(int(size) + 1)[:-1]
    if len(words) == 1:
        return os.fsdecode(words[0]), content  # a link that cannot be followed
    hash_, kind = words
    return (os.fsdecode(kind), hash_) if kind == b"commit" else (os.fsdecode(kind), content)


def _entries(tree: bytes, hash_length: int) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(tree):
        space = tree.index(b" ", at)
        end = tree.index(b"\0", space)
        yield os.fsdecode(tree[at:space]), os.fsdecode(tree[space + 1 : end])
        at = end + 1 + hash_length


def _is_ref(ref: str) -> bool:
    """Whether a word can name one commit and nothing else of git's."""
    return bool(ref) and not any(sign in ref for sign in ": ") and ref.isprintable()


def _fetch(ref: str) -> str:
    """The command that brings a base which a shallow clone lacks."""
    if ref.startswith(_ORIGIN):
        branch = ref.removeprefix(_ORIGIN)
        return f"git fetch --depth=1 origin +{_BRANCH}{branch}:refs/remotes/{ref}"
    return f"git fetch --depth=1 origin {ref}"


class _Copy:
    """Writes what a configuration at the base needs, at its path from the repository's root."""

    def __init__(self, objects: _Objects, root: Path, folder: Path) -> None:
        self.submodules: list[str] = []
        self._objects = objects
        self._root = root
        self._folder = folder

    def configuration(self, path: str, *, is_central: bool = False) -> bool:
        """Writes a configuration and what it names; False where there is none at the base."""
        content = self._objects.blob(path)
        if content is None:
            return False
        self._write(path, content)
        for one in self._named(path, content):
            target = _inside(self._root, self._root / posixpath.dirname(path) / one.name)
            if target is None:
                continue
            if one.kind != "extends":
                self._any(target, one)
            elif not is_central and not self.configuration(target, is_central=True):
                self._pinned_in_submodule(target)
        return True

    def file(self, path: str | None) -> None:
        """Writes a file, where the base has it; None is one outside the repository."""
        content = self._objects.blob(path) if path is not None else None
        if path is not None and content is not None:
            self._write(path, content)

    @staticmethod
    def _named(path: str, content: bytes) -> Iterator[Named]:
        """What a configuration names; nothing where it is no YAML, which is told when it is loaded."""
        from sovercheck import strictyaml
        from sovercheck.config.central import named

        try:
            document = strictyaml.loads(content, path)
        except InputError:
            return
        yield from named(document.value)

    def _any(self, path: str, one: Named) -> None:
        """A file, or the folder of that name; what is not there is told when it is loaded."""
        entries = self._objects.tree(path)
        if entries is not None:
            self._folder_of(path, entries, _POLICY_DEPTH if one.kind == "policies" else None)
            return
        content = self._objects.blob(path)
        if content is not None:
            self._write(path, content)
        elif self._submodule_of(path) is not None:
            raise ConfigurationError("base_submodule", place=self._objects.place(path))

    def _folder_of(self, path: str, entries: tuple[tuple[str, str], ...], depth: int | None) -> None:
        (self._folder / path).mkdir(parents=True, exist_ok=True)
        for mode, name in entries:
            inside = posixpath.join(path, name)
            if mode == _SUBMODULE:
                raise ConfigurationError("base_submodule", place=self._objects.place(inside))
            if name.startswith(".") and depth is None:
                continue  # declarations leave out what is hidden
            if name.lower().endswith(_SUFFIXES) and mode != _TREE:
                content = self._objects.blob(inside)
                if content is not None:
                    self._write(inside, content)
            elif mode == _TREE and depth != 1:
                below = self._objects.tree(inside)
                self._folder_of(inside, below or (), None if depth is None else depth - 1)

    def _pinned_in_submodule(self, path: str) -> None:
        submodule = self._submodule_of(path)
        if submodule is not None:
            self.submodules.append(submodule)

    def _submodule_of(self, path: str) -> str | None:
        """The submodule in which a path stands at the base."""
        folder = ""
        for name in path.split("/"):
            if (_SUBMODULE, name) in (self._objects.tree(folder) or ()):
                return posixpath.join(folder, name)
            folder = posixpath.join(folder, name)
        return None

    def _write(self, path: str, content: bytes) -> None:
        target = self._folder / path
        if _inside(self._folder, target) is None:
            raise ConfigurationError("base_path", place=self._objects.place(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _inside(folder: Path, path: Path) -> str | None:
    """The path from a folder with `/`, links not looked at; None where it is not in it."""
    try:
        found = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return None
    inside = found.replace(os.sep, "/")
    return None if inside == ".." or inside.startswith("../") else inside if inside != "." else ""


def _upward(folder: str) -> Iterator[str]:
    """A folder of the repository, then those that contain it, the root last."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _rename(error: SovercheckError, base: Base) -> None:
    for one in error.errors if isinstance(error, SeveralErrors) else (error,):
        if one.place is not None:
            place = one.place
            one.place = Place(base.shown(place.file), place.line, place.column, place.cell)
        one.params = {key: base.shown(value) if isinstance(value, str) else value for key, value in one.params.items()}
