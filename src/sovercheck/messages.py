"""Every sentence that a person reads, in French and in English, by key.

The catalogues are the YAML files of `catalogues/`: a key, then `fr` and `en`, each a text or, where a number decides,
`one` and `other`. A text names its parameters in braces. `tests/test_messages.py` fails where a language, a parameter
or a key is missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Literal, cast, get_args

from sovercheck import bundle

Lang = Literal["fr", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)

Text = str | dict[str, str]
Catalogue = Mapping[str, Mapping[str, Text]]


class UnknownMessageError(KeyError):
    """A key that no catalogue has: a fault of the program, never of its user."""


@cache
def catalogue() -> Catalogue:
    """All messages: key → language → text, or its `one` and `other` forms."""
    path = bundle.compiled("messages.json")
    if path is not None:
        return cast(Catalogue, json.loads(path.read_text(encoding="utf-8")))
    return read_catalogues()


def read_catalogues() -> dict[str, dict[str, Text]]:
    """The catalogues as their YAML files say now; a key that stands in two files is refused."""
    import yaml

    messages: dict[str, dict[str, Text]] = {}
    for path in sorted(bundle.catalogues().glob("*.yaml")):
        with path.open(encoding="utf-8") as stream:
            entries = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        for key, texts in (entries or {}).items():
            if key in messages:
                raise UnknownMessageError(f"{key} stands twice in the catalogues, again in {path.name}")
            messages[key] = texts
    return messages


def is_one(number: float, lang: Lang) -> bool:
    """Whether a number takes the singular: below 2 in French, exactly 1 in English (CLDR)."""
    return abs(number) < 2 if lang == "fr" else number == 1


def has(key: str) -> bool:
    """Whether a catalogue has this key."""
    return key in catalogue()


def text(key: str, lang: Lang, /, **params: object) -> str:
    """The message in one language.

    Args:
        key: the message's name in the catalogues.
        lang: `fr` or `en`.
        params: the values of the names in braces; `n` chooses between `one` and `other`.

    Raises:
        UnknownMessageError: no catalogue has this key.
    """
    try:
        entry = catalogue()[key][lang]
    except KeyError as error:
        raise UnknownMessageError(key) from error
    if isinstance(entry, dict):
        number = params.get("n", 0)
        entry = entry["one" if is_one(float(cast(float, number)), lang) else "other"]
    return entry.format_map(params) if params else entry.replace("{{", "{").replace("}}", "}")
