"""The controlled vocabulary of skills."""

import csv
from importlib import resources as files
from typing import Any

from byttebank.storage.work import Work
from services.directory.storage import libraries

LANGUAGES = ("nb", "nn", "en")


def seed_skills(work: Work) -> None:
    """The vocabulary holds every entry of `reference/skills.csv`, named as there; others stay."""
    reference = files.files("services.directory") / "reference" / "skills.csv"
    for entry in csv.DictReader(reference.read_text(encoding="utf-8").splitlines()):
        names = {language: entry[language] for language in LANGUAGES}
        skill = {"code": entry["code"], "category": entry["category"], "names": names}
        libraries.write_skill(work.connection, skill)


def list_skills(work: Work) -> list[dict[str, Any]]:
    """`Skill`s, by category and code."""
    return libraries.list_skills(work.connection)
