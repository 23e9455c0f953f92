"""What counties, libraries and skills are called: asked of the directory, kept for a little while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from byttebank.clock import Clock
from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.contracts.rpc import DirectoryPort
from gateway import speech

Document = dict[str, Any]
KEPT_FOR = timedelta(minutes=1)
MAX_LIBRARIES = 5000
"""Nobody has so many; a stop against filling the memory by asking for ids that do not exist."""


class KnownNames:
    """Names that change seldom. While the directory does not answer, the latest known ones are said."""

    def __init__(self, directory: DirectoryPort, clock: Clock, county: str) -> None:
        self._directory = directory
        self._clock = clock
        self._slug = county
        self._kept: dict[str, tuple[datetime, Any]] = {}

    def _ask(self, key: str, question: Callable[[], Any]) -> Any:
        kept = self._kept.get(key)
        now = self._clock.now()
        if kept is not None and now - kept[0] < KEPT_FOR:
            return kept[1]
        try:
            answer = question()
        except NotFound:
            answer = None
        except Refusal:
            if kept is not None:
                return kept[1]
            raise
        if len(self._kept) > MAX_LIBRARIES:
            self._kept.clear()
        self._kept[key] = (now, answer)
        return answer

    def county_document(self) -> Document:
        """Our `County`. Refuses: what the directory refuses, when it has never answered."""
        return cast(Document, self._ask("county", self._directory.county))

    def peers(self) -> list[Document]:
        """Our `Peer`s. Refuses: as `county_document`."""
        return cast(list[Document], self._ask("peers", self._directory.list_peers))

    def skills(self) -> list[Document]:
        """The vocabulary. Refuses: as `county_document`."""
        return cast(list[Document], self._ask("skills", self._directory.list_skills))

    def library_document(self, library_id: str) -> Document | None:
        """The `Library`, or None when the directory knows none. Refuses: as `county_document`."""
        question = lambda: self._directory.get_library(library_id)  # noqa: E731
        return cast(Document | None, self._ask(f"library {library_id}", question))

    def library_language(self, library_id: str) -> str | None:
        """What is read at the library by those who have not chosen: its own choice, or the county's.

        None while nobody can say.
        """
        library = self._or(lambda: self.library_document(library_id), None)
        return (library and library.get("language")) or self.county_language()

    def county_language(self) -> str | None:
        """What is read in the county where nobody has chosen, or None while nobody can say."""
        county = self._or(self.county_document, None)
        return county and str(county["language"])

    def forget_library(self, library_id: str) -> None:
        """The library was changed just now: it is asked for again."""
        self._kept.pop(f"library {library_id}", None)

    def forget_skills(self) -> None:
        """The vocabulary was changed just now: it is asked for again."""
        self._kept.pop("skills", None)

    def own_county(self) -> str:
        """What our county is called."""
        return self._or(lambda: str(self.county_document()["name"]), self._slug)

    def county(self, slug: str) -> str:
        """What a county is called, or its slug while nobody can say."""
        if slug == self._slug:
            return self.own_county()
        known = self._or(lambda: {peer["county"]: str(peer["name"]) for peer in self.peers()}, {})
        return known.get(slug, slug)

    def library(self, library_id: str) -> str | None:
        """The library by the name people use, or None while nobody can say."""
        document = self._or(lambda: self.library_document(library_id), None)
        return str(document["short_name"]) if document else None

    def skill(self, code: str) -> str:
        """What a skill is called in the reader's language, or its code while nobody can say."""
        names = self._or(lambda: {skill["code"]: skill["names"] for skill in self.skills()}, {})
        words = names.get(code, {})
        return str(words.get(speech.speech().language) or words.get("nb") or code)

    @staticmethod
    def _or(question: Callable[[], Any], otherwise: Any) -> Any:
        """The answer, or what to say while the directory does not answer: a name is no reason to fail."""
        try:
            return question()
        except Refusal:
            return otherwise
