"""The mapping (kartlegging): which skills exist, are wanted and are missing, by municipality; nobody's."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form
from gateway.here import here
from gateway.pages.choices import skill_options
from gateway.pictures.dots import DotMap, Place, dot_map
from gateway.speech import say
from gateway.statements import csv_text, plain
from gateway.words.mapping import conclusion_sentence

pages = Blueprint("mapping", __name__)
Document = dict[str, Any]
LIBRARIES_AT_A_TIME = 200


@pages.get("/kartlegging")
@signed_in()
def show() -> str:
    """The county, then each municipality; on the map where the chosen skill is, or all that is missing."""
    found = here().backend.directory.mapping()
    known = dict(skill_options(kept=None))
    skill = request.args.get("ferdighet", "")
    skill = skill if skill in known else ""
    whole, places = found["places"][0], found["places"][1:]
    shown = [one for one in places if not skill or skill in (*one["exist"], *one["wanted"])]
    return render_template(
        "mapping.html",
        mapped_on=found["mapped_on"],
        whole=conclusion_sentence(whole),
        places=[(one, conclusion_sentence(one)) for one in shown if one["missing"] or skill],
        covered=[
            (one, conclusion_sentence(one))
            for one in shown
            if _is_known(one) and not (one["missing"] or skill)
        ],
        silent=[one["name"] for one in shown if not _is_known(one)],
        has_few=any(one["is_from_offers"] for one in shown if _is_known(one)),
        chosen=Form({}, {"ferdighet": skill}),
        skill=known.get(skill, ""),
        skills=[("", say("Alle")), *known.items()],
        picture=_picture(places, skill),
    )


@pages.get("/kartlegging.csv")
@signed_in()
def download() -> Response:
    """The whole mapping for a spreadsheet."""
    found = here().backend.directory.mapping()
    headers = {"Content-Disposition": f'attachment; filename="kartlegging-{found["mapped_on"]}.csv"'}
    text = csv_text([_heading(), *(_row(one) for one in found["places"])])
    return Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


def _is_known(place: Document) -> bool:
    """Whether anybody there has said what exists or is wanted."""
    return bool(place["exist"] or place["wanted"])


def _heading() -> list[str]:
    return [
        say("Kommunenummer"),
        say("Sted"),
        say("Bibliotek"),
        say("Finnes"),
        say("Ønskes"),
        say("Mangler"),
        say("Konklusjon"),
    ]


def _row(place: Document) -> list[str]:
    lists = [place["exist"], place["wanted"], place["missing"]]
    return [
        plain(place["municipality_code"] or ""),
        plain(place["name"]),
        str(place["libraries"]),
        *(plain(", ".join(speech.skill_name(code) for code in codes)) for codes in lists),
        plain(conclusion_sentence(place)),
    ]


def _picture(places: list[Document], skill: str) -> DotMap | None:
    """Where what is asked for exists, and where it is missing."""
    kinds = {(one["name"], one["municipality_code"]): _kind(one, skill) for one in places}
    found = here().backend.directory.list_libraries(here().settings.county, limit=LIBRARIES_AT_A_TIME)
    dots: dict[tuple[str, str | None], Place] = {}
    for one in found["items"]:
        key = (one["municipality_name"] or one["short_name"], one["municipality_code"])
        if one["latitude"] is not None and one["longitude"] is not None:
            kind = kinds.get(key, "other")
            dots.setdefault(key, Place(key[0], one["latitude"], one["longitude"], kind))
    return dot_map(list(dots.values()))


def _kind(place: Document, skill: str) -> str:
    missing = [code for code in place["missing"] if skill in ("", code)]
    exist = [code for code in place["exist"] if skill in ("", code)]
    return "need" if missing else "offer" if exist else "other"
