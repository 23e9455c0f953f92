"""JSON taken apart one element at a time, so that no file can ask for much more memory than its size."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

FIRST_SLICE, LARGEST_SLICE = 1 << 10, 1 << 20
"""Characters looked at for one element: at first, and at most. A year of dates takes 6,000."""
MAX_DEPTH = 50
MAX_SKIPPED = 1_000_000
"""Elements of fields that are not known; each costs a microsecond."""
LONGEST_WORD = 16
"""An error this near to the end of a slice may come of the cut: inside `false`, or in an escape."""

_SPACE = re.compile(r"[ \t\n\r]*")


class ScanRefused(Exception):
    """The text is not JSON, or holds something that is too large or too deep to be read."""


class Scanner:
    """A place in a JSON text. Each method reads from there and moves behind what it has read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._skipped = 0
        self._decoder = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        self._skip_space()
        return self._text[self._at : self._at + 1]

    def members(self) -> Iterator[str]:
        """The names of an object's members. The caller reads each one's value before it asks for the next."""
        self._expect("{", "an object was expected")
        while self.peek() != "}":
            name = self.value()
            if not isinstance(name, str):
                self._refuse("a name in double quotes was expected")
            self._expect(":", "a colon was expected")
            yield name
            if self.peek() != "}":
                self._expect(",", "a comma or } was expected")
                if self.peek() == "}":
                    self._refuse("a name was expected after the comma")
        self._at += 1

    def elements(self) -> Iterator[None]:
        """Stops at each element of an array. The caller reads it before it asks for the next one."""
        self._expect("[", "an array was expected")
        while self.peek() != "]":
            yield None
            if self.peek() != "]":
                self._expect(",", "a comma or ] was expected")
                if self.peek() == "]":
                    self._refuse("an element was expected after the comma")
        self._at += 1

    def value(self) -> Any:
        """The value that stands here, of at most LARGEST_SLICE characters. Refuses: ScanRefused."""
        found, value = self._read()
        if not found:
            self._refuse(f"one element is longer than {LARGEST_SLICE} characters, or it has no end")
        return value

    def skip(self, depth: int = 0) -> None:
        """Behind the value that stands here, however long it is. Refuses: ScanRefused."""
        found, _ = self._read()
        self._skipped += 1
        if found and self._skipped <= MAX_SKIPPED:
            return
        if self._skipped > MAX_SKIPPED or depth == MAX_DEPTH or self.peek() not in "[{":
            self._refuse("something too large or too deep stands in a field that is not known")
        for _ in self.elements() if self.peek() == "[" else self.members():
            self.skip(depth + 1)

    def end(self) -> None:
        """Nothing more follows. Refuses: ScanRefused."""
        if self.peek():
            self._refuse("something follows after the end of the object")

    def _read(self) -> tuple[bool, Any]:
        """Whether a value of at most LARGEST_SLICE characters stands here, and the value."""
        self._skip_space()
        size = FIRST_SLICE
        while True:
            is_rest = self._at + size >= len(self._text)
            piece = self._text[self._at : self._at + size]
            try:
                value, length = self._decoder.raw_decode(piece)
            except json.JSONDecodeError as error:
                is_cut = "string" in error.msg or error.pos > size - LONGEST_WORD
                if is_rest or not is_cut:
                    self._refuse(error.msg, at=self._at + error.pos)
            except RecursionError:
                self._refuse("it is nested too deeply")
            except ValueError as error:
                self._refuse(str(error).partition(";")[0])
            else:
                if is_rest or length < size:
                    self._at += length
                    return True, value
            if size >= LARGEST_SLICE:
                return False, None
            size *= 32

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _expect(self, character: str, otherwise: str) -> None:
        if self.peek() != character:
            self._refuse(otherwise)
        self._at += 1

    def _refuse(self, why: str, *, at: int | None = None) -> NoReturn:
        at = self._at if at is None else at
        line = self._text.count("\n", 0, at) + 1
        column = at - self._text.rfind("\n", 0, at)
        raise ScanRefused(f"line {line}, column {column}: {why}")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        (repeated, _) = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"an object names {shown(repeated)} twice")
    return names


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def shown(value: Any) -> str:
    """The value as a message shows it: as JSON, shortened, in one line that any terminal can take."""
    if isinstance(value, list | dict):
        return "an array" if isinstance(value, list) else "an object"
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."
