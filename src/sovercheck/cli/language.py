"""Which language the command line speaks, and its sentences, those of click included.

`--lang`, then SOVERCHECK_LANG, then the locale: French where it starts with fr or says nothing, English otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from sovercheck import messages
from sovercheck.errors import UsageError, nearest
from sovercheck.messages import LANGS, Lang

VARIABLE = "SOVERCHECK_LANG"
DEFAULT: Lang = "fr"
"""Québec's, where neither the command, the environment nor the locale says another."""

_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
_NO_LANGUAGE = ("", "C", "POSIX")
_current: ContextVar[Lang] = ContextVar("language", default=DEFAULT)


def current() -> Lang:
    """The language of this run."""
    return _current.get()


def say(key: str, /, **params: object) -> str:
    """A message in the language of this run; see `messages.text`."""
    return messages.text(key, current(), **params)


@contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """Speaks a language, click's own sentences too, until the block ends."""
    token = _current.set(lang)
    _teach_click()
    try:
        yield
    finally:
        _current.reset(token)


def asked(arguments: Sequence[str]) -> str | None:
    """What the last `--lang` of a command line says, wherever it stands.

    It is looked for before anything is parsed, so that help and errors are in that language too.
    """
    found = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and position + 1 < len(arguments):
            found = arguments[position + 1]
        elif argument.startswith("--lang="):
            found = argument.partition("=")[2]
    return found


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """The language of a run, from its arguments and its environment; an unknown word falls to what comes next."""
    for word in (asked(arguments), environment.get(VARIABLE)):
        for lang in LANGS:
            if word == lang:
                return lang
    locale = next((environment[name] for name in _LOCALES if environment.get(name)), "")
    name = locale.partition(".")[0].partition("@")[0]
    if name in _NO_LANGUAGE:
        return DEFAULT
    return "fr" if name.lower().startswith("fr") else "en"


def check(environment: Mapping[str, str]) -> None:
    """Refuses a language that the environment asks for and that nobody speaks.

    Raises:
        UsageError: SOVERCHECK_LANG is neither fr nor en.
    """
    word = environment.get(VARIABLE)
    if word and word not in LANGS:
        raise UsageError("cli_language", word=word, variable=VARIABLE)


def unknown(code: str, word: str, candidates: Sequence[str]) -> UsageError:
    """An unknown word, with the nearest right one or all of them."""
    near = nearest(word, candidates)
    if near is not None:
        return UsageError(f"{code}_near", word=word, near=near)
    return UsageError(code, word=word, expected=", ".join(candidates))


def _teach_click() -> None:
    """Has click look its sentences up in our catalogues.

    Each of its modules imports gettext's functions under these names. gettext itself would take its language from
    environment variables, and need compiled files that an editable install does not have.
    """
    replaced: Mapping[str, Callable[..., str]] = {"_": _translated, "ngettext": _translated_number}
    for name, module in list(sys.modules.items()):
        if name.startswith("click."):
            for function, ours in replaced.items():
                if hasattr(module, function):
                    setattr(module, function, ours)


def _translated(sentence: str) -> str:
    found = _click_sentences().get(sentence)
    return found if isinstance(found, str) else sentence


def _translated_number(one: str, other: str, n: int) -> str:
    found = _click_sentences().get(one)
    if isinstance(found, dict):
        return found["one" if messages.is_one(n, current()) else "other"]
    return one if n == 1 else other


def _click_sentences() -> Mapping[str, messages.Text]:
    """A sentence of click → ours, in the language of this run; a plural goes by its singular."""
    if current() == "en":
        return {}
    return _click_in_french()


def _click_in_french() -> Mapping[str, messages.Text]:
    if not _FRENCH:
        for key, texts in messages.catalogue().items():
            if key.startswith("click."):
                english = texts["en"]
                _FRENCH[english if isinstance(english, str) else english["one"]] = texts["fr"]
    return _FRENCH


_FRENCH: dict[str, messages.Text] = {}
