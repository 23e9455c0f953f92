"""A world for two ends: faults by hand, and the promises that must hold whatever happens."""

from collections import defaultdict

from two_ends import NO_KEYS, Disk, End, Make, make_envelope

from byttebank.federation.channel import ChannelState
from byttebank.federation.envelope import Envelope
from byttebank.federation.keyring import Keyring
from byttebank.federation.ranges import Ranges

COUNTIES = ("innlandet", "vestland")


class World:
    """`under_way`: sent and not yet delivered, dropped or repeated, oldest first."""

    def __init__(self, make: Make = make_envelope, keyring: Keyring = NO_KEYS) -> None:
        self.under_way: list[Envelope] = []
        self.nonces = 0
        self.issued: dict[tuple[str, int, int], str] = {}
        self.verdicts: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.ends = {
            name: End(name, peer, self._send, self._nonce, make, keyring)
            for name, peer in (COUNTIES, tuple(reversed(COUNTIES)))
        }
        self.backups: dict[str, list[Disk]] = {name: [end.disk.copy()] for name, end in self.ends.items()}
        self.restored: set[str] = set()
        self.has_restored: set[str] = set()
        for end in self.ends.values():
            end.start()

    def deliver(self, index: int) -> None:
        """One message arrives, in whatever order."""
        envelope = self.under_way.pop(index)
        self.ends[envelope.header.recipient].deliver(envelope)
        self._look()

    def agree_without_numbered_messages(self) -> None:
        """Control messages arrive, all others are late: the ends open with much still under way."""
        for end in self.ends.values():
            if not end.is_open:
                end.remind()
        while controls := [i for i, each in enumerate(self.under_way) if each.header.is_control]:
            self.deliver(controls[0])

    def decide(self, name: str, matter: str, verdict: str) -> bool:
        """The end decides a matter once, as far as it knows, and says so. False when it may not now."""
        end = self.ends[name]
        if not end.is_open or any(own.payload["matter"] == matter for own in end.disk.sent.values()):
            return False
        end.say({"matter": matter, "verdict": verdict})
        return True

    def back_up(self, name: str) -> None:
        self.backups[name].append(self.ends[name].disk.copy())

    def restore(self, name: str, backup: int) -> bool:
        """The end's disk is put back to a backup. False when the other end cannot help it now.

        What both ends have lost nobody can know; so only one of them forgets at a time. Backups made
        after that one are of a life that is given up.
        """
        other = next(each for each in COUNTIES if each != name)
        if not self._is_whole(other):
            return False
        self.backups[name] = self.backups[name][: backup + 1]
        self.ends[name].disk = self.backups[name][backup].copy()
        self.restored.add(name)
        self.has_restored.add(name)
        self.ends[name].start()
        return True

    def heal(self, *, rounds: int = 40) -> None:
        """No more faults: everything arrives, both ends remind each other, until all is known to both."""
        for _ in range(rounds):
            while self.under_way:
                self.deliver(0)
            if self.is_agreed():
                return
            for end in self.ends.values():
                end.remind()
        states = {name: end.channel for name, end in self.ends.items()}
        raise AssertionError(f"the ends do not come together: {states}")

    def is_agreed(self) -> bool:
        """Both open, and each holds every message of the other that is not void."""
        for name, end in self.ends.items():
            other = self.ends[end.peer]
            if not end.is_open or not other.is_open:
                return False
            out = end.channel.outgoing
            sent = {seq: own.envelope_hash for seq, own in end.disk.sent.items()}
            if sent != {seq: theirs.envelope_hash for seq, theirs in other.disk.received.items()}:
                return False
            assert Ranges.from_numbers(sent) | out.void == Ranges.of(1, out.last_seq), name
        return True

    def clone(self) -> "World":
        """Another world that is the same so far."""
        other = World.__new__(World)
        other.under_way, other.nonces = list(self.under_way), self.nonces
        other.issued = dict(self.issued)
        other.verdicts = defaultdict(set, {matter: set(said) for matter, said in self.verdicts.items()})
        other.ends = {name: end.clone(other._send, other._nonce) for name, end in self.ends.items()}
        other.backups = {name: list(kept) for name, kept in self.backups.items()}
        other.restored, other.has_restored = set(self.restored), set(self.has_restored)
        return other

    def fingerprint(self) -> object:
        """Equal for worlds whose futures are equal, but for the names of nonces."""
        disks = tuple((end.disk.row, *end.disk.hashes()) for end in self.ends.values())
        under_way = tuple(sorted(each.envelope_hash for each in self.under_way))
        verdicts = tuple(sorted((matter, *sorted(said)) for matter, said in self.verdicts.items()))
        return disks, under_way, verdicts, tuple(sorted(self.has_restored)), tuple(sorted(self.restored))

    def _is_whole(self, name: str) -> bool:
        """It has come back from its last restore and holds again all it ever acted on."""
        end = self.ends[name]
        if name in self.restored:
            return False
        theirs = {(each.header.seq, each.envelope_hash) for each in end.accepted}
        own = {(each.header.seq, each.envelope_hash) for each in self.ends[end.peer].accepted}
        holds_theirs = {(seq, each.envelope_hash) for seq, each in end.disk.received.items()}
        holds_own = {(seq, each.envelope_hash) for seq, each in end.disk.sent.items()}
        return theirs <= holds_theirs and own <= holds_own

    def _send(self, envelope: Envelope) -> None:
        header = envelope.header
        if header.seq is not None and header.epoch is not None:
            place = (header.sender, header.epoch, header.seq)
            known = self.issued.setdefault(place, envelope.envelope_hash)
            assert known == envelope.envelope_hash, f"{place} was given to two messages"
        self.under_way.append(envelope)

    def _nonce(self) -> str:
        self.nonces += 1
        return f"{self.nonces:032x}"

    def _look(self) -> None:
        """What must hold at every moment."""
        for name, end in self.ends.items():
            assert end.frozen == [], "an honest end was taken for a dishonest one"
            if end.channel.state is ChannelState.OPEN:
                self.restored.discard(name)
            by_number: dict[int, str] = {}
            for envelope in end.accepted:
                seq = envelope.header.seq or 0
                assert by_number.setdefault(seq, envelope.envelope_hash) == envelope.envelope_hash, (
                    f"{name} has acted on two messages with number {seq}"
                )
                verdicts = self.verdicts[envelope.header.sender, envelope.payload["matter"]]
                verdicts.add(envelope.payload["verdict"])
                assert len(verdicts) == 1, f"{end.peer} has contradicted itself"
