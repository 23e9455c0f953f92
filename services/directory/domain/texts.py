"""Text as people write it: what can be stored everywhere, and how it is sorted and searched."""

import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

NORWEGIAN_LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
"""æ, ø and å follow z, in that order: the three ASCII characters after z do the same byte by byte."""


def sort_key(text: str) -> str:
    """A key that sorts as a Norwegian reader expects on every database that compares bytes."""
    return " ".join(text.casefold().split()).translate(NORWEGIAN_LAST)


def unstorable(document: Any, pointer: str = "") -> list[dict[str, str]]:
    """`{pointer, detail}` for each text that a database or a page cannot carry (NUL, lone surrogates)."""
    if isinstance(document, dict):
        return [
            entry
            for key, value in document.items()
            for entry in [*unstorable(str(key), pointer), *unstorable(value, f"{pointer}/{key}")]
        ]
    if isinstance(document, list):
        return [
            entry for index, value in enumerate(document) for entry in unstorable(value, f"{pointer}/{index}")
        ]
    if isinstance(document, str) and _is_unstorable(document):
        return [{"pointer": pointer, "detail": "Holds a character that is no text. Write it again."}]
    return []


def _is_unstorable(text: str) -> bool:
    return _UNSTORABLE.search(text) is not None
