"""What the mapping of skills comes to, in plain words."""

from typing import Any

from gateway import speech
from gateway.speech import say

Document = dict[str, Any]


def conclusion_sentence(place: Document) -> str:
    """The conclusion for one municipality or the county. An unknown code says nothing."""
    code, parameters = place["conclusion"]["code"], place["conclusion"]["parameters"]
    values = {"exist": parameters.get("exist"), "all": parameters.get("all"), "place": place["name"]}
    skills = speech.names([speech.skill_name(one) for one in parameters.get("skills", [])])
    if code == "mapping_unknown":
        return say("Ingen har sagt hva de kan ennå.")
    if code == "mapping_covered":
        return say("{place} har {exist} av {all} ferdigheter, som {skills}.", skills=skills, **values)
    if code == "mapping_lacks" and not values["exist"]:
        return say("Ingen har sagt hva de kan ennå. Det trengs {skills}.", skills=skills)
    if code == "mapping_lacks":
        return say("{place} har {exist} av {all} ferdigheter. Det mangler {skills}.", skills=skills, **values)
    return ""
