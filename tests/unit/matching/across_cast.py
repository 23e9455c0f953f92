"""What Eidskog in Innlandet and Nes in Akershus do with an engagement between them."""

from typing import Any

from matching_cast import Matching, actor, an_id, carry

from services.matching import operations

Document = dict[str, Any]


def accept(county: Matching, who: str, engagement: str = "engagement", **named: Any) -> Document:
    found: Document = county.do(operations.accept, an_id(engagement), actor(who), **named)
    return found


def act(county: Matching, name: str, who: str, *arguments: Any) -> Document:
    found: Document = county.do(getattr(operations, name), an_id("engagement"), *arguments, actor(who))
    return found


def agree(innlandet: Matching, akershus: Matching) -> None:
    accept(akershus, "Nora")
    accept(akershus, "Per")
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)


def without_names(engagement: Document) -> Document:
    cleaned = {key: value for key, value in engagement.items() if not key.endswith("_name")}
    cleaned["history"] = [{**line, "by_name": None} for line in engagement["history"]]
    return cleaned
