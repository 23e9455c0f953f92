"""What the categories of skills are called."""

from gateway.speech import N_, say

NAMES: dict[str, str] = {
    "daily work": N_("Daglig arbeid"),
    "collection": N_("Samling"),
    "dissemination": N_("Formidling"),
    "outreach": N_("Ut til folk"),
    "learning": N_("Læring"),
    "digital": N_("Digitalt"),
    "room": N_("Rom og lokaler"),
    "organisation": N_("Organisasjon og ledelse"),
}


def category_name(code: str) -> str:
    """What the category is called; a county's own category by its own name."""
    return say(NAMES[code]) if code in NAMES else code.capitalize()
