"""The RPC methods of each service, as ports: arguments and answers are JSON documents.

A `Document` has the shape of the resource its docstring names (`byttebank.contracts.resources`), with ids and
dates as text. RPC never carries a county: each node answers for its own. `Refuses:` names refusals beyond
`Malformed` and `NotFound`. `actor` says on whose behalf:
`{person_id, library_id, role: colleague|library_manager|county|operator, name}`.

Every method that writes takes the thing's id from the caller, so that trying again is safe: the same id with
the same content answers as the first time, with other content it is refused with `SameKeyOtherBody`.
"""

from typing import Any, Protocol

from byttebank.contracts.directory_port import DirectoryPort
from byttebank.contracts.matching_port import MatchingPort
from byttebank.contracts.notify_port import NotifyPort

__all__ = ["DirectoryPort", "Document", "LedgerPort", "MatchingPort", "NotifyPort"]

Document = dict[str, Any]


class LedgerPort(Protocol):
    """What is owed: accounts, transfers, settlement."""

    def account(self, library_id: str) -> Document:
        """`Account`. Refuses: AccountUnknown."""

    def statement(
        self,
        library_id: str,
        cursor: str | None = None,
        limit: int = 50,
        first_on: str | None = None,
        last_on: str | None = None,
    ) -> Document:
        """`{lines: [StatementLine], next_cursor}`, newest first by date of work, those of a period.
        Refuses: AccountUnknown, DateOrder."""

    def county_statement(
        self,
        cursor: str | None = None,
        limit: int = 50,
        first_on: str | None = None,
        last_on: str | None = None,
    ) -> Document:
        """`{lines: [CountyLine], next_cursor}`: all posted transfers. Refuses: DateOrder."""

    def peer_statement(
        self,
        county: str,
        cursor: str | None = None,
        limit: int = 50,
        first_on: str | None = None,
        last_on: str | None = None,
    ) -> Document:
        """`{lines: [CountyLine], next_cursor}` of one other county. Refuses: CountyUnknown, DateOrder."""

    def promises(self, library_id: str) -> list[Document]:
        """`Promise`s of the library, open ones first. Refuses: AccountUnknown."""

    def open_promises(self) -> list[Document]:
        """`Promise`s of all the county's libraries of which something is open, the first due first."""

    def make_promise(self, promise: Document, actor: Document) -> Document:
        """`Promise`. `promise`: a `NewPromise`. Refuses: NotYourRole, AccountUnknown, AccountClosed,
        BelowHalfDay, TooManyDays, PromisesTooMany, DatePast, DateTooFar, SameKeyOtherBody."""

    def date_promise(self, dating: Document, actor: Document) -> Document:
        """`Promise` with its date. `dating`: a `DatedPromise`. Refuses: NotYourRole, DatePast, DateTooFar,
        PromiseEnded, SameKeyOtherBody."""

    def withdraw_promise(self, withdrawal: Document, actor: Document) -> Document:
        """`Promise`, taken back. `withdrawal`: a `WithdrawnPromise`. Refuses: NotYourRole, PromiseEnded,
        PromiseInUse, SameKeyOtherBody."""

    def forgive_promise(self, forgiving: Document, actor: Document) -> Document:
        """`Promise`, forgiven by the county. `forgiving`: a `ForgivenPromise`. Refuses: NotYourRole,
        FieldMissing (reason), PromiseEnded, BelowHalfDay, TooManyDays, SameKeyOtherBody."""

    def doubts(self) -> list[Document]:
        """What was sent to other counties and not answered for a minute or more, oldest first:
        `{transfer_id, county, half_days, sent_at, is_long}`."""

    def cancel_prepared(self, transfer_id: str) -> Document:
        """The other county is asked to decide no about a transfer that it has not answered; it may answer
        yes. `{transfer_id, state, amount_half_days}`. Refuses: NotNow."""

    def reconcile(self, county: str | None = None) -> list[Document]:
        """The peer, or every active one, is told what stands in our book and asked for the same:
        `{county, asked_at}` of each. Refuses: CountyUnknown, CountyFrozen."""

    def reconciliations(self) -> list[Document]:
        """`{county, sender, state, through_seq, half_days_here, half_days_there, compared_at, agreed_at}`:
        the last comparison over each county's messages. `state`: agreed, searching or differs."""

    def disputes(self) -> list[Document]:
        """Differences that nobody has settled: `{county, sender, seq, is_ours, transfer_id, hash_here,
        hash_there, half_days_here, half_days_there, opened_at}`."""

    def signed_message(self, peer: str, sender: str, seq: int) -> str:
        """The message with this number as its sender signed it (JWS, RFC 7515, flattened JSON)."""

    def transfer(self, transfer_id: str) -> Document:
        """`TransferStanding`."""

    def reverse(self, reversal: Document, actor: Document) -> Document:
        """`{id, transfer_id, state, half_days}`; `state`: posted, prepared, asked or postponed. `reversal`: a
        `NewReversal`. Refuses: NotYourRole, FieldMissing (reason), NotNow, ReversalOfReversal,
        ReversalTooLarge, BelowHalfDay, TooManyDays, PeerNotGone, SameKeyOtherBody."""

    def reversal_requests(self) -> list[Document]:
        """`{transfer_id, peer, amount_half_days, reason_code, state, direction}` not answered, ours (`out`)
        and the other counties' (`in`)."""

    def decline_reversal(self, declining: Document, actor: Document) -> Document:
        """The request, declined. `declining`: {id, transfer_id, reason}. Refuses: NotYourRole, FieldMissing
        (reason), NotNow, SameKeyOtherBody."""

    def make_whole(self, adjustment: Document, actor: Document) -> Document:
        """`{id, transfer_id, state, half_days}`. `adjustment`: a `NewAdjustment`. Refuses: NotYourRole,
        FieldMissing (reason), AccountUnknown, AccountClosed, BelowHalfDay, TooManyDays, DatePast,
        DateTooFar, SameKeyOtherBody."""

    def close_account(self, closing: Document, actor: Document) -> Document:
        """`Account`, closed at zero. `closing`: a `NewClosing`. Refuses: NotYourRole, FieldMissing (reason,
        successor_id), AccountUnknown, AccountClosed, OwnLibrary, AccountInUse, ClosingOtherWay,
        SameKeyOtherBody."""

    def open_account(self, opening: Document, actor: Document) -> Document:
        """`Account`, open again. `opening`: a `NewOpening`. Refuses: NotYourRole, FieldMissing (reason),
        AccountUnknown, NotNow, SameKeyOtherBody."""

    def merge_county(self, merger: Document, actor: Document) -> Document:
        """`{id, county, successor, half_days}`. `merger`: a `NewMerger`. Refuses: NotYourRole, FieldMissing
        (reason), AccountUnknown, CountyUnknown, AccountInUse, AccountClosed, SameKeyOtherBody."""

    def check_leaving(self, county: str) -> Document:
        """`{county}`: nothing is owed, agreed, sent, waiting or claimed between us and it. Refuses:
        CountyUnknown, PeerInUse."""

    def travel_fund(self) -> Document:
        """`TravelFund`, in øre."""

    def travel_fund_statement(self, limit: int = 200) -> list[Document]:
        """`FundLine`s, newest first by date."""

    def grant_travel(self, grant: Document, actor: Document) -> Document:
        """`TravelFund`. `grant`: a `NewGrant`. Refuses: NotYourRole, FieldMissing (reason),
        SameKeyOtherBody."""

    def refund_travel(self, refund: Document, actor: Document) -> Document:
        """`TravelFund`. `refund`: a `NewRefund`. Refuses: NotYourRole, FieldMissing (reason), AccountUnknown,
        FundTooSmall, DatePast, DateTooFar, SameKeyOtherBody."""

    def return_refund(self, returning: Document, actor: Document) -> Document:
        """`TravelFund`. `returning`: a `ReturnedRefund`. Refuses: NotYourRole, FieldMissing (reason), NotNow,
        SameKeyOtherBody."""

    def reservations(self, library_id: str) -> list[Document]:
        """`Reservation`s of the library: set aside, or sent and not answered."""

    def incoming(self, library_id: str) -> list[Document]:
        """`Reservation`s on their way *to* the library: received from another county, decision later."""

    def positions(self) -> list[Document]:
        """`Position` towards each peer."""

    def trial_balance(self) -> Document:
        """`{county, unit, accounts: [{account_id, name, kind, debits, credits}], debits_half_days,
        credits_half_days, imbalance_half_days, transfers, as_of}`; imbalance must be 0."""

    def clearing_rounds(self, limit: int = 24) -> list[Document]:
        """`ClearingRound`s, the newest first."""

    def clearing_round(self, round_id: str) -> Document:
        """`ClearingRound`."""

    def clearing_evidence(self, round_id: str) -> list[Document]:
        """Every signed document of the round: `[{kind, signer, signed_at, document}]`."""

    def propose_clearing(self, round_id: str, actor: Document) -> Document:
        """`ClearingRound`. Refuses: NotYourRole, ClearingOpen, TooFewCounties, SameKeyOtherBody."""

    def close_clearing(self, round_id: str, actor: Document) -> Document:
        """`ClearingRound`. Refuses: NotYourRole, ClearingWaits, NotNow."""
