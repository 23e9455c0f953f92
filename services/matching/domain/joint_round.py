"""A joint round as a set of signed documents, and what follows from the set for one county.

Documents only add up, so it does not matter in which order they come or how often. Nothing binds anybody:
what comes of a round are proposals. So no county waits for another beyond the two deadlines of INVITE.
"""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from byttebank.clock import parse_time
from byttebank.contracts.joint_rounds import CHUNK_CHARACTERS, MAX_CHUNKS, RULES
from byttebank.contracts.refusals import Refusal
from byttebank.federation.papers import Paper
from services.matching.domain.round import Terms, check_terms, hash_of

MAX_TEXT_OCTETS = 64 * 1024 * 1024
"""So much a text may hold when it is unpacked: a county with some hundred thousand dates."""
LONGEST = timedelta(days=1)
"""While a round waits for its deadlines a county begins no other: longer than this it waits for nobody."""
_GZIP = 31
"""zlib's code for gzip with the largest window."""


@dataclass(frozen=True)
class JointRound:
    """What `county` knows of a joint round. `papers`: every checked document, in the order it came."""

    id: str
    county: str
    papers: Sequence[Paper] = field(default_factory=tuple)

    def find(self, kind: str, signer: str | None = None) -> Paper | None:
        """The first such document."""
        return next(
            (paper for paper in self.papers if paper.kind == kind and signer in (None, paper.signer)), None
        )

    def all_of(self, kind: str, signer: str) -> list[Paper]:
        """Every such document, in the order it came."""
        return [paper for paper in self.papers if paper.kind == kind and paper.signer == signer]

    @cached_property
    def invite(self) -> Paper | None:
        """The INVITE that counts: well formed, and we are asked."""
        return next(
            (one for one in self.papers if one.kind == "INVITE" and _is_invite(one, self.county)), None
        )

    @property
    def coordinator(self) -> str | None:
        """Who invited."""
        return self.invite.signer if self.invite else None

    @property
    def counties(self) -> list[str]:
        """Everybody who is asked, the coordinator included."""
        return list(self.invite.body["counties"]) if self.invite else []

    @property
    def others(self) -> list[str]:
        """Everybody else who is asked."""
        return [county for county in self.counties if county != self.county]

    def deadline(self, name: str) -> datetime:
        """`answer_by_at` or `agree_by_at` of the invitation."""
        if self.invite is None:
            raise LookupError(f"no invitation to {self.id} yet")
        return parse_time(self.invite.body[name])

    def is_within_reason(self, now: datetime, today: date) -> bool:
        """Whether a round of these terms could be asked for here too, and would not hold ours up for long.

        One by earlier rules can be looked at, and not taken part in.
        """
        if self.invite is None or self.deadline("agree_by_at") > now + LONGEST:
            return False
        said = self.invite.body
        if said["rules"] != RULES:
            return False
        first_on, last_on, reply_by_on = (
            date.fromisoformat(said[name]) for name in ("first_on", "last_on", "reply_by_on")
        )
        try:
            check_terms(
                Terms(str(self.coordinator), first_on, last_on, reply_by_on, said["days_each"]), today
            )
        except Refusal:
            return False
        return True

    @cached_property
    def answered(self) -> dict[str, str]:
        """County to the text of its PART, of those that are here whole."""
        found = {county: self._text("PART", county) for county in self.counties}
        return {county: text for county, text in found.items() if text is not None}

    @cached_property
    def input(self) -> Paper | None:
        """The coordinator's first INPUT for this invitation."""
        of_coordinator = self.all_of("INPUT", self.coordinator) if self.coordinator else []
        hashes = {self.invite.body_hash} if self.invite else set()
        return next((one for one in of_coordinator if one.body["invite_hash"] in hashes), None)

    @cached_property
    def parts(self) -> dict[str, str] | None:
        """County to the text of its PART as INPUT names it; None until all are here."""
        if self.input is None:
            return None
        named = self.input.body["parts"]
        found = {county: self._text("PART", county, named[county]) for county in sorted(named)}
        whole = {county: text for county, text in found.items() if text is not None}
        return whole if len(whole) == len(named) else None

    @property
    def takes_part(self) -> bool:
        """Whether INPUT counts with us."""
        return self.input is not None and self.county in self.input.body["parts"]

    @property
    def partners(self) -> list[str]:
        """Everybody else whose PART counts."""
        return [one for one in sorted(self.input.body["parts"]) if one != self.county] if self.input else []

    @cached_property
    def plan(self) -> str | None:
        """The text of the coordinator's plan for the INPUT, once it is here whole."""
        if self.input is None:
            return None
        own = [
            one
            for one in self.all_of("PLAN", self.input.signer)
            if one.body["input_hash"] == self.input.body["input_hash"]
        ]
        return joined(own[0].body["text_hash"], own) if own else None

    def answer(self, county: str) -> Paper | None:
        """The first AGREE or DISAGREE of the county to this INPUT."""
        if self.input is None:
            return None
        return next(
            (
                one
                for one in self.papers
                if one.kind in ("AGREE", "DISAGREE")
                and one.signer == county
                and one.body["input_hash"] == self.input.body["input_hash"]
            ),
            None,
        )

    def has_agreed(self, county: str, plan_hash: str) -> bool:
        """Whether the county's answer is AGREE to this plan."""
        said = self.answer(county)
        return said is not None and said.kind == "AGREE" and said.body["plan_hash"] == plan_hash

    def names(self, plan_hash: str) -> dict[str, str]:
        """`<county>:<pseudonym>` to id: whom other counties' pseudonyms in this plan stand for, as told
        us.
        """
        return {
            f"{one.signer}:{pseudonym}": known
            for one in reversed(self.papers)
            if one.kind == "NAMES" and one.body["plan_hash"] == plan_hash
            for pseudonym, known in one.body["names"].items()
        }

    @property
    def is_withdrawn(self) -> bool:
        """The coordinator has ended it."""
        return self.coordinator is not None and self.find("WITHDRAW", self.coordinator) is not None

    @cached_property
    def contradicting(self) -> frozenset[str]:
        """Counties that have signed two things that cannot both be true."""
        said: dict[tuple[str, str], set[str]] = {}
        for one in self.papers:
            what = _claim(one)
            if what is not None:
                said.setdefault((one.signer, what[0]), set()).add(what[1])
        return frozenset(county for (county, _), claims in said.items() if len(claims) > 1)

    def states(self, now: datetime) -> dict[str, tuple[str, str | None]]:
        """Each county's state, and why it disagrees."""
        return {county: self._state(county, now) for county in self.counties}

    def _state(self, county: str, now: datetime) -> tuple[str, str | None]:
        if self.input is None:
            has_answered = self._text("PART", county) is not None
            return ("answered" if has_answered else "invited"), None
        if county not in self.input.body["parts"]:
            return "left_out", None
        said = self.answer(county)
        if said is None:
            return ("silent" if now >= self.deadline("agree_by_at") else "answered"), None
        return ("agreed", None) if said.kind == "AGREE" else ("disagreed", str(said.body["reason"]))

    def _text(self, kind: str, signer: str, text_hash: str | None = None) -> str | None:
        """The signer's text of that hash, or of the first it has begun, if all of it is here."""
        chunks = self.all_of(kind, signer)
        if self.invite is not None:
            chunks = [one for one in chunks if one.body["invite_hash"] == self.invite.body_hash]
        if not chunks:
            return None
        return joined(text_hash or chunks[0].body["text_hash"], chunks)


def chunks_of(text: str) -> list[dict[str, Any]]:
    """The text in as many chunks as it takes, ready for documents. Refuses: ValueError if it is too long."""
    octets = text.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    packed = base64.b64encode(packer.compress(octets) + packer.flush()).decode("ascii")
    pieces = [packed[at : at + CHUNK_CHARACTERS] for at in range(0, len(packed), CHUNK_CHARACTERS)]
    if len(pieces) > MAX_CHUNKS or len(octets) > MAX_TEXT_OCTETS:
        raise ValueError(f"{len(octets)} octets are more than a joint round can hold")
    return [
        {"number": number, "count": len(pieces), "text_hash": hash_of(text), "text": piece}
        for number, piece in enumerate(pieces)
    ]


def joined(text_hash: str, chunks: Sequence[Paper]) -> str | None:
    """The text of this hash; None while a chunk is missing, or when what is here is not the text."""
    of_text = {one.body["number"]: one.body for one in reversed(chunks) if one.body["text_hash"] == text_hash}
    if not of_text or set(of_text) != set(range(next(iter(of_text.values()))["count"])):
        return None
    try:
        packed = base64.b64decode(
            "".join(of_text[number]["text"] for number in sorted(of_text)), validate=True
        )
        unpacker = zlib.decompressobj(_GZIP)
        octets = unpacker.decompress(packed, MAX_TEXT_OCTETS)
        text = octets.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return None
    return text if unpacker.eof and hash_of(text) == text_hash else None


def _is_invite(paper: Paper, county: str) -> bool:
    body = paper.body
    counties = body["counties"]
    return (
        1 <= body["rules"] <= RULES
        and county in counties
        and paper.signer in counties
        and list(counties) == sorted(set(counties))
        and body["first_on"] <= body["last_on"]
        and parse_time(body["answer_by_at"]) < parse_time(body["agree_by_at"])
    )


def _claim(paper: Paper) -> tuple[str, str] | None:
    """What a document claims once: its subject and what it says of it."""
    body = paper.body
    match paper.kind:
        case "INVITE" | "INPUT":
            return paper.kind, paper.body_hash
        case "PART" | "PLAN":
            return paper.kind, str(body["text_hash"])
        case "AGREE":
            return "answer", f"yes {body['input_hash']} {body['plan_hash']}"
        case "DISAGREE":
            return "answer", f"no {body['input_hash']}"
    return None
