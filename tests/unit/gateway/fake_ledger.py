"""The ledger in memory: accounts, statements and what is set aside."""

from typing import Any

from fake_service import Document, Service, checked, page

from byttebank.contracts import ledger_resources
from byttebank.contracts.book_refusals import PeerInUse
from byttebank.contracts.refusals import (
    AccountUnknown,
    CountyUnknown,
    NotFound,
)


class FakeLedger(Service):
    """What is owed."""

    name = "ledger"

    def __init__(self, backend: Any) -> None:
        super().__init__(backend)
        self._posted: list[Document] = []
        self._held: dict[str, Document] = {}
        self._limits: dict[str, int] = {}
        self._is_hard = False
        self._positions: list[Document] = []
        self._doubts: list[Document] = []
        self._reconciliations: list[Document] = []
        self._disputes: list[Document] = []

    def account(self, library_id: str) -> Document:
        if library_id not in self._limits:
            raise AccountUnknown(account_id=library_id)
        given = sum(one["half_days"] for one in self._posted if one["payee"] == library_id)
        received = sum(one["half_days"] for one in self._posted if one["payer"] == library_id)
        reserved = sum(one["half_days"] for one in self._held.values() if one["payer"] == library_id)
        limit = self._limits[library_id]
        document = {
            "library_id": library_id,
            "given_half_days": given,
            "received_half_days": received,
            "balance_half_days": given - received,
            "reserved_half_days": reserved,
            "limit_half_days": limit,
            "limit_is_hard": self._is_hard,
            "available_half_days": given - received - reserved + limit,
        }
        return checked(ledger_resources.Account, document)

    def statement(self, library_id: str, cursor: str | None = None, limit: int = 50) -> Document:
        self.account(library_id)
        lines, balance = [], 0
        for one in sorted(self._posted, key=lambda one: one["work_date"]):
            if library_id not in (one["payer"], one["payee"]):
                continue
            is_given = one["payee"] == library_id
            other = self._all.directory._libraries[one["payer"] if is_given else one["payee"]]
            balance += one["half_days"] if is_given else -one["half_days"]
            line = {
                "transfer_id": one["transfer_id"],
                "posted_at": one["posted_at"],
                "work_date": one["work_date"],
                "other_library_id": other["id"],
                "other_library_name": other["short_name"],
                "other_county": other["county"],
                "skill": one["skill"],
                "engagement_id": one.get("engagement_id"),
                "half_days": one["half_days"] if is_given else -one["half_days"],
                "balance_half_days": balance,
            }
            lines.append(checked(ledger_resources.StatementLine, line))
        return page(lines[::-1], cursor, limit, "lines")

    def promises(self, library_id: str) -> list[Document]:
        self.account(library_id)
        return []

    def reservations(self, library_id: str) -> list[Document]:
        return self._holds(library_id, "payer", "payee", ("pending", "prepared"))

    def incoming(self, library_id: str) -> list[Document]:
        return self._holds(library_id, "payee", "payer", ("waiting",))

    def positions(self) -> list[Document]:
        return [checked(ledger_resources.Position, position) for position in self._positions]

    def check_leaving(self, county: str) -> Document:
        one = next((one for one in self._positions if one["county"] == county), None)
        if one is not None and (one["net_half_days"] or one["pending_out_half_days"]):
            owed, pending = abs(one["net_half_days"]), one["pending_out_half_days"]
            raise PeerInUse(county=county, owed_half_days=owed, pending_half_days=pending, engagements=0)
        return {"county": county}

    def doubts(self) -> list[Document]:
        return self._doubts

    def cancel_prepared(self, transfer_id: str) -> Document:
        if all(one["transfer_id"] != transfer_id for one in self._doubts):
            raise NotFound(kind="transfer", id=transfer_id)
        return {"transfer_id": transfer_id, "state": "prepared", "amount_half_days": 2}

    def reconcile(self, county: str | None = None) -> list[Document]:
        peers = [one["county"] for one in self._all.directory._peers if county in (None, one["county"])]
        if not peers:
            raise CountyUnknown(county=county)
        return [{"county": one, "asked_at": self._now} for one in peers]

    def reconciliations(self) -> list[Document]:
        return self._reconciliations

    def disputes(self) -> list[Document]:
        return self._disputes

    def reversal_requests(self) -> list[Document]:
        return []

    def clearing_rounds(self) -> list[Document]:
        return []

    def signed_message(self, peer: str, sender: str, seq: int) -> str:
        if all((one["sender"], one["seq"]) != (sender, seq) for one in self._disputes):
            raise NotFound(kind="message", id=f"{sender} {seq}")
        return '{"payload":"e30","protected":"e30","signature":"e30"}'

    def trial_balance(self) -> Document:
        accounts = []
        for library_id in self._limits:
            account = self.account(library_id)
            accounts.append(
                {
                    "account_id": library_id,
                    "name": self._all.directory._libraries[library_id]["short_name"],
                    "kind": "library",
                    "debits": account["received_half_days"],
                    "credits": account["given_half_days"],
                }
            )
        debits, credits = (sum(one[side] for one in accounts) for side in ("debits", "credits"))
        peers = {"account_id": "peer:akershus", "name": "Akershus", "kind": "peer"}
        accounts.append({**peers, "debits": max(credits - debits, 0), "credits": max(debits - credits, 0)})
        return {
            "county": "innlandet",
            "unit": "half_day",
            "accounts": accounts,
            "debits_half_days": sum(one["debits"] for one in accounts),
            "credits_half_days": sum(one["credits"] for one in accounts),
            "imbalance_half_days": 0,
            "transfers": len(self._posted),
            "as_of": self._now,
        }

    def _holds(self, library_id: str, mine: str, theirs: str, states: tuple[str, ...]) -> list[Document]:
        found = []
        for one in self._held.values():
            if one[mine] != library_id or one["state"] not in states:
                continue
            other = self._all.directory._libraries[one[theirs]]
            document = {
                "transfer_id": one["transfer_id"],
                "engagement_id": one["engagement_id"],
                "state": one["state"],
                "other_library_id": other["id"],
                "other_library_name": other["short_name"],
                "other_county": other["county"],
                "work_date": one["work_date"],
                "half_days": one["half_days"],
                "since_at": self._now,
            }
            found.append(checked(ledger_resources.Reservation, document))
        return found
