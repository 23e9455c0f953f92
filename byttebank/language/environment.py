"""The language of somebody at a terminal, where nothing else says it."""

from collections.abc import Mapping

from byttebank.language.translation import SOURCE_LANGUAGE

NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these that is set decides (POSIX, XBD 8.2)."""
OURS = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


def language_of(environment: Mapping[str, str]) -> str:
    """`nb`, `nn` or `en`, as the environment says; bokmål for any other, C and POSIX among them."""
    said = next((environment[name] for name in NAMES if environment.get(name)), "")
    return OURS.get(said.partition(".")[0].partition("_")[0].lower(), SOURCE_LANGUAGE)
