"""What templates may use: the words, the phrases for days and dates, and who is reading."""

from datetime import date, datetime
from typing import Any, ClassVar

from flask import Flask, g, request, url_for
from jinja2.bccache import Bucket, BytecodeCache
from markupsafe import Markup, escape

from byttebank.clock import format_time
from byttebank.language import calendar_leaf, month_name
from gateway import speech
from gateway.forms import Form, form_at
from gateway.here import here
from gateway.languages import language_links
from gateway.words import engagements

SIGN_IN_ROLES = {
    "colleague": speech.N_("kollega"),
    "library_manager": speech.N_("leder"),
    "county": speech.N_("fylkesbiblioteket"),
    "operator": speech.N_("driftsansvarlig"),
}
ELLIPSIS = "…"
EXCERPT_LENGTH = 160


class CompiledOnce(BytecodeCache):
    """Templates compiled once for all the gateways of a process."""

    _compiled: ClassVar[dict[tuple[str, str], bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        octets = self._compiled.get((bucket.key, bucket.checksum))
        if octets is not None:
            bucket.bytecode_from_string(octets)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def say_markup(message: str, **values: object) -> Markup:
    """The message in the reader's language. Values are escaped unless they are markup already."""
    text = Markup(escape(speech.say(message)))
    return text.format(**values) if values else text


def say_many_markup(one: str, many: str, n: int, **values: object) -> Markup:
    """One of two messages by the number, values escaped."""
    text = Markup(escape(speech.choose(one, many, n)))
    return text.format(n=n, **values)


def on_time(day: str) -> Markup:
    """A date as a `time` element, short and on one line."""
    return Markup('<time datetime="{}">{}</time>').format(day, speech.short(day))


def moment_time(moment: datetime | str) -> Markup:
    """A moment as a `time` element, where the county is."""
    text = moment if isinstance(moment, str) else format_time(moment)
    return Markup('<time datetime="{}">{}</time>').format(text, speech.moment_short(moment))


def excerpt(text: str) -> str:
    """The beginning of somebody's own words, for a list; the whole text stands on its own page."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT_LENGTH:
        return line
    return line[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + ELLIPSIS


def month_long(day: date) -> str:
    """november, or november 2025 in another year than today's."""
    name = month_name(day.month, speech.speech().language)
    return name if day.year == speech.speech().today.year else f"{name} {day.year}"


def described(form: Form, name: str, help_words: str | None) -> Markup:
    """The attributes that tie a field to its help and to its error."""
    is_wrong = name in form.errors
    place = form.place(name)
    ids = [f"{place}-{what}" for what, stands in (("hjelp", help_words), ("feil", is_wrong)) if stands]
    attributes = Markup(' aria-describedby="{}"').format(" ".join(ids)) if ids else Markup("")
    return attributes + (Markup(' aria-invalid="true"') if is_wrong else "")


def role_words(role: str) -> str:
    """A role as people say it."""
    return speech.say(SIGN_IN_ROLES[role])


def static_url(filename: str) -> str:
    """The address of a file of ours."""
    return url_for("static", filename=filename)


def prepare_templates(app: Flask) -> None:
    """Templates know the words, the phrases and the reader."""
    prepare_words(app)
    app.context_processor(_page_facts)


def prepare_words(app: Flask) -> None:
    """Templates know the words and the phrases."""
    app.jinja_env.bytecode_cache = CompiledOnce()
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        {
            "_": say_markup,
            "ngettext": say_many_markup,
            "span_of": speech.span,
            "leaf_of": lambda day: calendar_leaf(speech.as_date(day), speech.speech().language),
            "described": described,
            "form_at": form_at,
            "role_words": role_words,
            "month_short": lambda month: calendar_leaf(date(2000, month, 1), speech.speech().language).month,
            "month_long": month_long,
            "static_url": static_url,
            "language_now": lambda: speech.speech().language,
            "language_links": language_links,
        }
    )
    app.jinja_env.filters.update(
        {
            "days": speech.days,
            "kroner": speech.kroner,
            "days_count": speech.days_count,
            "column": speech.days_column,
            "on": speech.on,
            "on_days": speech.on_days,
            "short": speech.short,
            "time": on_time,
            "moment": moment_time,
            "km": speech.km,
            "names": speech.names,
            "capitalised": speech.capitalised,
            "county_name": speech.county_name,
            "skill_name": speech.skill_name,
            "skills": speech.skills,
            "excerpt": excerpt,
            "badge": engagements.badge,
        }
    )


def _page_facts() -> dict[str, Any]:
    gateway = here()
    return {
        "user": g.get("user"),
        "county_name": gateway.names.own_county(),
        "county_slug": gateway.settings.county,
        "is_demo": gateway.settings.is_demo,
        "today": speech.speech().today.isoformat(),
        "here_endpoint": request.endpoint or "",
        "own_library": _own_library(),
    }


def _own_library() -> str:
    user = g.get("user")
    if user is None:
        return ""
    return here().names.library(user.library_id) or ""
