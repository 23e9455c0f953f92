"""The words of a text as they are searched: cut so that `kassere`, `kasserer` and `kassering` are one.

Both standards of Norwegian are cut by one list of endings, the longest first, as Porter's stemmers do
(https://snowballstem.org/algorithms/norwegian/stemmer.html); ours also takes `-ing` and `-ere`, because
people search with the verb for what the vocabulary names with the noun. English and Sami words lose at most
an ending.
"""

import re
import unicodedata
from functools import lru_cache

SHORTEST = 3
"""So many letters of a word stay, whatever it ends with."""

MAX_WORDS = 400

_ENDINGS = """
eringene eringane eringens eringer eringar eringen eringa ering erende erande erte ert erer erar ere era
ingene ingane ingens inger ingar ingen inga ing
asjonene asjonane asjonen asjoner asjonar asjon eres erast
hetene heten heter heit leik leiken arane arar aren arens erne eren erens
elsene elsane elsen elser elsar else
ende ande ede enes anes ene ane este aste ers ars ens ets er ar en et es as e a
"""
ENDINGS = tuple(sorted(_ENDINGS.split(), key=len, reverse=True))

UNLIKE = {"bøk": "bok", "bøken": "bok"}
"""Stems whose vowel changes, of words that libraries use."""

_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The word without its ending, in small letters."""
    word = "".join(letter for letter in unicodedata.normalize("NFKC", word).casefold() if letter.isalnum())
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            word = word[: -len(ending)]
            break
    return UNLIKE.get(word, word)


def stems(text: str) -> list[str]:
    """The words of the text as they are searched, each once, in the order they stand."""
    found = dict.fromkeys(stem(word) for word in _WORD.findall(text)[:MAX_WORDS])
    return [one for one in found if one]
