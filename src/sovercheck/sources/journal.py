"""What a cloud answered, call by call: the spool of a scan, and the journal from which an interrupted one resumes.

A file of newline-delimited JSON that its owner alone can read, one an account. Before an answer is written it is cut
down to what the descriptions of kinds read (`kinds.path.keep`): nothing else of it is kept anywhere. What is in the
journal is not asked again; a refusal is, as it may have been mended since. A line that a kill cut short is dropped, and
a listing counts only once its last page is in.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, field
from pathlib import Path
from typing import Any, Literal, Self, cast, get_args

from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json, PendingReason

RefusalReason = Literal["refused", "throttled", "unreachable", "unreadable", "not_supported"]
"""Why a call gave nothing."""
CALLS: Mapping[str, RefusalReason] = {word: word for word in get_args(RefusalReason)}
"""The words above; of the others, which a plan has, no listing ends with one."""

_NAMED = json.JSONEncoder(sort_keys=True, default=str)
_LINES = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


NO_CREDENTIALS = "identifiants / credentials"
"""What a refusal needs where nothing can be signed: no permission's name, so in both languages."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of a provider's interface.

    Attributes:
        account: in which account or subscription.
        region: in which region; `global` where there is none.
        service: the service, as the provider's library calls it.
        operation: what is asked.
        parameters: with what, paging left out.
        key: what tells it from every other call.
    """

    account: str
    region: str
    service: str
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    key: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = _NAMED.encode([self.account, self.region, self.service, self.operation, self.parameters])
        key = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        object.__setattr__(self, "key", key)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call gave nothing, or why a plan does not say a value.

    Attributes:
        reason: the word of a gap.
        needs: the permission that is missing, where that is why.
        detail: what the other side answered, short and without secrets.
    """

    reason: RefusalReason | PendingReason
    needs: str | None = None
    detail: str | None = None

    @property
    def status(self) -> RefusalReason:
        """What becomes of a listing that was refused so."""
        return CALLS.get(self.reason, "not_supported")


class Journal:
    """The answers of one account, on disk; found by call, read back one at a time.

    Args:
        path: of the file; made if it is not there, continued if it is.
        day: today, which the answers written from now on bear.

    Raises:
        InputError: the disk refuses.
    """

    def __init__(self, path: Path, day: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._found: dict[int, int | list[int]] = {}
        self._refused: dict[int, Refusal] = {}
        self._days: list[tuple[int, str]] = []
        self._flying: dict[int, threading.Event] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            self._stream = os.fdopen(descriptor, "r+b")
            self._end = self._load()
            self._stream.truncate(self._end)
            if not self._days or self._days[-1][1] != day:
                self._append({"day": day})
        except OSError as error:
            raise InputError("unwritable", place=Place(str(path)), reason=error.strerror or str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()

    def _load(self) -> int:
        """Indexes what stands in the file; gives the end of its last whole line."""
        pending: dict[int, list[int]] = {}
        offset = 0
        for line in self._stream:
            if not line.endswith(b"\n"):
                break
            try:
                entry = json.loads(line)
            except ValueError:
                break
            self._index(entry, offset, pending)
            offset += len(line)
        return offset

    def _index(self, entry: Mapping[str, Any], offset: int, pending: dict[int, list[int]]) -> None:
        if "day" in entry:
            self._days.append((offset, entry["day"]))
            return
        key = entry["k"]
        if "a" in entry:
            self._found[key] = offset
        elif "p" in entry:
            if entry["i"] == 0:
                pending[key] = []
            pending.setdefault(key, []).append(offset)
        elif "n" in entry:
            self._found[key] = pending.pop(key, [])
        else:
            self._refused[key] = Refusal(**entry["r"])

    def _append(self, entry: Mapping[str, object]) -> int:
        line = _LINES.encode(entry).encode() + b"\n"
        with self._lock:
            offset = self._end
            try:
                os.pwrite(self._stream.fileno(), line, offset)
            except OSError as error:
                raise InputError(
                    "unwritable", place=Place(str(self.path)), reason=error.strerror or str(error)
                ) from error
            self._end = offset + len(line)
            if "day" in entry:
                self._days.append((offset, str(entry["day"])))
        return offset

    @property
    def began(self) -> str:
        """The day of its first answers: what it says is no older."""
        return self._days[0][1]

    def has(self, ask: Ask) -> bool:
        """Whether it was answered, and need not be asked again."""
        return ask.key in self._found

    @contextmanager
    def alone(self, ask: Ask) -> Iterator[None]:
        """Lets one thread at a time ask the same thing: whoever comes second finds the answer here."""
        key = ask.key
        while True:
            with self._lock:
                flying = self._flying.get(key)
                if flying is None:
                    self._flying[key] = threading.Event()
                    break
            flying.wait()
        try:
            yield
        finally:
            with self._lock:
                self._flying.pop(key).set()

    def put(self, ask: Ask, answer: Json) -> None:
        """Keeps the answer of a call without pages."""
        key = ask.key
        self._found[key] = self._append({"k": key, "a": answer})

    def put_page(self, ask: Ask, number: int, page: Json) -> int:
        """Keeps a page of a listing, which counts only once `end` is told; gives where it stands."""
        return self._append({"k": ask.key, "i": number, "p": page})

    def end(self, ask: Ask, pages: list[int]) -> None:
        """Tells that a listing is whole: where its pages stand, in order."""
        key = ask.key
        self._append({"k": key, "n": len(pages)})
        self._found[key] = pages

    def refuse(self, ask: Ask, refusal: Refusal) -> None:
        """Keeps why a call gave nothing; the next run asks again."""
        key = ask.key
        self._refused[key] = refusal
        self._append({"k": key, "r": asdict(refusal)})

    def forget_refusals(self) -> None:
        """Lets what was refused in an earlier run be asked again."""
        self._refused.clear()

    def refusal(self, ask: Ask) -> Refusal | None:
        """Why a call gave nothing; None where it was answered, or never asked."""
        return None if ask.key in self._found else self._refused.get(ask.key)

    def pages(self, ask: Ask) -> Iterator[Json] | None:
        """The pages of an answer, one by one; None where there is no answer."""
        found = self._found.get(ask.key)
        if found is None:
            return None
        return (self._at(offset) for offset in ([found] if isinstance(found, int) else found))

    def answer(self, ask: Ask) -> Json:
        """The answer of a call without pages.

        Raises:
            KeyError: it was not answered.
        """
        found = self._found[ask.key]
        return self._at(found if isinstance(found, int) else found[0])

    def _at(self, offset: int) -> Json:
        with self._lock:
            self._stream.seek(offset)
            line = self._stream.readline()
        entry = json.loads(line)
        return cast(Json, entry["a"] if "a" in entry else entry["p"])
