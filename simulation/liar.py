"""A county that does not keep to the rules: it has its key and its real node, and uses both to lie.

Lies in words go through its own outbox, so that they are numbered, signed and believed to be meant. Lies
of form go straight onto the link. What it cannot do is speak through another county's link.
"""

from typing import Any

from byttebank.contracts.peer import REJECT_CODES
from byttebank.contracts.refusals import Refusal
from byttebank.federation.envelope import seal
from byttebank.federation.header import EnvelopeHeader
from byttebank.federation.keys import SigningKey
from byttebank.storage.work import Work
from simulation.cast import Cast
from simulation.county import County
from simulation.links import Letter, Links, corrupted
from simulation.people import WORK_DATE, Register


class Liar:
    """What the lying county does beside its honest work."""

    def __init__(self, county: County, cast: Cast, links: Links, register: Register) -> None:
        self._county = county
        self._world = county.world
        self._chance = county.world.chance
        self._cast = cast
        self._links = links
        self._register = register
        self._victims = [name for name in cast.counties if name != county.name]
        self._seen: list[Letter] = []
        self._backup: bytes | None = None
        county.broker.look_at = self._seen.append

    def act(self) -> None:
        """One lie."""
        lies = (
            self.lie_about_amount,
            self.owe_for_nothing,
            self.claim_fulfilment,
            self.deny,
            self.take_back_too_much,
            self.talk_nonsense,
            self.equivocate,
            self.replay,
            self.forge,
            self.lie_about_the_channel,
            self.forget,
        )
        lie = self._chance.choice(lies)
        self._world.count("lie: " + lie.__name__.replace("_", " "))
        self._world.tell(f"!! {self._county.name} lies: {lie.__name__.replace('_', ' ')}")
        lie()

    def lie_about_amount(self) -> None:
        """PREPARE with the id of another transfer and another amount."""
        transfer_id = self._some_transfer()
        if transfer_id is not None:
            self._say(
                "PREPARE",
                self._prepare(transfer_id=transfer_id, amount_half_days=self._chance.randint(1, 400)),
            )

    def owe_for_nothing(self) -> None:
        """PREPAREs for days that nobody has worked, more than any fuse allows."""
        victim = self._chance.choice(self._victims)
        for _ in range(self._chance.randint(1, 4)):
            self._say("PREPARE", self._prepare(victim, amount_half_days=self._chance.randint(1, 30)), victim)

    def claim_fulfilment(self) -> None:
        """FULFIL of something that was not asked, or of another PREPARE."""
        hash_ = self._chance.randbytes(32).hex()
        transfer_id = self._some_transfer() or self._world.new_id()
        self._say("FULFIL", {"transfer_id": transfer_id, "prepare_hash": hash_})

    def deny(self) -> None:
        """REJECT of something, decided or not."""
        transfer_id = self._some_transfer() or self._world.new_id()
        self._say("REJECT", {"transfer_id": transfer_id, "code": self._chance.choice(REJECT_CODES)})

    def take_back_too_much(self) -> None:
        """A reversal of something that was never so much, or of another county's."""
        transfer_id = self._some_transfer()
        if transfer_id is not None:
            self._say(
                "PREPARE", self._prepare(reverses=transfer_id, amount_half_days=self._chance.randint(1, 400))
            )

    def talk_nonsense(self) -> None:
        """CANCEL, REVERSAL_REQUEST and DECLINED about whatever."""
        transfer_id = self._some_transfer() or self._world.new_id()
        asked = {"transfer_id": transfer_id, "amount_half_days": 3, "reason_code": "because"}
        self._say(*self._chance.choice((("CANCEL", {"transfer_id": transfer_id}), ("REVERSAL_REQUEST", asked),
                                        ("DECLINED", {"transfer_id": transfer_id}))))  # fmt: skip

    def equivocate(self) -> None:
        """Another message under a number that is used."""
        numbered = [letter for letter in self._seen if letter.seq is not None]
        if numbered:
            letter = self._chance.choice(numbered)
            header = self._header(letter.recipient, "CANCEL", like=letter)
            self._put(
                letter.recipient,
                seal({"transfer_id": self._world.new_id()}, header=header, key=self._county.key),
            )

    def replay(self) -> None:
        """Something old once more, to whom it was or to another."""
        if self._seen:
            letter = self._chance.choice(self._seen)
            self._put(self._chance.choice((letter.recipient, *self._victims)), letter.octets)

    def forge(self) -> None:
        """A message of another county: signed with a wrong key, changed, or passed on as it was."""
        victim, other = self._chance.choice(self._victims), self._chance.choice(self._victims)
        octets = self._seen[-1].octets if self._seen else b"{}"
        if victim != other and self._chance.random() < 0.6:
            header = self._header(victim, "CANCEL", sender=other)
            key = self._chance.choice((self._county.key, SigningKey.from_seed(b"x" * 32)))
            octets = seal({"transfer_id": self._world.new_id()}, header=header, key=key)
        elif self._chance.random() < 0.5:
            octets = corrupted(octets, self._world)
        self._put(victim, octets)

    def lie_about_the_channel(self) -> None:
        """HELLO or STATEMENT that are not true: nothing held, everything held, numbers from nowhere."""
        victim = self._chance.choice(self._victims)
        number = self._chance.choice((0, 1, 7, 10**6))
        sent = {
            "seq": number,
            "hash": self._chance.randbytes(32).hex() if number else "0" * 64,
            "is_recovered": self._chance.random() < 0.5,
            "spans": [[1, 1], [number + 2, number + 2]],
            "void": [[1, number]] if number and self._chance.random() < 0.5 else [],
        }
        body: dict[str, Any] = {"challenge": None, "epoch": number, "sent": sent}
        kind = self._chance.choice(("HELLO", "STATEMENT"))
        if kind == "STATEMENT":
            nothing = {"seq": 0, "hash": "0" * 64, "envelope": None, "missing": [[1, number or 1]]}
            body |= {"is_grant": self._chance.random() < 0.5, "received": nothing}
        header = self._header(victim, kind, nonce=self._world.nonce())
        self._put(victim, seal(body, header=header, key=self._county.key))

    def forget(self) -> None:
        """The county goes back to what it was some time ago, without telling."""
        if self._backup is not None and self._county.is_up and self._chance.random() < 0.5:
            self._county.stop()
            self._county.disk.put_back(self._backup)
            self._county.start()
            self._backup = None
        else:
            self._backup = self._county.disk.copy()

    def _say(self, message_type: str, payload: dict[str, Any], victim: str | None = None) -> None:
        def speak(work: Work) -> None:
            work.send(victim or self._chance.choice(self._victims), message_type, payload)

        try:
            self._county.do(speak)
        except Refusal:
            self._world.tell("   ... and cannot find the words")

    def _prepare(self, victim: str | None = None, **lies: Any) -> dict[str, Any]:
        victim = victim or self._chance.choice(self._victims)
        return {
            "transfer_id": self._world.new_id(),
            "unit": "half_day",
            "payer_library_id": self._chance.choice(self._cast.libraries(self._county.name)),
            "payee_library_id": self._chance.choice(self._cast.libraries(victim)),
            "engagement_id": self._world.new_id(),
            "part": 1,
            "skill": None,
            "work_date": WORK_DATE.isoformat(),
            "reverses": None,
            **lies,
        }

    def _header(
        self,
        victim: str,
        message_type: str,
        *,
        sender: str | None = None,
        like: Letter | None = None,
        nonce: str | None = None,
    ) -> EnvelopeHeader:
        epoch, seq, prev_hash = None, None, None
        if nonce is None:
            epoch, seq, prev_hash = 1, self._chance.randint(2, 9), self._chance.randbytes(32).hex()
        if like is not None:
            epoch, seq = like.epoch, like.seq
            prev_hash = "0" * 64 if seq == 1 else prev_hash
        return EnvelopeHeader(
            sender=sender or self._county.name,
            recipient=victim,
            service="ledger",
            message_id=self._world.new_id(),
            type=message_type,
            type_version=1,
            created_at=self._world.now(),
            epoch=epoch,
            seq=seq,
            prev_hash=prev_hash,
            nonce=nonce,
        )

    def _put(self, victim: str, octets: bytes) -> None:
        """Onto the link to the victim, which the victim's broker knows to be this county's."""
        self._links.carry(Letter(self._county.name, victim, octets, {}, f"a lie for {victim}", None, None))

    def _some_transfer(self) -> str | None:
        """One that this county has to do with, as it would know of no other."""
        mine = [
            transfer_id
            for transfer_id, deal in self._register.deals.items()
            if self._county.name in (deal.payer_county, deal.payee_county)
        ]
        return self._chance.choice(mine) if mine else None
