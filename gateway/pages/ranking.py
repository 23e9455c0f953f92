"""What counts most among those who could help: the county library's page for the weights."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.ranking import BOUNDS
from byttebank.contracts.refusals import Malformed, Refusal, StalePage
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.speech import say
from gateway.words import ranking as words

pages = Blueprint("ranking", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
PLACES = {f"/{name}": name for name in BOUNDS}


@pages.get("/fylket/rekkefolge")
@signed_in(*COUNTY_ROLES)
def show() -> str:
    """The weights that count, what each does, the order that follows, and every version there has been."""
    versions = here().backend.matching.ranking_versions()
    weights = versions[0]
    return _page(Form(words.weight_names(), {name: str(weights[name]) for name in BOUNDS}), versions)


@pages.post("/fylket/rekkefolge")
@signed_in(*COUNTY_ROLES)
def change() -> ResponseReturnValue:
    """The weights count from now on; those before are kept. `svar=vis` shows what they would do."""
    form = sent_form(words.weight_names())
    form.need(*BOUNDS)
    looked_at = request.form.get("utgave", "")
    if not form.errors:
        try:
            # What was never a version is none that counts now.
            version = int(looked_at) if looked_at.isdecimal() and len(looked_at) < 10 else -1
            points = {name: _number(form, name) for name in BOUNDS}
            if not form.errors:
                if request.form.get("svar") == "vis":
                    preview = here().backend.matching.preview_ranking(points, person().actor)
                    return _page(form, here().backend.matching.ranking_versions(), looked_at, preview)
                here().backend.matching.set_ranking_weights(points, person().actor, version)
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
            if isinstance(refusal, StalePage):
                return _page(form, here().backend.matching.ranking_versions()), 412
    if form.errors:
        return _page(form, here().backend.matching.ranking_versions(), looked_at), 422
    flash(say("Rekkefølgen er endret, og gjelder fra nå av."), "success")
    return redirect(url_for("ranking.show"))


def _number(form: Form, name: str) -> int:
    text = form.text(name).strip()
    if text.isdecimal() and len(text) < 10:
        return int(text)
    detail = "Not a valid integer."
    form.refuse(Malformed(errors=[{"pointer": f"/{name}", "detail": detail}]), PLACES)
    return 0


def _page(
    form: Form, versions: list[Document], looked_at: str | None = None, preview: Document | None = None
) -> str:
    by_number = {one["version"]: one for one in versions}
    return render_template(
        "ranking.html",
        form=form,
        version=looked_at or versions[0]["version"],
        sentences=words.weight_sentences(),
        first=versions[-1],
        order=[words.part_sentence(part) for part in words.parts_in_order(versions[0])],
        preview=preview
        and [(one, words.preview_title(one), words.preview_rows(one)) for one in preview["requests"]],
        versions=[(one, words.changes(one, by_number.get(one["version"] - 1, one))) for one in versions],
    )
