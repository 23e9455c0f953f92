"""The controlled vocabulary of skills: shared entries, and a county's own that map to them."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources as files
from typing import Any

from byttebank.contracts import resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.market_refusals import SkillKnown
from byttebank.contracts.refusals import NotYourRole, SameKeyOtherBody
from byttebank.storage.work import Work
from services.directory.operations.documents import read, refuse
from services.directory.storage import libraries

Document = dict[str, Any]
LANGUAGES = ("nb", "nn", "en")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_NAME = 100


def seed_skills(work: Work) -> None:
    """The vocabulary holds every entry of `reference/skills.csv`, named as there; others stay."""
    for skill in shared_skills():
        libraries.write_skill(work.connection, skill)


@cache
def shared_skills() -> tuple[Document, ...]:
    """The entries that every county has."""
    reference = files.files("services.directory") / "reference" / "skills.csv"
    return tuple(
        {
            "code": entry["code"],
            "category": entry["category"],
            "names": {language: entry[language] for language in LANGUAGES},
            "maps_to": None,
            "is_retired": False,
        }
        for entry in csv.DictReader(reference.read_text(encoding="utf-8").splitlines())
    )


def write_skill(work: Work, skill: Document, actor: Document) -> Document:
    """`Skill`, an entry of the county's own; other counties are told the shared one it maps to.

    Without one it stays in the county: what is offered and asked for under it alone tells others nothing.
    Retired it is not to be chosen any more; who has it keeps it, and it is found.
    Refuses: NotYourRole for others than the county; SameKeyOtherBody for a shared entry's code; SkillKnown
    for a name that another entry has; Malformed.
    """
    if load_actor(actor).role != "county":
        raise NotYourRole(role="county")
    wanted = {**read(resources.Skill, skill), "is_own": True}
    shared = {one["code"]: one for one in shared_skills()}
    if wanted["code"] in shared:
        raise SameKeyOtherBody(id=wanted["code"])
    if not CODE.fullmatch(wanted["code"]):
        raise refuse("/code", "Small letters a to z, digits and hyphens, such as local-history.")
    if wanted["category"] not in {one["category"] for one in shared.values()}:
        raise refuse("/category", "One of the categories of the vocabulary.")
    if wanted["maps_to"] is not None and wanted["maps_to"] not in shared:
        raise refuse("/maps_to", "The code of a shared entry.")
    names = wanted["names"]
    if not names.get("nb", "").strip() or any(len(name) > MAX_NAME for name in names.values()):
        raise refuse("/names", f"A name in bokmål (nb) at least, each of at most {MAX_NAME} characters.")
    _check_names(work, wanted["code"], [name.strip() for name in names.values()])
    libraries.write_skill(work.connection, {name: wanted[name] for name in wanted if name != "is_own"})
    return wanted


def _check_names(work: Work, code: str, names: list[str]) -> None:
    """Names that the entry did not have before are nobody else's; its own may be shared ones by now."""
    known = {one["code"]: _spoken(one["names"].values()) for one in libraries.list_skills(work.connection)}
    kept = known.pop(code, set())
    for name in names:
        other = next((other for other, taken in known.items() if name.casefold() in taken), None)
        if other is not None and name.casefold() not in kept:
            raise SkillKnown(name=name, code=other)


def _spoken(names: Iterable[str]) -> set[str]:
    return {name.strip().casefold() for name in names}


def list_skills(work: Work) -> list[Document]:
    """`Skill`s, by category and code."""
    shared = {one["code"] for one in shared_skills()}
    return [{**one, "is_own": one["code"] not in shared} for one in libraries.list_skills(work.connection)]
