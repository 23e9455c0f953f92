"""What a browser or a program says about languages: a choice in the address, a cookie, Accept-Language.

A choice in the address (`?sprak=nn`) is kept in a cookie of a year, so that the next page is in it too. Of
who has signed in, `gateway.here` knows better.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, request

from byttebank.language import LANGUAGE_NAMES
from gateway import speech

PARAMETER = "sprak"
COOKIE = "byttebank-language"
COOKIE_SECONDS = 365 * 24 * 3600
TAGS = {"no": "nb"}
"""A browser that asks for Norwegian without saying which gets bokmål (ISO 639-1 has all three)."""


@dataclass(frozen=True)
class LanguageLink:
    """The same page in a language, called what the language calls itself."""

    language: str
    name: str
    href: str
    is_current: bool


def spoken(language: str | None) -> str | None:
    """The language, if pages can be read in it."""
    return language if language in speech.spoken_languages() else None


def chosen_language() -> str | None:
    """What this browser's reader has chosen, now or before; None for nothing."""
    return _asked() or spoken(request.cookies.get(COOKIE))


def accepted_language() -> str | None:
    """The first language of Accept-Language (RFC 9110, 12.5.4) that we have; None for none of ours."""
    for tag, quality in request.accept_languages:
        primary = tag.lower().replace("_", "-").partition("-")[0]
        language = spoken(TAGS.get(primary, primary))
        if language and quality > 0:
            return language
    return None


def language_links() -> Iterator[LanguageLink]:
    """This page in each language, for those who are not signed in."""
    values = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    for language in speech.spoken_languages():
        query = urlencode([*values, (PARAMETER, language)])
        href = f"{request.script_root}{quote(request.path)}?{query}"
        yield LanguageLink(language, LANGUAGE_NAMES[language], href, language == speech.speech().language)


def remember(language: str | None) -> None:
    """This browser's choice is the language, or with None forgotten, once the answer is sent."""
    g.language_to_remember = language


def tell_languages(app: Flask, *, is_https: bool) -> None:
    """Every answer says its language; one to a choice keeps the choice in the browser."""

    @app.after_request
    def keep(response: Response) -> Response:
        if response.mimetype in ("text/html", "application/problem+json"):
            response.headers["Content-Language"] = speech.speech().language
        if response.mimetype == "application/problem+json":
            response.vary.add("Accept-Language")
        language = g.get("language_to_remember", _asked())
        if language:
            response.set_cookie(
                COOKIE, language, max_age=COOKIE_SECONDS, secure=is_https, httponly=True, samesite="Lax"
            )
        elif "language_to_remember" in g:
            response.delete_cookie(COOKIE, secure=is_https, httponly=True, samesite="Lax")
        return response


def _asked() -> str | None:
    return spoken(request.args.get(PARAMETER))
