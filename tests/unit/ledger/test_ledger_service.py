"""The shell answers and hears everything that the contracts say a ledger must."""

import inspect

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from byttebank.contracts.local import LOCAL_MESSAGES
from byttebank.contracts.peer import PEER_MESSAGES
from byttebank.contracts.rpc import LedgerPort
from byttebank.messaging.service import OnLocal, OnPeer, Rpc
from services.ledger.service import LedgerService

ANSWERS_OF_THE_LEDGER = (
    "DaysReserved",
    "ReservationRefused",
    "DaysPosted",
    "DaysReleased",
    "PromiseDue",
    "ClearingEnded",
    "AccountsReported",
)


def entrypoints(kind: type) -> dict[str, object]:
    return {
        name: entrypoint
        for name, method in inspect.getmembers(LedgerService, inspect.isfunction)
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entrypoint, kind)
    }


def test_every_method_of_the_port_is_answered_with_the_same_arguments() -> None:
    port = {name: method for name, method in vars(LedgerPort).items() if not name.startswith("_")}
    assert set(entrypoints(Rpc)) == set(port)
    for name, method in port.items():
        ours = inspect.signature(inspect.unwrap(getattr(LedgerService, name))).parameters
        theirs = inspect.signature(method).parameters
        assert [(one.name, one.default) for one in ours.values()] == [
            (one.name, one.default) for one in theirs.values()
        ], name


def test_every_command_to_the_ledger_is_heard() -> None:
    heard = {entrypoint.message for entrypoint in entrypoints(OnLocal).values()}  # type: ignore[attr-defined]
    commands = {message.name for message in LOCAL_MESSAGES.values() if message.service == "ledger"}
    assert commands - set(ANSWERS_OF_THE_LEDGER) <= heard
    assert {"CountyChanged", "PeerChanged", "LibraryChanged"} <= heard


def test_every_message_from_other_ledgers_is_heard() -> None:
    heard = {entrypoint.key for entrypoint in entrypoints(OnPeer).values()}  # type: ignore[attr-defined]
    assert heard == {
        (message.message_type, message.version)
        for message in PEER_MESSAGES.values()
        if message.service == "ledger"
    }
