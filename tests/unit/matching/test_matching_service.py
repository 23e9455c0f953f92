"""The shell offers what the contracts promise and hears what matching needs to hear."""

import inspect

import pytest

from byttebank.contracts.peer import PEER_MESSAGES
from byttebank.contracts.rpc import MatchingPort
from byttebank.messaging import service as shell
from services.matching.service import MatchingService

METHODS = [name for name in vars(MatchingPort) if not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
def test_each_promised_call_is_there_with_the_promised_arguments(name: str) -> None:
    promised = inspect.signature(getattr(MatchingPort, name)).parameters
    offered = inspect.signature(getattr(MatchingService, name)).parameters
    assert list(offered.values()) == list(promised.values())


def test_it_hears_the_directory_and_the_ledger() -> None:
    assert shell.listened_names(MatchingService) == {
        "CountyChanged",
        "PeerChanged",
        "PersonErased",
        "LibraryChanged",
        "ParticipationAccepted",
        "ColleagueChanged",
        "OfferChanged",
        "RequestChanged",
        "TravelTimesChanged",
        "DaysReserved",
        "ReservationRefused",
        "DaysPosted",
        "DaysReleased",
        "AccountsReported",
    }


def test_it_handles_every_message_that_counties_send_to_matching() -> None:
    promised = {key[1:] for key in PEER_MESSAGES if key[0] == "matching"}
    handled = {
        entrypoint.key
        for _, method in inspect.getmembers(MatchingService, inspect.isfunction)
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        if isinstance(entrypoint, shell.OnPeer)
    }
    assert handled == promised
