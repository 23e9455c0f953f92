"""Which of two copies of a published thing counts, in whatever order they arrive."""

import hashlib
import json
from typing import Any

ENDED = {"open": 0, "covered": 1, "withdrawn": 2, "closed": 2}
"""Of two copies with one version the one that is further ended counts: taking back wins."""


def precedence(document: dict[str, Any]) -> tuple[int, int, str]:
    """The copy with the greater precedence counts.

    The version decides, then the state. The whole text comes last: two different copies with one version
    and state come only from a faulty neighbour, and even then every order of arrival must end the same.
    """
    return document["version"], ENDED[document["state"]], _whole(document)


def counts_over(new: dict[str, Any], stored: dict[str, Any]) -> bool:
    """Whether the new copy replaces the stored one."""
    return precedence(new) > precedence(stored)


def fingerprint(document: dict[str, Any]) -> str:
    """SHA-256 (hex) of a document's content, whatever the order of its fields."""
    return hashlib.sha256(_whole(document).encode()).hexdigest()


def _whole(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)
